"""What a person puts right later: the copies on the shelf follow, phases are never mixed behind anybody's back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from archive.domain.access import SYSTEM
from archive.domain.document import Document, Guess
from archive.domain.intake_job import IntakeJob
from archive.domain.scheme import Scheme
from archive.errors import Refused
from archive.ports import Paper
from archive.services import arranging, audit, filing, intake, lending
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
