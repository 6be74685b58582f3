"""Papers that somebody may not see stand in a dossier's way without their titles being told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from archive.domain.access import SYSTEM, Access, Actor
from archive.domain.document import Document, PageOf
from archive.domain.dossier import Dossier
from archive.errors import NotFound
from archive.services import appraising, arranging, audit, dossiers
from tests.unit.services.conftest import Office

SCHEME, ID = "engineering-customer", "kh-2026-001"


@pytest.fixture
def desk(office: Office) -> Office:
    """A completed dossier with a paper for everybody and one that readers may not see, both to be reviewed."""
    dossiers.create(office.ports, office.desk, scheme=SCHEME, name="临澜港务", number="KH-2026-001")
    read = office.ports.index.get(Dossier, ID)
    last = audit.event(office.ports, SYSTEM, "step")
    audit.change(office.ports, read, read.record.model_copy(update={"state": "completed", "last": last}))
    for id, level in (("安装合同", "company"), ("底价", "restricted")):
        waiting(office, id, level)
    return office


def waiting(office: Office, id: str, level: str, *, phase: str = "contract", pages: int = 0) -> None:
    ports = office.ports
    document = Document(
        id=id, job="job", source="1" * 64, file_name=f"{id}.pdf", media_type="application/pdf", scheme=SCHEME,
        mark=f"{SCHEME}/{level}", dossier=ID, type="contract", phase=phase, title=id, review="waiting",
        pages=tuple(PageOf(number=n, source_page=n) for n in range(1, pages + 1)),
        finished="yes", received_at=ports.clock.now(), last=audit.event(ports, SYSTEM, "split"),
    )  # fmt: skip
    ports.index.refresh(audit.create(ports, document).seq)


def narrow(office: Office) -> Actor:
    """One who arranges and may see only what readers may."""
    return replace(office.desk, access=Access.to([f"{SCHEME}/company"]))


def wanting(office: Office, actor: Actor) -> dict[str, list[str]]:
    (shelve,) = dossiers.standing(office.ports, actor, ID).steps
    return {lack.need: [one.name.en for one in lack.missing] for lack in shelve.lacks}


def test_what_a_step_wants_is_told_by_title_only_to_those_who_may_see_it(desk: Office) -> None:
    for need in ("reviewed", "arranged"):
        assert wanting(desk, desk.actor("he.zhixing"))[need] == ["1 not for you", "安装合同"]
        assert sorted(wanting(desk, desk.desk)[need]) == ["安装合同", "底价"]


def test_a_volume_that_waits_for_review_does_not_tell_of_papers_one_may_not_see(desk: Office) -> None:
    arranging.as_proposed(desk.ports, desk.desk, ID)
    fault = arranging.in_the_way(desk.ports, narrow(desk), ID, 1)
    assert fault is not None and fault.key == "volume_unreviewed"
    for told in (fault.told_in("zh"), fault.told_in("en")):
        assert "安装合同" in told and "底价" not in told


def test_a_paper_that_one_may_not_see_is_not_arranged_by_them(desk: Office) -> None:
    made = arranging.as_proposed(desk.ports, narrow(desk), ID)
    assert [item.document for volume in made.volumes for item in volume.items] == ["安装合同"]
    with pytest.raises(NotFound):
        arranging.put(desk.ports, narrow(desk), ID, "底价", 1)
    arranging.as_proposed(desk.ports, desk.desk, ID)
    with pytest.raises(NotFound):
        arranging.take_out(desk.ports, narrow(desk), ID, "底价")
    with pytest.raises(NotFound):
        appraising.not_keep(desk.ports, narrow(desk), ID, "底价", "重份")


def test_what_comes_out_of_a_volume_of_all_phases_goes_on_into_its_own_though_one_may_not_see_it(desk: Office) -> None:
    waiting(desk, "补充合同", "company", pages=30)
    waiting(desk, "报价", "restricted", phase="completion", pages=20)
    arranging.as_proposed(desk.ports, desk.desk, ID)
    waiting(desk, "竣工图", "company", phase="completion", pages=110)
    made = arranging.as_proposed(desk.ports, narrow(desk), ID, ["竣工图"])
    held = [(volume.phase, {item.document for item in volume.items}) for volume in made.volumes]
    assert held == [("contract", {"安装合同", "底价", "补充合同"}), ("completion", {"报价", "竣工图"})]
