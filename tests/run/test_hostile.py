"""Hostile texts and ids, end to end: shown as text, run by nothing, and never a path."""

from __future__ import annotations

import re
import zipfile
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import openpyxl
import pytest

from qa_analyzer.run import OUTPUTS
from qa_analyzer.writers.csv import FORMULA_STARTS
from qa_analyzer.writers.html import asset

from .made import CALM, HEATED, Scored, call, read_csv, say, scored, write_calls

HOSTILE = (
    "<script>alert(1)</script>",
    "</textarea><img src=x onerror=alert(1)>",
    "\"' onmouseover=alert(1) x='",
    '=HYPERLINK("http://evil.example","x")',
    "+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(1+1)",
    "＝1＋1",
    "javascript:alert(1)",
    "../../../etc/passwd",
    "..\\..\\windows\\system32",
    "/etc/passwd",
    "C:\\CON",
    "nul",
    "a/b/c",
    "\u202egnp.exe\u2066",
    "😀👨‍👩‍👧‍👦",
    "{{ 7*7 }}{% raw %}",
    "[bold red]x[/]",
    "\x1b[31mred\x1b[0m",
    "${jndi:ldap://evil}",
    "%s%n%00",
    "长" * 10_000,
    " leading and trailing ",
    "con.html",
    "A1",
    "a1",
)


OVERRIDES = re.compile("[\u202a-\u202e\u2066-\u2069]")
EMPTY = {"meta", "link", "br", "hr", "input", "circle", "path", "line", "rect", "polyline", "use"}


class Page(HTMLParser):
    """Tags and attributes of a page, and its texts with the tags around them."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, list[tuple[str, dict[str, str | None]]]]] = []
        self._open: list[tuple[str, dict[str, str | None]]] = []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in EMPTY:
            self._open.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        self.texts.append((data, list(self._open)))


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory, rules: Path) -> Scored:
    """Every hostile text as call id, agent id, name, team, file name where it can be one, and speech."""
    folder = tmp_path_factory.mktemp("hostile")
    calls = []
    for text in HOSTILE:
        spoken = [
            say("agent", text, 0, 900),  # the evidence of a missing greeting: quoted whole
            say("customer", f"{text}气死我了", 1200, 5200),
            say("agent", f"真啰嗦{text}", 5500, 8000),
        ]
        calls.append(call(text, spoken, agent_id=text, agent_name=text, team=text, customer_id=text))
    source = write_calls(folder / "in" / "<b>=1+1&'.ndjson", [*calls, call(HOSTILE[0], CALM), call(HOSTILE[3], [])])
    return scored(source, rules, folder / "out" / "report", OUTPUTS)


def test_every_hostile_call_is_scored_under_its_own_id(report: Scored) -> None:
    """Ids are kept as they are, and two that differ in case or place only stay apart."""
    assert report.result.scored == len(HOSTILE)
    assert report.result.rejected == 2
    assert [one.strip() for one in report.calls["call_id"]] == [
        re.sub("[\x00-\x1f]", "\ufffd", one).strip() for one in HOSTILE
    ]


def test_no_file_is_written_outside_the_report_and_no_name_is_dangerous(report: Scored) -> None:
    """One page a call and an agent, all names harmless on every system; nothing beside the report."""
    root = report.folder.parent
    assert [path.name for path in root.iterdir()] == ["report"]
    for kind, count in (("calls", len(HOSTILE)), ("agents", len(report.agents))):
        names = [path.name for path in (report.folder / kind).iterdir()]
        assert len(names) == len({name.casefold() for name in names}) == count
        assert all(re.fullmatch(r"[\w~-]+\.html", name) for name in names)
        assert not {Path(name).stem for name in names} & {"con", "nul", "aux", "prn"}
        assert all(len(name.encode()) < 120 for name in names)


def test_no_page_runs_or_loads_what_a_call_said(report: Scored) -> None:
    """No script but the report's own, no event attribute, no link but to files of the report."""
    # An agent's page, one file to hand on, carries the script of the other pages within.
    scripts = {asset("report.js").decode().strip(), 'document.documentElement.classList.add("js");'}
    own = {path.resolve() for path in report.folder.rglob("*")}
    pages = list(report.folder.rglob("*.html"))
    assert len(pages) > 2 * len(HOSTILE) - 5
    for path in pages:
        for tag, attributes in Page(path).tags:
            assert tag not in {"img", "iframe", "object", "embed", "base"}
            assert "action" not in attributes
            assert not [name for name in attributes if name.startswith("on")]
            for name in ("href", "src"):
                link = attributes.get(name)
                if link and not link.startswith("#") and link != "data:,":  # an empty icon
                    assert not re.match(r"[a-zA-Z]+:|//", link)
                    from urllib.parse import unquote

                    assert (path.parent / unquote(link.partition("#")[0])).resolve() in own
            if tag == "script" and attributes.get("src"):
                assert (attributes["src"] or "").endswith("report.js")
        for text, around in Page(path).texts:
            if around and around[-1][0] == "script" and text.strip():
                assert text.strip() in scripts


def test_direction_marks_cannot_turn_a_page_around(report: Scored) -> None:
    """Every text with an override stands in an element whose direction ends with it (HTML isolates options too)."""
    isolated = 0
    for path in report.folder.rglob("*.html"):
        for text, around in Page(path).texts:
            if OVERRIDES.search(text):
                assert any(tag in {"bdi", "option", "title"} or "dir" in attributes for tag, attributes in around)
                isolated += 1
    assert isolated > 5


def test_no_csv_cell_of_text_begins_a_formula(report: Scored) -> None:
    """Cells with text from a call get a leading '; numbers stay numbers."""
    guarded = 0
    for name in ("agents", "calls", "findings", "rejected"):
        for row in read_csv(report.folder / f"{name}.csv"):
            for cell in row:
                if cell and cell[0] in FORMULA_STARTS:
                    float(cell)
                guarded += cell.startswith("'")
    assert guarded > 10


def test_the_workbook_holds_texts_not_formulas_and_links_to_its_own_pages_only(report: Scored) -> None:
    """Ids lead to files that exist beside it; nothing leads elsewhere, neither in cells nor in relations."""
    book = openpyxl.load_workbook(report.folder / "scorecards.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    targets = {unquote(str(cell.hyperlink.target)).replace("\\", "/") for cell in cells if cell.hyperlink}
    assert targets
    assert [one for one in targets if not (report.folder / one).is_file() or ".." in one] == []
    assert [cell for cell in cells if isinstance(cell.value, str) and "=HYPERLINK" in cell.value]
    with zipfile.ZipFile(report.folder / "scorecards.xlsx") as archive:
        assert not [name for name in archive.namelist() if b"evil.example" in archive.read(name) and "rels" in name]


def test_a_text_of_ten_thousand_characters_is_judged_to_its_end(tmp_path: Path, rules: Path) -> None:
    """The evidence behind it has its true place."""
    long = "长" * 10_000 + "😀真啰嗦"
    source = write_calls(tmp_path / "calls.ndjson", [call("long", [*HEATED[:2], say("agent", long, 5500, 99_000)])])
    report = scored(source, rules, tmp_path / "report")
    (row,) = report.findings_of("long", "language/rudeness").to_dict("records")
    assert (row["text_start"], row["text_end"], row["quote"]) == (10_001, 10_004, "真啰嗦")


def test_a_hostile_name_of_a_text_file_becomes_an_id_and_nothing_more(tmp_path: Path, rules: Path) -> None:
    """A one-call file takes its stem as the id, whatever it says."""
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "=1+1;<i>.txt").write_text("客服：您好。\n客户：问账单。\n客服：再见。\n", encoding="utf-8")
    report = scored(folder, rules, tmp_path / "report", OUTPUTS)
    assert report.calls.index.tolist() == ["=1+1;<i>"]
    assert read_csv(report.folder / "calls.csv")[1][0] == "'=1+1;<i>"
    assert "<i>" not in (report.folder / "index.html").read_text(encoding="utf-8")
