"""The time within which the agent promises a reply: 二十四小时内, 明天中午前, 三到五个工作日 → hours from the call.

Only turns with an action of a promise in them are read, and the answer to «when will you tell me», where a time alone
is one. What is counted is the agent's last plain promise of a call;
in its turn a reply (回电) goes before the handling of the matter (处理好), and of several the last counts. Money that
arrives and goods that are delivered are no reply. Knows wordings and the calendar, no rules.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from qa_analyzer import text as characters
from qa_analyzer.batch import Batch, visible_characters
from qa_analyzer.clock import local_dates, local_minutes
from qa_analyzer.hearing import Said, Wordings, overlapped
from qa_analyzer.lexicon import ESCALATION_KINDS, RISKS
from qa_analyzer.model import Role
from qa_analyzer.phases import Evidence, Facts
from qa_analyzer.profile import SCOPES, Profile, no_evidence
from qa_analyzer.workdays import add_workdays

Indices = NDArray[np.int64]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

AFTER = 16
"""An action this many code points after a time still belongs to it (明天上午十点之前我们专员给您回电)."""
BEFORE = 8
"""The same for an action before it (答复您的时间是二十四小时内)."""
ANSWER = 12
"""A time that begins within so many code points of the answer to «when» needs no action (三到五个工作日吧)."""
HANDLING = 1
"""Number of the action «handling» among those that a time may belong to."""
DAY = 24 * 60
NO_DEADLINE = -1
PARTS: dict[str, int] = {
    "凌晨": 6 * 60,
    "早上": 12 * 60,
    "早": 12 * 60,
    "上午": 12 * 60,
    "中午": 14 * 60,
    "下午": 18 * 60,
    "傍晚": 20 * 60,
    "下班": 18 * 60,
    "晚上": 22 * 60,
    "晚": 22 * 60,
}
"""Part of the day → its end in minutes after midnight: what «tomorrow afternoon» promises at the latest."""
NOON = 12 * 60
AFTERNOON = ("中午", "下午", "傍晚", "晚上", "晚")
DAYS = {"今": 0, "当": 0, "明": 1, "次": 1, "后": 2, "大后": 3}
DIGITS = {one: value for value, chars in enumerate(("零〇", "一幺", "二两", *"三四五六七八九")) for one in chars}
UNIT_HOURS = {
    "分": 1 / 60,
    "刻": 1 / 4,
    "小": 1.0,
    "钟": 1.0,
    "天": 24.0,
    "日": 24.0,
    "周": 168.0,
    "星": 168.0,
    "礼": 168.0,
}
MONTH_HOURS = 31 * 24.0
HALF_A_YEAR = 183
"""Days. Nobody promises an answer to a complaint further ahead."""

_NUMBER = "[0-9零〇一二两三四五六七八九十百]+"
_TIME = re.compile(
    # A quick look first: most characters begin no time.
    r"(?=[0-9零〇一二两三四五六七八九十百半今明后大当次下本这周星礼月凌早上中傍晚])(?:"
    rf"(?P<half>半)个?(?P<halfunit>小时|钟头|天|月)"
    rf"|(?<![第前])(?:(?P<low>{_NUMBER})个?(?:到|至|-|~))?(?P<number>{_NUMBER})个?(?P<and>半)?"
    rf"(?P<unit>工作日|工作天|小时|钟头|自然日|天|分钟|刻钟|周(?!岁)|星期(?![一二三四五六日天])|礼拜(?![一二三四五六日天])|(?<=个)月|日(?:之内|以内|内))"
    rf"(?P<past>前|之前|以前)?"
    rf"|(?P<day>大后|今|明|后|当|次)(?P<dayword>天|日|晚|早)?"
    rf"(?P<part>凌晨|早上|上午|中午|下午|傍晚|晚上|下班)?(?:(?P<hour>{_NUMBER})(?:点|时(?!效|间|候|段))(?P<minute>半|一刻|三刻|{_NUMBER}分)?)?"
    rf"(?P<before>之前|以前|前)?"
    rf"|(?P<week>下个?|本|这个?)?(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天末])"
    rf"(?P<weekpart>上午|中午|下午|晚上|下班)?(?:(?P<weekhour>{_NUMBER})点(?P<weekminute>半)?)?"
    rf"|(?P<wholeweek>下|本|这)(?:个?星期|个?礼拜|周)"
    rf"|(?P<monthend>(?:这个|本|下个|下)?月(?:底|末))"
    rf"|(?:(?P<month>{_NUMBER})月)?(?P<date>{_NUMBER})(?:号|日)(?P<datepart>上午|中午|下午|晚上|下班)?(?:(?P<datehour>{_NUMBER})点)?"
    rf"|(?P<solopart>凌晨|早上|上午|中午|下午|傍晚|晚上|下班)?(?P<solohour>{_NUMBER})点(?P<solominute>半|一刻|三刻|{_NUMBER}分)?"
    rf"|(?P<onlypart>上午|中午|下午|晚上|下班)(?P<onlybefore>之前|以前|前))"
)


class TimeSpec(NamedTuple):
    """What a wording says, before the call's own time is known. `how` is one of HOWS; amount and minute by it."""

    how: int
    amount: float
    minute: int = DAY
    floating: bool = False


HOURS, WORKDAYS, IN_DAYS, WEEKDAY, NEXT_WEEKDAY, WEEK, NEXT_WEEK, DATE, MONTH_END, NEXT_MONTH_END, SOME_TIME = range(11)
"""How a deadline is told: hours; working days; a day so many days on; a weekday; one of next week; the end of this or
of next week; month × 100 + day (month 0 = this one); the end of this or the next month; a time of the day alone."""


@dataclass(frozen=True, slots=True)
class Promises:
    """The last plain promise of each call. All (c,).

    hours from the start of the call, where known; least, most: bounds where not known («today» is within 24 hours
    whenever the call was); evidence: the wording. beyond: the calendar of working days does not reach so far.
    """

    hours: Floats
    known: Mask
    least: Floats
    most: Floats
    evidence: Evidence
    beyond: Mask

    @property
    def made(self) -> Mask:
        return np.asarray(self.evidence.turn >= 0)


@dataclass(frozen=True, slots=True)
class OverLimit:
    """Promised hours minus the limit for that kind of complaint. All (c,).

    value, where known; least > 0: over any limit that may apply, although not all is known; applies: a complaint with
    a promise; turn of the promise; unsure_kind, beyond: why nobody can tell.
    """

    value: Floats
    known: Mask
    least: Floats
    applies: Mask
    turn: Indices
    unsure_kind: Mask
    beyond: Mask


# ---- words → numbers -------------------------------------------------------------------------------------------


def read_number(text: str) -> float | None:
    """`24`, `二十四`, `一百二`; of a range such as `三五` or `一两` the larger one. None for what is no number."""
    if text.isdecimal() and text.isascii():
        return float(text)
    if not any(one in text for one in "十百"):
        values = [DIGITS.get(one, -1) if not one.isdecimal() else int(one) for one in text]
        if min(values) < 0:
            return None
        # Two different neighbours are a range (一两天, 三五天); with a zero it is a number read digit by digit.
        if len(values) == 2 and 0 < values[0] < values[1]:
            return float(values[1])
        return float("".join(map(str, values)))
    total = 0
    for place, size in (("百", 100), ("十", 10)):
        if place in text:
            head, _, text = text.partition(place)
            total += size * (DIGITS.get(head, 1) if head else 1)
    return float(total + (DIGITS.get(text[-1], 0) if text else 0))


@lru_cache(maxsize=4096)
def read_time(text: str) -> TimeSpec | None:
    """One wording of a time. None for a past time or one that says nothing definite."""
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    found = match.groupdict()
    if found["half"]:
        hours = {"小时": 0.5, "钟头": 0.5, "天": 12.0, "月": 15 * 24.0}[found["halfunit"]]
        return TimeSpec(HOURS, hours)
    if found["unit"]:
        return _duration(found)
    return _point(found)


def _duration(found: Mapping[str, str | None]) -> TimeSpec | None:
    number = read_number(found["number"] or "")
    if number is None or found["past"]:
        return None
    unit = found["unit"] or ""
    if unit.startswith("工作"):
        return TimeSpec(WORKDAYS, number)
    number += 0.5 if found["and"] else 0.0
    return TimeSpec(HOURS, number * (MONTH_HOURS if unit == "月" else UNIT_HOURS.get(unit[0], 24.0)))


def _point(found: Mapping[str, str | None]) -> TimeSpec | None:
    if found["day"]:
        return _named_day(found)
    if found["weekday"]:
        place = 6 if found["weekday"] in "日天末" else "一二三四五六".index(found["weekday"])
        minute, _ = _minute(found["weekpart"], found["weekhour"], found["weekminute"])
        return TimeSpec(NEXT_WEEKDAY if (found["week"] or "").startswith("下") else WEEKDAY, place, minute)
    if found["wholeweek"]:
        return TimeSpec(NEXT_WEEK if found["wholeweek"] == "下" else WEEK, 0)
    if found["monthend"]:
        return TimeSpec(NEXT_MONTH_END if found["monthend"].startswith("下") else MONTH_END, 0)
    if found["date"]:
        month = read_number(found["month"]) if found["month"] else 0.0
        day = read_number(found["date"])
        if month is None or day is None or not 1 <= day <= 31 or month > 12:
            return None
        return TimeSpec(DATE, month * 100 + day, _minute(found["datepart"], found["datehour"], None)[0])
    if found["solohour"]:
        minute, floating = _minute(found["solopart"], found["solohour"], found["solominute"])
        return None if minute == NO_DEADLINE else TimeSpec(SOME_TIME, 0, minute, floating)
    return TimeSpec(SOME_TIME, 0, _minute(found["onlypart"], None, None, before=True)[0])


def _named_day(found: Mapping[str, str | None]) -> TimeSpec | None:
    day, word = found["day"] or "", found["dayword"] or ""
    # 次 and 当 are days only with 日 or 天, and a mere 今 or 明 needs something that makes it one.
    if not word and (day in "当次" or not (found["part"] or found["hour"])):
        return None
    part = found["part"] or (word if word in "早晚" else "")
    minute, floating = _minute(part, found["hour"], found["minute"], before=bool(found["before"]))
    return TimeSpec(IN_DAYS, DAYS[day], minute, floating)


def _minute(part: str | None, hour: str | None, minute: str | None, *, before: bool = False) -> tuple[int, bool]:
    """Minutes after midnight, and whether it may as well be twelve hours later."""
    if hour is None:
        if part == "中午" and before:
            return NOON, False
        return PARTS.get(part or "", DAY), False
    number = read_number(hour)
    if number is None or number > 24:
        return NO_DEADLINE, False
    minutes = {"半": 30, "一刻": 15, "三刻": 45}.get(minute or "") if minute else 0
    if minutes is None:
        minutes = int(read_number((minute or "").removesuffix("分")) or 0)
    floating = not part and number < 12
    if part in AFTERNOON and number < 12 and not (part == "中午" and number >= 10):
        number += 12
    if part in ("晚上", "晚") and number == 12:
        number = 24
    return int(number) * 60 + minutes, floating


# ---- deadlines -------------------------------------------------------------------------------------------------


def hours_until(specs: list[TimeSpec], day: NDArray[np.datetime64], minute: Indices) -> tuple[Floats, Mask]:
    """(n,) hours from a local day and minute to each deadline, and (n,) where the working-day calendar reaches it.

    A deadline that is past says nothing: NaN.
    """
    how = np.array([one.how for one in specs], np.int64)
    amount = np.array([one.amount for one in specs], np.float64)
    until = np.array([one.minute for one in specs], np.int64)
    floating = np.array([one.floating for one in specs], np.bool_)
    whole = amount.astype(np.int64)
    number = day.astype(np.int64)
    weekday = (number + 3) % 7
    month = day.astype("datetime64[M]")

    def first_of(months: NDArray[np.datetime64]) -> Indices:
        return months.astype("datetime64[D]").astype(np.int64)

    named = (month - month.astype("datetime64[Y]").astype("datetime64[M]")).astype(np.int64) + 1
    wanted = np.where((how == DATE) & (whole >= 100), whole // 100, named)
    day_of_month = np.maximum(whole % 100, 1) - 1
    dated = first_of(month + (wanted - named)) + day_of_month
    # A day that is past is one of the next month; where the month was named too, of the next year.
    later = first_of(month + (wanted - named) + np.where(whole >= 100, 12, 1)) + day_of_month
    dated = np.where(dated < number, later, dated)
    target = np.select(
        [how == IN_DAYS, how == WEEKDAY, how == NEXT_WEEKDAY, how == WEEK, how == NEXT_WEEK],
        [
            number + whole,
            number + (whole - weekday) % 7,
            number - weekday + 7 + whole,
            number - weekday + 6,
            number - weekday + 13,
        ],
        number,
    )
    # «The tenth of September», said in November, is the one that has been.
    been = (how == DATE) & (whole >= 100) & (dated - number > HALF_A_YEAR)
    target = np.where(how == DATE, dated, target)
    target = np.where(how == MONTH_END, first_of(month + 1) - 1, target)
    target = np.where(how == NEXT_MONTH_END, first_of(month + 2) - 1, target)
    ahead = (target - number) * DAY + until - minute
    # «By five» said at half past two is five in the afternoon; «by nine» said at night is tomorrow's nine.
    ahead = np.where(floating & (ahead <= 0), ahead + DAY // 2, ahead)
    ahead = np.where((how == SOME_TIME) & (ahead <= 0), ahead + np.where(floating, DAY // 2, DAY), ahead)
    hours = np.where((ahead > 0) & (until != NO_DEADLINE) & ~been, ahead / 60, np.nan)
    hours = np.where(how == HOURS, amount, hours)
    reached = np.ones(len(specs), np.bool_)
    working = np.flatnonzero(how == WORKDAYS)
    if len(working):
        later, inside = add_workdays(day[working], whole[working])
        hours[working] = (later.astype(np.int64) - number[working]) * 24.0
        reached[working] = inside
    return hours, reached


def find_promises(batch: Batch, heard: Wordings) -> Promises:
    """The last plain promise of each call."""
    reply, handling, other = (heard.said("promise", value) for value in ("reply", "handling", "other"))
    count = batch.n_calls
    answers = _answers(batch, heard.said("promise_asked", "asked").turn)
    turn, start, end, specs = _times(batch, np.unique(np.concatenate((reply.turn, handling.turn, answers))))
    excuse = heard.said("promise", "not_a_promise")
    plain = ~overlapped(start, end, excuse.start, excuse.end)
    kind = _nearest_action(batch, turn, start, end, (reply, handling, other))
    bare = np.isin(turn, answers) & (start - batch.turn_text[turn] <= ANSWER)
    kind = np.where((kind < 0) & bare, HANDLING, kind)
    promising = np.flatnonzero(plain & (kind >= 0) & (kind < 2))
    evidence = no_evidence(count)
    hours, least, most = np.full(count, np.nan), np.zeros(count), np.full(count, np.inf)
    beyond = np.zeros(count, np.bool_)
    if len(promising):
        # The last turn of the call; in it a reply before handling; of several the last.
        call = batch.turn_call[turn[promising]]
        order = np.lexsort((start[promising], -kind[promising], turn[promising], call))
        last = np.append(np.diff(call[order]) > 0, True)
        chosen = promising[order[last]]
        call = batch.turn_call[turn[chosen]]
        evidence.turn[call], evidence.start[call], evidence.end[call] = turn[chosen], start[chosen], end[chosen]
        started = batch.columns.column("started_at")
        (minute, timed), (day, dated) = local_minutes(started), local_dates(started)
        picked = [specs[place] for place in chosen.tolist()]
        found, reached = hours_until(picked, day[call], minute[call])
        relative = np.array([one.how == HOURS for one in picked], np.bool_)
        sure = relative | ((timed & dated)[call] & reached)
        hours[call] = np.where(sure, np.round(found, 2), np.nan)
        working = np.array([24 * one.amount if one.how == WORKDAYS else 0.0 for one in picked])
        least[call] = np.where(sure, np.nan_to_num(found), working)
        most[call] = [24 * (one.amount + 1) if one.how in (IN_DAYS, SOME_TIME) else np.inf for one in picked]
        beyond[call] = ~relative & (timed & dated)[call] & ~reached
    return Promises(np.nan_to_num(hours), ~np.isnan(hours), least, most, evidence, beyond)


def _answers(batch: Batch, asked: Indices) -> Indices:
    """The agent's turns right after turns that ask when, ascending."""
    after = np.unique(asked) + 1
    after = after[after < len(batch.turn_call)]
    same = batch.turn_call[after] == batch.turn_call[after - 1]
    return np.asarray(after[same & (batch.turn_role[after] == Role.AGENT)])


def _times(batch: Batch, turns: Indices) -> tuple[Indices, Indices, Indices, list[TimeSpec]]:
    """Every definite time in some turns: turn, start and end in the batch's text, and what it says."""
    normal, place = visible_characters(batch, turns)
    text = characters.to_string(normal)
    found = [(match.start(), match.end(), spec) for match in _TIME.finditer(text) if (spec := read_time(match[0]))]
    start = np.array([one[0] for one in found], np.int64)
    end = np.array([one[1] for one in found], np.int64)
    if not found:
        return start, start, start, []
    first, after = place[start], place[end - 1] + 1
    return np.searchsorted(batch.turn_text, first, "right") - 1, first, after, [one[2] for one in found]


def _nearest_action(batch: Batch, turn: Indices, start: Indices, end: Indices, actions: tuple[Said, ...]) -> Indices:
    """(n,) which action each time belongs to, -1 for none: the nearest after it, else the nearest before it."""
    if not len(turn):
        return turn
    kind = np.concatenate([np.full(len(said), number) for number, said in enumerate(actions)])
    at, to = (np.concatenate([getattr(said, name) for said in actions]) for name in ("start", "end"))
    order = np.argsort(at, kind="stable")
    kind, at, to = kind[order], at[order], to[order]
    if not len(at):
        return np.full(len(turn), -1)
    mark = np.zeros(characters.PLANE_SIZE, np.bool_)
    mark[[characters.NEWLINE, *map(ord, characters.SENTENCE_ENDS)]] = True
    marks = np.flatnonzero(mark[batch.normal])

    def sentence(place: Indices) -> Indices:
        return np.searchsorted(marks, place)

    following = np.minimum(np.searchsorted(at, end), len(at) - 1)
    near = (at[following] >= end) & (at[following] - end <= AFTER) & (sentence(at[following]) == sentence(start))
    preceding = np.maximum(np.searchsorted(at, start) - 1, 0)
    behind = (at[preceding] < start) & (start - to[preceding] <= BEFORE) & (sentence(at[preceding]) == sentence(start))
    return np.where(near, kind[following], np.where(behind, kind[preceding], -1))


# ---- limits ----------------------------------------------------------------------------------------------------


def compare_with_limits(promises: Promises, profile: Profile, facts: Facts, limits: Mapping[str, float]) -> OverLimit:
    """Promised hours against the limit for the kind of complaint. `limits`: service_quality_h, business_matter_h,
    escalated_h; without one of them nothing is compared.

    An exceptional case is an escalated complaint; one that was passed on, or that the customer threatens to take
    elsewhere, may be one. Where the kind is not certain, a promise below all limits that may apply is in time, and one
    above all of them is not.
    """
    count = len(promises.hours)
    keys = ("service_quality_h", "business_matter_h", "escalated_h")
    if any(key not in limits for key in keys):
        nothing = np.zeros(count, np.bool_)
        return OverLimit(np.zeros(count), nothing, np.zeros(count), nothing, np.full(count, -1), nothing, nothing)
    service, matter, escalated = (limits[key] for key in keys)
    exceptional = profile.kind == ESCALATION_KINDS.index("exceptional")
    doubtful = (profile.kind == ESCALATION_KINDS.index("ordinary")) | (profile.risk >= RISKS.index("medium"))
    own_low = np.where(profile.scope == SCOPES.index("business_matter"), matter, min(service, matter))
    own_low = np.where(profile.scope == SCOPES.index("service_quality"), service, own_low)
    own_high = np.where(profile.scope == SCOPES.index("service_quality"), service, max(service, matter))
    own_high = np.where(profile.scope == SCOPES.index("business_matter"), matter, own_high)
    low = np.where(exceptional, escalated, np.where(doubtful, np.minimum(own_low, escalated), own_low))
    high = np.where(exceptional, escalated, np.where(doubtful, np.maximum(own_high, escalated), own_high))
    applies = facts.complaint & promises.made
    soon = ~promises.known & (promises.most <= low)
    hours = np.where(promises.known, promises.hours, promises.most)
    over, in_time = hours > high, hours <= low
    sure_kind = low == high
    known = applies & (promises.known & (sure_kind | over | in_time) | soon)
    value = hours - np.where(in_time, low, high)
    return OverLimit(
        value=np.where(known, value, np.where(applies, promises.least - high, 0.0)),
        known=known,
        least=np.where(applies, promises.least - high, 0.0),
        applies=applies,
        turn=np.where(applies, promises.evidence.turn, -1),
        unsure_kind=applies & promises.known & ~known,
        beyond=applies & promises.beyond,
    )
