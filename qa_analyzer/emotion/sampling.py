"""Which turns are most worth labelling: uncertain ones, unlike each other, and some at random for the true shares.

Knows texts and values. Knows no files.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from qa_analyzer.emotion import features
from qa_analyzer.emotion.model import EmotionModel, lay_out

SEED = 20261123
RANDOM_SHARE = 0.25
"""Share drawn at random, from which the share of negative turns can be estimated."""
UNCERTAIN_POOL = 8
"""The unlike ones are chosen among so many times as many of the most uncertain."""
PER_CALL = 3
BITS = 16
SHORTEST = 2


@dataclass(frozen=True)
class Chosen:
    """Turns to label: indices ascending (n,), and whether each was drawn at random."""

    at: npt.NDArray[np.int64]
    random: npt.NDArray[np.bool_]


def choose(texts: list[str], group: npt.NDArray[np.int64], model: EmotionModel, wanted: int) -> Chosen:
    """Choose `wanted` of the turns, at most `PER_CALL` of a call (group (n,)), none shorter than `SHORTEST` codes.

    Uncertain = P(negative) near 1/2. Unlike = the next is the one whose n-grams are farthest from all chosen before
    (greedy, as in Gonzalez 1985), by the cosine.
    """
    from scipy import sparse

    laid_out = lay_out(texts)
    lengths = features.lengths_of(*laid_out)
    distance = np.abs(model.negative_probabilities(*laid_out) - 0.5)
    first_of_text = np.zeros(len(texts), dtype=bool)
    first_of_text[np.unique(np.array(texts, dtype=object), return_index=True)[1]] = True
    usable = np.flatnonzero((lengths >= SHORTEST) & first_of_text)
    random = np.random.default_rng(SEED)
    left = dict.fromkeys(group[usable].tolist(), PER_CALL)
    chosen: list[int] = []
    for at in random.permutation(usable)[: round(wanted * RANDOM_SHARE) * 2].tolist():
        if len(chosen) < round(wanted * RANDOM_SHARE) and left[int(group[at])]:
            left[int(group[at])] -= 1
            chosen.append(at)
    drawn = set(chosen)
    rest = np.array([at for at in usable.tolist() if at not in drawn], dtype=np.int64)
    pool = rest[np.argsort(distance[rest], kind="stable")][: wanted * UNCERTAIN_POOL]
    if len(pool):
        turn, slot, _ = features.occurrences(*lay_out([texts[at] for at in pool]), BITS)
        grams = sparse.csr_array((np.ones(len(turn)), (turn, slot)), shape=(len(pool), 1 << BITS))
        norm = np.sqrt(np.asarray(grams.multiply(grams).sum(axis=1)).ravel())
        grams = sparse.diags_array(1 / np.maximum(norm, 1)) @ grams
        nearest = np.zeros(len(pool))
        open_ = np.ones(len(pool), dtype=bool)
        while len(chosen) < wanted and open_.any():
            # The most uncertain comes first of equally unlike ones, since the pool is in that order.
            at = int(np.argmin(np.where(open_, np.round(nearest, 2), np.inf)))
            open_[at] = False
            call = int(group[pool[at]])
            if left[call]:
                left[call] -= 1
                chosen.append(int(pool[at]))
                nearest = np.maximum(nearest, (grams @ grams[[at]].T).toarray().ravel())
    ordered = np.array(sorted(chosen), dtype=np.int64)
    return Chosen(ordered, np.isin(ordered, sorted(drawn)))
