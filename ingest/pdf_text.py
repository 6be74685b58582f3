"""The text layer of a PDF's page as PDFium has it: characters with boxes in pixels of the page's picture.

Called only inside the decoder's child. Judges nothing: that is `ingest.text_layer`.
"""

from __future__ import annotations

import ctypes
import math
from collections import Counter
from typing import Literal

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium
from numpy.typing import NDArray

from ingest.pdf_page import place_on
from ingest.text_layer import Letters

MOST = 200_000  # characters of one page; the largest foreign page had a tenth of it
SAMPLE = 400  # characters whose ink and mapping are looked at
VERSION = str(pypdfium2.PDFIUM_INFO.build)
HYPHEN_MARK = 0xFFFE  # PDFium's sign for a hyphen at a line's end
Rotation = Literal[0, 90, 180, 270]


def letters_of(page: pypdfium2.PdfPage, width: int, height: int) -> Letters:
    """The page's characters, with boxes in a picture of it of `width` x `height` pixels."""
    text = page.get_textpage()
    try:
        count = min(pdfium.FPDFText_CountChars(text), MOST)
        codes = [pdfium.FPDFText_GetUnicode(text, index) for index in range(count)]
        place = place_on(page, width, height)
        kept, chars = _characters(codes)
        boxes = _on_picture(_loose_boxes(text, kept), place)
        visible = [index for index, char in zip(kept, chars, strict=True) if index >= 0 and not char.isspace()]
        sample = visible[:: max(1, len(visible) // SAMPLE)]
        doubtful = sum(pdfium.FPDFText_HasUnicodeMapError(text, index) == 1 for index in sample)
        return Letters(
            text="".join(chars),
            boxes=boxes,
            ink=_on_picture(_narrow_boxes(text, sample), place),
            counted=sum(code not in (0x0D, 0x0A, 0x20) for code in codes),
            unmapped=sum(code in (0, 0xFFFF) for code in codes),
            map_errors=doubtful / max(len(sample), 1),
            rotation=_rotation(text, sample, page.get_rotation()),
        )
    finally:
        text.close()


def _characters(codes: list[int]) -> tuple[list[int], list[str]]:
    """Which of PDFium's characters are kept (their index, -1 for a line's end) and what they are."""
    kept: list[int] = []
    chars: list[str] = []
    for index, code in enumerate(codes):
        if code in (0x0D, 0x0A):
            if chars and chars[-1] != "\n":
                kept.append(-1)
                chars.append("\n")
        elif char := _character(codes, index, code):
            kept.append(index)
            chars.append(char)
    return kept, chars


def _character(codes: list[int], index: int, code: int) -> str:
    """The character, empty for what is none: NUL, controls, half a surrogate pair."""
    if code in (HYPHEN_MARK, 0x02, 0xAD):
        return "-"
    if 0xD800 <= code < 0xDC00 and index + 1 < len(codes) and 0xDC00 <= codes[index + 1] < 0xE000:
        return chr(0x10000 + ((code - 0xD800) << 10) + codes[index + 1] - 0xDC00)
    if code in (0x09, 0xA0, 0x3000, 0x2028, 0x2029):
        return " "
    if code < 0x20 or 0x7F <= code < 0xA0 or 0xD800 <= code < 0xE000 or code == 0xFFFF or code > 0x10FFFF:
        return ""
    return chr(code)


def _loose_boxes(text: pypdfium2.PdfTextPage, indexes: list[int]) -> NDArray[np.float64]:
    """Left, bottom, right, top in points, as high as the line, so that a marked word is a bar."""
    boxes = np.zeros((len(indexes), 4))
    box = pdfium.FS_RECTF()
    reference = ctypes.byref(box)
    for at, index in enumerate(indexes):
        if index >= 0 and pdfium.FPDFText_GetLooseCharBox(text, index, reference):
            boxes[at] = box.left, box.bottom, box.right, box.top
    return boxes


def _narrow_boxes(text: pypdfium2.PdfTextPage, indexes: list[int]) -> NDArray[np.float64]:
    """The same, close around the glyph."""
    boxes = np.zeros((len(indexes), 4))
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    for at, index in enumerate(indexes):
        if pdfium.FPDFText_GetCharBox(text, index, left, right, bottom, top):
            boxes[at] = left.value, bottom.value, right.value, top.value
    return boxes


def _on_picture(boxes: NDArray[np.float64], place: NDArray[np.float64]) -> NDArray[np.float64]:
    """Boxes in points turned into left, top, right, bottom in pixels; empty ones stay all 0."""
    one = boxes[:, [0, 1]] @ place[:, :2].T + place[:, 2]
    other = boxes[:, [2, 3]] @ place[:, :2].T + place[:, 2]
    pixels = np.hstack([np.minimum(one, other), np.maximum(one, other)])
    pixels[~boxes.any(axis=1)] = 0
    finite: NDArray[np.float64] = np.clip(np.nan_to_num(pixels), -1e6, 1e6)
    return finite


def _rotation(text: pypdfium2.PdfTextPage, sample: list[int], page_rotation: int) -> Rotation:
    """How far the picture has to be turned clockwise for most of its characters to stand upright."""
    turns = (round(math.degrees(pdfium.FPDFText_GetCharAngle(text, index)) / 90) % 4 for index in sample)
    most = Counter(turns).most_common(1)
    counter_clockwise = most[0][0] * 90 if most else 0
    upright: dict[int, Rotation] = {0: 0, 90: 90, 180: 180, 270: 270}
    return upright[(counter_clockwise - page_rotation) % 360]
