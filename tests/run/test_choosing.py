"""Which calls are to be heard first, and which of many get a page of their own."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import openpyxl
import pyarrow as pa
import pytest

from qa_analyzer.judging import Ruleset
from qa_analyzer.reporting import ALL_HAVE_PAGES, choose_calls_to_hear, choose_pages, other_critical
from qa_analyzer.rulebook.loading import load_rulebook

from .made import CALM, HEATED, INSULTING, RUDENESS, call, say, scored, write_calls, write_rules

OUTPUTS = ("csv", "parquet", "xlsx", "html")
PLAIN: dict[str, Any] = {
    "score": 92.0,
    "score_before_critical": 92.0,
    "critical": False,
    "assessable": True,
    "escalation_risk": "none",
    "emotion_trend": "steady",
    "call_type": "inquiry",
    "turns": 8,
}
CRITICAL = {"critical": True, "score": 0.0, "score_before_critical": 70.0}
ESCALATES = {"escalation_risk": "high", "score": 75.0, "score_before_critical": 75.0}
SANK = {"emotion_trend": "worsened", "score": 80.0, "score_before_critical": 80.0}
MODEL = {"emotion_trend": "recovered", "call_type": "complaint", "score": 96.0, "score_before_critical": 96.0}
PROTESTED = {"rule:language/protest": "fail", "score": 78.0, "score_before_critical": 78.0}
LOW = {"score": 60.0, "score_before_critical": 60.0}
NO_SCORE = {"score": None, "score_before_critical": None, "assessable": False}


def table(**calls: dict[str, Any]) -> pa.Table:
    """The columns that choosing looks at; a call is what differs from a plain one, by id."""
    rows = [{"call_id": call_id, **PLAIN, **changes} for call_id, changes in calls.items()]
    schema = pa.schema(
        [
            *[(name, pa.string()) for name in ("call_id", "team", "escalation_risk", "emotion_trend", "call_type")],
            *[(name, pa.float64()) for name in ("score", "score_before_critical")],
            *[(name, pa.bool_()) for name in ("critical", "assessable")],
            ("turns", pa.int32()),
            *[(f"rule:{one}", pa.string()) for one in ("test/grave", "test/fact", "test/minor", "language/protest")],
        ]
    )
    return pa.Table.from_pylist(rows, schema)


def heard(calls: pa.Table, most: int = 14) -> list[tuple[str, str]]:
    """Why, and which."""
    return [(kind, row["call_id"]) for kind, row in choose_calls_to_hear(calls, most)]


# ---- calls to hear -------------------------------------------------------------------------------------------------


def test_each_kind_is_heard_in_the_order_of_its_gravity() -> None:
    """Critical, a threat to escalate, a protest, a mood that sank, a low score, and last one to learn from."""
    calls = table(model=MODEL, low=LOW, sank=SANK, plain={}, snaps=PROTESTED, threat=ESCALATES, critical=CRITICAL)
    assert heard(calls) == [
        ("critical", "critical"),
        ("escalation", "threat"),
        ("protest", "snaps"),
        ("worsened", "sank"),
        ("low", "low"),
        ("model", "model"),
    ]


def test_a_call_is_picked_once_for_its_gravest_reason() -> None:
    """Critical, threatening, sinking and low at once is critical; a threat with a low score is a threat."""
    calls = table(all={**LOW, **SANK, **ESCALATES, **CRITICAL}, two={**LOW, **ESCALATES})
    assert heard(calls) == [("critical", "all"), ("escalation", "two")]


def test_the_worst_of_a_kind_come_first_and_equal_ones_by_id() -> None:
    """By the score before the critical failure: after it all are 0."""
    worse = {**CRITICAL, "score_before_critical": 20.0}
    assert heard(table(b=CRITICAL, a=CRITICAL, z=worse)) == [("critical", "z"), ("critical", "a"), ("critical", "b")]


def test_no_kind_takes_all_places_while_others_have_calls() -> None:
    """Of fourteen places six are for critical calls, two each for threats, protests, moods that sank and models."""
    many = {f"c{at:02}": CRITICAL for at in range(30)} | {f"e{at}": ESCALATES for at in range(5)}
    many |= {f"s{at}": SANK for at in range(5)} | {f"m{at}": MODEL for at in range(5)}
    many |= {f"p{at}": PROTESTED for at in range(5)}
    kinds = [kind for kind, _ in heard(table(**many))]
    assert kinds == ["critical"] * 6 + [kind for kind in ("escalation", "protest", "worsened", "model") for _ in "12"]


def test_rules_that_hear_no_protest_will_do() -> None:
    """A centre's own rules may lack it."""
    calls = table(low=LOW, snaps=PROTESTED).drop_columns(["rule:language/protest"])
    assert heard(calls) == [("low", "low"), ("low", "snaps")]


def test_low_scores_take_the_places_that_are_left() -> None:
    """With nothing else to hear all fourteen are low ones, the lowest first."""
    lows = {f"l{at:02}": {"score": 80.0 - at, "score_before_critical": 80.0 - at} for at in range(20)}
    assert heard(table(**lows)) == [("low", f"l{at:02}") for at in range(19, 5, -1)]


@pytest.mark.parametrize("changes", [{}, NO_SCORE, {**MODEL, "score": 84.9}, {**MODEL, "call_type": "inquiry"}])
def test_what_is_nothing_to_learn_from_is_no_model(changes: dict[str, Any]) -> None:
    """A plain call, one without a score, a recovered one below 85, and a recovered inquiry."""
    assert "model" not in [kind for kind, _ in heard(table(one=changes))]


def test_a_call_without_a_score_is_not_heard() -> None:
    """However it went: there is nothing to say of it."""
    assert heard(table(one={**NO_SCORE, "escalation_risk": "high", "emotion_trend": "worsened"})) == []


def test_nothing_to_hear_among_good_calls_or_none() -> None:
    """Good plain calls, and an empty night."""
    assert heard(table(a={}, b={})) == []
    assert heard(table()) == []


def test_a_protest_is_shown_with_the_customers_words(tmp_path: Path) -> None:
    """A wording that no list holds: no deduction for it, but the index says where to listen."""
    said = (
        say("agent", "您好，晨星供暖，请讲。", 0, 2500),
        say("customer", "楼道里那根管子谁来修？", 2800, 5600),
        say("agent", "您操的心可真不少。", 5900, 8400),
        say("customer", "你怎么这么说话呢？", 8600, 10000),
        say("agent", "好的，我登记一下，明天上午师傅过去看。", 10200, 13600),
    )
    calls = write_calls(tmp_path / "calls.ndjson", [call("snaps", said), call("calm", CALM)])
    report = scored(calls, None, tmp_path / "report", OUTPUTS)
    index = (report.folder / "index.html").read_text(encoding="utf-8")
    shown = re.search(r'<li class="protest">.*?</li>', index, re.DOTALL)
    assert shown
    assert "客户当场抗议坐席说的话" in shown[0]
    assert "snaps" in shown[0]
    assert "你怎么这么说话" in shown[0]
    mine = report.findings[report.findings["rule"] == "language/protest"]
    assert mine[["call_id", "verdict", "deduction"]].to_numpy().tolist() == [["snaps", "fail", 0.0]]


# ---- pages ---------------------------------------------------------------------------------------------------------


@cache
def judged_by() -> Ruleset:
    """A critical rule, one that states facts, and a minor one."""
    severities = {"test/grave": "critical", "test/fact": "info", "test/minor": "minor"}
    rules = {name: RUDENESS.replace("severity: major", f"severity: {one}") for name, one in severities.items()}
    with TemporaryDirectory() as folder:
        return Ruleset(load_rulebook(write_rules(Path(folder), rules)))


def pages(most: int = 2000, **seen: dict[str, Any]) -> set[str]:
    """Of many good calls and some others, those of the others that get a page."""
    good: dict[str, dict[str, Any]] = {f"good{at:03}": {} for at in range(ALL_HAVE_PAGES)}
    return choose_pages(table(**good, **seen), most, judged_by())


def test_the_calls_that_a_team_should_hear_have_a_page() -> None:
    """One model call of a small team beside a night that has better ones: only its own folder would show it."""
    good: dict[str, dict[str, Any]] = {f"good{at:03}": {} for at in range(ALL_HAVE_PAGES)}
    better = {f"better{at}": {**MODEL, "team": "large"} for at in range(12)}
    mine = {"zz_mine": {**MODEL, "team": "small"}}
    night = table(**good, **better, **mine)
    assert "zz_mine" not in choose_pages(night, 2000, judged_by())
    assert "zz_mine" in choose_pages(night, 2000, judged_by(), by_team=True)


def test_of_a_few_calls_every_one_has_a_page() -> None:
    """As long as somebody may click through them all, and the limit allows it."""
    good = table(**{f"good{at:03}": {} for at in range(ALL_HAVE_PAGES)})
    assert len(choose_pages(good, 2000, judged_by())) == ALL_HAVE_PAGES
    assert choose_pages(good, 10, judged_by()) == set()


@pytest.mark.parametrize(
    "changes",
    [
        {"rule:test/minor": "fail"},
        {"rule:test/grave": "undetermined"},
        {"escalation_risk": "high"},
        {"emotion_trend": "worsened"},
        NO_SCORE,
        CRITICAL,
    ],
)
def test_a_call_with_something_to_see_has_a_page(changes: dict[str, Any]) -> None:
    """A failure, a critical rule for review, a threat, a mood that sank, no score."""
    assert pages(seen=changes) == {"seen"}


@pytest.mark.parametrize(
    "changes",
    [{"rule:test/fact": "fail"}, {"rule:test/minor": "undetermined"}, {"rule:test/minor": "pass"}],
)
def test_a_call_with_nothing_to_see_has_none(changes: dict[str, Any]) -> None:
    """A mere fact, an open question of a rule that is not critical, a pass."""
    assert pages(seen=changes) == set()


def test_the_limit_keeps_the_calls_to_hear_and_then_the_worst() -> None:
    """A model call is worth its place; of the failures the lowest scores stay."""
    failed = {
        f"f{at}": {"rule:test/minor": "fail", "score": 90.0 + at, "score_before_critical": 90.0 + at} for at in range(5)
    }
    assert pages(3, model=MODEL, **failed) == {"model", "f0", "f1"}
    assert pages(0, model=MODEL, **failed) == set()


def test_a_run_of_many_calls_writes_pages_of_those_with_something_to_see(tmp_path: Path, rules: Path) -> None:
    """The good ones have none: the index counts them, the agent's page and the workbook list them without a link."""
    bad = [call("bad", HEATED, agent_id="N8"), call("worse", INSULTING, agent_id="N8")]
    calls = [*(call(f"good{at:03}", CALM) for at in range(ALL_HAVE_PAGES)), *bad]
    report = scored(write_calls(tmp_path / "calls.ndjson", calls), rules, tmp_path / "report", OUTPUTS)
    written = {path.stem.partition("~")[0] for path in (report.folder / "calls").glob("*.html")}
    assert written == {"bad", "worse"}
    index = (report.folder / "index.html").read_text(encoding="utf-8")
    assert re.search(rf"没有单独成页的通话 <b>{ALL_HAVE_PAGES}</b>", index)
    assert "qa-analyzer serve" in index
    agent = next((report.folder / "agents").glob("N7*.html")).read_text(encoding="utf-8")
    assert "<bdi>good007</bdi></span>" in agent
    assert f"编号不带链接的 {ALL_HAVE_PAGES} 通没有单独成页" in agent
    sheet = openpyxl.load_workbook(report.folder / "scorecards.xlsx")["通话"]
    links = {row[0].value: row[0].hyperlink is not None for row in sheet.iter_rows(min_row=2)}
    assert {call_id for call_id, linked in links.items() if linked} == {"bad", "worse"}
    assert len(links) == ALL_HAVE_PAGES + 2


def test_the_other_critical_calls_come_without_those_already_named() -> None:
    """The gravest first, the named ones left out, not more than asked for, and no call that is not critical."""
    calls = table(
        named=CRITICAL,
        worse={**CRITICAL, "score_before_critical": 12.0},
        bad={**CRITICAL, "score_before_critical": 48.0},
        plain={},
    )
    assert [row["call_id"] for _, row in other_critical(calls, ["named"])] == ["worse", "bad"]
    assert [row["call_id"] for _, row in other_critical(calls, [], most=1)] == ["worse"]
