"""The web server as a deployment sets it up: what it takes in, and that a stop lets what is being answered come to its
end."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from archive.domain.query_language import LONGEST
from tests.deployment.services import wait_until
from tests.engines.processes import free_ports
from workers.supervisor import die_with_parent

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[str, subprocess.Popen[bytes], Path]]:
    """Gunicorn with two processes before an application that takes its time: its address, itself, its log."""
    port, parent, log = free_ports(1)[0], os.getpid(), tmp_path / "log.txt"
    settings = {"DOSSIER_DATA": str(tmp_path), "DOSSIER_PORT": str(port), "DOSSIER_LOG": "json"}
    settings |= {"DOSSIER_WEB_PROCESSES": "2", "TMPDIR": str(tmp_path)}
    words = ["-m", "gunicorn", "--config", "python:webui.server", "tests.deployment.slow_app:app"]
    with log.open("wb") as out:
        made = subprocess.Popen(
            [sys.executable, *words], cwd=ROOT, env={**os.environ, **settings}, stdout=out, stderr=out,
            preexec_fn=lambda: die_with_parent(parent),  # noqa: PLW1509  (that is all it does)
        )  # fmt: skip
    address = f"http://127.0.0.1:{port}/"
    wait_until(lambda: answer(address), "the web server")
    yield address, made, log
    made.kill()
    made.wait()


def answer(url: str) -> bytes:
    try:
        with urllib.request.urlopen(url, timeout=30) as told:
            return bytes(told.read())
    except (OSError, urllib.error.URLError):
        return b""


def test_a_request_that_is_being_answered_when_the_stop_comes_gets_its_answer(
    server: tuple[str, subprocess.Popen[bytes], Path],
) -> None:
    address, process, log = server
    answers: list[bytes] = []
    asking = threading.Thread(target=lambda: answers.append(answer(f"{address}?3")))
    asking.start()
    time.sleep(1)
    process.send_signal(signal.SIGTERM)
    asking.join(30)
    assert answers == [b"done"]
    assert process.wait(30) == 0
    lines = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
    assert any(line.get("path") == "/" and line["status"] == 200 and line["seconds"] > 2 for line in lines)
    assert not list(log.parent.glob("dossier-figures-*")), "what it counted in is cleared away"


def test_the_longest_query_in_chinese_comes_in_and_nothing_beyond_measure(
    server: tuple[str, subprocess.Popen[bytes], Path],
) -> None:
    address, _, _ = server
    assert answer(f"{address}?{'0' * LONGEST * len(quote('汉'))}") == b"done"
    assert answer(f"{address}?{'0' * 40_000}") == b""
