"""Texts of pages, sheets and the terminal.

Rows read `key: (中文, English)`.
"""

from __future__ import annotations

from qa_analyzer.wording.pairs import Pair

TEXTS: dict[str, Pair] = {
    # files and sheets
    "sheet.teams": ("班组", "Teams"),
    "sheet.agents": ("坐席", "Agents"),
    "sheet.calls": ("通话", "Calls"),
    "sheet.findings": ("扣分明细", "Findings"),
    "sheet.keywords": ("关键词", "Keywords"),
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
    "sheet.page": ("第 &P 页，共 &N 页", "Page &P of &N"),
    "sheet.printed": (
        "打印：A4 横向，每页重复表头；各条规则判定的列不打印。扣分明细里供程序用的几列收了起来，点表上方的 + 展开。",
        "Printing: A4 on its side, headings on every page; the columns of single rules are not printed. Columns for "
        "programs are folded away on the findings sheet: the + above it opens them.",
    ),
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
        "没有单独成页，可用 qa-analyzer serve 或 show 看",
        "no page of its own; use qa-analyzer serve or show",
    ),
    "no_page.title": ("没有单独成页的通话", "Calls without a page"),
    "no_page.count": ("编号不带链接的 {n} 通没有单独成页。", "The {n} calls without a link have no page."),
    "no_page.note": (
        "通话多时，只给有问题可看的通话写网页，最差的优先。其余的照样判定、计分，在表里都有；"
        "要看哪一通：qa-analyzer serve 报告文件夹（在浏览器里点开），或 qa-analyzer show 转写 通话编号。",
        "Of many calls only those with something to see get a page, the worst first. The others are judged and scored "
        "all the same and stand in the tables; to see one: qa-analyzer serve REPORT (in the browser), or "
        "qa-analyzer show TRANSCRIPTS CALL_ID.",
    ),
    "search": ("搜索", "Search"),
    "all": ("全部", "All"),
    "no_match": ("没有符合条件的行。", "No row matches."),
    # index
    "index.night": ("整体情况", "At a glance"),
    "index.read": ("收到通话", "Calls received"),
    "index.scored": ("其中可评分", "Assessable"),
    "index.not_assessable": ("不可评分", "Not assessable"),
    "index.rejected": ("未读入", "Rejected"),
    "index.mean": ("平均分", "Mean score"),
    "index.spread": ("一半的通话在 {low}–{high} 分之间", "Half of the calls: {low}–{high}"),
    "index.critical": ("一票否决通话", "Critical calls"),
    "index.undetermined": ("无法判定", "Undetermined"),
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
    "index.coach": ("先辅导谁", "Who to coach first"),
    "index.coach_note": (
        "有一票否决通话的（占得多的在前，通话少的打折扣），其次是平均分低于总平均的；各自先要做到的事写在下面。"
        "看的是一票否决，不是平均分；平均分的差别是真是碰巧，点姓名看；点编号看那句话。",
        "Agents with critical calls (largest share first, fewer calls counting less), then those with a mean below "
        "that of the night, and what each should get right first. This goes by critical calls, not by the mean: "
        "whether a difference of means is chance tells her page (click the name); the call opens the words.",
    ),
    "index.coach_calls": (
        "{n} 通，其中一票否决 {critical} 通（{share}）",
        "{n} calls, {critical} of them critical ({share})",
    ),
    "index.hear_note": (
        "一票否决的在前（触犯几条能一票否决的规则，多的先听），然后是要升级投诉的、客户当场抗议坐席说的话的、越谈越糟的、得分低的，最后是值得学的。",
        "Critical calls first (those that broke most such rules before others), then threats to escalate, protests at "
        "what the agent said, moods that sank, low scores, and last calls to learn from.",
    ),
    "hear.critical": ("一票否决", "Critical failure"),
    "hear.escalation": ("客户要往上投诉", "The customer threatens to complain higher up"),
    "hear.threat": ("客户说", "The customer said"),
    "hear.protest": ("客户当场抗议坐席说的话", "The customer protests at what the agent said"),
    "hear.worsened": ("客户越谈越不满", "The customer's mood sank"),
    "hear.low": ("得分低", "Low score"),
    "hear.model": (
        "处理得好，可作示范：客户从不满到平静，得分高",
        "Well handled: an unhappy customer calmed, high score",
    ),
    "hear.rise": ("坐席说了这句之后，客户好转 {n}", "After the agent said this, the mood rose by {n}"),
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
        "平均分相差 {difference} 分，95% 区间 {from} 到 {to}。",
        "The means differ by {difference}, 95% interval {from} to {to}.",
    ),
    "versus.alike": (
        "只比同样种类的通话（{left} 对 {right} 通），{high} 高 {difference} 分，95% 区间 {from} 到 {to}：{verdict}",
        "Like calls only ({left} against {right}): {high} +{difference}, 95% interval {from} to {to}: {verdict}",
    ),
    "versus.alike_real": ("不是因为通话难易。", "the mix of calls does not explain it."),
    "versus.alike_chance_only": (
        "可能只是碰巧，不是因为通话难易。",
        "it may be chance; the mix of calls does not explain it.",
    ),
    "versus.alike_chance": ("可能只是碰巧，或因为通话难易。", "it may be chance, or the mix of calls."),
    "versus.alike_few": (
        "两人同样种类的通话太少，没法折算难易。",
        "Too few calls of the same kinds to allow for their mix.",
    ),
    "chart.title": ("全体坐席：谁的差别不是碰巧", "All agents: whose difference is no chance"),
    "chart.note": (
        "一点是一位坐席（评分通话 {n} 通以上），点开进入坐席页。虚线之外的，和全体平均的差别大于 95% 的偶然起伏；"
        "没有按通话难易折算。",
        "One point an agent ({n} or more scored calls); click to open. Outside the dashed lines lies what differs from "
        "the mean of all by more than 95% of chance; the mix of calls is not allowed for.",
    ),
    "chart.alt": (
        "散点图：横轴是评分通话数，纵轴是平均分；同样的数字在上面的表里",
        "Scatter chart of scored calls and mean scores; the table above has the same figures",
    ),
    "chart.band": ("偶然起伏 95%", "95% of chance"),
    "index.hear_none": ("没有需要优先复听的通话。", "No call needs to be heard first."),
    "index.which": ("是哪几通", "Which ones"),
    "index.other_critical": (
        "其余一票否决的通话：全部 {n} 通里，上面没有列出的 {left} 通",
        "The other critical calls: {left} of {n} that are not listed above",
    ),
    "index.why": ("原因", "Why"),
    "index.review": ("待人工复核：{rules}", "For review: {rules}"),
    "index.agents": ("坐席", "Agents"),
    "index.agents_none": ("没有坐席数据。", "No agents."),
    "index.search_agents": ("搜索姓名、工号", "Search name or ID"),
    "index.filter_team": ("班组", "Team"),
    "index.interval": ("95% 区间", "95% interval"),
    "index.more": ("显示其余 {n} 位", "Show {n} more"),
    "index.order_note": (
        "一票否决通话占得多的在前（通话少的，按 95% 区间的下端算，免得碰巧），一样的按平均分从低到高。",
        "By the share of critical calls (lower end of its 95% interval, for chance in few calls), then by the mean.",
    ),
    "terms": ("这些词什么意思", "What these words mean"),
    "terms.turn": ("话轮", "Turn"),
    "terms.turn_is": (
        "一个人接连说的话，到另一个人开口为止；从 0 数起。",
        "What one person says until the other speaks; counted from 0.",
    ),
    "terms.undetermined": ("无法判定", "Undetermined"),
    "terms.undetermined_is": (
        "材料不够（没有时间、结尾没录到、身份分不清），既不算合格也不算不合格，不扣分。",
        "Too little to tell (no times, no ending, unsure who speaks): neither passed nor failed, nothing deducted.",
    ),
    "terms.share": ("可判定比例", "Share that could be judged"),
    "terms.share_is": (
        "用得上的规则里，能判出合格或不合格的占多少。",
        "Of the rules that apply, how many could be judged.",
    ),
    "terms.critical": ("一票否决", "Critical"),
    "terms.critical_is": (
        "侮辱、顶撞客户、无故先挂断一类，一处就使这通得 0 分。",
        "Insults, retorts, hanging up without cause and the like: one sets the call to 0.",
    ),
    "terms.interval": ("95% 区间", "95% interval"),
    "terms.interval_is": (
        "只凭这几通电话，平均分有多大的偶然：再抽同样多的通话，平均分多半落在这里。",
        "How far chance may move the mean of so few calls.",
    ),
    "terms.emotion": ("情绪值", "Emotion value"),
    "terms.emotion_is": (
        "由模型从客户的话估计，−1 很不满，0 平静，+1 很满意；不扣分。",
        "Estimated from the customer's words: −1 very unhappy, 0 calm, +1 very pleased; costs no points.",
    ),
    "terms.recovery": ("情绪恢复率", "Recovery rate"),
    "terms.recovery_is": (
        "客户不满过的通话里，最后一句不再不满的占多少。",
        "Of the calls with an unhappy turn, those whose last one is no longer unhappy.",
    ),
    "terms.source": ("规范 G23", "Guideline G23"),
    "terms.source_is": (
        "这条规则在准则目录里的编号；所据的资料在规则说明里。",
        "The rule's number in the catalogue of guidelines; the documents behind it are on the page of the rule.",
    ),
    "index.few": ("通话太少", "Too few calls"),
    "index.few_note": (
        "评分通话不足 {n} 通时不作比较，只显示“通话太少”。要知道两位坐席的差别是不是碰巧，请勾选比较。",
        "Below {n} calls nobody is compared: “too few calls”. Tick two agents to see whether they differ.",
    ),
    "index.teams": ("班组", "Teams"),
    "index.team_agents": ("坐席数", "Agents"),
    "index.no_team": ("（未分组）", "(no team)"),
    "index.rules": ("丢分在哪些规则上", "Where the points go"),
    "index.rules_zeroed": ("使通话得 0 分的（一票否决），按通数排", "Set calls to 0 (critical), by calls"),
    "index.rules_points": ("其余的，按共扣的分数排", "The others, by points lost"),
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
    "agent.same_calls": (
        "班组其他人接同样种类的通话，平均会得 {mean} 分",
        "What the others of the team would score with the same mix of calls: {mean}",
    ),
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
        "和 ▼ 相差 {difference} 分（95% 区间 {low} 到 {high}）。"
        "这里比的是其他人合在一起；只和某一位比，请在总览页勾选两人。",
        "The difference from ▼ is {difference} (95% interval {low} to {high}). "
        "The others are taken together; to compare two agents tick them on the index.",
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
    "agent.mix.few": ("（{n} 通，按 {mean} 折算）", "({n} calls; {mean} is taken)"),
    "agent.mix.few_note": (
        "其他人不足 {n} 通的种类（灰字），折算时用各班组这一种类通话的平均；"
        "也不足的，用班组其他人全部通话的平均 {mean}。",
        "Of kinds with fewer than {n} calls of the others (grey) the mean of the kind over all teams is taken, "
        "or, where that has too few as well, that of all calls of the others, {mean}.",
    ),
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
    "agent.worst": ("先改这几条", "To get right first"),
    "agent.worst_none": ("没有扣分，继续保持。", "Nothing was deducted. Keep it up."),
    "agent.cost": ("{calls} 通不合格，共扣 {points} 分", "Failed in {calls} calls; points lost: {points}"),
    "agent.cost_zeroed": (
        "{calls} 通不合格，其中 {zeroed} 通因此得 0 分",
        "Failed in {calls} calls; {zeroed} of them are 0 because of it",
    ),
    "agent.zeroed": ("{n} 通一票否决", "critical in {n}"),
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
    "call.of_rules": ("共 {n} 条规则", "of {n} rules"),
    "call.fails": ("不合格", "Failed"),
    "call.undetermined": ("无法判定", "Undetermined"),
    "call.passes": ("合格的证据", "Evidence of passes"),
    "call.no_findings": ("没有判定记录。", "No findings."),
    "call.no_fails": ("没有不合格项。", "Nothing failed."),
    "call.turn": ("话轮 {n}", "Turn {n}"),
    "call.to_evidence": ("看原话", "Show in conversation"),
    "call.to_card": ("看理由", "Show reason"),
    "call.guideline": ("规范", "Guideline"),
    "call.why": ("依据", "Why"),
    "call.suggest": ("参考话术（举例）", "Better wording, for example"),
    "call.same_fault": ("与“{rule}”同一过失，不重复扣分", "Same fault as “{rule}”, not deducted twice"),
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
        "恶化：结尾三个客户话轮的平均比开头三个低 0.25 以上，而且偏向不满。",
        "Worsened: the mean of the last three customer turns is unhappy and 0.25 or more below the first three.",
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
    "call.mood_sure": ("把握 {n}%", "{n}% sure"),
    "call.mood_sure_note": (
        "把握是模型认为这个标签说对了的可能；不到一半的点画成空心，请读原话再下结论。",
        "How sure: the model's probability that the label is right. Hollow points are below a half: read the words.",
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
    "call.whys.listening": ("只是附和或道别，不算不满", "only listening or a farewell, never unhappy"),
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
        "数的是客户说到这个词的通话；不到 3 通的不列。",
        "Counted are calls in which a customer says the word; none below 3 calls.",
    ),
    "keywords.no_nights": (
        "没有前几晚的报告可比：各晚的报告放在一起、文件夹按日期命名，就会自动比较。",
        "No earlier report to compare with: name the folders by date, side by side.",
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
        "收到 {read} 通，写出 {written} 通，未读入 {rejected} 通：{path}",
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
