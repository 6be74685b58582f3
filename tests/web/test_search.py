"""The search screen: what is found and how it is told, what narrows it, what is offered where nothing is found."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Callable
from datetime import date

import pytest

from archive.domain.document import Document, Page
from archive.domain.dossier import Dossier
from search.embedded.search_folder import WriterLock
from tests.web.conftest import LINES, Office, Screen
from tests.web.papers import Sheet
from webui.hit_boxes import joined_spans, lower_edge, region_upright, strips, turned

Add = Callable[..., Document]


def result(office: Office, query: dict[str, str], login: str = "gu.wendi") -> str:
    return office.visitor(login).get("/", query_string=query).text


# --- results ---------------------------------------------------------------------------------------------------------


def test_a_word_finds_its_document_with_the_hit_marked_and_drawn(office: Office, add_paper: Add) -> None:
    add_paper()
    page = result(office, {"q": "消火栓"})
    assert "<b>1</b> document" in page
    assert "<mark>消火栓</mark>" in page
    assert page.count('class="hit') >= 2  # on the thumbnail
    assert "2024-06-14" in page


def test_a_document_found_says_where_its_paper_is(
    office: Office, add_paper: Add, make_dossier: Callable[..., Dossier]
) -> None:
    dossier = make_dossier()
    document = add_paper("filed", dossier=dossier.id)
    read = office.ports.index.get(Document, document.id)
    placed = office.ports.index.replace(read.record.model_copy(update={"volume": 1, "item": 1}), read.token)
    assert office.ports.index.refresh(placed.seq)
    page = result(office, {"q": "消火栓"})
    assert "KH-2024-031" in page
    assert "Original on the shelf, 甲柜 2 层 盒 07" in page
    assert "data-borrow" in page
    assert "data-borrow" not in result(office, {"q": "消火栓"}, "he.zhixing")


def test_what_one_may_not_see_is_not_found_counted_or_hinted_at(office: Office, add_paper: Add) -> None:
    add_paper("secret", mark="engineering-customer/nobody", title="不可见")
    page = result(office, {"q": "消火栓"}, "he.zhixing")
    assert "Nothing found" in page
    assert "不可见" not in page
    assert "消火栓与教室" not in page
    assert office.visitor("he.zhixing").get("/hits/secret?q=消火栓").status_code == 404
    assert "不可见" not in office.visitor("he.zhixing").get("/export.csv?q=消火栓").text


def test_facets_narrow_and_can_be_taken_out_again(office: Office, add_paper: Add) -> None:
    add_paper("a", type="minutes")
    add_paper("b", type="contract", day=date(2022, 3, 1), file_name="合同.pdf")
    page = result(office, {"q": "消火栓", "type": "contract"})
    assert "<b>1</b> document" in page
    assert 'class="chip"' in page
    assert "type=minutes" in page  # offered beside it
    assert "<b>1</b> document" in result(office, {"q": "消火栓", "year": "2022"})


def test_a_type_is_searched_by_the_name_its_scheme_gives_it(office: Office, add_paper: Add) -> None:
    add_paper("a", type="minutes")
    add_paper("b", type="contract", file_name="合同.pdf")
    label = office.ports.schemes["engineering-customer"].type("minutes")
    assert label
    for name in (label.label.zh, label.label.en):
        page = result(office, {"q": f'文件类型:"{name}"'})
        assert 'data-document="a"' in page
        assert 'data-document="b"' not in page


def test_a_value_that_no_scheme_knows_is_told_with_the_nearest_names(office: Office, add_paper: Add) -> None:
    add_paper()
    told = "No scheme has a type “小抄”. There are 60, such as: "
    assert told in result(office, {"q": "类型:小抄"})
    found = result(office, {"q": "消火栓 OR 类型:小抄"})
    assert told in found and 'data-document="minutes12"' in found
    (note,) = office.visitor().client.get("/api/search", query_string={"q": "类型:小抄"}).get_json()["notes"]
    assert "小抄" in note
    assert "No scheme" not in result(office, {"q": "类型:纪要"})


def test_a_search_inside_one_document_leaves_the_others_out(office: Office, add_paper: Add) -> None:
    add_paper("a")
    add_paper("b", file_name="另一份.pdf")
    page = result(office, {"q": "消火栓", "in": "document:b"})
    assert "<b>1</b> document" in page
    assert 'value="document:b" selected' in page


def test_pages_of_the_result_come_to_each_document_once(office: Office, add_paper: Add) -> None:
    for n in range(12):
        add_paper(f"paper{n:02d}", file_name=f"{n}.pdf")
    visitor, seen, address = office.visitor(), [], "/?q=消火栓&sort=date"
    while address:
        page = visitor.get(address).text
        seen += [part.split('"')[0] for part in page.split('data-document="')[1:]]
        address = page.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&") if 'rel="next"' in page else ""
    assert sorted(seen) == sorted({f"paper{n:02d}" for n in range(12)})


def test_behind_the_last_page_is_the_last_page(office: Office, add_paper: Add) -> None:
    for n in range(12):
        add_paper(f"paper{n:02d}", file_name=f"{n}.pdf")
    answer = office.visitor().get("/", query_string={"q": "消火栓", "page": "9"}, follow_redirects=True)
    assert answer.request.args["page"] == "2"
    assert "11 to 12 of 12" in answer.text


def test_a_list_that_is_too_long_to_be_turned_to_its_end_says_so(
    office: Office, add_paper: Add, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("webui.filters.MOST_PAGES", 2)
    for n in range(22):
        add_paper(f"paper{n:02d}", file_name=f"{n}.pdf")
    page = result(office, {"q": "消火栓", "page": "3"})
    assert 'rel="next"' not in page
    assert "11 to 20 of 22" in page
    assert "The export holds all pages." in page


def test_while_many_pages_wait_to_be_searchable_that_is_said(office: Office, add_paper: Add) -> None:
    add_paper()
    index = office.ports.index
    index.close()
    lock = WriterLock(office.folder / "data" / "index" / "search")
    assert lock.take()
    mark = "engineering-customer/company"
    pages = [Page(id=f"w-{n}", document="w", number=n, state="read", text="消火栓", mark=mark) for n in range(1, 202)]
    index.put(pages)
    page = result(office, {"q": "消火栓"})
    assert "at least <b>1</b> document, <b>1</b> page hit" in page
    assert "Pages new or changed that are not yet searchable: 201." in page
    assert "Pages new or changed that are not yet searchable: 201." in result(office, {"q": "龘龘"})
    assert office.visitor().client.get("/api/search", query_string={"q": "消火栓"}).get_json()["behind"] == 201
    export = office.visitor().get("/export.csv", query_string={"q": "消火栓"})
    assert export.status_code == 503
    assert "not yet searchable: 201. The export would not hold everything." in export.text
    lock.free()


def test_an_export_of_a_broken_query_is_told_and_no_file(office: Office) -> None:
    answer = office.visitor().get("/export.csv", query_string={"q": "(消火栓"})
    assert (answer.status_code, answer.mimetype) == (400, "text/html")


def test_a_page_that_lies_on_its_side_is_shown_upright(office: Office, add_paper: Add) -> None:
    add_paper("lying", Sheet([("消火栓", (100, 200, 30, 90))], rotation=90))
    page = result(office, {"q": "消火栓"})
    assert "/90/default.jpg" in page
    assert "matrix(0 1 -1 0 800 0)" in page


# --- nothing found, broken -------------------------------------------------------------------------------------------


def test_nothing_found_says_what_was_looked_for_and_offers_the_nearest(office: Office, add_paper: Add) -> None:
    add_paper()
    page = result(office, {"q": "消火拴 移位"})
    assert "Nothing found, but these are near" in page
    assert "2 words, all on one page" in page
    assert "消火<mark>栓</mark>" in page
    assert "拴 as 栓" in page
    assert 'data-document="minutes12"' in page


def test_a_filter_that_leaves_nothing_is_named_and_can_go(office: Office, add_paper: Add) -> None:
    add_paper()
    page = result(office, {"q": "消火栓", "type": "contract"})
    assert "any Type" in page
    assert "without Type" in page


def test_a_broken_query_shows_its_place(office: Office) -> None:
    answer = office.visitor().get("/", query_string={"q": '甲 "乙'})
    assert answer.status_code == 400
    assert "quotation mark at character 3" in answer.text
    assert '<span class="broken-here">&#34;</span>' in answer.text
    api = office.visitor().client.get("/api/search", query_string={"q": '甲 "乙'})
    assert api.get_json()["error"]["at"] == 2


def test_a_query_that_is_too_long_is_told_and_nothing_of_it_is_cut(office: Office, add_paper: Add) -> None:
    add_paper()
    answer = office.visitor().get("/", query_string={"q": "消火栓 " * 600})
    assert answer.status_code == 400
    assert "too long: 2400 characters, at most 2000" in answer.text
    assert 'data-document="minutes12"' not in result(office, {"q": "消火栓 " * 400 + "龘龘"})


def test_whatever_is_typed_is_answered_and_escaped(office: Office, add_paper: Add) -> None:
    add_paper()
    for text in (
        "<script>alert(1)</script>",
        "((((",
        "'; --",
        "\x00",
        "…" * 400,
        "ａｂｃ：",
        "-",
        "*",
        "OR OR",
        "NOT " * 440,
    ):
        answer = office.visitor().get("/", query_string={"q": text})
        assert answer.status_code in (200, 400), text
        assert "<script>alert" not in answer.text


def test_the_first_page_shows_what_there_is(office: Office, add_paper: Add) -> None:
    empty = office.visitor().get("/").text
    assert "Nothing has come in yet." in empty
    add_paper()
    page = office.visitor().get("/").text
    assert "1 page to search" in page
    assert "?q=&amp;type=minutes" in page


# --- export, JSON ----------------------------------------------------------------------------------------------------


def test_the_export_holds_every_page_and_no_formula(office: Office, add_paper: Add) -> None:
    add_paper("evil", Sheet(LINES), Sheet(LINES), title="=HYPERLINK(1)")
    answer = office.visitor().get("/export.csv", query_string={"q": "消火栓"})
    assert answer.headers["Content-Disposition"].startswith("attachment; filename*=UTF-8''")
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert [row["Page"] for row in rows] == ["1", "2"]
    assert rows[0]["Document title"] == "'=HYPERLINK(1)"
    assert rows[0]["Link"].endswith("/read/evil/1")


def test_the_api_tells_boxes_and_texts(office: Office, add_paper: Add) -> None:
    add_paper()
    found = office.visitor().client.get("/api/search", query_string={"q": "移位"}).get_json()
    assert (found["total"], found["documents"], found["exact"]) == (1, 1, True)
    (hit,) = found["found"][0]["hits"]
    assert hit["boxes"] == [[260, 180, 40, 20]]  # the last two of eleven characters
    shown = office.visitor().client.get("/api/documents/minutes12", query_string={"q": "移位"}).get_json()
    assert shown["pages"][0]["boxes"] == hit["boxes"]


# --- boxes -----------------------------------------------------------------------------------------------------------


def test_hits_that_touch_are_one() -> None:
    assert joined_spans([(5, 7), (0, 3), (3, 5), (9, 10)]) == [(0, 7), (9, 10)]


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_turning_a_box_and_back_changes_nothing(rotation: int) -> None:
    box, page = (10, 20, 30, 40), (100, 300)
    there = turned(box, page, rotation)
    assert turned(there, (300, 100) if rotation % 180 else page, -rotation) == box
    assert lower_edge(box, rotation).startswith("M")


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_a_strip_lies_along_the_words_and_inside_the_page(rotation: int) -> None:
    word = (300, 500, 40, 120) if rotation % 180 else (300, 500, 120, 40)
    x, y, w, h = region_upright(word, (2480, 3508), rotation)
    assert (w > h) is (rotation % 180 == 0)
    assert 0 <= x <= word[0]
    assert 0 <= y <= word[1]
    assert x + w >= word[0] + word[2]
    assert y + h >= word[1] + word[3]


def test_each_hit_is_in_one_strip_and_all_are_counted() -> None:
    near, far = (100, 100, 50, 20), (100, 900, 50, 20)
    made, count = strips([(1, (1000, 1000), 0, [near, (160, 100, 50, 20), far])], 12)
    assert count == 3
    assert [len(strip.boxes) for strip in made] == [2, 1]
    assert [strip.number for strip in made] == [1, 3]


# --- in a browser ----------------------------------------------------------------------------------------------------


@pytest.mark.needs("chromium")
@pytest.mark.parametrize(("width", "dark"), [(1440, False), (1440, True), (1024, False), (390, False)])
@pytest.mark.parametrize("path", ["/", "/?q=消火栓", "/?q=消火拴+移位"])
def test_search_has_no_serious_fault(
    add_paper: Add, browse: Callable[..., Screen], path: str, width: int, dark: bool
) -> None:
    add_paper()
    screen = browse(width=width, dark=dark)
    screen.open(path)
    screen.check()


@pytest.mark.needs("chromium")
def test_results_are_gone_through_by_keys(add_paper: Add, browse: Callable[..., Screen]) -> None:
    for n in range(3):
        add_paper(f"paper{n}", Sheet(LINES), file_name=f"{n}.pdf", title=f"纪要{n}")
    screen = browse(width=1440)
    page = screen.open("/?q=消火栓")
    chosen = "document.querySelector('.result.chosen').dataset.document"
    first = page.evaluate(chosen)
    page.keyboard.press("j")
    second = page.evaluate(chosen)
    assert second != first
    page.wait_for_selector(f"#panel .hit-strip[href*='{second}']")
    page.keyboard.press("n")
    page.keyboard.press("k")
    assert page.evaluate(chosen) == first
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/read/{second}/**")
    assert page.locator("[data-place]").inner_text() in ("第 2 件，共 3 件", "Document 2 of 3")
    page.keyboard.press("]")
    page.wait_for_url(lambda url: "/read/" in url and second not in url)
    assert screen.faults == []


@pytest.mark.needs("chromium")
def test_on_a_phone_the_filters_wait_behind_a_button(add_paper: Add, browse: Callable[..., Screen]) -> None:
    add_paper()
    page = browse(width=390).open("/?q=消火栓")
    assert not page.locator("#facets").is_visible()
    page.locator("[data-filters]").click()
    assert page.locator("#facets").is_visible()


# --- time ------------------------------------------------------------------------------------------------------------


def test_a_result_page_is_answered_at_once(office: Office, add_paper: Add) -> None:
    """Measured best of five, since other work shares the machine; the figure asked for is 100 ms."""
    for n in range(30):
        add_paper(f"paper{n:02d}", file_name=f"{n}.pdf")
    visitor = office.visitor()
    taken = []
    for _ in range(5):
        begun = time.perf_counter()
        assert visitor.get("/?q=消火栓").status_code == 200
        taken.append(time.perf_counter() - begun)
    assert min(taken) < 0.1
