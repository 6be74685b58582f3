"""The viewer: hits where they stand, the text beside the scan, moving about by keys, downloads, who may look."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from urllib.parse import quote

import pytest
from PIL import Image
from playwright.sync_api import Page as Tab

from archive.domain.access import Access
from archive.domain.audit import AuditEvent
from archive.domain.document import Document
from archive.domain.query import Anything
from tests.web.conftest import LINES, Office, Screen
from tests.web.papers import Sheet, Turn, make_job

Add = Callable[..., Document]


def read(office: Office, path: str, login: str = "gu.wendi") -> str:
    answer = office.visitor(login).get(path)
    assert answer.status_code == 200, answer.text
    return answer.text


# --- the page --------------------------------------------------------------------------------------------------------


def test_hits_are_counted_through_the_document(office: Office, add_paper: Add) -> None:
    add_paper("two", Sheet(LINES), Sheet([("另一页", (10, 10, 60, 20))]), Sheet(LINES))
    page = read(office, "/read/two/3?q=消火栓")
    assert "<b>3</b> / 3 pages" in page
    assert "<b data-hit-number>3</b> / 4" in page
    assert 'data-hit="3" class="now"' in page
    assert 'data-hit="4"' in page
    assert "<b data-hit-number>4</b>" in read(office, "/read/two/3?q=消火栓&hit=last")
    assert "<b data-hit-number>–</b>" in read(office, "/read/two/2?q=消火栓")


def test_a_page_that_could_not_be_read_says_why(office: Office, add_paper: Add) -> None:
    add_paper("broken", Sheet(LINES), Sheet([], failure="page_kills_reader"))
    page = read(office, "/read/broken/2")
    assert 'class="note zhu stage-note"' in page
    assert "no picture" in page


def test_a_file_without_pages_is_offered_for_download(office: Office, add_paper: Add) -> None:
    add_attachment(office, add_paper, "sound")
    page = read(office, "/read/sound")
    assert "has no pages to show" in page
    assert "/download/sound" in page


def add_attachment(office: Office, add_paper: Add, id: str) -> None:
    """Puts a file into the archive that is kept as it came in."""
    stored = office.ports.index.get(Document, add_paper(id).id)
    office.ports.index.replace(stored.record.model_copy(update={"pages": (), "attachment": True}), stored.token)


def test_cells_of_a_row_stand_in_one_row_and_text_is_escaped(office: Office, add_paper: Add) -> None:
    cells = [("序号", (50, 100, 40, 20)), ("<b>楼层", (150, 102, 40, 20)), ("下一行", (50, 140, 60, 20))]
    add_paper("table", Sheet(cells))
    page = read(office, "/read/table")
    assert page.count('class="text-row"') == 2
    assert "&lt;b&gt;楼层" in page


def test_a_page_that_is_not_there_is_said(office: Office, add_paper: Add) -> None:
    add_paper("one")
    for path in ("/read/one/2", "/read/one/0", "/read/none"):
        assert office.visitor().get(path).status_code == 404


# --- who may look ----------------------------------------------------------------------------------------------------


def test_what_one_may_not_see_cannot_be_opened_in_any_way(office: Office, add_paper: Add) -> None:
    document = add_paper("secret", mark="engineering-customer/nobody")
    make_job(office.ports, document.job, [document])
    visitor = office.visitor("he.zhixing")
    for path in ("/read/secret", "/download/secret", "/download/secret/1.jpg", "/api/documents/secret"):
        assert visitor.get(path).status_code == 404, path


def test_each_look_and_each_download_is_in_the_trail(office: Office, add_paper: Add) -> None:
    document = add_paper("watched")
    make_job(office.ports, document.job, [document])
    read(office, "/read/watched", "he.zhixing")
    office.visitor("he.zhixing").get("/download/watched")
    events = office.ports.index.select(AuditEvent, Anything(), Access.whole_archive(), size=200).records
    acts = {(e.record.by, e.record.action) for e in events if dict(e.record.details).get("document") == "watched"}
    assert {("he.zhixing", "look"), ("he.zhixing", "download")} <= acts


# --- downloads -------------------------------------------------------------------------------------------------------


def test_the_original_comes_byte_for_byte_under_its_chinese_name(office: Office, add_paper: Add) -> None:
    document = add_paper("named", file_name='纪要 第12期; "a".pdf', source=b"%PDF-1.4 " + b"x" * 5000)
    make_job(office.ports, document.job, [document])
    answer = office.visitor().get("/download/named")
    assert answer.data == b"%PDF-1.4 " + b"x" * 5000 + document.file_name.encode()
    assert answer.headers["Content-Disposition"] == f"attachment; filename*=UTF-8''{quote(document.file_name, safe='')}"
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_a_file_that_holds_what_one_may_not_see_is_not_given_whole(office: Office, add_paper: Add) -> None:
    mine = add_paper("mine")
    other = add_paper("other", mark="engineering-customer/nobody")
    make_job(office.ports, mine.job, [mine, other])
    answer = office.visitor("he.zhixing").get("/download/mine")
    assert answer.status_code == 403
    assert "cannot be had whole" in answer.text


def test_one_page_is_given_as_a_picture_standing_upright(office: Office, add_paper: Add) -> None:
    add_paper("lying", Sheet([("字", (10, 10, 30, 30))], size=(600, 800), rotation=90))
    answer = office.visitor().get("/download/lying/1.jpg")
    assert Image.open(BytesIO(answer.data)).size == (800, 600)
    assert quote("工程例会纪要 page 1.jpg") in answer.headers["Content-Disposition"]


# --- in a browser ----------------------------------------------------------------------------------------------------


def opened(screen: Screen, path: str) -> Tab:
    page = screen.open(path)
    page.wait_for_selector("[data-ready=yes]")
    page.wait_for_load_state("networkidle")
    return page


BOX = "() => window.dossierViewer.boxInPage(0)"
ON_SCREEN = """() => { const r = document.querySelector('[data-hit-box]').getBoundingClientRect();
    return [r.left, r.top, r.width, r.height]; }"""
TURNED: dict[Turn, tuple[int, int, int, int]] = {
    0: (230, 330, 90, 30), 90: (230, 330, 30, 90), 180: (230, 330, 90, 30), 270: (230, 330, 30, 90),
}  # fmt: skip


@pytest.mark.needs("chromium")
@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_a_box_lies_on_its_words_however_the_page_lies(
    add_paper: Add, browse: Callable[..., Screen], rotation: Turn
) -> None:
    bar = TURNED[rotation]
    add_paper("turned", Sheet([("消火栓", bar)], rotation=rotation))
    page = opened(browse(), "/read/turned?q=消火栓")
    for key in ("f", "+", "r"):
        lies_on(page, bar)
        page.keyboard.press(key)
        page.wait_for_timeout(300)
    lies_on(page, bar)


def lies_on(page: Tab, bar: tuple[int, int, int, int]) -> None:
    """The box on the screen is where the bar is, by the viewer's own reckoning and by the colours one sees."""
    margin = 12
    for got, wanted in zip(page.evaluate(BOX), bar, strict=True):
        assert abs(got - wanted) <= margin
    x, y, w, h = page.evaluate(ON_SCREEN)
    shot = Image.open(BytesIO(page.screenshot())).convert("L")
    assert grey(shot, x + w / 2, y + h / 2) < 60
    for across, down in ((x - 12, y + h / 2), (x + w + 12, y + h / 2), (x + w / 2, y - 12), (x + w / 2, y + h + 12)):
        assert grey(shot, across, down) > 180


def grey(shot: Image.Image, x: float, y: float) -> int:
    return shot.tobytes()[round(y) * shot.width + round(x)]


@pytest.mark.needs("chromium")
def test_hits_and_pages_are_gone_through_by_keys_with_the_text_in_step(
    add_paper: Add, browse: Callable[..., Screen]
) -> None:
    add_paper("two", Sheet(LINES), Sheet(LINES))
    screen = browse()
    page = opened(screen, "/read/two?q=消火栓")
    page.keyboard.press("n")
    assert page.locator("mark.now").get_attribute("data-hit") == "2"
    assert page.locator(".frame-layer .hit-frame").count() == 1
    assert "hit=2" in page.url
    page.keyboard.press("n")
    page.wait_for_url("**/read/two/2**")
    page.wait_for_selector("[data-ready=yes]")
    assert page.locator("[data-hit-number]").inner_text() == "3"
    page.keyboard.press("p")
    page.wait_for_url("**/read/two/1**")
    page.wait_for_selector("[data-ready=yes]")
    assert page.locator("[data-hit-number]").inner_text() == "2"
    page.keyboard.press("ArrowRight")
    page.wait_for_url("**/read/two/2**")
    assert screen.faults == []


@pytest.mark.needs("chromium")
def test_boxes_hide_the_page_turns_and_its_words_can_be_selected(add_paper: Add, browse: Callable[..., Screen]) -> None:
    add_paper("one")
    screen = browse()
    page = opened(screen, "/read/one?q=消火栓")
    page.keyboard.press("h")
    assert not page.locator(".hit-layer").is_visible()
    page.keyboard.press("h")
    assert page.locator(".hit-layer").is_visible()
    page.keyboard.press("t")
    line = page.locator(".text-layer text").nth(1).bounding_box()
    assert line
    page.mouse.move(line["x"] + 2, line["y"] + line["height"] / 2)
    page.mouse.down()
    page.mouse.move(line["x"] + line["width"] - 2, line["y"] + line["height"] / 2, steps=8)
    page.mouse.up()
    assert "走廊消火栓与" in page.evaluate("getSelection().toString()")
    assert screen.faults == []


@pytest.mark.needs("chromium")
def test_without_scripts_the_page_is_still_read(office: Office, add_paper: Add, browse: Callable[..., Screen]) -> None:
    add_paper("plain", Sheet(LINES), Sheet(LINES))
    screen = browse()
    context = screen.page.context.browser.new_context(java_script_enabled=False)  # type: ignore[union-attr]
    context.add_cookies(screen.page.context.cookies())  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"{screen.address}/read/plain?q=消火栓")
    assert page.locator(".still img").bounding_box()["width"] > 300  # type: ignore[index]
    assert page.locator(".still rect.hit").count() == 2
    assert page.locator(".text-line").first.is_visible()
    page.locator("[data-go=page-after]").click()
    assert "/read/plain/2" in page.url
    context.close()


@pytest.mark.needs("chromium")
@pytest.mark.parametrize(("width", "dark"), [(1440, False), (1440, True), (1024, False), (390, False), (390, True)])
def test_the_viewer_has_no_serious_fault(add_paper: Add, browse: Callable[..., Screen], width: int, dark: bool) -> None:
    add_paper("two", Sheet(LINES), Sheet(LINES))
    screen = browse(width=width, dark=dark)
    opened(screen, "/read/two?q=消火栓")
    screen.check()
    if width > 1000:
        screen.page.get_by_role("tab").nth(1).click()
        screen.check()


@pytest.mark.parametrize(("width", "dark"), [(1440, False), (390, True)])
def test_the_viewer_of_what_cannot_be_seen_has_no_serious_fault(
    office: Office, add_paper: Add, browse: Callable[..., Screen], width: int, dark: bool
) -> None:
    add_paper("broken", Sheet(LINES), Sheet([], failure="page_kills_reader"))
    add_attachment(office, add_paper, "sound")
    screen = browse(width=width, dark=dark)
    for path, seen in (("/read/broken/2", ".stage-note"), ("/read/sound", ".no-pages")):
        page = screen.open(path)
        page.wait_for_load_state("networkidle")
        assert page.locator(seen).is_visible()
        screen.check()


# --- blank pages -----------------------------------------------------------------------------------------------------


def test_a_blank_page_is_said_to_be_one_and_those_who_arrange_may_say_otherwise(office: Office, add_paper: Add) -> None:
    add_paper("paper", Sheet(LINES), Sheet(()))
    visitor = office.visitor()
    assert "Blank page" not in visitor.get("/read/paper/2").text
    shown = visitor.post("/read/paper/2/blank", {"blank": "yes"})
    assert "Blank page: it gets no page number." in shown.text and office.document("paper").blank == (2,)
    assert "It is not blank" not in office.visitor("he.zhixing").get("/read/paper/2").text
    assert office.visitor("he.zhixing").post("/read/paper/2/blank", {}).status_code == 403
    visitor.post("/read/paper/2/blank", {})
    assert office.document("paper").blank == ()
