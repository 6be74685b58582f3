"""Reads the text of a line cut out of a page: a PP-OCRv6 recognition network and the decoding of what it says.

Knows nothing of pages; gives each letter with its place along the line and the network's confidence.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from ingest.ocr.detector import Image, halved
from ingest.ocr.geometry import Quad
from ingest.ocr.runtime import (
    CAREFUL_RECOGNISER,
    CHARACTERS,
    RECOGNISER,
    Floats,
    model_file,
    open_model,
)

HEIGHT = 48  # pixels of a line's picture, fixed by the network
LONGEST = 4096


@dataclass(frozen=True, slots=True)
class ReadLine:
    """What stands in a line: `centres` are the letters' places along it, 0..1 of its length."""

    text: str
    centres: tuple[float, ...]
    confidences: tuple[float, ...]

    @property
    def confidence(self) -> float:
        return sum(self.confidences) / len(self.confidences) if self.confidences else 0.0


class Recogniser:
    """`careful`: the small network with 18,708 characters instead of the tiny one with 6,904; four times slower."""

    def __init__(self, *, careful: bool = False) -> None:
        self._model = open_model(CAREFUL_RECOGNISER if careful else RECOGNISER)
        self._characters = careful_characters() if careful else tiny_characters()

    def read(self, strip: Image) -> ReadLine:
        """`strip` is the line's picture, 48 pixels high."""
        scores = self._model.run(blob(strip))[0]
        best = scores.argmax(axis=1)
        peaks = scores[np.arange(len(best)), best]
        return self._decode(best, peaks)

    def _decode(self, best: NDArray[np.intp], peaks: Floats) -> ReadLine:
        """Connectionist temporal classification: repeats are one letter, blanks (0) part letters."""
        starts = np.flatnonzero(np.diff(best, prepend=-1))
        weights = peaks.astype(np.float64)
        places = np.add.reduceat(weights * np.arange(0.5, len(best)), starts) / np.add.reduceat(weights, starts)
        surest = np.maximum.reduceat(peaks, starts)
        letters = best[starts]
        kept = letters > 0
        return ReadLine(
            "".join(map(self._characters.__getitem__, letters[kept].tolist())),
            tuple((places[kept] / len(best)).tolist()),
            tuple(surest[kept].tolist()),
        )


def blob(strip: Image) -> Floats:
    """The network's input: (1, 3, 48, width), BGR, -1..1."""
    channels = np.broadcast_to(strip, (3, *strip.shape)) if strip.ndim == 2 else strip[:, :, ::-1].transpose(2, 0, 1)
    batch = np.empty((1, *channels.shape), dtype=np.float32)
    np.multiply(channels, np.float32(1 / 127.5), out=batch[0])
    batch -= 1
    return batch


class Strips:
    """Cuts lines out of a page at the recogniser's height. Large letters are cut from a halved page, made once, so
    that no pixel is skipped."""

    def __init__(self, page: Image) -> None:
        self._pages = [page]

    def cut(self, quad: Quad) -> Image:
        """The line inside `quad`, read in the order of its corners: 48 pixels high."""
        along = float(np.linalg.norm(quad[1] - quad[0]))
        across = max(float(np.linalg.norm(quad[3] - quad[0])), 1.0)
        width = int(min(max(round(along * HEIGHT / across), 8), LONGEST))
        step = 0
        while across / 2**step > 2 * HEIGHT and step < 6:
            step += 1
        source = (quad[[0, 1, 3]] / 2**step - 0.5).astype(np.float32)
        target = np.array([[0, 0], [width, 0], [0, HEIGHT]], dtype=np.float32) - np.float32(0.5)
        matrix = cv2.getAffineTransform(source, target)
        strip = cv2.warpAffine(
            self._halved(step),
            matrix,
            (width, HEIGHT),
            flags=cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        )
        return strip.astype(np.uint8, copy=False)

    def _halved(self, times: int) -> Image:
        while len(self._pages) <= times:
            self._pages.append(halved(self._pages[-1]))
        return self._pages[times]


@lru_cache(maxsize=1)
def tiny_characters() -> tuple[str, ...]:
    """By the network's output: blank, those of the file, space."""
    return (
        "",
        *model_file(CHARACTERS).read_text(encoding="utf-8").split("\n")[:6904],
        " ",
    )


@lru_cache(maxsize=1)
def careful_characters() -> tuple[str, ...]:
    return ("", *open_model(CAREFUL_RECOGNISER).note("character").split("\n"), " ")
