"""A page's picture on its way out of a decoder: any mode an image file may have, given out as grey or RGB rows.

Everything goes by strips, so that a picture of the largest allowed size needs no second copy in memory.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

STRIP = 500_000  # pixels at a time; small enough for the memory to be used again, which halves the time
GREY_MODES = frozenset({"1", "L", "I", "F", "I;16", "I;16B", "I;16L", "I;16N"})
ALPHA_MODES = frozenset({"LA", "La", "RGBA", "RGBa", "PA"})


@dataclass(frozen=True)
class Raster:
    """`part` gives rows top to bottom (start, stop) as grey (h, w) or RGB (h, w, 3) of 8 bits."""

    width: int
    height: int
    channels: int
    dpi: int  # 0 = unknown
    part: Callable[[int, int], NDArray[np.uint8]]

    def strips(self) -> Iterator[memoryview]:
        """The page's bytes, part by part."""
        step = max(1, STRIP // self.width)
        for top in range(0, self.height, step):
            rows = np.ascontiguousarray(self.part(top, min(top + step, self.height)))
            yield rows.data.cast("B")

    def small(self, step: int) -> NDArray[np.uint8]:
        """The page in grey, one pixel for each `step` x `step` of its own."""
        rows = max(1, STRIP // self.width // step) * step
        parts = (self.part(top, min(top + rows, self.height)) for top in range(0, self.height, rows))
        grey = (part if part.ndim == 2 else part[:, :, 1] for part in parts)  # green stands for brightness
        return np.vstack([np.asarray(Image.fromarray(np.ascontiguousarray(part)).reduce(step)) for part in grey])


def from_array(pixels: NDArray[np.uint8], dpi: int = 0) -> Raster:
    """A raster of an array (h, w) or (h, w, 3)."""
    height, width = pixels.shape[:2]
    return Raster(
        width,
        height,
        1 if pixels.ndim == 2 else 3,
        dpi,
        lambda start, stop: pixels[start:stop],
    )


def from_image(image: Image.Image, dpi: int = 0) -> Raster:
    """A raster of a loaded Pillow image of any mode: alpha on white, 16 bits scaled, not clipped."""
    turn = _to_grey(image) if _is_grey(image) else _to_rgb

    def part(start: int, stop: int) -> NDArray[np.uint8]:
        return turn(image.crop((0, start, image.width, stop)))

    return Raster(image.width, image.height, 1 if _is_grey(image) else 3, dpi, part)


def _is_grey(image: Image.Image) -> bool:
    if image.mode in ("P", "PA"):
        rgb = np.asarray(image.getpalette("RGB") or [0, 0, 0]).reshape(-1, 3)
        return bool((rgb == rgb[:, :1]).all())
    return image.mode in GREY_MODES or image.mode in ("LA", "La")


def _to_grey(image: Image.Image) -> Callable[[Image.Image], NDArray[np.uint8]]:
    if image.mode in GREY_MODES - {"1", "L"}:
        low, high = _span(image)
        return lambda strip: _scaled(strip, low, high)
    return lambda strip: np.asarray(_on_white(strip).convert("L"))


def _span(image: Image.Image) -> tuple[float, float]:
    """What is black and what is white in a picture of more than 8 bits: the number of bits a scanner used, or the
    values' own range where they are floats."""
    low, high = (float(value) for value in image.getextrema())  # type: ignore[arg-type]
    if image.mode == "F" or low < 0 or high > 65535:
        return (0.0, 1.0) if low >= 0 and 0 < high <= 1 else (low, max(high, low + 1e-9))
    bits = next(bits for bits in (8, 10, 12, 14, 16) if high < 2**bits)
    return 0.0, float(2**bits - 1)


def _scaled(strip: Image.Image, low: float, high: float) -> NDArray[np.uint8]:
    values = np.nan_to_num(np.asarray(strip).astype(np.float32), nan=low, posinf=high, neginf=low)
    scaled: NDArray[np.uint8] = np.clip((values - low) * (255.0 / (high - low)) + 0.5, 0, 255).astype(np.uint8)
    return scaled


def _to_rgb(strip: Image.Image) -> NDArray[np.uint8]:
    plain = _on_white(strip)
    return np.asarray(plain if plain.mode == "RGB" else plain.convert("RGB"))


def _on_white(strip: Image.Image) -> Image.Image:
    if strip.mode not in ALPHA_MODES and "transparency" not in strip.info:
        return strip
    clear = strip.convert("RGBA")
    white = Image.new("RGBA", strip.size, (255, 255, 255, 255))
    return Image.alpha_composite(white, clear).convert("RGB")


def sane_dpi(value: object, longest: int = 0) -> int:
    """`value` as whole dots per inch, 0 where it says nothing: not a number, outside 50..2400, or below 100 though
    the page's longest side has so many pixels that it would be a metre of paper (cameras write 72)."""
    try:
        dpi = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, ZeroDivisionError):
        return 0
    if not math.isfinite(dpi) or not 50 <= dpi <= 2400:
        return 0
    return 0 if dpi < 100 and longest > 2000 else round(dpi)
