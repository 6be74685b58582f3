"""What an archive office does all day, in a real browser against the real processes: scans come in and are read, a
page is found with its words marked where they stand on the scan, the paper is lent, refused to the next, given back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from playwright.sync_api import Page

from tests.e2e.conftest import Sample, wait_until

NUMBER = "KH-2024-031"
NAME = "临澜港务物流园程控交换机安装工程"
WORD = "KG-2024-031"  # the number of the start report, on its first page
BURST = """code => {
  for (const key of [...code, 'Enter']) {
    const at = document.activeElement;
    const free = at.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
    if (free && key.length === 1 && 'value' in at) at.value += key;
    if (free && key === 'Enter' && at.form) at.form.requestSubmit();
  }
}"""
Box = tuple[float, float, float, float]


@pytest.mark.timeout(900)
def test_the_main_job_from_a_scan_to_a_lent_volume_and_back(
    sign_in: Callable[[str], Page], sample: Callable[[str, str], Sample]
) -> None:
    report = sample(NUMBER, "08")
    desk = sign_in("gu.wendi")
    open_a_dossier(desk)
    upload_and_watch(desk, report)
    let_the_guesses_stand(desk)
    box_lies_on_the_word(desk, report)
    code = arrange_into_a_fixed_volume(desk)
    lend(desk, code, "贺知行")
    refuse_the_second(sign_in("tang.xu"), code)
    give_back_and_shelve(desk, code)


def test_the_pages_of_a_file_are_seen_being_read(
    sign_in: Callable[[str], Page], sample: Callable[[str, str], Sample], tmp_path: Path
) -> None:
    page = sign_in("gu.wendi")
    page.goto(address(page, "/intake"))
    scans = [sample(NUMBER, "01"), sample("KH-2023-118", "01"), sample("KH-2022-064", "01")]
    page.set_input_files("#files", bound(tmp_path / "三份合同.pdf", *(scan.path for scan in scans)))
    row = ".job[data-name='三份合同.pdf']"
    read, pages = map(int, page.wait_for_function(BEING_READ, arg=row).json_value())
    assert 0 < read < pages == 8
    page.wait_for_selector(f"{row}[data-state=done]")
    assert "8 / 8" in page.inner_text(row)


def test_the_whole_result_is_saved_under_a_chinese_name(sign_in: Callable[[str], Page]) -> None:
    page = sign_in("gu.wendi")
    with page.expect_download() as saved:
        page.evaluate("location.assign('/export.csv?q=消火栓')")
    assert saved.value.suggested_filename == "检索结果.csv"
    assert saved.value.path().read_text("utf-8-sig").startswith("卷宗号,")


# Pages read and pages in all, as a file's row has them, once the first is read.
BEING_READ = """row => {
  const said = document.querySelector(row)?.innerText.match(/(\\d+) \\/ (\\d+)/);
  return said && said[1] !== '0' ? [said[1], said[2]] : null;
}"""


def bound(path: Path, *parts: Path) -> Path:
    """The pages of several PDFs in one."""
    with pikepdf.new() as whole:
        for part in parts:
            with pikepdf.open(part) as pdf:
                whole.pages.extend(pdf.pages)
        whole.save(path)
    return path


def open_a_dossier(page: Page) -> None:
    page.goto(address(page, "/dossiers/new?scheme=engineering-customer"))
    page.fill("[name=number]", NUMBER)
    page.fill("[name=name]", NAME)
    page.select_option("[name=cls]", "KH.QY")
    page.fill("[name=customer_t]", "临澜港务物流园管理有限公司")
    page.click("form.dossier-form .primary")
    page.wait_for_url(f"**/dossiers/{NUMBER}")
    assert NAME in page.inner_text("h1")


def upload_and_watch(page: Page, report: Sample) -> None:
    """The file is taken in, its pages are seen being read, and the list says when it is done, after a reload too."""
    page.goto(address(page, "/intake"))
    page.fill("#into", NUMBER)
    page.set_input_files("#files", report.path)
    page.wait_for_selector(".job")
    page.wait_for_selector(".job[data-state=done]")
    page.reload()
    said = page.inner_text(".job[data-state=done]")
    assert report.path.name in said
    assert NUMBER in said
    assert "1 / 1" in said


def let_the_guesses_stand(page: Page) -> None:
    """What is unsure about the paper is accepted by one key, if anything is."""
    page.goto(address(page, "/review"))
    if page.locator("#card").count():
        page.keyboard.press("a")
        page.wait_for_selector(".note.song")
    assert page.locator("#card").count() == 0


def box_lies_on_the_word(page: Page, report: Sample) -> None:
    """The word is found, and the box drawn on the result and on the viewer's page lies on it as the truth has it."""
    page.goto(address(page, f"/?q={WORD}"))
    result = page.locator(".result").first
    result.wait_for()
    drawn = [rect_of(one) for one in result.locator(".result-thumb rect.hit").all()]
    expected = report.boxes_of(1, WORD)
    assert drawn
    assert expected
    assert max(overlap(drawn[0], there) for there in expected) > 0.5
    lies_on_its_picture(result.locator(".result-thumb .scan").first)
    result.locator("[data-read]").click()
    page.wait_for_url("**/read/**")
    page.wait_for_selector("[data-ready=yes]")
    shown = page.evaluate(BOX_IN_PAGE)
    assert max(overlap(tuple(shown), there) for there in expected) > 0.5


BOX_IN_PAGE = "() => window.dossierViewer.boxInPage(0)"


def rect_of(rect: Any) -> Box:
    x, y, width, height = (float(rect.get_attribute(name)) for name in ("x", "y", "width", "height"))
    return (x, y, width, height)


def lies_on_its_picture(scan: Any) -> None:
    """The drawing over a picture covers exactly the picture, so that its pixels are the page's."""
    image, drawing = scan.locator("img").bounding_box(), scan.locator("svg").first.bounding_box()
    for side in ("x", "y", "width", "height"):
        assert abs(image[side] - drawing[side]) <= 1.5


def overlap(a: Box, b: Box) -> float:
    """Area both share, by the area of both together."""
    width = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    height = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    shared = max(width, 0) * max(height, 0)
    return shared / (a[2] * a[3] + b[2] * b[3] - shared)


def arrange_into_a_fixed_volume(page: Page) -> str:
    """The paper goes into its volume as proposed, pages are numbered, the volume is fixed; the original's code."""
    page.goto(address(page, f"/arrange/{NUMBER}"))
    page.click("[value=all_as_proposed]")
    page.wait_for_selector(".foot-acts")
    page.wait_for_load_state()  # keys are listened to once the page is whole
    page.keyboard.press("1")
    page.wait_for_selector(".note.song")
    page.wait_for_load_state()
    page.keyboard.press("4")
    page.fill("#fixing [name=sheets]", "1")
    page.fill("#fixing [name=cabinet]", "甲柜")
    page.fill("#fixing [name=shelf]", "2 层")
    page.fill("#fixing [name=box]", "盒 07")
    page.click("#fixing [value=fix]")
    page.wait_for_selector(".note.song")
    page.goto(address(page, f"/dossiers/{NUMBER}"))
    return page.locator(".copies .code").first.text_content() or ""


def lend(page: Page, code: str, borrower: str) -> None:
    page.goto(address(page, "/lending"))
    page.evaluate(BURST, code)
    page.wait_for_selector("#issue")
    page.fill("[name=borrower]", borrower)
    page.fill("[name=asked_for]", "开工日期")
    page.fill("[name=purpose]", "核对工期")
    page.fill("#signature", borrower)
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".note.song")
    assert borrower in page.inner_text(".note.song")
    assert code in page.inner_text("#day")


def refuse_the_second(page: Page, code: str) -> None:
    """Another desk is told who has it, and is offered no way to lend it."""
    page.goto(address(page, f"/lending?code={code}"))
    refused = page.inner_text(".actions .refused >> nth=0")
    assert "贺知行" in refused
    assert page.locator("#issue").count() == 0


def give_back_and_shelve(page: Page, code: str) -> None:
    page.goto(address(page, f"/lending?code={code}"))
    page.keyboard.press("Escape") if page.locator("#scan:focus").count() else None
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("y")
    page.wait_for_selector("#place")
    page.evaluate(BURST, "甲柜/2 层/盒 07")
    page.wait_for_url(lambda url: "?" not in url)
    page.goto(address(page, f"/lending?code={code}"))
    wait_until(lambda: page.locator(".thing .state.in").count(), "the copy on the shelf")
    page.goto(address(page, "/lending/register"))
    assert code in page.inner_text("tbody")


def address(page: Page, path: str) -> str:
    """`path` at the office the page is on."""
    scheme, _, rest = page.url.partition("://")
    return f"{scheme}://{rest.split('/')[0]}{path}"
