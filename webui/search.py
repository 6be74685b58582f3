"""The search screen: one box, results by document, what narrows them, the hits on the scan, the whole result as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, redirect, render_template, request, stream_with_context
from werkzeug.wrappers import Response as WerkzeugResponse

from archive.domain.copy import Copy
from archive.domain.document import Document, Page
from archive.domain.dossier import Dossier
from archive.domain.ids import DossierId, volume_key
from archive.domain.query import PageHit, ResultPage
from archive.domain.reading import Box
from archive.errors import InvalidInput
from archive.services import nearest, overview, retrieval
from webui import filters, hit_boxes, nearby
from webui.document_names import item_name, phase_name, type_name
from webui.downloads import as_download
from webui.filters import Asked, read_asked
from webui.home import home_page
from webui.language import words
from webui.paper import PaperState, paper_state
from webui.session import current_actor, ports

SIZE = 10
STRIPS = 12
THUMBS = 6
SYNTAX = (
    ('"fire pump room"', "these words together, in this order"),
    ("hydrant -sprinkler", "the first, but not the second"),
    ("hydrant OR sprinkler", "one of both"),
    ("type:minutes", "only documents of this type"),
    ('type:"contract"', "only the type with just this name"),
    ("title:moved", "only in the title"),
    ("date:2022-06..2022-09", "between these days"),
    ("site:harbour", "by any field of the dossier, as its form calls it"),
    ("KH-2024*", "numbers and words that begin so"),
)
BOM = "\ufeff"  # so that spreadsheets read the file as UTF-8

screen = Blueprint("search", __name__)


@screen.app_context_processor
def examples() -> dict[str, object]:
    """The lines behind "syntax", for the pages that show them."""
    return {"syntax_examples": SYNTAX}


@dataclass(frozen=True, slots=True)
class Result:
    """One document as it is shown in the list. `hits` are those of the best pages; `all_hits` says whether that is
    all there are."""

    document: Document
    dossier: Dossier | None
    page: Page
    hit: PageHit
    boxes: list[Box]
    numbers: tuple[int, ...]
    pages_found: int
    hits: int
    all_hits: bool
    copy: Copy | None
    paper: PaperState
    phase: str
    type: str
    item: str


@screen.get("/")
def home() -> str | tuple[str, int] | WerkzeugResponse:
    """The first page where nothing is asked, else the result."""
    asked = read_asked(request.args)
    if asked.is_empty:
        return home_page(asked)
    try:
        found = retrieval.search(
            ports(),
            current_actor(),
            asked.text,
            only=asked.narrowed,
            sort=asked.sort,
            start=(asked.page - 1) * SIZE,
            size=SIZE,
            cursor=asked.cursor,
        )
    except InvalidInput as error:
        return render_template("search/broken.html", asked=asked, error=error), 400
    if not found.result.found and asked.page == 1:
        return nothing_found(asked, found.notes)
    if not found.result.found and asked.page > (last := pages_of(found.result)):
        return redirect(asked.address(page=max(last, 1), cursor=found.result.cursor))
    return render_template("search/results.html", **shown(asked, found))


def pages_of(result: ResultPage) -> int:
    """How many pages of the result can be turned to."""
    return min(-(-result.documents // SIZE), filters.MOST_PAGES)


def shown(asked: Asked, found: retrieval.Found) -> dict[str, object]:
    results = [result(found, n) for n in range(len(found.result.found))]
    schemes = ports().schemes
    return {
        "asked": asked,
        "result": found.result,
        "notes": found.notes,
        "results": results,
        "facets": filters.facets(asked, found.result.facets, schemes),
        "chips": filters.chips(asked, schemes),
        "sorts": filters.SORTS,
        "pages": pages_of(found.result),
        "ends_early": found.result.documents > filters.MOST_PAGES * SIZE,
        "panel": panel(results[0].document.id, asked.text) if results else None,
    }


def result(found: retrieval.Found, n: int) -> Result:
    """The `n`-th document of a result page, with the words for it."""
    hits = found.result.found[n]
    document = found.documents[hits.document]
    best = hits.pages[0]
    copy = found.copies.get(volume_key(DossierId(document.dossier), document.volume)) if document.volume else None
    clock = ports().clock
    return Result(
        document=document,
        dossier=found.dossiers.get(document.dossier),
        page=best.page,
        hit=best,
        boxes=hit_boxes.widened(found.boxes.get(best.page.id, ()), (best.page.width, best.page.height)),
        numbers=hits.numbers,
        pages_found=hits.pages_found,
        hits=sum(len(hit_boxes.joined_spans(page.spans)) for page in hits.pages),
        all_hits=hits.pages_found <= len(hits.pages),
        copy=copy,
        paper=paper_state(copy, bool(document.volume), clock.now(), clock.zone),
        phase=phase_name(document),
        type=type_name(document),
        item=item_name(document),
    )


# --- the hits on the scan -------------------------------------------------------------------------------------


@screen.get("/hits/<document>")
def hits(document: str) -> str:
    """The panel beside the results for one document, as a piece of a page."""
    text = request.args.get("q", "")
    return render_template("search/panel.html", panel=panel(document, text), text=text)


def panel(document_id: str, text: str) -> dict[str, object]:
    """Thumbnails of the document's pages and the pieces of the scan around its hits."""
    document = retrieval.visible_document(ports(), current_actor(), document_id)
    found = retrieval.hits_in(ports(), current_actor(), document_id, text)
    boxes = {page.number: hit_boxes.widened(on, (page.width, page.height)) for page, _, on in found}
    pages = {page.number: page for page, _, _ in found}
    laid = [(n, (pages[n].width, pages[n].height), pages[n].rotation, boxes[n]) for n in sorted(pages)]
    strips, count = hit_boxes.strips(laid, STRIPS)
    return {
        "document": document,
        "pages": pages,
        "boxes": boxes,
        "strips": strips,
        "count": count,
        "thumbs": [pages[n] for n in sorted(pages)][:THUMBS],
    }


# --- nothing found ----------------------------------------------------------------------------------------------


def nothing_found(asked: Asked, notes: Sequence[retrieval.Note]) -> str:
    """What was looked for, and the nearest that does find something."""
    actor = current_actor()
    ways = [nearby.near(one, asked) for one in nearest.nearest(ports(), actor, asked.text, only=asked.narrowed)]
    results = []
    if ways:
        first = retrieval.search(ports(), actor, ways[0].asked.text, only=ways[0].asked.narrowed, size=2)
        results = [result(first, n) for n in range(len(first.result.found))]
    pages = overview.overview(ports(), actor).pages
    return render_template(
        "search/nothing.html", asked=asked, near=ways, results=results, looked_for=nearby.looked_for(asked, pages),
        chips=filters.chips(asked, ports().schemes), notes=notes,
    )  # fmt: skip


# --- export -----------------------------------------------------------------------------------------------------

COLUMNS = (
    "Dossier number", "Dossier name", "Document title", "Type", "Phase", "Date", "Document number",
    "Responsible party", "Page", "File name", "Link",
)  # fmt: skip


@screen.get("/export.csv")
def export() -> Response:
    """Every page found, one a line."""
    asked = read_asked(request.args)
    rows = retrieval.export(ports(), current_actor(), asked.text, only=asked.narrowed)
    return as_download(Response(stream_with_context(lines(rows)), mimetype="text/csv"), f"{words('result')}.csv")


def lines(rows: Iterable[retrieval.Row]) -> Iterator[str]:
    """The file, a line at a time."""
    yield BOM + csv_line([words(column) for column in COLUMNS])
    schemes = ports().schemes
    for row in rows:
        type, phase = filters.name_of("type", row.type, schemes), filters.name_of("phase", row.phase, schemes)
        link = request.host_url.rstrip("/") + row.link
        yield csv_line(
            [
                row.dossier_number,
                row.dossier_name,
                row.title,
                type,
                phase,
                row.date,
                row.number,
                row.party,
                str(row.page),
                row.file_name,
                link,
            ]
        )


def csv_line(cells: Iterable[str]) -> str:
    """One line; a cell that a spreadsheet would take for a formula begins with an apostrophe."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow([f"'{c}" if c[:1] in "=+-@\t\r" and c else c for c in cells])
    return out.getvalue()
