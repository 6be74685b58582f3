"""The search servers that a run of the tests shares: each starts when a test first needs it, and stops at the end.

Knows which there are, why one is not, and how what a test made there is thrown away.
"""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from tests.engines import dialect, jars
from tests.engines.opensearch import node
from tests.engines.processes import Server, ServerFailed, ask

NAMED = "DOSSIER_TEST_ELASTICSEARCH_URL"
REQUIRED = frozenset(filter(None, os.environ.get("DOSSIER_TEST_REQUIRE", "").split(",")))

# By the word that stands for each in the names of tests.
SERVERS: dict[str, str] = {
    "dialect": "noida-db (Elasticsearch's dialect)",
    "opensearch2": f"OpenSearch {jars.OPENSEARCH_2.version}",
    "opensearch3": f"OpenSearch {jars.OPENSEARCH_3.version}",
    "named_server": f"the server of {NAMED}",
}
INDEXES: dict[str, str] = {"embedded": "the embedded index"} | SERVERS


def missing(name: str) -> str:
    """Why tests cannot have a server, as one line; empty where they can."""
    if name == "dialect":
        return "" if dialect.program() else "noida-db is not installed, or does not run on this system"
    if name == "opensearch2":
        return jars.missing(jars.OPENSEARCH_2)
    if name == "opensearch3":
        return jars.missing(jars.OPENSEARCH_3)
    return "" if os.environ.get(NAMED) else f"{NAMED} names none"


def adapters() -> tuple[str, ...]:
    """The indexes that tests of the port run over. What is missing of them is told; two, though, may be missing even
    where everything is required, and are no parameter then: a server nobody has named, and the release of OpenSearch
    that needs a newer Java than there is."""
    absent = {"named_server"} if not os.environ.get(NAMED) else set()
    if not jars.java_for(jars.OPENSEARCH_3):
        absent.add("opensearch3")
    return tuple(name for name in INDEXES if name not in absent - REQUIRED)


@dataclass
class SearchServers:
    """Starts them below a folder."""

    folder: Path
    _started: dict[str, tuple[Server | None, str]] = field(default_factory=dict)
    _failed: dict[str, ServerFailed] = field(default_factory=dict)

    def url(self, name: str) -> str:
        """Where a server answers; starts it if need be. Raises ServerFailed, as quickly the second time."""
        if name in self._failed:
            raise self._failed[name]
        if name not in self._started:
            try:
                self._started[name] = self._start(name)
            except ServerFailed as failed:
                self._failed[name] = failed
                raise
        return self._started[name][1]

    def place(self, name: str) -> str:
        """A place of one's own on a server: its URL and a prefix of indices (see `open_adapter`)."""
        return f"{self.url(name)}|t{secrets.token_hex(4)}"

    def clear(self, place: str) -> None:
        """Throws away what was made at a place."""
        url, _, prefix = place.partition("|")
        # By name: a server may refuse to delete by pattern.
        for index in ask(f"{url}/_cat/indices/{prefix}-*?h=index&format=json") or ():
            ask(f"{url}/{index['index']}", "DELETE")
        for template in (ask(f"{url}/_index_template/{prefix}-*") or {}).get("index_templates", ()):
            ask(f"{url}/_index_template/{template['name']}", "DELETE")

    def tail(self, name: str) -> str:
        """The end of a server's log."""
        server = self._started.get(name, (None, ""))[0]
        return server.tail() if server else ""

    def stop(self) -> None:
        """Ends all; what they hold is thrown away with their folder."""
        for server, _ in self._started.values():
            if server is not None:
                server.kill()
        self._started.clear()

    def _start(self, name: str) -> tuple[Server | None, str]:
        if name == "named_server":
            return None, os.environ[NAMED].rstrip("/")
        server, url = self._made(name)
        server.start()
        try:
            server.wait()
        except ServerFailed:
            server.kill()
            raise
        return server, url

    def _made(self, name: str) -> tuple[Server, str]:
        if name == "dialect":
            return dialect.dialect_server(self.folder / name)
        one = node(self.folder / name, {"opensearch2": jars.OPENSEARCH_2, "opensearch3": jars.OPENSEARCH_3}[name])
        return one.server, one.url
