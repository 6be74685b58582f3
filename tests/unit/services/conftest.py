"""An archive for the use cases: the real records and store in a temporary folder, a clock that is set by hand, people
of every role, and one dossier with fixed volumes. Nothing here opens files or reads pages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import cache
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest

import schemes
from archive.config import Settings
from archive.domain.access import SYSTEM, Actor, Role
from archive.domain.copy import Copy
from archive.domain.document import Document
from archive.domain.dossier import Claim, Dossier, FieldValue, Place, Volume, VolumeItem
from archive.domain.people import User
from archive.domain.record import Event
from archive.domain.scheme import Scheme
from archive.domain.scheme_file import read_scheme
from archive.ports import Ports
from archive.services import audit, copies, people
from ingest.scan_store import LocalScanStore
from search.embedded import open_index

MORNING = datetime(2026, 11, 23, 1, 42, tzinfo=UTC)  # 09:42 in the office
PASSWORD = "dossier-tests-only"
ROLES = {
    "he.zhixing": ("贺知行", Role.READER),
    "gu.wendi": ("顾闻笛", Role.ARCHIVIST),
    "tang.xu": ("汤序", Role.MANAGER),
    "ye.nanzhou": ("叶南舟", Role.GENERAL_MANAGER),
    "lu.yao": ("陆遥", Role.ADMINISTRATOR),
}


class HandClock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self._now = MORNING

    @property
    def zone(self) -> tzinfo:
        return ZoneInfo("Asia/Shanghai")

    def now(self) -> datetime:
        return self._now

    def today(self) -> date:
        return self._now.astimezone(self.zone).date()

    def move(self, by: timedelta) -> None:
        self._now += by


@dataclass
class Office:
    """The archive a test works in."""

    ports: Ports
    clock: HandClock
    folder: Path

    def actor(self, login: str) -> Actor:
        return people.actor_for(people.user(self.ports, login), self.ports.schemes)

    @property
    def desk(self) -> Actor:
        return self.actor("gu.wendi")

    def copy(self, code: str) -> Copy:
        return self.ports.index.get(Copy, code).record

    def with_index(self, index: object) -> Ports:
        """The same archive, its index in the hands of a test's own adapter."""
        return replace(self.ports, index=cast("Any", index))


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    clock = HandClock()
    made = Office(make_ports(tmp_path, clock), clock, tmp_path)
    for login, (name, role) in ROLES.items():
        make_person(made.ports, login, name, role)
    yield made
    made.ports.index.close()


def make_ports(folder: Path, clock: HandClock) -> Ports:
    """Ports on `folder`. What opens files and reads pages is not there: these tests bring the readings with them."""
    absent = cast("Any", None)
    return Ports(
        index=open_index(folder / "index"),
        store=LocalScanStore(folder / "store"),
        images=absent,
        decoder=absent,
        ocr=absent,
        classifier=absent,
        queue=absent,
        clock=clock,
        schemes=shipped(),
        settings=Settings(data=folder),
    )


@cache
def shipped() -> dict[str, Scheme]:
    """The shipped schemes, read once: they never change."""
    return {name: read_scheme(text, name) for name, text in schemes.shipped().items()}


def make_person(ports: Ports, login: str, name: str, role: Role) -> User:
    """An account whose password cannot be used: hashing one takes its time."""
    last = Event(at=ports.clock.now(), by="test", action="create")
    user = User(id=login, name=name, roles=(role.value,), password="-", last=last)
    return audit.create(ports, user).record


def make_dossier(
    ports: Ports,
    number: str = "KH-2024-031",
    *,
    volumes: int = 2,
    types: tuple[str, ...] = ("contract",),
    level: str = "company",
    scheme: str = "engineering-customer",
    fields: dict[str, FieldValue] | None = None,
) -> Dossier:
    """A dossier with fixed volumes, one document of 126 pages each, and the originals of the volumes."""
    last = audit.event(ports, SYSTEM, "create")
    made = [make_document(ports, number, n, types[(n - 1) % len(types)], scheme) for n in range(1, volumes + 1)]
    dossier = Dossier(
        id=number.lower(),
        number=number,
        scheme=scheme,
        name="临澜港务物流园程控交换机安装工程",
        level=level,
        mark=f"{scheme}/{level}",
        fields=fields or {},
        state="temporary",
        volumes=tuple(_volume(n, document, ports) for n, document in enumerate(made, start=1)),
        created_at=ports.clock.now(),
        last=last,
    )
    claim = ports.index.create(Claim(id=f"number:{number}", owner=dossier.id))
    audit.write_sidecar(ports, claim)
    audit.create(ports, dossier)
    for n in range(1, volumes + 1):
        copies.register_copy(ports, SYSTEM, dossier.id, n)
    return dossier


def _volume(number: int, document: Document, ports: Ports) -> Volume:
    return Volume(
        number=number,
        title="合同文件",
        items=(VolumeItem(document=document.id, item=1, pages=126, first_page=1, last_page=126),),
        sheets=63,
        pages=126,
        fixed_at=ports.clock.now(),
        fixed_by="gu.wendi",
        place=Place(cabinet="甲柜", shelf="2 层", box="盒 07"),
    )


def make_document(ports: Ports, number: str, volume: int, type_: str, scheme: str) -> Document:
    """A filed document without pages of its own."""
    document = Document(
        id=f"{number.lower()}-doc-{volume}",
        job="job",
        source="0" * 64,
        file_name="合同.pdf",
        media_type="application/pdf",
        dossier=number.lower(),
        scheme=scheme,
        mark=shipped()[scheme].mark(""),
        phase="contract",
        type=type_,
        volume=volume,
        item=1,
        finished="yes",
        received_at=ports.clock.now(),
        last=audit.event(ports, SYSTEM, "split"),
    )
    return audit.create(ports, document).record
