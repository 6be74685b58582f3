"""How much a PDF would unpack to: images by their stated size, other streams by unpacking them and keeping nothing.

Called only inside the decoder's child. Memory stays small whatever a stream says, so that a decompression bomb is told
from a file that is only large.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pikepdf

from archive.errors import Unreadable
from ingest.unpacking import BOMB_RATIO, inflated

FLATE_RATIO = 1032  # the most one byte of Flate gives
SUSPECT = 256 * 2**20  # bytes; a stream that cannot give so much is not unpacked
_FLATE = ("/FlateDecode", "/Fl")


def check(path: Path, most: int) -> None:
    """Raises Unreadable("file_unpacks_too_large") for a file that unpacks to more than `most` bytes and to more than
    a thousand times its size."""
    packed = path.stat().st_size
    allowed = max(most, BOMB_RATIO * packed)
    with pikepdf.open(path, suppress_warnings=True) as pdf:
        size = 0
        for stream in _streams(pdf):
            size += _unpacked(stream, allowed - size)
            if size > allowed:
                raise Unreadable("file_unpacks_too_large", size=size // 2**20)


def _streams(pdf: pikepdf.Pdf) -> Iterator[pikepdf.Stream]:
    return (item for item in pdf.objects if isinstance(item, pikepdf.Stream))


def _unpacked(stream: pikepdf.Stream, enough: int) -> int:
    """Bytes the stream unpacks to, counted until there are more than `enough`."""
    if stream.get("/Subtype") == "/Image":
        return _picture(stream)
    filters = _filters(stream)
    flates = len([name for name in filters if name in _FLATE])
    packed = int(stream.get("/Length", 0)) if isinstance(stream.get("/Length", 0), int) else 0
    if flates != len(filters) or packed * FLATE_RATIO**flates < SUSPECT:
        return packed
    pieces: Iterable[bytes] = [stream.read_raw_bytes()]
    for _ in range(flates):
        pieces = inflated(pieces)
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > enough:
            break
    return size


def _picture(stream: pikepdf.Stream) -> int:
    width, height, bits = (_whole(stream.get(name)) for name in ("/Width", "/Height", "/BitsPerComponent"))
    return (width * max(bits, 1) + 7) // 8 * height


def _whole(value: Any) -> int:
    return value if isinstance(value, int) and value > 0 else 0


def _filters(stream: pikepdf.Stream) -> list[str]:
    named = stream.get("/Filter")
    if named is None:
        return []
    return [str(name) for name in named] if isinstance(named, pikepdf.Array) else [str(named)]
