"""What `emotion eval` and `emotion train` print: plain text, in Chinese or English."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from qa_analyzer.emotion.adapting import Validated
from qa_analyzer.emotion.labels import FEW_LABELS, Labelled
from qa_analyzer.emotion.measuring import RECALLS, Measured

TEXTS = {
    "zh": {
        "data": "{labels} 个标签，来自 {calls} 通；负面 {negative} 个（{share:.0%}），正面 {positive} 个。",
        "repeated": "另有 {count} 行重复，只算一次。",
        "head": "模型 | AUC（负面对其余）| {precision} | 宏 F1 | Spearman",
        "precision": "召回 {recall:.0%} 时的精确率",
        "intervals": "括号内是 95% 区间（按通话重抽样 500 次）。",
        "calibration": "校准（{name}）：情绪值从低到高十等分，每份里负面的实际比例",
        "calibration_row": "  {low:+.2f} … {high:+.2f}   {turns} 个话轮   负面 {share:.0%}",
        "by_type": "按投诉类型的 AUC：",
        "keywords": "关键词表",
        "few": "提醒：标签不到 {few} 个，区间会很宽；标得多些再下结论。",
        "validated": "交叉验证（五份，按通话分开）：默认模型 AUC {base:.3f}，适配后 {auc:.3f}，差 {better}。",
        "better": "适配后更好。",
        "unsure": "还看不出更好：差的 95% 区间包含 0。再多标一些通话。",
        "worse": "适配后更差，没有写模型。请检查标签是否一致；确实要写，加 --anyway。",
        "curve": "学习曲线（标多少通 → 没见过的通话上的 AUC）：",
        "curve_row": "  {calls} 通（{labels} 个标签）  {auc:.3f}",
        "written": "模型写到 {path}。使用：qa-analyzer score 通话 --emotion {path}",
    },
    "en": {
        "data": "{labels} labels of {calls} calls; {negative} negative ({share:.0%}), {positive} positive.",
        "repeated": "{count} more lines repeat others and count once.",
        "head": "model | AUC (negative against the rest) | {precision} | macro-F1 | Spearman",
        "precision": "precision at recall {recall:.0%}",
        "intervals": "In brackets the 95 % interval (500 resamples of calls).",
        "calibration": "calibration ({name}): tenths of the turns by value, and how many are negative",
        "calibration_row": "  {low:+.2f} … {high:+.2f}   {turns} turns   {share:.0%} negative",
        "by_type": "AUC by complaint type:",
        "keywords": "keyword list",
        "few": "note: fewer than {few} labels make wide intervals; label more before concluding.",
        "validated": "cross-validated (five parts, by call): default AUC {base:.3f}, adapted {auc:.3f}, "
        "difference {better}.",
        "better": "The adapted model is better.",
        "unsure": "Not shown to be better: the 95 % interval of the difference holds 0. Label more calls.",
        "worse": "The adapted model is worse and was not written. Check that labels are consistent; --anyway writes "
        "it all the same.",
        "curve": "learning curve (calls labelled → AUC on unseen calls):",
        "curve_row": "  {calls} calls ({labels} labels)  {auc:.3f}",
        "written": "model written to {path}; use it with: qa-analyzer score CALLS --emotion {path}",
    },
}


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
