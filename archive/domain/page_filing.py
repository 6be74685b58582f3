"""What is known of a document's filing, as its pages carry it, so that a search can be narrowed by it. Pure."""

from __future__ import annotations

from datetime import date
from typing import Any

from archive.domain.access import INBOX_MARK
from archive.domain.document import Document, Page
from archive.domain.dossier import Dossier
from archive.domain.ids import DocumentId, DossierId, page_id, volume_key
from archive.domain.page_facts import PageFacts
from archive.domain.scheme import Scheme


def mark_of(document: Document, dossier: Dossier | None, scheme: Scheme | None) -> str:
    """The access mark of a document: the narrowest level of its own, its type's and its dossier's."""
    if dossier is None or scheme is None:
        return INBOX_MARK
    type_ = scheme.type(document.type)
    return scheme.mark(scheme.narrowest((document.level, type_.level if type_ else "", dossier.level)))


def denormalised(document: Document, revision: int, dossier: Dossier | None, scheme: Scheme | None) -> dict[str, Any]:
    """The fields of a page that follow from how its document is filed; `revision` is the document's."""
    day = document.date
    return {
        "stamp": revision,
        "document": document.id,
        "dossier": document.dossier,
        "scheme": document.scheme,
        "phase": document.phase,
        "type": document.type,
        "title": document.title,
        "document_number": document.number,
        "party": document.party,
        "date": day,
        "year": day.year if day else 0,
        "specialty": document.specialty,
        "building": document.building,
        "file_name": document.file_name,
        "volume": volume_key(DossierId(document.dossier), document.volume) if document.volume else "",
        "item": document.item,
        "mark": mark_of(document, dossier, scheme),
        **_of_dossier(dossier, scheme),
    }


def _of_dossier(dossier: Dossier | None, scheme: Scheme | None) -> dict[str, Any]:
    if dossier is None:
        return {"dossier_number": "", "dossier_name": "", "classes": (), "meta": {}}
    return {
        "dossier_number": dossier.number,
        "dossier_name": dossier.name,
        "classes": dossier.classes,
        "meta": _meta(dossier, scheme),
    }


def _meta(dossier: Dossier, scheme: Scheme | None) -> dict[str, str | int | float | date | None]:
    """The dossier's fields that are searched; sensitive ones never reach a page."""
    declared = {f.name for f in scheme.fields if f.searchable and not f.sensitive} if scheme else set()
    return {name: value for name, value in dossier.fields.items() if name in declared and value is not None}


def filed_page(facts: PageFacts, text: str, filing: dict[str, Any]) -> Page:
    """The record of one page: what was read from it, with `filing` as `denormalised` gives it."""
    return Page(
        id=page_id(DocumentId(filing["document"]), facts.number),
        number=facts.number,
        state=facts.state,
        failure=facts.failure,
        failure_data=facts.failure_data,
        text=text,
        reading=facts.reading,
        confidence=facts.confidence,
        width=facts.width,
        height=facts.height,
        dpi=facts.dpi,
        rotation=facts.rotation,
        image=facts.image,
        warning=facts.warning,
        **filing,
    )
