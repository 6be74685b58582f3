"""Waiting for files to be taken in and to be searchable, with a bar on the terminal."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from archive.commands import instance
from archive.commands.opening import Opened, progress_console, told_by_key
from archive.config import Settings
from archive.domain.document import Document
from archive.domain.dossier import Dossier
from archive.domain.intake_job import IntakeJob, JobState
from archive.errors import Unavailable

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from workers.queue import InProcessQueue

PULSE = 0.3  # seconds between two steps of the bar
SHARE = 0.05  # about so much of the time is spent on looking whether all is done
SHORTEST, LONGEST = 0.05, 2.0  # seconds between two such looks
PATIENCE = 30.0  # seconds in which nothing moves, or no worker shows itself, after which nobody is waited for any more


class Bar:
    """Pages done of all, on the terminal; shows nothing where nobody looks."""

    def __init__(self, *, shown: bool) -> None:
        self._shown = shown
        self._progress: Progress | None = None
        self._task: TaskID | None = None
        self._archive: Opened | None = None
        self._jobs: Sequence[str] = ()
        self._due = 0.0

    def __enter__(self) -> Bar:
        return self

    def __exit__(self, *_: object) -> None:
        if self._progress is not None:
            self._progress.stop()

    def follow(self, archive: Opened, jobs: Sequence[str]) -> None:
        """From now on shows how far these jobs are."""
        self._archive, self._jobs = archive, jobs
        if self._shown and jobs:
            self._progress = _progress()
            self._progress.start()
            self._task = self._progress.add_task("pages", total=None)

    def pulse(self) -> None:
        """Looks again, a few times a second at most."""
        if self._progress is None or self._task is None or self._archive is None or time.monotonic() < self._due:
            return
        from archive.services import progress

        standing = progress.of_jobs(self._archive.ports, self._archive.actor, self._jobs)
        split = all(one.job.state != JobState.RECEIVED for one in standing)
        pages = sum(one.job.pages for one in standing)
        done = sum(one.read + one.failed for one in standing)
        self._progress.update(self._task, total=pages if split else None, completed=done)
        self._due = time.monotonic() + PULSE


@contextmanager
def ended_in_order() -> Iterator[None]:
    """SIGTERM ends what is done here as Ctrl-C does: with what came in told, and no page blamed for it."""

    def end(number: int, _: object) -> None:
        raise SystemExit(128 + number)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def counting(what: str, total: int, *, shown: bool) -> Iterator[Callable[[], None]]:
    """A bar that each call moves on by one; none where the standard error is no terminal."""
    if not (shown and sys.stderr.isatty()):
        yield lambda: None
        return
    with _progress() as progress:
        task = progress.add_task(what, total=total)
        yield lambda: progress.advance(task)


def _progress() -> Progress:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=progress_console())


@dataclass(frozen=True, slots=True)
class Own:
    """The work is done in this process: what is sent to it, and who else reads by himself."""

    queue: InProcessQueue
    readers: instance.Readers


def until_searchable(
    archive: Opened, jobs: Sequence[str], bar: Bar, settings: Settings, own: Own | None = None
) -> None:
    """Returns when every page of the jobs is final and can be searched. With `own` the work is done here.

    Raises Unavailable where the workers stop meanwhile, where none shows itself, and where pages do not become
    searchable.
    """
    bar.follow(archive, jobs)
    if own is not None:
        own.queue.work_on(archive.ports)
    watch = _Watch(archive, jobs, settings, own)
    looking = time.monotonic()
    while (seq := _last_write(archive, jobs)) is None:
        looked = time.monotonic()
        watch.look()
        _pause(min(max(SHORTEST, (looked - looking) / SHARE), LONGEST), bar)
        looking = time.monotonic()
    _until_found(archive, seq, bar)


class _Watch:
    """Looks whether anybody works on the jobs that are open."""

    def __init__(self, archive: Opened, jobs: Sequence[str], settings: Settings, own: Own | None) -> None:
        self._archive, self._jobs, self._settings = archive, jobs, settings
        self._own = own
        self._moved = time.monotonic()  # when anything was last seen to move, or a worker to live
        self._standing: object = None

    def look(self) -> None:
        """Takes up here what another process has begun and left. Raises Unavailable where nobody works elsewhere."""
        if self._own is not None:
            self._take_up(self._own)
        elif self._settings.broker:
            self._look_for_workers()
        elif instance.running(self._settings) is None:
            raise Unavailable("worker_stopped")

    def _take_up(self, own: Own) -> None:
        from archive.services import progress, sweeping

        found = progress.of_jobs(self._archive.ports, self._archive.actor, self._jobs)
        standing = [(one.job.id, one.job.state, one.read, one.failed) for one in found]
        if standing != self._standing:
            self._standing, self._moved = standing, time.monotonic()
        elif self._has_waited() and own.readers.is_alone():
            for one in found:
                sweeping.resume(self._archive.ports, one.job)
            self._moved = time.monotonic()

    def _look_for_workers(self) -> None:
        if self._archive.ports.queue.workers():
            self._moved = time.monotonic()
        elif self._has_waited():
            raise Unavailable("no_worker")

    def _has_waited(self) -> bool:
        return time.monotonic() - self._moved > PATIENCE


def _until_found(archive: Opened, seq: int, bar: Bar) -> None:
    """Returns when the search sees the writes up to `seq`. Raises Unavailable where nothing moves any more, with the
    fault of who makes pages searchable where that is known."""
    index = archive.ports.index
    least, moved = index.health().behind, time.monotonic()
    while not index.refresh(seq):
        bar.pulse()
        now = index.health()
        if now.behind < least:
            least, moved = now.behind, time.monotonic()
        elif time.monotonic() - moved > PATIENCE:
            raise now.fault or (
                Unavailable("cluster_shows_nothing")
                if now.nodes
                else Unavailable("pages_not_searchable", pages=now.behind)
            )
    bar.pulse()


def _pause(seconds: float, bar: Bar) -> None:
    """Waits so long; the bar goes on meanwhile."""
    end = time.monotonic() + seconds
    bar.pulse()
    while (rest := end - time.monotonic()) > 0:
        time.sleep(min(rest, PULSE))
        bar.pulse()


def _last_write(archive: Opened, jobs: Sequence[str]) -> int | None:
    """The number of the last write that closed one of the jobs; None while one is open. A job is closed after its
    last page was written."""
    read = archive.ports.index.get_many(IntakeJob, jobs).values()
    if any(one.record.state in (JobState.RECEIVED, JobState.READING) for one in read):
        return None
    return max((one.seq for one in read), default=0)


def entry(archive: Opened, id: str) -> dict[str, object]:
    """What is told of one file: state, where it was filed, its documents, and why it failed where it did."""
    index = archive.ports.index
    job = index.get(IntakeJob, id).record
    documents = [read.record for read in index.get_many(Document, job.documents).values()]
    numbers = {read.record.number for read in index.get_many(Dossier, {d.dossier for d in documents} - {""}).values()}
    told: dict[str, object] = {
        "job": id,
        "state": job.state,
        "dossier": ", ".join(sorted(numbers)) or _wished(archive, job),
        "pages": job.pages,
        "pages_failed": job.pages_failed,
        "documents": [_document(document) for document in documents],
    }
    if job.failure:
        told |= {"key": job.failure, "reason": told_by_key(job.failure, job.failure_data)}
    if job.warnings:
        told["warnings"] = [told_by_key(key, {}) for key in job.warnings]
    return told


def _wished(archive: Opened, job: IntakeJob) -> str:
    there = archive.ports.index.get_many(Dossier, {job.wish.dossier} - {""})
    return next((read.record.number for read in there.values()), "")


def _document(document: Document) -> dict[str, object]:
    return {
        "document": document.id,
        "title": document.title,
        "type": document.type,
        "phase": document.phase,
        "date": document.date.isoformat() if document.date else "",
        "pages": len(document.pages),
        "attachment": document.attachment,
        "review": document.review,
    }
