"""Code words of the columns, and what joins several of them.

Rows read `code: (中文, English)`.
"""

from __future__ import annotations

from qa_analyzer.wording.pairs import Pair

VERDICTS: dict[str, Pair] = {
    "pass": ("合格", "Pass"),
    "fail": ("不合格", "Fail"),
    "not_applicable": ("不适用", "Not applicable"),
    "undetermined": ("无法判定", "Undetermined"),
}
SEVERITIES: dict[str, Pair] = {
    "info": ("提示", "Info"),
    "minor": ("一般", "Minor"),
    "major": ("严重", "Major"),
    "critical": ("一票否决", "Critical"),
}
ROLES: dict[str, Pair] = {
    "agent": ("坐席", "Agent"),
    "customer": ("客户", "Customer"),
    "system": ("系统", "System"),
    "unknown": ("未知", "Unknown"),
}
GRADES: dict[str, Pair] = {
    "A": ("优秀", "Excellent"),
    "B": ("良好", "Good"),
    "C": ("合格", "Acceptable"),
    "D": ("待改进", "Needs improvement"),
    "E": ("不合格", "Unacceptable"),
}

CODES: dict[str, dict[str, Pair]] = {
    "verdict": VERDICTS,
    "severity": SEVERITIES,
    "role": ROLES,
    "hang_up_by": ROLES,
    "grade": GRADES,
    "call_type": {
        "complaint": ("投诉", "Complaint"),
        "inquiry": ("咨询", "Inquiry"),
        "callback": ("回访", "Callback"),
    },
    "resolution": {
        "resolved": ("当场解决", "Resolved"),
        "follow_up": ("限时跟进", "Follow-up by a deadline"),
        "escalated": ("转交升级", "Handed over"),
        "open": ("未了结", "Open"),
    },
    "complaint_type": {
        "service_attitude": ("服务态度", "Service attitude"),
        "price_settlement": ("价格与结算", "Price and settlement"),
        "product_quality": ("产品质量与性能", "Product quality"),
        "supporting_after_sales": ("配套与售后服务", "Supporting and after-sales service"),
        "rules_terms": ("规定与条款", "Rules and terms"),
        "other": ("其他", "Other"),
    },
    "complaint_scope": {
        "service_quality": ("服务质量", "Service quality"),
        "business_matter": ("业务处理", "Business matter"),
    },
    "complaint_complexity": {
        "simple": ("简单", "Simple"),
        "complex": ("复杂", "Complex"),
    },
    "customer_need": {
        "information": ("信息", "Information"),
        "attention": ("被重视", "Attention"),
        "feeling": ("情感", "Feeling"),
        "respect": ("尊重", "Respect"),
        "venting": ("发泄", "Venting"),
        "compensation": ("补偿", "Compensation"),
        "care": ("被关心", "Care"),
        "listening": ("被倾听", "Being heard"),
        "professional": ("专业", "Professional service"),
        "fast": ("迅速", "Speed"),
    },
    "emotion_trend": {
        "steady": ("平稳", "Steady"),
        "improved": ("转好", "Improved"),
        "worsened": ("恶化", "Worsened"),
        "recovered": ("先抑后扬", "Fell and recovered"),
        "dissatisfied": ("始终不满", "Dissatisfied throughout"),
    },
    "scope": {"night": ("当晚", "Night"), "team": ("班组", "Team"), "agent": ("坐席", "Agent")},
    "change": {"new": ("新出现", "New"), "rising": ("变多", "Rising")},
    "escalation_risk": {
        "none": ("没有提到", "Not mentioned"),
        "low": ("低", "Low"),
        "medium": ("中", "Medium"),
        "high": ("高", "High"),
    },
    "escalation_kind": {
        "ordinary": ("普通升级", "Ordinary"),
        "exceptional": ("例外升级", "Exceptional"),
    },
    "label": {
        "angry": ("愤怒", "Angry"),
        "negative": ("不满", "Negative"),
        "neutral": ("平静", "Neutral"),
        "positive": ("满意", "Positive"),
    },
    "not_assessable_reason": {
        "no_agent_turn": ("没有坐席说话", "The agent never speaks"),
        "too_few_turns": ("不足 3 个话轮", "Fewer than 3 turns"),
        "voicemail": ("语音信箱", "Voicemail"),
        "not_chinese": ("不是中文", "Not Chinese"),
        "agent_unknown": ("分不清谁是坐席", "Not known who the agent is"),
    },
    "role_source": {
        "stated": ("输入给定", "Stated in the input"),
        "option": ("命令指定", "Named by option"),
        "inferred": ("由内容推断", "Inferred from the words"),
        "unsure": ("不能确定", "Unsure"),
    },
    "phase": {
        "opening": ("开场", "Opening"),
        "problem": ("陈述", "Problem"),
        "clarifying": ("核实", "Clarifying"),
        "solving": ("解决", "Solving"),
        "closing": ("结束", "Closing"),
    },
    "stage": {
        "reached": ("做到", "Reached"),
        "missed": ("没做到", "Missed"),
        "not_applicable": ("没有机会", "No occasion"),
        "undetermined": ("无法判定", "Undetermined"),
        "not_audible": ("听不出来", "Cannot be heard"),
        "no_rule": ("没有规则", "No rule"),
    },
    "overlap_kind": {
        "backchannel": ("附和", "Backchannel"),
        "line_check": ("试线路", "Line check"),
        "closing": ("一起道别、道谢", "Closing together"),
        "together": ("同时开口", "Both start at once"),
        "completion": ("替对方接话", "Completion"),
        "early": ("早了半拍", "Early start"),
        "attempt": ("没抢成", "Failed attempt"),
        "brief": ("短重叠", "Brief overlap"),
        "interruption": ("抢话", "Interruption"),
    },
    "overlap_counted": {
        "yes": ("计入", "Counted"),
        "no": ("不计", "Not counted"),
        "undetermined": ("无法判定", "Undetermined"),
    },
    "status": {
        "active": ("启用", "Active"),
        "trial": ("试行", "On trial"),
        "off": ("停用", "Off"),
    },
    "boolean": {"true": ("是", "Yes"), "false": ("否", "No")},
}
"""Code words by column. A code that is not listed is shown as it is."""

LISTS: Pair = ("、", "; ")
"""What joins a list inside one cell."""
NAMES: Pair = ("、", ", ")
"""What joins names in a sentence."""
CLAUSES: Pair = ("；", "; ")
"""What joins the clauses of a sentence."""
