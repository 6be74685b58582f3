"""What every OCR engine promises: a drawn page is read whichever way it lies, and each letter's box is on its ink."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from difflib import SequenceMatcher

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from archive.config import Settings
from archive.domain.reading import Box, Reading, around
from archive.errors import Unreadable
from archive.ports import OcrEngine, Pixels
from ingest.ocr import choose_engine
from ingest.ocr.rapid import RapidOcrEngine
from ingest.ocr.tesseract import TesseractEngine

FONT = "/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc"
TEXT = (
    "设备安装合同",
    "甲方委托乙方在办公楼三层机房安装电话交换机一台，",
    "安装工作自合同签订之日起三十日内完成并交付使用。",
    "质量保证期为二十四个月，自验收合格的次日起计算。",
    "合同金额人民币壹佰贰拾万元整，分三次支付给乙方。",
    "双方代表签字并加盖公章后生效，一式四份各执两份。",
)
SIZE = (1654, 1400)  # a part of an A4 page at 200 dpi
EM = 44


@dataclass(frozen=True)
class Drawn:
    """A page image and where its letters stand on it."""

    image: Image.Image
    cells: tuple[tuple[Box, ...], ...]

    def pixels(self) -> Pixels:
        channels = {"L": 1, "RGB": 3}[self.image.mode]
        return Pixels(self.image.tobytes(), self.image.width, self.image.height, channels, 200)


@pytest.fixture(scope="module")
def upright() -> Drawn:
    page = Image.new("L", SIZE, 250)
    pen, face = ImageDraw.Draw(page), ImageFont.truetype(FONT, EM)
    cells = []
    for row, text in enumerate(TEXT):
        top = 140 + row * 190
        pen.text((180, top), text, font=face, fill=20, anchor="ls")
        cells.append(tuple((180 + i * EM, top - round(EM * 0.88), EM, EM) for i in range(len(text))))
    return Drawn(page, tuple(cells))


@pytest.fixture(scope="module", params=["rapidocr", "careful", "tesseract"])
def engine(request: pytest.FixtureRequest) -> OcrEngine:
    make: dict[str, Callable[[Settings], OcrEngine]] = {
        "rapidocr": RapidOcrEngine,
        "careful": lambda settings: RapidOcrEngine(settings, careful=True),
        "tesseract": TesseractEngine,
    }
    return make[request.param](Settings())


def turned(drawn: Drawn, degrees: int) -> Drawn:
    """The page turned clockwise, with its cells."""
    wide, high = drawn.image.size

    def move(box: Box) -> Box:
        x, y, w, h = box
        return {
            90: (high - y - h, x, h, w),
            180: (wide - x - w, high - y - h, w, h),
            270: (y, wide - x - w, h, w),
        }[degrees]

    cells = tuple(tuple(move(cell) for cell in line) for line in drawn.cells)
    return Drawn(drawn.image.rotate(-degrees, expand=True), cells)


def skewed(drawn: Drawn, degrees: float) -> Drawn:
    """The page turned a little clockwise about its middle; each cell's middle moves, its size stays."""
    angle = np.radians(degrees)
    middle = np.array(drawn.image.size) / 2
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])

    def move(box: Box) -> Box:
        x, y = turn @ (np.array((box[0] + box[2] / 2, box[1] + box[3] / 2)) - middle) + middle
        return round(x - box[2] / 2), round(y - box[3] / 2), box[2], box[3]

    cells = tuple(tuple(move(cell) for cell in line) for line in drawn.cells)
    image = drawn.image.rotate(-degrees, resample=Image.Resampling.BICUBIC, fillcolor=250)
    return Drawn(image, cells)


def plain(text: str) -> str:
    return "".join(letter for letter in text if letter.isalnum())


def overlap(one: Box, other: Box) -> float:
    """Intersection over union."""
    wide = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    high = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    common = max(wide, 0) * max(high, 0)
    return common / (one[2] * one[3] + other[2] * other[3] - common)


def overlaps(reading: Reading, drawn: Drawn) -> NDArray[np.float64]:
    """For every run of four letters that was read, how well its boxes cover the drawn ones."""
    found = []
    for text, cells in zip(TEXT, drawn.cells, strict=True):
        for start in range(0, len(text) - 3, 4):
            at = reading.text.find(text[start : start + 4])
            if at >= 0:
                boxes = reading.boxes_of([(at, at + 4)])
                found.append(overlap(around(boxes), around(cells[start : start + 4])))
    assert len(found) > 10, reading.text
    return np.array(found)


def assert_read(reading: Reading, drawn: Drawn) -> None:
    likeness = SequenceMatcher(None, plain("".join(TEXT)), plain(reading.text), autojunk=False).ratio()
    assert likeness > 0.92, reading.text
    assert all(len(line.boxes) == len(line.text) for line in reading.lines)
    places = overlaps(reading, drawn)
    assert places.mean() > 0.8 and places.min() > 0.6, places


def test_an_upright_page_is_read_with_boxes_on_the_ink(engine: OcrEngine, upright: Drawn) -> None:
    reading = engine.read(upright.pixels())
    assert_read(reading, upright)
    assert (reading.width, reading.height, reading.dpi, reading.rotation) == (
        *SIZE,
        200,
        0,
    )


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_a_turned_page_is_read_and_its_boxes_lie_on_the_page_as_it_lies(
    engine: OcrEngine, upright: Drawn, degrees: int
) -> None:
    page = turned(upright, degrees)
    reading = engine.read(page.pixels())
    assert_read(reading, page)
    assert reading.rotation == 360 - degrees
    assert (reading.width, reading.height) == page.image.size


@pytest.mark.parametrize("degrees", [1.5, -1.5])
def test_a_skewed_page_is_read_with_boxes_on_the_ink(engine: OcrEngine, upright: Drawn, degrees: float) -> None:
    page = skewed(upright, degrees)
    assert_read(engine.read(page.pixels()), page)


def test_a_colour_page_is_read_like_a_grey_one(engine: OcrEngine, upright: Drawn) -> None:
    page = Drawn(upright.image.convert("RGB"), upright.cells)
    assert_read(engine.read(page.pixels()), page)


def test_the_lines_come_in_the_order_of_reading(engine: OcrEngine, upright: Drawn) -> None:
    read = plain(engine.read(skewed(upright, 1.5).pixels()).text)
    places = [read.find(line[4:7]) for line in TEXT]
    assert places == sorted(places) and places[1] > 0


@pytest.mark.parametrize("size", [(1654, 2339), (1, 1), (1, 4000), (4000, 1), (3000, 9), (40, 3000)])
def test_an_empty_page_of_any_shape_has_no_text(engine: OcrEngine, size: tuple[int, int]) -> None:
    reading = engine.read(Pixels(bytes([255]) * (size[0] * size[1]), *size, 1))
    assert reading.lines == () and reading.second == ()
    assert (reading.width, reading.height) == size


def test_a_page_of_noise_does_no_harm(engine: OcrEngine) -> None:
    noise = np.random.default_rng(7).integers(0, 256, (500, 400, 3), dtype=np.uint8)
    reading = engine.read(Pixels(noise.tobytes(), 400, 500, 3, 300))
    assert all(len(line.boxes) == len(line.text) for line in reading.lines)


def test_boxes_stay_on_the_page(engine: OcrEngine, upright: Drawn) -> None:
    close = upright.image.crop((178, 90, 178 + 26 * EM, 1150))
    reading = engine.read(Drawn(close, ()).pixels())
    assert reading.lines
    for line in reading.lines:
        for x, y, wide, high in (line.box, *line.boxes):
            assert x >= 0 and y >= 0 and wide > 0 and high > 0
            assert x + wide <= close.width and y + high <= close.height


def test_pixels_that_are_cut_short_are_refused(engine: OcrEngine) -> None:
    with pytest.raises(Unreadable) as told:
        engine.read(Pixels(b"\xff" * 100, 100, 100, 1))
    assert told.value.key == "page_pixels_broken"


def test_the_engines_key_is_that_of_its_readings(engine: OcrEngine, upright: Drawn) -> None:
    assert engine.key == engine.read(upright.pixels()).key


def test_engines_have_different_keys_and_better_ones_a_higher_rank() -> None:
    engines: list[OcrEngine] = [
        TesseractEngine(Settings()),
        RapidOcrEngine(Settings()),
        RapidOcrEngine(Settings(), careful=True),
    ]
    assert [engine.rank for engine in engines] == sorted({engine.rank for engine in engines})
    assert len({engine.key for engine in engines}) == 3


def test_auto_takes_rapidocr() -> None:
    assert choose_engine(Settings(ocr="auto")).key == choose_engine(Settings(ocr="rapidocr")).key
    assert choose_engine(Settings(ocr="tesseract")).name == "tesseract"


@pytest.mark.parametrize("make", [RapidOcrEngine, TesseractEngine], ids=["rapidocr", "tesseract"])
def test_a_page_that_takes_too_long_is_given_up_with_the_setting_named(
    make: Callable[[Settings], OcrEngine], upright: Drawn
) -> None:
    with pytest.raises(Unreadable) as refused:
        make(Settings(ocr_seconds=0.001)).read(upright.pixels())
    assert (refused.value.key, refused.value.data["seconds"]) == ("ocr_too_slow", 1)
    assert "DOSSIER_OCR_SECONDS" in refused.value.told_in("zh")
