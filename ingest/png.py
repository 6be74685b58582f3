"""The packed texts inside a PNG file: a few kilobytes of them may unpack to gigabytes. Never keeps what it unpacks."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import BinaryIO

from ingest.unpacking import inflated

HEAD = 8
PACKED = (b"zTXt", b"iTXt", b"iCCP")


def unpacked_texts(file: BinaryIO, enough: int) -> int:
    """Bytes the packed texts and profiles of an open PNG file unpack to, counted until there are more than
    `enough`."""
    size = 0
    for data in _packed_texts(file):
        for piece in inflated([data]):
            size += len(piece)
            if size > enough:
                return size
    return size


def _packed_texts(file: BinaryIO) -> Iterator[bytes]:
    end = file.seek(0, os.SEEK_END)
    at = HEAD
    while at + 12 <= end:
        file.seek(at)
        length, kind = int.from_bytes(file.read(4), "big"), file.read(4)
        if kind in PACKED and at + 12 + length <= end:
            yield _stream(file.read(length), kind)
        at += 12 + length


def _stream(data: bytes, kind: bytes) -> bytes:
    """The packed part of a chunk: what stands after its names."""
    rest = data.partition(b"\0")[2]
    if kind != b"iTXt":
        return rest[1:]  # one byte says how it is packed
    return rest[2:].split(b"\0", 2)[-1] if rest[:1] == b"\1" else b""
