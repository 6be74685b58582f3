"""Opening PDF files: PDFium opens, qpdf (through pikepdf) counts again, unlocks and repairs, pypdf reads structure.

Called only inside the decoder's child. Repair writes to a file in memory, so that nothing is left behind whatever
happens; a file that opens by itself is never repaired.
"""

from __future__ import annotations

import ctypes
import logging
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import pikepdf
import pypdf
import pypdfium2
import pypdfium2.raw as pdfium
from pypdf.generic import Destination

from archive.errors import Unreadable
from archive.ports import Bookmark
from ingest.pdf_structure import Structure
from ingest.plain_text import plain

log = logging.getLogger(__name__)

MOST_BOOKMARKS = 2_000
DEEPEST = 8  # levels of bookmarks
TAIL = 64 * 1024  # bytes in which the mark of the end is looked for


@dataclass(frozen=True)
class Opened:
    """A PDF that PDFium opened. `repaired`: what is open is qpdf's copy of a broken or lightly locked file."""

    document: pypdfium2.PdfDocument
    repaired: bool


@contextmanager
def opened(path: Path, spare: int) -> Iterator[Opened]:
    """The file at `path`, or its repaired copy in the memory file `spare` (a descriptor), which is filled here unless
    an earlier call did. Raises Unreadable: locked, damaged, truncated, without pages."""
    if not _has_end(path):  # what is left of it may open well, with its last pages gone
        raise Unreadable("file_truncated")
    repaired = os.fstat(spare).st_size > 0
    document = None if repaired else _by_pdfium(path)
    if document is None:
        if not repaired:
            _repair(path, spare)
        document, repaired = _by_pdfium(Path(f"/proc/self/fd/{spare}")), True
    if document is None:
        raise Unreadable("file_damaged")
    if document.get_formtype() != pdfium.FORMTYPE_NONE:
        document.init_forms()  # without it what is filled in is not drawn
    try:
        yield Opened(document, repaired)
    finally:
        document.close()


def page_count(document: pypdfium2.PdfDocument, most: int) -> int:
    """Pages up to the last that is really there. PDFium's own count may be a lie; where there are more than `most`
    it is given as it is."""
    stated = len(document)
    if stated > most and _is_there(document, most):
        return stated
    return next((number for number in range(min(stated, most), 0, -1) if _is_there(document, number - 1)), 0)


def second_count(path: Path) -> int | None:
    """The number of pages by qpdf; None where qpdf cannot tell."""
    try:
        with pikepdf.open(path, suppress_warnings=True) as pdf:
            return len(pdf.pages)
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - qpdf's errors come as many types; the first count stands
        log.info("qpdf does not count: %r", error)
        return None


def structure(path: Path) -> Structure:
    """Title, date of making and bookmarks, by pypdf. Raises whatever pypdf raises."""
    with path.open("rb") as file:  # given a path, pypdf reads all of the file into memory
        reader = pypdf.PdfReader(file, strict=False)
        if reader.is_encrypted:
            reader.decrypt("")
        title, created = _metadata(reader)
        return Structure(title, created, tuple(islice(_bookmarks(reader, reader.outline, 0), MOST_BOOKMARKS)))


def _by_pdfium(path: Path) -> pypdfium2.PdfDocument | None:
    """The document, None where PDFium cannot open it or finds no page in it that loads."""
    # Not by pypdfium2's own opening: that follows links, and a file in memory has only a link for a name.
    handle = pdfium.FPDF_LoadDocument(os.fsencode(path), None)
    if not handle:
        return None
    document = pypdfium2.PdfDocument(handle)
    if any(_is_there(document, index) for index in range(min(len(document), 10_000))):
        return document
    document.close()
    return None


def _is_there(document: pypdfium2.PdfDocument, index: int) -> bool:
    """Whether the page's own dictionary is there; does not read its contents."""
    size = pdfium.FS_SIZEF()
    return bool(pdfium.FPDF_GetPageSizeByIndexF(document, index, ctypes.byref(size)))


def _repair(path: Path, spare: int) -> None:
    """qpdf's copy of the file, unlocked where no password is needed, into `spare`. Raises Unreadable."""
    try:
        with pikepdf.open(path, suppress_warnings=True) as pdf:
            if not len(pdf.pages):
                raise Unreadable("file_without_pages")
            _save(pdf, spare)
    except pikepdf.PasswordError as error:
        raise Unreadable("file_locked") from error
    except (MemoryError, Unreadable):
        raise
    except Exception as error:
        os.ftruncate(spare, 0)
        raise Unreadable("file_damaged") from error


def _save(pdf: pikepdf.Pdf, spare: int) -> None:
    """Streams stay packed: unpacking nested ones takes half a minute."""
    with os.fdopen(os.dup(spare), "r+b") as copy:
        pdf.save(
            copy,
            encryption=False,
            compress_streams=False,
            stream_decode_level=pikepdf.StreamDecodeLevel.none,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
        )


def _has_end(path: Path) -> bool:
    """Whether the mark of a PDF's end is there, be it with something else after it, as mail programs leave it."""
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - TAIL))
        return b"%%EOF" in file.read()


def _metadata(reader: pypdf.PdfReader) -> tuple[str, str]:
    try:
        metadata = reader.metadata
        title = plain(str(metadata.title or "")) if metadata else ""
    except Exception as error:  # noqa: BLE001 - pypdf raises AttributeError, AssertionError and more on odd files
        log.info("no metadata: %r", error)
        return "", ""
    try:
        created = metadata.creation_date if metadata else None
    except Exception:  # noqa: BLE001 - as above; the title is good all the same
        created = None
    return title, created.isoformat() if created else ""


def _bookmarks(reader: pypdf.PdfReader, outline: Sequence[Any], depth: int) -> Iterator[Bookmark]:
    for item in outline:
        if isinstance(item, list):
            if depth < DEEPEST:
                yield from _bookmarks(reader, item, depth + 1)
        elif isinstance(item, Destination):
            page = reader.get_destination_page_number(item)
            title = plain(str(item.title or ""), 500)
            if page is not None and page >= 0 and title:
                yield Bookmark(title, page + 1, depth + 1)
