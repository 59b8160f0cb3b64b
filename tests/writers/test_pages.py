"""The pages, without a browser."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from qa_analyzer.keywords import KEYWORD_COLUMNS
from qa_analyzer.wording import TEXTS, Lang
from qa_analyzer.writers.agent_view import costliest_rules, strengths
from qa_analyzer.writers.call_view import break_down, order_findings
from qa_analyzer.writers.formats import format_clock, format_moment, format_number, format_signed
from qa_analyzer.writers.html import safe_name, write_agent, write_assets, write_call, write_index
from qa_analyzer.writers.html.pages import share_at_least
from qa_analyzer.writers.page import (
    CallPage,
    FrameworkView,
    PhaseView,
    Reason,
    RunFacts,
    StageView,
    TurnView,
    Why,
    WhyPart,
)

from . import night

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)> javascript:alert(1) \u202e{{7*7}} 😡&amp;=1+1"
VOID = {"meta", "link", "input", "img", "br", "line", "rect", "polyline", "path", "circle"}


class Page(HTMLParser):
    """Collects what the tests ask for, and fails on tags that do not close."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.ids: list[str] = []
        self.text = ""
        self.feed(text)
        self.close()
        assert not self.open, self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.ids += [value or "" for name, value in attrs if name == "id"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag, tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def values(self, name: str) -> list[str]:
        return [attrs[name] or "" for _, attrs in self.tags if name in attrs]


def parse(path: Path) -> Page:
    return Page(path.read_text(encoding="utf-8"))


def write_report(folder: Path, pages: list[CallPage], lang: Lang = "zh") -> Path:
    names = night.make_names(lang)
    write_assets(folder)
    agents = night.make_agents(pages).to_pylist()
    findings = [row for page in pages for row in page.findings]
    write_index(
        folder,
        night.make_run(pages),
        agents,
        names,
        lang,
        teams=night.make_teams(pages),
        worst_rules=costliest_rules(findings, most=5),
        calls_to_hear=night.make_calls_to_hear(pages),
        rejected=night.REJECTED.to_pylist(),
    )
    for agent in agents:
        own = [page for page in pages if page.call["agent_id"] == agent["agent_id"]]
        rows = [row for page in own for row in page.findings]
        write_agent(folder, agent, [page.call for page in own], rows, names, lang, team_mean=70.0)
    for page in pages:
        write_call(folder, page, names, lang)
    return folder


@pytest.fixture(scope="module", params=["zh", "en"])
def report(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A whole report in each language."""
    return write_report(tmp_path_factory.mktemp(request.param), night.crowd(30), request.param)


def test_every_link_leads_somewhere_and_none_leaves_the_report(report: Path) -> None:
    """Each href and src is a file of the report, and each fragment an id on that page."""
    parsed = {path: parse(path) for path in report.rglob("*.html")}
    assert len(parsed) > 30
    for path, page in parsed.items():
        assert len(page.ids) == len(set(page.ids)), path
        for link in [*page.values("href"), *page.values("src")]:
            if link == "data:,":
                continue
            file, _, fragment = link.partition("#")
            target = (path.parent / unquote(file)).resolve() if file else path
            assert target.is_file() and report.resolve() in target.resolve().parents, (path, link)
            assert not fragment or fragment in parsed[target].ids, (path, link)


def test_no_page_asks_the_network(report: Path) -> None:
    """Neither pages nor assets name an address outside."""
    for path in [*report.rglob("*.html"), *report.rglob("assets/*")]:
        content = path.read_text(encoding="utf-8")
        assert not re.search(r"https?:|//[a-z]|@import|url\(", re.sub(r"(?m)^\s*//.*$|\s// .*$", "", content)), path


def test_the_language_is_declared_and_english_pages_are_english(tmp_path: Path) -> None:
    """With `en` only quotes, names and rule texts given in Chinese remain Chinese; each carries its own `lang`."""
    page = night.make_page(night.VOICEMAIL)
    page = replace(page, call={**page.call, "team": "night", "agent_name": "Zhao"}, turns=page.turns[:0])
    text = write_call(tmp_path, page, night.make_names("en"), "en").read_text(encoding="utf-8")
    assert '<html lang="en">' in text
    assert not re.search("[\u4e00-\u9fff]", text)
    spoken = parse(write_call(tmp_path, night.make_page(night.MIXED), night.make_names("en"), "en"))
    assert "zh-CN" in spoken.values("lang")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_hostile_texts_and_ids_are_shown_not_run(tmp_path: Path, lang: Lang) -> None:
    """HTML, scripts, templates, direction overrides and 10,000 characters come out as text, in every place."""
    page = night.make_page(night.MIXED)
    call = {**page.call, "call_id": HOSTILE, "agent_id": f"../{HOSTILE}", "agent_name": HOSTILE, "team": HOSTILE * 80}
    findings = [
        {**row, "call_id": HOSTILE, "quote": HOSTILE, "message": HOSTILE, "suggest": HOSTILE} for row in page.findings
    ]
    turns = [replace(turn, text=HOSTILE + "长" * 10_000) for turn in page.turns]
    hostile = CallPage({**call, "ruleset": HOSTILE, "grade": HOSTILE}, turns, findings, page.emotion, page.criteria)
    folder = write_report(tmp_path / "report", [hostile], lang)
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    assert len(files) == 5 and not [path for path in tmp_path.iterdir() if path.name != "report"]
    for path in folder.rglob("*.html"):
        parsed = parse(path)
        assert "<script>alert(1)</script>" in parsed.text
        assert [tag for tag, _ in parsed.tags].count("script") == 2  # ours
        assert "img" not in [tag for tag, _ in parsed.tags] and not parsed.values("onerror")
        assert not [link for link in parsed.values("href") if link.startswith("javascript:")]
        assert "{{7*7}}" in parsed.text


def test_the_evidence_is_marked_in_place_and_tied_to_its_card(tmp_path: Path) -> None:
    """Each finding with a span has a mark with exactly its words, a badge to its card and a way back."""
    page = night.make_page(night.MIXED)
    text = write_call(tmp_path, page, night.make_names(), "zh").read_text(encoding="utf-8")
    marks: dict[str, str] = {}
    for numbers, marked in re.findall(r'<mark class="[^"]*" data-f="([0-9 ]+)">([^<]*)</mark>', text):
        for number in numbers.split():
            marks[number] = marks.get(number, "") + marked
    for card in order_findings(page, night.make_names()):
        if card.finding["text_start"] is None:
            continue
        assert marks[str(card.number)] == card.finding["quote"]
        assert f'id="e{card.number}" href="#f{card.number}"' in text
        assert f'href="#e{card.number}"' in text


def test_a_span_outside_the_turn_does_no_harm(tmp_path: Path) -> None:
    """A finding whose turn or offsets do not exist still has its card."""
    page = night.make_page(night.MIXED)
    rows = [{**page.findings[1], "text_end": 999}, {**page.findings[2], "turn": 99}]
    parsed = parse(write_call(tmp_path, replace(page, findings=rows), night.make_names(), "zh"))
    assert {"f1", "f2", "e2"} <= set(parsed.ids)
    assert "e1" not in parsed.ids and "#e1" not in parsed.values("href")


@pytest.mark.parametrize("script", [night.GOOD, night.MIXED, night.TERRIBLE, night.INQUIRY, night.UNTIMED])
def test_the_breakdown_adds_up_to_the_hundredth(script: night.Script) -> None:
    """Σ full = 100; full − lost = earned on every line; 100 − Σ deductions = score before critical; critical → 0."""
    page = night.make_page(script)
    breakdown = break_down(page, order_findings(page, night.make_names()))
    assert breakdown is not None
    hundredths = [
        (round(row.full * 100), round(row.lost * 100), round((row.earned or 0) * 100)) for row in breakdown.rows
    ]
    assert all(full - lost == earned for full, lost, earned in hundredths)
    assert sum(full for full, _, _ in hundredths) == 10_000
    assert breakdown.before == page.call["score_before_critical"] == round(100 - breakdown.lost, 2)
    assert breakdown.zeroed == (script is night.TERRIBLE)


def test_the_breakdown_on_the_page_adds_up(tmp_path: Path) -> None:
    """The printed figures, not only the values, add up; a critical failure says that it sets the score to 0."""
    text = write_call(tmp_path, night.make_page(night.TERRIBLE), night.make_names(), "zh").read_text(encoding="utf-8")
    table = text[text.index('class="breakdown"') : text.index("</table>")]
    body, foot = table.split("<tfoot>")
    lost = [float(n) for n in re.findall(r"<b>−([0-9.]+)</b>", body)]
    columns = re.findall(r'<td class="n">([0-9.]+)</td>', body)
    full, earned = map(float, columns[::2]), map(float, columns[1::2])
    total = [float(n) for n in re.findall(r"[0-9]+\.[0-9]{2}", foot)]
    assert round(sum(full), 2) == total[0] == 100.0
    assert round(sum(lost), 2) == total[1]
    assert round(sum(earned), 2) == total[2] == round(100 - total[1], 2)
    assert "由 54.38 归零" in foot


def test_the_same_fault_points_to_the_card_that_deducts(tmp_path: Path) -> None:
    """A finding without deduction says which rule deducts, and links to it."""
    names = night.make_names()
    cards = order_findings(night.make_page(night.MIXED), names)
    shadow = next(card for card in cards if card.finding["rule"] == "empathy/understanding")
    assert cards[(shadow.same_fault_card or 0) - 1].finding["rule"] == "empathy/apology"
    text = write_call(tmp_path, night.make_page(night.MIXED), names, "zh").read_text(encoding="utf-8")
    assert f'<a href="#f{shadow.same_fault_card}">与“不满后致歉”同一过失，不重复扣分</a>' in text


def test_fails_come_first_critical_before_costly() -> None:
    """The order of the cards is the order of importance."""
    cards = order_findings(night.make_page(night.TERRIBLE), night.make_names())
    assert [card.critical for card in cards[:3]] == [True, True, False]
    assert [card.verdict for card in cards] == ["fail"] * 6 + ["undetermined"]


def test_an_unscored_call_says_why(tmp_path: Path) -> None:
    """No score, no breakdown, the reason in words, and still a page."""
    parsed = parse(write_call(tmp_path, night.make_page(night.VOICEMAIL), night.make_names(), "zh"))
    assert "未评分" in parsed.text and "语音信箱" in parsed.text and "得分构成" not in parsed.text


def test_an_agent_with_few_calls_is_not_compared(tmp_path: Path) -> None:
    """Below five scored calls the page and the index say so instead of an interval."""
    pages = [night.make_page(script) for script in night.SCRIPTS]
    folder = write_report(tmp_path, pages)
    assert "通话太少" in parse(folder / "index.html").text
    assert "通话太少（2 通评分通话）" in parse(folder / "agents" / f"{safe_name('a8035')}.html").text
    assert "没有可评分的通话" in parse(folder / "agents" / "a8117.html").text


def test_an_agent_page_shows_habits_with_quote_and_better_wording(tmp_path: Path) -> None:
    """What costs most: critical first, with a real quote and what to say instead."""
    rows = [row for page in map(night.make_page, (night.MIXED, night.TERRIBLE)) for row in page.findings]
    habits = costliest_rules(rows)
    assert [habit.rule for habit in habits] == ["closing/hang_up", "language/insult", "empathy/apology"]
    assert habits[2].calls == 2 and habits[2].points == 21.87
    pages = [night.make_page(night.MIXED), night.make_page(night.TERRIBLE)]
    text = parse(write_report(tmp_path, pages) / "agents" / "a8035.html").text
    assert "有病吧你" in text and "先生，我理解您着急" in text


def test_the_index_tells_rules_that_set_calls_to_0_from_those_that_cost_points(tmp_path: Path) -> None:
    """Two lists, each in the order of its bar."""
    pages = [night.make_page(night.MIXED), night.make_page(night.TERRIBLE)]
    text = parse(write_report(tmp_path, pages) / "index.html").text
    zeroed, cost = text.index("使通话得 0 分的"), text.index("其余的，按共扣的分数排")
    assert zeroed < text.index("1 通一票否决") < cost < text.index("2 通不合格，共扣 21.9 分")
    rows = costliest_rules([row for page in pages for row in page.findings], most=20)
    assert [one.zeroed for one in rows] == sorted((one.zeroed for one in rows), reverse=True)


def test_a_share_of_few_calls_counts_less() -> None:
    """Wilson's interval for 7 of 20 begins at 0.181; 1 of 1 might be chance, 0 of any is none."""
    assert share_at_least(7, 20) == pytest.approx(0.1812, abs=5e-5)
    assert share_at_least(0, 5) == 0 < share_at_least(1, 50) < share_at_least(1, 1) < share_at_least(12, 20)


def test_strengths_need_more_passes_than_fails() -> None:
    """A rule that fails as often as it passes is no strength."""
    pages = [night.make_page(night.GOOD), night.make_page(night.MIXED)]
    rows = [row for page in pages for row in page.findings]
    rules = [one.rule for one in strengths([page.call for page in pages], rows, most=20)]
    assert "opening/greeting" in rules and "empathy/apology" not in rules


def test_pages_of_an_empty_night_are_whole(tmp_path: Path) -> None:
    """No calls, no agents, nothing to hear: each place says so."""
    run = RunFacts(date="2026-11-22", read=0, scored=0, rejected=0)
    parsed = parse(write_index(tmp_path, run, [], night.make_names(), "zh"))
    for phrase in ("没有坐席数据", "没有扣分", "没有需要优先复听", "全部输入均已读入"):
        assert phrase in parsed.text


def test_calls_without_a_page_are_named_but_not_linked(tmp_path: Path) -> None:
    """In a large run only some calls have a page."""
    pages = [night.make_page(night.MIXED)]
    agent = night.make_agents(pages).to_pylist()[0]
    path = write_agent(tmp_path, agent, [pages[0].call], pages[0].findings, night.make_names(), "zh", call_pages=set())
    assert "hl-20261121-0002" in parse(path).text
    assert not [link for link in parse(path).values("href") if "calls/" in link]


def test_a_turn_without_text_or_time_is_shown(tmp_path: Path) -> None:
    """Missing times show no clock."""
    page = CallPage(night.make_page(night.UNTIMED).call, [TurnView(0, "unknown", None, None, "")])
    assert "time" not in [tag for tag, _ in parse(write_call(tmp_path, page, night.make_names(), "zh")).tags]


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (format_clock(61_999), "01:01"),
        (format_clock(3_661_000), "1:01:01"),
        (format_clock(None), ""),
        (format_number(65.9), "65.9"),
        (format_number(-0.001), "0"),
        (format_signed(-0.5), "−0.50"),
        (format_moment("2026-11-21T09:03:12+08:00"), "2026-11-21 09:03"),
        (format_moment("2026-11-21"), "2026-11-21"),
        (format_moment(None), "—"),
    ],
)
def test_formats(shown: str, expected: str) -> None:
    """Figures as people read them."""
    assert shown == expected


def test_both_languages_have_every_text_with_the_same_placeholders() -> None:
    """The catalogue is complete: no empty word, and no placeholder in one language only."""
    for key, (zh, en) in TEXTS.items():
        assert zh and en, key
        assert set(re.findall(r"{\w+}", zh)) == set(re.findall(r"{\w+}", en)), key
        assert not re.search("[\u4e00-\u9fff]", en), key


def test_a_call_page_tells_why_each_value(tmp_path: Path) -> None:
    """Words and shares; hostile words stay text; the baseline says that it cannot tell."""
    page = night.make_page(night.MIXED)
    parts = [WhyPart("words", -0.412, HOSTILE), WhyPart("other_words", -0.088)]
    names = night.make_names("zh")
    told = parse(write_call(tmp_path, replace(page, whys=[Why(1, -0.5, parts)]), names, "zh"))
    assert HOSTILE in told.text
    assert "−0.412" in told.text
    assert "其余的词 −0.088" in told.text
    dumb = parse(write_call(tmp_path, replace(page, whys=[Why(1, -0.5, None)]), names, "zh"))
    assert "SnowNLP" in dumb.text


def keyword(scope: str, word: str, change: str | None = None, **more: Any) -> dict[str, Any]:
    row = dict.fromkeys(KEYWORD_COLUMNS)
    return {
        **row,
        "scope": scope,
        "word": word,
        "calls": 7,
        "share": 0.2,
        "other_share": 0.05,
        "change": change,
        **more,
    }


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_overview_shows_keywords_and_what_changed(tmp_path: Path, lang: Lang) -> None:
    """New and rising ones first; those of teams, whose names are hostile, apart; without earlier nights it says so."""
    rows = [
        keyword("night", "断网", "new"),
        keyword("night", "发票", "rising"),
        keyword("night", "快递"),
        keyword("team", "漏水", team=HOSTILE),
    ]
    pages = night.crowd(3)
    facts = night.make_run(pages)
    names = night.make_names(lang)
    agents = night.make_agents(pages).to_pylist()
    page = parse(write_index(tmp_path, facts, agents, names, lang, keywords=rows, nights=4))
    assert page.text.index("断网") < page.text.index("快递") < page.text.index("漏水")
    assert HOSTILE in page.text
    assert "20.0%" in page.text
    alone = parse(write_index(tmp_path, facts, agents, names, lang, keywords=rows[2:3]))
    assert TEXTS["keywords.no_nights"][lang == "en"] in alone.text
    own = write_agent(tmp_path, agents[0], [], [], names, lang, keywords=[keyword("agent", "退款", agent_id="a")])
    assert "退款" in parse(own).text


def test_no_text_of_the_catalogue_is_left_over() -> None:
    """Each text is used by a page, a sheet or the terminal."""
    package = Path(write_call.__code__.co_filename).parents[2]
    files = [path for kind in ("*.py", "*.j2") for path in package.rglob(kind) if path.name != "wording.py"]
    sources = [path.read_text(encoding="utf-8") for path in files]
    used: set[str] = set()
    for source in sources:
        used |= set(re.findall(r"""["']([a-z]+(?:[._][a-z0-9_]+)*)["']""", source))
    computed = {
        key
        for key in TEXTS
        if key.startswith(
            (
                "sheet.",
                "coverage.gap.",
                "needs.",
                "formats.",
                "call.turning.",
                "agent.turning.",
                "agent.standing.",
                "hear.",
                "timeline.",
                "overlap.",
                "call.trend.",
                "call.whys.",
                "keywords.",
            )
        )
    }
    computed |= {f"call.{mark}" for mark in ("start", "valley", "peak", "end")}
    computed |= {f"coverage.{kind}" for kind in ("column", "no_column", "nothing")}
    assert {key for key in TEXTS if key not in used} - computed == set()


def test_a_page_is_the_same_every_time(tmp_path: Path) -> None:
    """Nothing on a page depends on when it was written."""
    page: Any = night.make_page(night.GOOD)
    first = write_call(tmp_path / "a", page, night.make_names(), "zh").read_bytes()
    assert first == write_call(tmp_path / "b", page, night.make_names(), "zh").read_bytes()


def told_page() -> CallPage:
    """A call with reasons, phases and a framework."""
    page = night.make_page(night.MIXED)
    columns = {"complaint_scope": "business_matter", "customer_need": "fast|respect", "promised_over_limit_h": 24.0}
    return replace(
        page,
        call={**page.call, **columns},
        reasons=[
            Reason("complaint_type", "price_settlement", 1, "customer", 2000, "多扣了我的钱"),
            Reason("escalation_risk", "high", 1, "customer", 2000, HOSTILE),
            Reason("repeat_contact", True, 1, "customer", None, "第三次"),
            Reason("promised_h", 48.0, 2, "agent", None, "两天"),
        ],
        phases=[
            PhaseView("opening", 0, 0, True),
            PhaseView("solving", 2, 3, False),
            PhaseView("closing", None, None, True),
        ],
        frameworks=[
            FrameworkView(
                "三步法",
                [
                    StageView("听", "reached", 2, 1),
                    StageView("找", "missed", None, None),
                    StageView("回顾", "not_audible", None, None),
                ],
                1,
                2,
            )
        ],
    )


def test_the_call_page_says_which_words_decided_what(tmp_path: Path) -> None:
    """Value, who said it, at which turn, the quote; what is long over its limit says so."""
    page = parse(write_call(tmp_path, told_page(), night.make_names(), "zh"))
    for text in (
        "价格与结算",
        "业务处理",
        "因为客户在话轮 1 说",
        "多扣了我的钱",
        "48 小时",
        "超过时限 24 小时",
        "因为坐席在话轮 2 说",
    ):
        assert text in page.text
    assert "迅速" in page.text and "尊重" in page.text
    assert [attrs["href"] for tag, attrs in page.tags if tag == "a" and attrs.get("href") == "#t2"]
    assert all(tag != "img" for tag, _ in page.tags)


def test_the_call_page_shows_phases_and_stages(tmp_path: Path) -> None:
    """Stages reached with their order and turn; what cannot be heard is said to be so."""
    page = parse(write_call(tmp_path, told_page(), night.make_names(), "zh"))
    for text in ("话轮 2–3", "凭位置推断", "三步法", "做到 1 / 2", "1 · #2", "没做到", "听不出来"):
        assert text in page.text


OVERLAPS = [
    night.CUT_IN,
    replace(night.CUT_IN, **night.EARLY, quote=HOSTILE),
    replace(night.CUT_IN, kind="backchannel", note="only_listens", counted="no", ground="listening", quote="嗯"),
]


def test_the_call_page_lists_overlaps_with_kind_and_reason(tmp_path: Path) -> None:
    """When, how long, who over whom, what it is, counted or not and why; what was said is only text."""
    page = replace(night.make_page(night.MIXED), overlaps=OVERLAPS, overlaps_left_out=7)
    shown = parse(write_call(tmp_path, page, night.make_names(), "zh"))
    for text in (
        "抢话与重叠",
        "2.9 秒",
        "坐席 → 客户",
        "接过了话头；有效重叠 2.9 秒、15 字；按词的时间，两人同时出声 1.2 秒",
        "早了半拍",
        "对方的话还剩 0.4 秒；有效重叠 0.4 秒，不到 2 秒",
        "只说了附和的话",
        "另有 7 处没有列出",
    ):
        assert text in shown.text
    assert all(tag != "img" for tag, _ in shown.tags)
    english = parse(write_call(tmp_path, page, night.make_names("en"), "en"))
    assert "Agent → Customer" in english.text and "took the floor; 2.9 s and 15 characters of it count" in english.text


def test_a_call_without_overlaps_has_no_such_section(tmp_path: Path) -> None:
    """Nor one that has no times."""
    shown = parse(write_call(tmp_path, night.make_page(night.MIXED), night.make_names(), "zh"))
    assert "抢话与重叠" not in shown.text


def test_the_agent_page_shows_the_share_of_each_framework(tmp_path: Path) -> None:
    """A framework that nothing could be told of is not shown as zero."""
    names = replace(night.make_names(), frameworks={"three_steps": "三步法", "lscia": "LSCIA"})
    pages = [night.make_page(night.MIXED)]
    agent = {**night.make_agents(pages).to_pylist()[0], "framework_three_steps": 0.67, "framework_lscia": None}
    text = parse(write_agent(tmp_path, agent, [pages[0].call], [], names, "zh")).text
    assert re.search(r"三步法\s*67%", text)
    assert re.search(r"LSCIA\s*无判定", text)
