"""The commands about rules: parse, call, print. No logic; slow imports stay inside the commands."""

from __future__ import annotations

import json
from collections.abc import Collection
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qa_analyzer.console import (
    ALL_SCORED,
    SOME_REJECTED,
    Lang,
    LangOption,
    NoMaskOption,
    RulesOption,
    errors_explained,
    load_rules,
)
from qa_analyzer.wording.pairs import fill, pick
from qa_analyzer.wording.running import COMMANDS

if TYPE_CHECKING:
    from qa_analyzer.writers.rule_page import PastFindings

LIST_WIDTH = 200
"""Columns of `rules list` in a file or a pipe, where nothing may be cut."""

app = typer.Typer(help="规则：查看、解释、测试、检查。 The rules: list, explain, test, check.", no_args_is_help=True)


@app.command("list")
def rules_list(rules: RulesOption = None, lang: LangOption = Lang.ZH) -> None:
    """列出所有规则。 List all rules."""
    from rich.console import Console
    from rich.table import Table

    from qa_analyzer.tables import rule_text, rule_word
    from qa_analyzer.wording import code_word

    with errors_explained():
        book = load_rules(rules, lang)
    zh = lang is Lang.ZH
    table = Table(box=None)
    for place, heading in enumerate(pick(COMMANDS["rules.headings"], lang.value).split("|")):
        # The id is what waivers, rubrics and the other commands want: it is never cut.
        table.add_column(heading, no_wrap=not place, overflow="fold")
    for rule in book.rules:
        criterion = book.rubric.criteria[rule.spec.criterion]
        table.add_row(
            rule.id,
            rule_text(rule, "name", lang.value),
            criterion.name if zh else criterion.en,
            code_word("severity", rule.spec.severity.value, lang.value),
            code_word("status", rule.spec.status.value, lang.value),
            " ".join(rule_word(rule, one, lang.value) for one in rule.spec.source),
        )
    console = Console()
    console = console if console.is_terminal else Console(width=LIST_WIDTH)
    console.print(table)


@app.command("test")
def rules_test(
    ids: Annotated[list[str] | None, typer.Argument(help="只测这些规则 Only these rules")] = None,
    rules: RulesOption = None,
    watch: Annotated[
        bool, typer.Option("--watch", help="文件改动就重测改动的规则，Ctrl-C 结束 Test again what changes")
    ] = False,
    lang: LangOption = Lang.ZH,
) -> None:
    """运行规则里的例子。 Run the examples of the rules."""
    if watch:
        _test_while_changing(rules, ids, lang)
        return
    with errors_explained():
        wrong = _test_once(rules, ids, lang)
    raise typer.Exit(SOME_REJECTED if wrong else ALL_SCORED)


def _test_once(rules: Path | None, ids: Collection[str] | None, lang: Lang) -> int:
    """Run the examples (of some rules), print what is wrong and how many; the number of wrong ones."""
    from qa_analyzer.errors import OptionError
    from qa_analyzer.rule_testing import check_examples
    from qa_analyzer.tested import remember

    book = load_rules(rules, lang)
    known = {rule.id for rule in book.rules}
    unknown = [one for one in ids or () if one not in known]
    if unknown:
        raise OptionError("\n".join(_no_such_rule(one, known, lang) for one in unknown))
    results = check_examples(book, lang=lang.value, only=ids or None)
    wrong = [one for one in results if not one.ok]
    if not ids:
        remember(book.hash, passed=not wrong)
    for one in wrong:
        typer.echo(f"{one.rule.path}:{one.line}: {one.example.kind}: {one.message}")
    count = len({one.rule.id for one in results})
    typer.echo(fill(COMMANDS["rules.tested"], lang.value, rules=count, examples=len(results), wrong=len(wrong)))
    return len(wrong)


def _test_while_changing(rules: Path | None, ids: list[str] | None, lang: Lang) -> None:
    """Test once, then again what changes, until Ctrl-C. Mistakes in a file are shown and waited out."""
    from qa_analyzer.resources import shipped
    from qa_analyzer.rulebook.loading import SUFFIXES, changed_rules
    from qa_analyzer.watching import watch

    folder = rules or shipped("rules")
    with suppress(typer.Exit), errors_explained():
        _test_once(rules, ids, lang)
    typer.echo(fill(COMMANDS["rules.watching"], lang.value, folder=folder))
    try:
        for paths in watch(folder, SUFFIXES):
            changed = changed_rules(folder, paths)
            chosen = ids if changed is None else [one for one in changed if not ids or one in ids]
            if changed is not None and not chosen:
                continue
            with suppress(typer.Exit), errors_explained():
                _test_once(rules, chosen, lang)
    except KeyboardInterrupt:
        typer.echo(pick(COMMANDS["rules.ended"], lang.value))


def _no_such_rule(rule: str, known: set[str], lang: Lang) -> str:
    from difflib import get_close_matches

    near = get_close_matches(rule, sorted(known), 1)
    key = "rules.no_such_near" if near else "rules.no_such"
    return fill(COMMANDS[key], lang.value, rule=rule, near="".join(near))


@app.command("explain")
def rules_explain(
    rule_id: Annotated[str, typer.Argument(metavar="ID", help="规则编号 The rule's id")],
    rules: RulesOption = None,
    findings: Annotated[
        Path | None, typer.Option("--findings", help="一份报告的文件夹：列出最近的判定 A report: show recent findings")
    ] = None,
    most: Annotated[int, typer.Option("--most", min=1, help="最多列几处 At most so many findings")] = 10,
    lang: LangOption = Lang.ZH,
) -> None:
    """解释一条规则：为什么、怎样判、例子、更好的说法、最近的判定。 Explain one rule."""
    from rich.console import Console

    from qa_analyzer.errors import OptionError
    from qa_analyzer.rule_views import view_rule
    from qa_analyzer.rulebook.guidelines import load_guidelines
    from qa_analyzer.writers.rule_text import render_rule

    with errors_explained():
        book = load_rules(rules, lang)
        found = [rule for rule in book.rules if rule.id == rule_id]
        if not found:
            raise OptionError(_no_such_rule(rule_id, {rule.id for rule in book.rules}, lang))
        view = view_rule(found[0], book, load_guidelines(book.folder, lang=lang.value), lang.value)
        past = _past_findings(findings, rule_id, most, lang) if findings else None
    Console().print(render_rule(view, lang.value, past))


def _past_findings(folder: Path, rule_id: str, most: int, lang: Lang) -> PastFindings:
    from qa_analyzer.errors import OptionError
    from qa_analyzer.reporting import past_findings

    try:
        past = past_findings(folder, rule_id, most=most)
    except (OSError, ValueError) as error:
        raise OptionError(fill(COMMANDS["rules.no_report"], lang.value, folder=folder)) from error
    if past is None:
        raise OptionError(fill(COMMANDS["rules.not_in_report"], lang.value, rule=rule_id))
    return past


@app.command("check")
def rules_check(rules: RulesOption = None, lang: LangOption = Lang.ZH) -> None:
    """检查规则：写法、例子、互相矛盾、离情绪阈值太近的例子。 Check rules: form, examples, contradictions."""
    from qa_analyzer.rule_testing import check_rules, examples_near_threshold
    from qa_analyzer.rulebook.guidelines import load_guidelines
    from qa_analyzer.rulebook.waivers import load_waivers
    from qa_analyzer.tested import remember

    with errors_explained():
        book = load_rules(rules, lang)
        load_guidelines(book.folder, lang=lang.value)
        load_waivers(None, book, lang=lang.value)
        checked = check_rules(book, lang=lang.value)
        close = examples_near_threshold(book)
    wrong = [one for one in checked.results if not one.ok]
    remember(book.hash, passed=not wrong)
    for one in wrong:
        typer.echo(f"{one.rule.path}:{one.line}: {one.example.kind}: {one.message}")
    for problem in checked.errors:
        typer.echo(str(problem))
    mild = pick(COMMANDS["rules.warning"], lang.value)
    for problem in checked.warnings:
        typer.echo(f"{problem.path}:{problem.line}: {mild}{problem.message}")
    note = pick(COMMANDS["rules.near_threshold"], lang.value)
    for near in close:
        typer.echo(f"{near.rule.path}:{near.line}: {mild}{note}: {near.value:+.3f} ({near.threshold}) {near.text}")
    counts = {
        "rules": len(book.rules),
        "examples": len(checked.results),
        "wrong": len(wrong),
        "errors": len(checked.errors),
        "warnings": len(checked.warnings) + len(close),
    }
    typer.echo(fill(COMMANDS["rules.checked"], lang.value, **counts))
    raise typer.Exit(SOME_REJECTED if wrong or checked.errors else ALL_SCORED)


@app.command("schema")
def rules_schema(
    rubric: Annotated[bool, typer.Option("--rubric", help="评分标准的 schema The rubric's")] = False,
) -> None:
    """打印规则文件的 JSON Schema，供编辑器使用。 Print the JSON Schema for editors."""
    from qa_analyzer.rulebook.json_schema import rubric_json_schema, rule_json_schema

    typer.echo(json.dumps(rubric_json_schema() if rubric else rule_json_schema(), ensure_ascii=False, indent=2))


@app.command("coverage")
def rules_coverage(
    inputs: Annotated[
        list[str] | None, typer.Argument(metavar="[INPUT]...", help="另外统计这些通话 Calls to count as well")
    ] = None,
    rules: RulesOption = None,
    lang: LangOption = Lang.ZH,
) -> None:
    """对照准则：哪些落实了，在示例通话上判出什么；有缺口时退出码 1。 Guidelines against rules; exit 1 on gaps."""
    from rich.console import Console

    from qa_analyzer.coverage import cover
    from qa_analyzer.judging import Ruleset
    from qa_analyzer.resources import shipped
    from qa_analyzer.rulebook.guidelines import load_guidelines
    from qa_analyzer.trials import call_columns, tally
    from qa_analyzer.wording import word
    from qa_analyzer.writers.coverage_text import gap_text, render_coverage

    with errors_explained():
        book = load_rules(rules, lang)
        guidelines = load_guidelines(book.folder, lang=lang.value)
        ruleset = Ruleset(book)
        samples = tally([str(shipped("sample_transcripts"))], ruleset, lang=lang.value)
        given = tally(inputs, ruleset, lang=lang.value) if inputs else None
        found = cover(guidelines, book, call_columns(ruleset), samples.counts, given.counts if given else None)
    Console().print(render_coverage(found, guidelines, lang.value, own_calls=given is not None))
    for gap in found.gaps:
        typer.echo(gap_text(gap, guidelines, lang.value))
    facts = {"guidelines": len(guidelines.by_id), "rules": len(book.rules), "samples": samples.calls}
    typer.echo(word(lang.value, "coverage.sum", **facts, gaps=len(found.gaps)))
    if given:
        typer.echo(word(lang.value, "coverage.given_sum", calls=given.calls, rejected=given.rejected))
    raise typer.Exit(SOME_REJECTED if found.gaps else ALL_SCORED)


@app.command("new")
def rules_new(
    rule_id: Annotated[str, typer.Argument(metavar="PHASE/NAME", help="如 solving/refund_time The new rule's id")],
    rules: RulesOption = None,
    lang: LangOption = Lang.ZH,
) -> None:
    """新建一条规则：写一个带说明、等着填的文件。 Write a new rule file with blanks to fill."""
    from qa_analyzer.resources import is_installed, shipped
    from qa_analyzer.rulebook.drafting import write_draft

    with errors_explained():
        folder = rules or shipped("rules")
        path = write_draft(folder, rule_id, installed=is_installed(folder), lang=lang.value)
    named = f" --rules {rules}" if rules else ""
    typer.echo(fill(COMMANDS["rules.drafted"], lang.value, path=path))
    typer.echo(fill(COMMANDS["rules.fill_in"], lang.value, rule=rule_id, named=named))


@app.command("pages")
def rules_pages(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="写到哪个文件夹 Where to write")],
    rules: RulesOption = None,
    lang: LangOption = Lang.ZH,
) -> None:
    """把规则写成网页目录：判什么、为什么、好的和不好的说法。 Write the rules as a catalogue of pages."""
    from qa_analyzer.errors import OptionError
    from qa_analyzer.rule_views import view_parts
    from qa_analyzer.rulebook.guidelines import load_guidelines
    from qa_analyzer.writers.html.rules import INDEX, is_ours, render_catalogue, write_catalogue

    with errors_explained():
        book = load_rules(rules, lang)
        parts = view_parts(book, load_guidelines(book.folder, lang=lang.value), lang.value)
        foreign = folder.exists() and (not folder.is_dir() or (any(folder.iterdir()) and not is_ours(folder / INDEX)))
        if foreign:
            raise OptionError(fill(COMMANDS["rules.foreign"], lang.value, folder=folder))
        write_catalogue(folder, render_catalogue(parts, lang.value))
    typer.echo(fill(COMMANDS["rules.pages"], lang.value, count=len(book.rules), path=folder / INDEX))


class Shown(StrEnum):
    """Which findings a preview shows."""

    FAIL = "fail"
    UNDETERMINED = "undetermined"
    PASS = "pass"  # noqa: S105  a verdict, not a password


@app.command("preview")
def rules_preview(
    rule_file: Annotated[Path, typer.Argument(metavar="RULEFILE", help="规则文件，写好例子之前也行 A rule file")],
    inputs: Annotated[list[str], typer.Argument(metavar="INPUT...", help="文件、文件夹或通配符 Files, folders, globs")],
    rules: RulesOption = None,
    verdict: Annotated[
        list[Shown] | None,
        typer.Option("--verdict", help="列出哪些判定，可写几次（默认 fail、undetermined） Which findings"),
    ] = None,
    most: Annotated[int, typer.Option("--most", min=0, help="最多列几处 At most so many findings")] = 5,
    lang: LangOption = Lang.ZH,
    no_mask: NoMaskOption = False,
) -> None:
    """试判一条规则：会判出多少、前几处是什么，不写报告。 Try one rule on calls without writing a report."""
    from rich.console import Console

    from qa_analyzer.figures import FIGURES
    from qa_analyzer.judging import Ruleset, Verdict
    from qa_analyzer.resources import shipped
    from qa_analyzer.rulebook.loading import load_draft
    from qa_analyzer.trials import preview
    from qa_analyzer.writers.preview_text import render_preview

    wanted = verdict or [Shown.FAIL, Shown.UNDETERMINED]
    with errors_explained(mask=not no_mask):
        home = shipped("rules")
        shipped_rubric = home / "rubric.yaml"
        book = load_draft(rule_file, rules or home, shipped_rubric=shipped_rubric, figures=FIGURES, lang=lang.value)
        ruleset = Ruleset(book)
        verdicts = [one for one in Verdict if one.code in {each.value for each in wanted}]
        found = preview(inputs, ruleset, verdicts=verdicts, most=most, lang=lang.value, mask=not no_mask)
    counts = found.tally.counts[book.rules[0].id]
    facts = (found.tally.calls, found.tally.rejected)
    console = Console()
    console.print(render_preview(book.rules[0], facts, counts, found.findings, found.pages, lang.value))
