"""What customers talk about: words by night, team and agent, what stands out, and what is new or rising.

Counts calls in which a customer says a word, not how often it is said: one angry call does not make a topic. Words are
cut by `cutting`; stop words and names of people are none, and text is counted as it may be shown, so that nothing
masked is ever a keyword. Knows no files.

What stands out is told by the log-odds ratio with an informative Dirichlet prior (B. L. Monroe, M. P. Colaresi,
K. M. Quinn 2008, "Fightin' Words", Political Analysis 16:372-403), with calls in place of words:

    delta = ln(h1 / m1) - ln(h2 / m2),      z = delta / sqrt(1 / h1 + 1 / m1 + 1 / h2 + 1 / m2)
    h = y + a,      m = n + a0 - h,      a = a0 * (y1 + y2 + 1/2) / (n1 + n2 + 1)

y1 of n1 calls hold the word here, y2 of n2 elsewhere (the other teams, the other agents, the earlier nights). The
paper's shorter variance leaves out 1 / m, since a word is rare among words; among calls it may be in most.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from qa_analyzer import cutting
from qa_analyzer.analysis import Analysis
from qa_analyzer.model import Role
from qa_analyzer.text import Normal

Floats = NDArray[np.float64]

SURNAMES = (
    "王李张刘陈杨赵黄吴徐孙胡朱郭何罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蒋蔡余杜叶程苏魏吕丁沈任姚卢姜崔钟谭陆汪范廖石韦贾夏付"
    "邹熊白孟秦邱江尹薛闫段雷侯龙陶黎贺顾毛郝龚邵万钱严赖覃洪武莫孔汤"
)
"""The most frequent surnames: a word right after one is taken for a given name (李香兰 is cut 李|香兰), unless it is a
word of the project's own (钱|退款)."""
PRIOR_CALLS = 2.0
"""a0: the prior weighs like two calls. Own choice: teams are small, and chance is held off by STANDS_OUT."""
STANDS_OUT = 2.58
"""z from which a word stands out: by chance one in a hundred words would (normal distribution, both sides)."""
TIMES_AS_OFTEN = 1.5
"""A word stands out, or rises, from so many times its share elsewhere: less is sure in a large night, but no news."""
FEWEST_CALLS = 3
"""Fewer calls make no keyword: they may be one customer's matter."""
FEWEST_KEPT = 2
"""Words of so many calls are kept for the nights to come, though not shown."""
NEW_EXPECTED = 3.0
"""A word is new where the earlier nights, at tonight's share, would have had it in so many calls, and had none."""
NIGHT_LISTED, TEAM_LISTED, AGENT_LISTED = 40, 12, 8
SCOPES = ("night", "team", "agent")
NEW, RISING = "new", "rising"
FEWEST_MERGED = 200_000
"""Rows of counts that wait at least before they are merged with the others."""
_WORD_BITS = 32
TOTAL = -1
"""Stands for a word in `count_words`: all calls of the agent, whatever was said."""

KEYWORD_COLUMNS: dict[str, pa.DataType] = {
    "scope": pa.string(),
    "team": pa.string(),
    "agent_id": pa.string(),
    "agent_name": pa.string(),
    "word": pa.string(),
    "calls": pa.int64(),
    "of_calls": pa.int64(),
    "share": pa.float64(),
    "other_share": pa.float64(),
    "stands_out": pa.float64(),
    "change": pa.string(),
    "listed": pa.bool_(),
}


@dataclass(frozen=True)
class Earlier:
    """The earlier nights together: their number, their calls, and in how many calls each word was said."""

    nights: int
    calls: int
    words: dict[str, int]


NO_EARLIER = Earlier(0, 0, {})


def count_words(analysis: Analysis, points: NDArray[np.uint32]) -> pa.Table:
    """Calls by agent_id, team (of the call) and word (number in the dictionary, or TOTAL), of one block.

    `points`: the text as it may be shown; what is masked in it is no word. Calls that cannot be assessed do not count.
    """
    batch = analysis.batch
    counted = analysis.court.facts.not_assessable < 0
    turn = np.flatnonzero((batch.turn_role == Role.CUSTOMER) & counted[batch.turn_call] & ~batch.turn_backchannel)
    shown = np.where(points == batch.points, batch.normal, ord("*")).astype(batch.normal.dtype)
    found = cutting.cut(shown, batch.turn_text[turn], batch.turn_text[turn + 1] - 1)
    telling = np.asarray(cutting.dictionary().telling[found.word] & (found.end - found.start > 1))
    telling &= ~_given_names(shown, found)
    width = cutting.dictionary().size
    pairs: NDArray[np.int64] = np.unique(
        batch.turn_call[turn[found.stretch[telling]]] * np.int64(width) + found.word[telling].astype(np.int64)
    )
    calls = np.flatnonzero(counted)
    call = np.concatenate([pairs // width, calls])
    word = np.concatenate([pairs % width, np.full(len(calls), TOTAL)])
    table = pa.table(
        {
            "agent_id": pc.fill_null(batch.columns.column("agent_id"), "").dictionary_encode().take(pa.array(call)),
            "team": pc.fill_null(batch.columns.column("team"), "").dictionary_encode().take(pa.array(call)),
            "word": pa.array(word, pa.int32()),
            "calls": pa.array(np.ones(len(call), np.int64)),
        }
    )
    keys = ["agent_id", "team", "word"]
    return table.group_by(keys, use_threads=False).aggregate([("calls", "sum")]).rename_columns([*keys, "calls"])


def _given_names(text: Normal, found: cutting.Cut) -> NDArray[np.bool_]:
    """(n_words,) bool: words that follow a surname without a gap, and may be the given name. The project's own words
    are the last of the dictionary.
    """
    surname = np.isin(text[found.start], [ord(one) for one in SURNAMES]) & (found.end - found.start == 1)
    after = np.zeros(len(found.word), np.bool_)
    after[1:] = surname[:-1] & (found.start[1:] == found.end[:-1])
    return after & (found.word < cutting.dictionary().size - len(cutting.own_words()))


class WordCounts:
    """The counts of all blocks of a run, as many rows as agents and words of theirs, whatever the number of calls."""

    def __init__(self) -> None:
        self._groups: dict[tuple[str, str], int] = {}
        self._key = np.zeros(0, np.int64)
        self._calls = np.zeros(0, np.int32)
        self._waiting: list[tuple[NDArray[np.int64], NDArray[np.int32]]] = []

    def add(self, counts: pa.Table) -> None:
        """Add the counts of a block (`count_words`)."""
        agent, team = (counts[name].combine_chunks() for name in ("agent_id", "team"))
        agents, teams = agent.dictionary.to_pylist(), team.dictionary.to_pylist()
        pairs, pair_of = np.unique(
            agent.indices.to_numpy() * np.int64(len(teams)) + team.indices.to_numpy(), return_inverse=True
        )
        named = [(agents[pair // len(teams)], teams[pair % len(teams)]) for pair in pairs.tolist()]
        group = np.array([self._groups.setdefault(one, len(self._groups)) for one in named], np.int64)
        key = (group[pair_of] << _WORD_BITS) + counts["word"].to_numpy() - TOTAL
        self._waiting.append((key, counts["calls"].to_numpy().astype(np.int32)))
        if sum(len(one) for one, _ in self._waiting) > max(len(self._key), FEWEST_MERGED):
            self._merge()

    def _merge(self) -> None:
        waiting, self._waiting = self._waiting, []
        key = np.concatenate([self._key, *(one for one, _ in waiting)])
        calls = np.concatenate([self._calls, *(one for _, one in waiting)])
        order = np.argsort(key, kind="stable")
        key = key[order]
        first = np.flatnonzero(np.append(True, key[1:] != key[:-1])[: len(key)])
        self._key = key[first]
        self._calls = np.add.reduceat(calls[order], first) if len(key) else calls

    def table(self) -> pa.Table:
        """All counts: columns agent_id, team (dictionaries), word and calls, sorted by first sight of the agent."""
        self._merge()
        group = (self._key >> _WORD_BITS).astype(np.int32)
        names = list(self._groups)
        columns: dict[str, pa.Array] = {}
        for place, name in enumerate(("agent_id", "team")):
            each = pc.dictionary_encode(pa.array([one[place] for one in names], pa.string()))
            columns[name] = pa.DictionaryArray.from_arrays(each.indices.take(pa.array(group)), each.dictionary)
        word = (self._key & ((1 << _WORD_BITS) - 1)) + TOTAL
        return pa.table(columns | {"word": pa.array(word.astype(np.int32)), "calls": pa.array(self._calls)})


def rank_keywords(counts: pa.Table, agents: pd.DataFrame, earlier: Earlier = NO_EARLIER) -> pa.Table:
    """The keywords of the night, of each team and of each agent (KEYWORD_COLUMNS).

    `counts`: of all blocks; `agents`: agent_id, agent_name, team, as the scorecards have them. Of the night every word
    in `FEWEST_KEPT` calls is there, `listed` where it is to be shown; of teams and agents only what stands out.
    """
    frame = counts.to_pandas()  # Agents and teams are categories: a night has millions of rows, few of each.
    totals, said = frame[frame["word"] == TOTAL], frame[frame["word"] != TOTAL]
    every = int(totals["calls"].sum())
    of_word = said.groupby("word")["calls"].sum()
    parts = [_night(of_word, every, earlier)]
    common = of_word[of_word >= FEWEST_CALLS]
    said = said[said["word"].isin(common.index)]
    named = totals[totals["team"] != ""]
    if named["team"].nunique() > 1:
        parts.append(_groups("team", named, said[said["team"] != ""], common, every, TEAM_LISTED))
    if totals["agent_id"].nunique() > 1:
        parts.append(
            _groups(
                "agent", totals[totals["agent_id"] != ""], said[said["agent_id"] != ""], common, every, AGENT_LISTED
            )
        )
    ranked = pd.concat(parts, ignore_index=True)
    known = agents.drop_duplicates("agent_id").set_index("agent_id")
    mine = ranked["scope"] == "agent"
    ranked.loc[mine, "team"] = ranked.loc[mine, "agent_id"].map(known["team"])
    ranked["agent_name"] = ranked["agent_id"].map(known["agent_name"]).where(mine, None)
    ranked["word"] = np.array([cutting.dictionary().word(number) for number in ranked["word"]], dtype=object)
    schema = pa.schema(list(KEYWORD_COLUMNS.items()))
    return pa.Table.from_pandas(ranked[list(KEYWORD_COLUMNS)], schema=schema, preserve_index=False)


def log_odds(here: Floats, of_here: Floats, there: Floats, of_there: Floats) -> Floats:
    """Z of the module's formula. All (n,): calls with the word and all calls, here and elsewhere."""
    prior = PRIOR_CALLS * (here + there + 0.5) / (of_here + of_there + 1)
    holding, holding_there = here + prior, there + prior
    missing, missing_there = of_here + PRIOR_CALLS - holding, of_there + PRIOR_CALLS - holding_there
    ratio = np.log(holding / missing) - np.log(holding_there / missing_there)
    z: Floats = ratio / np.sqrt(1 / holding + 1 / missing + 1 / holding_there + 1 / missing_there)
    return z


def _more(here: Floats, of_here: Floats, there: Floats, of_there: Floats) -> NDArray[np.bool_]:
    """(n,) bool: said in `TIMES_AS_OFTEN` times the share of calls, or more."""
    return np.asarray(here * of_there >= TIMES_AS_OFTEN * there * of_here)


def _night(of_word: pd.Series[int], every: int, earlier: Earlier) -> pd.DataFrame:
    kept = of_word[of_word >= FEWEST_KEPT]
    book = cutting.dictionary()
    here: Floats = np.asarray(kept.to_numpy(np.float64), np.float64)
    frame = pd.DataFrame({"word": kept.index.to_numpy(np.int64), "calls": kept.to_numpy(np.int64)})
    frame["said"] = [book.word(number) for number in frame["word"]]
    frame["other_share"], frame["stands_out"], frame["change"] = np.nan, np.nan, None
    if earlier.calls:
        there: Floats = np.array([earlier.words.get(word, 0) for word in frame["said"]], np.float64)
        of_here: Floats = np.full(len(here), float(every))
        of_there: Floats = np.full(len(here), float(earlier.calls))
        frame["other_share"] = np.round(there / earlier.calls, 4)
        z = log_odds(here, of_here, there, of_there)
        frame["stands_out"] = np.round(z, 2)
        enough = here >= FEWEST_CALLS
        rising = enough & (there > 0) & (z >= STANDS_OUT) & _more(here, of_here, there, of_there)
        new = enough & (there == 0) & (here * of_there / of_here >= NEW_EXPECTED)
        frame.loc[rising, "change"] = RISING
        frame.loc[new, "change"] = NEW
    frame = frame.sort_values(["calls", "said"], ascending=[False, True], kind="stable").reset_index(drop=True)
    frame["listed"] = (frame["calls"] >= FEWEST_CALLS) & ((frame.index < NIGHT_LISTED) | frame["change"].notna())
    return _described(frame, "night", every)


def _groups(
    scope: str, totals: pd.DataFrame, said: pd.DataFrame, common: pd.Series[int], every: int, most: int
) -> pd.DataFrame:
    """What stands out in each group against all other calls of the night."""
    key = "team" if scope == "team" else "agent_id"
    size = totals.groupby(key, observed=True)["calls"].sum()
    size.index = size.index.astype(str)
    frame = said.groupby([key, "word"], as_index=False, observed=True)["calls"].sum()
    frame = frame[frame["calls"] >= FEWEST_CALLS].astype({key: str})
    here, of_here = frame["calls"].to_numpy(np.float64), frame[key].map(size).to_numpy(np.float64)
    there: Floats = np.asarray(frame["word"].map(common).to_numpy(np.float64) - here, np.float64)
    of_there: Floats = np.asarray(every - of_here, np.float64)
    frame = frame.assign(other_share=np.round(there / np.maximum(of_there, 1), 4), change=None, listed=True)
    frame["stands_out"] = np.round(log_odds(here, of_here, there, of_there), 2)
    frame["of_calls"] = of_here.astype(np.int64)
    more = _more(here, of_here, there, of_there)
    frame = frame[(frame["stands_out"].to_numpy() >= STANDS_OUT) & (of_there > 0) & more]
    book = cutting.dictionary()
    frame["said"] = [book.word(number) for number in frame["word"]]
    frame = frame.sort_values([key, "stands_out", "said"], ascending=[True, False, True], kind="stable")
    return _described(frame.groupby(key).head(most), scope, None)


def _described(frame: pd.DataFrame, scope: str, every: int | None) -> pd.DataFrame:
    """The columns that every scope has."""
    frame = frame.assign(scope=scope)
    if every is not None:
        frame["of_calls"] = every
    for name in ("team", "agent_id"):
        if name not in frame:
            frame[name] = None
    frame["share"] = np.round(frame["calls"] / np.maximum(frame["of_calls"], 1), 4)
    return frame
