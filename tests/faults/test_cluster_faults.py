"""A cluster loses its elected manager while many write: what was acknowledged is there, once, and writing goes on."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from archive.domain.copy import Copy
from archive.domain.document import Page
from archive.domain.query import Anything
from archive.ports import Index
from search.cluster import open_cluster
from tests.contract.index_examples import WHOLE, ask, copy, page
from tests.engines.opensearch import Cluster
from tests.faults.cluster_writers import settings_of
from tests.faults.conftest import wait_until

WRITERS = ("a", "b", "c", "d")
PREFIX = "faults"
BEFORE, AFTER = 3.0, 8.0  # seconds of writing
GOES_ON_WITHIN = 30.0  # seconds

pytestmark = [pytest.mark.needs("opensearch2"), pytest.mark.timeout(600)]


@dataclass(frozen=True)
class Note:
    """A line of a writer's journal: what was tried on which record, how it ended, and when."""

    what: str
    id: str
    outcome: str
    begun: float
    ended: float


@contextmanager
def writing(cluster: Cluster, folder: Path) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Four processes that write, each to its journal, until the end of the block."""
    module = "tests.faults.cluster_writers"
    writers = [
        subprocess.Popen(
            [sys.executable, "-m", module, cluster.url, PREFIX, name, str(folder / name)], stdin=subprocess.PIPE
        )
        for name in WRITERS
    ]
    try:
        yield writers
        for one in writers:
            one.communicate(timeout=90)
        assert [one.returncode for one in writers] == [0] * len(writers)
    finally:
        for one in writers:
            one.kill()


def notes(folder: Path) -> list[Note]:
    """What all writers noted."""
    paths = [folder / name for name in WRITERS if (folder / name).exists()]
    return [Note(*json.loads(line)) for path in paths for line in path.read_text("utf-8").splitlines() if line]


def test_what_was_acknowledged_is_there_once_when_the_elected_manager_is_killed_and_writing_goes_on(cluster, tmp_path):
    index = open_cluster(settings_of(cluster.url, PREFIX))
    index.create(copy("first"))
    index.put([page("first", 1, "字")])
    assert cluster.is_whole(), "every shard has its copy on another node"
    manager = cluster.manager()
    with writing(cluster, tmp_path):
        wait_until(lambda: {note.id[0] for note in notes(tmp_path)} == set(WRITERS), "the first writes")
        time.sleep(BEFORE)
        manager.server.kill()
        killed = time.time()
        wait_until(lambda: _have_written_since(killed, tmp_path), "writes of all after the kill", GOES_ON_WITHIN)
        time.sleep(AFTER)
    told = notes(tmp_path)
    _everything_acknowledged_is_there_once(index, told)
    assert sum(note.ended > killed for note in told if note.outcome == "done") > 50
    manager.server.restart()
    assert cluster.is_whole()
    alone = open_cluster(settings_of(manager.url, PREFIX))
    _everything_acknowledged_is_there_once(alone, told)
    index.close()
    alone.close()


def _have_written_since(moment: float, folder: Path) -> bool:
    """Whether each writer began and ended a write after that moment."""
    done = [note for note in notes(folder) if note.outcome == "done" and note.begun > moment]
    return {note.id[0] for note in done} == set(WRITERS)


def _everything_acknowledged_is_there_once(index: Index, told: list[Note]) -> None:
    created = {note.id for note in told if note.what == "create" and note.outcome in ("done", "exists")}
    counted = Counter(note.id for note in told if note.what == "count" and note.outcome == "done")
    unsure = Counter(note.id for note in told if note.what == "count" and note.outcome not in ("done", "conflict"))
    found = index.get_many(Copy, created)
    assert found.keys() == created
    for id, read in found.items():
        loans = read.record.loans
        assert counted[id] <= loans <= counted[id] + unsure[id], f"{id}: acknowledged {counted[id]}, {loans} there"
        assert read.revision == loans + 1, f"{id} was written more often than it was asked to be"
    assert index.count(Copy, Anything(), WHOLE) == len(created) + 1
    assert sorted(read.record.id for read in index.changes(Copy, 0)) == sorted([*created, "first"])
    pages = {note.id for note in told if note.what == "page" and note.outcome == "done"}
    assert index.refresh(sys.maxsize, wait=30)
    assert ask(index, "共同的字").pages == index.count(Page, Anything(), WHOLE) - 1 == len(pages)
