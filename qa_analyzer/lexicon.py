"""Wordings behind the columns of the calls table: what the customer complains of and wants, what the agent asks.

A column has values (the codes of the table), a value has groups of wordings, each with a weight. Knows which columns
and codes there are; where wordings are heard in a batch is `hearing`'s work, what follows from it `profile`'s.
The wordings themselves are data: rules/columns/*.yaml.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from qa_analyzer.model import Role

COMPLAINT_TYPES = (
    "service_attitude",
    "price_settlement",
    "product_quality",
    "supporting_after_sales",
    "rules_terms",
    "other",
)
NEEDS = (
    "information",
    "attention",
    "feeling",
    "respect",
    "venting",
    "compensation",
    "care",
    "listening",
    "professional",
    "fast",
)
RISKS = ("none", "low", "medium", "high")
ESCALATION_KINDS = ("ordinary", "exceptional")
QUESTION_KINDS = (
    "open",
    "yes_no",
    "restating",
    "probing",
    "informational",
    "clarifying",
    "consulting",
    "service",
)

SPOKEN_BY: dict[str, Role] = {
    "complaint_type": Role.CUSTOMER,
    "customer_need": Role.CUSTOMER,
    "escalation_risk": Role.CUSTOMER,
    "escalation_kind": Role.CUSTOMER,
    "repeat_contact": Role.CUSTOMER,
    "questions": Role.AGENT,
    "courtesy": Role.AGENT,
    "negative_wording": Role.AGENT,
    "dialect": Role.AGENT,
    "promise": Role.AGENT,
    "promise_asked": Role.CUSTOMER,
}
"""Whose wordings decide each column; the names of the files under rules/columns/."""
VALUES: dict[str, tuple[str, ...]] = {
    "complaint_type": COMPLAINT_TYPES,
    "customer_need": NEEDS,
    "escalation_risk": RISKS[1:],
    "escalation_kind": ESCALATION_KINDS[1:],
    "repeat_contact": ("mentioned",),
    "questions": QUESTION_KINDS,
    "courtesy": ("greeting", "please", "thanks", "sorry", "goodbye"),
    "negative_wording": ("said",),
    "dialect": ("said",),
    "promise": ("reply", "handling", "other", "not_a_promise"),
    "promise_asked": ("asked",),
}
"""The values of each column that have wordings. Others (`none`, `ordinary`) follow from something else."""


@dataclass(frozen=True, slots=True)
class WordingGroup:
    """Phrases that mean the same, how much they weigh, and the phrases that excuse a hit they overlap."""

    says: tuple[str, ...]
    unless: tuple[str, ...] = ()
    weight: float = 1.0


@dataclass(frozen=True, eq=False)
class Lexicon:
    """column → value → groups. A column or value without wordings is never heard."""

    columns: Mapping[str, Mapping[str, tuple[WordingGroup, ...]]] = field(default_factory=dict)
