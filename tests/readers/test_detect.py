"""Encodings and formats told from content."""

from __future__ import annotations

import random

import pytest

from qa_analyzer.readers.detect import Container, Layout, container, encoding_of, layout_of

SIMPLIFIED = [
    "客服：您好。",
    "客户：喂",
    "客服：请讲\n客户：我的洗衣机漏水了",
    "坐席：您好，请问有什么可以帮您？\n客户：上周买的电饭煲按键失灵，我想换一台。",
    "客户：什么时候能到账？\n客服：三个工作日。",
    "用户：你们再这样我就要投诉了！\n话务员：非常抱歉，我马上为您核实。",
]
TRADITIONAL = [
    "客服：您好。",
    "客戶：喂",
    "客服：請講\n客戶：我的洗衣機漏水了",
    "坐席：您好，請問有什麼可以幫您？\n客戶：上週買的電鍋按鍵失靈，我想換一台。",
    "客戶：什麼時候能到帳？\n客服：三個工作天。",
    "使用者：你們再這樣我就要投訴了！\n話務員：非常抱歉，我馬上為您核實。",
]


@pytest.mark.parametrize("text", [*SIMPLIFIED, *TRADITIONAL])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030"])
def test_a_short_dialogue_is_decoded_in_any_encoding(text: str, encoding: str) -> None:
    """A few words are enough, with a byte order mark or without."""
    data = text.encode(encoding)
    assert container(data) is Container.TEXT
    found = encoding_of(data)
    assert found is not None
    assert data.decode(found).lstrip("\ufeff") == text


@pytest.mark.parametrize("text", TRADITIONAL)
def test_big5_is_told_from_gb18030(text: str) -> None:
    """The same bytes decode in both; common characters and labels decide."""
    data = text.encode("cp950")
    found = encoding_of(data)
    assert found is not None
    assert data.decode(found) == text


@pytest.mark.parametrize(("texts", "encoding"), [(SIMPLIFIED, "gb18030"), (TRADITIONAL, "cp950")])
def test_sentences_without_labels_are_decoded_too(texts: list[str], encoding: str) -> None:
    """Every sentence of four characters or more, without its label."""
    for text in texts:
        for row in text.splitlines():
            speech = row.split("：", 1)[1]
            if len(speech) >= 4:
                data = speech.encode(encoding)
                assert data.decode(encoding_of(data) or "ascii") == speech


def test_a_few_damaged_lines_do_not_change_the_encoding() -> None:
    """UTF-8 with one broken line stays UTF-8, so that only that line is lost."""
    lines = ["客户：热水器不热\n".encode()] * 5
    lines[1] = b"\xbf\xcd\xb7\xfe\n"
    assert encoding_of(b"".join(lines)) == "utf-8"


def test_a_character_cut_at_the_end_of_the_sample_is_no_damage() -> None:
    """Samples end anywhere."""
    data = ("客户：热水器不热。" * 9000).encode()
    for cut in range(70_000, 70_003):
        assert encoding_of(data[:cut]) == "utf-8"


def test_noise_is_no_text() -> None:
    """Random bytes have no encoding or are known as binary."""
    for seed in range(20):
        data = random.Random(seed).randbytes(4000)
        assert container(data) is not Container.TEXT or encoding_of(data) is None


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"\x1f\x8b\x08", Container.GZIP),
        (b"\x28\xb5\x2f\xfd", Container.ZSTD),
        (b"PAR1....", Container.PARQUET),
        (b"PK\x03\x04", Container.ZIP),
        (b"RIFF\x00\x00\x00\x00WAVE", Container.AUDIO),
        (b"\x89PNG\r\n", Container.IMAGE),
        (b"%PDF-1.7", Container.PDF),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Container.OLD_OFFICE),
        (b"\x00\x01\x02\x03" * 50, Container.OTHER),
        (b"plain", Container.TEXT),
        (b"", Container.TEXT),
    ],
)
def test_the_first_bytes_name_the_container(head: bytes, kind: Container) -> None:
    """Known signatures, and control bytes for the rest."""
    assert container(head) is kind


@pytest.mark.parametrize(
    ("head", "suffix", "layout"),
    [
        ('{"call_id": "a"}\n{"call_id": "b"}\n', ".txt", Layout.JSON_LINES),
        ('{"call_id": "a"}', ".txt", Layout.JSON_LINES),
        ('{\n  "call_id": "a",\n  "utterances": [\n    {', ".jsonl", Layout.JSON_DOCUMENT),
        ('{"call_id": "a",\n "utterances": []}', ".json", Layout.JSON_DOCUMENT),
        ('[{"call_id": "a"}]', ".json", Layout.JSON_DOCUMENT),
        ('[\n  {\n "call_id"', ".json", Layout.JSON_DOCUMENT),
        ("[]", ".json", Layout.JSON_DOCUMENT),
        ('oops\n{"call_id": "b"}\n', ".jsonl", Layout.JSON_LINES),
        ('{"call_id": \n{"call_id": "b"}\n', ".jsonl", Layout.JSON_LINES),
        ("oops", ".jsonl", Layout.JSON_LINES),
        ("call_id,role,text\nc1,agent,喂", ".txt", Layout.TABLE),
        ("通话编号\t角色\t文本\n", ".txt", Layout.TABLE),
        ("a,b\n1,2\n", ".csv", Layout.TABLE),
        ("客服：您好\n客户：喂", ".json", Layout.DIALOGUE),
        ("[0.0-6.0] 客户：喂", ".txt", Layout.DIALOGUE),
        ("通话编号：5\n客服：您好", ".txt", Layout.DIALOGUE),
    ],
)
def test_content_decides_the_layout(head: str, suffix: str, layout: Layout) -> None:
    """A file's ending decides only where its content does not."""
    assert layout_of(head, suffix) is layout
