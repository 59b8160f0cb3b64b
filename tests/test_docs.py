"""The documents tell the truth: their rules pass, their inputs read, their Python runs, every command is named."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

import pytest
import typer.main
import yaml

from qa_analyzer.cli import app
from qa_analyzer.figures import FIGURES
from qa_analyzer.resources import shipped
from qa_analyzer.rule_testing import check_examples
from qa_analyzer.rulebook import Rulebook, load_rulebook

ROOT = Path(__file__).parent.parent
READMES = ("README.md", "README.en.md")
WITH_RULES = (*READMES, "docs/writing-rules.md")

HEAD = {
    "name": "名称",
    "why": "理由",
    "source": ["文档"],
    "criterion": "solving",
    "severity": "minor",
    "message": "说明",
    "suggest": "话术",
}


def blocks(document: str, language: str) -> list[str]:
    text = (ROOT / document).read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)


def rules_in(document: str) -> list[str]:
    return blocks(document, "yaml")


def load(folder: Path, rule: str) -> Rulebook:
    folder.joinpath("example.yaml").write_text(rule, encoding="utf-8")
    return load_rulebook(folder, shipped_rubric=shipped("rules") / "rubric.yaml", figures=FIGURES)


ALL_RULES = [
    pytest.param(rule, id=f"{document}-{number}")
    for document in WITH_RULES
    for number, rule in enumerate(rules_in(document))
]


@pytest.mark.parametrize("rule", ALL_RULES)
def test_every_rule_in_the_documents_is_legal_and_whole_ones_pass_their_examples(rule: str, tmp_path: Path) -> None:
    keys = yaml.safe_load(rule)
    if "examples" in keys:
        results = check_examples(load(tmp_path, rule))
        assert results
        assert [one.message for one in results if not one.ok] == []
        return
    # A fragment is shown without what every rule has; put it back.
    examples = [{"pass": "客服：好的。"}, {"fail": "客服：好的。"}, {"undetermined": "客服：好的。"}]
    has_test = {"require", "forbid", "measure"} & set(keys)
    rest = {} if has_test else {"forbid": {"by": "agent", "says": ["不知道"]}}
    whole = HEAD | rest | keys | {"examples": examples}
    load(tmp_path, yaml.safe_dump(whole, allow_unicode=True))


@pytest.mark.parametrize("readme", READMES)
def test_the_input_forms_of_the_readme_say_the_same_call(readme: str, tmp_path: Path) -> None:
    import qa_analyzer

    said = []
    for language, suffix in (("json", ".ndjson"), ("csv", ".csv"), ("text", ".txt")):
        (block,) = blocks(readme, language)
        folder = tmp_path / language
        folder.mkdir()
        folder.joinpath(f"C001{suffix}").write_text(block, encoding="utf-8")
        report = qa_analyzer.score(folder)
        assert report.rejected.empty
        said.append(report.calls[["call_id", "agent_id", "turns"]].to_dict("records"))
    assert said == [[{"call_id": "C001", "agent_id": "8016", "turns": 2}]] * 3


@pytest.mark.parametrize("readme", READMES)
def test_the_python_of_the_readme_runs(readme: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = tmp_path / "calls"
    calls.mkdir()
    calls.joinpath("C001.ndjson").write_text(blocks(readme, "json")[0], encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    (program,) = blocks(readme, "python")
    names: dict[str, object] = {}
    exec(compile(textwrap.dedent(program), readme, "exec"), names)
    assert len(names["report"].agents) == 1  # type: ignore[attr-defined]


def commands() -> list[str]:
    """`score`, `rules list`, … of the command line."""
    top = typer.main.get_command(app)
    found = []
    for name, command in top.commands.items():  # type: ignore[attr-defined]
        inner = getattr(command, "commands", None)
        found += [f"{name} {one}" for one in inner] if inner else [name]
    return found


@pytest.mark.parametrize("readme", READMES)
def test_every_command_is_in_the_readme_or_the_guide(readme: str) -> None:
    text = (ROOT / readme).read_text(encoding="utf-8") + (ROOT / "docs/writing-rules.md").read_text(encoding="utf-8")
    assert [one for one in commands() if f"qa-analyzer {one}" not in text] == []


@pytest.mark.parametrize("readme", READMES)
def test_every_command_in_the_readme_exists(readme: str) -> None:
    text = (ROOT / readme).read_text(encoding="utf-8")
    used = {" ".join(one.split()) for one in re.findall(r"qa-analyzer ((?:rules |emotion )?[a-z]+)\b(?=[^/])", text)}
    assert used
    assert used <= set(commands())


LINKS = [
    pytest.param(document, id=document.relative_to(ROOT).as_posix())
    for document in (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"))
]


@pytest.mark.parametrize("document", LINKS)
def test_links_between_documents_lead_somewhere(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    targets = [one.split("#")[0] for one in re.findall(r"\]\(([^)]+)\)", text) if not one.startswith(("http", "#"))]
    assert [one for one in targets if one and not (document.parent / one).exists()] == []
