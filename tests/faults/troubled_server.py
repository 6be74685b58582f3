"""A small proxy before an S3 server that does one wrong thing when it is told to: waits, answers with an error, cuts a
body, alters one."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Request:
    """A request that came. `number` counts from 1, over all that came."""

    number: int
    method: str
    path: str

    @property
    def is_part(self) -> bool:
        return self.method == "PUT" and "partNumber=" in self.path

    @property
    def is_file(self) -> bool:
        return "/files/" in self.path


@dataclass(frozen=True)
class Trouble:
    """What goes wrong: seconds before the answer, an error instead of it, a body cut after so many bytes, a changed
    byte in what is sent."""

    wait: float = 0
    status: int = 0
    code: str = ""
    cut_request: int = -1
    cut_answer: int = -1
    alter: bool = False
    silent: bool = False  # it is done, and nobody is told


NONE = Trouble()
Rule = Callable[[Request], Trouble]


def no_trouble(request: Request) -> Trouble:
    return NONE


class TroubledServer:
    """Runs until it is closed. `rule` says what happens to a request; it may be changed at any time."""

    def __init__(self, behind: str, port: int = 0) -> None:
        self.rule: Rule = no_trouble
        self.requests: list[Request] = []
        self.closed = False
        self._behind = urlsplit(behind)
        self._lock = threading.Lock()
        handler = type("Handler", (_Handler,), {"troubled": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", port), handler)
        self._server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def only(self, applies: Callable[[Request], bool], trouble: Trouble, *, times: int = 10**6) -> None:
        """From now on `trouble` comes to the first `times` requests for which `applies` says yes."""
        left = [times]

        def rule(request: Request) -> Trouble:
            if left[0] > 0 and applies(request):
                left[0] -= 1
                return trouble
            return NONE

        self.rule = rule

    def heal(self) -> None:
        self.rule = no_trouble

    def sent(self, method: str, within: str) -> int:
        """How many requests of a method came for a path that holds `within`."""
        return sum(request.method == method and within in request.path for request in self.requests)

    def close(self) -> None:
        """Nobody listens any more, and connections that are open get no further answer."""
        self.closed = True
        self._server.shutdown()
        self._server.server_close()

    def came(self, method: str, path: str) -> tuple[Request, Trouble]:
        with self._lock:
            request = Request(len(self.requests) + 1, method, path)
            self.requests.append(request)
            return request, self.rule(request)

    def forward(
        self, method: str, path: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, list[tuple[str, str]], bytes]:
        there = http.client.HTTPConnection(self._behind.hostname or "", self._behind.port or 80, timeout=60)
        try:
            there.request(method, path, body=body or None, headers=headers)
            answer = there.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        finally:
            there.close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    troubled: TroubledServer

    def do_any(self) -> None:
        with suppress(ConnectionError):  # a client that was killed, or waits no longer
            self._serve()

    def _serve(self) -> None:
        if self.troubled.closed:
            return self._hang_up()
        _, trouble = self.troubled.came(self.command, self.path)
        length = int(self.headers.get("Content-Length", 0))
        if trouble.cut_request >= 0:
            self.rfile.read(min(length, trouble.cut_request))
            return self._hang_up()
        body = self.rfile.read(length)
        if trouble.alter:
            body = bytes([body[0] ^ 1]) + body[1:]
        if trouble.wait:
            time.sleep(trouble.wait)
        if trouble.status:
            return self._fail(trouble)
        headers = {name: value for name, value in self.headers.items() if name.lower() not in ("expect", "connection")}
        status, answered, data = self.troubled.forward(self.command, self.path, headers, body)
        if trouble.silent:
            return self._hang_up()
        self._answer(status, answered, data, trouble.cut_answer)
        return None

    do_GET = do_PUT = do_HEAD = do_POST = do_DELETE = do_any  # noqa: N815  (the names are http.server's)

    def _answer(self, status: int, headers: list[tuple[str, str]], data: bytes, cut: int) -> None:
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() not in ("connection", "transfer-encoding", "content-length"):
                self.send_header(name, value)
        length = {name.lower(): value for name, value in headers}.get("content-length", str(len(data)))
        self.send_header("Content-Length", length if self.command == "HEAD" else str(len(data)))
        self.end_headers()
        if self.command == "HEAD":
            return
        self.wfile.write(data if cut < 0 else data[:cut])
        if 0 <= cut < len(data):
            self._hang_up()

    def _fail(self, trouble: Trouble) -> None:
        told = f"<?xml version='1.0'?><Error><Code>{trouble.code}</Code><Message>told by a test</Message></Error>"
        data = b"" if self.command == "HEAD" else told.encode()
        self.send_response_only(trouble.status)
        self.send_header("Content-Type", "application/xml")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _hang_up(self) -> None:
        self.wfile.flush()
        self.close_connection = True
