"""From guesses to fields: a person's word stays, the surer guess counts, what is unsure waits."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import schemes
from archive.domain.access import INBOX_MARK
from archive.domain.document import Document, Guess, PageState
from archive.domain.dossier import Dossier
from archive.domain.guessing import fields_of, merged
from archive.domain.page_facts import PageFacts
from archive.domain.page_filing import denormalised, filed_page, mark_of
from archive.domain.record import Event
from archive.domain.scheme_file import read_scheme
from archive.domain.similar_characters import similar

LAST = Event(at=datetime(2026, 11, 23, tzinfo=UTC), by="test", action="create")
CUSTOMER = read_scheme(schemes.shipped()["engineering-customer"], "engineering-customer")
CONTRACT = next(t for t in CUSTOMER.types if t.id == "contract")


def paper(**more: Any) -> Document:
    told = {"file_name": "扫描 001.pdf", "dossier": "d", **more}
    return Document(id="p", job="j", source="s", media_type="m", mark="m", received_at=LAST.at, last=LAST, **told)


def dossier(level: str = "company", **fields: Any) -> Dossier:
    return Dossier(
        id="d", number="KH-2024-031", scheme=CUSTOMER.id, name="临澜港", level=level, mark="m", state="temporary",
        classes=("KH", "KH.QY"), created_at=LAST.at, last=LAST, fields=fields,
    )  # fmt: skip


def guess(value: str, sure: float = 0.9, source: str = "text") -> Guess:
    return Guess(value=value, confidence=sure, source=source)


def test_the_surer_guess_counts_and_a_persons_word_stays() -> None:
    there = {"title": guess("A", 0.5, "person"), "type": guess("contract", 0.8), "number": guess("1", 0.4)}
    new = {"title": guess("B", 1.0), "type": guess("minutes", 0.7), "number": guess("2", 0.6), "party": guess("甲")}
    found = merged(there, new)
    assert {name: one.value for name, one in found.items()} == {
        "title": "A", "type": "contract", "number": "2", "party": "甲",
    }  # fmt: skip


def test_a_type_brings_its_phase() -> None:
    fields = fields_of(paper(), {"type": guess("contract"), "title": guess("合同")}, CUSTOMER, 0.6)
    assert (fields["type"], fields["phase"], fields["review"]) == ("contract", CONTRACT.phase, "none")


def test_a_phase_a_person_said_is_kept_beside_the_types_own() -> None:
    other = next(p.id for p in CUSTOMER.phases if p.id != CONTRACT.phase)
    said = {"type": guess("contract"), "phase": guess(other, 1.0, "person"), "title": guess("合同")}
    assert fields_of(paper(), said, CUSTOMER, 0.6)["phase"] == other


def test_what_is_below_the_limit_waits_for_a_person() -> None:
    fields = fields_of(paper(), {"type": guess("contract", 0.4), "title": guess("合同")}, CUSTOMER, 0.6)
    assert fields["review"] == "waiting"
    assert set(fields["review_because"]) == {"type", "phase"}


def test_a_paper_without_title_is_called_as_its_file_and_looked_at() -> None:
    fields = fields_of(paper(), {"type": guess("contract")}, CUSTOMER, 0.6)
    assert fields["title"] == "扫描 001"
    assert fields["review_because"] == ("title",)


def test_guesses_that_name_nothing_of_the_scheme_are_left_out() -> None:
    wild = {"type": guess("nonsense"), "date": guess("2024-13-40"), "party": guess(""), "title": guess("合同")}
    fields = fields_of(paper(), wild, CUSTOMER, 0.6)
    assert not {"type", "date", "party"} & set(fields)
    assert fields["review_because"] == ("type",)


def test_without_a_scheme_no_type_is_taken() -> None:
    fields = fields_of(paper(dossier=""), {"type": guess("contract"), "title": guess("合同")}, None, 0.6)
    assert "type" not in fields
    assert fields["review_because"] == ("dossier", "type")


def test_a_date_is_taken_as_a_day() -> None:
    given = {"type": guess("contract"), "title": guess("合同"), "date": guess("2024-03-05")}
    assert fields_of(paper(), given, CUSTOMER, 0.6)["date"] == date(2024, 3, 5)


def test_a_filed_papers_scheme_is_its_dossiers_and_a_late_paper_is_looked_at() -> None:
    given = {"scheme": guess("campus-construction", 0.2), "type": guess("contract"), "title": guess("合同")}
    fields = fields_of(paper(late=True), given, CUSTOMER, 0.6)
    assert "scheme" not in fields
    assert fields["review_because"] == ("late",)


# --- what its pages carry -----------------------------------------------------------------------------------------


def test_an_unfiled_paper_is_seen_by_those_who_see_the_inbox() -> None:
    assert mark_of(paper(dossier=""), None, None) == INBOX_MARK
    assert mark_of(paper(), dossier(), None) == INBOX_MARK


def test_the_narrowest_of_the_levels_counts() -> None:
    wide, narrow = CUSTOMER.levels[0].id, CUSTOMER.levels[-1].id
    assert mark_of(paper(type="contract"), dossier(wide), CUSTOMER) == CUSTOMER.mark(
        CUSTOMER.narrowest((wide, CONTRACT.level))
    )
    assert mark_of(paper(level=narrow), dossier(wide), CUSTOMER) == CUSTOMER.mark(narrow)
    assert mark_of(paper(), dossier(narrow), CUSTOMER) == CUSTOMER.mark(narrow)


def test_a_page_carries_how_its_document_is_filed_but_nothing_sensitive() -> None:
    document = paper(type="contract", date=date(2024, 3, 5), volume=2, item=3)
    of = dossier(customer_t="临澜港务", phone_k="13800000000", site_t=None)
    page = filed_page(PageFacts(number=4, state=PageState.READ), "文字", denormalised(document, 7, of, CUSTOMER))
    assert (page.id, page.stamp, page.year, page.volume, page.item) == ("p-4", 7, 2024, "d/2", 3)
    assert (page.dossier_number, page.classes, page.text) == ("KH-2024-031", ("KH", "KH.QY"), "文字")
    assert page.meta == {"customer_t": "临澜港务"}


def test_a_page_of_an_unfiled_paper_carries_no_dossier() -> None:
    page = filed_page(PageFacts(number=1, state=PageState.FAILED), "", denormalised(paper(dossier=""), 1, None, None))
    assert (page.dossier_number, page.meta, page.mark, page.year, page.volume) == ("", {}, INBOX_MARK, 0, "")


def test_fields_of_a_scheme_that_is_gone_are_not_searched() -> None:
    assert denormalised(paper(), 1, dossier(customer_t="临澜港务"), None)["meta"] == {}


# --- characters ---------------------------------------------------------------------------------------------------


def test_characters_of_like_shape_name_each_other_and_never_themselves() -> None:
    assert "己" in similar("已")
    assert "已" in similar("己")
    assert all(one not in similar(one) for one in "已栓理帐账湿温甲")


def test_no_character_is_named_twice() -> None:
    assert all(len(set(similar(one))) == len(similar(one)) for one in "检捡湿温档挡案外院")


def test_of_an_unknown_character_nothing_is_known() -> None:
    assert similar("龘") == ""
