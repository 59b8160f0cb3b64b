"""Sound rules that get in each other's way, or in their own: what `rules check` warns of, and what it refuses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from qa_analyzer.cli import app
from qa_analyzer.errors import RuleProblem
from qa_analyzer.examples import judge_examples
from qa_analyzer.resources import shipped
from qa_analyzer.rule_testing import awake, contradictions, judge_calls
from qa_analyzer.rulebook import Rule, Rulebook, load_rulebook
from qa_analyzer.rulebook.clashes import shared_phrases, swallowed_phrases

from ..engine.support import rubric, rule, verdict
from ..run.made import RUBRIC, RULES, write_rules

HERE: dict[str, Any] = {"by": "agent"}


def forbids(rule_id: str, *says: str, **keys: Any) -> Rule:
    return rule({"forbid": {**HERE, "says": list(says), **keys.pop("clause", {})}, **keys}, rule_id)


def requires(rule_id: str, *says: str, **keys: Any) -> Rule:
    return rule({"require": {**HERE, "says": list(says), **keys.pop("clause", {})}, **keys}, rule_id)


def shared(*rules: Rule, **changes: Any) -> list[str]:
    return [one.message for one in shared_phrases(Rulebook(rules, rubric(**changes), "", Path()))]


# ---- claimed twice ---------------------------------------------------------------------------------------------


def test_two_rules_that_forbid_the_same_wording_are_told_with_the_wording() -> None:
    (message,) = shared(forbids("a", "(不|没)知道", "别烦我"), forbids("b", "我…听", "不知道"))
    assert "a（a.yaml:0）" in message
    assert "「不知道」，共 1 种" in message


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        # the same in another writing
        ("不，知道", "(不知|没见)道", True),
        ("抱歉…(没有|不会)", "(抱歉|对不起)…没有", True),
        # not the same
        ("不知道", "我不知道", False),
        ("^喂", "喂", False),
        ("抱歉…没有", "抱歉……没有", False),
        ("抱歉…没有", "抱歉没有", False),
    ],
)
def test_wordings_are_compared_not_writings(first: str, second: str, told: bool) -> None:
    word = {"clause": {"word": True}}
    assert bool(shared(forbids("a", first, **word), forbids("b", second, **word))) == told


@pytest.mark.parametrize(
    ("first", "second"),
    [
        # another speaker, another place, another occasion, another kind of call
        (forbids("a", "不知道"), forbids("b", "不知道", clause={"by": "customer"})),
        (forbids("a", "不知道"), forbids("b", "不知道", clause={"in": {"first": 2}})),
        (forbids("a", "不知道"), forbids("b", "不知道", when={"by": "customer", "says": ["急"], "word": True})),
        (forbids("a", "不知道", applies_to=["complaint"]), forbids("b", "不知道", applies_to=["inquiry"])),
        # nobody asks
        (forbids("a", "不知道"), forbids("b", "不知道", status="off")),
    ],
)
def test_what_cannot_meet_is_no_clash(first: Rule, second: Rule) -> None:
    assert shared(first, second) == []


def test_what_the_rubric_groups_is_intended() -> None:
    pair = (forbids("a", "不知道"), forbids("b", "不知道"))
    assert shared(*pair) != []
    assert shared(*pair, groups=[{"rules": ["c", "b", "a"], "same": "turn"}]) == []
    assert shared(*pair, replaces=[{"rule": "a", "instead_of": ["b"]}]) == []
    assert shared(*pair, groups=[{"rules": ["a", "c"]}, {"rules": ["b", "c"]}]) != []


def test_requiring_what_another_rule_forbids_is_told_as_a_contradiction() -> None:
    (message,) = shared(forbids("a", "您好"), requires("b", "(您|你)好"))
    assert "一条要求说、一条不许说" in message


def test_requiring_the_same_is_told_and_excusing_the_same_is_not() -> None:
    alternatives = {"any": [{**HERE, "says": ["您好"]}, {**HERE, "says": ["再见"]}]}
    both = (rule({"require": alternatives}, "a"), rule({"require": alternatives}, "b"))
    assert shared(*both) == []
    assert shared(requires("a", "您好"), requires("b", "您好")) != []
    # but what one accepts and the other forbids is a contradiction
    assert "不许说" in shared(both[0], forbids("c", "再见"))[0]


def test_many_wordings_of_a_pair_are_one_warning_at_the_line_of_the_second(tmp_path: Path) -> None:
    other = RULES["language/rudeness"].replace("真啰嗦", "(真|太|好)啰嗦").replace("name: 不骂人", "name: 不嫌烦")
    folder = write_rules(tmp_path, RULES | {"language/weary": other})
    (problem,) = shared_phrases(load_rulebook(folder))
    line = next(at for at, row in enumerate(other.splitlines(), 1) if "烦死了" in row)
    assert (problem.path.name, problem.line) == ("weary.yaml", line)
    assert "rudeness.yaml" in problem.message
    assert "共 4 种" in problem.message


def test_wordings_of_phrases_with_many_gaps_are_counted_not_listed() -> None:
    """20⁵ wordings: who lists them all does not come back."""
    part = "(" + "|".join(f"甲{chr(0x4E00 + number)}" for number in range(20)) + ")"
    (message,) = shared(forbids("a", "…".join([part] * 5)), forbids("b", "…".join([part] * 5)))
    assert f"共 {20**5} 种" in message


# ---- swallowed -------------------------------------------------------------------------------------------------


def swallowed(says: list[str], unless: list[str], **more: Any) -> list[str]:
    clause = {**HERE, "says": says, **({"unless": unless} if unless else {}), **more}
    problems = swallowed_phrases(Rulebook((rule({"forbid": clause}, "a"),), rubric(), "", Path()))
    return [one.message.split("」")[0].split("「")[1] for one in problems]


@pytest.mark.parametrize(
    ("says", "unless", "gone"),
    [
        # swallowed
        (["我不知道", "不清楚"], ["不知道"], ["我不知道"]),
        (["(我|你)不知道"], ["我不", "不知"], ["(我|你)不知道"]),
        (["抱歉…没办法"], ["办法"], ["抱歉…没办法"]),
        (["抱歉…没有"], ["(抱歉|对不起)……没有"], ["抱歉…没有"]),
        (["^喂喂"], ["^喂"], ["^喂喂"]),
        (["挂了$"], ["挂了"], ["挂了$"]),
        # not swallowed
        (["不知道"], ["不知道您"], []),
        (["(我|你|)不知道"], ["我不", "你不"], []),
        (["喂喂"], ["^喂"], []),
        (["^挂了挂了$"], ["^挂了$"], []),
        (["挂了呀"], ["挂了$"], []),
        (["抱歉……没有"], ["抱歉…没有"], []),
        (["抱歉…没有"], ["抱歉没有"], []),
    ],
)
def test_a_phrase_whose_every_hit_is_excused_is_told(says: list[str], unless: list[str], gone: list[str]) -> None:
    assert swallowed(says, unless) == gone


def test_an_exception_in_the_same_turn_swallows_too_but_not_one_elsewhere_or_by_another() -> None:
    def beside(where: object, **more: str) -> list[str]:
        return swallowed(["我不知道"], [], unless_in=[{"in": where, "says": ["不知道"], **more}])

    assert beside("same_turn") == ["我不知道"]
    assert beside("same_turn", by="agent") == ["我不知道"]
    assert beside("same_turn", by="customer") == []
    assert beside({"next": 1}) == []


def test_whole_words_are_swallowed_only_by_themselves() -> None:
    assert swallowed(["知道"], ["知道"], word=True) == ["知道"]
    assert swallowed(["不知道"], ["知道"], word=True) == []


def test_triggers_and_what_must_follow_are_looked_at_too() -> None:
    gone = {"says": ["急死了"], "unless": ["急死"]}
    spec = {
        "when": {"by": "customer", **gone},
        "require": {**HERE, "says": ["您好"], "then": {"by": "customer", "in": {"next": 1}, **gone}},
    }
    assert len(swallowed_phrases(Rulebook((rule(spec, "a"),), rubric(), "", Path()))) == 2


LETTERS = st.sampled_from("甲乙丙")
LITERAL = st.text(LETTERS, min_size=2, max_size=3)
PHRASE = st.builds(
    lambda start, parts, gap, end: ("^" if start else "") + gap.join(parts) + ("$" if end else ""),
    st.booleans(),
    st.lists(st.one_of(LITERAL, st.builds("({}|{})".format, LITERAL, LITERAL)), min_size=1, max_size=2),
    st.sampled_from(["…", "……"]),
    st.booleans(),
)

EXCEPTION = st.one_of(
    PHRASE, st.builds("{}{}{}".format, st.sampled_from(["", "^"]), LETTERS, st.sampled_from(["", "$"]))
)


@settings(max_examples=200, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
@given(
    phrase=PHRASE, unless=st.lists(EXCEPTION, min_size=1, max_size=3), texts=st.lists(st.text("甲乙丙。", max_size=12))
)
def test_what_is_called_swallowed_never_fails_in_the_engine(phrase: str, unless: list[str], texts: list[str]) -> None:
    """The very engine that judges calls agrees, also on texts that hold the phrase itself."""
    assume(swallowed([phrase], unless))
    plain = phrase.strip("^$").replace("(", "").replace(")", "").split("|")[0].replace("…", "")
    for text in [plain, plain + "丙", "乙" + plain, *texts]:
        if text:
            spec = {"forbid": {**HERE, "says": [phrase], "unless": unless}}
            assert verdict(spec, f"A {text}", "C 丁") != "fail", text


# ---- examples that another rule contradicts --------------------------------------------------------------------


def told(rulebook: Rulebook) -> list[RuleProblem]:
    return contradictions(judge_examples(awake(rulebook), judge_calls), rulebook)


def with_greeting(folder: Path, example: str, rubric: str = RUBRIC, **changes: str) -> Rulebook:
    """The small rules, the greeting's pass example replaced, other texts of it changed."""
    text = RULES["courtesy/greeting"].replace("客服：【您好】，请讲。", example)
    rules = RULES | {"courtesy/greeting": text}
    for name, other in changes.items():
        rules[name.replace("__", "/")] = other
    return load_rulebook(write_rules(folder, rules, rubric))


def test_a_pass_example_with_a_critical_fault_of_another_rule_is_told(tmp_path: Path) -> None:
    rulebook = with_greeting(tmp_path, "客服：【您好】，蠢货。")
    (problem,) = told(rulebook)
    line = next(one.line for one in rulebook.rules[0].examples if one.kind == "pass")
    assert (problem.path.name, problem.line) == ("greeting.yaml", line)
    assert "language/rudeness" in problem.message
    assert "「蠢货」" in problem.message


def test_a_lesser_fault_beside_the_evidence_is_none_of_the_examples_business(tmp_path: Path) -> None:
    """Examples are a few lines: they greet nobody and end abruptly."""
    assert told(with_greeting(tmp_path, "客服：【您好】，真啰嗦。")) == []


def test_evidence_that_is_itself_a_fault_is_told(tmp_path: Path) -> None:
    rude = RULES["language/rudeness"].replace("真啰嗦]", "真啰嗦, 早上好]")
    rulebook = with_greeting(tmp_path, "客服：【早上好】。", language__rudeness=rude)
    assert ["language/rudeness" in problem.message for problem in told(rulebook)] == [True]


def test_groups_and_rules_that_are_off_contradict_nobody(tmp_path: Path) -> None:
    grouped = RUBRIC.replace("groups:", "groups:\n  - {rules: [courtesy/greeting, language/rudeness], same: call}")
    assert told(with_greeting(tmp_path / "a", "客服：【您好】，蠢货。", grouped)) == []
    off = RULES["language/rudeness"].replace("severity: major", "severity: major\nstatus: off")
    assert told(with_greeting(tmp_path / "b", "客服：【您好】，蠢货。", language__rudeness=off)) == []


# ---- the command -----------------------------------------------------------------------------------------------


def check(folder: Path, *more: str) -> Result:
    return CliRunner().invoke(app, ["rules", "check", "--rules", str(folder), *more], env={"COLUMNS": "200"})


@pytest.mark.parametrize(("lang", "word"), [("zh", "提醒："), ("en", "warning: ")])
def test_warnings_leave_the_exit_status_alone(tmp_path: Path, lang: str, word: str) -> None:
    folder = write_rules(tmp_path, RULES | {"language/again": RULES["language/rudeness"]})
    done = check(folder, "--lang", lang)
    assert done.exit_code == 0, done.output
    line = next(at for at, row in enumerate(RULES["language/rudeness"].splitlines(), 1) if "烦死了" in row)
    assert f"rudeness.yaml:{line}: {word}" in done.output
    assert ("1 处提醒" if lang == "zh" else "1 warnings") in done.output


def test_a_swallowed_phrase_is_an_error_with_its_line(tmp_path: Path) -> None:
    rude = RULES["language/rudeness"].replace("examples:", "  unless: [有病]\nexamples:")
    done = check(write_rules(tmp_path, RULES | {"language/rudeness": rude}))
    line = next(at for at, row in enumerate(rude.splitlines(), 1) if "你有病" in row)
    assert done.exit_code == 1
    assert f"rudeness.yaml:{line}: 短语「你有病」永远不算" in done.output
    assert "1 处错误" in done.output


def test_the_shipped_rules_have_no_phrase_that_never_counts() -> None:
    assert [str(one) for one in swallowed_phrases(load_rulebook(shipped("rules")))] == []
