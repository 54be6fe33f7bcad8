"""Serves the review page: pages from templates, decisions as JSON, scans as pictures. Loopback only (``access``)."""

from __future__ import annotations

import json
import secrets
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any

import jinja2
import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from ecp_ingest.edits.decisions import LANGUAGES, PARAGRAPH_KINDS, digest
from ecp_ingest.edits.editor import OpenRecord, RecordEditor
from ecp_ingest.edits.typed_text import typed
from ecp_ingest.errors import ConflictError, EcpIngestError, ReviewError
from ecp_ingest.record.source_scans import Missing, Sources
from ecp_ingest.review.access import AccessControl
from ecp_ingest.review.browser_requests import decision_asked_for, marked, readings
from ecp_ingest.review.queue import Queue
from ecp_ingest.review.views import describe, page_data

FILES = resources.files("ecp_ingest.review") / "static"
MEDIA_TYPES = {".css": "text/css", ".svg": "image/svg+xml", ".js": "text/javascript"}
STATIC = {file.name: media_type for file in FILES.iterdir() if (media_type := MEDIA_TYPES.get(Path(file.name).suffix))}
"""Media type of each file that the page may ask for. No other name is ever looked up on the disk."""
ON_A_PAGE = 100
LONGEST_DECISION = 1 << 20
"""Bytes."""


@dataclass(frozen=True, slots=True)
class Server:
    """A server that holds its port and is ready to run; ``url`` holds the secret."""

    url: str
    run: Callable[[], None]


class _Server(uvicorn.Server):
    """Calls ``then`` as soon as it answers requests: work in the same process would delay its start."""

    def __init__(self, config: uvicorn.Config, *, then: Callable[[], None]) -> None:
        super().__init__(config)
        self._then = then

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._then()


def serve(folder: Path, *, sources: Path | None, reviewer: str, port: int = 0) -> Server:
    """A server for the records below ``folder``, on ``port`` of the loopback interface (0: any that is free).

    Raises:
        NoInputError: there is no folder.
        OSError: the port is taken.
    """
    queue = Queue(folder)
    queue.look()
    listening = socket.socket()
    listening.bind(("127.0.0.1", port))
    listening.listen(64)  # requests may come as soon as the address is printed
    port = listening.getsockname()[1]
    token = secrets.token_urlsafe(24)
    app = application(Front(queue, RecordEditor(reviewer), Sources(folder, sources)), token=token, port=port)
    config = uvicorn.Config(app, log_level="error", access_log=False, lifespan="off", server_header=False)

    def run() -> None:
        sys.setswitchinterval(0.0005)  # seconds: so that reading 2,000 records doesn't delay a page
        _Server(config, then=queue.read_in_background).run(sockets=[listening])

    return Server(f"http://127.0.0.1:{port}/{token}/", run)


def application(front: Front, *, token: str, port: int) -> AccessControl:
    routes = [
        Route("/", front.queue_page),
        Route("/static/{name}", front.static),
        Route("/record/{key}", front.record_page),
        Route("/record/{key}/decide", front.decide, methods=["POST"]),
        Route("/record/{key}/next", front.next_record),
        Route("/record/{key}/alternatives", front.alternatives),
        Route("/record/{key}/page/{number:int}.jpg", front.page_picture),
    ]
    pages = Starlette(routes=routes)

    async def first(scope: Scope, receive: Receive, send: Send) -> None:
        with front.queue.undisturbed():
            await pages(scope, receive, send)

    return AccessControl(first, token, port)


@dataclass(slots=True)
class Front:
    queue: Queue
    editor: RecordEditor
    sources: Sources
    templates: jinja2.Environment = field(
        default_factory=lambda: jinja2.Environment(
            loader=jinja2.PackageLoader("ecp_ingest.review"),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
    )

    def _html(self, template: str, request: Request, **values: Any) -> HTMLResponse:
        return HTMLResponse(self._render(template, request, **values))

    def _render(self, template: str, request: Request, **values: Any) -> str:
        root = request.scope["root_path"]
        return self.templates.get_template(template).render(root=root, **values)

    # The handlers below are plain functions: Starlette runs each in a thread.

    def queue_page(self, request: Request) -> Response:
        if not self.queue.unread:
            self.queue.look()
            self.queue.read()
        entries = self.queue.sorted()
        wanted = request.query_params.get("q", "").strip()
        shown = [e for e in entries if wanted.casefold() in f"{e.name} {e.title} {e.date}".casefold()]
        start = _number(request.query_params.get("from", "0"))
        return self._html(
            "queue.html",
            request,
            folder=self.queue.folder.name or str(self.queue.folder),
            entries=shown[start : start + ON_A_PAGE],
            found=len(shown),
            start=start,
            step=ON_A_PAGE,
            wanted=wanted,
            total=len(entries),
            done=sum(entry.state == "done" for entry in entries),
            unread=self.queue.unread,
        )

    def record_page(self, request: Request) -> Response:
        name, path = self._record(request)
        try:
            opened = self.editor.refresh(path)
        except EcpIngestError as error:
            raise HTTPException(422, str(error)) from error
        source = self.sources.find(opened.state.recognised, path)
        return self._html(
            "record.html",
            request,
            name=name,
            key=request.path_params["key"],
            missing=source.why if isinstance(source, Missing) else "",
            kinds=PARAGRAPH_KINDS,
            languages=LANGUAGES,
            pages=[page for page in opened.state.recognised.provenance.pages if page.width],
            next=self.queue.neighbour(name),
            previous=self.queue.neighbour(name, back=True),
            **page_data(opened),
        )

    def next_record(self, request: Request) -> Response:
        """To the record that most needs a person after this one; to the queue where none does."""
        name, _ = self._record(request)
        self.queue.update(name)
        now = next((entry for entry in self.queue.sorted() if entry.name == name), None)
        following = self.queue.next_needed(now.urgency if now else 0.0, name)
        root = request.scope["root_path"]
        return RedirectResponse(f"{root}/record/{following.key}" if following else f"{root}/", 303)

    def alternatives(self, request: Request) -> Response:
        _, path = self._record(request)
        state = self.editor.load(path).state
        at = state.place(request.query_params.get("paragraph", ""))
        start = _number(request.query_params.get("start", "0"))
        if at is None or not state.paragraphs[at].text[start:].startswith(request.query_params.get("word", "")):
            return JSONResponse([])
        return JSONResponse(readings(state, at, start))

    def page_picture(self, request: Request) -> Response:
        _, path = self._record(request)
        record = self.editor.load(path).state.recognised
        try:
            picture = self.sources.page(record, path, request.path_params["number"])
        except EcpIngestError as error:
            raise HTTPException(404, str(error)) from error
        # The address holds a secret that is never used again: the browser may cache the picture for the session.
        return Response(picture, media_type="image/jpeg", headers={"Cache-Control": "private, max-age=3600"})

    def static(self, request: Request) -> Response:
        name = request.path_params["name"]
        if name not in STATIC:
            raise HTTPException(404)
        content = (FILES / name).read_bytes()
        return Response(content, media_type=STATIC[name])

    async def decide(self, request: Request) -> Response:
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > LONGEST_DECISION:
                raise HTTPException(413)
        try:
            given = json.loads(body)
            if not isinstance(given, dict):
                raise ValueError("no JSON object")  # noqa: TRY004, TRY301
        except ValueError as error:
            raise HTTPException(400, str(error)) from error
        return await run_in_threadpool(self._decide, request, given)

    def _decide(self, request: Request, given: dict[str, Any]) -> Response:
        name, path = self._record(request)
        try:
            decision = decision_asked_for(self.editor.load(path), given)
            if decision is None:
                return self._answer(request, self.editor.load(path), given, "nothing changed")
            opened = self.editor.decide(path, decision)
        except ConflictError as error:
            return self._conflict(request, path, given, error)
        except ReviewError as error:
            return self._answer(request, self.editor.load(path), given, error.message, 422)
        except ValueError as error:
            return JSONResponse({"message": str(error)}, 400)
        except EcpIngestError as error:
            return JSONResponse({"message": str(error)}, 500)
        self.queue.update(name)
        return self._answer(request, opened, given, describe(opened.log.edits[-1]))

    def _answer(
        self, request: Request, opened: OpenRecord, given: dict[str, Any], message: str, status: int = 200, **more: Any
    ) -> JSONResponse:
        """What the page shows from now on, without the HTML of paragraphs that it shows already."""
        data = page_data(opened)
        macros = self.templates.get_template("parts.html").module
        known = given.get("known")
        paragraphs = []
        for one in data["paragraphs"]:
            html = str(macros.paragraph(one, PARAGRAPH_KINDS, LANGUAGES))  # type: ignore[attr-defined]
            version = digest(html)
            is_shown = isinstance(known, dict) and known.get(one.id) == version
            paragraphs.append([one.id, version, None if is_shown else html])
        return JSONResponse(
            {
                "message": message,
                "paragraphs": paragraphs,
                "panel": self._render("panel.html", request, **data),
                "seen": data["state_seen"],
                "state": data["record"].review.state,
                "doubtful": data["doubtful"],
                **more,
            },
            status,
        )

    def _conflict(self, request: Request, path: Path, given: dict[str, Any], error: ConflictError) -> Response:
        """The answer where nothing was taken: both versions of the text side by side, so that nothing typed is lost."""
        opened = self.editor.load(path)
        at = opened.state.place(str(given.get("paragraph", "")))
        one = opened.state.paragraphs[at] if at is not None else None
        was = given.get("was")
        mine = ""
        if isinstance(was, str) and given.get("kind") == "text":
            start, before = int(given.get("start", 0)), str(given.get("before", ""))
            mine = typed(was[:start] + str(given.get("after", "")) + was[start + len(before) :])
        if not (one and mine):
            return self._answer(request, opened, given, error.message, 409)
        dialog = self._render(
            "conflict.html",
            request,
            message=error.message,
            paragraph=one,
            mine=mine,
            theirs=marked(mine, one.text),
            last=opened.log.edits[-1] if opened.log.edits else None,
        )
        return self._answer(request, opened, given, error.message, 409, dialog=dialog)

    def _record(self, request: Request) -> tuple[str, Path]:
        """The record that the address names: one of those that were found in the folder, or 404."""
        name = self.queue.name(request.path_params["key"])
        if name is None:
            raise HTTPException(404, "no such record: go back to the queue")
        path = self.queue.path(name)
        if path.is_symlink() or not path.resolve().is_relative_to(self.queue.folder.resolve()):
            raise HTTPException(404, "no such record: go back to the queue")
        return name, path


def _number(given: str) -> int:
    return int(given) if given.isdecimal() and len(given) < 9 else 0
