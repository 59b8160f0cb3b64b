"""The command line: parse, call, print. No logic; slow imports stay inside the commands."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from qa_analyzer.rulebook.model import Rulebook
    from qa_analyzer.run import Options, RunResult

app = typer.Typer(
    name="qa-analyzer",
    help="通话质检：读转写文本，按规则判定，出评分表。 Call QA: transcripts in, evidence-backed scorecards out.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
rules_app = typer.Typer(
    help="规则：查看、解释、测试、检查。 The rules: list, explain, test, check.", no_args_is_help=True
)
app.add_typer(rules_app, name="rules")


class Lang(StrEnum):
    """Language of reports and messages."""

    ZH = "zh"
    EN = "en"


class FailOn(StrEnum):
    """What makes the exit status 3."""

    CRITICAL = "critical"


ALL_SCORED, SOME_REJECTED, NOTHING_SCORED, CRITICAL_FOUND = 0, 1, 2, 3
"""Exit codes (contract)."""

RulesOption = Annotated[Path | None, typer.Option("--rules", help="规则文件夹（默认用自带的规则） Folder of rules")]
LangOption = Annotated[Lang, typer.Option("--lang", help="报告和提示的语言 Language")]


@contextmanager
def _errors_explained(*, mask: bool = True) -> Iterator[None]:
    """Errors with a remedy are printed; everything else is a bug and keeps its traceback.

    Names of files and calls may hold personal data, so they are masked. Lines of rules are shown as written.
    """
    from qa_analyzer.errors import QaAnalyzerError, RulesError

    try:
        yield
    except RulesError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(NOTHING_SCORED) from error
    except QaAnalyzerError as error:
        from qa_analyzer.privacy import mask_string

        typer.echo(mask_string(str(error)) if mask else str(error), err=True)
        raise typer.Exit(NOTHING_SCORED) from error


def _load(rules: Path | None, lang: Lang) -> Rulebook:
    from qa_analyzer.figures import FIGURES
    from qa_analyzer.resources import shipped
    from qa_analyzer.rulebook import load_rulebook

    home = shipped("rules")
    return load_rulebook(rules or home, shipped_rubric=home / "rubric.yaml", figures=FIGURES, lang=lang.value)


@app.command()
def score(
    inputs: Annotated[list[str], typer.Argument(help="文件、文件夹或通配符 Files, folders, globs")],
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="报告文件夹（默认 reports/<日期>） Report folder")
    ] = None,
    rules: RulesOption = None,
    workers: Annotated[int, typer.Option("--workers", help="进程数 Processes")] = 1,
    emotion: Annotated[str, typer.Option("--emotion", help="model | snownlp | 模型文件 model file")] = "model",
    outputs: Annotated[str, typer.Option("--outputs", help="csv,parquet,xlsx,html")] = "csv,parquet,xlsx,html",
    lang: LangOption = Lang.ZH,
    no_mask: Annotated[
        bool, typer.Option("--no-mask", help="不遮盖个人信息（须有权限） Do not mask personal data")
    ] = False,
    fail_on: Annotated[
        FailOn | None, typer.Option("--fail-on", help="有致命问题的通话时退出码为 3 Exit 3 on a critical call")
    ] = None,
) -> None:
    """评分：读入转写，写出报告。 Score calls and write a report."""
    from datetime import date

    with _errors_explained(mask=not no_mask):
        options = _options(rules, workers, emotion, outputs, lang, no_mask)
        target = out or Path("reports") / date.today().isoformat()
        result = _scored(inputs, target, options)
    _say_result(result, lang)
    if fail_on and result.critical:
        raise typer.Exit(CRITICAL_FOUND)
    if not result.scored:
        raise typer.Exit(NOTHING_SCORED)
    raise typer.Exit(SOME_REJECTED if result.rejected else ALL_SCORED)


def _options(rules: Path | None, workers: int, emotion: str, outputs: str, lang: Lang, no_mask: bool) -> Options:
    from qa_analyzer.run import Options

    names = tuple(dict.fromkeys(one.strip() for one in outputs.split(",") if one.strip()))
    return Options(rules=rules, workers=workers, emotion=emotion, outputs=names, lang=lang.value, mask=not no_mask)


def _scored(inputs: list[str], target: Path, options: Options) -> RunResult:
    """Score with a progress line on terminals."""
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    from qa_analyzer.run import score as run_score

    console = Console(stderr=True)
    if not console.is_terminal:
        return run_score(inputs, target, options)
    zh = options.lang == "zh"
    with Progress(
        SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn(), console=console, transient=True
    ) as bar:
        task = bar.add_task("正在评分……" if zh else "scoring …", total=None)

        def advance(_blocks: int, calls: int) -> None:
            bar.update(task, description=f"已读 {calls:,} 通" if zh else f"{calls:,} calls read")

        return run_score(inputs, target, options, advance)


def _say_result(result: RunResult, lang: Lang) -> None:
    index = result.folder / "index.html"
    shown = index if index.exists() else result.folder
    if lang is Lang.ZH:
        typer.echo(
            f"读入 {result.read:,} 通，评分 {result.scored:,} 通（其中无法评估 {result.not_assessable:,} 通），"
            f"未读入 {result.rejected:,} 通，致命 {result.critical:,} 通，用时 {result.seconds:.1f} 秒"
        )
        if result.rejected:
            typer.echo(f"未读入的原因：{result.folder / 'rejected.csv'}")
        typer.echo(f"报告：{shown}")
    else:
        typer.echo(
            f"{result.read:,} calls read, {result.scored:,} scored ({result.not_assessable:,} not assessable), "
            f"{result.rejected:,} rejected, {result.critical:,} critical, {result.seconds:.1f} s"
        )
        if result.rejected:
            typer.echo(f"reasons for rejections: {result.folder / 'rejected.csv'}")
        typer.echo(f"report: {shown}")


@app.command()
def show(
    source: Annotated[str, typer.Argument(metavar="INPUT", help="文件、文件夹或通配符 File, folder, glob")],
    call_id: Annotated[str, typer.Argument(metavar="CALL_ID", help="通话编号 The call's id")],
    rules: RulesOption = None,
    emotion: Annotated[str, typer.Option("--emotion", help="model | snownlp | 模型文件 model file")] = "model",
    lang: LangOption = Lang.ZH,
    no_mask: Annotated[
        bool, typer.Option("--no-mask", help="不遮盖个人信息（须有权限） Do not mask personal data")
    ] = False,
) -> None:
    """看一通：得分明细、判定、全文。 Show one call: breakdown, findings, transcript."""
    from rich.console import Console

    from qa_analyzer.run import find_call
    from qa_analyzer.writers.terminal import render_call

    with _errors_explained(mask=not no_mask):
        page, names = find_call([source], call_id, _options(rules, 1, emotion, "csv", lang, no_mask))
    Console().print(render_call(page, names, lang.value))


@app.command()
def demo(
    out: Annotated[Path | None, typer.Option("-o", "--out", help="报告文件夹 Report folder")] = None,
    lang: LangOption = Lang.ZH,
) -> None:
    """给自带的样例评分。 Score the sample calls that come with the program."""
    from qa_analyzer.resources import shipped

    with _errors_explained():
        options = _options(None, 1, "model", "csv,parquet,xlsx,html", lang, no_mask=False)
        result = _scored([str(shipped("sample_transcripts"))], out or Path("reports") / "demo", options)
    _say_result(result, lang)


@rules_app.command("list")
def rules_list(rules: RulesOption = None, lang: LangOption = Lang.ZH) -> None:
    """列出所有规则。 List all rules."""
    from rich.console import Console
    from rich.table import Table

    from qa_analyzer.tables import rule_text

    with _errors_explained():
        book = _load(rules, lang)
    zh = lang is Lang.ZH
    table = Table(box=None)
    for heading in (
        ("规则", "名称", "评分项", "严重程度", "出处") if zh else ("rule", "name", "criterion", "severity", "source")
    ):
        table.add_column(heading)
    for rule in book.rules:
        criterion = book.rubric.criteria[rule.spec.criterion]
        table.add_row(
            rule.id,
            rule_text(rule, "name", lang.value),
            criterion.name if zh else criterion.en,
            rule.spec.severity.value,
            " ".join(rule.spec.source),
        )
    Console().print(table)


@rules_app.command("test")
def rules_test(
    ids: Annotated[list[str] | None, typer.Argument(help="只测这些规则 Only these rules")] = None,
    rules: RulesOption = None,
    lang: LangOption = Lang.ZH,
) -> None:
    """运行规则里的例子。 Run the examples of the rules."""
    from qa_analyzer.rule_testing import check_examples
    from qa_analyzer.tested import remember

    with _errors_explained():
        book = _load(rules, lang)
        known = {rule.id for rule in book.rules}
        unknown = [one for one in ids or () if one not in known]
        if unknown:
            from qa_analyzer.errors import OptionError

            raise OptionError("\n".join(_no_such_rule(one, known, lang) for one in unknown))
        results = [one for one in check_examples(book, lang=lang.value) if not ids or one.rule.id in ids]
    wrong = [one for one in results if not one.ok]
    if not ids:
        remember(book.hash, passed=not wrong)
    for one in wrong:
        typer.echo(f"{one.rule.path}:{one.line}: {one.example.kind}: {one.message}")
    zh = lang is Lang.ZH
    count = len({one.rule.id for one in results})
    if zh:
        typer.echo(f"{count} 条规则，{len(results)} 个例子，{len(wrong)} 个不符")
    else:
        typer.echo(f"{count} rules, {len(results)} examples, {len(wrong)} wrong")
    raise typer.Exit(SOME_REJECTED if wrong else ALL_SCORED)


def _no_such_rule(rule: str, known: set[str], lang: Lang) -> str:
    from difflib import get_close_matches

    near = get_close_matches(rule, sorted(known), 1)
    if lang is Lang.ZH:
        return f"没有规则「{rule}」。" + (f"是不是「{near[0]}」？" if near else "用 qa-analyzer rules list 查看。")
    return f"no rule {rule!r}." + (f" Did you mean {near[0]!r}?" if near else " See qa-analyzer rules list.")


@rules_app.command("explain")
def rules_explain(
    rule_id: Annotated[str, typer.Argument(metavar="ID", help="规则编号 The rule's id")],
    rules: RulesOption = None,
    lang: LangOption = Lang.ZH,
) -> None:
    """解释一条规则：为什么、怎样判、例子、更好的说法。 Explain one rule."""
    from rich.console import Console

    from qa_analyzer.errors import OptionError
    from qa_analyzer.writers.rule_text import render_rule

    with _errors_explained():
        book = _load(rules, lang)
        found = [rule for rule in book.rules if rule.id == rule_id]
        if not found:
            raise OptionError(_no_such_rule(rule_id, {rule.id for rule in book.rules}, lang))
    Console().print(render_rule(found[0], book, lang.value))


@rules_app.command("check")
def rules_check(rules: RulesOption = None, lang: LangOption = Lang.ZH) -> None:
    """检查规则：写法、例子、离情绪阈值太近的例子。 Check rules: form, examples, examples near an emotion threshold."""
    from qa_analyzer.rule_testing import check_examples, examples_near_threshold
    from qa_analyzer.tested import remember

    with _errors_explained():
        book = _load(rules, lang)
        results = check_examples(book, lang=lang.value)
        close = examples_near_threshold(book)
    wrong = [one for one in results if not one.ok]
    remember(book.hash, passed=not wrong)
    zh = lang is Lang.ZH
    for one in wrong:
        typer.echo(f"{one.rule.path}:{one.line}: {one.example.kind}: {one.message}")
    for near in close:
        note = "情绪值离阈值太近，换模型可能变" if zh else "the emotion value is close to the threshold"
        typer.echo(f"{near.rule.path}:{near.line}: {note}: {near.value:+.3f} ({near.threshold}) {near.text}")
    if zh:
        typer.echo(f"{len(book.rules)} 条规则，{len(results)} 个例子，{len(wrong)} 个不符，{len(close)} 处提醒")
    else:
        typer.echo(f"{len(book.rules)} rules, {len(results)} examples, {len(wrong)} wrong, {len(close)} notes")
    raise typer.Exit(SOME_REJECTED if wrong else ALL_SCORED)


@rules_app.command("schema")
def rules_schema(
    rubric: Annotated[bool, typer.Option("--rubric", help="评分标准的 schema The rubric's")] = False,
) -> None:
    """打印规则文件的 JSON Schema，供编辑器使用。 Print the JSON Schema for editors."""
    from qa_analyzer.rulebook.json_schema import rubric_json_schema, rule_json_schema

    typer.echo(json.dumps(rubric_json_schema() if rubric else rule_json_schema(), ensure_ascii=False, indent=2))


def main() -> None:
    """Entry point."""
    # Windows consoles are not UTF-8 by default.
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    app(prog_name="qa-analyzer")
