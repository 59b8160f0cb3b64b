"""Who a written label names: `客服`, `坐席A01`, `客服 张三`, `Agent 1`, `SPEAKER_01`, `说话人2`, `张三`.

A label says who the agent is, or only which lines come from one mouth. One grammar for written dialogues, subtitles,
web pages, tables and documents of recognisers. Knows no file and no format.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from qa_analyzer.readers.headings import ROLE_WORDS, code_of

_BRACKETS = "[]【】<>《》（）()「」{}〔〕"
_LOOSE = " \t\u3000\xa0：:,，-–—|"
_WORDS = "|".join(sorted(map(re.escape, ROLE_WORDS), key=len, reverse=True)).replace("_", "[ _-]")
_ROLE_FIRST = re.compile(rf"(?P<word>{_WORDS})(?P<rest>.*)", re.IGNORECASE | re.DOTALL)
_ROLE_LAST = re.compile(rf"(?P<rest>.*)[（(\[【\-_/ ](?P<word>{_WORDS})[)）\]】]?", re.IGNORECASE | re.DOTALL)
_NUMBERED = re.compile(r"[ \t\u3000\xa0_\-#:：]*[0-9A-Za-z]{1,12}号?")
_COUNTED = re.compile(r"[ _\-#:：]*[0-9]{1,12}|[ _\-#:：]+[A-Za-z]")
_ANONYMOUS = re.compile(r"guest[ _-]?[0-9]{1,3}", re.IGNORECASE)
"""What Azure calls voices that it only tells apart."""
_ASIDE = re.compile(r"[ \t\u3000\xa0_\-/|:：（(\[【<].*", re.DOTALL)
SURNAMES = frozenset(
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
    "張劉陳楊趙黃吳孫馬羅鄭謝韓馮蕭許鄧呂蘇盧蔣賈葉閻鐘譚鄒陸顧龍萬錢湯賴龔"
)
_CALLED = re.compile(r"(?:小|老|阿)?(?P<first>[\u4e00-\u9fff])[\u4e00-\u9fff]{0,2}")
_NO_NAMES = frozenset(["小时", "小時", "小心", "小姐", "小结", "老板", "老师", "老師", "老是", "小区"])
_TITLES = ("先生", "女士", "小姐", "经理", "經理", "主管", "老师", "老師")


@dataclass(frozen=True, slots=True)
class Voice:
    """`role` = a code, None where the label does not say; `speaker` tells voices of one role apart, None for a bare
    role word.
    """

    role: str | None
    speaker: str | None


def voice(label: object) -> Voice:
    """The voice that a label names. A number is a speaker (`0`, `1`); an empty label names nobody."""
    if label is None or isinstance(label, (bool, dict, list)):
        return Voice(None, None)
    if isinstance(label, float) and label.is_integer():
        label = int(label)
    written = str(label).strip(_LOOSE)
    if written[:1] in _BRACKETS:
        written = written.strip(_BRACKETS + _LOOSE)
    if not written or written in {"?", "？"}:
        return Voice(None, None)
    code = code_of(written, ROLE_WORDS)
    if code:
        return Voice(None if code == "unknown" else code, None)
    if _ANONYMOUS.fullmatch(written):
        return Voice(None, written)
    found = _ROLE_FIRST.fullmatch(written)
    if found and _is_addition(found["word"], found["rest"]):
        return _of_word(found["word"], written)
    found = _ROLE_LAST.fullmatch(written)
    if found and found["rest"].strip(_BRACKETS + _LOOSE):
        return _of_word(found["word"], written)
    return Voice(None, written)


def _is_addition(word: str, rest: str) -> bool:
    """Whether what follows a role word only says which of them it is: a number, a name, something in brackets."""
    if word.isascii() and not _COUNTED.fullmatch(rest) and rest[:1] not in _BRACKETS + " ":
        return False  # agent_id, Username
    if _NUMBERED.fullmatch(rest):
        return True
    return bool(_ASIDE.fullmatch(rest)) or is_name(rest)


def is_name(written: str) -> bool:
    """`张三`, `小李`, `王女士`: two or three characters that begin with a common surname."""
    found = _CALLED.fullmatch(written)
    if found is None:
        return False
    if written[0] in "小老阿" and len(written) <= 3 and written not in _NO_NAMES:
        return len(written) > 1
    if written.endswith(_TITLES):
        return found["first"] in SURNAMES
    return found["first"] in SURNAMES and len(written) > 1


def _of_word(word: str, written: str) -> Voice:
    code = code_of(word, ROLE_WORDS)
    return Voice(None if code in {None, "unknown"} else code, written)
