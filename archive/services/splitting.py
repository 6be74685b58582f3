"""Where a file ends being one document: at its outermost bookmarks, where whoever brought it asked for that."""

from __future__ import annotations

from collections.abc import Sequence

from archive.domain.access import SYSTEM
from archive.domain.intake_job import IntakeJob, JobPart
from archive.domain.record import Versioned
from archive.ports import Bookmark, Examined, Ports
from archive.services import audit

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
