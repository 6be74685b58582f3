"""The viewer: one page of a document with its hits, its text beside it, what is known of it, and downloads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from flask import Blueprint, Response, render_template, request, url_for
from werkzeug.wsgi import FileWrapper

from archive.domain.copy import Copy, CopyKind
from archive.domain.document import Document, Page
from archive.domain.ids import DossierId, volume_key
from archive.domain.query import Both, Is, Span
from archive.domain.reading import Box, Line, Reading
from archive.services import retrieval
from archive.services.retrieval import PageView
from webui import hit_boxes
from webui.paper import paper_state
from webui.document_names import item_name, phase_name, type_name
from webui.session import current_actor, ports

screen = Blueprint("viewer", __name__)


@dataclass(frozen=True, slots=True)
class Hit:
    """One hit of the page: its number in the document, from 1, and its boxes (two where a line ends inside it)."""

    number: int
    boxes: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line of text: pieces of (text, hit's number or 0), its box, whether the reading is unsure of it."""

    pieces: tuple[tuple[str, int], ...]
    box: Box
    doubtful: bool


@screen.get("/read/<document>")
@screen.get("/read/<document>/<int:number>")
def read(document: str, number: int = 1) -> str:
    """Page `number` of a document, with the hits of the search it was found by."""
    text = request.args.get("q", "")
    view = retrieval.page_view(ports(), current_actor(), document, number, text)
    spans = hit_boxes.joined_spans(view.spans)
    before = sum(len(hit_boxes.joined_spans(s)) for n, s in view.found.items() if n < number)
    found = {n: len(hit_boxes.joined_spans(s)) for n, s in view.found.items()}
    hits = list(hits_of(view, spans, before))
    first = hits[0].number if hits else 0
    now = request.args.get("hit", first, type=int)
    copy = original_of(view.document)
    clock = ports().clock
    return render_template(
        "viewer/page.html",
        view=view, document=view.document, page=view.page, number=number, text=text, copy=copy,
        paper=paper_state(copy, bool(view.document.volume), clock.now(), clock.zone),
        phase=phase_name(view.document), type=type_name(view.document), item=item_name(view.document),
        lines=list(lines_of(view.reading, spans, before)) if view.reading else [],
        hits=hits, now=now if any(hit.number == now for hit in hits) else first,
        found=found, total=sum(found.values()), thumbs=thumbs(view), data=data_of(view, hits),
        around=neighbours(view, number),
    )  # fmt: skip


def hits_of(view: PageView, spans: Sequence[Span], before: int) -> Iterator[Hit]:
    if view.reading is None or view.page is None:
        return
    size = (view.page.width, view.page.height)
    for n, span in enumerate(spans, start=before + 1):
        yield Hit(n, tuple(hit_boxes.widened(view.reading.boxes_of([span]), size)))


def lines_of(reading: Reading, spans: Sequence[Span], before: int) -> Iterator[ShownLine]:
    """The lines with their hits; those of the second pass too where a hit lies in one."""
    at = 0
    for n, line in enumerate((*reading.lines, *reading.second)):
        end = at + len(line.text)
        inside = [(s - at, e - at, k) for k, (s, e) in enumerate(spans, before + 1) if s < end and e > at]
        if n < len(reading.lines) or inside:
            yield shown_line(line, inside)
        at = end + 1


DOUBTFUL = 0.75  # a line read with less confidence is underlined


def shown_line(line: Line, inside: Sequence[tuple[int, int, int]]) -> ShownLine:
    pieces: list[tuple[str, int]] = []
    at = 0
    for start, end, number in inside:
        start, end = max(start, 0), min(end, len(line.text))
        pieces += [(line.text[at:start], 0), (line.text[start:end], number)]
        at = end
    pieces.append((line.text[at:], 0))
    return ShownLine(tuple(piece for piece in pieces if piece[0]), line.box, line.confidence < DOUBTFUL)


def thumbs(view: PageView) -> list[tuple[int, Page | None, list[Box]]]:
    """Every page with the boxes of its hits; boxes only for pages that have hits."""
    made = []
    for page_of in view.document.pages:
        page = view.pages.get(page_of.number)
        spans = view.found.get(page_of.number, ())
        boxes = retrieval.boxes_of(ports(), page, hit_boxes.joined_spans(spans)) if page and spans else []
        made.append((page_of.number, page, hit_boxes.widened(boxes, (page.width, page.height)) if page else []))
    return made


def neighbours(view: PageView, number: int) -> dict[str, int | None]:
    """The pages before and after, and the nearest pages with hits on both sides."""
    count = len(view.document.pages)
    with_hits = sorted(view.found)
    return {
        "before": number - 1 if number > 1 else None,
        "after": number + 1 if number < count else None,
        "hit_before": max((n for n in with_hits if n < number), default=None),
        "hit_after": min((n for n in with_hits if n > number), default=None),
    }


def data_of(view: PageView, hits: Sequence[Hit]) -> dict[str, object]:
    """What the script needs: size and turn of the page, hits and lines with their boxes."""
    page, reading = view.page, view.reading
    if page is None or not page.image:
        return {}
    return {
        "info": url_for("iiif.info", id=page.id),
        "width": page.width,
        "height": page.height,
        "rotation": page.rotation,
        "hits": [{"number": hit.number, "boxes": hit.boxes} for hit in hits],
        "lines": [{"text": line.text, "box": line.box} for line in reading.lines] if reading else [],
    }


def original_of(document: Document) -> Copy | None:
    """The original the document's paper lies in, as far as it may be seen."""
    if not document.volume:
        return None
    key = volume_key(DossierId(document.dossier), document.volume)
    where = Both((Is.of("volume_key", key), Is.of("copy_kind", CopyKind.ORIGINAL.value)))
    found = ports().index.select(Copy, where, current_actor().access, size=1).records
    return found[0].record if found else None


@screen.get("/download/<document>")
def original(document: str) -> Response:
    """The file as it came in. The download is recorded."""
    with retrieval.original(ports(), current_actor(), document) as (record, path):
        file = path.open("rb")  # stays readable when the store lets go of the path
        size = path.stat().st_size
    answer = Response(FileWrapper(file), mimetype=record.media_type, direct_passthrough=True)
    answer.call_on_close(file.close)
    answer.content_length = size
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(record.file_name, safe='')}"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
