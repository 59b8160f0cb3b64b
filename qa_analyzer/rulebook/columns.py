"""The shape of rules/columns/*.yaml: the wordings that decide columns of the calls table. These are no rules.

Knows the keys of such a file and what can be wrong with its meaning. Does not know files (`loading`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated

from pydantic import Field

from qa_analyzer.lexicon import VALUES, Lexicon, WordingGroup
from qa_analyzer.phrases import PhraseError, parse_phrase
from qa_analyzer.rulebook.checking import Flaw
from qa_analyzer.rulebook.messages import choices
from qa_analyzer.rulebook.model import KeyPath
from qa_analyzer.rulebook.schema import OneOrMore, Phrases, Strict, Text


class Wordings(Strict):
    """One group of wordings of a value."""

    says: Phrases = Field(description="说法，写法同规则里的短语")
    unless: Phrases | None = Field(default=None, description="与这些说法重叠的命中不算")
    weight: Annotated[float, Field(ge=0)] = Field(default=1.0, description="权重；只用于投诉类别")


class ColumnFile(Strict):
    """One file under rules/columns/; its name without `.yaml` is the column."""

    name: Text = Field(description="列的名称")
    en: Text = Field(description="英文名称")
    why: Text = Field(description="这一列有什么用")
    source: Annotated[list[str], OneOrMore(), Field(min_length=1)] = Field(description="依据，如 G79")
    values: dict[str, Annotated[list[Wordings], OneOrMore(), Field(min_length=1)]] = Field(
        description="代码 → 说法的分组"
    )


def column_flaws(column: str, draft: ColumnFile, damaged: frozenset[KeyPath]) -> Iterator[Flaw]:
    """Everything wrong with the meaning of a draft: unknown codes, phrases that mean nothing or hit everywhere."""
    legal = VALUES[column]
    for value, groups in draft.values.items():
        if value not in legal:
            yield Flaw(("values", value), "unknown_key", {"key": value, **choices(value, legal)})
        for number, group in enumerate(groups):
            for key, phrases in (("says", group.says), ("unless", group.unless or [])):
                for index, phrase in enumerate(phrases):
                    at: KeyPath = ("values", value, number, key, index)
                    if at in damaged:
                        continue
                    try:
                        parsed = parse_phrase(phrase)
                    except PhraseError as error:
                        yield Flaw(at, "phrase", {"phrase": phrase, "reason": error.what, "sign": error.sign})
                        continue
                    # One character is all right where the words that it is a part of are excused.
                    if key == "says" and parsed.is_one_character and not group.unless:
                        yield Flaw(at, "one_character_column", {"phrase": phrase})


def make_lexicon(files: Mapping[str, ColumnFile]) -> Lexicon:
    """Column files, by column, as a lexicon."""
    return Lexicon(
        {
            column: {
                value: tuple(WordingGroup(tuple(one.says), tuple(one.unless or ()), one.weight) for one in groups)
                for value, groups in file.values.items()
            }
            for column, file in sorted(files.items())
        }
    )
