"""A folder of YAML files → a `Rulebook`, or all problems of all files with their lines.

Knows files, ids, and which rubric counts. Syntax is `reading`'s, shape `shaping`'s, meaning `checking`'s; this module
puts them together and turns their findings into `RuleProblem`s.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from qa_analyzer.errors import InputError, RuleProblem, RulesError
from qa_analyzer.kept import fetch, keep, key_of, program_key
from qa_analyzer.lexicon import VALUES, Lexicon
from qa_analyzer.resources import shipped
from qa_analyzer.rulebook.checking import Flaw, KnownNames, rubric_flaws, rule_flaws
from qa_analyzer.rulebook.columns import ColumnFile, column_flaws, make_lexicon
from qa_analyzer.rulebook.frameworks import FRAMEWORK_ID, Framework, FrameworkFile, framework_flaws
from qa_analyzer.rulebook.messages import Issue, Language, choices
from qa_analyzer.rulebook.model import EXAMPLE_KINDS, KeyPath, Rule, Rulebook, RuleExample, line_of
from qa_analyzer.rulebook.reading import compose, decode, extended, source_lines
from qa_analyzer.rulebook.schema import Example, ExampleCall, Rubric, RuleFile, ScriptedExample, Status
from qa_analyzer.rulebook.shaping import Shaped, shape

SUFFIXES = (".yaml", ".yml")
RUBRIC_STEM = "rubric"
EXTENDS = "extends"
"""The key of a rubric that takes over the shipped one."""
GUIDELINES_STEM = "guidelines"
WAIVERS_STEM = "waivers"
NO_RULES = (GUIDELINES_STEM, WAIVERS_STEM)
"""Files at the top of a rules folder that hold no rule."""
FRAMEWORKS = "frameworks"
COLUMNS = "columns"
SIDE_FOLDERS = (FRAMEWORKS, COLUMNS)
"""Folders beside the rules that hold other data."""

SOUND = "sound"
"""What it is called that a folder of rules was found without a flaw."""
CHECKERS = (
    *(f"qa_analyzer.rulebook.{name}" for name in ("loading", "checking", "schema", "shaping")),
    "qa_analyzer.phrases",
    "qa_analyzer.text",
)
"""Modules that look for flaws."""
WORTH_KEEPING = 20
"""Rules from which on that is kept: fewer are looked through in no time."""

Model = TypeVar("Model", bound=BaseModel)


def load_rulebook(
    folder: Path,
    *,
    shipped_rubric: Path | None = None,
    figures: Collection[str] | None = None,
    lang: Language = "zh",
) -> Rulebook:
    """Read every rule under `folder` and its rubric (the shipped one if it has none).

    `figures`: the names that `measure` may use; None leaves them unchecked.
    Raises `RulesError` with every problem of every file, by path and line.
    """
    rulebook, problems = read_rulebook(folder, shipped_rubric=shipped_rubric, figures=figures, lang=lang)
    if rulebook is None or problems:
        raise RulesError(problems)
    return rulebook


def read_rulebook(
    folder: Path,
    *,
    shipped_rubric: Path | None = None,
    figures: Collection[str] | None = None,
    lang: Language = "zh",
) -> tuple[Rulebook | None, list[RuleProblem]]:
    """As `load_rulebook`, with the problems as values; the rulebook is None if there are any."""
    if not folder.is_dir():
        return None, [RuleProblem(folder, 0, Issue(0, "no_folder").text(lang))]
    rule_paths, rubric_paths = _paths(folder)
    own_rubric = bool(rubric_paths)
    problems: list[RuleProblem] = []
    if len(rubric_paths) > 1:
        problems.append(RuleProblem(rubric_paths[1], 0, Issue(0, "two_rubrics").text(lang)))
    ids, doubled = _ids(folder, rule_paths, lang)
    problems += doubled
    if not ids:
        problems.append(RuleProblem(folder, 0, Issue(0, "no_rules").text(lang)))

    home = _shipped_rubric(shipped_rubric)
    rubric_path = rubric_paths[0] if own_rubric else home
    rubric_text, rubric, names = "", None, KnownNames(figures=figures)
    base_text = ""
    if rubric_path is None:
        problems.append(RuleProblem(folder, 0, Issue(0, "no_rubric").text(lang)))
    else:
        rubric_text, found = _text(rubric_path, lang)
        problems += found
        if not found:
            if home is not None and home.resolve() != rubric_path.resolve():
                base_text = _text(home, lang)[0]
            rubric, names, found = check_rubric(
                rubric_text,
                path=rubric_path,
                rule_ids=ids if own_rubric else None,
                base=base_text,
                figures=figures,
                lang=lang,
            )
            problems += found

    rules, texts, readable = [], {}, []
    for rule_id, path in ids.items():
        texts[rule_id], found = _text(path, lang)
        problems += found
        readable += [(rule_id, path)] if not found else []
    # What was found without a flaw is not looked through again: that takes longer than all the rest of the reading.
    written = [base_text, rubric_text, texts, None if figures is None else sorted(figures)]
    key = key_of(program_key(*CHECKERS), json.dumps(written))
    sound = not problems and fetch(SOUND, key) is not None
    for rule_id, path in readable:
        rule, found = check_rule(texts[rule_id], rule_id=rule_id, path=path, names=names, sound=sound, lang=lang)
        problems += found
        rules += [rule] if rule else []
    if not problems and not sound and len(rules) >= WORTH_KEEPING:
        keep(SOUND, key, {})
    lexicon, found = read_columns(folder, texts, lang=lang)
    problems += found
    frameworks, found = _read_frameworks(folder, ids, texts, lang)
    problems += found
    problems.sort(key=lambda problem: (str(problem.path), problem.line))
    if problems or rubric is None:
        return None, problems
    whole_rubric = rubric_text + base_text if rubric.extends else rubric_text
    scored = tuple(_as_scored(rule, rubric) for rule in rules)
    return Rulebook(scored, rubric, _hash(texts, whole_rubric), folder, lexicon, frameworks), []


def _as_scored(rule: Rule, rubric: Rubric) -> Rule:
    """The rule with the status that the rubric gives it."""
    scoring = rubric.rules.get(rule.id)
    if scoring is None or scoring.status is None:
        return rule
    return replace(rule, spec=rule.spec.model_copy(update={"status": scoring.status}))


def read_rubric(
    folder: Path, *, shipped_rubric: Path | None = None, lang: Language = "zh"
) -> tuple[Rubric | None, KnownNames, list[RuleProblem]]:
    """The rubric that counts for a folder, whatever its rules are like, and the names it gives to rules."""
    own = _paths(folder)[1] if folder.is_dir() else []
    home = _shipped_rubric(shipped_rubric)
    path = own[0] if own else home
    if path is None:
        return None, KnownNames(), [RuleProblem(folder, 0, Issue(0, "no_rubric").text(lang))]
    text, problems = _text(path, lang)
    if problems:
        return None, KnownNames(), problems
    base = _text(home, lang)[0] if own and home is not None and home.resolve() != path.resolve() else ""
    return check_rubric(text, path=path, rule_ids=None, base=base, lang=lang)


def load_draft(
    path: Path,
    folder: Path,
    *,
    shipped_rubric: Path | None = None,
    figures: Collection[str] | None = None,
    lang: Language = "zh",
) -> Rulebook:
    """One rule file, wherever it stands, with the rubric that counts for `folder`; its examples are not looked at.

    Its id is its path in `folder`, or `draft/<stem>` outside of it. A rule that is off is on trial here. Raises
    `RulesError`.
    """
    rubric, names, problems = read_rubric(folder, shipped_rubric=shipped_rubric, lang=lang)
    text, found = _text(path, lang)
    rule = None
    if not found:
        inside = path.resolve().is_relative_to(folder.resolve())
        within = path.resolve().relative_to(folder.resolve()) if inside else Path("draft", path.name)
        rule_id = within.with_suffix("").as_posix()
        known = replace(names, figures=figures)
        rule, found = check_rule(text, rule_id=rule_id, path=path, names=known, draft=True, lang=lang)
    problems += found
    if rubric is None or rule is None or problems:
        raise RulesError(problems)
    if rule.spec.status is Status.OFF:
        rule = replace(rule, spec=rule.spec.model_copy(update={"status": Status.TRIAL}))
    lexicon, found = read_columns(folder, {}, lang=lang)
    if found:
        raise RulesError(found)
    return Rulebook((rule,), rubric, _hash({rule.id: text}, ""), folder, lexicon)


NO_EXAMPLES = "examples: [{pass: '客服：好'}, {fail: '客服：好'}, {undetermined: '客服：好'}]"
"""Stands for the examples of a draft."""


def _without_examples(node: yaml.Node) -> yaml.Node:
    """A rule's nodes as if its examples were sound."""
    theirs = compose(NO_EXAMPLES)[0]
    if not isinstance(node, yaml.MappingNode) or not isinstance(theirs, yaml.MappingNode):
        return node
    kept = [(key, value) for key, value in node.value if getattr(key, "value", None) != "examples"]
    return yaml.MappingNode(node.tag, [*kept, *theirs.value], node.start_mark, node.end_mark, node.flow_style)


def read_columns(folder: Path, texts: dict[str, str], *, lang: Language = "zh") -> tuple[Lexicon, list[RuleProblem]]:
    """The wordings behind the columns: those of the folder, the shipped ones where it has none of its own.

    `texts` takes the text of every file that was read.
    """
    files: dict[str, ColumnFile] = {}
    paths, problems = _side_files(folder, COLUMNS, lang)
    for column, path in paths.items():
        if column not in VALUES:
            facts = {"value": column, **choices(column, VALUES)}
            problems.append(RuleProblem(path, 0, Issue(0, "unknown_column", facts).text(lang)))
    for column in VALUES:
        place = paths.get(column) or _shipped_side(COLUMNS).get(column)
        if place is None:
            continue
        text, found = _text(place, lang)
        problems += found
        texts[f"{COLUMNS}/{column}"] = text
        if not found:
            file, found = _side_file(text, place, ColumnFile, partial(column_flaws, column), lang)
            problems += found
            if file is not None:
                files[column] = file
    return make_lexicon(files), problems


def _read_frameworks(
    folder: Path, rule_ids: Collection[str], texts: dict[str, str], lang: Language
) -> tuple[tuple[Framework, ...], list[RuleProblem]]:
    """The frameworks of the folder, by id: they name its rules, so there are none but its own."""
    found: list[Framework] = []
    paths, problems = _side_files(folder, FRAMEWORKS, lang)
    for name, path in sorted(paths.items()):
        if not FRAMEWORK_ID.fullmatch(name):
            problems.append(RuleProblem(path, 0, Issue(0, "framework_id", {"value": name}).text(lang)))
        text, wrong = _text(path, lang)
        texts[f"{FRAMEWORKS}/{name}"] = text
        if not wrong:
            spec, wrong = _side_file(text, path, FrameworkFile, partial(framework_flaws, rule_ids), lang)
            found += [Framework(name, spec)] if spec is not None else []
        problems += wrong
    return tuple(found), problems


def _side_file(
    text: str,
    path: Path,
    model: type[Model],
    flaws: Callable[[Model, frozenset[KeyPath]], Iterable[Flaw]],
    lang: Language,
) -> tuple[Model | None, list[RuleProblem]]:
    """A file that is no rule, or None with all that is wrong with it."""
    shaped, issues = _shaped(text, model)
    if shaped is None:
        return None, _problems(text, path, issues, lang)
    issues += _located(flaws(shaped.draft, shaped.damaged), shaped.lines)
    file, more = (None, []) if issues else _validated(shaped)
    return file, _problems(text, path, [*issues, *more], lang)


def _side_files(folder: Path, name: str, lang: Language) -> tuple[dict[str, Path], list[RuleProblem]]:
    """Stem → file of a folder beside the rules, by stem, and what is wrong with their names."""
    inside = folder / name
    paths = [
        path
        for path in sorted(inside.rglob("*") if inside.is_dir() else ())
        if path.suffix.lower() in SUFFIXES and path.is_file() and not path.name.startswith(".")
    ]
    return _ids(inside, paths, lang)


def _shipped_side(name: str) -> dict[str, Path]:
    try:
        return _side_files(shipped("rules"), name, "zh")[0]
    except InputError:
        return {}


def check_rule(
    text: str,
    *,
    rule_id: str,
    path: Path,
    names: KnownNames,
    draft: bool = False,
    sound: bool = False,
    lang: Language = "zh",
) -> tuple[Rule | None, list[RuleProblem]]:
    """One rule file's text → the rule, or None with all that is wrong with it. `path` is only named in problems.

    `draft`: whatever is or is not written under `examples`, nothing is said of it. `sound`: no mistake of meaning is
    looked for, as there is none.
    """
    node, issues = compose(text)
    if node is None:
        return None, _problems(text, path, issues, lang)
    shaped = shape(_without_examples(node) if draft else node, RuleFile)
    issues = list(shaped.issues)
    if not sound:
        issues += _located(rule_flaws(shaped.draft, shaped.damaged, names), shaped.lines)
    spec, more = (None, []) if issues else _validated(shaped)
    if spec is None:
        return None, _problems(text, path, [*issues, *more], lang)
    examples = () if draft else _examples(spec, shaped.lines)
    return Rule(rule_id, path, spec, examples, shaped.lines), []


def check_rubric(
    text: str,
    *,
    path: Path,
    rule_ids: Collection[str] | None,
    base: str = "",
    figures: Collection[str] | None = None,
    lang: Language = "zh",
) -> tuple[Rubric | None, KnownNames, list[RuleProblem]]:
    """A rubric's text → the rubric (or None), the names it gives to rules, and all that is wrong with it.

    `rule_ids`: the rules that it may name, None for any. `base`: the text of the rubric that it may extend, empty
    where there is none. Where the rubric is damaged the names are None, so that one mistake in the rubric does not
    become a problem of every rule.
    """
    node, issues = compose(text)
    if node is None:
        return None, KnownNames(figures=figures), _problems(text, path, issues, lang)
    line = _extends_line(node)
    theirs = compose(base)[0] if line and base else None
    if isinstance(node, yaml.MappingNode) and isinstance(theirs, yaml.MappingNode):
        node = extended(node, theirs, EXTENDS)
    shaped = shape(node, Rubric)
    issues = [*shaped.issues, *([Issue(line, "nothing_to_extend")] if line and not base else [])]
    names = KnownNames(
        criteria=_keys(shaped, "criteria", shaped.draft.criteria),
        thresholds=_keys(shaped, "thresholds", shaped.draft.thresholds),
        figures=figures,
    )
    flaws = _located(rubric_flaws(shaped.draft, shaped.damaged, rule_ids), shaped.lines)
    # What the extended rubric says of rules that this folder does not have is no slip of this one.
    issues += [issue for issue in flaws if not (line and issue.line == line and issue.what == "unknown_rule")]
    rubric, more = (None, []) if issues else _validated(shaped)
    return rubric, names, _problems(text, path, [*issues, *more], lang)


def _extends_line(node: yaml.Node) -> int:
    """The line of the key `extends`, 0 without one."""
    for key, _ in node.value if isinstance(node, yaml.MappingNode) else ():
        if isinstance(key, yaml.ScalarNode) and key.value == EXTENDS:
            return int(key.start_mark.line) + 1
    return 0


def read_model(
    path: Path,
    model: type[Model],
    flaws: Callable[[Model], Iterable[Flaw]],
    *,
    lang: Language = "zh",
    list_as: str | None = None,
) -> tuple[Model | None, Mapping[KeyPath, int], list[RuleProblem]]:
    """A file of another kind, as strictly as a rule: the model or None, the line of each key path, all problems.

    `flaws` looks for mistakes of meaning where the shape is sound. `list_as`: the file is a plain list, and this is
    the key of the model that holds it.
    """
    text, problems = _text(path, lang)
    if problems:
        return None, {}, problems
    node, issues = compose(text)
    if node is None:
        return None, {}, _problems(text, path, issues, lang)
    if list_as:
        key = yaml.ScalarNode("tag:yaml.org,2002:str", list_as, node.start_mark, node.start_mark)
        node = yaml.MappingNode("tag:yaml.org,2002:map", [(key, node)], node.start_mark, node.end_mark)
    shaped = shape(node, model)
    issues = list(shaped.issues)
    if not issues:
        issues = _located(flaws(shaped.draft), shaped.lines)
    found, more = (None, []) if issues else _validated(shaped)
    return found, shaped.lines, _problems(text, path, [*issues, *more], lang)


def _keys(shaped: Shaped[Rubric], key: str, known: Mapping[str, object]) -> tuple[str, ...] | None:
    if () in shaped.damaged or (key,) in shaped.damaged:
        return None
    # A criterion that is itself damaged still exists.
    return tuple(dict.fromkeys([*known, *(str(path[1]) for path in shaped.lines if path[:1] == (key,) and path[1:])]))


def _shaped(text: str, model: type[Model]) -> tuple[Shaped[Model] | None, list[Issue]]:
    node, issues = compose(text)
    if node is None:
        return None, issues
    shaped = shape(node, model)
    return shaped, list(shaped.issues)


def _validated(shaped: Shaped[Model]) -> tuple[Model | None, list[Issue]]:
    """The draft as a validated model. What pydantic still objects to is reported in its own words."""
    try:
        return type(shaped.draft).model_validate(shaped.draft.model_dump(by_alias=True, exclude_unset=True)), []
    except ValidationError as error:
        issues = []
        for fault in error.errors():
            key = next((str(step) for step in reversed(fault["loc"]) if isinstance(step, str)), "")
            issues.append(Issue(line_of(shaped.lines, fault["loc"]), "invalid", {"key": key, "reason": fault["msg"]}))
        return None, issues


def _located(flaws: Iterable[Flaw], lines: Mapping[KeyPath, int]) -> list[Issue]:
    return [Issue(line_of(lines, flaw.at), flaw.what, flaw.facts) for flaw in flaws]


def _problems(text: str, path: Path, issues: Iterable[Issue], lang: Language) -> list[RuleProblem]:
    rows = source_lines(text)
    found = []
    for issue in sorted(issues, key=lambda issue: issue.line):
        row = rows[issue.line - 1].rstrip() if 0 < issue.line <= len(rows) else ""
        found.append(RuleProblem(path, issue.line, issue.text(lang), row))
    return list(dict.fromkeys(found))


def _examples(spec: RuleFile, lines: Mapping[KeyPath, int]) -> tuple[RuleExample, ...]:
    return tuple(
        _example(example, number, line_of(lines, ("examples", number - 1)))
        for number, example in enumerate(spec.examples, 1)
    )


def _example(example: Example, number: int, line: int) -> RuleExample:
    (name,) = example.model_fields_set
    script: str | ScriptedExample = getattr(example, name)
    kind = next(kind for kind in EXAMPLE_KINDS if kind == name.removesuffix("_"))
    if isinstance(script, ScriptedExample):
        return RuleExample(kind, script.text, script.call, line, number)
    return RuleExample(kind, script, ExampleCall(), line, number)


# ---- files -----------------------------------------------------------------------------------------------------


def _paths(folder: Path) -> tuple[list[Path], list[Path]]:
    """Rule files and rubric files, by path. Hidden ones, those of `SIDE_FOLDERS` and `NO_RULES` hold no rules."""
    rules, rubrics = [], []
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if path.suffix.lower() not in SUFFIXES or path.is_dir() or any(part.startswith(".") for part in inside.parts):
            continue
        if len(inside.parts) == 1 and inside.stem == RUBRIC_STEM:
            rubrics.append(path)
        elif inside.parts[0] not in SIDE_FOLDERS and not (len(inside.parts) == 1 and inside.stem in NO_RULES):
            rules.append(path)
    return rules, rubrics


def changed_rules(folder: Path, paths: Iterable[Path]) -> list[str] | None:
    """The ids of the rules whose files changed and are still there; None if all rules are concerned."""
    changed = set(paths)
    rules, rubrics = _paths(folder)
    if changed & set(rubrics) or any(path.stem == RUBRIC_STEM and path.parent == folder for path in changed):
        return None
    return sorted(_ids(folder, (path for path in rules if path in changed), "zh")[0])


def _ids(folder: Path, paths: Iterable[Path], lang: Language) -> tuple[dict[str, Path], list[RuleProblem]]:
    """Rule id → file, by id; an id is the path inside the folder, without suffix, with `/`."""
    ids: dict[str, Path] = {}
    problems = []
    for path in paths:
        rule_id = path.relative_to(folder).with_suffix("").as_posix()
        if rule_id in ids:
            facts = {"first": ids[rule_id].name, "id": rule_id}
            problems.append(RuleProblem(path, 0, Issue(0, "two_files", facts).text(lang)))
        else:
            ids[rule_id] = path
    return dict(sorted(ids.items())), problems


def _shipped_rubric(given: Path | None) -> Path | None:
    if given is not None:
        return given
    try:
        paths = _paths(shipped("rules"))[1]
    except InputError:
        return None
    return paths[0] if paths else None


def _text(path: Path, lang: Language) -> tuple[str, list[RuleProblem]]:
    try:
        text, issues = decode(path.read_bytes())
    except OSError as error:
        return "", [RuleProblem(path, 0, Issue(0, "unreadable", {"reason": str(error.strerror)}).text(lang))]
    return text, [RuleProblem(path, issue.line, issue.text(lang)) for issue in issues]


def _hash(texts: Mapping[str, str], rubric_text: str) -> str:
    """Hex digest over ids and texts; each is preceded by its length, so that nothing can move between them."""
    digest = hashlib.sha256()
    for part in (rubric_text, *(part for rule_id in sorted(texts) for part in (rule_id, texts[rule_id]))):
        content = part.encode("utf-8")
        digest.update(len(content).to_bytes(8, "big"))
        digest.update(content)
    return digest.hexdigest()[:16]
