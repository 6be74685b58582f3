"""A damaged index is said, and made anew with all its loans, from the scan store: by the command, over the real
store, decoder, engine and index."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path
from typing import Any

import apsw
import pytest

from archive.config import Settings
from archive.domain.access import SYSTEM, Actor, Role
from archive.domain.audit import AuditEvent, LookDay
from archive.domain.copy import Copy, RegisterLine
from archive.domain.document import Document, Page
from archive.domain.dossier import Claim, Dossier, Place, Volume, VolumeItem
from archive.domain.intake_job import IntakeJob, Wish
from archive.domain.people import User
from archive.domain.record import Record
from archive.ports import Ports
from archive.services import arranging, audit, copies, intake, lending, people, retrieval, trail
from tests.engines.servers import SearchServers
from tests.integration.conftest import ROOT, sample
from tests.integration.conftest import opened as opened_with

KINDS: tuple[type[Record], ...] = (
    Claim, Dossier, Document, Page, Copy, RegisterLine, IntakeJob, User, AuditEvent, LookDay,
)  # fmt: skip
ORIGINAL, PHOTOCOPY, SECOND = "KH-2024-031-01-Y1", "KH-2024-031-01-F1", "KH-2024-031-02-Y1"
WORD = "蓄电池"


def opened(data: Path, **settings: Any) -> AbstractContextManager[Ports]:
    return opened_with(Settings(data=data, **settings))


def everything(ports: Ports) -> dict[str, Record]:
    return {f"{kind.kind}/{read.record.id}": read.record for kind in KINDS for read in ports.index.changes(kind, 0)}


def dossier(*arguments: str, data: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command, in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "archive.cli", *arguments],
        env={**os.environ, "DOSSIER_DATA": str(data), "LANG": "en_US.UTF-8", "LC_ALL": "", **environment},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


# --- an archive that was worked in --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def worked_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two files read; volumes, copies, loans open, closed and disputed; looks."""
    data = tmp_path_factory.mktemp("worked") / "data"
    with opened(data) as ports:
        for login, role in (("gu.wendi", Role.ARCHIVIST), ("he.zhixing", Role.READER)):
            people.create_user(ports, SYSTEM, login, name=login, roles=[role], password="juan-zong-2026")
        _filed(ports)
        desk = people.actor_for(people.user(ports, "gu.wendi"), ports.schemes)
        _lent(ports, desk)
        found = retrieval.search(ports, desk, WORD)
        retrieval.page_view(ports, desk, found.result.found[0].document, 1, WORD)
        assert trail.verify(ports, SYSTEM).is_whole
    return data


def _filed(ports: Ports) -> None:
    """A dossier with two fixed volumes, each with one document."""
    id = "kh-2024-031"
    made = Dossier(
        id=id,
        number="KH-2024-031",
        scheme="engineering-customer",
        name="临澜港务物流园程控交换机安装工程",
        level="company",
        mark="engineering-customer/company",
        state="temporary",
        created_at=ports.clock.now(),
        last=audit.event(ports, SYSTEM, "create"),
    )
    audit.write_sidecar(ports, ports.index.create(Claim(id="number:KH-2024-031", owner=id)))
    audit.create(ports, made)
    documents = [_taken(ports, words, id) for words in ("KH-2024-007 04", "KH-2024-031 05")]
    read = ports.index.get(Dossier, id)
    volumes = tuple(_volume(ports, n, document) for n, document in enumerate(documents, start=1))
    last = audit.event(ports, SYSTEM, "fix")
    fixed = audit.change(ports, read, read.record.model_copy(update={"volumes": volumes, "last": last}))
    arranging.follow(ports, SYSTEM, fixed.record)
    for n in (1, 2):
        copies.register_copy(ports, SYSTEM, id, n)
    copies.register_copy(ports, SYSTEM, id, 1, kind="photocopy")


def _taken(ports: Ports, words: str, dossier_id: str) -> Document:
    path = sample(*words.split()).path
    with path.open("rb") as file:
        job = intake.receive(
            ports, SYSTEM, file, path.name, channel="command", batch="test", wish=Wish(dossier=dossier_id)
        ).job
    return ports.index.get(Document, ports.index.get(IntakeJob, job.id).record.documents[0]).record


def _volume(ports: Ports, number: int, document: Document) -> Volume:
    pages = len(document.pages)
    item = VolumeItem(document=document.id, item=1, pages=pages, first_page=1, last_page=pages)
    place = Place(cabinet="甲柜", shelf="2 层", box="盒 07")
    return Volume(
        number=number,
        title="竣工文件",
        items=(item,),
        sheets=pages,
        pages=pages,
        fixed_at=ports.clock.now(),
        place=place,
    )


def _lent(ports: Ports, desk: Actor) -> None:
    def wish(*codes: str) -> lending.LoanRequest:
        return lending.LoanRequest(
            codes=codes, borrower="he.zhixing", asked_for="参数", purpose="核对", signature="贺", consent="gu.wendi"
        )

    lending.lend(ports, desk, wish(ORIGINAL, SECOND))
    lending.take_back(ports, desk, SECOND, lending.Count(sheets=0, pages=0))
    lending.open_finding(ports, desk, SECOND, "少一张")
    lending.lend(ports, desk, wish(PHOTOCOPY))
    lending.take_back(ports, desk, PHOTOCOPY)
    lending.shelve(ports, desk, PHOTOCOPY, "甲柜 2 层 盒 07")


@pytest.fixture
def data(worked_in: Path, tmp_path: Path) -> Path:
    """The same archive, for one test."""
    return Path(shutil.copytree(worked_in, tmp_path / "data"))


@pytest.fixture(scope="module")
def before(worked_in: Path) -> dict[str, Record]:
    with opened(worked_in) as ports:
        return everything(ports)


# --- damage -------------------------------------------------------------------------------------------------------


def overwrite_head(data: Path) -> None:
    with (data / "index" / "records.db").open("r+b") as file:
        file.write(b"\xa5" * 4096)


def overwrite_middle(data: Path) -> None:
    """Every page of the file but the first."""
    file = data / "index" / "records.db"
    with file.open("r+b") as opened_file:
        opened_file.seek(4096)
        opened_file.write(b"\xa5" * (file.stat().st_size - 4096))


def cut_short(data: Path) -> None:
    file = data / "index" / "records.db"
    os.truncate(file, file.stat().st_size // 3)


def lose(data: Path) -> None:
    shutil.rmtree(data / "index")


@pytest.mark.parametrize("damage", [overwrite_head, overwrite_middle, cut_short])
def test_a_damaged_index_is_said_and_rebuilt_with_every_loan_line_document_and_page(
    data: Path, before: dict[str, Record], damage: Callable[[Path], None]
) -> None:
    damage(data)
    said = dossier("search", WORD, data=data)
    assert said.returncode == 7
    assert "is damaged" in said.stderr and "dossier rebuild" in said.stderr and "Traceback" not in said.stderr
    _rebuild_and_compare(data, before)


def _rebuild_and_compare(data: Path, before: dict[str, Record]) -> dict[str, Any]:
    made = dossier("rebuild", "--json", data=data)
    assert made.returncode == 0, made.stderr
    told: dict[str, Any] = json.loads(made.stdout)
    assert told["pages"] == sum(key.startswith("page/") for key in before) and told["searchable"]
    with opened(data) as ports:
        _is_whole(ports, before)
    return told


def _is_whole(ports: Ports, before: dict[str, Record]) -> None:
    assert everything(ports) == before
    assert trail.verify(ports, SYSTEM).is_whole
    original, second = (ports.index.get(Copy, code).record for code in (ORIGINAL, SECOND))
    assert original.open_loan is not None and original.borrower == "he.zhixing"
    assert original.due_on == original.open_loan.issued_at.astimezone(ports.clock.zone).date()
    assert second.state == "checking" and second.finding is not None
    assert lending.volumes_out(ports) == {"kh-2024-031/1", "kh-2024-031/2"}
    hit = retrieval.search(ports, SYSTEM, WORD)
    assert hit.result.pages >= 1 and any(hit.boxes.values())


def test_an_index_that_is_lost_whole_is_rebuilt(data: Path, before: dict[str, Record]) -> None:
    lose(data)
    _rebuild_and_compare(data, before)


def test_a_damaged_search_folder_is_made_anew_from_the_records(data: Path, before: dict[str, Record]) -> None:
    for file in (data / "index" / "search").rglob("*"):
        if file.is_file() and file.stat().st_size:
            file.write_bytes(b"\xa5" * file.stat().st_size)
    told = _rebuild_and_compare(data, before)
    assert told["old_index"] == ""


def test_the_desk_goes_on_after_a_rebuild(data: Path) -> None:
    lose(data)
    assert dossier("rebuild", "--from-store", data=data).returncode == 0
    with opened(data) as ports:
        desk = people.sign_in(ports, "gu.wendi", "juan-zong-2026")[0]
        actor = people.actor_for(desk, ports.schemes)
        assert lending.take_back(ports, actor, ORIGINAL).copy.state == "returned"
        line = ports.index.get(RegisterLine, f"{ORIGINAL}/1").record
        assert isinstance(line.closed_on, date)
        assert trail.verify(ports, SYSTEM).is_whole


def test_a_rebuild_killed_in_the_middle_is_finished_by_the_next(data: Path, before: dict[str, Record]) -> None:
    lose(data)
    process = subprocess.Popen(
        [sys.executable, "-m", "archive.cli", "rebuild", "--json"],
        env={**os.environ, "DOSSIER_DATA": str(data)},
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    until = time.monotonic() + 120
    while not (data / "index" / "records.db").exists() and process.poll() is None:
        assert time.monotonic() < until
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    _rebuild_and_compare(data, before)


# --- tampering ----------------------------------------------------------------------------------------------------


def test_a_loan_changed_past_the_product_in_the_file_is_found_by_verify(data: Path) -> None:
    whole = dossier("audit", "verify", "--json", data=data)
    assert whole.returncode == 0 and json.loads(whole.stdout)["whole"] is True, whole.stdout + whole.stderr
    connection = apsw.Connection(str(data / "index" / "records.db"))
    connection.execute(
        "UPDATE record SET data = replace(data, '参数', '合同') WHERE kind = 'copy' AND id = ?", (ORIGINAL,)
    )
    connection.close()
    said = dossier("audit", "verify", "--json", data=data)
    assert said.returncode == 1
    assert [(fault["key"], fault["chain"]) for fault in json.loads(said.stdout)["faults"]] == [
        ("trail_changed", f"copy/{ORIGINAL}")
    ]


# --- a cluster ----------------------------------------------------------------------------------------------------


@pytest.mark.needs("opensearch2")
def test_an_archive_moves_to_a_cluster_is_made_anew_there_and_moves_back(
    data: Path, before: dict[str, Record], search_servers: SearchServers
) -> None:
    url, _, prefix = search_servers.place("opensearch2").partition("|")
    place = {"index": url, "index_prefix": prefix}
    cluster = {"DOSSIER_INDEX": url, "DOSSIER_INDEX_PREFIX": prefix}

    def told(*arguments: str, **environment: str) -> Any:
        done = dossier(*arguments, "--json", data=data, **environment)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    try:
        moved = told("move", "--from", "embedded", "--to", url, DOSSIER_INDEX_PREFIX=prefix)
        assert moved["differing"] == [] and moved["kinds"]["register"]["records"] == 3
        lose(data)
        with opened(data, **place) as ports:
            _is_whole(ports, before)
        anew = told("index", "migrate", **cluster)
        assert {one["kind"]: one["new"] for one in anew}["copy"] == f"{prefix}-copy-000002"
        shown = {one["kind"]: one for one in told("index", "show", **cluster)}
        assert shown["copy"]["records"] == sum(key.startswith("copy/") for key in before)
        rebuilt = told("rebuild", "--from-store", **cluster)
        assert f"{prefix}-copy-000002" in rebuilt["old_index"]
        with opened(data, **place) as ports:
            _is_whole(ports, before)
        assert told("search", WORD, **cluster)["total"] >= 1
        assert told("move", "--from", url, "--to", "embedded", DOSSIER_INDEX_PREFIX=prefix)["differing"] == []
        with opened(data) as ports:
            _is_whole(ports, before)
    finally:
        search_servers.clear(f"{url}|{prefix}")


def test_what_is_only_for_a_cluster_says_so_on_one_machine(data: Path) -> None:
    for what in ("show", "migrate"):
        said = dossier("index", what, data=data)
        assert said.returncode == 2 and "DOSSIER_INDEX is not set" in said.stderr
    said = dossier("move", "--from", "embedded", "--to", "embedded", data=data)
    assert said.returncode == 2 and "Name two different ones" in said.stderr
    said = dossier("move", "--from", "embedded", "--to", "http://127.0.0.1:1", data=data)
    assert said.returncode == 5 and "does not answer" in said.stderr and "Traceback" not in said.stderr
