"""Lending desks over HTTP: web servers in processes of their own on one archive, and people signed in at them who press
the desk's buttons as a browser does, or as a program that is answered in JSON. Knows no rule of lending.
"""

from __future__ import annotations

import http.client
import json
import re
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from archive.config import Settings
from archive.domain.access import Role
from archive.domain.people import User
from archive.domain.record import Event
from archive.ports import Ports
from archive.services import audit, credentials
from tests.engines.processes import Server, free_ports
from tests.faults.cluster_desk import desk_on
from tests.faults.conftest import ROOT
from tests.unit.services.conftest import PASSWORD

ANSWERS_WITHIN = 180.0  # seconds, on a busy machine
KEPT = "600"  # seconds that a connection without a request is kept: no request is lost to a connection just closed
DONE, DONE_FOR_A_PROGRAM, REFUSED, AWAY = 302, 200, 409, 503


@dataclass(frozen=True)
class Answer:
    """What a web server answered: status, where it sends the browser, the page."""

    status: int
    place: str
    text: str

    @property
    def fault(self) -> str:
        """The sentence the desk refuses with, empty where there is none."""
        if self.text.startswith("{"):
            return str(json.loads(self.text).get("error", {}).get("message", ""))
        found = re.search(r'id="desk-fault">(.*?)</div>', self.text, re.DOTALL)
        return re.sub(r"<[^>]*>", "", found[1]) if found else ""


class WebDesk:
    """One person at one web server, by a connection that is kept."""

    def __init__(self, port: int, person: User, *, program: bool = False) -> None:
        self.person = person
        self._wants = "application/json" if program else "text/html"
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=ANSWERS_WITHIN)
        self._cookie, self._token = "", ""

    def sign_in(self) -> None:
        """Signs in, and keeps the session's cookie and its token for forms."""
        self._token = _token_of(self._send("GET", "/sign-in"))
        entered = self._send("POST", "/sign-in", {"login": self.person.id, "password": PASSWORD})
        assert entered.status == DONE, entered.text
        self._token = _token_of(self._send("GET", "/keys"))

    def lend(self, code: str) -> Answer:
        """Lends the copy to the person at this desk."""
        wish = {"borrower": self.person.id, "asked_for": "接地电阻", "purpose": "核对实测值", "room": "阅览室"}
        return self.act("issue", code, **wish, signature=self.person.name, consent="gu.wendi")

    def give_back(self, code: str, place: str) -> None:
        """Takes the copy back as recorded and puts it to its place."""
        returned = self.act("return", code)
        assert returned.status in (DONE, DONE_FOR_A_PROGRAM), returned.fault
        shelved = self.act("reshelve", code, place=place)
        assert shelved.status in (DONE, DONE_FOR_A_PROGRAM), shelved.fault

    def act(self, act: str, code: str, **fields: str) -> Answer:
        """A button of the desk, with one copy on it."""
        return self._send("POST", "/lending/act", {"act": act, "code": code, **fields}, self._wants)

    def _send(self, method: str, path: str, form: Mapping[str, str] | None = None, wants: str = "text/html") -> Answer:
        body = urlencode({**form, "csrf_token": self._token}).encode() if form is not None else None
        headers = {"Accept": wants, "Accept-Language": "zh", "Cookie": self._cookie}
        headers |= {"Content-Type": "application/x-www-form-urlencoded"} if body is not None else {}
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        text = answer.read().decode()
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            self._cookie = cookie.partition(";")[0]
        return Answer(answer.status, answer.headers.get("Location", ""), text)


def _token_of(answer: Answer) -> str:
    found = re.search(r'name="csrf(?:_token)?" (?:content|value)="([^"]+)"', answer.text)
    assert found, f"no token for forms: {answer.status}"
    return found[1]


@dataclass(frozen=True)
class House:
    """The archive, and the desks that are signed in at its two web servers, in turn at the one and the other."""

    ports: Ports
    desks: list[WebDesk]


@contextmanager
def two_web_servers(settings: Settings, folder: Path, desks: int, *, programs: bool = False) -> Iterator[House]:
    """Two web servers on a new archive of these settings, and desks at them: browsers, or programs.

    The ends of the servers' logs are printed: pytest shows them where a test fails."""
    ports, people = _make_archive(settings, folder, desks)
    made = [_web_server(name, folder, settings, desks // 2) for name in ("one", "other")]
    try:
        for server, _ in made:
            server.start()
        for server, _ in made:
            server.wait()
        seated = [WebDesk(made[n % 2][1], person, program=programs) for n, person in enumerate(people)]
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(WebDesk.sign_in, seated))
        yield House(ports, seated)
    finally:
        for server, _ in made:
            server.kill()
            print(server.tail())  # noqa: T201
        ports.index.close()


def _web_server(name: str, folder: Path, settings: Settings, threads: int) -> tuple[Server, int]:
    """A web server on the archive of these settings, not started yet, and its port."""
    port = free_ports(1)[0]
    given = {
        "PYTHONPATH": ROOT,
        "DOSSIER_DATA": settings.data,
        "DOSSIER_INDEX": settings.index,
        "DOSSIER_INDEX_PREFIX": settings.index_prefix,
        "DOSSIER_INDEX_SECONDS": settings.index_seconds,
        "DOSSIER_PORT": port,
        "DOSSIER_WEB_THREADS": threads,
    }
    gunicorn = ("-m", "gunicorn", "--config", "python:webui.server", "--keep-alive", KEPT, "webui.wsgi:make()")
    command = ("env", *(f"{key}={value}" for key, value in given.items()), sys.executable, *gunicorn)
    return Server(f"web server {name}", command, folder / name, lambda: _answers(port)), port


def _answers(port: int) -> bool:
    asked = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        asked.request("GET", "/sign-in", headers={"Accept": "text/html"})
        return asked.getresponse().status == 200
    except OSError:
        return False
    finally:
        asked.close()


def _make_archive(settings: Settings, folder: Path, desks: int) -> tuple[Ports, list[User]]:
    """The records the web servers work on, with one dossier of two volumes, and a person for each desk."""
    made = desk_on(settings, folder)
    password = credentials.hasher.hash(PASSWORD)
    return made, [_archivist(made, n, password) for n in range(1, desks + 1)]


def _archivist(ports: Ports, number: int, password: str) -> User:
    last = Event(at=ports.clock.now(), by="test", action="create")
    roles = (Role.ARCHIVIST.value,)
    name = f"档案员{number:02d}"
    return audit.create(
        ports, User(id=f"desk.{number:02d}", name=name, roles=roles, password=password, last=last)
    ).record


def lend_at_once(desks: Sequence[WebDesk], code: str, pool: ThreadPoolExecutor) -> list[Answer]:
    """What each desk is answered when all lend the same copy at the same moment. `pool` has a thread for each."""
    start = threading.Barrier(len(desks), timeout=ANSWERS_WITHIN)

    def lend(desk: WebDesk) -> Answer:
        start.wait()
        return desk.lend(code)

    return list(pool.map(lend, desks))
