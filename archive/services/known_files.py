"""Whether a file that comes in is in the archive already, where it is wanted, and how much of that may be told."""

from __future__ import annotations

from archive.domain.access import Access, Actor
from archive.domain.document import Document
from archive.domain.dossier import Dossier
from archive.domain.intake_job import IntakeJob, JobState, Wish
from archive.domain.query import Both, Is
from archive.ports import Ports

MOST = 50  # documents of the same bytes that are looked at


def by_another_way(ports: Ports, job: IntakeJob) -> IntakeJob | None:
    """The job that brought these bytes to the same dossier by another way (received unfiled, filed later)."""
    where = [Is.of("source", job.source)]
    if job.wish.dossier:
        where.append(Is.of("dossier", job.wish.dossier))
    found = ports.index.select(Document, Both(tuple(where)), Access.whole_archive(), size=MOST).records
    for read in ports.index.get_many(Document, [one.record.id for one in found]).values():  # as they are now
        if job.wish.dossier in ("", read.record.dossier) and read.record.job != job.id:
            return ports.index.get(IntakeJob, read.record.job).record
    return None


def further_id(job: IntakeJob, nth: int) -> str:
    """The id of the n-th job (from 1) of the same bytes for the same dossier: there is a further one where the
    documents of those before were moved to other dossiers. Computed, so that a repeat finds it."""
    return job.id if nth == 1 else f"{job.source[:32]}.{nth}-{job.wish.dossier}"


def has_left(ports: Ports, job: IntakeJob) -> bool:
    """Whether the dossier the job was for has none of its documents any more."""
    if job.state != JobState.DONE or not job.wish.dossier:
        return False
    documents = ports.index.get_many(Document, job.documents).values()
    return all(read.record.dossier != job.wish.dossier for read in documents)


def may_be_told(ports: Ports, actor: Actor, job: IntakeJob) -> bool:
    """Whether somebody who brings the same bytes may learn under which name and where they are."""
    marks = [read.record.mark for read in ports.index.get_many(Document, job.documents).values()]
    marks += [read.record.mark for read in ports.index.get_many(Dossier, {job.wish.dossier} - {""}).values()]
    return all(actor.access.allows(mark) for mark in marks)


def dropped(job: IntakeJob, wish: Wish) -> str:
    """Key of the sentence that says which wish is not fulfilled, since the file is in already; empty where all are."""
    return "file_known_unsplit" if wish.split and not job.wish.split else ""
