"""The figures of several processes are one sum, and what is shown of the queue is what it says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.engines.processes import free_ports

ROOT = Path(__file__).resolve().parents[2]
# In a process of its own: the library decides when it is loaded how it counts.
BEGUN = """
import os
from archive import measures, metrics
from archive.config import Settings
metrics.begin()
"""
TWO_PROCESSES = (
    BEGUN
    + """
if not (child := os.fork()):
    measures.tell("page", outcome="read")
    measures.tell("failure", what="page", reason="page_cut")
    os._exit(0)
os.waitpid(child, 0)
metrics.forget_process(child)
measures.tell("page", outcome="read")
with measures.timed("search"):
    pass
"""
)


def said(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_what_two_processes_count_is_shown_as_one_sum_also_when_one_has_ended() -> None:
    text = said(TWO_PROCESSES + "print(metrics.text().decode()); metrics.end()").splitlines()
    assert 'dossier_pages_read_total{outcome="read"} 2.0' in text
    assert 'dossier_failures_total{reason="page_cut",what="page"} 1.0' in text
    assert "dossier_search_seconds_count 1.0" in text
    assert "# TYPE dossier_search_seconds histogram" in text


def test_the_queue_is_shown_as_it_stands() -> None:
    code = """
from pathlib import Path
from workers.queue import InProcessQueue
print(metrics.text(InProcessQueue()).decode()); metrics.end()
"""
    text = said(BEGUN + code).splitlines()
    assert 'dossier_queue_messages{queue="waiting"} 0.0' in text
    assert "dossier_dead_letters 0.0" in text


def test_a_port_that_is_taken_keeps_no_process_from_its_work() -> None:
    code = """
import socket
with socket.socket() as taken:
    taken.bind(("", 0)); taken.listen()
    metrics.serve(Settings(metrics_port=taken.getsockname()[1]))
metrics.end(); print("goes on")
"""
    assert said(BEGUN + code) == "goes on\n"


def test_the_figures_are_shown_on_the_port_of_the_settings() -> None:
    port = free_ports(1)[0]
    code = f"""
metrics.serve(Settings(metrics_port={port}))
from urllib import request
print(request.urlopen("http://127.0.0.1:{port}/metrics").read().decode()); metrics.end()
"""
    assert "dossier_up 1.0" in said(BEGUN + code).splitlines()
