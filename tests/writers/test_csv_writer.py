"""CSV as a Chinese Excel opens it."""

import csv
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_analyzer import wording
from qa_analyzer.wording import Lang
from qa_analyzer.writers.csv import CsvWriter, guard_formulas, guard_text, round_floats, write_csv

from . import night

PAGES = [night.make_page(script) for script in night.SCRIPTS]


def read(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def written(tmp_path: Path, name: str, table: pa.Table, lang: Lang = "zh") -> list[list[str]]:
    write_csv(tmp_path / f"{name}.csv", name, table, lang, night.make_names(lang))
    return read(tmp_path / f"{name}.csv")


def test_excel_sees_the_encoding_and_the_rows_end_as_rfc_4180_says(tmp_path: Path) -> None:
    """The file begins with a BOM and every row ends with CRLF."""
    write_csv(tmp_path / "r.csv", "rejected", night.REJECTED, "zh", night.make_names())
    content = (tmp_path / "r.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.count(b"\r\n") == content.count(b"\n") == night.REJECTED.num_rows + 1


def test_headings_and_codes_are_words_in_the_language_of_the_report(tmp_path: Path) -> None:
    """Fixed headings, rule columns, criteria, verdicts, grades and truth values are all translated."""
    calls, _ = night.make_tables(PAGES)
    zh = written(tmp_path, "calls", calls)
    en = written(tmp_path, "calls", calls, "en")
    assert zh[0][:4] == ["通话编号", "坐席工号", "坐席姓名", "班组"]
    assert "得分：先处理心情" in zh[0] and "Score: Empathy" in en[0]
    assert zh[0][-13:] == [row[0] for row in night.RULES.values()]
    row = dict(zip(zh[0], zh[3], strict=True))
    assert (row["等级"], row["一票否决"], row["辱骂客户"], row["通话类型"]) == ("不合格", "是", "不合格", "投诉")
    row = dict(zip(en[0], en[6], strict=True))
    assert (row["Assessable"], row["Why not assessable"], row["Score"]) == ("No", "Voicemail", "")


def test_two_rules_of_one_name_keep_columns_apart(tmp_path: Path) -> None:
    """A name that two rules share carries the rule's id."""
    names = night.make_names()
    twice = type(names)({"a/x": names.rules["empathy/apology"], "b/x": names.rules["empathy/apology"]}, {})
    write_csv(tmp_path / "c.csv", "calls", pa.table({"rule:a/x": ["pass"], "rule:b/x": ["fail"]}), "zh", twice)
    assert read(tmp_path / "c.csv") == [["不满后致歉 (a/x)", "不满后致歉 (b/x)"], ["合格", "不合格"]]


def test_findings_hold_fails_and_undetermined_only(tmp_path: Path) -> None:
    """Passes stay in the Parquet file."""
    _, findings = night.make_tables(PAGES)
    rows = written(tmp_path, "findings", findings)
    verdicts = findings["verdict"].to_pylist()
    assert {row[3] for row in rows[1:]} == {"不合格", "无法判定"}
    assert len(rows) - 1 == len(verdicts) - verdicts.count("pass")


def test_formulas_in_texts_are_text_and_numbers_stay_numbers(tmp_path: Path) -> None:
    """`'` goes before = + - @ tab and CR in text cells, full-width ones too, and never before a number."""
    texts = ["=1+1", "+86", "-1", "@SUM(A1)", "\tx", "\rx", "＝1", "－1", "1-1", "", None, "a=b", "（好）"]
    table = pa.table({"agent_name": texts, "emotion_start": [-0.5] * len(texts)})
    rows = written(tmp_path, "calls", table)[1:]
    assert [row[0] for row in rows] == [
        *["'" + str(text) for text in texts[:8]],
        *["1-1", "", "", "a=b", "（好）"],
    ]
    assert {row[1] for row in rows} == {"-0.5"}


def test_formulas_in_codes_and_names_are_text_too(tmp_path: Path) -> None:
    """Dictionary columns, lists and headings are guarded as well."""
    names = night.make_names()
    evil = type(names)({"=r": type(names.rules["empathy/apology"])("=cmd()")}, {})
    table = pa.table({"team": pa.array(["=x", None]).dictionary_encode(), "worst_rules": ["=r", "=q =r"]})
    table = table.append_column("rule:=r", pa.array(["pass", "fail"]))
    write_csv(tmp_path / "a.csv", "calls", table, "zh", evil)
    assert read(tmp_path / "a.csv") == [
        ["班组", "worst_rules", "'=cmd()"],
        ["'=x", "'=cmd()", "合格"],
        ["", "'=q、'=cmd()", "不合格"],
    ]


@given(st.lists(st.none() | st.text(max_size=4)), st.integers(0, 3))
def test_the_column_operation_guards_as_the_plain_function_does(texts: list[str | None], skip: int) -> None:
    """`guard_formulas` = `guard_text` cell by cell, on slices too."""
    array = pa.array(texts, pa.string()).slice(skip)
    expected = [None if text is None else guard_text(text) for text in texts[skip:]]
    assert guard_formulas(array).to_pylist() == expected


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0.00001, "0"), (-0.00001, "0"), (1 / 3, "0.3333"), (100.0, "100"), (float("nan"), ""), (float("inf"), "")],
)
def test_floats_have_no_exponent_no_minus_zero_and_no_nan(tmp_path: Path, value: float, shown: str) -> None:
    """What cannot be measured is empty."""
    table = pa.table({"call_id": ["x"], "agent_talk_share": [value]})
    assert written(tmp_path, "calls", table)[1][1] == shown


def test_rounding_keeps_null() -> None:
    """Null stays null."""
    assert round_floats(pa.array([None, 1.005], pa.float64()), 1).to_pylist() == [None, 1.0]


def test_quotes_commas_and_line_breaks_survive(tmp_path: Path) -> None:
    """RFC 4180 quoting brings every text back as it was."""
    texts = ['他说"好"', "a,b", "两\n行", "  空格  ", "😀\u202e"]
    assert [row[0] for row in written(tmp_path, "calls", pa.table({"agent_name": texts}))[1:]] == texts


def test_a_table_without_rows_has_its_headings(tmp_path: Path) -> None:
    """Nothing rejected is a file with headings, not an empty file."""
    with CsvWriter(tmp_path / "r.csv", "rejected", "en", night.make_names("en")):
        pass
    assert read(tmp_path / "r.csv") == [["File", "Line", "Call ID", "Reason"]]


def test_blocks_make_the_same_file_as_one_table(tmp_path: Path) -> None:
    """Block size changes no byte."""
    _, findings = night.make_tables(PAGES)
    write_csv(tmp_path / "one.csv", "findings", findings, "zh", night.make_names())
    with CsvWriter(tmp_path / "many.csv", "findings", "zh", night.make_names()) as writer:
        for start in range(0, findings.num_rows, 3):
            writer.write(findings.slice(start, 3))
    assert (tmp_path / "one.csv").read_bytes() == (tmp_path / "many.csv").read_bytes()


def test_dictionary_columns_give_the_same_file_as_plain_ones(tmp_path: Path) -> None:
    """The engine's dictionary arrays are only another way to hold the same cells."""
    _, findings = night.make_tables(PAGES)
    coded = findings
    for column in ("call_id", "rule", "verdict", "role", "suggest", "same_fault_as"):
        coded = coded.set_column(coded.schema.get_field_index(column), column, pc.dictionary_encode(coded[column]))
    plain, encoded = written(tmp_path, "findings", findings), written(tmp_path, "findings", coded)
    assert plain == encoded


def test_every_contract_column_has_a_heading_in_both_languages() -> None:
    """No heading is missing, and the English ones are English."""
    for columns in wording.COLUMNS.values():
        for zh, en in columns.values():
            assert zh and en.isascii()


def test_the_readme_of_reports_explains_every_column_and_value() -> None:
    """Headings and code words in reports/README.md are those of the catalogue, in both languages."""
    readme = (Path(__file__).parents[2] / "reports" / "README.md").read_text(encoding="utf-8")
    for columns in wording.COLUMNS.values():
        for column, (zh, en) in columns.items():
            assert f"| `{column}` | {zh} | {en} |" in readme, column
    for name, codes in wording.CODES.items():
        for code, (zh, en) in codes.items():
            assert name == "status" or f"| `{code}` | {zh} | {en} |" in readme, code
