"""The intake job: the truth about what came in and what still has to be done with it. Pure."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, ClassVar

from archive.domain.record import Decided, Keyword, Part, Searched, Text


class JobState(StrEnum):
    RECEIVED = "received"  # the file is in the store
    READING = "reading"  # split into documents, pages being read
    DONE = "done"  # every page is final
    FAILED = "failed"  # the file as a whole cannot be used; `failure` says why


class Wish(Part):
    """What the person or folder that brought the file said of it; empty = to be found out."""

    dossier: str = ""  # dossier id
    scheme: str = ""
    phase: str = ""
    type: str = ""
    folder: str = ""  # the folder's name, for guessing
    title: str = ""
    level: str = ""
    split: str = ""  # "bookmarks": each of the outermost bookmarks begins a document; empty: a file is one


class JobPart(Part):
    """A run of the file's pages that is a document of its own."""

    first_page: int  # from 1, in the file
    last_page: int
    title: str = ""


class IntakeJob(Decided):
    """One file on its way in. Jobs with the same `batch` were brought together."""

    kind: ClassVar[str] = "job"

    batch: Keyword
    source: Keyword  # SHA-256 of the file
    size: int  # bytes
    file_name: Text
    channel: Keyword  # command, folder, upload
    by: Keyword
    received_at: datetime
    received_on: Annotated[str, Searched.KEYWORD] = ""  # ISO day, for lists
    wish: Wish = Wish()
    priority: int = 5  # 0 highest
    state: Keyword
    failure: str = ""  # key of a sentence
    failure_data: dict[str, str | int] = {}
    warnings: tuple[str, ...] = ()
    parts: tuple[JobPart, ...] = ()  # where the file was split; written before the documents
    documents: tuple[str, ...] = ()
    pages: int = 0
    pages_read: int = 0  # counted when the job is closed; while it runs ask the pages
    pages_failed: int = 0
    lease_until: datetime | None = None
    tries: int = 0  # how often its messages were sent again
