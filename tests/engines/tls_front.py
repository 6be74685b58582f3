"""What stands before a search server in an office: TLS, and a password or a key that is asked for."""

from __future__ import annotations

import base64
import http.client
import socket
import ssl
import threading
from collections.abc import Collection
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from tests.engines.certificates import HERE, Certificate

_OF_ONE_CONNECTION = ("connection", "transfer-encoding", "content-length", "keep-alive", "date", "server")


def basic(user: str, password: str) -> str:
    """The header of a name and its password."""
    return f"Basic {base64.b64encode(f'{user}:{password}'.encode()).decode()}"


class TlsFront:
    """Listens until it is closed, and again after `open`. Lets through what carries one of the headers `known`."""

    def __init__(self, behind: str, certificate: Certificate, known: Collection[str]) -> None:
        self.passed = 0  # requests that were let through
        self.known = known
        self.behind = urlsplit(behind)
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate.file, certificate.key)
        self._port = 0
        self.open()
        self.address = f"https://{HERE}:{self._port}"

    def open(self) -> None:
        """Listens, always on the same port."""
        self._server = _Listening((HERE, self._port), type("Handler", (_Handler,), {"front": self}))
        self._port = self._server.server_address[1]
        self._server.socket = self._context.wrap_socket(
            self._server.socket, server_side=True, do_handshake_on_connect=False
        )
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        """As if the machine were gone: nobody listens, and open connections break."""
        self._server.shutdown()
        self._server.server_close()
        self._server.hang_up()


class _Listening(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, *given: Any) -> None:
        self._open: set[socket.socket] = set()
        super().__init__(*given)

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def finish_request(self, request: Any, client_address: Any) -> None:
        with suppress(OSError):  # somebody did not trust the certificate, or hung up
            super().finish_request(request, client_address)

    def hang_up(self) -> None:
        for one in list(self._open):
            with suppress(OSError):
                socket.socket.shutdown(one, socket.SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    front: TlsFront

    def pass_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.headers.get("Authorization") not in self.front.known:
            return self._answer(401, [("Content-Type", "text/plain")], b"Unauthorized")
        self.front.passed += 1
        headers = {name: value for name, value in self.headers.items() if name.lower() not in ("authorization", "host")}
        there = http.client.HTTPConnection(self.front.behind.hostname or "", self.front.behind.port, timeout=60)
        try:
            there.request(self.command, self.path, body=body or None, headers=headers)
            answer = there.getresponse()
            return self._answer(answer.status, answer.getheaders(), answer.read())
        finally:
            there.close()

    do_GET = do_PUT = do_HEAD = do_POST = do_DELETE = pass_on  # noqa: N815  (the names are http.server's)

    def log_message(self, format: str, *args: object) -> None:
        return

    def _answer(self, status: int, headers: list[tuple[str, str]], data: bytes) -> None:
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() not in _OF_ONE_CONNECTION:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)
