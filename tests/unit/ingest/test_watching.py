"""The watched folder, with real files: nothing is taken too early, twice or never."""

from __future__ import annotations

import os
import threading
import time

import pytest

from archive.errors import InvalidInput, NotFound, Unavailable
from ingest.door import open_file
from ingest.watching import Inbox, failures, watch


class Office:
    """A watched folder, what was taken out of it, and a clock that the test moves."""

    def __init__(self, folder):
        self.folder, self.now, self.taken, self.refusals = folder, 100.0, [], {}
        self.inbox = self.reopened()

    def reopened(self):
        return Inbox(self.folder, self.take, quiet=5.0, clock=lambda: self.now)

    def take(self, path, folder):
        if path.name in self.refusals:
            raise self.refusals[path.name]
        with open_file(path) as file:
            self.taken.append((path.name, folder, file.read()))

    def put(self, name, data=b"page"):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return path

    def look_after(self, seconds):
        self.now += seconds
        return self.inbox.look()

    @property
    def names(self):
        return [name for name, _, _ in self.taken]


@pytest.fixture
def office(tmp_path):
    folder = tmp_path / "inbox"
    folder.mkdir()
    return Office(folder)


def test_a_file_is_taken_when_it_was_quiet_long_enough_and_put_aside(office):
    path = office.put("a.pdf")
    assert office.look_after(0) == 0
    assert office.look_after(4.9) == 0
    assert office.look_after(0.2) == 1
    assert office.names == ["a.pdf"]
    assert not path.exists()
    assert (office.folder / "taken" / "a.pdf").read_bytes() == b"page"
    assert office.look_after(60) == 0


def test_a_file_that_still_grows_is_not_taken(office):
    path = office.put("a.pdf", b"1")
    for part in range(2, 6):
        office.look_after(4)
        path.write_bytes(b"1" * part)
    office.look_after(4)
    assert office.names == []
    office.look_after(5)
    assert office.taken == [("a.pdf", "", b"11111")]


def test_a_file_changed_without_growing_is_not_taken(office):
    path = office.put("a.pdf")
    office.look_after(0)
    office.now += 4
    os.utime(path, ns=(1, 1))
    office.look_after(2)
    assert office.names == []
    office.look_after(5)
    assert office.names == ["a.pdf"]


def test_files_are_taken_in_the_order_of_their_names_with_their_folders(office):
    for name in ("KH-1 甲/2.tif", "KH-1 甲/1.tif", "KH-1 甲/合同/3.tif", "0.tif"):
        office.put(name)
    office.look_after(0)
    office.look_after(6)
    assert [(name, folder) for name, folder, _ in office.taken] == [
        ("0.tif", ""),
        ("1.tif", "KH-1 甲"),
        ("2.tif", "KH-1 甲"),
        ("3.tif", "KH-1 甲/合同"),
    ]
    assert (office.folder / "taken" / "KH-1 甲" / "合同" / "3.tif").is_file()


def test_a_second_file_of_the_same_name_keeps_its_own(office):
    for content in (b"one", b"two"):
        office.put("scan.pdf", content)
        office.look_after(0)
        office.look_after(6)
    aside = sorted(path.read_bytes() for path in (office.folder / "taken").iterdir())
    assert aside == [b"one", b"two"]


def test_what_cannot_be_taken_stays_with_its_reason_and_is_not_tried_again(office):
    path = office.put("bad.pdf")
    office.refusals["bad.pdf"] = InvalidInput("file_too_large", field="file", limit=5)
    office.look_after(0)
    office.look_after(6)
    (failure,) = failures(office.folder)
    assert (failure.path, failure.key, failure.data["limit"]) == ("bad.pdf", "file_too_large", 5)
    office.refusals.clear()
    office.look_after(100)
    office.inbox = office.reopened()
    office.look_after(0)
    office.look_after(100)
    assert office.names == []
    assert path.exists()


def test_what_could_not_be_taken_is_tried_again_when_it_has_changed(office):
    office.put("bad.pdf", b"")
    office.look_after(0)
    office.look_after(6)
    assert [failure.key for failure in failures(office.folder)] == ["file_empty"]
    office.put("bad.pdf", b"now whole")
    office.look_after(1)
    office.look_after(6)
    assert office.names == ["bad.pdf"]
    assert failures(office.folder) == []


def test_a_failure_is_forgotten_when_its_file_is_gone(office):
    path = office.put("bad.pdf", b"")
    office.look_after(0)
    office.look_after(6)
    path.unlink()
    office.look_after(1)
    assert failures(office.folder) == []


def test_what_the_archive_cannot_take_now_is_tried_again_later_and_not_recorded(office):
    office.put("a.pdf")
    office.refusals["a.pdf"] = Unavailable("store_full")
    office.look_after(0)
    office.look_after(6)
    assert failures(office.folder) == []
    office.refusals.clear()
    assert office.look_after(1) == 0
    assert office.look_after(6) == 1


def test_a_fault_in_taking_one_file_does_not_keep_the_others(office):
    for name in ("a.pdf", "b.pdf"):
        office.put(name)
    office.refusals["a.pdf"] = RuntimeError("a fault")
    office.look_after(0)
    office.look_after(6)
    assert office.names == ["b.pdf"]
    assert (office.folder / "a.pdf").exists()


def test_a_file_that_vanishes_is_no_failure(office):
    office.put("a.pdf")
    office.refusals["a.pdf"] = NotFound("file_missing", name="a.pdf")
    office.look_after(0)
    office.look_after(6)
    assert failures(office.folder) == []


def test_a_file_replaced_while_it_was_taken_stays_and_is_taken_too(office):
    path = office.put("a.pdf", b"first")
    taking = office.take

    def take(path, folder):
        taking(path, folder)
        if len(office.taken) == 1:
            path.write_bytes(b"second")

    office.inbox = Inbox(office.folder, take, quiet=5.0, clock=lambda: office.now)
    office.look_after(0)
    office.look_after(6)
    assert path.exists()
    office.look_after(1)
    office.look_after(6)
    assert [data for _, _, data in office.taken] == [b"first", b"second"]
    assert not path.exists()


def test_a_link_in_the_folder_is_refused_with_a_reason(office, tmp_path):
    (tmp_path / "secret.txt").write_text("secret")
    (office.folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    office.look_after(0)
    office.look_after(6)
    assert [failure.key for failure in failures(office.folder)] == ["file_not_regular"]


def test_a_folder_that_is_not_there_holds_nothing_and_is_looked_at_again(office, caplog):
    office.folder.rmdir()
    assert office.look_after(0) == 0
    assert not office.inbox.is_waiting
    assert caplog.records == []
    office.put("a.pdf")
    office.look_after(0)
    assert office.look_after(6) == 1


def test_where_nothing_can_be_moved_a_file_is_taken_once(office, monkeypatch):
    office.put("a.pdf")

    def refuse(*_):
        raise PermissionError(13, "read-only file system")

    monkeypatch.setattr("pathlib.Path.rename", refuse)
    office.look_after(0)
    assert office.look_after(6) == 1
    assert office.look_after(60) == 0
    assert office.names == ["a.pdf"]
    assert not office.inbox.is_waiting


def test_hidden_and_unfinished_files_are_left_alone(office):
    for name in (".hidden.pdf", "a.pdf.part", "~$b.docx"):
        office.put(name)
    office.look_after(0)
    office.look_after(60)
    assert office.taken == []
    assert failures(office.folder) == []


# --- with events and threads


@pytest.fixture
def watching(tmp_path):
    """Starts watching a folder for real; gives the folder, what was taken, and a way to start."""
    folder, taken, stop, threads = tmp_path / "inbox", [], threading.Event(), []

    def take(path, _):
        with open_file(path) as file:
            taken.append((path.name, file.read()))

    def start(rescan=30.0, quiet=0.3, **more):
        thread = threading.Thread(
            target=watch, args=(folder, take), kwargs={"quiet": quiet, "rescan": rescan, "stop": stop, **more}
        )
        thread.start()
        threads.append(thread)
        wait_until(folder.is_dir)
        return thread

    yield folder, taken, start
    stop.set()
    for thread in threads:
        thread.join(10)
        assert not thread.is_alive()


def wait_until(true, seconds=15.0):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)


def test_files_that_come_while_it_watches_are_taken_without_waiting_for_the_rescan(watching):
    folder, taken, start = watching
    start(rescan=600)
    (folder / "KH-1").mkdir()
    (folder / "KH-1" / "a.pdf").write_bytes(b"a")
    wait_until(lambda: taken == [("a.pdf", b"a")])
    wait_until((folder / "taken" / "KH-1" / "a.pdf").is_file)


def test_files_that_were_there_before_are_taken(watching):
    folder, taken, start = watching
    folder.mkdir()
    (folder / "a.pdf").write_bytes(b"a")
    start(rescan=600)
    wait_until(lambda: taken == [("a.pdf", b"a")])


def test_a_slowly_written_file_is_taken_once_and_whole(watching):
    folder, taken, start = watching
    start(quiet=1.0)
    with (folder / "slow.pdf").open("wb") as file:
        for _ in range(10):
            file.write(b"x" * 1000)
            file.flush()
            time.sleep(0.2)
    wait_until(lambda: taken)
    time.sleep(1.5)
    assert taken == [("slow.pdf", b"x" * 10_000)]


def test_the_rescan_finds_what_no_event_told_of(watching, monkeypatch):
    from ingest import watching as module

    folder, taken, start = watching

    def no_events(*_, **__):
        raise OSError("no more watches")

    monkeypatch.setattr(module, "events_of", no_events)
    start(rescan=0.4)
    (folder / "a.pdf").write_bytes(b"a")
    wait_until(lambda: taken == [("a.pdf", b"a")])


@pytest.mark.parametrize("events", [True, False], ids=["with events", "without"])
def test_it_says_that_it_lives_though_nothing_happens(watching, monkeypatch, events):
    from ingest import watching as module

    def no_events(*_, **__):
        raise OSError("no more watches")

    _, _, start = watching
    if not events:
        monkeypatch.setattr(module, "events_of", no_events)
    signs = []
    start(rescan=600, alive=lambda: signs.append(time.monotonic()))
    wait_until(lambda: len(signs) >= 3, seconds=5)
    assert signs[-1] - signs[0] < 4 * module.PULSE


def test_a_look_at_very_many_files_says_that_it_lives(office):
    signs = []
    for number in range(5):
        office.put(f"{number}.pdf")
    Inbox(office.folder, office.take, quiet=5.0, alive=lambda: signs.append(1)).look()
    assert len(signs) >= 5


def test_a_folder_that_was_away_is_watched_again_when_it_is_back(watching):
    folder, taken, start = watching
    start(rescan=0.4)
    time.sleep(0.5)
    folder.rmdir()
    time.sleep(1.0)
    folder.mkdir(exist_ok=True)
    (folder / "a.pdf").write_bytes(b"a")
    wait_until(lambda: taken == [("a.pdf", b"a")])
