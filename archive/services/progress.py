"""How files on their way in stand: how much is read, what failed and why, how fast it goes. Shown, never decided on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from archive.domain.access import Access, Actor, Permission
from archive.domain.document import Document, Page, PageState, Review
from archive.domain.dossier import Dossier
from archive.domain.intake_job import IntakeJob, JobState
from archive.domain.query import Both, Is, Where
from archive.domain.record import Versioned
from archive.ports import Ports

MOST_FAILURES = 20  # failed pages told one by one


@dataclass(frozen=True, slots=True)
class Standing:
    """One file. `read` and `failed` are pages; `failures` some of the pages that failed; `per_minute` is None while
    nothing can be said of the speed."""

    job: IntakeJob
    read: int
    failed: int
    failures: Sequence[Page] = ()
    documents: Sequence[Document] = ()
    dossiers: Sequence[Dossier] = ()
    per_minute: float | None = None

    @property
    def is_open(self) -> bool:
        return self.job.state in (JobState.RECEIVED, JobState.READING)

    @property
    def is_failed(self) -> bool:
        return self.job.state == JobState.FAILED

    @property
    def left(self) -> int:
        """Pages not final yet."""
        return max(self.job.pages - self.read - self.failed, 0)

    @property
    def seconds_left(self) -> int | None:
        return round(self.left / self.per_minute * 60) if self.per_minute else None


@dataclass(frozen=True, slots=True)
class Day:
    """What came in on a day, in numbers."""

    batches: int
    files: int
    pages: int
    failed: int


def standings(ports: Ports, actor: Actor, *, most: int = 60) -> list[Standing]:
    """The files that are being read, those that failed, then what was finished today; the newest first in each.

    Of files for a dossier one may not see nothing is told. Raises Forbidden.
    """
    actor.must(Permission.INTAKE)
    day = ports.clock.today().isoformat()
    open_ = _jobs(ports, Is.of("state", JobState.RECEIVED, JobState.READING), most)
    failed = _jobs(ports, Is.of("state", JobState.FAILED), most)
    done = _jobs(ports, Both((Is.of("state", JobState.DONE), Is.of("received_on", day))), most)
    return list(_standings(ports, actor, [*open_, *failed, *done]))


def of_batch(ports: Ports, actor: Actor, batch: str) -> list[Standing]:
    """The files that were brought together. Raises Forbidden."""
    actor.must(Permission.INTAKE)
    return list(_standings(ports, actor, _jobs(ports, Is.of("batch", batch), 10_000)))


def of_jobs(ports: Ports, actor: Actor, ids: Iterable[str]) -> list[Standing]:
    """These files, as far as they are there, read by id. Raises Forbidden."""
    actor.must(Permission.INTAKE)
    return list(
        _standings(
            ports,
            actor,
            [read.record for read in ports.index.get_many(IntakeJob, ids).values()],
        )
    )


def day(ports: Ports, actor: Actor) -> Day:
    """What came in today. Raises Forbidden."""
    actor.must(Permission.INTAKE)
    jobs = _jobs(ports, Is.of("received_on", ports.clock.today().isoformat()), 10_000)
    return Day(
        batches=len({job.batch for job in jobs}),
        files=len(jobs),
        pages=sum(job.pages for job in jobs),
        failed=sum(job.pages_failed for job in jobs),
    )


def failed_jobs(ports: Ports, actor: Actor) -> list[IntakeJob]:
    """Files that failed as a whole or have pages that did, as far as they may be seen. Raises Forbidden."""
    return [one.job for one in standings(ports, actor, most=1000) if one.is_failed or (one.failed and not one.is_open)]


def _jobs(ports: Ports, where: Where, most: int) -> list[IntakeJob]:
    found = ports.index.select(IntakeJob, where, Access.whole_archive(), order=("-received_on",), size=most)
    return sorted(
        (read.record for read in found.records),
        key=lambda job: job.received_at,
        reverse=True,
    )


def _standings(ports: Ports, actor: Actor, jobs: Sequence[IntakeJob]) -> Iterable[Standing]:
    documents = ports.index.get_many(Document, {id for job in jobs for id in job.documents})
    ids = {read.record.dossier for read in documents.values()} | {job.wish.dossier for job in jobs}
    dossiers = ports.index.get_many(Dossier, ids - {""})
    for job in jobs:
        wished = dossiers.get(job.wish.dossier)
        if wished is None or actor.access.allows(wished.record.mark):
            yield _standing(
                ports,
                actor,
                job,
                [documents[id] for id in job.documents if id in documents],
                dossiers,
            )


def _standing(
    ports: Ports, actor: Actor, job: IntakeJob, documents: Sequence[Versioned[Document]],
    dossiers: dict[str, Versioned[Dossier]],
) -> Standing:  # fmt: skip
    seen = [read.record for read in documents if actor.access.allows(read.record.mark)]
    in_ = {d.dossier for d in seen if d.dossier in dossiers}
    read, failed = _counts(ports, job)
    return Standing(
        job=job,
        read=read,
        failed=failed,
        failures=_failures(ports, job) if failed else (),
        documents=seen,
        dossiers=[dossiers[id].record for id in sorted(in_)],
        per_minute=_speed(job, read + failed, ports.clock.now()),
    )


def _counts(ports: Ports, job: IntakeJob) -> tuple[int, int]:
    """Pages read and failed: as the job was closed, or as the pages are searchable now."""
    if job.state != JobState.READING:
        return (job.pages_read, job.pages_failed)
    return (_count(ports, job, PageState.READ), _count(ports, job, PageState.FAILED))


def _count(ports: Ports, job: IntakeJob, state: PageState) -> int:
    where = Both((Is.of("document", *job.documents), Is.of("state", state)))
    return ports.index.count(Page, where, Access.whole_archive()) if job.documents else 0


def _failures(ports: Ports, job: IntakeJob) -> list[Page]:
    where = Both((Is.of("document", *job.documents), Is.of("state", PageState.FAILED)))
    found = ports.index.select(Page, where, Access.whole_archive(), order=("number",), size=MOST_FAILURES)
    return [read.record for read in found.records]


def _speed(job: IntakeJob, final: int, now: datetime) -> float | None:
    """Pages a minute since the file was split, while it is being read."""
    seconds = (now - job.last.at).total_seconds()
    return final * 60 / seconds if job.state == JobState.READING and final and seconds > 0 else None


def to_review(ports: Ports, actor: Actor) -> int:
    """How many documents wait for review, of those one may see."""
    return ports.index.count(Document, Is.of("review", Review.WAITING), actor.access) if _files(actor) else 0


def _files(actor: Actor) -> bool:
    return actor.may(Permission.FILE)
