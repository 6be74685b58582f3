"""A file put into the watched folder is taken in by the running dossier."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.faults.conftest import WORDS, Office, draw_pages, wait_until

pytestmark = pytest.mark.timeout(600)


def test_a_file_in_the_watched_folder_is_found_by_its_words(office: Office, tmp_path: Path) -> None:
    office.settings["DOSSIER_WATCH_QUIET_SECONDS"] = "0.5"
    scan = draw_pages(tmp_path / "scan.pdf", WORDS[:1])
    inbox = office.data / "inbox"
    office.start()
    wait_until(inbox.is_dir, "the watched folder")
    shutil.copy(scan, inbox / "by folder.pdf")
    wait_until(lambda: office.told("search", WORDS[0])["total"] == 1, "the page to be searchable")
    (hit,) = office.told("search", WORDS[0])["hits"]
    assert hit["file"] == "by folder.pdf"
    assert not (inbox / "by folder.pdf").exists()
    assert list((inbox / "taken").rglob("by folder.pdf"))
    assert office.stop() == 0


def test_what_lay_in_the_watched_folder_before_the_start_is_taken_too(office: Office, tmp_path: Path) -> None:
    office.settings["DOSSIER_WATCH_QUIET_SECONDS"] = "0.5"
    inbox = office.data / "inbox" / "KH 2024"
    inbox.mkdir(parents=True)
    draw_pages(inbox / "early.pdf", WORDS[:1])
    office.start()
    wait_until(lambda: office.told("status")["records"].get("page") == 1, "the page to be read")
    assert office.stop() == 0
