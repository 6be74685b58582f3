"""The names of what a document is, by its scheme, in the page's language."""

from __future__ import annotations

from collections.abc import Mapping

from archive.domain.document import Document
from archive.domain.scheme import Scheme
from webui.filters import name_of
from webui.language import current_language, label, words
from webui.session import ports


def phase_name(document: Document) -> str:
    return name_of("phase", document.phase, _own_first(document)) if document.phase else ""


def type_name(document: Document) -> str:
    return name_of("type", document.type, _own_first(document)) if document.type else ""


def specialty_name(document: Document) -> str:
    scheme = ports().schemes.get(document.scheme)
    found = scheme.specialty(document.specialty) if scheme else None
    return label(found) if found else document.specialty


def unsigned_names(document: Document) -> str:
    """The parties whose signature it lacks."""
    scheme = ports().schemes.get(document.scheme)
    names = {party.id: label(party) for party in (scheme.parties if scheme else ())}
    return ("、" if current_language() == "zh" else ", ").join(names.get(id, id) for id in document.unsigned)


def item_name(document: Document) -> str:
    """Its place in the volume: 件 12, 图 05 for drawings; empty while it has none."""
    if not document.item:
        return ""
    scheme = ports().schemes.get(document.scheme)
    kind = scheme.type(document.type) if scheme else None
    number = f"{document.item:02d}"
    return words("Sheet {n}", n=number) if kind and kind.drawing else words("Item {n}", n=number)


def _own_first(document: Document) -> Mapping[str, Scheme]:
    """All schemes, the document's own first: ids of phases and types are unique in a scheme only."""
    schemes = ports().schemes
    own = {document.scheme: schemes[document.scheme]} if document.scheme in schemes else {}
    return {**own, **schemes}
