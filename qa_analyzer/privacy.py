"""Masking of what identifies a person, one code point for one: numbers, e-mail, plates, names.

Two steps. A look-up over the whole batch marks digits (spoken ones too) and key characters, and column operations
keep the few places that could matter: chains of enough digits with nothing but pauses, fillers and short turns
between, and cues of names, e-mail and plates. What is left (about one place a call) is read closely, as plain text,
by the functions that also serve single strings (`mask_string`).
A chain is cut into groups at pauses and hand-overs; a number is a sequence of whole groups, of one speaker first,
that passes the test of its kind. Numbers keep their separators, names and addresses are masked whole.
Knows nothing about rules or outputs. Never reads or prints what it masks elsewhere.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from functools import cache, cached_property
from importlib.resources import files
from itertools import pairwise
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from stdnum import luhn
from stdnum.cn import ric

from qa_analyzer import text as characters
from qa_analyzer.arrays import ranges
from qa_analyzer.batch import Batch, Indices, Mask
from qa_analyzer.compiled import compiled
from qa_analyzer.model import Role

MASK = "*"


class Kind(IntEnum):
    """What a masked span was. The code is what the arrays hold (uint8)."""

    PHONE = 1
    IDENTITY = 2
    CARD = 3
    EMAIL = 4
    PLATE = 5
    NAME = 6


_Entry = TypeVar("_Entry", bound=np.generic)
Span = tuple[int, int, int]
"""start, end, Kind"""
_NAME = int(Kind.NAME)


@dataclass(frozen=True, slots=True)
class Spans:
    """Spans to mask, sorted and disjoint. start, end: (n,) int64 positions in the text; kind: (n,) uint8 Kind."""

    start: Indices
    end: Indices
    kind: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.start)


# --- words ------------------------------------------------------------------------------------------------------------


@cache
def _lists() -> dict[str, list[str]]:
    """The words of privacy.txt by heading."""
    lists: dict[str, list[str]] = {}
    heading = ""
    for line in files("qa_analyzer").joinpath("privacy.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            heading = line.strip("[]")
            lists[heading] = []
        elif not line.startswith("#"):
            lists.setdefault(heading, []).extend(line.split())
    return lists


class _Later:
    """A regular expression that is compiled when it is first asked: the long ones take long."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        return re.compile(self.pattern)


def _group(words: Iterable[str]) -> str:
    return "|".join(map(re.escape, sorted(set(words), key=lambda word: (-len(word), word))))


# --- digits, as written and as spoken ---------------------------------------------------------------------------------

DIGIT_VALUES = {
    **{str(value): str(value) for value in range(10)},
    **dict.fromkeys("零〇○洞灵", "0"),
    **dict.fromkeys("一幺么", "1"),
    **dict.fromkeys("二两", "2"),
    **dict.fromkeys("七拐", "7"),
    **dict.fromkeys("九勾", "9"),
    **dict(zip("三四五六八", "34568", strict=True)),
}
"""Characters that are digits by themselves (normalised text)."""

HOMOPHONES = {
    **dict.fromkeys("凌另林铃玲", "0"),
    **dict.fromkeys("要腰妖夭吆壹", "1"),
    **dict.fromkeys("贰", "2"),
    **dict.fromkeys("叁", "3"),
    **dict.fromkeys("肆似", "4"),
    **dict.fromkeys("伍午武", "5"),
    **dict.fromkeys("陆溜", "6"),
    **dict.fromkeys("柒齐奇", "7"),
    **dict.fromkeys("捌", "8"),
    **dict.fromkeys("玖久酒", "9"),
}
"""What recognisers write for a digit: taken as one only between digits."""

PLAIN_HOMOPHONES = "铃玲凌壹贰叁肆伍陆柒捌玖"
"""Those that may also end a number: they are hardly ever the beginning of the next word."""

PUNCTUATION = " -—–~·.,、。!?;…\"'()+“”"
ENDS_IN_X = ("x", "叉", "艾克斯", "埃克斯", "爱克斯", "艾克司")
LEADING_ONE = "要腰妖夭吆"

LONGEST_GAP = 44
"""Code points between two digits of one chain, hand-overs included."""
MOST_STRANGE = 14
"""Code points that are no pause or filler between two digits, if there is a hand-over between."""
LONGEST_NUMBER = 24
SHORTEST_NUMBER = 7
_SHORTEST_PIECE = 3
MOST_AMENDED, MOST_READINGS, LONGEST_AMENDED = 12, 64, 19
"""Groups of a number with corrections; what it may then be, at most; its digits."""
NEIGHBOURS = 12
"""Groups before and after in which a piece's whole number is sought."""
CONTEXT = 60
"""Code points before a chain in which its cue is sought."""


_D = "".join(DIGIT_VALUES)
_SPOKEN = "".join(character for character in DIGIT_VALUES if not character.isdigit() or character > "9")
_W = "".join(HOMOPHONES)
_SOFT_WORDS = _lists()["fillers"]
# 一下, 两个 are words, not digits, whatever surrounds them.
_AFTER_COUNT = "位个样些点起直定般共会天年月分元块位种边家条张只台下遍次"
_COUNTED = rf"(?:[一两][{_AFTER_COUNT}]|[三四五六七八3-8]位)"
_UNIT = rf"(?!{_COUNTED})[{_D}](?!个[{_D}])"
_STARTERS = re.escape("".join({word[0] for word in (*_SOFT_WORDS, *ENDS_IN_X)} | set(_D + PUNCTUATION + LEADING_ONE)))
_TOKEN = re.compile(
    rf"(?P<soft_count>[前后末头]?[一二两三四五六七八几3-8]位数?字?)"
    rf"|(?P<many>(?<!第)(?:[2-8二两三四五六七八]个|双)[{_D}](?![{_D}]?(?:[十百千万年月天小块元]|个(?![{_D}]))))"
    rf"|(?P<thousand>[二两三四五六七八九]千(?=[,.。、!?;\s]|$))"
    rf"|(?P<digits>(?:[{LEADING_ONE}](?=[三四五六七八九][{_D}{LEADING_ONE}]{{2}}))?{_UNIT}(?:{_UNIT}|[{_W}]+(?={_UNIT}))*[{PLAIN_HOMOPHONES}]*)"
    rf"|(?P<x>{_group(ENDS_IN_X)})"
    rf"|(?P<soft>(?<=[{_D},])尾号|[{re.escape(PUNCTUATION)}]|{_group(_SOFT_WORDS)})"
    rf"|(?P<hard>[什怎那这多要]么|[^\n{_STARTERS}]+|[^\n])"
)
_TIGHT = re.compile(r"[ \-—–~·.]*")
MOBILE_SHAPES = ((3, 4, 4), (3, 8), (7, 4))
"""How a mobile number is parted when two speakers share it."""
_EDGE = "一两么"
_CORRECTED = re.compile("不是|不对|(?<!没)错|[哦啊呃哎]不")

# --- cues -------------------------------------------------------------------------------------------------------------

_CUE = re.compile(
    r"(?=[热客官服投公商银手电s座固联来用业登预绑您我办本tpm微身证会充购礼积流加优订工运快物受交合保单序设发派取货申报退支户学税票案型串车批凭参回缴条激兑券编包信代储借社工收卡一账帐尾后末前i金余价总费扣花])"
    r"(?:(?P<hotline>热线|(?:客服|官方|服务|投诉|公司|商家|银行)(?:的)?电话)"
    r"|(?P<phone>(?:手机|电话|sim)卡号|手机号码?|手机|电话号码?|电话(?![费卡里])|座机号?|固话|联系方式|来电"
    r"|(?:联系|用户|客户|业务|登记|预留|绑定|服务|您的|我的|办理|本机)号码?|本机|tel|phone|mobile|微信号?)"
    r"|(?P<identity>身份证|证件号?|身份号|身份信息|证号)"
    r"|(?P<order>(?:会员|充值|购物|礼品|积分|流量|加油|公交|燃气|优惠|兑换)卡号?"
    r"|(?:订单|工单|运单|快递|物流|流水|受理|交易|合同|保单|单据|序列|设备|发票|派单|取件|验证|货运|申请|报修|投诉|退款|支付|业务)"
    r"(?:单号|编号|号码|单|号|码)|(?:客户|用户|会员|户|学|税|票|案|货|型|工|串|车架|发动机|批次|凭证|参考|回执|缴费|条形?|激活|兑换|券)"
    r"(?:编号|代码|号|码)|订单|工单|运单|单号|编号|快递|物流|包裹|流水|信用代码|imei|sn|编码|代码|型号|批号)"
    r"|(?P<card>(?:银行|储蓄|信用|借记|社保|工资|收款)卡|卡号|卡的号码|一卡通|[账帐]号|[账帐]户)"
    r"|(?P<amount>金额|余额|价格|总价|费用|充值|充了|扣了|花了|付了|退了)"
    r"|(?P<tail>尾号|尾数|[后末前][一二两三四五六七八几0-9]位))"
)
_LINKS = _group(_lists()["links"])
_LINK = re.compile(rf"(?:[{re.escape(PUNCTUATION)}:#]|{_LINKS})*")
_ASKED = re.compile(
    rf"(?:(?![0-9*]|[{_D}]{{2}})[^\n]){{0,24}}"  # the rest of the question
    rf"(?:\n[^\n]{{0,6}}){{0,2}}\n(?P<rest>[^\n]*)"  # 嗯 between, then the answer
)
_AMOUNT = re.compile(r"[ ]?(?:元|块|万|亿|十|百|千|人民币|%|字节)")
_TAIL = re.compile("尾号|尾数|后四位|后几位|末四位")
_HOTLINE = re.compile(r"[48]00\d{7,11}|9[56]\d{3,6}|1[0-2]\d{1,3}")


def _cue(text: str, start: int) -> tuple[str, bool]:
    """The cue that a number at `start` answers: (its kind or "", whether it was asked in an earlier turn)."""
    before = text[max(0, start - CONTEXT) : start]
    cues = list(_CUE.finditer(before))
    if not cues:
        return "", False
    last = cues[-1]
    rest = before[last.end() :]
    if "\n" not in rest:
        return (last.lastgroup or "", False) if len(rest) <= 20 and _LINK.fullmatch(rest) else ("", False)
    asked = _ASKED.fullmatch(rest)
    if asked is None or not _LINK.fullmatch(asked["rest"]):
        return "", False
    return last.lastgroup or "", True


# --- numbers ----------------------------------------------------------------------------------------------------------

_MOBILE = re.compile(r"(?:0086|86|0)?1[3-9]\d{9}")
_MOBILES = re.compile(r"(?:1[3-9]\d{9}){2,3}")
_LANDLINE = re.compile(r"(?:(?:0086|86)?0|0086|86)(?:(?:10|2\d)[2-8]\d{7}|[3-9]\d{2}[2-8]\d{6,7})")
_IDENTITY = re.compile(r"[1-8]\d{5}(?:19\d\d|20[0-2]\d)(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dx]")
_OLD_IDENTITY = re.compile(r"[1-8]\d{7}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}")
# First digits of issuers (ISO/IEC 7812): 4, 5, 35, UnionPay 62 and its older 6, 8, 9; American Express has 15 digits.
_CARD = re.compile(r"[345689]\d{15,18}|3[47]\d{13}")


@dataclass(slots=True)
class _Group:
    """Digits said in one breath."""

    start: int
    end: int
    digits: str
    line: int
    gap: str | None
    """What stands before it since the previous group of its line; None if that is speech of its own."""
    head: bool
    """Nothing but pauses before it in its line (judged for the first group)."""
    spoken: bool
    tail: bool = False
    """Nothing but pauses after it in its line (judged for the last group)."""
    protected: bool = False
    """An order number or the like: a cue stands directly before."""
    kind: Kind | None = None
    """What the number is that it was found to belong to."""
    piece: bool = False
    parted: bool = False
    parted_after: bool = False
    """一, 两 or 么 was parted from its beginning, or its end: only the form of a mobile number is safe then."""
    thousand: bool = False
    """八千 for 8000: only the form of a mobile number is safe then."""
    cue: tuple[str, bool] | None = None
    """`_cue` before it, once looked up."""


def _groups(text: str, skip: int) -> tuple[list[_Group], list[int]]:
    """The digit groups of a text, and the running number of code points of other speech before each line."""
    groups: list[_Group] = []
    strange_before = [0]
    offset = strange = 0
    for number, line in enumerate(text.split("\n")):
        soft, gap_start, first, last = True, offset, True, None
        if offset + len(line) < skip:
            offset += len(line) + 1
            strange_before.append(strange)
            continue
        for token in _TOKEN.finditer(line, max(0, skip - offset)):
            kind = token.lastgroup
            if kind in ("soft", "soft_count"):
                continue
            start, end = token.start() + offset, token.end() + offset
            if kind == "hard":
                soft = False
                strange += end - start
                continue
            said = token.group()
            if kind == "x":
                digits = "x"
            elif kind == "thousand":
                digits = DIGIT_VALUES[said[0]] + "000"
            elif kind == "many":
                digits = DIGIT_VALUES[said[-1]] * int(DIGIT_VALUES.get(said[0], "2"))  # 双八: two
            else:
                digits = "".join(DIGIT_VALUES.get(one) or HOMOPHONES[one] for one in said)
            if last is not None and soft and start == last.end and kind not in ("x", "thousand") and last.digits != "x":
                last.end, last.digits = end, last.digits + digits
            else:
                gap = text[gap_start:start] if soft and not first else None
                last = _Group(start, end, digits, number, gap, soft and first, said[0] not in "0123456789")
                last.thousand = kind == "thousand"
                groups.append(last)
            soft, first, gap_start = True, False, end
        if last is not None:
            last.tail = soft
        offset += len(line) + 1
        strange_before.append(strange)
    return _split_edges(text, groups), strange_before


def _split_edges(text: str, groups: list[_Group]) -> list[_Group]:
    """Part a leading or trailing 一, 两, 么 from a spoken group: it may be a word."""
    result = []
    for group in groups:
        if not group.spoken or len(group.digits) < 6 or group.end - group.start != len(group.digits):
            result.append(group)
            continue
        if text[group.start] in _EDGE and len(group.digits) != 11:
            head = _Group(group.start, group.start + 1, group.digits[0], group.line, group.gap, group.head, True)
            result.append(head)
            group.start, group.digits, group.gap, group.head = group.start + 1, group.digits[1:], "", False
            group.parted = True
        result.append(group)
        if text[group.end - 1] in _EDGE and len(group.digits) != 11:
            result.append(_Group(group.end - 1, group.end, group.digits[-1], group.line, "", False, True, group.tail))
            group.end, group.digits, group.tail = group.end - 1, group.digits[:-1], False
            group.parted_after = True
    return result


def _linked(before: _Group, after: _Group, strange_before: Sequence[int], *, corrected: bool = False) -> bool:
    """Whether one speaker's number may go on from one group to the next; with `corrected` past 不对 too."""
    if before.line == after.line:
        near = after.gap is not None and after.start - before.end <= LONGEST_GAP
        return near and (corrected or not _CORRECTED.search(after.gap or ""))
    between = strange_before[after.line] - strange_before[before.line + 1]
    return before.tail and after.head and after.line - before.line <= 4 and between <= 2 * MOST_STRANGE


def _cue_of(group: _Group, text: str) -> tuple[str, bool]:
    if group.cue is None:
        group.cue = _cue(text, group.start)
    return group.cue


def _dots_speak_against(run: Sequence[_Group], text: str) -> bool:
    """Points between groups are decimals or addresses, unless the groups are those of a telephone number."""
    first, last = run[0], run[-1]
    if text[max(0, first.start - 2) : first.start].endswith(".") and text[first.start - 2 : first.start - 1].isdigit():
        return True
    if text[last.end : last.end + 1] == "." and text[last.end + 1 : last.end + 2].isdigit():
        return True
    if all(group.gap != "." for group in run[1:]):
        return False
    sizes = [len(group.digits) for group in run]
    if len(sizes) == 2:
        return sizes not in ([3, 8], [4, 8], [4, 7], [7, 4])
    return min(sizes) < 3 or max(sizes) <= 3


def _plausible_card_groups(run: Sequence[_Group]) -> bool:
    sizes = [len(group.digits) for group in run]
    if len(sizes) == 1 or any(group.spoken for group in run) or run[0].line != run[-1].line or set(sizes) == {1}:
        return True
    # 4-6-6 and the like: few and long groups, no list of amounts.
    return sizes[0] == 6 or (
        sizes[0] == 4 and (all(size == 4 for size in sizes[1:-1]) or (len(sizes) <= 3 and max(sizes) <= 8))
    )


def _is_identity(digits: str) -> bool:
    """GB 11643: shape and check character (18 characters; the library wants the check character included)."""
    return bool(_IDENTITY.fullmatch(digits)) and ric.calc_check_digit(digits).lower() == digits[17]


def _classify(run: Sequence[_Group], digits: str, text: str, cue: str) -> Kind | None:
    """What a run of whole groups is, or None."""
    if len(digits) == 18 and _is_identity(digits):
        return Kind.IDENTITY
    shaped = _IDENTITY.fullmatch(digits) or _OLD_IDENTITY.fullmatch(digits)
    if cue == "identity" and shaped and not run[0].protected:
        return Kind.IDENTITY
    against = "x" in digits or run[0].protected or _AMOUNT.match(text, run[-1].end) or _dots_speak_against(run, text)
    return None if against else _telephone_or_card(run, digits, text, cue)


def _telephone_or_card(run: Sequence[_Group], digits: str, text: str, cue: str) -> Kind | None:
    first, last = run[0], run[-1]
    before, after = (text[place : place + 1] for place in (first.start - 1, last.end))
    letter_before, letter_after = (one.isascii() and one.isalpha() for one in (before, after))
    # Eleven digits are a mobile number even in C13800138000; other numbers in letters are tracking and model numbers.
    bare = not (letter_before or letter_after)
    mobile = _MOBILE.fullmatch(digits) and (len(digits) == 11 or (not letter_before and cue != "order"))
    if mobile or (len(run) == 1 and _MOBILES.fullmatch(digits)):
        listed = cue == "amount" and len(run) > 1
        return None if listed or (letter_before and letter_after) else Kind.PHONE
    if not bare or cue == "order" or first.parted or last.parted_after or any(group.thousand for group in run):
        return None
    if _LANDLINE.fullmatch(digits):
        return Kind.PHONE
    if cue != "amount" and _CARD.fullmatch(digits) and luhn.is_valid(digits):
        return Kind.CARD if _plausible_card_groups(run) or cue == "card" else None
    return None


_BY_CUE = {"phone": (7, 13, Kind.PHONE), "identity": (15, 19, Kind.IDENTITY), "card": (12, 21, Kind.CARD)}


def _by_cue(sequence: Sequence[_Group], start: int, text: str, cue: str, strange: Sequence[int]) -> list[_Group]:
    """After a cue a number counts as one though a digit is wrong, too many or too few. The groups, or none."""
    if cue not in _BY_CUE:
        return []
    least, most, _ = _BY_CUE[cue]
    total, best = 0, 0
    for place in range(start, len(sequence)):
        group = sequence[place]
        if group.kind is not None or (place > start and not _linked(sequence[place - 1], group, strange)):
            break
        if group.thousand or (place > start and ("号" in (group.gap or "") or group.protected)):
            break
        total += len(group.digits)
        if total > most:
            break
        best = place + 1 if total >= least else best
    run = sequence[start:best]
    if not run or _AMOUNT.match(text, run[-1].end) or _dots_speak_against(run, text):
        return []
    return [] if _HOTLINE.fullmatch("".join(group.digits for group in run)) else list(run)


def _solve(
    sequence: Sequence[_Group], text: str, strange: Sequence[int], *, shapes: Sequence[tuple[int, ...]] = ()
) -> None:
    """Mark the groups that are numbers by their own form; with `shapes` only those of groups of these sizes."""
    start = 0
    while start < len(sequence):
        first = sequence[start]
        if first.kind is not None:
            start += 1
            continue
        cue, _ = _cue_of(first, text)
        digits, kind, end = "", None, start
        for place in range(start, len(sequence)):
            group = sequence[place]
            if group.kind is not None or (place > start and not _linked(sequence[place - 1], group, strange)):
                break
            digits += group.digits
            if len(digits) > LONGEST_NUMBER and place > start:
                break
            run = sequence[start : place + 1]
            if len(digits) >= 10 and (not shapes or tuple(len(one.digits) for one in run) in shapes):
                one = _classify(run, digits, text, cue)
                if one is not None:
                    kind, end = one, place + 1
        if kind is None:
            start += 1
            continue
        for group in sequence[start:end]:
            group.kind = kind
        # 转 and the extension belong to the number.
        if kind is Kind.PHONE and end < len(sequence):
            extension = sequence[end]
            if extension.line == sequence[end - 1].line and re.search("转|分机", extension.gap or ""):
                extension.kind = kind
        start = end


def _kind_when_amended(digits: str, run: Sequence[_Group], cue: str) -> Kind | None:
    """What a number is that was put together from pieces, of which some were taken back or said twice."""
    if any(group.protected or group.thousand for group in run) or cue in ("order", "amount"):
        return None
    if len(digits) == 11 and _MOBILE.fullmatch(digits):
        return Kind.PHONE
    if len(digits) == 18 and _is_identity(digits):
        return Kind.IDENTITY
    return Kind.CARD if len(digits) in (16, 19) and _CARD.fullmatch(digits) and luhn.is_valid(digits) else None


def _solve_amended(sequence: Sequence[_Group], text: str, strange: Sequence[int]) -> None:
    """Mark the groups of numbers of which a part was corrected (1389 不对 1398 …) or said twice."""
    start = 0
    while start < len(sequence):
        first, end, kind = sequence[start], start, None
        readings = {first.digits}
        """What the number may be so far."""
        amended = False
        for place in range(start + 1, min(start + MOST_AMENDED, len(sequence))):
            before, group = sequence[place - 1], sequence[place]
            if first.kind is not None or group.kind is not None:
                break
            if not _linked(before, group, strange, corrected=True):
                break
            taken_back = _CORRECTED.search(text, before.end, group.start) is not None
            twice = len(group.digits) >= _SHORTEST_PIECE and group.digits == before.digits
            longer = {reading + group.digits for reading in readings}
            if taken_back:
                longer |= {
                    reading[:keep] + group.digits
                    for reading in readings
                    for keep in range(_SHORTEST_PIECE, len(reading))
                }
            if twice:
                longer |= readings
            amended = amended or taken_back or twice
            readings = set(sorted(reading for reading in longer if len(reading) <= LONGEST_AMENDED)[:MOST_READINGS])
            if not readings:
                break
            if amended:
                run = sequence[start : place + 1]
                kinds = [_kind_when_amended(one, run, _cue_of(first, text)[0]) for one in sorted(readings)]
                best = next((one for one in kinds if one is not None), None)
                if best is not None:
                    kind, end = best, place
        if kind is not None:
            for group in sequence[start : end + 1]:
                group.kind = kind
        start = max(start, end) + 1


def _take_back(sequence: Sequence[_Group], text: str) -> None:
    """Mark what was said and corrected directly before a number, or before its part: 183，不对，138…"""
    for before, group in zip(reversed(sequence[:-1]), reversed(sequence[1:]), strict=True):
        if before.kind is None and group.kind is not None and not before.protected and before.line == group.line:
            said = len(before.digits) >= _SHORTEST_PIECE and not _AMOUNT.match(text, before.end)
            if said and group.gap is not None and _CORRECTED.search(group.gap):
                before.kind = group.kind


def _solve_by_cue(sequence: Sequence[_Group], text: str, strange: Sequence[int]) -> None:
    """Mark what is left of one speaker's groups and counts as a number because a cue says so."""
    for start, first in enumerate(sequence):
        if first.kind is None and not first.protected:
            cue, _ = _cue_of(first, text)
            for group in _by_cue(sequence, start, text, cue, strange):
                group.kind = _BY_CUE[cue][2]


def numbers_in(text: str, speakers: Sequence[int] = (), *, skip: int = 0) -> list[Span]:
    """Telephone, identity and card numbers of a normalised text.

    `speakers`: who says each line; without it all lines are one speaker's. `skip`: what comes before is context.
    """
    groups, strange = _groups(text, skip)
    if not groups:
        return []
    by_speaker: dict[int, list[_Group]] = {}
    for group in groups:
        by_speaker.setdefault(speakers[group.line] if speakers else 0, []).append(group)
    if not any(_has_enough(sequence, strange, SHORTEST_NUMBER) for sequence in (*by_speaker.values(), groups)):
        return []
    _protect(groups, text)
    for sequence in by_speaker.values():
        if any(one.digits == other.digits for one, other in pairwise(sequence)):
            _solve_amended(sequence, text, strange)
        _solve(sequence, text, strange)
        if _CORRECTED.search(text):
            _solve_amended(sequence, text, strange)
    if len(by_speaker) > 1:
        # One begins and the other goes on; or the recogniser gave the words to the wrong speaker.
        _solve(groups, text, strange, shapes=MOBILE_SHAPES)
    for sequence in by_speaker.values():
        _solve_by_cue(sequence, text, strange)
        if len(sequence) > 1:
            _take_back(sequence, text)
    _take_pieces(groups, text)
    return [(group.start, group.end, group.kind) for group in groups if group.kind is not None]


def _has_enough(sequence: Sequence[_Group], strange: Sequence[int], least: int) -> bool:
    """Whether linked groups hold that many digits anywhere."""
    total = 0
    for place, group in enumerate(sequence):
        if place and not _linked(sequence[place - 1], group, strange):
            total = 0
        total += len(group.digits)
        if total >= least:
            return True
    return False


def _take_pieces(groups: Sequence[_Group], text: str) -> None:
    """Mark the pieces near a number that repeat a part of it: read back, or said before the whole."""
    for place, group in enumerate(groups):
        if group.kind is not None or group.protected or len(group.digits) < 3 or _AMOUNT.match(text, group.end):
            continue
        if _TAIL.search(text, max(0, group.start - 6), group.start):
            continue
        near = groups[max(0, place - NEIGHBOURS) : place + NEIGHBOURS + 1]
        for kind in Kind:
            if group.digits in "".join(other.digits for other in near if other.kind is kind and not other.piece):
                group.kind, group.piece = kind, True
                break


def _protect(groups: Sequence[_Group], text: str) -> None:
    """Mark the groups that an order-number cue directly before makes no personal number."""
    known: set[str] = set()
    before: _Group | None = None
    for group in groups:
        if before is not None and before.protected and before.line == group.line and group.gap is not None:
            group.protected = _TIGHT.fullmatch(group.gap) is not None
        if not group.protected:
            cue, asked = _cue_of(group, text)
            group.protected = (cue == "order" and not asked) or group.digits in known
        if group.protected and len(group.digits) >= 8:
            known.add(group.digits)
        before = group


_NO_CUE_BETWEEN = re.compile("号码|尾号|[前后末中][间]?[一二两三四五六七八几0-9]位")
_DIGIT_RUN = re.compile(rf"[{_D}]{{{_SHORTEST_PIECE},}}")
_MEASURES = "元块万亿十百千%年月日号点分秒度吨米平兆股个次天人斤岁楼层室栋幢路期版gm"
_MEASURE = re.compile(rf" ?(?:[{_MEASURES}]|公里|人民币)")
_TELEPHONE_WORD = re.compile("手机|电话|号码|联系|微信|幺|打给|打我")
_PARTED_SHAPES = ((3, 4, 4), (3, 8), (7, 4), (3, 3, 5), (3, 4, 2, 2), (3, 3, 3, 2), (4, 4, 3), (6, 5), (5, 6))
MOST_PARTED, MOST_PARTED_TURNS = 24, 64
"""Code points between the pieces of a number that other speech parts; with a change of speakers."""


def parted_numbers_in(text: str, speakers: Sequence[int] = ()) -> list[Span]:
    """Numbers in well-formed pieces that other speech parts (幺三八，哎你等等，零零幺三，八零零零)."""
    lines = [place for place, character in enumerate(text) if character == "\n"]
    by_speaker: dict[int, list[tuple[int, int, str]]] = {}
    for found in _DIGIT_RUN.finditer(text):
        speaker = speakers[bisect_left(lines, found.start())] if speakers else 0
        digits = "".join(DIGIT_VALUES[one] for one in found.group())
        by_speaker.setdefault(speaker, []).append((*found.span(), digits))
    spans: list[Span] = []
    for pieces in by_speaker.values():
        for first in range(len(pieces)):
            for last in range(first + 1, min(first + 6, len(pieces))):
                if not _may_go_on(text, pieces[last - 1][1], pieces[last][0]):
                    break
                kind = _kind_of_pieces(text, pieces[first : last + 1])
                if kind is not None:
                    spans += [(start, end, kind) for start, end, _ in pieces[first : last + 1]]
                    break
    return spans


def _may_go_on(text: str, end: int, start: int) -> bool:
    between = text[end:start]
    most = MOST_PARTED_TURNS if "\n" in between else MOST_PARTED
    return len(between) <= most and not _MEASURE.match(between) and not _CUE.search(_NO_CUE_BETWEEN.sub("", between))


def _kind_of_pieces(text: str, pieces: Sequence[tuple[int, int, str]]) -> Kind | None:
    digits = "".join(piece[2] for piece in pieces)
    start, end = pieces[0][0], pieces[-1][1]
    sizes = tuple(len(piece[2]) for piece in pieces)
    kind = None
    if _MOBILE.fullmatch(digits) and sizes in _PARTED_SHAPES and _TELEPHONE_WORD.search(text, max(0, start - 24), end):
        kind = Kind.PHONE
    elif len(digits) == 18 and _is_identity(digits):
        kind = Kind.IDENTITY
    elif len(digits) in (16, 19) and set(sizes[:-1]) == {4} and _CARD.fullmatch(digits) and luhn.is_valid(digits):
        kind = Kind.CARD
    if kind is None or _MEASURE.match(text, end):
        return None
    alone = not re.search(rf"[a-z{_D}][.,:/\- ]?$", text[max(0, start - 2) : start])
    alone = alone and not re.match(rf"[.,:/\- ]?[a-z{_D}]", text[end : end + 2])
    return kind if alone and _cue(text, start)[0] not in ("order", "amount", "tail") else None


_YEARS_AGO = rf"[1一幺][9九][{_D}]{{2}}|[2二两][0零〇][0-2零〇一幺二两][{_D}]"
_BETWEEN = (
    rf"(?:[{re.escape(PUNCTUATION)}]|[嗯呃啊的是]|那个|然后|后面|最后|后四位|生日|出生(?:日期|年月日?)?"
    rf"|\n[^\n{_D}]{{0,12}}\n){{0,6}}"
)
_IDENTITY_CUE = re.compile("身份证|身份号|证件|证号")
_DATED_IDENTITY = _Later(
    rf"(?P<area>[{_D}](?:[ ,]?[{_D}]){{5}}){_BETWEEN}(?P<year>{_YEARS_AGO})年{_BETWEEN}"
    rf"(?P<month>[{_D}]{{2}}|[{_D}](?=月)|十[一二]?(?=月))月?{_BETWEEN}"
    rf"(?P<day>[二两三]?十[一二三四五六七八九]?|[{_D}]{{2}}|[{_D}](?=[日号]))[日号]?{_BETWEEN}"
    rf"(?P<rest>[{_D}](?:[ ,]?[{_D}]){{2}}[ ,]?(?:[{_D}]|{_group(ENDS_IN_X)}))"
)


def _day_or_month(said: str) -> str:
    """Two digits of a day or month: 十 is 10, 二十四 is 24, 五 is 05."""
    if "十" not in said:
        return "".join(DIGIT_VALUES[one] for one in said).zfill(2)
    tens, ones = said.split("十")
    return (DIGIT_VALUES[tens] if tens else "1") + (DIGIT_VALUES[ones] if ones else "0")


def dated_identities_in(text: str) -> list[Span]:
    """Identity numbers whose birthday is said as a date with 年: the check character is right, or there is a cue."""
    spans: list[Span] = []
    for found in _DATED_IDENTITY.compiled.finditer(text):
        digits = "".join(DIGIT_VALUES.get(one, "") for one in found["area"] + found["year"])
        digits += _day_or_month(found["month"]) + _day_or_month(found["day"])
        digits += "".join(DIGIT_VALUES.get(one, "") for one in found["rest"])
        digits += "x" if len(digits) == 17 else ""
        cued = _IDENTITY_CUE.search(text, max(0, found.start() - _CUE_REACH), found.start()) is not None
        if _is_identity(digits) or (cued and _IDENTITY.fullmatch(digits)):
            parts = ("area", "year", "month", "day", "rest")
            spans += [(*found.span(part), Kind.IDENTITY) for part in parts]
    return spans


# --- e-mail and plates ------------------------------------------------------------------------------------------------

_GOING_ON = "后面|后边|然后|接着|就是|是|加|那个|嗯|呃"
_HESITATION = rf"(?:[ ,]*(?:{_GOING_ON}))*[ ,]*"
_SPOKEN_NAME = re.compile(r"(?:(?<=[是为叫到:, \n])|^)(?!那个|这个|就是|呃|嗯)[一-鿿]{1,4} ?$")
"""A name in place of its letters (张三艾特…), directly before the sign."""
_AT = re.compile(r" ?(?:@|[艾爱挨埃哎]特|圈a|小老鼠|(?<![a-z])at(?![a-z])) ?")
_LOCAL_UNIT = rf"(?:下划线|下横线|横杠|中划线|减号|杠|点|小写的?|大写的?|数字|字母|[a-z0-9{_D}._+\-])"
_LOCAL = re.compile(rf"{_LOCAL_UNIT}(?:[ ,]{{0,2}}{_LOCAL_UNIT})*[ ,]*$")
_LABEL = rf"[a-z0-9{_D}\-]+(?: [a-z0-9{_D}\-]+)*"
_DOMAIN = _Later(
    rf"[ ,]*(?:{_LABEL}(?:[ ,]*(?:点|\.|dot)[ ,]*(?:{_LABEL}|康姆|康|抗姆|抗))+"
    rf"|(?:qq|gmail|sina|hotmail|outlook|foxmail|yahoo|icloud|sohu|163|126|139|189|幺六三|一六三|幺二六|一二六|幺三九)(?![0-9*{_D}]))"
)
_TURN_BREAK = re.compile(r"[,。. ]*\n(?:[^\n]{0,10}\n)?[ ,嗯呃啊]*")
_TURN_BREAK_BEFORE = re.compile(r"[,。. ]*\n(?:[^\n]{0,10}\n)?$")
_PAUSE_AFTER = re.compile(_HESITATION)
_PAUSE_BEFORE = re.compile(rf"[ ,]*(?:{_GOING_ON}){_HESITATION}(?:\n(?:[^\n]{{0,10}}\n)?{_HESITATION})?$")


def emails_in(text: str) -> list[Span]:
    """E-mail addresses of a normalised text, written or spoken, also split over turns."""
    spans: list[Span] = []
    for at in _AT.finditer(text):
        end = at.end()
        domain = _DOMAIN.compiled.match(text, end)
        for pattern in (_TURN_BREAK, _PAUSE_AFTER):
            pause = pattern.match(text, end) if domain is None else None
            domain = _DOMAIN.compiled.match(text, pause.end()) if pause else domain
        if domain is None:
            continue
        low = max(0, at.start() - 64)
        local = _LOCAL.search(text, low, at.start())
        for pattern in (_PAUSE_BEFORE, _TURN_BREAK_BEFORE):
            pause = pattern.search(text, low, at.start()) if local is None else None
            local = _LOCAL.search(text, low, pause.start()) if pause else local
        if local is None or (local.end() == at.start() and not local.group().isascii()):
            name = _SPOKEN_NAME.search(text, low, at.start())
            local = name if name is not None and (local is None or name.start() < local.start()) else local
        if local is not None:
            spans.append((local.start(), local.end(), Kind.EMAIL))
        spans += [(at.start(), end, Kind.EMAIL), (domain.start(), domain.end(), Kind.EMAIL)]
    return spans


PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_PLATE = re.compile(
    rf"[{PROVINCES}][ ·]?(?:大写的?)?[a-hj-z]"
    rf"(?:[ ·.,、\-杠的]{{0,2}}[a-hj-np-z0-9{_D}]){{4,6}}[警学挂港澳领使]?(?![a-z0-9])"
)


_PLATE_HEAD = re.compile(rf"[{PROVINCES}][ ·,]{{0,2}}(?:大写的?)?[a-hj-z](?![a-z])")
_PLATE_SOFT = _Later(rf"(?:[{re.escape(PUNCTUATION)}·杠的]|{_group(_SOFT_WORDS)})*")
_PLATE_PIECE = re.compile(rf"[a-hj-np-z0-9{_D}](?:[ ·.,、\-杠的]{{0,2}}[a-hj-np-z0-9{_D}])*(?![a-z])")
_PLATE_EXPLAINED = re.compile(rf"(?P<province>[{PROVINCES}])[一-鿿]{{0,3}}的(?P=province)$")
_PLATE_FILLED = re.compile(r"[ ·.,、\-杠的]|大写的?")
_SAME_DIGITS = str.maketrans(DIGIT_VALUES)


def _is_serial(serial: str) -> bool:
    """Five or six characters, at most two of them letters (GA 36)."""
    letters = sum(character.isascii() and character.isalpha() for character in serial)
    return letters <= 2 and len(serial) in (5, 6) and len(serial) - letters >= 3


def _plate_at(text: str, at: int, speakers: Sequence[int]) -> list[Span]:
    """The plate whose province stands at `at`: in one, or its pieces and their echoes."""
    whole = _PLATE.match(text, at)
    if whole is not None and _is_serial(_PLATE_FILLED.sub("", whole.group())[2:]):
        return [(at, whole.end(), Kind.PLATE)]
    head = _PLATE_HEAD.match(text, at)
    if head is None:
        return []
    pieces = _plate_pieces(text, head.end(), speakers)
    if not pieces:
        return []
    explained = _PLATE_EXPLAINED.search(text, max(0, at - 5), at + 1)
    spans: list[Span] = [(one, end, Kind.PLATE) for one, end in ((at, head.end()), *pieces)]
    if explained is not None:
        spans.append((explained.start(), explained.start() + 1, Kind.PLATE))
    same = text.translate(_SAME_DIGITS)
    for one, end in ((at, head.end()), *pieces):
        place = same.find(same[one:end], head.end()) if end - one >= 2 else -1
        while place >= 0:
            spans.append((place, place + end - one, Kind.PLATE))
            place = same.find(same[one:end], place + end - one)
    return spans


def _plate_pieces(text: str, start: int, speakers: Sequence[int]) -> list[tuple[int, int]]:
    """The pieces of a plate's serial from `start` on, in the lines of one speaker; none if they make no serial."""
    pieces: list[tuple[int, int]] = []
    complete: list[tuple[int, int]] = []
    serial, place = "", start
    for line, speaker in enumerate(speakers or (0,)):
        stop = text.find("\n", place)
        stop = len(text) if stop < 0 else stop
        if speaker != (speakers or (0,))[0]:
            if stop - place > LONGEST_GAP:
                break
            place = stop + 1
            continue
        place = _soft_end(text, place, stop)
        while (piece := _PLATE_PIECE.match(text, place, stop)) is not None:
            serial += _PLATE_FILLED.sub("", piece.group())
            pieces.append(piece.span())
            place = _soft_end(text, piece.end(), stop)
        if _is_serial(serial) and not _AMOUNT.match(text, pieces[-1][1]):
            complete = pieces.copy()
        if place < stop or len(serial) > 5 or (line and not pieces):
            break
        place = stop + 1
    return complete


def _soft_end(text: str, start: int, stop: int) -> int:
    """Where pauses and fillers from `start` on end."""
    found = _PLATE_SOFT.compiled.match(text, start, stop)
    return found.end() if found else start


def plates_in(text: str) -> list[Span]:
    """Car plates (GA 36) of a normalised text: province, letter, five or six letters and digits."""
    spans: list[Span] = []
    for head in _PLATE_HEAD.finditer(text):
        if not spans or head.start() >= spans[-1][1]:
            spans += _plate_at(text[: head.start() + PLATE_REACH], head.start(), ())
    return spans


# --- names ------------------------------------------------------------------------------------------------------------


_CJK = "一-鿿"
FIRST_CHINESE, LAST_CHINESE = ord(_CJK[0]), ord(_CJK[-1])
_SURNAMES = "".join(_lists()["single"])
_COMPOUND = _group(_lists()["compound"])
_GIVEN = "".join(sorted(set("".join(_lists()["given"]))))
_FAMILY = rf"(?:{_COMPOUND}|[{_SURNAMES}])"
_TITLE = "先生|女士|小姐|太太"
_FAMILY_START = "".join(sorted({*_SURNAMES, *(name[0] for name in _lists()["compound"])}))
_WORDS, _PROFESSIONS, _FOLLOWS = (_group(_lists()[heading]) for heading in ("words", "professions", "follows"))
_NO_NAME = rf"(?=[{_FAMILY_START}])(?!{_WORDS}|.{{1,2}}(?:总|{_PROFESSIONS}))"
_PARTICLES = "的了吗吧啊呢呀哦嘛哈对是嗯呃"
_STOP = rf"(?![{_CJK}])|(?={_FOLLOWS})"
_STRICT = rf"(?=[^{_CJK}a-z0-9]|$|吧|啊|呢|哈|呀|嘛|就行|就好|就可以|即可|也行|好了|的|谢谢|您好|你好|吗|是吧|对)"
_STRICT_AFTER_FAMILY = rf"{_STRICT}|[ ,]{{0,2}}(?:单名|名字|名|叫)"
_FULL = (
    rf"{_NO_NAME}(?:{_FAMILY}[{_CJK}]{{1,2}}(?<![{_PARTICLES}])(?![{_CJK}])"
    rf"|(?:{_COMPOUND})[{_CJK}]{{1,2}}?(?:{_STOP})|[{_SURNAMES}][{_CJK}]{{1,2}}?(?<![了的吗呢])(?:{_STOP})"
    rf"|[{_SURNAMES}][{_GIVEN}]{{2}}|(?:{_COMPOUND})[{_GIVEN}]{{1,2}})"
)
_NICK = (
    rf"(?!老[公婆板师人妈爸乡]|小[孩区时伙哥票米程票费]|阿姨)(?:[小阿老][{_CJK}]{{1,2}}{_STRICT}"
    rf"|[{_CJK}]{{2,8}}·[{_CJK}]{{2,10}}|[a-z]{{2,15}}(?: [a-z]{{2,15}})?{_STRICT})"
)
_PAUSE = r"(?:[ ,:呃嗯啊]|(?:那个|这个|就是|怎么说)[ ,、.。…]){0,3}"
_TRANSLITERATED = rf"[{''.join(_lists()['transliterated'])}]{{3,9}}(?!·){_STRICT}"
"""A Uyghur, Tibetan or Mongolian name without dot."""
_PERSON = (
    "先生|爱人|老公|老婆|太太|妻子|丈夫|儿子|女儿|闺女|爸爸?|妈妈?|父亲|母亲|孩子|宝宝|弟弟?|妹妹?|哥哥?|姐姐?|奶奶|爷爷|外公|外婆"
    "|老人|患者|病人|学生|学员|房主|业主|车主|乘客|法人|(?:持卡|收件|寄件|收货|联系|投保|被保险?|受益|承租|预约|报名)人"
)
_INTRODUCED = _Later(
    rf"(?:(?:我|本人)(?:的)?(?:全名|大名|名字|姓名)?(?:就|是|就是)?叫[做作]?|我的?(?:全名|大名|名字|姓名)(?:就|是|就是|叫)*)"
    rf"{_PAUSE}(?P<own>{_TRANSLITERATED}|{_FULL}|{_NICK})"
    rf"|(?:名字|姓名|户名|全名|大名)(?:就|是|就是|叫|叫做|为|:|写的|登记的|填的)*{_PAUSE}(?P<listed>{_FULL})"
    rf"|(?:叫我|称呼我)[为做]?{_PAUSE}(?P<called>{_FAMILY}(?:{_TITLE}|[姐哥总]){_STRICT}|{_FULL})"
    rf"|(?:您|你|客户|机主|户主|用户)(?:是|就是)?叫[做作]?{_PAUSE}(?P<told>{_FULL})"
    rf"|(?:{_PERSON})(?:的?(?:名字|姓名))?(?:是|就)?叫[做作]?{_PAUSE}(?P<other>{_FULL})"
    rf"|(?P<kin>(?:我|本人|我是|免贵|敝|鄙|您|你|客户|机主|户主|我们?家)(?:是|就|的|也)?[ ,]?姓){_PAUSE}(?:那个)?"
    rf"(?P<family>{_COMPOUND}|(?:[{_SURNAMES}]|[{_CJK}](?={_STRICT_AFTER_FAMILY}))(?<![什啥甚谁名氏不了过的吗呢嗯呃额啊哦那这{_SPOKEN}]))"
    rf"(?:[ ,]{{0,2}}(?:单名|名字|名|叫)(?:叫|是|一个)*[ ,]?(?P<given>[{_CJK}]{{1,2}}?)(?:字)?(?:{_STOP}))?"
)
_DESCRIBED = re.compile(
    r"弓长张|木子李|耳东陈|立早章|口天吴|古月胡|双木林|言午许|草头黄|三横王|三横一竖王|走肖赵|双口吕|人可何|关耳郑|子小孙|十八子李|干钩于|文刀刘|女马冯"
)
_TITLED = re.compile(
    rf"(?:是不是|就是|是|找|请问|问一下|确认一下|您好|你好|喂)(?:您|你|您是)?[ ,]{{0,2}}"
    rf"(?P<name>{_FAMILY}[{_CJK}]{{0,2}}?)(?P<title>{_TITLE})(?:您好|你好)?(?P<tail>本人|吗|么|嘛|吧|是吗|是吧|对吗|对吧|在吗|对不对|没错)?"
)
_ASKED_FULL = re.compile(
    rf"(?:请问|您好|你好|喂)[ ,]{{0,2}}(?:请问)?(?:您|你)?是"
    rf"(?P<name>{_NO_NAME}[{_SURNAMES}][{_GIVEN}]{{1,2}})(?:本人|吗|么|吧|是吗|对吗|对吧|是吧)"
)
_OWN_KIN = re.compile("我|本人|免贵|敝|鄙")
_OWN_PLACE = re.compile(r"工号|为您服务|客服|坐席|专员|话务员")
_QUESTION_OF_NAME = re.compile(
    r"贵姓|怎么称呼|如何称呼|咋称呼|叫什么|什么名字|姓什么|名字是|姓名是|您的?(?:名字|姓名|全名)"
    r"|(?:报|说|提供|留)一?下?(?:您的?)?(?:名字|姓名|全名)|尊姓|高姓"
    r"|(?:名字|姓名|全名|大名)(?:是|叫|呢|吗|啊|吧)?[ ,。.!?]*$"
)
_NAME_OF_A_THING = re.compile(
    "(?:楼盘|小区|产品|商品|药品?|店铺?|公司|单位|学校|套餐|软件|游戏|平台|歌|书|电影|菜|品牌|型号|活动|地方)的?(?:名字|名称|名)?(?:叫|是)"
)
_ANSWER = _Later(
    rf"[ ,。.!?呃嗯额啊哦噢那个就]*(?:我的?(?:名字)?|本人|免贵|敝|鄙|您?(?:就|可以)?叫我|你叫我|称呼我)?[ ,呃嗯]*"
    rf"(?:是|姓|叫|名字叫|就是|就姓|就叫)*[ ,呃嗯]*"
    rf"(?P<name>{_NO_NAME}(?:(?P<family>{_FAMILY})(?P<title>先生|女士|小姐|太太|老师|师傅|姐|哥|总|某)?{_STRICT}"
    rf"|{_FAMILY}[{_CJK}]{{1,2}}?{_STRICT})|{_TRANSLITERATED}|[小老](?:[{_SURNAMES}]){_STRICT}|[{_CJK}]{{2,8}}·[{_CJK}]{{2,10}})"
)


@dataclass(frozen=True, slots=True)
class _Name:
    """A name in a text: where, and by what it is recognised again (`full`, and the family name)."""

    start: int
    end: int
    full: str
    family: str
    own: bool = False
    """Said by its bearer in the first person."""

    def moved(self, by: int) -> _Name:
        return replace(self, start=self.start + by, end=self.end + by)


def _family_of(name: str) -> str:
    compound = re.match(_COMPOUND, name)
    return compound.group() if compound else name[0] if name[0] in _SURNAMES else ""


def _named(text: str, start: int, end: int, *, own: bool = False) -> _Name:
    name = text[start:end]
    family = _family_of(name)
    return _Name(start, end, name if len(name) > max(1, len(family)) else "", family, own)


def _introduced(text: str) -> Iterator[_Name]:
    """Names after 我叫, 我姓, 名字是, 叫我, 您叫."""
    for found in _INTRODUCED.compiled.finditer(text):
        for part in ("own", "listed", "told", "other"):
            if found[part]:
                yield _named(text, *found.span(part), own=part == "own")
        if found["called"]:
            start, end = found.span("called")
            title = re.search(rf"(?:{_TITLE}|[姐哥总])$", found["called"])
            family = _family_of(found["called"])
            if title and end - start - len(title.group()) == len(family):
                end = start + len(family)
            yield _named(text, start, end)
        if found["family"]:
            start, end = found.span("family")
            full = found["family"] + found["given"] if found["given"] else ""
            yield _Name(start, end, full, found["family"], _OWN_KIN.match(found["kin"]) is not None)
            if found["given"]:
                yield _Name(*found.span("given"), "", "")
            yield from _said_again(text, end, found["family"])


def _said_again(text: str, end: int, family: str) -> Iterator[_Name]:
    """The family name in an explanation of it after `end`: 夏天的夏, in the word that explains as well."""
    found = re.compile(rf"[{_CJK}]{{2,4}}的(?P<again>{family})").search(text, end, end + 14)
    if found is not None:
        for one in re.compile(family).finditer(text, *found.span()):
            yield _Name(*one.span(), "", "")
    for described in _DESCRIBED.finditer(text, end, end + 16):
        if described.group()[-1] == family:
            yield _Name(described.start(), described.end(), "", "")


def _titled(text: str) -> Iterator[_Name]:
    """Names in 请问是王先生吗."""
    for found in _TITLED.finditer(text):
        if found["tail"] or "问" in found.group()[:2]:
            yield _named(text, *found.span("name"))


def _asked_full(text: str) -> Iterator[_Name]:
    """Names in 请问是张伟吗."""
    for found in _ASKED_FULL.finditer(text):
        yield _named(text, *found.span("name"))


def names_in(text: str) -> list[_Name]:
    """Names that their own sentence gives away (normalised text)."""
    return [*_introduced(text), *_titled(text), *_asked_full(text)]


_CALLED_AFTER = _Later(rf"(?<!你)叫{_PAUSE}(?P<full>{_FULL})")


def _answered(text: str) -> list[_Name]:
    """The name in an answer to the question of the name (normalised text of a turn), said again too; or none."""
    found = _ANSWER.compiled.match(text)
    if found is None:
        return []
    start, end = found.span("name")
    if found["title"]:
        end = start + len(found["family"])
    names = [_named(text, start, end)]
    if not names[0].full and names[0].family:
        names += _said_again(text, end, names[0].family)
        called = _CALLED_AFTER.compiled.search(text, end, end + 10)
        if called is not None:
            names.append(_named(text, *called.span("full")))
    return names


# --- a batch ----------------------------------------------------------------------------------------------------------

(
    _OTHER,
    _WRITTEN,
    _SAID,
    _CALLED,
    _FAMILY_NAME,
    _NAME_WORD,
    _ADDRESS,
    _ASKS,
    _TITLES,
    _AT_SIGN,
    _DOT,
    _PROVINCE,
) = range(12)
_KEYS = {
    _WRITTEN: "0123456789",
    _SAID: _SPOKEN,
    _CALLED: "叫",
    _FAMILY_NAME: "姓",
    _NAME_WORD: "名",
    _ADDRESS: "呼",
    _ASKS: "问",
    _TITLES: "生士姐",
    _AT_SIGN: "@特圈",
    _DOT: "点.",
    _PROVINCE: PROVINCES,
}
_LEAST_WRITTEN, _LEAST_SAID, _LEAST_WITH_CUE = 10, 4, 7
"""Digits of a chain: looked at in any case; of them spoken, in a shorter one; in a shorter one after a cue."""
LONGEST_BRIDGE = 64
"""Code points from a piece of a number to the next, past a turn of the other speaker."""
_CUE_REACH = 16
_AFTER = 16
NAME_REACH, TITLE_REACH, ASKED_REACH = (12, 28), (16, 6), (6, 14)
"""Code points read before and after a cue character."""
LONGEST_ANSWER = 40
_DIGITS_TO_YEAR, _MOST_BEFORE_YEAR, _AFTER_YEAR = 10, 24, 64
"""An identity number up to its year: digits; code points between them, and read after it."""
_MOST_IN_PIECE, _MOST_PIECES = 13, 5
"""Digits of a piece of a number that other speech parts, and its pieces."""
_LEAST_IN_PIECES = 11
_LEAST_EXTRA = 6
"""Digits after an order number of eight in a chain from which on it is looked at."""
ADDRESS_REACH = 90
PLATE_REACH = 120
"""Code points from its province on in which a plate said in pieces is sought."""
ANSWER_TURNS = 4
"""Turns after a question of the name in which the answer may stand, listening turns included."""
QUESTION_REACH = 12
"""Code points around a cue character in which the question of the name is sought."""


def _set_table(members: Iterable[str]) -> Mask:
    table = np.zeros(characters.PLANE_SIZE, np.bool_)
    table[[ord(character) for character in set("".join(members))]] = True
    return table


@cache
def _class_table() -> NDArray[np.uint8]:
    """(65,536) uint8: what a normalised character is to this module."""
    table = np.zeros(characters.PLANE_SIZE, np.uint8)
    for code, members in _KEYS.items():
        table[[ord(character) for character in members]] = code
    return table


@cache
def _key_table() -> Mask:
    return _class_table() > 0


@cache
def _ends_soft_table() -> Mask:
    """(65,536) bool: a turn's end, or what may stand before it."""
    return _set_table([PUNCTUATION, "\n", *(word for word in _SOFT_WORDS if len(word) == 1)])


@cache
def _value_table() -> NDArray[np.uint8]:
    """(65,536) uint8: the value of a digit, written or spoken."""
    table = np.zeros(characters.PLANE_SIZE, np.uint8)
    for character, value in DIGIT_VALUES.items():
        table[ord(character)] = int(value)
    return table


@cache
def _soft_table() -> Mask:
    """(65,536) bool: what may stand between the digits of one number."""
    return _set_table([PUNCTUATION, "\n", "个双尾位数字", _D, _W, *_SOFT_WORDS, *ENDS_IN_X])


@cache
def _soft_start_table() -> Mask:
    return _set_table([PUNCTUATION, "\n", _W, "个双位一两", *(word[0] for word in (*_SOFT_WORDS, *ENDS_IN_X))])


@cache
def _soft_end_table() -> Mask:
    return _set_table([PUNCTUATION, "\n", _W, "个双位数字", *(word[-1] for word in (*_SOFT_WORDS, *ENDS_IN_X))])


@cache
def _before_called_table() -> Mask:
    return _set_table("我人您你字名客户主就是生公婆太子夫儿女爸妈亲孩宝弟妹哥姐奶爷者员")


@cache
def _name_start_table() -> Mask:
    """(65,536) bool: what may follow 叫: the first character of a name, or a pause before it."""
    compound = [name[0] for name in _lists()["compound"]]
    return _set_table(
        [
            _SURNAMES,
            *compound,
            *_lists()["transliterated"],
            "那这就怎小阿老买艾古阿做作 ,:呃嗯啊",
            "abcdefghijklmnopqrstuvwxyz",
        ]
    )


@cache
def _after_title_table() -> Mask:
    return _set_table("本吗么嘛吧是对在没您你")


@cache
def _before_title_table() -> Mask:
    return _set_table("是找问好下喂")


def _speech(batch: Batch) -> characters.Normal:
    """The batch's normalised text with the content of events （…） put back: they may hold numbers too."""
    blank = np.flatnonzero(batch.normal == characters.SPACE)
    given = batch.points[blank]
    opened = blank[(given == characters.OPENING_BRACKET) | (given == 0xFF08)]
    if not len(opened):
        return batch.normal
    closed = np.flatnonzero((batch.points == characters.CLOSING_BRACKET) | (batch.points == 0xFF09))
    ends = closed[np.minimum(np.searchsorted(closed, opened), len(closed) - 1)] + 1
    where = ranges(opened, np.maximum(ends - opened, 0))
    normal = batch.normal.copy()
    normal[where] = characters.normalise(batch.points[where])
    return normal


def _string(normal: characters.Normal, start: int, end: int) -> str:
    return normal[start:end].tobytes().decode("utf-16-le", "replace")


def _look(table: NDArray[_Entry], normal: characters.Normal, where: Indices) -> NDArray[_Entry]:
    """`table[normal[where]]`, in the fastest way; positions outside are clipped."""
    return table.take(normal.take(where, mode="clip"), mode="clip")


def _chains(normal: characters.Normal, batch: Batch, digit: Indices, said: Mask) -> tuple[Indices, Indices]:
    """First and last digit position of each chain of digits that deserves a closer look. (n_chains,) each

    `digit`: (n,) positions of digit characters, ascending; `said`: (n,) bool, not written as 0–9.
    """
    gap = np.diff(digit)
    linked = gap == 1
    near = np.flatnonzero((gap > 1) & (gap <= LONGEST_GAP + 1))
    near = near[_look(_soft_end_table(), normal, digit.take(near + 1) - 1)]
    near = near[_look(_soft_start_table(), normal, digit.take(near) + 1)]
    linked[near[gap[near] <= 3]] = True  # one or two characters between: both have been looked at
    wide = near[gap[near] > 3]
    # Cheap refusals before whole gaps are gathered: only pauses and fillers before the first hand-over, after the last.
    one = digit[wide] + 1
    wide = wide[_soft_table()[normal[one + 1]] | (normal[one] == characters.NEWLINE)]
    one = digit[wide + 1] - 1
    wide = wide[_soft_table()[normal[one - 1]] | (normal[one] == characters.NEWLINE)]
    if len(wide):
        lengths = gap[wide] - 1
        where = ranges(digit[wide] + 1, lengths)
        between = normal[where]
        first = np.cumsum(lengths) - lengths
        strange = ~_soft_table()[between]
        newline = between == characters.NEWLINE
        # Other speech is tolerated between the first and the last hand-over only.
        begin = np.minimum.reduceat(np.where(newline, where, len(normal)), first)
        finish = np.maximum.reduceat(np.where(newline, where, -1), first)
        outside = strange & ((where < np.repeat(begin, lengths)) | (where > np.repeat(finish, lengths)))
        linked[wide] = ~np.logical_or.reduceat(outside, first)
        linked[wide] &= np.add.reduceat(strange, first, dtype=np.int64) <= MOST_STRANGE
    near = near[linked[near]]
    call_end = batch.turn_text[batch.call_turn[1:]]
    call = np.searchsorted(call_end, digit[near], "right")
    linked[near] = call == np.searchsorted(call_end, digit[near + 1], "right")
    start = np.flatnonzero(np.concatenate(([True], ~linked)))
    count = np.diff(np.append(start, len(digit)))
    bridged = _bridged(normal, batch, digit, start, count)
    if bridged.any():
        start = start[np.concatenate(([True], ~bridged))]
        count = np.diff(np.append(start, len(digit)))
    long = count >= _LEAST_WITH_CUE
    start, count = start[long], count[long]
    if not len(start):
        return start, start
    # An order number of eight or more digits, and too few after it for a number of its own.
    before = normal[np.maximum(digit[start][:, None] - np.arange(1, _CUE_REACH + 1), 0)]  # (n_chains, reach)
    cue = _among("话机系式固微")[before]
    order = _among("单编")[before[:, :4]].any(axis=1) & ~cue[:, :3].any(axis=1)
    order &= digit[start + 6] - digit[start] == 6
    eighth = np.minimum(start + 7, len(digit) - 1)
    eleventh = np.minimum(start + 10, len(digit) - 1)
    mobile = (count >= 11) & (digit[eleventh] - digit[start] == 10) & _among("1一幺")[normal[digit[start]]]
    ordered = order & (digit[eighth] - digit[start] == 7) & (count < 8 + _LEAST_EXTRA) & ~mobile
    enough = (count >= _LEAST_WRITTEN) & ~ordered
    short = np.flatnonzero(~enough)
    # 四个八 is more than its two characters.
    many = near[(gap[near] == 2) & (normal[digit[near] + 1] == ord("个"))]
    within = np.searchsorted(many, start[short] + count[short]) - np.searchsorted(many, start[short])
    enough[short] = (within > 0) & (within * 2 + count[short] >= _LEAST_WRITTEN)
    short = short[~enough[short]]
    spoken = np.concatenate(([0], np.cumsum(said)))
    enough[short] = spoken[start[short] + count[short]] - spoken[start[short]] >= _LEAST_SAID
    short = short[~enough[short]]
    tail = normal[digit[start[short]] - 1] == ord("位")
    enough[short] = cue[short].any(axis=1) & ~order[short] & ~tail
    start, count = start[enough], count[enough]
    return digit[start], digit[start + count - 1]


def _same_digits(normal: characters.Normal, digit: Indices, one: Indices, other: Indices) -> Mask:
    """(n,) bool: three digits from the index `one` on are said again from the index `other` on."""
    same = np.ones(len(one), np.bool_)
    for place in range(_SHORTEST_PIECE):
        first, second = (normal.take(digit.take(index + place, mode="clip")) for index in (one, other))
        same &= _value_table()[first] == _value_table()[second]
    return same


def _bridged(normal: characters.Normal, batch: Batch, digit: Indices, start: Indices, count: Indices) -> Mask:
    """(n_chains - 1,) bool: a chain goes on in the next, past what the other speaker says or reads back.

    start, count: (n_chains,) first index in `digit` and number of digits. The first of two such chains ends its turn
    and the second begins one, two or four turns later.
    """
    bridged = np.zeros(max(len(start) - 1, 0), np.bool_)
    at = np.flatnonzero((count[:-1] >= _SHORTEST_PIECE) & (count[:-1] < _LEAST_WRITTEN))
    at = at[_ends_soft_table()[normal.take(digit[start[at + 1] - 1] + 1, mode="clip")]]
    end = digit[start[at + 1] - 1]
    one, two = normal.take(end + 1, mode="clip"), normal.take(end + 2, mode="clip")
    tail = (one == characters.NEWLINE) | (two == characters.NEWLINE)
    tail &= digit[start[at + 1]] - end <= LONGEST_BRIDGE
    at, end = at[tail], end[tail]
    if not len(at):
        return bridged
    call_end = batch.turn_text[batch.call_turn[1:]]
    for step in (1, 2):
        begins = start[np.minimum(at + step, len(start) - 1)]
        first = digit[begins]
        one, two = normal.take(first - 1, mode="clip"), normal.take(first - 2, mode="clip")
        head = (one == characters.NEWLINE) | (_soft_table()[one] & (two == characters.NEWLINE))
        # Read back by the other, wherever in the turn, and whatever the number goes on to there.
        again = _same_digits(normal, digit, start[at], begins) if step == 1 else np.zeros(len(at), np.bool_)
        row = np.flatnonzero((head | again) & (at + step < len(start)) & (first - end <= LONGEST_BRIDGE))
        apart = np.searchsorted(batch.turn_text, first[row], "right") - np.searchsorted(
            batch.turn_text, end[row], "right"
        )
        row = row[again[row] | (apart == 2) | (apart == 4)]
        row = row[np.searchsorted(call_end, first[row], "right") == np.searchsorted(call_end, end[row], "right")]
        for past in range(step):
            bridged[at[row] + past] = True
    return bridged


def _number_spans(
    normal: characters.Normal, batch: Batch, digit: Indices, said: Mask, speaker: Indices
) -> Iterator[Span]:
    if not len(digit):
        return
    first, last = _chains(normal, batch, digit, said)
    if not len(first):
        return
    call = np.searchsorted(batch.turn_text[batch.call_turn[1:]], first, "right")
    low = np.maximum(first - CONTEXT, batch.turn_text[batch.call_turn[call]])
    high = np.minimum(last + 1 + _AFTER, batch.turn_text[batch.call_turn[call + 1]])
    turn = np.searchsorted(batch.turn_text, low, "right") - 1
    # One character more: a recogniser writes 要 for the 幺 in front.
    skip = np.maximum(first - low - 1, 0)
    for one, end, at, context in zip(low.tolist(), high.tolist(), turn.tolist(), skip.tolist(), strict=True):
        text = _string(normal, one, end)
        speakers = speaker[at : at + text.count("\n") + 1].tolist() if "\n" in text else ()
        for start, stop, kind in numbers_in(text, speakers, skip=context):
            yield one + start, one + stop, kind


@cache
def _parted_shapes() -> Indices:
    """`_PARTED_SHAPES`, the sizes of the pieces read as one number."""
    return np.array([int("".join(map(str, one))) for one in _PARTED_SHAPES])


def _may_be_number(digits: NDArray[np.uint8]) -> Mask:
    """(n,) bool. digits: (n, length) the values of numbers of 11, 16, 18 or 19 digits."""
    first, second, length = digits[:, 0], digits[:, 1], digits.shape[1]
    if length == 11:
        fits: Mask = (first == 1) & (second >= 3)
    elif length == 18:
        weights = np.array([2**place % 11 for place in range(17, -1, -1)])
        century = digits[:, 6] * 10 + digits[:, 7]
        fits = ((century == 19) | (century == 20)) & (digits @ weights % 11 == 1)
    else:
        doubled = digits.astype(np.int64)
        doubled[:, -2::-2] *= 2
        fits = (first >= 3) & ((doubled - 9 * (doubled > 9)).sum(axis=1) % 10 == 0)
    return fits


def _parted_spans(
    normal: characters.Normal, batch: Batch, digit: Indices, speaker: Indices, found: Sequence[Span]
) -> Iterator[Span]:
    """Numbers in pieces with other speech between, where none was `found`. `digit`: (n,) positions, ascending."""
    if not len(digit):
        return
    begin = np.append(0, np.flatnonzero(digit[1:] - digit[:-1] != 1) + 1)
    size = np.append(begin[1:], len(digit)) - begin
    long = np.flatnonzero((size >= _SHORTEST_PIECE) & (size <= _MOST_IN_PIECE))
    begin, size = begin[long], size[long]
    start, end = digit[begin], digit[begin + size - 1] + 1
    known = np.sort(np.fromiter((one for one, _, _ in found), np.int64, len(found)))
    free = np.append(known, len(normal)).take(np.searchsorted(known, start)) >= end
    free &= ~_among(_MEASURES)[normal.take(end, mode="clip")]
    start, end, size = start[free], end[free], size[free]
    if len(start) < 2:
        return
    near = start[1:] - end[:-1] <= MOST_PARTED_TURNS
    cluster = np.append(0, np.flatnonzero(~near) + 1)
    enough = np.add.reduceat(size, cluster) >= _LEAST_IN_PIECES
    company = enough.repeat(np.append(cluster[1:], len(start)) - cluster)
    company &= np.append(near, False) | np.append(False, near)
    start, end, size = start[company], end[company], size[company]
    if len(start) < 2:
        return
    value = _look(_value_table(), normal, ranges(start, size))
    total = np.cumsum(np.append(0, size))
    near = start[1:] - end[:-1] <= MOST_PARTED_TURNS
    going, reach = np.ones(len(start), np.bool_), np.full(len(start), -1)
    for pieces in range(2, min(_MOST_PIECES, len(start)) + 1):
        last = np.arange(pieces - 1, len(start))
        going = going[: len(last)] & near[pieces - 2 :]
        digits = total[last + 1] - total[: len(last)]
        digits[~going] = 0
        for length in (11, 16, 18, 19):
            fits = np.flatnonzero(digits == length)
            if length == 11:  # a mobile number in pieces as people part them
                sizes = size[fits[:, None] + np.arange(pieces)] @ 10 ** np.arange(pieces)[::-1]
                fits = fits[(sizes[:, None] == _parted_shapes()).any(axis=1)]
            if not len(fits):
                continue
            fits = fits[_may_be_number(value[total[fits][:, None] + np.arange(length)])]
            reach[fits] = last[fits]
    row = np.flatnonzero(reach >= 0)
    if not len(row):
        return
    bounds = batch.turn_text[batch.call_turn]
    call = np.searchsorted(bounds[1:], start[row], "right")
    same = call == np.searchsorted(bounds[1:], start[reach[row]], "right")
    row, call = row[same], call[same]
    low = np.maximum(start[row] - CONTEXT, bounds[call])
    high = np.minimum(end[reach[row]] + _AFTER, bounds[call + 1])
    turn = np.searchsorted(batch.turn_text, low, "right") - 1
    for one, stop, at in zip(low.tolist(), high.tolist(), turn.tolist(), strict=True):
        text = _string(normal, one, stop)
        speakers = speaker[at : at + text.count("\n") + 1].tolist()
        for first_place, last_place, kind in parted_numbers_in(text, speakers):
            yield one + first_place, one + last_place, kind


def _dated_identity_spans(normal: characters.Normal, batch: Batch, digit: Indices) -> Iterator[Span]:
    """Identity numbers with 年. `digit`: (n,) positions of digit characters, ascending."""
    if len(digit) < _DIGITS_TO_YEAR:
        return
    year = np.flatnonzero(digit[9:] - digit[6:-3] == 3) + 9
    year = year[digit[year] - digit[year - 9] <= 9 + _MOST_BEFORE_YEAR]
    year = year[normal.take(digit[year] + 1, mode="clip") == ord("年")]
    call = np.searchsorted(batch.turn_text[batch.call_turn[1:]], digit[year], "right")
    low = np.maximum(digit[year - 9] - _CUE_REACH, batch.turn_text[batch.call_turn[call]])
    high = np.minimum(digit[year] + _AFTER_YEAR, batch.turn_text[batch.call_turn[call + 1]])
    for start, end in zip(low.tolist(), high.tolist(), strict=True):
        for first, last, kind in dated_identities_in(_string(normal, start, end)):
            yield start + first, start + last, kind


def _address_spans(normal: characters.Normal, batch: Batch, sign: Indices) -> Iterator[Span]:
    """E-mail. `sign`: (n,) positions of @ 特 圈 点 and full stops."""
    one, other = normal[sign], normal[np.minimum(sign + 1, len(normal) - 1)]
    spaced = normal[np.minimum(sign + 2, len(normal) - 1)]
    follows = np.where(other == characters.SPACE, spaced, other)
    before = normal[sign - 1]
    signs = (one == ord("@")) | ((one == ord("特")) & _among("艾爱挨埃哎")[before])
    signs |= (one == ord("圈")) & (other == ord("a"))
    signs |= ((one == ord("点")) | (one == ord("."))) & _among("cno康抗")[follows]
    sign = sign[signs]
    call = np.searchsorted(batch.turn_text[batch.call_turn[1:]], sign, "right")
    low = np.maximum(sign - ADDRESS_REACH, batch.turn_text[batch.call_turn[call]])
    high = np.minimum(sign + ADDRESS_REACH, batch.turn_text[batch.call_turn[call + 1]])
    for start, end in zip(low.tolist(), high.tolist(), strict=True):
        for first, last, kind in emails_in(_string(normal, start, end)):
            yield start + first, start + last, kind


def _plate_spans(normal: characters.Normal, batch: Batch, province: Indices, speaker: Indices) -> Iterator[Span]:
    """Car plates. `province`: (n,) positions of the characters that may begin one."""
    letter = _among("abcdefghijklmnopqrstuvwxyz")
    last = len(normal) - 1
    one, two = normal[np.minimum(province + 1, last)], normal[np.minimum(province + 2, last)]
    likely = letter[one] | (_among(" ·,")[one] & letter[two]) | ((one == ord("大")) & (two == ord("写")))
    start = province[likely]
    if not len(start):
        return
    turn = np.searchsorted(batch.turn_text, start, "right") - 1
    low = np.maximum(start - 5, batch.turn_text[turn])
    high = np.minimum(start + PLATE_REACH, batch.turn_text[batch.call_turn[batch.turn_call[turn] + 1]])
    for first, end, at, place in zip(low.tolist(), high.tolist(), turn.tolist(), start.tolist(), strict=True):
        text = _string(normal, first, end).rstrip("\n")
        speakers = speaker[at : at + text.count("\n") + 1].tolist()
        for begin, stop, kind in _plate_at(text, place - first, speakers):
            yield first + begin, first + stop, kind


def _turn_speakers(batch: Batch) -> Indices:
    """(t,) the speaker of each turn's first run."""
    speaker = np.empty(batch.n_turns, np.int64)
    speaker[batch.run_turn[::-1]] = batch.runs.speaker[::-1]
    return speaker


def _name_spans(normal: characters.Normal, batch: Batch, key: Indices, code: NDArray[np.uint8]) -> list[Spans]:
    """Names. key, code: (n,) positions of the cue characters and their classes."""
    last = len(normal) - 1
    before, after = normal[key - 1], normal[np.minimum(key + 1, last)]
    title = code == _TITLES
    title &= (
        ((normal[key] == ord("生")) & (before == ord("先")))
        | ((normal[key] == ord("士")) & (before == ord("女")))
        | ((normal[key] == ord("姐")) & (before == ord("小")))
    )
    reach = normal[np.maximum(key[title][:, None] - np.arange(3, 7), 0)]  # (n_titles, 4): over the name
    titled = title.copy()
    titled[title] = _after_title_table()[after[title]] | (reach == ord("问")).any(axis=1)
    titled[title] &= _before_title_table()[reach].any(axis=1)
    called = (code == _CALLED) & ((_before_called_table()[before] & _name_start_table()[after]) | (after == ord("我")))
    asks = np.flatnonzero((code == _ASKS) & _among("是您你,")[after])
    ahead = normal[np.minimum(key[asks][:, None] + np.arange(2, 9), last)]  # (n_asks, 7)
    asks = asks[_among(_SURNAMES)[ahead].any(axis=1) & _among("吗么吧本对")[ahead].any(axis=1)]
    introduced = called | (code == _FAMILY_NAME) | (code == _NAME_WORD)
    questions = (code == _ADDRESS) | (code == _FAMILY_NAME) | (code == _NAME_WORD)
    questions |= (code == _CALLED) & _among("什啥")[after]
    broken = np.flatnonzero((code == _CALLED) | (code == _FAMILY_NAME))
    broken = broken[_among(PUNCTUATION + "\n")[after[broken]] & _among("我是人字贵")[before[broken]]]
    beyond = normal[np.minimum(key[broken] + 2, last)]
    broken = broken[(after[broken] == characters.NEWLINE) | (beyond == characters.NEWLINE)]
    plain, length = _plain_introductions(normal, batch, key, np.flatnonzero(called & (before == ord("我"))))
    introduced[plain] = False
    start = key[plain] + 1
    call = np.searchsorted(batch.turn_text[batch.call_turn[1:]], start, "right")
    names = [
        *_given_away(normal, batch, key[introduced], _introduced, NAME_REACH),
        *_given_away(normal, batch, key[titled], _titled, TITLE_REACH),
        *_given_away(normal, batch, key[asks], _asked_full, ASKED_REACH),
        *_answers(normal, batch, key[questions]),
        *_broken_off(normal, batch, key[broken]),
    ]
    found: list[Span] = [(name.start, name.end, _NAME) for _, name in names]
    found += _full_mentions(normal, batch, call, start, start + length, [(one, name.full) for one, name in names])
    families = [(one, name.family) for one, name in names if name.family]
    found += _titled_mentions(normal, batch, families, call << 16 | normal[start], key[title] - 1)
    return [_columns(found), Spans(start, start + length, np.full(len(start), _NAME, np.uint8))]


def _plain_introductions(
    normal: characters.Normal, batch: Batch, key: Indices, called: Indices
) -> tuple[Indices, Indices]:
    """The plainest form, 我叫 + family name of one + given name of one or two characters + no character.

    `called`: (n,) places in `key` of 叫. Returns the places that are of this form, and the length of the name.
    """
    called = called[key[called] + 5 < len(normal)]
    said = normal[key[called][:, None] + np.arange(1, 5)]  # (n, 4)
    chinese = (said >= FIRST_CHINESE) & (said <= LAST_CHINESE)
    length = np.where(chinese[:, 2], 3, 2)
    ends = np.where(chinese[:, 2], ~chinese[:, 3], True)
    last = np.where(chinese[:, 2], said[:, 2], said[:, 1])
    pair = said[:, 0].astype(np.uint32) << 16 | said[:, 1]
    words, professions = _word_pairs()
    plain = chinese[:, 0] & chinese[:, 1] & ends & _among(_SURNAMES)[said[:, 0]] & ~_among(_PARTICLES + "总")[last]
    plain &= ~np.isin(pair, words) & ~np.isin(said[:, 1].astype(np.uint32) << 16 | said[:, 2], professions)
    if plain.any():
        plain[plain] = batch.turn_role[np.searchsorted(batch.turn_text, key[called[plain]], "right") - 1] != Role.AGENT
    return called[plain], length[plain]


@cache
def _word_pairs() -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """Two characters as one number: what begins no name (words, compound family names); professions."""
    lists = _lists()
    return tuple(
        np.unique([np.uint32(ord(word[0]) << 16 | ord(word[1])) for word in words])
        for words in (lists["words"] + lists["compound"], lists["professions"])
    )  # type: ignore[return-value]


def _given_away(
    normal: characters.Normal,
    batch: Batch,
    key: Indices,
    read: Callable[[str], Iterator[_Name]],
    reach: tuple[int, int],
) -> Iterator[tuple[int, _Name]]:
    """(call, name) for the names that the sentence around a cue character gives away."""
    turn = np.searchsorted(batch.turn_text, key, "right") - 1
    low = np.maximum(key - reach[0], batch.turn_text[turn])
    high = np.minimum(key + reach[1], batch.turn_text[turn + 1] - 1)
    agent = batch.turn_role[turn] == Role.AGENT
    calls = batch.turn_call[turn]
    for call, at, start, end, by_agent in zip(
        calls.tolist(), turn.tolist(), low.tolist(), high.tolist(), agent.tolist(), strict=True
    ):
        for name in read(_string(normal, start, end)):
            if by_agent and name.own and _OWN_PLACE.search(_string(normal, *batch.turn_text[at : at + 2].tolist())):
                continue
            yield call, name.moved(start)


def _answers(normal: characters.Normal, batch: Batch, key: Indices) -> Iterator[tuple[int, _Name]]:
    """(call, name) for the names in the customer's next turn after a question of the name."""
    turn = np.searchsorted(batch.turn_text, key, "right") - 1
    asked_by = batch.turn_role[turn] != Role.CUSTOMER
    key, turn = key[asked_by], turn[asked_by]
    low = np.maximum(key - QUESTION_REACH, batch.turn_text[turn])
    high = np.minimum(key + QUESTION_REACH, batch.turn_text[turn + 1] - 1)
    last = np.minimum(turn + 1 + ANSWER_TURNS, batch.call_turn[batch.turn_call[turn] + 1])
    follower = turn[:, None] + np.arange(1, ANSWER_TURNS + 1)  # (n, ANSWER_TURNS)
    role = batch.turn_role[np.minimum(follower, batch.n_turns - 1)]
    others = ~np.isin(role, (Role.AGENT, Role.SYSTEM)) & (follower < last[:, None])
    answered = -1
    for row in range(len(turn)):
        if turn[row] == answered:
            continue
        question = _string(normal, int(low[row]), int(high[row]))
        if not _QUESTION_OF_NAME.search(question) or _NAME_OF_A_THING.search(question):
            continue
        answered = turn[row]
        for reply in follower[row][others[row]].tolist():
            start, end = batch.turn_text[reply : reply + 2].tolist()
            names = _answered(_string(normal, start, min(end - 1, start + LONGEST_ANSWER)))
            for name in names:
                yield int(batch.turn_call[answered]), name.moved(start)
            if names or not batch.turn_backchannel[reply]:
                break


def _broken_off(normal: characters.Normal, batch: Batch, key: Indices) -> Iterator[tuple[int, _Name]]:
    """(call, name) for the names in the same speaker's next turn after 我叫 or 我姓 at the end of a turn."""
    turn = np.searchsorted(batch.turn_text, key, "right") - 1
    turn = turn[batch.turn_role[turn] != Role.AGENT]
    for at in turn.tolist():
        call = int(batch.turn_call[at])
        for reply in range(at + 1, min(at + ANSWER_TURNS, int(batch.call_turn[call + 1]))):
            if batch.turn_role[reply] != batch.turn_role[at]:
                continue
            start, end = batch.turn_text[reply : reply + 2].tolist()
            names = _answered(_string(normal, start, min(end - 1, start + LONGEST_ANSWER)))
            for name in names:
                yield call, name.moved(start)
            if names:
                break


def _full_mentions(
    normal: characters.Normal, batch: Batch, call: Indices, start: Indices, end: Indices, names: list[tuple[int, str]]
) -> Iterator[Span]:
    """Where else in its call a full name is said. call, start, end: (n,) names in the text; `names`: more of them."""
    memory = normal.tobytes()
    find = memory.find
    bounds = batch.turn_text[batch.call_turn] * 2
    columns = (2 * start, 2 * end, bounds[call], bounds[call + 1])
    rows = list(zip(*(column.tolist() for column in columns), strict=True))
    searches = [(memory[first:last], low, first, find(memory[first:last], low, first)) for first, last, low, _ in rows]
    searches += [
        (memory[first:last], last, high, find(memory[first:last], last, high)) for first, last, _, high in rows
    ]
    for one, name in names:
        wanted, low, high = name.encode("utf-16-le"), int(bounds[one]), int(bounds[one + 1])
        searches.append((wanted, low, high, find(wanted, low, high) if name else -1))
    for wanted, _, high, place in searches:
        found = place
        while found >= 0:
            if found % 2 == 0:
                yield found // 2, (found + len(wanted)) // 2, _NAME
            found = find(wanted, found + 1, high)


def _titled_mentions(
    normal: characters.Normal, batch: Batch, names: list[tuple[int, str]], plain: Indices, title: Indices
) -> Iterator[Span]:
    """Where in its call a known family name stands before a title.

    names: (call, family name); plain: (n,) call << 16 | family name of one character; title: (n,) positions.
    """
    if not len(title):
        return
    more = np.fromiter((call << 16 | ord(family[-1]) for call, family in names), np.int64, len(names))
    call_of = np.searchsorted(batch.turn_text[batch.call_turn[1:]], title, "right")
    mentioned = np.isin(call_of << 16 | normal[title - 1], np.concatenate((plain, more)))
    compound = {(call, family) for call, family in names if len(family) > 1}
    single = set(plain.tolist()) | {call << 16 | ord(family) for call, family in names if len(family) == 1}
    for place, call in zip(title[mentioned].tolist(), call_of[mentioned].tolist(), strict=True):
        before = _string(normal, place - 2, place)
        if (call, before) in compound:
            yield place - 2, place, _NAME
        elif call << 16 | ord(before[-1]) in single:
            yield place - 1, place, _NAME


@cache
def _among(members: str) -> Mask:
    return _set_table(members)


def _keys(normal: characters.Normal) -> Indices:
    """Positions of digits and cue characters, ascending."""
    places = np.empty(len(normal), np.int64)
    return places[: _key_places(normal, _key_table(), places)].copy()


@compiled
def _key_places(normal: characters.Normal, table: Mask, places: Indices) -> int:
    """Write where `table` is true of a character; returns how many they are."""
    count = 0
    for place in range(len(normal)):
        places[count] = place
        count += table[normal[place]]
    return count


def personal_spans(batch: Batch) -> Spans:
    """Everything in a batch that identifies a person: sorted, disjoint spans of its text."""
    normal = _speech(batch)
    if not len(normal):
        return _columns([])
    key = _keys(normal)
    code = _look(_class_table(), normal, key)
    is_digit = code <= _SAID
    # 一下, 两个 are words.
    spoken = np.flatnonzero(code == _SAID)
    follows = normal[np.minimum(key[spoken] + 1, len(normal) - 1)]
    counted = (_among("一两")[normal[key[spoken]]] & _among(_AFTER_COUNT)[follows]) | (follows == ord("位"))
    is_digit[spoken[counted]] = False
    place = np.flatnonzero(is_digit)
    digit, said = key.take(place), code.take(place) == _SAID
    cues = np.flatnonzero(code > _SAID)
    key, code = key.take(cues), code.take(cues)
    names = code <= _TITLES
    speaker = _turn_speakers(batch)
    found = list(_number_spans(normal, batch, digit, said, speaker))
    found += list(_parted_spans(normal, batch, digit, speaker, found))
    found += _dated_identity_spans(normal, batch, digit)
    found += _address_spans(normal, batch, key[(code == _AT_SIGN) | (code == _DOT)])
    found += _plate_spans(normal, batch, key[code == _PROVINCE], speaker)
    return _join([_columns(found), *_name_spans(normal, batch, key[names], code[names])])


def _columns(found: Sequence[Span]) -> Spans:
    columns = np.fromiter((value for span in found for value in span), np.int64, 3 * len(found)).reshape(-1, 3)
    return Spans(columns[:, 0], columns[:, 1], columns[:, 2].astype(np.uint8))


def _join(found: Sequence[Spans]) -> Spans:
    """Sorted and disjoint: overlapping spans become one, of the kind of the first."""
    start = np.concatenate([spans.start for spans in found])
    end = np.concatenate([spans.end for spans in found])
    kind = np.concatenate([spans.kind for spans in found])
    order = np.lexsort((kind, end, start))
    start, end, kind = start[order], np.maximum.accumulate(end[order]), kind[order]
    first = np.flatnonzero(np.concatenate(([True], start[1:] >= end[:-1])))[: len(start)]
    return Spans(start[first], np.maximum.reduceat(end, first) if len(first) else end, kind[first])


def masked_points(batch: Batch) -> characters.Points:
    """The batch's text with `*` for each code point of a personal span. (p,) uint32"""
    spans = personal_spans(batch)
    points = batch.points.copy()
    points[ranges(spans.start, spans.end - spans.start)] = ord(MASK)
    return points


def spans_in(text: str) -> Spans:
    """`personal_spans` of one string: an id, a file name, a line of a log. A line break ends every number."""
    normal = characters.normalise_string(text)
    found: list[Span] = []
    offset = 0
    for line in normal.split("\n"):
        found += [(offset + start, offset + end, kind) for start, end, kind in _line_spans(line)]
        offset += len(line) + 1
    return _join([_columns(found)])


def _line_spans(line: str) -> Iterator[Span]:
    yield from numbers_in(line)
    yield from parted_numbers_in(line)
    yield from dated_identities_in(line)
    yield from emails_in(line)
    yield from plates_in(line)
    own_place = _OWN_PLACE.search(line) is not None
    names = [name for name in names_in(line) if not (name.own and own_place)]
    for name in names:
        yield name.start, name.end, _NAME
        if name.full:
            yield from ((found.start(), found.end(), _NAME) for found in re.finditer(re.escape(name.full), line))
        if name.family:
            pattern = rf"{re.escape(name.family)}(?={_TITLE})"
            yield from ((found.start(), found.end(), _NAME) for found in re.finditer(pattern, line))


def mask_string(text: str) -> str:
    """A string with `*` for each code point that identifies a person; the length stays."""
    spans = spans_in(text)
    if not len(spans):
        return text
    masked = list(text)
    for start, end in zip(spans.start.tolist(), spans.end.tolist(), strict=True):
        masked[start:end] = MASK * (end - start)
    return "".join(masked)
