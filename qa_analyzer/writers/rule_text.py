"""A rule as a page of text for the terminal: why, where from, how it is judged, examples, better wording."""

from __future__ import annotations

from typing import Literal

from rich.console import Group
from rich.padding import Padding
from rich.rule import Rule as Line
from rich.text import Text

from qa_analyzer import wording
from qa_analyzer.rulebook.model import Rule, Rulebook

HEADINGS = {
    "zh": {
        "why": "为什么",
        "source": "出处",
        "judged": "怎样判",
        "better": "更好的说法",
        "example": "例子",
        "applies": "适用",
        "needs": "需要",
    },
    "en": {
        "why": "Why",
        "source": "Source",
        "judged": "How it is judged",
        "better": "Better wording",
        "example": "Example",
        "applies": "Applies to",
        "needs": "Needs",
    },
}
JUDGED_KEYS = ("when", "require", "forbid", "measure")


def render_rule(rule: Rule, book: Rulebook, lang: Literal["zh", "en"]) -> Group:
    """Everything a QA supervisor wants to know before she signs a deduction."""
    spec, words = rule.spec, HEADINGS[lang]
    english = spec.en if lang == "en" else None
    name = english.name if english else spec.name
    criterion = book.rubric.criteria[spec.criterion]
    severity = wording.code_word("severity", spec.severity.value, lang)
    parts: list[Text | Line | Padding] = [
        Line(Text(f"{rule.id}  {name}")),
        Text(f"{criterion.name if lang == 'zh' else criterion.en} · {severity}"),
        Text(f"{words['why']}: {(english and english.why) or spec.why}"),
        Text(f"{words['source']}: {' '.join(spec.source)}"),
        Text(f"{words['applies']}: " + " ".join(wording.code_word("call_type", one, lang) for one in spec.applies_to)),
    ]
    if spec.needs:
        parts.append(Text(f"{words['needs']}: {' '.join(spec.needs)}"))
    parts.append(Text(f"{words['better']}: {(english and english.suggest) or spec.suggest}"))
    parts.append(Line(Text(words["judged"]), style="dim"))
    parts += [Padding(Text(line), (0, 0, 0, 2)) for line in _as_written(rule)]
    for example in rule.examples:
        kind = wording.code_word("verdict", example.kind.removeprefix("todo_"), lang)
        parts.append(Line(Text(f"{words['example']} {example.number}: {kind}"), style="dim"))
        parts.append(Padding(Text(example.text.rstrip()), (0, 0, 0, 2)))
    return Group(*parts)


def _as_written(rule: Rule) -> list[str]:
    """The lines of the file that say how the rule judges, as its author wrote them."""
    lines = rule.path.read_text(encoding="utf-8-sig").splitlines()
    shown: list[str] = []
    inside = False
    for line in lines:
        if line[:1] not in ("", " ", "-", "#"):
            inside = line.split(":", 1)[0] in JUDGED_KEYS
        if inside:
            shown.append(line)
    return shown
