"""The engine that reads with PP-OCRv6's networks, as RapidOCR packs them.

Table of contents: which way up → where the lines are → what they say → in which order → once more under red seals.
Reads neither files nor settings other than those given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from archive.config import Settings
from archive.domain.reading import Line, Reading
from archive.errors import Unreadable
from archive.ports import Pixels
from ingest.ocr.deadline import Deadline
from ingest.ocr.detector import Detector, Image, scale_for
from ingest.ocr.geometry import Quads, level, slope, turn_points
from ingest.ocr.hatching import is_hatching
from ingest.ocr.lines import LineReader
from ingest.ocr.orientation import SURE, Orientation, Turn, way_up
from ingest.ocr.pixels import image_of, is_too_small
from ingest.ocr.reading_order import reading_order
from ingest.ocr.recogniser import Recogniser
from ingest.ocr.runtime import package_version, use_one_thread
from ingest.ocr.seals import Seen, crossing, joined, put_together, red_areas, red_channel

REVISION = 4  # of how this module reads; a change makes other readings, kept under another key


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
        self._seconds = settings.ocr_seconds
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
        """Raises Unreadable("ocr_failed", "ocr_too_slow", "page_pixels_broken"), Unavailable("ocr_model_missing")."""
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
        deadline = Deadline(self._seconds)
        reader = LineReader(page, networks.recogniser, deadline)
        turn, quads = _upright(page, dpi, networks, reader, deadline, doubtful=drawing)
        found = [Seen(line, line.as_line(width, height)) for line in reader.read(quads)]
        if drawing:
            found = [seen for seen in found if not is_hatching(seen.line.text)]
        again = self._read_seals(page, turn, dpi, deadline) if self._second_pass else []
        lines, second = put_together(found, again)
        return self._reading(
            width,
            height,
            dpi,
            rotation=turn,
            lines=_in_order(lines, turn, width, height),
            second=_in_order(second, turn, width, height),
        )

    def _read_seals(self, page: Image, turn: Turn, dpi: int, deadline: Deadline) -> list[Seen]:
        """The lines that run under red seals."""
        height, width = page.shape[:2]
        areas = red_areas(page)
        bands = joined([area.band(width, height, upright=turn in (0, 180)) for area in areas])
        networks, scale, found = self._loaded(), scale_for(width, height, dpi), []
        for band in bands:
            part = red_channel(page, band)
            corner = np.array((band.left, band.top), dtype=np.float32)
            there = networks.detector.find(part, turn=turn, scale=scale, deadline=deadline)
            quads = crossing(there + corner, areas) - corner
            for line in LineReader(part, networks.recogniser, deadline).read(quads):
                moved = replace(line, quad=line.quad + corner)
                found.append(Seen(moved, moved.as_line(width, height)))
        return found

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


def _upright(
    page: Image, dpi: int, networks: _Networks, reader: LineReader, deadline: Deadline, *, doubtful: bool
) -> tuple[Turn, Quads]:
    """How far to turn the page, and its lines in reading order of their corners."""
    turn, certainty = networks.orientation.guess(page)
    quads = networks.detector.find(page, dpi=dpi, deadline=deadline)
    if len(quads) and (turn or doubtful or certainty < SURE):
        seen, margin = way_up(quads, reader.confidence_of)
        turn = seen if margin > 0 else turn
    if turn and len(quads):
        quads = networks.detector.find(page, turn=turn, dpi=dpi, deadline=deadline)
    return turn, quads


def _in_order(seen: Sequence[Seen], turn: Turn, width: int, height: int) -> tuple[Line, ...]:
    """In reading order, judged on the page turned upright and levelled."""
    if not seen:
        return ()
    quads = np.stack([one.found.quad for one in seen])
    upright = turn_points(quads, turn, width, height)
    flat = level(upright, slope(upright))
    boxes = np.concatenate((flat.min(axis=1), flat.max(axis=1)), axis=1)
    return tuple(seen[i].line for i in reading_order(boxes))
