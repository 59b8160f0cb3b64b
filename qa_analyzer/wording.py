"""The one catalogue of user-facing words, Chinese first: column headings, code words, page texts.

Knows every word of the report in both languages. Does not know the names of rules and criteria (they come from the
rules), nor how anything is written. Rows read `key: (中文, English)`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Lang = Literal["zh", "en"]
Pair = tuple[str, str]

LANG_TAGS: dict[Lang, str] = {"zh": "zh-CN", "en": "en"}
"""What goes into the `lang` attribute of a page."""

COLUMNS: dict[str, dict[str, Pair]] = {
    "agents": {
        "agent_id": ("坐席工号", "Agent ID"),
        "agent_name": ("坐席姓名", "Agent name"),
        "team": ("班组", "Team"),
        "calls": ("通话数", "Calls"),
        "score_mean": ("平均分", "Mean score"),
        "score_low": ("平均分下限（95%）", "Mean score, low (95%)"),
        "score_high": ("平均分上限（95%）", "Mean score, high (95%)"),
        "critical_calls": ("一票否决通话数", "Critical calls"),
        "interruptions_per_call": ("每通抢话次数", "Interruptions per call"),
        "recovery_rate": ("情绪恢复率", "Emotion recovery rate"),
        "worst_rules": ("扣分最多的规则", "Rules that cost most"),
        "judged_share": ("可判定比例", "Share judged"),
    },
    "teams": {
        "team": ("班组", "Team"),
        "folder": ("文件夹", "Folder"),
        "agents": ("坐席数", "Agents"),
        "calls": ("通话数", "Calls"),
        "score_mean": ("平均分", "Mean score"),
        "score_low": ("平均分下限（95%）", "Mean score, low (95%)"),
        "score_high": ("平均分上限（95%）", "Mean score, high (95%)"),
        "critical_calls": ("一票否决通话数", "Critical calls"),
        "interruptions_per_call": ("每通抢话次数", "Interruptions per call"),
        "recovery_rate": ("情绪恢复率", "Emotion recovery rate"),
        "worst_rules": ("扣分最多的规则", "Rules that cost most"),
        "judged_share": ("可判定比例", "Share judged"),
    },
    "calls": {
        "call_id": ("通话编号", "Call ID"),
        "agent_id": ("坐席工号", "Agent ID"),
        "agent_name": ("坐席姓名", "Agent name"),
        "team": ("班组", "Team"),
        "started_at": ("开始时间", "Started at"),
        "call_type": ("通话类型", "Call type"),
        "call_type_inferred": ("类型为推断", "Type inferred"),
        "assessable": ("可评分", "Assessable"),
        "not_assessable_reason": ("不可评分原因", "Why not assessable"),
        "duration_s": ("通话时长（秒）", "Duration (s)"),
        "turns": ("话轮数", "Turns"),
        "role_source": ("身份来源", "Source of the roles"),
        "role_confidence": ("身份把握", "Confidence of the roles"),
        "mixed_utterances": ("混话片段（处）", "Utterances of two people"),
        "score": ("得分", "Score"),
        "score_before_critical": ("一票否决前得分", "Score before critical"),
        "grade": ("等级", "Grade"),
        "critical": ("一票否决", "Critical"),
        "complaint_type": ("投诉类别", "Complaint type"),
        "complaint_type_confidence": ("投诉类别把握", "Confidence of the complaint type"),
        "complaint_type_unsure": ("投诉类别不确定", "Complaint type unsure"),
        "complaint_scope": ("投诉性质", "Nature of the complaint"),
        "complaint_complexity": ("投诉难易", "Complexity of the complaint"),
        "customer_need": ("客户诉求", "Customer need"),
        "escalation_risk": ("升级投诉风险", "Risk of escalated complaint"),
        "escalation_kind": ("升级种类", "Kind of escalated complaint"),
        "repeat_contact": ("重复来电", "Repeat contact"),
        "promised_h": ("承诺答复（小时）", "Promised reply (h)"),
        "promised_over_limit_h": ("超出时限（小时）", "Over the time limit (h)"),
        "resolution": ("解决情况", "Resolution"),
        "emotion_start": ("情绪：开始", "Emotion: start"),
        "emotion_valley": ("情绪：最低", "Emotion: valley"),
        "emotion_peak": ("情绪：最高", "Emotion: peak"),
        "emotion_end": ("情绪：结束", "Emotion: end"),
        "emotion_mean": ("情绪：平均", "Emotion: mean"),
        "emotion_trend": ("情绪：走势", "Emotion: trend"),
        "emotion_fall": ("情绪：最大的一次下降", "Emotion: largest fall"),
        "emotion_fall_turn": ("情绪：下降前的坐席话轮", "Emotion: agent turn before the fall"),
        "emotion_fall_after": ("情绪：下降前坐席说的", "Emotion: what the agent said before the fall"),
        "emotion_rise": ("情绪：最大的一次回升", "Emotion: largest rise"),
        "emotion_rise_turn": ("情绪：回升前的坐席话轮", "Emotion: agent turn before the rise"),
        "emotion_rise_after": ("情绪：回升前坐席说的", "Emotion: what the agent said before the rise"),
        "agent_interruptions": ("坐席抢话次数", "Interruptions by agent"),
        "customer_interruptions": ("客户抢话次数", "Interruptions by customer"),
        "silence_s": ("静音合计（秒）", "Silence (s)"),
        "longest_silence_s": ("最长静音（秒）", "Longest silence (s)"),
        "agent_chars_per_min": ("坐席语速（字/分）", "Agent pace (characters/min)"),
        "agent_talk_share": ("坐席说话占比", "Agent talk share"),
        "issue_clear_after": ("问题说清用时（秒）", "Issue clear after (s)"),
        "questions_open": ("提问：开放式", "Questions: open"),
        "questions_yes_no": ("提问：选择性", "Questions: yes/no"),
        "questions_restating": ("提问：复述确认", "Questions: restating"),
        "questions_probing": ("提问：针对性", "Questions: probing"),
        "questions_informational": ("提问：了解性", "Questions: informational"),
        "questions_clarifying": ("提问：澄清性", "Questions: clarifying"),
        "questions_consulting": ("提问：征询性", "Questions: consulting"),
        "questions_service": ("提问：服务性", "Questions: service"),
        "courtesy_per_100": ("礼貌用语（每百字）", "Courtesy words per 100 characters"),
        "negative_wording": ("负面说法（处）", "Negative wordings"),
        "dialect": ("方言（处）", "Dialect wordings"),
        "hang_up_by": ("挂机方", "Hung up by"),
        "ruleset": ("规则集", "Ruleset"),
    },
    "findings": {
        "call_id": ("通话编号", "Call ID"),
        "agent_id": ("坐席工号", "Agent ID"),
        "rule": ("规则", "Rule"),
        "verdict": ("判定", "Verdict"),
        "severity": ("严重程度", "Severity"),
        "criterion": ("评分项", "Criterion"),
        "occasion_turn": ("场合话轮", "Occasion turn"),
        "turn": ("证据话轮", "Evidence turn"),
        "role": ("说话人", "Speaker"),
        "start_ms": ("时间（毫秒）", "Time (ms)"),
        "text_start": ("证据起点（字）", "Evidence start (characters)"),
        "text_end": ("证据终点（字）", "Evidence end (characters)"),
        "quote": ("原话", "Quote"),
        "message": ("判定说明", "Message"),
        "suggest": ("参考话术", "Better wording"),
        "deduction": ("扣分", "Deduction"),
        "same_fault_as": ("同一过失已扣于", "Same fault as"),
        "waived": ("已豁免", "Waived"),
        "waiver": ("豁免说明", "Waiver"),
        "rule_id": ("规则编号", "Rule ID"),
        "absent": ("该说没说", "Missing"),
        "context": ("原话所在的句子", "Sentence"),
        "tolerant": ("按读音匹配", "Matched by sound"),
    },
    "emotion": {
        "call_id": ("通话编号", "Call ID"),
        "turn": ("话轮", "Turn"),
        "start_ms": ("时间（毫秒）", "Time (ms)"),
        "value": ("情绪值", "Value"),
        "label": ("情绪", "Emotion"),
    },
    "keywords": {
        "scope": ("范围", "Scope"),
        "team": ("班组", "Team"),
        "agent_id": ("坐席工号", "Agent ID"),
        "agent_name": ("坐席姓名", "Agent name"),
        "word": ("关键词", "Keyword"),
        "calls": ("说到的通话数", "Calls that say it"),
        "of_calls": ("范围内的通话数", "Calls in scope"),
        "share": ("比例", "Share"),
        "other_share": ("对照比例", "Share elsewhere"),
        "stands_out": ("突出程度（z）", "Stands out (z)"),
        "change": ("与前几晚比", "Against earlier nights"),
        "listed": ("列出", "Listed"),
    },
    "rejected": {
        "file": ("文件", "File"),
        "line": ("行", "Line"),
        "call_id": ("通话编号", "Call ID"),
        "reason": ("原因", "Reason"),
    },
}
"""Headings of the fixed columns. Dynamic ones (`rule:…`, `score_…`, `pass_…`) take their names from the rules."""

DYNAMIC: dict[str, Pair] = {
    "score_": ("得分：{name}", "Score: {name}"),
    "pass_": ("合格率：{name}", "Pass rate: {name}"),
    "framework_": ("方法：{name}", "Framework: {name}"),
}

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

TEXTS: dict[str, Pair] = {
    # files and sheets
    "sheet.teams": ("班组", "Teams"),
    "sheet.agents": ("坐席", "Agents"),
    "sheet.calls": ("通话", "Calls"),
    "sheet.findings": ("扣分明细", "Findings"),
    "sheet.rejected": ("未读入", "Rejected"),
    "sheet.about": ("说明", "About"),
    "sheet.time": ("时间（分:秒）", "Time (min:s)"),
    "sheet.left_out": (
        "Excel 每张表最多 {limit} 行，此处略去 {left} 行，全部内容见 {file}",
        "A sheet holds at most {limit} rows; {left} rows are left out here. All of them are in {file}",
    ),
    "sheet.complete": ("{rows} 行，完整", "{rows} rows, complete"),
    "sheet.rows_of": ("行数：{name}", "Rows: {name}"),
    "sheet.columns": ("各列的含义", "What the columns mean"),
    "sheet.column": ("列", "Column"),
    "sheet.meaning": ("含义", "Meaning"),
    "sheet.each": ("（每项一列）", " (one column each)"),
    "sheet.links": (
        "蓝色的编号点开是网页上的那一页（工作簿要和网页放在一起）；没有单独成页的通话用 qa-analyzer show 看。",
        "Blue ids lead to the report’s pages (keep the workbook beside them); calls without a page: qa-analyzer show.",
    ),
    # frame
    "title": ("通话质检报告", "Call quality report"),
    "home": ("总览", "Overview"),
    "skip": ("跳到正文", "Skip to content"),
    "where": ("所在位置", "You are here"),
    "agent": ("坐席", "Agent"),
    "call": ("通话", "Call"),
    "unnamed": ("（无工号）", "(no agent ID)"),
    "not_scored": ("未评分", "Not scored"),
    "quote_open": ("“", "“"),
    "quote_close": ("”", "”"),
    "ruleset": ("规则集", "Ruleset"),
    "emotion_model": ("情绪模型", "Emotion model"),
    "examples_passed": ("规则的例子全部通过检验", "All examples of the rules were tested and pass"),
    "examples_failed": (
        "规则的例子未通过检验，判定可能有误：请运行 qa-analyzer rules test",
        "Some examples of the rules fail, so verdicts may be wrong: run qa-analyzer rules test",
    ),
    "examples_unknown": (
        "规则的例子尚未检验：请运行 qa-analyzer rules test",
        "The examples of the rules have not been tested yet: run qa-analyzer rules test",
    ),
    "privacy": (
        "号码、证件与姓名已按默认设置遮盖。本页不访问网络，可离线打开。",
        "Numbers, documents and names are masked by default. This page works offline and never uses the network.",
    ),
    "unmasked": (
        "本报告未遮盖个人信息，请妥善保管。本页不访问网络，可离线打开。",
        "Personal data in this report is not masked: keep it safe. This page works offline.",
    ),
    "undetermined_note": (
        "无法判定的项目不扣分，也不算合格。",
        "What could not be determined costs no points and does not count as a pass.",
    ),
    "shown_of": ("显示 {shown} / {total}", "{shown} of {total} shown"),
    "more_rows": (
        "另有 {left} 行未在页面列出，见 {file}。",
        "{left} more rows are not listed here; they are in {file}.",
    ),
    "no_page": (
        "无页面，可用 qa-analyzer show 查看",
        "no page; use qa-analyzer show",
    ),
    "search": ("搜索", "Search"),
    "all": ("全部", "All"),
    "no_match": ("没有符合条件的行。", "No row matches."),
    # index
    "index.night": ("整体情况", "At a glance"),
    "index.read": ("读入通话", "Calls read"),
    "index.scored": ("其中可评分", "Assessable"),
    "index.not_assessable": ("不可评分", "Not assessable"),
    "index.rejected": ("未读入", "Rejected"),
    "index.mean": ("平均分", "Mean score"),
    "index.spread": ("中间一半：{low}–{high} 分", "Middle half: {low}–{high}"),
    "index.critical": ("一票否决通话", "Critical calls"),
    "index.undetermined": ("无法判定的判定", "Undetermined verdicts"),
    "index.recovery": ("情绪恢复率", "Emotion recovery"),
    "index.recovery_note": (
        "有不满话轮的通话中，结束时恢复平静或满意的比例",
        "of calls with a negative turn, the share that ends neutral or better",
    ),
    "index.share_of_rules": ("占所有适用的判定", "of all applicable verdicts"),
    "index.repaired": ("另有 {n} 处输入已自动修复", "{n} places of the input were repaired"),
    "index.waived": (
        "另有 {n} 处不合格已豁免，不扣分，仍列在各通话里",
        "{n} failures were waived: shown, without points",
    ),
    "index.grades": ("等级分布", "Grades"),
    "index.hear": ("今天先听这些通话", "Listen to these calls first"),
    "index.hear_note": (
        "一票否决的在前，然后是要升级投诉的、越谈越糟的、得分低的，最后是值得学的。",
        "Critical calls first, then threats to escalate, moods that sank, low scores, and last calls to learn from.",
    ),
    "hear.critical": ("一票否决", "Critical failure"),
    "hear.escalation": ("客户要往上投诉", "The customer threatens to complain higher up"),
    "hear.worsened": ("客户越谈越不满", "The customer's mood sank"),
    "hear.low": ("得分低", "Low score"),
    "hear.model": (
        "处理得好，可作示范：客户从不满到平静，得分高",
        "Well handled: an unhappy customer calmed, high score",
    ),
    "index.kinds": ("通话种类", "Kinds of calls"),
    "versus.head": ("比", "Vs"),
    "versus.one": ("拿{name}来比较", "Compare {name}"),
    "versus.pick": (
        "勾选两位坐席，看他们的差别是真的还是碰巧。",
        "Tick two agents to see whether their difference is real or chance.",
    ),
    "versus.few": (
        "{name} 的评分通话不足 {n} 通，不作比较。",
        "{name} has fewer than {n} scored calls: not compared.",
    ),
    "versus.better": ("{high} 确实比 {low} 高。", "{high} is really above {low}."),
    "versus.same": ("{high} 和 {low} 的差别，可能只是碰巧。", "The difference of {high} and {low} may be chance."),
    "versus.how": (
        "平均分相差 {difference} 分，95% 区间 {from} 到 {to}；没有按通话难易折算，折算后的比较见坐席页。",
        "The means differ by {difference}, 95% interval {from} to {to}; not adjusted for the mix of calls, see the "
        "agent's page for that.",
    ),
    "chart.title": ("全体坐席：谁的差别不是碰巧", "All agents: whose difference is no chance"),
    "chart.note": (
        "一点是一位坐席（评分通话 {n} 通以上），点开进入坐席页。虚线之外的，和全体平均的差别大于 95% 的偶然起伏。",
        "One point an agent ({n} or more scored calls); click to open. Outside the dashed lines lies what differs from "
        "the mean of all by more than 95% of chance.",
    ),
    "chart.alt": (
        "散点图：横轴是评分通话数，纵轴是平均分；同样的数字在上面的表里",
        "Scatter chart of scored calls and mean scores; the table above has the same figures",
    ),
    "chart.band": ("偶然起伏 95%", "95% of chance"),
    "index.hear_none": ("没有需要优先复听的通话。", "No call needs to be heard first."),
    "index.why": ("原因", "Why"),
    "index.review": ("待人工复核：{rules}", "For review: {rules}"),
    "index.agents": ("坐席", "Agents"),
    "index.agents_none": ("没有坐席数据。", "No agents."),
    "index.search_agents": ("搜索姓名、工号", "Search name or ID"),
    "index.filter_team": ("班组", "Team"),
    "index.interval": ("95% 区间", "95% interval"),
    "index.more": ("显示其余 {n} 位", "Show {n} more"),
    "index.order_note": (
        "先列有一票否决通话的，再按平均分从低到高。",
        "Those with critical calls come first, then by the mean, the lowest first.",
    ),
    "index.few": ("通话太少", "Too few calls"),
    "index.few_note": (
        "评分通话不足 {n} 通时不作比较，只显示“通话太少”。区间重叠的坐席，差别可能只是偶然。",
        "Below {n} calls nobody is compared: “too few calls”. Where intervals overlap, the difference may be chance.",
    ),
    "index.teams": ("班组", "Teams"),
    "index.team_agents": ("坐席数", "Agents"),
    "index.no_team": ("（未分组）", "(no team)"),
    "index.rules": ("扣分最多的规则", "Rules that cost most"),
    "index.rules_none": ("没有扣分。", "Nothing was deducted."),
    "index.rule_example": ("例子", "Example"),
    "index.rejected_title": ("未读入与不可评分", "Rejected and not assessable"),
    "index.rejected_note": (
        "未读入 = 文件或行有错误，没有评分；改正后重跑即可。不可评分 = 已读入并逐条判定，但内容不足以打分。",
        "Rejected = broken, not scored: mend it and run again. Not assessable = judged, but too little for a score.",
    ),
    "index.rejected_none": ("全部输入均已读入。", "All input was read."),
    "index.not_assessable_none": ("没有不可评分的通话。", "No call was not assessable."),
    "index.count": ("通话数", "Calls"),
    # agent page
    "agent.mean": ("平均分", "Mean score"),
    "agent.interval": (
        "95% 区间 {low}–{high}，{n} 通评分通话",
        "95% interval {low}–{high}, {n} scored calls",
    ),
    "agent.few": (
        "通话太少（{n} 通评分通话），平均分仅供参考",
        "Too few calls ({n} scored) to judge by the mean",
    ),
    "agent.none": ("没有可评分的通话", "No assessable calls"),
    "agent.scale": (
        "平均分 {mean}，区间 {low} 到 {high}",
        "Mean {mean}, interval {low} to {high}",
    ),
    "agent.scale_point": ("平均分 {mean}", "Mean {mean}"),
    "agent.team_mean": ("班组平均 {mean}", "Team mean {mean}"),
    "agent.one_file": (
        "本页自成一个文件，可以单独存下来发给坐席本人；通话的链接要和报告文件夹放在一起才能打开。",
        "This page is one file and can be handed to the agent; links to calls need the report folder beside it.",
    ),
    "agent.peers": (
        "班组里各坐席的平均分（{n} 人，评分通话够数）",
        "Means of the team's agents with calls enough ({n})",
    ),
    "agent.standing.above": ("确实比班组其他人高。", "Really above the rest of the team."),
    "agent.standing.below": ("确实比班组其他人低。", "Really below the rest of the team."),
    "agent.standing.same": ("和班组其他人的差别，可能只是碰巧。", "The difference from the team may be chance."),
    "agent.standing.how": (
        "接同样种类的通话，班组其他人平均会得 {expected} 分；相差 {difference} 分（95% 区间 {low} 到 {high}）。",
        "With the same mix of calls the others would score {expected}; the difference is {difference} "
        "(95% interval {low} to {high}).",
    ),
    "agent.standing.none": (
        "班组其他人的评分通话太少（{n} 通），不作比较。",
        "The rest of the team has too few scored calls ({n}) to compare.",
    ),
    "agent.mix": ("接的都是哪些通话", "What calls came in"),
    "agent.mix.kind": ("通话种类", "Kind of call"),
    "agent.mix.share": ("占本人", "Of her calls"),
    "agent.mix.team_share": ("占班组其他人", "Of the others' calls"),
    "agent.mix.team_mean": ("班组其他人平均分", "Mean of the others"),
    "agent.mix.note": (
        "难办的投诉接得多，平均分自然低；和班组比较时已按通话种类折算。只计评分通话。",
        "Harder calls mean lower scores; the comparison with the team allows for the kinds. Scored calls only.",
    ),
    "kind.unknown": ("未分类", "Not told"),
    "agent.scored_calls": ("评分通话", "Scored calls"),
    "agent.criteria": ("各评分项合格率", "Pass rate by criterion"),
    "agent.criteria_note": (
        "合格率 = 合格 ÷（合格 + 不合格），不含不适用与无法判定。",
        "Pass rate = pass ÷ (pass + fail); not applicable and undetermined are left out.",
    ),
    "agent.not_judged": ("无判定", "Not judged"),
    "agent.worst": ("最该改的习惯", "Habits to change first"),
    "agent.worst_none": ("没有扣分，继续保持。", "Nothing was deducted. Keep it up."),
    "agent.cost": ("{calls} 通电话，共扣 {points} 分", "Calls: {calls}; points lost: {points}"),
    "agent.best": ("做得好的地方", "Done well"),
    "agent.best_none": ("还没有可引用的合格证据。", "No pass with a quote yet."),
    "agent.best_count": ("{passed} / {judged} 通合格", "passes in {passed} of {judged} calls"),
    "agent.absent_quote": ("这一通没有说", "Not said in this call"),
    "agent.real_quote": ("原话", "What was said"),
    "agent.better": ("可以这样说（举例，换成这通业务的内容）", "Better, for example (adapt to the business)"),
    "agent.list": ("全部通话", "All calls"),
    "agent.list_none": ("没有通话。", "No calls."),
    "agent.emotion": ("客户情绪", "Customer emotion"),
    "agent.search_calls": ("搜索通话编号、时间、等级", "Search call, time or grade"),
    # call page
    "call.breakdown": ("得分构成", "Score breakdown"),
    "call.full": ("满分", "Full"),
    "call.lost": ("扣分", "Lost"),
    "call.earned": ("得分", "Earned"),
    "call.nothing_lost": ("未扣分", "nothing lost"),
    "call.nothing_judged": (
        "本次无判定，权重分给其他项",
        "nothing judged; its weight goes to the others",
    ),
    "call.sum": ("合计", "Total"),
    "call.critical_to_zero": (
        "出现一票否决项，得分由 {before} 归零",
        "A critical failure sets the score from {before} to 0",
    ),
    "call.not_scored": (
        "这通电话不可评分：{reason}。仍逐条列出判定，供参考。",
        "This call is not assessable: {reason}. The verdicts are listed for information.",
    ),
    "call.not_scored_plain": (
        "这通电话没有可判定的项目，未评分。",
        "Nothing in this call could be judged, so there is no score.",
    ),
    "call.talk": ("对话", "Conversation"),
    "call.findings": ("证据与理由", "Evidence and reasons"),
    "call.fails": ("不合格", "Failed"),
    "call.undetermined": ("无法判定", "Undetermined"),
    "call.passes": ("合格的证据", "Evidence of passes"),
    "call.no_findings": ("没有判定记录。", "No findings."),
    "call.no_fails": ("没有不合格项。", "Nothing failed."),
    "call.turn": ("话轮 {n}", "Turn {n}"),
    "call.to_evidence": ("看原话", "Show in conversation"),
    "call.to_card": ("看理由", "Show reason"),
    "call.why": ("依据", "Why"),
    "call.suggest": ("参考话术（举例）", "Better wording, for example"),
    "call.same_fault": ("同一过失，已在“{rule}”扣分", "Same fault as “{rule}”, which deducts"),
    "call.no_points": ("不扣分", "no deduction"),
    "call.no_points.info": ("提示，不扣分", "for information, no deduction"),
    "call.no_points.again": ("这条规则每通只扣一次", "a rule deducts once a call"),
    "call.no_points.cap": ("本项已经扣完", "nothing left in this criterion"),
    "call.capped": ("本项扣完为止", "capped at the criterion"),
    "call.turning.fall": ("最大的一次下降 {n}，之前坐席说", "Largest fall {n}, after the agent said"),
    "call.turning.rise": ("最大的一次回升 {n}，之前坐席说", "Largest rise {n}, after the agent said"),
    "call.turning.note": (
        "情绪由模型估计，前后相接不等于因果；只供参考，不扣分。",
        "Emotion is an estimate, and what came before need not be the cause; for information, never deducted.",
    ),
    "agent.turning": ("客户情绪转折之前说的话", "Said just before the customer's mood turned"),
    "agent.turning.rise": ("之后客户好转", "The customer's mood rose"),
    "agent.turning.fall": ("之后客户变差", "The customer's mood fell"),
    "call.missing": ("整通没有做到", "Not done in the whole call"),
    "call.deducts": ("扣 {n} 分", "−{n}"),
    "call.trial": ("试行规则，不扣分", "Rule on trial, no deduction"),
    "call.waived": ("已豁免，不扣分", "waived, no deduction"),
    "call.waiver": ("豁免", "Waiver"),
    "call.tolerant": (
        "转写与规则的说法只是读音相近，按读音匹配，请核对录音",
        "The words only sound like those of the rule: matched by sound, please check the recording",
    ),
    "call.backchannel": ("附和", "backchannel"),
    "call.gap": ("间隔 {n} 秒", "{n} s gap"),
    "call.legend": ("图例", "Legend"),
    "call.emotion": ("客户情绪曲线", "Customer emotion"),
    "call.emotion_none": ("没有客户话轮，无情绪曲线。", "No customer turn, no curve."),
    "call.emotion_alt": (
        "客户情绪，从 {start} 到 {end}，最低 {valley}",
        "Customer emotion from {start} to {end}, lowest {valley}",
    ),
    "call.start": ("开始", "start"),
    "call.valley": ("最低", "valley"),
    "call.peak": ("最高", "peak"),
    "call.end": ("结束", "end"),
    "call.listen": ("听录音 {at}", "Listen from {at}"),
    "call.recording": ("录音", "Recording"),
    "call.from_start": ("从头听", "from the start"),
    "call.turn_link": ("这个话轮的链接，可复制发给别人", "Link to this turn"),
    "call.alike": ("{n} 条规则：{reason}", "{n} rules: {reason}"),
    "call.keys": (
        "键盘：j 下一条，k 上一条，回车在理由和原话之间跳。",
        "Keyboard: j next, k previous, Enter jumps between reason and words.",
    ),
    "call.timeline": ("时间线", "Time line"),
    "timeline.turn": ("说话", "speech"),
    "timeline.silence": ("静音（{n} 秒以上）", "silence ({n} s or more)"),
    "timeline.overlap": ("两人同时说话", "both speaking"),
    "timeline.fail": ("这里有不合格", "something failed here"),
    "timeline.alt": (
        "时间线：{turns} 个话轮，{silences} 处静音，{overlaps} 处重叠",
        "Time line: {turns} turns, {silences} silences, {overlaps} overlaps",
    ),
    "timeline.silence_at": ("{at} 起静音 {n} 秒", "{n} s of silence from {at}"),
    "timeline.overlap_at": ("{at} 起同时说话 {n} 秒", "both speaking for {n} s from {at}"),
    "call.trend.none": ("不足三个客户话轮", "fewer than three customer turns"),
    "call.trend.why_none": (
        "客户说了不到三个话轮（附和不算），不谈走势。",
        "The customer has fewer than three turns (backchannels apart): no trend.",
    ),
    "call.trend.steady": (
        "平稳：开头三个客户话轮的平均与结尾三个相差不到 0.25。",
        "Steady: the means of the first and the last three customer turns differ by less than 0.25.",
    ),
    "call.trend.improved": (
        "转好：结尾三个客户话轮的平均比开头三个高 0.25 以上。",
        "Improved: the mean of the last three customer turns is 0.25 or more above that of the first three.",
    ),
    "call.trend.worsened": (
        "恶化：结尾三个客户话轮的平均比开头三个低 0.25 以上。",
        "Worsened: the mean of the last three customer turns is 0.25 or more below that of the first three.",
    ),
    "call.trend.recovered": (
        "先抑后扬：连续三个客户话轮的平均落到不满，降了 0.25 以上，结尾又回升 0.25 以上。",
        "Fell and recovered: three turns in a row fell into the negative by 0.25 or more, and it rose by as much.",
    ),
    "call.trend.dissatisfied": (
        "始终不满：开头三个和结尾三个客户话轮的平均都低到不满。",
        "Dissatisfied throughout: the means of the first and of the last three customer turns are negative.",
    ),
    "call.mood_note": (
        "最低、最高、结束分开列，不合成一个数；平均以越靠后的话轮越重。只供参考，不扣分。",
        "Valley, peak and end stand side by side and are not mixed; the mean weighs later turns more. Never deducted.",
    ),
    "call.whys": ("每个情绪值由哪些词得出", "Which words moved each value"),
    "call.whys.note": (
        "每一份是这些词把值推高或压低了多少，加起来就是这个值。起点和话的长短与词无关，也列出来。",
        "Each part is how far these words moved the value; the parts add up to it. "
        "The starting point and the length of the turn are no words and are listed too.",
    ),
    "call.whys.cannot": (
        "这次用的情绪模型（SnowNLP）说不出是哪些词决定的。",
        "The emotion model of this run (SnowNLP) cannot tell which words decided.",
    ),
    "call.whys.other_words": ("其余的词", "other words"),
    "call.whys.length": ("话的长短", "length of the turn"),
    "call.whys.beginning": ("起点", "starting point"),
    "call.whys.listening": ("只是附和，不算不满", "only listening, never unhappy"),
    "call.satisfied": ("满意 +1", "positive +1"),
    "call.neutral": ("0", "0"),
    "call.angry": ("不满 −1", "negative −1"),
    "keywords.title": ("客户在谈什么", "What customers talk about"),
    "keywords.agent": ("这位坐席的客户更常谈到", "What her customers talk about more than others"),
    "keywords.most": ("说到最多的", "Most calls"),
    "keywords.team": ("比其他班组更常谈到", "more than in other teams"),
    "keywords.changed": ("比前 {n} 晚新出现或变多", "New or rising against the {n} nights before"),
    "keywords.changed_none": ("没有。", "None."),
    "keywords.calls": ("{n} 通", "{n} calls"),
    "keywords.rising": ("变多：{now}，之前 {before}", "rising: {now}, before {before}"),
    "keywords.against": ("{here}，其他 {there}", "{here}, others {there}"),
    "keywords.note": (
        "数的是客户说到这个词的通话；不到 3 通的不列。全部在 keywords.csv。",
        "Counted are calls in which a customer says the word; none below 3 calls. All are in keywords.csv.",
    ),
    "keywords.no_nights": (
        "没有前几晚的报告可比：文件夹按日期命名并放在一起，或用 --compare-with。",
        "No earlier report to compare with: name the folders by date, side by side, or use --compare-with.",
    ),
    "keywords.agent_note": (
        "与当晚其他坐席的通话相比。来电的内容不由坐席决定，不扣分。",
        "Against the night's other calls. What calls are about is not the agent's doing and costs nothing.",
    ),
    "call.unsure_type": ("不确定，把握 {n}", "unsure, confidence {n}"),
    "call.sure": ("把握 {n}", "confidence {n}"),
    "call.mixed": ("{n} 处混有两个人的话，身份不明", "{n} utterances hold two people's words: role unknown"),
    "call.reasons": ("客户与结果", "The customer and the outcome"),
    "call.because": ("因为{role}在话轮 {turn} 说", "{role}, turn {turn}:"),
    "call.no_reasons": ("没有听出投诉类别、升级风险、重复来电或承诺。", "No such thing was heard."),
    "call.hours": ("{n} 小时", "{n} h"),
    "call.over": ("超过时限 {n} 小时", "{n} h over the limit"),
    "call.within": ("在时限之内", "within the limit"),
    "call.phases": ("通话阶段", "Phases of the call"),
    "call.turns": ("话轮 {first}–{last}", "turns {first}–{last}"),
    "call.no_phase": ("没有", "none"),
    "call.unsure_phase": ("没有明显标志，凭位置推断", "no clear cue, told by position"),
    "call.frameworks": ("各种方法做到哪一步", "How far each framework was followed"),
    "call.frameworks_note": (
        "「1 · #3」= 最先做到，在话轮 3。没有机会、无法判定、听不出来的不计入。只供参考，不扣分。",
        "“1 · #3” = reached first, at turn 3. Stages without an occasion do not count. Never deducted.",
    ),
    "call.stages": ("做到 {reached} / {heard}", "{reached} of {heard} reached"),
    "agent.frameworks": ("各种方法做到的比例", "Share of each framework that was followed"),
    "agent.frameworks_note": (
        "做到的阶段 ÷ 听得出来的阶段，全部通话合计。只供参考，不扣分。",
        "Stages reached ÷ stages that could be heard, over all calls. For information, never deducted.",
    ),
    "call.overlaps": ("抢话与重叠", "Interruptions and overlaps"),
    "call.overlaps_note": (
        "计入与否，只看从第一个不是附和的字起重叠多久、说了几个字；哪一种，凭时间和用语推断，供核对录音时参考。",
        "Counted by time and length from the first word that is no backchannel; the kind is told from times and words, "
        "for whoever checks the recording.",
    ),
    "call.overlaps_left_out": ("重叠太多，另有 {left} 处没有列出。", "Too many overlaps; {left} more are not listed."),
    "overlap.start": ("开始", "Start"),
    "overlap.length": ("重叠", "Length"),
    "overlap.who": ("谁压过谁", "Who over whom"),
    "overlap.kind": ("哪一种", "Kind"),
    "overlap.counted": ("抢话次数", "As interruption"),
    "overlap.words": ("开口的一方说", "Words of who came in"),
    "overlap.why": ("理由", "Why"),
    "overlap.over": ("{role} → {over}", "{role} → {over}"),
    "overlap.seconds": ("{n} 秒", "{n} s"),
    "overlap.note.only_listens": ("只说了附和的话", "nothing but listening words"),
    "overlap.note.other_only_listens": ("被压过的一方只是附和", "the other party was only listening"),
    "overlap.note.listens_first": (
        "开头是附和，真正开口时对方已经说完",
        "listening words at first; the other had finished before the first real word",
    ),
    "overlap.note.line_check": ("在确认听不听得到", "checking whether the line is there"),
    "overlap.note.closing": ("双方都在道别、道谢", "both are saying goodbye or thanks"),
    "overlap.note.together": ("前后相差 {n} 秒，几乎同时开口", "both began within {n} s"),
    "overlap.note.completion": (
        "替对方把话说完，对方接着认可",
        "finished the other's sentence, which the other took up",
    ),
    "overlap.note.answer": ("对方问完前 {n} 秒开始回答", "began to answer {n} s before the question ended"),
    "overlap.note.early": ("对方的话还剩 {n} 秒", "the other had {n} s left to say"),
    "overlap.note.attempt": ("说了 {n} 秒就停下，对方没有停", "stopped after {n} s while the other went on"),
    "overlap.note.brief": ("重叠不长", "not much of an overlap"),
    "overlap.note.takes_floor": ("接过了话头", "took the floor"),
    "overlap.note.no_floor": ("对方没有停下", "the other did not stop"),
    "overlap.ground.too_short": ("有效重叠 {n} 秒，不到 {limit} 秒", "{n} s of it count, less than {limit} s"),
    "overlap.ground.too_few": ("只有 {letters} 字，不到 {fewest} 字", "{letters} characters, fewer than {fewest}"),
    "overlap.ground.long_enough": ("有效重叠 {n} 秒、{letters} 字", "{n} s and {letters} characters of it count"),
    "overlap.ground.interpolated": (
        "够不够 {limit} 秒，全凭按字数推算的时间",
        "whether it reaches {limit} s hangs on interpolated times",
    ),
    "overlap.ground.unknown_role": ("说话人身份不明", "it is not known who speaks"),
    "overlap.sounding": ("按词的时间，两人同时出声 {n} 秒", "by word times both are heard for {n} s"),
    "overlap.ground.hidden": ("这份转写看不全重叠", "this transcript does not show all overlaps"),
    "call.rules": ("全部规则的判定", "Verdicts of all rules"),
    "call.rules_count": (
        "合格 {passed} · 不合格 {failed} · 无法判定 {undetermined} · 不适用 {na}",
        "Pass {passed} · Fail {failed} · Undetermined {undetermined} · Not applicable {na}",
    ),
    "call.reason": ("说明", "Note"),
    "call.inferred": ("推断", "inferred"),
    "call.critical": ("一票否决", "Critical failure"),
    "call.no_text": ("（无对话）", "(no conversation)"),
    # a rule by itself
    "rule.why": ("为什么", "Why"),
    "rule.message": ("不合格时", "When it fails"),
    "rule.source": ("出处", "Source"),
    "rule.applies": ("适用", "Applies to"),
    "rule.needs": ("判合格需要", "A pass needs"),
    "rule.suggest": ("更好的说法", "Better wording"),
    "rule.same_fault": ("同一过失只扣一次", "Costs once together with"),
    "rule.judged": ("怎样判", "How it is judged"),
    "rule.example": ("例子", "Example"),
    "rule.gap": ("已知的不足，目前还判错", "known gap, still judged wrong"),
    "rule.past": ("最近的判定", "Recent findings"),
    "rule.past_calls": ("这份报告的通话", "Calls of this report"),
    "rule.past_none": ("没有不合格，也没有无法判定。", "Nothing failed and nothing was left open."),
    "rule.past_more": ("另有 {left} 处，见 findings.csv。", "{left} more are in findings.csv."),
    "needs.timestamps": ("每句的时间", "times"),
    "needs.hang_up": ("谁挂的机", "who hung up"),
    "needs.start_time": ("通话开始的时间", "the start time"),
    "needs.backchannels": ("转写里有坐席的附和", "backchannels of the agent in the transcript"),
    "needs.roles": ("说话人的角色", "roles"),
    "rules.title": ("质检规则", "Call QA rules"),
    "rules.intro": (
        "共 {count} 条规则。每页写明：判什么、为什么、依据、严重程度，和规则自带的例子，证据标在原话上。",
        "{count} rules. Each page says what is judged, why, by which guideline and how gravely, with the rule's own "
        "examples and their evidence marked.",
    ),
    "rules.rule": ("规则", "Rule"),
    "rules.guideline": ("准则", "Guideline"),
    "rules.bad": ("这样不合格", "Bad"),
    "rules.good": ("这样合格", "Good"),
    "rules.not_applicable": ("不适用", "Not applicable"),
    "rules.undetermined": ("无法判定", "Undetermined"),
    "rules.gaps": ("已知的不足", "Known gaps"),
    "rules.gaps_note": (
        "这些例子现在还判错，本应如所标的那样判。",
        "These are still judged wrong; the verdict shown is the right one.",
    ),
    "rules.expected": ("应判{verdict}", "should be: {verdict}"),
    "rules.seconds": ("{start}–{end} 秒", "{start}–{end} s"),
    "rules.made": (
        "由 qa-analyzer rules pages 从规则文件生成，请改规则文件，不要改网页。可离线打开。",
        "Made from the rule files by qa-analyzer rules pages: change those, not these. Works offline.",
    ),
    "preview.title": (
        "{rule}  {name}：试判 {calls} 通，未读入 {rejected} 通",
        "{rule}  {name}: {calls} calls, {rejected} rejected",
    ),
    "preview.verdict": ("判定", "Verdict"),
    "preview.calls": ("通话", "Calls"),
    "preview.share": ("比例", "Share"),
    "preview.findings": ("处", "Findings"),
    "preview.first": ("前 {shown} 处（共 {total} 处）", "The first {shown} of {total} findings"),
    "preview.none": ("没有要列出的判定。", "No finding to show."),
    # coverage of the guidelines
    "coverage.guideline": ("准则", "Guideline"),
    "coverage.title": ("内容", "What"),
    "coverage.by": ("规则或列", "Rule or column"),
    "coverage.examples": ("例子", "Examples"),
    "coverage.samples": ("示例通话", "Sample calls"),
    "coverage.given": ("给出的通话", "Calls given"),
    "coverage.column": ("列 {name}", "column {name}"),
    "coverage.no_column": ("列 {name}（还没有）", "column {name} (not there yet)"),
    "coverage.nothing": ("（没有）", "(nothing)"),
    "coverage.gap.uncovered": (
        "{subject}「{title}」没有规则，也没有列：写一条规则，在 source 里写上 {subject}",
        "{subject} “{title}” has neither a rule nor a column: write a rule with {subject} in its source",
    ),
    "coverage.gap.no_column": (
        "{about}「{title}」：通话表里还没有「{subject}」这一列",
        "{about} “{title}”: the calls table has no column {subject} yet",
    ),
    "coverage.gap.never_passes": (
        "{subject} 在示例通话里从没判过合格：补一通做得对的示例，或检查它的范围是否太窄",
        "{subject} never passes on the sample calls: add one that does it right, or check whether it asks too much",
    ),
    "coverage.gap.never_fails": (
        "{subject} 在示例通话里从没判过不合格：补一通做得不对的示例，或检查短语是否太窄",
        "{subject} never fails on the sample calls: add one that does it wrong, or check whether it misses wordings",
    ),
    "coverage.gap.never_decided": (
        "{subject} 在示例通话里从没判过合格或不合格：补两通示例，或检查它为什么从不触发",
        "{subject} neither passes nor fails on the sample calls: add samples, or find out why it never fires",
    ),
    "coverage.gap.unknown_guideline": (
        "{subject} 的 source 写了 {about}，准则总表里没有这一条",
        "{subject} names {about} in its source, which the guidelines do not have",
    ),
    "coverage.sum": (
        "{guidelines} 条准则，{rules} 条规则；示例通话 {samples} 通；{gaps} 处缺口",
        "{guidelines} guidelines, {rules} rules; {samples} sample calls; {gaps} gaps",
    ),
    "coverage.given_sum": (
        "给出的通话：{calls} 通，未读入 {rejected} 通",
        "calls given: {calls} judged, {rejected} rejected",
    ),
    # the formats that can be read
    "formats.name": ("--format", "--format"),
    "formats.title": ("格式", "Format"),
    "formats.times": ("时间", "times"),
    "formats.words": ("逐字", "words"),
    "formats.speakers": ("分人", "voices"),
    "formats.roles": ("身份", "roles"),
    "formats.overlaps": ("重叠", "overlaps"),
    "formats.yes": ("✓", "✓"),
    "formats.no": ("–", "–"),
    "formats.some": ("±", "±"),
    "formats.note": (
        "时间 = 每句的时间，逐字 = 每个字词的时间，分人 = 分得出说话人，身份 = 写明谁是坐席，重叠 = 看得出抢话。\n"
        "✓ 有　– 无　± 看录音是否双声道、转写时是否打开了这一项。格式由内容识别，不看扩展名，可用 --format 指定。\n"
        "没有时间的，静音、语速、抢话无法判定；看不出抢话的，抢话无法判定（不算没有）；"
        "不写谁是坐席的，按说的话推断，拿不准的无法判定。\n"
        "谁先挂机、班组、来电时间多半不在转写里：用 --metadata 接上电话系统的记录。",
        "words = a time for each word, voices = who spoke is told apart, roles = who is the agent is stated.\n"
        "✓ yes, – no, ± with two channels, or if the recogniser was asked for it. Formats are told by content, not by "
        "name; --format names one.\n"
        "Without times silences, pace and interruptions are undetermined; where overlaps do not show, interruptions "
        "are undetermined (not none); where roles are not named they are found from what is said.\n"
        "Who hung up, the team and the time of the call are rarely in a transcript: join the telephone system's record "
        "with --metadata.",
    ),
    "columns.found": (
        "列的对应（{file}{more}）：{pairs}{unused}。不对时用 --columns 指明",
        "columns ({file}{more}): {pairs}{unused}. If that is wrong, say so with --columns",
    ),
    "columns.more": (" 等 {files} 个文件", " and others, {files} files"),
    "columns.unused": ("；没有用：{names}", "; not used: {names}"),
    "run.telling_ids": (
        "有 {count} 通的通话编号里是手机号：编号不遮盖，报告的表、网页和文件名里都看得到；"
        "请改用流水号作编号，或给文件改名",
        "{count} calls have a mobile number in their id: ids are not masked and stand in tables, pages and file names; "
        "use other ids, or rename the files",
    ),
    "metadata.unread": (
        "通话记录里有 {count} 处写法看不懂（时间、时长、挂机方或类型），当作没有写；逐条见 {path}",
        "{count} values of the telephone system's record (times, who hung up, types) are not understood and taken as "
        "empty; see {path}",
    ),
    "metadata.unmatched": (
        "通话记录没有全部对上：{calls} 通转写没有记录，{rows} 行记录没有用上；逐条见 {path}",
        "the telephone system's record does not match everywhere: {calls} transcripts without a row, {rows} rows not "
        "used; see {path}",
    ),
    # a report in the browser
    "serve.all_calls": ("全部通话", "All calls"),
    "serve.index": ("总览", "Overview"),
    "serve.search": ("通话编号、工号、姓名、班组", "call id, agent, team"),
    "serve.find": ("查找", "Search"),
    "serve.found": ("{total} 通，得分低的在前", "{total} calls, the lowest scores first"),
    "serve.page": ("第 {page} 页，共 {pages} 页", "page {page} of {pages}"),
    "serve.previous": ("上一页", "previous"),
    "serve.next": ("下一页", "next"),
    "serve.files": ("下载：", "Files:"),
    "serve.nothing": ("没有可看的内容", "Nothing to show"),
    "serve.not_found": (
        "这份报告里没有这一页。请从「全部通话」里找。",
        "This report has no such page; look for the call among all calls.",
    ),
    "serve.no_report": (
        "「{folder}」不是带 data/ 的报告。请给出 score 写出的报告文件夹（--outputs 里要有 parquet）。",
        "{folder} is no report with data/; give the folder that score wrote (with parquet among its --outputs).",
    ),
    "serve.moved": (
        "通话「{call_id}」的转写找不到了：{inputs}。原来的文件若已移走，请停下后用 --input 指明现在的位置。",
        "the transcript of call {call_id} is not found in {inputs}; if the files were moved, start again and name "
        "their place with --input.",
    ),
    "serve.other_rules": (
        "这份报告之后规则改过：这一页按现在的规则判定，可能与报告不同。",
        "The rules have changed since this report: this page is judged by the rules of now and may differ from it.",
    ),
    "serve.other_input": (
        "这通电话现在的判定与报告不同：转写或程序在那之后改过。",
        "This call is judged differently from the report: the transcript or the program has changed since.",
    ),
    "serve.port": (
        "端口 {port} 不能用（{error}）。请用 --port 换一个，0 = 任选一个空的。",
        "port {port} cannot be used ({error}); choose another with --port, 0 = any free one.",
    ),
    "serve.started": (
        "报告：{address}（只有本机能打开；按 Ctrl+C 停止）",
        "report: {address} (this computer only; Ctrl+C stops)",
    ),
    # a conversion
    "convert.done": (
        "读入 {read} 通，写出 {written} 通，未读入 {rejected} 通：{path}",
        "{read} calls read, {written} written, {rejected} rejected: {path}",
    ),
    "convert.usage": (
        "请给出输入，最后给出输出文件，例如：qa-analyzer convert calls/ calls.parquet",
        "give the inputs and then the output, such as: qa-analyzer convert calls/ calls.parquet",
    ),
    "convert.rejected": ("未读入的原因：{path}", "reasons for rejections: {path}"),
    "facts.duration": ("时长", "Duration"),
    "facts.emotion": ("客户情绪", "Customer emotion"),
}
"""Texts of pages, sheets and the terminal."""


def pick(pair: Pair, lang: Lang) -> str:
    """The word of `lang` out of a catalogue row."""
    return pair[0] if lang == "zh" else pair[1]


def word(lang: Lang, key: str, **values: object) -> str:
    """The text `key` in `lang`, its `{placeholders}` filled in. An unknown key is a programming error: `KeyError`."""
    text = pick(TEXTS[key], lang)
    return text.format(**values) if values else text


def code_words(column: str, lang: Lang) -> dict[str, str]:
    """Code → word for a column with a closed value set; empty for any other. `rule:<id>` columns hold verdicts."""
    return {code: pick(pair, lang) for code, pair in CODES.get(_code_set(column), {}).items()}


def code_word(column: str, code: str | bool | None, lang: Lang) -> str:
    """One code in words; null is the empty string, an unlisted code is shown as it is."""
    if code is None:
        return ""
    if isinstance(code, bool):
        return pick(CODES["boolean"]["true" if code else "false"], lang)
    pair = CODES.get(_code_set(column), {}).get(code)
    return pick(pair, lang) if pair else str(code)


def heading(table: str, column: str, lang: Lang, *, rules: Mapping[str, str], criteria: Mapping[str, str]) -> str:
    """The heading of a column. `rules` and `criteria` give the names behind dynamic columns, in `lang`."""
    fixed = COLUMNS[table].get(column)
    if fixed:
        return pick(fixed, lang)
    if column.startswith("rule:"):
        rule = column.removeprefix("rule:")
        return rules.get(rule, rule)
    for prefix, pair in DYNAMIC.items():
        if column.startswith(prefix):
            criterion = column.removeprefix(prefix)
            return pick(pair, lang).format(name=criteria.get(criterion, criterion))
    return column


def _code_set(column: str) -> str:
    return "verdict" if column.startswith("rule:") else column
