"""What the commands tell the user: options, errors, results.

Rows read `key: (中文, English)`.
"""

from __future__ import annotations

from qa_analyzer.wording.pairs import Pair

RUN: dict[str, Pair] = {
    "emotion": (
        "没有情绪模型「{name}」。可用：model（默认）、snownlp，或模型文件的路径。",
        "no emotion model {name!r}; there are model (default), snownlp, or the path of a model file.",
    ),
    "outputs": (
        "没有输出「{name}」。可用：csv、parquet、xlsx、html，用逗号分隔。",
        "no output {name!r}; there are csv, parquet, xlsx, html, separated by commas.",
    ),
    "format": (
        "没有格式「{name}」。可用：{known}；说明见 qa-analyzer formats。",
        "no format {name!r}; there are {known}. See qa-analyzer formats.",
    ),
    "workers": ("--workers 要是 1 以上的整数。", "--workers must be a whole number from 1."),
    "voices": (
        '「{path}」读不了（{detail}）。一行一种格式，要写成：格式名: {{channel: 0}}，或 格式名: {{speaker: "1"}}。',
        '{path} cannot be read ({detail}); write one format a line: name: {{channel: 0}} or name: {{speaker: "1"}}.',
    ),
    "compare": (
        "「{folder}」里没有 data/keywords.parquet：不是报告文件夹，或那次没有写 Parquet。"
        "--compare-with 要给出带 data/ 的报告文件夹。",
        "{folder} has no data/keywords.parquet: no report, or written without Parquet; give --compare-with "
        "the folder of a report that holds data/.",
    ),
    "agent_twice": (
        "--agent-speaker 与 --agent-channel 只能用一个。",
        "give --agent-speaker or --agent-channel, not both.",
    ),
    "not_a_report": (
        "文件夹「{folder}」不是空的，也不是 qa-analyzer 的报告，没有覆盖。请用 -o 指定别的文件夹。",
        "folder {folder} is not empty and is no report of qa-analyzer; choose another with -o.",
    ),
    "crashed": (
        "一个工作进程意外结束（可能内存不足）。请减少 --workers 后重新运行；没有写出报告。",
        "a worker process died (perhaps out of memory); run again with fewer --workers. No report written.",
    ),
    "no_calls": ("输入里没有通话。请检查给出的文件。", "the input holds no call; check the files given."),
    "no_such_call": (
        "输入里没有通话「{call_id}」。请核对编号（见 calls.csv）。",
        "no call {call_id!r} in the input; check the id (see calls.csv).",
    ),
    "call_rejected": (
        "通话「{call_id}」没有读入（{file}:{line}）：{reason}",
        "call {call_id!r} was rejected ({file}:{line}): {reason}",
    ),
    "disk": (
        "写报告失败：{error}。请检查磁盘空间和权限；原来的报告没有改动。",
        "writing the report failed: {error}. Check disk space and permissions; an earlier report is unchanged.",
    ),
}
"""Of score and show."""

CONVERTING: dict[str, Pair] = {
    "exists": (
        "「{path}」已经存在，没有覆盖。请换一个名字，或先删除它。",
        "{path} exists and was not overwritten; choose another name or delete it first.",
    ),
    "suffix": ("「{path}」：输出文件的扩展名要是 .parquet。", "{path}: the name of the output must end in .parquet."),
    "disk": (
        "写文件失败：{error}。请检查磁盘空间和权限。",
        "writing failed: {error}. Check disk space and permissions.",
    ),
    "nothing": ("没有一通通话可以写出；原因见 {path}。", "no call could be written; the reasons are in {path}."),
    "no_calls": ("输入里没有通话。请检查给出的文件。", "the input holds no call; check the files given."),
}
"""Of convert."""

LABELS: dict[str, Pair] = {
    "unreadable": (
        "「{path}」读不了：{error}。请给 UTF-8 的 CSV 或 JSONL，或 XLSX。",
        "{path} cannot be read: {error}. Give CSV or JSONL in UTF-8, or XLSX.",
    ),
    "columns": (
        "「{path}」缺少列：{missing}。要有 call（通话编号）、turn（话轮），"
        "和 label（标签）或 satisfaction（1–5 分）。现有的列：{found}。",
        "{path} lacks columns: {missing}. It needs call, turn, and label or satisfaction (1-5). It has: {found}.",
    ),
    "bad": (
        "「{path}」有 {count} 行读不懂：\n{lines}\n"
        "标签请写 negative / neutral / positive（或 负面 / 中性 / 正面、-1 / 0 / 1），满意度请写 1–5。",
        "{path}: {count} lines make no sense:\n{lines}\nLabels are negative / neutral / positive or -1 / 0 / 1, "
        "satisfaction is 1-5.",
    ),
    "line_label": ("  第 {line} 行：标签「{value}」", "  line {line}: label {value!r}"),
    "line_turn": (
        "  第 {line} 行：话轮「{value}」不是从 0 数起的整数",
        "  line {line}: turn {value!r} is no whole number from 0",
    ),
    "line_call": ("  第 {line} 行：没有通话编号", "  line {line}: no call id"),
    "line_json": ("  第 {line} 行：不是一个 JSON 对象", "  line {line}: not a JSON object"),
    "contradictory": (
        "「{path}」有 {count} 个话轮的标签互相矛盾，请先统一：\n{lines}",
        "{path}: the labels of {count} turns contradict each other; settle them first:\n{lines}",
    ),
    "line_contradictory": (
        "  通话 {call} 话轮 {turn}：第 {line} 行是{one}，第 {other} 行是{two}",
        "  call {call} turn {turn}: line {line} says {one}, line {other} says {two}",
    ),
    "unknown": (
        "「{path}」有 {count} 行在 --calls 的通话里找不到，请检查编号和话轮（从 0 数起，要是客户的话轮）：\n{lines}",
        "{path}: {count} lines are not in the calls of --calls; check ids and turns (from 0, customer turns "
        "only):\n{lines}",
    ),
    "line_unknown_call": ("  第 {line} 行：没有通话 {call}", "  line {line}: no call {call}"),
    "line_unknown_turn": (
        "  第 {line} 行：通话 {call} 的话轮 {turn} 不存在或不是客户说的",
        "  line {line}: turn {turn} of call {call} does not exist or is not the customer's",
    ),
    "no_text": (
        "「{path}」第 {line} 行没有文本。请加一列 text，或用 --calls 给出这些通话。",
        "{path}: line {line} has no text. Add a column text, or give the calls with --calls.",
    ),
    "whole_call": (
        "「{path}」第 {line} 行没有话轮：整通的分数只能用来训练，并且要用 --calls 给出通话。",
        "{path}: line {line} has no turn: a rating of a whole call serves for training only, and needs --calls.",
    ),
    "few": (
        "「{path}」只有 {labels} 个标签（{negative} 个负面，{other} 个其他，来自 {calls} 通）："
        "太少，得到的模型好坏无法判断。"
        "至少要 {min_labels} 个标签，负面和其他各 {min_each} 个，来自 {min_calls} 通。"
        "可用 qa-analyzer emotion sample 挑选最值得标注的话轮。",
        "{path} has only {labels} labels ({negative} negative, {other} others, of {calls} calls): too few "
        "to tell whether a model is any good. At least {min_labels} are needed, {min_each} negative and as many "
        "others, of {min_calls} calls. qa-analyzer emotion sample picks the turns most worth labelling.",
    ),
    "one_class": (
        "「{path}」的 {labels} 个标签都是同一类（{only}），学不到东西。负面和其他都要有。",
        "{path}: all {labels} labels are of one kind ({only}); there is nothing to learn. Both negative "
        "and others are needed.",
    ),
    "empty": ("「{path}」里没有标签。", "{path} holds no label."),
    "-1": ("负面", "negative"),
    "0": ("中性", "neutral"),
    "1": ("正面", "positive"),
    "more": ("  …… 另有 {count} 处", "  … and {count} more"),
}
"""Of label files."""

MEASURES: dict[str, Pair] = {
    "data": (
        "{labels} 个标签，来自 {calls} 通；负面 {negative} 个（{share:.0%}），正面 {positive} 个。",
        "{labels} labels of {calls} calls; {negative} negative ({share:.0%}), {positive} positive.",
    ),
    "repeated": ("另有 {count} 行重复，只算一次。", "{count} more lines repeat others and count once."),
    "head": (
        "模型 | AUC（负面对其余）| {precision} | 宏 F1 | Spearman",
        "model | AUC (negative against the rest) | {precision} | macro-F1 | Spearman",
    ),
    "precision": ("召回 {recall:.0%} 时的精确率", "precision at recall {recall:.0%}"),
    "intervals": (
        "括号内是 95% 区间（按通话重抽样 500 次）。",
        "In brackets the 95 % interval (500 resamples of calls).",
    ),
    "calibration": (
        "校准（{name}）：情绪值从低到高十等分，每份里负面的实际比例",
        "calibration ({name}): tenths of the turns by value, and how many are negative",
    ),
    "calibration_row": (
        "  {low:+.2f} … {high:+.2f}   {turns} 个话轮   负面 {share:.0%}",
        "  {low:+.2f} … {high:+.2f}   {turns} turns   {share:.0%} negative",
    ),
    "by_type": ("按投诉类型的 AUC：", "AUC by complaint type:"),
    "keywords": ("关键词表", "keyword list"),
    "few": (
        "提醒：标签不到 {few} 个，区间会很宽；标得多些再下结论。",
        "note: fewer than {few} labels make wide intervals; label more before concluding.",
    ),
    "validated": (
        "交叉验证（五份，按通话分开）：默认模型 AUC {base:.3f}，适配后 {auc:.3f}，差 {better}。",
        "cross-validated (five parts, by call): default AUC {base:.3f}, adapted {auc:.3f}, difference {better}.",
    ),
    "better": ("适配后更好。", "The adapted model is better."),
    "unsure": (
        "还看不出更好：差的 95% 区间包含 0。再多标一些通话。",
        "Not shown to be better: the 95 % interval of the difference holds 0. Label more calls.",
    ),
    "worse": (
        "适配后更差，没有写模型。请检查标签是否一致；确实要写，加 --anyway。",
        "The adapted model is worse and was not written. Check that labels are consistent; --anyway writes "
        "it all the same.",
    ),
    "curve": (
        "学习曲线（标多少通 → 没见过的通话上的 AUC）：",
        "learning curve (calls labelled → AUC on unseen calls):",
    ),
    "curve_row": ("  {calls} 通（{labels} 个标签）  {auc:.3f}", "  {calls} calls ({labels} labels)  {auc:.3f}"),
    "written": (
        "模型写到 {path}。使用：qa-analyzer score 通话 --emotion {path}",
        "model written to {path}; use it with: qa-analyzer score CALLS --emotion {path}",
    ),
}
"""Of emotion eval and train."""

DRAFTING: dict[str, Pair] = {
    "name": (
        "规则编号「{id}」要写成 阶段/名称，只用小写字母、数字和下划线，如 solving/refund_time。",
        "a rule id reads PHASE/NAME in lower-case letters, digits and underscores, like solving/refund_time, "
        "not {id!r}.",
    ),
    "exists": (
        "「{path}」已经有了，没有改动。请换一个名称，或直接改那个文件。",
        "{path} exists and was left alone; choose another name, or edit that file.",
    ),
    "no_folder": (
        "没有规则文件夹「{path}」。请先建好，例如把自带的 rules/ 复制一份。",
        "there is no rules folder {path}; make one first, for example a copy of the shipped rules/.",
    ),
    "installed": (
        "自带的规则在安装目录里，不要改它。请复制一份，再用 --rules 指定。",
        "the shipped rules are part of the installation; copy them and name the copy with --rules.",
    ),
    "cannot": ("写不了「{path}」：{reason}", "cannot write {path}: {reason}"),
}
"""Of rules new."""

LABELLING: dict[str, Pair] = {
    "nothing": ("输入里没有客户的话轮。请检查给出的文件。", "the input holds no customer turn; check the files given."),
    "suffix": ("「{path}」：请用 .xlsx 或 .csv 作扩展名。", "{path}: the name must end in .xlsx or .csv."),
    "exists": (
        "「{path}」已经存在，没有覆盖。请换一个名字，或先删除它。",
        "{path} exists and was not overwritten; choose another name or delete it first.",
    ),
    "headings": (
        "通话|话轮|坐席上一句|内容|模型估计|挑选原因|标签",
        "call|turn|agent before|text|estimate|why chosen|label",
    ),
    "uncertain": ("拿不准", "uncertain"),
    "random": ("随机抽取", "random"),
    "choices": ("负面|中性|正面", "negative|neutral|positive"),
}
"""Of emotion sample; several words in a row stand between bars."""

COMMANDS: dict[str, Pair] = {
    "scoring": ("正在评分……", "scoring …"),
    "calls_read": ("已读 {calls:,} 通", "{calls:,} calls read"),
    "scored": (
        "收到 {read:,} 通，评分 {scored:,} 通（其中无法评估 {not_assessable:,} 通），"
        "未读入 {rejected:,} 通，一票否决 {critical:,} 通，用时 {seconds:.1f} 秒",
        "{read:,} calls read, {scored:,} scored ({not_assessable:,} not assessable), "
        "{rejected:,} rejected, {critical:,} critical, {seconds:.1f} s",
    ),
    "unsure_agent": (
        "{calls:,} 通分不清谁是坐席，没有评分；可用 --agent-speaker 或 --agent-channel 指定",
        "in {calls:,} calls it is unsure who the agent is, so they have no score; "
        "name the voice by --agent-speaker or --agent-channel",
    ),
    "voice_missing": (
        "{calls:,} 通里没有指定的说话人或声道，改由内容推断",
        "{calls:,} calls lack the speaker or channel named; their roles were inferred",
    ),
    "why_rejected": ("未读入的原因：{path}", "reasons for rejections: {path}"),
    "report": ("报告：{path}", "report: {path}"),
    "rules.headings": (
        "规则|名称|评分项|严重程度|状态|出处",
        "rule|name|criterion|severity|status|source",
    ),
    "rules.tested": (
        "{rules} 条规则，{examples} 个例子，{wrong} 个不符",
        "{rules} rules, {examples} examples, {wrong} wrong",
    ),
    "rules.watching": ("在看 {folder} 的改动，按 Ctrl-C 结束", "watching {folder}; Ctrl-C ends"),
    "rules.ended": ("已结束", "ended"),
    "rules.no_such": (
        "没有规则「{rule}」。用 qa-analyzer rules list 查看。",
        "no rule {rule!r}. See qa-analyzer rules list.",
    ),
    "rules.no_such_near": ("没有规则「{rule}」。是不是「{near}」？", "no rule {rule!r}. Did you mean {near!r}?"),
    "rules.no_report": (
        "「{folder}」不是带 data/ 的报告；请用 score 的报告文件夹，输出里要有 parquet。",
        "{folder} is no report with data/; name the folder of a report whose outputs include parquet.",
    ),
    "rules.not_in_report": ("这份报告没有用规则「{rule}」。", "that report was not made with the rule {rule!r}."),
    "rules.warning": ("提醒：", "warning: "),
    "rules.near_threshold": ("情绪值离阈值太近，换模型可能变", "the emotion value is close to the threshold"),
    "rules.checked": (
        "{rules} 条规则，{examples} 个例子，{wrong} 个不符，{errors} 处错误，{warnings} 处提醒",
        "{rules} rules, {examples} examples, {wrong} wrong, {errors} errors, {warnings} warnings",
    ),
    "rules.drafted": ("写好了 {path}", "wrote {path}"),
    "rules.fill_in": (
        "填完空着的地方，然后：qa-analyzer rules test {rule}{named}",
        "fill in the blanks, then: qa-analyzer rules test {rule}{named}",
    ),
    "rules.foreign": (
        "「{folder}」不是空的，也不是规则网页，没有写。请指定别的文件夹。",
        "{folder} is not empty and holds no rule pages; choose another.",
    ),
    "rules.pages": ("{count} 条规则的网页：{path}", "{count} rules: {path}"),
    "emotion.sampled": ("{count} 个话轮写到 {path}", "{count} turns written to {path}"),
    "waived": ("{reason}（{owner}，有效到 {expires}）", "{reason} ({owner}, until {expires})"),
}
"""Of the commands themselves; headings in a row stand between bars."""
