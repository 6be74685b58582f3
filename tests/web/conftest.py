"""Screens over a whole office in a temporary folder: real store, index, decoder and engines, people of every role.

`office` gives clients of the web application signed in as somebody; `browser_page` a real browser before it.
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

from archive.bootstrap import Application, build
from archive.config import Settings
from archive.domain.access import SYSTEM, Actor, Role
from archive.domain.copy import Copy
from archive.domain.document import Document, Guess
from archive.domain.dossier import Claim, Dossier, Place, Volume, VolumeItem
from archive.domain.people import Session, User
from archive.domain.record import Event
from archive.ports import Ports
from archive.services import audit, copies, people
from tests.web.papers import Paper, Sheet, file_paper
from webui import create_app
from workers.queue import InProcessQueue

TOKEN = "token-of-the-tests"
LINES = (
    ("工程例会纪要 第 12 期", (150, 60, 300, 30)),
    ("二层东侧走廊消火栓与教室门冲突", (80, 140, 300, 20)),
    ("设计单位同意消火栓移位", (80, 180, 220, 20)),
)
PEOPLE = {
    "he.zhixing": ("贺知行", "售后二组", Role.READER),
    "gu.wendi": ("顾闻笛", "资料室", Role.ARCHIVIST),
    "tang.xu": ("汤序", "内勤部", Role.MANAGER),
    "ye.nanzhou": ("叶南舟", "总经理室", Role.GENERAL_MANAGER),
    "lu.yao": ("陆遥", "信息中心", Role.ADMINISTRATOR),
}
CSRF = re.compile(r'name="csrf" content="([^"]+)"')
PLACE = Place(cabinet="甲柜", shelf="2 层", box="盒 07")


@dataclass
class Visitor:
    """Somebody's browser without scripts."""

    client: FlaskClient

    def get(self, path: str, **more: Any) -> TestResponse:
        return self.client.get(path, headers={"Accept": "text/html", "Accept-Language": "en"}, **more)

    def post(self, path: str, data: dict[str, Any] | None = None, **more: Any) -> TestResponse:
        """Sends a form with its token, and follows to the page it leads to."""
        filled = {**(data or {}), "csrf_token": self.token()}
        more.setdefault("follow_redirects", True)
        return self.client.post(path, data=filled, headers={"Accept": "text/html", "Accept-Language": "en"}, **more)

    def token(self) -> str:
        found = CSRF.search(self.get("/keys").text)
        assert found
        return found[1]


@dataclass
class Office:
    application: Application
    app: Flask
    folder: Path

    @property
    def ports(self) -> Ports:
        return self.application.ports

    def visitor(self, login: str = "gu.wendi") -> Visitor:
        client = self.app.test_client()
        with client.session_transaction() as session:
            session["login"], session["token"] = login, TOKEN
        return Visitor(client)

    def actor(self, login: str = "gu.wendi") -> Actor:
        return people.actor_for(people.user(self.ports, login), self.ports.schemes)

    def copy(self, code: str) -> Copy:
        return self.ports.index.get(Copy, code).record

    def document(self, id: str) -> Document:
        return self.ports.index.get(Document, id).record


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    queue = InProcessQueue()
    application = build(Settings(data=tmp_path / "data", office="屿通工程资料室"), queue=queue)
    queue.work_on(application.ports)
    for login in PEOPLE:
        make_person(application.ports, login)
    yield Office(application, create_app(application), tmp_path)
    application.close()


def make_person(ports: Ports, login: str) -> User:
    """An account that is signed in already; its password cannot be used, since hashing one takes its time."""
    name, department, role = PEOPLE[login]
    now = ports.clock.now()
    session = Session(token=hashlib.sha256(TOKEN.encode()).hexdigest(), begun_at=now, seen_at=now)
    last = Event(at=now, by="test", action="create")
    user = User(
        id=login, name=name, department=department, roles=(role.value,), password="-", sessions=(session,), last=last
    )
    return audit.create(ports, user).record


@pytest.fixture
def make_dossier(office: Office) -> Callable[..., Dossier]:
    """A dossier with fixed volumes of one document each, and the originals of its volumes."""

    def make(number: str = "KH-2024-031", *, volumes: int = 2, scheme: str = "engineering-customer") -> Dossier:
        ports = office.ports
        documents = [make_document(ports, number, n, scheme) for n in range(1, volumes + 1)]
        dossier = Dossier(
            id=number.lower(),
            number=number,
            scheme=scheme,
            name="临澜港务物流园程控交换机安装工程",
            level="company",
            mark=f"{scheme}/company",
            state="temporary",
            volumes=tuple(make_volume(n, document, ports) for n, document in enumerate(documents, 1)),
            created_at=ports.clock.now(),
            last=audit.event(ports, SYSTEM, "create"),
        )
        audit.write_sidecar(ports, ports.index.create(Claim(id=f"number:{number}", owner=dossier.id)))
        made = audit.create(ports, dossier)
        for n in range(1, volumes + 1):
            copies.register_copy(ports, SYSTEM, dossier.id, n)
        ports.index.refresh(made.seq + 1000, wait=0)
        return dossier

    return make


def make_volume(number: int, document: Document, ports: Ports) -> Volume:
    return Volume(
        number=number,
        title="合同文件",
        items=(VolumeItem(document=document.id, item=1, pages=12, first_page=1, last_page=12),),
        sheets=6,
        pages=12,
        fixed_at=ports.clock.now(),
        fixed_by="gu.wendi",
        place=PLACE,
    )


def make_document(ports: Ports, number: str, volume: int, scheme: str) -> Document:
    document = Document(
        id=f"{number.lower()}-doc-{volume}",
        job="job",
        source="0" * 64,
        file_name="合同.pdf",
        media_type="application/pdf",
        dossier=number.lower(),
        scheme=scheme,
        mark=f"{scheme}/company",
        phase="contract",
        type="contract",
        title="安装合同",
        volume=volume,
        item=1,
        finished="yes",
        received_at=ports.clock.now(),
        last=audit.event(ports, SYSTEM, "split"),
    )
    return audit.create(ports, document).record


@pytest.fixture
def add_paper(office: Office) -> Callable[..., Document]:
    """Puts a paper with drawn pages into the archive, ready to be searched."""

    def add(id: str = "minutes12", *sheets: Sheet, **about: Any) -> Document:
        return file_paper(office.ports, id, Paper(sheets or (Sheet(LINES),), **about))

    return add


@pytest.fixture
def unsure_document(office: Office) -> Document:
    """An unfiled document that waits for review."""
    ports = office.ports
    guesses = {
        "scheme": Guess(value="engineering-customer", confidence=0.9, source="text"),
        "type": Guess(value="contract", confidence=0.58, source="text", others=("contract_supplement",)),
        "title": Guess(value="安装合同", confidence=0.86, source="text"),
    }
    document = Document(
        id="unsure",
        job="job-unsure",
        source="1" * 64,
        file_name="扫描 0912.pdf",
        media_type="application/pdf",
        scheme="engineering-customer",
        mark="inbox/unfiled",
        type="contract",
        phase="contract",
        title="安装合同",
        guesses=guesses,
        review="waiting",
        review_because=("dossier", "type"),
        finished="yes",
        received_at=ports.clock.now(),
        last=audit.event(ports, SYSTEM, "split"),
    )
    return audit.create(ports, document).record


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What opens a browser window needs a browser."""
    for item in items:
        if "browse" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.needs("chromium", "cjk_fonts"))


# --- a real browser ------------------------------------------------------------------------------------------------


@dataclass
class Screen:
    """A browser before the office's web server."""

    page: Page
    address: str
    faults: list[str]

    def open(self, path: str) -> Page:
        self.page.goto(self.address + path)
        return self.page

    def check(self) -> None:
        """No serious fault by axe-core, nothing wider than the window, nothing wrong in the console."""
        found = Axe().run(self.page).response["violations"]
        serious = [
            (one["id"], node["html"][:160])
            for one in found
            if one["impact"] in ("serious", "critical")
            for node in one["nodes"]
        ]
        assert serious == []
        width = self.page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
        assert width[0] <= width[1]
        assert self.faults == []


@pytest.fixture
def browse(office: Office, chromium: Browser) -> Iterator[Callable[..., Screen]]:
    """Opens a browser window as somebody."""
    server = make_server("127.0.0.1", 0, office.app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    contexts = []

    def opened(login: str = "gu.wendi", *, width: int = 1280, dark: bool = False, locale: str = "zh-CN") -> Screen:
        context = chromium.new_context(
            viewport={"width": width, "height": 844},
            color_scheme="dark" if dark else "light",
            locale=locale,
            reduced_motion="reduce",
        )
        contexts.append(context)
        value = office.visitor(login).client.get_cookie("dossier")
        assert value
        context.add_cookies([{"name": "dossier", "value": value.value, "domain": "127.0.0.1", "path": "/"}])
        page, faults = context.new_page(), []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
        return Screen(page, f"http://127.0.0.1:{server.server_port}", faults)

    yield opened
    for context in contexts:
        context.close()
    server.shutdown()
