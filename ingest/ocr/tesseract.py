"""The engine that reads with Tesseract, through pytesseract.

Table of contents: upright → clean → level → one call of the program → letters with boxes, carried back to the page.
"""

from __future__ import annotations

import math
import os
from functools import lru_cache
from typing import cast

import numpy as np
import pytesseract
from PIL import Image as Picture

from archive.config import Settings
from archive.domain.reading import Line, Reading
from archive.errors import Unavailable, Unreadable
from archive.ports import Pixels
from ingest.ocr.cleaning import (
    LEAST_SKEW,
    levelled,
    skew_of,
    with_white_paper,
    without_red,
)
from ingest.ocr.detector import Image
from ingest.ocr.geometry import Quad, level, turn_back
from ingest.ocr.hatching import is_hatching
from ingest.ocr.hocr import HeardLine, lines_of
from ingest.ocr.lines import FoundLine
from ingest.ocr.orientation import Orientation, Turn
from ingest.ocr.pixels import image_of, is_too_small
from ingest.ocr.recogniser import ReadLine, Strips
from ingest.ocr.runtime import use_one_thread

REVISION = 1
LANGUAGE = "chi_sim"  # with +eng Chinese pages read worse
# psm 3: the page's layout is found; 6 takes a table for one block. hOCR carries letters' boxes.
OPTIONS = "--psm 3 -c hocr_char_boxes=1"
LEAST_CONFIDENCE = 0.3
MARGIN = 0.4  # of a line's height, above and below: as much as PP-OCRv6's detector leaves


class TesseractEngine:
    """Tesseract 5 with `chi_sim`, one thread."""

    def __init__(self, settings: Settings) -> None:
        self._seconds = settings.ocr_seconds
        self._orientation: Orientation | None = None

    @property
    def name(self) -> str:
        return "tesseract"

    @property
    def version(self) -> str:
        return installed_version()

    @property
    def parameters(self) -> str:
        return f"{LANGUAGE}-psm3-{REVISION}"

    @property
    def key(self) -> str:
        return self._reading(1, 1, 0).key

    @property
    def rank(self) -> int:
        return 10

    def read(self, pixels: Pixels, *, drawing: bool = False) -> Reading:
        """Raises Unreadable("ocr_failed", "page_pixels_broken"), Unavailable("tesseract_missing",
        "tesseract_language_missing")."""
        page = image_of(pixels)
        if is_too_small(pixels):
            return self._reading(pixels.width, pixels.height, pixels.dpi)
        turn = self._turn_of(page)
        clean = with_white_paper(without_red(np.rot90(page, -(turn // 90))))
        skew = skew_of(clean)
        seen = _Seen(page, turn, skew if abs(skew) >= LEAST_SKEW else 0.0)
        heard = self._run(levelled(clean, seen.skew) if seen.skew else clean, pixels.dpi)
        found = [line for line in map(seen.found, heard) if line.read.confidence >= LEAST_CONFIDENCE]
        lines = tuple(
            line.as_line(pixels.width, pixels.height) for line in found if not (drawing and is_hatching(line.read.text))
        )
        return self._reading(pixels.width, pixels.height, pixels.dpi, rotation=turn, lines=lines)

    def _turn_of(self, page: Image) -> Turn:
        if self._orientation is None:
            use_one_thread()
            self._orientation = Orientation()
        return self._orientation.guess(page)[0]

    def _run(self, grey: Image, dpi: int) -> list[HeardLine]:
        installed_version()
        known = f" --dpi {dpi}" if 70 <= dpi <= 2400 else ""
        # Two Tesseracts with four threads each on two cores read 16 pages a minute, with one each 39.
        os.environ["OMP_THREAD_LIMIT"] = "1"
        try:
            hocr = pytesseract.image_to_pdf_or_hocr(
                Picture.fromarray(np.ascontiguousarray(grey)),
                lang=LANGUAGE,
                config=OPTIONS + known,
                extension="hocr",
                timeout=self._seconds,
            )
        except pytesseract.TesseractError as error:
            raise Unreadable("ocr_failed", engine=self.name) from error
        except RuntimeError as error:  # pytesseract's word for a time-out
            raise Unreadable("ocr_too_slow", seconds=math.ceil(self._seconds)) from error
        return lines_of(cast(bytes, hocr))

    def _reading(
        self,
        width: int,
        height: int,
        dpi: int,
        *,
        rotation: Turn = 0,
        lines: tuple[Line, ...] = (),
    ) -> Reading:
        return Reading(
            engine=self.name,
            version=self.version,
            parameters=self.parameters,
            width=width,
            height=height,
            dpi=dpi,
            rotation=rotation,
            lines=lines,
        )


class _Seen:
    """Carries lines from the page as Tesseract saw it, turned and levelled, back to the page as it lies."""

    def __init__(self, page: Image, turn: Turn, skew: float) -> None:
        self._height, self._width = page.shape[:2]
        self._turn: Turn = turn
        self._strips = Strips(page)
        self.skew = skew

    def found(self, heard: HeardLine) -> FoundLine:
        height = heard.box[3] - heard.box[1]
        left, right = heard.box[0] - height * MARGIN / 2, heard.box[2] + height * MARGIN / 2
        top, bottom = heard.box[1] - height * MARGIN, heard.box[3] + height * MARGIN
        corners = np.array([[left, top], [right, top], [right, bottom], [left, bottom]], dtype=np.float32)
        quad = self._on_the_page(corners)
        centres = tuple((middle - left) / (right - left) for middle in heard.middles)
        return FoundLine(
            quad,
            self._strips.cut(quad),
            ReadLine(heard.text, centres, heard.confidences),
        )

    def _on_the_page(self, corners: Quad) -> Quad:
        if self.skew:
            size = (self._height, self._width) if self._turn in (90, 270) else (self._width, self._height)
            middle = np.array(size, dtype=np.float32) * np.float32(0.5)
            corners = np.add(level(corners - middle, -self.skew), middle, dtype=np.float32)
        return turn_back(corners, self._turn, self._width, self._height)


@lru_cache(maxsize=1)
def installed_version() -> str:
    """Raises Unavailable("tesseract_missing") or, without Chinese, Unavailable("tesseract_language_missing")."""
    try:
        found = str(pytesseract.get_tesseract_version())
        languages = pytesseract.get_languages(config="")
    except (pytesseract.TesseractNotFoundError, SystemExit, OSError) as error:
        raise Unavailable("tesseract_missing") from error
    if LANGUAGE not in languages:
        raise Unavailable(
            "tesseract_language_missing",
            language=LANGUAGE,
            package=LANGUAGE.replace("_", "-"),
        )
    return found
