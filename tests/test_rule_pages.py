"""The catalogue of rules: one page a rule, evidence marked, everything escaped, and the committed pages as they are."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest
from typer.testing import CliRunner, Result

from qa_analyzer.cli import app
from qa_analyzer.resources import shipped
from qa_analyzer.rule_views import view_parts
from qa_analyzer.rulebook import load_rulebook
from qa_analyzer.rulebook.guidelines import load_guidelines
from qa_analyzer.wording import Lang
from qa_analyzer.writers.html.rules import render_catalogue

from .run.made import RUBRIC, RULES, write_rules

HOSTILE = """\
name: "<script>alert(1)</script>"
why: "<img src=x onerror=alert(1)> & 其他"
source: ["<b>手册</b>", G01]
criterion: language
severity: critical
message: "坐席说了「{match}」<i>"
suggest: "</dd><script>"
forbid: {by: agent, says: ["<script>坏话"]}
examples:
  - pass: "客服：</p><script>alert(2)</script>您好。"
  - fail: "客服：【<script>坏话】</mark>"
"""


def files_of(folder: Path, lang: Lang = "zh") -> dict[str, bytes]:
    rulebook = load_rulebook(folder)
    return render_catalogue(view_parts(rulebook, load_guidelines(folder), lang), lang)


def page_of(folder: Path, rule: str, lang: Lang = "zh") -> str:
    return files_of(folder, lang)[f"{rule}.html"].decode()


def invoke(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(one) for one in arguments], env={"COLUMNS": "160"})


class Reader(HTMLParser):
    """Collects tags with their attributes, and text."""

    def __init__(self, page: str) -> None:
        """Read a page."""
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect."""
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        """Collect."""
        self.text += data


def marks_of(page: str) -> list[tuple[str, str]]:
    return re.findall(r'<mark class="([a-z]+)">(.*?)</mark>', page)


# ---- the committed pages ---------------------------------------------------------------------------------------


def test_the_committed_pages_are_those_of_the_rules(checkout: Path) -> None:
    """If not: `make rule-pages`, and commit what it writes."""
    wanted = files_of(shipped("rules"))
    folder = checkout / "docs" / "rules"
    found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert sorted(found) == sorted(wanted), "make rule-pages"
    assert [name for name, content in wanted.items() if found[name] != content] == [], "make rule-pages"


def test_every_link_of_the_shipped_catalogue_leads_somewhere_and_none_leaves_it() -> None:
    files = files_of(shipped("rules"))
    for name, content in files.items():
        if not name.endswith(".html"):
            continue
        reader = Reader(content.decode())
        anchors = {facts.get("id") for _, facts in reader.tags}
        for tag, facts in reader.tags:
            target = facts.get("href") or facts.get("src")
            if target is None or target.startswith("data:"):
                continue
            path, _, anchor = target.partition("#")
            inside = (Path(name).parent / unquote(path)).as_posix() if path else name
            resolved = re.sub(r"[^/]+/\.\./", "", inside)
            assert resolved in files, (name, target)
            assert tag != "script"
            if anchor and not path:
                assert anchor in anchors, (name, target)


def test_each_rule_has_a_page_and_a_row_in_the_index() -> None:
    rulebook = load_rulebook(shipped("rules"))
    files = files_of(shipped("rules"))
    index = files["index.html"].decode()
    assert {f"{rule.id}.html" for rule in rulebook.rules} == set(files) - {"index.html", "rules.css"}
    assert all(f'href="{rule.id}.html"' in index for rule in rulebook.rules)
    assert index.index("opening/greeting") < index.index("hold/ask") < index.index("closing/farewell")


# ---- what a page says ------------------------------------------------------------------------------------------


def test_a_page_says_what_why_source_gravity_and_better_wording(tmp_path: Path) -> None:
    rude = RULES["language/rudeness"].replace("[T4]", "[T4, G53]")
    text = Reader(page_of(write_rules(tmp_path, RULES | {"language/rudeness": rude}), "language/rudeness")).text
    for told in (
        "不骂人",
        "坐席说了「{match}」",
        "不骂人，不嫌烦。",
        "T4",
        "G53 不辱骂讽刺",
        "严重",
        "请您慢慢说。",
        "用语",
        "启用",
    ):
        assert told in text
    assert "烦死了, 真啰嗦" in text  # how it judges, as written


def test_evidence_is_marked_in_bad_and_good_examples(tmp_path: Path) -> None:
    folder = write_rules(tmp_path)
    assert marks_of(page_of(folder, "empathy/apology")) == [("fail", "哦。"), ("pass", "抱歉")]
    page = page_of(folder, "language/interruption")
    assert marks_of(page) == [("fail", "你听我说这个不对。")]
    assert "1–4.5 秒" in page


def test_evidence_that_runs_over_utterances_is_marked_in_each(tmp_path: Path) -> None:
    apology = RULES["empathy/apology"].replace("客服：实在【抱歉】。", "客服：实在【抱\n          客服：歉】啊。")
    assert marks_of(page_of(write_rules(tmp_path, RULES | {"empathy/apology": apology}), "empathy/apology")) == [
        ("fail", "哦。"),
        ("pass", "抱"),
        ("pass", "歉"),
    ]


def test_known_gaps_stand_apart_with_the_verdict_they_should_have(tmp_path: Path) -> None:
    rude = RULES["language/rudeness"] + "  - todo_fail: 客服：你个【笨蛋】。\n"
    text = Reader(page_of(write_rules(tmp_path, RULES | {"language/rudeness": rude}), "language/rudeness")).text
    assert "已知的不足" in text
    assert "应判不合格" in text


def test_rules_of_a_group_are_linked_and_those_of_folders_without_a_part_come_last(tmp_path: Path) -> None:
    folder = write_rules(tmp_path / "all", RULES | {"own/extra": RULES["language/rudeness"]})
    page = page_of(folder, "empathy/apology")
    assert 'href="../empathy/understanding.html"' in page
    lonely = write_rules(tmp_path / "lonely", {"empathy/apology": RULES["empathy/apology"]})
    assert "<code>empathy/understanding</code>" in page_of(lonely, "empathy/apology")
    index = files_of(folder)["index.html"].decode()
    assert index.index('id="language"') < index.index('id="courtesy"') < index.index('id="own"')


def test_everything_is_escaped(tmp_path: Path) -> None:
    folder = write_rules(tmp_path, {"language/hostile": HOSTILE}, RUBRIC.replace("name: 用语", "name: '<u>用语'"))
    for name, content in files_of(folder).items():
        if name.endswith(".html"):
            tags = {tag for tag, _ in Reader(content.decode()).tags}
            assert not tags & {"script", "img", "i", "u"}, name
    hostile = Reader(page_of(folder, "language/hostile"))
    assert "<script>alert(1)</script>" in hostile.text
    assert "</p><script>alert(2)</script>您好。" in hostile.text
    assert marks_of(page_of(folder, "language/hostile")) == [("fail", "&lt;script&gt;坏话")]


def test_pages_need_no_network_no_script_and_one_small_style_sheet() -> None:
    files = files_of(shipped("rules"))
    assert [name for name in files if not name.endswith(".html")] == ["rules.css"]
    assert len(files["rules.css"]) < 8000
    assert not re.search(rb"url\(|@import|http", files["rules.css"])
    assert all(b"default-src 'none'" in content for name, content in files.items() if name != "rules.css")


def test_pages_depend_on_the_rules_alone(tmp_path: Path) -> None:
    first, second = (write_rules(tmp_path / name) for name in ("one", "two"))
    assert files_of(first) == files_of(second)


def test_pages_come_in_english_too(tmp_path: Path) -> None:
    page = page_of(write_rules(tmp_path), "language/rudeness", "en")
    assert '<html lang="en">' in page
    assert "Never rude" in page
    assert "Better wording" in page


# ---- the command -----------------------------------------------------------------------------------------------


def test_the_command_writes_removes_what_is_gone_and_leaves_the_rest(tmp_path: Path) -> None:
    rules, folder = (
        write_rules(tmp_path / "rules", RULES | {"own/extra": RULES["language/rudeness"]}),
        tmp_path / "site",
    )
    done = invoke("rules", "pages", folder, "--rules", rules)
    assert done.exit_code == 0, done.output
    assert "6 条规则的网页" in done.output
    assert (folder / "own" / "extra.html").is_file()
    (folder / "notes.html").write_text("mine")
    (rules / "own" / "extra.yaml").unlink()
    kept = (folder / "language" / "rudeness.html").stat().st_mtime_ns
    assert invoke("rules", "pages", folder, "--rules", rules, "--lang", "zh").exit_code == 0
    assert not (folder / "own").exists()
    assert (folder / "notes.html").read_text() == "mine"
    assert (folder / "language" / "rudeness.html").stat().st_mtime_ns == kept


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_foreign_folder_is_left_alone(tmp_path: Path, lang: str) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "index.html").write_text("mine")
    done = invoke("rules", "pages", tmp_path / "site", "--rules", write_rules(tmp_path / "rules"), "--lang", lang)
    assert done.exit_code == 2
    assert [path.name for path in (tmp_path / "site").iterdir()] == ["index.html"]
