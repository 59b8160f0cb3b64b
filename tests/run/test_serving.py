"""A finished report in the browser, over a real socket."""

from __future__ import annotations

import base64
import hashlib
import http.client
import re
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
import uvicorn

from qa_analyzer.errors import OptionError
from qa_analyzer.serving import HOST, Served, make_app, open_socket
from qa_analyzer.writers.html import safe_name

from .made import Scored, mixed_calls, scored, write_calls

FIRST = mixed_calls()[0]["call_id"]


class Browser:
    """Asks a running server."""

    def __init__(self, port: int) -> None:
        self.port = port

    def ask(self, path: str, *, method: str = "GET", host: str | None = None) -> tuple[int, str, dict[str, str]]:
        """Status, text and headers (lower case) of an answer; the path goes out as given."""
        connection = http.client.HTTPConnection(HOST, self.port, timeout=60)
        connection.putrequest(method, path, skip_host=True)
        connection.putheader("Host", f"{HOST}:{self.port}" if host is None else host)
        connection.endheaders()
        answer = connection.getresponse()
        text = answer.read().decode("utf-8", "replace")
        connection.close()
        return answer.status, text, {name.lower(): value for name, value in answer.getheaders()}


@pytest.fixture
def copied(mixed: Scored, tmp_path: Path) -> Path:
    """A report whose first call has no page."""
    folder = tmp_path / "report"
    shutil.copytree(mixed.folder, folder)
    (folder / "calls" / f"{safe_name(FIRST)}.html").unlink()
    return folder


def started(served: Served) -> Iterator[Browser]:
    listening = open_socket(0, "zh")
    port = listening.getsockname()[1]
    config = uvicorn.Config(make_app(served, lambda: port), log_level="warning", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    yield Browser(port)
    server.should_exit = True
    thread.join(10)


@pytest.fixture
def browser(copied: Path) -> Iterator[Browser]:
    """A server on the copied report."""
    yield from started(Served(copied))


def test_a_call_without_a_page_is_judged_from_the_input_as_the_run_did(browser: Browser, mixed: Scored) -> None:
    """The page made on demand is the page that the run wrote, but for the way back."""
    status, text, _ = browser.ask(f"/calls/{quote(safe_name(FIRST))}.html")
    assert status == 200
    written = (mixed.folder / "calls" / f"{safe_name(FIRST)}.html").read_text(encoding="utf-8")
    bar = '<p class="hint"><a href="/calls/">全部通话</a></p>'
    assert text.count(bar) == 1
    assert text.replace("\n" + bar, "") == written


def test_all_calls_are_listed_and_found(browser: Browser) -> None:
    """The list names every call; a search leaves those that match, an odd one none."""
    _, text, _ = browser.ask("/calls/")
    assert all(f"<bdi>{call['call_id']}</bdi>" in text for call in mixed_calls() if call["call_id"])
    _, text, _ = browser.ask(f"/calls/?q={quote(FIRST)}&page=99")
    assert f"<bdi>{FIRST}</bdi>" in text
    status, text, _ = browser.ask("/calls/?q=%22%3E%3Cscript%3E%ED%A0%80&page=%C2%B2")
    assert status == 200
    assert '"><script>' not in text


def test_the_reports_own_pages_and_files_are_served(browser: Browser) -> None:
    """Index, agents, style, CSV and workbook; nothing else of the folder."""
    assert browser.ask("/")[0] == 200
    assert browser.ask("/assets/report.css")[2]["content-type"].startswith("text/css")
    assert browser.ask("/calls.csv")[0] == 200
    for path in ("/run.json", "/data/calls.parquet", "/data", "/rejected", "/calls/none.html", "/agents/none.html"):
        assert browser.ask(path)[0] == 404, path


@pytest.mark.parametrize(
    "path",
    [
        "/assets/../run.json",
        "/assets/..%2frun.json",
        "/calls/..%2f..%2f..%2fetc%2fpasswd",
        "/agents/%2e%2e%2findex.html",
        "/calls/..%5c..%5crun.json",
        "/calls/%00.html",
        "//etc/passwd",
        "/calls/" + "a" * 5000 + ".html",
    ],
)
def test_no_path_leads_out_of_the_report(browser: Browser, path: str) -> None:
    """Steps upwards, in any spelling, find nothing."""
    assert browser.ask(path)[0] == 404


def test_another_name_for_this_computer_is_refused(browser: Browser) -> None:
    """A page elsewhere that points its own name here cannot read the report."""
    for host in ("evil.example", f"evil.example:{browser.port}", HOST, f"{HOST}:1", f"{HOST}.evil.example"):
        status, text, _ = browser.ask("/", host=host)
        assert (status, text) == (421, "bad host")
    assert browser.ask("/", host=f"localhost:{browser.port}")[0] == 200


def test_nothing_can_be_written(browser: Browser) -> None:
    """Only reading is answered."""
    for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS"):
        assert browser.ask("/calls/", method=method)[0] == 405
    assert browser.ask("/calls/", method="HEAD")[0] == 200


def test_every_answer_says_what_the_browser_must_not_do(browser: Browser) -> None:
    """No network, no frames, no guessing of types, no copy kept."""
    for path in ("/", "/nothing", f"/calls/{quote(safe_name(FIRST))}.html", "/assets/report.js"):
        headers = browser.ask(path)[2]
        assert "default-src 'none'" in headers["content-security-policy"], path
        (scripts,) = re.findall("script-src ([^;]*);", headers["content-security-policy"])
        assert re.fullmatch("'self'( 'sha256-[^']+')*", scripts)
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"


def test_only_the_templates_own_scripts_may_run(browser: Browser, mixed: Scored) -> None:
    """Each script that stands in a page's head is named by its hash; none stands in the body."""
    for name in ("index.html", "agents/" + next((mixed.folder / "agents").iterdir()).name):
        _, text, headers = browser.ask("/" + quote(name))
        head, _, body = text.partition("</head>")
        inlined = re.findall(r"<script[^>]*>(.+?)</script>", head, flags=re.DOTALL)
        assert inlined
        for script in inlined:
            digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
            assert f"'sha256-{digest}'" in headers["content-security-policy"]
        assert "<script>" not in body


def test_input_that_was_moved_is_told_with_the_remedy(rules: Path, tmp_path: Path) -> None:
    """Without the transcript the page says where it was looked for; --input finds it again."""
    calls = write_calls(tmp_path / "calls.ndjson", mixed_calls())
    report = scored(calls, rules, tmp_path / "report", ("csv", "parquet")).folder
    moved = calls.rename(tmp_path / "moved.ndjson")
    path = f"/calls/{quote(safe_name(FIRST))}.html"
    for browser in started(Served(report)):
        assert browser.ask("/")[0] == 307  # no index was written: straight to all calls
        status, text, _ = browser.ask(path)
        assert status == 503
        assert "calls.ndjson" in text
        assert "--input" in text
    for browser in started(Served(report, inputs=[str(moved)])):
        assert browser.ask(path)[0] == 200


def test_a_call_that_changed_since_the_report_says_so(copied: Path, tmp_path: Path) -> None:
    """Another transcript under the same id is shown with a warning."""
    changed = mixed_calls()
    changed[0]["utterances"] = changed[1]["utterances"]
    served = Served(copied, inputs=[str(write_calls(tmp_path / "changed.ndjson", changed))])
    assert "判定与报告不同" in served.render(FIRST).decode()


def test_a_folder_without_data_is_no_report(tmp_path: Path) -> None:
    """Served refuses what score did not write, and says what to give."""
    with pytest.raises(OptionError, match="报告"):
        Served(tmp_path)


def test_a_taken_port_is_told() -> None:
    """The remedy stands in the message."""
    first = open_socket(0, "zh")
    with pytest.raises(OptionError, match="--port"):
        open_socket(first.getsockname()[1], "zh")
    first.close()
