"""The sample calls: what the shipped rules say against what a supervisor would say (`expected.csv`).

`tests/data/known_disagreements.csv` lists every verdict that differs, each with a reason. It must match exactly: a new
disagreement fails the test, and so does a listed one that has disappeared and must be taken off the list.
"""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from .made import Scored

KEY = ("call_id", "rule", "expected", "got")
SET = re.compile(r"s\d_")


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def expected(checkout: Path) -> dict[tuple[str, str], str]:
    """Call and rule → the supervisor's verdict."""
    rows = rows_of(checkout / "sample_transcripts" / "expected.csv")
    found = {(row["call_id"], row["rule"]): row["verdict"] for row in rows}
    assert len(found) == len(rows)
    return found


@pytest.fixture(scope="module")
def known(checkout: Path) -> list[dict[str, str]]:
    return rows_of(checkout / "tests" / "data" / "known_disagreements.csv")


def test_every_sample_call_has_a_verdict_for_every_rule_named(
    samples: Scored, expected: dict[tuple[str, str], str]
) -> None:
    """Calls × rules, with no gap; every rule named is shipped. Calls judged blind have the rules of their set."""
    ruled: dict[str, set[str]] = {}
    for call, rule in expected:
        ruled.setdefault(call, set()).add(rule)
    assert set(ruled) == set(samples.calls.index)
    common = {frozenset(rules) for call, rules in ruled.items() if not SET.match(call)}
    assert len(common) == 1
    assert all(len(rules) >= 30 for call, rules in ruled.items() if SET.match(call))
    assert {f"rule:{rule}" for rules in ruled.values() for rule in rules} <= set(samples.calls.columns)


def test_verdicts_differ_from_the_supervisors_only_where_the_list_says_so(
    samples: Scored, expected: dict[tuple[str, str], str], known: list[dict[str, str]]
) -> None:
    """No new disagreement, and none on the list that is gone."""
    given = {(call, rule): str(samples.calls.loc[call, f"rule:{rule}"]) for call, rule in expected}
    found = {(*place, expected[place], got) for place, got in given.items() if got != expected[place]}
    listed = {tuple(row[name] for name in KEY) for row in known}
    new = "\n".join(",".join(one) for one in sorted(found - listed))
    gone = "\n".join(",".join(one) for one in sorted(map(tuple, listed - found)))
    assert found == listed, f"new, look at the calls:\n{new}\ngone, take them off the list:\n{gone}"


def test_every_known_disagreement_has_a_reason_and_they_are_few(
    expected: dict[tuple[str, str], str], known: list[dict[str, str]]
) -> None:
    """Sorted, said once, and fewer than one verdict in ten."""
    places = [(row["call_id"], row["rule"]) for row in known]
    assert places == sorted(set(places))
    assert all(len(row["reason"]) >= 4 for row in known)
    assert len(known) < len(expected) / 10


def test_the_order_of_the_agents_is_the_one_the_samples_were_written_for(samples: Scored) -> None:
    """Of agents with several calls, the one written as excellent has the best mean, the failing one the worst."""
    several = samples.agents[samples.agents["calls"] >= 3]
    means = several["score_mean"]
    assert means.idxmax() == "A8001"
    assert means.idxmin() == "A8011"
    assert means["A8001"] - means["A8011"] > 25


def test_traditional_and_recogniser_texts_are_quoted_as_they_were_given(samples: Scored) -> None:
    """Quotes of the Taiwanese calls are in traditional characters, whatever matching made of them."""
    quotes = "".join(samples.findings[samples.findings["call_id"] == "tw_shop_037"]["quote"].dropna())
    assert "請" in quotes or "謝" in quotes
    assert not set("请谢") & set(quotes)


COMPLAINTS = {
    "service_attitude": "partial_gas_024 tel_att_005",
    "price_settlement": (
        "bank_fraud_025 shop_price_026 travel_ticket_027 appl_install_029 tel_vas_001 bank_fee_004 bank_card_007 "
        "water_bill_012 edu_refund_015 text_tw_roaming"
    ),
    "product_quality": (
        "power_out_023 shop_fake_031 bb_speed_006 shop_refund_009 appl_fridge_010 prop_lift_013 asr_mobile_017 "
        "tw_shop_037"
    ),
    "supporting_after_sales": "bb_repair_002 travel_hotel_011 food_late_014 ins_claim_016",
    "rules_terms": "tel_port_008 text_gym_card",
}
"""The matter of each complaint among the samples that were written for them, by reading them."""
UNSEEN = {
    "s1_tel_roam_02": "price_settlement",
    "s1_ac_repair_08": "supporting_after_sales",
    "s1_prop_parking_09": "price_settlement",
    "s2_bank_installment_03": "price_settlement",
    "s2_edu_refund_14": "price_settlement",
    "s2_food_wechat_10": "supporting_after_sales",
    "s2_water_yellow_17": "product_quality",
    "s1_bb_outage_03": "product_quality",
    "s1_ins_benef_06": "service_attitude",
    "s6_etc_double_16": "price_settlement",
    "s6_pet_clinic_14": "product_quality",
}
"""The same of those added later, with nothing changed for them: 8 of 11 are told right."""


def test_the_complaint_type_is_that_of_a_reader(samples: Scored) -> None:
    """In all complaints, and of most of them the program is sure."""
    expected = {call: kind for kind, calls in COMPLAINTS.items() for call in calls.split()}
    every = samples.calls[samples.calls["call_type"] == "complaint"]
    later = every.index.str.match(SET.pattern)
    assert set(every.index[later]) == set(UNSEEN)
    assert sum(every.loc[call, "complaint_type"] == kind for call, kind in UNSEEN.items()) >= 8
    complaints = every[~later]
    assert set(complaints.index) == set(expected)
    assert {call for call, kind in expected.items() if complaints.loc[call, "complaint_type"] != kind} == set()
    assert complaints["complaint_type_unsure"].mean() < 0.2
    assert complaints["complaint_type_confidence"].between(0.2, 1).all()
