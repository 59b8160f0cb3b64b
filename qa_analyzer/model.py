"""What a reader yields: the canonical columns of calls, and the plain objects for one call.

Knows names, codes and Arrow types. Knows nothing about files, rules or judging.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum

import pyarrow as pa


class Role(IntEnum):
    """Who speaks. The code is what the arrays hold (uint8)."""

    UNKNOWN = 0
    AGENT = 1
    CUSTOMER = 2
    SYSTEM = 3

    @property
    def code(self) -> str:
        return self.name.lower()


class HangUp(IntEnum):
    """Who ended the call."""

    UNKNOWN = 0
    AGENT = 1
    CUSTOMER = 2
    SYSTEM = 3

    @property
    def code(self) -> str:
        return self.name.lower()


ROLE_CODES = tuple(role.code for role in Role)
CALL_TYPES = ("complaint", "inquiry", "callback")

WORD = pa.struct([("start_ms", pa.int64()), ("end_ms", pa.int64()), ("text", pa.string())])
UTTERANCE = pa.struct(
    [
        ("role", pa.string()),
        ("speaker", pa.string()),
        ("start_ms", pa.int64()),
        ("end_ms", pa.int64()),
        ("text", pa.string()),
        ("words", pa.list_(WORD)),
    ]
)
CALL_SCHEMA = pa.schema(
    [
        ("call_id", pa.string()),
        ("agent_id", pa.string()),
        ("agent_name", pa.string()),
        ("team", pa.string()),
        ("customer_id", pa.string()),
        ("started_at", pa.string()),
        ("call_type", pa.string()),
        ("hang_up", pa.string()),
        ("ended_ms", pa.int64()),
        ("recording_url", pa.string()),
        ("connected_ms", pa.int64()),
        ("overlaps", pa.string()),
        ("source_format", pa.string()),
        ("utterances", pa.list_(UTTERANCE)),
    ]
)
"""The columns of canonical input, in this order. Missing = null, never a magic value.

`overlaps` = `hidden` where the recogniser put the turns one after the other, so that nobody can be heard talking over
anybody; null where overlaps would show. `source_format` = the vendor's format that a reader converted; null = ours.
"""

OVERLAPS_HIDDEN = "hidden"


@dataclass(frozen=True, slots=True)
class Utterance:
    """One recogniser segment, as the vendor cut it. Times in ms from the start of the recording."""

    text: str
    role: Role = Role.UNKNOWN
    speaker: str | None = None
    start_ms: int | None = None
    end_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """One call as plain objects: what plain-text readers and rule examples build before columns."""

    call_id: str
    utterances: tuple[Utterance, ...]
    agent_id: str | None = None
    agent_name: str | None = None
    team: str | None = None
    customer_id: str | None = None
    started_at: str | None = None
    call_type: str | None = None
    hang_up: str | None = None
    ended_ms: int | None = None
    recording_url: str | None = None
    connected_ms: int | None = None
    overlaps: str | None = None
    source_format: str | None = None
    extra: dict[str, str] = field(default_factory=dict)


def calls_to_columns(calls: list[Call]) -> pa.RecordBatch:
    """Lay plain calls out in `CALL_SCHEMA`. (n_calls rows)"""
    rows = [
        {
            **{name: getattr(call, name) for name in CALL_SCHEMA.names if name != "utterances"},
            "utterances": [
                {
                    "role": utterance.role.code,
                    "speaker": utterance.speaker,
                    "start_ms": utterance.start_ms,
                    "end_ms": utterance.end_ms,
                    "text": utterance.text,
                    "words": None,
                }
                for utterance in call.utterances
            ],
        }
        for call in calls
    ]
    return pa.RecordBatch.from_pylist(rows, schema=CALL_SCHEMA)
