"""The JSON API: searching, and showing what was found. The same services and the same access as the screens.

`/api/search?q=…` and `/api/documents/ID` answer to whoever is signed in; errors have the one shape of `webui.errors`.
Boxes are [x, y, width, height] in pixels of the page as the file holds it.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, request, url_for

from archive.domain.document import Document, Page
from archive.domain.dossier import Dossier
from archive.domain.query import DocumentHits, PageHit
from archive.services import retrieval
from webui.filters import read_asked
from webui.language import current_language
from webui.session import current_actor, ports

MOST = 100  # documents of one answer

screen = Blueprint("api", __name__, url_prefix="/api")


@screen.get("/search")
def search() -> Response:
    """What fits `q`, narrowed by scheme, classes, phase, type, year, paper; `start`, `size`, `sort`, `cursor`."""
    asked = read_asked(request.args)
    start = max(0, request.args.get("start", 0, type=int))
    size = max(1, min(request.args.get("size", 10, type=int), MOST))
    found = retrieval.search(
        ports(), current_actor(), asked.text, only=asked.narrowed, sort=asked.sort, start=start, size=size,
        cursor=asked.cursor,
    )  # fmt: skip
    result = found.result
    return jsonify(
        query=asked.text,
        total=result.pages,
        documents=result.documents,
        dossiers=result.dossiers,
        exact=result.exact,
        behind=result.behind,
        start=start,
        cursor=result.cursor,
        notes=[note.told_in(current_language()) for note in found.notes],
        facets={name: [{"value": v, "count": n} for v, n in counts] for name, counts in result.facets.items()},
        found=[_found(found, hits) for hits in result.found],
    )


def _found(found: retrieval.Found, hits: DocumentHits) -> dict[str, Any]:
    document = found.documents[hits.document]
    return {
        **_document(document, found.dossiers.get(document.dossier)),
        "pages_found": hits.pages_found,
        "numbers": hits.numbers,
        "hits": [_hit(found, hit) for hit in hits.pages],
    }


def _hit(found: retrieval.Found, hit: PageHit) -> dict[str, Any]:
    page = hit.page
    boxes = found.boxes.get(page.id)
    return {
        **_page(page),
        "score": round(hit.score, 4),
        "snippet": hit.snippet.text,
        "snippet_hits": hit.snippet.spans,
        "boxes": retrieval.boxes_of(ports(), page, hit.spans) if boxes is None else boxes,
    }


@screen.get("/documents/<id>")
def document(id: str) -> Response:
    """A document and its pages; with `q` the text offsets and boxes of its hits. The look is recorded."""
    view = retrieval.page_view(ports(), current_actor(), id, 1, request.args.get("q", ""))
    pages = [
        {
            **_page(page),
            "hits": view.found.get(number, ()),
            "boxes": retrieval.boxes_of(ports(), page, view.found.get(number, ())),
        }
        for number, page in sorted(view.pages.items())
    ]
    return jsonify(**_document(view.document, view.dossier), pages=pages)


def _document(document: Document, dossier: Dossier | None) -> dict[str, Any]:
    return {
        "document": document.id,
        "title": document.title,
        "type": document.type,
        "phase": document.phase,
        "scheme": document.scheme,
        "date": document.date.isoformat() if document.date else None,
        "number": document.number,
        "party": document.party,
        "dossier": dossier.number if dossier else "",
        "dossier_name": dossier.name if dossier else "",
        "volume": document.volume,
        "item": document.item,
        "file": document.file_name,
        "link": url_for("viewer.read", document=document.id),
    }


def _page(page: Page) -> dict[str, Any]:
    return {
        "page": page.number,
        "state": page.state,
        "width": page.width,
        "height": page.height,
        "rotation": page.rotation,
        "confidence": page.confidence,
        "image": url_for("iiif.info", id=page.id) if page.image else "",
    }
