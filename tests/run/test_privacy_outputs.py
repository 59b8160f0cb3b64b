"""Personal data in a call is masked in every output, message and error, unless the run may show it."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from qa_analyzer.cli import app
from qa_analyzer.run import OUTPUTS, Options, find_call
from qa_analyzer.writers.terminal import render_call

from .made import CALM, Scored, call, say, scored, text_of, write_calls

PHONE = "13812345679"
ID_NUMBER = "11010519491231002X"
CARD = "6222021234567890128"
MAIL = "wang.xm@example.com"
SECRETS = (PHONE, ID_NUMBER, CARD, MAIL)
ASKED = f"真啰嗦，您登记的手机是{PHONE}，邮箱是{MAIL}，证件{ID_NUMBER}，卡号{CARD}，对不对？"


def told() -> list[dict[str, Any]]:
    """A call in which customer and agent say personal data, some of it inside the evidence."""
    return [
        say("agent", f"什么事，{PHONE}的机主吗？", 0, 3000),
        say("customer", f"我叫欧阳海棠，手机{PHONE}，气死我了！", 3200, 9000),
        say("agent", ASKED, 9300, 20000),
        say("customer", f"身份证是{ID_NUMBER}，邮箱{MAIL}。", 20300, 26000),
        say("agent", "再见。", 26200, 27000),
    ]


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("told")
    return write_calls(folder / "calls.ndjson", [call("p1", told()), call("p2", CALM)])


@pytest.fixture(scope="module")
def masked(tmp_path_factory: pytest.TempPathFactory, rules: Path, source: Path) -> Scored:
    return scored(source, rules, tmp_path_factory.mktemp("masked") / "report", OUTPUTS)


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory, rules: Path, source: Path) -> Scored:
    return scored(source, rules, tmp_path_factory.mktemp("shown") / "report", OUTPUTS, mask=False)


def test_no_output_holds_personal_data_by_default(masked: Scored) -> None:
    """CSV, Parquet, XLSX, HTML and run.json: no number, address or name, in no file."""
    everything = text_of(masked.folder)
    assert "机主" in everything
    for secret in (*SECRETS, "海棠"):
        assert secret not in everything


@pytest.mark.parametrize("place", ["findings.csv", "scorecards.xlsx", "calls/p1.html", "data/findings.parquet"])
def test_no_mask_shows_personal_data_in_every_output(shown: Scored, tmp_path: Path, place: str) -> None:
    """Whoever may see it sees it: the evidence quotes are as spoken."""
    (tmp_path / Path(place).name).write_bytes((shown.folder / place).read_bytes())
    everything = text_of(tmp_path)
    for secret in (PHONE, MAIL):
        assert secret in everything


def test_masking_keeps_every_span_and_every_verdict(masked: Scored, shown: Scored) -> None:
    """Masked quotes are as long as the open ones and differ in nothing but the mask."""
    spans = ["call_id", "rule", "verdict", "turn", "text_start", "text_end", "deduction"]
    assert masked.findings[spans].equals(shown.findings[spans])
    hidden = 0
    for ours, theirs in zip(masked.findings["quote"], shown.findings["quote"], strict=True):
        assert len(ours) == len(theirs)
        assert all(left in (right, "*") for left, right in zip(ours, theirs, strict=True))
        hidden += ours != theirs
    assert hidden >= 2
    verdicts = [name for name in map(str, masked.calls.columns) if name.startswith(("rule:", "score"))]
    assert masked.calls[verdicts].equals(shown.calls[verdicts])


def test_a_message_that_quotes_the_match_is_masked_too(tmp_path: Path) -> None:
    """`{match}` in a rule's message goes through the same mask as the quote."""
    from .made import RULES, write_rules

    nosy = RULES["language/rudeness"].replace("[烦死了, 真啰嗦]", "[烦死了, 手机是…邮箱]")
    rules = write_rules(tmp_path / "rules", RULES | {"language/rudeness": nosy})
    source = write_calls(tmp_path / "calls.ndjson", [call("n1", told())])
    report = scored(source, rules, tmp_path / "report")
    messages = report.findings_of("n1", "language/rudeness")["message"].tolist()
    assert any("手机是***********，邮箱" in message for message in messages)
    assert not any(PHONE in message for message in messages)


def test_show_masks_the_transcript_by_default(source: Path, rules: Path) -> None:
    """Page values and the terminal alike; with the mask off they show what was said."""
    from rich.console import Console

    for mask in (True, False):
        page, names = find_call([source], "p1", Options(rules=rules, mask=mask))
        console = Console(width=200, file=io.StringIO())
        console.print(render_call(page, names, "zh"))
        printed = console.file.getvalue()  # type: ignore[attr-defined]
        assert (PHONE in printed) is not mask
        assert all((PHONE in turn.text) is False for turn in page.turns) is mask
        assert [len(turn.text) for turn in page.turns] == [len(one["text"]) for one in told()]


def test_rejections_and_errors_do_not_spell_out_numbers(tmp_path: Path, rules: Path) -> None:
    """File names and ids may hold a phone number; rejected.csv, run.json, pages and messages mask it."""
    folder = tmp_path / f"{PHONE}录音"
    bad = [call(f"{PHONE}-1", []), call("q1"), call("q1")]
    source = write_calls(folder / f"{PHONE}.ndjson", bad)
    report = scored(source, rules, tmp_path / "report", OUTPUTS)
    assert len(report.rejected) == 2
    assert PHONE not in text_of(report.folder)

    runner = CliRunner()
    missing = runner.invoke(app, ["score", f"没有{PHONE}.ndjson", "-o", str(tmp_path / "r2"), "--rules", str(rules)])
    assert missing.exit_code == 2
    assert "找不到" in missing.output
    assert PHONE not in missing.output
    open_run = runner.invoke(
        app, ["score", f"没有{PHONE}.ndjson", "-o", str(tmp_path / "r2"), "--rules", str(rules), "--no-mask"]
    )
    assert PHONE in open_run.output
    unknown = runner.invoke(app, ["show", str(source), PHONE, "--rules", str(rules)])
    assert unknown.exit_code == 2
    assert PHONE not in unknown.output
