"""Health: what stands how, what is stuck and can be tried again; parts that are away are told in their places."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from archive.bootstrap import Application
from archive.domain.access import SYSTEM
from archive.domain.intake_job import IntakeJob
from archive.errors import NotFound, Unavailable
from archive.ports import DeadLetter, IndexHealth, WorkerSeen
from archive.services import audit, intake
from ingest import watching
from webui import create_app
from workers.queue import InProcessQueue

ADMIN = "lu.yao"


class KeptQueue(InProcessQueue):
    """A queue whose workers and dead letters are as a test sets them."""

    def __init__(self) -> None:
        super().__init__()
        self.letters: list[DeadLetter] = []
        self.alive: list[WorkerSeen] = []
        self.watching: list[WorkerSeen] = []
        self.waiting: Mapping[str, int] | None = {"ocr": 0, "index": 0, "under_way": 0}
        self.sent: list[str] = []

    def depths(self) -> Mapping[str, int] | None:
        return self.waiting

    def workers(self) -> Sequence[WorkerSeen]:
        return self.alive

    def watchers(self) -> Sequence[WorkerSeen]:
        return self.watching

    def dead_letters(self) -> Sequence[DeadLetter]:
        return self.letters

    def try_again(self, id: str) -> None:
        if id not in {one.id for one in self.letters}:
            raise NotFound("not_found", what=id)
        self.sent.append(id)
        self.forget(id)

    def forget(self, id: str) -> None:
        self.letters = [one for one in self.letters if one.id != id]


@pytest.fixture
def queue(office: Any) -> KeptQueue:
    """Puts a queue that a test sets in the place of the office's."""
    made = KeptQueue()
    with_ports(office, queue=made)
    return made


def with_ports(office: Any, **changed: Any) -> None:
    old: Application = office.application
    office.application = Application(replace(old.ports, **changed), old.settings, old.secret_key)
    office.app = create_app(office.application)


class AwayIndex:
    """An index whose health is away while the rest answers."""

    def __init__(self, index: Any, told: IndexHealth | None = None) -> None:
        self._index, self._told = index, told

    def health(self) -> IndexHealth:
        if self._told is None:
            raise Unavailable("cluster_away", reason="refused")
        return self._told

    def __getattr__(self, name: str) -> Any:
        return getattr(self._index, name)


class AwayStore:
    """A store that says nothing of its room."""

    def __init__(self, store: Any) -> None:
        self._store = store

    def free_bytes(self) -> int:
        raise Unavailable("store_away", address="s3://scans", reason="refused")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


def failed_job(office: Any, name: str = "broken.pdf") -> IntakeJob:
    """A file that could not be used, as intake leaves it."""
    path: Path = office.folder / name
    path.write_bytes(b"%PDF-1.7\nnot a PDF at all\n")
    with path.open("rb") as file:
        job = intake.receive(office.ports, SYSTEM, file, name, channel="upload", batch="test").job
    kept: IntakeJob = office.ports.index.get(IntakeJob, job.id).record
    return kept


def age(office: Any, job: str, by: timedelta, **update: Any) -> None:
    """Makes a file one that was received earlier."""
    read = office.ports.index.get(IntakeJob, job)
    last = audit.event(office.ports, SYSTEM, "test")
    changed = {"received_at": read.record.received_at - by, "last": last, **update}
    audit.change(office.ports, read, read.record.model_copy(update=changed))


def letter(id: str = "l1", about: str = "") -> DeadLetter:
    return DeadLetter(
        id, "read", about, "letter_failed", "ValueError: <b>17</b>", datetime(2026, 11, 24, tzinfo=UTC), 4
    )


def test_a_healthy_archive_says_that_nothing_is_stuck(office: Any) -> None:
    answer = office.visitor(ADMIN).get("/admin/health")
    assert answer.status_code == 200
    assert "Nothing is stuck." in answer.text
    assert "embedded in this machine" in answer.text
    assert "Accounts" in answer.text


@pytest.mark.parametrize("login", ["he.zhixing", "gu.wendi", "ye.nanzhou"])
def test_only_administrators_see_it(office: Any, login: str) -> None:
    assert office.visitor(login).get("/admin/health").status_code == 403
    assert office.visitor(login).post("/admin/health", {"what": "letter", "id": "l1"}).status_code == 403


def test_a_failed_file_stands_here_with_its_reason_and_is_tried_again(office: Any) -> None:
    job = failed_job(office)
    assert job.state == "failed"
    visitor = office.visitor(ADMIN)
    text = visitor.get("/admin/health").text
    assert "broken.pdf" in text
    assert text.count("Try again") == 1
    before = office.ports.index.get(IntakeJob, job.id).revision
    assert "is read again" in visitor.post("/admin/health", {"what": "file", "id": job.id}).text
    assert office.ports.index.get(IntakeJob, job.id).revision > before


def test_failures_are_counted_by_reason(office: Any) -> None:
    failed_job(office, "a.pdf")
    (office.folder / "b.pdf").write_bytes(b"%PDF-1.4\nanother that is none\n")
    with (office.folder / "b.pdf").open("rb") as file:
        intake.receive(office.ports, SYSTEM, file, "b.pdf", channel="upload", batch="test")
    text = office.visitor(ADMIN).get("/admin/health").text
    table = text[text.index('id="failures-head"') :]
    assert '<td class="number">2</td>' in table[: table.index("</table>")]


def test_a_file_nobody_is_at_says_why(office: Any, queue: KeptQueue) -> None:
    job = failed_job(office)
    age(office, job.id, timedelta(hours=1), state="received", failure="")
    visitor = office.visitor(ADMIN)
    assert "No worker runs" in visitor.get("/admin/health").text
    queue.alive = [worker(office)]
    assert "Nothing of it is in the queue" in visitor.get("/admin/health").text
    queue.waiting = {"ocr": 9, "index": 0, "under_way": 1}
    assert "Nothing is stuck." in visitor.get("/admin/health").text
    age(office, job.id, timedelta(), tries=6)
    assert "sent again 6 times" in visitor.get("/admin/health").text
    queue.waiting = None
    assert "The queue does not answer, and nobody is at this file." in visitor.get("/admin/health").text


def worker(office: Any) -> WorkerSeen:
    now = office.ports.clock.now()
    return WorkerSeen("w1", "kantoor-2", 311, "0.1.0", ("ocr",), 2, now, now - timedelta(seconds=3), ("read 3f2a 4",))


def test_workers_are_told_with_what_they_do(office: Any, queue: KeptQueue) -> None:
    queue.alive = [worker(office)]
    text = office.visitor(ADMIN).get("/admin/health").text
    assert "kantoor-2 311" in text
    assert 'read pages <span class="quiet">3f2a 4</span>' in text
    assert "3 s ago" in text


def test_who_watches_the_folder_is_told_and_is_no_worker(office: Any, queue: KeptQueue) -> None:
    queue.watching = [replace(worker(office), host="kantoor-3", queues=(), doing=())]
    queue.waiting = {"ocr": 5, "index": 0, "under_way": 0}
    text = office.visitor(ADMIN).get("/admin/health").text
    assert "kantoor-3 311" in text
    assert "watches the folder" in text
    assert "No worker is alive, though work waits." in text


def test_work_without_workers_is_said_aloud(office: Any, queue: KeptQueue) -> None:
    queue.waiting = {"ocr": 5, "index": 0, "under_way": 0}
    assert "No worker is alive, though work waits." in office.visitor(ADMIN).get("/admin/health").text


def test_a_dead_letter_is_tried_again_or_given_up(office: Any, queue: KeptQueue) -> None:
    queue.letters = [letter("l1"), letter("l2")]
    visitor = office.visitor(ADMIN)
    text = visitor.get("/admin/health").text
    assert "Step not done: read pages" in text
    assert "&lt;b&gt;17" in text
    assert "sent again" in visitor.post("/admin/health", {"what": "letter", "id": "l1"}).text
    assert queue.sent == ["l1"]
    assert "given up" in visitor.post("/admin/health", {"what": "drop", "id": "l2"}).text
    assert queue.letters == []
    assert visitor.post("/admin/health", {"what": "letter", "id": "l1"}).status_code == 404


def test_a_file_left_in_the_watched_folder_is_looked_at_again(office: Any) -> None:
    inbox = office.application.settings.inbox
    (inbox / ".watching").mkdir(parents=True)
    kept = inbox / "leer.pdf"
    kept.write_bytes(b"")
    status = kept.stat()
    entry = {
        "path": "leer.pdf",
        "size": 0,
        "changed": status.st_mtime_ns,
        "key": "file_empty",
        "data": {"name": "leer.pdf"},
    }
    (inbox / watching.RECORD).write_text(json.dumps([{**entry, "at": "2026-11-24T01:00:00+00:00"}]))
    os.utime(kept, (1, 1))
    visitor = office.visitor(ADMIN)
    assert "leer.pdf" in visitor.get("/admin/health").text
    visitor.post("/admin/health", {"what": "folder", "id": "leer.pdf"})
    assert kept.stat().st_mtime > 1
    assert visitor.post("/admin/health", {"what": "folder", "id": "../secret.key"}).status_code == 404


def test_a_part_that_is_away_is_told_in_its_place(office: Any, queue: KeptQueue) -> None:
    queue.waiting = None
    with_ports(office, index=AwayIndex(office.ports.index), store=AwayStore(office.ports.store))
    answer = office.visitor(ADMIN).get("/admin/health")
    assert answer.status_code == 200
    for said in ("The queue does not answer.", "The search server does not answer", "The scan store s3://scans"):
        assert said in answer.text
    assert "Pace" in answer.text


def test_a_cluster_tells_its_colour_and_nodes(office: Any) -> None:
    told = IndexHealth("OpenSearch 2.19.1", {"page": 1206}, 0, 10**9, "yellow", 3, 4)
    with_ports(office, index=AwayIndex(office.ports.index, told))
    text = office.visitor(ADMIN).get("/admin/health").text
    for said in ("OpenSearch 2.19.1", "yellow: everything is there, copies are missing", "4 copies without a place"):
        assert said in text


def test_it_answers_well_under_a_tenth_of_a_second(office: Any, add_paper: Callable[..., Any]) -> None:
    """Against a page that asks for no figures, in the same run: the machine may be busy."""
    add_paper()
    visitor = office.visitor(ADMIN)

    def quickest(path: str) -> float:
        visitor.get(path)
        took = []
        for _ in range(5):
            begin = time.perf_counter()
            assert visitor.get(path).status_code == 200
            took.append(time.perf_counter() - begin)
        return min(took)

    assert quickest("/admin/health/parts") < max(0.1, 10 * quickest("/keys"))


def test_the_page_keeps_up_by_itself(office: Any, browse: Callable[..., Any]) -> None:
    page = browse(ADMIN, locale="en-GB").open("/admin/health")
    page.clock.install()
    page.reload()
    assert page.get_by_text("Nothing is stuck.", exact=True).count() == 1
    failed_job(office)
    page.clock.fast_forward(6000)
    page.get_by_text("broken.pdf").first.wait_for()
    assert page.locator("#spoken").inner_text() == "1 thing is stuck"
    page.get_by_role("button", name="Try again broken.pdf").press("Enter")
    page.get_by_text("broken.pdf is read again.").wait_for()


@pytest.mark.parametrize(
    ("width", "dark", "locale"), [(1280, False, "zh-CN"), (390, True, "zh-CN"), (390, False, "en-GB")]
)
def test_the_screen_has_no_serious_fault(
    office: Any, queue: KeptQueue, browse: Callable[..., Any], width: int, dark: bool, locale: str
) -> None:
    failed_job(office)
    queue.letters = [letter()]
    queue.alive = [worker(office)]
    screen = browse(ADMIN, width=width, dark=dark, locale=locale)
    page = screen.open("/admin/health")
    if kept := os.environ.get("DOSSIER_TEST_PICTURES"):
        page.screenshot(path=f"{kept}/health-{locale[:2]}-{width}.png", full_page=True)
    screen.check()
