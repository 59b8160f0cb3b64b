"""Rules → what pages and the terminal show of them. Reads the rule files for the lines that their authors wrote."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from qa_analyzer.examples import KNOWN_GAPS, ExpectedEvidence, read_script
from qa_analyzer.model import Utterance
from qa_analyzer.rulebook.guidelines import Guidelines
from qa_analyzer.rulebook.model import Rule, Rulebook, RuleExample
from qa_analyzer.rulebook.schema import Rubric
from qa_analyzer.tables import rule_suggestion, rule_text, rule_word
from qa_analyzer.writers.rule_page import ExampleView, LineView, PartView, RuleLink, RuleView, SourceText
from qa_analyzer.writers.spans import Span, cut

Lang = Literal["zh", "en"]

JUDGED_KEYS = ("when", "require", "forbid", "measure")


def view_rule(rule: Rule, rulebook: Rulebook, guidelines: Guidelines, lang: Lang) -> RuleView:
    """Everything about one rule."""
    spec = rule.spec
    criterion = rulebook.rubric.criteria[spec.criterion]
    known = guidelines.by_id
    titles = {number: one.title if lang == "zh" else one.en for number, one in known.items()}
    names = {one.id: rule_text(one, "name", lang) for one in rulebook.rules}
    together = _grouped(rule.id, rulebook.rubric)
    return RuleView(
        id=rule.id,
        folder=rule.id.split("/", maxsplit=1)[0] if "/" in rule.id else "",
        name=names[rule.id],
        why=rule_text(rule, "why", lang),
        message=rule_text(rule, "message", lang),
        suggest=rule_text(rule, "suggest", lang),
        suggest_for=tuple((rule_word(rule, one, lang), rule_suggestion(rule, one, lang)) for one in spec.suggest_for),
        severity=spec.severity.value,
        status=spec.status.value,
        criterion=criterion.name if lang == "zh" else criterion.en,
        applies_to=tuple(spec.applies_to),
        needs=tuple(spec.needs),
        sources=tuple(SourceText(rule_word(rule, one, lang), titles.get(one, "")) for one in spec.source),
        judged=tuple(_as_written(rule)),
        examples=tuple(_view_example(example) for example in rule.examples),
        same_fault=tuple(RuleLink(one, names.get(one, one), one in names) for one in together),
    )


def view_parts(rulebook: Rulebook, guidelines: Guidelines, lang: Lang) -> list[PartView]:
    """All rules, grouped as the guidelines group their folders; folders that these do not name come last."""
    views = [view_rule(rule, rulebook, guidelines, lang) for rule in rulebook.rules]
    parts = []
    for part in guidelines.parts:
        mine = [view for view in views if view.folder in part.folders]
        order = {folder: at for at, folder in enumerate(part.folders)}
        mine.sort(key=lambda view: order[view.folder])
        if mine:
            parts.append(PartView(part.folders[0], part.name if lang == "zh" else part.en, tuple(mine)))
    named = {folder for part in guidelines.parts for folder in part.folders}
    for folder in sorted({view.folder for view in views} - named):
        rest = tuple(view for view in views if view.folder == folder)
        parts.append(PartView(folder or "-", folder or "—", rest))
    return parts


def _grouped(rule_id: str, rubric: Rubric) -> list[str]:
    """The other rules with which this one costs only once, in the order of the rubric."""
    groups = [group.rules for group in rubric.groups if rule_id in group.rules]
    return [one for one in dict.fromkeys(one for group in groups for one in group) if one != rule_id]


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
    while shown and (not shown[-1].strip() or shown[-1].startswith("#")):
        shown.pop()
    return shown


def _view_example(example: RuleExample) -> ExampleView:
    script = read_script(example.text)
    verdict = KNOWN_GAPS.get(example.kind, example.kind)
    facts = [(key, str(value)) for key, value in example.call if value is not None]
    return ExampleView(
        number=example.number,
        verdict=verdict,
        is_gap=example.kind in KNOWN_GAPS,
        facts=tuple(facts),
        lines=tuple(_lines(script.utterances, script.expected, verdict)),
    )


def _lines(utterances: Sequence[Utterance], expected: Sequence[ExpectedEvidence], verdict: str) -> list[LineView]:
    spans: list[list[Span]] = [[] for _ in utterances]
    for number, mark in enumerate(expected, 1):
        start, end = mark.start, mark.end
        # Evidence may run on into the next utterances, as if the texts were joined with nothing.
        for place in range(mark.utterance, len(utterances)):
            length = len(utterances[place].text)
            if start < length:
                spans[place].append(Span(start, min(end, length), number, verdict))
            start, end = max(start - length, 0), end - length
            if end <= 0:
                break
    return [
        LineView(one.role.code, one.start_ms, one.end_ms, tuple(cut(one.text, spans[place])))
        for place, one in enumerate(utterances)
    ]
