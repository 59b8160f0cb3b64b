"""The catalogue of the rules as pages, like a linter's: an index by part, and a page a rule. Offline, no script.

The pages depend on the rules alone: no date, no version, so that they change only when a rule does.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from qa_analyzer import wording
from qa_analyzer.wording import Lang
from qa_analyzer.writers.html.pages import ASSETS, environment
from qa_analyzer.writers.rule_page import PartView

GENERATOR = "qa-analyzer rules pages"
"""Stands in every page, so that a page which the rules no longer have is known for ours and removed."""
INDEX, STYLE = "index.html", "rules.css"

_HERE = Path(__file__).parent


def render_catalogue(parts: Sequence[PartView], lang: Lang) -> dict[str, bytes]:
    """Every file of the catalogue: path inside its folder → content."""
    count = sum(len(part.rules) for part in parts)
    files = {
        STYLE: (_HERE / ASSETS / STYLE).read_bytes(),
        INDEX: _render("rules_index.html.j2", lang, root="", parts=parts, count=count),
    }
    for part in parts:
        for rule in part.rules:
            root = "../" * rule.id.count("/")
            files[f"{rule.id}.html"] = _render("rules_rule.html.j2", lang, root=root, part=part, rule=rule)
    return files


def is_ours(path: Path) -> bool:
    """Whether a page was made by `render_catalogue`."""
    try:
        return f'content="{GENERATOR}"'.encode() in path.read_bytes()[:2000]
    except OSError:
        return False


def write_catalogue(folder: Path, files: dict[str, bytes]) -> None:
    """Write the files that changed, and remove pages of ours that the rules no longer have; all else is left alone."""
    for path in sorted(folder.rglob("*.html")):
        if path.relative_to(folder).as_posix() not in files and is_ours(path):
            path.unlink()
            if not any(path.parent.iterdir()):
                path.parent.rmdir()
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.is_file() or path.read_bytes() != content:
            path.write_bytes(content)


def _render(template: str, lang: Lang, **values: Any) -> bytes:
    def words(key: str, **facts: object) -> str:
        return wording.word(lang, key, **facts)

    page = (
        environment()
        .get_template(template)
        .render(
            lang_tag=wording.LANG_TAGS[lang],
            generator=GENERATOR,
            w=words,
            code=lambda column, value: wording.code_word(column, value, lang),
            heading=lambda column: wording.pick(wording.COLUMNS["findings"][column], lang),
            rule_href=lambda rule: f"{quote(rule)}.html",
            **values,
        )
    )
    return page.encode("utf-8", "replace")
