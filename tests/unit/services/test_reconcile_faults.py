"""What a pass of reconciling cannot put right keeps nothing else from its turn, and is tried again by the next one."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import pytest

from archive.domain.access import SYSTEM
from archive.domain.audit import AuditEvent
from archive.domain.copy import Copy
from archive.domain.document import Document, Page
from archive.domain.kinds import KEPT
from archive.errors import Unavailable, Unreadable
from archive.services import filing, lending, page_reading, rebuild, reconcile, retrieval, trail
from tests.unit.services.conftest import Office, make_dossier
from tests.unit.services.test_lending import Y1, request
from tests.unit.services.test_reconcile import Dying, Killed, with_pages
from workers.scheduler import Reconciling

ID = "d" * 20
FACTS, READING = f"pages/{ID}/1.json", "readings/aa/1/test-1.json.gz"
WHOLE = gzip.compress(b'{"engine": "test"}' * 9)
DAMAGE = [
    (FACTS, b""),
    (FACTS, b"\xff{"),
    (READING, b"no gzip"),
    (READING, WHOLE[:-9]),
    (READING, WHOLE[:12] + b"\xff" * 30),
    (READING, gzip.compress(b"{}")),
]
damaged = pytest.mark.parametrize(("name", "data"), DAMAGE)


@pytest.fixture
def shelf(office: Office) -> Office:
    """A dossier with a document of three pages, none of them in the index."""
    make_dossier(office.ports)
    with_pages(office)
    return office


class Failing:
    """An index or store that does not answer at a call of `method` that `fits`."""

    def __init__(self, inner: object, method: str, fits: Callable[..., bool] = lambda *_: True) -> None:
        self._inner, self._method, self._fits = inner, method, fits

    def __getattr__(self, name: str) -> Any:
        return self._failing if name == self._method else getattr(self._inner, name)

    def _failing(self, *given: Any) -> Any:
        if self._fits(*given):
            raise Unavailable("index_busy", seconds=5)
        return getattr(self._inner, self._method)(*given)


def second_document(office: Office) -> str:
    """A document of one page beside the other."""
    read = office.ports.index.get(Document, ID).record
    other = office.ports.index.create(read.model_copy(update={"id": "e" * 20, "pages": read.pages[:1]})).record
    page_reading.keep_facts(
        office.ports, other.id, page_reading.facts_of(office.ports, ID, 3).model_copy(update={"number": 1})
    )
    return other.id


def pages_of(office: Office) -> list[str]:
    return [read.record.document for read in office.ports.index.changes(Page, 0)]


# --- what is damaged ----------------------------------------------------------------------------------------------


@damaged
def test_a_damaged_file_keeps_no_other_document_from_its_turn(shelf: Office, name: str, data: bytes) -> None:
    other = second_document(shelf)
    shelf.ports.store.put_derived(name, data)
    made = reconcile.reconcile(shelf.ports)
    assert made.failed == [f"document/{ID}"] and not made.nothing
    assert pages_of(shelf) == [other]


@damaged
def test_a_damaged_file_does_not_stop_a_rebuild(shelf: Office, name: str, data: bytes) -> None:
    other = second_document(shelf)
    shelf.ports.store.put_derived(name, data)
    assert rebuild.rebuild(shelf.ports).repaired.failed == [f"document/{ID}"]
    assert pages_of(shelf) == [other]
    rebuild.check_whole(shelf.ports.index, shelf.ports.store)


def test_what_is_damaged_is_said_by_name(shelf: Office) -> None:
    shelf.ports.store.put_derived(READING, b"no gzip")
    with pytest.raises(Unreadable) as said:
        page_reading.load(shelf.ports, READING)
    assert READING in said.value.told_in("zh") and READING in said.value.told_in("en")


def test_a_damaged_reading_draws_no_boxes(shelf: Office) -> None:
    reconcile.reconcile(shelf.ports)
    page = next(read.record for read in shelf.ports.index.changes(Page, 0) if read.record.reading == READING)
    assert retrieval.boxes_of(shelf.ports, page, [(0, 2)])
    shelf.ports.store.put_derived(READING, b"no gzip")
    assert retrieval.boxes_of(shelf.ports, page, [(0, 2)]) == []


# --- what is tried again ------------------------------------------------------------------------------------------


def test_pages_that_could_not_be_filed_are_when_the_store_answers_again(shelf: Office) -> None:
    away = Failing(shelf.ports.store, "get_derived", lambda name: name == READING)
    duty = Reconciling(replace(shelf.ports, store=cast("Any", away)), threading.Event())
    assert ID in duty()
    assert pages_of(shelf) == []
    away._method = ""
    assert duty()
    assert pages_of(shelf) == [ID] * 3
    assert duty() == ""


def test_what_fails_of_what_follows_from_a_record_leaves_its_event_and_sidecar_written(shelf: Office) -> None:
    positions = reconcile.reconcile(shelf.ports).positions
    with pytest.raises(Killed):
        lending.lend(shelf.with_index(Dying(shelf.ports.index, "create", is_event_of_copy)), shelf.desk, request(Y1))
    shelf.clock.move(timedelta(minutes=5))
    first = reconcile.reconcile(shelf.with_index(Failing(shelf.ports.index, "put")), positions)
    assert (first.events, first.lines, first.failed) == (1, 0, [f"copy/{Y1}"])
    assert trail.verify(shelf.ports, SYSTEM).is_whole
    second = reconcile.reconcile(shelf.ports, first.positions)
    assert (second.lines, second.failed) == (1, [])


def is_event_of_copy(record: Any) -> bool:
    return isinstance(record, AuditEvent) and record.id == f"copy/{Y1}/2"


def test_copies_that_could_not_follow_do_so_at_the_next_pass(shelf: Office) -> None:
    dying = Dying(shelf.ports.index, "replace", lambda record, _: isinstance(record, Copy))
    positions = reconcile.reconcile(shelf.ports).positions
    with pytest.raises(Killed):
        filing.file_document(shelf.with_index(dying), shelf.desk, "kh-2024-031-doc-1", type="quotation")
    failing = Failing(shelf.ports.index, "replace", lambda record, _: isinstance(record, Copy))
    first = reconcile.reconcile(shelf.with_index(failing), positions)
    assert (first.copies, first.failed) == (0, ["dossier/kh-2024-031"])
    assert reconcile.reconcile(shelf.ports, first.positions).copies == 1


def test_a_day_is_not_closed_while_an_event_of_it_is_missing(shelf: Office) -> None:
    positions = reconcile.reconcile(shelf.ports).positions
    with pytest.raises(Killed):
        lending.lend(shelf.with_index(Dying(shelf.ports.index, "create", is_event_of_copy)), shelf.desk, request(Y1))
    shelf.clock.move(timedelta(days=2))
    failing = shelf.with_index(Failing(shelf.ports.index, "create", is_event_of_copy))
    for _ in range(2):
        made = reconcile.reconcile(failing, positions)
        assert (made.days, made.failed) == (0, [f"copy/{Y1}"])
        positions = made.positions
    assert reconcile.reconcile(shelf.ports, positions).days == 1
    assert trail.verify(shelf.ports, SYSTEM).is_whole


def test_a_day_is_closed_though_a_page_cannot_be_filed(shelf: Office) -> None:
    shelf.ports.store.put_derived(READING, b"no gzip")
    shelf.clock.move(timedelta(days=2))
    made = reconcile.reconcile(shelf.ports)
    assert (made.days, made.failed) == (1, [f"document/{ID}"])


def test_a_pass_ends_wherever_it_is_when_the_process_is_about_to_stop(shelf: Office) -> None:
    """At the first record, and in the middle of the pages."""
    stop = threading.Event()
    stop.set()
    assert Reconciling(shelf.ports, stop)() == ""
    assert pages_of(shelf) == []
    records = sum(1 for kind in KEPT.values() for _ in shelf.ports.index.changes(kind, 0))
    told: list[int] = []

    def progress(done: int, _: int) -> None:
        told.append(done)
        if done == records + 1 + 1:  # all records, the copies of a dossier, one document
            raise Killed

    with pytest.raises(Killed):
        reconcile.reconcile(shelf.ports, progress=progress)
    assert told == list(range(1, records + 3))
