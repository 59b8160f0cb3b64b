"""A customer who only says good-bye keeps the mood that she had."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

import qa_analyzer

ANGRY = """客服：您好，请讲。
客户：你们太过分了，扣我三百块钱，我要投诉！
客服：哦。
客户：气死我了，什么破公司！
客服：没办法。
"""
MERE = ("再见", "没了，再见！", "行，挂了啊。", "好的，拜拜拜拜", "沒有了，再見")
NOTHING_MORE = ("没了没了。", "没有了", "嗯，暂时没有了，就这些。")
MORE = ("钱没了", "没事了，谢谢你，再见", "好的，那我等你电话，再见", "再见是什么意思，我还没说完呢")


@pytest.fixture(scope="module")
def ends(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, float]:
    """The customer's last words → the mood at the end of the call, all in one run."""
    folder = tmp_path_factory.mktemp("calls")
    for number, last in enumerate((*MERE, *NOTHING_MORE, *MORE)):
        (folder / f"{number}.txt").write_text(f"{ANGRY}客户：{last}\n", encoding="utf-8")
    found = qa_analyzer.score(folder).calls.set_index("call_id")["emotion_end"]
    return {last: float(found[str(number)]) for number, last in enumerate((*MERE, *NOTHING_MORE, *MORE))}


@pytest.mark.parametrize("last", (*MERE, *NOTHING_MORE))
def test_a_mere_farewell_does_not_calm_anybody(ends: Mapping[str, float], last: str) -> None:
    """The end is the mood of the last real turn."""
    assert ends[last] == ends["再见"] < -0.5


@pytest.mark.parametrize("last", MORE)
def test_what_says_more_counts(ends: Mapping[str, float], last: str) -> None:
    """Thanks, an agreement, a sentence that only begins so."""
    assert ends[last] != ends["再见"]
