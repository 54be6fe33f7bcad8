"""Access control: only this machine, and only a page with the secret in its address, may talk to the server."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""The browser runs no script but ours, whatever a record holds, and sends the secret address to no other site."""


@dataclass(frozen=True, slots=True)
class AccessControl:
    """Wraps the application, so that a refused request never reaches it."""

    app: ASGIApp
    token: str
    port: int

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":  # no web sockets here
            return
        refusal = self._refusal(scope)
        if refusal is not None:
            status, why = refusal
            await PlainTextResponse(why + "\n", status)(scope, receive, _with_headers(send))
            return
        prefix = f"/{self.token}"
        inner: dict[str, Any] = {**scope, "root_path": prefix}
        await self.app(inner, receive, _with_headers(send))

    def _refusal(self, scope: Scope) -> tuple[int, str] | None:
        headers = Headers(scope=scope)
        first = str(scope["path"]).removeprefix("/").partition("/")[0]
        if problem := self._from_elsewhere(headers) or _no_decision(scope["method"], headers):
            return problem
        if not secrets.compare_digest(first.encode(errors="replace"), self.token.encode()):
            return 404, "open the address that ecp-ingest review printed"
        return None

    def _from_elsewhere(self, headers: Headers) -> tuple[int, str] | None:
        hosts = {f"127.0.0.1:{self.port}", f"localhost:{self.port}"}
        # The name of another site may point to this machine (DNS rebinding): the Host header shows it.
        if headers.get("host") not in hosts:
            return 421, "this server answers to its own address only"
        known = headers.get("origin") in {None, *(f"http://{host}" for host in hosts)}
        if not known or headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
            return 403, "this request comes from another site"
        return None


def _no_decision(method: str, headers: Headers) -> tuple[int, str] | None:
    """Why a request that changes something is refused; None for one that only reads."""
    if method in ("GET", "HEAD"):
        return None
    if method != "POST":
        return 405, "only looking and deciding is possible"
    if "origin" not in headers:
        return 403, "this request doesn't say where it comes from"
    if headers.get("content-type", "").partition(";")[0] != "application/json":
        return 415, "decisions come as JSON"
    return None


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(raw=message.setdefault("headers", []))
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return sending
