"""Web pages: tables of utterances, blocks of speaker, time and text, blocks that their classes name."""

from __future__ import annotations

from pathlib import Path

import pytest

from ..calls import Result, read_bytes
from .reading import told


def page(body: str) -> str:
    return (
        "<!DOCTYPE html>\n<html><head><title>通话详情</title><style>.a{color:red}</style></head>\n"
        f"<body><script>var a = '客服：假的';</script>{body}</body></html>\n"
    )


def read_page(folder: Path, text: str, name: str = "call_17.html") -> Result:
    return read_bytes(folder, text.encode(), name)


ROWS = [("客服", "00:00:00.5", "00:00:02.1", "您好请讲"), ("客户", "00:00:02.5", "00:00:04", "停水了")]
TOLD = [("agent", None, 500, 2100, "您好请讲"), ("customer", None, 2500, 4000, "停水了")]


def table(cells: str = "td", heads: str = "th") -> str:
    top = "".join(f"<{heads}>{name}</{heads}>" for name in ("角色", "开始时间", "结束时间", "内容"))
    rows = "".join("<tr>" + "".join(f"<{cells}>{one}</{cells}>" for one in row) + "</tr>" for row in ROWS)
    return f"<table><tr>{top}</tr>{rows}</table>"


@pytest.mark.parametrize(
    "text",
    [
        page(table()),
        page(table(heads="td")),
        # the table alone, as systems write files called .xls
        table(),
        # sections, attributes, entities, tags that were left open
        page(
            table()
            .replace("<table>", '<table border="1"><thead>')
            .replace("</tr><tr>", "</tr></thead><tbody><tr>", 1)
            .replace("</table>", "</tbody></table>")
        ),
        page(table().replace("您好请讲", "<span class='keyword'>您好</span>请&#35762;&nbsp;")),
        page(table().replace("</td>", "").replace("</th>", "").replace("</tr>", "")),
        # a title above the headings, and a table for the layout of the page around it
        page(table().replace("<table><tr>", '<table><tr><td colspan="4">通话记录</td></tr><tr>', 1)),
        page(f"<table><tr><td>{table()}</td></tr></table>"),
    ],
)
@pytest.mark.parametrize("name", ["call_17.html", "call_17.xls", "call_17.txt"])
def test_a_table_with_headings_is_read_as_any_table(tmp_path: Path, text: str, name: str) -> None:
    """Whatever the page around it, and whatever the file is called."""
    result = read_page(tmp_path, text, name)
    assert told(result) == TOLD
    assert result.calls[0]["source_format"] == "html"


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_what_the_page_says_of_the_call_is_taken(tmp_path: Path, encoding: str) -> None:
    """From lines and from a table of names and values."""
    facts = (
        "<h2>通话详情</h2><p>通话编号：C-77</p><table><tr><th>坐席工号</th><td>8001</td><th>坐席姓名</th><td>周敏</td></tr>"
        "<tr><th>开始时间</th><td>2026-11-20 09:12:33</td><th>挂机方</th><td>客户</td></tr></table>"
    )
    result = read_bytes(tmp_path, page(facts + table()).encode(encoding), "x.html")
    call = result.calls[0]
    assert [call[name] for name in ("call_id", "agent_id", "agent_name", "hang_up")] == [
        "C-77",
        "8001",
        "周敏",
        "customer",
    ]
    assert call["started_at"] == "2026-11-20T09:12:33+08:00"
    assert told(result) == TOLD


def test_a_table_may_hold_several_calls(tmp_path: Path) -> None:
    """By their ids."""
    rows = "".join(
        f"<tr><td>C{n // 2}</td><td>{'客户' if n % 2 else '客服'}</td><td>您好{n}</td></tr>" for n in range(4)
    )
    head = "<tr><th>通话编号</th><th>角色</th><th>文本</th></tr>"
    assert read_page(tmp_path, page(f"<table>{head}{rows}</table>")).ids == ["C0", "C1"]


@pytest.mark.parametrize(
    "body",
    [
        "<div class='m'><span class='speaker'>客服</span><span class='time'>00:12</span><p>您好请讲</p></div>"
        "<div class='m'><span class='speaker'>客户</span><span class='time'>00:15</span><p>停水了</p></div>",
        "<p><b>客服</b> [00:12]：您好请讲</p><p><b>客户</b> [00:15]：停水了</p>",
        "<p>[00:12] <b>客服：</b>您好<em>请讲</em></p>\n<p>[00:15] <b>客户：</b>停水了</p>",
        "<dl><dt>客服 00:12</dt><dd>您好请讲</dd><dt>客户 00:15</dt><dd>停水了</dd></dl>",
        "<ul><li>00:12 客服：您好请讲<li>00:15 客户：停水了</ul>",
        "00:12 客服：您好请讲<br>00:15 客户：停水了<br/>",
        "<table><tr><td>00:12</td><td>客服</td><td>您好请讲</td></tr>"
        "<tr><td>00:15</td><td>客户</td><td>停水了</td></tr></table>",
        "<table><tr><td>客服</td><td>00:12</td><td>您好请讲</td></tr>"
        "<tr><td>客户</td><td>00:15</td><td>停水了</td></tr></table>",
        "<pre>\n00:12 客服：您好请讲\n00:15 客户：停水了\n</pre>",
        "<div class='msg agent' data-start='12'>您好请讲</div><div class='msg customer' data-start='15.0'>停水了</div>",
        "<div data-role='坐席'><i class='avatar'>敏</i><span class='name'>周敏</span><time>00:12</time>"
        "<div>您好请讲</div></div>"
        "<div data-role='客户'><span class='name'>李</span><time>00:15</time><div>停水了</div></div>",
        "<li class='item kefu'><span class='msg-time'>00:12</span><span class='msg-text'>您好请讲</span></li>"
        "<li class='item kehu'><span class='msg-time'>00:15</span><span class='msg-text'>停水了</span></li>",
    ],
)
def test_blocks_are_utterances(tmp_path: Path, body: str) -> None:
    """Speaker, time and text in blocks of any kind; where no label is written, the classes say who speaks."""
    assert told(read_page(tmp_path, page(body))) == [
        ("agent", None, 12_000, None, "您好请讲"),
        ("customer", None, 15_000, None, "停水了"),
    ]


def test_a_page_may_hold_several_dialogues(tmp_path: Path) -> None:
    """Each begins with its id."""
    body = "".join(
        f"<h3>通话编号：C{n}</h3><p>坐席工号：80{n}</p><p>客服：您好</p><p>客户：喂</p><hr>" for n in range(1, 4)
    )
    result = read_page(tmp_path, page("<h1>导出</h1>" + body))
    assert result.ids == ["C1", "C2", "C3"]
    assert [call["agent_id"] for call in result.calls] == ["801", "802", "803"]
    assert result.texts(2) == ["您好", "喂"]


def test_hostile_pages_are_text(tmp_path: Path) -> None:
    """Nothing is run; what is nested without end stays flat."""
    body = "<div>" * 5000 + "<p>客服：您好&lt;script&gt;alert(1)&lt;/script&gt;</p><p>客户：喂</p>" + "</div>" * 5000
    assert read_page(tmp_path, page(body)).texts() == ["您好<script>alert(1)</script>", "喂"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (page("<p>没有通话</p>"), "说话人标签"),
        (page(table().replace("角色", "备注").replace("客服", "甲").replace("客户", "乙")), "没有说话人"),
        (page(table())[:-60], "没有写完"),
        (page(table()).split("停水")[0], "没有写完"),
        ("<html><body><p>客服：您好</p>", "没有写完"),
    ],
)
def test_what_holds_no_call_says_why(tmp_path: Path, text: str, reason: str) -> None:
    """No dialogue, nobody who speaks, a page that breaks off."""
    result = read_page(tmp_path, text)
    assert (result.read, len(result.rejected)) == (1, 1)
    assert reason in result.reasons[0]


def test_bubbles_with_the_time_of_day_count_from_the_first(tmp_path: Path) -> None:
    """`staff` and `visitor` say who speaks, in classes as systems for chats write them."""
    said = (("staff right", "09:12:01", "您好请讲"), ("visitor left", "09:12:05", "停水了"))
    body = "".join(
        f'<div class="msg {who}"><span class="time">{at}</span><p>{text}</p></div>' for who, at, text in said
    )
    result = read_page(tmp_path, page(body))
    assert told(result) == [("agent", None, 0, None, "您好请讲"), ("customer", None, 4000, None, "停水了")]
