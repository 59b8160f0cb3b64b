"""Bytes of a YAML file → node tree with line numbers.

Knows encodings and YAML syntax. Does not know which keys or types are legal (`shaping`).
"""

from __future__ import annotations

import codecs
import re

import yaml

from qa_analyzer.rulebook.messages import Issue

# The line breaks that PyYAML counts, so that `source_lines[mark.line]` is the line it means.
_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
_TAB_INDENT = re.compile(r"\s*\t")


def decode(content: bytes) -> tuple[str, list[Issue]]:
    """UTF-8, with or without a byte order mark, as text with newline line endings."""
    try:
        text = content.removeprefix(codecs.BOM_UTF8).decode("utf-8")
    except UnicodeDecodeError as error:
        skipped = len(content) - len(error.object)
        line = error.object[: error.start].count(b"\n") + 1
        return "", [Issue(line, "not_utf8", {"byte": str(error.start + skipped + 1)})]
    return text.replace("\r\n", "\n").replace("\r", "\n"), []


def source_lines(text: str) -> list[str]:
    """The lines of a file as YAML counts them; line 1 is the first item."""
    return _BREAK.split(text)


LOADER: type[yaml.SafeLoader] | type[yaml.CSafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's parser where PyYAML was built with it: ten times as fast, the same nodes and marks."""


def compose(text: str) -> tuple[yaml.Node | None, list[Issue]]:
    """The node tree of the file's only document, or what is wrong with its syntax."""
    try:
        node = yaml.compose(text, Loader=LOADER)
    except yaml.reader.ReaderError as error:
        # libyaml counts bytes, PyYAML characters: look for the character itself.
        line = len(_BREAK.findall(text[: max(text.find(chr(error.character)), 0)])) + 1
        return None, [Issue(line, "control", {"code": f"U+{error.character:04X}"})]
    except yaml.MarkedYAMLError as error:
        return None, [_syntax_issue(text, error)]
    except RecursionError:
        return None, [Issue(0, "too_deep")]
    if node is None:
        return None, [Issue(0, "empty")]
    return node, []


def _syntax_issue(text: str, error: yaml.MarkedYAMLError) -> Issue:
    lines = source_lines(text)
    mark = error.problem_mark or error.context_mark
    number = min(mark.line + 1 if mark else 1, len(lines))
    row = lines[number - 1]
    if _TAB_INDENT.match(row) or (mark and row[mark.column : mark.column + 1] == "\t"):
        return Issue(number, "tab")
    # A key with a full-width colon is a text that runs on: YAML complains only at the next real key.
    for earlier in range(number, max(0, number - 2), -1):
        if re.match(r"\s*(- )?[A-Za-z_]+：", lines[earlier - 1]):
            return Issue(earlier, "full_width_colon")
    reason = "; ".join(part for part in (error.context, error.problem) if part)
    return Issue(number, "syntax", {"reason": reason})


def extended(own: yaml.MappingNode, base: yaml.MappingNode, key: str) -> yaml.MappingNode:
    """`own` over `base`: mappings are merged key by key, in the order of `base`; anything else of `own` replaces.

    All that comes from `base` gets the line of `key` in `own`, so that no problem points into another file.
    """
    mark = next((one.start_mark for one, _ in own.value if _is_key(one, key)), own.start_mark)
    _move(base, mark, set())
    return _merged(own, base)


def _is_key(node: yaml.Node, key: str) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.value == key


def _merged(own: yaml.MappingNode, base: yaml.MappingNode) -> yaml.MappingNode:
    entries: list[tuple[yaml.Node, yaml.Node]] = []
    for base_key, base_value in base.value:
        mine = [(key, value) for key, value in own.value if _is_key(key, base_key.value)]
        for key, value in mine:
            both = isinstance(value, yaml.MappingNode) and isinstance(base_value, yaml.MappingNode)
            entries.append((key, _merged(value, base_value) if both else value))
        if not mine:
            entries.append((base_key, base_value))
    known = {key.value for key, _ in base.value}
    entries += [
        (key, value) for key, value in own.value if not (isinstance(key, yaml.ScalarNode) and key.value in known)
    ]
    return yaml.MappingNode(own.tag, entries, own.start_mark, own.end_mark, own.flow_style)


def _move(node: yaml.Node, mark: yaml.Mark, done: set[int]) -> None:
    if id(node) in done:
        return
    done.add(id(node))
    node.start_mark = mark
    for child in node.value if isinstance(node, yaml.SequenceNode | yaml.MappingNode) else ():
        for one in child if isinstance(child, tuple) else (child,):
            _move(one, mark, done)
