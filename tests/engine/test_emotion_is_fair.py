"""Emotion alone never costs an agent points: it is an occasion on which an agent may react, and a fact."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from qa_analyzer.analysis import Analysis, analyse
from qa_analyzer.emotion.model import Feelings
from qa_analyzer.figures import FIGURES
from qa_analyzer.judging import Verdict
from qa_analyzer.model import Call, Role, Utterance, calls_to_columns
from qa_analyzer.run import Engine, Options
from qa_analyzer.tables import score_analysis

REACTED = [
    ("A", "您好，这里是宽带服务中心，工号三零二六，很高兴为您服务，请问有什么可以帮您？"),
    ("C", "你们的宽带断了两天了，我打了好几次都没人管，我要投诉"),
    (
        "A",
        "非常抱歉给您带来不便，我理解您着急的心情，宽带断了两天确实影响使用，我马上为您处理，请问您的宽带账号是多少？",
    ),
    ("C", "账号是零五七一八八"),
    ("A", "谢谢您。我已经为您安排师傅今天下午三点前上门，您看这样可以吗？"),
    ("C", "行，那我等着"),
    ("A", "师傅会提前给您打电话。请问还有其他可以帮您的吗？"),
    ("C", "没有了"),
    ("A", "感谢您的来电，祝您生活愉快，再见。"),
    ("C", "再见"),
]


class OneFeeling:
    """Every turn has the same value and anger."""

    def __init__(self, value: float) -> None:
        self.value = value

    def estimate(self, points: Any, starts: Any, ends: Any) -> Feelings:  # noqa: ARG002
        """The same for all."""
        shares = (self.value, self.value < 0, max(-self.value, 0), max(self.value, 0))
        return Feelings(*(np.full(len(starts), one, np.float32) for one in shares))

    def predict(self, points: Any, starts: Any, ends: Any) -> Any:
        """The same for all."""
        return self.estimate(points, starts, ends).value


def make_call(call_id: str, lines: Sequence[tuple[str, str]]) -> Call:
    roles = {"A": Role.AGENT, "C": Role.CUSTOMER}
    said = tuple(Utterance(text, role=roles[who]) for who, text in lines)
    return Call(call_id=call_id, call_type="complaint", utterances=said)


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine(Options())


def scores(engine: Engine, lines: Sequence[tuple[str, str]], value: float) -> tuple[int, Analysis]:
    columns = calls_to_columns([make_call("one", lines)])
    analysis = analyse(columns, engine.ruleset, OneFeeling(value))
    return int(score_analysis(analysis, engine.ruleset)[0].score[0]), analysis


def test_a_furious_customer_costs_nothing_where_the_agent_reacted(engine: Engine) -> None:
    """The same words, once felt as neutral and once as furious throughout: the same score, no further failure."""
    calm, quiet = scores(engine, REACTED, 0.0)
    furious, loud = scores(engine, REACTED, -1.0)
    assert loud.court.mood.angry.any()
    assert not quiet.court.mood.negative.any()
    failed = np.flatnonzero(loud.judgement.verdicts[0] == Verdict.FAIL)
    assert [engine.ruleset.rules[one].id for one in failed if quiet.judgement.verdicts[0, one] != Verdict.FAIL] == []
    assert furious >= calm


def test_what_fury_adds_are_failures_to_react(engine: Engine) -> None:
    """Where the agent ignores it, the further failures are of rules that ask the agent for something."""
    cold = [
        REACTED[0],
        REACTED[1],
        ("A", "账号报一下。"),
        *REACTED[3:],
    ]
    calm, quiet = scores(engine, cold, 0.0)
    furious, loud = scores(engine, cold, -1.0)
    further = (loud.judgement.verdicts[0] == Verdict.FAIL) & (quiet.judgement.verdicts[0] != Verdict.FAIL)
    specs = [engine.ruleset.rules[one].spec for one in np.flatnonzero(further)]
    assert specs, "the ignored customer opens a rule"
    assert furious <= calm
    for spec in specs:
        assert spec.when, "only a reaction rule may depend on a feeling"


def test_no_shipped_rule_takes_points_for_a_feeling(engine: Engine) -> None:
    """A feeling stands in `when` alone, never in what is forbidden; and no figure to measure is an emotion."""
    for rule in engine.ruleset.rules:
        raw = rule.spec.model_dump(by_alias=True, exclude_none=True)
        for key in ("forbid", "require"):
            for clause in clauses(raw.get(key)):
                if "feels" in clause:
                    assert key == "require", rule.id
                    assert clause.get("by") != "customer" or raw.get("when"), rule.id
    assert not [name for name in FIGURES if "emotion" in name or "mood" in name]


def clauses(value: Any) -> list[dict[str, Any]]:
    """The clauses under a key, however they are nested."""
    if isinstance(value, list):
        return [one for item in value for one in clauses(item)]
    if isinstance(value, dict):
        inner = [one for item in value.values() if isinstance(item, list | dict) for one in clauses(item)]
        return [value, *inner]
    return []


def test_the_emotion_columns_are_in_no_score(engine: Engine) -> None:
    """No criterion of the rubric is an emotion."""
    assert not [code for code in engine.ruleset.rubric.criteria if "emotion" in code]


def test_the_shipped_rubric_is_the_one_tested(engine: Engine) -> None:
    """Rules that a feeling opens do exist among the shipped ones; without them the tests above would prove nothing."""
    opened = [
        rule.id
        for rule in engine.ruleset.rules
        if any("feels" in one for one in clauses(rule.spec.model_dump(by_alias=True, exclude_none=True).get("when")))
    ]
    assert len(opened) >= 3
    assert Path(engine.ruleset.rulebook.folder).name == "rules"
