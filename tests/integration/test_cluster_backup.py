"""An archive on a cluster comes back from a snapshot of its indices, and from the scan store alone, loans included: on
a real OpenSearch node, by the requests that docs/runbook.md gives."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from archive.config import Settings
from archive.domain.access import SYSTEM, Role
from archive.domain.copy import Copy
from archive.domain.document import Document
from archive.domain.people import User
from archive.domain.record import Record
from archive.ports import Ports
from archive.services import people, rebuild, trail
from tests.engines.servers import SearchServers
from tests.integration import test_rebuild
from tests.integration.conftest import opened as opened_with
from tests.integration.test_backup import change, picture, take
from tests.integration.test_rebuild import ORIGINAL, everything

pytestmark = pytest.mark.needs("opensearch2")


def opened(data: Path, place: str) -> AbstractContextManager[Ports]:
    url, _, prefix = place.partition("|")
    return opened_with(Settings(data=data, index=url, index_prefix=prefix))


@pytest.fixture
def place(search_servers: SearchServers) -> Iterator[str]:
    made = search_servers.place("opensearch2")
    yield made
    search_servers.clear(made)


@pytest.fixture
def before(tmp_path: Path, place: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, Record]:
    """An archive on the cluster with papers out and back, as it stands."""
    shades = iter((250, 240))

    def taken(ports: Ports, words: str, dossier_id: str) -> Document:
        name = f"{words}.png"
        take(ports, name, picture(next(shades)))
        return next(d.record for d in ports.index.changes(Document, 0) if d.record.file_name == name)

    monkeypatch.setattr(test_rebuild, "_taken", taken)
    with opened(tmp_path / "data", place) as ports:
        for login, role in (("gu.wendi", Role.ARCHIVIST), ("he.zhixing", Role.READER)):
            people.create_user(ports, SYSTEM, login, name=login, roles=[role], password="juan-zong-2026")
        test_rebuild._filed(ports)
        test_rebuild._lent(ports, people.actor_for(people.user(ports, "gu.wendi"), ports.schemes))
        return everything(ports)


def requested(address: str, method: str, body: dict[str, object]) -> None:
    """Sends it; raises HTTPError where the server refuses."""
    sent = urllib.request.Request(
        address, json.dumps(body).encode(), {"Content-Type": "application/json"}, method=method
    )
    with urllib.request.urlopen(sent, timeout=60) as answer:
        assert answer.status == 200


def test_a_snapshot_brings_everything_back_and_the_store_what_came_after_it(
    tmp_path: Path, place: str, before: dict[str, Record], search_servers: SearchServers
) -> None:
    url, _, prefix = place.partition("|")
    repository = f"{url}/_snapshot/{prefix}"
    requested(repository, "PUT", {"type": "fs", "settings": {"location": prefix}})
    wanted = {"indices": f"{prefix}-*", "include_global_state": False}
    requested(f"{repository}/evening?wait_for_completion=true", "PUT", wanted)
    with opened(tmp_path / "data", place) as ports:
        change(ports, "gu.wendi", "之后改的")
    search_servers.clear(place)
    back = {"indices": f"{prefix}-*", "include_aliases": True}
    requested(f"{repository}/evening/_restore?wait_for_completion=true", "POST", back)
    with opened(tmp_path / "data", place) as ports:
        assert everything(ports) == before
        rebuild.rebuild(ports)
        assert ports.index.get(User, "gu.wendi").record.name == "之后改的"
        assert ports.index.get(Copy, ORIGINAL).record == before[f"copy/{ORIGINAL}"]
        assert ports.index.get(Copy, ORIGINAL).record.state == "out"
        assert trail.verify(ports, SYSTEM).is_whole


def test_the_scan_store_alone_brings_everything_back(
    tmp_path: Path, place: str, before: dict[str, Record], search_servers: SearchServers
) -> None:
    search_servers.clear(place)
    with opened(tmp_path / "data", place) as ports:
        rebuild.rebuild(ports)
        assert everything(ports) == before
        assert trail.verify(ports, SYSTEM).is_whole
