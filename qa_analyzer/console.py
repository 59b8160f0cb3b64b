"""What all commands share: options, exit codes, errors explained, rules loaded."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from qa_analyzer.rulebook.model import Rulebook


class Lang(StrEnum):
    """Language of reports and messages."""

    ZH = "zh"
    EN = "en"


ALL_SCORED, SOME_REJECTED, NOTHING_SCORED, CRITICAL_FOUND = 0, 1, 2, 3
"""Exit codes (contract)."""

RulesOption = Annotated[Path | None, typer.Option("--rules", help="规则文件夹（默认用自带的规则） Folder of rules")]
LangOption = Annotated[Lang, typer.Option("--lang", help="报告和提示的语言 Language")]
WaiversOption = Annotated[
    Path | None,
    typer.Option("--waivers", help="豁免文件（默认用规则文件夹里的 waivers.yaml） File of waivers"),
]
FormatOption = Annotated[
    str | None,
    typer.Option("--format", help="文件的格式（默认看内容；名称见 formats） Format of the files, else by content"),
]
MetadataOption = Annotated[
    Path | None,
    typer.Option("--metadata", help="电话系统的通话记录（CSV、XLSX） The telephone system's record"),
]
TolerantOption = Annotated[
    bool,
    typer.Option(
        "--tolerant", help="识别错的字按读音匹配（不用于一票否决） Match misheard words by sound, never critical ones"
    ),
]
ColumnsOption = Annotated[
    str | None,
    typer.Option(
        "--columns", help="表格的列：字段=列名,…，或 YAML 文件（默认看列名和内容） Columns of tables, else found"
    ),
]
CompareOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--compare-with",
        help="与前几晚的报告比关键词，可多次（默认找旁边按日期命名的七晚） Earlier reports to compare keywords with",
    ),
]
AgentSpeakerOption = Annotated[
    str | None,
    typer.Option("--agent-speaker", help="只有说话人编号时，坐席是哪一个（如 1） Label of the agent's voice"),
]
AgentChannelOption = Annotated[
    int | None,
    typer.Option("--agent-channel", min=0, help="只有声道时，坐席在哪一个（如 0） Channel of the agent's voice"),
]
AgentVoicesOption = Annotated[
    Path | None,
    typer.Option("--agent-voices", help="各种格式里谁是坐席（YAML） The agent's voice in each format"),
]
NoMaskOption = Annotated[bool, typer.Option("--no-mask", help="不遮盖个人信息（须有权限） Do not mask personal data")]


@contextmanager
def errors_explained(*, mask: bool = True) -> Iterator[None]:
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


def load_rules(rules: Path | None, lang: Lang) -> Rulebook:
    """The rules of a folder, or the shipped ones."""
    from qa_analyzer.figures import FIGURES
    from qa_analyzer.resources import shipped
    from qa_analyzer.rulebook import load_rulebook

    home = shipped("rules")
    return load_rulebook(rules or home, shipped_rubric=home / "rubric.yaml", figures=FIGURES, lang=lang.value)
