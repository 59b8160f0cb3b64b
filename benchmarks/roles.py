"""How well the agent's voice is found: calls with known roles, their roles hidden.

    python benchmarks/roles.py [INPUT…] [--jddc TSV.GZ] [--mobilecs JSON] [--uss JSONL]

INPUT: anything that `qa-analyzer score` reads, with roles; by default the sample calls and the test calls of the
checkout. The other three are research files, read from wherever they are. Prints a table: of all calls the share in
which agent and customer were both found, found the wrong way round, and left open; the same with characters replaced
at random, with the first turns cut off, for six turns from the middle, and for an agent who hands over half-way. Then
how many of the utterances that two people's words were glued into are noticed, and how many others are flagged.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

from qa_analyzer.analysis import batch_settings
from qa_analyzer.batch import BatchSettings
from qa_analyzer.figures import FIGURES
from qa_analyzer.model import Call, Role, Utterance, calls_to_columns
from qa_analyzer.readers import load, plan
from qa_analyzer.resources import shipped
from qa_analyzer.roles import DEFAULT_FLOOR, Roles, assign_roles
from qa_analyzer.rulebook import load_rulebook

ROOT = Path(__file__).parent.parent
SEED = 20261121
WINDOW = 6
GLUED_SHARE = 0.15


class Line(NamedTuple):
    """What one voice says: the label it is given, and whose it is."""

    voice: str
    role: Role
    text: str


Talk = list[Line]
LABEL = {Role.AGENT: "1", Role.CUSTOMER: "2"}


def talk_of(pairs: list[tuple[str, str]]) -> Talk:
    """A talk from (role, text), agent and customer only."""
    roles = ((Role[role.upper()], text) for role, text in pairs if role in ("agent", "customer"))
    return [Line(LABEL[role], role, text) for role, text in roles if text.strip()]


def both_speak(talk: Talk) -> bool:
    """Whether there is something to find."""
    return len({line.role for line in talk}) == 2


def read_inputs(paths: list[str]) -> list[Talk]:
    """Calls in a form that the program reads."""
    talks = []
    for block in plan(paths, lang="zh"):
        for row in load(block, lang="zh", time_zone="Asia/Shanghai").calls.to_pylist():
            talks.append(talk_of([(one["role"], one["text"]) for one in row["utterances"]]))
    return talks


def read_jddc(path: Path) -> dict[str, list[Talk]]:
    """Chats in two halves by the checksum of their id."""
    chats: dict[str, list[tuple[str, str]]] = {}
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            chat, _, agent, *_, text = line.rstrip("\n").split("\t")
            chats.setdefault(chat, []).append(("agent" if agent == "1" else "customer", text))
    halves: dict[str, list[Talk]] = {"JDDC even": [], "JDDC odd": []}
    for chat, pairs in chats.items():
        halves["JDDC odd" if zlib.crc32(chat.encode()) % 2 else "JDDC even"].append(talk_of(pairs))
    return halves


def read_mobilecs(path: Path) -> list[Talk]:
    """Telephone dialogues: SPEAKER 1 is the agent."""
    names = {"[SPEAKER 1]": "agent", "[SPEAKER 2]": "customer"}
    calls = json.loads(path.read_text(encoding="utf-8"))
    return [
        talk_of([(names[key], text) for turn in call["content"] for key, text in turn.items() if key in names])
        for call in calls
    ]


def read_uss(path: Path) -> list[Talk]:
    """Chats of the satisfaction corpus."""
    with path.open(encoding="utf-8") as lines:
        return [talk_of([(turn["role"], turn["text"]) for turn in json.loads(line)["turns"]]) for line in lines]


def noisy(talks: list[Talk], share: float, chance: random.Random) -> list[Talk]:
    """Characters replaced by others of the same talks, as often as they occur there."""
    pool = [one for talk in talks for line in talk for one in line.text if "\u4e00" <= one <= "\u9fff"]

    def spoilt(text: str) -> str:
        return "".join(
            chance.choice(pool) if "\u4e00" <= one <= "\u9fff" and chance.random() < share else one for one in text
        )

    return [[line._replace(text=spoilt(line.text)) for line in talk] for talk in talks]


def middle(talk: Talk) -> Talk:
    """A few lines from the middle."""
    start = max(0, (len(talk) - WINDOW) // 2)
    return talk[start : start + WINDOW]


def handed_over(talk: Talk, role: Role) -> Talk:
    """Another voice speaks for this side in the second half."""
    half = len(talk) // 2
    return [
        line._replace(voice="3") if number >= half and line.role == role else line for number, line in enumerate(talk)
    ]


VARIANTS: dict[str, Callable[[list[Talk], random.Random], list[Talk]]] = {
    "as they are": lambda talks, chance: talks,
    "5 % replaced": lambda talks, chance: noisy(talks, 0.05, chance),
    "10 % replaced": lambda talks, chance: noisy(talks, 0.10, chance),
    "first 3 cut": lambda talks, chance: [talk[3:] for talk in talks],
    "first 3 cut, 10 %": lambda talks, chance: noisy([talk[3:] for talk in talks], 0.10, chance),
    "6 from the middle": lambda talks, chance: [middle(talk) for talk in talks],
    "two agents": lambda talks, chance: [handed_over(talk, Role.AGENT) for talk in talks],
    "two customers": lambda talks, chance: [handed_over(talk, Role.CUSTOMER) for talk in talks],
}


def cast(talks: list[Talk], settings: BatchSettings) -> Roles:
    """The roles found with the roles hidden."""
    calls = [
        Call(str(number), tuple(Utterance(line.text, Role.UNKNOWN, line.voice) for line in talk))
        for number, talk in enumerate(talks)
    ]
    return assign_roles(calls_to_columns(calls), settings)


def outcome(talks: list[Talk], settings: BatchSettings) -> tuple[float, float, float]:
    """Shares of calls: both found, any voice the wrong way round, left open."""
    found = cast(talks, settings)
    right = wrong = 0
    mixed = iter(found.mixed.tolist())
    for talk, row in zip(talks, found.columns.column("utterances").to_pylist(), strict=True):
        told = [
            (line.role.code, one["role"])
            for line, one, flagged in zip(talk, row, [next(mixed) for _ in talk], strict=True)
            if not flagged
        ]
        if any(is_ not in (was, "unknown") for was, is_ in told):
            wrong += 1
        elif {"agent", "customer"} <= {is_ for _, is_ in told}:
            right += 1
    count = len(talks)
    return right / count, wrong / count, (count - right - wrong) / count


def glue(talk: Talk, chance: random.Random) -> tuple[Talk, list[bool]]:
    """Some lines are continued by the next voice's line in the same utterance. Which ones are."""
    joined: Talk = []
    for line in talk:  # one line a turn first
        if joined and joined[-1].voice == line.voice:
            joined[-1] = joined[-1]._replace(text=joined[-1].text + line.text)
        else:
            joined.append(line)
    glued: Talk = []
    marks: list[bool] = []
    lines = iter(joined)
    for line in lines:
        following = next(lines, None) if chance.random() < GLUED_SHARE else None
        glued.append(line if following is None else line._replace(text=line.text + following.text))
        marks.append(following is not None)
    return glued, marks


def flags(talks: list[Talk], settings: BatchSettings, chance: random.Random) -> Iterator[float]:
    """Share of glued utterances that are flagged, of others beside them, of those in talks without glue; calls."""
    pairs = [glue(talk, chance) for talk in talks]
    truth = np.array([mark for _, marks in pairs for mark in marks])
    found = cast([talk for talk, _ in pairs], settings).mixed
    yield float(found[truth].mean())
    yield float(found[~truth].mean())
    clean = cast(talks, settings).mixed
    yield float(clean.mean())
    call = np.repeat(np.arange(len(talks)), [len(talk) for talk in talks])
    yield len(np.unique(call[clean])) / len(talks)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("inputs", nargs="*", help="calls with roles")
    for name in ("jddc", "mobilecs", "uss"):
        parser.add_argument(f"--{name}", type=Path)
    given = parser.parse_args()
    sets: dict[str, list[Talk]] = {}
    defaults = [str(ROOT / "sample_transcripts"), str(ROOT / "tests" / "data" / "blind")]
    for path in given.inputs or [one for one in defaults if Path(one).exists()]:
        sets[Path(path).name] = read_inputs([path])
    if given.jddc:
        sets |= read_jddc(given.jddc)
    if given.mobilecs:
        sets["MobileCS"] = read_mobilecs(given.mobilecs)
    if given.uss:
        sets["USS"] = read_uss(given.uss)
    home = shipped("rules")
    book = load_rulebook(home, shipped_rubric=home / "rubric.yaml", figures=FIGURES, lang="zh")
    settings = batch_settings(book.rubric)
    print(f"confidence floor {DEFAULT_FLOOR}\n\n| calls | variant | n | right | wrong | left open |")
    print("|---|---|--:|--:|--:|--:|")
    for name, talks in sets.items():
        for variant, change in VARIANTS.items():
            changed = [talk for talk in change(talks, random.Random(SEED)) if both_speak(talk)]
            right, wrong, open_ = outcome(changed, settings)
            print(f"| {name} | {variant} | {len(changed)} | {right:.3f} | {wrong:.3f} | {open_:.3f} |")
    print(f"\n{GLUED_SHARE:.0%} of the turns continued by the other side's next turn in the same utterance\n")
    print("| calls | glued ones flagged | others flagged | flagged without glue | calls with one of these |")
    print("|---|--:|--:|--:|--:|")
    for name, talks in sets.items():
        shares = flags([talk for talk in talks if both_speak(talk)], settings, random.Random(SEED))
        print(f"| {name} | " + " | ".join(f"{share:.4f}" for share in shares) + " |")


if __name__ == "__main__":
    main()
