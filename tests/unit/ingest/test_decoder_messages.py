"""A page's pixels: from the moment they are taken nobody can change them any more, whoever holds their file."""

from __future__ import annotations

import mmap
import os
from collections.abc import Iterator

import pytest

from ingest.decoder import messages
from ingest.decoder.child import MEMORY_FILE
from ingest.decoder.messages import PageAnswer

ANSWER = PageAnswer(4, 2, 1, 300, False, (), None)
PIXELS = bytes(range(8))


@pytest.fixture
def file() -> Iterator[int]:
    """A memory file as the decoder's child makes it, with the pixels in it."""
    made = os.memfd_create("pixels", MEMORY_FILE)
    os.write(made, PIXELS)
    yield made
    os.close(made)


def test_who_still_holds_the_file_can_not_change_the_pixels(file: int) -> None:
    taken = messages.pixels(ANSWER, file, 100)
    for change in (lambda: os.pwrite(file, b"x", 0), lambda: os.ftruncate(file, 2), lambda: mmap.mmap(file, 8)):
        with pytest.raises(PermissionError):
            change()
    assert bytes(taken.data) == PIXELS


def test_the_pixels_outlive_their_file() -> None:
    made = os.memfd_create("pixels", MEMORY_FILE)
    os.write(made, PIXELS)
    taken = messages.pixels(ANSWER, made, 100)
    os.close(made)
    assert bytes(taken.data) == PIXELS


def test_pixels_somebody_may_still_write_to_are_copied(file: int) -> None:
    with mmap.mmap(file, len(PIXELS)) as held:
        taken = messages.pixels(ANSWER, file, 100)
        held[0] = 99
    assert bytes(taken.data) == PIXELS


def test_pixels_that_cannot_be_mapped_are_copied(file: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise PermissionError

    monkeypatch.setattr(mmap, "mmap", refused)
    assert messages.pixels(ANSWER, file, 100).data == PIXELS


@pytest.mark.parametrize("size", [7, 9])
def test_pixels_that_are_not_those_of_the_page_are_refused(file: int, size: int) -> None:
    os.ftruncate(file, size)
    with pytest.raises(ValueError, match=r"not the pixels|too long"):
        messages.pixels(ANSWER, file, 100)


def test_pixels_beyond_the_limit_are_refused(file: int) -> None:
    with pytest.raises(ValueError, match="not the pixels"):
        messages.pixels(ANSWER, file, 7)
