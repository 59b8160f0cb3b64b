"""A night of hand-made calls, as the engine would hand them to the writers.

Six calls are written by hand, from excellent to terrible; `crowd` repeats them over more agents for the index. Points
follow the contract: criteria add up to the score, 100 − Σ deductions = score before critical.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from qa_analyzer.wording import Lang
from qa_analyzer.writers.agent_view import quote_of
from qa_analyzer.writers.page import (
    NO_QUOTE,
    CallPage,
    CallToHear,
    CriterionScore,
    EmotionPoint,
    GradeText,
    Names,
    OverlapView,
    RuleText,
    RunFacts,
    TeamRow,
    TurnView,
)

CRITERIA = {
    "opening": ("开场", "Opening", 10),
    "listening": ("倾听与核实", "Listening", 20),
    "empathy": ("先处理心情", "Empathy", 25),
    "solving": ("解决问题", "Solving", 25),
    "language": ("服务用语", "Language", 10),
    "closing": ("结束", "Closing", 10),
}
RULES: dict[str, tuple[str, str, str, str, str, str, str]] = {
    # id: name, English name, criterion, severity, why, suggest, source
    "opening/greeting": (
        "问候",
        "Greeting",
        "opening",
        "minor",
        "开口第一句先问候，客户才知道有人在听。",
        "您好，这里是客户服务中心。",
        "G01",
    ),
    "opening/introduction": (
        "自报家门",
        "Introduction",
        "opening",
        "minor",
        "让客户知道找对了地方、在和谁说话。",
        "您好，客服中心 8021 号为您服务。",
        "G03",
    ),
    "listening/clarify": (
        "澄清客户的说法",
        "Clarifying question",
        "listening",
        "major",
        "先问清楚，再回答；答错了问题，客户要打第二次电话。",
        "请问您是在哪里查到这笔费用的？",
        "G12",
    ),
    "listening/denial": (
        "不当面否认",
        "No flat denial",
        "listening",
        "major",
        "客户的感受是真的。当面否认只会让他更生气。",
        "我马上帮您核实这笔费用。",
        "G15",
    ),
    "turn_taking/interruption": (
        "不抢话",
        "No interruption",
        "listening",
        "major",
        "打断客户，等于告诉他你不想听。",
        "（等客户说完）我听明白了，您是说……",
        "G07",
    ),
    "empathy/apology": (
        "不满后致歉",
        "Apology",
        "empathy",
        "major",
        "客户表达不满之后，先回应情绪，再处理问题。",
        "非常抱歉给您带来了不便，我马上为您核实。",
        "G18",
    ),
    "empathy/understanding": (
        "表示理解",
        "Understanding",
        "empathy",
        "major",
        "说出客户的感受，他才觉得被听见。",
        "换作是我也会着急，我理解您的心情。",
        "G20",
    ),
    "solving/dont_know": (
        "不说不知道",
        "No “I don't know”",
        "solving",
        "major",
        "客户要的是答案，或者去找答案的人。",
        "这个我帮您问清楚，请稍等一分钟可以吗？",
        "G30",
    ),
    "solving/deadline": (
        "承诺时限",
        "Deadline",
        "solving",
        "major",
        "没有时限的承诺，客户会再打来催。",
        "我会在今天下午六点前给您回电。",
        "G34",
    ),
    "language/insult": (
        "辱骂客户",
        "Insult",
        "language",
        "critical",
        "任何情况下都不得辱骂客户。",
        "先生，我理解您着急，我们一起来解决。",
        "G50",
    ),
    "hold/ask": (
        "等待前征得同意",
        "Ask before holding",
        "solving",
        "minor",
        "让客户等，先问他方不方便。",
        "麻烦您稍等两分钟，可以吗？",
        "G45",
    ),
    "closing/anything_else": (
        "询问其他需要",
        "Anything else",
        "closing",
        "minor",
        "一次解决所有问题，省得再打一次。",
        "请问还有其他可以帮您的吗？",
        "G67",
    ),
    "closing/hang_up": (
        "道别后再挂机",
        "Hang-up",
        "closing",
        "critical",
        "客户没说完就挂机，是最伤人的。",
        "感谢您的来电，再见。",
        "G71",
    ),
}


@dataclass
class Said:
    """A finding, given by the words it quotes."""

    rule: str
    verdict: str
    turn: int | None
    quote: str | None = None
    message: str = ""
    deduction: float = 0.0
    same_fault_as: str | None = None
    severity: str | None = None


@dataclass
class Script:
    """One hand-made call. `lines`: (role, start s, end s, text, backchannel)."""

    call_id: str
    started_at: str
    call_type: str
    lines: Sequence[tuple[str, float | None, float | None, str, bool]]
    said: Sequence[Said]
    emotion: Sequence[tuple[int, float, str]]
    judged: Sequence[str] = tuple(CRITERIA)
    resolution: str | None = "open"
    hang_up_by: str | None = "customer"
    assessable: bool = True
    reason: str | None = None
    extra: dict[str, Any] = field(default_factory=dict)


A, C, S = "agent", "customer", "system"

CUT_IN = OverlapView(
    start_ms=18_900,
    length_ms=2900,
    sounding_ms=1200,
    turn=4,
    role=A,
    over=C,
    kind="interruption",
    note="takes_floor",
    note_ms=0,
    counted="yes",
    ground="long_enough",
    counted_ms=2900,
    characters=15,
    limit_ms=2000,
    fewest=4,
    quote="您听我解释一下",
)
EARLY: dict[str, Any] = {
    "role": C,
    "over": A,
    "kind": "early",
    "note": "early",
    "note_ms": 400,
    "counted": "no",
    "ground": "too_short",
    "counted_ms": 400,
    "sounding_ms": None,
}

GOOD = Script(
    "hl-20261121-0001",
    "2026-11-21T09:03:12+08:00",
    "complaint",
    [
        (S, 0.0, 2.2, "工号八零二一为您服务。", False),
        (A, 2.4, 5.8, "您好，客服中心小王，请问有什么可以帮您？", False),
        (C, 6.0, 15.2, "我上个月的话费多了三十块钱，我打了两次都没人管，你们到底怎么回事！", False),
        (A, 15.8, 23.0, "非常抱歉，让您打了两次电话，换作是我也会着急。请问您是在账单上看到这三十块的吗？", False),
        (C, 23.5, 30.1, "对，账单上写着什么增值业务，我根本没开过。", False),
        (A, 26.0, 26.5, "嗯嗯", True),
        (A, 30.6, 35.2, "我帮您查一下，麻烦您稍等两分钟，可以吗？", False),
        (C, 35.4, 36.0, "行吧。", False),
        (
            A,
            58.0,
            72.3,
            "让您久等了。这项业务是十月三号在营业厅误开的，我已经为您取消，三十元会在今天下午六点前退到您的话费账户。",
            False,
        ),
        (C, 73.0, 76.1, "哦，那还可以，谢谢你啊。", False),
        (A, 76.5, 79.2, "不客气，请问还有其他可以帮您的吗？", False),
        (C, 79.6, 81.0, "没有了，谢谢。", False),
        (A, 81.2, 84.0, "感谢您的来电，祝您生活愉快，再见。", False),
    ],
    [
        Said("opening/greeting", "pass", 1, "您好"),
        Said("opening/introduction", "pass", 1, "客服中心小王"),
        Said("empathy/apology", "pass", 3, "非常抱歉"),
        Said("empathy/understanding", "pass", 3, "换作是我也会着急"),
        Said("listening/clarify", "pass", 3, "请问您是在账单上看到这三十块的吗"),
        Said("hold/ask", "pass", 6, "稍等两分钟，可以吗"),
        Said("solving/deadline", "pass", 8, "今天下午六点前"),
        Said("closing/anything_else", "pass", 10, "请问还有其他可以帮您的吗"),
        Said(
            "turn_taking/interruption",
            "undetermined",
            5,
            "嗯嗯",
            "重叠时间由插值得出，无法确定是否抢话",
        ),
    ],
    [
        (2, -0.72, "angry"),
        (4, -0.38, "negative"),
        (7, -0.05, "neutral"),
        (9, 0.52, "positive"),
        (11, 0.61, "positive"),
    ],
    resolution="resolved",
)

MIXED = Script(
    "hl-20261121-0002",
    "2026-11-21T10:41:55+08:00",
    "complaint",
    [
        (A, 0.3, 2.0, "您好，请讲。", False),
        (C, 2.3, 9.8, "我的快递说签收了，可是我根本没收到，都三天了，太让人生气了！", False),
        (A, 10.2, 13.0, "不会的，系统显示已经签收了。", False),
        (C, 13.2, 22.0, "什么叫不会的？我说了没收到！上次也是这样，我跟你们说过", False),
        (A, 18.9, 22.6, "您听我解释一下，我们系统是不会错的", False),
        (C, 22.8, 26.5, "你让我把话说完行不行！", False),
        (A, 27.0, 31.4, "好的好的。这个我不清楚，您问一下驿站吧。", False),
        (C, 31.9, 35.7, "我要是找得到驿站还打给你吗？😡", False),
        (A, 44.9, 50.2, "那我帮您登记一下，会有人联系您的。", False),
        (C, 50.6, 53.0, "什么时候联系？", False),
        (A, 53.3, 55.1, "尽快吧。", False),
        (C, 55.6, 57.0, "行，随便吧。", False),
        (A, 57.2, 58.4, "再见。", False),
    ],
    [
        Said("opening/greeting", "pass", 0, "您好"),
        Said(
            "opening/introduction",
            "fail",
            0,
            "您好，请讲。",
            "前两个话轮没有报公司名称或工号",
            2.0,
        ),
        Said(
            "listening/denial",
            "fail",
            2,
            "不会的，系统显示已经签收了",
            "客户说没收到，坐席当面否认：「不会的」",
            5.0,
        ),
        Said(
            "empathy/apology",
            "fail",
            2,
            "不会的，系统显示已经签收了。",
            "客户表达不满后，坐席在两个话轮内没有致歉",
            6.25,
        ),
        Said(
            "empathy/understanding",
            "fail",
            2,
            "系统显示已经签收了。",
            "客户表达不满后，坐席没有表示理解",
            0.0,
            "empathy/apology",
        ),
        Said(
            "turn_taking/interruption",
            "fail",
            4,
            "您听我解释一下",
            "客户还在说话，坐席抢话 3.1 秒",
            5.0,
        ),
        Said(
            "listening/denial",
            "fail",
            4,
            "我们系统是不会错的",
            "坐席再次否认：「不会错」",
            0.0,
            "listening/denial",
        ),
        Said(
            "solving/dont_know",
            "fail",
            6,
            "这个我不清楚",
            "只说「不清楚」，没有主动去核实",
            6.25,
        ),
        Said(
            "solving/deadline",
            "fail",
            10,
            "尽快吧",
            "答应跟进，但没有给出时限",
            6.25,
        ),
        Said("hold/ask", "undetermined", 8, None, "等待 9.2 秒，无法确定客户是否已同意等待"),
        Said("closing/anything_else", "fail", 12, "再见。", "结束前没有询问其他需要", 3.33),
        Said("closing/hang_up", "pass", 12, "再见"),
    ],
    [
        (1, -0.55, "negative"),
        (3, -0.64, "angry"),
        (5, -0.83, "angry"),
        (7, -0.91, "angry"),
        (9, -0.31, "negative"),
        (11, -0.42, "negative"),
    ],
    resolution="follow_up",
)

TERRIBLE = Script(
    "hl-20261121-0003",
    "2026-11-21T14:20:03+08:00",
    "complaint",
    [
        (A, 0.5, 1.3, "喂，说。", False),
        (C, 1.6, 9.0, "你好，我家宽带断了一个礼拜了，报修三次都没人来，我在家办公，耽误多少事你知道吗？", False),
        (A, 9.2, 12.5, "断了就断了呗，你冲我喊有什么用，有病吧你。", False),
        (C, 12.8, 16.0, "你怎么骂人呢？我要投诉你！", False),
        (A, 16.2, 18.8, "随便你，爱投诉投诉去。", False),
    ],
    [
        Said("opening/greeting", "fail", 0, "喂，说。", "第一句没有问候", 2.5),
        Said("opening/introduction", "fail", 0, "喂，说。", "前两个话轮没有报公司名称或工号", 2.5),
        Said(
            "language/insult",
            "fail",
            2,
            "有病吧你",
            "辱骂客户：「有病吧」",
            12.5,
        ),
        Said(
            "empathy/apology",
            "fail",
            2,
            "断了就断了呗，你冲我喊有什么用，有病吧你。",
            "客户表达不满后，坐席在两个话轮内没有致歉",
            15.62,
        ),
        Said(
            "empathy/understanding",
            "fail",
            2,
            "断了就断了呗，你冲我喊有什么用，有病吧你。",
            "客户表达不满后，坐席没有表示理解",
            0.0,
            "empathy/apology",
        ),
        Said(
            "closing/hang_up",
            "fail",
            4,
            "爱投诉投诉去。",
            "坐席没有道别就挂机",
            12.5,
        ),
        Said(
            "solving/deadline",
            "undetermined",
            3,
            "我要投诉你",
            "通话中断，没有机会承诺时限",
        ),
    ],
    [(1, -0.58, "negative"), (3, -0.95, "angry")],
    judged=("opening", "empathy", "language", "closing"),
    resolution="open",
    hang_up_by="agent",
)

INQUIRY = Script(
    "hl-20261121-0004",
    "2026-11-21T16:02:44+08:00",
    "inquiry",
    [
        (A, 0.4, 4.2, "您好，客服中心，请问有什么可以帮您？", False),
        (C, 4.6, 8.8, "你好，我想查一下我的积分还有多少。", False),
        (A, 9.1, 15.5, "好的，您当前可用积分是两千三百分，年底前有效。", False),
        (C, 15.9, 17.2, "好，知道了。", False),
        (A, 17.6, 19.0, "好，再见。", False),
    ],
    [
        Said("opening/greeting", "pass", 0, "您好"),
        Said("opening/introduction", "pass", 0, "客服中心"),
        Said("closing/anything_else", "fail", 4, "好，再见。", "结束前没有询问其他需要", 4.17),
    ],
    [(1, 0.04, "neutral"), (3, 0.12, "neutral")],
    judged=("opening", "closing"),
    resolution="resolved",
)

UNTIMED = Script(
    "hl-20261121-0005",
    "2026-11-21T17:30:00+08:00",
    "complaint",
    [
        (A, None, None, "您好，客服中心。", False),
        (C, None, None, "我買的鞋子開膠了，才穿兩天。", False),
        ("unknown", None, None, "这个不好说。", False),
        (A, None, None, "真的很抱歉，我给您登记换货，明天中午之前给您答复，可以吗？", False),
        (C, None, None, "好，谢谢。", False),
        (A, None, None, "请问还有其他可以帮您的吗？再见。", False),
    ],
    [
        Said("opening/greeting", "pass", 0, "您好"),
        Said("empathy/apology", "pass", 3, "真的很抱歉"),
        Said("solving/deadline", "pass", 3, "明天中午之前"),
        Said("closing/anything_else", "pass", 5, "请问还有其他可以帮您的吗"),
        Said("turn_taking/interruption", "undetermined", None, None, "没有时间戳，无法判定是否抢话"),
        Said("solving/dont_know", "undetermined", 2, "这个不好说", "说话人不明，无法判定"),
    ],
    [(1, -0.2, "negative"), (4, 0.4, "positive")],
    resolution="follow_up",
    hang_up_by=None,
)

VOICEMAIL = Script(
    "hl-20261121-0006",
    "2026-11-21T18:11:09+08:00",
    "inquiry",
    [
        (S, 0.0, 5.0, "您好，您所拨打的用户暂时无法接通，请在嘀声后留言。", False),
        (A, 6.0, 9.0, "您好，这里是客服中心，稍后再联系您。", False),
    ],
    [],
    [],
    judged=(),
    resolution=None,
    hang_up_by="unknown",
    assessable=False,
    reason="voicemail",
)

SCRIPTS = (GOOD, MIXED, TERRIBLE, INQUIRY, UNTIMED, VOICEMAIL)
AGENT_OF = {
    GOOD.call_id: ("a8021", "王芳", "投诉一组"),
    MIXED.call_id: ("a8035", "李强", "投诉一组"),
    TERRIBLE.call_id: ("a8035", "李强", "投诉一组"),
    INQUIRY.call_id: ("a8021", "王芳", "投诉一组"),
    UNTIMED.call_id: ("a8104", "陈晓东", "投诉二组"),
    VOICEMAIL.call_id: ("a8117", "赵敏", "投诉二组"),
}
GRADES = {"A": ("优秀", "Excellent", 90), "B": ("良好", "Good", 80), "C": ("合格", "Acceptable", 70)}
GRADES |= {"D": ("待改进", "Needs improvement", 60), "E": ("不合格", "Unacceptable", 0)}

CALL_SCHEMA = pa.schema(
    [
        ("call_id", pa.string()),
        ("agent_id", pa.string()),
        ("agent_name", pa.string()),
        ("team", pa.string()),
        ("started_at", pa.string()),
        ("call_type", pa.string()),
        ("call_type_inferred", pa.bool_()),
        ("assessable", pa.bool_()),
        ("not_assessable_reason", pa.string()),
        ("duration_s", pa.float64()),
        ("turns", pa.int32()),
        ("role_source", pa.string()),
        ("role_confidence", pa.float64()),
        ("mixed_utterances", pa.int32()),
        ("score", pa.float64()),
        ("score_before_critical", pa.float64()),
        ("grade", pa.string()),
        ("critical", pa.bool_()),
        *[(f"score_{code}", pa.float64()) for code in CRITERIA],
        ("resolution", pa.string()),
        ("emotion_start", pa.float64()),
        ("emotion_valley", pa.float64()),
        ("emotion_peak", pa.float64()),
        ("emotion_end", pa.float64()),
        ("emotion_mean", pa.float64()),
        *[
            (f"emotion_{name}{part}", kind)
            for name in ("fall", "rise")
            for part, kind in (("", pa.float64()), ("_turn", pa.int32()), ("_after", pa.string()))
        ],
        ("agent_interruptions", pa.int32()),
        ("customer_interruptions", pa.int32()),
        ("silence_s", pa.float64()),
        ("longest_silence_s", pa.float64()),
        ("agent_chars_per_min", pa.float64()),
        ("agent_talk_share", pa.float64()),
        ("hang_up_by", pa.string()),
        ("ruleset", pa.string()),
        *[(f"rule:{rule}", pa.string()) for rule in RULES],
    ]
)
FINDING_SCHEMA = pa.schema(
    [
        ("call_id", pa.string()),
        ("agent_id", pa.string()),
        ("rule", pa.string()),
        ("verdict", pa.string()),
        ("severity", pa.string()),
        ("criterion", pa.string()),
        ("occasion_turn", pa.int32()),
        ("turn", pa.int32()),
        ("role", pa.string()),
        ("start_ms", pa.int64()),
        ("text_start", pa.int32()),
        ("text_end", pa.int32()),
        ("quote", pa.string()),
        ("message", pa.string()),
        ("suggest", pa.string()),
        ("deduction", pa.float64()),
        ("same_fault_as", pa.string()),
        ("rule_id", pa.string()),
        ("absent", pa.bool_()),
        ("context", pa.string()),
    ]
)
AGENT_SCHEMA = pa.schema(
    [
        ("agent_id", pa.string()),
        ("agent_name", pa.string()),
        ("team", pa.string()),
        ("calls", pa.int64()),
        ("score_mean", pa.float64()),
        ("score_low", pa.float64()),
        ("score_high", pa.float64()),
        ("critical_calls", pa.int64()),
        *[(f"pass_{code}", pa.float64()) for code in CRITERIA],
        ("interruptions_per_call", pa.float64()),
        ("recovery_rate", pa.float64()),
        ("worst_rules", pa.list_(pa.string())),
        ("judged_share", pa.float64()),
    ]
)
REJECTED_SCHEMA = pa.schema(
    [("file", pa.string()), ("line", pa.int64()), ("call_id", pa.string()), ("reason", pa.string())]
)
REJECTED = pa.Table.from_pylist(
    [
        {"file": "calls/1121.ndjson", "line": 7, "call_id": None, "reason": "JSON 不完整：第 212 字处缺少引号"},
        {
            "file": "calls/1121.ndjson",
            "line": 31,
            "call_id": "hl-20261121-0002",
            "reason": "通话编号重复，已采用 calls/1121.ndjson 第 2 行",
        },
    ],
    schema=REJECTED_SCHEMA,
)


def make_names(lang: Lang = "zh") -> Names:
    """The names of the fixture's rules, criteria and grades."""
    at = 0 if lang == "zh" else 1
    return Names(
        rules={rule: RuleText(row[at], row[4], row[5], (row[6],), row[2], row[3]) for rule, row in RULES.items()},
        criteria={code: row[:2][at] for code, row in CRITERIA.items()},
        grades={grade: GradeText(row[:2][at], row[2]) for grade, row in GRADES.items()},
    )


def make_page(script: Script, agent: tuple[str, str, str] | None = None) -> CallPage:
    """The call as `write_call` takes it."""
    agent_id, agent_name, team = agent or AGENT_OF[script.call_id]
    findings = [_finding(script, said, agent_id) for said in script.said]
    criteria = _criteria(script)
    before = None if not script.judged else round(sum(row.points or 0.0 for row in criteria), 2)
    critical = any(row["verdict"] == "fail" and row["severity"] == "critical" for row in findings)
    score = None if before is None else 0.0 if critical else before
    values = [value for _, value, _ in script.emotion]
    verdicts = {f"rule:{rule}": _verdict(rule, findings) for rule in RULES}
    ends = [end for _, _, end, _, _ in script.lines if end is not None]
    call: dict[str, Any] = {
        "call_id": script.call_id,
        "agent_id": agent_id,
        "agent_name": agent_name,
        "team": team,
        "started_at": script.started_at,
        "call_type": script.call_type,
        "call_type_inferred": script.call_type == "inquiry",
        "assessable": script.assessable,
        "not_assessable_reason": script.reason,
        "duration_s": ends[-1] if ends else None,
        "turns": len(script.lines),
        "role_source": "stated",
        "role_confidence": None,
        "mixed_utterances": None,
        "score": score,
        "score_before_critical": before,
        "grade": None if score is None else next(grade for grade, row in GRADES.items() if score >= row[2]),
        "critical": critical,
        **{f"score_{row.code}": row.points for row in criteria},
        "resolution": script.resolution,
        "emotion_start": values[0] if values else None,
        "emotion_valley": min(values, default=None),
        "emotion_peak": max(values, default=None),
        "emotion_end": values[-1] if values else None,
        "emotion_mean": sum(values) / len(values) if values else None,
        **dict.fromkeys([f"emotion_{name}{part}" for name in ("fall", "rise") for part in ("", "_turn", "_after")]),
        "agent_interruptions": sum(row["rule"] == "turn_taking/interruption" for row in findings),
        "customer_interruptions": 0,
        "silence_s": 12.5 if ends else None,
        "longest_silence_s": 9.2 if ends else None,
        "agent_chars_per_min": 231.4567 if ends else None,
        "agent_talk_share": 0.51234567 if ends else None,
        "hang_up_by": script.hang_up_by,
        "ruleset": "3f9c2a71",
        **verdicts,
        **script.extra,
    }
    turns = [
        TurnView(
            at,
            role,
            None if start is None else round(start * 1000),
            None if end is None else round(end * 1000),
            text,
            backchannel,
        )
        for at, (role, start, end, text, backchannel) in enumerate(script.lines)
    ]
    return CallPage(call, turns, findings, [EmotionPoint(*point) for point in script.emotion], criteria)


def make_tables(pages: Iterable[CallPage]) -> tuple[pa.Table, pa.Table]:
    """(calls, findings) of the pages."""
    held = list(pages)
    calls = pa.Table.from_pylist([dict(page.call) for page in held], schema=CALL_SCHEMA)
    findings = pa.Table.from_pylist([dict(row) for page in held for row in page.findings], schema=FINDING_SCHEMA)
    return calls, findings


def make_agents(pages: Sequence[CallPage]) -> pa.Table:
    """The agents' rows; intervals are rough, this is no scorecard."""
    rows = []
    for agent_id in dict.fromkeys(page.call["agent_id"] for page in pages):
        own = [page for page in pages if page.call["agent_id"] == agent_id]
        scores = [page.call["score"] for page in own if page.call["score"] is not None]
        mean = sum(scores) / len(scores) if scores else None
        costs: dict[str, float] = {}
        for page in own:
            for row in page.findings:
                if row["deduction"]:
                    costs[row["rule"]] = costs.get(row["rule"], 0.0) + row["deduction"]
        negative = [page for page in own if (page.call["emotion_valley"] or 0) < -0.15 and page.call["assessable"]]
        judged = [v for page in own for k, v in page.call.items() if k.startswith("rule:") and v != "not_applicable"]
        half = 160 / len(scores) ** 0.5 / 4 if len(scores) > 1 else None
        rows.append(
            {
                "agent_id": agent_id,
                "agent_name": own[-1].call["agent_name"],
                "team": own[-1].call["team"],
                "calls": len(own),
                "score_mean": mean,
                "score_low": None if half is None or mean is None else max(0.0, mean - half),
                "score_high": None if half is None or mean is None else min(100.0, mean + half),
                "critical_calls": sum(page.call["critical"] for page in own),
                **{f"pass_{code}": _pass_share(own, code) for code in CRITERIA},
                "interruptions_per_call": sum(page.call["agent_interruptions"] for page in own) / len(own),
                "recovery_rate": (
                    sum(page.call["emotion_end"] > -0.15 for page in negative) / len(negative) if negative else None
                ),
                "worst_rules": sorted(costs, key=lambda rule: -costs[rule])[:3],
                "judged_share": (
                    sum(verdict != "undetermined" for verdict in judged) / len(judged) if judged else None
                ),
            }
        )
    return pa.Table.from_pylist(rows, schema=AGENT_SCHEMA)


def make_run(pages: Sequence[CallPage], rejected: int = REJECTED.num_rows) -> RunFacts:
    """The run's figures."""
    scores = sorted(page.call["score"] for page in pages if page.call["score"] is not None)
    grades = [page.call["grade"] for page in pages if page.call["grade"]]
    verdicts = [v for page in pages for k, v in page.call.items() if k.startswith("rule:") and v != "not_applicable"]
    return RunFacts(
        date="2026-11-22",
        read=len(pages) + rejected,
        scored=len(pages),
        rejected=rejected,
        not_assessable=sum(not page.call["assessable"] for page in pages),
        score_mean=sum(scores) / len(scores) if scores else None,
        score_low=scores[len(scores) // 4] if scores else None,
        score_high=scores[len(scores) * 3 // 4] if scores else None,
        critical_calls=sum(page.call["critical"] for page in pages),
        undetermined_share=verdicts.count("undetermined") / len(verdicts) if verdicts else None,
        recovery_rate=0.62,
        repaired=3,
        not_assessable_reasons={"voicemail": sum(not page.call["assessable"] for page in pages)},
        grades={grade: grades.count(grade) for grade in GRADES},
        ruleset="3f9c2a71",
        emotion_model="shipped 2026-11 (41c0)",
        examples_passed=True,
        version="0.1.0",
    )


def crowd(copies: int) -> list[CallPage]:
    """The six calls, and `copies` more of them over agents and teams that differ in skill."""
    pages = [make_page(script) for script in SCRIPTS]
    surnames, given = "张刘杨黄周吴徐孙胡朱高林何郭马", ("静", "伟", "丽娜", "建国", "晓燕", "鹏")
    for at in range(copies):
        agent = at % 17
        who = (f"a9{agent:03}", surnames[agent % 15] + given[agent % 6], ("投诉一组", "投诉二组", "夜班组")[agent % 3])
        script = SCRIPTS[(at // 17 * (agent + 3) + agent) % len(SCRIPTS)]
        copy = Script(
            **{
                **script.__dict__,
                "call_id": f"hl-20261121-1{at:03}",
                "started_at": f"2026-11-21T{8 + at % 12:02}:{at * 7 % 60:02}:00+08:00",
            }
        )
        pages.append(make_page(copy, who))
    return pages


def make_teams(pages: Sequence[CallPage]) -> list[TeamRow]:
    """Teams of the pages."""
    rows = []
    for team in dict.fromkeys(page.call["team"] for page in pages):
        own = [page.call for page in pages if page.call["team"] == team]
        scores = [call["score"] for call in own if call["score"] is not None]
        rows.append(
            TeamRow(
                team,
                len({call["agent_id"] for call in own}),
                len(own),
                sum(scores) / len(scores) if scores else None,
                sum(call["critical"] for call in own),
            )
        )
    return rows


def make_calls_to_hear(pages: Sequence[CallPage], most: int = 6) -> list[CallToHear]:
    """Critical first, then the lowest."""
    scored = [page for page in pages if page.call["score"] is not None]
    scored.sort(key=lambda page: (not page.call["critical"], page.call["score"]))
    chosen = []
    for page in scored[:most]:
        fails = sorted(
            (row for row in page.findings if row["verdict"] == "fail" and row["deduction"]),
            key=lambda row: (row["severity"] != "critical", -row["deduction"]),
        )
        chosen.append(
            CallToHear(
                page.call,
                [row["rule"] for row in fails[:3]],
                (),
                quote_of(fails[0]) if fails else NO_QUOTE,
                fails[0]["turn"] if fails else None,
            )
        )
    return chosen


def _finding(script: Script, said: Said, agent_id: str) -> dict[str, Any]:
    rule = RULES[said.rule]
    role, start, _, text, _ = script.lines[said.turn] if said.turn is not None else (None, None, None, "", False)
    at = text.index(said.quote) if said.quote else None
    return {
        "call_id": script.call_id,
        "agent_id": agent_id,
        "rule": said.rule,
        "verdict": said.verdict,
        "severity": said.severity or rule[3],
        "criterion": rule[2],
        "occasion_turn": said.turn,
        "turn": said.turn,
        "role": role,
        "start_ms": None if start is None else round(start * 1000),
        "text_start": at,
        "text_end": None if at is None or said.quote is None else at + len(said.quote),
        "quote": said.quote,
        "message": said.message,
        "suggest": rule[5] if said.verdict == "fail" else None,
        "deduction": said.deduction,
        "same_fault_as": said.same_fault_as,
        "rule_id": said.rule,
        "absent": False,
        "context": text or None,
    }


def _criteria(script: Script) -> list[CriterionScore]:
    """Weights rescaled to 100 in whole hundredths; the last judged criterion takes what rounding leaves."""
    total = sum(CRITERIA[code][2] for code in script.judged)
    full = {code: round(10_000 * CRITERIA[code][2] / total) for code in script.judged}
    if full:
        full[script.judged[-1]] += 10_000 - sum(full.values())
    rows = []
    for code, (_, _, weight) in CRITERIA.items():
        if code not in full:
            rows.append(CriterionScore(code, None, None, weight))
            continue
        lost = sum(round(said.deduction * 100) for said in script.said if RULES[said.rule][2] == code)
        rows.append(CriterionScore(code, (full[code] - lost) / 100, full[code] / 100, weight))
    return rows


def _verdict(rule: str, findings: Sequence[dict[str, Any]]) -> str:
    verdicts = {row["verdict"] for row in findings if row["rule"] == rule}
    return next((verdict for verdict in ("fail", "undetermined", "pass") if verdict in verdicts), "not_applicable")


def _pass_share(pages: Sequence[CallPage], criterion: str) -> float | None:
    verdicts = [page.call[f"rule:{rule}"] for page in pages for rule, row in RULES.items() if row[2] == criterion]
    judged = verdicts.count("pass") + verdicts.count("fail")
    return verdicts.count("pass") / judged if judged else None
