"""A process of the pool learns that the worker is being stopped, and does what has to be done before its end."""

from __future__ import annotations

import subprocess
import sys

import pytest

from archive.services import page_reading
from workers import stopping

ANNOUNCED = """
import os, threading
from workers import stopping

done = threading.Event()
ready, at_work = os.pipe()
child = os.fork()
if child == 0:
    stopping.listen()
    stopping.when_announced(lambda: (print("put back", flush=True), done.set()))
    print("at work", stopping.is_announced(), flush=True)
    os.write(at_work, b".")
    assert done.wait(20)
    print("announced", stopping.is_announced(), flush=True)
    os._exit(0)
os.read(ready, 1)
print("stop", flush=True)
stopping.announce()
os.waitpid(child, 0)
"""


def test_what_has_to_be_done_before_a_stop_is_done_when_it_is_announced_and_not_before() -> None:
    done = subprocess.run([sys.executable, "-c", ANNOUNCED], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.split("\n")[:4] == ["at work False", "stop", "put back", "announced True"]


def test_a_process_of_the_pool_puts_back_what_it_has_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    from workers import app

    asked: list[object] = []
    for name in ("die_with_parent", "application"):
        monkeypatch.setattr(app, name, lambda: None)
    monkeypatch.setattr(stopping, "listen", lambda: None)
    monkeypatch.setattr(stopping, "when_announced", asked.append)
    app._begin_process()
    assert asked == [page_reading.put_back_tries]
