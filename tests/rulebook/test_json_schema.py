"""The JSON Schema that editors use."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from qa_analyzer.rulebook.json_schema import rubric_json_schema, rule_json_schema
from qa_analyzer.rulebook.schema import Clause, Rubric, RuleFile

SCHEMAS = [rule_json_schema(), rubric_json_schema()]


def keys_of(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every key that an author can write, with its schema."""
    yield from schema.get("properties", {}).items()
    for definition in schema.get("definitions", {}).values():
        yield from definition.get("properties", {}).items()


def nodes_of(schema: Any) -> Iterator[dict[str, Any]]:
    """Every mapping inside a schema."""
    if isinstance(schema, dict):
        yield schema
    for inner in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else []:
        yield from nodes_of(inner)


@pytest.mark.parametrize("schema", SCHEMAS)
def test_every_key_is_described_in_chinese(schema: dict[str, Any]) -> None:
    """Whatever an author can write, the editor explains it in Chinese."""
    silent = [key for key, inner in keys_of(schema) if not any("一" <= char <= "鿿" for char in inner["description"])]
    assert not silent


def test_the_keys_are_those_of_the_models() -> None:
    """Keys are as written in YAML (`in`, `pass`, `from`), and the required ones are required."""
    rule, rubric = SCHEMAS
    assert set(rule["properties"]) == set(RuleFile.model_fields)
    assert set(rubric["properties"]) == set(Rubric.model_fields)
    written = {"in" if name == "in_" else name for name in Clause.model_fields}
    assert set(rule["definitions"]["Clause"]["properties"]) == written
    assert set(rubric["definitions"]["Grade"]["properties"]) == {"grade", "from"}
    assert set(rule["required"]) == {
        *("name", "why", "source", "criterion", "severity", "message", "suggest", "examples"),
    }


@pytest.mark.parametrize("schema", SCHEMAS)
def test_unknown_keys_are_illegal(schema: dict[str, Any]) -> None:
    """Every mapping with known keys refuses others, so that the editor underlines them."""
    objects = [schema, *schema["definitions"].values()]
    assert all(one["additionalProperties"] is False for one in objects if "properties" in one)


def test_short_forms_are_legal() -> None:
    """A single item for a list and a word for a scope are offered beside the long form."""
    rule = SCHEMAS[0]
    assert {"type": "string"} in rule["properties"]["source"]["anyOf"]
    assert {"$ref": "#/definitions/Trigger"} in rule["properties"]["when"]["anyOf"]
    scope = rule["definitions"]["Clause"]["properties"]["in"]["anyOf"]
    assert scope == [
        {"type": "string", "enum": ["first_turn", "same_turn"]},
        {"$ref": "#/definitions/Scope"},
    ]


def test_an_example_has_exactly_one_key() -> None:
    """The editor, too, refuses an example with two verdicts."""
    example = SCHEMAS[0]["definitions"]["Example"]
    assert (example["minProperties"], example["maxProperties"]) == (1, 1)


@pytest.mark.parametrize("schema", SCHEMAS)
def test_the_dialect_is_draft_7(schema: dict[str, Any]) -> None:
    """References resolve, stand alone as draft 7 wants, and null is never offered."""
    assert schema["$schema"] == "http://json-schema.org/draft-07/schema#"
    for node in nodes_of(schema):
        assert node.get("type") != "null"
        assert "$defs" not in node
        if "$ref" in node:
            assert list(node) == ["$ref"]
            assert node["$ref"].removeprefix("#/definitions/") in schema["definitions"]


def test_a_rubric_that_extends_another_needs_nothing_else() -> None:
    """The editor underlines no missing key, neither at the top nor inside a criterion."""
    rubric = SCHEMAS[1]
    assert rubric["anyOf"][0] == {"required": ["extends"]}
    assert {"name", "criteria", "deductions", "grades", "thresholds", "phrases"} == set(rubric["anyOf"][1]["required"])
    assert "required" not in rubric
    assert "required" not in rubric["definitions"]["Criterion"]
