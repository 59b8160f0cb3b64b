"""Random calls and rules for the property tests, over a small alphabet, so that things happen."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from qa_analyzer.model import Call, Role, Utterance

PIECES = [
    "您好",
    "抱歉",
    "不知道",
    "帮您查",
    "再见",
    "嗯",
    "好的",
    "，",
    "。",
    "呃",
    "对",
    "哦对不起",
    "您稍等",
    "（挂机声）",
    "抱",
    "歉",
    "查",
]
PHRASES = [
    "您好",
    "抱歉",
    "不知道",
    "帮您查",
    "查抱歉",
    "好的您",
    "抱歉…查",
    "(抱|您好)…(歉|知道)",
    "您好……再见",
    "知道帮",
]
LONG_PHRASES = ["您…道…查", "(您|您好)…歉…(见|道帮)", "好(的|)……您"]
ROLES = [Role.AGENT, Role.AGENT, Role.CUSTOMER, Role.CUSTOMER, Role.UNKNOWN, Role.SYSTEM]
SPEAKERS = st.sampled_from(["agent", "agent", "customer"])

texts = st.lists(st.sampled_from(PIECES), min_size=1, max_size=5).map("".join)


@st.composite
def calls(draw: st.DrawFn, *, unknown: bool = True, tidy: bool = False) -> Call:
    """A call of up to 14 utterances: timed, untimed or in part, with overlaps.

    `tidy`: all of it timed or nothing, and nobody talks over himself.
    """
    timing = draw(st.sampled_from(["timed", "untimed"] if tidy else ["timed", "timed", "untimed", "partly"]))
    reached: dict[tuple[Role, str | None], int] = {}
    roles = ROLES if unknown else [role for role in ROLES if role is not Role.UNKNOWN]
    clock = 0
    utterances = []
    for _ in range(draw(st.integers(1, 14))):
        text = draw(texts)
        role = draw(st.sampled_from(roles))
        speaker = draw(st.sampled_from([None, "1", "2"])) if role is Role.UNKNOWN else None
        start = max(0, clock + draw(st.sampled_from([-3000, -1000, 0, 100, 200, 201, 900, 2999, 3000, 9000])))
        if tidy:
            start = max(start, reached.get((role, speaker), 0))
        end = start + draw(st.sampled_from([0, 300, 1000, 2500, 6000]))
        clock = end
        reached[role, speaker] = end
        if timing == "timed" or (timing == "partly" and draw(st.booleans())):
            utterances.append(Utterance(text, role, speaker, start, end))
        else:
            utterances.append(Utterance(text, role, speaker))
    return Call(
        call_id="drawn",
        utterances=tuple(utterances),
        call_type="complaint",
        hang_up=draw(st.sampled_from([None, "agent", "agent", "customer", "system"])),
        ended_ms=clock + draw(st.sampled_from([0, 1000, 9000])) if draw(st.booleans()) else None,
    )


def phrases(most: int = 3) -> st.SearchStrategy[list[str]]:
    """Some phrases of a clause."""
    return st.lists(st.sampled_from([*PHRASES, *LONG_PHRASES]), min_size=1, max_size=most, unique=True)


ABSOLUTE = [None, None, "first_turn", {"first": 2}, {"last": 1}, {"last": 2}, {"first": 3, "last": 2}]
RELATIVE = ["same_turn", {"next": 1}, {"next": 2}, {"previous": 1}, {"previous": 2}, {"next": 2, "last": 2}]


@st.composite
def clauses(draw: st.DrawFn, *, relative: bool, kinds: str = "says interrupts hangs_up") -> dict[str, Any]:
    """One clause of `require` or `forbid`."""
    clause: dict[str, Any] = {"by": draw(SPEAKERS)}
    kind = draw(st.sampled_from(["says"] * 6 + kinds.split()))
    if draw(st.booleans()):
        clause["severity"] = draw(st.sampled_from(["minor", "critical"]))
    if kind == "hangs_up":
        clause["hangs_up"] = draw(st.sampled_from([{"before": "farewell"}, {"sooner_than": 5.0}]))
        return clause
    scope = draw(st.sampled_from([*ABSOLUTE, *(RELATIVE if relative else [])]))
    if scope is not None:
        clause["in"] = scope
    if kind == "interrupts":
        clause["interrupts"] = {"overlap": draw(st.sampled_from([0.5, 1.0, 2.0])), "characters": 2}
        return clause
    clause["says"] = draw(phrases())
    if draw(st.booleans()):
        clause["unless"] = draw(phrases(2))
    if draw(st.integers(0, 3)) == 0:
        clause["unless_in"] = draw(st.lists(neighbours(), min_size=1, max_size=2))
    if draw(st.integers(0, 3)) == 0:
        then: dict[str, Any] = {"by": draw(SPEAKERS), "says": draw(phrases(2))}
        where = draw(st.sampled_from([None, "same_turn", {"next": 1}, {"next": 2}]))
        clause["then"] = then if where is None else {**then, "in": where}
    if draw(st.integers(0, 5)) == 0:
        clause["in_a_row"] = draw(st.integers(2, 3))
    return clause


@st.composite
def neighbours(draw: st.DrawFn) -> dict[str, Any]:
    """One entry of `unless_in`."""
    neighbour: dict[str, Any] = {"in": draw(st.sampled_from(RELATIVE[:5])), "says": draw(phrases(2))}
    if draw(st.booleans()):
        neighbour["by"] = draw(SPEAKERS)
    return neighbour


@st.composite
def rules(draw: st.DrawFn, *, kinds: str = "says interrupts hangs_up") -> dict[str, Any]:
    """One rule."""
    spec: dict[str, Any] = {"severity": draw(st.sampled_from(["minor", "major", "critical"])), "needs": ["timestamps"]}
    if draw(st.booleans()):
        spec["when"] = draw(
            st.lists(
                st.one_of(
                    st.builds(lambda by, says: {"by": by, "says": says}, SPEAKERS, phrases()),
                    st.just({"call": {"complaint": True}}),
                ),
                min_size=1,
                max_size=2,
            )
        )
    single = clauses(relative="when" in spec, kinds=kinds)
    part = st.one_of(single, single, st.builds(lambda any_: {"any": any_}, st.lists(single, min_size=1, max_size=2)))
    shape = draw(st.sampled_from(["require", "forbid", "both"]))
    for key in ("require", "forbid"):
        if shape in (key, "both"):
            spec[key] = draw(st.lists(part, min_size=1, max_size=2))
    return spec
