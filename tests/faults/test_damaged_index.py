"""A damaged index is told clearly, and made anew from the scan store."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.conftest import WORDS, Office, draw_pages

pytestmark = pytest.mark.timeout(600)


@pytest.fixture
def filled(office: Office, tmp_path: Path) -> Office:
    """An archive with a document of three pages and an account, at rest."""
    scan = draw_pages(tmp_path / "three.pdf", WORDS[:3])
    assert office.told("ingest", str(scan), "--wait")["failed"] == []
    account = ["people", "add", "gu.wendi", "--name", "顾闻笛", "--role", "archivist", "--password-stdin"]
    made = office.run_with("a long password for a test\n", *account)
    assert made.returncode == 0, made.stderr
    return office


def spoil(file: Path) -> None:
    """Overwrites the middle of a file, and its head."""
    size = file.stat().st_size
    with file.open("r+b") as opened:
        opened.write(b"spoilt " * 20)
        opened.seek(size // 2)
        opened.write(b"spoilt " * 2000)


def test_spoilt_records_are_told_and_rebuilt_from_the_store(filled: Office) -> None:
    before = filled.told("search", "record")
    spoil(filled.data / "index" / "records.db")
    for command in (["search", "record"], ["status"], ["up", "--port", "0"]):
        told = filled.run(*command)
        assert told.returncode == 7, told.stderr
        assert "dossier rebuild" in told.stderr
        assert "Traceback" not in told.stderr
    rebuilt = filled.told("rebuild")
    assert rebuilt["pages"] == 3
    assert rebuilt["broken"] == []
    assert filled.told("search", "record") == before
    assert [user["login"] for user in filled.told("people", "list")] == ["gu.wendi"]
    assert filled.told("audit", "verify")["whole"] is True
    assert Path(rebuilt["old_index"]).exists()


def test_a_lost_search_folder_is_made_anew_from_the_records(filled: Office) -> None:
    before = filled.told("search", "record")
    for file in (filled.data / "index" / "search").rglob("*"):
        if file.is_file() and file.suffix not in (".lock",):
            file.write_bytes(b"spoilt")
    told = filled.run("search", "record")
    assert told.returncode == 7, told.stderr
    assert "dossier rebuild" in told.stderr
    assert "Traceback" not in told.stderr
    assert filled.told("rebuild")["pages"] == 3
    assert filled.told("search", "record") == before


def test_a_lost_index_is_made_anew_whole(filled: Office) -> None:
    before = filled.told("search", WORDS[1])
    (filled.data / "index").rename(filled.data / "lost")
    assert filled.told("rebuild", "--from-store")["pages"] == 3
    assert filled.told("search", WORDS[1]) == before


def test_rebuilding_waits_for_the_dossier_to_be_stopped(filled: Office) -> None:
    filled.start()
    told = filled.run("rebuild")
    assert told.returncode == 4
    assert "Stop it" in told.stderr
