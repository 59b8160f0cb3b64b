"""An English report is English: Chinese stands only in what was said, in names, and in wordings."""

from __future__ import annotations

import ast
import csv
import importlib
import pkgutil
import re
from html.parser import HTMLParser
from pathlib import Path

import openpyxl
import pytest

from qa_analyzer import wording
from qa_analyzer.resources import shipped
from qa_analyzer.run import Options, RunResult, score
from qa_analyzer.writers.xlsx import column_notes

HAN = re.compile("[\u4e00-\u9fff]")
SHOWN = re.compile("客服：|客户：|说话人1：")
"""What an English message may show: how a label of a speaker is written."""
CHINESE = re.compile("[\u3400-\u9fff，。；：！？「」（）、]")
"""A page in English has no Chinese punctuation either."""
VOID = {"meta", "link", "br", "img", "input", "hr", "col"}
SAID = ("bdi", "script", "style", "title")
NAMED = ("data-team", "value", "aria-label", "href", "id")
"""Attributes that hold names of people and teams."""
FREE = ("Agent name", "Team", "Folder", "Quote", "Sentence", "Keyword")
"""Columns that hold names and words of the call."""


class Reader(HTMLParser):
    """Collects the Chinese of a page that is neither said, nor a name."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, dict[str, str | None]]] = []
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.found += [
            f"{tag} {name}={value}" for name, value in attrs if name not in NAMED and HAN.search(value or "")
        ]
        if tag not in VOID:
            self.open.append((tag, given))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        quoted = any(tag in SAID or (given.get("lang") or "").startswith("zh") for tag, given in self.open)
        # A message quotes what it is about between English quotation marks.
        if not quoted and CHINESE.search(re.sub("“[^”]*”", "", data)):
            self.found.append(data.strip())


@pytest.fixture(scope="module")
def english(tmp_path_factory: pytest.TempPathFactory) -> RunResult:
    """The sample calls by the shipped rules."""
    options = Options(lang="en", outputs=("csv", "xlsx", "html"))
    return score([shipped("sample_transcripts")], tmp_path_factory.mktemp("english") / "report", options)


def chinese_of(page: Path, teams: set[str]) -> list[str]:
    """What of a page is Chinese but names, and what options of the team filter hold."""
    reader = Reader()
    reader.feed(page.read_text(encoding="utf-8"))
    return [one for one in reader.found if one not in teams]


@pytest.mark.parametrize("pages", ["index.html", "agents/*.html", "calls/*.html"])
def test_pages_are_english(english: RunResult, pages: str) -> None:
    """Frame, messages, rules, categories, sources, frameworks and wordings to say; only words of calls are Chinese."""
    with (english.folder / "calls.csv").open(encoding="utf-8-sig", newline="") as file:
        teams = {row["Team"] for row in csv.DictReader(file)}
    found = {page.name: chinese_of(page, teams) for page in english.folder.glob(pages)}
    assert found
    assert {name: chinese for name, chinese in found.items() if chinese} == {}


def test_the_reader_of_pages_finds_chinese(tmp_path: Path) -> None:
    """What the tests above rely on: Chinese between tags, in attributes and as punctuation is found."""
    page = tmp_path / "page.html"
    for wrong in ("<p>合格</p>", '<p title="合格">x</p>', "<p>said (合格)</p>", "<p>said（x）</p>"):
        page.write_text(wrong, encoding="utf-8")
        assert chinese_of(page, set()), wrong
    page.write_text('<p>said “合格”</p><q lang="zh-CN">合格</q><bdi>林晓雯</bdi>', encoding="utf-8")
    assert chinese_of(page, set()) == []


def test_sheets_are_english(english: RunResult) -> None:
    """Titles, headings, code words, messages and the sheet that explains; free text stays as it was said."""
    book = openpyxl.load_workbook(english.folder / "scorecards.xlsx", read_only=True)
    found = set()
    for sheet in book:
        rows = list(sheet.iter_rows(values_only=True))
        heads = rows[0]
        found |= {str(cell) for cell in (sheet.title, *heads) if HAN.search(str(cell))}
        for row in rows[1:]:
            for head, cell in zip(heads, row, strict=False):
                said = head in FREE or re.search("what the (agent|customer) said", str(head))
                if not said and HAN.search(re.sub("“[^”]*”", "", str(cell))):
                    found.add(f"{sheet.title}, {head}: {cell}")
    assert found == set()


def test_csv_headings_are_english(english: RunResult) -> None:
    """Every column of every CSV."""
    for path in Path(english.folder).glob("*.csv"):
        assert not HAN.search(path.read_text(encoding="utf-8-sig").splitlines()[0]), path.name


def catalogue() -> dict[str, wording.Pair]:
    """Every row of the catalogue: module, name and key → (Chinese, English)."""
    rows: dict[str, wording.Pair] = {}

    def collect(name: str, value: object) -> None:
        if isinstance(value, dict):
            for key, inner in value.items():
                collect(f"{name}.{key}", inner)
        elif isinstance(value, tuple):
            assert len(value) == 2, name
            rows[name] = value

    for module in pkgutil.iter_modules(wording.__path__):
        if module.name == "pairs":
            continue
        for name, value in vars(importlib.import_module(f"qa_analyzer.wording.{module.name}")).items():
            if name.isupper():
                collect(f"{module.name}.{name}", value)
    return rows


def test_the_catalogue_has_both_languages() -> None:
    """No word is missing in a language, and no English one holds Chinese but what a label or a phrase looks like."""
    rows = catalogue()
    assert len(rows) > 900
    for key, (chinese, english) in rows.items():
        assert bool(chinese) == bool(english), key
        assert not HAN.search(SHOWN.sub("", english)), key
        places = [set(re.findall(r"(?<!{){(\w+)", text)) for text in (chinese, english)]
        assert places[0] == places[1], key


def test_the_explanations_of_columns_have_both_languages() -> None:
    """The sheet that explains tells every column in the language of the report."""
    for place, (chinese, english) in column_notes().items():
        assert HAN.search(chinese), place
        assert english, place
        assert not HAN.search(english), place


def chinese_literals(source: str) -> list[str]:
    """Strings of a Python file that hold Chinese, but docstrings and notes under a constant."""
    tree = ast.parse(source)
    notes = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in notes
        and CHINESE.search(node.value)
    ]


SPEAKING = (
    *("reporting", "tables", "pages", "serving", "run", "team_folders", "trials", "converting", "labelling", "seen"),
    *("waiving", "rule_views", "scorecard", "comparing", "coverage", "rule_testing", "phrases", "errors"),
)
"""Modules outside the writers that say something to the user."""
OF_SCRIPTS = {"客服", "客户", "系统", "？", "：", "「", "」"}
"""How an example of a rule shows who speaks, and what: as in the rule file, whatever the language."""


def test_chinese_stands_in_the_catalogue_alone() -> None:
    """No writer, no module that speaks to the user, no template and no script holds a Chinese word of its own."""
    package = Path(wording.__file__).parent.parent
    writers = [*(package / "writers").rglob("*.py"), *(package / f"{name}.py" for name in SPEAKING)]
    found = {path.name: [*chinese_literals(path.read_text(encoding="utf-8"))] for path in writers}
    for name in ("rule_text.py", "rule_testing.py"):
        found[name] = [one for one in found[name] if one not in OF_SCRIPTS]
    for path in (package / "writers" / "html").rglob("*"):
        if path.suffix in (".j2", ".js", ".css"):
            found[path.name] = HAN.findall(path.read_text(encoding="utf-8"))
    assert len(found) > 40
    assert {name: literals for name, literals in found.items() if literals} == {}


def test_the_reader_of_literals_finds_chinese() -> None:
    """What the test above relies on."""
    assert chinese_literals('"""说明"""\nx = 1\n"""注"""\n') == []
    assert chinese_literals('say("合格")\ny = f"共 {n} 通"') == ["合格", "共 ", " 通"]
