"""The shape of a rule and of the rubric, as QA staff write them in YAML (pydantic, closed key sets).

Knows keys, types, defaults and what each key means (the Chinese descriptions, which editors show through
`json_schema`). Does not know files, line numbers or how anything is judged.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema


class Severity(StrEnum):
    """What a failure weighs."""

    INFO = "info"
    MINOR = "minor"
    MAJOR = "major"
    CRITICAL = "critical"


class Status(StrEnum):
    """Whether a rule is judged, and whether it costs points."""

    ACTIVE = "active"
    TRIAL = "trial"
    OFF = "off"


Speaker = Literal["agent", "customer", "system"]
Feeling = Literal["negative", "angry", "positive"]
Need = Literal["timestamps", "hang_up", "start_time", "roles", "backchannels"]
CallType = Literal["complaint", "inquiry", "callback"]
PhaseName = Literal["opening", "problem", "clarifying", "solving", "closing"]


class OneOrMore:
    """Marks a list that may be written as its only item: `source: G18` for `source: [G18]`."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Accept the short form beside the full one."""
        return core_schema.no_info_before_validator_function(_as_list, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Offer the short form to editors too."""
        many = handler(schema)
        return {"anyOf": [many["items"], many]}


class ScopeWord:
    """Marks a scope that may be written as one word: `in: first_turn` for `in: {first_turn: true}`."""

    words = ("first_turn", "same_turn")

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Accept the short form beside the full one."""
        return core_schema.no_info_before_validator_function(_scope_word, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Offer the short form to editors too."""
        return {"anyOf": [{"enum": list(self.words), "type": "string"}, handler(schema)]}


def _as_list(value: object) -> object:
    return value if isinstance(value, list) or value is None else [value]


def _scope_word(value: object) -> object:
    return {value: True} if isinstance(value, str) and value in ScopeWord.words else value


class Strict(BaseModel):
    """Unknown keys are errors, nothing is converted, nothing changes afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, populate_by_name=True)


Text = Annotated[str, Field(min_length=1)]
Phrases = Annotated[list[str], OneOrMore(), Field(min_length=1)]
SeverityField = Annotated[Severity, Field(strict=False)]
StatusField = Annotated[Status, Field(strict=False)]
Threshold = float | str
"""A number, or a key of the rubric's `thresholds`."""

_BY = "谁说的：agent 坐席、customer 客户、system 系统"
_SAYS = "要找的短语：列表，或「类别: 短语」的映射。… 表示同一句内最多隔 12 个字，…… 表示同一话轮内的后文"
_WORD = "短语须是分词后的整词；单字短语必须加 word: true"
_UNLESS = "与这些短语重叠的命中不算"
_UNLESS_IN = "附近出现这些短语时，命中不算"
_FEELS = "客户情绪：negative 负面、angry 愤怒、positive 正面"
_SEVERITY = "严重程度：info 只记事实、minor 轻微、major 严重、critical 一票否决"
_MESSAGE = "报告中显示的判定说明；可用 {match} {category} {overlap} {waited} {figure}"


class Category(Strict):
    """One named group of phrases inside `says`, with a severity of its own."""

    says: Phrases = Field(description="这一类的短语")
    severity: SeverityField | None = Field(default=None, description=f"{_SEVERITY}；只用于这一类")


Says = (
    Annotated[list[str], Field(min_length=1)]
    | Annotated[dict[str, Annotated[list[str], Field(min_length=1)] | Category], Field(min_length=1)]
)


class Scope(Strict):
    """Where a clause looks. Several keys = their intersection; none = the whole call."""

    first_turn: bool = Field(default=False, description="只看 by 的第一个话轮")
    same_turn: bool = Field(default=False, description="只看触发的那个话轮")
    first: Annotated[int, Field(ge=1)] | None = Field(default=None, description="by 的前 n 个话轮")
    last: Annotated[int, Field(ge=1)] | None = Field(default=None, description="by 的最后 n 个话轮")
    next: Annotated[int, Field(ge=1)] | None = Field(default=None, description="触发之后 by 的 n 个话轮")
    previous: Annotated[int, Field(ge=1)] | None = Field(default=None, description="触发之前 by 的 n 个话轮")
    phase: PhaseName | None = Field(default=None, description="通话阶段：开场、陈述、核实、解决、结束")
    before: PhaseName | None = Field(default=None, description="这个阶段开始之前")
    clock: Annotated[list[str], Field(min_length=2, max_length=2)] | None = Field(
        default=None, description='通话开始的钟点，[从, 到]，如 ["08:30", "12:00"]，须加引号'
    )
    date: Annotated[list[str], Field(min_length=2, max_length=2)] | None = Field(
        default=None, description='通话开始的日期（月-日），[从, 到]，如 ["12-20", "03-07"] 跨年，须加引号'
    )


ScopeField = Annotated[Scope, ScopeWord()]


class Neighbour(Strict):
    """`unless_in`: a hit is excused by these words in this neighbourhood of its turn."""

    in_: ScopeField = Field(
        alias="in", description="在哪里找：same_turn、{next: n}、{previous: n} 等，相对于命中的话轮"
    )
    says: Phrases = Field(description="能抵消命中的短语")
    by: Speaker | None = Field(default=None, description=f"{_BY}；默认同所在的子句")


class Interrupts(Strict):
    """`interrupts`: how long and how wordy an overlap must be to take the floor."""

    overlap: Threshold | None = Field(default=None, description="重叠至少多少秒，或评分标准 thresholds 的键")
    characters: int | str | None = Field(default=None, description="抢话至少多少字，或评分标准 thresholds 的键")


class HangsUp(Strict):
    """`hangs_up`: a hang-up too soon after the last speech, or before any farewell."""

    sooner_than: Threshold | None = Field(
        default=None, description="最后一句话之后不足多少秒，或评分标准 thresholds 的键"
    )
    before: Literal["farewell"] | None = Field(default=None, description="farewell：道别之前就挂机")


class Clause(Strict):
    """One thing that is said or done: who, where, what."""

    by: Speaker | None = Field(default=None, description=_BY)
    in_: ScopeField | None = Field(
        default=None, alias="in", description="在哪里找：first_turn、same_turn、{next: n}、{phase: …} 等；默认整通电话"
    )
    says: Says | None = Field(default=None, description=_SAYS)
    word: bool = Field(default=False, description=_WORD)
    unless: Phrases | None = Field(default=None, description=_UNLESS)
    unless_in: Annotated[list[Neighbour], OneOrMore(), Field(min_length=1)] | None = Field(
        default=None, description=_UNLESS_IN
    )
    feels: Feeling | None = Field(default=None, description=_FEELS)
    then: Clause | None = Field(default=None, description="命中之后还必须出现的子句；它的范围相对于命中")
    in_a_row: Annotated[int, Field(ge=2)] | None = Field(default=None, description="连续 n 个话轮都命中才算")
    interrupts: Interrupts | None = Field(default=None, description="抢话：重叠的秒数和字数")
    hangs_up: HangsUp | None = Field(default=None, description="挂机：道别之前，或最后一句话之后太快")
    severity: SeverityField | None = Field(default=None, description=f"{_SEVERITY}；只用于这个子句")
    message: Text | None = Field(default=None, description=_MESSAGE)


class AnyOf(Strict):
    """Alternatives: one clause of them is enough."""

    any: Annotated[list[Clause], Field(min_length=1)] = Field(description="几个子句，满足任何一个即可")


class CallCondition(Strict):
    """What must hold of the whole call for a trigger to count."""

    complaint: bool | None = Field(default=None, description="是否投诉电话")
    call_type: Annotated[list[CallType], OneOrMore(), Field(min_length=1)] | None = Field(
        default=None, description="通话类型：complaint 投诉、inquiry 咨询、callback 回访"
    )
    resolution: Annotated[list[str], OneOrMore(), Field(min_length=1)] | None = Field(
        default=None, description="解决情况"
    )
    hang_up: (
        Annotated[
            list[Literal["agent", "customer", "system", "unknown"]],
            OneOrMore(),
            Field(min_length=1),
        ]
        | None
    ) = Field(default=None, description="谁先挂机")
    transferred: bool | None = Field(default=None, description="是否转接")
    stated: bool | None = Field(
        default=None, description="通话类型是记录或客户的话说明的（true），还是只凭情绪推断的（false）"
    )
    inferred: bool | None = Field(default=None, description="通话类型是推断的（true），还是记录给出的（false）")
    closed: bool | None = Field(default=None, description="有结束阶段（true）；客户先挂、断线、转接而来不及结束的没有")
    recorded: bool | None = Field(
        default=None, description="有记录可查（true）：给出了通话类型，或给出了谁挂机；光有文本的没有（false）"
    )
    turns: int | None = Field(default=None, ge=1, description="通话至少有这么多话轮")
    ended: bool | None = Field(default=None, description="通话有结尾（true），文本没有断在客户的话上；否则无法判定")


class Trigger(Strict):
    """`when`: what makes the rule ask."""

    by: Speaker | None = Field(default=None, description=_BY)
    says: Says | None = Field(default=None, description=_SAYS)
    word: bool = Field(default=False, description=_WORD)
    unless: Phrases | None = Field(default=None, description=_UNLESS)
    unless_in: Annotated[list[Neighbour], OneOrMore(), Field(min_length=1)] | None = Field(
        default=None, description=_UNLESS_IN
    )
    feels: Feeling | None = Field(default=None, description=_FEELS)
    silence: Threshold | None = Field(default=None, description="静音至少多少秒，或评分标准 thresholds 的键")
    announced: bool | None = Field(default=None, description="静音之前是否请客户等待；与 silence 同用")
    unanswered: Threshold | None = Field(
        default=None, description="坐席自己说完之后至少隔这么多秒，客户没有应声，坐席又开口；或评分标准 thresholds 的键"
    )
    longer_than: int | str | None = Field(default=None, description="话轮超过多少字，或评分标准 thresholds 的键")
    phase: PhaseName | None = Field(default=None, description="通话阶段")
    in_: ScopeField | None = Field(default=None, alias="in", description="在哪里触发；默认整通电话")
    call: CallCondition | None = Field(default=None, description="整通电话须满足的条件")


WORDED_FIGURES = ("said_per_100_characters", "said_chars_per_min", "longest_unsaid_characters")
"""Figures that count words: `measure` tells in `of` which."""


class Measure(Strict):
    """`measure`: a figure of the call against a limit."""

    figure: Text = Field(
        description="指标：longest_unannounced_silence_s、longest_announced_wait_s、silence_s、longest_silence_s、"
        "agent_chars_per_min、agent_talk_share、duration_s、turns、agent_interruptions、customer_interruptions、"
        "formal_you_percent、said_per_100_characters、said_chars_per_min、longest_unsaid_characters，见文档"
    )
    of: Clause | None = Field(
        default=None,
        description="数词语的指标（said_…、longest_unsaid_…）所数的词语：只用 by、says、word、unless、unless_in",
    )
    at_most: Threshold | None = Field(default=None, description="不超过：数字或评分标准 thresholds 的键")
    at_least: Threshold | None = Field(default=None, description="不低于：数字或评分标准 thresholds 的键")
    floor: Threshold | None = Field(default=None, description="样本少于此数时不适用：数字或评分标准 thresholds 的键")


class English(Strict):
    """The rule's texts for `--lang en`."""

    name: Text = Field(description="英文名称")
    why: Text | None = Field(default=None, description="英文理由")
    message: Text | None = Field(default=None, description="英文判定说明，占位符与 message 相同")
    suggest: Text | None = Field(default=None, description="英文参考话术")
    suggest_for: dict[str, Text] = Field(default={}, description="英文参考话术，按 says 的类别（键用中文类别名）")
    words: dict[str, Text] = Field(default={}, description="其余文字的英文：says 的类别、source 里的说明")


Clauses = Annotated[list[AnyOf | Clause], OneOrMore(), Field(min_length=1)]


class ExampleCall(Strict):
    """Facts about the call that a script line cannot say."""

    hang_up: Literal["agent", "customer", "system"] | None = Field(default=None, description="谁先挂机")
    ended: float | None = Field(default=None, description="通话结束的时刻，秒")
    started_at: Text | None = Field(default=None, description="通话开始的时间，ISO 8601 带时区，须加引号")
    call_type: CallType | None = Field(default=None, description="通话类型")
    connected: float | None = Field(default=None, description="接通的时刻，秒")


class ScriptedExample(Strict):
    """An example whose call has facts beside the words."""

    text: Text = Field(description="对话脚本")
    call: ExampleCall = Field(default=ExampleCall(), description="对话之外的事实")


_SCRIPT = "一段对话，每行一句：「客服：…」「客户：…」，可写 [0.0-6.0] 秒；【】标出必须报告的证据"


class Example(Strict):
    """One entry under `examples`: exactly one key, the verdict expected."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1, "maxProperties": 1})

    pass_: Text | ScriptedExample | None = Field(default=None, alias="pass", description=f"应判合格。{_SCRIPT}")
    fail: Text | ScriptedExample | None = Field(default=None, description=f"应判不合格。{_SCRIPT}")
    not_applicable: Text | ScriptedExample | None = Field(default=None, description=f"应判不适用。{_SCRIPT}")
    undetermined: Text | ScriptedExample | None = Field(default=None, description=f"应判无法判定。{_SCRIPT}")
    todo_pass: Text | ScriptedExample | None = Field(
        default=None, description=f"已知的不足：本应合格，目前还判错。{_SCRIPT}"
    )
    todo_fail: Text | ScriptedExample | None = Field(
        default=None, description=f"已知的不足：本应不合格，目前还判错。{_SCRIPT}"
    )


class RuleFile(Strict):
    """One file under rules/; its path without `.yaml` is the rule's id."""

    name: Text = Field(description="规则名称")
    why: Text = Field(description="为什么要有这条规则")
    source: Annotated[list[str], OneOrMore(), Field(min_length=1)] = Field(description="依据，如 G18")
    criterion: Text = Field(description="所属评分项，评分标准 criteria 的键")
    severity: SeverityField = Field(description=_SEVERITY)
    message: Text = Field(description=_MESSAGE)
    suggest: Text = Field(description="参考话术，给坐席看")
    suggest_for: dict[str, Text] = Field(
        default={}, description="参考话术，按 require、forbid 里 says 的类别；没有写的类别用 suggest"
    )
    en: English | None = Field(default=None, description="英文文字")
    status: StatusField = Field(
        default=Status.ACTIVE, description="active 启用、trial 试行（显示、计数、不扣分）、off 停用"
    )
    applies_to: Annotated[list[CallType], OneOrMore(), Field(min_length=1)] = Field(
        default=["complaint", "inquiry"], description="适用的通话类型；默认除回访以外"
    )
    needs: Annotated[list[Need], OneOrMore()] = Field(
        default=[],
        description="判合格所需的数据：timestamps 时间、hang_up 谁挂机、start_time 开始时间、roles 角色；"
        "backchannels：转写里有坐席的附和，否则缺了什么都不能判不合格",
    )
    when: Annotated[list[Trigger], OneOrMore(), Field(min_length=1)] | None = Field(
        default=None, description="触发条件；列表 = 任何一个即触发"
    )
    require: Clauses | None = Field(default=None, description="必须有：子句、子句列表（都须满足）或 any: [子句]")
    forbid: Clauses | None = Field(default=None, description="不得有：子句、子句列表（各算一个过失）或 any: [子句]")
    measure: Measure | None = Field(default=None, description="数值与限度的比较")
    examples: Annotated[list[Example], Field(min_length=1)] = Field(
        description="例子：至少一个 pass、一个 fail；有 needs 时还要一个 undetermined"
    )


class Criterion(Strict):
    """One line of the scorecard. `weight` is its share of the 100 points."""

    name: Text = Field(description="评分项名称")
    weight: Annotated[int, Field(ge=0)] = Field(description="权重")
    en: Text = Field(description="英文名称")


class Grade(Strict):
    """A grade and the lowest score that earns it."""

    grade: Text = Field(description="等级")
    from_: float = Field(alias="from", description="从多少分起")


class Scoring(Strict):
    """What the rubric says about one rule, instead of what its file and its severity say."""

    deduction: Annotated[float, Field(ge=0)] | None = Field(default=None, description="扣多少分，代替严重程度的扣分")
    per_occasion: bool = Field(default=False, description="true：每次不合格都扣分；默认每通电话扣一次")
    status: StatusField | None = Field(
        default=None, description="active 启用、trial 试行、off 停用；写了就以这里为准，不看规则文件"
    )


class Group(Strict):
    """One fault, one deduction: of the rules that fail on the same thing, the largest deducts.

    `same` says what makes two failures the same fault: the same occasion turn, the same evidence turn,
    or simply the same call. With `at_most`, all of the rules may deduct, but together no more than one
    failure of that severity costs.
    """

    rules: Annotated[list[str], Field(min_length=2)] = Field(description="同属一个过失的规则，至少两条")
    same: Literal["occasion", "turn", "call"] = Field(
        default="occasion", description="怎样算同一过失：occasion 同一场合、turn 同一证据话轮、call 同一通电话"
    )
    at_most: SeverityField | None = Field(default=None, description="合计最多扣这一严重程度一次的分")


class Replacement(Strict):
    """On an occasion of `rule`, the rules `instead_of` are not applicable."""

    rule: Text = Field(description="取而代之的规则")
    instead_of: Annotated[list[str], OneOrMore(), Field(min_length=1)] = Field(description="被取代的规则")


class Rubric(Strict):
    """rules/rubric.yaml: weights, deductions, groups, thresholds and the named phrase lists."""

    extends: Literal["shipped"] | None = Field(
        default=None, description="shipped：没写的键都用自带的评分标准；写了的映射逐键合并，列表整个换掉"
    )
    name: Text = Field(description="评分标准名称")
    en: Text | None = Field(default=None, description="英文名称")
    time_zone: Text = Field(default="Asia/Shanghai", description="通话时间没有时区时采用的时区")
    criteria: Annotated[dict[str, Criterion], Field(min_length=1)] = Field(description="评分项")
    deductions: dict[SeverityField, Annotated[float, Field(ge=0)]] = Field(description="各严重程度扣多少分")
    rules: dict[str, Scoring] = Field(default={}, description="个别规则的扣分办法")
    groups: list[Group] = Field(default=[], description="一个过失只扣一次分的规则组")
    replaces: list[Replacement] = Field(default=[], description="一条规则取代别的规则")
    grades: Annotated[list[Grade], Field(min_length=1)] = Field(description="等级，从高到低")
    thresholds: dict[str, float] = Field(description="阈值，规则可按键引用")
    phrases: dict[str, list[str]] = Field(description="有名的短语表：附和、道别、提问、请等待等")
    phases: dict[PhaseName, list[str]] = Field(default={}, description="各通话阶段的标志短语")
