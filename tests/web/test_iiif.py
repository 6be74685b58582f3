"""The IIIF Image API: held against the validator of its makers over real HTTP, and who is let in."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from werkzeug.serving import make_server

from archive.domain.document import Document
from archive.ports import Pixels
from tests.web.conftest import Office
from tests.web.papers import Paper, Sheet, file_paper, page_of

COLUMNS = 10
SQUARE = 100
VALIDATOR = Path(sys.executable).with_name("iiif-validate.py")


def squares() -> Pixels:
    """The validator's own test picture: ten by ten squares of known colours."""
    from iiif_validator.validator import ValidationInfo  # type: ignore[import-untyped]

    picture = Image.new("RGB", (COLUMNS * SQUARE, COLUMNS * SQUARE))
    for x, column in enumerate(ValidationInfo().colorInfo):
        for y, colour in enumerate(column):
            picture.paste(colour, (x * SQUARE, y * SQUARE, (x + 1) * SQUARE, (y + 1) * SQUARE))
    return Pixels(data=picture.tobytes(), width=picture.width, height=picture.height, channels=3)


@pytest.fixture
def signed_in_server(office: Office) -> Iterator[str]:
    """The application over HTTP, with a cookie put under every request: the validator knows none."""
    cookie = office.visitor().client.get_cookie("dossier")
    assert cookie

    def with_cookie(environ: dict[str, Any], start: Any) -> Any:
        return office.app.wsgi_app({**environ, "HTTP_COOKIE": f"dossier={cookie.value}"}, start)

    server = make_server("127.0.0.1", 0, with_cookie, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.mark.parametrize("level", [1, 2])
def test_the_validator_of_the_standard_finds_no_fault(office: Office, signed_in_server: str, level: int) -> None:
    document = file_paper(office.ports, "squares", Paper([Sheet((), size=(1000, 1000))]))
    replace_picture(office, document, squares())
    run = subprocess.run(
        [sys.executable, str(VALIDATOR), "-s", signed_in_server, "-p", "iiif/3", "-i", page_of(document),
         "--version=3.0", f"--level={level}", "-v"],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout + run.stderr
    assert (run.stdout + run.stderr).count("PASS") > 15


def replace_picture(office: Office, document: Document, pixels: Pixels) -> None:
    from archive.domain.document import Page

    page = office.ports.index.get(Page, page_of(document)).record
    name = office.ports.images.write("5" * 64, pixels)
    office.ports.index.put([page.model_copy(update={"image": name, "stamp": page.stamp + 1})])


def picture(answer: Any) -> Image.Image:
    assert answer.status_code == 200, answer.text
    return Image.open(BytesIO(answer.data))


def test_a_region_is_cut_scaled_and_turned(office: Office, add_paper: Callable[..., Document]) -> None:
    page = page_of(add_paper("one", Sheet([("字", (100, 200, 60, 30))])))
    visitor = office.visitor()
    cut = picture(visitor.get(f"/iiif/3/{page}/100,200,60,30/30,/90/default.png"))
    assert cut.size == (15, 30)
    assert max(cut.convert("L").tobytes()) < 60  # nothing but the bar
    edge = picture(visitor.get(f"/iiif/3/{page}/40,200,60,30/max/0/default.png"))
    assert min(edge.convert("L").tobytes()) > 200  # nothing of the bar


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("700,0,10,10/max/0/default.jpg", "off the page"),
        ("full/9999,/0/default.jpg", "too large"),
        ("full/max/45/default.jpg", "rotation"),
        ("full/max/0/sepia.jpg", "quality"),
        ("full/max/0/default.tif", "format"),
        ("0,0,0,0/max/0/default.jpg", "region"),
        ("full/0,/0/default.jpg", "size"),
    ],
)
def test_what_cannot_be_had_is_said(office: Office, add_paper: Callable[..., Document], path: str, said: str) -> None:
    answer = office.visitor().get(f"/iiif/3/{page_of(add_paper())}/{path}")
    assert answer.status_code == 400
    assert said in answer.text


def test_strangers_and_those_without_the_right_get_no_picture(
    office: Office, add_paper: Callable[..., Document]
) -> None:
    page = page_of(add_paper("secret", mark="engineering-customer/nobody"))
    for path in ("info.json", "full/max/0/default.jpg", "0,0,512,512/512,/0/default.jpg"):
        assert office.app.test_client().get(f"/iiif/3/{page}/{path}").status_code == 401
        assert office.visitor("he.zhixing").get(f"/iiif/3/{page}/{path}").status_code == 404


def test_a_picture_is_kept_by_the_browser_but_asked_for_each_time(
    office: Office, add_paper: Callable[..., Document]
) -> None:
    path = f"/iiif/3/{page_of(add_paper())}/full/100,/0/default.jpg"
    client = office.visitor().client
    first = client.get(path)
    assert first.headers["Cache-Control"] == "private, no-cache"
    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert again.data == b""
