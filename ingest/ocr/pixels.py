"""Between the port's plain pixels and arrays. Copies nothing."""

from __future__ import annotations

import numpy as np

from archive.errors import Unreadable
from archive.ports import Pixels
from ingest.ocr.detector import Image

READABLE = 8  # pixels; nothing narrower holds a letter


def image_of(pixels: Pixels) -> Image:
    """The pixels as (height, width) or (height, width, 3). Raises Unreadable("page_pixels_broken")."""
    shape = (pixels.height, pixels.width) + ((3,) if pixels.channels == 3 else ())
    if pixels.channels not in (1, 3) or len(pixels.data) != pixels.height * pixels.width * pixels.channels:
        raise Unreadable("page_pixels_broken", width=pixels.width, height=pixels.height)
    return np.frombuffer(pixels.data, dtype=np.uint8).reshape(shape)


def is_too_small(pixels: Pixels) -> bool:
    return min(pixels.width, pixels.height) < READABLE
