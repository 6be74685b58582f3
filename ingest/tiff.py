"""The directories of a TIFF file, walked by ourselves: the libraries lose a whole file where the chain's end is bad.

Reads numbers only, never pixels. A chain that breaks gives the directories before that, and says so.
"""

from __future__ import annotations

import os
import struct
from dataclasses import dataclass
from enum import Enum
from typing import BinaryIO

MOST_ENTRIES = 4096  # of one directory; the ones of scanners have 15 to 40
_SIZES = {
    1: 1,
    2: 1,
    3: 2,
    4: 4,
    5: 8,
    6: 1,
    7: 1,
    8: 2,
    9: 4,
    10: 8,
    11: 4,
    12: 8,
    13: 4,
    16: 8,
    17: 8,
    18: 8,
}
_WIDTH, _HEIGHT, _BITS, _SAMPLES, _SUBFILE, _STRIPS, _TILES = (
    256,
    257,
    258,
    277,
    254,
    273,
    324,
)
_REDUCED_OR_MASK = 0b101


@dataclass(frozen=True, slots=True)
class Directory:
    """One picture of the file. `index` counts the chain from 0; `next_at` is where the next one's place stands."""

    index: int
    offset: int
    next_at: int
    width: int
    height: int
    bits: int  # a pixel, all samples
    within: bool  # its first pixels lie inside the file

    @property
    def unpacked(self) -> int:
        """Bytes of the picture's pixels."""
        return self.width * ((self.height * self.bits + 7) // 8)


@dataclass(frozen=True, slots=True)
class _Form:
    order: str
    big: bool

    @property
    def place(self) -> str:
        return self.order + ("Q" if self.big else "I")

    @property
    def entry(self) -> tuple[str, int]:
        return (self.order + "HHQ", 20) if self.big else (self.order + "HHI", 12)


class End(Enum):
    """How the chain of directories ends."""

    WHOLE = "whole"
    CUT = "cut"  # the next one would lie behind the file's end, or reaches over it
    BROKEN = "broken"  # it turns back, or what it leads to is no directory


@dataclass(frozen=True, slots=True)
class Chain:
    pages: tuple[Directory, ...]
    end: End


def chain(file: BinaryIO, limit: int) -> Chain:
    """The directories that are pages, in order, at most `limit` + 1 (so that too many is seen), and how they end.
    Thumbnails and masks are left out unless there is nothing else."""
    every: list[tuple[Directory, int]] = []
    end = _walk(file, limit + 1, every)
    kept = tuple(directory for directory, subfile in every if not subfile & _REDUCED_OR_MASK)
    return Chain(kept or tuple(directory for directory, _ in every), end)


def alone(file: BinaryIO, directory: Directory) -> tuple[tuple[int, bytes], tuple[int, bytes]]:
    """What to write where (place, bytes) so that the file begins and ends with this directory."""
    form = _form(file)
    first = struct.pack(form.place, directory.offset)
    return (8 if form.big else 4, first), (directory.next_at, bytes(len(first)))


def _form(file: BinaryIO) -> _Form:
    file.seek(0)
    head = file.read(4)
    order = "<" if head[:2] == b"II" else ">"
    return _Form(order, struct.unpack(order + "H", head[2:4])[0] == 43)


def _walk(file: BinaryIO, most: int, found: list[tuple[Directory, int]]) -> End:
    """Fills `found`; what stands before a bad place is good."""
    form = _form(file)
    end = file.seek(0, os.SEEK_END)
    seen: set[int] = set()
    try:
        (offset,) = _numbers(file, 8 if form.big else 4, form.place)
        while offset and len(seen) < most:
            if offset in seen:
                return End.BROKEN
            seen.add(offset)
            found.append(_directory(file, form, len(seen) - 1, offset, end))
            (offset,) = _numbers(file, found[-1][0].next_at, form.place)
    except EOFError:
        return End.CUT
    except (struct.error, ValueError, OverflowError):
        return End.BROKEN
    return End.WHOLE


def _directory(file: BinaryIO, form: _Form, index: int, offset: int, end: int) -> tuple[Directory, int]:
    count_form = form.order + ("Q" if form.big else "H")
    (count,) = _numbers(file, offset, count_form)
    if not 0 < count <= MOST_ENTRIES:
        raise ValueError(count)
    step = form.entry[1]
    at = offset + struct.calcsize(count_form)
    file.seek(at)
    block = file.read(count * step)
    if len(block) < count * step:
        raise EOFError
    tags = dict(_tag(file, form, block[n : n + step]) for n in range(0, count * step, step))
    samples = tags.get(_SAMPLES, 1)
    pixels = tags.get(_STRIPS, tags.get(_TILES, 0))
    directory = Directory(
        index, offset, at + count * step, tags.get(_WIDTH, 0), tags.get(_HEIGHT, 0),
        tags.get(_BITS, 1) * samples, 0 < pixels < end,
    )  # fmt: skip
    if not directory.width or not directory.height:
        raise ValueError("no size")
    return directory, tags.get(_SUBFILE, 0)


def _tag(file: BinaryIO, form: _Form, entry: bytes) -> tuple[int, int]:
    """A tag and its first value as a whole number (0 for what is none)."""
    value_at = 12 if form.big else 8
    code, kind = struct.unpack(form.order + "HH", entry[:4])
    (count,) = struct.unpack(form.place, entry[4:value_at])
    size = _SIZES.get(kind, 0)
    if code not in (_WIDTH, _HEIGHT, _BITS, _SAMPLES, _SUBFILE, _STRIPS, _TILES) or not size or size > 8:
        return code, 0
    value = entry[value_at:]
    if count * size > len(value):
        (place,) = struct.unpack(form.place, value)
        file.seek(place)
        value = file.read(size)
        if len(value) < size:
            raise EOFError
    letter = {1: "B", 2: "H", 4: "I", 8: "Q"}[size]
    return code, struct.unpack(form.order + letter, value[:size])[0]


def _numbers(file: BinaryIO, at: int, form: str) -> tuple[int, ...]:
    """Raises EOFError where the file ends before them."""
    file.seek(at)
    data = file.read(struct.calcsize(form))
    if len(data) < struct.calcsize(form):
        raise EOFError
    return struct.unpack(form, data)
