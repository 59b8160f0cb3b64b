"""One call in the terminal."""

import io
from dataclasses import replace

import pytest
from rich.console import Console

from qa_analyzer.wording import Lang
from qa_analyzer.writers.page import CallPage, FrameworkView, Reason, StageView, Why, WhyPart
from qa_analyzer.writers.terminal import render_call

from . import night


def shown(page: CallPage, lang: Lang = "zh", *, colour: bool = False) -> str:
    out = io.StringIO()
    Console(file=out, width=120, force_terminal=colour).print(render_call(page, night.make_names(lang), lang))
    return out.getvalue()


def test_breakdown_findings_and_conversation_are_there() -> None:
    """The score, each deduction, the same fault and the marked evidence can be read."""
    text = shown(night.make_page(night.MIXED))
    for expected in ("65.92 待改进", "−34.08", "与“不满后致歉”同一过失，不重复扣分", "这个我不清楚", "[✗2]"):
        assert expected in text


def test_why_a_value_is_told_with_parts_that_add_up_or_that_nobody_can_tell() -> None:
    """Each part with its share; the baseline says that it cannot."""
    parts = [WhyPart("words", -0.412, "太差了"), WhyPart("length", -0.1), WhyPart("beginning", 0.012)]
    page = replace(night.make_page(night.MIXED), whys=[Why(1, -0.5, parts)])
    told = shown(page)
    for expected in ("−0.500", "“太差了” −0.412", "话的长短 −0.100", "起点 +0.012"):
        assert expected in told
    assert "SnowNLP" in shown(replace(page, whys=[Why(1, -0.5, None)]))


def test_a_critical_failure_is_told() -> None:
    """The score is 0 and says from what."""
    assert "由 54.38 归零" in shown(night.make_page(night.TERRIBLE))


@pytest.mark.parametrize("script", night.SCRIPTS)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_call_can_be_shown(script: night.Script, lang: Lang) -> None:
    """Without score, times, customer or findings too."""
    assert script.call_id in shown(night.make_page(script), lang)


def test_markup_and_control_sequences_in_texts_are_harmless() -> None:
    """`[bold]` is text, and no escape sequence of a transcript reaches the terminal."""
    page = night.make_page(night.MIXED)
    evil = "[red]x[/red] \x1b[2J\x1b]0;title\x07 \u202e"
    page = replace(
        page,
        call={**page.call, "call_id": evil, "agent_name": evil},
        turns=[replace(turn, text=evil) for turn in page.turns],
        findings=[{**row, "quote": evil, "message": evil} for row in page.findings],
    )
    text = shown(page)
    assert "[red]x[/red]" in text
    assert "\x1b" not in text and "\x07" not in text and "\u202e" not in text


def test_the_words_that_decided_and_the_stages_are_shown() -> None:
    """Each column with who said it, where and what; each framework with its stages."""
    page = night.make_page(night.MIXED)
    page = replace(
        page,
        call={**page.call, "promised_over_limit_h": 24.0},
        reasons=[
            Reason("complaint_type", "price_settlement", 1, "customer", 2000, "多扣了我的钱"),
            Reason("repeat_contact", True, 1, "customer", None, "第三次"),
            Reason("promised_h", 48.0, 2, "agent", None, "两天"),
        ],
        frameworks=[
            FrameworkView("三步法", [StageView("听", "reached", 2, 1), StageView("找", "missed", None, None)], 1, 2)
        ],
    )
    text = shown(page)
    for told in (
        "价格与结算",
        "因为客户在话轮 1 说 “多扣了我的钱”",
        "48 小时 · 超过时限 24 小时",
        "三步法",
        "1/2",
        "✓ 听 #2",
        "✗ 找",
    ):
        assert told in text


def test_overlaps_are_listed_one_by_one() -> None:
    """With their kind and the reason; control sequences in what was said do not reach the terminal."""
    views = [night.CUT_IN, replace(night.CUT_IN, **night.EARLY, quote="\x1b[2J那个")]
    page = replace(night.make_page(night.MIXED), overlaps=views, overlaps_left_out=3)
    text = shown(page)
    for told in ("抢话与重叠", "00:18", "坐席 → 客户", "计入", "早了半拍", "对方的话还剩 0.4 秒", "另有 3 处"):
        assert told in text
    assert "\x1b[2J" not in text
    assert "抢话与重叠" not in shown(night.make_page(night.MIXED))
