"""Lines cut out of pages, and the network's answer turned into letters with their places."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from ingest.ocr.detector import halved, shrunk
from ingest.ocr.recogniser import HEIGHT, Recogniser, Strips


def one_by_one(best: NDArray[np.intp], peaks: NDArray[np.float32]) -> list[tuple[int, float, float]]:
    """Character, place and confidence of each letter, by the definition: repeats are one, blanks (0) part letters."""
    found, start = [], 0
    for at in range(1, len(best) + 1):
        if at == len(best) or best[at] != best[start]:
            if best[start]:
                weights = peaks[start:at].astype(float)
                centre = float(np.average(np.arange(start, at), weights=weights)) + 0.5
                found.append((int(best[start]), centre / len(best), float(weights.max())))
            start = at
    return found


def test_letters_are_those_of_the_definition() -> None:
    chance = np.random.default_rng(5)
    recogniser = Recogniser()
    for _ in range(200):
        best = np.repeat(chance.choice([0, 0, 1, 2, 300, 6904], 40), chance.integers(1, 4, 40))
        best = best[: chance.integers(1, len(best))]
        peaks = chance.uniform(0.3, 1, len(best)).astype(np.float32)
        scores = np.zeros((len(best), 6905), np.float32)
        scores[np.arange(len(best)), best] = peaks
        line = recogniser._decode(scores.argmax(axis=1), peaks)
        wanted = one_by_one(best, peaks)
        assert [recogniser._characters[letter] for letter, _, _ in wanted] == list(line.text)
        assert line.centres == pytest.approx([centre for _, centre, _ in wanted])
        assert line.confidences == pytest.approx([surest for _, _, surest in wanted])


@pytest.mark.parametrize("shape", [(4000, 40), (1000, 12), (12, 1000), (3500, 60), (1, 1), (1, 900, 3)])
def test_the_narrowest_page_is_halved_and_cut(shape: tuple[int, ...]) -> None:
    page = np.full(shape, 255, np.uint8)
    height, width = shape[:2]
    assert halved(page).shape[:2] == (max(1, height // 2), max(1, width // 2))
    assert shrunk(page, (1, 1)).shape[:2] == (1, 1)
    along = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    for quad in (along, np.roll(along, 1, axis=0)):
        assert Strips(page).cut(quad).shape[0] == HEIGHT
