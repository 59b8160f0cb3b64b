"""The workbook, read back with openpyxl."""

from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from qa_analyzer.wording import Lang, word
from qa_analyzer.writers import xlsx
from qa_analyzer.writers.xlsx import write_xlsx

from . import night

PAGES = [night.make_page(script) for script in night.SCRIPTS]
CALLS, FINDINGS = night.make_tables(PAGES)
TEAMS = pa.table({"team": ["投诉一组"], "agents": [2], "calls": [4], "score_mean": [71.5], "worst_rules": [""]})

KEYWORDS = pa.Table.from_pylist(
    [
        {
            "scope": "night",
            "word": "停电",
            "calls": 6,
            "of_calls": 20,
            "share": 0.3,
            "other_share": 0.05,
            "change": "rising",
        },
        {
            "scope": "night",
            "word": "=退款",
            "calls": 4,
            "of_calls": 20,
            "share": 0.2,
            "other_share": 0.0,
            "change": "new",
        },
        {
            "scope": "team",
            "team": "投诉一组",
            "word": "水表",
            "calls": 3,
            "of_calls": 8,
            "share": 0.375,
            "other_share": 0.1,
        },
    ]
)


def workbook(path: Path, lang: Lang = "zh", **changes: Any) -> Any:
    tables: dict[str, Any] = {
        "teams": TEAMS,
        "agents": night.make_agents(PAGES),
        "calls": CALLS,
        "findings": FINDINGS,
        "rejected": night.REJECTED,
        "keywords": KEYWORDS,
    }
    tables |= changes
    pages = tables.pop("call_pages", None)
    write_xlsx(path, **tables, call_pages=pages, run=night.make_run(PAGES), lang=lang, names=night.make_names(lang))
    return openpyxl.load_workbook(path)


def test_sheets_headings_and_words_are_chinese(tmp_path: Path) -> None:
    """The sheets stand in order; codes are words; headings are frozen and filtered."""
    book = workbook(tmp_path / "s.xlsx")
    assert book.sheetnames == ["班组", "坐席", "通话", "扣分明细", "说明", "关键词", "未读入"]
    sheet = book["扣分明细"]
    assert [cell.value for cell in sheet[1]][:5] == ["通话编号", "坐席工号", "规则", "判定", "严重程度"]
    assert {row[3] for row in sheet.iter_rows(min_row=2, values_only=True)} == {"不合格", "无法判定"}
    assert sheet.freeze_panes == "B2"
    assert sheet.auto_filter.ref == f"A1:T{sheet.max_row}"
    worst = next(row[-2] for row in book["坐席"].iter_rows(min_row=2, values_only=True) if row[0] == "a8035")
    assert worst == "不满后致歉、辱骂客户、道别后再挂机"


def test_english_sheets_have_english_names(tmp_path: Path) -> None:
    """`lang=en` translates sheets and codes, not quotes."""
    book = workbook(tmp_path / "s.xlsx", "en")
    assert book.sheetnames == ["Teams", "Agents", "Calls", "Findings", "About", "Keywords", "Rejected"]
    row = next(book["Findings"].iter_rows(min_row=2, values_only=True))
    assert row[2:5] == ("No interruption", "Undetermined", "Major")


def test_numbers_are_numbers_and_texts_are_texts(tmp_path: Path) -> None:
    """Scores can be averaged; formulas, links and digits in texts stay texts."""
    evil = ["=HYPERLINK(1)", "http://x.example", "00123", "\x00\x08\ufffe", "字" * 40_000, "<b>&"]
    rows = pa.table({"call_id": evil, "score": [65.92] * 6, "critical": [True] * 6})
    sheet = workbook(tmp_path / "s.xlsx", calls=rows)["通话"]
    cells = [row[0] for row in sheet.iter_rows(min_row=2)]
    assert [cell.data_type for cell in cells] == ["s"] * 6
    assert [cell.value for cell in cells[:4]] == ["=HYPERLINK(1)", "http://x.example", "00123", "\ufffd\ufffd\ufffd"]
    assert len(cells[4].value) == 32_767 and cells[4].value.endswith("…")
    assert not any(cell.hyperlink for cell in cells)
    assert sheet["B2"].value == 65.92 and sheet["C2"].value == "是"


def test_past_the_row_limit_the_sheet_says_what_was_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sheet never passes Excel's limit; its last row and the about sheet name the remainder and the file."""
    monkeypatch.setattr(xlsx, "MAX_ROWS", 5)
    book = workbook(tmp_path / "s.xlsx")
    sheet = book["通话"]
    assert sheet.max_row == 5
    assert sheet["A4"].value == "hl-20261121-0003"
    assert sheet["A5"].value == "Excel 每张表最多 5 行，此处略去 3 行，全部内容见 calls.csv"
    assert any("略去 3 行" in str(row[1]) for row in book["说明"].iter_rows(values_only=True))


def test_parquet_files_and_blocks_give_the_same_sheet_as_a_table(tmp_path: Path) -> None:
    """A source may be a path, a table or blocks; and the same run gives the same bytes."""
    pq.write_table(FINDINGS, tmp_path / "f.parquet")
    blocks = (FINDINGS.slice(start, 4) for start in range(0, FINDINGS.num_rows, 4))
    workbook(tmp_path / "a.xlsx")
    workbook(tmp_path / "b.xlsx", findings=tmp_path / "f.parquet")
    workbook(tmp_path / "c.xlsx", findings=blocks)
    first = (tmp_path / "a.xlsx").read_bytes()
    assert first == (tmp_path / "b.xlsx").read_bytes() == (tmp_path / "c.xlsx").read_bytes()


def test_empty_tables_make_a_valid_workbook(tmp_path: Path) -> None:
    """A night without findings still has its headings."""
    book = workbook(tmp_path / "s.xlsx", findings=iter(()), rejected=night.REJECTED.slice(0, 0))
    assert book["扣分明细"]["A1"].value == "通话编号"
    assert book["未读入"].max_row == 1


def test_ids_lead_to_the_pages_that_exist(tmp_path: Path) -> None:
    """Calls with a page are links, of a finding to its turn; other ids, and all without pages, are plain text."""
    some = CALLS["call_id"][0].as_py()
    book = workbook(tmp_path / "s.xlsx", call_pages={some})
    linked = {row[0].value: row[0].hyperlink for row in book["通话"].iter_rows(min_row=2)}
    assert linked[some].target.replace("\\", "/") == f"calls/{some}.html"
    assert sum(link is not None for link in linked.values()) == 1
    finding = next(row for row in book["扣分明细"].iter_rows(min_row=2) if row[0].value == some and row[7].value)
    assert finding[0].hyperlink.location == f"t{finding[7].value}"
    assert all(row[0].hyperlink for row in book["坐席"].iter_rows(min_row=2))
    plain = workbook(tmp_path / "p.xlsx")
    assert not any(cell.hyperlink for sheet in plain for row in sheet.iter_rows() for cell in row)


def test_links_stop_at_excels_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "MAX_LINKS", 3)
    book = workbook(tmp_path / "s.xlsx", call_pages=set(CALLS["call_id"].to_pylist()))
    assert sum(cell.hyperlink is not None for row in book["通话"].iter_rows() for cell in row) == 3


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_column_is_explained_on_its_sheet(lang: Lang, tmp_path: Path) -> None:
    """Each heading of each sheet, or its kind (one column for each rule), stands there with its meaning."""
    book = workbook(tmp_path / "s.xlsx", lang)
    about = list(book[word(lang, "sheet.about")].iter_rows(values_only=True))
    each = word(lang, "sheet.each")
    explained = {str(label).removesuffix(each) for label, meaning in about if label and meaning}
    kinds = [str(label).removesuffix(each) for label, _ in about if str(label).endswith(each)]
    assert len(kinds) == 3
    starts = tuple(one.split("：")[0].split(":")[0] for one in kinds)
    rules = set(night.make_names(lang).rule_labels.values())
    for sheet in (*book.worksheets[1:4], book[word(lang, "sheet.keywords")]):
        for cell in sheet[1]:
            assert cell.value in explained | rules or str(cell.value).startswith(starts), cell.value


def test_keywords_have_a_sheet_with_what_is_new_and_rising(tmp_path: Path) -> None:
    """Code words, percentages, a colour for what changed; a word stays text."""
    sheet = workbook(tmp_path / "s.xlsx")["关键词"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[0] == ["范围", "关键词", "说到的通话数", "范围内的通话数", "比例", "对照比例", "与前几晚比"]
    assert rows[1] == ["当晚", "停电", 6, 20, 0.3, 0.05, "变多"]
    assert rows[2][1] == "=退款" and sheet["B3"].data_type == "s" and rows[2][6] == "新出现"
    assert sheet["E2"].number_format == sheet["F2"].number_format == "0.0%"
    assert any("G2" in str(ranges.sqref) for ranges in sheet.conditional_formatting)


def test_without_keywords_there_is_no_such_sheet(tmp_path: Path) -> None:
    """A run that counted none."""
    assert "关键词" not in workbook(tmp_path / "s.xlsx", keywords=None).sheetnames


def test_sheets_print_on_a4(tmp_path: Path) -> None:
    """On its side, as wide as the paper, headings on every page, the page's number below; no verdicts of rules."""
    book = workbook(tmp_path / "s.xlsx")
    for sheet in book:
        assert sheet.page_setup.paperSize == 9, sheet.title
        assert sheet.sheet_properties.pageSetUpPr.fitToPage, sheet.title
        assert sheet.page_setup.fitToHeight == 0, sheet.title
        assert "第 &P 页" in str(sheet.oddFooter.center.text), sheet.title
        if sheet.title != "说明":
            assert sheet.page_setup.orientation == "landscape", sheet.title
            assert sheet.print_title_rows == "$1:$1", sheet.title
    calls = book["通话"]
    rules = [cell.column_letter for cell in calls[1] if cell.value in set(night.make_names().rule_labels.values())]
    printed = str(calls.print_area).replace("$", "").rpartition("!")[2]
    assert rules
    assert printed == f"A1:{calls.cell(1, calls[rules[0] + '1'].column - 1).column_letter}{calls.max_row}"
    assert calls.print_title_cols == "$A:$A"
    assert book["班组"].page_setup.fitToWidth in (None, 1)


def test_sentences_wrap_and_make_room(tmp_path: Path) -> None:
    """A row is as high as its longest quote or message needs; columns for programs are folded away."""
    sheet = workbook(tmp_path / "s.xlsx")["扣分明细"]
    at = {cell.value: cell.column_letter for cell in sheet[1]}
    long = max(range(2, sheet.max_row + 1), key=lambda row: len(sheet[f"{at['判定说明']}{row}"].value or ""))
    assert sheet[f"{at['判定说明']}{long}"].alignment.wrap_text
    assert sheet.row_dimensions[long].height > 30
    assert sheet.column_dimensions[at["证据起点（字）"]].hidden
    assert not sheet.column_dimensions[at["原话"]].hidden
