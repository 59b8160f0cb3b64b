"""What `emotion eval` and `emotion train` print: plain text, in Chinese or English."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from qa_analyzer.emotion.adapting import Validated
from qa_analyzer.emotion.labels import FEW_LABELS, Labelled
from qa_analyzer.emotion.measuring import RECALLS, Measured
from qa_analyzer.wording.pairs import texts
from qa_analyzer.wording.running import MEASURES

TEXTS = texts(MEASURES)


def describe_labels(labelled: Labelled, lang: str) -> list[str]:
    """How many labels of which kind."""
    words = TEXTS[lang]
    negative = int(labelled.negative.sum())
    counts = {"labels": f"{len(labelled):,}", "calls": f"{len(set(labelled.call)):,}", "negative": negative}
    share = negative / len(labelled)
    lines = [words["data"].format(**counts, share=share, positive=int((labelled.mood > 0).sum()))]
    if labelled.repeated:
        lines.append(words["repeated"].format(count=labelled.repeated))
    if len(labelled) < FEW_LABELS:
        lines.append(words["few"].format(few=FEW_LABELS))
    return lines


def render_measured(measured: Sequence[Measured], lang: str) -> list[str]:
    """The table of models, the first one's calibration, and AUC by complaint type where types are given."""
    words = TEXTS[lang]
    names = [words["keywords"] if one.name == "keywords" else one.name for one in measured]
    precision = " | ".join(words["precision"].format(recall=recall) for recall in RECALLS)
    lines = [words["head"].format(precision=precision)]
    for name, one in zip(names, measured, strict=True):
        figures = (one.auc, *one.precision, one.macro_f1, one.spearman)
        lines.append(" | ".join((name, *map(str, figures))))
    lines += [words["intervals"], words["calibration"].format(name=names[0])]
    for low, high, turns, share in measured[0].calibration:
        lines.append(words["calibration_row"].format(low=low, high=high, turns=turns, share=share))
    if measured[0].by_type:
        lines.append(words["by_type"])
        for kind, (_, turns, negative) in measured[0].by_type.items():
            aucs = "  ".join(f"{name} {one.by_type[kind][0]:.3f}" for name, one in zip(names, measured, strict=True))
            lines.append(f"  {kind} ({negative}/{turns})  {aucs}")
    return lines


def render_validated(validated: Validated, lang: str) -> list[str]:
    """Whether the adapted model is better, by how much, and the learning curve."""
    words = TEXTS[lang]
    better = validated.better
    shown = f"{better.figure:+.3f} ({better.low:+.3f} … {better.high:+.3f})"
    verdict = "better" if better.low > 0 else "worse" if is_worse(validated) else "unsure"
    lines = [
        words["validated"].format(base=validated.base_auc, auc=validated.auc, better=shown),
        words[verdict],
        words["curve"],
    ]
    lines += [words["curve_row"].format(calls=one.calls, labels=one.labels, auc=one.auc) for one in validated.curve]
    return lines


def is_worse(validated: Validated) -> bool:
    """Whether the adapted model should not be used."""
    return validated.better.figure < 0


def say_written(path: Path, lang: str) -> str:
    """Where the model is and how to use it."""
    return TEXTS[lang]["written"].format(path=path)
