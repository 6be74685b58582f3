"""The engine that reads with Tesseract, through pytesseract.

Table of contents: upright → clean → level → one call of the program → letters with boxes, carried back to the page.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

import numpy as np
import pytesseract  # type: ignore[import-untyped]  # it ships no types
from PIL import Image as Picture

from archive.config import Settings
from archive.domain.reading import Line, Reading, around
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
from ingest.ocr.geometry import box_around, level, turn_back
from ingest.ocr.hatching import is_hatching
from ingest.ocr.hocr import HeardLine, lines_of
from ingest.ocr.orientation import Orientation, Turn
from ingest.ocr.pixels import image_of, is_too_small
from ingest.ocr.runtime import use_one_thread

REVISION = 1
LANGUAGE = "chi_sim"  # with +eng Chinese pages read worse
# psm 3: the page's layout is found; 6 takes a table for one block. hOCR carries letters' boxes.
OPTIONS = "--psm 3 -c hocr_char_boxes=1"
LEAST_CONFIDENCE = 0.3


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
        lying = _Lying(pixels.width, pixels.height, turn)
        clean = with_white_paper(without_red(np.rot90(page, -(turn // 90))))
        skew = skew_of(clean)
        if abs(skew) >= LEAST_SKEW:
            clean, lying = (
                levelled(clean, skew),
                _Lying(pixels.width, pixels.height, turn, skew),
            )
        heard = [
            line
            for line in self._run(clean, pixels.dpi)
            if line.confidence >= LEAST_CONFIDENCE
        ]
        lines = tuple(
            lying.line(line)
            for line in heard
            if not (drawing and is_hatching(line.text))
        )
        return self._reading(
            pixels.width, pixels.height, pixels.dpi, rotation=turn, lines=lines
        )

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
            raise Unreadable("ocr_failed", engine=self.name) from error
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


@dataclass(frozen=True, slots=True)
class _Lying:
    """The page as it lies, and how what Tesseract saw was made of it."""

    width: int
    height: int
    turn: Turn
    skew: float = 0.0

    def line(self, heard: HeardLine) -> Line:
        boxes = tuple(self._box(*edges) for edges in heard.boxes)
        return Line(
            text=heard.text,
            box=around(boxes),
            boxes=boxes,
            confidence=round(heard.confidence, 4),
        )

    def _box(
        self, left: int, top: int, right: int, bottom: int
    ) -> tuple[int, int, int, int]:
        corners = np.array(
            [[left, top], [right, top], [right, bottom], [left, bottom]],
            dtype=np.float32,
        )
        if self.skew:
            wide, high = (
                (self.height, self.width)
                if self.turn in (90, 270)
                else (self.width, self.height)
            )
            middle = np.array((wide / 2, high / 2), dtype=np.float32)
            corners = level(corners - middle, -self.skew) + middle
        return box_around(
            turn_back(corners, self.turn, self.width, self.height),
            self.width,
            self.height,
        )


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
