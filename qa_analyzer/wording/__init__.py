"""The one catalogue of user-facing words, Chinese first, both languages side by side.

`columns`: headings · `codes`: code words · `pages`: pages, sheets, terminal · `judged`: what findings say · `reading`:
rejections and input errors · `rule_mistakes`: mistakes in rules · `running`: the commands. Does not know the names of
rules and criteria (they come from the rules), nor how anything is written.
"""

from __future__ import annotations

from collections.abc import Mapping

from qa_analyzer.wording.codes import CLAUSES, CODES, GRADES, LISTS, NAMES, ROLES, SEVERITIES, VERDICTS
from qa_analyzer.wording.columns import COLUMNS, DYNAMIC
from qa_analyzer.wording.pages import TEXTS
from qa_analyzer.wording.pairs import Lang, Pair, pick, texts

__all__ = [
    "CLAUSES",
    "CODES",
    "COLUMNS",
    "DYNAMIC",
    "GRADES",
    "LANG_TAGS",
    "LISTS",
    "NAMES",
    "ROLES",
    "SEVERITIES",
    "TEXTS",
    "VERDICTS",
    "Lang",
    "Pair",
    "code_word",
    "code_words",
    "heading",
    "pick",
    "texts",
    "word",
]

LANG_TAGS: dict[Lang, str] = {"zh": "zh-CN", "en": "en"}
"""What goes into the `lang` attribute of a page."""


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
