"""The decoder's child process: it is started once, started anew where it died, shared by nobody and left by nobody."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from archive.config import Settings
from archive.errors import Unavailable, Unreadable
from ingest.decoder import SubprocessDecoder

ROOT = Path(__file__).parents[3]


@pytest.fixture
def own(tmp_path):
    """A decoder of the test's own, with a second a page."""
    decoder = SubprocessDecoder(Settings(data=tmp_path, page_seconds=1.0))
    yield decoder
    decoder.close()


def children(process: int) -> list[int]:
    """The children of all threads of a process."""
    texts = [path.read_text() for path in Path(f"/proc/{process}/task").glob("*/children")]
    return [int(word) for text in texts for word in text.split()]


def keeper() -> int:
    """The one decoder process this process has started and not ended."""
    found = [child for child in children(os.getpid()) if b"ingest.decoder.child" in command(child)]
    return max(found)


def command(process: int) -> bytes:
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:
        return b""


def is_alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_until(true, seconds: float = 10.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)


def slow_page(make) -> Path:
    """A page that takes longer to draw than any test waits."""
    return make.page_of(b"[0.001 0.001] 0 d " + b"0 0 m 595 842 l S 595 0 m 0 842 l S " * 200_000)


def test_the_child_is_kept_between_calls(make, own):
    path = make.image("a.png")
    own.examine(path)
    first = keeper()
    own.page(path, 1)
    assert keeper() == first


def test_a_killed_child_is_started_anew_and_the_call_answered(make, own):
    path = make.image("a.png")
    own.examine(path)
    first = keeper()
    os.kill(first, signal.SIGKILL)
    assert own.page(path, 1).pixels.width == 620
    assert keeper() != first


def test_a_child_killed_while_it_works_is_started_anew_and_the_call_answered(make, own):
    own.examine(make.image("a.png"))
    first = keeper()
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(own.page, slow_page(make), 1)
        wait_until(lambda: children(first))
        os.kill(first, signal.SIGKILL)
        assert isinstance(asked.exception(), Unreadable)
    assert keeper() != first


def test_what_works_on_a_file_dies_with_the_child(make, own):
    own.examine(make.image("a.png"))
    first = keeper()
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(own.page, slow_page(make), 1)
        wait_until(lambda: children(first))
        working = children(first)[0]
        os.kill(first, signal.SIGKILL)
        wait_until(lambda: not is_alive(working))
        asked.exception()


def test_what_works_on_a_file_cannot_speak_to_who_asked(make, own):
    """Else a hostile file could answer, and its answer be taken for that of the next one."""
    own.examine(make.image("a.png"))
    assert any(name.startswith("socket:") for name in open_files(keeper()))
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(own.page, slow_page(make), 1)
        wait_until(lambda: children(keeper()))
        working = children(keeper())[0]
        wait_until(lambda: not any(name.startswith("socket:") for name in open_files(working)))
        assert is_alive(working)
        asked.exception()


LOADED_WHILE_WORKING = """
import os, sys
from pathlib import Path
from ingest.decoder import child, opening
from ingest.decoder.messages import Order, Work
from ingest.images import Limits

child.load()
before, spare = set(sys.modules), os.memfd_create("repaired")
for path in sys.argv[1:]:
    for work in (Work.EXAMINE, Work.PAGE) if not path.endswith("pdf") else (Work.EXAMINE, Work.STRUCTURE, Work.PAGE):
        _, raster = opening.do(Order(work, Limits(9, 50, 50, 50, 10**9), 9.0, 2**32, 1), Path(path), spare)
        for strip in raster.strips() if raster else ():
            assert strip
print(*sorted(set(sys.modules) - before))
"""


def test_nothing_is_loaded_anew_for_each_page(make):
    names = ("a.png", "a.jpg", "a.tif", "a.webp", "a.jp2")
    paths = [str(path) for path in (*map(make.image, names), make.scan())]
    done = subprocess.run(
        [sys.executable, "-c", LOADED_WHILE_WORKING, *paths], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.stdout.strip(), done.stderr) == ("", "")


def test_a_page_whose_reader_crashes_every_time_is_said_to_kill_its_reader(make, own):
    own.examine(make.image("a.png"))
    serving, ended = keeper(), threading.Event()

    def crash() -> None:
        while not ended.is_set():
            for working in children(serving):
                os.kill(working, signal.SIGSEGV)
            time.sleep(0.02)

    path = slow_page(make)
    crashing = threading.Thread(target=crash)
    crashing.start()
    try:
        with pytest.raises(Unreadable) as raised:
            own.page(path, 1)
    finally:
        ended.set()
        crashing.join()
    assert raised.value.key == "page_kills_reader"
    assert keeper() == serving
    assert own.page(make.image("b.png"), 1).pixels.width == 620


def test_a_page_is_given_up_when_its_time_is_over(make, own):
    path = slow_page(make)
    start = time.monotonic()
    with pytest.raises(Unreadable) as raised:
        own.page(path, 1)
    assert raised.value.key == "page_too_heavy"
    assert time.monotonic() - start < 10


def test_threads_take_turns(make, own):
    paths = [make.image(f"{number}.png", "RGB" if number % 2 else "L") for number in range(4)]
    with ThreadPoolExecutor(4) as pool:
        channels = list(pool.map(lambda path: own.page(path, 1).pixels.channels, paths * 3))
    assert channels == [1, 3, 1, 3] * 3


def test_a_forked_process_has_a_child_of_its_own(make, own):
    path = make.image("a.png")
    own.examine(path)
    first = keeper()
    forked = os.fork()
    if not forked:
        good = own.page(path, 1).pixels.width == 620 and keeper() != first
        own.close()
        os._exit(0 if good else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(forked, 0)[1]) == 0
    assert own.page(path, 1).pixels.width == 620
    assert keeper() == first


def test_the_child_ends_when_the_process_that_started_it_is_killed(make, tmp_path):
    path = make.image("a.png")
    script = (
        "import sys, time\nfrom pathlib import Path\nfrom archive.config import Settings\n"
        "from ingest.decoder import SubprocessDecoder\n"
        "decoder = SubprocessDecoder(Settings(data=Path(sys.argv[2])))\ndecoder.examine(Path(sys.argv[1]))\n"
        "print('ready', flush=True)\ntime.sleep(60)\n"
    )
    started = subprocess.Popen(
        [sys.executable, "-c", script, path, tmp_path],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert started.stdout.readline() == b"ready\n"
    (child,) = children(started.pid)
    started.kill()
    started.wait()
    started.stdout.close()
    wait_until(lambda: not is_alive(child))


def test_closing_ends_the_child_and_a_later_call_starts_another(make, own):
    path = make.image("a.png")
    own.examine(path)
    first = keeper()
    own.close()
    assert not is_alive(first)
    assert own.page(path, 1).pixels.width == 620


def test_the_child_is_told_no_secrets(make, own, monkeypatch):
    monkeypatch.setenv("DOSSIER_BROKER", "redis://:secret@example.org")
    own.examine(make.image("a.png"))
    assert b"secret" not in Path(f"/proc/{keeper()}/environ").read_bytes()


def test_where_no_child_can_be_started_the_reader_is_unavailable(make, own, monkeypatch):
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(Unavailable) as raised:
        own.examine(make.image("a.png"))
    assert raised.value.key == "reader_unavailable"


def test_a_repaired_copy_is_made_once_for_a_file(make, own):
    path = make.write("late.pdf", b"junk " * 1000 + make.scan(pages=4).read_bytes())
    found = own.examine(path)
    assert "file_repaired" in found.warnings
    assert own.page(path, 1).pixels.width == 620
    assert sum("memfd:repaired" in name for name in open_files(keeper())) == 1


def test_the_child_keeps_no_file_open_that_it_was_given(make, own):
    paths = [make.image(f"{number}.png") for number in range(5)]
    for path in paths:
        own.page(path, 1)
    wait_until(lambda: not any(str(path) in open_files(keeper()) for path in paths))
    before = len(os.listdir("/proc/self/fd"))
    for path in paths:
        own.page(path, 1)
    assert len(os.listdir("/proc/self/fd")) == before


def open_files(process: int) -> list[str]:
    """What a process has open; it may just be closing some of it."""
    names = []
    for file in os.listdir(f"/proc/{process}/fd"):
        with suppress(FileNotFoundError):
            names.append(os.readlink(f"/proc/{process}/fd/{file}"))
    return names
