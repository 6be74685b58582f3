"""What only a scan store in a bucket has to promise: chosen by settings, works after a fork, needs little memory, and
lies in the bucket under the names it has on a disk."""

from __future__ import annotations

import hashlib
import io
import os
import resource
import secrets
from concurrent.futures import ProcessPoolExecutor
from datetime import timedelta
from multiprocessing import get_context
from pathlib import Path

import pytest
from fsspec.asyn import sync

from archive.config import Settings
from archive.errors import InvalidInput, Unavailable
from archive.ports import ScanStore
from ingest import bucket
from ingest.object_store import ObjectScanStore
from ingest.page_images import LocalPageImages
from ingest.scan_store import LocalScanStore, open_store
from tests import object_server
from tests.contract.test_page_images import LARGE, drawn, written
from tests.faults.troubled_server import TroubledServer

MB = 1_000_000


@pytest.fixture
def folder() -> str:
    return secrets.token_hex(6)


def put(store: ScanStore, data: bytes) -> str:
    return store.put_file(io.BytesIO(data), limit=200 * MB).sha256


# --- chosen by settings


def test_without_an_address_scans_lie_in_the_data_folder(tmp_path):
    store = open_store(Settings(data=tmp_path))
    store.put_derived("images/a", b"x")
    assert (tmp_path / "store" / "images" / "a").read_bytes() == b"x"


@pytest.mark.parametrize("written", ["{}", "file://{}"])
def test_scans_may_lie_in_another_folder(tmp_path, written):
    place = tmp_path / "共享 盘"
    store = open_store(Settings(data=tmp_path / "data", store=written.format(place)))
    store.put_derived("images/a", b"x")
    assert (place / "images" / "a").read_bytes() == b"x"


def test_an_address_of_a_bucket_opens_it_and_asks_nobody_yet(tmp_path, folder):
    settings = object_server.settings(tmp_path, folder, endpoint="http://127.0.0.1:9")
    assert isinstance(open_store(settings), ObjectScanStore)


@pytest.mark.parametrize("address", ["scans", "s3:/scans", "s3://", "http://host/scans", "file://host/share", "../x"])
def test_an_address_that_is_none_is_refused_at_the_start(tmp_path, address):
    with pytest.raises(InvalidInput) as refused:
        open_store(Settings(data=tmp_path, store=address))
    assert refused.value.key == "store_no_address"


def test_a_server_s_address_that_is_none_is_refused_at_the_start(tmp_path):
    with pytest.raises(InvalidInput) as refused:
        open_store(Settings(data=tmp_path, store="s3://scans", store_endpoint="minio:9000"))
    assert refused.value.key == "store_no_endpoint"


@pytest.mark.parametrize(
    ("content", "key"),
    [(None, "secret_unreadable"), ("key\n", "store_key_file"), ("key\nsecret\nmore\n", "store_key_file")],
)
def test_a_key_file_that_cannot_be_used_is_told_at_the_start(tmp_path, content, key):
    file = tmp_path / "store.key"
    if content is not None:
        file.write_text(content)
    with pytest.raises(InvalidInput) as refused:
        open_store(Settings(data=tmp_path, store="s3://scans", store_key_file=file))
    assert refused.value.key == key
    assert str(file) in refused.value.told_in("zh")


@pytest.mark.parametrize(
    ("in_host", "url"), [(False, "https://store.example/scans/a"), (True, "https://scans.store.example/a")]
)
def test_a_bucket_stands_in_the_path_or_before_the_server_s_name(in_host, url):
    address = bucket.BucketAddress("scans", endpoint="https://store.example", in_host=in_host, key="k", secret="s")
    system = bucket._open(address)

    async def signed() -> str:
        client = await system.set_session()
        return await client.generate_presigned_url("get_object", Params={"Bucket": "scans", "Key": "a"})

    assert sync(system.loop, signed).partition("?")[0] == url


# --- processes


def test_a_store_that_was_used_works_in_a_forked_child_and_in_its_parent_afterwards(tmp_path, folder):
    store = object_server.store(tmp_path, folder)
    before = put(store, b"before")
    child = os.fork()
    if child == 0:
        failed = 1
        try:
            with store.local_file(before) as path:
                assert path.read_bytes() == b"before"
            put(store, b"in the child")
            failed = 0
        finally:
            os._exit(failed)
    put(store, b"in the parent")
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert len(object_server.objects(folder)) == 3


class _Large(io.RawIOBase):
    """So many bytes that were never in memory together."""

    def __init__(self, size: int) -> None:
        self.left = size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        size = min(len(buffer), self.left)
        buffer[:size] = (b"%08d" % self.left * (size // 8 + 1))[:size]
        self.left -= size
        return size


def _memory_for(arguments: tuple[Path, str]) -> tuple[int, int]:
    """Bytes of memory that putting a large file, and fetching it, took over what a small one had taken."""
    data, folder = arguments
    store = object_server.store(data, folder)
    with store.local_file(put(store, b"small")):
        begin = _most_memory()
    stored = store.put_file(_Large(160 * MB), limit=200 * MB)
    after_put = _most_memory()
    with object_server.store(data / "other", folder).local_file(stored.sha256) as path:
        assert path.stat().st_size == 160 * MB
    return after_put - begin, _most_memory() - begin


def _most_memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def test_a_file_larger_than_memory_is_never_in_memory(tmp_path, folder):
    object_server.address()
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        grown = pool.submit(_memory_for, (tmp_path, folder)).result()
    assert max(grown) < 110 * MB, grown  # four parts of 8 MiB on their way, each held twice by the client


# --- names


def test_a_folder_copied_to_a_bucket_as_it_is_is_the_same_store(tmp_path, folder):
    here = LocalScanStore(tmp_path / "store")
    _fill(here)
    object_server.address()
    for path in (tmp_path / "store").rglob("*"):
        if path.is_file():
            key = f"{folder}/{path.relative_to(tmp_path / 'store')}"
            object_server.client().put_object(Bucket=object_server.BUCKET, Key=key, Body=path.read_bytes())
    there = object_server.store(tmp_path / "data", folder)
    assert _all_of(there) == _all_of(here)
    assert there.put_file(io.BytesIO(b"a contract"), limit=MB).known


def test_a_bucket_copied_to_a_folder_as_it_is_is_the_same_store(tmp_path, folder):
    there = object_server.store(tmp_path / "data", folder)
    _fill(there)
    for name in object_server.objects(folder):
        path = tmp_path / "store" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        found = object_server.client().get_object(Bucket=object_server.BUCKET, Key=f"{folder}/{name}")
        path.write_bytes(found["Body"].read())
    assert _all_of(LocalScanStore(tmp_path / "store")) == _all_of(there)


def _fill(store: ScanStore) -> None:
    put(store, b"a contract")
    store.put_derived("readings/ab/合同.json.gz", b"text")
    for id in ("KH-2024-031/1/正本", "%41", "x" * 400):
        store.put_sidecar("copy", id, 1, b"old")
        store.put_sidecar("copy", id, 2, id.encode())
    store.put_sidecar("user", "li", 1, None)


def _all_of(store: ScanStore) -> object:
    with store.local_file(hashlib.sha256(b"a contract").hexdigest()) as path:
        file = path.read_bytes()
    return file, store.get_derived("readings/ab/合同.json.gz"), sorted(store.sidecars(), key=str)


def test_sidecars_are_listed_page_by_page_and_none_is_left_out_between(tmp_path, folder, monkeypatch):
    monkeypatch.setattr(bucket, "PAGE", 3)
    server = TroubledServer(object_server.address())
    store = object_server.store(tmp_path, folder, endpoint=server.address)
    for number in range(10):
        for revision in (1, 2):
            store.put_sidecar("copy", f"KH-{number}", revision, b"%d" % revision)
    before = len(server.requests)
    found = list(store.sidecars())
    lists = sum("list-type=2" in request.path for request in server.requests[before:])
    server.close()
    assert [(id, revision) for _, id, revision, _ in found] == [(f"KH-{number}", 2) for number in range(10)]
    assert lists == 7


def test_the_first_sidecar_is_given_before_the_rest_are_listed(tmp_path, folder, monkeypatch):
    monkeypatch.setattr(bucket, "PAGE", 10)
    server = TroubledServer(object_server.address())
    store = object_server.store(tmp_path, folder, endpoint=server.address)
    for number in range(40):
        store.put_sidecar("copy", f"KH-{number:02d}", 1, b"data")
    before = len(server.requests)
    assert next(store.sidecars()) == ("copy", "KH-00", 1, b"data")
    lists = sum("list-type=2" in request.path for request in server.requests[before:])
    server.close()
    assert lists <= 2


def test_whether_a_sidecar_is_there_is_one_request(tmp_path, folder):
    server = TroubledServer(object_server.address())
    store = object_server.store(tmp_path, folder, endpoint=server.address)
    store.put_sidecar("user", "li", 1, None)
    before = len(server.requests)
    assert store.has_sidecar("user", "li", 1) and not store.has_sidecar("user", "li", 2)
    server.close()
    assert len(server.requests) - before == 2


# --- what killed writers leave


def test_uploads_that_killed_writers_left_are_taken_back_when_they_are_old(tmp_path, folder, monkeypatch):
    """The server under test says of every upload that it was begun in 2010."""
    object_server.address()
    key = f"{folder}/files/ab/cd/left"
    object_server.client().create_multipart_upload(Bucket=object_server.BUCKET, Key=key)
    with monkeypatch.context() as patient:
        patient.setattr(bucket, "LEFTOVER", timedelta(days=365 * 50))
        put(object_server.store(tmp_path / "a", folder), b"x" * 9 * MB)
    assert object_server.uploads(folder) == ["files/ab/cd/left"]
    put(object_server.store(tmp_path / "b", folder), b"y" * 9 * MB)
    assert object_server.uploads(folder) == []


# --- pictures


def test_a_viewer_asks_the_server_once_for_a_page_and_never_for_its_tiles(tmp_path, folder):
    name = written(LocalPageImages(object_server.store(tmp_path / "worker", folder)), drawn(LARGE, 1))
    server = TroubledServer(object_server.address())
    images = LocalPageImages(object_server.store(tmp_path / "web", folder, endpoint=server.address))
    for x in range(0, 2048, 512):
        images.region(name, (x, 0, 512, 512), (512, 512))
    server.close()
    assert [request.method for request in server.requests if name in request.path] == ["HEAD", "GET"]
    images.region(name, None, (200, 300))  # also when the server is gone
    with pytest.raises(Unavailable):
        images.region("images/00/none.jpg", None, (9, 9))
