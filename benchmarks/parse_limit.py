#!/usr/bin/env python3
"""The practical limit: `parse_limit.py FILE` decodes every call of an NDJSON file into typed objects, and nothing else.

No analysis can be faster than reading its input; the share of this rate that the analyzer keeps is its yardstick.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import msgspec


class Utterance(msgspec.Struct, gc=False):
    """What every analysis needs of an utterance."""

    role: str
    start_ms: int
    end_ms: int
    text: str


class Call(msgspec.Struct, gc=False):
    """What every analysis needs of a call."""

    call_id: str
    agent_id: str
    utterances: list[Utterance]


def main(path: Path) -> None:
    """Decode, count, and print the rate."""
    decoder = msgspec.json.Decoder(Call)
    count = 0
    began = time.perf_counter()
    with path.open("rb") as lines:
        for line in lines:
            decoder.decode(line)
            count += 1
    seconds = time.perf_counter() - began
    print(f"limit: {count} calls {seconds:.2f} s {count / seconds:.0f} calls/s")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
