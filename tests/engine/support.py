"""What the engine's tests share: a small rubric, rules from dictionaries, calls from lines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from qa_analyzer.analysis import Analysis, analyse
from qa_analyzer.emotion.model import Feelings
from qa_analyzer.judging import Ruleset, Verdict
from qa_analyzer.model import Call, Role, Utterance, calls_to_columns
from qa_analyzer.rulebook import Rubric, Rule, Rulebook, RuleFile

ROLES = {"A": Role.AGENT, "C": Role.CUSTOMER, "S": Role.SYSTEM, "U": Role.UNKNOWN}

RUBRIC: dict[str, Any] = {
    "name": "测试",
    "criteria": {
        "first": {"name": "甲", "weight": 60, "en": "First"},
        "second": {"name": "乙", "weight": 40, "en": "Second"},
    },
    "deductions": {"info": 0, "minor": 2, "major": 5, "critical": 10},
    "grades": [{"grade": "A", "from": 90}, {"grade": "B", "from": 60}, {"grade": "C", "from": 0}],
    "thresholds": {
        "join_gap_s": 0.2,
        "pause_s": 3.0,
        "interruption_overlap_s": 2.0,
        "interruption_characters": 4,
        "feels_negative": -0.3,
        "feels_angry": 0.5,
        "feels_positive": 0.3,
        "phase_confidence": 0.5,
    },
    "phrases": {
        "idle_caller": ["有男朋友吗"],
        "present": ["^在的$", "^在的。$"],
        "continued": ["^然后", "^所以"],
        "backchannel": ["嗯", "对", "好的", "是的", "我知道"],
        "interjection": ["嗯", "哦"],
        "farewell": ["再见", "拜拜"],
        "question": ["多少", "请问"],
        "wait_request": ["稍等"],
        "wait_said": ["稍等"],
        "customer_request": ["请您提供"],
        "customer_wait_request": ["等我一下"],
        "closing_agent": ["还有其他"],
        "closing_customer": ["没有了"],
        "complaint": ["要投诉"],
    },
}

TEXTS = {"name": "规则", "why": "因", "source": ["G1"], "criterion": "first", "message": "错", "suggest": "改"}


class PlainFeelings:
    """A turn with 怒 is angry, with 恼 negative, with 喜 positive; any other is neutral."""

    def estimate(
        self, points: npt.NDArray[Any], starts: npt.NDArray[np.int64], ends: npt.NDArray[np.int64]
    ) -> Feelings:
        """Of each stretch; what it says is sure."""
        texts = ["".join(map(chr, points[start:end])) for start, end in zip(starts, ends, strict=True)]
        value = [-1.0 if "怒" in text or "恼" in text else 1.0 if "喜" in text else 0.0 for text in texts]
        felt = np.array(value, np.float32)
        angry = np.array([float("怒" in text) for text in texts], np.float32)
        return Feelings(felt, angry, np.maximum(-felt, 0), np.maximum(felt, 0))

    def predict(
        self, points: npt.NDArray[Any], starts: npt.NDArray[np.int64], ends: npt.NDArray[np.int64]
    ) -> npt.NDArray[np.float32]:
        """Value of each stretch."""
        return self.estimate(points, starts, ends).value


def rule(spec: dict[str, Any], rule_id: str = "test/rule") -> Rule:
    """A rule of the given keys; texts, severity and examples are filled in."""
    full = {**TEXTS, "severity": "major", "applies_to": ["complaint", "inquiry", "callback"], **spec}
    full["examples"] = [{"pass": "客服：您好"}, {"fail": "客服：您好"}]
    return Rule(rule_id, Path(f"{rule_id}.yaml"), RuleFile.model_validate(full), (), {})


def rubric(**changes: Any) -> Rubric:
    """The tests' rubric with some keys replaced."""
    return Rubric.model_validate({**RUBRIC, **changes})


def ruleset(*rules: Rule, rubric_: Rubric | None = None) -> Ruleset:
    """Rules ready to judge."""
    return Ruleset(Rulebook(rules, rubric_ or rubric(), "", Path()))


LINE = re.compile(r"(?:\[(?P<start>[0-9.]+)-(?P<end>[0-9.]+)\])?\s*(?P<role>[ACSU])(?P<speaker>[0-9]?)\s?(?P<text>.*)")


def call(*lines: str, call_id: str = "call", **facts: Any) -> Call:
    """A call from lines such as `[0.0-2.5] A 您好` (seconds optional) and facts such as `hang_up="agent"`."""
    utterances = []
    for line in lines:
        match = LINE.fullmatch(line)
        assert match, line
        start, end = match["start"], match["end"]
        utterances.append(
            Utterance(
                text=match["text"],
                role=ROLES[match["role"]],
                speaker=match["speaker"] or None,
                start_ms=None if start is None else round(float(start) * 1000),
                end_ms=None if end is None else round(float(end) * 1000),
            )
        )
    return Call(call_id=call_id, utterances=tuple(utterances), **facts)


def analysed(calls: Sequence[Call], *rules: Rule, rubric_: Rubric | None = None) -> Analysis:
    """Calls judged by rules."""
    return analyse(calls_to_columns(list(calls)), ruleset(*rules, rubric_=rubric_), PlainFeelings())


def cast(call: Call, analysis: Analysis, place: int) -> Call:
    """The call with its roles as they were found: the twin hears no voices."""
    found = analysis.roles.columns.column("utterances")[place].as_py()
    roles = [Role[one["role"].upper()] for one in found]
    utterances = zip(call.utterances, roles, strict=True)
    return replace(call, utterances=tuple(replace(one, role=role) for one, role in utterances))


def verdict(spec: dict[str, Any], *lines: str, rubric_: Rubric | None = None, **facts: Any) -> str:
    """The verdict of one rule on one call."""
    analysis = analysed([call(*lines, **facts)], rule(spec), rubric_=rubric_)
    return Verdict(int(analysis.judgement.verdicts[0, 0])).code


Row = tuple[str, int | None, str | None]


def found(spec: dict[str, Any], *lines: str, rubric_: Rubric | None = None, **facts: Any) -> list[Row]:
    """(verdict, occasion turn, evidence) of each row of one rule on one call."""
    return rows_of(analysed([call(*lines, **facts)], rule(spec), rubric_=rubric_))


def rows_of(analysis: Analysis) -> list[Row]:
    """(verdict, occasion turn, evidence) of each row; turns are counted over the batch."""
    rows, batch = analysis.judgement.rows, analysis.batch
    found = []
    for index in range(len(rows)):
        occasion, turn = int(rows.occasion[index]), int(rows.turn[index])
        quote = "".join(map(chr, batch.points[rows.start[index] : rows.end[index]])) if turn >= 0 else None
        found.append((Verdict(int(rows.verdict[index])).code, occasion if occasion >= 0 else None, quote))
    return found


def turns_of(*lines: str, rubric_: Rubric | None = None) -> list[tuple[str, str]]:
    """(role letter, text) of each turn of one call."""
    batch = analysed([call(*lines)], rubric_=rubric_).batch
    letters = {role: letter for letter, role in ROLES.items()}
    return [(letters[Role(int(batch.turn_role[turn]))], batch.turn_string(turn)) for turn in range(batch.n_turns)]
