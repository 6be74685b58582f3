"""The second start of the whole product to its first page, against gunicorn with an empty Flask application.

    python bench/start.py

`make run` is started on a fresh data folder, files the samples and is stopped; then it is started again and timed from
the command to the sign-in page's answer. The peer is timed in the same way, in turn with it, so that both meet the same
machine. Prints the medians and their ratio.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from functools import partial
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
EMPTY = "from flask import Flask\napplication = Flask(__name__)\napplication.get('/')(lambda: 'empty')\n"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def at_once() -> None:
    """Waits for nothing."""


def time_to_answer(
    command: list[str],
    path: str,
    port: int,
    environment: dict[str, str],
    folder: Path,
    then: Callable[[], None] = at_once,
) -> float:
    """Seconds from starting `command` to the first page with status 200; after `then` the process is stopped."""
    begun = time.perf_counter()
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while time.perf_counter() - begun < 120:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
                    if answer.status == 200:
                        took = time.perf_counter() - begun
                        then()
                        return took
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                if process.poll() is not None:
                    raise SystemExit(f"{command} ended with {process.returncode}") from None
                time.sleep(0.02)
        raise SystemExit(f"{command} did not answer")
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def until_filed(data: Path) -> None:
    """Waits until the samples are filed: the mark of their filing has come and gone."""
    for there in (True, False):
        while (data / "run" / "samples").exists() != there:
            time.sleep(0.05)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=5)
    options = parser.parse_args()
    work = Path(tempfile.mkdtemp(prefix="bench-start-"))
    (work / "empty.py").write_text(EMPTY)
    port = free_port()
    environment = {
        **os.environ,
        "DOSSIER_DATA": str(work / "data"),
        "DOSSIER_PORT": str(port),
        "DOSSIER_OCR_CAREFUL": "off",
    }
    ours = ["make", "-s", "run"]
    peer = [
        sys.executable,
        "-m",
        "gunicorn",
        "-b",
        f"127.0.0.1:{port}",
        "empty:application",
    ]
    try:
        first = time_to_answer(ours, "/sign-in", port, environment, HERE, partial(until_filed, work / "data"))
        mine, theirs = [], []
        for _ in range(options.times):
            mine.append(time_to_answer(ours, "/sign-in", port, environment, HERE))
            theirs.append(time_to_answer(peer, "/", port, environment, work))
    finally:
        shutil.rmtree(work, ignore_errors=True)
    print(f"first start, the archive empty     {first:5.2f} s")
    print(f"second start, median of {len(mine):2}         {statistics.median(mine):5.2f} s")
    print(f"gunicorn with an empty page        {statistics.median(theirs):5.2f} s")
    print(f"ratio                              {statistics.median(mine) / statistics.median(theirs):5.1f}")


if __name__ == "__main__":
    main()
