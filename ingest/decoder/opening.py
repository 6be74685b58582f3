"""What the child does with a file: find out what it is, or open one of its pages. Runs inside the limits, once.

Nothing here starts processes or knows limits of time and memory; it may be killed at any point.
"""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path

import pypdfium2

from archive.domain.reading import Reading
from archive.errors import Unreadable
from archive.ports import Examined
from ingest import images, office_file, pdf, pdf_page, pdf_text, pdf_weight, sniffing, text_layer
from ingest.decoder.messages import Order, PageAnswer, Work, page_values
from ingest.images import Limits
from ingest.raster import Raster

A3 = (16.54, 11.69)  # inches
SLACK = 1.06  # scans are a little larger than their paper
ASSUMED_DPI = 300  # of a picture that does not say
JUDGED_DPI = 108  # resolution at which boxes are compared with ink

Values = dict[str, object]


def do(order: Order, path: Path, spare: int) -> tuple[Values, Raster | None]:
    """Carries out `order` on the file at `path`: the answer's values and a page's picture. `spare` is the descriptor
    of a memory file that keeps a repaired copy from one call to the next. Raises Unreadable, MemoryError."""
    if not path.stat().st_size:
        raise Unreadable("file_empty")
    media_type = sniffing.sniff(path)
    if order.work is Work.EXAMINE:
        return asdict(examine(path, media_type, order.limits, spare)), None
    if order.work is Work.STRUCTURE:
        return structure(path, order.limits), None
    if media_type == sniffing.PDF:
        answer, raster = pdf_page_of(order, path, spare)
    elif media_type in sniffing.PAGED:
        raster, warnings = images.open_page(path, media_type, order.number, order.limits)
        answer = _answer(raster, warnings, drawing=_is_drawing(raster))
    else:
        raise Unreadable("page_missing", page=order.number)
    return page_values(answer), raster


# --- files


def examine(path: Path, media_type: str, limits: Limits, spare: int) -> Examined:
    """What the file is and how many pages it has. Raises Unreadable."""
    if media_type not in sniffing.PAGED:
        title, created = office_file.properties(path) if media_type in sniffing.OFFICE else ("", "")
        return Examined(media_type, 0, attachment=True, title=title, created=created, warnings=("file_not_read",))
    if media_type != sniffing.PDF:
        return images.examine(path, media_type, limits)
    with pdf.opened(path, spare) as opened:
        pages = pdf.page_count(opened.document, limits.pages)
    if not pages:
        raise Unreadable("file_without_pages")
    if pages > limits.pages:
        raise Unreadable("file_has_too_many_pages", pages=pages, limit=limits.pages)
    return Examined(media_type, pages, warnings=("file_repaired",) if opened.repaired else ())


def structure(path: Path, limits: Limits) -> Values:
    """Title, date and bookmarks (`found` is None where they cannot be read) and a second count of the pages. Raises
    Unreadable where the file would unpack to more than the limit, and whatever qpdf raises."""
    pdf_weight.check(path, limits.unpacked_bytes)
    try:
        found: Values | None = asdict(pdf.structure(path))
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - pypdf raises AttributeError, AssertionError, RecursionError and more
        sys.stderr.write(f"pypdf: {error!r}\n")
        found = None
    return {"found": found, "second_count": pdf.second_count(path)}


# --- pages


def pdf_page_of(order: Order, path: Path, spare: int) -> tuple[PageAnswer, Raster]:
    """A PDF's page: its picture, and its text layer where that is good. Raises Unreadable."""
    number = order.number
    with pdf.opened(path, spare) as opened, pdf_page.loaded(opened.document, number) as page:
        if order.work is Work.TEXT_PAGE:
            return _text_alone(page, number)
        drawn = pdf_page.draw(page, number, order.limits, coarse=order.work is Work.COARSE_PAGE)
        layer, doubts = _layer(page, drawn)
        drawing = _is_large(*(side / 72 for side in page.get_size()))
        return _answer(drawn.raster, drawn.warnings + doubts, drawing=drawing, layer=layer), drawn.raster


def _layer(page: pypdfium2.PdfPage, drawn: pdf_page.Drawn) -> tuple[Reading | None, tuple[str, ...]]:
    if not drawn.content.letters and drawn.content.objects <= pdf_page.MOST_OBJECTS:
        return None, ()
    raster = drawn.raster
    letters = pdf_text.letters_of(page, raster.width, raster.height)
    step = max(1, round(raster.width / (page.get_width() / 72 * JUDGED_DPI)))
    share = drawn.content.scan.share if drawn.content.scan else 0.0
    verdict = text_layer.judge(letters, share, raster.small(step), 1 / step)
    if verdict is text_layer.Verdict.GOOD:
        return text_layer.reading(letters, raster.width, raster.height, raster.dpi, pdf_text.VERSION), ()
    doubts = {text_layer.Verdict.GARBAGE: "layer_garbage", text_layer.Verdict.MISPLACED: "layer_misplaced"}
    return None, (doubts[verdict],) if verdict in doubts else ()


def _text_alone(page: pypdfium2.PdfPage, number: int) -> tuple[PageAnswer, Raster]:
    """The text of a page that cannot be drawn. Raises Unreadable where there is none to be trusted."""
    raster = pdf_page.blank(page)
    letters = pdf_text.letters_of(page, raster.width, raster.height)
    if text_layer.judge_words(letters) is not text_layer.Verdict.GOOD:
        raise Unreadable("page_too_heavy", page=number)
    layer = text_layer.reading(letters, raster.width, raster.height, raster.dpi, pdf_text.VERSION)
    drawing = _is_large(*(side / 72 for side in page.get_size()))
    return _answer(raster, ("page_not_drawn",), drawing=drawing, layer=layer), raster


def _answer(raster: Raster, warnings: tuple[str, ...], *, drawing: bool, layer: Reading | None = None) -> PageAnswer:
    return PageAnswer(raster.width, raster.height, raster.channels, raster.dpi, drawing, warnings, layer)


def _is_drawing(raster: Raster) -> bool:
    dpi = raster.dpi or ASSUMED_DPI
    return _is_large(raster.width / dpi, raster.height / dpi)


def _is_large(width: float, height: float) -> bool:
    """Whether a sheet (inches) is larger than A3."""
    long, short = max(width, height), min(width, height)
    return long > A3[0] * SLACK or short > A3[1] * SLACK
