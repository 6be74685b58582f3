"""Real processes on a temporary data folder, to be killed."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw, ImageFont

from tests import object_server
from tests.engines.opensearch import Cluster
from tests.faults.troubled_server import TroubledServer

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 120.0  # the longest that anything is waited for, on a busy machine
WORDS = (
    "apple bridge candle dragon engine forest garden hammer island jacket kettle ladder marble needle orange "
    "pencil quartz ribbon saddle temple umbrella velvet window yellow zipper anchor basket copper desert eleven"
).split()


def wait_until(true: Callable[[], object], what: str, seconds: float = SECONDS) -> None:
    """Returns when `true()` is; fails the test where it takes too long."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            pytest.fail(f"waited {seconds:.0f} s in vain for: {what}")
        time.sleep(0.05)


@dataclass
class Office:
    """An archive's data folder, with the `dossier` command on it and, between `start` and `stop`, its processes."""

    data: Path
    settings: dict[str, str] = field(default_factory=dict)
    supervisor: subprocess.Popen[str] | None = None
    address: str = ""

    @property
    def environment(self) -> dict[str, str]:
        fixed = {"DOSSIER_DATA": str(self.data), "DOSSIER_OCR_CAREFUL": "off", "LC_ALL": "C.UTF-8"}
        return {**os.environ, **fixed, **self.settings}

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """The `dossier` command, to its end."""
        return self.run_with("", *arguments)

    def run_with(self, typed: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """The same, with something on its standard input."""
        return subprocess.run(
            [sys.executable, "-m", "archive.cli", *arguments], input=typed,
            cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=SECONDS * 2, check=False,
        )  # fmt: skip

    def told(self, *arguments: str) -> Any:
        """What the command prints as JSON."""
        done = self.run(*arguments, "--json")
        assert done.returncode in (0, 1), done.stderr
        return json.loads(done.stdout)

    def start(self) -> None:
        """`dossier up`, until it has told its address."""
        self.supervisor = subprocess.Popen(
            [sys.executable, "-m", "archive.cli", "up", "--port", "0"],
            cwd=ROOT, env=self.environment, stderr=subprocess.PIPE, text=True, start_new_session=True,
        )  # fmt: skip
        assert self.supervisor.stderr is not None
        for line in self.supervisor.stderr:
            found = re.search(r"http://[0-9.:]+", line)
            if found:
                self.address = found[0]
                return
        pytest.fail("dossier up ended before it told its address")

    def stop(self) -> int:
        """Ctrl-C; the exit code."""
        assert self.supervisor is not None
        self.supervisor.send_signal(signal.SIGINT)
        code = self.supervisor.wait(SECONDS)
        self.supervisor = None
        return code

    def kill_all(self) -> None:
        """`kill -9` of every process at once."""
        assert self.supervisor is not None
        for pid in [self.supervisor.pid, *descendants(self.supervisor.pid)]:
            _kill(pid)
        self.supervisor.wait(SECONDS)
        self.supervisor = None

    def pids(self, module: str) -> list[int]:
        """Processes of a part, its first process first: `workers`, `gunicorn`, `valkey-server`."""
        assert self.supervisor is not None
        return [pid for pid in sorted(descendants(self.supervisor.pid)) if module in command_of(pid)]

    def pages_begun(self) -> int:
        """How many pages have been read so far, by what lies in the store."""
        return sum(1 for _ in self.data.glob("store/**/pages/*/*.json"))


def descendants(pid: int) -> list[int]:
    """The process ids below one."""
    parents: dict[int, list[int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
        except (FileNotFoundError, ProcessLookupError):
            continue
        parents.setdefault(parent, []).append(int(folder.name))
    found, left = [], list(parents.get(pid, []))
    while left:
        one = left.pop()
        found.append(one)
        left += parents.get(one, [])
    return found


def command_of(pid: int) -> list[str]:
    """The words of a process's command line, after the program's name."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_text().split("\0")
        return [Path(f"/proc/{pid}/comm").read_text().strip(), *words]
    except (FileNotFoundError, ProcessLookupError):
        return []


def is_alive(pid: int) -> bool:
    """Whether the process runs (one that has ended and was not yet waited for does not)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def draw_page(number: int, word: str, of: int, size: tuple[int, int] = (900, 600)) -> Image.Image:
    """A scanned page with the word `record` and one of its own."""
    font = ImageFont.load_default(size=72)
    image = Image.new("L", size, 255)
    pen = ImageDraw.Draw(image)
    pen.text((80, 120), f"record {word}", fill=0, font=font)
    pen.text((80, 320), f"sheet {number} of {of}", fill=0, font=font)
    return image


def draw_pages(path: Path, words: list[str]) -> Path:
    """A PDF of scanned pages, one a word."""
    images = [draw_page(number, word, len(words)) for number, word in enumerate(words, start=1)]
    images[0].save(path, save_all=True, append_images=images[1:], resolution=150)
    return path


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """An archive that does not run yet; whatever of it still runs at the end is killed."""
    made = Office(tmp_path / "data")
    yield made
    if made.supervisor is not None:
        made.kill_all()


@pytest.fixture(scope="session")
def thirty_pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A PDF of 30 scanned pages."""
    return draw_pages(tmp_path_factory.mktemp("scans") / "thirty.pdf", WORDS)


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    """Three nodes. The end of their logs is shown where a test fails."""
    made = Cluster(tmp_path / "cluster")
    try:
        made.start()
        yield made
    finally:
        made.kill()
        print(made.tail())  # noqa: T201  (pytest shows it with a failure)


@pytest.fixture
def troubled() -> Iterator[TroubledServer]:
    """What stands before the object store, and lets it fail as it is told."""
    made = TroubledServer(object_server.address())
    yield made
    made.close()
