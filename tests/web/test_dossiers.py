"""Dossiers: opened by their scheme, listed, changed, brought through their life; what is missing stands by name."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from datetime import date as Day
from pathlib import Path
from typing import Any

import pytest

from archive.domain.copy import RegisterLine
from archive.domain.document import Document, PageOf
from archive.domain.intake_job import Wish
from archive.services import dossiers, filing, intake, lending
from archive.services.lending import LoanRequest

FORM = {"name": "青屿三院交换机安装工程", "cls": "KH.YY", "level": "company", "customer_t": "青屿市第三人民医院"}
NEW = "/dossiers/new?scheme=engineering-customer"


@pytest.fixture
def paper(office: Any) -> Callable[..., Document]:
    """Puts a document of pages that were never scanned into a dossier."""

    def made(dossier: str, id: str, type_: str, phase: str, pages: int = 2, **more: Any) -> Document:
        from archive.domain.access import SYSTEM
        from archive.services import audit

        document = Document(
            id=id, job="job", source=id * 8, file_name=f"{id}.pdf", media_type="application/pdf", dossier=dossier,
            scheme="engineering-customer", mark="engineering-customer/company", phase=phase, type=type_,
            title=more.pop("title", id), pages=tuple(PageOf(number=n, source_page=n) for n in range(1, pages + 1)),
            finished="yes", received_at=office.ports.clock.now(), last=audit.event(office.ports, SYSTEM, "split"),
            **more,
        )  # fmt: skip
        written = audit.create(office.ports, document)
        office.ports.index.refresh(written.seq)
        return written.record

    return made


def test_a_dossier_is_opened_under_the_next_number(office: Any) -> None:
    answer = office.visitor().post(NEW, FORM)
    year = office.ports.clock.today().year
    assert f"Dossier KH-{year}-001 is open." in answer.text
    assert "青屿三院交换机安装工程" in answer.text
    assert f"KH-{year}-001" in office.visitor().get("/dossiers?q=青屿").text


def test_a_number_is_given_once(office: Any) -> None:
    office.visitor().post(NEW, {**FORM, "number": "KH-2023-118"})
    answer = office.visitor().post(NEW, {**FORM, "number": "kh-2023-118", "name": "另一份"})
    assert answer.status_code == 409
    assert 'value="另一份"' in answer.text


def test_a_field_that_the_scheme_requires_must_be_filled_in(office: Any) -> None:
    answer = office.visitor().post(NEW, {**FORM, "customer_t": ""})
    assert answer.status_code == 400
    assert "Customer is empty" in answer.text


def test_numbers_and_days_are_read_or_said_to_be_none(office: Any) -> None:
    visitor = office.visitor()
    assert "五十 is not a number" in visitor.post(NEW, {**FORM, "amount_n": "五十"}).text
    visitor.post(NEW, {**FORM, "number": "KH-2023-118", "amount_n": "486,800", "signed_d": "2023-03-18"})
    fields = dossiers.by_number(office.ports, office.actor().access, "KH-2023-118").fields
    assert (fields["amount_n"], str(fields["signed_d"])) == (486800, "2023-03-18")


def test_what_stands_under_the_name_is_written_as_in_the_record(office: Any) -> None:
    fields = {"owner_t": "云溪大学", "area_n": 18600.0, "contractor_t": "恒岳建设"}
    made = dossiers.create(
        office.ports, office.actor(), scheme="campus-construction", name="第三教学楼工程", fields=fields
    )
    page = office.visitor().get(f"/dossiers/{made.number}").text
    head = page.split("<h1")[1].split("</header>")[0]
    assert "云溪大学" in head and "恒岳建设" in head
    assert "18600.0" not in page and head.count("18") == 1


def test_the_record_is_changed(office: Any) -> None:
    visitor = office.visitor()
    visitor.post(NEW, {**FORM, "number": "KH-2023-118"})
    answer = visitor.post("/dossiers/KH-2023-118/record", {**FORM, "name": "新名称", "responsible": "闻人翀"})
    assert "新名称" in answer.text
    assert "闻人翀" in answer.text


def test_a_dossier_is_found_by_its_former_numbers_and_none_is_given_twice(office: Any) -> None:
    visitor = office.visitor()
    made = visitor.post(NEW, {**FORM, "number": "KH-2023-118", "aliases": "KH-2009-7、老档12"})
    assert "formerly KH-2009-7, 老档12" in made.text
    assert 'value="KH-2009-7, 老档12"' in visitor.get("/dossiers/KH-2009-7/record").text
    assert "青屿三院交换机安装工程" in visitor.get("/dossiers?q=kh-2009-7").text
    refused = visitor.post(NEW, {**FORM, "name": "另一份", "aliases": "KH-2009-7"})
    assert refused.status_code == 409
    assert "KH-2009-7 is a former number of dossier KH-2023-118." in refused.text
    assert 'value="KH-2009-7"' in refused.text
    visitor.post("/dossiers/KH-2023-118/record", {**FORM, "aliases": ""})
    assert visitor.get("/dossiers/KH-2009-7").status_code == 404
    assert "formerly KH-2009-7" in visitor.post(NEW, {**FORM, "name": "另一份", "aliases": "KH-2009-7"}).text


def test_what_is_missing_stands_by_name_with_its_clause(office: Any) -> None:
    visitor = office.visitor()
    text = visitor.post(NEW, {**FORM, "number": "KH-2023-118"}).text
    wanted = 'Parameter table of the exchange installation <span class="quiet nowrap">规范 二、3</span>'
    assert wanted in text.split('class="step-wants"')[1].split("</div>")[0]


def test_a_step_is_refused_with_what_it_wants_and_taken_when_it_is_there(
    office: Any, paper: Callable[..., Document]
) -> None:
    visitor = office.visitor()
    visitor.post(NEW, {**FORM, "number": "KH-2023-118"})
    refused = visitor.post("/dossiers/KH-2023-118/step", {"step": "complete"})
    assert refused.status_code == 409
    assert "wanting: Parameter table" in refused.text
    assert "without it the dossier cannot be closed. Rule 规范 二、3." in refused.text
    paper("kh-2023-118", "table", "parameter_table", "completion")
    today = office.ports.clock.today().isoformat()
    done = visitor.post("/dossiers/KH-2023-118/step", {"step": "complete", "on": today})
    assert "Receive completion documents is recorded." in done.text
    dossier = dossiers.by_number(office.ports, office.actor().access, "KH-2023-118")
    assert dossier.state == "completed"
    assert (dossier.due_on - office.ports.clock.today()).days == 5


def test_a_line_of_the_checklist_is_waived_with_a_reason_and_brought_back(office: Any) -> None:
    visitor = office.visitor()
    visitor.post(NEW, {**FORM, "number": "KH-2023-118"})
    waived = visitor.post("/dossiers/KH-2023-118/waive", {"want": "as_built", "reason": "无图"})
    assert "waived: As-built drawings" in waived.text
    back = visitor.post("/dossiers/KH-2023-118/waive", {"want": "as_built", "back": "yes"})
    assert "waived: As-built drawings" not in back.text
    refused = visitor.post("/dossiers/KH-2023-118/waive", {"want": "parameter_table", "reason": "没有"})
    assert refused.status_code == 409


def test_volumes_show_where_their_original_is(office: Any, make_dossier: Callable[..., Any]) -> None:
    make_dossier()
    text = office.visitor().get("/dossiers/KH-2024-031").text
    assert "KH-2024-031-01-Y1" in text
    assert "甲柜 2 层 盒 07" in text
    registered = office.visitor().post("/dossiers/KH-2024-031/copy", {"volume": "1", "kind": "photocopy"})
    assert "KH-2024-031-01-F1 is registered." in registered.text


def test_a_reader_sees_no_form_and_changes_nothing(office: Any, make_dossier: Callable[..., Any]) -> None:
    make_dossier()
    reader = office.visitor("he.zhixing")
    text = reader.get("/dossiers/KH-2024-031").text
    assert "/record" not in text
    assert reader.post(NEW, FORM).status_code == 403
    assert reader.post("/dossiers/KH-2024-031/record", FORM).status_code == 403


def test_an_unknown_number_is_said(office: Any) -> None:
    assert office.visitor().get("/dossiers/KH-1999-001").status_code == 404


@pytest.mark.parametrize("width", [1280, 390])
def test_the_screens_have_no_serious_fault(
    make_dossier: Callable[..., Any], paper: Callable[..., Document], browse: Callable[..., Any], width: int
) -> None:
    make_dossier()
    paper("kh-2024-031", "letter", "letter", "installation", review="waiting", title="工程联系单")
    screen = browse(width=width, dark=width == 390)
    for path in ("/dossiers", NEW, "/dossiers/KH-2024-031?volume=1", "/dossiers/KH-2024-031/record"):
        screen.open(path)
        screen.check()


def test_a_copy_gets_another_place_on_record(office: Any, make_dossier: Callable[..., Any]) -> None:
    make_dossier()
    code = "KH-2024-031-01-Y1"
    form = {"code": code, "cabinet": "乙柜", "shelf": "1 层", "box": ""}
    answer = office.visitor().post("/dossiers/KH-2024-031/place", form)
    assert f"{code} stands at 乙柜 1 层 now." in answer.text
    assert str(office.copy(code).place) == "乙柜 1 层"
    refused = office.visitor().post("/dossiers/KH-2024-031/place", {"code": code})
    assert refused.status_code == 400 and str(office.copy(code).place) == "乙柜 1 层"
    assert office.visitor("he.zhixing").post("/dossiers/KH-2024-031/place", form).status_code == 403


def test_who_borrowed_a_copy_stands_under_it_for_those_who_lend(office: Any, make_dossier: Callable[..., Any]) -> None:
    make_dossier()
    lent = LoanRequest(
        codes=("KH-2024-031-01-Y1",), borrower="he.zhixing", asked_for="合同附件", purpose="核对", signature="贺知行",
        room="阅览室", consent="gu.wendi",
    )  # fmt: skip
    lending.lend(office.ports, office.actor(), lent)
    lines = office.ports.index.changes(RegisterLine, 0)
    office.ports.index.refresh(max(read.seq for read in lines))
    shown = office.visitor().get("/dossiers/KH-2024-031").text
    assert "1 loan<" in shown and "合同附件" in shown
    assert "合同附件" not in office.visitor("he.zhixing").get("/dossiers/KH-2024-031").text


# --- attachments ----------------------------------------------------------------------------------------------------

DRAWING = b"AC1032" + b"\0" * 2994


@pytest.fixture
def attachment(office: Any, make_dossier: Callable[..., Any]) -> Document:
    """A drawing as its program keeps it, taken in and filed."""
    dossier = make_dossier()
    actor, wish = office.actor(), Wish(dossier=dossier.id, type="as_built", title="消火栓竣工图")
    received = intake.receive(
        office.ports, actor, io.BytesIO(DRAWING), "XF-05.dwg", channel="upload", batch="b", wish=wish
    )
    (id,) = office.ports.index.get(type(received.job), received.job.id).record.documents
    return filing.file_document(office.ports, actor, id, date=Day(2024, 6, 14)).record


@pytest.mark.parametrize("width", [1280, 390])
def test_an_attachment_is_reached_from_its_dossier_with_its_record_and_is_downloaded(
    attachment: Document, browse: Callable[..., Any], width: int
) -> None:
    screen = browse(width=width, locale="en")
    page = screen.open("/dossiers/KH-2024-031")
    page.click("a:text-is('消火栓竣工图')")
    record = page.locator(".no-pages .facts").inner_text()
    hash = hashlib.sha256(DRAWING).hexdigest()
    for told in ("As-built drawings", "2024-06-14", "消火栓竣工图", "XF-05.dwg", "3 KB", hash):
        assert told in record
    screen.check()
    page.click(".read-acts summary")
    with page.expect_download() as coming:
        page.click(f"a[href='/download/{attachment.id}']")
    assert Path(coming.value.path()).read_bytes() == DRAWING


def test_an_attachment_is_opened_from_intake_and_from_its_card(office: Any, attachment: Document) -> None:
    link = f'href="/read/{attachment.id}"'
    assert link in office.visitor().get("/intake").text
    assert link in office.visitor().get(f"/review?review={attachment.id}").text
