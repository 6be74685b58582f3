"""The viewer: one page of a document with its hits, its text beside it, what is known of it, and downloads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse
from werkzeug.wsgi import FileWrapper

from archive.domain.copy import Copy, CopyKind
from archive.domain.document import Document, Page, Review
from archive.domain.guessing import PERSON
from archive.domain.ids import DossierId, volume_key
from archive.domain.intake_job import IntakeJob
from archive.domain.query import Both, Is, Span
from archive.domain.reading import Box, Line, Reading
from archive.sentences import sentence
from archive.services import arranging, retrieval
from archive.services.retrieval import PageView
from webui import hit_boxes, written
from webui.document_names import item_name, phase_name, specialty_name, type_name, unsigned_names
from webui.downloads import as_download
from webui.language import current_language, words
from webui.paper import paper_state
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


@dataclass(frozen=True, slots=True)
class Fact:
    """A line of the record; `sure` the confidence it was guessed with, None where a person said it."""

    name: str
    value: str
    sure: float | None = None
    is_code: bool = False


@screen.get("/read/<document>")
@screen.get("/read/<document>/<int:number>")
def read(document: str, number: int = 1) -> str:
    """Page `number` of a document, with the hits of the search it was found by."""
    text = request.args.get("q", "")
    view = retrieval.page_view(ports(), current_actor(), document, number, text)
    found = {n: len(hit_boxes.joined_spans(spans)) for n, spans in view.found.items()}
    before = sum(count for n, count in found.items() if n < number)
    spans = hit_boxes.joined_spans(view.spans)
    hits = list(hits_of(view, spans, before))
    lines = list(lines_of(view.reading, spans, before)) if view.reading else []
    copy = original_of(view.document)
    clock = ports().clock
    return render_template(
        "viewer/page.html",
        view=view, document=view.document, page=view.page, number=number, text=text, copy=copy,
        paper=paper_state(copy, bool(view.document.volume), clock.now(), clock.zone),
        phase=phase_name(view.document), type=type_name(view.document), item=item_name(view.document),
        failure=failure_of(view), rows=rows_of(view, lines), doubtful=sum(line.doubtful for line in lines),
        hits=hits, boxes=[box for hit in hits for box in hit.boxes], now=current_hit(hits),
        found=found, total=sum(found.values()), thumbs=thumbs(view), data=data_of(view, hits),
        around=neighbours(view, number), facts=list(facts_of(view)),
    )  # fmt: skip


def current_hit(hits: Sequence[Hit]) -> int:
    """The number of the hit that is framed: the one asked for, else the page's first; 0 where there is none."""
    asked = request.args.get("hit", "")
    if hits and asked == "last":
        return hits[-1].number
    numbers = [hit.number for hit in hits]
    return int(asked) if asked.isdigit() and int(asked) in numbers else numbers[0] if numbers else 0


def failure_of(view: PageView) -> str:
    """Why the page could not be read, as a sentence; empty where it was."""
    page = view.page
    return sentence(page.failure, current_language(), page.failure_data) if page and page.failure else ""


def facts_of(view: PageView) -> Iterator[Fact]:
    """What is known of the document and of this page."""
    document, page, reading = view.document, view.page, view.reading
    shown = (
        ("Title", "title", document.title),
        ("Document number", "number", document.number),
        ("Responsible party", "party", document.party),
        ("Date", "date", document.date.isoformat() if document.date else ""),
        ("Type", "type", type_name(document)),
        ("Phase", "phase", phase_name(document)),
        ("Specialty", "specialty", specialty_name(document)),
        ("Building", "building", document.building),
        ("Part of the works", "part", document.part),
        ("Signatures it lacks", "unsigned", unsigned_names(document)),
    )
    for name, field, value in shown:
        if value:
            guess = document.guesses.get(field) if document.review != Review.DONE else None
            yield Fact(words(name), value, guess.confidence if guess and guess.source != PERSON else None)
    yield Fact(words("File name"), document.file_name)
    for job in ports().index.get_many(IntakeJob, [document.job]).values():
        yield Fact(words("Size of the file"), written.size(job.record.size))
    yield Fact("SHA-256", document.source, is_code=True)
    yield Fact(words("Came in"), document.received_at.astimezone(ports().clock.zone).strftime("%Y-%m-%d %H:%M"))
    if page and page.width:
        size = "{width} × {height} pixels, {dpi} dpi" if page.dpi else "{width} × {height} pixels"
        yield Fact(words("Size of the page"), words(size, width=str(page.width), height=str(page.height), dpi=page.dpi))
    if reading:
        yield Fact(words("Read by"), f"{reading.engine} {reading.version}")


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


def rows_of(view: PageView, lines: Sequence[ShownLine]) -> list[list[ShownLine]]:
    """The lines as they stand beside each other on the upright page: the cells of a table's row are one row."""
    page = view.page
    size, rotation = ((page.width, page.height), page.rotation) if page else ((0, 0), 0)
    rows: list[list[ShownLine]] = []
    last: Box = (0, 0, 0, 0)
    for line in lines:
        box = hit_boxes.turned(line.box, size, rotation)
        if rows and hit_boxes.follows(last, box):
            rows[-1].append(line)
        else:
            rows.append([line])
        last = box
    return rows


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
    """Every page with the boxes of its hits; only pages that have hits have their readings opened."""
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
    """What the script needs: size and turn of the page, and the hits with their boxes."""
    page = view.page
    if page is None or not page.image:
        return {}
    return {
        "info": url_for("iiif.info", id=page.id),
        "width": page.width,
        "height": page.height,
        "rotation": page.rotation,
        "hits": [{"number": hit.number, "boxes": hit.boxes} for hit in hits],
    }


def original_of(document: Document) -> Copy | None:
    """The original the document's paper lies in, as far as it may be seen."""
    if not document.volume:
        return None
    key = volume_key(DossierId(document.dossier), document.volume)
    where = Both((Is.of("volume_key", key), Is.of("copy_kind", CopyKind.ORIGINAL.value)))
    found = ports().index.select(Copy, where, current_actor().access, size=1).records
    return found[0].record if found else None


@screen.post("/read/<document>/<int:number>/blank")
def mark_blank(document: str, number: int) -> AnyResponse:
    """Says that a page is blank and gets no page number, or that it is not."""
    blank = request.form.get("blank") == "yes"
    arranging.mark_blank(ports(), current_actor(), document, number, blank=blank)
    return redirect(url_for("viewer.read", document=document, number=number))


@screen.get("/download/<document>")
def original(document: str) -> Response:
    """The file as it came in. The download is recorded."""
    with retrieval.original(ports(), current_actor(), document) as (record, path):
        file = path.open("rb")  # stays readable when the store lets go of the path
        size = path.stat().st_size
    answer = Response(FileWrapper(file), mimetype=record.media_type, direct_passthrough=True)
    answer.call_on_close(file.close)
    answer.content_length = size
    return as_download(answer, record.file_name)


@screen.get("/download/<document>/<int:number>.jpg")
def picture(document: str, number: int) -> Response:
    """One page as a picture, as large as it is, standing upright. The download is recorded."""
    page = retrieval.page_picture(ports(), current_actor(), document, number)
    size = ports().images.size(page.image)
    data = ports().images.region(page.image, None, size, rotation=page.rotation)
    stem = page.title or Path(page.file_name).stem
    return as_download(Response(data, mimetype="image/jpeg"), f"{stem} {words('page {n}', n=number)}.jpg")
