"""Unpacking without keeping: how large something packed would become, in a megabyte of memory."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

BOMB_RATIO = 1000  # a white page packs to a few hundredths of this
PIECE = 1 << 20  # bytes


def inflated(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """What Flate-packed bytes unpack to, piece by piece; what is broken ends it."""
    unpacker = zlib.decompressobj()
    try:
        for piece in pieces:
            while piece:
                yield unpacker.decompress(piece, PIECE)
                piece = unpacker.unconsumed_tail
    except zlib.error:
        return
