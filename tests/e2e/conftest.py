"""The whole product as it runs in an office: `dossier up` with its real processes, and a real browser before it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "samples"
SECONDS = 180.0  # the longest that anything is waited for, on a busy machine
PASSWORD = "correct horse 7"
PEOPLE = {
    "gu.wendi": ("顾闻笛", "archivist"),
    "tang.xu": ("汤序", "manager"),
    "he.zhixing": ("贺知行", "reader"),
}


@dataclass
class Office:
    """An archive's data folder with its processes running."""

    data: Path
    address: str
    supervisor: subprocess.Popen[str]


def environment(data: Path) -> dict[str, str]:
    """One process reads, so that a few pages can be watched being read on a machine of many cores too."""
    own = {"DOSSIER_DATA": str(data), "DOSSIER_OFFICE": "屿通工程资料室", "DOSSIER_WORKERS": "1"}
    return {**os.environ, **own, "LC_ALL": "C.UTF-8"}


def run(data: Path, *arguments: str, typed: str = "") -> str:
    """The `dossier` command, to its end; what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "archive.cli", *arguments], input=typed, cwd=ROOT, env=environment(data),
        capture_output=True, text=True, timeout=SECONDS, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="package")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """`dossier up` with people of three roles."""
    data = tmp_path_factory.mktemp("office")
    for login, (name, role) in PEOPLE.items():
        run(data, "people", "add", login, "--name", name, "--role", role, "--password-stdin", typed=PASSWORD + "\n")
    supervisor = subprocess.Popen(
        [sys.executable, "-m", "archive.cli", "up", "--port", "0"], cwd=ROOT, env=environment(data),
        stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    try:
        yield Office(data, address_told(supervisor), supervisor)
    finally:
        supervisor.send_signal(signal.SIGINT)
        assert supervisor.wait(60) == 0


def address_told(supervisor: subprocess.Popen[str]) -> str:
    assert supervisor.stderr is not None
    for line in supervisor.stderr:
        found = re.search(r"http://[0-9.:]+", line)
        if found:
            return found[0]
    pytest.fail("dossier up ended before it told its address")


@pytest.fixture
def sign_in(office: Office, chromium: Browser) -> Iterator[Callable[[str], Page]]:
    """A browser window in which somebody has signed in by the form."""
    contexts = []

    def entered(login: str) -> Page:
        context = chromium.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
        context.set_default_timeout(SECONDS * 1000)
        contexts.append(context)
        page = context.new_page()
        page.goto(f"{office.address}/sign-in?next=/keys")
        page.fill("[name=login]", login)
        page.fill("[name=password]", PASSWORD)
        page.press("[name=password]", "Enter")
        page.wait_for_url("**/keys")
        return page

    yield entered
    for context in contexts:
        context.close()


@dataclass(frozen=True)
class Sample:
    """A sample file and the truth about its pages."""

    path: Path
    truth: dict[str, Any]

    def boxes_of(self, number: int, word: str) -> list[tuple[float, float, float, float]]:
        """Where the truth says `word` stands on a page: x, y, width, height in pixels of the page."""
        found = []
        for line in self.truth["pages"][number - 1]["lines"]:
            at = line["text"].find(word)
            if at >= 0:
                chars = line["chars"][at : at + len(word)]
                left, top = min(c[0] for c in chars), min(c[1] for c in chars)
                right, bottom = max(c[0] + c[2] for c in chars), max(c[1] + c[3] for c in chars)
                found.append((left, top, right - left, bottom - top))
        return found


@pytest.fixture
def sample() -> Callable[[str, str], Sample]:
    """The sample file of a dossier's number whose name begins so."""

    def found(number: str, first: str) -> Sample:
        (path,) = (SAMPLES / "dossiers").glob(f"*/{number} */{first}*")
        return Sample(path, json.loads((SAMPLES / "truth" / f"{number} {path.name}.json").read_text("utf-8")))

    return found


def wait_until(true: Callable[[], object], what: str) -> None:
    """Returns when `true()` is; fails the test where it takes too long."""
    end = time.monotonic() + SECONDS
    while not true():
        if time.monotonic() > end:
            pytest.fail(f"waited {SECONDS:.0f} s in vain for: {what}")
        time.sleep(0.1)
