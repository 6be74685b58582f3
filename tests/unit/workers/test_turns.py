"""Files take turns, over the real broker: a long one does not hold back a short one, and what is urgent stays so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from archive.config import Settings
from archive.domain.access import SYSTEM
from archive.domain.document import Page
from archive.domain.ids import DocumentId, page_id
from archive.domain.intake_job import IntakeJob
from archive.ports import Ports
from archive.services import intake
from tests.unit.workers.conftest import bring, is_done
from workers import messages, stopping, turns
from workers.queue import InProcessQueue
from workers.turns import read_turn

LONG, SHORT = 120, 3  # pages


class OneWorker:
    """Does one message after the other, as a worker with one process."""

    def __init__(self, ports: Ports, settings: Settings) -> None:
        self._ports = ports
        self.order: list[tuple[str, str, int]] = []  # step, what about, priority
        app = messages.celery_app(settings, worker="test/test/1/test")
        self._connection = app.connection_for_read()
        queues = list(app.amqp.queues.values())
        self._consumer = self._connection.Consumer(queues, callbacks=[self._do], accept=["json"])
        self._consumer.qos(prefetch_count=1)
        self._consumer.consume()

    def do_one(self) -> None:
        self._connection.drain_events(timeout=5)

    def close(self) -> None:
        self._connection.close()

    def _do(self, body: Any, message: Any) -> None:
        name, args = message.headers["task"], body[0]
        self.order.append((name.removeprefix("dossier."), args[0], message.properties["priority"]))
        if name == messages.SPLIT:
            intake.split(self._ports, *args)
        elif name == messages.READ:
            read_turn(self._ports, *args)
        else:
            intake.finish(self._ports, *args)
        message.ack()


@pytest.fixture
def slow_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each page takes longer than a turn, as where OCR reads it."""
    monkeypatch.setattr(turns, "STRETCH", 0.0)


@pytest.fixture
def worker(ports: Ports, settings: Settings) -> Iterator[OneWorker]:
    made = OneWorker(ports, settings)
    yield made
    made.close()


def turns_until(worker: OneWorker, ports: Ports, job: str) -> int:
    before = len(worker.order)
    while not is_done(ports, job):
        worker.do_one()
    return len(worker.order) - before


@pytest.mark.usefixtures("slow_pages")
def test_a_short_file_waits_for_one_round_of_a_long_one_and_no_longer(ports: Ports, worker: OneWorker) -> None:
    long = bring(ports, LONG)
    worker.do_one()
    for _ in range(5):
        worker.do_one()
    short = bring(ports, SHORT)
    assert turns_until(worker, ports, short) <= intake.STRANDS + 1 + SHORT, "its split, and its pages behind one round"
    assert not is_done(ports, long)
    assert ports.queue.depth() == intake.STRANDS, "so many messages of one file wait at most"
    turns_until(worker, ports, long)
    reads = [about for step, about, _ in worker.order if step == "read"]
    assert len(reads) == LONG + SHORT, "every page in one turn"


@pytest.mark.usefixtures("slow_pages")
def test_what_a_person_uploads_goes_before_what_comes_in_bulk_to_its_last_page(ports: Ports, worker: OneWorker) -> None:
    bulk = bring(ports, 60)
    worker.do_one()
    upload = bring(ports, 30, "upload")
    turns_until(worker, ports, upload)
    told = worker.order[1:]
    assert {priority for _, _, priority in told} == {2}
    assert sum(step == "read" for step, _, _ in told) == 30
    assert not is_done(ports, bulk)
    assert ports.queue.depth() == intake.STRANDS
    intake.retry(ports, SYSTEM, upload)
    assert turns_until(worker, ports, upload) > 0
    assert {priority for step, _, priority in worker.order if step == "read"} == {2}


@pytest.mark.usefixtures("slow_pages")
def test_a_strand_goes_on_through_the_other_documents_of_its_file(ports: Ports, worker: OneWorker) -> None:
    silent = replace(ports, queue=InProcessQueue())  # keeps what is sent to itself
    jobs = [bring(silent, pages) for pages in (4, 5)]
    for job in jobs:
        intake.split(silent, job)
    first, second = (ports.index.get(IntakeJob, job).record.documents[0] for job in jobs)
    ports.queue.read(first, [1, 2, 3, 4], priority=3, rest=[("gone", [1]), (second, [1, 2, 3, 4, 5])])
    assert turns_until(worker, ports, jobs[1]) == 10
    assert is_done(ports, jobs[0])
    assert [(about, priority) for _, about, priority in worker.order] == [
        (about, 3) for about in (*[first] * 4, "gone", *[second] * 5)
    ]


def test_quick_pages_are_read_together_in_one_turn(
    ports: Ports, worker: OneWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "STRETCH", 60.0)
    job = bring(ports, 30)
    turns_until(worker, ports, job)
    assert sum(step == "read" for step, _, _ in worker.order) == intake.STRANDS


def test_a_worker_that_is_stopped_begins_no_page_and_loses_none(
    ports: Ports, worker: OneWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = bring(ports, 1)
    worker.do_one()
    (document,) = ports.index.get(IntakeJob, job).record.documents
    with monkeypatch.context() as stopped:
        stopped.setattr(stopping, "is_announced", lambda: True)
        worker.do_one()
        assert not ports.index.get_many(Page, [page_id(DocumentId(document), 1)])
    assert ports.queue.depth() == 1
    turns_until(worker, ports, job)
