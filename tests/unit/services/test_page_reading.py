"""A page is given up where it ends its reader again and again, and never because the reader was stopped."""

from __future__ import annotations

import errno
import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from archive.domain.document import Document, Page
from archive.domain.reading import Reading
from archive.errors import Unavailable
from archive.ports import OpenedPage, Ports
from archive.services import intake, page_reading
from tests.unit.services.conftest import HandClock
from tests.unit.services.reading import Scans, bring, documents, reading_ports, states, text
from tests.unit.services.test_reconcile import Killed
from workers.queue import InProcessQueue


class Ending(Scans):
    """Opens its first page by doing something else before."""

    def __init__(self, act: Any) -> None:
        super().__init__()
        self.act = act

    def page(self, path: Path, number: int) -> OpenedPage:
        if number == 1:
            self.act()
        return super().page(path, number)


def raising(what: BaseException) -> Ending:
    def act() -> None:
        raise what

    return Ending(act)


@pytest.fixture
def ports(tmp_path: Path) -> Iterator[Ports]:
    made = reading_ports(tmp_path, HandClock(), Scans())
    yield made
    made.index.close()


def unread(ports: Ports) -> Document:
    """A document of two pages none of which was read."""
    intake.split(ports, bring(ports, "2 pages").job.id)
    return documents(ports)[0]


@pytest.mark.parametrize("end", [KeyboardInterrupt(), SystemExit(), Unavailable("store_unavailable", reason="x")])
def test_a_reading_that_is_stopped_does_not_count(ports: Ports, end: BaseException) -> None:
    document = unread(ports)
    ports.store.put_derived(f"pages/{document.id}/1.tries", b"2")
    with pytest.raises(type(end)):
        page_reading.read_page(replace(ports, decoder=raising(end)), document, 1)
    assert page_reading.tries_of(ports, document.id, 1) == 2
    assert page_reading.read_page(ports, document, 1).state == "read"


def test_a_reading_that_ends_the_process_counts(ports: Ports) -> None:
    document = unread(ports)
    for _ in range(page_reading.MOST_TRIES):
        with pytest.raises(Killed):
            page_reading.read_page(replace(ports, decoder=raising(Killed())), document, 1)
    assert page_reading.read_page(ports, document, 1).failure == "page_kills_reader"


def test_a_page_at_hand_when_its_process_is_about_to_be_stopped_does_not_count(ports: Ports) -> None:
    document = unread(ports)

    def stopped() -> None:
        assert page_reading.tries_of(ports, document.id, 1) == 1
        page_reading.put_back_tries()
        raise Killed

    with pytest.raises(Killed):
        page_reading.read_page(replace(ports, decoder=Ending(stopped)), document, 1)
    assert page_reading.tries_of(ports, document.id, 1) == 0


def test_what_is_read_to_its_end_is_not_put_back_later(ports: Ports) -> None:
    document = unread(ports)
    page_reading.read_page(ports, document, 1)
    ports.store.put_derived(f"pages/{document.id}/1.tries", b"2")
    page_reading.put_back_tries()
    assert page_reading.tries_of(ports, document.id, 1) == 2


class Engine:
    """Reads what it is given, but for the pages whose picture it stumbles over."""

    name, key, rank = "rapidocr", "rapidocr-1", 20

    def __init__(self, *faults: Exception) -> None:
        self._faults = list(faults)

    def read(self, pixels: object, *, drawing: bool = False) -> Reading:
        if self._faults:
            raise self._faults.pop()
        return text(1)


@pytest.mark.parametrize("fault", [ValueError("shape"), RuntimeError("onnxruntime: out of memory")])
def test_a_page_the_engine_stumbles_over_fails_with_its_sentence_and_the_others_are_read(
    ports: Ports, caplog: pytest.LogCaptureFixture, fault: Exception
) -> None:
    here = replace(ports, ocr=cast("Any", Engine(fault)), decoder=Scans(scanned={1, 2}))
    queue = cast("InProcessQueue", here.queue)
    with caplog.at_level(logging.ERROR):
        bring(here, "3 pages")
        queue.work_on(here)
    assert states(ports) == ["failed", "read", "read"]
    failed = next(read.record for read in ports.index.changes(Page, 0) if read.record.state == "failed")
    assert (failed.failure, failed.failure_data) == ("ocr_failed", {"engine": "rapidocr"})
    assert str(fault) in caplog.text, "with its traceback"


@pytest.mark.parametrize(
    ("fault", "key"),
    [
        (Unavailable("ocr_model_missing", package="p", file="f"), "ocr_model_missing"),
        (OSError(errno.ENOSPC, "No space left on device"), "ocr_cannot_run"),
    ],
)
def test_an_engine_that_cannot_run_on_this_machine_fails_no_page(ports: Ports, fault: Exception, key: str) -> None:
    document = unread(ports)
    engine = cast("Any", Engine(fault))
    with pytest.raises(Unavailable) as raised:
        page_reading.read_page(replace(ports, ocr=engine, decoder=Scans(scanned={1})), document, 1)
    assert raised.value.key == key
    assert page_reading.tries_of(ports, document.id, 1) == 0


def test_a_page_whose_kept_reading_is_damaged_is_read_again(ports: Ports) -> None:
    document = unread(ports)
    first = page_reading.read_page(ports, document, 1)
    ports.store.put_derived(first.reading, b"no gzip")
    assert page_reading.read_page(ports, document, 1).reading == first.reading
    assert page_reading.load(ports, first.reading).text
