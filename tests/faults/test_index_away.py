"""The search server is away for two minutes during an intake and at the desk: people are told, nothing is lost, and all
goes on by itself when it is back."""

from __future__ import annotations

import os
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.config import Settings
from archive.domain.access import SYSTEM
from archive.domain.copy import Copy, CopyState, RegisterLine
from archive.domain.query import Anything
from archive.errors import Unavailable
from archive.ports import Ports
from archive.services import lending, trail
from tests.contract.index_examples import WHOLE
from tests.engines.opensearch import Node, node
from tests.faults.cluster_desk import desk_on
from tests.faults.conftest import Office, draw_pages, wait_until
from tests.faults.lending_desk import CODES, archivist, request
from tests.faults.test_killed_processes import put_in

AWAY = float(os.environ.get("DOSSIER_TEST_AWAY_SECONDS", "120"))

pytestmark = [pytest.mark.needs("opensearch2"), pytest.mark.timeout(900)]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Node]:
    """A node of the test's own. The end of its log is shown where the test fails."""
    made = node(tmp_path / "server")
    try:
        made.server.start()
        made.server.wait()
        yield made
    finally:
        made.server.kill()
        print(made.server.tail())  # noqa: T201  (pytest shows it with a failure)


@pytest.fixture
def clustered(office: Office, server: Node) -> Office:
    """An archive whose index is that node, with two workers that wait seconds, not minutes, between their looks."""
    office.settings |= {
        "DOSSIER_INDEX": server.url,
        "DOSSIER_INDEX_SECONDS": "5",
        "DOSSIER_SWEEP_SECONDS": "5",
        "DOSSIER_WATCH_QUIET_SECONDS": "1",
        "DOSSIER_WORKERS": "2",
    }
    return office


@pytest.fixture
def desk(clustered: Office, server: Node, tmp_path: Path) -> Iterator[Ports]:
    """A lending desk on the same records and the same store, with a dossier of two volumes."""
    settings = Settings(data=clustered.data, index=server.url, index_seconds=5)
    made = desk_on(settings, tmp_path)
    yield made
    made.index.close()


def test_the_index_is_away_for_two_minutes_during_an_intake_and_at_the_desk(
    clustered, server, desk, thirty_pages, tmp_path
):
    lender = archivist(desk)
    clustered.start()
    put_in(clustered, thirty_pages)
    server.server.kill()
    since = time.monotonic()
    _is_told(desk, lender, clustered)
    arrived = draw_pages(tmp_path / "meanwhile.pdf", ["walnut", "zebra"])
    arrived.rename(clustered.data / "inbox" / arrived.name)
    time.sleep(max(0.0, AWAY - (time.monotonic() - since)))
    server.server.restart()
    _is_there_once(clustered, thirty_pages)
    wait_until(lambda: clustered.told("search", "zebra")["total"] == 1, "the file that came meanwhile")
    assert clustered.told("status")["records"]["page"] == 32
    lending.lend(desk, lender, request(*CODES))
    assert [desk.index.get(Copy, code).record.state for code in CODES] == [CopyState.OUT] * 2
    assert desk.index.count(RegisterLine, Anything(), WHOLE) == 2
    assert trail.verify(desk, SYSTEM).is_whole
    assert clustered.stop() == 0


def _is_told(desk: Ports, lender, office: Office) -> None:
    """At the desk, at the terminal and on the screens; and the office's own processes say that they live."""
    with pytest.raises(Unavailable) as raised:
        lending.lend(desk, lender, request(*CODES))
    assert raised.value.key == "cluster_away"
    assert "检索" in raised.value.told_in("zh")
    assert "search server does not answer" in raised.value.told_in("en")
    searched = office.run("search", "record")
    assert searched.returncode == 5
    assert "search server does not answer" in searched.stderr
    assert _status(f"{office.address}/healthz") == 200
    assert _status(f"{office.address}/readyz") == 503


def _is_there_once(office: Office, file: Path) -> None:
    """Waits until the file is searchable; then every page of it is there, read, exactly once."""
    told = office.told("ingest", str(file), "--wait")
    (entry,) = told["filed"] + told["known"]
    assert (entry["state"], entry["pages"], entry["pages_failed"]) == ("done", 30, 0)
    shown = office.told("show", entry["documents"][0]["document"])
    assert [page["page"] for page in shown["page_list"]] == list(range(1, 31))
    assert {page["state"] for page in shown["page_list"]} == {"read"}


def _status(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=60) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        return refused.code
