"""The engine that reads with PP-OCRv6's networks, as RapidOCR packs them.

Table of contents: which way up → where the lines are → what they say → in which order → once more under red seals.
Reads neither files nor settings other than those given.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from archive.config import Settings
from archive.domain.reading import Line, Reading
from archive.errors import Unreadable
from archive.ports import Pixels
from ingest.ocr.detector import Detector, Image
from ingest.ocr.geometry import Quads, level, slope, turn_points
from ingest.ocr.hatching import is_hatching
from ingest.ocr.lines import FoundLine, LineReader
from ingest.ocr.orientation import SURE, Orientation, Turn, way_up
from ingest.ocr.pixels import image_of, is_too_small
from ingest.ocr.reading_order import reading_order
from ingest.ocr.recogniser import Recogniser
from ingest.ocr.runtime import package_version, use_one_thread
from ingest.ocr.seals import red_areas, red_channel, what_differs

REVISION = 2  # of how this module reads; a change makes other readings, kept under another key


@dataclass(slots=True)
class _Networks:
    detector: Detector
    orientation: Orientation
    recogniser: Recogniser


class RapidOcrEngine:
    """PP-OCRv6 tiny. `careful`: with the small recogniser, which knows 18,708 characters instead of 6,904 (rare
    characters in names, traditional ones) and takes about four times as long; for reading again in the background.

    Loads its networks at the first page, so that they are loaded after a worker has forked.
    """

    def __init__(self, settings: Settings, *, careful: bool = False) -> None:
        self._second_pass = settings.ocr_second_pass
        self._careful = careful
        self._networks: _Networks | None = None

    @property
    def name(self) -> str:
        return "rapidocr"

    @property
    def version(self) -> str:
        return package_version("rapidocr")

    @property
    def parameters(self) -> str:
        return f"v6{'small' if self._careful else 'tiny'}-{REVISION}{'-red' if self._second_pass else ''}"

    @property
    def key(self) -> str:
        return self._reading(1, 1, 0).key

    @property
    def rank(self) -> int:
        return 30 if self._careful else 20

    def read(self, pixels: Pixels, *, drawing: bool = False) -> Reading:
        """Raises Unreadable("ocr_failed", "page_pixels_broken"), Unavailable("ocr_model_missing")."""
        page = image_of(pixels)
        if is_too_small(pixels):
            return self._reading(pixels.width, pixels.height, pixels.dpi)
        try:
            return self._read(page, pixels.dpi, drawing=drawing)
        except (cv2.error, MemoryError) as error:
            raise Unreadable("ocr_failed", engine=self.name) from error

    def _read(self, page: Image, dpi: int, *, drawing: bool) -> Reading:
        height, width = page.shape[:2]
        networks = self._loaded()
        reader = LineReader(page, networks.recogniser)
        turn, quads = _upright(page, dpi, networks, reader, doubtful=drawing)
        found = _in_order(reader.read(quads), turn, width, height)
        if drawing:
            found = [line for line in found if not is_hatching(line.read.text)]
        lines = tuple(line.as_line(width, height) for line in found)
        second = self._read_seals(page, turn, dpi, lines) if self._second_pass else ()
        return self._reading(width, height, dpi, rotation=turn, lines=lines, second=second)

    def _read_seals(self, page: Image, turn: Turn, dpi: int, first: tuple[Line, ...]) -> tuple[Line, ...]:
        found: list[Line] = []
        for area in red_areas(page):
            part = red_channel(page, area)
            reader = LineReader(part, self._loaded().recogniser)
            quads = self._loaded().detector.find(part, turn=turn, dpi=dpi)
            lines = _in_order(reader.read(quads), turn, part.shape[1], part.shape[0])
            found.extend(_moved(line.as_line(part.shape[1], part.shape[0]), area.left, area.top) for line in lines)
        return what_differs(found, first)

    def _loaded(self) -> _Networks:
        if self._networks is None:
            use_one_thread()
            self._networks = _Networks(Detector(), Orientation(), Recogniser(careful=self._careful))
        return self._networks

    def _reading(
        self,
        width: int,
        height: int,
        dpi: int,
        *,
        rotation: Turn = 0,
        lines: tuple[Line, ...] = (),
        second: tuple[Line, ...] = (),
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
            second=second,
        )


def _upright(page: Image, dpi: int, networks: _Networks, reader: LineReader, *, doubtful: bool) -> tuple[Turn, Quads]:
    """How far to turn the page, and its lines in reading order of their corners."""
    turn, certainty = networks.orientation.guess(page)
    quads = networks.detector.find(page, dpi=dpi)
    if len(quads) and (turn or doubtful or certainty < SURE):
        seen, margin = way_up(quads, reader.confidence_of)
        turn = seen if margin > 0 else turn
    if turn and len(quads):
        quads = networks.detector.find(page, turn=turn, dpi=dpi)
    return turn, quads


def _in_order(found: list[FoundLine], turn: Turn, width: int, height: int) -> list[FoundLine]:
    """In reading order, judged on the page turned upright and levelled."""
    if not found:
        return []
    quads = np.stack([line.quad for line in found])
    upright = turn_points(quads, turn, width, height)
    flat = level(upright, slope(upright))
    boxes = np.concatenate((flat.min(axis=1), flat.max(axis=1)), axis=1)
    return [found[i] for i in reading_order(boxes)]


def _moved(line: Line, x: int, y: int) -> Line:
    boxes = tuple((b[0] + x, b[1] + y, b[2], b[3]) for b in line.boxes)
    return line.model_copy(
        update={
            "box": (line.box[0] + x, line.box[1] + y, *line.box[2:]),
            "boxes": boxes,
        }
    )
