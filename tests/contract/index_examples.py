"""Records for the tests of the index, as short as can be."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from archive.domain.access import Access
from archive.domain.copy import Copy
from archive.domain.document import Document, Page
from archive.domain.dossier import Dossier, Place
from archive.domain.people import User
from archive.domain.query import PageSearch, ResultPage
from archive.domain.query_language import parse
from archive.domain.record import Event
from archive.ports import Index

WHOLE = Access.whole_archive()
NOW = datetime(2024, 5, 6, 8, 0, tzinfo=UTC)
MADE = Event(at=NOW, by="zhao", action="made")


def page(document: str, number: int = 1, text: str = "", **fields: Any) -> Page:
    """A page that has been read."""
    given: dict[str, Any] = {"state": "read", "mark": "s/open"} | fields
    return Page(id=f"{document}-{number}", document=document, number=number, text=text, **given)


def document(id: str, **fields: Any) -> Document:
    """A document."""
    given: dict[str, Any] = {
        "job": "j1",
        "source": "0" * 64,
        "file_name": f"{id}.pdf",
        "media_type": "application/pdf",
        "mark": "s/open",
        "received_at": NOW,
        "last": MADE,
    }
    return Document(id=id, **given | fields)


def dossier(id: str, **fields: Any) -> Dossier:
    """A dossier."""
    given: dict[str, Any] = {
        "number": id,
        "scheme": "s",
        "name": f"项目{id}",
        "level": "open",
        "mark": "s/open",
        "state": "temporary",
        "created_at": NOW,
        "last": MADE,
    }
    return Dossier(id=id, **given | fields)


def copy(id: str, **fields: Any) -> Copy:
    """A copy on its shelf."""
    given: dict[str, Any] = {
        "dossier": "D1",
        "dossier_number": "D1",
        "dossier_name": "项目",
        "volume": 1,
        "volume_key": "D1/1",
        "title": "第一卷",
        "scheme": "s",
        "mark": "s/open",
        "copy_kind": "original",
        "place": Place(cabinet="A"),
        "sheets": 10,
        "pages": 20,
        "state": "shelved",
        "last": MADE,
    }
    return Copy(id=id, **given | fields)


def user(id: str, **fields: Any) -> User:
    """Somebody with an account."""
    return User(**{"id": id, "name": id, "roles": ("reader",), "password": "x", "last": MADE} | fields)


def write(index: Index, *pages: Page) -> None:
    """Writes pages and waits until they are searchable."""
    assert index.refresh(index.put(pages), wait=20)


def ask(index: Index, text: str, access: Access = WHOLE, **wanted: Any) -> ResultPage:
    """Searches for what was typed."""
    return index.search(PageSearch(parse(text), **wanted), access)


def found(index: Index, text: str, access: Access = WHOLE, **wanted: Any) -> set[str]:
    """The ids of all pages that fit."""
    wanted = {"size": 1000, "pages_each": 1000} | wanted
    return {hit.page.id for one in ask(index, text, access, **wanted).found for hit in one.pages}


DAY = date(2024, 5, 6)
