"""Which documents a file is: one, or one a bookmark of the outermost level where whoever brought it asked for that."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from archive.domain.access import INBOX_MARK, SYSTEM
from archive.domain.document import Document, PageOf
from archive.domain.ids import DocumentId
from archive.domain.intake_job import IntakeJob, JobPart
from archive.domain.record import Versioned
from archive.ports import Bookmark, Examined, Ports
from archive.services import audit, classifying

BOOKMARKS = "bookmarks"
WAYS = ("", BOOKMARKS)
FEWEST = 2  # a level with one bookmark names the whole, the level under it the parts


def with_parts(ports: Ports, read: Versioned[IntakeJob], examined: Examined) -> Versioned[IntakeJob]:
    """The job with its parts, where it is to be split and is not yet. They are written before the documents, so that
    whoever splits the file again after a crash makes the same ones. Raises Conflict."""
    job = read.record
    if job.wish.split != BOOKMARKS or job.parts or examined.attachment:
        return read
    parts = parts_by_bookmarks(examined.bookmarks, examined.pages)
    if not parts:
        return read
    last = audit.event(ports, SYSTEM, "find_parts", parts=len(parts))
    return audit.change(ports, read, job.model_copy(update={"parts": parts, "last": last}))


def parts_by_bookmarks(bookmarks: Sequence[Bookmark], pages: int) -> tuple[JobPart, ...]:
    """The documents of a file of so many pages: each bookmark of the outermost level that has at least two on different
    pages begins one; what stands before the first is one too, without a title. Empty where there is no such level."""
    for level in sorted({mark.level for mark in bookmarks}):
        titles: dict[int, str] = {}
        for mark in bookmarks:
            if mark.level == level and 1 <= mark.page <= pages:
                titles.setdefault(mark.page, mark.title)
        if len(titles) >= FEWEST:
            return _parts(titles, pages)
    return ()


def _parts(titles: dict[int, str], pages: int) -> tuple[JobPart, ...]:
    starts = sorted({1, *titles})
    ends = [*(start - 1 for start in starts[1:]), pages]
    return tuple(
        JobPart(first_page=first, last_page=last, title=titles.get(first, ""))
        for first, last in zip(starts, ends, strict=True)
    )


# --- the documents ------------------------------------------------------------------------------------------------


def document_id(job_id: str, nth: int = 1) -> DocumentId:
    """The id of the n-th document (from 1) of a job's file."""
    return DocumentId(hashlib.sha256(f"{job_id}/{nth}".encode()).hexdigest()[:20])


def documents_of(ports: Ports, job: IntakeJob, examined: Examined) -> list[Document]:
    """The documents of the file: its parts, or all of it as one."""
    whole = JobPart(first_page=1, last_page=examined.pages, title=examined.title)
    return [_document(ports, job, examined, nth, part) for nth, part in enumerate(job.parts or (whole,), start=1)]


def _document(ports: Ports, job: IntakeJob, examined: Examined, nth: int, part: JobPart) -> Document:
    wish = job.wish.model_copy(update={"title": ""}) if job.parts else job.wish
    sources = range(part.first_page, part.last_page + 1)
    scheme = ports.schemes.get(wish.scheme)
    return Document(
        id=document_id(job.id, nth),
        job=job.id,
        source=job.source,
        file_name=job.file_name,
        media_type=examined.media_type,
        attachment=examined.attachment,
        pages=tuple(PageOf(number=n, source_page=source) for n, source in enumerate(sources, start=1)),
        dossier=wish.dossier,
        scheme=wish.scheme if wish.dossier else "",
        mark=scheme.mark(wish.level) if scheme and wish.dossier else INBOX_MARK,
        level=wish.level,
        title=wish.title,
        received_at=job.received_at,
        guesses=classifying.guesses_of_wish(wish, part.title, bookmark=bool(job.parts)),
        last=audit.event(ports, SYSTEM, "split", file=job.file_name, pages=len(sources)),
    )
