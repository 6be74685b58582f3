"""Whatever a cluster answers, and whether it does, is told in the archive's own errors."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from archive.config import Settings
from archive.domain.access import Access
from archive.domain.document import Page
from archive.domain.people import User
from archive.domain.query import Anything, Everything, PageSearch
from archive.domain.record import Event
from archive.errors import Unavailable
from search.cluster import ClusterIndex
from search.cluster.lock import held
from search.cluster.migration import migrate
from search.cluster.repair import put_aside
from search.cluster.telling import indices_told

OPEN = {"version": {"number": "2.19.1", "distribution": "opensearch"}}
WHOLE = Access.whole_archive()
SOMEBODY = User(
    id="zhao",
    name="zhao",
    roles=("reader",),
    password="x",
    last=Event(at=datetime(2024, 5, 6, tzinfo=UTC), by="zhao", action="made"),
)
PAGE = Page(id="d-1", document="d", number=1, text="字", state="read", mark="s/open")
TOKEN = "dossier-user-000001|1|1|1|1"

ASKED: dict[str, Callable[[ClusterIndex], object]] = {
    "create": lambda index: index.create(SOMEBODY),
    "get": lambda index: index.get(User, "zhao"),
    "get_many": lambda index: index.get_many(User, ["zhao", "qian"]),
    "replace": lambda index: index.replace(SOMEBODY, TOKEN),
    "delete": lambda index: index.delete(User, "zhao", TOKEN),
    "put": lambda index: index.put([PAGE]),
    "search": lambda index: index.search(PageSearch(Everything()), WHOLE),
    "search_on": lambda index: index.search(PageSearch(Everything(), cursor="eJwrSS0uAQAEXQHB"), WHOLE),
    "pages_of_search": lambda index: list(index.pages_of_search(PageSearch(Everything()), WHOLE)),
    "select": lambda index: index.select(User, Anything(), WHOLE),
    "select_pages": lambda index: index.select(Page, Anything(), WHOLE),
    "count": lambda index: index.count(User, Anything(), WHOLE),
    "count_pages": lambda index: index.count(Page, Anything(), WHOLE),
    "refresh": lambda index: index.refresh(7),
    "changes": lambda index: list(index.changes(User, 0)),
    "deleted": lambda index: list(index.deleted(User, 0)),
    "restore": lambda index: index.restore([(SOMEBODY, 1)]),
    "restore_deletions": lambda index: index.restore_deletions(User, [("zhao", 1)]),
    "health": lambda index: index.health(),
    "kinds": lambda index: index.kinds(),
    "told": lambda index: indices_told(index.cluster, {"user": "dossier-user-000001"}),
    "migrate": lambda index: migrate(index.cluster, User, keep_old=False, progress=lambda *_: None),
    "lock": lambda index: held(index.cluster).__enter__(),
    "put_aside": put_aside,
}


@contextmanager
def answering(status: int, body: bytes, kind: str) -> Iterator[ClusterIndex]:
    """The index on a server that says what it is, and to everything else the same."""

    class Answer(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def say(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            code, said, type_ = (200, json.dumps(OPEN).encode(), "application/json")
            if self.path != "/":
                code, said, type_ = status, body, kind
            self.send_response(code)
            self.send_header("Content-Type", type_)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(said)

        do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = say  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:
            return

    made = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=made.serve_forever, daemon=True).start()
    index = ClusterIndex(Settings(index=f"http://127.0.0.1:{made.server_address[1]}", index_seconds=0.2))
    try:
        yield index
    finally:
        index.close()
        made.shutdown()
        made.server_close()


def error(type_: str) -> bytes:
    return json.dumps({"error": {"type": type_, "reason": "because"}}).encode()


ANSWERS: dict[str, tuple[int, bytes, str]] = {
    "a fault": (500, error("null_pointer_exception"), "application/json"),
    "no right": (403, error("security_exception"), "application/json"),
    "who is that": (401, error("security_exception"), "application/json"),
    "no index": (404, error("index_not_found_exception"), "application/json"),
    "not understood": (400, error("strict_dynamic_mapping_exception"), "application/json"),
    "too large": (413, b"", "text/plain"),
    "no shard": (503, error("no_shard_available_action_exception"), "application/json"),
    "a proxy's page": (502, b"<html>Bad gateway</html>", "text/html"),
    "somebody's page": (200, b"<html>Sign in</html>", "text/html"),
    "cut off": (200, b'{"took": 1, "hits": {', "application/json"),
}


@pytest.mark.parametrize("answer", ANSWERS)
def test_nothing_but_an_error_of_the_archive_comes_of_it(answer: str) -> None:
    escaped: dict[str, Any] = {}
    with answering(*ANSWERS[answer]) as index:
        for name, ask in ASKED.items():
            try:
                ask(index)
            except Unavailable:
                continue
            except Exception as fault:  # noqa: BLE001  (whatever it is)
                escaped[name] = repr(fault)
    assert escaped == {}
