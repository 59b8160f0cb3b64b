"""The gravest of several failures is the one that a report names: on the index, in an agent's list, on the page."""

from __future__ import annotations

import re
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from qa_analyzer.reporting import Quotes, gravity_of_rules
from qa_analyzer.run import Engine, Options, score

ABUSE = """客服：喂，啥事？
客户：我的件显示签收了，我没收到啊！
客服：自己东西看不住，怪得着谁。
客户：你这叫什么态度，我要投诉你！
客服：嚷嚷半天，有病吧你。
客户：我现在就报警！
客服：报呗，吓唬谁呢。
"""
PLAIN = """客服：您好，快递客服，请问有什么可以帮您？
客户：我想问一下明天送不送。
客服：送的，上午九点到十一点。
客户：好的，谢谢。
客服：不客气，感谢来电，再见。
"""


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("gravest")
    calls = home / "calls.ndjson"
    lines = []
    for agent, text in (("A1", ABUSE), ("A2", PLAIN)):
        said = [line.split("：", 1) for line in text.strip().splitlines()]
        utterances = ",".join(
            f'{{"role":"{"agent" if who == "客服" else "customer"}","text":"{words}"}}' for who, words in said
        )
        lines += [
            f'{{"call_id":"{agent}-{n}","agent_id":"{agent}","team":"一组","hang_up":"agent","utterances":[{utterances}]}}'
            for n in range(6)
        ]
    calls.write_text("\n".join(lines), encoding="utf-8")
    score([calls], home / "report", Options(outputs=("parquet", "html")))
    return home / "report"


def test_wordings_are_ranked_as_the_rubric_orders_them() -> None:
    rank = gravity_of_rules(Engine(Options()).ruleset)
    named = (
        "language/insult",
        "language/provoke",
        "language/arrogant",
        "language/interrogate",
        "empathy/blame_customer",
    )
    assert [rank[one] for one in named] == sorted(rank[one] for one in named)


def test_a_call_is_named_by_its_gravest_failure(report: Path) -> None:
    """An insult before a reproach, and either before hanging up."""
    rank = gravity_of_rules(Engine(Options()).ruleset)
    findings = pq.read_table(report / "data" / "findings.parquet").to_pylist()
    critical = {one["rule"] for one in findings if one["verdict"] == "fail" and one["severity"] == "critical"}
    assert {"language/insult", "empathy/blame_customer", "closing/hang_up"} <= critical
    quotes = Quotes(report / "data" / "findings.parquet", set(), rank, {"A1-0", "A1-1"})
    assert quotes.of_call == {"A1-0": "language/insult", "A1-1": "language/insult"}


def test_the_index_says_first_who_needs_coaching_and_by_which_words(report: Path) -> None:
    page = (report / "index.html").read_text(encoding="utf-8")
    coached = page[page.index('id="coach"') : page.index('id="hear"')]
    assert "A1" in coached
    assert "有病吧你" in coached
    heard = page[page.index('id="hear"') : page.index('id="agents"')]
    assert "有病吧你" in heard[: heard.index("</li>")]
    assert re.search(r'href="calls/[^"#]+#t4"', heard)


def test_a_veto_is_named_once_however_often_it_was_earned(report: Path) -> None:
    page = next(path for path in report.glob("calls/*") if path.name.startswith("A1-0")).read_text(encoding="utf-8")
    names = re.findall(r'<a href="#f\d+">([^<]+)</a>', page[page.index("critical-note") : page.index("facts")])
    assert len(names) == len(set(names)) > 1


def test_every_rule_is_listed_with_its_calls_as_the_tables_have_them(report: Path) -> None:
    """Judged, failed and undetermined calls of the index agree with calls.parquet, for every rule with points."""
    page = (report / "index.html").read_text(encoding="utf-8")
    table = page[page.index('id="all-rules"') :]
    calls = pq.read_table(report / "data" / "calls.parquet").to_pandas()
    engine = Engine(Options())
    listed = 0
    for rule in engine.ruleset.rules:
        label = engine.names.rule_label(rule.id)
        row = re.search(rf"<tr><th scope=\"row\">(?:<a [^>]*>)?{re.escape(label)}(?:</a>)?</th>(.*?)</tr>", table)
        verdicts = calls[f"rule:{rule.id}"].astype(str).value_counts()
        passed, failed, unsure = (int(verdicts.get(one, 0)) for one in ("pass", "fail", "undetermined"))
        if rule.spec.severity == "info" or rule.spec.status != "active" or passed + failed + unsure == 0:
            assert row is None, rule.id
            continue
        assert row is not None, rule.id
        cells = re.findall(r"<td class=\"n[^>]*>([^<]*)</td>", row[1])
        share = f"{100 * failed / (passed + failed):.0f}%" if passed + failed >= 5 else "—"
        assert cells[:3] == [str(failed), str(passed + failed), share], rule.id
        assert cells[5] == str(unsure), rule.id
        listed += 1
    assert listed > 20


def test_the_better_wording_is_of_what_was_said(tmp_path: Path) -> None:
    """A rule may have a better wording for each category; who sent no category gets the rule's, a pass none."""
    engine = Engine(Options())
    spec = next(one.spec for one in engine.ruleset.rules if one.id == "language/impatience")
    said = {"催赶": "您就说重点行不行。", "说过多少遍": "我都跟你说过多少遍了。"}
    for category, words in said.items():
        folder = tmp_path / category
        folder.mkdir()
        (folder / "a.txt").write_text(
            f"客服：您好。\n客户：我问一下退款的事。\n客服：{words}\n客户：哦。\n", encoding="utf-8"
        )
        score([folder], folder / "report", Options(outputs=("parquet",)))
        rows = pq.read_table(folder / "report" / "data" / "findings.parquet").to_pylist()
        mine = [one for one in rows if one["rule"] == "language/impatience" and one["verdict"] == "fail"]
        assert [one["suggest"] for one in mine] == [spec.suggest_for.get(category, spec.suggest)]
        assert all(one["suggest"] is None for one in rows if one["verdict"] == "pass")
    assert spec.suggest_for["催赶"] != spec.suggest


def test_an_answer_without_its_apology_is_no_example(tmp_path: Path) -> None:
    """What is well said in the very turn that owed an apology is not quoted as done well; after one it is."""
    cold = "因为路上封路，所以车晚到了，我帮您查一下。"
    for name, answer in (("cold", cold), ("warm", "真对不起，让您久等了。" + cold)):
        folder = tmp_path / name
        folder.mkdir()
        said = "客服：您好，快递客服，请问有什么可以帮您？\n客户：我的件等了三天还没到，气死我了，怎么回事？\n"
        said += f"客服：{answer}\n客户：行。\n"
        (folder / "a.txt").write_text(said + "客服：再见。\n", encoding="utf-8")
        score([folder], folder / "report", Options(outputs=("parquet",)))
        found = Quotes(folder / "report" / "data" / "findings.parquet", set(), {}, set())
        praised = {row["turn"] for _, passes in found.of_agent.values() for row in passes}
        assert (2 in praised) == (name == "warm")
