"""Indices of a cluster are made anew while an office works: pages are filed and searched, copies lent. Nobody sees an
error, nothing is lost or doubled, and what could be searched before can be searched at every moment."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from archive.domain.copy import Copy
from archive.domain.document import Document, Page
from archive.domain.query import Anything, PageSearch
from archive.domain.query_language import parse
from archive.domain.record import Record
from archive.errors import ArchiveError, Conflict
from archive.ports import Index
from search.cluster import ClusterIndex, searching
from search.cluster.indices import current
from search.cluster.migration import migrate
from tests.contract.index_examples import WHOLE, ask, copy, document, page, write
from tests.contract.index_places import Opened, silent
from tests.contract.index_processes import open_adapter

pytestmark = pytest.mark.needs("opensearch2")

BEFORE = 500  # pages that are there already
EACH = 10  # pages of a document
KINDS: tuple[type[Record], ...] = (Page, Copy, Document)  # made anew, in this order
WORD, ANEW = "共同的字", "重读"
SECONDS = 60.0  # the longest that anything is waited for, on a busy machine
WAYS = multiprocessing.get_context("forkserver")  # what all of them need is loaded once
WAYS.set_forkserver_preload(["tests.contract.index_processes"])


@dataclass
class Office:
    """What its processes share. `searchable` says of each how many of its pages can be searched, `times` how often it
    did its work."""

    place: str
    searchable: Any
    times: Any
    stop: Any
    told: Any


@dataclass
class Done:
    """What a process did, and what went wrong."""

    made: list[str] = field(default_factory=list)
    loans: int = 0
    wrong: list[str] = field(default_factory=list)


Way = Callable[[Index, Office, int, Done], None]


def work(way: Way, office: Office, number: int) -> None:
    """Does it again and again until it is told to stop."""
    index, done = open_adapter("opensearch2", office.place), Done()
    while not office.stop.is_set():
        try:
            way(index, office, number, done)
            office.times[number] += 1
        except ArchiveError as fault:
            done.wrong.append(f"{way.__name__}: {fault}")
    index.close()
    office.told.put(done)


def file_a_document(index: Index, office: Office, number: int, done: Done) -> None:
    """As a worker: the document, its pages as one batch, half of them once more when they are read anew."""
    id = f"w{number}-{len(done.made)}"
    with suppress(Conflict):  # made, but its pages could not be put
        index.create(document(id))
    read = [page(id, n, f"第{n}页 {WORD}") for n in range(1, EACH + 1)]
    index.put(read)
    last = index.put([one.model_copy(update={"text": f"{one.text} {ANEW}", "stamp": 1}) for one in read[: EACH // 2]])
    done.made.append(id)
    if index.refresh(last, wait=30):
        office.searchable[number] = len(done.made) * EACH
    else:
        done.wrong.append(f"{id} cannot be searched")


def search(index: Index, office: Office, number: int, done: Done) -> None:
    """As a reader: looks for the pages, turns the list over, exports it, opens a page."""
    least = BEFORE + sum(office.searchable)
    first = ask(index, WORD, size=5)
    turned = index.search(PageSearch(parse(WORD), size=5, start=5, cursor=first.cursor), WHOLE)
    exported = list(index.pages_of_search(PageSearch(parse(WORD)), WHOLE))
    listed = index.count(Page, Anything(), WHOLE)
    seen = {"pages": first.pages, "turned": turned.pages, "exported": len(set(exported)), "listed": listed}
    done.wrong += [f"{what}: {pages} of {least}" for what, pages in seen.items() if pages < least]
    if len(set(exported)) < len(exported):
        done.wrong.append("exported twice")
    if [len(one.found) for one in (first, turned)] != [5, 5]:
        done.wrong.append("a list is short")
    shown = first.found[0].pages[0].page
    if index.get(Page, shown.id).record.document != shown.document:
        done.wrong.append("another page")


def lend(index: Index, office: Office, number: int, done: Done) -> None:
    """As a desk: a copy goes out if it is still as it was read."""
    read = index.get(Copy, "shared")
    with suppress(Conflict):
        index.replace(read.record.model_copy(update={"loans": read.record.loans + 1}), read.token)
        done.loans += 1


@contextmanager
def at_work(office: Office, ways: Sequence[Way]) -> Iterator[list[Done]]:
    """Processes that work until the end of the block; then the list says what they did."""
    processes = [WAYS.Process(target=work, args=(way, office, number)) for number, way in enumerate(ways)]
    told: list[Done] = []
    for one in processes:
        one.start()
    try:
        yield told
        office.stop.set()
        told += [office.told.get(timeout=SECONDS) for _ in processes]
        for one in processes:
            one.join(SECONDS)
    finally:
        for one in processes:
            one.kill()


def wait_for_work_of_all(office: Office) -> None:
    """Until each process has done its work once more, from beginning to end."""
    before, end = list(office.times), time.monotonic() + SECONDS
    while any(now < was + 2 for now, was in zip(office.times, before, strict=True)):
        assert time.monotonic() < end, f"not all work: {before}, {list(office.times)}"
        time.sleep(0.05)


def anew(index: ClusterIndex, kind: type[Record] = Page) -> None:
    """Makes the index of a kind anew, and throws the old one away."""
    migrate(index.cluster, kind, keep_old=False, progress=silent)


def fill(index: ClusterIndex) -> None:
    """Pages to be found, ten a document."""
    write(index, *[page(f"b{n // EACH}", n, f"第{n}页 {WORD}") for n in range(BEFORE)])


def test_a_search_that_is_overtaken_by_a_migration_is_whole(
    cluster: ClusterIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The index is thrown away between the two requests of a result page."""
    fill(cluster)
    ask_again = searching.Searching._second

    def overtaken(*given: Any) -> Any:
        if current(cluster.cluster, Page).endswith("01"):
            anew(cluster)
        return ask_again(*given)

    monkeypatch.setattr(searching.Searching, "_second", overtaken)
    told = ask(cluster, WORD, size=5)
    assert current(cluster.cluster, Page).endswith("02")
    assert (told.pages, told.documents) == (BEFORE, BEFORE // EACH)
    assert [len(one.numbers) for one in told.found] == [EACH] * 5


def test_an_export_and_a_list_that_are_overtaken_by_a_migration_go_on(
    cluster: ClusterIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "_EXPORTED_AT_ONCE", 70)
    fill(cluster)
    wanted = PageSearch(parse(WORD), size=5)
    export, listed = cluster.pages_of_search(wanted, WHOLE), cluster.search(wanted, WHOLE)
    given = [next(export) for _ in range(100)]
    anew(cluster)
    given += export
    assert len(given) == len(set(given)) == BEFORE
    turned = cluster.search(replace(wanted, start=5, cursor=listed.cursor), WHOLE)
    assert turned.pages == BEFORE and len(turned.found) == 5


def test_pages_are_filed_and_searched_and_copies_lent_while_their_indices_are_made_anew(
    cluster: ClusterIndex, on_cluster: Opened
) -> None:
    cluster.create(copy("shared"))
    fill(cluster)
    ways = (file_a_document, file_a_document, search, lend)
    searchable, times = (WAYS.Array("i", len(ways), lock=False) for _ in range(2))
    office = Office(on_cluster.place, searchable, times, WAYS.Event(), WAYS.Queue())
    with at_work(office, ways) as told:
        wait_for_work_of_all(office)
        before = list(office.times)
        for kind in KINDS:
            anew(cluster, kind)
        during = [now - was for now, was in zip(office.times, before, strict=True)]
        wait_for_work_of_all(office)
    assert [wrong for done in told for wrong in done.wrong] == []
    assert min(during) > 0, "each worked while the indices were made anew"
    assert [current(cluster.cluster, kind)[-2:] for kind in (Page, Copy, Document)] == ["02", "02", "02"]
    assert cluster.get(Copy, "shared").record.loans == sum(done.loans for done in told)
    _everything_is_there_once(cluster, [id for done in told for id in done.made])


def _everything_is_there_once(index: Index, made: list[str]) -> None:
    """All documents, and all pages, of which half were written twice."""
    assert sorted(read.record.id for read in index.changes(Document, 0)) == sorted(made)
    written = {f"{id}-{n}": 2 if n <= EACH // 2 else 1 for id in made for n in range(1, EACH + 1)}
    old = {f"b{n // EACH}-{n}": 1 for n in range(BEFORE)}
    held = [(read.record.id, read.revision) for read in index.changes(Page, 0)]
    assert sorted(held) == sorted((written | old).items())
    assert ask(index, WORD).pages == len(held)
    assert ask(index, ANEW).pages == len(made) * EACH // 2
