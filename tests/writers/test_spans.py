"""Spans in a turn's text."""

from hypothesis import given
from hypothesis import strategies as st

from qa_analyzer.writers.spans import Piece, Span, cut

span_lists = st.lists(
    st.builds(
        Span,
        st.integers(-2, 12),
        st.integers(-2, 12),
        st.integers(1, 9),
        st.sampled_from(["fail", "pass", "undetermined"]),
    ),
    max_size=6,
)


@given(st.text(max_size=9), span_lists)
def test_the_pieces_are_the_text_and_every_badge_appears_once_a_span(text: str, spans: list[Span]) -> None:
    """Nothing is lost, doubled or reordered, whatever the spans."""
    pieces = cut(text, spans)
    assert "".join(piece.text for piece in pieces) == text
    assert sorted(number for piece in pieces for number in piece.ending) == sorted(span.number for span in spans)


def test_overlapping_spans_share_the_piece_between() -> None:
    """The shared piece knows both findings and takes the worse shade."""
    assert cut("非常抱歉啊", [Span(0, 4, 1, "pass"), Span(2, 5, 2, "fail")]) == [
        Piece("非常", (1,), "pass"),
        Piece("抱歉", (1, 2), "fail", ("pass",)),
        Piece("啊", (2,), "fail", (), (1, 2)),
    ]


def test_a_badge_waits_for_the_end_of_its_clause() -> None:
    """A sentence is not cut in two by a number; the shading stays on the very words."""
    pieces = cut("你脑子有毛病吧，合同上写着呢。", [Span(0, 6, 1, "fail"), Span(8, 10, 2, "fail")])
    assert [(piece.text, piece.numbers, piece.ending) for piece in pieces] == [
        ("你脑子有毛病", (1,), ()),
        ("吧，", (), (1,)),
        ("合同", (2,), ()),
        ("上写着呢。", (), (2,)),
    ]


def test_without_punctuation_a_badge_stands_right_behind_its_words() -> None:
    """A recogniser's endless clause does not carry the badge away; the end of the turn is a clause's end."""
    endless = "你有病吧" + "我跟你说" * 5
    assert cut(endless, [Span(0, 3, 1, "fail")])[0].ending == (1,)
    assert cut("你有病吧啊", [Span(0, 3, 1, "fail")])[-1].ending == (1,)


def test_an_emoji_is_one_code_point() -> None:
    """Offsets count code points, not UTF-16 units."""
    assert cut("😡😡抱歉", [Span(2, 4, 1, "pass")])[1] == Piece("抱歉", (1,), "pass", (), (1,))


def test_a_whole_turn_span_yields_to_one_inside_it() -> None:
    """Evidence of an absence is the whole turn; a wording inside it must stand out."""
    pieces = cut("有病吧你。", [Span(0, 5, 1, "fail"), Span(0, 3, 2, "fail")])
    assert [(piece.text, piece.whole) for piece in pieces] == [("有病吧", False), ("你。", True)]
