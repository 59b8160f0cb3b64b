"""A centre's own labels: every problem is named with its lines, nothing is taken silently."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from openpyxl import Workbook

from qa_analyzer.emotion.labels import MIN_LABELS, check_enough, read_labels
from qa_analyzer.errors import OptionError


def written(folder: Path, text: str, name: str = "labels.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_words_numbers_and_stars_are_understood(tmp_path: Path) -> None:
    named = read_labels(
        written(tmp_path, "call,turn,label,text\na,1,负面,气死我了\na,3,neutral,好的\na,5,1,谢谢\na,7,-1,没人管\n")
    )
    assert named.mood.tolist() == [-1, 0, 1, -1]
    assert named.turn.tolist() == [1, 3, 5, 7]
    stars = read_labels(written(tmp_path, "通话,话轮,满意度,内容\na,1,1,气死我了\na,3,3,好的\nb,1,5,谢谢\n"))
    assert stars.mood.tolist() == [-1, 0, 1]
    assert stars.group.tolist() == [0, 0, 1]


def test_jsonl_and_xlsx_are_read(tmp_path: Path) -> None:
    lines = [
        {"call": "a", "turn": 0, "label": "negative", "text": "坏了"},
        {"call": "a", "turn": 2, "label": "", "text": "好"},
    ]
    found = read_labels(written(tmp_path, "\n".join(json.dumps(one) for one in lines), "labels.jsonl"))
    assert found.text.tolist() == ["坏了"], "what has no label yet is passed over"
    book = Workbook()
    for row in (["通话", "话轮", "标签", "内容"], ["a", 1, "正面", "谢谢"], ["a", 3, "中性", "嗯"]):
        book.active.append(row)  # type: ignore[union-attr]
    book.save(tmp_path / "labels.xlsx")
    assert read_labels(tmp_path / "labels.xlsx").mood.tolist() == [1, 0]


def test_repeated_rows_count_once(tmp_path: Path) -> None:
    found = read_labels(written(tmp_path, "call,turn,label,text\na,1,负面,没人管\na,1,负面,没人管\n"))
    assert len(found) == 1
    assert found.repeated == 1


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("call,turn,text\na,1,好\n", "缺少列：label"),
        ("turn,label,text\n1,负面,好\n", "缺少列：call"),
        ("call,turn,label,text\na,1,负面,好\nb,2,很糟,好\n", "第 3 行：标签「很糟」"),
        ("call,turn,label,text\na,一,负面,好\n", "第 2 行：话轮「一」"),
        ("call,turn,label,text\n,1,负面,好\n", "第 2 行：没有通话编号"),
        ("call,turn,label,text\na,1,负面,好\na,1,正面,好\n", "第 2 行是负面，第 3 行是正面"),
        ("call,turn,label\na,1,负面\n", "没有文本"),
        ("call,label,text\na,负面,好\n", "整通的分数只能用来训练"),
        ("call,turn,label,text\n", "没有标签"),
    ],
)
def test_bad_files_are_refused_with_line_and_remedy(text: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(OptionError, match=r"labels\.csv") as refused:
        read_labels(written(tmp_path, text))
    assert says in str(refused.value)


def test_labels_of_unknown_calls_and_turns_are_named(tmp_path: Path) -> None:
    path = written(tmp_path, "call,turn,label\na,1,负面\na,2,负面\nb,1,正面\n")
    with pytest.raises(OptionError) as refused:
        read_labels(path, turns={"a": {1: "没人管"}})
    assert "第 3 行：通话 a 的话轮 2" in str(refused.value)
    assert "第 4 行：没有通话 b" in str(refused.value)


def test_the_rating_of_a_call_is_shared_by_its_turns(tmp_path: Path) -> None:
    path = written(tmp_path, "call,satisfaction\na,1\n")
    found = read_labels(path, turns={"a": {1: "没人管", 3: "还没好"}}, whole_calls=True)
    assert found.mood.tolist() == [-1, -1]
    assert found.weight.sum() == pytest.approx(1)


def test_too_few_and_one_class_are_refused(tmp_path: Path) -> None:
    rows = "".join(f"c{number},1,负面,没人管\n" for number in range(MIN_LABELS))
    with pytest.raises(OptionError, match="都是同一类"):
        check_enough(read_labels(written(tmp_path, "call,turn,label,text\n" + rows)), tmp_path / "labels.csv")
    few = "".join(f"c{number},1,{'负面' if number % 2 else '中性'},没人管\n" for number in range(10))
    with pytest.raises(OptionError, match="太少") as refused:
        check_enough(read_labels(written(tmp_path, "call,turn,label,text\n" + few)), tmp_path / "labels.csv")
    assert "emotion sample" in str(refused.value)
