"""Reads found lines and turns them into the domain's lines with a box for each letter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from archive.domain.reading import Line, around
from ingest.ocr.deadline import NEVER, Deadline
from ingest.ocr.detector import Image
from ingest.ocr.geometry import Quad, Quads, boxes_around, lengths, parts_of, read_from
from ingest.ocr.letters import letter_spans
from ingest.ocr.recogniser import ReadLine, Recogniser, Strips

LEAST_CONFIDENCE = 0.5  # below it a line is rather a stain or a drawing's hatching
TALL = 1.5


@dataclass(frozen=True, slots=True)
class FoundLine:
    """A line as read: its quad with the corners in reading order, its picture, its text."""

    quad: Quad
    strip: Image
    read: ReadLine

    def as_line(self, width: int, height: int) -> Line:
        """With boxes on a page of `width` x `height` pixels."""
        spans = letter_spans(self.strip, self.read)
        quads = parts_of(self.quad, spans.starts, spans.stops, spans.top, spans.bottom)
        boxes = tuple(boxes_around(quads, width, height))
        confidence = round(min(self.read.confidence, 1.0), 4)
        return Line(text=self.read.text, box=around(boxes), boxes=boxes, confidence=confidence)


class LineReader:
    """Reads lines of one page; raises Unreadable where the deadline is over before a line."""

    def __init__(self, page: Image, recogniser: Recogniser, deadline: Deadline = NEVER) -> None:
        self._strips = Strips(page)
        self._recogniser = recogniser
        self._deadline = deadline

    def read(self, quads: Quads) -> list[FoundLine]:
        """The lines that hold confident text, in the order given."""
        along, across = lengths(quads)
        found = []
        for quad, tall in zip(quads, across > TALL * along, strict=True):
            line = self._read_tall(quad) if tall else self._read_one(quad)
            if line.read.text.strip() and line.read.confidence >= LEAST_CONFIDENCE:
                found.append(line)
        return found

    def confidence_of(self, quads: Quads) -> float:
        """Mean confidence over quads read in the order of their corners, weighted by the letters found."""
        lines = [self._read_one(quad).read for quad in quads]
        letters = sum(len(line.text) for line in lines)
        return sum(sum(line.confidences) for line in lines) / letters if letters else 0.0

    def _read_one(self, quad: Quad) -> FoundLine:
        self._deadline.check()
        strip = self._strips.cut(quad)
        return FoundLine(quad, strip, self._recogniser.read(strip))

    def _read_tall(self, quad: Quad) -> FoundLine:
        """A line that stands: climbing (as on drawings), falling, or a column of upright letters; the surest wins."""
        ways: Sequence[Quad] = [
            quad,
            *(read_from(quad[None], turn)[0] for turn in (90, 270)),
        ]
        return max(
            (self._read_one(np.asarray(way)) for way in ways),
            key=lambda line: line.read.confidence,
        )
