"""The pages in a real browser: Debian's or Google's Chromium, headless, with a fresh profile and no network."""

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from qa_analyzer.resources import shipped
from qa_analyzer.run import Options, score
from qa_analyzer.writers.html import write_assets, write_index
from qa_analyzer.writers.html.pages import ROWS_AT_ONCE
from qa_analyzer.writers.page import Spread

from . import night

CHROMIUM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), ""
)
pytestmark = pytest.mark.skipif(not CHROMIUM, reason="没有浏览器：装上 chromium 才能测网页 no chromium on this machine")

FLAGS = ["--disable-background-networking", "--disable-component-update", "--no-first-run", "--disable-gpu"]
HOSTILE = "<img src=x onerror=boom()><script>boom()</script> javascript:boom() =1+1 ../../etc \u202eabc\u202c 😡{{7*7}}"
LONG = "这件事我说了很多遍" * 1112
A_CALL_WITH_TIMES = "tel_vas_001"


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The samples, and three calls by somebody who means harm."""
    folder = tmp_path_factory.mktemp("browser")
    hostile = [
        {
            "call_id": name,
            "agent_id": f"{HOSTILE}{number}",
            "agent_name": HOSTILE if number else LONG,
            "team": HOSTILE,
            "recording_url": url,
            "utterances": [
                {"role": "agent", "start_ms": 0, "end_ms": 900, "text": f"您好，{HOSTILE}"},
                {"role": "customer", "start_ms": 1000, "end_ms": 9000, "text": f"太气人了，我要投诉！{LONG}{HOSTILE}"},
                {"role": "agent", "start_ms": 7000, "end_ms": 21000, "text": f"你有病吧！{HOSTILE}"},
                {"role": "customer", "start_ms": 30000, "end_ms": 31000, "text": "你什么态度！"},
            ],
        }
        for number, (name, url) in enumerate(
            [
                (f"../../{HOSTILE}", "javascript:boom()"),
                ("=cmd()", "https://records.example/play?at={seconds}"),
                ("\u202eevil.html", "data:text/html,<script>boom()</script>"),
            ]
        )
    ]
    source = folder / "hostile.ndjson"
    source.write_text("\n".join(json.dumps(call, ensure_ascii=False) for call in hostile), encoding="utf-8")
    samples = shipped("sample_transcripts")
    score([str(samples), str(source)], folder / "report", Options(outputs=("parquet", "html")))
    return folder / "report"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        flags = [*FLAGS, "--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else FLAGS
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield running
        running.close()


@pytest.fixture
def page(browser: Browser, report: Path) -> Iterator[Page]:
    """A page of a fresh profile. At the end: nothing in the console, nothing fetched from outside the report."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    said: list[str] = []
    asked: list[str] = []
    opened.on("console", lambda message: said.append(message.text))
    opened.on("pageerror", lambda error: said.append(str(error)))
    opened.on("dialog", lambda dialog: said.append(dialog.message))
    opened.on("request", lambda request: asked.append(request.url))
    opened.add_init_script("window.harm = 0; window.boom = () => { window.harm += 1; console.error('boom'); };")
    yield opened
    assert opened.evaluate("window.harm") == 0
    context.close()
    assert said == []
    own = report.parent.parent.as_uri()  # the folder of all the reports of these tests
    assert [url for url in asked if not url.startswith((own, "data:,"))] == []


def call_page(report: Path, call_id: str) -> str:
    return (report / "calls" / f"{call_id}.html").as_uri()


def test_from_the_night_to_the_agent_to_the_evidence_by_clicks(page: Page, report: Path) -> None:
    page.goto((report / "index.html").as_uri())
    page.click("#agents-table tbody th a:has-text('赵磊')")
    assert page.locator("h1").inner_text().startswith("赵磊")
    page.click("#calls-table tbody tr:first-child th a")
    assert page.locator("h1").inner_text().startswith("通话")
    page.click(".card.fail .place a >> nth=0")
    evidence = page.evaluate("location.hash")
    assert evidence.startswith("#e")
    assert page.locator(f"a.badge{evidence}").evaluate("mark => mark.classList.contains('lit')")
    page.click(f"a.badge{evidence}")
    assert page.evaluate("location.hash") == evidence.replace("e", "f")
    page.click("header nav a >> nth=0")
    assert page.url == (report / "index.html").as_uri()


def test_agents_sort_filter_and_are_searched(page: Page, report: Path) -> None:
    page.goto((report / "index.html").as_uri())
    rows = page.locator("#agents-table tbody tr:visible")
    everybody = rows.count()
    page.click("#agents-table thead th:nth-child(5) button")
    means = [float(text) for text in page.locator("#agents-table tbody td:nth-child(5) b").all_inner_texts()]
    assert means == sorted(means, reverse=True)
    page.click("#agents-table thead th:nth-child(5) button")
    means = [float(text) for text in page.locator("#agents-table tbody td:nth-child(5) b").all_inner_texts()]
    assert means == sorted(means)
    page.select_option("[data-pick=team]", "投诉一组")
    assert 0 < rows.count() < everybody
    page.fill("[data-search]", "林晓雯")
    assert rows.count() == 1
    page.fill("[data-search]", "没有这个人")
    assert rows.count() == 0
    assert page.locator("[data-empty]").is_visible()


def test_two_agents_are_compared_only_with_calls_enough(page: Page, report: Path) -> None:
    page.goto((report / "index.html").as_uri())
    told = page.locator("[data-versus] output")
    page.check("tr:has-text('林晓雯') [data-against]")
    page.check("tr:has-text('陈美玲') [data-against]")
    assert "林晓雯" in told.inner_text()
    assert "不作比较" in told.inner_text()
    page.evaluate(
        """() => {
          const rows = [...document.querySelectorAll("#agents-table tr")];
          const of = (name) => rows.find((row) => row.textContent.includes(name));
          const [low, high] = ["林晓雯", "陈美玲"].map(of);
          Object.assign(low.dataset, { n: 5, s: 6.2048368 }); low.cells[4].dataset.v = 74;
          Object.assign(high.dataset, { n: 6, s: 5.5647701 }); high.cells[4].dataset.v = 85.8333;
        }"""
    )
    page.uncheck("tr:has-text('林晓雯') [data-against]")
    page.check("tr:has-text('林晓雯') [data-against]")
    # The two samples of test_comparing; Welch's interval of their means has 8.21 degrees of freedom: 11.83 ± 8.23.
    assert "陈美玲" in told.inner_text()
    assert "确实比" in told.inner_text()
    assert "相差 11.8 分，95% 区间 3.6 到 20.1" in told.inner_text()
    assert "太少，没法折算难易" in told.inner_text()


def test_two_agents_are_compared_on_like_calls(page: Page, report: Path) -> None:
    """Within kinds the two differ by 10 and 20, known 3 and 1.5 well, so by 13.3; squares 30 on 14 degrees of freedom:
    half of the interval is 2.145 × √(30 / 14 / 4.5) = 1.48. Over all calls the mix hides it.
    """
    page.goto((report / "index.html").as_uri())
    page.evaluate(
        """() => {
          const rows = [...document.querySelectorAll("#agents-table tr")];
          const of = (name) => rows.find((row) => row.textContent.includes(name));
          const [low, high] = ["林晓雯", "陈美玲"].map(of);
          Object.assign(low.dataset, { n: 10, s: 20, k: '{"a": [6, 80, 6], "b": [3, 40, 4], "c": [1, 5, 0]}' });
          Object.assign(high.dataset, { n: 9, s: 20, k: '{"a": [6, 90, 10], "b": [3, 60, 10]}' });
          low.cells[4].dataset.v = 70; high.cells[4].dataset.v = 80;
        }"""
    )
    page.check("tr:has-text('林晓雯') [data-against]")
    page.check("tr:has-text('陈美玲') [data-against]")
    told = page.locator("[data-versus] output").inner_text()
    assert "可能只是碰巧。 平均分相差 10.0 分" in told
    assert "只比同样种类的通话（9 对 9 通），陈美玲 A8021 高 13.3 分，95% 区间 11.9 到 14.8：不是因为通话难易。" in told


def test_findings_are_walked_by_keyboard(page: Page, report: Path) -> None:
    page.goto(call_page(report, "bb_repair_002"))
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.id") == "f1"
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.id") == "f2"
    page.keyboard.press("k")
    assert page.evaluate("document.activeElement.id") == "f1"
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.id === 'e1'")
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.id === 'f1'")


def test_a_link_to_a_turn_arrives_there(page: Page, report: Path) -> None:
    page.goto(call_page(report, A_CALL_WITH_TIMES))
    page.click("#t3 .turn-link")
    assert page.evaluate("location.hash") == "#t3"
    page.goto(page.url.split("#")[0] + "#t9")
    assert page.locator("#t9").is_visible()


def test_the_time_line_has_a_block_for_each_turn_and_leads_to_it(page: Page, report: Path) -> None:
    page.goto(call_page(report, A_CALL_WITH_TIMES))
    assert page.locator(".timeline .block").count() == page.locator("li.turn").count()
    page.locator(".timeline a:has(.block)").nth(4).focus()
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#t4"


def test_an_agents_page_is_one_file(page: Page, report: Path) -> None:
    """It asks for no other file, and is styled and sorts all the same."""
    (source,) = (report / "agents").glob("A8011*.html")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(source.as_uri())
    page.click("#calls-table thead th:nth-child(5) button")
    assert page.locator("#calls-table thead th[aria-sort]").count() == 1
    assert page.evaluate("getComputedStyle(document.querySelector('.top')).position") == "sticky"
    assert [url for url in asked if not url.startswith("data:,")] == [source.as_uri()]


def test_hostile_calls_do_no_harm(page: Page, report: Path) -> None:
    pages = [*(report / "calls").glob("*~*.html"), *(report / "agents").glob("*~*.html"), report / "index.html"]
    assert len(pages) > 6
    for path in pages:
        page.goto(path.as_uri())
        assert page.evaluate("window.harm") == 0
        assert page.locator("a[href^='javascript'], a[href^='data'], img, iframe").count() == 0
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, path.name


def test_recordings_open_at_their_second(page: Page, report: Path) -> None:
    links = set()
    for path in (report / "calls").glob("*~*.html"):
        page.goto(path.as_uri())
        links |= set(page.eval_on_selector_all("a.play", "all => all.map((one) => one.href)"))
    assert {"https://records.example/play?at=0", "https://records.example/play?at=7"} <= links
    assert all(link.startswith("https://records.example/") for link in links)


@pytest.mark.parametrize("width", [1280, 390])
def test_nobody_is_shut_out(page: Page, report: Path, width: int) -> None:
    """axe-core finds nothing serious, on a desk and on a telephone, and no page is wider than the telephone."""
    from axe_playwright_python.sync_playwright import Axe

    page.set_viewport_size({"width": width, "height": 844})
    (agent,) = (report / "agents").glob("A8011*.html")
    serious: list[tuple[str, str, Any]] = []
    for url in ((report / "index.html").as_uri(), agent.as_uri(), call_page(report, "bb_repair_002")):
        page.goto(url)
        page.evaluate("for (const box of document.querySelectorAll('details')) box.open = true")
        found = Axe().run(page, options={"resultTypes": ["violations"], "preload": False}).response["violations"]
        serious += [
            (url.rsplit("/", 1)[1], one["id"], one["nodes"][0]["html"][:200])
            for one in found
            if one["impact"] in {"serious", "critical"}
        ]
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert serious == []


def test_on_paper_the_evidence_is_open(page: Page, report: Path) -> None:
    """Reference tables print where the reader opened them; what is for the screen alone does not."""
    page.goto(call_page(report, "bb_repair_002"))
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator(".cards details").count() > 0
    assert page.locator(".cards details:not([open])").count() == 0
    page.emulate_media(media="print")
    assert not page.locator(".keys").is_visible()
    verdicts = page.locator("details.fold:has(.verdicts)")
    assert not verdicts.is_visible()
    page.emulate_media(media="screen")
    verdicts.locator("summary").click()
    page.emulate_media(media="print")
    assert verdicts.locator("table").is_visible()
    assert len(page.pdf(format="A4")) > 20_000


def test_on_a_phone_tables_show_what_matters_without_scrolling(page: Page, report: Path) -> None:
    """Of the agents name, calls, mean and critical calls, of an agent's calls id, score and reason."""
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto((report / "index.html").as_uri())
    heads = page.locator("#agents-table thead th:visible")
    assert [head.strip(" \u2060↕") for head in heads.all_inner_texts()] == ["坐席姓名", "通话数", "平均分", "一票否决"]
    page.goto(next((report / "agents").glob("A8011*.html")).as_uri())
    heads = page.locator("#calls-table thead th:visible")
    assert [head.strip(" \u2060↕") for head in heads.all_inner_texts()] == ["通话编号", "得分", "原因"]
    assert page.evaluate("(t => t.scrollWidth <= t.parentElement.clientWidth)(document.querySelector('#calls-table'))")


def test_without_scripts_the_pages_still_read_and_link(browser: Browser, report: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((report / "index.html").as_uri())
    page.click("#agents-table tbody th a:has-text('赵磊')")
    page.click("#calls-table tbody tr:first-child th a")
    assert page.locator("li.turn").count() > 5
    context.close()


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of 600 agents, thirty calls each."""
    folder = tmp_path_factory.mktemp("crowd")
    pages = night.crowd(1)
    (one, *_) = night.make_agents(pages).to_pylist()
    agents = [
        {**one, "agent_id": f"K{number:04}", "agent_name": None, "calls": 30, "score_mean": 50 + number % 47}
        for number in range(600)
    ]
    spread = {agent["agent_id"]: Spread(30, 8.0) for agent in agents}
    write_assets(folder)
    write_index(folder, night.make_run(pages), agents, night.make_names(), "zh", spread=spread)
    return folder


def test_of_many_agents_a_few_are_laid_out_and_all_are_reached(page: Page, crowd: Path) -> None:
    page.goto((crowd / "index.html").as_uri())
    rows = page.locator("#agents-table tbody tr:visible")
    assert rows.count() == ROWS_AT_ONCE
    assert page.locator("[data-shown]").inner_text() == f"显示 {ROWS_AT_ONCE} / 600"
    assert rows.nth(0).locator("td:nth-child(5)").inner_text() == "50.0"
    page.click("#agents-table thead th:nth-child(5) button")
    assert rows.nth(0).locator("td:nth-child(5)").inner_text() == "96.0"
    assert rows.count() == ROWS_AT_ONCE
    page.fill("[data-search]", "K0599")
    assert rows.count() == 1
    page.fill("[data-search]", "")
    assert rows.count() == ROWS_AT_ONCE
    page.click("[data-more]")
    assert rows.count() == 600


def test_the_large_chart_is_drawn_from_the_reports_own_script_when_it_is_opened(page: Page, crowd: Path) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto((crowd / "index.html").as_uri())
    assert not [url for url in asked if "plotly" in url]
    page.click("details.chart summary")
    page.wait_for_selector(".plot .scatterlayer .point")
    assert page.locator(".plot .scatterlayer .point").count() == 600
    assert [url for url in asked if "plotly" in url] == [(crowd / "assets" / "plotly.min.js").as_uri()]
