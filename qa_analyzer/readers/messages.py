"""What the readers tell the user, in Chinese and in English: reasons of rejection, input errors, names of repairs.

Every reason says what is wrong and how to mend it. Knows no file and no format.
"""

from __future__ import annotations

from typing import Literal

from qa_analyzer.errors import InputError
from qa_analyzer.wording.pairs import texts
from qa_analyzer.wording.reading import READING

Lang = Literal["zh", "en"]

MESSAGES = texts(READING)

REPAIRS: dict[str, dict[str, str]] = {
    "zh": {
        "newline_or_tab": "文字中的换行、制表符 → 空格",
        "control_character": "文字中的 NUL、控制字符 → U+FFFD",
        "lone_surrogate": "文字中的孤立代理码位 → U+FFFD",
        "role_word": "角色写法（如 客服、Agent）→ 约定的角色",
        "unknown_role": "认不出的角色 → unknown",
        "hang_up_word": "挂机方写法 → 约定的写法",
        "unknown_hang_up": "认不出的挂机方 → 空",
        "call_type_word": "通话类型写法（如 投诉）→ 约定的类型",
        "unknown_call_type": "认不出的通话类型 → 空",
        "unknown_overlaps": "认不出的 overlaps 值 → 空",
        "numeric_id": "数字编号 → 文字",
        "numeric_text": "数字写成的文字 → 文字",
        "number_form": "写成小数或文字的时间 → 整数毫秒",
        "unreadable_time": "无法读出的时间 → 空",
        "wrong_type": "类型不对的可选值 → 空",
        "words_dropped": "不合格的逐字时间 → 不用",
        "empty_utterance": "没有文字的语句 → 略去",
        "started_at_without_offset": "没有时区的开始时间 → 按设定的时区",
        "started_at_form": "开始时间的其他写法 → ISO 8601",
        "started_at_unreadable": "无法读出的开始时间 → 空",
        "unlabelled_lines": "文本中没有说话人标签的行 → 不算通话内容",
        "unknown_label": "文本中开头像说话人标签、但认不出是谁的行 → 接在上一个人的话后面",
        "conflicting_value": "表格中同一通通话前后不一的值 → 取第一个",
    },
    "en": {
        "newline_or_tab": "newline or tab in a text → space",
        "control_character": "NUL or control character in a text → U+FFFD",
        "lone_surrogate": "lone surrogate in a text → U+FFFD",
        "role_word": "role written otherwise (客服, Agent) → its code",
        "unknown_role": "unknown role → unknown",
        "hang_up_word": "hang_up written otherwise → its code",
        "unknown_hang_up": "unknown hang_up → empty",
        "call_type_word": "call type written otherwise (投诉) → its code",
        "unknown_call_type": "unknown call type → empty",
        "unknown_overlaps": "unknown value of overlaps → empty",
        "numeric_id": "numeric id → text",
        "numeric_text": "text given as a number → text",
        "number_form": "time given as a float or a string → whole ms",
        "unreadable_time": "unreadable time → empty",
        "wrong_type": "optional value of a wrong type → empty",
        "words_dropped": "malformed word times → not used",
        "empty_utterance": "utterance without text → left out",
        "started_at_without_offset": "started_at without an offset → the time zone set",
        "started_at_form": "started_at written otherwise → ISO 8601",
        "started_at_unreadable": "unreadable started_at → empty",
        "unlabelled_lines": "line of a text without a speaker label → no part of the call",
        "unknown_label": "line of a text that begins like an unknown speaker label → the speaker before goes on",
        "conflicting_value": "values of one call that differ between rows → the first",
    },
}
"""What each key of `Chunk.repaired` counts: values (texts, fields, lines), not characters."""


def say(lang: str, key: str, /, **values: object) -> str:
    """The message `key` in the language of the run, Chinese unless it is `en`."""
    return MESSAGES["en" if lang == "en" else "zh"][key].format(**values)


def input_error(lang: str, key: str, /, **values: object) -> InputError:
    """An error about the input as a whole, in the language of the run."""
    return InputError(say(lang, key, **values))


def size_words(size: int) -> str:
    """52428800 → `52.4 MB`."""
    return f"{size / 1e6:.1f} MB"
