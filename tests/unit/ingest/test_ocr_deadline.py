"""A page's time is looked at between its lines and between its tiles."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import pytest

from archive.errors import Unreadable
from ingest.ocr import detector
from ingest.ocr.deadline import NEVER, Deadline
from ingest.ocr.detector import Detector
from ingest.ocr.lines import LineReader
from ingest.ocr.recogniser import ReadLine


class After(Deadline):
    """Is over after so many looks."""

    def __init__(self, looks: int) -> None:
        super().__init__()
        self.left = looks

    def check(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise Unreadable("ocr_too_slow", seconds=1)


class Counting:
    """Stands in for a network, and counts how often it is run."""

    def __init__(self) -> None:
        self.runs = 0

    def read(self, strip: Any) -> ReadLine:
        self.runs += 1
        return ReadLine("甲", (0.5,), (0.9,))

    def run(self, batch: Any) -> Any:
        self.runs += 1
        return np.zeros((1, 1, *batch.shape[2:]), np.float32)


LINES = np.array([[[10, y], [90, y], [90, y + 20], [10, y + 20]] for y in (10, 40, 70)], dtype=np.float32)


@pytest.mark.parametrize(("looks", "read"), [(0, 0), (2, 2)])
def test_lines_are_read_until_the_time_is_over(looks: int, read: int) -> None:
    network = Counting()
    reader = LineReader(np.full((100, 100), 255, np.uint8), cast("Any", network), After(looks))
    with pytest.raises(Unreadable):
        reader.read(LINES)
    assert network.runs == read


def test_tiles_are_looked_at_until_the_time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    network = Counting()
    monkeypatch.setattr(detector, "open_model", lambda place: network)
    drawing = np.full((3500, 3500), 255, np.uint8)
    Detector().find(drawing, scale=1.0)
    whole, network.runs = network.runs, 0
    assert whole > 2
    with pytest.raises(Unreadable):
        Detector().find(drawing, scale=1.0, deadline=After(2))
    assert network.runs == 2


def test_a_time_that_is_over_is_told_with_how_long_it_was() -> None:
    NEVER.check()
    Deadline(60).check()
    with pytest.raises(Unreadable) as told:
        Deadline(-0.5).check()
    assert told.value.key == "ocr_too_slow"
