"""How the parts of the archive stand, for the one who looks after it: index, work, room, pace, and what is stuck.

A part that is away is told in its place, with the sentence of what to do, and never keeps the others from being told.
Everything here is shown, nothing is decided on; whoever tries something again goes through the services that do it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from archive.domain.access import Access, Actor, Permission
from archive.domain.document import Document, Page, PageState
from archive.domain.dossier import Dossier
from archive.domain.intake_job import IntakeJob, JobState
from archive.domain.query import Both, Is, Where
from archive.errors import ArchiveError, Unavailable
from archive.ports import DeadLetter, IndexHealth, Ports, WorkerSeen
from archive.services.stuck import stuck as dead_letters

T = TypeVar("T")

LONG = timedelta(minutes=15)  # a file open for less is not asked about: so long are its messages trusted
MOST = 1000  # records looked at for one figure; the rest is reckoned from them
SHOWN = 20  # things told one by one
DAYS = 7  # over which the growth is taken
# Kept beside the bytes of a file for each of its pages: picture 559 kB, reading 12 kB, facts 3 kB, copies of records
# 35 kB, in the index 16 kB. Measured on the samples (A4, 300 dpi): du -sb over store/ and index/, 68 pages.
BESIDE_A_PAGE = 625_000
OPEN = (JobState.RECEIVED, JobState.READING)


@dataclass(frozen=True, slots=True)
class Told(Generic[T]):
    """What a part says, or why it says nothing."""

    value: T | None = None
    fault: ArchiveError | None = None


@dataclass(frozen=True, slots=True)
class Work:
    """`depths`: messages that wait, by queue, and those `under_way`. `oldest`: when the file was received that is
    open the longest, of `files` open ones. `watchers`: who takes in what is put into the watched folder."""

    depths: Mapping[str, int]
    workers: Sequence[WorkerSeen]
    files: int
    oldest: datetime | None
    watchers: Sequence[WorkerSeen] = ()

    @property
    def waiting(self) -> int:
        return sum(number for queue, number in self.depths.items() if queue != "under_way")

    @property
    def is_left_alone(self) -> bool:
        """Whether there is something to do and nobody to do it."""
        return not self.workers and bool(self.waiting or self.files)


@dataclass(frozen=True, slots=True)
class Room:
    """Bytes. `a_day`: what came in on a day of the last week, with what is kept beside it."""

    free: int
    a_day: int

    @property
    def days_left(self) -> int | None:
        """None where nothing came in."""
        return int(self.free / self.a_day) if self.a_day else None


@dataclass(frozen=True, slots=True)
class Reason:
    """A sentence by key and data, and how often it is the reason."""

    key: str
    data: Mapping[str, str | int]
    number: int


@dataclass(frozen=True, slots=True)
class Pace:
    """Pages: a minute over the files being read now, in files that ended in the last hour and day. `reasons` of failed
    files and pages, the most frequent first."""

    a_minute: float
    last_hour: int
    last_day: int
    files_failed: int
    pages_failed: int
    reasons: Sequence[Reason]


@dataclass(frozen=True, slots=True)
class OpenTooLong:
    """A file that does not come to its end, and the key of the sentence that says why."""

    job: IntakeJob
    key: str


@dataclass(frozen=True, slots=True)
class Stuck:
    """What does not go on by itself: `failed` are files that failed or have pages that did, `in_all` so many."""

    jobs: Sequence[OpenTooLong] = ()
    failed: Sequence[IntakeJob] = ()
    in_all: int = 0
    letters: Sequence[DeadLetter] = ()

    @property
    def nothing(self) -> bool:
        return not (self.jobs or self.failed or self.letters)


@dataclass(frozen=True, slots=True)
class Health:
    """All parts, as they stood at `at`."""

    at: datetime
    index: Told[IndexHealth]
    work: Told[Work]
    room: Told[Room]
    pace: Told[Pace]
    stuck: Told[Stuck] = field(default_factory=Told)


def look(ports: Ports, actor: Actor) -> Health:
    """How everything stands now. Raises Forbidden, and nothing else that is away."""
    actor.must(Permission.ADMINISTER)
    work = _told(lambda: _work(ports))
    return Health(
        at=ports.clock.now(),
        index=_told(ports.index.health),
        work=work,
        room=_told(lambda: _room(ports)),
        pace=_told(lambda: _pace(ports)),
        stuck=_told(lambda: _stuck(ports, actor, work.value)),
    )


def _told(ask: Callable[[], T]) -> Told[T]:
    try:
        return Told(ask())
    except ArchiveError as fault:
        return Told(fault=fault)


# --- work -----------------------------------------------------------------------------------------------------------


def _work(ports: Ports) -> Work:
    depths = ports.queue.depths()
    if depths is None:
        raise Unavailable("broker_away")
    found = _jobs(ports, Is.of("state", *OPEN), ("received_on",))
    oldest = min((job.received_at for job in found.jobs), default=None)
    return Work(depths, ports.queue.workers(), found.total, oldest, ports.queue.watchers())


@dataclass(frozen=True, slots=True)
class _Jobs:
    jobs: Sequence[IntakeJob]
    total: int

    def reckoned(self, amount: float) -> int:
        """An amount of those looked at, over all."""
        return round(amount * self.total / len(self.jobs)) if self.jobs else 0


def _jobs(ports: Ports, where: Where, order: Sequence[str] = ("-received_on",), size: int = MOST) -> _Jobs:
    found = ports.index.select(IntakeJob, where, Access.whole_archive(), order=order, size=size)
    return _Jobs([read.record for read in found.records], found.total)


def _received_since(ports: Ports, days: int) -> _Jobs:
    """Files received today and on the `days` days before."""
    today = ports.clock.today()
    return _jobs(ports, Is.of("received_on", *((today - timedelta(days=n)).isoformat() for n in range(days + 1))))


# --- room and pace --------------------------------------------------------------------------------------------------


def _room(ports: Ports) -> Room:
    week = _received_since(ports, DAYS)
    came = week.reckoned(sum(job.size + job.pages * BESIDE_A_PAGE for job in week.jobs))
    return Room(ports.store.free_bytes(), came // DAYS)


def _pace(ports: Ports) -> Pace:
    now = ports.clock.now()
    recent = [job for job in _received_since(ports, 1).jobs if job.state == JobState.DONE]
    failed = _jobs(ports, Is.of("state", JobState.FAILED), size=MOST // 2)
    pages = ports.index.select(Page, Is.of("state", PageState.FAILED), Access.whole_archive(), size=MOST // 5)
    reasons = [(job.failure, job.failure_data) for job in failed.jobs]
    reasons += [(read.record.failure, read.record.failure_data) for read in pages.records]
    return Pace(
        a_minute=_pages_a_minute(ports, now),
        last_hour=_pages_since(recent, now - timedelta(hours=1)),
        last_day=_pages_since(recent, now - timedelta(days=1)),
        files_failed=failed.total,
        pages_failed=pages.total,
        reasons=_by_number(reasons),
    )


def _pages_a_minute(ports: Ports, now: datetime) -> float:
    """Over the files that are being read, each since it was last sent."""
    speed = 0.0
    for job in _jobs(ports, Is.of("state", JobState.READING), size=SHOWN).jobs:
        final = Both((Is.of("document", *job.documents), Is.of("state", PageState.READ, PageState.FAILED)))
        seconds = (now - job.received_at).total_seconds()
        if job.documents and seconds > 0:
            speed += ports.index.count(Page, final, Access.whole_archive()) * 60 / seconds
    return speed


def _pages_since(jobs: Sequence[IntakeJob], moment: datetime) -> int:
    return sum(job.pages for job in jobs if job.last.at >= moment)


def _by_number(reasons: Sequence[tuple[str, Mapping[str, str | int]]]) -> list[Reason]:
    numbers = Counter(key for key, _ in reasons if key)
    data = dict(reversed(reasons))  # of the first with this key
    return [Reason(key, data[key], number) for key, number in numbers.most_common(SHOWN)]


# --- what is stuck --------------------------------------------------------------------------------------------------


def _stuck(ports: Ports, actor: Actor, work: Work | None) -> Stuck:
    failed = _failed(ports, actor)
    return Stuck(
        jobs=_of_ones_own(ports, actor, _open_too_long(ports, work))[:SHOWN],
        failed=failed[:SHOWN],
        in_all=len(failed),
        letters=dead_letters(ports, actor)[:SHOWN],
    )


def _failed(ports: Ports, actor: Actor) -> list[IntakeJob]:
    """Files that failed, or have pages that did, as far as one may know of them; the latest first."""
    whole = Access.whole_archive()
    pages = ports.index.select(Page, Is.of("state", PageState.FAILED), whole, size=MOST // 5).records
    documents = ports.index.get_many(Document, {read.record.document for read in pages})
    seen = {read.record.job for read in documents.values() if actor.access.allows(read.record.mark)}
    jobs = {id: read.record for id, read in ports.index.get_many(IntakeJob, seen).items()}
    jobs |= {job.id: job for job in _jobs(ports, Is.of("state", JobState.FAILED), size=MOST // 5).jobs}
    done = [OpenTooLong(job, "") for job in jobs.values() if job.state in (JobState.DONE, JobState.FAILED)]
    known = _of_ones_own(ports, actor, done)
    return sorted((one.job for one in known), key=lambda job: job.received_at, reverse=True)


def _of_ones_own(ports: Ports, actor: Actor, told: Sequence[OpenTooLong]) -> list[OpenTooLong]:
    """Those whose file is for no dossier that one may not see: its name may say what is in it."""
    dossiers = ports.index.get_many(Dossier, {one.job.wish.dossier for one in told} - {""})
    return [
        one
        for one in told
        if one.job.wish.dossier not in dossiers or actor.access.allows(dossiers[one.job.wish.dossier].record.mark)
    ]


def _open_too_long(ports: Ports, work: Work | None) -> list[OpenTooLong]:
    """Open files that nobody is at, or that were sent again and again, the longest first."""
    before = ports.clock.now() - LONG
    old = [job for job in _jobs(ports, Is.of("state", *OPEN), ("received_on",)).jobs if job.received_at < before]
    told = [OpenTooLong(job, key) for job in old if (key := _why_open(job, work))]
    return sorted(told, key=lambda one: one.job.received_at)


def _why_open(job: IntakeJob, work: Work | None) -> str:
    """The key of the sentence; empty where the file is only waiting for its turn."""
    if work is None:
        return "open_without_queue"
    if not work.workers:
        return "open_without_workers"
    if job.tries:
        return "open_though_sent_again"
    return "" if work.waiting or work.depths.get("under_way") else "open_and_not_sent"
