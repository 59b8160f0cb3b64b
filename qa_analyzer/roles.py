"""Whose voice is it: the agent found from what is said, where only a speaker's label is known.

Voices are told apart by label (1, 2, spk0, ch1, ch0/2 …). What each says is held against cue lists of an agent's and a
customer's wordings (role_cues.yaml): a linear score, and from the distance between two voices a confidence. Below the
rubric's `role_confidence` the roles stay unknown, and what hangs on them undetermined. Utterances in which two
people's words seem to be glued together lose their role as well.

Knows the columns of calls, their layout as text, and the cues. Knows nothing about files or rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import yaml
from numpy.typing import NDArray

from qa_analyzer.batch import Batch, BatchSettings, build_batch
from qa_analyzer.hearing import overlapped
from qa_analyzer.matching import Heard, ListHits, PhraseLists
from qa_analyzer.model import CALL_SCHEMA, ROLE_CODES, UTTERANCE, Role

Indices = NDArray[np.int64]
Mask = NDArray[np.bool_]
Floats = NDArray[np.float64]

ROLE_SOURCES = ("stated", "option", "inferred", "unsure")
"""How it is known who speaks: from the input, from the user's option, from the words, or not at all."""
STATED, OPTION, INFERRED, UNSURE = range(len(ROLE_SOURCES))

DEFAULT_FLOOR = 0.9
"""Confidence from which a role counts, for rubrics without `role_confidence`."""
WEIGHT_UNIT = 100
"""A weight of 1.00 (log-odds) is this many units: sums of whole numbers are the same in every block."""
COUNT_UNIT = 16
MOST_COUNTED = 63
COUNTED = np.round(COUNT_UNIT * np.log2(1 + np.arange(MOST_COUNTED + 1))).astype(np.int64)
"""What n turns with a cue count: log2(1 + n), in units of 1/16."""
SCORE_UNIT = WEIGHT_UNIT * COUNT_UNIT
PLAIN = 3 * SCORE_UNIT
"""Log-odds (times SCORE_UNIT) from which a single voice speaks for itself."""
STAFF = SCORE_UNIT
"""Log-odds (times SCORE_UNIT) that a second agent has at least."""
MOST_ROBOT_TURNS = 6
"""A voice that says more than this is no recorded announcement."""
CERTAIN = 1000 * SCORE_UNIT
"""Score of a voice whose role is known."""
MOST_LOGIT = 30.0

UNHEARD, CANDIDATE = -1, -2
"""Kinds of voice beside the roles: without a label, and with a label but no role yet."""


@dataclass(frozen=True, slots=True)
class AgentVoice:
    """What the user says about the agent's voice: the label, or the number of the channel.

    `by_format`: the same for calls of one source format; it goes before what is said for all.
    """

    speaker: str | None = None
    channel: int | None = None
    by_format: Mapping[str, AgentVoice] = field(default_factory=dict)

    @property
    def given(self) -> bool:
        return self.speaker is not None or self.channel is not None

    def of_calls(self, formats: pa.StringArray) -> list[tuple[AgentVoice, Mask]]:
        """Each voice that is named, and the calls that it is named for: (c,) bool."""
        told, found = np.zeros(len(formats), np.bool_), []
        for name, voice in self.by_format.items():
            mine = pc.fill_null(pc.equal(formats, name), False).to_numpy(zero_copy_only=False)
            told |= mine
            found.append((voice, mine))
        return [(voice, calls) for voice, calls in [*found, (self, ~told)] if voice.given and calls.any()]


NOT_GIVEN = AgentVoice()


@dataclass(frozen=True)
class Roles:
    """Calls with their roles filled in. Shapes: c calls, u utterances in the order of the input.

    columns: CALL_SCHEMA; source (c,) uint8 index into ROLE_SOURCES; confidence (c,) float64, NaN where the role is
    stated, was given as an option or there is nothing to tell it from; mixed (u,) bool: two people's words in one
    utterance, its role is unknown; option_missed (c,) bool: the voice that the user named is not in the call.
    """

    columns: pa.RecordBatch
    source: NDArray[np.uint8]
    confidence: Floats
    mixed: Mask
    option_missed: Mask


@dataclass(frozen=True)
class RoleCues:
    """The cue lists, ready for searching. weights (k,) int64: > 0 an agent's, < 0 a customer's wording;
    sides (k,) int64: 1 an agent's, -1 a customer's, even where the weight is 0.

    numbers (k,): lists of the cues; only, unless: lists of the wordings of one side alone and of what excuses them,
    the agent's first; robot: recorded announcements.
    """

    names: tuple[str, ...]
    sides: Indices
    weights: Indices
    lists: PhraseLists
    numbers: tuple[int, ...]
    only: tuple[int, int]
    unless: tuple[int, int]
    robot: int


@cache
def load_cues() -> RoleCues:
    """The shipped cues."""
    source = files("qa_analyzer").joinpath("role_cues.yaml").read_text(encoding="utf-8")
    return make_cues(yaml.load(source, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))  # noqa: S506  safe loaders


def make_cues(table: Mapping[str, Any]) -> RoleCues:
    """Cues from the table that role_cues.yaml holds."""
    lists = PhraseLists()

    def add(phrases: Iterable[str]) -> int:
        return lists.add(list(phrases))

    names, sides, weights, numbers = [], [], [], []
    for side, sign in (("agent", 1), ("customer", -1)):
        for name, cue in table[side]["cues"].items():
            names.append(name)
            sides.append(sign)
            weights.append(sign * round(WEIGHT_UNIT * cue["weight"]))
            numbers.append(add(cue["says"]))
    only = [table[side]["only"] for side in ("agent", "customer")]
    return RoleCues(
        names=tuple(names),
        sides=np.array(sides, np.int64),
        weights=np.array(weights, np.int64),
        numbers=tuple(numbers),
        only=(add(only[0]["says"]), add(only[1]["says"])),
        unless=(add(only[0]["unless"]), add(only[1]["unless"])),
        robot=add(table["robot"]),
        lists=lists,
    )


def assign_roles(
    columns: pa.RecordBatch, settings: BatchSettings, *, floor: float = DEFAULT_FLOOR, agent: AgentVoice = NOT_GIVEN
) -> Roles:
    """Fill in the roles of one record batch (CALL_SCHEMA, valid and repaired).

    `floor`: confidence below which an inferred role stays unknown. A role that the input states is never changed.
    """
    said = _Said.of(columns)
    count = columns.num_rows
    nothing = np.zeros(count, np.bool_)
    if not said.unknown.any():
        return Roles(columns, np.zeros(count, np.uint8), np.full(count, np.nan), said.unknown, nothing)
    known = np.zeros((count, len(ROLE_CODES)), np.bool_)
    known[said.call, said.role] = True
    nobody = known[:, Role.UNKNOWN] & ~known[:, [Role.AGENT, Role.CUSTOMER]].any(axis=1)
    source = np.where(nobody, UNSURE, STATED).astype(np.uint8)
    confidence = np.full(count, np.nan)
    asked = np.zeros(count, np.bool_)
    asked[said.call[said.unknown & said.labelled]] = True
    asked &= ~known[:, [Role.AGENT, Role.CUSTOMER]].all(axis=1)
    mixed = np.zeros(len(said.call), np.bool_)
    missed = nothing.copy()
    if not asked.any():
        return Roles(columns, source, confidence, mixed, missed)
    mine = asked[said.call]
    calls = columns.filter(pa.array(asked)) if not asked.all() else columns
    found = _Casting(calls, settings, agent).decide(floor)
    source[asked], confidence[asked], missed[asked], mixed[mine] = (
        found.source,
        found.confidence,
        found.option_missed,
        found.mixed,
    )
    role = said.role.copy()
    role[mine] = found.role
    return Roles(_with_roles(columns, said, role), source, confidence, mixed, missed)


@dataclass(frozen=True)
class _Said:
    """The utterances of a batch. call, label (u,) int64, label -1 where there is none; role (u,) uint8.

    labels: the labels behind the codes; utterances: the struct array.
    """

    call: Indices
    role: NDArray[np.uint8]
    label: Indices
    labels: list[str]
    utterances: pa.StructArray

    @classmethod
    def of(cls, columns: pa.RecordBatch) -> _Said:
        nested = columns.column("utterances")
        sizes = np.asarray(pc.fill_null(pc.list_value_length(nested), 0).to_numpy(zero_copy_only=False))
        utterances = nested.flatten()
        stated = pc.index_in(pc.struct_field(utterances, "role"), value_set=pa.array(ROLE_CODES))
        role = np.asarray(pc.fill_null(stated, 0).to_numpy(zero_copy_only=False)).astype(np.uint8)
        call = np.repeat(np.arange(columns.num_rows), sizes)
        if (role != Role.UNKNOWN).all():
            return cls(call, role, np.full(len(role), -1, np.int64), [], utterances)
        coded = pc.dictionary_encode(pc.struct_field(utterances, "speaker"))
        labels = coded.dictionary.to_pylist()
        label = np.asarray(pc.fill_null(coded.indices, -1).to_numpy(zero_copy_only=False)).astype(np.int64)
        blank = np.array([not one.strip() for one in labels] + [True])
        return cls(call, role, np.where(blank[label], -1, label), labels, utterances)

    @property
    def unknown(self) -> Mask:
        """(u,) bool: nobody said who speaks."""
        return np.asarray(self.role == Role.UNKNOWN)

    @property
    def labelled(self) -> Mask:
        """(u,) bool: the voice has a label."""
        return np.asarray(self.label >= 0)


def _with_roles(columns: pa.RecordBatch, said: _Said, role: NDArray[np.uint8]) -> pa.RecordBatch:
    """The same calls with other roles. (u,)"""
    codes = pa.DictionaryArray.from_arrays(pa.array(role.astype(np.int8)), pa.array(ROLE_CODES, pa.string()))
    fields = [said.utterances.field(one.name) for one in UTTERANCE]
    fields[UTTERANCE.get_field_index("role")] = codes.cast(pa.string())
    ends = np.searchsorted(said.call, np.arange(columns.num_rows + 1)).astype(np.int32)
    nested = pa.ListArray.from_arrays(pa.array(ends), pa.StructArray.from_arrays(fields, fields=list(UTTERANCE)))
    arrays = [nested if name == "utterances" else columns.column(name) for name in CALL_SCHEMA.names]
    return pa.RecordBatch.from_arrays(arrays, schema=CALL_SCHEMA)


@dataclass(frozen=True)
class _Cast:
    """What came of it: role (u,), mixed (u,); source, confidence, option_missed (c,)."""

    role: NDArray[np.uint8]
    mixed: Mask
    source: NDArray[np.uint8]
    confidence: Floats
    option_missed: Mask


@dataclass(frozen=True)
class VoiceCues:
    """What is heard of each voice. Shapes: v voices, k cues.

    turns (v, k) int64: turns with a cue; only (v, 2): turns with words of the agent's, the customer's side alone;
    spoken (v,): turns that are more than listening; robot (v,): turns with a recorded announcement.
    """

    turns: Indices
    only: Indices
    spoken: Indices
    robot: Indices


@dataclass(frozen=True)
class Seams:
    """Where words of one side alone stand in utterances (u,): first and last of the agent's, the customer's.

    Positions in the batch's text; first = a huge number and last = -1 where there is none. (u, 2) int64 each.
    """

    first: Indices
    last: Indices

    @property
    def heard(self) -> Mask:
        """(u, 2) bool."""
        return np.asarray(self.last >= 0)

    @property
    def both(self) -> Mask:
        """(u,) bool: first all of one side's words, then all of the other's: two people's words in one utterance."""
        return np.asarray(
            self.heard.all(axis=1) & ((self.last[:, 0] < self.first[:, 1]) | (self.last[:, 1] < self.first[:, 0]))
        )


def hear_voices(
    batch: Batch, voice: Indices, n_voices: int, cues: RoleCues, shared: Mask | None = None
) -> tuple[VoiceCues, Seams]:
    """What each voice says that tells its role. `voice` (u,): of each utterance; one voice a turn.

    Utterances with two people's words in them are left out of the count. `shared` (u,) bool: where that can be, because
    voices share a recording; by default everywhere.
    """
    heard = cues.lists.scan(batch.normal, batch.turn_text, batch.turn_role)
    owner = _UtteranceAt(batch)
    only = [_excused(heard, cues.only[side], cues.unless[side]) for side in (0, 1)]
    seams = _seams(len(voice), only, owner)
    glued = seams.both if shared is None else seams.both & shared
    turn_voice = np.empty(batch.n_turns, np.int64)
    first = batch.runs.utterance[batch.runs.offsets[:-1]]
    turn_voice[batch.run_turn[::-1]] = voice[first[::-1]]

    def count(hits: ListHits) -> Indices:
        turn = hits.turn
        if glued.any() and len(turn):
            turn = turn[~glued[owner.at(hits.spans.start)]]
        return np.bincount(turn_voice[np.unique(turn)], minlength=n_voices)

    turns = np.empty((n_voices, len(cues.numbers)), np.int64)
    for place, number in enumerate(cues.numbers):
        turns[:, place] = count(heard.every(number))
    spoken = np.bincount(turn_voice[~batch.turn_backchannel], minlength=n_voices)
    sides = np.stack([count(hits) for hits in only], axis=1)
    return VoiceCues(turns, sides, spoken, count(heard.every(cues.robot))), seams


def _excused(heard: Heard, says: int, unless: int) -> ListHits:
    """Hits of a list that no hit of the other one overlaps."""
    found, excuses = heard.hits(says), heard.hits(unless)
    keep = ~overlapped(found.spans.start, found.spans.end, excuses.spans.start, excuses.spans.end)
    return found.select(keep)


class _UtteranceAt:
    """The utterance at a position of the batch's text."""

    def __init__(self, batch: Batch) -> None:
        spoken = np.flatnonzero(batch.utterance_length > 0)
        self._order = spoken[np.argsort(batch.utterance_start[spoken], kind="stable")]
        self._starts = batch.utterance_start[self._order]

    def at(self, position: Indices) -> Indices:
        """(n,) indices of utterances in input order."""
        return self._order[np.searchsorted(self._starts, position, "right") - 1]


def _seams(count: int, only: list[ListHits], owner: _UtteranceAt) -> Seams:
    first = np.full((count, 2), np.iinfo(np.int64).max)
    last = np.full((count, 2), -1, np.int64)
    for side, hits in enumerate(only):
        utterance = owner.at(hits.spans.start) if len(hits) else hits.turn
        np.minimum.at(first[:, side], utterance, hits.spans.start)
        np.maximum.at(last[:, side], utterance, hits.spans.start)
    return Seams(first, last)


def score_voices(turns: Indices, cues: RoleCues) -> Indices:
    """(v,) int64: log-odds of each voice being an agent's, times SCORE_UNIT."""
    return COUNTED[np.minimum(turns, MOST_COUNTED)] @ cues.weights


class _Casting:
    """Calls some of whose voices have a label but no role. Voices are ordered by call, then by label."""

    def __init__(self, calls: pa.RecordBatch, settings: BatchSettings, agent: AgentVoice) -> None:
        self.said = said = _Said.of(calls)
        self.n_calls = calls.num_rows
        self.named = agent.of_calls(calls.column("source_format"))
        # A voice is a stated role, a label without a role, or what has neither.
        slot = np.where(said.unknown, len(ROLE_CODES) + 1 + said.label, said.role.astype(np.int64))
        width = len(ROLE_CODES) + 1 + len(said.labels)
        keys, self.voice = np.unique(said.call * width + slot, return_inverse=True)
        self.call, self.slot = keys // width, keys % width
        self.n_voices = len(keys)
        unlabelled = len(ROLE_CODES)
        self.kind = np.where(
            self.slot < unlabelled, self.slot, np.where(self.slot == unlabelled, UNHEARD, CANDIDATE)
        ).astype(np.int64)
        self._follow_stated()
        self.batch = build_batch(calls, settings)
        self.channel = self._channels()
        self.cues = load_cues()
        recorded_together = ~self.channel[self.voice] & (self.kind[self.voice] == CANDIDATE)
        self.heard, self.seams = hear_voices(self.batch, self.voice, self.n_voices, self.cues, recorded_together)
        self.score = score_voices(self.heard.turns, self.cues)
        self.recorded_together = recorded_together

    def _follow_stated(self) -> None:
        """A label that carries one stated role elsewhere in the call has that role."""
        said = self.said
        stated = ~said.unknown & said.labelled
        if not stated.any():
            return
        width = len(said.labels)
        pairs = np.unique((said.call[stated] * width + said.label[stated]) * len(ROLE_CODES) + said.role[stated])
        keys, first, times = np.unique(pairs // len(ROLE_CODES), return_index=True, return_counts=True)
        keys, role = keys[times == 1], pairs[first[times == 1]] % len(ROLE_CODES)
        open_ = np.flatnonzero(self.kind == CANDIDATE)
        mine = self.call[open_] * width + self.slot[open_] - len(ROLE_CODES) - 1
        found = np.isin(mine, keys)
        self.kind[open_[found]] = role[np.searchsorted(keys, mine[found])]

    def _labels(self, wanted: Mask) -> Mask:
        """(v,) bool: candidates whose label is one of these. `wanted` (n_labels,)."""
        found = np.zeros(self.n_voices, np.bool_)
        with_label = np.flatnonzero(self.slot > len(ROLE_CODES))
        found[with_label] = wanted[self.slot[with_label] - len(ROLE_CODES) - 1]
        return found

    def _channels(self) -> Mask:
        """(v,) bool: voices that were recorded on a channel of their own."""
        labels = self.said.labels
        return self._labels(np.fromiter((one.startswith("ch") and one[2:3].isdigit() for one in labels), np.bool_))

    def _named(self, agent: AgentVoice) -> Mask:
        """(v,) bool: voices that the user says are the agent's."""
        labels = self.said.labels
        channel = f"ch{agent.channel}"
        return self._labels(
            np.fromiter(
                (
                    one == agent.speaker if agent.channel is None else one == channel or one.startswith(f"{channel}/")
                    for one in labels
                ),
                np.bool_,
                len(labels),
            )
        )

    def _calls_with(self, voices: Mask) -> Mask:
        """(c,) bool."""
        found = np.zeros(self.n_calls, np.bool_)
        found[self.call[voices]] = True
        return found

    def _count(self, voices: Mask) -> Indices:
        """(c,) how many of these voices each call has."""
        return np.bincount(self.call[voices], minlength=self.n_calls)

    def decide(self, floor: float) -> _Cast:
        """The role of each utterance."""
        kind = self.kind.copy()
        source = np.full(self.n_calls, INFERRED, np.uint8)
        source[~self._calls_with(kind == CANDIDATE)] = STATED
        missed = np.zeros(self.n_calls, np.bool_)
        for agent, calls in self.named:
            named = self._named(agent) & (kind == CANDIDATE) & calls[self.call]
            there = self._calls_with(named)
            missed |= calls & ~there & (source == INFERRED)
            source[there] = OPTION
            kind[named] = Role.AGENT
            if agent.channel is not None:
                kind[(kind == CANDIDATE) & there[self.call]] = Role.CUSTOMER
        heard = self.heard
        robot = (
            (kind == CANDIDATE)
            & (heard.robot * 2 >= np.maximum(heard.spoken, 1))
            & (heard.spoken <= MOST_ROBOT_TURNS)
            & (self._count(kind != UNHEARD)[self.call] > 1)
        )
        kind[robot] = Role.SYSTEM
        confidence = self._cast(kind, source, floor)
        kind[(kind == CANDIDATE) | (kind == UNHEARD)] = Role.UNKNOWN
        role = np.where(self.said.unknown, kind[self.voice], self.said.role).astype(np.uint8)
        mixed = self._mixed(role, source)
        role[mixed] = Role.UNKNOWN
        return _Cast(role, mixed, source, confidence, missed)

    def _cast(self, kind: Indices, source: NDArray[np.uint8], floor: float) -> Floats:
        """Give the candidates their roles, in place. Returns the confidence, (c,) float64."""
        confidence = np.full(self.n_calls, np.nan)
        mute = (kind == CANDIDATE) & (self.heard.spoken == 0)
        speaks = ((kind == CANDIDATE) & ~mute) | (kind == Role.AGENT) | (kind == Role.CUSTOMER)
        count = self._count(speaks)
        self._cast_several(kind, speaks & (count > 1)[self.call], source, confidence, floor)
        alone = np.flatnonzero(speaks & (count == 1)[self.call])
        found = alone[kind[alone] == CANDIDATE]
        confidence[self.call[found]] = np.round(_sigmoid(np.abs(self.score[found])), 4)
        plain = self._plain(found) & (confidence[self.call[found]] >= floor)
        kind[found[plain]] = np.where(self.score[found[plain]] > 0, Role.AGENT, Role.CUSTOMER)
        source[self.call[found[~plain]]] = UNSURE
        source[(count == 0) & (source == INFERRED)] = UNSURE
        # Who does nothing but listen to the only one who speaks is the other party.
        party = np.zeros(self.n_calls, np.int64)
        party[self.call[alone]] = np.maximum(kind[alone], 0)
        other = np.where(party == Role.AGENT, Role.CUSTOMER, np.where(party == Role.CUSTOMER, Role.AGENT, CANDIDATE))
        listens = mute & (self._count(mute) == 1)[self.call]
        kind[listens] = other[self.call[listens]]
        confidence[(source == INFERRED) & np.isnan(confidence)] = 1.0  # the other party of the one stated
        return confidence

    def _plain(self, voices: Indices) -> Mask:
        """(n,) bool: all that these voices say is one side's: nobody else's words are among them."""
        only = self.heard.only[voices]
        agent = (self.score[voices] >= PLAIN) & (only[:, 0] > 0) & (only[:, 1] == 0)
        customer = (self.score[voices] <= -PLAIN) & (only[:, 1] > 0) & (only[:, 0] == 0)
        glued = np.zeros(self.n_calls, np.bool_)
        glued[self.said.call[self.seams.both]] = True
        return np.asarray((agent | customer) & ~glued[self.call[voices]])

    def _cast_several(
        self, kind: Indices, speaks: Mask, source: NDArray[np.uint8], confidence: Floats, floor: float
    ) -> None:
        """Calls with two or more who speak: the best agent, further staff, and the customer if one is left."""
        among = np.flatnonzero(speaks)
        if not len(among):
            return
        candidate = speaks & (kind == CANDIDATE)
        score = np.where(kind == Role.AGENT, CERTAIN, np.where(kind == Role.CUSTOMER, -CERTAIN, self.score))
        order = among[np.lexsort((among, -score[among], self.call[among]))]
        starts = np.flatnonzero(np.concatenate(([True], self.call[order[1:]] != self.call[order[:-1]])))
        best, worst = order[starts], order[np.append(starts[1:], len(order)) - 1]
        calls = self.call[best]
        lowest = np.zeros(self.n_calls, np.int64)
        lowest[calls] = score[worst]
        # Further staff: an agent's words above all, and far from the voice that is least like one.
        agents_words, customers_words = self.heard.only.T
        staff = speaks & ((kind == Role.AGENT) | _mask(best, self.n_voices))
        staff |= (
            candidate
            & (score >= STAFF)
            & (agents_words > 2 * customers_words)
            & (_sigmoid(score - lowest[self.call]) >= floor)
        )
        staff[worst[kind[worst] == CANDIDATE]] = False
        highest = np.zeros(self.n_calls, np.int64)
        highest[calls] = score[best]
        # Whoever is far from the best is on the customer's side; who is neither near nor far stays unknown.
        rest = speaks & ~staff & (_sigmoid(highest[self.call] - score) >= floor)
        sure_of = np.round(_sigmoid(score[best] - score[worst]), 4)
        asked = source[calls] == INFERRED
        confidence[calls[asked]] = sure_of[asked]
        # Of two voices the better one is the agent's, however rude; of several it must sound like one itself.
        weak = (self._count(speaks)[calls] > 2) & (score[best] < STAFF)
        source[calls[asked & ((sure_of < floor) | weak)]] = UNSURE
        fill = candidate & (source != UNSURE)[self.call]
        kind[fill & staff] = Role.AGENT
        kind[fill & rest & (self._count(rest) == 1)[self.call]] = Role.CUSTOMER

    def _mixed(self, role: NDArray[np.uint8], source: NDArray[np.uint8]) -> Mask:
        """(u,) bool: words that only the other side says, in voices that share a recording and got their role here.

        Where the user named the agent's voice it takes words of both sides: the user may know better than the words.
        """
        foreign = np.where(role == Role.AGENT, self.seams.heard[:, 1], self.seams.heard[:, 0])
        foreign &= (source == INFERRED)[self.said.call]
        found = (role == Role.AGENT) | (role == Role.CUSTOMER)
        return np.asarray(self.recorded_together & found & (foreign | self.seams.both))


def _sigmoid(score: Indices) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(score / SCORE_UNIT, -MOST_LOGIT, MOST_LOGIT))))


def _mask(places: Indices, count: int) -> Mask:
    mask = np.zeros(count, np.bool_)
    mask[places] = True
    return mask
