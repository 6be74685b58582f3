"""The figures of the day and what came in last, for the first screen. Shown, never decided on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from archive.domain.access import Access, Actor, Permission
from archive.domain.copy import Copy, CopyState
from archive.domain.document import Document, Page, PageState, Review
from archive.domain.dossier import Dossier
from archive.domain.intake_job import IntakeJob
from archive.domain.query import Anything, Between, Both, Is
from archive.ports import Ports


@dataclass(frozen=True, slots=True)
class Overview:
    """Counts of what `actor` may see; None where it is not this person's work."""

    dossiers: int
    pages: int
    to_review: int | None
    due_today: int | None
    overdue: int | None
    deadlines: int | None
    pages_today: int | None


def overview(ports: Ports, actor: Actor) -> Overview:
    """The figures of the office's day."""
    actor.must(Permission.SEARCH)
    index, access, today = ports.index, actor.access, ports.clock.today()
    files, lends = actor.may(Permission.FILE), actor.may(Permission.LEND)
    out = Is.of("state", CopyState.OUT.value)
    week = Between("due_on", None, today + timedelta(days=6))
    return Overview(
        dossiers=index.count(Dossier, Anything(), access),
        pages=index.count(Page, Is.of("state", PageState.READ.value), access),
        to_review=index.count(Document, Is.of("review", Review.WAITING.value), access) if files else None,
        due_today=index.count(Copy, Both((out, Between("due_on", today, today))), access) if lends else None,
        overdue=index.count(Copy, Both((out, Between("due_on", None, today - timedelta(days=1)))), access)
        if lends
        else None,
        deadlines=index.count(Dossier, week, access) if files else None,
        pages_today=_pages_of(ports, today) if actor.may(Permission.INTAKE) else None,
    )


def _pages_of(ports: Ports, day: date) -> int:
    """Pages of the files that came in on a day."""
    found = ports.index.select(IntakeJob, Is.of("received_on", day.isoformat()), Access.whole_archive(), size=1000)
    return sum(read.record.pages for read in found.records)


def my_loans(ports: Ports, actor: Actor) -> Sequence[Copy]:
    """What this person has borrowed, the earliest due first."""
    found = ports.index.select(Copy, Is.of("borrower", actor.login), Access.whole_archive(), order=("due_on",), size=50)
    return [read.record for read in found.records]


def latest(ports: Ports, actor: Actor, most: int = 5) -> list[tuple[Document, Page | None]]:
    """The documents that came in last, with their first pages, as far as they may be seen."""
    if not actor.may(Permission.INTAKE):
        return []
    jobs = ports.index.select(IntakeJob, Anything(), Access.whole_archive(), order=("-received_on",), size=40).records
    ordered = sorted(jobs, key=lambda read: read.record.received_at, reverse=True)
    ids = [id for read in ordered for id in read.record.documents][: most * 4]
    read = ports.index.get_many(Document, ids)
    seen = [read[id].record for id in ids if id in read and actor.access.allows(read[id].record.mark)][:most]
    pages = ports.index.get_many(Page, [f"{document.id}-1" for document in seen])
    return [(document, pages[f"{document.id}-1"].record if f"{document.id}-1" in pages else None) for document in seen]
