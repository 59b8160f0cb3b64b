"""Example scripts of rules → calls and the evidence expected; held against what the judging says.

Knows how a script is written: dialogue lines, 【】 around the evidence, facts about the call.
Does not know how a call is judged: `run_examples` is given the judge.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple, Protocol

from qa_analyzer.errors import RuleProblem
from qa_analyzer.model import Call, Role, Utterance
from qa_analyzer.readers import dialogue
from qa_analyzer.rulebook.model import Rule, Rulebook, RuleExample
from qa_analyzer.wording.pairs import texts
from qa_analyzer.wording.rule_mistakes import EXAMPLES

OPEN, CLOSE = "【", "】"
_SPEAKER = {Role.AGENT: "客服", Role.CUSTOMER: "客户", Role.SYSTEM: "系统", Role.UNKNOWN: "？"}
KNOWN_GAPS = {"todo_pass": "pass", "todo_fail": "fail"}
Language = Literal["zh", "en"]

MESSAGES = texts(EXAMPLES)


class ExpectedEvidence(NamedTuple):
    """A span that must be reported: from `start` to `end`, code points of the text of one utterance of the call.

    Evidence that runs on into the next utterances of the same speaker counts on over the join: its `end` is larger
    than that utterance is long, as if the texts were joined with nothing.
    """

    utterance: int
    start: int
    end: int


class ScriptProblem(NamedTuple):
    """A mistake in a script; `line` is 1-based within the script, 0 for the whole of it."""

    line: int
    what: str | dialogue.DialogueProblem

    def text(self, lang: Language) -> str:
        """The message, in that language."""
        if isinstance(self.what, dialogue.DialogueProblem):
            reason = dialogue.MESSAGES[lang][self.what]
        else:
            reason = MESSAGES[lang][self.what]
        return MESSAGES[lang]["at_line"].format(line=self.line, reason=reason) if self.line else reason


@dataclass(frozen=True, slots=True)
class Script:
    """A script, read: what is said, the evidence marked, and what is wrong with the writing."""

    utterances: tuple[Utterance, ...]
    expected: tuple[ExpectedEvidence, ...]
    problems: tuple[ScriptProblem, ...]


@dataclass(frozen=True, slots=True)
class ExampleFinding:
    """One finding of the judging on an example call; `evidence` is None where the finding shows no words."""

    rule: str
    verdict: str
    evidence: ExpectedEvidence | None
    severity: str = ""


@dataclass(frozen=True, slots=True)
class ExampleOutcome:
    """What the judging says about one call: rule id → verdict, and the findings of all rules."""

    verdicts: Mapping[str, str]
    findings: tuple[ExampleFinding, ...] = ()


class Judge(Protocol):
    """Judges example calls: one outcome a call, in the order of the calls."""

    def __call__(self, calls: list[Call], rulebook: Rulebook) -> list[ExampleOutcome]:
        """Judge the calls by the rules and rubric of `rulebook`."""
        ...


@dataclass(frozen=True, slots=True)
class ExampleResult:
    """Whether one example came out as it says. `line` is that of the example in the rule file."""

    rule: Rule
    example: RuleExample
    line: int
    ok: bool
    expected: str
    got: str
    message: str


def read_script(text: str) -> Script:
    """Read a script. Marks are taken out of the text; what they enclosed becomes `expected`."""
    utterances: list[Utterance] = []
    expected: list[ExpectedEvidence] = []
    problems = _marks_before_labels(text)
    opened: tuple[int, int] | None = None  # utterance and position of an open mark
    opened_line = 0
    for line in dialogue.parse_dialogue(text):
        if line.problem:
            problems.append(ScriptProblem(line.line, line.problem))
        number = len(utterances)
        if opened and opened[0] < number and not _same_voice(utterances[opened[0]], line):
            problems.append(ScriptProblem(line.line, "across"))
            opened = None
        spoken = ""
        for char in line.text:
            if char == OPEN:
                if opened:
                    problems.append(ScriptProblem(line.line, "nested"))
                opened, opened_line = (number, len(spoken)), line.line
            elif char == CLOSE:
                if opened is None:
                    problems.append(ScriptProblem(line.line, "unopened"))
                    continue
                before = sum(len(one.text) for one in utterances[opened[0] :])
                mark = ExpectedEvidence(*opened, before + len(spoken))
                if mark.start == mark.end:
                    problems.append(ScriptProblem(line.line, "nothing_marked"))
                else:
                    expected.append(mark)
                opened = None
            else:
                spoken += char
        if line.text and spoken:
            utterances.append(Utterance(spoken, line.role, line.speaker, line.start_ms, line.end_ms))
    if opened:
        problems.append(ScriptProblem(opened_line, "unclosed"))
    if not utterances:
        problems.append(ScriptProblem(0, "empty"))
    return Script(tuple(utterances), tuple(expected), tuple(dict.fromkeys(problems)))


def _marks_before_labels(text: str) -> list[ScriptProblem]:
    """Elsewhere 【客户：喂】 is a way to write a label; here the bracket is a mark, and stands after the label."""
    return [
        ScriptProblem(number, "before_label")
        for number, row in enumerate(text.splitlines(), 1)
        if row.lstrip().startswith(OPEN) and _begins_with_label(row.lstrip().removeprefix(OPEN))
    ]


def _begins_with_label(text: str) -> bool:
    return any(line.label for line in dialogue.parse_dialogue(text)[:1])


def _same_voice(utterance: Utterance, line: dialogue.Line) -> bool:
    return (utterance.role, utterance.speaker) == (line.role, line.speaker)


def build_example(rule_id: str, example: RuleExample) -> tuple[Call, tuple[ExpectedEvidence, ...]]:
    """The call that an example describes, and the evidence it marks, in order."""
    script = read_script(example.text)
    facts = example.call
    call = Call(
        call_id=f"example:{rule_id}:{example.number}",
        utterances=script.utterances,
        started_at=facts.started_at,
        call_type=facts.call_type,
        hang_up=facts.hang_up,
        ended_ms=_ms(facts.ended),
        connected_ms=_ms(facts.connected),
    )
    return call, script.expected


def _ms(seconds: float | None) -> int | None:
    return None if seconds is None else round(seconds * 1000)


def script_problems(rulebook: Rulebook, *, lang: Language = "zh") -> list[RuleProblem]:
    """What is wrong with the writing of all scripts, at the line of each example."""
    return [
        RuleProblem(rule.path, example.line, problem.text(lang))
        for rule in rulebook.rules
        for example in rule.examples
        for problem in read_script(example.text).problems
    ]


@dataclass(frozen=True, slots=True)
class JudgedExample:
    """An example and what all rules say about its call; None where nothing is said in it."""

    rule: Rule
    example: RuleExample
    outcome: ExampleOutcome | None


def judge_examples(rulebook: Rulebook, judge: Judge, *, only: Collection[str] | None = None) -> list[JudgedExample]:
    """Judge every example of every rule in one batch, in order of rules and examples.

    `only`: the ids of the rules whose examples count; they are judged by all rules even so.
    """
    rules = [rule for rule in rulebook.rules if only is None or rule.id in only]
    pairs = [(rule, example) for rule in rules for example in rule.examples]
    calls = [build_example(rule.id, example)[0] for rule, example in pairs]
    judged = [call for call in calls if call.utterances]
    outcomes = dict(zip((call.call_id for call in judged), judge(judged, rulebook), strict=True)) if judged else {}
    return [
        JudgedExample(rule, example, outcomes.get(call.call_id))
        for (rule, example), call in zip(pairs, calls, strict=True)
    ]


def run_examples(
    rulebook: Rulebook, judge: Judge, *, lang: Language = "zh", only: Collection[str] | None = None
) -> list[ExampleResult]:
    """Judge examples; one result an example."""
    return [example_result(one, lang=lang) for one in judge_examples(rulebook, judge, only=only)]


def example_result(judged: JudgedExample, *, lang: Language = "zh") -> ExampleResult:
    """Whether an example came out as it says.

    An example is right if the rule's verdict is the one it names, and, where it marks evidence, the findings with that
    verdict show exactly the marked spans. A known gap (`todo_…`) must be wrong: if it is right it is reported, so that
    it becomes an ordinary example. A script with a mistake is never right.
    """
    return _result(judged.rule, judged.example, judged.outcome, lang)


def _result(rule: Rule, example: RuleExample, outcome: ExampleOutcome | None, lang: Language) -> ExampleResult:
    verdict = KNOWN_GAPS.get(example.kind, example.kind)
    got = outcome.verdicts.get(rule.id, "") if outcome else ""
    result = ExampleResult(rule, example, example.line, False, verdict, got, "")
    words = MESSAGES[lang]
    script = read_script(example.text)
    if script.problems:
        return replace(result, message="; ".join(problem.text(lang) for problem in script.problems))
    if outcome is None or not got:
        return replace(result, message=words["not_judged"])
    mistake = _mistake(rule, script, verdict, got, outcome, words)
    if example.kind not in KNOWN_GAPS:
        return replace(result, ok=not mistake, message=mistake)
    if mistake:
        return replace(result, ok=True, message=mistake)
    return replace(result, message=words["gap_closed"].format(kind=example.kind, verdict=verdict))


def _mistake(
    rule: Rule, script: Script, verdict: str, got: str, outcome: ExampleOutcome, words: Mapping[str, str]
) -> str:
    if got != verdict:
        return words["verdict"].format(expected=verdict, got=got)
    shown = {
        finding.evidence
        for finding in outcome.findings
        if finding.rule == rule.id and finding.verdict == verdict and finding.evidence is not None
    }
    if not script.expected or shown == set(script.expected):
        return ""
    expected = _quoted(script, sorted(script.expected)) or words["none"]
    return words["evidence"].format(
        verdict=verdict, expected=expected, got=_quoted(script, sorted(shown)) or words["none"]
    )


def _quoted(script: Script, spans: list[ExpectedEvidence]) -> str:
    """`客服[1]「抱歉」`: the speaker, the utterance's index, the words."""
    return "、".join(
        f"{_SPEAKER[script.utterances[span.utterance].role]}[{span.utterance}]「{_words(script, span)}」"
        for span in spans
    )


def _words(script: Script, span: ExpectedEvidence) -> str:
    return "".join(one.text for one in script.utterances[span.utterance :])[span.start : span.end]
