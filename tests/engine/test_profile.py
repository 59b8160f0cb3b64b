"""The columns that wordings decide, with the shipped wordings (rules/columns/): near misses beside each hit."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest

from qa_analyzer.analysis import Analysis, analyse
from qa_analyzer.judging import Ruleset
from qa_analyzer.lexicon import COMPLAINT_TYPES, ESCALATION_KINDS, NEEDS, QUESTION_KINDS, RISKS, VALUES
from qa_analyzer.model import Call, calls_to_columns
from qa_analyzer.phases import RESOLUTIONS, Evidence
from qa_analyzer.profile import COMPLEXITIES, SCOPES
from qa_analyzer.resources import shipped
from qa_analyzer.rulebook import Rulebook, load_rulebook

from .support import PlainFeelings, call


@cache
def shipped_rules() -> Ruleset:
    home = shipped("rules")
    whole = load_rulebook(home, shipped_rubric=home / "rubric.yaml")
    assert set(whole.lexicon.columns) == set(VALUES)
    return Ruleset(Rulebook((), whole.rubric, "", home, whole.lexicon))


def profiled(*calls: Call) -> Analysis:
    return analyse(calls_to_columns(list(calls)), shipped_rules(), PlainFeelings())


def customer(*said: str, **facts: Any) -> Analysis:
    """A complaint in which the customer says these turns, each answered."""
    lines = [line for one in said for line in (f"C {one}", "A 我看到了这个情况")]
    return profiled(call("A 您好", *lines, call_type=facts.pop("call_type", "complaint"), **facts))


def agent(*said: str) -> Analysis:
    """A call in which the agent says these turns, each answered."""
    lines = [line for one in said for line in (f"A {one}", "C 这个我不太清楚")]
    return profiled(call("C 我有个事情要说", *lines))


def word(codes: tuple[str, ...], values: Any) -> str | None:
    (code,) = values.tolist()
    return None if code < 0 else codes[code]


def quote(analysis: Analysis, evidence: Evidence) -> tuple[int, str] | None:
    """Turn and words of the evidence of a batch's only call."""
    turn = int(evidence.turn[0])
    if turn < 0:
        return None
    return turn, "".join(map(chr, analysis.batch.points[evidence.start[0] : evidence.end[0]]))


# ---- complaint type --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("你们那个客服态度太恶劣了", "service_attitude"),
        ("打了半天没人理，互相踢皮球", "service_attitude"),
        ("无缘无故多扣了我三十块钱", "price_settlement"),
        ("说好退款，钱到现在没到账", "price_settlement"),
        ("买回来第二天就坏了，开不了机", "product_quality"),
        ("宽带老是断网", "product_quality"),
        ("报修三天了，师傅一直没来", "supporting_after_sales"),
        ("显示签收了，可我没收到", "supporting_after_sales"),
        ("没经我同意就给我开通了套餐", "rules_terms"),
        ("合同里这条规定不合理吧，不让我解约", "rules_terms"),
        ("你们是不是把我的个人信息泄露了，泄露我的信息给别人", "other"),
        ("我就是要投诉", "other"),
        # what looks like it and is not
        ("不是质量问题，是你们一直没发货", "supporting_after_sales"),
        ("你态度很好，是上次多扣了我的钱", "price_settlement"),
    ],
)
def test_what_the_customer_says_tells_the_type(said: str, expected: str) -> None:
    """One statement is enough."""
    assert word(COMPLAINT_TYPES, customer(said).profile.complaint_type) == expected


def test_what_was_said_first_counts_twice() -> None:
    """The matter that brought the customer here, against an equally heavy remark later on."""
    first = customer("你们多扣了我的钱", "你什么态度")
    assert word(COMPLAINT_TYPES, first.profile.complaint_type) == "price_settlement"
    other = customer("你什么态度", "你们多扣了我的钱")
    assert word(COMPLAINT_TYPES, other.profile.complaint_type) == "service_attitude"


def test_often_outweighs_early() -> None:
    """What the customer keeps coming back to is the matter."""
    analysis = customer("你们多扣了我的钱", "你什么态度", "他骂我", "还挂我电话", "就是不尊重人")
    assert word(COMPLAINT_TYPES, analysis.profile.complaint_type) == "service_attitude"
    assert quote(analysis, analysis.profile.type_evidence) == (3, "什么态度")


def test_an_inquiry_has_no_complaint_type() -> None:
    """Nor a nature, a complexity or a kind of escalation."""
    profile = customer("我想问问怎么退款，帮我找你们总经理", call_type="inquiry").profile
    columns = (profile.complaint_type, profile.scope, profile.complexity, profile.kind, profile.type_evidence.turn)
    assert [one.tolist() for one in columns] == [[-1]] * 5


def test_the_agents_words_decide_nothing_of_the_customer() -> None:
    """A quality problem that only the agent names is none of the customer's."""
    analysis = profiled(call("C 我要说个事", "A 是质量问题吗，您可以打12315", "C 对", call_type="complaint"))
    assert word(COMPLAINT_TYPES, analysis.profile.complaint_type) == "other"
    assert word(RISKS, analysis.profile.risk) == "none"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (("你们客服态度太差了",), "service_quality"),
        (("多扣了我的钱",), "business_matter"),
        (("多扣了我的钱", "你什么态度", "他骂我"), None),
        (("我就是要投诉",), None),
    ],
)
def test_the_nature_is_told_only_where_one_clearly_outweighs(said: tuple[str, ...], expected: str | None) -> None:
    """Where both are about as likely nobody can tell."""
    assert word(SCOPES, customer(*said).profile.scope) == expected


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["C 多扣了我的钱", "A 已经帮您退款处理好了", "C 好"], "simple"),
        (["C 多扣了我的钱", "A 我看看", "C 好"], None),
        (["C 多扣了我的钱，我都打了三次电话了", "A 已经帮您退款处理好了", "C 好"], "complex"),
        (["C 多扣了我的钱，师傅态度也太差了", "A 已经帮您退款处理好了", "C 好"], "complex"),
    ],
)
def test_complexity_is_told_where_it_can_be(lines: list[str], expected: str | None) -> None:
    """Settled at once and one matter only: simple; several matters or calls: complex."""
    profile = profiled(call("A 您好", *lines, call_type="complaint")).profile
    assert word(COMPLEXITIES, profile.complexity) == expected


# ---- needs -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("请问这个怎么办理", {"information"}),
        ("到底有没有人管，给我个说法", {"attention"}),
        ("我真的太失望了，寒心", {"feeling"}),
        ("必须给我道歉", {"respect"}),
        ("气死我了，太离谱了", {"venting"}),
        ("你们要赔偿我", {"compensation"}),
        ("我妈八十了，腿脚不好", {"care"}),
        ("你听我说完行不行", {"listening"}),
        ("换个懂技术的人来跟我讲", {"professional"}),
        ("赶紧给我弄，我等了三天了", {"fast"}),
        ("不用道歉，也不要赔偿", set()),
        ("我不生气，你们赶快退款", {"fast", "compensation"}),
    ],
)
def test_needs(said: str, expected: set[str]) -> None:
    """Several may hold; a need that is denied does not."""
    assert {NEEDS[place] for place in np.flatnonzero(customer(said).profile.needs[0])} == expected


# ---- escalation ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("我要投诉", "low"),
        ("叫你们领导来", "low"),
        ("我打12315", "medium"),
        ("我去工信部反映", "medium"),
        ("咱们法院见", "medium"),
        ("我找记者媒体曝光你们", "medium"),
        ("赔偿我一切损失", "medium"),
        ("我找记者，再打12315", "high"),
        ("我昨天已经打了12315", "high"),
        ("我现在就去消协", "high"),
        # no escalation
        ("我不是要投诉，就是问问", "none"),
        ("我没想投诉你，你别紧张", "none"),
        ("我买的是流媒体会员", "none"),
        ("相机的曝光补偿在哪调", "none"),
        ("我密码是12315", "none"),
        ("我们领导急用这个", "none"),
        ("我家在工商局旁边", "none"),
        ("运费险赔偿险怎么买", "none"),
    ],
)
def test_risk_of_an_escalated_complaint(said: str, expected: str) -> None:
    """Graded by how near the customer is to doing it; products, places and denials do not count."""
    analysis = customer(said)
    assert word(RISKS, analysis.profile.risk) == expected
    assert (quote(analysis, analysis.profile.risk_evidence) is None) == (expected == "none")


def test_the_evidence_of_the_risk_is_of_the_highest_level() -> None:
    """Not the first mention."""
    analysis = customer("我要投诉", "我打12315")
    assert quote(analysis, analysis.profile.risk_evidence) == (3, "12315")


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["C 叫你们总经理来", "A 好"], "exceptional"),
        (["C 孩子触电受伤了", "A 好"], "exceptional"),
        (["C 没有人受伤", "A 好"], None),
        (["C 多扣我钱", "A 我帮您升级给主管处理"], "ordinary"),
        (["C 多扣我钱", "A 我看看"], None),
    ],
)
def test_the_kind_of_escalation(lines: list[str], expected: str | None) -> None:
    """Exceptional by the customer's words, ordinary where the agent passes it on."""
    profile = profiled(call("A 您好", *lines, "C 行吧", call_type="complaint")).profile
    assert word(ESCALATION_KINDS, profile.kind) == expected
    assert (profile.kind_evidence.turn[0] >= 0) == (expected is not None)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("我这是第三次打电话了", True),
        ("打了好几次了，一直没解决", True),
        ("上次的客服答应我昨天回电的", True),
        ("我第一次打，问个事", False),
        ("我家还没装修好", False),
        ("我没打过电话", False),
    ],
)
def test_repeat_contact(said: str, expected: bool) -> None:
    """The customer says so."""
    analysis = customer(said)
    assert analysis.profile.repeat.tolist() == [expected]
    assert (quote(analysis, analysis.profile.repeat_evidence) is not None) == expected


# ---- the agent's side ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("请问具体是什么情况？", "clarifying"),
        ("能跟我说说当时的情况吗？", "open"),
        ("您的意思是想退货，是这样的吗？", "restating"),
        ("您看这样处理可以吗？", "consulting"),
        ("请问您的手机号是多少？", "informational"),
        ("光猫的灯是亮的吗？", "probing"),
        ("您方便吗？", "yes_no"),
        ("请问还有什么可以帮您的吗？", "service"),
    ],
)
def test_kinds_of_question(said: str, expected: str) -> None:
    """Each sentence is a question of one kind."""
    counts = dict(zip(QUESTION_KINDS, agent(said).profile.questions[0].tolist(), strict=True))
    assert {kind: count for kind, count in counts.items() if count} == {expected: 1}


def test_each_sentence_is_a_question_of_its_own() -> None:
    """Two in one turn, and none where nothing is asked or the customer asks."""
    assert agent("您贵姓？光猫的灯亮吗？").profile.questions.sum() == 2
    assert agent("好的，我马上查").profile.questions.sum() == 0
    assert profiled(call("C 怎么回事？", "A 我看看", "C 能退吗？")).profile.questions.sum() == 0


def test_courtesy_words_are_counted_per_hundred_characters() -> None:
    """您好 and 请 are words, the 请 of 申请 is none; nobody's speech has no rate."""
    profile = agent("您好请您把申请表发来谢谢").profile
    assert profile.courtesy.tolist() == [pytest.approx(100 * 3 / 12)]
    assert profiled(call("C 您好", "C 请问有人吗")).profile.courtesy_known.tolist() == [False]


def test_negative_and_dialect_wordings_are_counted() -> None:
    """Only the agent's, only what is one."""
    assert agent("这个没办法，我们不支持").profile.negative.tolist() == [2]
    assert agent("您别着急").profile.negative.tolist() == [0]
    assert agent("要得，我晓得了").profile.dialect.tolist() == [2]
    assert agent("阿拉伯语客服我们没有").profile.dialect.tolist() == [0]
    assert customer("要得，我晓得了").profile.dialect.tolist() == [0]


def test_the_issue_is_clear_at_the_end_of_the_turn_that_states_it() -> None:
    """From the connection; a hello and a wish for a human state nothing; without times nobody can tell."""
    lines = ["[0.0-2.0] A 您好", "[2.2-3.0] C 你好", "[3.2-4.0] A 请讲", "[4.2-5.0] C 转人工", "[5.2-6.0] A 我就是"]
    told = profiled(call(*lines, "[6.2-12.0] C 上个月多扣了我三十块钱", "[12.2-14.0] A 我看看")).profile
    assert (told.issue_clear_s.tolist(), told.issue_known.tolist()) == ([12.0], [True])
    connected = profiled(call(*lines, "[6.2-12.0] C 上个月多扣了我三十块钱", connected_ms=1500)).profile
    assert connected.issue_clear_s.tolist() == [10.5]
    assert customer("上个月多扣了我三十块钱").profile.issue_known.tolist() == [False]


def test_a_call_alone_is_as_in_a_crowd() -> None:
    """Nothing of one call leaks into another."""
    calls = [
        call("A 您好", "C 你什么态度，我打12315", "A 抱歉", call_id="a", call_type="complaint"),
        call("A 您好，请问有什么可以帮您？", "C 第三次打了，多扣我钱", "A 抱歉", call_id="b", call_type="complaint"),
        call("A 您好", "C 请问怎么办理", "A 要得，我晓得", call_id="c"),
    ]
    crowd = profiled(*calls).profile
    for place, one in enumerate(calls):
        alone = profiled(one).profile
        for name in ("complaint_type", "risk", "kind", "repeat", "scope", "negative", "dialect", "courtesy"):
            assert getattr(crowd, name)[place] == getattr(alone, name)[0]
        assert np.array_equal(crowd.needs[place], alone.needs[0])
        assert np.array_equal(crowd.questions[place], alone.questions[0])


def test_without_wordings_nothing_is_heard() -> None:
    """A rule set without them leaves the columns empty."""
    bare = Ruleset(replace(shipped_rules().rulebook, lexicon=type(shipped_rules().rulebook.lexicon)()))
    profile = analyse(
        calls_to_columns([call("A 您好", "C 我打12315", "A 好", call_type="complaint")]), bare, PlainFeelings()
    ).profile
    assert word(COMPLAINT_TYPES, profile.complaint_type) == "other"
    assert word(RISKS, profile.risk) == "none"
    assert profile.courtesy.tolist() == [0.0]


# ---- resolution ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call_type", "lines", "expected"),
    [
        ("complaint", ["A 已经帮您退款处理好了", "C 那行"], ("resolved", "处理好了")),
        ("complaint", ["A 二十四小时内给您回复", "C 那行"], ("follow_up", "四小时内给您")),
        ("complaint", ["A 我帮您升级给主管处理", "C 那行"], ("escalated", "升级给主管")),
        ("complaint", ["A 我看看", "C 那行"], ("open", None)),
        # no more questions: the answer to an inquiry, nothing at all in a complaint
        ("inquiry", ["A 在网上就能办", "C 没有了"], ("resolved", "没有了")),
        ("complaint", ["A 在网上就能办", "C 没有了"], ("open", None)),
        # a last «fine» before the agent closes
        ("inquiry", ["A 在网上就能办", "C 好的", "A 请问还有什么可以帮您"], ("resolved", "好的")),
        ("inquiry", ["A 在网上就能办", "C 好的"], ("open", None)),
        # left for later without a time: politeness ends nothing
        ("inquiry", ["A 我帮您反馈一下", "C 好的谢谢", "A 请问还有什么可以帮您"], ("open", None)),
        # goods on their way are no promise of a reply
        ("inquiry", ["A 今天给您配送", "C 没有了"], ("resolved", "没有了")),
    ],
)
def test_the_resolution_and_the_words_that_decided_it(
    call_type: str, lines: list[str], expected: tuple[str, str | None]
) -> None:
    """The shipped rubric's lists, in the order of `phases`."""
    analysis = profiled(call("A 您好", "C 我这个事情怎么办", *lines, call_type=call_type))
    facts = analysis.court.facts
    decided = quote(analysis, facts.decided_by)
    assert (RESOLUTIONS[facts.resolution[0]], decided[1] if decided else None) == expected
