"""What only the index on files must do: survive kills, damage and forks, and never let readers wait for writers."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest

from archive.domain.access import Access
from archive.domain.copy import Copy
from archive.domain.document import Page
from archive.domain.people import User
from archive.domain.query import Anything, PageSearch
from archive.domain.query_language import parse
from archive.errors import NotFound, Unavailable
from search.embedded import EmbeddedIndex, discard, discard_search, open_index, records_are_sound
from search.embedded.faults import records_faults, search_faults
from search.embedded.follower import FEW_BEHIND
from search.embedded.search_folder import WriterLock
from tests.contract.index_examples import WHOLE, ask, copy, found, page, user, write


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "index"


@pytest.fixture
def index(folder: Path) -> Iterator[EmbeddedIndex]:
    opened = open_index(folder)
    yield opened
    opened.close()


def begun(folder: Path, *what: str) -> subprocess.Popen[str]:
    """Another process on the same folder that has begun to do something."""
    command = [sys.executable, "-m", "tests.contract.index_processes", "embedded", str(folder), *what]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None and process.stdin is not None
    assert process.stdout.readline() == "ready\n"
    process.stdin.write("\n")
    process.stdin.flush()
    return process


def wait_until_found(index: EmbeddedIndex, text: str, pages: int, seconds: float = 10) -> None:
    until = time.monotonic() + seconds
    while ask(index, text).pages != pages:
        assert time.monotonic() < until, f"{ask(index, text).pages} pages instead of {pages}"
        time.sleep(0.02)


# --- kills ------------------------------------------------------------------------------------------------------------


def test_every_page_is_found_exactly_once_however_often_the_follower_is_killed(
    index: EmbeddedIndex, folder: Path
) -> None:
    writer = begun(folder, "pages", "a", "80")
    for seconds in (0.2, 0.35, 0.15, 0.5, 0.3):
        follower = begun(folder, "follow")
        time.sleep(seconds)
        follower.send_signal(signal.SIGKILL)
        follower.wait()
    assert writer.communicate(timeout=60)[0].strip() == "True"
    assert index.refresh(10**9, wait=30)
    result = ask(index, "共同的字")
    assert (result.pages, result.documents) == (800, 80)
    assert index.count(Page, Anything(), WHOLE) == 800


def test_a_killed_writer_leaves_whole_records_and_no_lock(index: EmbeddedIndex, folder: Path) -> None:
    writer = begun(folder, "pages", "a", "100000")
    until = time.monotonic() + 20
    while index.health().records.get("page", 0) < 100:
        assert time.monotonic() < until
        time.sleep(0.02)
    writer.send_signal(signal.SIGKILL)
    writer.wait()
    written = index.health().records["page"]
    assert written % 10 == 0, "documents of ten pages are written as one"
    write(index, page("b", 1, "后来的一页"))
    wait_until_found(index, "共同的字", written)


def test_pages_left_by_a_process_that_ended_are_found_by_whoever_searches(index: EmbeddedIndex, folder: Path) -> None:
    assert begun(folder, "leave").wait() == 0
    wait_until_found(index, "留下的一页", 1)


def test_another_process_follows_where_the_follower_died(index: EmbeddedIndex, folder: Path) -> None:
    follower = begun(folder, "follow")
    write(index, page("a", 1, "第一页"))
    follower.send_signal(signal.SIGKILL)
    follower.wait()
    write(index, page("b", 1, "第二页"))
    assert found(index, "第二页") == {"b-1"}


def test_a_position_that_was_not_written_repeats_changes_and_doubles_none(index: EmbeddedIndex, folder: Path) -> None:
    write(index, *[page("a", n, "共同的字") for n in range(1, 31)])
    index.close()
    (position,) = (folder / "search").glob("*.position")
    held = position.read_text()
    write(index, *[page("b", n, "共同的字") for n in range(1, 31)])
    index.close()
    position.write_text(held)
    write(index, page("c", 1, "共同的字"))
    assert ask(index, "共同的字").pages == 61


# --- readers and writers ----------------------------------------------------------------------------------------------


def test_readers_do_not_wait_for_a_writer(index: EmbeddedIndex, folder: Path) -> None:
    index.create(copy("C1"))
    write(index, page("a", 1, "字"))
    holder = begun(folder, "hold")
    assert holder.stdout is not None and holder.stdout.readline() == "holding\n"
    began = time.monotonic()
    index.get(Copy, "C1")
    index.select(Copy, Anything(), WHOLE)
    assert ask(index, "字").pages == 1
    assert time.monotonic() - began < 1.0
    index.create(copy("C2"))  # a writer waits its turn
    assert holder.wait() == 0
    assert index.get(Copy, "C2").revision == 1


def test_threads_share_one_index(index: EmbeddedIndex) -> None:
    faults: list[BaseException] = []

    def work(name: str) -> None:
        try:
            for n in range(20):
                index.create(user(f"{name}{n}"))
                index.put([page(name, n + 1, "共同的字")])
                ask(index, "共同的字")
        except BaseException as fault:  # noqa: BLE001 - told to the test below
            faults.append(fault)

    threads = [threading.Thread(target=work, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults
    assert index.count(User, Anything(), WHOLE) == 80
    wait_until_found(index, "共同的字", 80)


def test_where_there_are_very_many_documents_their_number_is_about_right(
    index: EmbeddedIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    filed = [page(f"d{n}", 1, "共同的字", dossier=f"D{n % 50}", dossier_number=f"D{n % 50}") for n in range(700)]
    write(index, *filed, *[page(f"n{n}", 1, "共同的字", dossier="", dossier_number="") for n in range(200)])
    counted = ask(index, "共同的字")
    assert (counted.pages, counted.documents, counted.dossiers, counted.exact) == (900, 900, 50, True)
    for name in ("search.embedded.searching.FEW", "search.embedded.papers.FEW", "search.embedded.papers.MOST_COUNTED"):
        monkeypatch.setattr(name, 100)
    about = ask(index, "共同的字")
    assert (about.pages, about.dossiers, about.exact) == (900, 50, False)
    assert 880 <= about.documents <= 920
    assert about.found == counted.found
    assert about.facets == counted.facets


def test_a_process_may_fork_after_it_used_the_index(index: EmbeddedIndex) -> None:
    index.create(copy("C1"))
    write(index, page("a", 1, "字"))
    assert ask(index, "字").pages == 1  # its threads that count are there
    child = os.fork()
    if child == 0:
        try:
            index.create(copy("C2"))
            index.refresh(index.put([page("b", 1, "字")]), wait=20)
            os._exit(0 if found(index, "字") == {"a-1", "b-1"} else 1)
        except BaseException:  # noqa: BLE001 - a child that went on would run the other tests too
            os._exit(2)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert index.get(Copy, "C2").revision == 1
    wait_until_found(index, "字", 2)
    write(index, page("c", 1, "字"))
    assert ask(index, "字").pages == 3


def test_opening_makes_no_file_and_starts_nothing(folder: Path) -> None:
    open_index(folder)
    assert not folder.exists()


def test_an_index_that_is_closed_opens_again_when_used(index: EmbeddedIndex) -> None:
    index.create(copy("C1"))
    index.close()
    assert index.get(Copy, "C1").revision == 1
    index.close()
    index.close()


# --- far behind -------------------------------------------------------------------------------------------------------


def test_pages_that_are_far_behind_are_told_and_nothing_is_exact(index: EmbeddedIndex, folder: Path) -> None:
    write(index, *[page("a", n, "共同的字") for n in range(1, 301)])
    index.close()
    lock = WriterLock(folder / "search")
    assert lock.take()
    index.put([page("b", n, "共同的字") for n in range(1, 101)])
    soon = ask(index, "共同")
    assert (soon.pages, soon.exact, soon.behind) == (300, True, 0), "so few come in a moment"
    index.put([page("c", n, "共同的字") for n in range(1, 201)])
    later = ask(index, "共同", size=1)
    assert (later.pages, later.exact, later.behind) == (300, False, 300)
    with pytest.raises(Unavailable) as told:
        next(index.pages_of_search(PageSearch(parse("共同")), WHOLE))
    assert (told.value.key, told.value.data["pages"]) == ("export_behind", 300)
    nothing = ask(index, "共同", Access.nothing())
    assert (nothing.pages, nothing.behind) == (0, 0)
    assert list(index.pages_of_search(PageSearch(parse("共同")), Access.nothing())) == []
    lock.free()
    wait_until_found(index, "共同", 600)
    whole = ask(index, "共同")
    assert (whole.exact, whole.behind) == (True, 0)


def test_where_nothing_is_searchable_yet_that_is_told(index: EmbeddedIndex, folder: Path) -> None:
    empty = ask(index, "共同")
    assert (empty.exact, empty.behind) == (True, 0)
    lock = WriterLock(folder / "search")
    assert lock.take()
    index.put([page("a", 1, "共同的字")])
    result = ask(index, "共同")
    assert (result.pages, result.exact, result.behind) == (0, False, 1)
    lock.free()
    wait_until_found(index, "共同", 1)


def test_while_a_lost_position_is_made_good_no_part_is_told_as_the_whole(
    index: EmbeddedIndex, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("search.embedded.follower._LONGEST_UNCOMMITTED", 0)  # so that there are many parts
    write(index, *[page(f"d{n}", 1, "共同的字") for n in range(2000)])
    index.close()
    (position,) = (folder / "search").glob("*.position")
    position.unlink()
    parts, result = set(), ask(index, "共同")
    until = time.monotonic() + 60
    while not result.exact:
        assert time.monotonic() < until
        assert result.behind > 0
        parts.add(result.pages)
        result = ask(index, "共同")
    assert result.pages >= 2000 - FEW_BEHIND
    assert len(parts) > 3
    wait_until_found(index, "共同", 2000)


def test_of_more_lists_than_are_kept_the_one_longest_unused_goes(
    index: EmbeddedIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("search.embedded.search_folder._MOST_KEPT", 3)
    write(index, *[page(f"d{n}", 1, "共同的字") for n in range(5)])
    used, unused = ask(index, "共同", size=2).cursor, ""
    for n in range(4):
        write(index, page(f"new{n}", 1, "共同的字"))
        unused = unused or ask(index, "共同", size=2).cursor
        ask(index, "共同", size=2)
        assert ask(index, "共同", size=2, start=2, cursor=used).pages == 5
    assert ask(index, "共同", size=2, start=2, cursor=unused).pages == 9, "a new search"


def test_a_list_that_nobody_turned_for_a_quarter_of_an_hour_is_a_new_search(
    index: EmbeddedIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(index, *[page(f"d{n}", 1, "共同的字") for n in range(5)])
    cursor = ask(index, "共同", size=2).cursor
    write(index, page("new", 1, "共同的字"))
    assert ask(index, "共同", size=2, start=2, cursor=cursor).pages == 5
    monkeypatch.setattr("search.embedded.search_folder._KEPT_SECONDS", -1)
    assert ask(index, "共同", size=2, start=2, cursor=cursor).pages == 6


# --- damage -----------------------------------------------------------------------------------------------------------


def test_a_search_folder_that_is_thrown_away_is_made_anew(index: EmbeddedIndex, folder: Path) -> None:
    write(index, *[page("a", n, "共同的字") for n in range(1, 300)])
    shutil.rmtree(folder / "search")
    wait_until_found(index, "共同的字", 299)


def damage(folder: Path, ending: str) -> None:
    for file in (folder / "search").rglob(f"*{ending}"):
        content = file.read_bytes()
        file.unlink()  # readers that have the old file open keep it, as after a real replacement
        file.write_bytes(content[: len(content) // 3])


@pytest.mark.parametrize("ending", ["meta.json", ".idx", ".term", ".fast", ".pos"])
def test_a_damaged_search_folder_is_told_and_can_be_made_anew(folder: Path, ending: str) -> None:
    index = open_index(folder)
    write(index, *[page("a", n, "共同的字") for n in range(1, 50)])
    index.create(copy("C1"))
    index.close()
    damage(folder, ending)
    again = open_index(folder)
    with pytest.raises(Unavailable) as told:
        ask(again, "共同的字")
    assert told.value.key == "index_search_broken"
    assert all("dossier rebuild" in told.value.told_in(language) for language in ("zh", "en"))
    assert again.get(Copy, "C1").revision == 1
    assert records_are_sound(folder)
    discard_search(folder)
    wait_until_found(again, "共同的字", 49)
    assert list(folder.glob("broken-*/search/*"))
    again.close()


@pytest.mark.parametrize("content", [b"not a database at all, but long enough to look like a file" * 100, None])
def test_damaged_records_are_told_and_an_empty_index_can_be_begun(folder: Path, content: bytes | None) -> None:
    index = open_index(folder)
    for n in range(300):
        index.create(user(f"u{n}"))
    write(index, page("a", 1, "旧的页"))
    index.close()
    file = folder / "records.db"
    held = file.read_bytes()
    file.write_bytes(content or held[:4096] + os.urandom(len(held) - 4096))
    again = open_index(folder)
    with pytest.raises(Unavailable) as told:
        list(again.changes(User, 0))
    assert told.value.key == "index_records_broken"
    assert all("dossier rebuild" in told.value.told_in(language) for language in ("zh", "en"))
    assert not records_are_sound(folder)
    aside = discard(folder)
    assert (aside / "records.db").exists()
    with pytest.raises(NotFound):
        again.get(User, "u1")
    again.restore([(user("u1"), 5), (page("b", 1, "新的页"), 1)])
    assert again.get(User, "u1").revision == 5
    wait_until_found(again, "新的页", 1)
    assert not found(again, "旧的页")
    again.close()


def test_records_put_in_the_place_of_others_are_followed_from_the_beginning(
    index: EmbeddedIndex, folder: Path, tmp_path: Path
) -> None:
    other = open_index(tmp_path / "other")
    write(other, page("b", 1, "共同的字"))
    other.close()
    write(index, *[page("a", n, "共同的字") for n in range(1, 20)])
    index.close()
    shutil.copy(tmp_path / "other" / "records.db", folder / "copied")
    (folder / "copied").rename(folder / "records.db")
    for rest in ("records.db-wal", "records.db-shm"):
        (folder / rest).unlink(missing_ok=True)
    wait_until_found(index, "共同的字", 1)


def test_records_of_a_newer_version_are_not_touched(index: EmbeddedIndex, folder: Path) -> None:
    index.create(copy("C1"))
    index.close()
    connection = apsw.Connection(str(folder / "records.db"))
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(Unavailable) as told:
        index.get(Copy, "C1")
    assert told.value.key == "index_newer"


def test_a_full_disk_is_told_and_loses_nothing(index: EmbeddedIndex) -> None:
    index.create(copy("C1"))
    with index._database.reading() as connection:
        connection.execute(f"PRAGMA max_page_count = {connection.pragma('page_count')}")
    with pytest.raises(Unavailable) as told:
        index.create(copy("C2", note="long " * 20_000))
    assert told.value.key == "index_disk_full"
    assert index.get(Copy, "C1").revision == 1
    with pytest.raises(NotFound):
        index.get(Copy, "C2")


@pytest.mark.parametrize(
    ("fault", "key"),
    [
        (OSError(28, "No space left on device"), "index_disk_full"),
        (ValueError("An IO error occurred: 'No space left on device (os error 28)'"), "index_disk_full"),
        (ValueError("Data corrupted: 'x'"), "index_search_broken"),
        (ValueError("Failed to acquire Lockfile: LockBusy"), "index_busy"),
        (PermissionError(13, "Permission denied"), "index_unreachable"),
    ],
)
def test_what_the_search_engine_says_is_told_in_the_archives_words(fault: Exception, key: str, tmp_path: Path) -> None:
    with pytest.raises(Unavailable) as told, search_faults(tmp_path):
        raise fault
    assert told.value.key == key


@pytest.mark.parametrize(
    ("fault", "key"),
    [
        (apsw.CorruptError("x"), "index_records_broken"),
        (apsw.NotADBError("x"), "index_records_broken"),
        (apsw.FullError("x"), "index_disk_full"),
        (apsw.BusyError("x"), "index_busy"),
        (apsw.IOError("x"), "index_unreachable"),
        (apsw.CantOpenError("x"), "index_unreachable"),
        (PermissionError(13, "Permission denied"), "index_unreachable"),
    ],
)
def test_what_the_records_file_says_is_told_in_the_archives_words(fault: Exception, key: str, tmp_path: Path) -> None:
    with pytest.raises(Unavailable) as told, records_faults(tmp_path / "records.db"):
        raise fault
    assert told.value.key == key


def test_a_page_that_cannot_be_understood_keeps_no_other_from_being_found(index: EmbeddedIndex) -> None:
    write(index, page("a", 1, "好的页"), page("a", 2, "好的页"))
    with index._database.writing() as connection:
        connection.execute("UPDATE record SET data = '{}', seq = 1000 WHERE id = 'a-1'")
        connection.execute("UPDATE about SET value = 1000 WHERE name = 'seq'")
    write(index, page("b", 1, "好的页"))
    assert found(index, "好的页") == {"a-2", "b-1"}
