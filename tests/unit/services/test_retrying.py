"""Trying again: whenever it is cut short, every page can still be had read, and one under way is not disturbed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from archive.domain.access import SYSTEM
from archive.domain.document import Document, Page
from archive.domain.intake_job import IntakeJob, JobState
from archive.ports import Ports
from archive.services import audit, intake, page_reading
from tests.unit.services.conftest import HandClock
from tests.unit.services.reading import Scans, bring, documents, job_of, reading_ports, states
from tests.unit.services.test_reconcile import Dying, Killed
from workers.queue import InProcessQueue


@pytest.fixture
def scans() -> Scans:
    return Scans(broken={2})


@pytest.fixture
def ports(tmp_path: Path, scans: Scans) -> Iterator[Ports]:
    made = reading_ports(tmp_path, HandClock(), scans)
    yield made
    made.index.close()


def with_failed_page(ports: Ports) -> str:
    """A job whose second page failed."""
    working(ports)
    job = bring(ports).job.id
    assert states(ports) == ["read", "failed", "read"]
    assert job_of(ports, job).state == JobState.DONE
    return job


def working(ports: Ports) -> None:
    cast("InProcessQueue", ports.queue).work_on(ports)


def test_a_failed_page_is_read_when_tried_again(ports: Ports, scans: Scans) -> None:
    job = with_failed_page(ports)
    scans.broken.clear()
    intake.retry(ports, SYSTEM, job)
    assert states(ports) == ["read", "read", "read"]
    assert (job_of(ports, job).state, job_of(ports, job).pages_failed) == (JobState.DONE, 0)


def dying_at(what: str) -> Callable[[object], Dying]:
    kind = {"document": Document, "page": Page, "job": IntakeJob}[what]
    if what == "page":
        return lambda index: Dying(index, "put", lambda records: isinstance(records[0], kind))
    return lambda index: Dying(index, "replace", lambda record, _: isinstance(record, kind))


@pytest.mark.parametrize("what", ["job", "document", "page"])
def test_a_retry_cut_short_anywhere_is_gone_on_with(ports: Ports, scans: Scans, what: str) -> None:
    job = with_failed_page(ports)
    scans.broken.clear()
    dying = replace(ports, index=cast("Any", dying_at(what)(ports.index)), queue=InProcessQueue())
    with pytest.raises(Killed):
        intake.retry(dying, SYSTEM, job)
    assert what == "job" or job_of(ports, job).state == JobState.READING, "the sweeper looks after it"
    intake.send_pages(ports, job_of(ports, job))
    assert job_of(ports, job).state == JobState.DONE
    intake.retry(ports, SYSTEM, job)
    assert states(ports) == ["read", "read", "read"]
    assert [document.finished for document in documents(ports)] == ["yes"]


def test_pages_left_waiting_in_a_closed_job_are_read_when_tried_again(ports: Ports, scans: Scans) -> None:
    job = with_failed_page(ports)
    scans.broken.clear()
    (document,) = documents(ports)
    page = next(read.record for read in ports.index.changes(Page, 0) if read.record.number == 2)
    ports.index.put([page.model_copy(update={"state": "waiting"})])
    ports.store.put_derived(f"pages/{document.id}/2.tries", b"3")
    intake.retry(ports, SYSTEM, job)
    assert states(ports) == ["read", "read", "read"]


def test_a_retry_while_a_file_is_read_disturbs_nothing(ports: Ports) -> None:
    job = bring(ports).job.id
    intake.split(ports, job)
    before = ports.index.get(IntakeJob, job)
    ports.store.put_derived(f"pages/{before.record.documents[0]}/2.tries", b"2")
    assert intake.retry(ports, SYSTEM, job) == before.record
    assert ports.index.get(IntakeJob, job).revision == before.revision
    assert page_reading.tries_of(ports, before.record.documents[0], 2) == 2


def test_a_job_closed_by_a_late_message_during_its_retry_is_open_again(ports: Ports, scans: Scans) -> None:
    job = with_failed_page(ports)
    scans.broken.clear()
    index = ports.index

    class Late:
        def __getattr__(self, name: str) -> Any:
            return getattr(index, name)

        def put(self, records: Any) -> int:
            read = index.get(IntakeJob, job)
            last = audit.event(ports, SYSTEM, "read")
            audit.change(ports, read, read.record.model_copy(update={"state": JobState.DONE, "last": last}))
            return index.put(records)

    silent = InProcessQueue()
    intake.retry(replace(ports, index=cast("Any", Late()), queue=silent), SYSTEM, job)
    assert job_of(ports, job).state == JobState.READING
    silent.work_on(ports)
    assert states(ports) == ["read", "read", "read"]
    assert job_of(ports, job).state == JobState.DONE
