"""Formats of recognisers and telephone systems, one module each; what a document is, its content decides.

    json_format(value)  → the format that a parsed JSON document is in, None for ours or an unknown one
    text_format(head)   → the same for text
    named(name)         → the format that `--format` names

Add a format: a module that ends in a `JsonFormat` or `TextFormat` (see `form`), and its name in the table below, before
those it could be taken for.
"""

from __future__ import annotations

import io

import msgspec

from qa_analyzer.readers.vendors.aliyun import ALIYUN
from qa_analyzer.readers.vendors.amazon import AMAZON, AMAZON_ANALYTICS
from qa_analyzer.readers.vendors.azure import AZURE
from qa_analyzer.readers.vendors.baidu import BAIDU
from qa_analyzer.readers.vendors.conversation import CONVERSATION
from qa_analyzer.readers.vendors.dashscope import DASHSCOPE
from qa_analyzer.readers.vendors.dialogues import DIALOGUES
from qa_analyzer.readers.vendors.form import Call, Json, JsonFormat, Tells, TextFormat, first_object
from qa_analyzer.readers.vendors.funasr import FUNASR
from qa_analyzer.readers.vendors.google import GOOGLE
from qa_analyzer.readers.vendors.huawei import HUAWEI
from qa_analyzer.readers.vendors.iflytek import IFLYTEK
from qa_analyzer.readers.vendors.pieces import Joined, joined_calls, kind_of
from qa_analyzer.readers.vendors.subtitles import SUBTITLES
from qa_analyzer.readers.vendors.tencent import TENCENT, TENCENT_TEXT
from qa_analyzer.readers.vendors.tingwu import TINGWU
from qa_analyzer.readers.vendors.volcengine import VOLCENGINE
from qa_analyzer.readers.vendors.webpage import WEBPAGE
from qa_analyzer.readers.vendors.whisper import WHISPER

JSON_FORMATS: tuple[JsonFormat, ...] = (
    *(IFLYTEK, ALIYUN, DASHSCOPE, CONVERSATION, TINGWU, TENCENT, VOLCENGINE, HUAWEI, BAIDU),
    *(AMAZON_ANALYTICS, AMAZON, AZURE, GOOGLE, FUNASR, WHISPER, DIALOGUES),
)
TEXT_FORMATS: tuple[TextFormat, ...] = (SUBTITLES, WEBPAGE, TENCENT_TEXT)
FORMATS: tuple[JsonFormat | TextFormat, ...] = (*JSON_FORMATS, *TEXT_FORMATS)


def json_format(value: Json) -> JsonFormat | None:
    """The format of a parsed document. Ours (`utterances` or `turns`) is none of these."""
    first = value[0] if isinstance(value, list) and value else value
    if isinstance(first, dict) and _is_ours(first):
        return None
    return next((one for one in JSON_FORMATS if one.matches(value)), None)


def _is_ours(value: dict[str, Json]) -> bool:
    """Whether a document is a canonical call. Volcengine has `utterances` too, with `start_time` in them."""
    if "turns" in value:
        return True
    return "utterances" in value and "start_time" not in first_object(value["utterances"])


def text_format(head: str) -> TextFormat | None:
    """The format of a text that begins with `head`."""
    return next((one for one in TEXT_FORMATS if one.matches(head)), None)


def named(name: str) -> JsonFormat | TextFormat | None:
    """The format of that name."""
    return next((one for one in FORMATS if one.name == name), None)


def format_names() -> list[str]:
    """The names that `named` knows."""
    return [one.name for one in FORMATS]


def in_vendor_lines(data: bytes) -> bool:
    """Whether the lines of JSON that `data` (UTF-8) begins with are a vendor's documents, by the first whole one."""
    for line in io.BytesIO(data):
        if line.lstrip().startswith(b"{"):
            try:
                keys = _TOP.decode(line)
                if "turns" in keys or ("utterances" in keys and _FOREIGN not in bytes(keys["utterances"])[:_HEAD]):
                    return False
                return json_format(msgspec.json.decode(line)) is not None
            except (msgspec.MsgspecError, RecursionError):
                continue
    return False


def in_pieces(data: bytes) -> str | None:
    """The format of which the lines of JSON that `data` (UTF-8) begins with are pieces (see `pieces`), None for calls.

    By the first whole line.
    """
    for line in io.BytesIO(data):
        if line.lstrip().startswith(b"{"):
            try:
                if b'"utterances"' in line or b'"turns"' in line:
                    return None
                return kind_of(msgspec.json.decode(line))
            except (msgspec.MsgspecError, RecursionError):
                continue
    return None


_FOREIGN, _HEAD = b'"start_time"', 4096
"""A key that our utterances lack, and the bytes of them in which the keys of the first stand."""
_TOP = msgspec.json.Decoder(dict[str, msgspec.Raw])


__all__ = [
    "FORMATS",
    "JSON_FORMATS",
    "TEXT_FORMATS",
    "Call",
    "Joined",
    "JsonFormat",
    "Tells",
    "TextFormat",
    "format_names",
    "in_pieces",
    "in_vendor_lines",
    "joined_calls",
    "json_format",
    "kind_of",
    "named",
    "text_format",
]
