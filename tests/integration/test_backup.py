"""An archive is backed up while people work in it, and restored whole: by the commands, over real store and index."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from archive.domain.access import SYSTEM, Role
from archive.domain.audit import AuditEvent
from archive.domain.document import Page
from archive.domain.people import User
from archive.ports import Ports
from archive.services import audit, intake, people, trail
from tests.integration.test_rebuild import dossier, everything, opened

WRITERS = 3


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Accounts, a page that was read, a file that is kept as it is."""
    data = tmp_path / "data"
    with opened(data) as ports:
        for n in range(WRITERS):
            people.create_user(ports, SYSTEM, f"lu.yao{n}", name="陆遥", roles=[Role.READER], password="juan-zong-2026")
        take(ports, "空白.png", picture())
        take(ports, "合同.txt", "程控交换机安装合同".encode())
    return data


def picture(shade: int = 250) -> bytes:
    out = io.BytesIO()
    Image.new("L", (300, 400), shade).save(out, "PNG", dpi=(100, 100))
    return out.getvalue()


def take(ports: Ports, name: str, data: bytes) -> None:
    intake.receive(ports, SYSTEM, io.BytesIO(data), name, channel="command", batch="test")


def change(ports: Ports, login: str, name: str) -> None:
    read = ports.index.get(User, login)
    last = audit.event(ports, SYSTEM, "edit")
    audit.change(ports, read, read.record.model_copy(update={"name": name, "last": last}))


@contextmanager
def somebody_at_work(data: Path) -> Iterator[Callable[[], int]]:
    """Accounts are changed and files taken in all the time; gives how often so far."""
    stop, done = threading.Event(), count()
    made = [0]

    def work(ports: Ports, login: str) -> None:
        for n in count():
            if stop.is_set():
                return
            change(ports, login, f"第 {n} 次")
            if n % 5 == 0:
                take(ports, f"{login}-{n}.txt", f"{login} {n}".encode())
            made[0] = next(done)

    with opened(data) as ports:
        threads = [threading.Thread(target=work, args=(ports, f"lu.yao{n}")) for n in range(WRITERS)]
        for thread in threads:
            thread.start()
        try:
            yield lambda: made[0]
        finally:
            stop.set()
            for thread in threads:
                thread.join()


def told(made: subprocess.CompletedProcess[str]) -> Any:
    assert made.returncode == 0, made.stderr + made.stdout
    return json.loads(made.stdout)


def test_what_is_backed_up_is_restored_as_it_was(archive: Path, tmp_path: Path) -> None:
    told(dossier("backup", str(tmp_path / "disk"), "--json", data=archive))
    with opened(archive) as ports:
        before = everything(ports)
    shutil.rmtree(archive)
    restored = told(dossier("restore", str(tmp_path / "disk"), "--json", data=tmp_path / "new"))
    assert restored["whole"]
    with opened(tmp_path / "new") as ports:
        assert everything(ports) == before
        assert trail.verify(ports, SYSTEM).is_whole
    assert (tmp_path / "new" / "secret.key").read_bytes()


def test_a_backup_made_while_people_work_is_one_moment(archive: Path, tmp_path: Path) -> None:
    with somebody_at_work(archive) as times:
        first = told(dossier("backup", str(tmp_path / "disk"), "--json", data=archive))
        between = times()
        second = told(dossier("backup", str(tmp_path / "disk"), "--json", data=archive))
        assert times() > between > 0
    assert second["records"]["event"] > first["records"]["event"]
    assert 0 < second["new_files"] < second["files"]
    restored = told(dossier("restore", str(tmp_path / "disk"), "--json", data=tmp_path / "new"))
    assert restored["whole"]
    assert {kind: n for kind, n in restored["records"].items() if n < second["records"].get(kind, 0)} == {}
    with opened(tmp_path / "new") as ports:
        for n in range(WRITERS):
            change(ports, f"lu.yao{n}", "恢复之后")
            events = ports.index.get(User, f"lu.yao{n}").revision
            assert ports.index.get(AuditEvent, f"user/lu.yao{n}/{events}").record.action == "edit"
        assert trail.verify(ports, SYSTEM).is_whole


def test_the_store_of_a_backup_alone_makes_the_same_archive(archive: Path, tmp_path: Path) -> None:
    with somebody_at_work(archive):
        told(dossier("backup", str(tmp_path / "disk"), "--json", data=archive))
    told(dossier("restore", str(tmp_path / "disk"), "--json", data=tmp_path / "new"))
    shutil.copytree(tmp_path / "disk" / "store", tmp_path / "other" / "store")
    assert dossier("rebuild", "--from-store", data=tmp_path / "other").returncode == 0
    with opened(tmp_path / "new") as ports:
        wanted = {user.record.id: user.record.name for user in ports.index.changes(User, 0)}
        pages = {page.record.id for page in ports.index.changes(Page, 0)}
    with opened(tmp_path / "other") as ports:
        assert {user.record.id: user.record.name for user in ports.index.changes(User, 0)} == wanted
        assert {page.record.id for page in ports.index.changes(Page, 0)} == pages
        assert trail.verify(ports, SYSTEM).is_whole


def test_a_damaged_file_is_told_and_not_carried_over_a_sound_one(archive: Path, tmp_path: Path) -> None:
    told(dossier("backup", str(tmp_path / "disk"), "--json", data=archive))
    damaged = next(path for path in (tmp_path / "disk" / "store" / "files").rglob("*") if path.is_file())
    damaged.chmod(0o600)
    damaged.write_bytes(b"x" * damaged.stat().st_size)
    made = dossier("restore", str(tmp_path / "disk"), "--json", data=tmp_path / "new")
    assert made.returncode == 1
    assert json.loads(made.stdout)["damaged"] == [damaged.name]


def test_nothing_is_restored_over_an_archive_or_from_half_a_backup(archive: Path, tmp_path: Path) -> None:
    told(dossier("backup", str(tmp_path / "disk"), "--json", data=archive))
    assert "not overwritten" in dossier("restore", str(tmp_path / "disk"), data=archive).stderr
    (tmp_path / "disk" / "backup.json").unlink()
    made = dossier("restore", str(tmp_path / "disk"), data=tmp_path / "new")
    assert (made.returncode, "no finished backup" in made.stderr) == (3, True)


def test_a_backup_does_not_lie_in_the_archive_nor_of_a_cluster(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "inside the data folder" in dossier("backup", str(archive / "copy"), data=archive).stderr
    monkeypatch.setenv("DOSSIER_INDEX", "http://127.0.0.1:9")
    assert "one machine" in dossier("backup", "/nowhere", data=archive).stderr
