"""Killing any process at any moment loses nothing and doubles nothing."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from tests.faults.conftest import WORDS, Office, descendants, is_alive, wait_until

pytestmark = pytest.mark.timeout(600)


def all_there_once(office: Office, file: Path) -> None:
    """Waits until the file is searchable; then every page of it is there, read, exactly once."""
    told = office.told("ingest", str(file), "--wait")
    assert told["failed"] == []
    (entry,) = told["filed"] + told["known"]
    assert (entry["state"], entry["pages"], entry["pages_failed"]) == ("done", 30, 0)
    (document,) = entry["documents"]
    shown = office.told("show", document["document"])
    assert [page["page"] for page in shown["page_list"]] == list(range(1, 31))
    assert {page["state"] for page in shown["page_list"]} == {"read"}
    assert office.told("status")["records"]["page"] == 30
    found = office.told("search", "record", "--size", "100")
    assert (found["total"], found["documents"]) == (30, 1)
    for word in (WORDS[0], WORDS[17], WORDS[29]):
        assert office.told("search", word)["total"] == 1
    assert office.told("audit", "verify")["whole"] is True


def put_in(office: Office, file: Path) -> None:
    """Sends the file in and waits until some of its pages are read, and not all."""
    assert office.told("ingest", str(file))["failed"] == []
    wait_until(lambda: office.pages_begun() >= 6, "the first pages")
    assert office.pages_begun() < 30


def test_a_killed_worker_is_started_again_and_every_page_is_there_once(office: Office, thirty_pages: Path) -> None:
    office.start()
    put_in(office, thirty_pages)
    first = office.pids("workers")[0]
    os.kill(first, signal.SIGKILL)
    all_there_once(office, thirty_pages)
    assert first not in office.pids("workers")
    assert office.stop() == 0


def test_a_killed_process_of_the_pool_is_replaced_and_every_page_is_there_once(
    office: Office, thirty_pages: Path
) -> None:
    office.start()
    put_in(office, thirty_pages)
    parent, one, *_ = office.pids("workers")
    os.kill(one, signal.SIGKILL)
    all_there_once(office, thirty_pages)
    assert is_alive(parent)
    assert not is_alive(one)


def test_after_all_processes_were_killed_every_page_is_there_once(office: Office, thirty_pages: Path) -> None:
    office.start()
    put_in(office, thirty_pages)
    office.kill_all()
    assert office.pages_begun() < 30
    office.start()
    all_there_once(office, thirty_pages)


def test_a_killed_broker_is_started_again_and_every_page_is_there_once(office: Office, thirty_pages: Path) -> None:
    office.start()
    put_in(office, thirty_pages)
    os.kill(office.pids("valkey-server")[0], signal.SIGKILL)
    all_there_once(office, thirty_pages)


def test_no_process_outlives_a_killed_supervisor(office: Office) -> None:
    office.start()
    wait_until(lambda: len(office.pids("workers")) >= 2, "the worker's processes")
    assert office.supervisor is not None
    started = descendants(office.supervisor.pid)
    assert len(started) >= 6
    os.kill(office.supervisor.pid, signal.SIGKILL)
    office.supervisor.wait()
    office.supervisor = None
    wait_until(lambda: not any(map(is_alive, started)), "the end of all processes", 15)


def test_stopping_leaves_no_process_and_no_socket(office: Office) -> None:
    office.start()
    assert office.supervisor is not None
    wait_until(lambda: len(office.pids("workers")) >= 2, "the worker's processes")
    started = descendants(office.supervisor.pid)
    assert office.stop() == 0
    assert not any(map(is_alive, started))
    assert list((office.data / "run").glob("*.sock")) == []
