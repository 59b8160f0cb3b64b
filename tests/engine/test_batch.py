"""The layout of a batch: text, roles, events, backchannels, joins."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from qa_analyzer.analysis import Analysis, batch_settings
from qa_analyzer.batch import Batch, build_batch
from qa_analyzer.model import HangUp, calls_to_columns

from .support import analysed, call, rubric, rule

ANY_RULE = rule({"forbid": {"by": "agent", "says": ["不知道"]}})


def batch_of(*lines: str, **facts: str) -> Batch:
    """One call, laid out."""
    return build_batch(calls_to_columns([call(*lines, **facts)]), batch_settings(rubric()))


def test_the_text_holds_a_newline_after_each_turn_and_nothing_between_utterances() -> None:
    """A phrase cut in two is one phrase, two turns are never one."""
    batch = batch_of("A 您", "A 好", "C 喂")
    assert "".join(map(chr, batch.points)) == "您好\n喂\n"
    assert batch.crosses_join(np.array([0, 0, 1]), np.array([1, 2, 2])).tolist() == [False, True, False]


def test_an_event_stays_in_the_text_and_is_blanked_for_matching() -> None:
    """One for one, so that offsets stay true."""
    batch = batch_of("A 您好（笑，大声）再见")
    assert batch.turn_string(0) == "您好（笑，大声）再见"
    assert "".join(map(chr, batch.normal)) == "您好" + " " * 6 + "再见\n"


def test_an_open_bracket_is_no_event() -> None:
    """Nor does an event reach over two utterances."""
    assert "".join(map(chr, batch_of("A 您好（笑", "A 大声）").normal)) == "您好(笑大声)\n"


@pytest.mark.parametrize(
    ("text", "listening"),
    [
        ("嗯", True),
        ("嗯，好的。", True),
        ("（笑）", True),
        ("（客户在旁边和家里人大声说话，听不清楚）嗯", True),
        ("（客户在旁边和家里人大声说话，听不清楚）", True),
        ("嗯您好", False),
        ("呃", False),
        ("好", False),
        ("（客户在旁边和家里人大声说话，听不清楚）嗯嗯嗯嗯嗯嗯嗯嗯嗯嗯嗯嗯嗯嗯嗯嗯嗯", False),
    ],
)
def test_a_backchannel_is_nothing_but_listening_words(text: str, listening: bool) -> None:
    """However long an event stands beside it."""
    assert batch_of("A 您好", f"C {text}").turn_backchannel.tolist() == [False, listening]


@pytest.mark.parametrize(
    ("line", "who"),
    [
        ("A （挂机）", HangUp.AGENT),
        ("C （掛機）", HangUp.CUSTOMER),
        ("A （客户挂机）", HangUp.CUSTOMER),
        ("C （客服挂断）", HangUp.AGENT),
        ("A 您（可以掛機）", HangUp.UNKNOWN),
        ("U （挂机）", HangUp.UNKNOWN),
    ],
)
def test_a_parenthesis_that_says_only_hung_up_is_a_record(line: str, who: HangUp) -> None:
    """Anything more is a stage direction."""
    assert batch_of("A 您好", line).hang_up.tolist() == [who]


def test_the_telephone_record_goes_before_an_event() -> None:
    """Where both say who hung up."""
    assert batch_of("A 您好", "C （挂机）", hang_up="agent").hang_up.tolist() == [HangUp.AGENT]


def test_times_of_an_event_are_not_needed() -> None:
    """A call is timed when all its speech is."""
    assert batch_of("[0-1] A 您好", "A （挂机）").call_timed.tolist() == [True]
    assert batch_of("[0-1] A 您好", "A 再见").call_timed.tolist() == [False]
    assert batch_of("[0-1] A （铃声）").call_timed.tolist() == [False]


def test_a_sliced_record_batch_is_laid_out_like_a_whole_one() -> None:
    """Arrow offsets of a slice do not begin at zero."""
    columns = calls_to_columns([call("A 一", "C 二"), call("C 三", "A 四（挂机）")])
    sliced = build_batch(columns.slice(1), batch_settings(rubric()))
    assert "".join(map(chr, sliced.points)) == "三\n四（挂机）\n"
    assert sliced.hang_up.tolist() == [HangUp.AGENT]


SHAPES: list[dict[str, Any]] = [
    {"require": {"by": "agent", "says": ["您好"]}},
    {"needs": ["timestamps"], "forbid": {"by": "agent", "interrupts": {"overlap": 1.0, "characters": 2}}},
    {
        "needs": ["timestamps"],
        "when": {"silence": 2.0},
        "require": {"by": "agent", "in": {"next": 1}, "says": ["您好"]},
    },
    {"needs": ["hang_up"], "forbid": {"by": "agent", "hangs_up": {"before": "farewell"}}},
    {"when": {"by": "customer", "feels": "angry"}, "forbid": {"by": "agent", "in_a_row": 2, "says": ["您好"]}},
    {
        "require": {
            "by": "agent",
            "in": {"phase": "closing"},
            "says": ["您好"],
            "then": {"by": "agent", "says": ["再见"]},
        }
    },
    {"needs": ["timestamps"], "measure": {"figure": "longest_unannounced_silence_s", "at_most": 8.0}},
    {"measure": {"figure": "turns", "at_least": 3.0}},
]


def judged(*lines: str) -> Analysis:
    """One call before a rule of each shape."""
    return analysed([call(*lines)], *(rule(spec, f"test/{number}") for number, spec in enumerate(SHAPES)))


def test_no_calls_are_judged_without_a_word() -> None:
    """An empty batch has no verdicts and no rows."""
    analysis = analysed([], *(rule(spec, f"test/{number}") for number, spec in enumerate(SHAPES)))
    assert analysis.judgement.verdicts.shape == (0, len(SHAPES))
    assert len(analysis.judgement.rows) == 0


@pytest.mark.parametrize(
    "line", ["A （挂机）", "C （笑）", "A", "A 喂", "U 喂", "S 欢迎", "[0-0] A 好", "[0-1] C （笑）", "A 😀"]
)
def test_the_smallest_calls_are_judged(line: str) -> None:
    """One utterance: an event, nothing, one code point."""
    analysis = judged(line)
    assert analysis.judgement.verdicts.shape == (1, len(SHAPES))
    assert analysis.batch.n_turns == 1
