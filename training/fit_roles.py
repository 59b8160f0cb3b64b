"""Fit the weights of qa_analyzer/role_cues.yaml and write them there: `python training/fit_roles.py`.

Run by hand after a wording was added or taken away. Trained on what was written for the project alone: the sample
calls, also without their first turns, and the examples of the rules. A call is one case: what its agent says less what
its customer says, cue by cue, is to be positive. Logistic regression with weights from 0 to MOST_WEIGHT, drawn towards
PRIOR, so that a cue which is rare in these calls is neither lost nor overrated.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from qa_analyzer.analysis import batch_settings
from qa_analyzer.batch import build_batch
from qa_analyzer.examples import read_script
from qa_analyzer.figures import FIGURES
from qa_analyzer.model import Call, Role, Utterance, calls_to_columns
from qa_analyzer.readers import load, plan
from qa_analyzer.resources import shipped
from qa_analyzer.roles import COUNT_UNIT, COUNTED, MOST_COUNTED, hear_voices, load_cues
from qa_analyzer.rulebook import load_rulebook
from qa_analyzer.rulebook.model import Rulebook

PRIOR = 0.5
STIFFNESS = 5.0
MOST_WEIGHT = 3.0
SAMPLE_WEIGHT = 3.0
CUT_WEIGHT = 1.5
"""A whole sample call tells more than an example of two lines."""
CUTS = (3, 8)
CUES = Path(__file__).parent.parent / "qa_analyzer" / "role_cues.yaml"

Talk = tuple[Utterance, ...]


def spoken(utterances: tuple[Utterance, ...]) -> Talk:
    """What agent and customer say, with nothing but a label to tell them apart."""
    return tuple(
        Utterance(one.text, one.role, str(int(one.role)))
        for one in utterances
        if one.role in (Role.AGENT, Role.CUSTOMER) and one.text
    )


def sample_calls() -> list[Talk]:
    """The sample calls."""
    talks = []
    for block in plan([str(shipped("sample_transcripts"))], lang="zh"):
        for row in load(block, lang="zh", time_zone="Asia/Shanghai").calls.to_pylist():
            said = tuple(Utterance(one["text"], Role[one["role"].upper()]) for one in row["utterances"])
            talks.append(spoken(said))
    return talks


def example_calls(rulebook: Rulebook) -> list[Talk]:
    """The examples of the rules, each once."""
    scripts = (read_script(example.text) for rule in rulebook.rules for example in rule.examples)
    return list(dict.fromkeys(spoken(script.utterances) for script in scripts))


def differences(talks: list[Talk], rulebook: Rulebook) -> NDArray[np.float64]:
    """(n, k) what the agent says less what the customer says, of the calls in which both speak."""
    talks = [talk for talk in talks if len({one.role for one in talk}) == 2]
    calls = [Call(str(number), talk) for number, talk in enumerate(talks)]
    batch = build_batch(calls_to_columns(calls), batch_settings(rulebook.rubric))
    roles = [int(one.role) for talk in talks for one in talk]
    voice = 2 * batch.utterance_call + (np.array(roles) == Role.CUSTOMER)
    heard, _ = hear_voices(batch, voice, 2 * len(talks), load_cues())
    counted = COUNTED[np.minimum(heard.turns, MOST_COUNTED)] / COUNT_UNIT
    return np.asarray(counted[0::2] - counted[1::2])


def fit(cases: NDArray[np.float64], importance: NDArray[np.float64]) -> NDArray[np.float64]:
    """(k,) weights ≥ 0. `cases` (n, k): with the sign turned for the customer's cues."""

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        margin = cases @ weights
        away = weights - PRIOR
        wrong = importance / (1 + np.exp(margin))
        total = (importance * np.logaddexp(0, -margin)).sum() + STIFFNESS * (away**2).sum()
        return float(total), 2 * STIFFNESS * away - wrong @ cases

    start = np.full(cases.shape[1], PRIOR)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=[(0, MOST_WEIGHT)] * len(start))
    return np.asarray(found.x)


def write_weights(names: tuple[str, ...], weights: NDArray[np.float64]) -> None:
    """Put the weights in their places in the file."""
    text = CUES.read_text(encoding="utf-8")
    for name, weight in zip(names, weights, strict=True):
        text, times = re.subn(rf"(?m)^(    {name}:.*\n      weight: ).*$", rf"\g<1>{weight:.2f}", text)
        assert times == 1, name
    CUES.write_text(text, encoding="utf-8")


def fitted() -> NDArray[np.float64]:
    """(k,) the weights, ≥ 0."""
    home = shipped("rules")
    book = load_rulebook(home, shipped_rubric=home / "rubric.yaml", figures=FIGURES, lang="zh")
    samples = sample_calls()
    parts = [(differences(example_calls(book), book), 1.0), (differences(samples, book), SAMPLE_WEIGHT)]
    parts += [(differences([talk[cut:] for talk in samples], book), CUT_WEIGHT) for cut in CUTS]
    cases = np.concatenate([cases for cases, _ in parts]) * load_cues().sides.astype(np.float64)
    return fit(cases, np.concatenate([np.full(len(cases), importance) for cases, importance in parts]))


if __name__ == "__main__":
    weights = fitted()
    write_weights(load_cues().names, weights)
    for name, weight in zip(load_cues().names, weights, strict=True):
        print(f"{name:15} {weight:.2f}")
