"""`dossier move` is killed on the way and run again: all of the archive is at the other end, once."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from archive.domain.copy import Copy
from archive.domain.document import Page
from archive.domain.kinds import RebuildMark
from archive.domain.query import Anything
from archive.ports import Index
from archive.services import moving
from tests.contract.index_examples import WHOLE, ask, copy, document, dossier, page, user
from tests.contract.index_places import opening
from tests.contract.index_processes import open_adapter
from tests.engines.servers import SearchServers
from tests.faults.conftest import ROOT, SECONDS, Office

PAGES, DOCUMENTS = 3000, 30
COPIES, GONE = 500, 300


def fill(index: Index) -> None:
    """Enough that a move takes a while, and what is awkward to move: deletions, many revisions, a record made again."""
    index.create(user("zhao", roles=("reader", "manager")))
    index.create(dossier("D1", fields={"customer_t": "澄江玻璃厂"}))
    index.restore((document(f"d{n}"), 1) for n in range(DOCUMENTS))
    index.restore((page(f"d{n % DOCUMENTS}", n, f"第{n}页 施工合同", stamp=3), 1 + n % 3) for n in range(PAGES))
    index.restore((copy(f"C{n}", note=f"第{n}卷"), 1 + n % 5) for n in range(COPIES))
    index.restore_deletions(Copy, ((f"gone{n}", 2) for n in range(GONE)))
    index.restore_deletions(Page, ((f"d0-gone{n}", 2) for n in range(GONE)))
    index.create(copy("gone0", note="又有了"))


def sums(index: Index) -> dict[str, moving.Sum]:
    """What an index holds, by kind."""
    return {kind.kind: moving.sum_of(index, kind) for kind in moving.moved_kinds()}


@dataclass
class Move:
    """A move by the command, which is killed and run again. `look` opens the index it goes to."""

    office: Office
    source: str
    target: str
    look: Callable[[], Index]

    @property
    def _arguments(self) -> tuple[str, ...]:
        return ("move", "--from", self.source, "--to", self.target)

    def kill_at(self, pages: int) -> int:
        """Runs it and kills it once so many pages have arrived; how many had when it was dead."""
        running = subprocess.Popen(
            [sys.executable, "-m", "archive.cli", *self._arguments, "--json"],
            cwd=ROOT, env=self.office.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        try:
            end = time.monotonic() + SECONDS
            while self.arrived() < pages and running.poll() is None and time.monotonic() < end:
                time.sleep(0.01)
        finally:
            running.kill()
            said = running.communicate(timeout=SECONDS)
        assert running.returncode == -signal.SIGKILL, said
        return self.arrived()

    def finish(self) -> dict[str, moving.Sum]:
        """Runs it to its end; what it says that both hold."""
        told = self.office.told(*self._arguments)
        assert told["differing"] == []
        return {kind: moving.Sum(**one) for kind, one in told["kinds"].items()}

    def arrived(self) -> int:
        """How many pages are at the target."""
        return self.look().health().records.get("page", 0)

    def is_marked_as_a_part(self) -> bool:
        return self.look().get(RebuildMark, "index").record.unfinished


@pytest.fixture(params=["dialect", "opensearch2"])
def cluster(
    request: pytest.FixtureRequest, tmp_path: Path, search_servers: SearchServers
) -> Iterator[tuple[str, Index]]:
    """An empty place on a search server, and the index there."""
    with opening(request.param, tmp_path, search_servers) as opened:
        yield opened.place, opened.index


def test_a_move_that_is_killed_twice_and_run_again_brings_everything_once(
    cluster: tuple[str, Index], tmp_path: Path
) -> None:
    place, on_cluster = cluster
    url, _, prefix = place.partition("|")
    office, new = (Office(tmp_path / name, {"DOSSIER_INDEX_PREFIX": prefix}) for name in ("office", "new"))
    left = open_adapter("embedded", str(office.data / "index"))
    fill(left)
    held = sums(left)
    assert held["page"].records == PAGES and held["page"].deletions == GONE
    assert held["copy"].records == COPIES + 1 and held["copy"].deletions == GONE - 1
    back = open_adapter("embedded", str(new.data / "index"))
    there = Move(office, "embedded", url, lambda: on_cluster)
    home = Move(new, url, "embedded", lambda: back)
    for move in (there, home):
        first = move.kill_at(1)
        assert 0 < first < PAGES and move.is_marked_as_a_part()
        second = move.kill_at(max(first + 1, PAGES // 2))
        assert first < second < PAGES and move.is_marked_as_a_part()
        assert move.finish() == held
        assert not move.is_marked_as_a_part()
        _is_whole(move.look(), held)
    left.close()
    back.close()


def _is_whole(index: Index, held: dict[str, moving.Sum]) -> None:
    """Read by the changes, counted and searched, it is all there and once."""
    assert sums(index) == held
    ids = [read.record.id for read in index.changes(Page, 0)]
    assert len(ids) == len(set(ids)) == index.count(Page, Anything(), WHOLE) == PAGES
    assert index.count(Copy, Anything(), WHOLE) == COPIES + 1
    assert index.refresh(max(read.seq for read in index.changes(Page, 0)), wait=60)
    assert ask(index, "施工合同").pages == PAGES
