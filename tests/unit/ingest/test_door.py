"""The door: which files of a folder come in, and what is refused before anything is read."""

from __future__ import annotations

import os
import resource
from pathlib import Path

import pytest

from archive.errors import ArchiveError, InvalidInput, NotFound
from archive.sentences import SENTENCES
from ingest.door import files_in, is_wanted, open_file, shown
from ingest.scan_store import LocalScanStore


def refused(path) -> str:
    with pytest.raises(ArchiveError) as raised, open_file(path) as file:
        file.read()
    assert raised.value.key in SENTENCES
    return raised.value.key


def test_folders_come_in_all_the_way_down_with_the_names_of_their_folders(tmp_path):
    inner = tmp_path / "KH-2024-031 临澜港" / "合同"
    inner.mkdir(parents=True)
    for name in ("b.pdf", "a.pdf"):
        (inner / name).write_bytes(b"x")
    (tmp_path / "KH-2024-031 临澜港" / "总表.tif").write_bytes(b"x")
    found = [(one.path.name, one.folder) for one in files_in([tmp_path / "KH-2024-031 临澜港"])]
    assert found == [
        ("总表.tif", "KH-2024-031 临澜港"),
        ("a.pdf", "KH-2024-031 临澜港/合同"),
        ("b.pdf", "KH-2024-031 临澜港/合同"),
    ]


def test_a_single_file_brings_the_name_of_its_folder(tmp_path):
    (tmp_path / "KH-1").mkdir()
    (tmp_path / "KH-1" / "a.pdf").write_bytes(b"x")
    assert [one.folder for one in files_in([tmp_path / "KH-1" / "a.pdf"])] == ["KH-1"]


@pytest.mark.parametrize("name", [".hidden", "~$lock.docx", "scan.pdf.part", "A.TMP", "Thumbs.db", ".DS_Store"])
def test_what_systems_and_programs_leave_about_is_passed_over(name):
    assert not is_wanted(name)


def test_a_link_to_a_folder_outside_is_not_followed_and_not_passed_over_in_silence(tmp_path):
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "a.pdf").write_bytes(b"x")
    given = tmp_path / "given"
    given.mkdir()
    (given / "way-out").symlink_to(tmp_path / "secret")
    (given / "file").symlink_to(tmp_path / "secret" / "a.pdf")
    found = [one.path for one in files_in([given])]
    assert sorted(path.name for path in found) == ["file", "way-out"]
    assert [refused(path) for path in found] == ["file_not_regular"] * 2


def test_a_folder_that_is_given_may_be_a_link(tmp_path):
    (tmp_path / "share").mkdir()
    (tmp_path / "share" / "a.pdf").write_bytes(b"x")
    (tmp_path / "scans").symlink_to(tmp_path / "share")
    assert [(one.path.name, one.folder) for one in files_in([tmp_path / "scans"])] == [("a.pdf", "scans")]


def test_a_folder_that_may_not_be_read_is_not_passed_over_in_silence(tmp_path, monkeypatch):
    (tmp_path / "closed").mkdir()
    (tmp_path / "open.pdf").write_bytes(b"x")
    look = os.scandir

    def scandir(path):
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied", str(path))
        return look(path)

    monkeypatch.setattr(os, "scandir", scandir)
    assert [one.path.name for one in files_in([tmp_path])] == ["open.pdf", "closed"]


def test_a_pipe_is_refused_and_does_not_wait(tmp_path):
    os.mkfifo(tmp_path / "pipe.pdf")
    assert refused(tmp_path / "pipe.pdf") == "file_not_regular"


def test_a_device_and_a_folder_are_refused(tmp_path):
    assert refused(tmp_path) == "file_not_regular"
    assert refused(Path("/dev/zero")) == "file_not_regular"


def test_an_empty_file_and_one_that_is_not_there_say_so(tmp_path):
    (tmp_path / "empty.pdf").touch()
    assert refused(tmp_path / "empty.pdf") == "file_empty"
    assert refused(tmp_path / "gone.pdf") == "file_missing"


def test_a_file_that_grows_while_it_is_read_is_not_stored(tmp_path):
    path = tmp_path / "growing.pdf"
    path.write_bytes(b"first half")
    store = LocalScanStore(tmp_path / "store")
    with open_file(path) as file:
        with path.open("ab") as writer:
            writer.write(b", second half")
        with pytest.raises(InvalidInput) as raised:
            store.put_file(file, limit=1000)
    assert raised.value.key == "file_changed"
    assert not list((tmp_path / "store").rglob("*/*/*/*"))


def test_a_file_that_stays_as_it_is_is_stored_whole(tmp_path):
    path = tmp_path / "good.pdf"
    path.write_bytes(b"0123456789" * 500_000)
    store = LocalScanStore(tmp_path / "store")
    with open_file(path) as file:
        stored = store.put_file(file, limit=10_000_000)
    with store.local_file(stored.sha256) as kept:
        assert kept.read_bytes() == path.read_bytes()


def test_opening_many_files_leaves_none_open(tmp_path):
    path = tmp_path / "a.pdf"
    path.write_bytes(b"x")
    soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(min(soft, 2000)):
        with open_file(path) as file:
            file.read()
    with pytest.raises(NotFound), open_file(tmp_path / "gone"):
        pass
    assert len(os.listdir("/proc/self/fd")) == before


def test_a_name_in_the_old_chinese_encoding_is_shown_as_it_was_meant(tmp_path):
    raw = os.fsencode(tmp_path) + b"/" + "竣工图.pdf".encode("gb18030")
    with open(raw, "wb") as file:
        file.write(b"x")
    (found,) = files_in([tmp_path])
    assert shown(found.path) == "竣工图.pdf"
    with open_file(found.path) as opened:
        assert opened.read() == b"x"
