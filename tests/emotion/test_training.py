"""Training: reading sentences, near copies, composed turns, thresholds, the report's place."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from qa_analyzer.emotion import training
from qa_analyzer.emotion.model import EmotionModel, lay_out, targets_of

HEADER = training.HEADER + "\n"
ROWS = {
    "after_sales": [
        ("太过分了我要投诉", "-1", "anger"),
        ("我想查话费", "0", "neutral"),
        ("谢谢你", "0.5", "gratitude"),
    ],
    "rules_terms": [("骗子退钱", "-1", "anger"), ("地址改一下", "0", "neutral"), ("终于放心了", "1", "relief")],
    "other": [("等了很久没人理", "-0.5", "disappointment"), ("下午三点", "0", "neutral"), ("太好了", "1", "relief")],
}


def write(folder: Path) -> Path:
    for kind, rows in ROWS.items():
        lines = "".join("\t".join((*row, kind, "call")) + "\n" for row in rows)
        (folder / f"{kind}.tsv").write_text(HEADER + lines, encoding="utf-8")
    return folder


def prior() -> EmotionModel:
    texts = ["质量很差，失望", "非常好，满意"]
    targets = targets_of(np.array([-1.0, 1.0]), np.zeros(2, dtype=bool))
    return EmotionModel(calibrated=False).fit(*lay_out(texts), targets)


def test_sentences_come_with_their_complaint_type(tmp_path: Path) -> None:
    """Type and register stand in columns; anger is the emotion of that name."""
    sentences = training.read_sentences(write(tmp_path))
    assert sentences.kind.tolist() == ["after_sales"] * 3 + ["other"] * 3 + ["rules_terms"] * 3
    assert set(sentences.register) == {"call"}
    assert sentences.text[sentences.angry].tolist() == ["太过分了我要投诉", "骗子退钱"]


@pytest.mark.parametrize(
    ("content", "place"),
    [
        ("text\tvalence\n", "bad.tsv:1"),
        (HEADER + "好\t0\n", "bad.tsv:2"),
        (HEADER + "好\t0.7\tneutral\tother\tcall\n", "bad.tsv:2: valence '0.7'"),
        (HEADER + "好\t0\tneutral\tother\tcall\n好\t0\thappy\tother\tcall\n", "bad.tsv:3: emotion 'happy'"),
        (HEADER + "好\t0\tneutral\tgoods\tcall\n", "bad.tsv:2: type 'goods'"),
        (HEADER + "好\t0\tneutral\tother\tletter\n", "bad.tsv:2: register 'letter'"),
        (HEADER + " \t0\tneutral\tother\tcall\n", "bad.tsv:2"),
    ],
)
def test_a_malformed_line_is_named(tmp_path: Path, content: str, place: str) -> None:
    """File and line stand in the error."""
    (tmp_path / "bad.tsv").write_text(content, encoding="utf-8")
    with pytest.raises(ValueError, match=place.replace(".", r"\.")):
        training.read_sentences(tmp_path)


def test_near_copies_count_once() -> None:
    """Other product, number, name or punctuation is no other sentence; another wording is."""
    texts = [
        "我买的手机用了3天就坏了你们管不管",
        "我买的冰箱，用了15天就坏了，你们管不管？",
        "王先生说今天给我回电话结果没有",
        "李先生说今天给我回电话，结果没有",
        "东西才到手没几天就用不了，总得有人负责吧",
    ]
    assert training.without_near_copies(texts).tolist() == [0, 2, 4]


def test_short_sentences_are_compared_whole() -> None:
    """Below three characters the text itself is what must differ."""
    assert training.without_near_copies(["嗯", "好", "嗯。"]).tolist() == [0, 1]


def test_a_composed_turn_is_negative_when_a_part_is(tmp_path: Path) -> None:
    """Its targets are those of its sentences together, all of one type."""
    sentences = training.read_sentences(write(tmp_path))
    single = targets_of(sentences.valence, sentences.angry)
    texts, targets, kinds = training.compose(sentences)
    assert len(texts) == training.COMPOSED_PER_SENTENCE * len(sentences)
    for composed, target, kind in zip(texts, targets, kinds, strict=True):
        parts = [at for at, part in enumerate(sentences.text) if part in composed and sentences.kind[at] == kind]
        assert sum(len(sentences.text[at]) for at in parts) == len(composed)
        assert target.tolist() == single[parts].any(axis=0).tolist()


def test_training_is_repeatable(tmp_path: Path) -> None:
    """The same sentences give the same model file."""
    sentences = training.read_sentences(write(tmp_path))
    for name in ("one.npz", "two.npz"):
        training.fit_sentences(sentences, prior(), 0.5).save(tmp_path / name)
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()


def test_a_type_left_out_is_not_learned_from(tmp_path: Path) -> None:
    """Turning every label of one type round leaves the predictions for that type as they were."""
    sentences = training.read_sentences(write(tmp_path))
    before = training.leave_types_out(sentences, prior(), 0.5)
    out = sentences.kind == "rules_terms"
    turned = training.Sentences(
        sentences.text,
        np.where(out, -sentences.valence, sentences.valence),
        sentences.emotion,
        sentences.kind,
        sentences.register,
    )
    after = training.leave_types_out(turned, prior(), 0.5)
    assert after.value[out].tolist() == before.value[out].tolist()
    assert after.value[~out].tolist() != before.value[~out].tolist()


def test_the_reviews_get_as_much_say_as_costs_nearly_nothing() -> None:
    """The largest weight within the tolerance, not the best."""
    assert training.choose_prior_weight({0.0: 0.90, 0.5: 0.91, 1.0: 0.901, 2.0: 0.899}) == 1.0


def test_the_negative_threshold_is_the_mildest_that_is_precise() -> None:
    """At -0.3 one in two is wrong; from -0.4 on all are right."""
    value = np.array([-0.9, -0.5, -0.45, -0.38, -0.36, -0.32, 0.0], dtype=np.float32)
    negative = np.array([True, True, True, False, False, False, False])
    assert training.choose_negative(value, negative) == -0.4
    with pytest.raises(ValueError, match="precision"):
        training.choose_negative(value, ~negative)


def test_the_report_replaces_only_what_is_between_its_markers(tmp_path: Path) -> None:
    """What people wrote stays; a page without markers is refused."""
    page = tmp_path / "emotion.md"
    page.write_text(f"before\n{training.BEGIN}\nold\n{training.END}\nafter\n", encoding="utf-8")
    training.write_report(page, "new")
    assert page.read_text(encoding="utf-8") == f"before\n{training.BEGIN}\nnew\n{training.END}\nafter\n"
    page.write_text("nothing", encoding="utf-8")
    with pytest.raises(ValueError, match="lacks"):
        training.write_report(page, "new")


def test_the_shipped_sentences_are_well_formed_and_cover_every_emotion() -> None:
    """At least 6,000 after near copies, over six complaint types and every register."""
    folder = Path(__file__).parents[2] / "training" / "emotion"
    sentences = training.read_sentences(folder)
    kept = training.without_near_copies(list(sentences.text))
    assert len(kept) >= 6000
    assert set(sentences.kind) == set(training.TYPES)
    assert set(sentences.register) == set(training.REGISTERS)
    assert set(sentences.emotion) == set(training.EMOTIONS)
