"""Where the tests of the index open one: in a folder, or on a search server under names of their own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from archive.ports import Index
from tests.contract.index_processes import open_adapter
from tests.engines.servers import SearchServers


@dataclass
class Opened:
    """An open index, and what other processes need to open it too."""

    adapter: str
    place: str
    index: Index

    def process(self, *what: str) -> subprocess.Popen[str]:
        """Another process on the same index that does something at once, and says so when it is done."""
        return subprocess.Popen(self._command(what), stdout=subprocess.PIPE, text=True)

    def together(self, *ways: tuple[str, ...]) -> list[str]:
        """What processes say that do these things at once."""
        done = subprocess.run(self._command(*ways), stdout=subprocess.PIPE, text=True, timeout=200, check=True)
        said: list[str] = json.loads(done.stdout)
        return said

    def _command(self, *ways: tuple[str, ...]) -> list[str]:
        module = "tests.contract.index_processes"
        return [sys.executable, "-m", module, self.adapter, self.place, "together", json.dumps(ways)]


@contextmanager
def opening(adapter: str, folder: Path, search_servers: SearchServers) -> Iterator[Opened]:
    """An empty index. What is on a server is thrown away afterwards."""
    embedded = adapter == "embedded"
    place = str(folder / "index") if embedded else search_servers.place(adapter)
    index = open_adapter(adapter, place)
    try:
        yield Opened(adapter, place, index)
    finally:
        index.close()
        if not embedded:
            search_servers.clear(place)


def silent(*_: object) -> None:
    """Tells nobody how far something is."""
