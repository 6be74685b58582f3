"""Looks at dossiers and documents: one event a person, thing and quarter of an hour, seen by who sees the trail."""

from __future__ import annotations

from datetime import timedelta

import pytest

from archive.domain.access import SYSTEM
from archive.domain.audit import AuditEvent, LookDay
from archive.domain.document import Page, PageState
from archive.domain.record import Event
from archive.errors import Forbidden, NotFound
from archive.services import audit, dossiers, rebuild, retrieval, trail
from tests.unit.services.conftest import Office, make_dossier, make_ports

DOSSIER, DOCUMENT = "kh-2024-031", "kh-2024-031-doc-1"


@pytest.fixture
def shelf(office: Office) -> Office:
    make_dossier(office.ports)
    return office


def looks(office: Office, about: str) -> list[AuditEvent]:
    last = max(read.seq for read in office.ports.index.changes(AuditEvent, 0))
    office.ports.index.refresh(last)
    return [read.record for read in trail.looks_at(office.ports, SYSTEM, [about]).records]


def test_opening_a_dossier_is_recorded_once_a_quarter_of_an_hour(shelf: Office) -> None:
    reader = shelf.actor("he.zhixing")
    for minutes in (0, 1, 14, 1):
        shelf.clock.move(timedelta(minutes=minutes))
        dossiers.looked_up(shelf.ports, reader, "KH-2024-031")
    found = looks(shelf, f"dossier/{DOSSIER}")
    assert [(one.by, one.action, one.details) for one in found] == [("he.zhixing", "look", {"dossier": DOSSIER})] * 2
    assert trail.verify(shelf.ports, SYSTEM).is_whole


def test_a_dossier_and_a_document_of_one_id_are_looked_at_apart(shelf: Office) -> None:
    audit.look(shelf.ports, shelf.desk, "same")
    audit.look(shelf.ports, shelf.desk, "same", kind="dossier")
    assert len(looks(shelf, "document/same")) == len(looks(shelf, "dossier/same")) == 1


def test_who_may_not_see_a_dossier_or_document_has_not_looked(shelf: Office) -> None:
    make_dossier(shelf.ports, "KH-2024-032", level=shelf.ports.schemes["engineering-customer"].levels[-1].id)
    with pytest.raises(NotFound):
        dossiers.looked_up(shelf.ports, shelf.actor("he.zhixing"), "KH-2024-032")
    with pytest.raises(NotFound):
        retrieval.looked_at(shelf.ports, shelf.actor("he.zhixing"), "nothing")
    assert not shelf.ports.index.get_many(LookDay, ["he.zhixing/2026-11-23"])


def test_finding_a_dossier_for_an_act_is_no_look(shelf: Office) -> None:
    dossiers.by_number(shelf.ports, shelf.desk.access, "KH-2024-031")
    retrieval.visible_document(shelf.ports, shelf.desk, DOCUMENT)
    assert not shelf.ports.index.get_many(LookDay, ["gu.wendi/2026-11-23"])


def test_a_picture_that_can_be_read_is_a_look_and_a_thumbnail_is_none(shelf: Office) -> None:
    page = Page(
        id=f"{DOCUMENT}-1",
        document=DOCUMENT,
        number=1,
        state=PageState.READ,
        width=2480,
        height=3508,
        dpi=300,
        mark="-",
    )
    retrieval.see_picture(shelf.ports, shelf.desk, page, (0, 0, 2480, 3508), (168, 238))
    assert not shelf.ports.index.get_many(LookDay, ["gu.wendi/2026-11-23"])
    retrieval.see_picture(shelf.ports, shelf.desk, page, (0, 0, 2480, 3508), (1240, 1754))
    assert [one.by for one in looks(shelf, f"document/{DOCUMENT}")] == ["gu.wendi"]


def test_a_page_put_together_from_parts_is_a_look_and_the_tiles_of_an_open_one_write_nothing(shelf: Office) -> None:
    size = {"width": 2480, "height": 3508, "dpi": 300}
    page = Page(id=f"{DOCUMENT}-1", document=DOCUMENT, number=1, state=PageState.READ, mark="-", **size)
    for top in (0, 1169, 2338):
        retrieval.see_picture(shelf.ports, shelf.desk, page, (0, top, 2480, 1169), (2480, 1169))
    retrieval.looked_at(shelf.ports, shelf.actor("he.zhixing"), DOCUMENT)
    for left in range(0, 2048, 512):
        retrieval.see_picture(shelf.ports, shelf.actor("he.zhixing"), page, (left, 0, 512, 512), (512, 512))
    assert sorted(one.by for one in looks(shelf, f"document/{DOCUMENT}")) == ["gu.wendi", "he.zhixing"]
    assert shelf.ports.index.get(LookDay, "he.zhixing/2026-11-23").revision == 1


def test_looks_are_seen_by_those_who_see_the_trail(shelf: Office) -> None:
    audit.look(shelf.ports, shelf.desk, DOCUMENT)
    with pytest.raises(Forbidden):
        trail.looks_at(shelf.ports, shelf.desk, [f"document/{DOCUMENT}"])
    shelf.ports.index.refresh(max(read.seq for read in shelf.ports.index.changes(AuditEvent, 0)))
    assert trail.looks_at(shelf.ports, shelf.actor("ye.nanzhou"), [f"document/{DOCUMENT}"]).total == 1


def test_a_look_told_to_be_at_something_else_is_found_out(shelf: Office) -> None:
    audit.look(shelf.ports, shelf.desk, DOCUMENT)
    event = shelf.ports.index.get(AuditEvent, "looks/gu.wendi/2026-11-23/1").record
    shelf.ports.index.put([event.model_copy(update={"about": "document/other"})])
    assert "trail_altered" in [fault.key for fault in trail.verify(shelf.ports, SYSTEM).faults]


def test_looks_at_dossiers_are_known_after_a_rebuild(shelf: Office) -> None:
    audit.look(shelf.ports, shelf.desk, DOSSIER, kind="dossier")
    anew = make_ports(shelf.folder / "anew", shelf.clock)
    ports = type(anew)(**{**{n: getattr(anew, n) for n in anew.__dataclass_fields__}, "store": shelf.ports.store})
    rebuild.rebuild(ports)
    audit.look(ports, shelf.desk, DOSSIER, kind="dossier")  # the same quarter of an hour: known already
    day = ports.index.get(LookDay, "gu.wendi/2026-11-23")
    assert day.revision == 1
    assert day.record.last == Event(at=shelf.clock.now(), by="gu.wendi", action="look", details={"dossier": DOSSIER})
    ports.index.close()
