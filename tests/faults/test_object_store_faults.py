"""The scan store's server slow, away, refusing, and failing half-way: people get the sentence, nothing is acknowledged
that is not stored, nothing is seen half, and the same call afterwards succeeds."""

from __future__ import annotations

import hashlib
import io
import re
import secrets
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

from archive.bootstrap import Application, build
from archive.domain.access import SYSTEM, Access
from archive.domain.document import Document, Page
from archive.domain.intake_job import IntakeJob, JobState
from archive.domain.query import Anything
from archive.errors import ArchiveError, Unavailable
from archive.ports import Clock, ScanStore
from archive.services import intake, reconcile, retrieval, sweeping
from ingest.scan_store import open_store
from tests import object_server, small_pdf
from tests.faults.conftest import wait_until
from tests.faults.troubled_server import Request, Trouble, TroubledServer
from workers.queue import InProcessQueue

LIMIT = 100_000_000
LARGE = bytes(range(251)) * 70_000  # two parts and a bit
SMALL = b"a page of the contract" * 1000
SECONDS = 10.0
IMPATIENT = 2.5


@pytest.fixture
def folder() -> str:
    return secrets.token_hex(6)


@pytest.fixture
def store(troubled: TroubledServer, folder: str, tmp_path: Path) -> ScanStore:
    return object_server.store(tmp_path / "here", folder, endpoint=troubled.address, store_seconds=SECONDS)


@pytest.fixture
def impatient(troubled: TroubledServer, folder: str, tmp_path: Path) -> ScanStore:
    return object_server.store(tmp_path / "here", folder, endpoint=troubled.address, store_seconds=IMPATIENT)


@pytest.fixture
def elsewhere(folder: str, tmp_path: Path) -> ScanStore:
    """The same store on another machine, with nothing in between."""
    return object_server.store(tmp_path / "there", folder)


def put(store: ScanStore, data: bytes) -> str:
    return store.put_file(io.BytesIO(data), limit=LIMIT).sha256


def read(store: ScanStore, sha256: str) -> bytes:
    with store.local_file(sha256) as path:
        return path.read_bytes()


def fault_of(call: Callable[[], object]) -> ArchiveError:
    """The error of a call, which has its words in both languages without a gap."""
    with pytest.raises(Unavailable) as raised:
        call()
    for language in ("zh", "en"):
        told = raised.value.told_in(language)
        assert "{" not in told and not re.search(r"botocore|aiohttp|Exception|object at|<", told), told
    return raised.value


# --- slow


def test_an_answer_that_takes_its_time_is_waited_for(troubled, store, elsewhere):
    troubled.only(lambda request: True, Trouble(wait=0.6))
    hash = put(store, SMALL)
    assert read(elsewhere, hash) == SMALL


@pytest.mark.parametrize("what", ["file", "derived", "sidecar", "look", "list"])
def test_an_answer_that_takes_too_long_is_told_in_time_and_the_same_call_later_succeeds(troubled, impatient, what):
    calls: dict[str, Callable[[], object]] = {
        "file": lambda: put(impatient, SMALL),
        "derived": lambda: impatient.put_derived("readings/ab/x.json.gz", b"text"),
        "sidecar": lambda: impatient.put_sidecar("dossier", "KH-1", 1, b"{}"),
        "look": lambda: impatient.has_file("0" * 64),
        "list": lambda: list(impatient.sidecars()),
    }
    troubled.only(lambda request: True, Trouble(wait=IMPATIENT * 4))
    begin = time.monotonic()
    assert fault_of(calls[what]).key == "store_slow"
    assert time.monotonic() - begin < IMPATIENT * 4
    troubled.heal()
    calls[what]()


def test_a_body_that_stops_moving_is_given_up(troubled, impatient, elsewhere):
    hash = put(elsewhere, LARGE)
    begin = time.monotonic()
    troubled.only(lambda request: request.method == "GET" and request.is_file, Trouble(wait=IMPATIENT * 4))
    assert fault_of(lambda: read(impatient, hash)).key == "store_slow"
    assert time.monotonic() - begin < IMPATIENT * 4
    troubled.heal()
    assert read(impatient, hash) == LARGE


# --- away


def test_a_server_that_is_away_is_told_and_nothing_is_left_here_or_there(folder, tmp_path):
    with socket.socket() as taken:  # bound and not listening: nobody answers there, and nobody takes the port
        taken.bind(("127.0.0.1", 0))
        away = object_server.store(
            tmp_path / "a", folder, endpoint=f"http://127.0.0.1:{taken.getsockname()[1]}", store_seconds=SECONDS
        )
        for call in (
            lambda: put(away, SMALL),
            lambda: away.get_derived("readings/ab/x"),
            lambda: away.put_sidecar("dossier", "KH-1", 1, b"{}"),
            lambda: next(away.sidecars(), None),
        ):
            begin = time.monotonic()
            assert fault_of(call).key in ("store_away", "store_slow")
            assert time.monotonic() - begin < SECONDS * 2
    assert list((tmp_path / "a" / "fetched" / ".parts").iterdir()) == []
    assert object_server.objects(folder) == []


def test_the_store_goes_on_when_the_server_is_back(folder, tmp_path):
    first = TroubledServer(object_server.address())
    store = object_server.store(tmp_path / "a", folder, endpoint=first.address, store_seconds=SECONDS)
    hash = put(store, SMALL)
    port = int(first.address.rpartition(":")[2])
    first.close()
    fault_of(lambda: put(store, SMALL + b"2"))
    again = TroubledServer(object_server.address(), port)
    try:
        assert read(store, hash) == SMALL
        assert put(store, SMALL + b"2")
    finally:
        again.close()


# --- refusing


@pytest.mark.parametrize(
    ("status", "code", "key"),
    [
        (403, "InvalidAccessKeyId", "store_key_refused"),
        (403, "SignatureDoesNotMatch", "store_key_refused"),
        (403, "AccessDenied", "store_key_refused"),
        (403, "RequestTimeTooSkewed", "store_clock_differs"),
        (404, "NoSuchBucket", "store_bucket_missing"),
        (507, "InsufficientStorage", "store_bucket_full"),
        (500, "InternalError", "store_fault"),
        (503, "SlowDown", "store_fault"),
        (400, "BadDigest", "store_upload_damaged"),
    ],
)
def test_what_the_server_refuses_is_told_in_our_words(troubled, store, folder, status, code, key):
    troubled.only(lambda request: request.method == "PUT", Trouble(status=status, code=code))
    for call in (lambda: put(store, SMALL), lambda: store.put_derived("readings/ab/x", b"text")):
        assert fault_of(call).key == key
    assert object_server.objects(folder) == []
    troubled.heal()
    put(store, SMALL)


def test_a_bucket_that_is_not_there_is_told_and_never_taken_for_an_empty_one(tmp_path):
    settings = object_server.settings(tmp_path, "x")
    missing = open_store(settings.model_copy(update={"store": "s3://nobody-made-it/x"}))
    for call in (
        lambda: missing.has_file("0" * 64),
        lambda: read(missing, "0" * 64),
        lambda: missing.get_derived("readings/ab/x"),
        lambda: missing.has_sidecar("user", "li", 1),
        lambda: list(missing.sidecars()),
        lambda: put(missing, SMALL),
    ):
        assert fault_of(call).key == "store_bucket_missing"


# --- half-way


def test_a_part_refused_once_is_sent_again_and_nobody_notices(troubled, store, elsewhere, folder):
    troubled.only(lambda request: request.is_part, Trouble(status=503, code="SlowDown"), times=1)
    assert read(elsewhere, put(store, LARGE)) == LARGE
    assert object_server.uploads(folder) == []


@pytest.mark.parametrize(
    ("at", "trouble"),
    [
        pytest.param("second part", Trouble(status=503, code="SlowDown"), id="a part refused"),
        pytest.param("second part", Trouble(cut_request=100_000), id="a part cut"),
        pytest.param("completion", Trouble(cut_request=10), id="the completion cut"),
        pytest.param("completion", Trouble(silent=True), id="the completion done and not told"),
    ],
)
def test_an_upload_broken_half_way_leaves_nothing_and_succeeds_afterwards(
    troubled, store, elsewhere, folder, trouble, at
):
    def applies(request: Request) -> bool:
        return "partNumber=2" in request.path if at == "second part" else _completes(request)

    troubled.only(applies, trouble)
    assert fault_of(lambda: put(store, LARGE)).key in ("store_fault", "store_broken_off", "store_away")
    hash = hashlib.sha256(LARGE).hexdigest()
    if object_server.objects(folder):  # the server had it all, and only its word was lost: then it is whole
        assert trouble.silent and at == "completion"
        assert read(elsewhere, hash) == LARGE
    else:
        assert not elsewhere.has_file(hash)
    assert object_server.uploads(folder) == []
    troubled.heal()
    assert put(store, LARGE) == hash
    assert read(elsewhere, hash) == LARGE
    assert len(object_server.objects(folder)) == 1


def _completes(request: Request) -> bool:
    return request.method == "POST" and "uploadId=" in request.path


def test_a_file_whose_bytes_were_changed_on_the_way_is_sent_once_more(troubled, store, elsewhere, folder):
    troubled.only(lambda request: request.method == "PUT", Trouble(alter=True), times=1)
    assert read(elsewhere, put(store, SMALL)) == SMALL
    assert troubled.sent("PUT", "/files/") == 2


@pytest.mark.parametrize("data", [SMALL, LARGE], ids=["one part", "many parts"])
def test_a_file_whose_bytes_are_always_changed_on_the_way_is_removed_and_told(troubled, store, elsewhere, folder, data):
    troubled.only(lambda request: request.method == "PUT", Trouble(alter=True))
    assert fault_of(lambda: put(store, data)).key == "store_upload_damaged"
    assert object_server.objects(folder) == []
    assert object_server.uploads(folder) == []
    troubled.heal()
    assert read(elsewhere, put(store, data)) == data


def test_something_derived_that_was_changed_on_the_way_is_told(troubled, store):
    troubled.only(lambda request: request.method == "PUT", Trouble(alter=True))
    assert fault_of(lambda: store.put_derived("readings/ab/x", b"text")).key == "store_upload_damaged"
    troubled.heal()
    store.put_derived("readings/ab/x", b"text")
    assert store.get_derived("readings/ab/x") == b"text"


@pytest.mark.parametrize("cut", [0, 5_000_000])
def test_a_download_cut_half_way_is_told_and_never_seen(troubled, store, elsewhere, tmp_path, cut):
    hash = put(elsewhere, LARGE)
    troubled.only(lambda request: request.method == "GET" and request.is_file, Trouble(cut_answer=cut))
    assert fault_of(lambda: read(store, hash)).key == "store_broken_off"
    left = [path for path in (tmp_path / "here" / "fetched").rglob("*") if path.is_file() and path.stat().st_size > 100]
    assert left == []
    troubled.heal()
    assert read(store, hash) == LARGE


def test_a_file_damaged_on_the_server_is_told_and_never_opened(store, elsewhere, folder):
    hash = put(elsewhere, SMALL)
    (name,) = object_server.objects(folder)
    object_server.client().put_object(Bucket=object_server.BUCKET, Key=f"{folder}/{name}", Body=SMALL[:-1] + b"X")
    assert fault_of(lambda: read(store, hash)).key == "store_object_damaged"


def test_what_was_derived_and_is_damaged_on_the_server_is_told(store, folder):
    store.put_derived("readings/ab/x", b"text")
    object_server.client().put_object(
        Bucket=object_server.BUCKET, Key=f"{folder}/readings/ab/x", Body=b"tex1",
        Metadata={"sha256": hashlib.sha256(b"text").hexdigest()},
    )  # fmt: skip
    assert fault_of(lambda: store.get_derived("readings/ab/x")).key == "store_object_damaged"


def test_known_bytes_are_not_sent_again(troubled, store):
    put(store, SMALL)
    put(store, SMALL)
    assert troubled.sent("PUT", "/files/") == 1


# --- killed


def _put_large(data: Path, folder: str, endpoint: str) -> None:
    put(object_server.store(data, folder, endpoint=endpoint), LARGE)


def _read_large(data: Path, folder: str, endpoint: str) -> None:
    read(object_server.store(data, folder, endpoint=endpoint), hashlib.sha256(LARGE).hexdigest())


def test_a_process_killed_while_it_sends_leaves_nothing_that_is_seen(troubled, store, elsewhere, folder, tmp_path):
    troubled.only(lambda request: "partNumber=3" in request.path, Trouble(wait=5))
    _killed_at(troubled, "partNumber=3", _put_large, tmp_path / "here", folder)
    assert object_server.objects(folder) == []
    assert not elsewhere.has_file(hashlib.sha256(LARGE).hexdigest())
    troubled.heal()
    assert read(elsewhere, put(store, LARGE)) == LARGE


def test_a_process_killed_while_it_fetches_holds_up_nobody(troubled, store, elsewhere, folder, tmp_path):
    hash = put(elsewhere, LARGE)
    troubled.only(lambda request: request.method == "GET" and request.is_file, Trouble(wait=5))
    _killed_at(troubled, hash, _read_large, tmp_path / "here", folder, method="GET")
    troubled.heal()
    assert read(store, hash) == LARGE


def _killed_at(
    troubled: TroubledServer,
    path: str,
    work: Callable[[Path, str, str], None],
    data: Path,
    folder: str,
    *,
    method: str = "PUT",
) -> None:
    """Runs `work` in a process of its own and kills it when it has sent the request."""
    process = get_context("spawn").Process(target=work, args=(data, folder, troubled.address))
    process.start()
    wait_until(lambda: troubled.sent(method, path), f"{method} {path}")
    process.kill()
    process.join()
    assert process.exitcode == -signal.SIGKILL


# --- through an intake


@pytest.fixture
def office(troubled: TroubledServer, folder: str, tmp_path: Path) -> Iterator[Application]:
    settings = object_server.settings(tmp_path / "data", folder, endpoint=troubled.address, store_seconds=SECONDS)
    queue = InProcessQueue()
    application = build(settings, queue=queue)
    queue.work_on(application.ports)
    yield application
    application.close()


def count(application: Application, kind: Any) -> int:
    application.ports.index.refresh(10**12, wait=20)
    return application.ports.index.count(kind, Anything(), Access.whole_archive())


def test_a_file_that_could_not_be_stored_is_not_acknowledged_and_is_there_once_afterwards(troubled, office, folder):
    data = small_pdf.agreement(3)
    troubled.only(lambda request: request.method == "PUT" and request.is_file, Trouble(cut_request=500))

    def receive() -> intake.Received:
        return intake.receive(office.ports, SYSTEM, io.BytesIO(data), "协议.pdf", channel="upload", batch="b")

    fault_of(receive)
    assert count(office, IntakeJob) == 0
    assert object_server.objects(folder) == []
    troubled.heal()
    job = receive().job
    _everything_is_there_once(office, folder, job.id, 3)


@pytest.mark.parametrize("at", [5, 9, 19, 33])
def test_an_outage_at_any_moment_of_an_intake_loses_and_doubles_nothing(troubled, office, folder, at):
    """From the request `at` on the server answers with errors, for a while; the sweeper goes on afterwards. An intake
    of three pages makes about 60 requests."""
    data = small_pdf.agreement(3)
    troubled.rule = lambda request: Trouble(status=503, code="SlowDown") if request.number >= at else Trouble()
    with suppress(Unavailable):
        intake.receive(office.ports, SYSTEM, io.BytesIO(data), "协议.pdf", channel="upload", batch="b")
    troubled.heal()
    job = intake.receive(office.ports, SYSTEM, io.BytesIO(data), "协议.pdf", channel="upload", batch="b").job
    sweeping.sweep(replace(office.ports, clock=_Later(office.ports.clock)))
    _everything_is_there_once(office, folder, job.id, 3)


class _Later:
    """The same clock an hour on: what was left behind is due."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.zone = clock.zone
        self.today = clock.today

    def now(self) -> datetime:
        return self._clock.now() + timedelta(hours=1)


def _everything_is_there_once(office: Application, folder: str, job: str, pages: int) -> None:
    ports = office.ports
    assert ports.index.get(IntakeJob, job).record.state == JobState.DONE
    assert (count(office, IntakeJob), count(office, Document), count(office, Page)) == (1, 1, pages)
    reconcile.reconcile(ports)
    for kind in (IntakeJob, Document):
        for read in ports.index.changes(kind, 0):
            assert ports.store.has_sidecar(kind.kind, read.record.id, read.revision)
    names = object_server.objects(folder)
    assert sum(name.startswith("files/") for name in names) == 1
    assert sum(name.startswith("images/") for name in names) == pages
    found = retrieval.search(ports, SYSTEM, "harbour").result
    assert (found.documents, found.pages) == (1, pages)
