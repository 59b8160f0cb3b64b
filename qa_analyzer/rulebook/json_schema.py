"""JSON Schema of rules and rubric, so that editors complete keys and explain them (yaml-language-server).

Knows the dialect that editors understand best, draft 7: definitions under `definitions`, and nothing beside a `$ref`.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from qa_analyzer.rulebook.schema import Rubric, RuleFile

DIALECT = "http://json-schema.org/draft-07/schema#"


def rule_json_schema() -> dict[str, Any]:
    """The JSON Schema of a rule file."""
    return _draft7(RuleFile, "规则")


def rubric_json_schema() -> dict[str, Any]:
    """The JSON Schema of rubric.yaml. With `extends` nothing else is required, not even inside a criterion."""
    schema = _draft7(Rubric, "评分标准")
    schema["anyOf"] = [{"required": ["extends"]}, {"required": schema.pop("required")}]
    schema["definitions"]["Criterion"].pop("required")
    return schema


def _draft7(model: type[BaseModel], title: str) -> dict[str, Any]:
    schema = model.model_json_schema(by_alias=True, ref_template="#/definitions/{model}")
    definitions = schema.pop("$defs", {})
    return {
        "$schema": DIALECT,
        **_without_docstring(_plain(schema)),
        "title": title,
        "definitions": {name: _without_docstring(_plain(inner)) for name, inner in definitions.items()},
    }


def _without_docstring(schema: dict[str, Any]) -> dict[str, Any]:
    """The docstring of a model is for programmers; what authors read are the descriptions of its keys."""
    return {key: value for key, value in schema.items() if key != "description"}


def _plain(schema: Any) -> Any:
    """Without generated titles and null alternatives, with every `$ref` alone.

    Null stands for an absent key in Python only: in a file, a key without a value is an error.
    """
    if isinstance(schema, list):
        return [_plain(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    plain = {
        key: {name: _plain(inner) for name, inner in value.items()} if key == "properties" else _plain(value)
        for key, value in schema.items()
        if key != "title" and not (key == "default" and value is None)
    }
    alternatives = [one for one in plain.pop("anyOf", []) if one != {"type": "null"}]
    if len(alternatives) == 1:
        plain = {**alternatives[0], **plain}
    elif alternatives:
        nested = (one["anyOf"] if set(one) == {"anyOf"} else [one] for one in alternatives)
        plain = {"anyOf": [one for group in nested for one in group], **plain}
    if "$ref" in plain and len(plain) > 1:
        return {"allOf": [{"$ref": plain.pop("$ref")}], **plain}
    return plain
