"""Copies on this machine: fetched once, seen whole, the longest unused given up first, by many processes at once."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import suppress
from multiprocessing import get_context
from pathlib import Path
from typing import BinaryIO

import pytest

from archive.errors import NotFound, Unavailable
from ingest.local_copies import LocalCopies

SIZE = 1000


class Source:
    """What is fetched, and how often it was."""

    def __init__(self, size: int = SIZE) -> None:
        self.size = size
        self.fetched: list[str] = []

    def of(self, name: str) -> tuple[str, Callable[[BinaryIO], None], Callable[[], int]]:
        def fetch(draft: BinaryIO) -> None:
            self.fetched.append(name)
            draft.write(name[-1:].encode() * self.size)

        return name, fetch, lambda: self.size


@pytest.fixture
def source() -> Source:
    return Source()


def bytes_of(copies: LocalCopies, source: Source, name: str) -> bytes:
    with copies.held(*source.of(name)) as path:
        return path.read_bytes()


def kept(copies: LocalCopies) -> set[str]:
    return {path.name for path in (copies.folder / "copies").rglob("*") if path.is_file()}


def age(copies: LocalCopies, name: str, seconds: float) -> None:
    """As if it had been used so long ago."""
    path = copies.folder / "copies" / name
    status = path.stat()
    os.utime(path, (time.time() - seconds, status.st_mtime))


def test_a_copy_is_fetched_once_and_keeps_the_name_of_what_it_copies(tmp_path, source):
    copies = LocalCopies(tmp_path, 10 * SIZE)
    for _ in range(3):
        with copies.held(*source.of("images/ab/x.zip")) as path:
            assert (path.suffix, path.read_bytes()) == (".zip", b"p" * SIZE)
    assert bytes_of(LocalCopies(tmp_path, 10 * SIZE), source, "images/ab/x.zip") == b"p" * SIZE
    assert source.fetched == ["images/ab/x.zip"]


def test_a_copy_may_not_be_written_to(tmp_path, source):
    with LocalCopies(tmp_path, SIZE).held(*source.of("a")) as path:
        assert not path.stat().st_mode & 0o222


def test_the_longest_unused_are_given_up_first(tmp_path, source):
    copies = LocalCopies(tmp_path, 5 * SIZE)
    for at, name in enumerate("abcde"):
        bytes_of(copies, source, name)
        age(copies, name, 1000 - at)
    bytes_of(copies, source, "a")  # used again
    bytes_of(copies, source, "f")
    assert {"a", "f", "e"} <= kept(copies)
    assert not {"b"} & kept(copies)
    assert len(kept(copies)) * SIZE <= 5 * SIZE


def test_a_copy_in_hand_is_not_given_up(tmp_path, source):
    copies = LocalCopies(tmp_path, 3 * SIZE)
    with copies.held(*source.of("a")) as path:
        age(copies, "a", 5000)
        for name in "bcdefgh":
            bytes_of(copies, source, name)
        assert path.read_bytes() == b"a" * SIZE
    for name in "ijk":
        bytes_of(copies, source, name)
    assert "a" not in kept(copies)


def test_a_file_larger_than_all_room_is_read_all_the_same(tmp_path):
    copies, large = LocalCopies(tmp_path, 3 * SIZE), Source(10 * SIZE)
    assert bytes_of(copies, large, "a") == b"a" * 10 * SIZE
    small = Source()
    bytes_of(copies, small, "b")
    assert kept(copies) == {"b"}


def test_a_fetch_that_fails_leaves_nothing_and_takes_no_room(tmp_path, source):
    copies = LocalCopies(tmp_path, 3 * SIZE)

    def fail(draft: BinaryIO) -> None:
        draft.write(b"half")
        raise Unavailable("store_broken_off", address="x")

    for _ in range(10):
        with pytest.raises(Unavailable), copies.held("a", fail, lambda: SIZE):
            pass
    assert kept(copies) == set()
    assert list((tmp_path / ".parts").iterdir()) == []
    for name in "abc":
        bytes_of(copies, source, name)
    assert kept(copies) == {"a", "b", "c"}


def test_what_is_not_there_is_told_as_its_size_is_asked_for(tmp_path, source):
    def missing() -> int:
        raise NotFound("not_in_store", name="a")

    with pytest.raises(NotFound), LocalCopies(tmp_path, SIZE).held("a", source.of("a")[1], missing):
        pass
    assert source.fetched == []


def test_many_who_want_one_copy_at_once_wait_for_one_fetch(tmp_path):
    copies, begun, fetched = LocalCopies(tmp_path, 10 * SIZE), threading.Barrier(8), []

    def fetch(draft: BinaryIO) -> None:
        fetched.append(1)
        time.sleep(0.2)
        draft.write(b"x" * SIZE)

    def want(_: int) -> bytes:
        begun.wait()
        with copies.held("a", fetch, lambda: SIZE) as path:
            return path.read_bytes()

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(want, range(8))) == {b"x" * SIZE}
    assert len(fetched) == 1


def test_a_draft_may_become_the_copy(tmp_path, source):
    copies = LocalCopies(tmp_path, 10 * SIZE)
    with copies.draft() as (draft, path):
        draft.write(b"a" * SIZE)
        copies.keep("a", draft, path)
    assert bytes_of(copies, source, "a") == b"a" * SIZE
    assert source.fetched == []


def test_the_folder_may_be_emptied_by_hand(tmp_path, source):
    copies = LocalCopies(tmp_path, 3 * SIZE)
    for name in "abc":
        bytes_of(copies, source, name)
    for path in (tmp_path / "copies").iterdir():
        path.unlink()
    for name in "def":
        bytes_of(copies, source, name)
    assert len(kept(copies)) >= 2


def test_a_disk_that_refuses_is_told(tmp_path, source):
    (tmp_path / "copies").write_text("a file where a folder should be")
    with pytest.raises(Unavailable), LocalCopies(tmp_path, SIZE).held(*source.of("a/b")):
        pass


def _read_many(arguments: tuple[Path, int]) -> bool:
    folder, first = arguments
    copies, source = LocalCopies(folder, 6 * SIZE), Source()
    whole = True
    for round in range(60):
        name = "abcdefghijkl"[(first + round * 5) % 12]
        whole &= bytes_of(copies, source, name) == name.encode() * SIZE
        whole &= _size_of_all(folder) <= 9 * SIZE  # of which each process may have one in hand
    return whole


def _size_of_all(folder: Path) -> int:
    size = 0
    for path in (folder / "copies").iterdir():
        with suppress(FileNotFoundError):  # another process gives it up
            size += path.stat().st_size
    return size


def test_processes_that_share_the_room_see_every_copy_whole_and_keep_within_it(tmp_path):
    with ProcessPoolExecutor(3, mp_context=get_context("spawn")) as pool:
        assert all(pool.map(_read_many, [(tmp_path, first) for first in range(3)]))
