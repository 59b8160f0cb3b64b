"""Phases of a call, and the plain facts about it that rules ask for.

Phases (opening, problem, clarifying, solving, closing) are contiguous ranges of turns found from cues and
position, each with a confidence; only an opening that was not recorded lies, unsure, over the first turns.
Facts: complaint or not, resolution, transferred, assessable. All from the rubric's phrase lists, the
telephone record and the customer's emotion.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow.compute as pc
from numpy.typing import NDArray

from qa_analyzer import text as characters
from qa_analyzer.arrays import ranges
from qa_analyzer.batch import Batch
from qa_analyzer.cues import Cues
from qa_analyzer.model import CALL_TYPES, HangUp, Role

Indices = NDArray[np.int64]
Mask = NDArray[np.bool_]

PHASES = ("opening", "problem", "clarifying", "solving", "closing")
RESOLUTIONS = ("resolved", "follow_up", "escalated", "open")
NOT_ASSESSABLE = ("no_agent_turn", "too_few_turns", "voicemail", "not_chinese", "agent_unknown")

CLOSING_TAIL = 5
"""The last closing cue lies within this many turns of the end, else the call went on after it."""
CLOSING_GAP = 12
"""Cues at most this many turns apart belong to one closing."""
CLOSING_WITHOUT_CUE = 2
"""Length in turns of the closing that should have been, where the agent ended the call without any cue."""
QUESTION_ENDS = "?吗么呢嘛"
QUESTION_TAIL = 10
"""A turn ends on a question when one of these is among its last so many code points."""
TRANSFER_TAIL = 6
"""A transfer announced within this many last turns ended the call."""
LAST_TURNS = 2
"""The agent's last word, and what the customer may say to it."""
FEWEST_TURNS = 3
"""Below this a call is not assessable (contract)."""
LEAST_HAN_SHARE = 0.3
"""Share of Han characters in the speech below which a call is not Chinese."""
SUBSTANTIAL = 2
GREETING_CHARACTERS = "你您好喂在吗有人嘛么呀啊哈喽听得到见请问工客服诶哎"
"""Code points of speech, beyond those of a mere hello, from which a customer turn states a problem."""
UNHAPPY_TURNS = 6
UNHAPPY_SHARE = 0.7
FURIOUS_TURNS = 5
FURIOUS_SHARE = 0.6
"""Without a type a call is a complaint by its words, or if so many customer turns are negative and that share of what
the customer says, or so many are angry. One sharp question makes no complaint: the reaction rules hang on it."""


@dataclass(frozen=True, slots=True)
class Phases:
    """start, end: (5, c) int64 turn indices, start == end where the phase is missing; confidence (5, c)."""

    start: Indices
    end: Indices
    confidence: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where the wording stands that decided a value. (c,) int64 each, -1 where there is none.

    turn; start, end: positions in the batch's text.
    """

    turn: Indices
    start: Indices
    end: Indices


@dataclass(frozen=True, slots=True)
class Facts:
    """call_type (c,) int8 index into CALL_TYPES; inferred (c,) bool; stated (c,) bool: the record says the type, or the
    customer's own words do, more than once or in an unhappy call, or most of them are angry; ended (c,) bool: the text
    does not break off on the customer; transferred; resolution (c,) int8 index into RESOLUTIONS, -1 unknown;
    not_assessable (c,) int8 index, -1 = assessable; decided_by: the cue that decided the resolution.
    """

    call_type: NDArray[np.int8]
    inferred: Mask
    stated: Mask
    ended: Mask
    transferred: Mask
    resolution: NDArray[np.int8]
    not_assessable: NDArray[np.int8]
    decided_by: Evidence

    @property
    def complaint(self) -> Mask:
        return np.asarray(self.call_type == CALL_TYPES.index("complaint"))


def _first_in_call(turns: Indices, lo: Indices, hi: Indices, default: Indices) -> tuple[Indices, Mask]:
    """The first of the ascending `turns` within [lo, hi) of each call, else the default; and where found."""
    place = np.searchsorted(turns, lo)
    padded = np.append(turns, np.iinfo(np.int64).max)
    found = padded[place] < hi
    return np.where(found, padded[place], default), found


def find_transfers(batch: Batch, cues: Cues) -> Mask:
    """(c,) bool: the agent announced a transfer within the last TRANSFER_TAIL turns, or an event tells of one.

    Words that say it less plainly count in the last turn of the agent, where nobody took leave.
    """
    turn = cues.turns("transfer", Role.AGENT)
    late = turn >= batch.call_turn[batch.turn_call[turn] + 1] - TRANSFER_TAIL
    found = batch.transfer_event.copy()
    found[batch.turn_call[turn[late]]] = True
    vague = cues.turns("transfer_last", Role.AGENT)
    vague = vague[vague >= batch.call_turn[batch.turn_call[vague] + 1] - LAST_TURNS]
    parted = np.zeros(batch.n_calls, np.bool_)
    parted[batch.turn_call[cues.turns("farewell")]] = True
    vague = vague[~parted[batch.turn_call[vague]]]
    found[batch.turn_call[vague]] = True
    return found


def find_phases(batch: Batch, cues: Cues, transferred: Mask, *, middle: bool = True) -> Phases:
    """Cut each call into phases. Without `middle` (no rule asks for them) clarifying and
    solving are not told apart: all after the problem is clarifying, unsure.

    Closing: the last chain of closing cues that reaches the end of the call; without a cue it is the last
    turns if the agent hung up (confidence 1), the same with confidence 0 if nobody knows who hung up, and
    missing where the customer or the system ended the call or it was transferred: there was no chance to close.
    Nor was there one where only the customer closed, and was gone before the agent spoke again.
    """
    begin, end = batch.call_turn[:-1], batch.call_turn[1:]
    count = batch.n_calls
    cue_turns = np.union1d(cues.turns("closing_agent", Role.AGENT), cues.turns("closing_customer", Role.CUSTOMER))
    call = batch.turn_call[cue_turns]
    last_cue = np.full(count, -1, np.int64)
    closing = end.copy()
    if len(cue_turns):
        breaks = np.concatenate(([True], (np.diff(cue_turns) > CLOSING_GAP) | (np.diff(call) > 0)))
        chain_start = cue_turns[np.maximum.accumulate(np.where(breaks, np.arange(len(breaks)), 0))]
        last = np.concatenate((np.diff(call) > 0, [True]))
        last_cue[call[last]] = cue_turns[last]
        reaches = cue_turns[last] >= end[call[last]] - CLOSING_TAIL
        # The opening turns of a very short call are no closing.
        start = np.maximum(chain_start[last], begin[call[last]] + 1)
        closing[call[last][reaches]] = start[reaches]
    hang_up = batch.hang_up
    # The customer who says goodbye and is gone leaves the agent no turn to close in.
    agents = np.flatnonzero((batch.turn_role == Role.AGENT) & ~batch.turn_silent)
    last_agent = np.full(count, -1, np.int64)
    last_agent[batch.turn_call[agents]] = agents
    gone = (hang_up == HangUp.CUSTOMER) | (hang_up == HangUp.SYSTEM)
    closing = np.where(gone & (last_agent < closing), end, closing)
    has_cue = closing < end
    no_chance = (hang_up == HangUp.CUSTOMER) | (hang_up == HangUp.SYSTEM) | transferred
    tail = np.maximum(end - CLOSING_WITHOUT_CUE, np.minimum(begin + 1, end))
    closing = np.where(has_cue & ~transferred, closing, np.where(no_chance, end, tail))
    # Without a record of who hung up, only a farewell shows that the call ended, and did not just break off.
    goodbye = cues.turns("farewell")
    ended = np.zeros(count, np.bool_)
    ended[batch.turn_call[goodbye[goodbye >= closing[batch.turn_call[goodbye]]]]] = True
    known_end = (hang_up != HangUp.UNKNOWN) | transferred
    # Nor does a farewell of the customer alone in the last turn: the agent's may have come after it.
    broken_off = _ends_on_question(batch, cues) | _ends_on_customer_farewell(batch, cues)
    closing_confidence = np.where(known_end | (has_cue & ended & ~broken_off), 1.0, 0.0)

    # A call that starts with the customer's bare «yes» has lost its opening: the answer is there, the question not.
    # So has one that starts in the customer's mid-sentence: whether the agent's first turn is the first, nobody knows.
    continued = _starts_with(batch, cues, "continued")
    lost = _starts_with_an_answer(batch, cues) | continued
    opened = np.where(lost, 0.0, 1.0)
    stating = np.flatnonzero(
        (batch.turn_role == Role.CUSTOMER) & ~batch.turn_backchannel & (batch.turn_characters >= SUBSTANTIAL)
    )
    stating = stating[_more_than_hello(batch, stating)]
    problem, has_problem = _first_in_call(stating, begin, closing, closing)
    answering = np.flatnonzero((batch.turn_role == Role.AGENT) & ~batch.turn_backchannel)
    agent, answered = _first_in_call(answering, begin, end, begin)
    open_until = np.where(continued & answered, agent + 1, problem)
    clarifying, _ = _first_in_call(answering, problem, closing, closing)
    if not middle:
        starts = np.stack([begin, problem, clarifying, closing, closing])
        ends = np.stack([open_until, clarifying, closing, closing, end])
        unsure = np.zeros(count)
        confidence = np.stack([opened, np.where(has_problem, 1.0, 0.5), unsure, unsure, closing_confidence])
        return Phases(starts, ends, confidence)
    offering = cues.turns("solving", Role.AGENT, among=answering)
    solving, has_solving = _first_in_call(offering, clarifying, closing, closing)
    early = answering[
        (answering >= clarifying[batch.turn_call[answering]]) & (answering < solving[batch.turn_call[answering]])
    ]
    asking = np.union1d(cues.turns("question", among=early), cues.turns("customer_request", among=early))
    has_question = _first_in_call(asking, clarifying, solving, clarifying)[1]
    starts = np.stack([begin, problem, clarifying, solving, closing])
    ends = np.stack([open_until, clarifying, solving, closing, end])
    confidence = np.stack(
        [
            opened,
            np.where(has_problem, 1.0, 0.5),
            np.where(has_question, 1.0, 0.5),
            np.where(has_solving, 1.0, 0.5),
            closing_confidence,
        ]
    )
    return Phases(starts, ends, confidence)


def _starts_with_an_answer(batch: Batch, cues: Cues) -> Mask:
    """(c,) bool: the first turn is the customer's, and no more than a «yes» or «I am here»."""
    first = batch.call_turn[:-1][np.diff(batch.call_turn) > 0]
    first = first[batch.turn_role[first] == Role.CUSTOMER]
    result = _starts_with(batch, cues, "present")
    result[batch.turn_call[first[batch.turn_backchannel[first]]]] = True
    return result


def _starts_with(batch: Batch, cues: Cues, name: str) -> Mask:
    """(c,) bool: the first turn is the customer's, and holds a cue of that list."""
    first = batch.call_turn[:-1][np.diff(batch.call_turn) > 0]
    first = first[batch.turn_role[first] == Role.CUSTOMER]
    result = np.zeros(batch.n_calls, np.bool_)
    result[batch.turn_call[cues.turns(name, among=first)]] = True
    return result


def _more_than_hello(batch: Batch, turns: Indices) -> Mask:
    """(n,) bool: turns with at least SUBSTANTIAL code points that are no hello. Long ones are not looked at."""
    result = np.ones(len(turns), np.bool_)
    short = np.flatnonzero(batch.turn_characters[turns] <= len(GREETING_CHARACTERS))
    start = batch.turn_text[turns[short]]
    length = batch.turn_text[turns[short] + 1] - start
    hello = characters.wordless_table().copy()
    hello[[ord(character) for character in GREETING_CHARACTERS]] = True
    other = ~hello[batch.normal[ranges(start, length)]]
    counts = np.bincount(np.repeat(np.arange(len(short)), length)[other], minlength=len(short))
    result[short] = counts >= SUBSTANTIAL
    return result


def _ends_on_customer_farewell(batch: Batch, cues: Cues) -> Mask:
    """(c,) bool: the customer's farewell is the last turn, and the agent said none."""
    ends = np.zeros(batch.n_calls, np.bool_)
    customers = cues.turns("farewell", Role.CUSTOMER)
    ends[batch.turn_call[customers[customers + 1 == batch.call_turn[batch.turn_call[customers] + 1]]]] = True
    ends[batch.turn_call[cues.turns("farewell", Role.AGENT)]] = False
    return ends


def _ends_on_question(batch: Batch, cues: Cues) -> Mask:
    """(c,) bool: the last turn is an agent's and ends on a question, which nobody answered: the text breaks off.

    «Nothing more to say, goodbye» holds a word that asks elsewhere, and is the end.
    """
    result = np.zeros(batch.n_calls, np.bool_)
    some = np.flatnonzero(np.diff(batch.call_turn) > 0)
    last = batch.call_turn[some + 1] - 1
    stop = batch.turn_text[last + 1] - 1
    marks = np.array([ord(character) for character in QUESTION_ENDS])
    asked = np.zeros(len(some), np.bool_)
    for back in range(1, QUESTION_TAIL + 1):
        place = np.maximum(stop - back, batch.turn_text[last])
        asked |= np.isin(batch.normal[place], marks)
    result[some] = asked & (batch.turn_role[last] == Role.AGENT)
    result[batch.turn_call[np.intersect1d(last, cues.turns("farewell", Role.AGENT))]] = False
    return result


def find_facts(batch: Batch, cues: Cues, transferred: Mask, negative: Mask, angry: Mask) -> Facts:
    """Facts of each call. `negative`, `angry`: (t,) bool from the emotion model, customer turns only."""
    count = batch.n_calls
    given = pc.index_in(batch.columns.column("call_type"), value_set=_strings(CALL_TYPES))
    given = np.asarray(pc.fill_null(given, -1).to_numpy(zero_copy_only=False)).astype(np.int8)
    unhappy = np.bincount(batch.turn_call[negative], minlength=count)
    furious = np.bincount(batch.turn_call[angry], minlength=count)
    speaking = (batch.turn_role == Role.CUSTOMER) & ~batch.turn_backchannel
    spoken = np.bincount(batch.turn_call[speaking], minlength=count)
    moody = (unhappy >= UNHAPPY_TURNS) & (unhappy >= UNHAPPY_SHARE * spoken)
    raging = (furious >= FURIOUS_TURNS) & (furious >= FURIOUS_SHARE * spoken)
    # Who rings up to pester the agent is put out at being refused, but has nothing to complain of.
    by_mood = np.flatnonzero((moody | raging)[batch.turn_call] & speaking)
    idle = np.unique(batch.turn_call[cues.turns("idle_caller", Role.CUSTOMER, by_mood)])
    moody[idle] = False
    raging[idle] = False
    by_words = cues.calls("complaint", Role.CUSTOMER)
    complains = by_words | moody | raging
    call_type = np.where(given >= 0, given, np.where(complains, 0, 1)).astype(np.int8)

    resolution, decided_by = _resolve(batch, cues, transferred, call_type != 0, negative)

    agent_turns = np.bincount(batch.turn_call[batch.turn_role == Role.AGENT], minlength=count)
    roles_unknown = np.bincount(batch.turn_call[batch.turn_role == Role.UNKNOWN], minlength=count) > 0
    turns = np.diff(batch.call_turn)
    customer_turns = np.bincount(batch.turn_call[batch.turn_role == Role.CUSTOMER], minlength=count)
    alone = (customer_turns == 0) | (agent_turns == 0) | (turns <= FEWEST_TURNS + 1)
    beeps = cues.turns("voicemail", among=np.flatnonzero(alone[batch.turn_call]))
    voicemail = np.zeros(count, np.bool_)
    voicemail[batch.turn_call[beeps]] = True
    not_assessable = np.full(count, -1, np.int8)
    not_assessable[_mostly_foreign(batch)] = 3
    not_assessable[turns < FEWEST_TURNS] = 1
    not_assessable[(agent_turns == 0) & ~roles_unknown] = 0
    not_assessable[(agent_turns == 0) & roles_unknown & (not_assessable < 0)] = 4
    not_assessable[voicemail] = 2
    resolution[not_assessable >= 0] = -1
    for places in (decided_by.turn, decided_by.start, decided_by.end):
        places[not_assessable >= 0] = -1
    last = np.maximum(batch.call_turn[1:] - 1, 0)
    agent_last = (turns > 0) & (batch.turn_role[last] == Role.AGENT) if batch.n_turns else turns > 0
    goodbye = cues.calls("farewell")
    ended = (batch.hang_up != HangUp.UNKNOWN) | transferred | goodbye | agent_last
    # A single such word in a call without an unhappy customer turn is a weak sign: it states nothing.
    wordy = cues.turns("complaint", Role.CUSTOMER)
    often = np.bincount(batch.turn_call[np.unique(wordy)], minlength=count) > 1
    stated = (given >= 0) | (by_words & (often | (unhappy > 0) | (furious > 0))) | raging
    return Facts(call_type, given < 0, stated, ended, transferred, resolution, not_assessable, decided_by)


def _resolve(
    batch: Batch, cues: Cues, transferred: Mask, plain: Mask, negative: Mask
) -> tuple[NDArray[np.int8], Evidence]:
    """(c,) the resolution, and the cue that decided it. `plain`: calls that are no complaint.

    In this order: somebody says that it is done, and no unhappy customer turn comes later; a promise with a time;
    passed on; the customer ends content. In a complaint «no more questions» says nothing of the matter itself,
    elsewhere it means that the question was answered, and so does a last «fine» before the agent closes. Where the
    agent left something for later, none of these politenesses ends the matter.
    """
    done = _joined(cues, (("resolved_agent", Role.AGENT), ("resolved_customer", Role.CUSTOMER)), batch)
    content = _joined(cues, (("content_customer", Role.CUSTOMER),), batch)
    no_more = _joined(cues, (("closing_customer", Role.CUSTOMER),), batch)
    settled = ~cues.calls("left_open", Role.AGENT)
    plain = plain & settled
    content = tuple(part[settled[batch.turn_call[content[0]]]] for part in content)
    no_more = tuple(part[plain[batch.turn_call[no_more[0]]]] for part in no_more)
    resolved = _after_setbacks(_last_of_call(batch, done), batch, negative)
    promised = _last_of_call(batch, _joined(cues, (("follow_up", Role.AGENT),), batch))
    passed_on = _last_of_call(batch, _joined(cues, (("escalated", Role.AGENT),), batch))
    handed_over = _last_of_call(batch, _joined(cues, (("transfer", Role.AGENT),), batch))
    satisfied = _after_setbacks(_last_of_call(batch, content), batch, negative)
    answered = _after_setbacks(_last_of_call(batch, no_more), batch, negative)
    accepted = _after_setbacks(_accepted(batch, cues.turns("closing_agent", Role.AGENT), plain), batch, negative)
    result = np.full(batch.n_calls, RESOLUTIONS.index("open"), np.int8)
    decided = Evidence(*(np.full(batch.n_calls, -1, np.int64) for _ in range(3)))
    open_ = np.ones(batch.n_calls, np.bool_)
    for code, cue, holds in (
        ("resolved", resolved, None),
        ("follow_up", promised, None),
        ("escalated", passed_on, None),
        ("escalated", handed_over, transferred),
        ("resolved", satisfied, None),
        ("resolved", answered, None),
        ("resolved", accepted, None),
    ):
        mine = open_ & ((cue.turn >= 0) if holds is None else holds)
        result[mine] = RESOLUTIONS.index(code)
        for name in ("turn", "start", "end"):
            getattr(decided, name)[mine] = getattr(cue, name)[mine]
        open_ &= ~mine
    return result, decided


def _accepted(batch: Batch, closing: Indices, plain: Mask) -> Evidence:
    """The last customer turn of each plain call where it is a mere «fine» and the agent closes after it."""
    turn = np.full(batch.n_calls, -1, np.int64)
    said = np.flatnonzero((batch.turn_role == Role.CUSTOMER) & ~batch.turn_silent)
    turn[batch.turn_call[said]] = said
    closes = np.full(batch.n_calls, -1, np.int64)
    closes[batch.turn_call[closing]] = closing
    if batch.n_turns:
        turn = np.where(plain & (turn >= 0) & batch.turn_backchannel[turn] & (closes > turn), turn, -1)
    start = np.where(turn >= 0, batch.turn_text[turn], -1)
    return Evidence(turn, start, np.where(turn >= 0, batch.turn_text[turn + 1] - 1, -1))


def _joined(cues: Cues, lists: tuple[tuple[str, Role], ...], batch: Batch) -> tuple[Indices, ...]:
    """(turn, start, end) of the hits of some lists, each said by its role, by start."""
    found = []
    for name, role in lists:
        hits = cues.hits(name)
        mine = batch.turn_role[hits[0]] == role
        found.append(tuple(part[mine] for part in hits))
    turn, start, end = (np.concatenate(parts) for parts in zip(*found, strict=True))
    order = np.argsort(start, kind="stable")
    return turn[order], start[order], end[order]


def _last_of_call(batch: Batch, hits: tuple[Indices, ...]) -> Evidence:
    """The last hit of each call; hits by start."""
    call = batch.turn_call[hits[0]]
    last = Evidence(*(np.full(batch.n_calls, -1, np.int64) for _ in range(3)))
    for name, values in zip(("turn", "start", "end"), hits, strict=True):
        getattr(last, name)[call] = values
    return last


def _after_setbacks(last: Evidence, batch: Batch, negative: Mask) -> Evidence:
    """Without the hits that an unhappy customer turn comes after."""
    last_bad = np.full(batch.n_calls, -1, np.int64)
    bad = np.flatnonzero(negative)
    last_bad[batch.turn_call[bad]] = bad
    keep = last.turn >= last_bad
    return Evidence(*(np.where(keep, part, -1) for part in (last.turn, last.start, last.end)))


def _mostly_foreign(batch: Batch) -> Mask:
    """(c,) bool: speech, but hardly any Han character in it."""
    han = ((batch.normal >= 0x3400) & (batch.normal < 0xA000)).view(np.uint8)
    in_turn = np.add.reduceat(han, batch.turn_text[:-1], dtype=np.int64) if batch.n_turns else np.zeros(0)
    chinese = np.bincount(batch.turn_call, weights=in_turn, minlength=batch.n_calls)
    spoken = np.bincount(batch.turn_call, weights=batch.turn_characters, minlength=batch.n_calls)
    return (spoken > 0) & (chinese < LEAST_HAN_SHARE * spoken)


def _strings(values: tuple[str, ...]) -> object:
    import pyarrow as pa

    return pa.array(values)
