"""Loading rules: what is accepted, and where and how each mistake is reported.

In the bad files of this module the comment `#!` marks the line that must be reported.
"""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_analyzer.errors import RuleProblem, RulesError
from qa_analyzer.rulebook import Rulebook, load_rulebook, read_rulebook
from qa_analyzer.rulebook.checking import KnownNames
from qa_analyzer.rulebook.loading import check_rubric, check_rule
from qa_analyzer.rulebook.messages import MESSAGES, Language
from qa_analyzer.rulebook.schema import AnyOf, Category, Clause, Severity, Status

RUBRIC = textwrap.dedent("""\
    name: 测试标准
    criteria:
      courtesy: {name: 礼貌, weight: 60, en: Courtesy}
      patience: {name: 耐心, weight: 40, en: Patience}
    deductions: {minor: 2, major: 5}
    grades:
      - {grade: 优, from: 90}
      - {grade: 待改进, from: 0}
    thresholds: {overlap_s: 2.0, silence_s: 8}
    phrases: {backchannel: [嗯, 对, 好的]}
    """)

HEAD = textwrap.dedent("""\
    name: 接通先问好
    why: 客户先听到一声问候。
    source: [T01]
    criterion: courtesy
    severity: minor
    message: 第一句没有问好
    suggest: 您好，很高兴为您服务。
    """)

EXAMPLES = textwrap.dedent("""\
    examples:
      - pass: |
          客服：【您好】，这里是服务热线。
      - fail: |
          客服：【什么事】
    """)

UNDETERMINED = "  - undetermined: '客服：什么事'\n"
BODY = "require: {by: agent, in: first_turn, says: [您好, 早上好]}\n"
GOOD = HEAD + BODY + EXAMPLES


def write(folder: Path, **files: str) -> Path:
    """Write `rubric.yaml` and rule files named by keyword (`a__b` is a/b.yaml)."""
    for name, text in {"rubric": RUBRIC, **files}.items():
        path = folder / (name.replace("__", "/") + ".yaml")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def problems_of(folder: Path, lang: Language = "zh") -> list[RuleProblem]:
    """All problems of a folder."""
    return read_rulebook(folder, lang=lang)[1]


def problems_in(tmp_path: Path, rule: str, lang: Language = "zh") -> list[RuleProblem]:
    """The problems of a folder with this one rule and a sound rubric."""
    return problems_of(write(tmp_path, greeting=rule), lang)


def marked(text: str) -> list[int]:
    """The 1-based lines that carry `#!`."""
    return [number for number, row in enumerate(text.splitlines(), 1) if "#!" in row]


def rule_with(body: str, *, head: str = HEAD, examples: str = EXAMPLES) -> str:
    """A rule file with this body between a sound head and sound examples."""
    return head + textwrap.dedent(body).strip("\n") + "\n" + examples


def assert_reported(tmp_path: Path, text: str, *fragments: str) -> None:
    """Exactly the marked line is reported, once, shown as written, with all fragments in the message."""
    (line,) = marked(text)
    problems = problems_in(tmp_path, text)
    assert [problem.line for problem in problems] == [line], problems
    assert problems[0].path == tmp_path / "greeting.yaml"
    assert problems[0].source_line == text.splitlines()[line - 1].rstrip()
    for fragment in fragments:
        assert fragment in problems[0].message


# ---- what is accepted ------------------------------------------------------------------------------------------


def test_a_sound_rule_loads_with_id_examples_and_lines(tmp_path: Path) -> None:
    """A sound file becomes a rule whose id is its path and whose examples know their lines."""
    rulebook = load_rulebook(write(tmp_path, opening__greeting=GOOD))
    (rule,) = rulebook.rules
    assert rule.id == "opening/greeting"
    assert rule.spec.severity is Severity.MINOR
    assert rule.spec.status is Status.ACTIVE
    assert [(one.kind, one.line, one.number) for one in rule.examples] == [("pass", 10, 1), ("fail", 12, 2)]
    assert rule.examples[0].text == "客服：【您好】，这里是服务热线。\n"
    assert rule.lines["require", 0, "says", 1] == 8
    assert rule.line_of(("severity", "nothing", 3)) == 5
    assert rulebook.rubric.thresholds["silence_s"] == 8.0
    assert rulebook.folder == tmp_path


def test_every_short_and_long_form_of_a_clause_is_accepted(tmp_path: Path) -> None:
    """Single items stand for lists, words for scopes, and `says` holds lists or categories."""
    text = rule_with(
        """
        status: off
        needs: timestamps
        applies_to: [complaint, callback]
        en: {name: Greeting, message: "no {match}"}
        when:
          - {by: customer, says: [请问], call: {complaint: true, call_type: complaint}}
          - {silence: silence_s, announced: false}
        require:
          any:
            - {by: agent, in: {next: 2, phase: opening}, says: [您好], unless: 您好像}
            - {by: agent, in: same_turn, says: [喂], word: true}
        forbid:
          - by: agent
            says:
              冷淡: [什么事]
              生硬: {says: 快讲, severity: major}
            unless_in: {in: same_turn, says: 不好意思}
            then: {by: customer, in: {next: 1}, says: [你什么态度]}
            message: 用语{category}：{match}
          - {by: agent, interrupts: {overlap: overlap_s, characters: 4}, severity: critical}
        """,
        examples=EXAMPLES + UNDETERMINED,
    )
    rule = load_rulebook(write(tmp_path, greeting=text)).rules[0]
    assert rule.spec.status is Status.OFF
    assert rule.spec.needs == ["timestamps"]
    assert rule.spec.require is not None
    assert isinstance(rule.spec.require[0], AnyOf)
    assert rule.spec.require[0].any[1].in_ is not None
    assert rule.spec.require[0].any[1].in_.same_turn
    forbid = rule.spec.forbid
    assert forbid is not None
    assert isinstance(forbid[0], Clause)
    assert isinstance(forbid[0].says, dict)
    assert isinstance(forbid[0].says["生硬"], Category)
    assert forbid[0].says["生硬"].says == ["快讲"]


def test_an_example_may_carry_facts_about_the_call(tmp_path: Path) -> None:
    """An example written as text and call keeps both."""
    text = HEAD + BODY + EXAMPLES + "  - not_applicable: {text: '客户：喂', call: {hang_up: agent, ended: 12.5}}\n"
    example = load_rulebook(write(tmp_path, greeting=text)).rules[0].examples[2]
    assert (example.kind, example.text, example.line) == ("not_applicable", "客户：喂", 14)
    assert (example.call.hang_up, example.call.ended) == ("agent", 12.5)


def test_anchors_and_merged_keys_are_allowed(tmp_path: Path) -> None:
    """A phrase list may be anchored and used again, and keys may be merged."""
    text = rule_with("""
        require:
          - &polite {by: agent, in: first_turn, says: &hello [您好, 早上好]}
          - {<<: *polite, in: {last: 1}}
          - {by: agent, says: *hello}
        """)
    clauses = load_rulebook(write(tmp_path, greeting=text)).rules[0].spec.require
    assert clauses is not None
    assert [one.says for one in clauses if isinstance(one, Clause)] == [["您好", "早上好"]] * 3


def test_rules_are_sorted_by_id_and_other_files_are_ignored(tmp_path: Path) -> None:
    """Rules come by id from .yaml and .yml, never from other suffixes, hidden files or frameworks/."""
    steps = "stages: [{name: 甲, en: A, phase: opening}, {name: 乙, en: B, audible: false}]"
    framework = f"name: 法\nen: Way\nwhy: 因。\nsource: [T01]\n{steps}\n"
    write(tmp_path, z=GOOD, b__two=GOOD, frameworks__three=framework)
    (tmp_path / "b" / "one.yml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "notes.txt").write_text("name: ", encoding="utf-8")
    (tmp_path / ".draft.yaml").write_text("name: ", encoding="utf-8")
    assert [rule.id for rule in load_rulebook(tmp_path).rules] == ["b/one", "b/two", "z"]


def test_a_byte_order_mark_and_windows_line_ends_are_accepted_and_change_no_line(tmp_path: Path) -> None:
    """A file saved by a Windows editor loads, with the same line numbers."""
    write(tmp_path, greeting=GOOD)
    (tmp_path / "greeting.yaml").write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    assert [one.line for one in load_rulebook(tmp_path).rules[0].examples] == [10, 12]


def hash_of(folder: Path) -> str:
    """The hash of a sound folder."""
    return load_rulebook(folder).hash


def test_the_hash_is_that_of_the_content(tmp_path: Path) -> None:
    """Folder, line ends, byte order mark and suffix do not change the hash."""
    first = write(tmp_path / "one", a__greeting=GOOD)
    second = write(tmp_path / "two", a__greeting=GOOD)
    (second / "rubric.yaml").write_bytes(RUBRIC.replace("\n", "\r\n").encode())
    (second / "a" / "greeting.yaml").rename(second / "a" / "greeting.yml")
    assert hash_of(first) == hash_of(second)


def test_the_hash_changes_with_a_rule_an_id_or_the_rubric(tmp_path: Path) -> None:
    """A changed phrase, a renamed rule and a changed weight each give another hash."""
    folders = [
        write(tmp_path / "one", greeting=GOOD),
        write(tmp_path / "two", greeting=GOOD.replace("早上好", "下午好")),
        write(tmp_path / "three", hello=GOOD),
        write(tmp_path / "four", greeting=GOOD, rubric=RUBRIC.replace("weight: 60", "weight: 50")),
    ]
    assert len({hash_of(folder) for folder in folders}) == 4


def test_a_folder_without_a_rubric_uses_the_given_one(tmp_path: Path) -> None:
    """Without rubric.yaml the shipped rubric counts, and rules that only it knows are no problem."""
    shipped = tmp_path / "shipped.yaml"
    shipped.write_text(RUBRIC + "rules: {elsewhere/rule: {deduction: 1}}\n", encoding="utf-8")
    folder = write(tmp_path / "own", greeting=GOOD)
    (folder / "rubric.yaml").unlink()
    rulebook: Rulebook = load_rulebook(folder, shipped_rubric=shipped)
    assert rulebook.rubric.name == "测试标准"


# ---- files -----------------------------------------------------------------------------------------------------


def test_all_problems_of_all_files_are_reported_in_order(tmp_path: Path) -> None:
    """Two mistakes in each of two rules and one in the rubric are five problems, by path and line."""
    bad = GOOD.replace("severity: minor", "severity: small").replace("criterion", "criterium")
    folder = write(tmp_path, one=bad, two=bad, rubric=RUBRIC.replace("from: 90", "from: high"))
    with pytest.raises(RulesError) as caught:
        load_rulebook(folder)
    found = [(problem.path.name, problem.line) for problem in caught.value.problems]
    assert found == [("one.yaml", 4), ("one.yaml", 5), ("rubric.yaml", 7), ("two.yaml", 4), ("two.yaml", 5)]
    assert f"{folder / 'one.yaml'}:4: " in str(caught.value)


def test_mistakes_of_meaning_show_beside_mistakes_of_shape(tmp_path: Path) -> None:
    """An unknown key does not hide a bad phrase, nor does it make its rule complain of what it left out."""
    text = rule_with("""
        require:
          - {by: agent, sayz: [您好]}        #!
          - {by: agent, says: ["(您好"]}     #!
        """)
    problems = problems_in(tmp_path, text)
    assert [problem.line for problem in problems] == marked(text)


def test_a_missing_folder_and_a_folder_without_rules_are_problems(tmp_path: Path) -> None:
    """Nothing to load is a problem of the folder."""
    assert "没有这个规则文件夹" in problems_of(tmp_path / "nowhere")[0].message
    (problem,) = problems_of(write(tmp_path))
    assert (problem.path, problem.line) == (tmp_path, 0)
    assert "没有规则" in problem.message


def test_a_rule_in_two_files_is_a_problem(tmp_path: Path) -> None:
    """a.yaml and a.yml have one id and cannot both count; nor can two rubrics."""
    write(tmp_path, greeting=GOOD)
    (tmp_path / "greeting.yml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "rubric.yml").write_text(RUBRIC, encoding="utf-8")
    problems = problems_of(tmp_path)
    assert [problem.path.name for problem in problems] == ["greeting.yml", "rubric.yml"]


def test_an_unreadable_file_is_a_problem(tmp_path: Path) -> None:
    """A link to nowhere is reported, not skipped."""
    write(tmp_path, greeting=GOOD)
    (tmp_path / "gone.yaml").symlink_to(tmp_path / "nowhere.yaml")
    (problem,) = problems_of(tmp_path)
    assert problem.path.name == "gone.yaml"
    assert "无法读取" in problem.message


def test_a_file_in_another_encoding_is_reported_with_its_line(tmp_path: Path) -> None:
    """GBK is named as not UTF-8, at the first line that shows it."""
    write(tmp_path, greeting=GOOD)
    (tmp_path / "greeting.yaml").write_bytes(b"# plain\n" + GOOD.encode("gbk"))
    (problem,) = problems_of(tmp_path)
    assert problem.line == 2
    assert "UTF-8" in problem.message


# ---- YAML ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "line", "fragment"),
    [
        ("", 0, "空的"),
        ("# only a comment\n", 0, "空的"),
        ("name: 问好\nrequire:\n\tby: agent\n", 3, "制表符"),
        ("name: 问好\nsays: [您好\nwhy: 好\n", 3, "YAML"),
        ("name: 问好\n---\nname: 再见\n", 2, "YAML"),
        ("name: 问好\nwhy: \x07\n", 2, "U+0007"),
        ("name: 问好\nwhy：礼貌\nsource: T01\n", 2, "全角"),
        ("name：问好\n", 1, "全角"),
        ("name: *nobody\n", 1, "YAML"),
    ],
)
def test_broken_yaml_is_reported_where_it_breaks(tmp_path: Path, text: str, line: int, fragment: str) -> None:
    """Syntax errors carry the line, and say it in words where the cause is known."""
    (problem,) = problems_in(tmp_path, text)
    assert problem.line == line
    assert fragment in problem.message


def test_a_file_that_is_no_mapping_is_one_problem(tmp_path: Path) -> None:
    """A list at the top of a rule gives one clear problem."""
    (problem,) = problems_in(tmp_path, "- name: 问好\n")
    assert (problem.line, problem.message) == (1, "「文件」应为「键: 值」的映射")


@pytest.mark.parametrize("body", ["require: &a [*a]\n", "require: &a {then: *a}\n", "require: &a {<<: *a}\n"])
def test_an_anchor_inside_itself_is_reported(tmp_path: Path, body: str) -> None:
    """A value that contains itself ends in a problem, not in a crash."""
    assert problems_in(tmp_path, HEAD + body + EXAMPLES)


def test_anchors_that_unfold_without_end_are_reported(tmp_path: Path) -> None:
    """A file that unfolds to millions of values is refused early."""
    says = ", ".join(["您好"] * 100)
    neighbours = ", ".join(["*neighbour"] * 99)
    clauses = ", ".join(["*clause"] * 99)
    neighbour = f"&neighbour {{in: same_turn, says: [{says}]}}"
    clause = f"&clause {{by: agent, says: [早上好], unless_in: [{neighbour}, {neighbours}]}}"
    (problem,) = problems_in(tmp_path, HEAD + f"forbid: [{clause}, {clauses}]\n" + EXAMPLES)
    assert (problem.line, problem.message) == (8, "文件太大，或锚点展开后太大")


def test_a_yaml_tag_is_reported(tmp_path: Path) -> None:
    """Nothing but plain values is read: a tag is refused at its line."""
    assert_reported(tmp_path, GOOD.replace("name: 接通先问好", "name: !!binary aGk= #!"), "标签")


# ---- shape -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "fragments"),
    [
        ("requires: {by: agent, says: [您好]}  #!", ["「requires」", "forbid", "measure", "是不是「require」"]),
        ("require: {by: agent, say: [您好]}  #!", ["「say」", "unless_in", "是不是「says」"]),
        ("require:\n  by: agent\n  says: [您好]\n  unles: [您好像]  #!", ["「unles」", "是不是「unless」"]),
        ("require:\n  any:\n    - {by: agent, says: [您好]}\n  by: agent  #!", ["「by」", "any"]),
        ("require: {by: agent, says: [您好], in: {nxt: 1}}  #!", ["「nxt」", "previous", "是不是「next」"]),
        ("require: {by: agent, says: {甲: {say: [您好]}}}  #!", ["「say」", "severity", "是不是「says」"]),
        ("require: {by: agent, says: [您好], by：agent}  #!", ["全角"]),
        ("require: {by: agent, says: [您好]}\nen: {name: Hi, wyh: x}  #!", ["「wyh」", "是不是「why」"]),
    ],
)
def test_an_unknown_key_shows_the_legal_ones_and_the_likely_one(
    tmp_path: Path, body: str, fragments: list[str]
) -> None:
    """An unknown key is reported at its line, with the keys that are legal there and the nearest."""
    assert_reported(tmp_path, rule_with(body), *fragments)


def test_a_duplicate_key_is_reported_at_its_second_place(tmp_path: Path) -> None:
    """A key written twice is an error that names the first line."""
    text = rule_with("require:\n  by: agent\n  says: [您好]\n  by: customer  #!")
    assert_reported(tmp_path, text, "「by」重复", "第 9 行")


@pytest.mark.parametrize("key", ["name", "why", "source", "criterion", "severity", "message", "suggest"])
def test_each_required_key_is_missed(tmp_path: Path, key: str) -> None:
    """A rule without one of its required keys is reported at its beginning."""
    text = "".join(row for row in GOOD.splitlines(keepends=True) if not row.startswith(key + ":"))
    (problem,) = problems_in(tmp_path, text)
    assert (problem.line, problem.message) == (1, f"缺少键「{key}」")


def test_a_key_missing_further_inside_is_reported_there(tmp_path: Path) -> None:
    """A neighbour without `says` is reported at its own line."""
    text = rule_with("require:\n  by: agent\n  says: [您好]\n  unless_in:\n    - in: same_turn  #!")
    assert_reported(tmp_path, text, "缺少键「says」")


@pytest.mark.parametrize(
    ("body", "value", "kind"),
    [
        ("require: {by: agent, says: [您好, no]}  #!", "no", "真假值"),
        ("require: {by: agent, says: [您好, 12315]}  #!", "12315", "数字"),
        ("require: {by: agent, says: [您好, 1.5]}  #!", "1.5", "数字"),
        ("require: {by: agent, says: [您好, 2026-11-11]}  #!", "2026-11-11", "日期"),
        ("require: {by: agent, says: {12315: [您好]}}  #!", "12315", "数字"),
        ("require: {by: agent, says: [您好], in: {clock: [9:30, '12:00']}}  #!", "9:30", "数字"),
        ("require:\n  by: agent\n  says:\n    - 您好\n    - yes  #!", "yes", "真假值"),
        ("require: {by: agent, says: [您好], unless: 12345}  #!", "12345", "数字"),
    ],
)
def test_a_text_that_yaml_read_as_something_else_must_be_quoted(
    tmp_path: Path, body: str, value: str, kind: str
) -> None:
    """Numbers, truth values and dates among texts are errors that show the quoted form."""
    assert_reported(tmp_path, rule_with(body), kind, "请加引号", f'"{value}"')


@pytest.mark.parametrize(
    ("body", "key"),
    [
        ("require: {by: agent, says: [您好, ~]}  #!", "says"),
        ("require: {by: agent, says: }  #!", "says"),
        ("when:  #!\nrequire: {by: agent, says: [您好]}", "when"),
        ("require: {by: agent, says: [您好], in: }  #!", "in"),
    ],
)
def test_a_key_without_a_value_is_reported(tmp_path: Path, body: str, key: str) -> None:
    """An empty value is an error of its own, not an absent key."""
    assert_reported(tmp_path, rule_with(body), f"「{key}」没有值")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (
            "require: {by: agent, says: 您好}  #!",
            "「says」应为列表，如 [抱歉, 对不起]，或「类别: [短语]」的映射",
        ),
        ("require: {by: agent, says: [[您好]]}  #!", "「says」应为文字"),
        ("require: 您好  #!", "「require」应为「键: 值」的映射"),
        ("require: [您好]  #!", "「require」应为「键: 值」的映射"),
        ("require: {by: agent, says: {甲: 您好}}  #!", "「甲」应为短语列表，或含 says 的映射"),
        ("require: {by: agent, says: [您好], word: 1}  #!", "「word」应为true 或 false"),
        ("require: {by: agent, says: [您好], in_a_row: 2.5}  #!", "「in_a_row」应为整数"),
        ("require: {by: agent, says: [您好], in: {last: two}}  #!", "「last」应为整数"),
        ("require: {by: agent, says: [您好], in: [first_turn]}  #!", "「in」应为「键: 值」的映射"),
        ("require: {by: agent, hangs_up: {sooner_than: true}}  #!", "「sooner_than」应为数字或阈值的键"),
        ("require: {by: agent, hangs_up: {sooner_than: .inf}}  #!", "「sooner_than」应为有限的数字"),
        (
            "when: {longer_than: 2.5}  #!\nrequire: {by: agent, says: [您好]}",
            "「longer_than」应为整数或阈值的键",
        ),
    ],
)
def test_a_wrong_type_gives_one_message(tmp_path: Path, body: str, message: str) -> None:
    """A value of the wrong type gives one message that says what it should be, also where several forms are legal."""
    text = rule_with(body)
    assert_reported(tmp_path, text)
    assert problems_in(tmp_path, text)[0].message == message


@pytest.mark.parametrize(
    ("body", "fragments"),
    [
        ("require: {by: agnet, says: [您好]}  #!", ["「agnet」", "customer", "是不是「agent」"]),
        ("require: {by: agent, says: [您好], in: first_trun}  #!", ["same_turn", "是不是「first_turn」"]),
        ("require: {by: agent, says: [您好], in: {phase: opning}}  #!", ["closing", "是不是「opening」"]),
        ("require: {by: agent, says: [您好], severity: no}  #!", ["「no」", "critical"]),
        ("require: {by: agent, says: [您好]}\nneeds: [timestamp]  #!", ["roles", "是不是「timestamps」"]),
        ("require: {by: agent, hangs_up: {before: goodbye}}  #!", ["farewell"]),
    ],
)
def test_a_word_that_is_not_legal_shows_the_legal_ones(tmp_path: Path, body: str, fragments: list[str]) -> None:
    """A wrong code word is reported with the legal words and the nearest."""
    assert_reported(tmp_path, rule_with(body, examples=EXAMPLES + UNDETERMINED), *fragments)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("require: {by: agent, says: []}  #!", "「says」至少要有 1 项"),
        ("require: []  #!", "「require」至少要有 1 项"),
        ("require: {by: agent, says: [您好], in: {last: 0}}  #!", "「last」不能小于 1"),
        ("require: {by: agent, says: [您好], in_a_row: 1}  #!", "「in_a_row」不能小于 2"),
        ("require: {by: agent, says: [您好], in: {clock: ['8:30']}}  #!", "「clock」至少要有 2 项"),
        ("require: {by: agent, says: [您好], in: {clock: ['8:30', '9:00', '9:30']}}  #!", "「clock」至多有 2 项"),
        ("require: {by: agent, says: [您好], message: ' '}  #!", "「message」是空的"),
    ],
)
def test_bounds_are_kept(tmp_path: Path, body: str, message: str) -> None:
    """Too few, too many, too small and blank values are errors."""
    text = rule_with(body)
    assert_reported(tmp_path, text)
    assert problems_in(tmp_path, text)[0].message == message


# ---- phrases ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        "require: {by: agent, says: [您好, 喂]}  #!",
        "require: {by: agent, says: {甲: {says: 喂}}}  #!",
        "require: {by: agent, says: [您好, '喂，']}  #!",
        "require: {by: agent, says: [您好], unless: 好}  #!",
        "when: {by: customer, says: [喂]}  #!\nrequire: {by: agent, says: [您好]}",
        "require:\n  by: agent\n  says: [您好]\n  unless_in: {in: same_turn, says: [哎]}  #!",
        "require:\n  by: agent\n  says: [您好]\n  then: {in: same_turn, says: [哎]}  #!",
    ],
)
def test_a_phrase_of_one_character_needs_word(tmp_path: Path, body: str) -> None:
    """A single character is an error wherever phrases stand, unless its clause says `word: true`."""
    assert_reported(tmp_path, rule_with(body), "只有一个字", "word: true")


def test_word_allows_single_characters_in_its_clause_only(tmp_path: Path) -> None:
    """`word: true` covers its own clause, not the one after it."""
    text = rule_with("""
        forbid:
          - {by: agent, says: [喂], word: true}
          - {by: agent, says: [哎]}  #!
        """)
    assert_reported(tmp_path, text, "「哎」")


@pytest.mark.parametrize("phrase", ["", "…", "，", " 、", "您好…", "……抱歉", "…，…", "(|)"])
def test_a_phrase_that_can_match_nothing_is_reported(tmp_path: Path, phrase: str) -> None:
    """A phrase of blind characters and gaps, or with nothing beside its gap, is an error."""
    assert_reported(tmp_path, rule_with(f"require: {{by: agent, says: [您好, '{phrase}']}}  #!"), "短语")


@pytest.mark.parametrize("phrase", ["(您好", "您好)", "您|好", "您.*好", "您[好]"])
def test_a_mistake_in_phrase_notation_is_reported(tmp_path: Path, phrase: str) -> None:
    """Open brackets and the notation of regular expressions are errors that show the phrase."""
    assert_reported(tmp_path, rule_with(f"forbid: {{by: agent, says: ['{phrase}']}}  #!"), f"「{phrase}」")


@pytest.mark.parametrize(
    ("says", "unless"),
    [
        # contains the phrase, is contained in it
        ("抱歉", "抱歉打扰"),
        ("实在抱歉", "抱歉"),
        # begins where the phrase ends, ends where it begins
        ("不知道", "道理"),
        ("知道了", "我不知"),
        # shares one part beside a gap
        ("抱歉", "抱歉…没有这回事"),
        ("请…稍候", "稍候再拨"),
        # by one alternative of several
        ("(麻烦|劳驾)您", "劳驾您先"),
        # traditional and full-width forms of the same text
        ("没关系", "沒關係嗎"),
    ],
)
def test_an_unless_that_can_overlap_is_accepted(tmp_path: Path, says: str, unless: str) -> None:
    """An exception that shares text with a phrase of its clause is sound."""
    assert not problems_in(tmp_path, rule_with(f"forbid: {{by: agent, says: ['{says}'], unless: ['{unless}']}}"))


@pytest.mark.parametrize(
    ("says", "unless"),
    [
        ("抱歉", "谢谢"),
        ("抱歉", "谢谢…配合"),
        # common characters, but never in a place where both fit
        ("我不知道", "不知情况"),
    ],
)
def test_an_unless_that_can_overlap_nothing_is_reported(tmp_path: Path, says: str, unless: str) -> None:
    """An exception that shares no text with any phrase of its clause never has an effect and is an error."""
    text = rule_with(f"forbid:\n  by: agent\n  says: ['{says}']\n  unless: ['{says}了', '{unless}']  #!")
    assert_reported(tmp_path, text, f"「{unless}」", "不可能重叠")


def test_unless_is_held_against_its_own_clause_only(tmp_path: Path) -> None:
    """A phrase of the neighbouring clause does not make an exception sound."""
    text = rule_with("""
        forbid:
          - {by: agent, says: [谢谢]}
          - {by: agent, says: [抱歉], unless: [谢谢您]}  #!
        """)
    assert_reported(tmp_path, text, "「谢谢您」")


# ---- meaning ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "fragment"),
    [
        ("require: {by: agent}  #!", "「require」没有写要找什么"),
        ("forbid: {by: agent, in: first_turn}  #!", "「forbid」没有写要找什么"),
        ("require: {any: [{by: agent}]}  #!", "没有写要找什么"),
        ("require: {by: agent, says: [您好], then: {in: same_turn}}  #!", "「then」没有写要找什么"),
        ("forbid: {by: agent, hangs_up: {}}  #!", "「hangs_up」没有写要找什么"),
        ("when: {word: false}  #!\nrequire: {by: agent, says: [您好]}", "「when」没有写要找什么"),
        ("forbid: {by: agent, feels: angry, unless: [您好]}  #!", "「unless」要与 says 同用"),
        ("when: {by: customer, announced: true}  #!\nrequire: {by: agent, says: [您好]}", "「announced」"),
        ("measure: {figure: silence_s}  #!", "at_most 或 at_least"),
        ("measure: {figure: silence_s, at_most: 3}  #!\nforbid: {by: agent, says: [您好]}", "不能与 forbid 同用"),
        ("measure: {figure: silence_s, at_most: 3}  #!\nwhen: {by: customer}", "不能与 when 同用"),
        ("measure: {figure: said_chars_per_min, at_most: 3}  #!", "要数词语"),
        ("measure: {figure: silence_s, at_most: 3, of: {says: [您好]}}  #!", "不数词语"),
        ("measure: {figure: said_chars_per_min, at_most: 3, of: {by: agent}}  #!", "of"),
        ("measure: {figure: said_chars_per_min, at_most: 3, of: {says: [您好], in: {first: 2}}}  #!", "不能写 in"),
        ("measure: {figure: said_chars_per_min, at_most: 3, of: {says: [好]}}  #!", "word: true"),
    ],
)
def test_a_clause_must_look_for_something(tmp_path: Path, body: str, fragment: str) -> None:
    """Clauses, triggers and measures that judge nothing, and keys without effect, are errors."""
    assert_reported(tmp_path, rule_with(body), fragment)


def test_a_rule_must_judge_something(tmp_path: Path) -> None:
    """A rule with none of require, forbid and measure is reported at its beginning."""
    (problem,) = problems_in(tmp_path, HEAD + EXAMPLES)
    assert problem.line == 1
    assert "require、forbid、measure" in problem.message


@pytest.mark.parametrize("scope", ["same_turn", "{next: 1}", "{previous: 2}"])
def test_a_relative_scope_needs_an_occasion(tmp_path: Path, scope: str) -> None:
    """same_turn, next and previous are errors in a rule without `when`, and inside `when` itself."""
    plain = rule_with(f"require: {{by: agent, says: [您好], in: {scope}}}  #!")
    assert_reported(tmp_path, plain, "没有 when")
    trigger = rule_with(f"when: {{by: customer, says: [请问], in: {scope}}}  #!\nrequire: {{by: agent, says: [您好]}}")
    assert_reported(tmp_path, trigger, "还没有场合")


def test_a_relative_scope_is_sound_after_a_trigger_and_relative_to_a_hit(tmp_path: Path) -> None:
    """With `when`, and inside `then` and `unless_in`, relative scopes have something to be relative to."""
    text = rule_with("""
        forbid:
          by: agent
          says: [不清楚]
          unless_in: {in: {next: 1}, says: [帮您问]}
          then: {by: customer, in: {next: 1}, says: [那谁清楚]}
        """)
    assert not problems_in(tmp_path, text)
    triggered = rule_with("when: {by: customer, says: [请问]}\nrequire: {by: agent, in: {next: 1}, says: [您好]}")
    assert not problems_in(tmp_path, triggered)


def test_first_turn_needs_a_speaker(tmp_path: Path) -> None:
    """`first_turn` without `by` is an error; a neighbour takes the speaker of its clause."""
    assert_reported(tmp_path, rule_with("require: {in: first_turn, says: [您好]}  #!"), "by")
    text = rule_with("when: {in: first_turn, says: [请问]}  #!\nrequire: {by: agent, says: [您好]}")
    assert_reported(tmp_path, text, "by")
    sound = "forbid: {by: agent, says: [您好], unless_in: {in: first_turn, says: [欢迎]}}"
    assert not problems_in(tmp_path, rule_with(sound))
    assert_reported(tmp_path, rule_with(sound.replace("by: agent, ", "") + "  #!"), "by")


@pytest.mark.parametrize(
    "body",
    [
        "forbid: {by: agent, interrupts: {overlap: overlap}}  #!",
        "forbid: {by: agent, interrupts: {characters: overlap}}  #!",
        "forbid: {by: agent, hangs_up: {sooner_than: overlap}}  #!",
        "when: {silence: overlap}  #!\nrequire: {by: agent, says: [您好]}",
        "when: {longer_than: overlap}  #!\nrequire: {by: agent, says: [您好]}",
        "measure: {figure: silence_s, at_most: overlap}  #!",
        "measure: {figure: silence_s, at_least: overlap}  #!",
        "measure: {figure: silence_s, at_least: 1, floor: overlap}  #!",
    ],
)
def test_an_unknown_threshold_is_reported(tmp_path: Path, body: str) -> None:
    """A threshold that the rubric does not have is an error wherever thresholds are used."""
    text = rule_with("needs: [timestamps]\n" + body, examples=EXAMPLES + UNDETERMINED)
    assert_reported(tmp_path, text, "「overlap」", "silence_s", "是不是「overlap_s」")


@pytest.mark.parametrize(
    "body",
    [
        "when: {silence: 8}  #!\nrequire: {by: agent, says: [您好]}",
        "forbid: {by: agent, interrupts: {overlap: 2}}  #!",
    ],
)
def test_silence_and_interruption_need_timestamps(tmp_path: Path, body: str) -> None:
    """A rule that hangs on times must say so, and the message tells what to add."""
    assert_reported(tmp_path, rule_with(body), "needs: [timestamps]")


def test_a_clock_must_be_a_time_of_day(tmp_path: Path) -> None:
    """A clock that is no time of day is an error."""
    text = rule_with("require: {by: agent, says: [您好], in: {clock: ['08:30', '25:00']}}  #!")
    assert_reported(tmp_path, text, "「25:00」")


def test_a_date_must_be_a_month_and_a_day(tmp_path: Path) -> None:
    """A date that is none is an error."""
    text = rule_with("require: {by: agent, says: [您好], in: {date: ['10-09', '13-01']}}  #!")
    assert_reported(tmp_path, text, "「13-01」")


def test_an_unknown_criterion_is_reported(tmp_path: Path) -> None:
    """A criterion that the rubric does not have is an error with the nearest one."""
    text = GOOD.replace("criterion: courtesy", "criterion: curtesy  #!")
    assert_reported(tmp_path, text, "patience", "是不是「courtesy」")


def test_an_unknown_figure_is_reported_where_the_figures_are_known(tmp_path: Path) -> None:
    """`measure` may only use figures that exist, if the caller says which do."""
    folder = write(tmp_path, greeting=rule_with("measure: {figure: silense_s, at_most: 3}"))
    assert not read_rulebook(folder)[1]
    (problem,) = read_rulebook(folder, figures={"silence_s"})[1]
    assert (problem.line, "是不是「silence_s」" in problem.message) == (8, True)


@pytest.mark.parametrize(
    ("message", "fragment"),
    [
        ("没有说{mach}", "是不是「match」"),
        ("没有说{match", "花括号"),
        ("没有说match}", "花括号"),
        ("没有说{}", "占位符"),
        ("用语{category}", "says 没有分类别"),
        ("重叠{overlap}秒", "没有 interrupts"),
        ("为{figure}", "没有 measure"),
    ],
)
def test_a_placeholder_must_exist_and_can_be_filled(tmp_path: Path, message: str, fragment: str) -> None:
    """Unknown, unbalanced and never filled placeholders are errors in every message."""
    assert_reported(tmp_path, GOOD.replace("第一句没有问好", f"'{message}'  #!"), fragment)
    english = rule_with(BODY + f"en:\n  name: Greeting\n  message: '{message}'  #!")
    assert_reported(tmp_path, english, fragment)
    clause = rule_with(f"require:\n  by: agent\n  says: [您好]\n  message: '{message}'  #!")
    assert_reported(tmp_path, clause, fragment)


def test_a_category_placeholder_is_sound_beside_categories(tmp_path: Path) -> None:
    """{category} is filled where `says` is a mapping, in that clause only."""
    text = rule_with("""
        forbid:
          - {by: agent, says: {冷淡: [什么事]}, message: '{category}'}
          - by: agent
            says: [快讲]
            message: '{category}'  #!
        """)
    assert_reported(tmp_path, text, "says 没有分类别")


# ---- examples --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["pass", "fail"])
@pytest.mark.parametrize("severity", ["minor", "info"])
def test_a_rule_needs_pass_and_fail_examples(tmp_path: Path, kind: str, severity: str) -> None:
    """Every rule, of whatever severity, has an example of both; a known gap does not count as one."""
    text = (HEAD + BODY + EXAMPLES).replace(f"- {kind}:", f"- todo_{kind}:").replace("examples:", "examples:  #!")
    assert_reported(tmp_path, text.replace("severity: minor", f"severity: {severity}"), f"缺少 {kind} 的例子")


def test_a_rule_with_needs_has_an_undetermined_example(tmp_path: Path) -> None:
    """What a rule needs can be absent, and an example must show what happens then."""
    text = ("needs: [roles]\n" + GOOD).replace("examples:", "examples:  #!")
    assert_reported(tmp_path, text, "undetermined")
    assert not problems_in(tmp_path, "needs: [roles]\n" + GOOD + UNDETERMINED)


@pytest.mark.parametrize(
    ("entry", "fragment"),
    [
        ("  - {pass: '客服：您好', fail: '客服：喂'}  #!\n", "这里有 2 个"),
        ("  - {}  #!\n", "这里有 0 个"),
        ("  - {passes: '客服：您好'}  #!\n", "是不是「pass」"),
        ("  - 客服：您好  #!\n", "应为「键: 值」的映射"),
        ("  - pass: [客服：您好]  #!\n", "应为文字（|），或含 text 和 call 的映射"),
        ("  - pass:  #!\n", "没有值"),
        ("  - pass: {text: 客服：您好, cal: {}}  #!\n", "是不是「call」"),
        ("  - pass: {text: 客服：您好, call: {hangup: agent}}  #!\n", "是不是「hang_up」"),
        ("  - pass: {text: 客服：您好, call: {started_at: 2026-11-21T09:03:00+08:00}}  #!\n", "请加引号"),
    ],
)
def test_an_example_has_exactly_one_key_with_a_script(tmp_path: Path, entry: str, fragment: str) -> None:
    """Entries of examples with no, several, unknown or ill-typed keys are errors."""
    assert_reported(tmp_path, GOOD + entry, fragment)


def test_a_rule_without_examples_is_reported(tmp_path: Path) -> None:
    """`examples` is required and must not be empty."""
    (problem,) = problems_in(tmp_path, HEAD + BODY)
    assert (problem.line, problem.message) == (1, "缺少键「examples」")
    assert_reported(tmp_path, HEAD + BODY + "examples: []  #!\n", "至少要有 1 项")


# ---- rubric ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "fragment"),
    [
        ("deductions:", "weights: {a: 1}  #!\ndeductions:", "「weights」"),
        ("weight: 60, en: Courtesy}", "weight: -1, en: Courtesy}  #!", "不能小于 0"),
        ("{minor: 2, major: 5}", "{minor: 2}  #!", "deductions 缺少 major"),
        ("{minor: 2, major: 5}", "{minor: 2, major: 5, huge: 9}  #!", "「huge」"),
        ("  - {grade: 待改进", "  - {grade: 良, from: 90}  #!\n  - {grade: 待改进", "从高到低"),
        ("{grade: 待改进, from: 0}", "{grade: 待改进, from: 10}  #!", "从 0 分起"),
        ("[嗯, 对, 好的]}", "[嗯, 对, no]}  #!", "请加引号"),
        ("[嗯, 对, 好的]}", "[嗯, '…']}  #!", "短语"),
        ("overlap_s: 2.0, silence_s: 8}", "overlap_s: two, silence_s: 8}  #!", "「overlap_s」应为数字"),
        ("deductions:", "time_zone: Asia/Nowhere  #!\ndeductions:", "Asia/Nowhere"),
        ("deductions:", "rules: {greting: {deduction: 1}}  #!\ndeductions:", "是不是「greeting」"),
        ("deductions:", "groups: [{rules: [greeting, greetings]}]  #!\ndeductions:", "没有规则「greetings」"),
        ("deductions:", "groups: [{rules: [greeting, greeting]}]  #!\ndeductions:", "写了两次"),
        ("deductions:", "groups: [{rules: [greeting]}]  #!\ndeductions:", "至少要有 2 项"),
        ("deductions:", "replaces: [{rule: greting, instead_of: greeting}]  #!\ndeductions:", "没有规则「greting」"),
        ("deductions:", "replaces: [{rule: greeting, instead_of: [greting]}]  #!\ndeductions:", "没有规则「greting」"),
        ("deductions:", "replaces: [{rule: greeting, instead_of: greeting}]  #!\ndeductions:", "取代自己"),
        ("deductions:", "phases: {opning: [您好]}  #!\ndeductions:", "是不是「opening」"),
    ],
)
def test_a_mistake_in_the_rubric_is_reported_at_its_line(tmp_path: Path, old: str, new: str, fragment: str) -> None:
    """Mistakes in rubric.yaml carry the line, and do not become problems of the rules."""
    assert old in RUBRIC
    rubric = RUBRIC.replace(old, new)
    (line,) = marked(rubric)
    problems = problems_of(write(tmp_path, greeting=GOOD, rubric=rubric))
    assert [(problem.path.name, problem.line) for problem in problems] == [("rubric.yaml", line)]
    assert fragment in problems[0].message
    assert problems[0].source_line == rubric.splitlines()[line - 1]


def test_the_weights_must_add_up_to_something(tmp_path: Path) -> None:
    """A rubric whose criteria all weigh nothing is reported at `criteria`."""
    rubric = RUBRIC.replace("weight: 60", "weight: 0").replace("weight: 40", "weight: 0")
    (problem,) = problems_of(write(tmp_path, greeting=GOOD, rubric=rubric))
    assert (problem.line, problem.message) == (2, "评分项的权重之和必须大于 0")


# ---- wording ---------------------------------------------------------------------------------------------------


def test_every_message_exists_in_both_languages() -> None:
    """The catalogue says the same things in Chinese and English."""
    assert MESSAGES["zh"].keys() == MESSAGES["en"].keys()


def test_problems_are_told_in_english_on_request(tmp_path: Path) -> None:
    """With `lang="en"` a problem is English, with the same place and the same source line."""
    text = rule_with("require: {by: agent, say: [您好]}")
    (problem,) = problems_in(tmp_path, text, "en")
    assert problem.message.startswith("unknown key 'say'. Legal here: by  in  says")
    assert problem.message.endswith("Did you mean 'says'?")
    assert str(problem).endswith("greeting.yaml:8: " + problem.message + "\n    8 | " + problem.source_line)


# ---- anything --------------------------------------------------------------------------------------------------

SNIPPETS = st.sampled_from(
    [*"{}[]:,-&*!|>'\"#%@\t\n ", "~", "no", "1", "- ", "? ", "<<: ", "&a ", "*a", "says", "您好", "…", "\x00", "by: "]
)


@given(st.integers(0, len(GOOD)), st.integers(0, 8), SNIPPETS)
def test_a_damaged_file_gives_problems_or_a_rule_but_never_a_crash(at: int, cut: int, snippet: str) -> None:
    """Whatever is cut out of a rule or typed into it, there is a rule or there are problems with lines of the file."""
    text = GOOD[:at] + snippet + GOOD[at + cut :]
    names = KnownNames(criteria=("courtesy",), thresholds=(), figures=None)
    rule, problems = check_rule(text, rule_id="greeting", path=Path("greeting.yaml"), names=names)
    assert (rule is None) == bool(problems)
    assert all(0 <= problem.line <= text.count("\n") + 1 for problem in problems)


@given(st.integers(0, len(RUBRIC)), st.integers(0, 8), SNIPPETS)
def test_a_damaged_rubric_gives_problems_or_a_rubric_but_never_a_crash(at: int, cut: int, snippet: str) -> None:
    """The same holds for the rubric."""
    text = RUBRIC[:at] + snippet + RUBRIC[at + cut :]
    rubric, _, problems = check_rubric(text, path=Path("rubric.yaml"), rule_ids=["greeting"])
    assert (rubric is None) == bool(problems)


def test_a_rubric_may_name_rules_that_the_folder_does_not_have() -> None:
    """A centre that takes a rule out need not hunt for its id in the rubric; only a misspelt id is a mistake."""
    text = RUBRIC.replace("deductions:", "groups: [{rules: [greeting, farewell]}]\ndeductions:", 1)
    rubric, _, problems = check_rubric(text, path=Path("rubric.yaml"), rule_ids=["greeting"])
    assert not problems
    assert rubric is not None
    assert rubric.groups[0].rules == ["greeting", "farewell"]


@pytest.mark.parametrize(
    "place", ["suggest_for: {催赶: 您慢慢说}  #!", "en: {name: X, suggest_for: {催赶: Take your time}}  #!"]
)
def test_better_wording_for_a_category_that_nobody_says_is_reported(tmp_path: Path, place: str) -> None:
    """A wording that could never be shown is an error that names the categories there are."""
    text = rule_with("forbid:\n  by: agent\n  says: {催促: [快点说]}\n" + place)
    assert_reported(tmp_path, text, "suggest_for 里的「催赶」", "催促")
