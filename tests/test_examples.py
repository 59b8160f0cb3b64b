"""Example scripts: what they say, what they mark, and how they are held against the judging."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa_analyzer.examples import (
    MESSAGES,
    ExampleFinding,
    ExampleOutcome,
    ExpectedEvidence,
    build_example,
    read_script,
    run_examples,
    script_problems,
)
from qa_analyzer.model import Call, Role, Utterance
from qa_analyzer.rulebook import Rule, Rulebook, RuleExample
from qa_analyzer.rulebook.model import ExampleKind
from qa_analyzer.rulebook.schema import Criterion, ExampleCall, Grade, Rubric, RuleFile, Severity

A, C = Role.AGENT, Role.CUSTOMER
Span = tuple[int, int, int]


def example(text: str, kind: ExampleKind = "pass", number: int = 1, call: ExampleCall | None = None) -> RuleExample:
    """An example on line `10 * number`."""
    return RuleExample(kind, text, call or ExampleCall(), 10 * number, number)


def rulebook_of(*examples: RuleExample) -> Rulebook:
    """One rule, `test/rule`, with these examples."""
    spec = RuleFile.model_construct(name="规则", severity=Severity.MINOR)
    rubric = Rubric.model_construct(
        criteria={"a": Criterion(name="甲", weight=1, en="A")}, grades=[Grade(grade="优", **{"from": 0.0})]
    )
    return Rulebook((Rule("test/rule", Path("test/rule.yaml"), spec, examples, {}),), rubric, "", Path())


def always(verdict: str, *spans: Span, rule: str = "test/rule", verdict_of_spans: str | None = None) -> FixedJudge:
    """A judge that says the same of every call."""
    findings = tuple(ExampleFinding(rule, verdict_of_spans or verdict, ExpectedEvidence(*span)) for span in spans)
    return FixedJudge(ExampleOutcome({"test/rule": verdict}, findings))


class FixedJudge:
    """Gives one outcome to every call, and remembers the calls."""

    def __init__(self, outcome: ExampleOutcome) -> None:
        """Give `outcome` to every call."""
        self.outcome = outcome
        self.calls: list[Call] = []

    def __call__(self, calls: list[Call], rulebook: Rulebook) -> list[ExampleOutcome]:
        """One outcome a call."""
        assert rulebook.rules[0].id == "test/rule"
        self.calls += calls
        return [self.outcome for _ in calls]


# ---- scripts ---------------------------------------------------------------------------------------------------


def test_each_line_of_a_script_is_an_utterance() -> None:
    """Lines, continuation lines and speakers on one line each become an utterance with role and times."""
    call, expected = build_example("closing/thanks", example("[0.0-1.5] 客服：您好\n请讲。客户：断网了\n", number=3))
    assert call.call_id == "example:closing/thanks:3"
    assert call.utterances == (
        Utterance("您好", A, None, 0, 1500),
        Utterance("请讲。", A),
        Utterance("断网了", C),
    )
    assert expected == ()


def test_facts_about_the_call_are_taken_over() -> None:
    """Seconds become ms, the other facts stay as given, absent ones are missing."""
    facts = ExampleCall(hang_up="agent", ended=12.5, connected=0.25, started_at="2026-01-01T09:00:00+08:00")
    call, _ = build_example("x", example("客服：您好", call=facts))
    assert (call.hang_up, call.ended_ms, call.connected_ms) == ("agent", 12500, 250)
    assert (call.started_at, call.call_type) == ("2026-01-01T09:00:00+08:00", None)


@pytest.mark.parametrize(
    ("text", "texts", "expected"),
    [
        # a part, the whole, several
        ("客服：非常【抱歉】了", ["非常抱歉了"], [(0, 2, 4)]),
        ("客户：喂\n客服：【请讲。】", ["喂", "请讲。"], [(1, 0, 3)]),
        ("客服：【您好】，【请讲】\n客户：【喂】", ["您好，请讲", "喂"], [(0, 0, 2), (0, 3, 5), (1, 0, 1)]),
        # speakers on one line, a mark before the next label
        ("客服：【您好。】客户：喂", ["您好。", "喂"], [(0, 0, 3)]),
        # over the join of two utterances of one speaker: counted on
        ("客服：您【好\n请】讲", ["您好", "请讲"], [(0, 1, 3)]),
        ("客服：【您好\n这里\n请讲】", ["您好", "这里", "请讲"], [(0, 0, 6)]),
        # beside events and beyond the basic plane
        ("客服：（笑）【𠮷】", ["（笑）𠮷"], [(0, 3, 4)]),
        # marks alone on a line say nothing
        ("客服：您好\n【\n请讲\n】", ["您好", "请讲"], [(1, 0, 2)]),
    ],
)
def test_marks_become_spans_and_leave_the_text(text: str, texts: list[str], expected: list[Span]) -> None:
    """【】 gives utterance, start and end in code points of the text without marks."""
    script = read_script(text)
    assert [one.text for one in script.utterances] == texts
    assert list(script.expected) == expected
    assert script.problems == ()


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("", 0, "empty"),
        ("客服：您好\n客服：【请讲", 2, "unclosed"),
        ("客服：您好】", 1, "unopened"),
        ("客服：【您【好】", 1, "nested"),
        ("客服：您【】好", 1, "nothing_marked"),
        ("客服：【您好\n客户：喂】", 2, "across"),
        ("客服：您好\n【客户：喂】", 2, "before_label"),
        ("您好\n客户：喂", 1, "no_label"),
        ("客服：\n客户：喂", 1, "no_speech"),
        ("[2-1] 客服：您好", 1, "times_reversed"),
    ],
)
def test_a_mistake_in_a_script_is_a_problem_with_its_line(text: str, line: int, what: str) -> None:
    """Open, empty, nested and misplaced marks, and odd dialogue lines, are reported where they are."""
    assert (line, what) in [(problem.line, str(problem.what)) for problem in read_script(text).problems]
    problems = script_problems(rulebook_of(example(text, number=2)))
    assert (problems[0].path, problems[0].line) == (Path("test/rule.yaml"), 20)


def test_sound_scripts_have_no_problems() -> None:
    """A rulebook with sound scripts only reports nothing."""
    assert script_problems(rulebook_of(example("客服：【您好】\n客户：喂"))) == []


# ---- judging ---------------------------------------------------------------------------------------------------

SCRIPT = "客户：喂\n客服：【您好】，请讲"


def test_an_example_is_right_with_its_verdict_and_exactly_its_evidence() -> None:
    """The verdict named and the spans marked make it right."""
    judge = always("fail", (1, 0, 2))
    (result,) = run_examples(rulebook_of(example(SCRIPT, "fail")), judge)
    assert (result.ok, result.expected, result.got, result.message, result.line) == (True, "fail", "fail", "", 10)
    assert [call.call_id for call in judge.calls] == ["example:test/rule:1"]


@pytest.mark.parametrize(
    ("judge", "fragment"),
    [
        (always("pass"), "应为 fail，实为 pass"),
        (always("fail"), "应为客服[1]「您好」，实为（无）"),
        (always("fail", (1, 0, 5)), "实为客服[1]「您好，请讲」"),
        (always("fail", (0, 0, 1)), "实为客户[0]「喂」"),
        (always("fail", (1, 0, 2), (1, 3, 5)), "实为客服[1]「您好」、客服[1]「请讲」"),
        # evidence of another rule or of another verdict is not this evidence
        (always("fail", (1, 0, 2), rule="test/other"), "实为（无）"),
        (always("fail", (1, 0, 2), verdict_of_spans="undetermined"), "实为（无）"),
        (FixedJudge(ExampleOutcome({})), "没有判定结果"),
    ],
)
def test_another_verdict_or_other_evidence_is_wrong_and_told(judge: FixedJudge, fragment: str) -> None:
    """Whatever differs is shown: both verdicts, or both quotes."""
    (result,) = run_examples(rulebook_of(example(SCRIPT, "fail")), judge)
    assert not result.ok
    assert fragment in result.message


def test_without_marks_only_the_verdict_counts() -> None:
    """A script that marks nothing says nothing about evidence."""
    (result,) = run_examples(rulebook_of(example("客服：您好", "fail")), always("fail", (0, 0, 2)))
    assert result.ok


@pytest.mark.parametrize(("kind", "verdict"), [("todo_pass", "pass"), ("todo_fail", "fail")])
def test_a_known_gap_must_still_be_wrong(kind: ExampleKind, verdict: str) -> None:
    """A gap with the wrong verdict or evidence is as recorded; one that came right is reported to be closed."""
    rulebook = rulebook_of(example(SCRIPT, kind))
    (wrong,) = run_examples(rulebook, always("undetermined"))
    (elsewhere,) = run_examples(rulebook, always(verdict, (0, 0, 1)))
    (closed,) = run_examples(rulebook, always(verdict, (1, 0, 2)))
    assert (wrong.ok, elsewhere.ok, closed.ok) == (True, True, False)
    assert (closed.expected, closed.message) == (verdict, f"已知的不足已经消失：请把 {kind} 改为 {verdict}")


def test_a_script_with_a_mistake_is_never_right() -> None:
    """Neither an ordinary example nor a known gap passes with a broken script, and an empty one is not judged."""
    judge = always("pass")
    broken = [example("客服：【您好", number=1), example("客服：【您好", "todo_fail", number=2), example("", number=3)]
    results = run_examples(rulebook_of(*broken), judge)
    assert [result.ok for result in results] == [False] * 3
    assert "「【」没有「】」" in results[0].message
    assert [call.call_id for call in judge.calls] == ["example:test/rule:1", "example:test/rule:2"]


def test_all_examples_are_judged_in_one_batch_and_told_in_order() -> None:
    """Results follow rules and examples, in the language asked for."""
    examples = [example(SCRIPT, "pass", 1), example(SCRIPT, "fail", 2), example(SCRIPT, "not_applicable", 3)]
    results = run_examples(rulebook_of(*examples), always("fail", (1, 0, 2)), lang="en")
    assert [(result.example.number, result.ok) for result in results] == [(1, False), (2, True), (3, False)]
    assert results[0].message == "should be pass, is fail"


def test_a_rulebook_without_examples_needs_no_judge() -> None:
    """Nothing to judge gives no results, and the judge is not asked."""
    judge = always("pass")
    assert run_examples(rulebook_of(), judge) == []
    assert judge.calls == []


def test_every_message_exists_in_both_languages() -> None:
    """The catalogue says the same things in Chinese and English."""
    assert MESSAGES["zh"].keys() == MESSAGES["en"].keys()
