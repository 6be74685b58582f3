"""What is opened on a screen is recorded as a look, what is only listed is not."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from archive.domain.access import SYSTEM
from archive.domain.audit import AuditEvent
from archive.services import trail
from tests.web.papers import Sheet, page_of

DOSSIER = {"dossier": "kh-2024-031"}


def looked(office: Any, by: str = "gu.wendi") -> list[dict[str, object]]:
    """What this person looked at, in order."""
    found = [read.record for read in office.ports.index.changes(AuditEvent, 0)]
    return [dict(one.details) for one in found if one.chain.startswith(f"looks/{by}/")]


@pytest.mark.parametrize(
    "path",
    [
        "/dossiers/KH-2024-031",
        "/dossiers/KH-2024-031/record",
        "/arrange/KH-2024-031",
        "/arrange/KH-2024-031/1/contents",
        "/arrange/KH-2024-031/1/remarks",
    ],
)
def test_each_screen_of_a_dossier_is_a_look_at_it(office: Any, make_dossier: Callable[..., Any], path: str) -> None:
    make_dossier()
    visitor = office.visitor()
    visitor.get(path)
    visitor.get(path)
    assert looked(office) == [DOSSIER]


@pytest.mark.parametrize(
    "path", ["/dossiers", "/?q=消火栓", "/arrange", "/api/search?q=消火栓", "/export.csv?q=消火栓"]
)
def test_lists_are_no_look(office: Any, make_dossier: Callable[..., Any], add_paper: Any, path: str) -> None:
    make_dossier()
    add_paper()
    assert office.visitor().get(path).status_code == 200
    assert looked(office) == []


@pytest.mark.parametrize("path", ["/review", "/intake"])
def test_the_card_of_the_review_list_is_a_look_at_its_document(office: Any, unsure_document: Any, path: str) -> None:
    office.visitor().get(path)
    assert looked(office) == [{"document": "unsure"}]


def test_a_document_read_over_the_api_is_a_look(office: Any, add_paper: Any) -> None:
    document = add_paper()
    office.visitor().get(f"/api/documents/{document.id}")
    assert looked(office) == [{"document": document.id}]


def test_a_picture_large_enough_to_read_is_a_look_and_a_thumbnail_is_none(office: Any, add_paper: Any) -> None:
    document = add_paper("scan", Sheet([("二层东侧走廊消火栓", (150, 60, 300, 30))], size=(1200, 1700)))
    visitor, page = office.visitor(), page_of(document)
    for path in ("info.json", "full/84,/0/default.jpg", "100,20,300,60/300,/0/default.jpg"):
        assert visitor.get(f"/iiif/3/{page}/{path}").status_code == 200
    assert looked(office) == []
    assert visitor.get(f"/iiif/3/{page}/full/1000,/0/default.jpg").status_code == 200
    assert looked(office) == [{"document": document.id}]


def test_the_strips_and_thumbnails_of_a_result_are_no_look(office: Any, add_paper: Any) -> None:
    line = ("二层东侧走廊消火栓与教室门冲突", (200, 900, 2080, 44))
    upright = (line[0], (900, 700, 44, 2080))  # written from top to bottom, or on a page that lies on its side
    size = (2480, 3508)
    document = add_paper("scan", Sheet([line], size), Sheet([upright], size), Sheet([upright], size, rotation=90))
    visitor = office.visitor()
    shown = visitor.get(f"/?q={line[0]}").text + visitor.get(f"/hits/{document.id}?q=消火栓").text
    pictures = set(re.findall(r'src="(/iiif/[^"]+)"', shown))
    assert len(pictures) >= 4
    assert {visitor.get(picture).status_code for picture in pictures} == {200}
    assert looked(office) == []


def test_who_looked_is_shown_to_those_who_see_the_trail(office: Any, make_dossier: Callable[..., Any]) -> None:
    make_dossier()
    office.visitor("he.zhixing").get("/dossiers/KH-2024-031")
    last = max(read.seq for read in office.ports.index.changes(AuditEvent, 0))
    office.ports.index.refresh(last)
    assert trail.looks_at(office.ports, SYSTEM, ["dossier/kh-2024-031"]).total == 1
    shown = office.visitor("ye.nanzhou").get("/dossiers/KH-2024-031").text
    assert "Who looked" in shown and "Looked at the dossier" in shown and "贺知行" in shown
    assert "Who looked" not in office.visitor().get("/dossiers/KH-2024-031").text
