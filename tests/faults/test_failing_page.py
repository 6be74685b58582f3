"""One page whose reading fails is recorded and shown, the others are filed, and it is tried again on request."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from tests.faults.conftest import WORDS, Office, draw_page, draw_pages

pytestmark = pytest.mark.timeout(600)


def with_one_large_page(folder: Path) -> Path:
    """Three pages, the second of more pixels than the others."""
    sizes = ((900, 600), (2400, 1600), (900, 600))
    images = [
        draw_page(number, word, 3, size) for number, (word, size) in enumerate(zip(WORDS, sizes, strict=False), 1)
    ]
    images[0].save(
        folder / "three.tif", save_all=True, append_images=images[1:], compression="tiff_lzw", dpi=(150, 150)
    )
    return folder / "three.tif"


def test_a_page_that_fails_is_shown_and_read_when_tried_again(office: Office, tmp_path: Path) -> None:
    scan = with_one_large_page(tmp_path)
    office.settings["DOSSIER_MAX_MEGAPIXELS"] = "2"
    office.start()
    done = office.run("ingest", str(scan), "--wait")
    assert done.returncode == 1, done.stderr
    (entry,) = office.told("ingest", str(scan), "--wait")["known"]
    assert (entry["pages"], entry["pages_failed"]) == (3, 1)
    document = entry["documents"][0]["document"]
    pages = office.told("show", document)["page_list"]
    assert [page["state"] for page in pages] == ["read", "failed", "read"]
    assert "2" in pages[1]["reason"]
    assert office.told("search", "record")["total"] == 2
    assert office.stop() == 0

    office.settings.clear()  # the limit is raised; what failed is not tried again by itself
    office.start()
    assert office.told("status")["pages_failed"] == 1
    (again,) = office.told("ingest", str(scan), "--retry", "--wait")["known"]
    assert (again["state"], again["pages_failed"]) == ("done", 0)
    assert office.told("status")["pages_failed"] == 0
    assert office.told("search", WORDS[1])["total"] == 1


def test_a_file_that_cannot_be_opened_fails_with_its_reason_and_the_others_are_filed(
    office: Office, tmp_path: Path
) -> None:
    folder = tmp_path / "scans"
    folder.mkdir()
    draw_pages(folder / "good.pdf", WORDS[:1])
    (folder / "cut.pdf").write_bytes((folder / "good.pdf").read_bytes()[:900])
    (folder / "empty.jpg").touch()
    Image.new("L", (40, 40), 255).save(folder / "real.png")
    (folder / "gone.pdf").symlink_to(folder / "nowhere.pdf")
    told = office.told("ingest", str(folder), "--wait")
    assert sorted(Path(one["file"]).name for one in told["failed"]) == ["cut.pdf", "empty.jpg", "gone.pdf"]
    assert all(one["reason"].strip() for one in told["failed"])
    assert sorted(Path(one["file"]).name for one in told["filed"]) == ["good.pdf", "real.png"]
    assert told["known"] == []
