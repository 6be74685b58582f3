"""What a person puts right later: the copies on the shelf follow, phases are never mixed behind anybody's back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from archive.domain.access import SYSTEM
from archive.domain.document import Document, Guess
from archive.domain.dossier import Dossier
from archive.domain.intake_job import IntakeJob
from archive.domain.scheme import Scheme
from archive.errors import Refused
from archive.ports import Paper
from archive.services import arranging, audit, classifying, filing, intake, lending
from tests.unit.services.conftest import Office, make_document, make_dossier
from tests.unit.services.test_lending import Y1, Y2, request

SCHEME, ID = "engineering-customer", "kh-2024-031"
FIRST, SECOND = f"{ID}-doc-1", f"{ID}-doc-2"


@pytest.fixture
def shelf(office: Office) -> Office:
    """A dossier of two fixed volumes, a site survey in each."""
    make_dossier(office.ports, types=("site_survey",))
    return office


def document(office: Office, id: str) -> Document:
    return office.ports.index.get(Document, id).record


def changed(office: Office, id: str, **update: Any) -> None:
    read = office.ports.index.get(Document, id)
    last = audit.event(office.ports, SYSTEM, "test")
    written = audit.change(office.ports, read, read.record.model_copy(update={**update, "last": last}))
    office.ports.index.refresh(written.seq)


# --- the copies follow --------------------------------------------------------------------------------------------


def test_paper_corrected_to_a_restricted_type_is_not_lent_to_readers_any_more(shelf: Office) -> None:
    assert shelf.copy(Y1).mark == f"{SCHEME}/company"
    filing.file_document(shelf.ports, shelf.desk, FIRST, type="quotation")
    assert (shelf.copy(Y1).mark, shelf.copy(Y1).types) == (f"{SCHEME}/restricted", ("quotation",))
    assert (shelf.copy(Y2).mark, shelf.copy(Y2).types) == (f"{SCHEME}/company", ("site_survey",))
    with pytest.raises(Refused) as refused:
        lending.lend(shelf.ports, shelf.desk, request(Y1))
    assert refused.value.key == "borrower_may_not_see"
    assert lending.lend(shelf.ports, shelf.desk, request(Y2)).copies


def test_a_copy_opens_again_when_the_correction_is_put_right(shelf: Office) -> None:
    filing.file_document(shelf.ports, shelf.desk, FIRST, level="restricted")
    assert shelf.copy(Y1).mark == f"{SCHEME}/restricted"
    filing.file_document(shelf.ports, shelf.desk, FIRST, level="")
    assert shelf.copy(Y1).mark == f"{SCHEME}/company"


def test_a_restricted_late_paper_closes_the_copy_it_goes_into(shelf: Office) -> None:
    make_document(shelf.ports, "KH-2024-031", 9, "quotation", SCHEME)
    changed(shelf, f"{ID}-doc-9", volume=0, item=0, mark=f"{SCHEME}/restricted", review="done")
    arranging.put(shelf.ports, shelf.desk, ID, f"{ID}-doc-9", 1)
    assert (shelf.copy(Y1).mark, shelf.copy(Y1).types) == (f"{SCHEME}/restricted", ("quotation", "site_survey"))


class Taking:
    """A classifier that takes every paper for one type."""

    def __init__(self, type_: str) -> None:
        self._type = type_

    def guess(self, paper: Paper, schemes: Sequence[Scheme]) -> Mapping[str, Guess]:
        return {"type": Guess(value=self._type, confidence=0.95, source="text")}


def test_a_copy_follows_a_paper_that_is_read_again_and_taken_for_something_else(shelf: Office) -> None:
    job = IntakeJob(
        id="job", batch="b", source="0" * 64, size=1, file_name="合同.pdf", channel="upload", by="gu.wendi",
        received_at=shelf.clock.now(), state="done", documents=(FIRST,),
        last=audit.event(shelf.ports, SYSTEM, "receive"),
    )  # fmt: skip
    audit.create(shelf.ports, job)
    changed(shelf, FIRST, finished="no")
    intake.finish(replace(shelf.ports, classifier=Taking("quotation")), FIRST)
    assert document(shelf, FIRST).type == "quotation"
    assert shelf.copy(Y1).mark == f"{SCHEME}/restricted"


# --- the phase goes with the type ---------------------------------------------------------------------------------


def in_an_open_volume(office: Office, *types: str) -> None:
    """A third volume, of the contract phase and open, with these papers: `{ID}-doc-11`, `-12` …"""
    for n, type_ in enumerate(types, start=11):
        make_document(office.ports, "KH-2024-031", n, type_, SCHEME)
        changed(office, f"{ID}-doc-{n}", volume=0, item=0, review="done", title=f"{n}", dossier=ID)
        arranging.put(office.ports, office.desk, ID, f"{ID}-doc-{n}", None if n == 11 else 3)


@pytest.fixture
def parted(office: Office) -> Office:
    """As `shelf`, its volumes of the contract phase; a third, open one holds two papers."""
    made = make_dossier(office.ports, types=("site_survey",))
    read = office.ports.index.get(Dossier, made.id)
    volumes = tuple(volume.model_copy(update={"phase": "contract"}) for volume in read.record.volumes)
    last = audit.event(office.ports, SYSTEM, "test")
    audit.change(office.ports, read, read.record.model_copy(update={"volumes": volumes, "last": last}))
    in_an_open_volume(office, "contract", "contract_supplement")
    return office


def volumes_of(office: Office) -> list[list[str]]:
    volumes = office.ports.index.get(Dossier, ID).record.volumes
    return [[item.document.removeprefix(f"{ID}-doc-") for item in volume.items] for volume in volumes]


def test_a_type_of_another_phase_is_refused_in_a_fixed_volume_and_nothing_changes(parted: Office) -> None:
    with pytest.raises(Refused) as refused:
        filing.file_document(parted.ports, parted.desk, FIRST, type="completion_report")
    assert (refused.value.key, refused.value.clause) == ("type_of_other_phase", "规范 二、8")
    assert refused.value.told_in("zh").endswith("阶段仍选「合同」。")
    assert refused.value.told_in("en").endswith("Choose the phase Contract beside the type.")
    assert (document(parted, FIRST).type, document(parted, FIRST).phase) == ("site_survey", "contract")
    assert volumes_of(parted) == [["1"], ["2"], ["11", "12"]]


@pytest.mark.parametrize("given", [{"phase": "completion"}, {"dossier": "kh-2024-032"}])
def test_what_is_said_to_move_out_of_a_fixed_volume_is_refused_whatever_is_fixed_there(
    parted: Office, given: dict[str, Any]
) -> None:
    make_dossier(parted.ports, "KH-2024-032")
    with pytest.raises(Refused) as refused:
        filing.file_document(parted.ports, parted.desk, FIRST, **given)
    assert refused.value.key == "document_in_fixed_volume"


def test_a_type_of_a_phase_that_is_fixed_too_is_not_told_to_come_late(parted: Office) -> None:
    read = parted.ports.index.get(Dossier, ID)
    (first, second, third) = read.record.volumes
    volumes = (first, second.model_copy(update={"phase": "completion"}), third)
    last = audit.event(parted.ports, SYSTEM, "test")
    audit.change(parted.ports, read, read.record.model_copy(update={"volumes": volumes, "last": last}))
    with pytest.raises(Refused) as refused:
        filing.file_document(parted.ports, parted.desk, FIRST, type="completion_report")
    assert refused.value.key == "type_of_other_phase"


def test_with_its_phase_said_a_paper_in_a_fixed_volume_may_be_of_any_type(parted: Office) -> None:
    filing.file_document(parted.ports, parted.desk, FIRST, type="completion_report", phase="contract")
    assert (document(parted, FIRST).type, document(parted, FIRST).phase) == ("completion_report", "contract")
    filing.file_document(parted.ports, parted.desk, FIRST, type="test_record")  # the phase a person said stays
    assert (document(parted, FIRST).type, document(parted, FIRST).phase) == ("test_record", "contract")
    assert volumes_of(parted)[0] == ["1"]


def test_a_type_of_another_phase_takes_a_paper_out_of_its_open_volume(parted: Office) -> None:
    filed = filing.file_document(parted.ports, parted.desk, f"{ID}-doc-11", type="completion_report").record
    assert (filed.phase, filed.volume, filed.guesses["phase"].source) == ("completion", 0, "scheme")
    assert volumes_of(parted) == [["1"], ["2"], ["12"]]
    (place,) = [place for one, place in arranging.pile(parted.ports, parted.desk, ID).loose if one.id == filed.id]
    assert place is not None and (place.volume, place.target.phase) == (4, "completion")
    again = filing.file_document(parted.ports, parted.desk, filed.id, type="start_report").record
    assert again.phase == "installation"  # nobody said the phase, so it goes on following


def test_what_is_refused_leaves_a_paper_in_its_volume(parted: Office) -> None:
    changed(parted, f"{ID}-doc-12", phase="installation")
    with pytest.raises(Refused) as refused:
        filing.file_document(parted.ports, parted.desk, f"{ID}-doc-12", type="contract")
    assert refused.value.key == "volumes_fixed"
    assert volumes_of(parted)[2] == ["11", "12"]
    filed = filing.file_document(parted.ports, parted.desk, f"{ID}-doc-12", type="contract", late=True).record
    assert (filed.late, filed.volume) == (True, 0)


def test_what_stands_in_a_volume_keeps_its_phase_when_it_is_read_again(shelf: Office) -> None:
    changed(shelf, FIRST, finished="no")
    read = shelf.ports.index.get(Document, FIRST)
    classifying.classify(replace(shelf.ports, classifier=Taking("completion_report")), read)
    assert (document(shelf, FIRST).type, document(shelf, FIRST).phase) == ("completion_report", "contract")
