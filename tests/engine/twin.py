"""A slow twin of the engine, from the contract's words: plain loops over turns and `str.find`, no arrays.

It shares no code with the engine. Calls are `model.Call`, rules are dictionaries as in YAML, and only the clauses that
the property tests draw are known here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from qa_analyzer.model import Call, Utterance

NORMAL = str.maketrans("，？！（）：對嗎見ＡB\u3000", ",?!():对吗见ab ")
BLIND = " ,、…"
SILENT = " ,、…。!?:()[]"
JOIN_MS, PAUSE_MS, GAP, LONGEST_BACKCHANNEL = 200, 3000, 12, 16
UNCOUNTED = 10**9


@dataclass
class Run:
    """Utterances of one speaker without a gap."""

    speaker: str
    role: str
    pieces: list[Utterance]
    backchannel: bool = False
    start: int | None = None
    end: int | None = None


@dataclass
class Turn:
    """One turn: its text as given, the same with events blanked and normalised, and where utterances join."""

    role: str
    runs: list[Run]
    text: str = ""
    normal: str = ""
    joins: list[int] = field(default_factory=list)
    backchannel: bool = False
    silent: bool = False


@dataclass(frozen=True)
class Hit:
    """A phrase heard: turn, span in its text, and what weakens it."""

    turn: int
    start: int
    end: int
    joined: bool = False
    doubtful: bool = False
    nearly_excused: bool = False
    excepted: bool = False
    unproven: bool = False


@dataclass(frozen=True)
class Row:
    """One judged occasion: verdict, and the evidence (turn, start, end) or None."""

    verdict: str
    evidence: tuple[int, int, int] | None = None


def normal(text: str) -> str:
    """Normalised, with events blanked one for one."""
    text = text.translate(NORMAL).lower()
    return re.sub(r"\([^)]*\)", lambda match: " " * len(match.group()), text)


def is_backchannel(text: str, words: Sequence[str]) -> bool:
    """Nothing but listening words, or no speech at all."""
    heard = "".join(letter for letter in normal(text) if letter not in SILENT)
    if not heard:
        return len(text) <= LONGEST_BACKCHANNEL or "(" in text.translate(NORMAL)
    if len(heard) > LONGEST_BACKCHANNEL or (len(text) > LONGEST_BACKCHANNEL and "(" not in text.translate(NORMAL)):
        return False
    reachable = {0}
    for place in range(len(heard)):
        if place in reachable:
            reachable |= {place + len(word) for word in words if heard.startswith(word, place)}
    return len(heard) in reachable


def build_turns(call: Call, backchannels: Sequence[str]) -> list[Turn]:
    """The turns of a call."""
    runs = build_runs(call)
    for run in runs:
        run.backchannel = is_backchannel("".join(piece.text for piece in run.pieces), backchannels)
    turns: list[Turn] = []
    turn_of: dict[int, Turn] = {}
    for index, run in enumerate(runs):
        earlier = [place for place in range(index) if runs[place].speaker == run.speaker]
        last = earlier[-1] if earlier else None
        goes_on = False
        if last is not None:
            end = runs[last].end
            if run.start is not None and end is not None:
                between = runs[last + 1 : index]
                goes_on = all(one.backchannel for one in between) and run.start - end < PAUSE_MS
            else:
                goes_on = last == index - 1
        if last is not None and goes_on:
            turn_of[index] = turn_of[last]
            turn_of[last].runs.append(run)
        else:
            turn_of[index] = Turn(run.role, [run])
            turns.append(turn_of[index])
    for turn in turns:
        for run in turn.runs:
            for piece in run.pieces:
                if turn.text and piece.text:
                    turn.joins.append(len(turn.text))
                turn.text += piece.text
                turn.normal += normal(piece.text)
        turn.backchannel = all(run.backchannel for run in turn.runs)
        turn.silent = all(letter in SILENT for letter in turn.normal)
    return turns


def build_runs(call: Call) -> list[Run]:
    """The runs of a call, in order of start, then of input."""
    placed = []
    place = 0
    for index, piece in enumerate(call.utterances):
        place = piece.start_ms if piece.start_ms is not None else place
        placed.append((place, index, piece))
    placed.sort(key=lambda one: one[:2])
    runs: list[Run] = []
    last_of: dict[str, tuple[int, Run]] = {}
    spoken_until: dict[str, int] = {}
    for order, (_, _, piece) in enumerate(placed):
        role = piece.role.code
        speaker = role if role != "unknown" else f"unknown {piece.speaker}"
        joined = None
        if speaker in last_of:
            last, run = last_of[speaker]
            if piece.start_ms is not None and run.start is not None:
                joined = run if piece.start_ms - spoken_until[speaker] <= JOIN_MS else None
            elif piece.start_ms is None and run.start is None and last == order - 1:
                joined = run
        if joined is None:
            joined = Run(speaker, role, [], start=piece.start_ms, end=piece.end_ms)
            runs.append(joined)
        joined.pieces.append(piece)
        if piece.end_ms is not None:
            joined.end = max(joined.end or 0, piece.end_ms)
            spoken_until[speaker] = max(spoken_until.get(speaker, 0), piece.end_ms)
        last_of[speaker] = (order, joined)
    return runs


# ---- phrases ---------------------------------------------------------------------------------------------------


def parse(phrase: str) -> list[tuple[list[str], bool]]:
    """[(literals of a part, whether the gap before it may leave the sentence)] of a phrase without nested gaps."""
    parts = []
    wide = False
    for piece in re.split("(…+)", phrase):
        if piece.startswith("…"):
            wide = len(piece) > 1
            continue
        options = [""]
        for bit in re.split(r"(\([^)]*\))", piece):
            tails = bit[1:-1].split("|") if bit.startswith("(") else [bit]
            options = [head + tail for head in options for tail in tails]
        parts.append((["".join(c for c in normal(one) if c not in BLIND) for one in options], wide))
    return parts


def heard(turn: Turn, phrase: str) -> set[tuple[int, int]]:
    """Spans of one phrase in a turn's visible text; of a phrase with gaps only those that hold no other."""
    places = [place for place, letter in enumerate(turn.normal) if letter not in BLIND]
    text = "".join(turn.normal[place] for place in places)
    parts = parse(phrase)

    def continued(number: int, end: int) -> Iterator[int]:
        if number == len(parts):
            yield end
            return
        literals, wide = parts[number]
        for literal in literals:
            at = text.find(literal, end)
            while at >= 0:
                near = places[at] - places[end - 1] - 1 <= GAP and not any(mark in text[end:at] for mark in "。!?")
                if wide or near:
                    yield from continued(number + 1, at + len(literal))
                at = text.find(literal, at + 1)

    spans = set()
    for literal in parts[0][0]:
        at = text.find(literal)
        while at >= 0:
            spans |= {(at, end) for end in continued(1, at + len(literal))}
            at = text.find(literal, at + 1)
    if len(parts) > 1:
        spans = {
            (start, end)
            for start, end in spans
            if not any((a, b) != (start, end) and start <= a and b <= end for a, b in spans)
        }
    return {(places[start], places[end - 1] + 1) for start, end in spans}


def hits_of(turn: Turn, phrases: Sequence[str]) -> list[tuple[int, int]]:
    """Hits of a clause in a turn: nested ones dropped, of overlapping ones the leftmost kept."""
    spans = sorted({span for phrase in phrases for span in heard(turn, phrase)})
    outer = [
        (start, end)
        for start, end in spans
        if not any((a, b) != (start, end) and a <= start and end <= b for a, b in spans)
    ]
    kept: list[tuple[int, int]] = []
    for start, end in outer:
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
    return kept


# ---- scopes ----------------------------------------------------------------------------------------------------


def window(
    turns: Sequence[Turn], scope: dict[str, Any] | str | None, by: str | None, at: int, *, unknown: bool = False
) -> tuple[int, int]:
    """First turn and end of a scope around turn `at` (-1: the call itself)."""
    scope = {scope: True} if isinstance(scope, str) else scope or {}
    mine = {by, "unknown"} if unknown else {by}
    counted = [place for place, turn in enumerate(turns) if not turn.backchannel and (by is None or turn.role in mine)]
    lo, hi = 0, len(turns)
    first = 1 if scope.get("first_turn") else scope.get("first", UNCOUNTED)
    if len(counted) >= first:
        hi = min(hi, counted[first - 1] + 1)
    last = scope.get("last", UNCOUNTED)
    if len(counted) >= last:
        lo = max(lo, counted[-last])
    if scope.get("same_turn"):
        lo, hi = max(lo, at), min(hi, at + 1)
    if "next" in scope:
        later = [place for place in counted if place > at]
        lo = max(lo, at + 1)
        if len(later) >= scope["next"]:
            hi = min(hi, later[scope["next"] - 1] + 1)
    if "previous" in scope:
        earlier = [place for place in counted if place < at]
        hi = min(hi, at)
        if len(earlier) >= scope["previous"]:
            lo = max(lo, earlier[-scope["previous"]])
    return lo, max(lo, hi)


# ---- judging ---------------------------------------------------------------------------------------------------


def scoped(clause: dict[str, Any], key: str) -> bool:
    """Whether a clause looks ahead (`next`) or back (`previous`)."""
    return key in (clause.get("in") or ())


def overlap(mine: Sequence[Run], entry: int, others: Sequence[Run]) -> int:
    """Milliseconds that runs share, from `entry` on, with others' speech that had begun before."""
    until = max((run.end or 0 for run in others if run.start is not None and run.start < entry), default=0)
    return sum(
        max(0, min(run.end, until) - max(run.start, entry))
        for run in mine
        if run.start is not None and run.end is not None
    )


@dataclass
class Twin:
    """One call before one rule."""

    call: Call
    rule: dict[str, Any]
    phrases: dict[str, list[str]]

    def __post_init__(self) -> None:
        """Build the turns."""
        self.turns = build_turns(self.call, [*self.phrases["backchannel"], *self.phrases["interjection"]])
        spoken = [piece for piece in self.call.utterances if any(c not in SILENT for c in normal(piece.text))]
        self.timed = bool(spoken) and all(piece.start_ms is not None for piece in spoken)
        ends = [piece.end_ms for piece in spoken if piece.end_ms is not None]
        ended = self.call.ended_ms
        self.delay = (ended - max(ends)) / 1000 if ended is not None and ends else None

    def said(self, clause: dict[str, Any], by: str | None) -> list[Hit]:
        """Everything a clause says, by anybody; exceptions are marked."""
        found = []
        for place, turn in enumerate(self.turns):
            excuses = [span for phrase in clause.get("unless", ()) for span in heard(turn, phrase)]
            for start, end in hits_of(turn, clause["says"]):
                excepted = any(a < end and start < b for a, b in excuses)
                doubtful = nearly = False
                for neighbour in clause.get("unless_in", ()):
                    speaker = neighbour.get("by", by)
                    lo, hi = window(self.turns, neighbour["in"], speaker, place)
                    near = [(n, one.role) for n, one in enumerate(self.turns) if hits_of(one, neighbour["says"])]
                    excepted |= any(lo <= n < hi and role == speaker for n, role in near)
                    doubtful |= any(lo <= n < hi and role == "unknown" for n, role in near)
                    nearly |= any(lo - 1 <= n < hi + 1 for n, role in near)
                joined = any(start < join < end for join in turn.joins)
                found.append(Hit(place, start, end, joined, doubtful, nearly and not doubtful, excepted))
        return found

    def find(self, clause: dict[str, Any]) -> tuple[list[Hit], list[Hit], list[Hit], list[Hit]]:
        """(sure, doubtful, excepted, somebody else's) hits of a clause."""
        by = clause["by"]
        hits = self.said(clause, by) if "says" in clause else self.interruptions(clause["interrupts"], by)
        role = [turn.role for turn in self.turns]
        kept = [hit for hit in hits if not hit.excepted]
        sure = [hit for hit in kept if role[hit.turn] == by and not hit.doubtful]
        doubtful = [hit for hit in kept if role[hit.turn] == "unknown" or (role[hit.turn] == by and hit.doubtful)]
        # That somebody else said it is a near miss; that somebody else cut in is none.
        others = [hit for hit in kept if role[hit.turn] not in (by, "unknown") and "says" in clause]
        excepted = [hit for hit in hits if hit.excepted and role[hit.turn] == by]
        if "then" in clause:
            sure, doubtful = self.followed(clause["then"], sure, doubtful)
        if "in_a_row" in clause:
            sure, doubtful = self.rows(sure, doubtful, by, clause["in_a_row"])
        return sure, doubtful, excepted, others

    def followed(self, then: dict[str, Any], sure: list[Hit], doubtful: list[Hit]) -> tuple[list[Hit], list[Hit]]:
        """Hits after which something further is said, for sure and perhaps."""
        certain, perhaps, _, _ = self.find(then)

        def holds(hit: Hit, candidates: list[Hit], *, unknown: bool) -> bool:
            lo, hi = window(self.turns, then.get("in"), then["by"], hit.turn)
            if unknown:
                other_lo, other_hi = window(self.turns, then.get("in"), then["by"], hit.turn, unknown=True)
                lo, hi = max(lo, other_lo), min(hi, other_hi)
            return any(lo <= one.turn < hi and (one.turn, one.start) >= (hit.turn, hit.end) for one in candidates)

        good = [hit for hit in sure if holds(hit, certain, unknown=True)]
        maybe = [hit for hit in sure if hit not in good and holds(hit, certain + perhaps, unknown=False)]
        maybe += [hit for hit in doubtful if holds(hit, certain + perhaps, unknown=False)]
        return good, sorted(maybe, key=lambda hit: (hit.turn, hit.start))

    def rows(self, sure: list[Hit], doubtful: list[Hit], by: str, length: int) -> tuple[list[Hit], list[Hit]]:
        """Hits that complete a row of turns with hits."""

        def counts(roles: tuple[str, ...], hits: list[Hit]) -> dict[int, int]:
            result: dict[int, int] = {}
            running = 0
            for place, turn in enumerate(self.turns):
                if turn.role in roles and not turn.backchannel:
                    running = running + 1 if any(hit.turn == place for hit in hits) else 0
                    result[place] = running
            return result

        def first_in(place: int, hits: list[Hit]) -> Hit:
            return min((hit for hit in hits if hit.turn == place), key=lambda hit: hit.start)

        plain = counts((by,), sure)
        every = sorted(sure + doubtful, key=lambda hit: (hit.turn, hit.start))
        mixed = counts((by, "unknown"), every)
        complete = [place for place, count in plain.items() if count == length]
        good = [first_in(place, sure) for place in complete if mixed[place] >= length]
        maybe = [first_in(place, sure) for place in complete if mixed[place] < length]
        maybe += [
            first_in(place, every) for place, count in mixed.items() if count == length and plain.get(place, 0) < length
        ]
        return good, sorted(maybe, key=lambda hit: (hit.turn, hit.start))

    def interruptions(self, spec: dict[str, Any], by: str) -> list[Hit]:
        """Turns that cut in."""
        against = {"agent": "customer", "customer": "agent"}[by]
        listening = [*self.phrases["backchannel"], *self.phrases["interjection"]]
        runs = [run for turn in self.turns for run in turn.runs]
        speaking = [run for run in runs if not is_backchannel("".join(one.text for one in run.pieces), listening)]
        found = []
        for place, turn in enumerate(self.turns):
            first = next((number for number, run in enumerate(turn.runs) if run in speaking), None)
            if first is None or turn.runs[first].start is None or turn.role == "system":
                continue
            exact, earliest, said = self.first_word(turn.runs[first])
            letters = said + "".join(piece.text for run in turn.runs[first + 1 :] for piece in run.pieces)
            if sum(letter not in SILENT for letter in normal(letters)) < spec["characters"]:
                continue
            against_whom = [role for role in (against, "unknown") if role != turn.role]
            overlaps: list[tuple[str, int, int]] = []
            for role in against_whom:
                others = [run for run in speaking if run.role == role and run.start is not None]
                least, most = (overlap(turn.runs[first:], entry, others) for entry in (exact, earliest))
                overlaps.append((role, least, max(least, most)))
            limit = spec["overlap"] * 1000
            hits = [(role, least >= limit) for role, least, most in overlaps if most >= limit and most > 0]
            if hits:
                sure = any(certain and "unknown" not in (role, turn.role) for role, certain in hits)
                known = any("unknown" not in (role, turn.role) for role, _ in hits)
                found.append(Hit(place, 0, len(turn.text), doubtful=not known, joined=False, unproven=not sure))
        return found

    def first_word(self, run: Run) -> tuple[int, int, str]:
        """When the first word that is no listening begins, at most and at least, and what is said from there on."""
        text = normal("".join(piece.text for piece in run.pieces))
        at = 0
        while at < len(text):
            ends = {at}
            for place in range(at, len(text)):
                if place in ends:
                    ends |= {place + len(word) for word in self.phrases["backchannel"] if text.startswith(word, place)}
            ends = {end for end in ends if end > at and (end == len(text) or text[end] in " ,.、。!?…~")}
            ends |= {at + len(word) for word in self.phrases["interjection"] if text.startswith(word, at)}
            ends |= {at + 1} if text[at] in " ,.、。!?…~" else set()
            if not ends:
                break
            at = min(ends)
        passed = 0
        for piece in run.pieces:
            if passed <= at < passed + len(piece.text):
                assert piece.start_ms is not None and piece.end_ms is not None
                inside = at - passed
                moment = piece.start_ms + inside * (piece.end_ms - piece.start_ms) // len(piece.text)
                said = "".join(one.text for one in run.pieces)[at:]
                return moment, piece.start_ms if at else moment, said
            passed += len(piece.text)
        raise AssertionError(run)

    # ---- verdicts --------------------------------------------------------------------------------------------

    def severity(self, clause: dict[str, Any]) -> str:
        """The severity of a failure of a clause."""
        return str(clause.get("severity", self.rule["severity"]))

    def cannot_convict(self, clause: dict[str, Any], hit: Hit) -> bool:
        """A critical hit must be exact and far from any excuse."""
        return hit.unproven or (self.severity(clause) == "critical" and (hit.joined or hit.nearly_excused))

    def whole(self, place: int) -> tuple[int, int, int]:
        """A whole turn as evidence."""
        return place, 0, len(self.turns[place].text)

    def look(self, clause: dict[str, Any], at: int) -> tuple[tuple[int, int], tuple[int, int]]:
        """The window, and the part of it that unknown speakers cannot move."""
        lo, hi = window(self.turns, clause.get("in"), clause["by"], at)
        other_lo, other_hi = window(self.turns, clause.get("in"), clause["by"], at, unknown=True)
        return (lo, hi), (max(lo, other_lo), min(hi, other_hi))

    def require(self, clause: dict[str, Any], at: int, *, occasion: bool) -> Row:
        """One clause that must hold at one occasion."""
        if "hangs_up" in clause:
            opposite = {"pass": "fail", "fail": "pass"}
            kept = self.hang_up(clause)
            return Row(opposite.get(kept, kept))
        sure, doubtful, excepted, others = self.find(clause)
        doubtful = sorted(doubtful + [hit for hit in sure if hit.unproven], key=lambda hit: (hit.turn, hit.start))
        said, sure = sure, [hit for hit in sure if not hit.unproven]
        (lo, hi), (safe_lo, safe_hi) = self.look(clause, at)
        inside = [hit for hit in sure if lo <= hit.turn < hi]
        safe = [hit for hit in inside if safe_lo <= hit.turn < safe_hi]
        if safe:
            return Row("pass", (safe[0].turn, safe[0].start, safe[0].end))
        if inside:
            return Row("undetermined", (inside[0].turn, inside[0].start, inside[0].end))
        mine = [place for place in range(lo, hi) if self.turns[place].role == clause["by"]]
        evidence = self.whole(mine[0]) if mine else None
        perhaps = [hit for hit in doubtful if lo <= hit.turn < hi]
        if perhaps:
            return Row("undetermined", (perhaps[0].turn, perhaps[0].start, perhaps[0].end))
        if (lo, hi) != (safe_lo, safe_hi):
            return Row("undetermined", evidence)
        scope = clause.get("in") or {}
        scope = {scope: True} if isinstance(scope, str) else scope
        to_the_end = hi == len(self.turns) and not scope.get("same_turn") and "previous" not in scope
        if not mine and not (occasion and at >= 0 and to_the_end and self.call.hang_up == "agent"):
            return Row("not_applicable")
        near = (
            [hit for hit in said if hit.turn < lo or hit.turn >= hi]
            + [hit for hit in others if lo <= hit.turn < hi]
            + [hit for hit in excepted if lo <= hit.turn < hi]
        )
        if self.severity(clause) == "critical" and near:
            return Row("undetermined", evidence)
        return Row("fail", evidence or self.whole(at))

    def judge_requirements(self, at: int, *, occasion: bool) -> list[Row]:
        """All of `require` at one occasion: the worst of the parts, of an `any` the best."""
        worst = {"not_applicable": 0, "pass": 1, "undetermined": 2, "fail": 3}
        best = {"not_applicable": 0, "fail": 1, "undetermined": 2, "pass": 3}
        grave = {"minor": 1, "major": 2, "critical": 3}
        chosen: tuple[Row, int] | None = None
        for part in self.rule.get("require", ()):
            options = [(self.require(one, at, occasion=occasion), one) for one in part.get("any", [part])]
            row, clause = max(options, key=lambda option: best[option[0].verdict])
            missed = [one for one, option in options if one.verdict == "not_applicable" and scoped(option, "next")]
            broken = [one for one, option in options if one.verdict == "fail" and not scoped(option, "previous")]
            if row.verdict == "fail" and missed and not broken:
                row = Row("not_applicable")
            rank = worst[row.verdict] * 10 + (grave[self.severity(clause)] if row.verdict == "fail" else 0)
            if chosen is None or rank > chosen[1]:
                chosen = (row, rank)
        return [chosen[0]] if chosen else []

    def forbid_anywhere(self, clause: dict[str, Any]) -> list[Row]:
        """A prohibition without occasions: a row for each offending turn."""
        if "hangs_up" in clause:
            return [self.hang_up_row(clause)]
        sure, doubtful, _, _ = self.find(clause)
        (lo, hi), (safe_lo, safe_hi) = self.look(clause, -1)
        rows = []
        for place in range(lo, hi):
            mine = [hit for hit in sure if hit.turn == place]
            perhaps = [hit for hit in doubtful if hit.turn == place]
            exact = [hit for hit in mine if not self.cannot_convict(clause, hit)]
            if mine:
                hit = (exact or mine)[0]
                verdict = "fail" if exact and safe_lo <= place < safe_hi else "undetermined"
                rows.append(Row(verdict, (place, hit.start, hit.end)))
            elif perhaps:
                exact = [hit for hit in perhaps if not self.cannot_convict(clause, hit)]
                hit = (exact or perhaps)[0]
                rows.append(Row("undetermined", (place, hit.start, hit.end)))
        return rows or [Row(self.innocent(clause, lo, hi))]

    def innocent(self, clause: dict[str, Any], lo: int, hi: int) -> str:
        """The verdict where nothing was found."""
        if not any(turn.role == clause["by"] for turn in self.turns[lo:hi]):
            return "not_applicable"
        return "undetermined" if "interrupts" in clause and not self.timed else "pass"

    def forbid_here(self, clause: dict[str, Any], at: int) -> Row:
        """A prohibition at one occasion: the worst thing in the window."""
        if "hangs_up" in clause:
            return self.hang_up_row(clause)
        sure, doubtful, _, _ = self.find(clause)
        (lo, hi), (safe_lo, safe_hi) = self.look(clause, at)
        inside = [hit for hit in sure if lo <= hit.turn < hi]
        safe = [hit for hit in inside if safe_lo <= hit.turn < safe_hi]
        perhaps = [hit for hit in doubtful if lo <= hit.turn < hi]
        for hits, convicts in ((safe, True), (inside, False), (perhaps, False)):
            if hits:
                exact = [hit for hit in hits if not self.cannot_convict(clause, hit)]
                hit = (exact or hits)[0]
                return Row("fail" if convicts and exact else "undetermined", (hit.turn, hit.start, hit.end))
        return Row(self.innocent(clause, lo, hi))

    def hang_up_row(self, clause: dict[str, Any]) -> Row:
        """The hang-up, shown at the last agent turn."""
        agents = [place for place, turn in enumerate(self.turns) if turn.role == "agent"]
        verdict = self.hang_up(clause)
        accused = verdict in ("fail", "undetermined") and self.call.hang_up == clause["by"]
        return Row(verdict, self.whole(agents[-1]) if accused and agents else None)

    def hang_up(self, clause: dict[str, Any]) -> str:
        """Whether somebody did not hang up too early."""
        spec = clause["hangs_up"]
        if not any(turn.role == clause["by"] for turn in self.turns):
            return "not_applicable"
        if self.call.hang_up != clause["by"]:
            return {None: "undetermined", "system": "not_applicable"}.get(self.call.hang_up, "pass")
        said, nearly = self.farewell()
        if "before" in spec:
            return "pass" if said else "undetermined" if nearly else "fail"
        siblings = [one for part in self.all_parts() for one in part.get("any", [part])]
        if any("before" in one.get("hangs_up", {}) for one in siblings) and not said:
            return "pass"
        if self.delay is not None and self.delay < spec["sooner_than"]:
            return "fail"
        if self.delay is None or not self.timed:
            return "undetermined" if said or nearly else "fail"
        return "pass"

    def farewell(self) -> tuple[bool, bool]:
        """Whether there was a farewell, and whether there was nearly one."""
        heard_in = [bool(hits_of(turn, self.phrases["farewell"])) for turn in self.turns]
        role = [turn.role for turn in self.turns]
        lo, hi = window(self.turns, {"last": 2}, "agent", -1)
        wide, _ = window(self.turns, {"last": 4}, "agent", -1)
        said = any(heard_in[place] and role[place] == "agent" for place in range(lo, hi))
        agents = [place for place, turn in enumerate(self.turns) if turn.role == "agent" and not turn.silent]
        for place in range(wide, hi):
            if heard_in[place] and role[place] == "customer":
                said |= bool(agents) and agents[-1] > place
        nearly = any(heard_in[place] and role[place] in ("agent", "unknown") for place in range(wide, hi))
        return said, nearly

    def all_parts(self) -> list[dict[str, Any]]:
        """Everything under `require` and `forbid`."""
        return [*self.rule.get("require", ()), *self.rule.get("forbid", ())]

    def occasions(self) -> list[tuple[int, bool]]:
        """(turn, whether its role is in doubt) of the occasions, those inside an open one dropped."""
        triggered: dict[int, bool] = {}
        for trigger in self.rule["when"]:
            if "by" not in trigger:
                triggered[-1] = False
                continue
            for hit in self.said(trigger, trigger["by"]):
                role = self.turns[hit.turn].role
                if role in (trigger["by"], "unknown") and not hit.excepted:
                    triggered[hit.turn] = triggered.get(hit.turn, True) and role == "unknown"
        open_until = -1
        kept = []
        for place in sorted(triggered):
            if place >= open_until:
                kept.append((place, triggered[place]))
                windows = [
                    window(self.turns, clause.get("in"), clause["by"], place)[1]
                    for part in self.all_parts()
                    for clause in part.get("any", [part])
                ]
                open_until = max(place + 1, *windows)
        return kept

    def judge(self) -> tuple[str, list[Row]]:
        """The verdict on the call, and its rows."""
        rows: list[Row] = []
        if "when" in self.rule:
            for at, unknown in self.occasions():
                here = self.judge_requirements(at, occasion=True)
                for part in self.rule.get("forbid", ()):
                    here += [self.forbid_here(clause, at) for clause in part.get("any", [part])]
                rows += [
                    Row("undetermined", row.evidence) if unknown and row.verdict in ("pass", "fail") else row
                    for row in here
                ]
        else:
            rows += self.judge_requirements(-1, occasion=False)
            for part in self.rule.get("forbid", ()):
                for clause in part.get("any", [part]):
                    rows += self.forbid_anywhere(clause)
        verdicts = {row.verdict for row in rows}
        for verdict in ("fail", "undetermined", "pass"):
            if verdict in verdicts:
                return verdict, rows
        return "not_applicable", rows
