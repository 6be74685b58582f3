"""What is promised of `make run`: an address on this machine alone at once, sample accounts, the sample dossiers filed
with progress, gone on with where that was broken off, and filed once."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from urllib.request import urlopen

import pytest

from tests.faults.conftest import ROOT, Office, wait_until
from tests.terminal import Terminal, terminal

SECONDS_TO_FIRST_PAGE = 15.0  # five on an office's machine; those that run tests are slow and busy
ACCOUNTS = ("he.zhixing", "gu.wendi", "tang.xu", "ye.nanzhou", "lu.yao")
FILING, FILED = "Filing the sample dossiers", "The sample dossiers are filed."


@pytest.mark.timeout(600)
def test_the_samples_are_filed_once_though_the_first_start_was_broken_off(office: Office) -> None:
    with terminal() as first:
        start(office, first)
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+", office.address)
        wait_until(lambda: pages_told(first) >= 2, "the first pages on the bar")
        assert all(re.search(rf"{login} +juanzong-shiyong", first.text) for login in ACCOUNTS)
        assert is_answered(office.address) and not is_answered(office.address.replace("127.0.0.1", "127.0.0.2"))
        assert office.stop() == 0
    assert FILED not in first.text
    with terminal() as second:
        start(office, second)
        wait_until(lambda: FILED in second.text, "the other samples", 300)
        assert FILING in second.text
        assert pages_told(second) > pages_told(first)
        assert office.stop() == 0
    files = [path for path in (ROOT / "samples" / "dossiers").rglob("*") if path.is_file()]
    kept = office.told("status")["records"]
    assert (kept["dossier"], kept["job"]) == (8, len(files))
    with terminal() as third:
        begun = time.monotonic()
        start(office, third)
        assert is_answered(office.address)
        assert time.monotonic() - begun < SECONDS_TO_FIRST_PAGE
        wait_until(lambda: ACCOUNTS[-1] in third.text, "the sample accounts")
        wait_until(lambda: not office.pids("archive.commands.samples"), "the end of what files samples")
        assert office.stop() == 0
    assert FILING not in third.text
    now = office.told("status")["records"]
    assert {kind: now[kind] for kind in ("dossier", "job", "document", "page")} == {
        kind: kept[kind] for kind in ("dossier", "job", "document", "page")
    }


def start(office: Office, shown: Terminal) -> None:
    """`dossier up --samples` on a terminal, until it has told its address there."""
    office.supervisor = subprocess.Popen(
        [sys.executable, "-m", "archive.cli", "up", "--samples", "--port", "0"],
        cwd=ROOT, env={**office.environment, "TERM": "xterm"}, stderr=shown.line, text=True, start_new_session=True,
    )  # fmt: skip
    wait_until(lambda: "Stop: Ctrl-C" in shown.text, "its address")
    (office.address,) = re.findall(r"Dossier is up: (\S+)", shown.text)


def pages_told(shown: Terminal) -> int:
    """How many pages the bar has come to."""
    return max((int(n) for n in re.findall(r"pages \S+ (\d+)/", shown.text)), default=0)


def is_answered(address: str) -> bool:
    """Whether a visitor is shown the page to sign in there."""
    try:
        with urlopen(f"{address}/sign-in", timeout=10) as page:
            return "<form" in page.read().decode()
    except OSError:
        return False
