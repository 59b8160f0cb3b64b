"""Who the agent is, found from what is said, where only the voices' labels are known."""

from __future__ import annotations

import runpy
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from qa_analyzer.analysis import batch_settings
from qa_analyzer.batch import BatchSettings
from qa_analyzer.judging import Verdict
from qa_analyzer.model import Call, Role, Utterance, calls_to_columns
from qa_analyzer.readers import load, plan
from qa_analyzer.roles import ROLE_SOURCES, AgentVoice, Roles, assign_roles, load_cues

from .support import analysed, rubric, rule

ROOT = Path(__file__).parent.parent.parent
SETTINGS: BatchSettings = batch_settings(rubric())
FLOOR = 0.9

CALL = (
    "1 您好，工号三零五为您服务，请问有什么可以帮您？",
    "2 我家的宽带又断了，上个月才修过，你们怎么回事啊？",
    "1 非常抱歉给您带来不便，麻烦您提供一下宽带账号，我帮您查询。",
    "2 账号是幺三五六六，你快点。",
    "1 请您稍等，系统显示您这边的线路有故障，我马上为您报修。",
    "2 那什么时候能修好？我已经打了三次电话了。",
    "1 师傅明天上午会联系您，您看这样可以吗？还有其他可以帮您的吗？",
    "2 行吧，没有了。",
    "1 感谢您的来电，祝您生活愉快，再见。",
)
WIFE = ("3 我是他爱人，我跟你说，我们家的网一直都不好。", "3 你们必须给我退钱，我要投诉。")
SUPERVISOR = ("3 您好，我是值班班长，您反映的情况我已经了解了，我帮您申请减免。", "3 请您放心，我会尽快给您回电。")
MENU = ("3 查询话费请按1，办理业务请按2，人工服务请按0。", "3 您的来电可能会被录音。")


def utterance(line: str) -> Utterance:
    """`1 text`: label and text; `A:1 text`: a stated role before it; `- text`: no label."""
    label, text = line.split(" ", 1)
    role, _, speaker = label.rpartition(":")
    stated = {"": Role.UNKNOWN, "A": Role.AGENT, "C": Role.CUSTOMER, "S": Role.SYSTEM}[role]
    return Utterance(text, stated, None if speaker == "-" else speaker)


def cast(*calls: Sequence[str], agent: AgentVoice | None = None, floor: float = FLOOR) -> Roles:
    """The calls with their roles, from lines such as `1 您好`."""
    made = [Call(str(number), tuple(map(utterance, lines))) for number, lines in enumerate(calls)]
    return assign_roles(calls_to_columns(made), SETTINGS, floor=floor, agent=agent or AgentVoice())


def roles_of(found: Roles, call: int = 0) -> dict[str | None, set[str]]:
    """Label → roles of its utterances."""
    roles: dict[str | None, set[str]] = {}
    for one in found.columns.column("utterances")[call].as_py():
        roles.setdefault(one["speaker"], set()).add(one["role"])
    return roles


def source(found: Roles, call: int = 0) -> str:
    """Where the roles of a call are from."""
    return ROLE_SOURCES[found.source[call]]


def relabelled(lines: Sequence[str], **labels: str) -> list[str]:
    """The lines with other labels: `a="ch0"` for 1, `b="ch1"` for 2."""
    names = {"1": labels.get("a", "1"), "2": labels.get("b", "2")}
    return [f"{names[line[0]]}{line[1:]}" for line in lines]


# ---- two voices -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("agent", "customer"), [("1", "2"), ("2", "1"), ("spk1", "spk0"), ("ch1", "ch0"), ("甲", "乙")]
)
def test_the_agent_is_found_whatever_the_labels_are(agent: str, customer: str) -> None:
    found = cast(relabelled(CALL, a=agent, b=customer))
    assert roles_of(found) == {agent: {"agent"}, customer: {"customer"}}
    assert source(found) == "inferred"
    assert found.confidence[0] > FLOOR


def test_it_does_not_take_the_opening_to_find_the_agent() -> None:
    assert roles_of(cast(CALL[3:])) == {"1": {"agent"}, "2": {"customer"}}


def test_a_rude_agent_is_still_told_from_the_customer() -> None:
    found = cast(
        (
            "1 喂，说。",
            "2 我上周买的冰箱不制冷，你们到底什么时候来修？我都打了好几次电话了。",
            "1 单子已经派了，您等着就行。",
            "2 我等了半个月了，你们凭什么让我等！我要投诉你们。",
            "1 您投诉吧，需要您自己联系师傅。",
        )
    )
    assert roles_of(found) == {"1": {"agent"}, "2": {"customer"}}


def test_what_could_be_said_by_either_leaves_the_roles_open() -> None:
    """Below the floor nobody is called anything, and the confidence says how little is known."""
    found = cast(("1 喂，听得到吗？", "2 听得到。", "1 那个东西到了没有？", "2 到了。"))
    assert roles_of(found) == {"1": {"unknown"}, "2": {"unknown"}}
    assert source(found) == "unsure"
    assert 0.5 <= found.confidence[0] < FLOOR


def test_a_higher_floor_leaves_more_open() -> None:
    short = ("1 请您稍等。", "2 我想问一下流量。")
    assert source(cast(short, floor=0.5)) == "inferred"
    assert source(cast(short, floor=0.9999)) == "unsure"


def test_without_labels_nothing_is_known() -> None:
    found = cast(relabelled(CALL, a="-", b="-"))
    assert roles_of(found) == {None: {"unknown"}}
    assert source(found) == "unsure"
    assert np.isnan(found.confidence[0])


# ---- stated roles ---------------------------------------------------------------------------------------------------


def test_stated_roles_are_handed_through_untouched() -> None:
    """Even where the words say otherwise, and without laying anything out."""
    calls = calls_to_columns([Call("a", tuple(utterance(f"{'C' if line[0] == '1' else 'A'}:{line}") for line in CALL))])
    found = assign_roles(calls, SETTINGS)
    assert found.columns is calls
    assert source(found) == "stated"
    assert np.isnan(found.confidence[0])


@pytest.mark.parametrize(("stated", "other"), [("A", "customer"), ("C", "agent")])
def test_beside_one_stated_role_the_other_voice_is_the_other_party(stated: str, other: str) -> None:
    """Whatever it says: two people are on the line."""
    found = cast((f"{stated}:1 好的。", "2 嗯那个，我看一下。", f"{stated}:1 可以。"))
    assert roles_of(found)["2"] == {other}
    assert source(found) == "inferred"
    assert found.confidence[0] == 1.0


def test_a_label_keeps_the_role_that_is_stated_elsewhere_in_the_call() -> None:
    found = cast(("A:1 您好。", "1 请讲。", "2 我的网断了。"))
    assert roles_of(found) == {"1": {"agent"}, "2": {"customer"}}


def test_with_both_roles_stated_an_unknown_utterance_stays_unknown() -> None:
    found = cast(("A:1 您好。", "C:2 我的网断了。", "3 我帮您查一下。"))
    assert roles_of(found)["3"] == {"unknown"}
    assert source(found) == "stated"


def test_the_system_is_no_party() -> None:
    found = cast(("S:0 欢迎致电。", *CALL))
    assert roles_of(found) == {"0": {"system"}, "1": {"agent"}, "2": {"customer"}}


# ---- more or fewer voices -------------------------------------------------------------------------------------------


def test_a_supervisor_who_takes_over_is_staff_too() -> None:
    found = cast((*CALL[:6], *SUPERVISOR, *CALL[6:]))
    assert roles_of(found) == {"1": {"agent"}, "2": {"customer"}, "3": {"agent"}}


def test_of_two_on_the_customer_s_side_nobody_is_called_the_customer() -> None:
    found = cast((*CALL, *WIFE))
    assert roles_of(found) == {"1": {"agent"}, "2": {"unknown"}, "3": {"unknown"}}


def test_a_recorded_announcement_is_the_system() -> None:
    found = cast((*MENU, *CALL))
    assert roles_of(found) == {"1": {"agent"}, "2": {"customer"}, "3": {"system"}}


def test_a_third_voice_that_only_listens_stays_unknown_and_disturbs_nothing() -> None:
    found = cast((*CALL[:4], "3 嗯。", *CALL[4:]))
    assert roles_of(found) == {"1": {"agent"}, "2": {"customer"}, "3": {"unknown"}}


def test_one_voice_that_says_what_both_would_say_is_two_people() -> None:
    found = cast(relabelled(CALL, b="1"))
    assert roles_of(found) == {"1": {"unknown"}}
    assert source(found) == "unsure"


def test_one_voice_that_says_only_what_an_agent_would_say_is_the_agent() -> None:
    """A message left on a machine, or a customer who was not recorded."""
    assert roles_of(cast([line for line in CALL if line[0] == "1"])) == {"1": {"agent"}}


def test_who_only_listens_to_the_agent_is_the_customer() -> None:
    lines = ["2 嗯嗯。" if line[0] == "2" else line for line in CALL]
    assert roles_of(cast(lines)) == {"1": {"agent"}, "2": {"customer"}}


# ---- told by the user -----------------------------------------------------------------------------------------------


def test_the_voice_that_the_user_names_is_the_agent_whatever_it_says() -> None:
    found = cast(CALL, agent=AgentVoice(speaker="2"))
    assert roles_of(found) == {"1": {"customer"}, "2": {"agent"}}
    assert source(found) == "option"
    assert np.isnan(found.confidence[0])
    assert not found.option_missed[0]


def test_a_channel_may_hold_several_voices() -> None:
    """All on the agent's channel are agents, all others customers."""
    lines = [*relabelled(CALL, a="ch0/1", b="ch1"), "ch0/2 好的。", "ch10 我也听着呢。"]
    found = cast(lines, agent=AgentVoice(channel=0))
    assert roles_of(found) == {"ch0/1": {"agent"}, "ch0/2": {"agent"}, "ch1": {"customer"}, "ch10": {"customer"}}


def test_where_the_voice_named_is_missing_the_words_decide() -> None:
    found = cast(CALL, relabelled(CALL, a="7"), agent=AgentVoice(speaker="7"))
    assert found.option_missed.tolist() == [True, False]
    assert [source(found, call) for call in (0, 1)] == ["inferred", "option"]
    assert roles_of(found, 0) == {"1": {"agent"}, "2": {"customer"}}


def test_an_option_changes_no_stated_role() -> None:
    found = cast(("A:1 您好。", "C:2 我的网断了。"), agent=AgentVoice(speaker="2"))
    assert roles_of(found) == {"1": {"agent"}, "2": {"customer"}}
    assert not found.option_missed[0]


# ---- two people's words in one utterance ----------------------------------------------------------------------------

GLUED = "1 您好请问有什么可以帮您的 你好我这个宽带又断了"


def test_an_utterance_with_two_people_s_words_has_no_role() -> None:
    found = cast((GLUED, *CALL[1:]))
    assert found.mixed.tolist() == [True] + [False] * (len(CALL) - 1)
    assert roles_of(found) == {"1": {"unknown", "agent"}, "2": {"customer"}}


def test_words_that_only_the_other_side_says_are_enough() -> None:
    found = cast((*CALL[:4], "2 请您稍后，我帮您查询一下。", *CALL[4:]))
    assert np.flatnonzero(found.mixed).tolist() == [4]


def test_on_channels_of_their_own_nobody_can_be_glued_to_another() -> None:
    found = cast(relabelled((GLUED, *CALL[1:]), a="ch0", b="ch1"))
    assert not found.mixed.any()


def test_stated_roles_are_not_doubted() -> None:
    assert not cast((f"A:{GLUED}", "C:2 我的网断了。")).mixed.any()


@pytest.mark.parametrize(
    "line",
    [
        "1 您说您没有收到短信，是这样吗？",
        "1 您的意思是我们的师傅没有联系您，对吗？",
        "2 他跟我说帮您核实一下，结果到现在都没消息。",
        "2 那个客服说请您耐心等待，我等了三天。",
        "2 麻烦您帮我查一下。",
        "1 麻烦您给我报一下号码。",
    ],
)
def test_quoting_the_other_side_is_no_second_voice(line: str) -> None:
    assert not cast((*CALL[:4], line, *CALL[4:])).mixed.any()


def test_a_verdict_that_rests_on_a_glued_utterance_is_undetermined() -> None:
    """Who said it cannot be told, so nobody is charged."""
    rude = rule({"forbid": {"by": "agent", "says": ["又断了"]}})
    calls = [Call("glued", tuple(map(utterance, (GLUED, *CALL[1:])))), Call("alone", (utterance("A:1 又断了"),))]
    verdicts = analysed(calls, rude).judgement.verdicts[:, 0]
    assert [Verdict(int(one)).code for one in verdicts] == ["undetermined", "fail"]


# ---- measured on what was written for the project -------------------------------------------------------------------


def hidden(folder: str, *, skip: int = 0) -> tuple[list[Call], list[list[Role]]]:
    """Calls of agent and customer with their roles hidden, and the roles."""
    calls, truth = [], []
    for block in plan([str(ROOT / folder)], lang="zh"):
        for row in load(block, lang="zh", time_zone="Asia/Shanghai").calls.to_pylist():
            said = [Utterance(one["text"], Role[one["role"].upper()]) for one in row["utterances"]]
            said = [one for one in said if one.role in (Role.AGENT, Role.CUSTOMER)][skip:]
            if len({one.role for one in said}) == 2:
                truth.append([one.role for one in said])
                labelled = (replace(one, role=Role.UNKNOWN, speaker="AC"[int(one.role) - 1]) for one in said)
                calls.append(Call(row["call_id"], tuple(labelled)))
    return calls, truth


@pytest.mark.parametrize("skip", [0, 3])
@pytest.mark.parametrize("folder", ["sample_transcripts", "tests/data/blind"])
def test_no_call_of_the_project_is_taken_the_wrong_way_round_and_few_are_left_open(folder: str, skip: int) -> None:
    calls, truth = hidden(folder, skip=skip)
    found = assign_roles(calls_to_columns(calls), SETTINGS, floor=FLOOR)
    got = [[Role[one["role"].upper()] for one in row] for row in found.columns.column("utterances").to_pylist()]
    for is_, was in zip(got, truth, strict=True):
        assert all(one in (other, Role.UNKNOWN) for one, other in zip(is_, was, strict=True))
    assert np.mean(found.source == ROLE_SOURCES.index("inferred")) >= (0.97 if not skip else 0.9)


def test_a_call_is_cast_alone_as_in_a_crowd_and_in_any_order() -> None:
    calls, _ = hidden("tests/data/blind")
    crowd = assign_roles(calls_to_columns(calls), SETTINGS)
    backwards = assign_roles(calls_to_columns(calls[::-1]), SETTINGS)
    assert crowd.columns.to_pylist() == backwards.columns.to_pylist()[::-1]
    for place in range(0, len(calls), 5):
        alone = assign_roles(calls_to_columns([calls[place]]), SETTINGS)
        assert alone.columns.to_pylist() == crowd.columns.slice(place, 1).to_pylist()
        assert alone.confidence[0] == crowd.confidence[place]


def test_a_slice_of_a_batch_is_read_from_its_own_start() -> None:
    calls, _ = hidden("tests/data/blind")
    whole = assign_roles(calls_to_columns(calls), SETTINGS)
    part = assign_roles(calls_to_columns(calls).slice(3, 4), SETTINGS)
    assert part.columns.to_pylist() == whole.columns.slice(3, 4).to_pylist()


def test_the_weights_are_those_that_the_training_finds() -> None:
    """Whoever changes a wording runs training/fit_roles.py."""
    training = runpy.run_path(str(ROOT / "training" / "fit_roles.py"))
    cues = load_cues()
    assert np.abs(training["fitted"]() * cues.sides - cues.weights / 100).max() < 0.02
