"""A finished report in the browser, served from this computer only. Reads the report and its input; writes nothing.

Pages that the run wrote are shown as they are; a call without a page is judged again from the input, by the options
that `run.json` holds. Knows no rule: what a call shows is the work of the run's own code.
"""

from __future__ import annotations

import html
import json
import re
import socket
from base64 import b64encode
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import Route

from qa_analyzer.errors import InputError, OptionError, QaAnalyzerError
from qa_analyzer.pages import build_pages
from qa_analyzer.readers import Block, plan
from qa_analyzer.readers.chunk import BlockKind
from qa_analyzer.reporting import WORST_FIRST
from qa_analyzer.roles import AgentVoice
from qa_analyzer.run import PLACES, Engine, Lang, Options
from qa_analyzer.wording import word
from qa_analyzer.writers.html import ASSET_FILES, asset, page_href, render_call, render_served, safe_name

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

HOST = "127.0.0.1"
ROWS_A_PAGE = 100
PAGES_KEPT = 64
"""Rendered calls kept in memory, so that going back is instant."""
FILES = ("agents.csv", "calls.csv", "findings.csv", "keywords.csv", "rejected.csv", "scorecards.xlsx")
"""Files of the report that may be fetched."""
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
        "font-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_SCRIPT = re.compile(rb"<script(?: type=\"module\")?>(.*?)</script>", re.DOTALL)
_LISTED = ("call_id", "agent_id", "agent_name", "team", "started_at", "call_type", "score", "grade", "critical")
_NEEDED = (*_LISTED, "score_before_critical", "turns", "ruleset")


@dataclass
class Served:
    """A finished report, and where its input is. `inputs` overrules what `run.json` says.

    Raises OptionError if `folder` holds no report with data.
    """

    folder: Path
    lang: Lang = "zh"
    inputs: Sequence[str] = ()
    facts: Mapping[str, Any] = field(init=False)
    calls: pa.Table = field(init=False)

    def __post_init__(self) -> None:
        data = self.folder / "data" / "calls.parquet"
        try:
            self.facts = json.loads((self.folder / "run.json").read_text(encoding="utf-8"))
            calls = pq.read_table(data, columns=list(_NEEDED), read_dictionary=["agent_id", "agent_name", "team"])
        except (OSError, ValueError, pa.ArrowException) as error:
            raise OptionError(word(self.lang, "serve.no_report", folder=self.folder)) from error
        self.calls = calls.take(pc.sort_indices(calls, sort_keys=WORST_FIRST))
        self._lock = Lock()
        self._kept: OrderedDict[str, bytes] = OrderedDict()

    @property
    def report_lang(self) -> Lang:
        """The language of the report's pages."""
        return "en" if self.facts.get("lang") == "en" else "zh"

    @cached_property
    def working_folder(self) -> Path:
        """What the recorded paths are relative to."""
        return Path(self.facts.get("working_folder") or Path.cwd())

    @cached_property
    def options(self) -> Options:
        """How the report was made."""
        facts = self.facts

        def place(name: str) -> Path | None:
            given = facts.get(name)
            return self.working_folder / given if given else None

        record = (facts.get("metadata") or {}).get("file")
        emotion = facts.get("emotion", "model")
        if emotion not in ("model", "snownlp"):
            emotion = str(self.working_folder / emotion)
        voices = {name: AgentVoice(**voice) for name, voice in (facts.get("agent_by_format") or {}).items()}
        return Options(
            rules=None if facts.get("rules_folder") == "shipped" else place("rules_folder"),
            waivers=place("waivers_option"),
            emotion=emotion,
            tolerant=bool(facts.get("tolerant")),
            lang=self.report_lang,
            mask=bool(facts.get("masked", True)),
            format=facts.get("format"),
            metadata=None if record is None else self.working_folder / record,
            columns=facts.get("columns_option"),
            agent=AgentVoice(facts.get("agent_speaker"), facts.get("agent_channel"), voices),
        )

    @cached_property
    def engine(self) -> Engine:
        """Rules and model as the run had them; waivers as they stood on its day. Raises QaAnalyzerError."""
        return Engine(self.options, today=_day(self.facts.get("finished_at")))

    @cached_property
    def paths(self) -> list[str]:
        """The input of the run, as it is found from here."""
        return list(self.inputs) or [str(self.working_folder / one) for one in self.facts.get("inputs", ())]

    # ---- calls ----------------------------------------------------------------------------------------------

    def call_id_of(self, stem: str) -> str | None:
        """The id whose page has that name; None if the report has no such call."""
        if safe_name(stem) == stem and pc.index(self.calls["call_id"], stem).as_py() >= 0:
            return stem
        return self._marked.get(stem)

    @cached_property
    def _marked(self) -> dict[str, str]:
        """Ids whose page has another name."""
        names = ((safe_name(one), one) for one in self.calls["call_id"].to_pylist())
        return {name: one for name, one in names if name != one}

    def find_rows(self, wanted: str) -> pa.Table:
        """The calls whose id, agent or team holds `wanted`, the worst first."""
        if not wanted:
            return self.calls
        keep = None
        for column in ("call_id", "agent_id", "agent_name", "team"):
            values = self.calls[column].cast(pa.string())
            hit = pc.fill_null(pc.match_substring(values, wanted, ignore_case=True), False)
            keep = hit if keep is None else pc.or_(keep, hit)
        return self.calls.filter(keep)

    def render(self, call_id: str) -> bytes:
        """The page of a call of the report, judged now. Raises QaAnalyzerError if it cannot be read any more."""
        with self._lock:  # the matcher's scratch memory takes one scan at a time
            if call_id in self._kept:
                self._kept.move_to_end(call_id)
                return self._kept[call_id]
            page = self._judged(call_id)
            self._kept[call_id] = page
            if len(self._kept) > PAGES_KEPT:
                self._kept.popitem(last=False)
            return page

    def _judged(self, call_id: str) -> bytes:
        engine, lang = self.engine, self.report_lang
        calls = self._read(call_id)
        if calls is None:
            raise InputError(word(lang, "serve.moved", call_id=call_id, inputs=", ".join(self.paths)))
        page = build_pages(engine.analyse(calls), engine.ruleset, lang, mask=self.options.mask, waivers=engine.waivers)[
            0
        ]
        shown = render_call(page, engine.names, lang, masked=self.options.mask)
        row = self.calls.slice(pc.index(self.calls["call_id"], call_id).as_py(), 1).to_pylist()[0]
        notes = []
        if row["ruleset"] != engine.ruleset.rulebook.hash:
            notes.append(word(lang, "serve.other_rules"))
        elif any(row[name] != page.call[name] for name in ("score", "score_before_critical", "turns")):
            notes.append(word(lang, "serve.other_input"))
        return _with_bar(shown.decode(), lang, *notes)

    def _read(self, call_id: str) -> pa.RecordBatch | None:
        """The call, first from where the run found it, else from the whole input."""
        place = self._place(call_id)
        if place is not None and not self.inputs:
            file, line = place
            path = self.working_folder / file
            if path.is_file():
                blocks = plan([str(path)], block_bytes=self.options.block_bytes, columns=self.engine.columns)
                for block in _around(blocks, line):
                    found = self._in_block(block, call_id)
                    if found is not None:
                        return found
        try:
            for block in self.engine.plan(self.paths):
                found = self._in_block(block, call_id)
                if found is not None:
                    return found
        except InputError:
            return None
        return None

    def _in_block(self, block: Block, call_id: str) -> pa.RecordBatch | None:
        chunk = self.engine.load(block)
        if self.engine.metadata is not None:
            chunk, _ = self.engine.metadata.join(chunk)
        found = chunk.calls.filter(pc.equal(chunk.calls.column("call_id"), call_id))
        return found.slice(0, 1) if found.num_rows else None

    def _place(self, call_id: str) -> tuple[str, int] | None:
        path = self.folder / "data" / PLACES
        if not path.is_file():
            return None
        rows = pq.read_table(path, filters=[("call_id", "=", call_id)]).to_pylist()
        return (rows[0]["file"], rows[0]["line"]) if rows else None

    # ---- what the browser asks for --------------------------------------------------------------------------

    def written(self, kind: str, name: str) -> bytes | None:
        """A page of the report, with links to the calls that have none; None if it was not written."""
        path = _inside(self.folder / kind, name)
        if path is None or path.suffix != ".html":
            return None
        return _with_bar(self._linked(path.read_text(encoding="utf-8"), "" if kind == "." else "../"), self.report_lang)

    def _linked(self, page: str, root: str) -> str:
        """Calls that have no page lead to the one made on demand."""
        plain = f'<span title="{html.escape(word(self.report_lang, "no_page"))}"><bdi>'

        def link(match: re.Match[str]) -> str:
            return f'<a href="{root}calls/{page_href(html.unescape(match[1]))}"><bdi>{match[1]}</bdi></a>'

        return re.sub(re.escape(plain) + r"([^<]*)</bdi></span>", link, page)

    def list_calls(self, wanted: str, page: int) -> bytes:
        """All calls, a hundred at a time."""
        rows = self.find_rows(wanted)
        pages = max(1, -(-rows.num_rows // ROWS_A_PAGE))
        page = min(max(page, 1), pages)
        shown = rows.slice((page - 1) * ROWS_A_PAGE, ROWS_A_PAGE).select(list(_LISTED)).to_pylist()
        return self._page(
            "served_calls.html.j2",
            calls=shown,
            total=rows.num_rows,
            wanted=wanted,
            page=page,
            pages=pages,
            link=lambda number: "?" + urlencode({"q": wanted, "page": number}),
            has_page=lambda call_id: True,
            files=[name for name in FILES if (self.folder / name).is_file()],
            index=(self.folder / "index.html").is_file(),
        )

    def tell(self, text: str) -> bytes:
        """A page that says why there is nothing to show."""
        return self._page("served_message.html.j2", text=text)

    def _page(self, template: str, **values: Any) -> bytes:
        names = self.engine.names
        masked = self.options.mask
        return render_served(template, self.report_lang, names, root="../", masked=masked, **values)


def _inside(folder: Path, name: str) -> Path | None:
    """A file that stands directly in the folder; None for anything else, whatever the name holds."""
    try:
        base = folder.resolve()
        path = (base / name).resolve()
        return path if path.parent == base and path.is_file() else None
    except (OSError, ValueError):  # too long a name, a NUL in it
        return None


def _around(blocks: Any, line: int) -> Any:
    """Of the blocks of one file those that may hold a line: lines are cut in order, anything else may."""
    held: Block | None = None
    for block in blocks:
        if block.kind is not BlockKind.LINES:
            yield block
        elif block.first_line <= line:
            held = block
        else:
            break
    if held is not None:
        yield held


def _day(moment: str | None) -> date:
    return date.min if not moment else datetime.fromisoformat(moment).date()


def _with_bar(page: str, lang: Lang, *notes: str) -> bytes:
    """The page with a way to all calls on top, and what the reader must know of it."""
    lines = "".join(f'<p class="note" role="alert">{html.escape(note)}</p>' for note in notes)
    bar = f'<p class="hint"><a href="/calls/">{html.escape(word(lang, "serve.all_calls"))}</a></p>{lines}'
    head = '<main class="page" id="content">'
    return page.replace(head, head + "\n" + bar, 1).encode()


class Guard:
    """Answers only requests that name this computer (no other site may reach the report through a name of its own
    that points here), only reads, and says on every answer what the browser must not do.
    """

    def __init__(self, app: ASGIApp, port: Callable[[], int]) -> None:
        self._app, self._port = app, port

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        hosts = [value for name, value in scope["headers"] if name == b"host"]
        known = {f"{name}:{self._port()}".encode() for name in (HOST, "localhost")}
        if len(hosts) != 1 or hosts[0].lower() not in known:
            await Response("bad host", 421, media_type="text/plain", headers=HEADERS)(scope, receive, send)
            return
        if scope["method"] not in ("GET", "HEAD"):
            await Response("read only", 405, media_type="text/plain", headers=HEADERS | {"Allow": "GET, HEAD"})(
                scope, receive, send
            )
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = {name.lower().encode(): value.encode() for name, value in HEADERS.items()}
                message = {**message, "headers": list((given | dict(message.get("headers", ()))).items())}
            await send(message)

        await self._app(scope, receive, with_headers)


def make_app(served: Served, port: Callable[[], int]) -> Starlette:
    """The web application. `port`: where it is reached, known only when the socket is open."""
    lang = served.report_lang

    def page(content: bytes, status: int = 200) -> Response:
        policy = HEADERS["Content-Security-Policy"]
        # The scripts that our own templates put into the head may run, and no other.
        for script in _SCRIPT.findall(content.partition(b"</head>")[0]):
            digest = b64encode(sha256(script).digest()).decode()
            policy = policy.replace("script-src 'self'", f"script-src 'self' 'sha256-{digest}'")
        return Response(content, status, media_type="text/html", headers={"Content-Security-Policy": policy})

    def missing(text: str = "") -> Response:
        return page(served.tell(text or word(lang, "serve.not_found")), 404)

    async def index(_request: Request) -> Response:
        content = await run_in_threadpool(served.written, ".", "index.html")
        return RedirectResponse("/calls/") if content is None else page(content)

    async def agent(request: Request) -> Response:
        content = await run_in_threadpool(served.written, "agents", request.path_params["name"])
        return missing() if content is None else page(content)

    async def call(request: Request) -> Response:
        name = request.path_params["name"]
        content = await run_in_threadpool(served.written, "calls", name)
        if content is not None:
            return page(content)
        call_id = served.call_id_of(name.removesuffix(".html")) if name.endswith(".html") else None
        if call_id is None:
            return missing()
        try:
            return page(await run_in_threadpool(served.render, call_id))
        except QaAnalyzerError as error:
            return page(served.tell(str(error)), 503)

    async def calls(request: Request) -> Response:
        number = request.query_params.get("page", "1")
        wanted = request.query_params.get("q", "").strip()[:200]
        # A lone surrogate cannot be searched for.
        wanted = wanted.encode("utf-8", "replace").decode()
        at = int(number) if number.isascii() and number.isdigit() and len(number) < 9 else 1
        return page(await run_in_threadpool(served.list_calls, wanted, at))

    async def assets(request: Request) -> Response:
        name = request.path_params["name"]
        path = _inside(served.folder / "assets", name)
        if path is not None:
            return FileResponse(path)
        if name in ASSET_FILES:
            kind = "text/css" if name.endswith(".css") else "text/javascript"
            return Response(asset(name), media_type=kind)
        return missing()

    async def file(request: Request) -> Response:
        name = request.path_params["name"]
        path = served.folder / name
        return FileResponse(path, filename=name) if name in FILES and path.is_file() else missing()

    async def lost(_request: Request, _error: Exception) -> Response:
        return missing()

    return Starlette(
        routes=[
            Route("/", index),
            Route("/index.html", index),
            Route("/calls/", calls),
            Route("/calls/{name}", call),
            Route("/agents/{name}", agent),
            Route("/assets/{name}", assets),
            Route("/{name}", file),
        ],
        exception_handlers={404: lost},
        middleware=[Middleware(Guard, port=port)],
    )


def open_socket(port: int, lang: Lang) -> socket.socket:
    """A socket on 127.0.0.1; port 0 takes any free one. Raises OptionError if it is taken."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((HOST, port))
        listening.listen(128)
    except OSError as error:
        listening.close()
        raise OptionError(word(lang, "serve.port", port=port, error=error.strerror or error)) from error
    return listening


def serve(served: Served, listening: socket.socket, started: Callable[[str], None]) -> None:
    """Answer until interrupted. `started` is told the address."""
    import uvicorn

    port = int(listening.getsockname()[1])
    app = make_app(served, lambda: port)
    config = uvicorn.Config(app, log_level="warning", access_log=False, lifespan="off", server_header=False)
    started(f"http://{HOST}:{port}/")
    uvicorn.Server(config).run(sockets=[listening])
