"""Bytes on their way to a server for objects: cut into parts, with what the server will say of them.

An ETag is the MD5 of an object's bytes, or, where it came in parts, the MD5 of their MD5s and their number. MD5 tells
bytes damaged on the way; nothing here or elsewhere trusts it against an attacker.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import BinaryIO

MIB = 1 << 20
PART = 8 * MIB
MOST_PARTS = 10_000  # S3's own limit


@dataclass(frozen=True)
class Content:
    """`read(offset, length)` gives the bytes, from several threads at once; `sha256` is their hash."""

    size: int
    sha256: str
    read: Callable[[int, int], bytes]

    @classmethod
    def of_bytes(cls, data: bytes) -> Content:
        return cls(len(data), hashlib.sha256(data).hexdigest(), lambda offset, length: data[offset : offset + length])

    @classmethod
    def of_file(cls, file: BinaryIO, size: int, sha256: str) -> Content:
        """`file` has to stay open as long as the content is used."""
        handle = file.fileno()
        return cls(size, sha256, lambda offset, length: os.pread(handle, length, offset))

    @property
    def part_size(self) -> int:
        """8 MiB, or so many that 10,000 parts are enough."""
        return max(PART, -(-self.size // MOST_PARTS // MIB) * MIB)

    @property
    def in_parts(self) -> bool:
        return self.size > self.part_size

    @property
    def parts(self) -> int:
        return max(1, -(-self.size // self.part_size))

    def part(self, number: int) -> bytes:
        """The part `number`, from 0."""
        return self.read(number * self.part_size, self.part_size)

    @cached_property
    def etag(self) -> str:
        """What a server says that stored these bytes as they are sent here."""
        digests = [hashlib.md5(self.part(number), usedforsecurity=False) for number in range(self.parts)]
        if not self.in_parts:
            return digests[0].hexdigest()
        whole = hashlib.md5(b"".join(digest.digest() for digest in digests), usedforsecurity=False)
        return f"{whole.hexdigest()}-{len(digests)}"
