"""The figures that count words: 您 among 您 and 你, what is said too often, too fast, or for too long."""

from __future__ import annotations

from typing import Any

import pytest

from qa_analyzer import figures
from qa_analyzer.figures import FIGURES, Figure, Said
from qa_analyzer.judging import Why
from qa_analyzer.model import Role
from qa_analyzer.rulebook.schema import WORDED_FIGURES

from .support import analysed, call, found, rule, verdict


def measured(figure: str, *lines: str, says: tuple[str, ...] = ()) -> Figure:
    """One figure of one call; `says`: what the words of the agent are."""
    of = {"of": {"by": "agent", "says": list(says)}} if says else {}
    analysis = analysed([call(*lines)], rule({"measure": {"figure": figure, "at_most": 1.0, **of}}))
    spec = analysis.court.ruleset.rules[0].spec.measure
    hits = analysis.court.find(spec.of).sure if spec is not None and spec.of is not None else None
    said = Said(Role.AGENT, hits.turn, hits.start, hits.end) if hits else figures.NOTHING_SAID
    return figures.measure_figure(figure, analysis.batch, analysis.court.timing, said)


def test_the_format_knows_which_figures_count_words() -> None:
    """The names that need `of` are figures, and the reasons have the judge's numbers."""
    assert set(WORDED_FIGURES) <= set(FIGURES)
    codes = (figures.WHY_NO_TIMESTAMPS, figures.WHY_UNKNOWN_ROLE, figures.WHY_UNSURE_WORDS)
    assert codes == (Why.NO_TIMESTAMPS, Why.UNKNOWN_ROLE, Why.UNSURE_WORDS)


# ---- 您 and 你 ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "percent", "basis"),
    [
        (["A 您的话费我帮你查", "C 好的", "A 你看可以吗，您"], 50.0, 4),
        # 你们, 您们, 你好, 您好 and 迷你 address nobody more or less politely
        (["A 您好，你好，你们公司，您们，迷你仓，您说"], 100.0, 1),
        # the customer's are not the agent's
        (["C 您说你呢", "A 您说"], 100.0, 1),
        # what is quoted is somebody else's
        (["A 您听到他说「你自己来」，“你别来”，是吗"], 100.0, 1),
        (["A 「您」", "A 你来"], 0.0, 1),
        # the customer's words repeated
        (["C 他说你爱来不来", "A 他说你爱来不来是吗", "C 您是", "A 您稍等，你稍等"], 50.0, 2),
        # traditional writing
        (["A 妳好，您好，您說"], 100.0, 1),
        # a stammer is said once
        (["A 您看，你你看，你您说"], 66.7, 3),
    ],
)
def test_the_share_of_the_polite_you(lines: list[str], percent: float, basis: int) -> None:
    """In percent, with the number of occurrences it rests on."""
    figure = measured("formal_you_percent", *lines)
    assert (figure.value.tolist(), figure.basis.tolist(), figure.known.tolist()) == ([percent], [basis], [True])


POLITE: dict[str, Any] = {"measure": {"figure": "formal_you_percent", "at_least": 50.0, "floor": 3.0}}


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["A 您看您说您好，你来"], [("pass", None, None)]),
        (["A 您看", "C 嗯我说", "A 你来你说", "C 行吧", "A 你去"], [("fail", 2, "你来你说")]),
        # too few
        (["A 你来你去"], []),
        # nobody says 您: the recogniser may not know it
        (["A 你看你说你来"], [("undetermined", None, None)]),
        (["C 您好", "A 你看你说你来"], [("fail", 1, "你看你说你来")]),
        # four of them are no mix-up
        (["A 你看你说你来", "C 嗯我说", "A 你问"], [("fail", 0, "你看你说你来")]),
        # a stammer is said once
        (["A 你你看你说你你你来"], [("undetermined", None, None)]),
        (["A 您看你您说你你来你去你走"], [("fail", 0, "您看你您说你你来你去你走")]),
        # an unknown speaker may have said it
        (["A 您看你说你来", "U 您说您来您去"], [("undetermined", None, None)]),
        (["A 您看你说你来", "U 嗯"], [("fail", 0, "您看你说你来")]),
    ],
)
def test_the_polite_you_is_judged_where_there_is_enough_of_it(lines: list[str], expected: list[Any]) -> None:
    """The turn with most 你 is shown."""
    assert [row for row in found(POLITE, *lines) if row[0] != "pass"] == [one for one in expected if one[0] != "pass"]
    assert verdict(POLITE, *lines) == (expected[0][0] if expected else "not_applicable")


# ---- how often words are said --------------------------------------------------------------------------------------


def test_words_are_counted_per_100_characters_of_speech() -> None:
    """Four in 20; the turn with most of them; what is excepted does not count."""
    figure = measured(
        "said_per_100_characters", "A 这个那个话费查一下", "C 那个", "A 那个这个呢，是的是的是的", says=("那个", "这个")
    )
    assert (figure.value.tolist(), figure.basis.tolist(), figure.turn.tolist()) == ([20.0], [20.0], [0])
    spec = {
        "measure": {
            "figure": "said_per_100_characters",
            "at_most": 10.0,
            "floor": 8.0,
            "of": {"by": "agent", "says": ["那个"], "unless": ["那个套餐"]},
        }
    }
    assert found(spec, "A 那个话费查一下啊") == [("fail", 0, "那个话费查一下啊")]
    assert verdict(spec, "A 那个套餐查一下啊") == "pass"
    assert verdict(spec, "A 那个话费") == "not_applicable"
    assert verdict(spec, "A 那个话费查一下啊", "U 那个套餐不错") == "undetermined"
    assert verdict(spec, "C 那个话费查一下啊") == "not_applicable"


# ---- how long without a word ---------------------------------------------------------------------------------------

TALK: dict[str, Any] = {
    "measure": {"figure": "longest_unsaid_characters", "at_most": 8.0, "of": {"by": "agent", "says": ["好吗"]}}
}


@pytest.mark.parametrize(
    ("lines", "longest", "turn"),
    [
        (["A 一二三四五好吗六七", "C 嗯", "A 一二三"], 5.0, 0),
        (["A 好吗一二三四五六，好吗"], 6.0, 0),
        (["A 一二", "C 三四五六七八九", "A 一二三四"], 4.0, 2),
    ],
)
def test_the_longest_stretch_without_asking_back(lines: list[str], longest: float, turn: int) -> None:
    """Within a turn, between the words and its ends, in code points of speech."""
    figure = measured("longest_unsaid_characters", *lines, says=("好吗",))
    assert (figure.value.tolist(), figure.turn.tolist()) == ([longest], [turn])


def test_a_proven_monologue_stands_beside_an_unknown_speaker() -> None:
    """What the agent surely said is long enough; that nothing is needs all speakers."""
    assert found(TALK, "A 一二三四五六七八九", "U 喂喂") == [("fail", 0, "一二三四五六七八九")]
    assert verdict(TALK, "A 一二三四", "U 喂喂") == "undetermined"
    assert verdict(TALK, "A 一二三四五好吗六七八") == "pass"


# ---- how fast words are said ---------------------------------------------------------------------------------------

FEES: dict[str, Any] = {
    "needs": ["timestamps"],
    "measure": {
        "figure": "said_chars_per_min",
        "at_most": 300.0,
        "floor": 6.0,
        "of": {"by": "agent", "says": ["月租"]},
    },
}


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["[0-1] A 月租是十八块五", "[1-5] C 嗯我说", "[5-6] A 很快很快很快很快"], "fail"),
        (["[0-2] A 月租是十八块五", "[3-4] C 嗯我说", "[5-6] A 很快很快很快很快"], "pass"),
        # in another turn, or by the customer, or too little
        (["[0-1] A 话费是十八块五"], "not_applicable"),
        (["[0-1] C 月租是十八块五", "[1-2] A 对对对是十八块"], "not_applicable"),
        (["[0-1] A 月租十八"], "not_applicable"),
        (["A 月租是十八块五"], "undetermined"),
    ],
)
def test_only_turns_with_the_words_are_clocked(lines: list[str], expected: str) -> None:
    """Code points of speech a minute of speech."""
    assert verdict(FEES, *lines) == expected


def test_the_general_pace_rests_on_the_agents_characters() -> None:
    """So that a rule can leave alone who has hardly spoken."""
    spec = {"needs": ["timestamps"], "measure": {"figure": "agent_chars_per_min", "at_most": 100.0, "floor": 5.0}}
    assert verdict(spec, "[0-1] A 您好您好") == "not_applicable"
    assert verdict(spec, "[0-1] A 您好您好啊") == "fail"


# ---- announced waits -----------------------------------------------------------------------------------------------

WAIT: dict[str, Any] = {"needs": ["timestamps"], "measure": {"figure": "longest_announced_wait_s", "at_most": 60.0}}


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["[0-2] A 请您稍等", "[2-3] C 好的", "[63-64] A 您好"], "pass"),
        (["[0-2] A 请您稍等", "[2-3] C 好的", "[63.5-64] A 您好"], "fail"),
        (["[0-2] C 我要查话费", "[99-100] A 您好"], "not_applicable"),
        (["A 请您稍等", "C 嗯我等着", "A 您好"], "undetermined"),
        (["A 请问贵姓", "C 我姓王", "A 您好"], "not_applicable"),
        (["[0-2] A 请您稍等", "[99-100] U 您好", "[101-102] A 喂"], "undetermined"),
        (["[0-2] A 请您稍等", "[99-100] A 您好", "C 嗯"], "fail"),
    ],
)
def test_announced_waits_are_measured(lines: list[str], expected: str) -> None:
    """The longest one; a call without any is not judged."""
    assert verdict(WAIT, *lines) == expected


# ---- the format ----------------------------------------------------------------------------------------------------


def test_rows_show_the_turn_of_the_figure() -> None:
    """The whole turn is evidence, the figure is the number."""
    analysis = analysed([call("[0-1] A 月租是十八块五")], rule(FEES))
    assert analysis.judgement.rows.number.tolist() == [420.0]
