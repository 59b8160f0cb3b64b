"""Node tree × schema → a draft, the line of every key path, and all mistakes of shape.

Reads the pydantic models of `schema` and holds the nodes against them: keys, types, legal values. Pydantic itself would
report every alternative of a union, would not know lines, and would see `no` only as False. The draft is the model
with what was sound, so that checks of meaning run beside mistakes of shape. Does not know what a rule means.
"""

from __future__ import annotations

import math
import types
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Generic, Literal, TypeVar, Union, get_args, get_origin

import annotated_types
import yaml
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from qa_analyzer.rulebook.messages import THE_FILE, Issue, choices, nearest
from qa_analyzer.rulebook.model import KeyPath
from qa_analyzer.rulebook.schema import AnyOf, Category, OneOrMore, ScopeWord, ScriptedExample

MOST_NODES = 200_000
"""A file that unfolds to more nodes than this is an accident, or an attack by anchors."""
MOST_LEVELS = 30

_TAG = "tag:yaml.org,2002:"
_KINDS = {"bool": "truth value", "int": "number", "float": "number", "timestamp": "date", "null": "nothing"}
_SCALARS = {bool: ("bool",), int: ("int",), float: ("int", "float"), str: ("str",)}
_KNOWN_TAGS = {_TAG + name for name in (*_KINDS, "str", "map", "seq", "merge", "value")}

Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Shaped(Generic[Model]):
    """`draft` holds what was sound, unvalidated, with empty texts and lists for required keys that are missing.

    `damaged` are the key paths where something was left out.
    """

    draft: Model
    lines: dict[KeyPath, int]
    damaged: frozenset[KeyPath]
    issues: list[Issue]


def shape(node: yaml.Node, model: type[Model]) -> Shaped[Model]:
    """Hold a node tree against a model."""
    work = _Work()
    try:
        draft = work.model(node, model, ())
    except (_TooMuchError, RecursionError) as error:
        issue = Issue(error.line, error.what) if isinstance(error, _TooMuchError) else Issue(0, "too_deep")
        work.issues.append(issue)
        draft = work.nothing_of(model)
    return Shaped(draft, work.lines, frozenset(work.damaged), work.issues)


class _TooMuchError(Exception):
    def __init__(self, line: int, what: str) -> None:
        self.line, self.what = line, what


class _UnsoundError(Exception):
    """The value was reported and is left out."""


@dataclass
class _Work:
    """One walk over one file."""

    lines: dict[KeyPath, int] = field(default_factory=dict)
    damaged: set[KeyPath] = field(default_factory=set)
    issues: list[Issue] = field(default_factory=list)
    nodes: int = 0

    def fault(self, line: int, path: KeyPath, what: str, **facts: str) -> _UnsoundError:
        self.damaged.add(path)
        key = next((str(step) for step in reversed(path) if isinstance(step, str)), THE_FILE)
        self.issues.append(Issue(line, what, {"key": key, **facts}))
        return _UnsoundError()

    def value(self, node: yaml.Node, hint: Any, path: KeyPath) -> Any:
        """The draft of one value; raises `_UnsoundError` after reporting what is wrong with it."""
        self._count(node, path)
        hint, extras = _unwrapped(hint)
        if get_origin(hint) in (Union, types.UnionType):
            return self.value(node, self._member(node, hint, path), path)
        if _tag(node) == "null" and isinstance(node, yaml.ScalarNode):
            raise self.fault(_line(node), path, "no_value")
        if any(isinstance(extra, OneOrMore) for extra in extras) and not isinstance(node, yaml.SequenceNode):
            self.lines.setdefault((*path, 0), _line(node))
            return [self.value(node, get_args(hint)[0], (*path, 0))]
        if any(isinstance(extra, ScopeWord) for extra in extras) and isinstance(node, yaml.ScalarNode):
            if node.value not in ScopeWord.words:
                raise self.fault(
                    _line(node), path, "bad_value", value=node.value, **choices(node.value, _scope_choices(hint))
                )
            return hint.model_construct(**{node.value: True})
        found = self._plain(node, hint, path)
        self._within_bounds(node, found, extras, path)
        return found

    def _plain(self, node: yaml.Node, hint: Any, path: KeyPath) -> Any:
        if isinstance(hint, type) and issubclass(hint, BaseModel):
            return self.model(node, hint, path)
        if get_origin(hint) is list:
            return self._list(node, get_args(hint)[0], path)
        if get_origin(hint) is dict:
            return self._dict(node, get_args(hint)[0], get_args(hint)[1], path)
        if not isinstance(node, yaml.ScalarNode):
            raise self.fault(_line(node), path, "wrong_type", expected=_expected(hint))
        if _legal_words(hint):
            return self._word(node, hint, path)
        if hint is str:
            return self._text(node, path)
        if hint is date:
            return self._date(node, path)
        return self._number(node, hint, path)

    def model(self, node: yaml.Node, model: type[Model], path: KeyPath) -> Model:
        """The draft of a mapping with known keys; never raises `_UnsoundError` at the top of a file."""
        if not isinstance(node, yaml.MappingNode):
            if path:
                raise self.fault(_line(node), path, "wrong_type", expected="keys with values")
            full_width = isinstance(node, yaml.ScalarNode) and "：" in node.value
            self.fault(_line(node), (), "full_width_colon" if full_width else "wrong_type", expected="keys with values")
            return self.nothing_of(model)
        fields = {info.alias or name: (name, info) for name, info in model.model_fields.items()}
        found: dict[str, Any] = {}
        unknown: list[str] = []
        present: set[str] = set()
        for key, key_node, value_node in self._entries(node, path):
            if key not in fields:
                unknown.append(key)
                facts = choices(key, fields)
                what = "full_width_colon" if "：" in key else "unknown_key"
                self.fault(_line(key_node), path, what, **{**facts, "key": key})
                continue
            present.add(key)
            name, info = fields[key]
            self.lines[*path, key] = _line(key_node)
            try:
                found[name] = self.value(value_node, _hint(info), (*path, key))
            except _UnsoundError:
                self.damaged.add((*path, key))
        meant = {nearest(key, fields) for key in unknown}
        for key, (name, info) in fields.items():
            if info.is_required() and key not in present:
                self.damaged.add((*path, key))
            if info.is_required() and key not in present and key not in meant:
                self.fault(_line(node), (*path, key), "missing_key", key=key)
            if info.is_required() and name not in found:
                found[name] = _placeholder(_hint(info))
        return model.model_construct(**found)

    def nothing_of(self, model: type[Model]) -> Model:
        """The draft of a file of which nothing can be told: every key counts as damaged."""
        self.damaged.update((info.alias or name,) for name, info in model.model_fields.items())
        return _placeholder_model(model)

    def _list(self, node: yaml.Node, item: Any, path: KeyPath) -> list[Any]:
        if not isinstance(node, yaml.SequenceNode):
            raise self.fault(_line(node), path, "wrong_type", expected="a list")
        found = []
        for index, child in enumerate(node.value):
            self.lines[*path, index] = _line(child)
            try:
                found.append(self.value(child, item, (*path, index)))
            except _UnsoundError:
                found.append(_placeholder(item))
        return found

    def _dict(self, node: yaml.Node, key_hint: Any, item: Any, path: KeyPath) -> dict[Any, Any]:
        if not isinstance(node, yaml.MappingNode):
            raise self.fault(_line(node), path, "wrong_type", expected="keys with values")
        key_type = _unwrapped(key_hint)[0]
        legal = _legal_words(key_type)
        found = {}
        for key, key_node, child in self._entries(node, path):
            if legal and key not in legal:
                self.fault(_line(key_node), path, "unknown_key", **{**choices(key, legal), "key": key})
                continue
            self.lines[*path, key] = _line(key_node)
            try:
                if not legal:
                    self._text(key_node, (*path, key))
                found[key_type(key) if isinstance(key_type, type) else key] = self.value(child, item, (*path, key))
            except _UnsoundError:
                self.damaged.add((*path, key))
        return found

    def _entries(self, node: yaml.MappingNode, path: KeyPath) -> Iterator[tuple[str, yaml.ScalarNode, yaml.Node]]:
        """The keys of a mapping, each once, merged ones (`<<: *base`) last."""
        first: dict[str, int] = {}
        merged: list[yaml.MappingNode] = []
        self.lines.setdefault(path, _line(node))
        for key_node, value_node in node.value:
            if key_node.tag == _TAG + "merge":
                values = value_node.value if isinstance(value_node, yaml.SequenceNode) else [value_node]
                merged += [value for value in values if isinstance(value, yaml.MappingNode)]
                if not all(isinstance(value, yaml.MappingNode) for value in values):
                    self.fault(_line(value_node), path, "wrong_type", key="<<", expected="keys with values")
                continue
            if not isinstance(key_node, yaml.ScalarNode):
                self.fault(_line(key_node), path, "wrong_type", expected="a word")
                continue
            key = key_node.value
            if key in first:
                self.fault(_line(key_node), path, "duplicate_key", key=key, first=str(first[key]))
                continue
            first[key] = _line(key_node)
            yield key, key_node, value_node
        for base in merged:
            self._count(base, path)
            for key, key_node, value_node in self._entries(base, path):
                if key not in first:
                    first[key] = _line(key_node)
                    yield key, key_node, value_node

    def _member(self, node: yaml.Node, union: Any, path: KeyPath) -> Any:
        """The one alternative of a union that the node means to be."""
        members = [member for member in get_args(union) if member is not types.NoneType]
        if len(members) == 1:
            return members[0]
        plain = [_unwrapped(member)[0] for member in members]
        scalars = [bare for bare in plain if isinstance(bare, type) and bare in _SCALARS]
        for member, bare in zip(members, plain, strict=True):
            is_model = isinstance(bare, type) and issubclass(bare, BaseModel)
            if isinstance(node, yaml.MappingNode):
                if bare is AnyOf and not any(_key_of(key) == "any" for key, _ in node.value):
                    continue
                if is_model or get_origin(bare) is dict:
                    return member
            elif isinstance(node, yaml.SequenceNode):
                if get_origin(bare) is list:
                    return member
            elif isinstance(bare, type) and bare in _SCALARS and (len(scalars) == 1 or _tag(node) in _SCALARS[bare]):
                return member
        if isinstance(node, yaml.ScalarNode) and _tag(node) == "null":
            raise self.fault(_line(node), path, "no_value")
        raise self.fault(_line(node), path, "wrong_type", expected=_expected_of_union(plain))

    def _text(self, node: yaml.ScalarNode, path: KeyPath) -> str:
        kind = _tag(node)
        if kind != "str":
            value = node.value or "~"
            raise self.fault(_line(node), path, "not_text", value=value, kind=_KINDS.get(kind, "special value"))
        return str(node.value)

    def _date(self, node: yaml.ScalarNode, path: KeyPath) -> date:
        # By the word as written: YAML reads 2026-12-31 as a date already, and "2026-12-31" as a text.
        try:
            found = date.fromisoformat(node.value)
        except ValueError:
            found = None
        if found is None or found.isoformat() != node.value:
            raise self.fault(_line(node), path, "not_a_date", value=node.value)
        return found

    def _word(self, node: yaml.ScalarNode, hint: Any, path: KeyPath) -> Any:
        legal = _legal_words(hint)
        # By the word as written: YAML reads `off` as False, yet `status: off` is plain enough.
        if node.value not in legal:
            raise self.fault(_line(node), path, "bad_value", value=node.value, **choices(node.value, legal))
        return hint(node.value) if isinstance(hint, type) else node.value

    def _number(self, node: yaml.ScalarNode, hint: Any, path: KeyPath) -> Any:
        kind = _tag(node)
        if kind not in _SCALARS[hint]:
            raise self.fault(_line(node), path, "wrong_type", expected=_expected(hint))
        builder = yaml.constructor.SafeConstructor()
        try:
            if kind == "bool":
                return builder.construct_yaml_bool(node)
            number = builder.construct_yaml_int(node) if kind == "int" else builder.construct_yaml_float(node)
            found = float(number) if hint is float else number
        except (ValueError, OverflowError):
            raise self.fault(_line(node), path, "wrong_type", expected=_expected(hint)) from None
        if not math.isfinite(found):
            raise self.fault(_line(node), path, "not_finite")
        return found

    def _within_bounds(self, node: yaml.Node, found: Any, extras: list[Any], path: KeyPath) -> None:
        for extra in extras:
            if isinstance(extra, annotated_types.Ge) and found < extra.ge:
                raise self.fault(_line(node), path, "too_small", least=str(extra.ge))
            if isinstance(extra, annotated_types.MinLen):
                if isinstance(found, str) and not found.strip():
                    raise self.fault(_line(node), path, "blank")
                if not isinstance(found, str) and len(found) < extra.min_length and self._is_intact(path):
                    raise self.fault(_line(node), path, "too_few", least=str(extra.min_length))
            if isinstance(extra, annotated_types.MaxLen) and len(found) > extra.max_length:
                raise self.fault(_line(node), path, "too_many", most=str(extra.max_length))

    def _is_intact(self, path: KeyPath) -> bool:
        return not any(damage[: len(path)] == path for damage in self.damaged)

    def _count(self, node: yaml.Node, path: KeyPath) -> None:
        self.nodes += 1
        if len(path) > MOST_LEVELS:
            raise _TooMuchError(_line(node), "too_deep")
        if self.nodes > MOST_NODES:
            raise _TooMuchError(_line(node), "too_large")
        if node.tag not in _KNOWN_TAGS:
            raise self.fault(_line(node), path, "tag", tag=node.tag)


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def _tag(node: yaml.Node) -> str:
    return str(node.tag).removeprefix(_TAG)


def _key_of(node: yaml.Node) -> object:
    return node.value if isinstance(node, yaml.ScalarNode) else None


def _hint(info: FieldInfo) -> Any:
    return Annotated[info.annotation, *info.metadata] if info.metadata else info.annotation


def _unwrapped(hint: Any) -> tuple[Any, list[Any]]:
    """A type without `Annotated`, and what was annotated: markers and bounds."""
    extras: list[Any] = []
    while get_origin(hint) is Annotated:
        hint, *added = get_args(hint)
        for extra in added:
            extras += extra.metadata if isinstance(extra, FieldInfo) else [extra]
    return hint, extras


def _legal_words(hint: Any) -> tuple[str, ...]:
    if get_origin(hint) is Literal:
        return get_args(hint)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return tuple(member.value for member in hint)
    return ()


def _scope_choices(model: type[BaseModel]) -> list[str]:
    keys = [info.alias or name for name, info in model.model_fields.items()]
    return [*ScopeWord.words, *(f"{{{key}: …}}" for key in keys if key not in ScopeWord.words)]


def _expected(hint: Any) -> str:
    names = {str: "a text", int: "a whole number", float: "a number", bool: "true or false"}
    return names.get(hint, "a word")


def _expected_of_union(plain: list[Any]) -> str:
    if float in plain:
        return "a number or a threshold key"
    if int in plain:
        return "a whole number or a threshold key"
    if Category in plain:
        return "a list or a mapping with says"
    if ScriptedExample in plain:
        return "a text or a script with text and call"
    if any(get_origin(bare) is dict for bare in plain):
        return "a list or categories"
    return "keys with values"


def _placeholder(hint: Any) -> Any:
    """Something harmless of the right type, for checks of meaning to pass over."""
    hint, _ = _unwrapped(hint)
    if get_origin(hint) in (Union, types.UnionType):
        return _placeholder(next(member for member in get_args(hint) if member is not types.NoneType))
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        return _placeholder_model(hint)
    if _legal_words(hint):
        word = _legal_words(hint)[0]
        return hint(word) if isinstance(hint, type) else word
    return date.max if hint is date else (get_origin(hint) or hint)()


def _placeholder_model(model: type[Model]) -> Model:
    required = {name: info for name, info in model.model_fields.items() if info.is_required()}
    return model.model_construct(**{name: _placeholder(_hint(info)) for name, info in required.items()})
