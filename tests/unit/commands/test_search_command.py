"""`dossier search` over the sample dossiers: what it tells a program, and that its own examples find something."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from archive.bootstrap import build
from archive.config import Settings
from archive.domain.document import Page
from search.embedded import open_index
from search.embedded.search_folder import WriterLock
from tests.sample_archive import file_samples
from tests.unit.commands.test_command_line import dossier

MANY = "机 OR 线"  # on nearly every page of a manual


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the sample dossiers."""
    folder = tmp_path_factory.mktemp("search") / "data"
    application = build(Settings(data=folder))
    file_samples(application.ports)
    application.close()
    return folder


def told(data: Path, *arguments: str) -> dict[str, Any]:
    done = dossier(data, "search", *arguments, "--json")
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def test_as_json_every_page_that_fits_is_told(data: Path) -> None:
    found = told(data, MANY, "--size", "100")
    assert found["exact"] and found["total"] > 20
    assert len(found["hits"]) == found["total"]
    assert len({hit["document"] for hit in found["hits"]}) == found["documents"]
    hit = next(hit for hit in found["hits"] if hit["pages_found"] > 3)
    assert sum(one["document"] == hit["document"] for one in found["hits"]) == hit["pages_found"]
    assert hit["file"] and hit["width"] and hit["height"] and hit["boxes"] and hit["snippet"]


def test_fewer_pages_of_each_document_may_be_asked_for(data: Path) -> None:
    found = told(data, MANY, "--size", "100", "--pages", "1")
    assert len(found["hits"]) == found["documents"] < found["total"]
    assert sum(hit["pages_found"] for hit in found["hits"]) == found["total"]


def test_for_the_eye_it_is_said_how_many_pages_are_not_shown(data: Path) -> None:
    (hit, *_) = whole = told(data, MANY, "--only", "type=manual", "--size", "1")["hits"]
    assert len(whole) == hit["pages_found"] > 3
    shown = dossier(data, "search", MANY, "--only", "type=manual", "--size", "1").stdout
    assert shown.count("p. ") == 3
    assert f"and {len(whole) - 3} more pages" in shown


def test_a_value_that_no_scheme_knows_is_told_and_fails_nothing(data: Path) -> None:
    (note,) = told(data, "type:变形")["notes"]
    assert "变形" in note and "Change order" in note
    shown = dossier(data, "search", "type:变形", LC_ALL="zh_CN.UTF-8")
    assert (shown.returncode, "“变形”" in shown.stderr) == (0, True)
    assert told(data, "type:变更")["notes"] == []


def test_behind_the_last_document_it_is_said_how_many_there_are(data: Path) -> None:
    there = told(data, "交换机")["documents"]
    behind = dossier(data, "search", "交换机", "--start", "100")
    assert (behind.returncode, behind.stderr) == (0, f"There are only {there} documents. Give a smaller --start.\n")
    assert "Nothing found" in dossier(data, "search", "龘龘", "--start", "100").stderr


def test_what_is_not_yet_searchable_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "index"
    lock = WriterLock(folder / "search")
    assert lock.take()
    index = open_index(folder)
    index.put([Page(id="a-1", document="a", number=1, state="read", text="harbour", mark="s/open")])
    found = told(tmp_path, "harbour")
    assert (found["total"], found["exact"], found["behind"], len(found["notes"])) == (0, False, 1, 1)
    shown = dossier(tmp_path, "search", "harbour")
    assert shown.stdout == "at least 0 pages in 0 documents\n"
    assert shown.stderr.startswith("Nothing found so far.\nPages new or changed that are not yet searchable: 1.")
    lock.free()
    index.close()
