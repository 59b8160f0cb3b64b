"""A new rule file with blanks to fill. Until they are filled the file is a mistake, reported line by line.

Knows what a rule needs and where it goes. Never overwrites anything.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from qa_analyzer.errors import OptionError
from qa_analyzer.rulebook.loading import FRAMEWORKS, RUBRIC_STEM, SUFFIXES, read_rubric
from qa_analyzer.rulebook.messages import Language
from qa_analyzer.wording.pairs import texts
from qa_analyzer.wording.running import DRAFTING

_NAME = re.compile(r"[a-z][a-z0-9_]*/[a-z][a-z0-9_]*")

TEXTS = texts(DRAFTING)

DRAFTS = {
    "zh": """\
# {id}：空着的都要填。填好之前，qa-analyzer rules check 会逐处指出，带着这个文件夹也不能评分。
# 写法见 docs/writing-rules.md。填好后：qa-analyzer rules test {id} --rules 这个文件夹
name:                       # 规则名称，如 客户着急时先安抚
why:                        # 为什么要有这条规则：一两句
source: []                  # 依据：准则的编号（G18）、本中心手册的条目；可以写几个
criterion:                  # 评分项：{criteria}
severity:                   # info 只记事实、minor 轻微、major 严重、critical 一票否决
status: trial               # 先试行（显示、计数、不扣分）；判得准了再改成 active
message:                    # 不合格时写在报告里的话；{{match}} 是命中的原话
suggest:                    # 参考话术，给坐席看

# 什么时候问：不写就是整通电话问一次
# when: {{by: customer, says: [我很着急, 急(死|坏)了]}}

# 必须有（require）或不得有（forbid），留一个
require:
  by: agent
  # 在哪里找：first_turn、{{first: 2}}、{{next: 2}}、{{phase: closing}} ……；不写就是整通电话
  # in: {{next: 2}}
  says: []                  # 短语：[您先别急, (马上|立即)(帮|为)您]；(甲|乙) 任选，… 隔 0–12 个字
  # unless: [别急着挂]        # 与命中交叠的这些说法，不算

# 每行一句；【】标出必须报告的证据。最好各三个以上，还有「像但不是」的
examples:
  - pass:                   # 写成 pass: |，下面缩进写对话，如：
      # 客户：我急着用呢，怎么还不到？
      # 客服：【您先别急】，我看一下物流。
  - fail:                   # 同上，如：
      # 客户：我急着用呢，怎么还不到？
      # 客服：【单号报一下。】
""",
    "en": """\
# {id}: fill in every blank. Until then qa-analyzer rules check points them out, and nothing can be scored with this
# folder. How to write rules: docs/writing-rules.md. When done: qa-analyzer rules test {id} --rules this-folder
name:                       # the rule's name, in the language of the calls
why:                        # why there is such a rule, in a sentence or two
source: []                  # where it comes from: guideline numbers (G18), your handbook; there may be several
criterion:                  # {criteria}
severity:                   # info (a fact), minor, major, critical
status: trial               # on trial first (shown, counted, no points); make it active when it judges well
message:                    # what the report says of a failure; {{match}} is the wording found
suggest:                    # better wording, for the agent

# When to ask; without it, once a call
# when: {{by: customer, says: [我很着急, 急(死|坏)了]}}

# What must be there (require) or must not (forbid); keep one
require:
  by: agent
  # Where to look: first_turn, {{first: 2}}, {{next: 2}}, {{phase: closing}} …; without it, the whole call
  # in: {{next: 2}}
  says: []                  # phrases: [您先别急, (马上|立即)(帮|为)您]; (a|b) either, … a gap of 0–12 characters
  # unless: [别急着挂]        # wordings that overlap a hit and excuse it

# One utterance a line; 【】 marks the evidence that must be reported. Better three of each, and near misses too
examples:
  - pass:                   # write pass: | and the dialogue below it, indented, like:
      # 客户：我急着用呢，怎么还不到？
      # 客服：【您先别急】，我看一下物流。
  - fail:                   # the same, like:
      # 客户：我急着用呢，怎么还不到？
      # 客服：【单号报一下。】
""",
}


def write_draft(folder: Path, rule_id: str, *, installed: bool = False, lang: Language = "zh") -> Path:
    """Write `<folder>/<rule_id>.yaml` with blanks, and return its path.

    `installed`: the folder is part of an installation, which nobody should edit. Raises `OptionError` for an id that
    is none, a folder that is none, and a file that exists.
    """
    words = TEXTS[lang]
    reserved = rule_id.split("/", maxsplit=1)[0] == FRAMEWORKS
    if not _NAME.fullmatch(rule_id) or reserved:
        raise OptionError(words["name"].format(id=rule_id))
    if installed:
        raise OptionError(words["installed"])
    if not folder.is_dir():
        raise OptionError(words["no_folder"].format(path=folder))
    path = folder / f"{rule_id}.yaml"
    taken = next((one for suffix in SUFFIXES if (one := path.with_suffix(suffix)).exists()), None)
    if taken:
        raise OptionError(words["exists"].format(path=taken))
    text = draft(rule_id, _criteria(folder, lang), lang=lang)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except OSError as error:
        raise OptionError(words["cannot"].format(path=path, reason=error.strerror)) from error
    return path


def draft(rule_id: str, criteria: Mapping[str, str], *, lang: Language = "zh") -> str:
    """The text of the file. `criteria`: code → name."""
    listed = ("、" if lang == "zh" else ", ").join(f"{code} {name}" for code, name in criteria.items())
    return DRAFTS[lang].format(id=rule_id, criteria=listed or f"{RUBRIC_STEM}.yaml: criteria")


def _criteria(folder: Path, lang: Language) -> dict[str, str]:
    """The criteria of the folder's rubric, none where it is broken: its own problems are not this command's."""
    rubric = read_rubric(folder, lang=lang)[0]
    return (
        {} if rubric is None else {code: one.name if lang == "zh" else one.en for code, one in rubric.criteria.items()}
    )
