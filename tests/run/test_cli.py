"""The command line: exit codes, messages with a remedy, and every command in both languages."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from qa_analyzer.cli import app

from .made import CALM, HEATED, INSULTING, RULES, call, mixed_calls, read_csv, say, write_calls, write_rules

WIDE = {"COLUMNS": "160"}
runner = CliRunner()
Score = Callable[..., Result]


def invoke(*arguments: str | Path, **environment: str) -> Result:
    return runner.invoke(app, [str(one) for one in arguments], env=WIDE | environment)


def python(*arguments: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """`python …` as a user would start it."""
    return subprocess.run(
        [sys.executable, *map(str, arguments)], cwd=cwd, capture_output=True, text=True, encoding="utf-8", check=False
    )


@pytest.fixture
def score(tmp_path: Path, rules: Path) -> Score:
    """`qa-analyzer score` with the small rules, into a folder of the test."""

    def run(*arguments: str | Path) -> Result:
        return invoke("score", *arguments, "--rules", rules, "-o", tmp_path / "report")

    return run


# ---- score: exit codes ----------------------------------------------------------------------------------------------


def test_the_program_runs_as_a_module_from_any_folder(tmp_path: Path, rules: Path) -> None:
    """Without -o the report goes to reports/<date> of the current folder; nothing but text is printed."""
    write_calls(tmp_path / "calls.ndjson", mixed_calls())
    done = python("-m", "qa_analyzer", "score", "calls.ndjson", "--rules", rules, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    (folder,) = (tmp_path / "reports").iterdir()
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", folder.name)
    assert abs((date.today() - date.fromisoformat(folder.name)).days) <= 1
    assert (folder / "index.html").is_file()
    assert "收到 8 通，评分 8 通（其中无法评估 1 通），未读入 0 通，一票否决 1 通" in done.stdout
    assert "\x1b" not in done.stdout


def test_exit_0_when_all_were_scored(tmp_path: Path, score: Score) -> None:
    """A call that is not assessable is scored, and a critical failure is no error by itself."""
    assert score(write_calls(tmp_path / "calls.ndjson", mixed_calls())).exit_code == 0


def test_exit_1_when_some_were_rejected(tmp_path: Path, score: Score) -> None:
    """The message says where the reasons are."""
    done = score(write_calls(tmp_path / "calls.ndjson", [call("a"), call("b", [])]))
    assert done.exit_code == 1
    assert "rejected.csv" in done.output


def test_exit_2_when_nothing_could_be_scored(tmp_path: Path, score: Score) -> None:
    """The report is written all the same, since it says why."""
    done = score(write_calls(tmp_path / "calls.ndjson", [call("b", [])]))
    assert done.exit_code == 2
    assert len(read_csv(tmp_path / "report" / "rejected.csv")) == 2


@pytest.mark.parametrize(
    ("calls", "code"),
    [
        ([call("a", INSULTING)], 3),
        ([call("a", INSULTING), call("b", [])], 3),
        ([call("a", HEATED)], 0),
        ([call("a", HEATED), call("b", [])], 1),
        ([call("b", [])], 2),
    ],
    ids=["critical", "critical and rejected", "none", "rejected", "nothing scored"],
)
def test_exit_3_with_fail_on_critical_wins_over_1(tmp_path: Path, score: Score, calls: list[object], code: int) -> None:
    """Only where the option asks for it and a critical failure was found."""
    done = score(write_calls(tmp_path / "calls.ndjson", calls), "--fail-on", "critical")
    assert done.exit_code == code


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_missing_path_is_exit_2_with_the_remedy(tmp_path: Path, score: Score, lang: str) -> None:
    """No traceback, no report."""
    done = score(tmp_path / "nothing.ndjson", "--lang", lang)
    assert done.exit_code == 2
    assert ("请检查路径" if lang == "zh" else "Check the spelling") in done.output
    assert "Traceback" not in done.output
    assert not (tmp_path / "report").exists()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--outputs", "csv,pdf"], "pdf.*xlsx"),
        (["--emotion", "no-such-model.npz"], "no-such-model.*snownlp"),
        (["--workers", "0"], "--workers"),
        (["--lang", "fr"], "fr"),
        (["--fail-on", "major"], "critical"),
        (["--engine", "spark"], "--engine"),
        (["--fresh"], "--fresh"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_an_option_that_means_nothing_is_exit_2(tmp_path: Path, score: Score, arguments: list[str], told: str) -> None:
    """The message names the value and what there is; options of later issues are absent, not ignored."""
    done = score(write_calls(tmp_path / "calls.ndjson", [call("a")]), *arguments)
    assert done.exit_code == 2
    assert re.search(told, done.output, re.DOTALL)
    assert not (tmp_path / "report").exists()


def test_a_file_that_is_no_emotion_model_is_exit_2(tmp_path: Path, score: Score) -> None:
    """The message names the file and how to train one."""
    (tmp_path / "model.npz").write_bytes(b"not a model")
    done = score(write_calls(tmp_path / "calls.ndjson", [call("a")]), "--emotion", tmp_path / "model.npz")
    assert done.exit_code == 2
    assert "model.npz" in done.output
    assert "train" in done.output
    assert "Traceback" not in done.output


def test_a_foreign_folder_is_exit_2_and_left_alone(tmp_path: Path, score: Score) -> None:
    """The message names the folder and -o."""
    (tmp_path / "report").mkdir()
    (tmp_path / "report" / "mine.txt").write_text("mine")
    done = score(write_calls(tmp_path / "calls.ndjson", [call("a")]))
    assert done.exit_code == 2
    assert "-o" in done.output
    assert [path.name for path in (tmp_path / "report").iterdir()] == ["mine.txt"]


def test_all_rule_errors_are_printed_with_file_and_line_before_any_input_is_read(tmp_path: Path) -> None:
    """Several mistakes in several files; the input does not even exist, and nobody noticed."""
    broken = RULES | {
        "courtesy/greeting": RULES["courtesy/greeting"].replace("says:", "say:"),
        "language/rudeness": RULES["language/rudeness"].replace("severity: major", "severity: huge"),
    }
    rules = write_rules(tmp_path / "rules", broken)
    done = invoke("score", tmp_path / "nothing.ndjson", "--rules", rules, "-o", tmp_path / "report")
    assert done.exit_code == 2
    for name, odd in (("courtesy/greeting", "say:"), ("language/rudeness", "huge")):
        number = next(at for at, row in enumerate(broken[name].splitlines(), 1) if odd in row)
        assert f"{name}.yaml:{number}:" in done.output
        assert broken[name].splitlines()[number - 1].strip() in done.output
    assert "says" in done.output
    assert "nothing.ndjson" not in done.output


def test_snownlp_can_be_chosen_as_the_model_of_emotion(tmp_path: Path, score: Score) -> None:
    """The baseline scores a small call, and run.json says so."""
    done = score(write_calls(tmp_path / "calls.ndjson", [call("a", HEATED)]), "--emotion", "snownlp")
    assert done.exit_code == 0
    assert json.loads((tmp_path / "report" / "run.json").read_text(encoding="utf-8"))["emotion"] == "snownlp"


def test_demo_scores_the_samples(tmp_path: Path) -> None:
    """All of them, from the shipped folder, in English too."""
    done = invoke("demo", "-o", tmp_path / "demo", "--lang", "en")
    assert done.exit_code == 0
    assert "56 calls read, 56 scored (3 not assessable), 0 rejected" in done.output
    assert (tmp_path / "demo" / "index.html").is_file()


# ---- show -----------------------------------------------------------------------------------------------------------


def test_show_prints_the_whole_transcript_at_any_width(tmp_path: Path, rules: Path) -> None:
    """Long turns are wrapped, never cut with an ellipsis."""
    long = "".join(f"第{number}点我要说清楚" for number in range(60))
    path = write_calls(tmp_path / "calls.ndjson", [call("w", [*HEATED[:1], say("customer", long), *HEATED[2:]])])
    for columns in ("50", "80", "200"):
        done = invoke("show", path, "w", "--rules", rules, COLUMNS=columns)
        assert done.exit_code == 0
        assert "…" not in done.output
        # The columns beside the text hold no Chinese in wrapped lines, so the text reads on when these are joined.
        talk = re.sub(r"\s", "", done.output[done.output.index("对话") :])
        assert long in talk


def test_show_adds_up(tmp_path: Path, rules: Path) -> None:
    """100 in all, the points lost, the points left, and every loss by its rule."""
    path = write_calls(tmp_path / "calls.ndjson", [call("s", HEATED), call("t", INSULTING)])
    done = invoke("show", path, "s", "--rules", rules)
    total = next(row for row in done.output.splitlines() if "合计" in row)
    assert re.findall(r"−?\d+\.\d\d", total) == ["100.00", "−17.00", "83.00"]
    table = done.output[done.output.index("得分") : done.output.index(total)]
    assert sum(float(one) for one in re.findall(r" −(\d+\.\d\d)", table)) == 17
    zeroed = invoke("show", path, "t", "--rules", rules)
    assert "84.00" in zeroed.output
    assert "一票否决" in zeroed.output


def test_show_works_in_english_and_for_a_call_without_a_score(tmp_path: Path, rules: Path) -> None:
    """Headings are English; quotes stay Chinese."""
    path = write_calls(tmp_path / "calls.ndjson", mixed_calls())
    done = invoke("show", path, "m2", "--rules", rules, "--lang", "en")
    assert done.exit_code == 0
    assert "Never rude" in done.output
    assert "真啰嗦" in done.output
    assert invoke("show", path, "m5", "--rules", rules).exit_code == 0


def test_show_says_why_a_call_cannot_be_shown(tmp_path: Path, rules: Path) -> None:
    """No such id, or rejected with its place and reason; exit 2."""
    path = write_calls(tmp_path / "calls.ndjson", [call("a"), call("b", [])])
    unknown = invoke("show", path, "zzz", "--rules", rules)
    assert unknown.exit_code == 2
    assert "zzz" in unknown.output
    refused = invoke("show", path, "b", "--rules", rules)
    assert refused.exit_code == 2
    assert "calls.ndjson:2" in refused.output
    assert "utterances 是空的" in refused.output


# ---- rules ----------------------------------------------------------------------------------------------------------


def test_rules_list_names_every_rule_in_both_languages(rules: Path) -> None:
    """Id, name, criterion."""
    for lang, words in (("zh", ("不骂人", "用语")), ("en", ("Never rude", "Language"))):
        done = invoke("rules", "list", "--rules", rules, "--lang", lang)
        assert done.exit_code == 0
        assert all(rule in done.output for rule in RULES)
        assert all(word in done.output for word in words)


def test_rules_explain_shows_why_how_and_examples(rules: Path) -> None:
    """And helps with an id that is nearly right."""
    for lang in ("zh", "en"):
        done = invoke("rules", "explain", "language/rudeness", "--rules", rules, "--lang", lang)
        assert done.exit_code == 0
        assert "真啰嗦" in done.output
        assert "T4" in done.output
    near = invoke("rules", "explain", "language/rudness", "--rules", rules)
    assert near.exit_code == 2
    assert "language/rudeness" in near.output


def test_rules_test_passes_or_names_the_example_that_does_not(tmp_path: Path, rules: Path) -> None:
    """Exit 0 or 1, the example's file and line, and only the rules asked for."""
    done = invoke("rules", "test", "--rules", rules)
    assert (done.exit_code, "5 条规则，11 个例子，0 个不符" in done.output) == (0, True)
    one = invoke("rules", "test", "language/rudeness", "--rules", rules, "--lang", "en")
    assert "1 rules, 2 examples, 0 wrong" in one.output
    wrong = RULES | {
        "language/rudeness": RULES["language/rudeness"].replace("pass: 客服：您请说。", "pass: 客服：蠢货。")
    }
    failed = invoke("rules", "test", "--rules", write_rules(tmp_path / "rules", wrong))
    number = next(at for at, row in enumerate(wrong["language/rudeness"].splitlines(), 1) if "pass: " in row)
    assert failed.exit_code == 1
    assert f"rudeness.yaml:{number}: " in failed.output
    assert "1 个不符" in failed.output
    assert invoke("rules", "test", "no/such", "--rules", rules).exit_code == 2


def test_a_report_says_whether_the_examples_of_its_rules_passed(tmp_path: Path) -> None:
    """True after `rules test`, false after one that failed, null for rules that were never tested."""
    own = RULES | {"courtesy/greeting": RULES["courtesy/greeting"].replace("先问好。", "先问好，再说事。")}
    rules = write_rules(tmp_path / "rules", own)
    path = write_calls(tmp_path / "calls.ndjson", [call("a")])

    def told() -> object:
        assert invoke("score", path, "--rules", rules, "-o", tmp_path / "report", "--outputs", "csv").exit_code == 0
        return json.loads((tmp_path / "report" / "run.json").read_text(encoding="utf-8"))["examples_passed"]

    assert told() is None
    assert invoke("rules", "check", "--rules", rules).exit_code == 0
    assert told() is True
    broken = own["language/rudeness"].replace("pass: 客服：您请说。", "pass: 客服：蠢货。")
    write_rules(rules, own | {"language/rudeness": broken})
    assert invoke("rules", "test", "--rules", rules).exit_code == 1
    assert told() is False


def test_rules_check_reports_in_both_languages_and_refuses_broken_rules(tmp_path: Path, rules: Path) -> None:
    """Sound rules give a count and exit 0; a broken one exit 2 with its line."""
    assert "5 条规则，11 个例子，0 个不符" in invoke("rules", "check", "--rules", rules).output
    assert "5 rules, 11 examples, 0 wrong" in invoke("rules", "check", "--rules", rules, "--lang", "en").output
    broken = RULES | {"courtesy/greeting": RULES["courtesy/greeting"] + "colour: red\n"}
    for command in ("check", "test", "list"):
        done = invoke("rules", command, "--rules", write_rules(tmp_path / "rules", broken))
        assert done.exit_code == 2
        assert "greeting.yaml:12: " in done.output or "greeting.yaml:13: " in done.output
        assert "colour" in done.output


def test_the_schema_is_json_for_rules_and_rubric() -> None:
    """Editors read it; it closes the key sets."""
    rule = json.loads(invoke("rules", "schema").output)
    rubric = json.loads(invoke("rules", "schema", "--rubric").output)
    assert "examples" in rule["properties"]
    assert rule["additionalProperties"] is False
    assert "criteria" in rubric["properties"]


# ---- start ----------------------------------------------------------------------------------------------------------


def test_the_command_line_starts_without_the_heavy_packages() -> None:
    """--help answers at once: none of the packages that compute is imported for it."""
    heavy = ("pandas", "pyarrow", "numpy", "sklearn", "scipy", "snownlp", "jieba", "pydantic", "xlsxwriter", "jinja2")
    code = f"import sys, qa_analyzer.cli; print([one for one in {heavy!r} if one in sys.modules])"
    done = python("-c", code)
    assert (done.returncode, done.stdout.strip()) == (0, "[]")


def test_help_is_there_for_every_command() -> None:
    """Chinese first, and no option of a later issue."""
    whole = invoke("--help")
    assert whole.exit_code == 0
    assert all(command in whole.output for command in ("score", "show", "rules", "demo"))
    for command in (
        ["score"],
        ["show"],
        ["demo"],
        ["rules"],
        ["rules", "list"],
        ["rules", "test"],
        ["rules", "explain"],
    ):
        done = invoke(*command, "--help")
        assert done.exit_code == 0
        assert re.search("[\u4e00-\u9fff]", done.output)
        assert "--engine" not in done.output


def test_show_works_through_the_shell_with_the_shipped_rules(tmp_path: Path, checkout: Path) -> None:
    """A call of the samples, as the README gives the command; no colour codes in a pipe."""
    samples = checkout / "sample_transcripts"
    shown = python("-m", "qa_analyzer", "show", samples, "text_gym_card", cwd=tmp_path)
    assert shown.returncode == 0, shown.stderr
    assert "合计" in shown.stdout
    assert "\x1b" not in shown.stdout


def test_calm_calls_lose_nothing(tmp_path: Path, score: Score) -> None:
    """The best call of the tests has 100 points, so that what others lose is their own."""
    assert score(write_calls(tmp_path / "calls.ndjson", [call("a", CALM)])).exit_code == 0
    assert read_csv(tmp_path / "report" / "agents.csv")[1][4] == "100"
