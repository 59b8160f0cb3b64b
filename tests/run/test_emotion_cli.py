"""`emotion sample`, `eval`, `train`, and a night scored with what was trained."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner, Result

from qa_analyzer.cli import app

PLACES = ["东门", "西站", "三号楼", "河边", "老厂", "北区", "码头", "学校"]


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["emotion", *map(str, arguments)], env={"COLUMNS": "160"})


@pytest.fixture(scope="module")
def calls(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """40 calls of a centre whose customers speak of green and blue cards."""
    path = tmp_path_factory.mktemp("calls") / "calls.ndjson"
    lines = []
    for number in range(40):
        said = [("agent", "您好，请讲。")]
        for place in range(3):
            colour = "绿" if (number + place) % 3 == 0 else "蓝"
            said.append(
                ("customer", f"{PLACES[(number + place) % 8]}那边亮的是{colour}牌，第{number}回，电话13800001234")
            )
            said.append(("agent", "好的，我记下了。"))
        utterances = [{"role": role, "text": text} for role, text in said]
        lines.append(json.dumps({"call_id": f"c{number}", "utterances": utterances}, ensure_ascii=False))
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def labels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("labels") / "labels.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["通话", "话轮", "标签"])
        for number in range(40):
            for place in range(3):
                writer.writerow([f"c{number}", 1 + 2 * place, "负面" if (number + place) % 3 == 0 else "中性"])
    return path


def test_what_sample_writes_is_what_train_reads(calls: Path, tmp_path: Path) -> None:
    out = tmp_path / "to_label.xlsx"
    done = run("sample", calls, "-o", out, "-n", "20")
    assert done.exit_code == 0, done.output
    rows = list(load_workbook(out).worksheets[0].iter_rows(values_only=True))
    assert rows[0][0] == "通话"
    assert len(rows) == 21
    assert not any("13800001234" in str(cell) for row in rows for cell in row), "numbers are masked"
    refused = run("sample", calls, "-o", out)
    assert refused.exit_code == 2
    assert "已经存在" in refused.output
    unlabelled = run("eval", out, "--calls", calls)
    assert unlabelled.exit_code == 2
    assert "没有标签" in unlabelled.output


def test_eval_prints_three_models_with_intervals(calls: Path, labels: Path) -> None:
    done = run("eval", labels, "--calls", calls)
    assert done.exit_code == 0, done.output
    assert "120 个标签，来自 40 通" in done.output
    for name in ("model |", "SnowNLP |", "关键词表 |"):
        assert name in done.output
    english = run("eval", labels, "--calls", calls, "--lang", "en")
    assert "keyword list" in english.output


def test_train_says_it_is_better_and_score_uses_it(calls: Path, labels: Path, tmp_path: Path) -> None:
    model = tmp_path / "own.npz"
    done = run("train", labels, "--calls", calls, "-o", model)
    assert done.exit_code == 0, done.output
    assert "适配后更好" in done.output
    assert "学习曲线" in done.output
    out = tmp_path / "report"
    scored = CliRunner().invoke(
        app, ["score", str(calls), "-o", str(out), "--emotion", str(model), "--outputs", "parquet"]
    )
    assert scored.exit_code in (0, 1), scored.output
    found = pd.read_parquet(out / "data" / "emotion.parquet")
    green = {(f"c{number}", 1 + 2 * place) for number in range(40) for place in range(3) if (number + place) % 3 == 0}
    is_green = pd.Series(list(zip(found["call_id"], found["turn"], strict=True))).isin(green)
    assert found["value"][is_green.to_numpy()].max() < found["value"][~is_green.to_numpy()].min()


def test_labels_of_calls_that_are_not_there_are_refused(calls: Path, tmp_path: Path) -> None:
    path = tmp_path / "labels.csv"
    path.write_text("call,turn,label\nnobody,1,负面\nc1,2,负面\n", encoding="utf-8")
    done = run("train", path, "--calls", calls, "-o", tmp_path / "own.npz")
    assert done.exit_code == 2
    assert "第 2 行：没有通话 nobody" in done.output
    assert "第 3 行" in done.output
    assert not (tmp_path / "own.npz").exists()
