"""`dossier show`: one thing of the archive, by its number, code or id."""

from __future__ import annotations

from collections.abc import Callable

import click

from archive.commands.opening import Opened, as_option, console, json_option, opened, print_json, told_by_key
from archive.domain.copy import Copy
from archive.domain.document import Document, Page
from archive.domain.dossier import Dossier
from archive.domain.ids import DocumentId, page_id
from archive.domain.intake_job import IntakeJob
from archive.domain.query import Is
from archive.errors import NotFound

Told = dict[str, object]
NAMES = ("document", "code")  # columns one copies from: never cut


@click.command(
    epilog="""\b
Examples:
  dossier show KH-2024-031                a dossier, its volumes and documents
  dossier show 3f0c9a6b1d2e4f5a6b7c       a document, by the id that search tells
  dossier show 3f0c9a6b1d2e4f5a6b7c-2     its second page, with the text
  dossier show KH-2024-031-01-Y1 --json   an original or photocopy, by its code
\b
Exit codes: 0 shown, 3 there is no such thing, with the nearest numbers.
"""
)
@click.argument("what")
@json_option
@as_option
def command(what: str, as_json: bool, login: str | None) -> None:
    """Show a dossier, document, page, copy or file on its way in."""
    with opened(login) as archive:
        told = look_up(archive, what.strip())
    if as_json:
        print_json(told)
    else:
        _print(told)


def look_up(archive: Opened, what: str) -> Told:
    """What there is under this name, by the first of the kinds that know it. Raises NotFound."""
    ways: tuple[Callable[[Opened, str], Told | None], ...] = (_document, _page, _copy, _job)
    for way in ways:
        told = way(archive, what)
        if told is not None:
            return told
    from archive.commands.choosing import find_dossier

    return _dossier(archive, find_dossier(archive, what))


def _document(archive: Opened, id: str) -> Told | None:
    there = archive.ports.index.get_many(Document, [id]).get(id)
    if there is None or not archive.actor.access.allows(there.record.mark):
        return None
    from archive.services import retrieval

    document = retrieval.looked_at(archive.ports, archive.actor, id)
    ids = [page_id(DocumentId(document.id), page.number) for page in document.pages]
    pages = [read.record for read in archive.ports.index.get_many(Page, ids).values()]
    return {
        "kind": "document",
        **_short(document),
        "dossier": _number(archive, document.dossier),
        "file": document.file_name,
        "media_type": document.media_type,
        "sha256": document.source,
        "responsible": document.party,
        "review": document.review,
        "unsure": list(document.review_because),
        "volume": document.volume,
        "page_list": [_page_line(page) for page in sorted(pages, key=lambda page: page.number)],
    }


def _short(document: Document) -> Told:
    return {
        "document": document.id,
        "title": document.title,
        "type": document.type,
        "phase": document.phase,
        "date": document.date.isoformat() if document.date else "",
        "number": document.number,
        "pages": len(document.pages),
    }


def _page_line(page: Page) -> Told:
    told: Told = {
        "page": page.number,
        "state": page.state,
        "width": page.width,
        "height": page.height,
        "confidence": page.confidence,
    }
    if page.failure:
        told["reason"] = told_by_key(page.failure, page.failure_data)
    return told


def _page(archive: Opened, id: str) -> Told | None:
    document, dash, number = id.rpartition("-")
    if not dash or not number.isdigit() or document not in archive.ports.index.get_many(Document, [document]):
        return None
    from archive.services import retrieval

    view = retrieval.page_view(archive.ports, archive.actor, document, int(number))
    told: Told = {"kind": "page", "document": document, "title": view.document.title, "file": view.document.file_name}
    told |= _page_line(view.page) if view.page else {"page": int(number), "state": "waiting"}
    if view.reading is not None:
        told["engine"] = view.reading.key
        told["text"] = view.reading.text
        told["lines"] = [{"text": line.text, "box": list(line.box)} for line in view.reading.lines]
    return told


def _copy(archive: Opened, code: str) -> Told | None:
    there = archive.ports.index.get_many(Copy, [code]).get(code)
    if there is None or not archive.actor.access.allows(there.record.mark):
        return None
    copy = there.record
    return {
        "kind": "copy",
        "code": copy.id,
        "copy_kind": copy.copy_kind,
        "dossier": copy.dossier_number,
        "volume": copy.volume,
        "title": copy.title,
        "place": str(copy.place),
        "sheets": copy.sheets,
        "pages": copy.pages,
        "condition": copy.condition,
        "state": copy.state,
        "borrower": copy.borrower,
        "due_on": copy.due_on.isoformat() if copy.due_on else "",
    }


def _job(archive: Opened, id: str) -> Told | None:
    if id not in archive.ports.index.get_many(IntakeJob, [id]):
        return None
    from archive.commands.waiting import entry

    return {"kind": "file", **entry(archive, id)}


def _dossier(archive: Opened, dossier: Dossier) -> Told:
    if not archive.actor.access.allows(dossier.mark):
        raise NotFound("no_such_dossier", number=dossier.number)
    from archive.services import dossiers

    dossier = dossiers.looked_up(archive.ports, archive.actor, dossier.number)
    where = Is.of("dossier", dossier.id)
    select = archive.ports.index.select
    documents = [read.record for read in select(Document, where, archive.actor.access, size=1000).records]
    copies = [read.record for read in select(Copy, where, archive.actor.access, size=1000).records]
    return {
        "kind": "dossier",
        "number": dossier.number,
        "name": dossier.name,
        "scheme": dossier.scheme,
        "class": dossier.cls,
        "state": dossier.state,
        "due_on": dossier.due_on.isoformat() if dossier.due_on else "",
        "responsible": dossier.responsible,
        "fields": dict(dossier.fields),
        "volumes": [
            {"volume": one.number, "title": one.title, "pages": one.pages, "fixed": one.is_fixed}
            for one in dossier.volumes
        ],
        "documents": [_short(document) for document in documents],
        "copies": [
            {"code": one.id, "place": str(one.place), "state": one.state, "borrower": one.borrower} for one in copies
        ],
    }


def _number(archive: Opened, id: str) -> str:
    there = archive.ports.index.get_many(Dossier, {id} - {""})
    return next((read.record.number for read in there.values()), "")


def _print(told: Told) -> None:
    """Name and value on a line each; lists as tables; text last."""
    from rich.table import Table

    out = console()
    plain = {name: value for name, value in told.items() if isinstance(value, str | int | float) and name != "text"}
    grid = Table.grid(padding=(0, 2))
    for name, told_value in plain.items():
        if told_value != "":
            grid.add_row(name, str(told_value))
    out.print(grid)
    for name, value in told.items():
        if name != "lines" and isinstance(value, list) and value and isinstance(value[0], dict):
            table = Table(title=name, title_justify="left", box=None)
            for column in value[0]:
                table.add_column(column, overflow="fold", no_wrap=column in NAMES)
            for row in value:
                table.add_row(*(str(row.get(column, "")) for column in value[0]))
            out.print(table)
    if "text" in told:
        out.print(f"\n{told['text']}", markup=False)
