"""What every scan store promises: bytes under their hash, nothing ever half there, the newest of each sidecar."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import resource
import signal
import stat
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from archive.errors import ArchiveError, InvalidInput, NotFound, Unavailable
from archive.ports import ScanStore, StoredFile
from ingest.scan_store import LocalScanStore
from tests.contract.store_places import PLACES, Place, files_below

LIMIT = 50_000_000


@pytest.fixture(params=PLACES)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    return PLACES[request.param](tmp_path)


@pytest.fixture
def store(place: Place) -> ScanStore:
    return place.open()


def put(store: ScanStore, data: bytes) -> StoredFile:
    return store.put_file(io.BytesIO(data), limit=LIMIT)


# --- files


def test_a_file_is_found_by_the_hash_of_its_bytes(store, place):
    data = bytes(range(256)) * 10_000
    stored = put(store, data)
    assert (stored.sha256, stored.size, stored.known) == (hashlib.sha256(data).hexdigest(), len(data), False)
    with place.open().local_file(stored.sha256) as path:
        assert path.read_bytes() == data


def test_the_same_bytes_twice_are_one_file(store, place):
    first = put(store, b"one page")
    second = put(store, b"one page")
    assert (second.sha256, second.known) == (first.sha256, True)
    assert len(place.kept()) == 1


def test_a_file_is_taken_from_where_its_stream_stands(store):
    source = io.BytesIO(b"headbody")
    source.seek(4)
    assert store.put_file(source, limit=LIMIT).sha256 == hashlib.sha256(b"body").hexdigest()


def test_an_empty_file_is_refused_and_leaves_nothing(store, place):
    with pytest.raises(InvalidInput) as refused:
        put(store, b"")
    assert refused.value.key == "file_empty"
    assert place.kept() == []


def test_a_file_larger_than_allowed_is_refused_before_it_is_read_whole_and_leaves_nothing(store, place):
    class Endless(io.RawIOBase):
        given = 0

        def readable(self) -> bool:
            return True

        def readinto(self, buffer) -> int:
            self.given += len(buffer)
            return len(buffer)

    endless = Endless()
    with pytest.raises(InvalidInput) as refused:
        store.put_file(endless, limit=5_000_000)
    assert refused.value.key == "file_too_large"
    assert endless.given < 10_000_000
    assert place.kept() == []


def test_a_source_that_fails_half_way_leaves_nothing(store, place):
    class Failing(io.RawIOBase):
        parts = [b"half of a page"]

        def read(self, size: int = -1) -> bytes:
            if self.parts:
                return self.parts.pop()
            raise NotFound("file_missing", name="a.pdf")

    with pytest.raises(NotFound):
        store.put_file(Failing(), limit=LIMIT)
    assert place.kept() == []


def test_a_file_that_is_not_there_is_not_found(store):
    missing = hashlib.sha256(b"never put").hexdigest()
    assert not store.has_file(missing)
    with pytest.raises(NotFound), store.local_file(missing):
        pass


@pytest.mark.parametrize("hash", ["../../etc/passwd", "", "AB" * 32, "a" * 63, "\0" * 64])
def test_what_is_no_hash_is_not_found_and_reaches_no_file(store, hash):
    with pytest.raises(NotFound), store.local_file(hash):
        pass


def test_a_stored_file_may_not_be_written_to(store):
    stored = put(store, b"page")
    with store.local_file(stored.sha256) as path:
        assert not path.stat().st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH)


def test_a_file_damaged_where_it_lies_is_made_whole_when_it_comes_again(store, place):
    stored = put(store, b"a page of the contract")
    place.damage(stored.sha256, b"a page of the c0ntract")
    again = put(place.open(), b"a page of the contract")
    assert not again.known
    with place.open().local_file(stored.sha256) as path:
        assert path.read_bytes() == b"a page of the contract"


def test_a_file_of_many_parts_comes_back_whole_and_is_known(store, place):
    data = bytes(range(251)) * 80_000
    stored = put(store, data)
    with place.open().local_file(stored.sha256) as path:
        assert path.read_bytes() == data
    assert place.open().has_file(stored.sha256)
    assert put(place.open(), data).known
    assert len(place.kept()) == 1


def _put_many(arguments: tuple[Place, int]) -> list[bool]:
    place, rounds = arguments
    store = place.open()
    return [put(store, b"shared page %d " % number * 20_000).known for number in range(rounds)]


def test_processes_that_put_the_same_files_at_once_all_succeed_and_each_file_is_there_once(store, place):
    with ProcessPoolExecutor(6, mp_context=get_context("spawn")) as pool:
        known = list(pool.map(_put_many, [(place, 10)] * 6))
    assert len(place.kept()) == 10
    assert sum(not one for answers in known for one in answers) >= 10
    for number in range(10):
        data = b"shared page %d " % number * 20_000
        with store.local_file(hashlib.sha256(data).hexdigest()) as path:
            assert path.read_bytes() == data


# --- a disk that is full


class FullDisk(LocalScanStore):
    """A store whose disk has no room left when something is to be written to its place."""

    def _publish(self, draft, path, target) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize(
    "write",
    [
        lambda store: put(store, b"page"),
        lambda store: store.put_derived("readings/ab/cd", b"text"),
        lambda store: store.put_sidecar("dossier", "KH-1", 3, b"{}"),
    ],
    ids=["file", "derived", "sidecar"],
)
def test_a_full_disk_is_told_and_leaves_nothing_half(tmp_path, write):
    with pytest.raises(Unavailable) as raised:
        write(FullDisk(tmp_path))
    assert raised.value.key == "store_full"
    assert files_below(tmp_path) == []
    write(LocalScanStore(tmp_path))
    assert files_below(tmp_path) != []


def _put_under_a_limit(folder: Path) -> tuple[str, int]:
    """The key of the error, and how many files are left, where the system lets no file grow over a megabyte."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))
    try:
        put(LocalScanStore(folder), b"x" * 5_000_000)
    except ArchiveError as error:
        return error.key, len(files_below(folder))
    return "", len(files_below(folder))


def test_a_write_the_system_cuts_off_is_told_and_leaves_nothing_half(tmp_path):
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        assert pool.submit(_put_under_a_limit, tmp_path).result() == ("store_unavailable", 0)


def test_a_place_that_cannot_be_written_to_is_unavailable(tmp_path):
    (tmp_path / "store").write_text("a file where a folder should be")
    with pytest.raises(Unavailable):
        put(LocalScanStore(tmp_path / "store"), b"page")


# --- derived


def test_what_was_derived_is_found_and_replaced_whole(store, place):
    store.put_derived("readings/ab/abc/rapidocr-6.json.gz", b"first")
    store.put_derived("readings/ab/abc/rapidocr-6.json.gz", b"second")
    assert place.open().get_derived("readings/ab/abc/rapidocr-6.json.gz") == b"second"
    assert store.has_derived("readings/ab/abc/rapidocr-6.json.gz")
    with store.local_derived("readings/ab/abc/rapidocr-6.json.gz") as path:
        assert path.read_bytes() == b"second"


def test_what_was_not_derived_is_not_found(store):
    assert not store.has_derived("images/ab/none.jpg")
    with pytest.raises(NotFound):
        store.get_derived("images/ab/none.jpg")
    with pytest.raises(NotFound), store.local_derived("images/ab/none.jpg"):
        pass


@pytest.mark.parametrize(
    "name",
    ["../outside", "images/../../outside", "/etc/passwd", "images", "files/ab/cd", "sidecars/x/y", "images//a", ""],
)
def test_a_name_that_leads_elsewhere_is_refused(store, name):
    with pytest.raises(ValueError, match="not a name"):
        store.put_derived(name, b"x")


# --- sidecars


def test_the_newest_revision_of_each_record_is_given(store, place):
    for revision in (1, 3, 2, 10):
        store.put_sidecar("dossier", "KH-2024-031", revision, b"revision %d" % revision)
    store.put_sidecar("copy", "KH-2024-031/1/正本", 7, b"copy")
    assert sorted(place.open().sidecars()) == [
        ("copy", "KH-2024-031/1/正本", 7, b"copy"),
        ("dossier", "KH-2024-031", 10, b"revision 10"),
    ]
    assert store.has_sidecar("dossier", "KH-2024-031", 2)
    assert not store.has_sidecar("dossier", "KH-2024-031", 4)


def test_records_whose_ids_begin_alike_stay_apart(store, place):
    for id in ("a", "a-1", "a/1", "a.1", "a1", "档", "档案"):
        store.put_sidecar("kind", id, 1, b"old")
        store.put_sidecar("kind", id, 12, id.encode())
    found = {id: data.decode() for _, id, _, data in place.open().sidecars()}
    assert found == {id: id for id in ("a", "a-1", "a/1", "a.1", "a1", "档", "档案")}


def test_a_deletion_is_remembered_as_the_newest_revision(store):
    store.put_sidecar("user", "li", 1, b"{}")
    store.put_sidecar("user", "li", 2, None)
    assert list(store.sidecars()) == [("user", "li", 2, None)]


def test_writing_a_revision_again_changes_nothing(store):
    store.put_sidecar("user", "li", 1, b"first")
    store.put_sidecar("user", "li", 1, b"other")
    assert list(store.sidecars()) == [("user", "li", 1, b"first")]


@pytest.mark.parametrize(
    "id", ["../../x", "a/b", "档案/一", "é" * 300, "%41", ".", "..", "a~b", "A", "a b", "x" * 5000]
)
def test_any_id_comes_back_as_it_was(store, id):
    store.put_sidecar("kind", id, 1, b"data")
    assert list(store.sidecars()) == [("kind", id, 1, b"data")]


def test_long_ids_with_the_same_beginning_stay_apart(store):
    for letter in "ab":
        store.put_sidecar("kind", "x" * 400 + letter, 1, letter.encode())
    assert {id[-1]: data for _, id, _, data in store.sidecars()} == {"a": b"a", "b": b"b"}


def test_free_room_is_told(store):
    assert store.free_bytes() > 0


# --- what killed writers leave


def test_what_a_killed_writer_left_is_cleared_when_it_is_old_and_kept_when_it_is_not(tmp_path):
    parts = tmp_path / ".parts"
    parts.mkdir()
    for name, age in (("old", 7 * 3600), ("new", 60)):
        (parts / name).write_bytes(b"half")
        then = (parts / name).stat().st_mtime - age
        os.utime(parts / name, (then, then))
    put(LocalScanStore(tmp_path), b"page")
    assert [path.name for path in parts.iterdir()] == ["new"]


@pytest.fixture(autouse=True)
def _no_umask_of_the_machine() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)
