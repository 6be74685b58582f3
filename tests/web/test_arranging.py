"""Arranging: documents go into volumes as proposed or as a person says, pages are numbered, a volume is fixed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date as Day
from typing import Any

import pytest

from archive.domain.access import SYSTEM
from archive.domain.document import Document, PageOf
from archive.domain.dossier import Dossier, RemarkLine, Volume, VolumeItem
from archive.services import audit, dossiers

NUMBER, ID = "KH-2023-118", "kh-2023-118"
PLACE = {"cabinet": "甲柜", "shelf": "2 层", "box": "盒 07"}


@pytest.fixture
def paper(office: Any) -> Callable[..., Document]:
    """Puts a document of pages that were never scanned into the dossier."""
    dossiers.create(office.ports, office.actor(), scheme="engineering-customer", name="青屿三院", number=NUMBER)

    def made(id: str, type_: str, phase: str, *, pages: int = 40, day: str = "2023-09-05", **more: Any) -> Document:
        document = Document(
            id=id, job="job", source=id * 8, file_name=f"{id}.pdf", media_type="application/pdf", dossier=ID,
            scheme="engineering-customer", phase=phase, type=type_, title=more.pop("title", id),
            mark=more.pop("mark", "engineering-customer/company"),
            date=Day.fromisoformat(day), finished="yes", received_at=office.ports.clock.now(),
            pages=tuple(PageOf(number=n, source_page=n) for n in range(1, pages + 1)),
            last=audit.event(office.ports, SYSTEM, "split"), **more,
        )  # fmt: skip
        written = audit.create(office.ports, document)
        office.ports.index.refresh(written.seq)
        return written.record

    return made


@pytest.fixture
def board(office: Any, paper: Callable[..., Document]) -> Any:
    """Three documents of two phases, too thick for one volume."""
    paper("late", "contract", "contract", day="2023-10-01")
    paper("early", "contract", "contract", day="2023-09-01")
    paper("letter", "letter", "installation")
    return office.visitor()


def act(visitor: Any, name: str, **form: str) -> Any:
    return visitor.post(f"/arrange/{NUMBER}?phase=contract", {"act": name, **form})


def volumes(office: Any) -> list[list[str]]:
    dossier = dossiers.by_number(office.ports, office.actor().access, NUMBER)
    return [[item.document for item in volume.items] for volume in dossier.volumes]


def test_the_pile_says_where_each_paper_is_proposed(board: Any) -> None:
    text = board.get(f"/arrange/{NUMBER}?phase=contract").text
    assert "Proposed: new vol. 01, 合同文件" in text
    assert "letter" not in text.split('id="volumes"')[0].split('id="pile"')[1]
    assert NUMBER in board.get("/arrange").text


def test_all_go_where_they_are_proposed_phases_apart_and_by_date(office: Any, board: Any) -> None:
    act(board, "all_as_proposed")
    assert volumes(office) == [["early", "late"], ["letter"]]
    assert (office.document("late").volume, office.document("late").item) == (1, 2)


def test_each_is_put_there_in_any_order_and_together_they_come_to_one_volume(office: Any, board: Any) -> None:
    shown = act(board, "as_proposed", document="late")
    assert shown.status_code == 200
    assert volumes(office) == [["late"]]
    act(board, "as_proposed", document="letter")
    act(board, "as_proposed", document="early")
    assert volumes(office) == [["early", "late"], ["letter"]]


def test_one_is_moved_by_hand_and_taken_out_again(office: Any, board: Any) -> None:
    act(board, "all_as_proposed")
    act(board, "down", document="early", volume="1", at="1")
    assert volumes(office)[0] == ["late", "early"]
    act(board, "take_out", document="early", volume="1")
    assert volumes(office)[0] == ["late"]
    assert office.document("early").volume == 0
    act(board, "put", document="early", volume="1", at="1")
    assert volumes(office)[0] == ["early", "late"]


def test_phases_are_not_mixed_in_a_volume(office: Any, board: Any) -> None:
    act(board, "all_as_proposed")
    refused = act(board, "put", document="letter", volume="1")
    assert refused.status_code == 409
    assert "规范 二、6" in refused.text
    assert volumes(office)[1] == ["letter"]


def test_a_volume_is_fixed_only_when_its_pages_are_numbered_and_then_stays(office: Any, board: Any) -> None:
    act(board, "all_as_proposed")
    early = act(board, "fix", volume="1", sheets="40", **PLACE)
    assert early.status_code == 409
    assert "have no numbers" in early.text
    assert "numbered, 1 to 80" in act(board, "number_pages", volume="1").text
    assert "is fixed, its original registered" in act(board, "fix", volume="1", sheets="40", **PLACE).text
    copy = office.copy(f"{NUMBER}-01-Y1")
    assert (copy.sheets, copy.pages, str(copy.place)) == (40, 80, "甲柜 2 层 盒 07")
    moved = act(board, "take_out", document="early", volume="1")
    assert moved.status_code == 409
    assert volumes(office)[0] == ["early", "late"]


def test_a_late_paper_goes_to_the_end_and_shifts_nothing(
    office: Any, board: Any, paper: Callable[..., Document]
) -> None:
    act(board, "all_as_proposed")
    act(board, "number_pages", volume="1")
    act(board, "fix", volume="1", sheets="40", **PLACE)
    paper("forgotten", "contract", "contract", pages=3, day="2023-01-01", late=True)
    act(board, "put", document="forgotten", volume="1", at="1")
    dossier = dossiers.by_number(office.ports, office.actor().access, NUMBER)
    last = dossier.volumes[0].items[-1]
    assert (last.document, last.item, last.first_page, last.last_page) == ("forgotten", 3, 81, 83)
    assert office.copy(f"{NUMBER}-01-Y1").pages == 83
    assert "Late paper: forgotten, 3 pages" in board.get(f"/arrange/{NUMBER}/1/remarks").text


@pytest.mark.parametrize("line", [{"document": "price", "pages": 3}, {"text": "补件：底价，3 页"}])
def test_the_remarks_sheet_tells_a_late_papers_title_only_to_those_who_may_see_it(
    office: Any, paper: Callable[..., Document], line: dict[str, Any]
) -> None:
    paper("price", "contract", "contract", pages=3, title="底价", mark="engineering-customer/restricted")
    remark = RemarkLine(at=office.ports.clock.now(), by="gu.wendi", **line)  # by id, or as it was written before
    held = VolumeItem(document="price", item=1, pages=3)
    volume = Volume(number=1, title="合同文件", phase="contract", items=(held,), remarks=(remark,))
    read = office.ports.index.get(Dossier, ID)
    last = audit.event(office.ports, SYSTEM, "add_late")
    audit.change(office.ports, read, read.record.model_copy(update={"volumes": (volume,), "last": last}))
    assert "底价" in office.visitor().get(f"/arrange/{NUMBER}/1/remarks").text
    unseen = office.visitor("he.zhixing").get(f"/arrange/{NUMBER}/1/remarks").text
    assert "Late paper, 3 pages" in unseen and "底价" not in unseen


def test_not_to_be_kept_needs_a_reason_and_can_be_taken_back(office: Any, board: Any) -> None:
    assert act(board, "not_kept", document="late", reason="").status_code == 400
    act(board, "not_kept", document="late", reason="重份")
    assert not office.document("late").kept
    act(board, "keep", document="late")
    assert office.document("late").kept


def test_the_list_of_contents_has_items_and_page_numbers(board: Any) -> None:
    act(board, "all_as_proposed")
    act(board, "number_pages", volume="1")
    text = board.get(f"/arrange/{NUMBER}/1/contents").text
    assert "List of contents" in text
    assert "41–80" in text


def test_readers_may_not_arrange(office: Any, board: Any) -> None:
    reader = office.visitor("he.zhixing")
    assert act(reader, "all_as_proposed").status_code == 403
    assert volumes(office) == []


# --- in the browser ------------------------------------------------------------------------------------------------


def test_by_keys_alone_papers_are_arranged_numbered_and_fixed(
    office: Any, board: Any, browse: Callable[..., Any]
) -> None:
    page = browse().open(f"/arrange/{NUMBER}")
    page.keyboard.press("Enter")
    page.wait_for_selector(".volume-part")
    page.wait_for_load_state()  # keys are listened to once the page is whole
    page.keyboard.press("Enter")
    page.wait_for_selector("tr[data-at='2']")
    page.wait_for_load_state()  # keys are listened to once the page is whole
    page.keyboard.press("1")
    page.wait_for_selector(".note.song")
    page.wait_for_load_state()  # keys are listened to once the page is whole
    page.keyboard.press("4")
    page.fill("#fixing [name=sheets]", "40")
    page.fill("#fixing [name=cabinet]", "甲柜")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".volume-head .state.in")
    assert office.copy(f"{NUMBER}-01-Y1").sheets == 40


def test_by_dragging_a_paper_goes_into_the_volume(office: Any, board: Any, browse: Callable[..., Any]) -> None:
    act(board, "put", document="early", volume="new")
    page = browse().open(f"/arrange/{NUMBER}?phase=contract&volume=1")
    page.drag_and_drop("#pile li[data-document=late] b", "tr[data-document=early]")
    page.wait_for_selector("tr[data-document=late]")
    assert volumes(office) == [["late", "early"]]


@pytest.mark.parametrize("width", [1280, 390])
def test_the_screens_have_no_serious_fault(office: Any, board: Any, browse: Callable[..., Any], width: int) -> None:
    act(board, "put", document="early", volume="new")
    act(board, "number_pages", volume="1")
    screen = browse(width=width, dark=width == 390)
    arranged = f"/arrange/{NUMBER}"
    for path in ("/arrange", f"{arranged}?phase=contract&volume=1", f"{arranged}/1/remarks", f"{arranged}/1/contents"):
        screen.open(path)
        screen.check()


def test_a_dossier_that_outgrew_one_volume_says_so_and_is_parted_by_phase(
    office: Any, paper: Callable[..., Document], browse: Callable[..., Any]
) -> None:
    paper("a", "contract", "contract", pages=20)
    paper("b", "letter", "installation", pages=20)
    visitor = office.visitor()
    visitor.post(f"/arrange/{NUMBER}", {"act": "all_as_proposed"})
    assert volumes(office) == [["a", "b"]]
    paper("c", "settlement", "completion", pages=120)
    assert "1 document comes out of the volume of all phases." in visitor.get(f"/arrange/{NUMBER}").text
    screen = browse()
    assert "全档一卷已装不下" in screen.open(f"/arrange/{NUMBER}?phase=").inner_text("main")
    screen.check()
    shown = visitor.post(f"/arrange/{NUMBER}?phase=", {"act": "all_as_proposed"}).text
    assert volumes(office) == [["a"], ["b"], ["c"]]
    assert "合同文件" in shown and "too thick for one volume" not in shown
