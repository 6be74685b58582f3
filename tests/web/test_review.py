"""Review: one key lets a guess stand, one corrects it, and the next document is there at once."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest

from archive.domain.access import SYSTEM
from archive.domain.document import Document, Guess, Page, PageOf
from archive.services import arranging, audit, dossiers
from tests.web.papers import page_of


def test_what_is_unsure_stands_with_its_confidence_and_why(office: Any, unsure_document: Any) -> None:
    text = office.visitor().get("/review").text
    assert "扫描 0912.pdf" in text
    assert "0.58" in text
    assert "Its dossier is not settled." in text
    assert "Type: confidence only 0.58." in text


def test_it_is_filed_as_shown_with_the_dossier_given(
    office: Any, unsure_document: Any, make_dossier: Callable[..., Any]
) -> None:
    make_dossier("KH-2022-064", volumes=0)
    answer = office.visitor().post("/review/unsure", {"dossier": "KH-2022-064 临澜", "home": "review"})
    document = office.document("unsure")
    assert "Filed: 安装合同, KH-2022-064." in answer.text
    assert (document.dossier, document.type, document.review) == ("kh-2022-064", "contract", "done")
    assert "Nothing waits to be checked" in answer.text or 'id="card"' in answer.text


def test_another_type_is_taken_by_its_button(
    office: Any, unsure_document: Any, make_dossier: Callable[..., Any]
) -> None:
    make_dossier("KH-2022-064", volumes=0)
    form = {"dossier": "KH-2022-064", "type_instead": "contract_supplement", "title": "补充协议"}
    office.visitor().post("/review/unsure", form)
    document = office.document("unsure")
    assert (document.type, document.title) == ("contract_supplement", "补充协议")


def test_without_a_dossier_nothing_is_filed_and_what_was_typed_stays(office: Any, unsure_document: Any) -> None:
    answer = office.visitor().post("/review/unsure", {"title": "另一题名"})
    assert answer.status_code == 400
    assert 'value="另一题名"' in answer.text
    assert office.document("unsure").review == "waiting"


def test_a_day_that_is_none_is_said(office: Any, unsure_document: Any, make_dossier: Callable[..., Any]) -> None:
    make_dossier("KH-2022-064", volumes=0)
    answer = office.visitor().post("/review/unsure", {"dossier": "KH-2022-064", "date": "昨天"})
    assert answer.status_code == 400
    assert "昨天 is not a day" in answer.text


def test_a_paper_for_fixed_volumes_must_be_said_to_be_late(
    office: Any, unsure_document: Any, make_dossier: Callable[..., Any]
) -> None:
    make_dossier("KH-2024-031", volumes=1)
    dossier = office.ports.index.get(type(make_dossier("KH-2023-001", volumes=0)), "kh-2024-031").record
    assert dossier.volumes[0].is_fixed
    form = {"dossier": "KH-2024-031"}
    refused = office.visitor().post("/review/unsure", form)
    if refused.status_code == 409:  # the volume's phase is the paper's
        assert 'name="late"' in refused.text
        office.visitor().post("/review/unsure", {**form, "late": "yes"})
    assert office.document("unsure").dossier == "kh-2024-031"
    assert office.document("unsure").late


def test_readers_see_no_review(office: Any, unsure_document: Any) -> None:
    reader = office.visitor("he.zhixing")
    assert "扫描 0912.pdf" not in reader.get("/review").text
    assert reader.post("/review/unsure", {"title": "x"}).status_code == 404


@pytest.mark.parametrize("width", [1280, 390])
def test_the_card_works_by_keys_and_has_no_serious_fault(
    office: Any, unsure_document: Any, make_dossier: Callable[..., Any], browse: Callable[..., Any], width: int
) -> None:
    make_dossier("KH-2022-064", volumes=0)
    screen = browse(width=width, dark=width == 390)
    page = screen.open("/review")
    screen.check()
    page.keyboard.press("a")  # nothing is filed without its dossier: the field is shown instead
    assert page.evaluate("document.activeElement.id") == "card-dossier"
    page.fill("#card-dossier", "KH-2022-064")
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    page.wait_for_selector(".note.song")
    page.wait_for_load_state()  # keys are listened to once the page is whole
    assert office.document("unsure").dossier == "kh-2022-064"
    page.keyboard.press("z")
    page.wait_for_selector("#card")
    assert (office.document("unsure").review, office.document("unsure").dossier) == ("waiting", "")
    assert page.input_value("#card-dossier") == ""
    screen.check()


def test_what_moved_on_is_not_taken_back_and_that_is_said(
    office: Any, unsure_document: Any, make_dossier: Callable[..., Any]
) -> None:
    make_dossier("KH-2022-064", volumes=0)
    visitor = office.visitor()
    filed = visitor.post("/review/unsure", {"dossier": "KH-2022-064"})
    assert "Take it back" in filed.text
    arranging.as_proposed(office.ports, office.actor(), "kh-2022-064")
    answer = visitor.post("/review/unsure/undo", {})
    assert answer.status_code == 409
    assert "was put into volume KH-2022-064-01" in answer.text
    assert office.document("unsure").review == "done"


def guessed(office: Any, **guesses: tuple[str, float]) -> None:
    """Gives the unsure document these guesses too."""
    read = office.ports.index.get(Document, "unsure")
    more = {name: Guess(value=value, confidence=sure, source="text") for name, (value, sure) in guesses.items()}
    last = audit.event(office.ports, SYSTEM, "classify")
    update = {"guesses": {**read.record.guesses, **more}, "last": last}
    audit.change(office.ports, read, read.record.model_copy(update=update))


def test_the_proposed_dossier_is_taken_by_the_key_that_accepts(
    office: Any, unsure_document: Any, make_dossier: Callable[..., Any], browse: Callable[..., Any]
) -> None:
    make_dossier("KH-2022-064", volumes=0)
    guessed(office, dossier=("kh-2022-064", 0.9))
    screen = browse()
    page = screen.open("/review")
    assert page.input_value("#card-dossier").startswith("KH-2022-064 ")
    assert "可能属于 KH-2022-064" in page.inner_text("#card")
    assert office.document("unsure").dossier == ""
    screen.check()
    page.keyboard.press("a")
    page.wait_for_selector(".note.song")
    assert (office.document("unsure").dossier, office.document("unsure").review) == ("kh-2022-064", "done")


def test_a_proposed_dossier_that_one_may_not_see_is_not_told(
    office: Any, unsure_document: Any, make_dossier: Callable[..., Any]
) -> None:
    made = make_dossier("KH-2022-064", volumes=0)
    guessed(office, dossier=(made.id, 0.93))
    read = office.ports.index.get(type(made), made.id)
    hidden = {"mark": "engineering-customer/nobody", "last": audit.event(office.ports, SYSTEM, "edit")}
    audit.change(office.ports, read, read.record.model_copy(update=hidden))
    text = office.visitor().get("/review").text
    assert "扫描 0912.pdf" in text
    assert "KH-2022-064" not in text
    assert "0.93" not in text
    assert "Its dossier is not settled." in text


def test_a_new_dossier_is_opened_for_a_paper_with_its_class_and_name_and_proposed(
    office: Any, unsure_document: Any
) -> None:
    guessed(office, cls=("KH.YY", 0.85), project=("青屿三院交换机安装工程", 0.85))
    visitor = office.visitor()
    text = visitor.get("/review").text
    assert "Class by its text: Hospitals." in text
    link = unescape(re.search(r'href="(/dossiers/new[^"]*)"', text)[1])  # type: ignore[index]
    form = visitor.get(link).text
    assert '<option value="KH.YY" selected>' in form
    assert 'value="青屿三院交换机安装工程"' in form
    given = {"name": "青屿三院", "cls": "KH.YY", "level": "company", "customer_t": "青屿三院", "number": "KH-2023-118"}
    card = visitor.post(link, given).text
    assert 'id="card-dossier" name="dossier" value="KH-2023-118"' in card
    visitor.post("/review/unsure", {"dossier": "KH-2023-118"})
    assert office.document("unsure").dossier == "kh-2023-118"


# --- correcting what was filed --------------------------------------------------------------------------------------


@pytest.fixture
def filed(office: Any, make_dossier: Callable[..., Any], add_paper: Callable[..., Document]) -> Document:
    """A document with a page that is filed and waits for nobody."""
    make_dossier("KH-2024-031", volumes=0)
    return add_paper("minutes", dossier="kh-2024-031", phase="installation")


def test_a_filed_document_is_corrected_and_its_pages_are_filed_anew(
    office: Any, filed: Document, make_dossier: Callable[..., Any]
) -> None:
    make_dossier("KH-2022-064", volumes=0)
    visitor = office.visitor()
    link = 'href="/review?review=minutes"'
    assert link in visitor.get("/read/minutes").text
    assert link in visitor.get("/dossiers/KH-2024-031").text
    card = visitor.get("/review?review=minutes").text
    assert "Change the filing" in card and "Nothing waits" not in card
    answer = visitor.post("/review/minutes", {"dossier": "KH-2022-064", "type_instead": "letter", "title": "联系单"})
    assert answer.request.path == "/read/minutes"
    assert "Filed: 联系单, KH-2022-064." in answer.text
    page = office.ports.index.get(Page, page_of(filed)).record
    assert (page.dossier, page.type, page.title) == ("kh-2022-064", "letter", "联系单")


def test_only_those_who_file_are_led_to_the_card(office: Any, filed: Document) -> None:
    reader = office.visitor("he.zhixing")
    for path in ("/read/minutes", "/dossiers/KH-2024-031"):
        text = reader.get(path).text
        assert "工程例会纪要" in text and "/review?review=" not in text


def test_what_waits_is_led_to_the_card_as_to_check(
    office: Any, make_dossier: Callable[..., Any], unsure_document: Any
) -> None:
    assert "to check</a>" in office.visitor().get("/read/unsure").text


@pytest.mark.parametrize("width", [1280, 390])
def test_a_filed_document_is_corrected_by_keys(
    office: Any, filed: Document, browse: Callable[..., Any], width: int
) -> None:
    screen = browse(width=width)
    page = screen.open("/dossiers/KH-2024-031")
    screen.check()
    page.click("a:text-is('更改归入')")
    page.wait_for_url("**/review?review=minutes")
    screen.check()
    page.keyboard.press("e")  # nothing is doubtful: the title, with all of it chosen
    page.keyboard.type("工程例会纪要（第 12 期）")
    page.keyboard.press("Enter")
    page.wait_for_url("**/read/minutes")
    screen.check()
    assert office.document("minutes").title == "工程例会纪要（第 12 期）"


def test_e_goes_to_what_is_doubtful_and_it_is_put_right_by_keys(
    office: Any, unsure_document: Any, make_dossier: Callable[..., Any], browse: Callable[..., Any]
) -> None:
    make_dossier("KH-2022-064", volumes=0)
    page = browse().open("/review")
    page.fill("#card-dossier", "KH-2022-064")
    page.keyboard.press("Escape")
    page.keyboard.press("e")
    assert page.evaluate("document.activeElement.id") == "card-type"
    page.keyboard.press("ArrowDown")
    chosen = page.input_value("#card-type")
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    page.wait_for_selector(".note.song")
    assert chosen != "contract"
    assert (office.document("unsure").type, office.document("unsure").review) == (chosen, "done")


# --- what a scheme arranges by, and who has not signed ---------------------------------------------------------------

CAMPUS = {"scheme": "campus-construction", "mark": "campus-construction/campus", "dossier": "jj-2021-017"}


@pytest.fixture
def works(office: Any, add_paper: Callable[..., Document]) -> Any:
    """Two construction records of a project of two buildings, and a diary that makes it too thick for one volume."""
    dossiers.create(office.ports, office.actor(), scheme=CAMPUS["scheme"], name="东校区食堂", number="JJ-2021-017")
    for id in ("first", "second"):
        add_paper(id, title=id, type="construction_record", phase="construction", **CAMPUS)
    leaves = tuple(PageOf(number=n, source_page=n) for n in range(1, 151))
    diary = {"id": "diary", "title": "diary", "type": "site_diary", "pages": leaves}
    written = audit.create(office.ports, office.document("first").model_copy(update=diary))
    office.ports.index.refresh(written.seq)
    return office.visitor()


def test_building_and_missing_signatures_are_on_the_record_and_part_the_volumes(office: Any, works: Any) -> None:
    form = {"signers": "yes", "unsigned-contractor": "yes", "unsigned-supervisor": "yes", "specialty": "fire"}
    record = works.post("/review/first", {**form, "building": "1 号楼", "part": "消防分部"}).text
    for told in ("1 号楼", "消防分部", "Fire protection", "contractor, supervisor"):
        assert f"<dd>{told}</dd>" in record
    works.post("/review/second", {"signers": "yes", "building": "2 号楼", "part": "消防分部"})
    page = office.ports.index.get(Page, page_of(office.document("first"))).record
    assert (page.building, page.specialty) == ("1 号楼", "fire")
    shown = works.post("/arrange/JJ-2021-017?phase=construction", {"act": "all_as_proposed"}).text
    assert "施工与验收记录 1 号楼" in shown and "施工与验收记录 2 号楼" in shown
    volumes = dossiers.by_number(office.ports, office.actor().access, "JJ-2021-017").volumes
    assert [[item.document for item in volume.items] for volume in volumes] == [["diary"], ["first"], ["second"]]
    assert "unsigned</span>" in works.get("/arrange/JJ-2021-017?phase=construction&volume=2").text
    assert "unsigned</span>" not in works.get("/arrange/JJ-2021-017?phase=construction&volume=3").text


def test_a_signature_that_came_in_is_taken_off_and_another_type_asks_for_its_own(office: Any, works: Any) -> None:
    form = {"signers": "yes", "unsigned-contractor": "yes", "unsigned-designer": "yes"}
    works.post("/review/first", form)
    works.post("/review/first", {"title": "施工记录"})
    assert office.document("first").unsigned == ("designer", "contractor")
    works.post("/review/first", {"signers": "yes", "unsigned-contractor": "yes"})
    assert office.document("first").unsigned == ("contractor",)
    assert office.document("first").guesses["unsigned"].value == "contractor"
    works.post("/review/first", {**form, "type": "design_contract", "phase": "preparation"})
    assert office.document("first").unsigned == ("designer",)


def test_what_was_entered_stays_on_a_card_that_is_refused(works: Any) -> None:
    form = {"signers": "yes", "unsigned-contractor": "yes", "building": "1 号楼", "date": "昨天"}
    text = works.post("/review/first", form).text
    assert 'value="1 号楼"' in text
    assert 'name="unsigned-contractor" value="yes" checked' in text
    assert 'name="unsigned-owner" value="yes">' in text


def test_a_guessed_specialty_stands_on_the_card_with_its_confidence(office: Any, works: Any) -> None:
    stored = office.ports.index.get(Document, "first")
    guess = Guess(value="fire", confidence=0.41, source="text")
    known = stored.record.model_copy(update={"specialty": "fire", "guesses": {"specialty": guess}})
    office.ports.index.replace(known, stored.token)
    text = works.get("/review?review=first").text
    assert '<option value="fire" selected>Fire protection</option>' in text
    assert "0.41" in text


def test_a_scheme_that_does_not_arrange_by_them_does_not_ask_for_them(works: Any, filed: Document) -> None:
    asked = ('id="card-specialty"', 'id="card-building"', 'id="card-part"', 'name="unsigned-')
    campus, customer = works.get("/review?review=first").text, works.get("/review?review=minutes").text
    assert [name for name in asked if name in campus] == list(asked)
    assert [name for name in asked if name in customer] == []


@pytest.mark.parametrize("width", [1280, 390])
def test_they_are_entered_on_the_card_without_a_serious_fault(
    office: Any, works: Any, browse: Callable[..., Any], width: int
) -> None:
    screen = browse(width=width, dark=width == 390)
    page = screen.open("/review?review=first")
    screen.check()
    page.select_option("#card-specialty", label="消防")
    page.fill("#card-building", "1 号楼")
    page.get_by_label("施工单位").check()
    page.click("[name=act]")
    page.wait_for_url("**/read/first")
    document = office.document("first")
    assert (document.specialty, document.building, document.unsigned) == ("fire", "1 号楼", ("contractor",))


# --- the phase goes with the type ---------------------------------------------------------------------------------


def test_a_phase_left_as_it_is_shown_beside_another_type_is_what_the_person_says(office: Any, works: Any) -> None:
    works.post("/review/first", {"type": "completion_report", "phase": "construction"})
    assert (office.document("first").type, office.document("first").phase) == ("completion_report", "construction")
    works.post("/review/second", {"type": "completion_report", "phase": "completion"})
    assert office.document("second").phase == "completion"
    works.post("/review/second", {"type": "minutes", "phase": "construction"})  # its own again: nobody insisted
    assert (office.document("second").phase, office.document("second").guesses["phase"].source) == (
        "construction",
        "scheme",
    )


def test_the_key_of_another_type_says_the_phase_it_brings(office: Any, works: Any) -> None:
    stored = office.ports.index.get(Document, "first")
    guess = Guess(value="construction_record", confidence=0.5, source="text", others=("minutes", "settlement"))
    office.ports.index.replace(stored.record.model_copy(update={"guesses": {"type": guess}}), stored.token)
    text = works.get("/review?review=first").text
    assert ">Minutes <kbd" in text and ">Settlement (Completion) <kbd" in text
    works.post("/review/first", {"type_instead": "settlement", "phase": "construction"})
    assert office.document("first").phase == "completion"


def test_the_phase_follows_a_type_that_is_chosen_and_stays_once_it_is_chosen_itself(
    works: Any, browse: Callable[..., Any]
) -> None:
    screen = browse()
    page = screen.open("/review?review=first")
    page.select_option("#card-type", "settlement")
    assert page.input_value("#card-phase") == "completion"
    assert page.inner_text("#card-phase-said") == "按此类型，阶段为竣工。"
    screen.check()
    page.select_option("#card-phase", "construction")
    page.select_option("#card-type", "as_built")
    assert page.input_value("#card-phase") == "construction"
