"""The command line: parse, call, print. No logic; slow imports stay inside the commands."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qa_analyzer import emotion_cli, rules_cli
from qa_analyzer.console import (
    ALL_SCORED,
    CRITICAL_FOUND,
    NOTHING_SCORED,
    SOME_REJECTED,
    AgentChannelOption,
    AgentSpeakerOption,
    AgentVoicesOption,
    ColumnsOption,
    CompareOption,
    FormatOption,
    Lang,
    LangOption,
    MetadataOption,
    NoMaskOption,
    RulesOption,
    TolerantOption,
    WaiversOption,
)
from qa_analyzer.console import errors_explained as _errors_explained

if TYPE_CHECKING:
    from qa_analyzer.roles import AgentVoice
    from qa_analyzer.run import Options, RunResult

app = typer.Typer(
    name="qa-analyzer",
    help="通话质检：读转写文本，按规则判定，出评分表。 Call QA: transcripts in, evidence-backed scorecards out.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(rules_cli.app, name="rules")
app.add_typer(emotion_cli.app, name="emotion")


class FailOn(StrEnum):
    """What makes the exit status 3."""

    CRITICAL = "critical"


@app.command()
def score(
    inputs: Annotated[list[str], typer.Argument(help="文件、文件夹或通配符 Files, folders, globs")],
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="报告文件夹（默认 reports/<日期>） Report folder")
    ] = None,
    rules: RulesOption = None,
    waivers: WaiversOption = None,
    form: FormatOption = None,
    metadata: MetadataOption = None,
    columns: ColumnsOption = None,
    workers: Annotated[int, typer.Option("--workers", help="进程数 Processes")] = 1,
    emotion: Annotated[str, typer.Option("--emotion", help="model | snownlp | 模型文件 model file")] = "model",
    tolerant: TolerantOption = False,
    outputs: Annotated[str, typer.Option("--outputs", help="csv,parquet,xlsx,html")] = "csv,parquet,xlsx,html",
    agent_speaker: AgentSpeakerOption = None,
    agent_channel: AgentChannelOption = None,
    agent_voices: AgentVoicesOption = None,
    compare_with: CompareOption = None,
    by_team: Annotated[
        bool, typer.Option("--by-team", help="另给每个班组一个文件夹，只有她们的通话 A folder for each team as well")
    ] = False,
    lang: LangOption = Lang.ZH,
    no_mask: Annotated[
        bool, typer.Option("--no-mask", help="不遮盖个人信息（须有权限） Do not mask personal data")
    ] = False,
    call_pages: Annotated[
        int,
        typer.Option(
            "--call-pages", min=0, help="最多写多少通的网页，有问题的里面最差的优先 Most call pages, the worst first"
        ),
    ] = 2000,
    fail_on: Annotated[
        FailOn | None, typer.Option("--fail-on", help="有一票否决的通话时退出码为 3 Exit 3 on a critical call")
    ] = None,
) -> None:
    """评分：读入转写，写出报告。 Score calls and write a report."""
    from dataclasses import replace
    from datetime import date

    with _errors_explained(mask=not no_mask):
        options = replace(
            _options(rules, workers, emotion, outputs, lang, no_mask),
            waivers=waivers,
            format=form,
            metadata=metadata,
            columns=columns,
            tolerant=tolerant,
            page_limit=call_pages,
            agent=_agent(agent_speaker, agent_channel, agent_voices, lang),
            compare_with=tuple(compare_with or ()),
            by_team=by_team,
        )
        target = out or Path("reports") / date.today().isoformat()
        result = _scored(inputs, target, options)
    _say_result(result, lang)
    if fail_on and result.critical:
        raise typer.Exit(CRITICAL_FOUND)
    if not result.scored:
        raise typer.Exit(NOTHING_SCORED)
    raise typer.Exit(SOME_REJECTED if result.rejected or result.unused_waivers else ALL_SCORED)


def _options(rules: Path | None, workers: int, emotion: str, outputs: str, lang: Lang, no_mask: bool) -> Options:
    from qa_analyzer.run import Options

    names = tuple(dict.fromkeys(one.strip() for one in outputs.split(",") if one.strip()))
    return Options(rules=rules, workers=workers, emotion=emotion, outputs=names, lang=lang.value, mask=not no_mask)


def _agent(speaker: str | None, channel: int | None, voices: Path | None, lang: Lang) -> AgentVoice:
    from qa_analyzer.roles import AgentVoice
    from qa_analyzer.run import read_voices

    return AgentVoice(speaker, channel, {} if voices is None else read_voices(voices, lang.value))


def _scored(inputs: list[str], target: Path, options: Options) -> RunResult:
    """Score with a progress line on terminals."""
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    from qa_analyzer.run import score as run_score
    from qa_analyzer.wording.pairs import fill, pick
    from qa_analyzer.wording.running import COMMANDS

    console = Console(stderr=True)
    if not console.is_terminal:
        return run_score(inputs, target, options)
    with Progress(
        SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn(), console=console, transient=True
    ) as bar:
        task = bar.add_task(pick(COMMANDS["scoring"], options.lang), total=None)

        def advance(_blocks: int, calls: int) -> None:
            bar.update(task, description=fill(COMMANDS["calls_read"], options.lang, calls=calls))

        return run_score(inputs, target, options, advance)


def _say_result(result: RunResult, lang: Lang) -> None:
    from qa_analyzer.wording import word
    from qa_analyzer.wording.pairs import fill
    from qa_analyzer.wording.running import COMMANDS

    for one in result.unused_waivers:
        typer.echo(one, err=True)
    index = result.folder / "index.html"
    shown = index if index.exists() else result.folder
    for line in result.columns:
        typer.echo(line, err=True)
    if result.telling_ids:
        typer.echo(word(lang.value, "run.telling_ids", count=f"{result.telling_ids:,}"), err=True)
    if result.unread_values:
        place = result.folder / "metadata_unmatched.csv"
        count = f"{result.unread_values:,}"
        typer.echo(word(lang.value, "metadata.unread", count=count, path=place), err=True)
    if any(result.unmatched):
        calls, rows = result.unmatched
        place = result.folder / "metadata_unmatched.csv"
        typer.echo(word(lang.value, "metadata.unmatched", calls=f"{calls:,}", rows=f"{rows:,}", path=place), err=True)
    roles = result.facts["roles"]
    unsure, missed = roles.get("unsure", 0), roles.get("option_not_found", 0)

    def say(key: str, **values: object) -> None:
        typer.echo(fill(COMMANDS[key], lang.value, **values))

    counted = ("read", "scored", "not_assessable", "rejected", "critical", "seconds")
    say("scored", **{name: getattr(result, name) for name in counted})
    if unsure:
        say("unsure_agent", calls=unsure)
    if missed:
        say("voice_missing", calls=missed)
    if result.rejected:
        say("why_rejected", path=result.folder / "rejected.csv")
    say("report", path=shown)


@app.command()
def show(
    source: Annotated[str, typer.Argument(metavar="INPUT", help="文件、文件夹或通配符 File, folder, glob")],
    call_id: Annotated[str, typer.Argument(metavar="CALL_ID", help="通话编号 The call's id")],
    rules: RulesOption = None,
    waivers: WaiversOption = None,
    form: FormatOption = None,
    metadata: MetadataOption = None,
    columns: ColumnsOption = None,
    emotion: Annotated[str, typer.Option("--emotion", help="model | snownlp | 模型文件 model file")] = "model",
    tolerant: TolerantOption = False,
    agent_speaker: AgentSpeakerOption = None,
    agent_channel: AgentChannelOption = None,
    agent_voices: AgentVoicesOption = None,
    lang: LangOption = Lang.ZH,
    no_mask: Annotated[
        bool, typer.Option("--no-mask", help="不遮盖个人信息（须有权限） Do not mask personal data")
    ] = False,
) -> None:
    """看一通：得分明细、判定、全文。 Show one call: breakdown, findings, transcript."""
    from dataclasses import replace

    from rich.console import Console

    from qa_analyzer.run import find_call
    from qa_analyzer.writers.terminal import render_call

    with _errors_explained(mask=not no_mask):
        options = replace(
            _options(rules, 1, emotion, "csv", lang, no_mask),
            waivers=waivers,
            format=form,
            metadata=metadata,
            columns=columns,
            tolerant=tolerant,
            agent=_agent(agent_speaker, agent_channel, agent_voices, lang),
        )
        page, names = find_call([source], call_id, options)
    Console().print(render_call(page, names, lang.value))


@app.command()
def serve(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="score 写出的报告文件夹 Report folder")],
    inputs: Annotated[
        list[str] | None, typer.Option("--input", help="转写现在的位置（移动过才需要） Where the transcripts are now")
    ] = None,
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="端口，0 = 任选 Port, 0 = any")] = 8765,
    open_: Annotated[bool, typer.Option("--open", help="在浏览器里打开 Open in the browser")] = False,
    lang: LangOption = Lang.ZH,
) -> None:
    """在浏览器里看报告，任何一通都能打开（只限本机）。 Browse a report, any call of it, on this computer only."""
    import webbrowser
    from threading import Timer

    with _errors_explained():
        from qa_analyzer.serving import Served, open_socket
        from qa_analyzer.serving import serve as run_server
        from qa_analyzer.wording import word

        served = Served(folder, lang.value, inputs or ())
        served.engine  # noqa: B018  rules that cannot be loaded are an error before anything is shown
        listening = open_socket(port, lang.value)

        def started(address: str) -> None:
            typer.echo(word(lang.value, "serve.started", address=address))
            if open_:
                Timer(0.5, webbrowser.open, [address]).start()

        run_server(served, listening, started)


@app.command()
def convert(
    inputs: Annotated[
        list[str], typer.Argument(help="文件、文件夹或通配符，最后是 OUT.parquet  Inputs, then the output")
    ],
    form: FormatOption = None,
    columns: ColumnsOption = None,
    lang: LangOption = Lang.ZH,
    no_mask: NoMaskOption = False,
) -> None:
    """转换：任何能读的格式 → 约定的 Parquet。 Convert anything that can be read to canonical Parquet."""
    from qa_analyzer.converting import convert as run_convert
    from qa_analyzer.errors import OptionError
    from qa_analyzer.wording import word

    with _errors_explained(mask=not no_mask):
        if len(inputs) < 2:
            raise OptionError(word(lang.value, "convert.usage"))
        *given, target = inputs
        done = run_convert(given, Path(target), mask=not no_mask, form=form, columns=columns, lang=lang.value)
    counts = {"read": f"{done.read:,}", "written": f"{done.written:,}", "rejected": f"{done.rejected:,}"}
    typer.echo(word(lang.value, "convert.done", **counts, path=done.path))
    if done.reasons is not None:
        typer.echo(word(lang.value, "convert.rejected", path=done.reasons))
        raise typer.Exit(SOME_REJECTED)


@app.command()
def formats(lang: LangOption = Lang.ZH) -> None:
    """能读的格式，各自能说明什么。 The formats that can be read, and what each can tell."""
    from rich.console import Console

    from qa_analyzer.readers.vendors import FORMATS
    from qa_analyzer.readers.vendors.ours import OWN_FORMATS
    from qa_analyzer.wording import word
    from qa_analyzer.writers.formats_text import WHAT, FormatLine, render_formats

    own = [("—", one.title, one.tells) for one in OWN_FORMATS]
    lines = [
        FormatLine(name, title[lang.value], tuple(tells.word(what) for what in WHAT))
        for name, title, tells in (*own, *((one.name, one.title, one.tells) for one in FORMATS))
    ]
    console = Console()
    console.print(render_formats(lines, lang.value))
    console.print(word(lang.value, "formats.note"), highlight=False)


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


def main() -> None:
    """Entry point."""
    # Windows consoles are not UTF-8 by default.
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    app(prog_name="qa-analyzer")
