"""The commands about emotion models: parse, call, print. No logic; slow imports stay inside the commands."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qa_analyzer.console import (
    SOME_REJECTED,
    FormatOption,
    Lang,
    LangOption,
    NoMaskOption,
    RulesOption,
    errors_explained,
    load_rules,
)
from qa_analyzer.wording.pairs import fill
from qa_analyzer.wording.running import COMMANDS

if TYPE_CHECKING:
    from qa_analyzer.labelling import CustomerTurns

app = typer.Typer(
    help="情绪模型：评测、用自己的标签训练、挑选要标注的话轮。 Emotion models: measure, adapt, pick turns to label.",
    no_args_is_help=True,
)
LabelsArgument = Annotated[
    Path, typer.Argument(metavar="LABELS", help="标签文件 CSV/JSONL/XLSX：call, turn, label[, text, type] A label file")
]
CallsOption = Annotated[
    list[str] | None,
    typer.Option("--calls", help="标签所指的通话：文件、文件夹或通配符 The calls that the labels refer to"),
]
ModelOption = Annotated[str, typer.Option("--emotion", help="model | 模型文件 model file")]


def _turns(
    calls: list[str], rules: Path | None, form: str | None, lang: Lang, *, shown: bool = False, mask: bool = True
) -> CustomerTurns:
    from qa_analyzer.analysis import batch_settings
    from qa_analyzer.labelling import customer_turns

    settings = batch_settings(load_rules(rules, lang).rubric)
    return customer_turns(calls, settings, lang=lang.value, form=form, shown=shown, mask=mask)


@app.command("eval")
def evaluate(
    labels: LabelsArgument,
    calls: CallsOption = None,
    emotion: ModelOption = "model",
    rules: RulesOption = None,
    form: FormatOption = None,
    lang: LangOption = Lang.ZH,
) -> None:
    """评测：情绪模型在标注的话轮上有多准，并与 SnowNLP、关键词表比较。 Measure the model on labelled turns."""
    from qa_analyzer.emotion.labels import check_enough, read_labels
    from qa_analyzer.emotion.measuring import evaluate as run
    from qa_analyzer.emotion.model import Thresholds
    from qa_analyzer.run import choose_model
    from qa_analyzer.writers.emotion_text import describe_labels, render_measured

    with errors_explained():
        model = choose_model(emotion, lang.value)
        turns = _turns(calls, rules, form, lang).by_call() if calls else None
        labelled = read_labels(labels, turns=turns, lang=lang.value)
        check_enough(labelled, labels, lang=lang.value)
        name = emotion if emotion in ("model", "snownlp") else Path(emotion).name
        measured = run(labelled, name, model, Thresholds())
    typer.echo("\n".join((*describe_labels(labelled, lang.value), *render_measured(measured, lang.value))))


@app.command()
def train(
    labels: LabelsArgument,
    out: Annotated[Path, typer.Option("-o", "--out", help="模型文件 Where the model is written")] = Path("emotion.npz"),
    calls: CallsOption = None,
    rules: RulesOption = None,
    form: FormatOption = None,
    anyway: Annotated[
        bool, typer.Option("--anyway", help="交叉验证说更差也写出模型 Write the model even if it is worse")
    ] = False,
    lang: LangOption = Lang.ZH,
) -> None:
    """训练：把自己的标签并入默认模型，说明是否更好。 Adapt the default model to a centre's labels."""
    from qa_analyzer.emotion.adapting import adapt, cross_validate
    from qa_analyzer.emotion.labels import check_enough, read_labels
    from qa_analyzer.emotion.model import load_model
    from qa_analyzer.writers.emotion_text import describe_labels, is_worse, render_validated, say_written

    with errors_explained():
        turns = _turns(calls, rules, form, lang).by_call() if calls else None
        labelled = read_labels(labels, turns=turns, whole_calls=True, lang=lang.value)
        check_enough(labelled, labels, lang=lang.value)
        typer.echo("\n".join(describe_labels(labelled, lang.value)))
        base = load_model()
        validated = cross_validate(labelled, base)
        typer.echo("\n".join(render_validated(validated, lang.value)))
        if is_worse(validated) and not anyway:
            raise typer.Exit(SOME_REJECTED)
        adapt(labelled, base).save(out)
    typer.echo(say_written(out, lang.value))


@app.command()
def sample(
    inputs: Annotated[list[str], typer.Argument(help="文件、文件夹或通配符 Files, folders, globs")],
    out: Annotated[Path, typer.Option("-o", "--out", help="表格 .xlsx 或 .csv Spreadsheet")] = Path("to_label.xlsx"),
    number: Annotated[int, typer.Option("-n", "--number", min=1, help="话轮数 How many turns")] = 200,
    emotion: ModelOption = "model",
    rules: RulesOption = None,
    form: FormatOption = None,
    lang: LangOption = Lang.ZH,
    no_mask: NoMaskOption = False,
) -> None:
    """抽样：挑出最值得标注的话轮，写进表格。 Pick the turns most worth labelling."""
    from qa_analyzer.emotion.model import load_model
    from qa_analyzer.labelling import write_sample

    with errors_explained(mask=not no_mask):
        model = load_model(None if emotion == "model" else Path(emotion))
        turns = _turns(inputs, rules, form, lang, shown=True, mask=not no_mask)
        count = write_sample(turns, model, number, out, lang=lang.value)
    typer.echo(fill(COMMANDS["emotion.sampled"], lang.value, count=count, path=out))
