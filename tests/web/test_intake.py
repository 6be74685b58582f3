"""Intake: files come in one by one or in a form, their reading is followed, what failed is tried again."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

import webui
from archive.errors import InvalidInput
from archive.services import known_files
from ingest import watching
from ingest.door import is_wanted

SAMPLES = Path(__file__).parents[2] / "samples" / "dossiers"


def sample(first: str) -> Path:
    return next(SAMPLES.glob(f"*/*/{first}*"))


def send(visitor: Any, data: bytes, **asked: str) -> Any:
    headers = {
        "X-CSRFToken": visitor.token(), "Content-Type": "application/octet-stream", "Accept": "application/json",
        "Accept-Language": "en",
    }  # fmt: skip
    return visitor.client.post("/intake/file", query_string=asked, data=data, headers=headers)


def picture(shade: int = 255) -> bytes:
    """A blank page as PNG."""
    out = io.BytesIO()
    Image.new("L", (620, 877), shade).save(out, "png")
    return out.getvalue()


def jobs(visitor: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = visitor.client.get("/intake/jobs.json", headers={"Accept-Language": "en"}).json[
        "jobs"
    ]
    return found


def test_a_file_is_taken_in_as_the_body_of_its_request(office: Any) -> None:
    visitor = office.visitor()
    answer = send(visitor, picture(), name="空白.png", batch="b1")
    assert answer.status_code == 201
    assert answer.json["batch"] == "b1"
    (job,) = jobs(visitor)
    assert (job["name"], job["state"], job["pages"], job["read"]) == ("空白.png", "done", 1, 1)
    assert "空白.png" in visitor.get("/intake").text


def test_the_same_file_again_is_said_to_be_known(office: Any) -> None:
    visitor = office.visitor()
    send(visitor, picture(), name="a.png")
    again = send(visitor, picture(), name="b.png")
    assert again.status_code == 200
    assert again.json["known"] is True
    assert again.json["said"] == "known already, kept once"
    assert len(jobs(visitor)) == 1


def test_of_a_known_file_it_is_told_that_it_is_not_split_now(office: Any) -> None:
    visitor = office.visitor()
    send(visitor, picture(), name="a.png")
    again = send(visitor, picture(), name="a.png", split="bookmarks")
    assert again.status_code == 200
    assert "is not split at its bookmarks now" in again.json["said"]
    form = {"split": "bookmarks", "files": (io.BytesIO(picture()), "b.png")}
    assert "b.png  known already, kept once. The file was taken in before" in visitor.post("/intake/upload", form).text


def test_of_a_known_file_that_one_may_not_see_nothing_is_told(office: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = send(office.visitor("tang.xu"), picture(), name="并购.png")
    monkeypatch.setattr(known_files, "may_be_told", lambda ports, actor, job: actor.login != "gu.wendi")
    again = send(office.visitor("gu.wendi"), picture(), name="mine.png")
    assert (again.status_code, again.json["known"], again.json["name"]) == (200, True, "mine.png")
    assert "you may not see it" in again.json["said"]
    assert (again.json["job"], again.json["state"]) == ("", "known")
    assert taken.json["job"] not in again.text and "并购" not in again.text
    form = {"files": (io.BytesIO(picture()), "mine.png")}
    assert "you may not see it" in office.visitor("gu.wendi").post("/intake/upload", form).text


def test_an_empty_file_is_refused_with_its_sentence(office: Any) -> None:
    answer = send(office.visitor(), b"", name="a.pdf")
    assert answer.status_code == 400
    assert "is empty (0 bytes)" in answer.json["error"]["message"]
    assert jobs(office.visitor()) == []


def test_a_broken_file_stands_with_its_reason_and_is_tried_again(office: Any) -> None:
    visitor = office.visitor()
    made = send(visitor, b"%PDF-1.7\nnothing more", name="坏.pdf")
    assert made.status_code == 201
    (job,) = jobs(visitor)
    assert job["state"] == "failed"
    assert job["message"]
    page = visitor.get("/intake").text
    assert job["message"].split(";")[0] in page
    assert f"/intake/jobs/{job['job']}/retry" in page
    assert "is read again" in visitor.post(f"/intake/jobs/{job['job']}/retry").text
    assert "1 file is read again" in visitor.post("/intake/retry").text


def test_a_file_goes_into_the_dossier_that_was_chosen(office: Any, make_dossier: Callable[..., Any]) -> None:
    dossier = make_dossier()
    visitor = office.visitor()
    answer = send(visitor, picture(), name="a.png", dossier="kh-2024-031 临澜", phase="contract", type="contract")
    (job,) = jobs(visitor)
    document = office.document(job["documents"][0])
    assert answer.status_code == 201
    assert (document.dossier, document.type, document.phase) == (dossier.id, "contract", "contract")


def test_an_unknown_dossier_is_said_before_anything_is_taken(office: Any) -> None:
    answer = send(office.visitor(), picture(), name="a.png", dossier="KH-1999-001")
    assert answer.status_code == 400
    assert answer.json["error"]["field"] == "dossier"
    assert jobs(office.visitor()) == []


def test_the_folder_that_begins_with_a_number_decides_the_dossier(
    office: Any, make_dossier: Callable[..., Any]
) -> None:
    dossier = make_dossier()
    send(office.visitor(), picture(), name="a.png", folder="扫描 / KH-2024-031 临澜 / 合同")
    (job,) = jobs(office.visitor())
    assert office.document(job["documents"][0]).dossier == dossier.id


def test_a_form_without_scripts_takes_several_files(office: Any) -> None:
    files = [(io.BytesIO(picture(shade)), f"{shade}.png") for shade in (250, 240)] + [(io.BytesIO(b""), "leer.pdf")]
    answer = office.visitor().post("/intake/upload", {"files": files}, content_type="multipart/form-data")
    assert "2 files taken in" in answer.text
    assert "is empty (0 bytes)" in answer.text


def test_those_who_may_not_take_in_are_refused(office: Any) -> None:
    reader = office.visitor("he.zhixing")
    assert reader.get("/intake").status_code == 403
    assert send(reader, picture(), name="a.png").status_code == 403


def test_nothing_is_taken_without_the_token(office: Any) -> None:
    visitor = office.visitor()
    answer = visitor.client.post("/intake/file?name=a.png", data=picture(), content_type="application/octet-stream")
    assert answer.status_code == 400
    assert jobs(visitor) == []


# --- in the browser ------------------------------------------------------------------------------------------------


def test_chosen_files_are_sent_and_their_reading_is_seen(office: Any, browse: Callable[..., Any]) -> None:
    screen = browse()
    page = screen.open("/intake")
    page.set_input_files("#files", [{"name": "一.png", "mimeType": "image/png", "buffer": picture()}])
    page.wait_for_selector(".job[data-state=done]")
    assert "一.png" in page.inner_text("#jobs")
    assert page.locator("#sending li").count() == 0
    page.reload()
    assert "一.png" in page.inner_text("#jobs")


def test_several_chosen_files_arrive_each_once(office: Any, browse: Callable[..., Any]) -> None:
    page = browse().open("/intake")
    names = [f"{shade}.png" for shade in (250, 240, 230, 220, 210)]
    page.set_input_files(
        "#files",
        [{"name": name, "mimeType": "image/png", "buffer": picture(int(name[:3]))} for name in names],
    )
    arrived(page, names)
    assert page.locator("#in-hand-count").inner_text() == "5"


def test_a_chosen_folder_arrives_with_its_folders_as_a_hint(
    office: Any, make_dossier: Callable[..., Any], browse: Callable[..., Any], tmp_path: Path
) -> None:
    dossier = make_dossier()
    folder = make_folder(tmp_path)
    page = browse().open("/intake")
    page.set_input_files("#folder", folder)
    arrived(page, IN_FOLDER)
    filed = {job["name"]: office.document(job["documents"][0]).dossier for job in jobs(office.visitor())}
    assert filed == dict.fromkeys(IN_FOLDER, dossier.id)


def test_a_dropped_file_and_a_dropped_folder_arrive(
    office: Any, make_dossier: Callable[..., Any], browse: Callable[..., Any], tmp_path: Path
) -> None:
    dossier = make_dossier()
    alone = tmp_path / "单页.png"
    alone.write_bytes(picture(150))
    page = browse().open("/intake")
    drop(page, alone, make_folder(tmp_path))
    arrived(page, [*IN_FOLDER, alone.name])
    filed = {job["name"]: office.document(job["documents"][0]).dossier for job in jobs(office.visitor())}
    assert filed == {**dict.fromkeys(IN_FOLDER, dossier.id), alone.name: ""}


def test_what_cannot_be_opened_is_told_and_the_rest_of_the_drop_arrives(
    office: Any, browse: Callable[..., Any], tmp_path: Path
) -> None:
    page = browse().open("/intake")
    page.evaluate(CLOSED, ["施工", "合同.png"])
    alone = tmp_path / "单页.png"
    alone.write_bytes(picture(150))
    drop(page, alone, make_folder(tmp_path))
    page.wait_for_selector(".job[data-state=done]")
    page.wait_for_function("() => document.querySelectorAll('#sending .fault').length === 2")
    assert sorted(page.locator("#sending .name").all_inner_texts()) == ["合同.png", "施工"]
    assert page.locator("#sending .fault").first.inner_text() == "这台电脑打不开它。"
    assert page.locator("#jobs .job .name").all_inner_texts() == [alone.name]


# Lets the browser fail to open files and folders of these names.
CLOSED = """names => {
  const opened = DataTransferItem.prototype.webkitGetAsEntry;
  const fails = (done, fail) => fail(new DOMException('closed'));
  const given = (entry) => {
    const { isFile, name } = entry;
    if (names.includes(name)) return { isFile, name, file: fails, createReader: () => ({ readEntries: fails }) };
    if (isFile) return entry;
    const reader = entry.createReader();
    const readEntries = (done, fail) => reader.readEntries((some) => done(some.map(given)), fail);
    return { isFile, name, createReader: () => ({ readEntries }) };
  };
  DataTransferItem.prototype.webkitGetAsEntry = function () { return given(opened.call(this)); };
}"""


def test_what_lies_in_a_folder_is_chosen_in_the_browser_as_at_the_door() -> None:
    script = Path(webui.__file__).parent / "static" / "js" / "intake.js"
    (pattern,) = re.findall(r"LEFT_BEHIND = /(.+)/i;", script.read_text("utf-8"))
    left = [".git", "~$a.docx", "Thumbs.db", "desktop.ini", "ehthumbs.db"]
    left += [f"a.{end}" for end in "part partial filepart crdownload download tmp TEMP".split(" ")]
    for name in [*left, "a.pdf", "part.pdf", "thumbs.db.pdf", "a~$.docx"]:
        assert (re.search(pattern, name, re.IGNORECASE) is None) == is_wanted(name) == (name not in left), name


IN_FOLDER = ["合同.png", "纪要.png", "图纸.png"]


def make_folder(at: Path) -> Path:
    """A folder of a dossier's name with files on two floors, and what systems leave in folders."""
    folder = at / "KH-2024-031 临澜"
    (folder / "施工").mkdir(parents=True)
    (folder / "合同.png").write_bytes(picture(200))
    (folder / "施工" / "纪要.png").write_bytes(picture(190))
    (folder / "施工" / "图纸.png").write_bytes(picture(180))
    for name in (".DS_Store", "Thumbs.db", "~$合同.docx", "扫描.png.part"):
        (folder / name).write_bytes(b"nobody wants this")
    (folder / ".trash").mkdir()
    (folder / ".trash" / "废.png").write_bytes(picture(170))
    return folder


def drop(page: Any, *paths: Path) -> None:
    """Files and folders dragged from a file manager into the middle of the window and let go of there."""
    devtools = page.context.new_cdp_session(page)
    dragged = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        devtools.send("Input.dispatchDragEvent", {"type": kind, "x": 400, "y": 300, "data": dragged})


def arrived(page: Any, names: list[str]) -> None:
    """All of these files, and no other, are read in the end, and none is left among those being sent."""
    page.wait_for_function("n => document.querySelectorAll('.job[data-state=done]').length >= n", arg=len(names))
    page.wait_for_function("() => document.querySelectorAll('#sending li').length === 0")
    assert sorted(page.locator("#jobs .job .name").all_inner_texts()) == sorted(names)


def test_a_refused_file_keeps_its_line_with_try_again(office: Any, browse: Callable[..., Any]) -> None:
    screen = browse()
    page = screen.open("/intake")
    page.set_input_files("#files", [{"name": "空.pdf", "mimeType": "application/pdf", "buffer": b""}])
    page.wait_for_selector("#sending .fault")
    assert "0 字节" in page.inner_text("#sending .fault")
    assert page.locator("#sending button").inner_text() == "重试"


@pytest.mark.parametrize("width", [1280, 390])
def test_the_screen_has_no_serious_fault(
    office: Any, unsure_document: Any, browse: Callable[..., Any], width: int
) -> None:
    send(office.visitor(), picture(), name="a.png")
    send(office.visitor(), b"%PDF-1.7\nnothing more", name="坏.pdf")
    screen = browse(width=width, dark=width == 390)
    screen.open("/intake")
    screen.check()


# --- the watched folder --------------------------------------------------------------------------------------------


@pytest.fixture
def refused_file(office: Any) -> Path:
    """A file of the watched folder that could not be taken."""
    folder = office.application.settings.inbox
    folder.mkdir(parents=True, exist_ok=True)
    path: Path = folder / "空.pdf"
    path.write_bytes(b"")

    def take(path: Path, _: str) -> None:
        raise InvalidInput("file_empty", name=path.name)

    assert watching.Inbox(folder, take, quiet=0).look() == 0
    return path


def test_what_the_watched_folder_could_not_take_stands_with_its_reason(office: Any, refused_file: Path) -> None:
    text = office.visitor().get("/intake").text
    assert "空.pdf" in text and "not taken" in text and "0 files waiting" in text


def test_it_is_tried_again_by_its_button(office: Any, refused_file: Path) -> None:
    answer = office.visitor().post("/intake/folder", {"name": "空.pdf", "act": "again"})
    assert "空.pdf is looked at again in a moment." in answer.text
    taken: list[str] = []
    watching.Inbox(refused_file.parent, lambda path, _: taken.append(path.name), quiet=0).look()
    assert taken == ["空.pdf"]


def test_it_is_put_aside_and_never_taken_again(office: Any, refused_file: Path) -> None:
    office.visitor().post("/intake/folder", {"name": "空.pdf", "act": "aside"})
    assert not refused_file.exists() and (refused_file.parent / "refused" / "空.pdf").exists()
    taken: list[str] = []
    watching.Inbox(refused_file.parent, lambda path, _: taken.append(path.name), quiet=0).look()
    assert taken == [] and watching.failures(refused_file.parent) == []
    assert "not taken" not in office.visitor().get("/intake").text


def test_nothing_else_is_moved_and_not_by_everybody(office: Any, refused_file: Path) -> None:
    assert office.visitor().post("/intake/folder", {"name": "../secret.key", "act": "aside"}).status_code == 404
    assert office.visitor("he.zhixing").post("/intake/folder", {"name": "空.pdf", "act": "aside"}).status_code == 403
    assert refused_file.exists()


@pytest.mark.parametrize("width", [1280, 390])
def test_its_failures_have_no_serious_fault(
    office: Any, refused_file: Path, browse: Callable[..., Any], width: int
) -> None:
    screen = browse(width=width, dark=width == 390)
    screen.open("/intake")
    screen.check()
