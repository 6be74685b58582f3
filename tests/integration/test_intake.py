"""Scans come in, are read and filed, and are found: over the real store, decoder, engine and index."""

from __future__ import annotations

import io
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from archive.config import Settings
from archive.domain.access import SYSTEM, Access, Actor, Role
from archive.domain.document import Document, Page
from archive.domain.intake_job import IntakeJob, JobState, Wish
from archive.domain.query import Anything
from archive.domain.reading import Reading
from archive.errors import InvalidInput, NotFound
from archive.ports import OcrEngine, Pixels, Ports, TaskQueue
from archive.services import dossiers, intake, page_reading, rereading, retrieval, sweeping
from tests.integration.conftest import SAMPLES, Office, opened, sample
from workers.queue import InProcessQueue


def boxes_of_word(truth: dict[str, list[dict[str, object]]], page: int, word: str) -> list[tuple[float, ...]]:
    """Where the truth says `word` stands on a page: x, y, width, height of the hull of its characters."""
    found = []
    for line in truth["pages"][page - 1]["lines"]:  # type: ignore[attr-defined]
        at = line["text"].find(word)
        if at >= 0:
            chars = line["chars"][at : at + len(word)]
            left, top = min(c[0] for c in chars), min(c[1] for c in chars)
            right, bottom = max(c[0] + c[2] for c in chars), max(c[1] + c[3] for c in chars)
            found.append((left, top, right - left, bottom - top))
    return found


def overlap(a: tuple[float, ...], b: tuple[float, ...]) -> float:
    """Area both share, by the area of both together."""
    width = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    height = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    shared = max(width, 0) * max(height, 0)
    return shared / (a[2] * a[3] + b[2] * b[3] - shared)


@pytest.fixture
def contract(office: Office) -> Document:
    """The first contract of the samples, four scanned pages, taken in."""
    job = office.take(sample("KH-2024-031", "01").path).job
    done = office.ports.index.get(IntakeJob, job.id).record
    assert done.state == JobState.DONE, done
    return office.ports.index.get(Document, done.documents[0]).record


def test_a_scanned_page_is_found_by_a_word_on_it_with_its_box_where_it_stands(
    office: Office, contract: Document
) -> None:
    truth = sample("KH-2024-031", "01").truth
    found = retrieval.search(office.ports, SYSTEM, "486800")
    assert found.result.pages >= 1
    hit = found.result.found[0].pages[0]
    expected = boxes_of_word(truth, hit.page.number, "486800")
    assert expected
    for box in found.boxes[hit.page.id]:
        assert max(overlap(box, there) for there in expected) > 0.5


def test_a_person_without_access_finds_nothing_and_opens_nothing(office: Office, contract: Document) -> None:
    stranger = Actor("stranger", "路人", frozenset({Role.READER}), Access.nothing())
    found = retrieval.search(office.ports, stranger, "合同")
    assert (found.result.pages, found.result.documents, found.result.found) == (0, 0, ())
    assert not any(counts for counts in found.result.facets.values())
    with pytest.raises(NotFound):
        retrieval.page_view(office.ports, stranger, contract.id, 1)


def test_the_same_file_twice_is_known_and_doubles_nothing(office: Office, contract: Document) -> None:
    again = office.take(sample("KH-2024-031", "01").path)
    assert again.known
    assert office.ports.index.count(Document, Anything(), Access.whole_archive()) == 1
    assert office.ports.index.count(Page, Anything(), Access.whole_archive()) == 4


def test_a_page_is_never_read_twice(tmp_path: Path) -> None:
    with opened(Settings(data=tmp_path)) as ports:
        engine, queue = _Counting(ports.ocr), InProcessQueue()
        ports = Ports(**{**vars_of(ports), "ocr": engine, "queue": queue})
        queue.work_on(ports)
        for number in ("KH-2024-031", "KH-2024-032"):
            dossiers.create(ports, SYSTEM, scheme="engineering-customer", name="临澜港务物流园", number=number)
        first = take_into(ports, "kh-2024-031")
        assert engine.pages == 4, "its four scans"
        second = take_into(ports, "kh-2024-032")
        again = take_into(ports, "kh-2024-031")
        assert engine.pages == 4
        assert (first.known, second.known, again.known) == (False, False, True)
        assert again.job.id == first.job.id
        assert len([path for path in (tmp_path / "store" / "files").rglob("*") if path.is_file()]) == 1
        ports.index.refresh(sys.maxsize, wait=20)
        documents = ports.index.select(Document, Anything(), Access.whole_archive(), size=10).records
        assert sorted(read.record.dossier for read in documents) == ["kh-2024-031", "kh-2024-032"]
        assert ports.index.count(Page, Anything(), Access.whole_archive()) == 8


class _Counting:
    """An engine that counts the pages it is given."""

    def __init__(self, engine: OcrEngine) -> None:
        self._engine = engine
        self.name, self.key, self.rank = engine.name, engine.key, engine.rank
        self.pages = 0

    def read(self, pixels: Pixels, *, drawing: bool = False) -> Reading:
        self.pages += 1
        return self._engine.read(pixels, drawing=drawing)


def take_into(ports: Ports, dossier: str) -> intake.Received:
    """The samples' first contract, four scanned pages, taken into a dossier."""
    path = sample("KH-2024-031", "01").path
    with path.open("rb") as file:
        return intake.receive(
            ports, SYSTEM, file, path.name, channel="command", batch="test", wish=Wish(dossier=dossier)
        )


def test_every_step_may_be_run_again_without_changing_anything(office: Office, contract: Document) -> None:
    before = office.ports.index.get(Document, contract.id)
    intake.split(office.ports, contract.job)
    intake.read_pages(office.ports, contract.id, [1, 2, 3, 4])
    intake.finish(office.ports, contract.id)
    office.settle()
    assert office.ports.index.get(Document, contract.id).revision == before.revision
    assert retrieval.search(office.ports, SYSTEM, "").result.pages == 4


def test_a_job_whose_messages_were_lost_is_sent_again(office: Office, tmp_path: Path) -> None:
    silent = _Lost()
    ports = with_queue(office, silent)
    path = sample("JJ-2019-003", "01").path
    with path.open("rb") as file:
        job = intake.receive(ports, SYSTEM, file, path.name, channel="command", batch="lost").job
    assert office.ports.index.get(IntakeJob, job.id).record.state == JobState.RECEIVED
    assert sweeping.sweep(ports) == 0, "its messages may still be on their way"
    silent.began = ports.clock.now()
    assert sweeping.sweep(ports) == 1
    assert sweeping.sweep(ports) == 0, "and now they are on their way again"
    assert sweeping.sweep(office.ports) == 0
    silent.began = ports.clock.now()
    office.ports.queue.split(job.id)
    assert office.ports.index.get(IntakeJob, job.id).record.state == JobState.DONE
    assert sweeping.sweep(ports) == 0


def test_a_job_nobody_works_on_is_sent_again_after_a_while_and_ever_more_rarely(office: Office) -> None:
    silent = _Lost()
    ports = with_queue(office, silent)
    path = sample("JJ-2019-003", "01").path
    with path.open("rb") as file:
        intake.receive(ports, SYSTEM, file, path.name, channel="command", batch="lost")
    sent = []
    for minute in range(30):
        later = type(ports)(**{**vars_of(ports), "clock": _Later(ports.clock.now() + timedelta(minutes=minute))})
        sent += [minute] * sweeping.sweep(later)
    assert sent == [1, 3, 7, 15], "after one minute, two, four and eight"


def test_while_messages_are_under_way_nothing_is_sent_again(office: Office) -> None:
    silent = _Lost(rests=False)
    ports = with_queue(office, silent)
    path = sample("JJ-2019-003", "01").path
    with path.open("rb") as file:
        intake.receive(ports, SYSTEM, file, path.name, channel="command", batch="lost")
    much_later = type(ports)(**{**vars_of(ports), "clock": _Later(ports.clock.now() + timedelta(hours=9))})
    assert sweeping.sweep(much_later) == 0


def vars_of(ports: Ports) -> dict[str, Any]:
    return {name: getattr(ports, name) for name in ports.__dataclass_fields__}


def with_queue(office: Office, queue: TaskQueue) -> Ports:
    return Ports(**{**vars_of(office.ports), "queue": queue})


class _Later:
    """A clock that stands."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now


class _Lost(InProcessQueue):
    """A queue that loses every message."""

    def __init__(self, *, rests: bool = True) -> None:
        super().__init__()
        self.began: datetime | None = None
        self._rests = rests

    def split(self, job: str, *, priority: int = 5) -> None: ...

    def read(self, document: str, numbers: object, *, priority: int = 5, rest: object = ()) -> None: ...

    def finish(self, document: str, *, priority: int = 5) -> None: ...

    def reread(self, document: str, after: int = 0) -> None: ...

    def is_at_rest(self) -> bool:
        return self._rests

    def lost_before(self) -> datetime | None:
        return self.began


def test_an_empty_file_is_refused_and_leaves_nothing(office: Office) -> None:
    with pytest.raises(InvalidInput) as refused:
        intake.receive(office.ports, SYSTEM, io.BytesIO(b""), "空.pdf", channel="command", batch="test")
    assert refused.value.key == "file_empty"
    assert office.ports.index.count(IntakeJob, Anything(), Access.whole_archive()) == 0


def test_a_truncated_pdf_fails_with_its_reason_and_files_nothing(office: Office, tmp_path: Path) -> None:
    broken = tmp_path / "半份合同.pdf"
    broken.write_bytes(sample("KH-2024-031", "01").path.read_bytes()[:9000])
    job = office.ports.index.get(IntakeJob, office.take(broken).job.id).record
    assert job.state == JobState.FAILED
    assert job.failure
    assert office.ports.index.count(Document, Anything(), Access.whole_archive()) == 0


def test_an_attachment_is_kept_without_pages(office: Office) -> None:
    (path,) = SAMPLES.glob("dossiers/*/KH-2024-007 */05*.wav")
    job = office.ports.index.get(IntakeJob, office.take(path).job.id).record
    document = office.ports.index.get(Document, job.documents[0]).record
    assert (job.state, document.attachment, document.pages) == (JobState.DONE, True, ())
    with retrieval.original(office.ports, SYSTEM, document.id) as (_, stored):
        assert stored.read_bytes() == path.read_bytes()


def test_a_careful_reading_replaces_the_fast_one_and_leaves_the_filing(office: Office, contract: Document) -> None:
    ports = office.ports
    first = page_reading.facts_of(ports, contract.id, 1)
    assert rereading.start(ports, 2) == 1
    office.settle()
    facts = page_reading.facts_of(ports, contract.id, 1)
    assert ports.careful is not None
    assert facts.reading.endswith(f"{ports.careful.key}.json.gz")
    assert facts.reading != first.reading
    after = ports.index.get(Document, contract.id).record
    assert after.reread == "yes"
    assert (after.title, after.type, after.guesses) == (contract.title, contract.type, contract.guesses)
    assert retrieval.search(ports, SYSTEM, "闻人翀").result.pages >= 1, "翀 is unknown to the fast network"
    assert rereading.start(ports, 2) == 0
