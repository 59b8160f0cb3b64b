"""What is said about mistakes in rules, rubrics, waivers and in the examples of rules.

Rows read `key: (中文, English)`.
"""

from __future__ import annotations

from qa_analyzer.wording.pairs import Pair

MISTAKES: dict[str, Pair] = {
    # files
    "unreadable": ("无法读取：{reason}", "cannot be read: {reason}"),
    "not_utf8": (
        "不是 UTF-8 编码（第 {byte} 字节）；请另存为 UTF-8",
        "not UTF-8 (byte {byte}); save the file as UTF-8",
    ),
    "no_folder": ("没有这个规则文件夹", "no such rules folder"),
    "no_rules": ("文件夹里没有规则（*.yaml）", "the folder holds no rule (*.yaml)"),
    "no_rubric": ("没有评分标准 rubric.yaml", "no rubric.yaml"),
    "two_files": (
        "{first} 和这个文件是同一条规则「{id}」；请删去一个",
        "{first} and this file are the same rule '{id}'; delete one",
    ),
    "two_rubrics": ("rubric.yaml 和 rubric.yml 只能有一个", "there can be only one of rubric.yaml and rubric.yml"),
    # YAML
    "empty": ("文件是空的", "the file is empty"),
    "tab": ("缩进用了制表符（Tab）；YAML 只能用空格", "indented with a tab; YAML allows spaces only"),
    "control": ("含有不可见的控制字符 {code}", "holds the invisible control character {code}"),
    "syntax": ("YAML 写法有误：{reason}", "not valid YAML: {reason}"),
    "full_width_colon": (
        "YAML 写法有误：键后面的冒号是全角「：」；请用半角冒号加空格「: 」",
        "not valid YAML: the colon after the key is full-width ：; write ': '",
    ),
    "too_deep": ("层数太多，或锚点引用了自己", "nested too deeply, or an anchor that refers to itself"),
    "too_large": ("文件太大，或锚点展开后太大", "too large, or too large once its anchors are expanded"),
    "tag": ("不支持 YAML 标签「{tag}」", "the YAML tag '{tag}' is not supported"),
    # shape
    "duplicate_key": ("键「{key}」重复，第一次在第 {first} 行", "key '{key}' appears twice, first on line {first}"),
    "unknown_key": ("没有「{key}」这个键", "unknown key '{key}'"),
    "missing_key": ("缺少键「{key}」", "missing key '{key}'"),
    "wrong_type": ("「{key}」应为{expected}", "'{key}' must be {expected}"),
    "not_text": (
        '「{key}」应为文字，但 YAML 把 {value} 读成了{kind}；请加引号："{value}"',
        "'{key}' must be a text, but YAML reads {value} as a {kind}; put it in quotes: \"{value}\"",
    ),
    "no_value": ("「{key}」没有值，还没有填写", "'{key}' has no value yet; fill it in"),
    "bad_value": ("「{key}」不能是「{value}」", "'{key}' cannot be '{value}'"),
    "too_small": ("「{key}」不能小于 {least}", "'{key}' must be at least {least}"),
    "too_few": ("「{key}」至少要有 {least} 项", "'{key}' needs at least {least} item(s)"),
    "too_many": ("「{key}」至多有 {most} 项", "'{key}' holds at most {most} items"),
    "blank": ("「{key}」是空的", "'{key}' is empty"),
    "not_finite": ("「{key}」应为有限的数字", "'{key}' must be a finite number"),
    "invalid": ("「{key}」：{reason}", "'{key}': {reason}"),
    # phrases
    "phrase": ("短语「{phrase}」：{reason}", "phrase '{phrase}': {reason}"),
    "one_character": (
        "短语「{phrase}」只有一个字，会到处命中；请写长一些，或在这个子句里加 word: true",
        "phrase '{phrase}' is a single character and would hit everywhere; "
        "write more of it, or add word: true to this clause",
    ),
    "unless_apart": (
        "unless 的「{phrase}」与这个子句的短语都不可能重叠，永远不起作用；请写出含有原短语的说法",
        "the unless phrase '{phrase}' shares no text with any phrase of this clause and never has an "
        "effect; write out a wording that contains the phrase",
    ),
    "one_character_column": (
        "短语「{phrase}」只有一个字，会到处命中；请写长一些，或用 unless 排除含有它的词",
        "phrase '{phrase}' is a single character and would hit everywhere; "
        "write more of it, or excuse the words that hold it with unless",
    ),
    # columns
    "unknown_column": ("columns/ 里没有「{value}」这一列", "columns/ knows no column '{value}'"),
    # frameworks
    "framework_id": (
        "文件名「{value}」要成为列名：只能用小写字母、数字和 _，以字母开头",
        "the file name '{value}' becomes a column's: a letter, then lower-case letters, digits and _",
    ),
    "stage_unheard": (
        "阶段「{value}」没有写凭什么算做到：写 rules 或 phase；听不出来的写 audible: false",
        "nothing shows the stage '{value}': write rules or phase, or audible: false",
    ),
    "stage_inaudible": (
        "阶段「{value}」写了 audible: false，就不能再写 rules 或 phase",
        "the stage '{value}' says audible: false and cannot have rules or phase",
    ),
    # rules
    "no_test": (
        "规则没有要判断的内容：require、forbid、measure 至少写一个",
        "the rule has nothing to judge: write require, forbid or measure",
    ),
    "measure_mixed": ("measure 不能与 {key} 同用", "measure cannot stand together with {key}"),
    "measure_when": (
        "measure 是整通电话的数值，不能与 when 同用",
        "measure is a figure of the whole call and cannot stand together with when",
    ),
    "nothing_to_find": ("「{key}」没有写要找什么", "'{key}' does not say what to look for"),
    "no_limit": ("measure 要有 at_most 或 at_least", "measure needs at_most or at_least"),
    "measure_words": (
        "{value} 要数词语：在 of 里写 by 和 says",
        "{value} counts words: say which under of, with by and says",
    ),
    "measure_no_words": ("{value} 不数词语，of 不起作用", "{value} counts no words, so of has no effect"),
    "measure_of_key": (
        "of 里不能写 {key}：只用 by、says、word、unless、unless_in",
        "of cannot hold {key}: only by, says, word, unless, unless_in",
    ),
    "without": ("「{key}」要与 {other} 同用，单独写不起作用", "'{key}' has an effect only together with {other}"),
    "no_occasion": (
        "「{scope}」是相对于触发场合的，但规则没有 when",
        "'{scope}' is relative to an occasion, but the rule has no when",
    ),
    "no_occasion_in_when": (
        "when 里不能用「{scope}」：触发之前还没有场合",
        "'{scope}' cannot stand in when: before the trigger there is no occasion",
    ),
    "first_turn_by": ("first_turn 要写明 by：是谁的第一个话轮", "first_turn needs by: whose first turn?"),
    "bad_clock": (
        'clock 的「{value}」不是钟点；请写成 "08:30"',
        "'{value}' in clock is no time of day; write \"08:30\"",
    ),
    "bad_date": (
        'date 的「{value}」不是月和日；请写成 "10-08"',
        "'{value}' in date is no month and day; write \"10-08\"",
    ),
    "unknown_threshold": ("评分标准的 thresholds 里没有「{value}」", "the rubric's thresholds have no '{value}'"),
    "unknown_figure": ("没有「{value}」这个指标", "there is no figure '{value}'"),
    "unknown_criterion": ("评分标准里没有评分项「{value}」", "the rubric has no criterion '{value}'"),
    "needs_timestamps": (
        "用了 {key}，没有时间就无法判合格；请加 needs: [timestamps]",
        "{key} cannot be passed without times; add needs: [timestamps]",
    ),
    "bad_braces": ("「{key}」的花括号不成对", "unbalanced braces in '{key}'"),
    "unknown_word": (
        "words 里的「{value}」既不是 says 的类别，也不在 source 里",
        "'{value}' under words is neither a category of says nor in source",
    ),
    "unknown_category": (
        "suggest_for 里的「{value}」不是 require、forbid 里 says 的类别",
        "'{value}' under suggest_for is no category of says in require or forbid",
    ),
    "unknown_placeholder": ("「{key}」里没有 {{{name}}} 这个占位符", "'{key}' cannot hold the placeholder {{{name}}}"),
    "empty_placeholder": (
        "「{key}」里的 {{{name}}} 永远是空的：{reason}",
        "{{{name}}} in '{key}' would always be empty: {reason}",
    ),
    # examples
    "no_example": ("缺少 {kind} 的例子", "no {kind} example"),
    "no_undetermined": (
        "有 needs 的规则要有 undetermined 的例子",
        "a rule with needs must have an undetermined example",
    ),
    "example_keys": ("每个例子只能有一个键，这里有 {count} 个", "an example has exactly one key, this one has {count}"),
    # rubric
    "weights": ("评分项的权重之和必须大于 0", "the weights of the criteria must add up to more than 0"),
    "no_deduction": ("deductions 缺少 {severity}", "deductions lack {severity}"),
    "grades_order": (
        "等级要从高到低：「{grade}」的 from 不低于上一级",
        "grades go downwards: '{grade}' starts no lower than the one before",
    ),
    "grades_floor": ("最低的等级「{grade}」要从 0 分起", "the lowest grade '{grade}' must start from 0"),
    "unknown_rule": ("没有规则「{value}」", "there is no rule '{value}'"),
    "twice_in_group": ("规则「{value}」在同一组里写了两次", "rule '{value}' appears twice in one group"),
    "replaces_itself": ("规则「{value}」不能取代自己", "rule '{value}' cannot replace itself"),
    "bad_time_zone": ("没有时区「{value}」", "there is no time zone '{value}'"),
    "nothing_to_extend": (
        "extends 没有可沿用的评分标准：这份就是自带的，或安装不完整",
        "extends finds no rubric to take over: this is the shipped one, or the installation is incomplete",
    ),
    # rules with each other, found by rules check
    "shared_phrase": (
        "与 {other}（{place}）认领了同样的话：{wordings}，共 {count} 种；一句话会算两次。"
        "有意的话，在 rubric.yaml 的 groups 里把两条写成一组",
        "claims the same wordings as {other} ({place}): {wordings}, {count} in all, so that one "
        "sentence counts twice. If that is intended, put both rules into one of the rubric's groups",
    ),
    "contrary_phrase": (
        "与 {other}（{place}）相反：{wordings}（共 {count} 种）一条要求说、一条不许说。"
        "有意的话，在 rubric.yaml 的 groups 里把两条写成一组",
        "contradicts {other} ({place}): one requires and the other forbids {wordings} ({count} in "
        "all). If that is intended, put both rules into one of the rubric's groups",
    ),
    "swallowed": (
        "短语「{phrase}」永远不算：凡是它命中的地方，{key} 的「{exception}」都把它排除了",
        "the phrase '{phrase}' never counts: wherever it hits, '{exception}' of {key} excuses it",
    ),
    "critical_in_pass": (
        "这个 pass 例子里，规则 {other} 判一票否决{quote}；请改例子，或检查那条规则是否太宽",
        "in this pass example rule {other} fails critically{quote}; mend the example, or see "
        "whether that rule is too wide",
    ),
    "fault_in_evidence": (
        "这个 pass 例子的证据{quote}，规则 {other} 判不合格；请改例子，或检查那条规则是否太宽",
        "the evidence of this pass example{quote} is a failure of rule {other}; mend the example, "
        "or see whether that rule is too wide",
    ),
    # waivers
    "not_a_date": (
        "「{key}」的「{value}」不是日期；请写成 2026-12-31",
        "'{value}' of '{key}' is no date; write 2026-12-31",
    ),
    "waiver_expired": (
        "豁免已在 {value} 到期，今天是 {today}：请删去，或重新审批、改日期",
        "the waiver expired on {value}, and today is {today}: remove it, or have it renewed",
    ),
    "waived_off": ("规则「{value}」已停用，不用豁免", "rule '{value}' is off and needs no waiver"),
    "waived_twice": (
        "通话「{call}」的规则「{rule}」豁免了两次，第一次是第 {first} 项",
        "rule '{rule}' is waived twice for call '{call}', first in entry {first}",
    ),
    "waiver_no_call": ("豁免没有用上：输入里没有通话「{call}」", "unused waiver: the input has no call '{call}'"),
    "waiver_no_fail": (
        "豁免没有用上：通话「{call}」的规则「{rule}」没有判不合格，判的是{verdict}",
        "unused waiver: rule '{rule}' did not fail on call '{call}', its verdict is {verdict}",
    ),
    # guidelines
    "guideline_id": (
        "准则的编号「{value}」应写成 G01、G102 的样子",
        "a guideline's number reads like G01 or G102, not '{value}'",
    ),
    "guideline_twice": (
        "准则「{value}」写了两次，第一次在「{first}」",
        "guideline '{value}' is listed twice, first under '{first}'",
    ),
    "guideline_column": (
        "「{value}」不是列名；列名如 repeat_contact，<kind> 代表任意字",
        "'{value}' is no column name; one reads like repeat_contact, <kind> = any letters",
    ),
    "guideline_folder": ("文件夹「{value}」已经归在「{first}」", "folder '{value}' already belongs to '{first}'"),
}

EXPECTED: dict[str, Pair] = {
    "the file": ("文件", "the file"),
    "a text": ("文字", "a text"),
    "a number": ("数字", "a number"),
    "a whole number": ("整数", "a whole number"),
    "a number or a threshold key": ("数字或阈值的键", "a number or a threshold key"),
    "a whole number or a threshold key": ("整数或阈值的键", "a whole number or a threshold key"),
    "true or false": ("true 或 false", "true or false"),
    "a list": ("列表，如 [抱歉, 对不起]", "a list"),
    "a list or categories": ("列表，如 [抱歉, 对不起]，或「类别: [短语]」的映射", "a list or categories"),
    "a text or a script with text and call": (
        "文字（|），或含 text 和 call 的映射",
        "a text or a script with text and call",
    ),
    "a list or a mapping with says": ("短语列表，或含 says 的映射", "a list or a mapping with says"),
    "a word": ("一个词", "a word"),
    "keys with values": ("「键: 值」的映射", "keys with values"),
    "a word or keys with values": ("一个词，或「键: 值」的映射", "a word or keys with values"),
    "number": ("数字", "number"),
    "truth value": ("真假值", "truth value"),
    "date": ("日期", "date"),
    "nothing": ("空值", "nothing"),
    "special value": ("特殊值", "special value"),
    "says has no categories": ("says 没有分类别", "says has no categories"),
    "no interrupts": ("没有 interrupts", "no interrupts"),
    "no measure": ("没有 measure", "no measure"),
    # why a phrase is none
    "unopened": ("有右括号而没有左括号", "a closing bracket without an opening one"),
    "unclosed": ("括号没有闭合", "a bracket is not closed"),
    "bar_outside": ("「|」只能写在括号里：(甲|乙)", "| stands in brackets only: (a|b)"),
    "too_many_wordings": ("展开后超过 {sign} 种说法，请拆成几条", "more than {sign} wordings when spelt out; split it"),
    "strange_sign": (
        "「{sign}」不是短语的写法；可用 (甲|乙)、…、……，以及开头的 ^ 和结尾的 $",
        "'{sign}' means nothing in a phrase; there are (a|b), …, ……, ^ at the start and $ at the end",
    ),
    "rare_sign": ("含有生僻字或表情符号，无法匹配", "holds a rare character or an emoji, which cannot be matched"),
    "matches_nothing": (
        "什么也匹配不到：省略号两边和括号内外都要有字",
        "matches nothing: there must be characters on both sides of … and in every alternative",
    ),
}
"""What a value should have been, or why a placeholder stays empty."""

EXAMPLES: dict[str, Pair] = {
    "empty": ("脚本里没有对话", "the script holds no dialogue"),
    "at_line": ("脚本第 {line} 行：{reason}", "line {line} of the script: {reason}"),
    "unopened": ("「】」之前没有「【」", "】 without 【"),
    "unclosed": ("「【」没有「】」", "【 without 】"),
    "nested": ("「【」里面又有「【」", "【 inside 【"),
    "nothing_marked": ("「【】」里没有字", "nothing between 【 and 】"),
    "across": ("「【】」跨了两个说话人", "【】 runs over two speakers"),
    "before_label": (
        "「【」写在说话人标签之前；请写在标签之后",
        "【 stands before the speaker label; write it after the label",
    ),
    "verdict": ("应为 {expected}，实为 {got}", "should be {expected}, is {got}"),
    "evidence": (
        "{verdict} 的证据应为{expected}，实为{got}",
        "the evidence of {verdict} should be {expected}, is {got}",
    ),
    "gap_closed": ("已知的不足已经消失：请把 {kind} 改为 {verdict}", "this gap is closed: make {kind} a {verdict}"),
    "not_judged": ("没有判定结果", "not judged"),
    "none": ("（无）", "(none)"),
}
"""What is wrong with an example, or with what it gives."""

ADDED: dict[str, Pair] = {
    "legal": ("。可用：{legal}", ". Legal here: {legal}"),
    "near": ("。是不是「{near}」？", ". Did you mean '{near}'?"),
}
"""What follows a mistake where the choice is known."""
