"""What stands under a red seal is read, and whatever stands elsewhere is left as it was read."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageChops, ImageDraw, ImageFont

from archive.config import Settings
from archive.domain.reading import Box, Line, Reading, around
from archive.ports import Pixels
from ingest.ocr.detector import Image as Array
from ingest.ocr.detector import inked, reduced
from ingest.ocr.lines import FoundLine
from ingest.ocr.rapid import RapidOcrEngine
from ingest.ocr.recogniser import ReadLine
from ingest.ocr.seals import RedArea, Seen, joined, put_together, red_areas

FONT = "/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc"
SIZE = (1654, 1200)  # half an A4 page at 200 dpi
PARTY = "乙方：长汀通信设备有限公司"
DAY = "日期：2023年5月18日"


def page(*, sealed: bool, turn: int = 0) -> Pixels:
    """Two signature lines, a red seal of two rings and a star's strokes over both."""
    image = Image.new("RGB", SIZE, (250, 250, 248))
    pen, face = ImageDraw.Draw(image), ImageFont.truetype(FONT, 44)
    pen.text((180, 300), "本合同一式四份，双方各执两份，签字盖章后生效。", font=face, fill=(25, 25, 25))
    pen.text((180, 520), PARTY, font=face, fill=(25, 25, 25))
    pen.text((180, 640), DAY, font=face, fill=(25, 25, 25))
    if sealed:
        seal = Image.new("RGB", SIZE, "white")
        pen = ImageDraw.Draw(seal)
        for radius, wide in ((170, 12), (120, 6)):
            pen.ellipse((520 - radius, 600 - radius, 520 + radius, 600 + radius), outline=(205, 30, 40), width=wide)
        for slope in range(-3, 4):
            pen.line((400, 600 + slope * 30, 640, 600 - slope * 30), fill=(205, 30, 40), width=14)
        image = ImageChops.multiply(image, seal)  # ink shows through a seal
    turned = image.rotate(-turn, expand=True)
    return Pixels(turned.tobytes(), *turned.size, 3, 200)


def plain(text: str) -> str:
    return "".join(letter for letter in text if letter.isalnum())


def read(pixels: Pixels, *, second_pass: bool = True) -> Reading:
    return RapidOcrEngine(Settings(ocr_second_pass=second_pass)).read(pixels)


def texts(reading: Reading) -> list[str]:
    return [plain(line.text) for line in reading.lines]


@pytest.mark.parametrize("turn", [0, 90])
def test_lines_under_a_seal_are_read_whole_and_once(turn: int) -> None:
    through = texts(read(page(sealed=True, turn=turn), second_pass=False))
    assert plain(PARTY) not in through or plain(DAY) not in through, "the seal hides nothing"
    seen = texts(read(page(sealed=True, turn=turn)))
    assert seen.count(plain(PARTY)) == 1 and seen.count(plain(DAY)) == 1
    assert seen.index(plain(PARTY)) < seen.index(plain(DAY))


def test_the_boxes_under_a_seal_lie_where_they_lie_without_it() -> None:
    boxes = []
    for sealed in (False, True):
        reading = read(page(sealed=sealed))
        at = reading.text.index("2023")
        boxes.append(around(reading.boxes_of([(at, at + 4)])))
    assert all(abs(one - other) <= 8 for one, other in zip(*boxes, strict=True)), boxes


def test_a_page_without_red_has_no_second_pass() -> None:
    assert read(page(sealed=False)).second == ()


def seen(text: str, box: Box, confidence: float) -> Seen:
    x, y, w, h = box
    quad = np.array([(x, y), (x + w, y), (x + w, y + h), (x, y + h)], dtype=np.float32)
    found = FoundLine(quad, np.zeros((48, 48), np.uint8), ReadLine(text, (), ()))
    return Seen(found, Line(text=text, box=box, confidence=confidence))


def said(lines: list[Seen]) -> list[str]:
    return [one.line.text for one in lines]


def test_a_line_that_is_read_better_takes_the_place_of_its_pieces() -> None:
    first = [seen("云溪市住", (0, 0, 100, 40), 0.97), seen("芝建设局", (110, 0, 100, 40), 0.9)]
    lines, rest = put_together(first, [seen("云溪市住房和城乡建设局", (0, 0, 210, 40), 0.98)])
    assert said(lines) == ["云溪市住房和城乡建设局"] and rest == []


def test_a_line_that_is_read_worse_is_kept_beside() -> None:
    first = [seen("工程专用章", (0, 0, 200, 40), 0.97)]
    lines, rest = put_together(first, [seen("王程", (10, 0, 60, 40), 0.7)])
    assert said(lines) == ["工程专用章"] and said(rest) == ["王程"]


def test_a_sure_line_where_there_was_none_is_a_line_and_an_unsure_one_is_not() -> None:
    lines, rest = put_together([], [seen("石磐", (0, 0, 90, 40), 0.97), seen("八口", (300, 0, 90, 40), 0.6)])
    assert said(lines) == ["石磐"] and said(rest) == ["八口"]


def test_what_the_lines_say_already_is_not_said_again() -> None:
    first = [seen("日期：2024年1月15日", (0, 0, 400, 40), 0.99)]
    lines, rest = put_together(first, [seen("2024年1月", (900, 0, 200, 40), 0.8)])
    assert said(lines) == ["日期：2024年1月15日"] and rest == []


def test_seals_are_found_and_red_rules_are_not() -> None:
    image = Image.new("RGB", (1600, 1600), "white")
    pen = ImageDraw.Draw(image)
    pen.ellipse((300, 300, 700, 700), outline=(210, 20, 30), width=20)
    pen.rectangle((100, 1200, 1500, 1212), fill=(210, 20, 30))
    areas = red_areas(np.asarray(image))
    assert len(areas) == 1
    assert abs(areas[0].left - 300) < 60 and abs(areas[0].bottom - 700) < 60


def test_a_grey_page_has_no_seals() -> None:
    assert red_areas(np.full((100, 100), 255, np.uint8)) == []


def test_overlapping_bands_are_read_as_one() -> None:
    assert joined([RedArea(0, 0, 10, 10), RedArea(0, 20, 10, 30), RedArea(0, 5, 10, 25)]) == [RedArea(0, 0, 10, 30)]


def test_the_margins_are_not_looked_at_and_faint_letters_are() -> None:
    sheet: Array = np.full((3508, 2480), 244, np.uint8)
    sheet[700:740, 600:1900] = 225  # a faint line
    small = reduced(sheet, 1280 / 3508)
    part = inked(small)
    height, width = small.shape
    assert part.left < 600 * width / 2480 and part.right > 1900 * width / 2480
    assert part.top < 700 * height / 3508 and part.bottom > 740 * height / 3508
    assert (part.bottom - part.top) < 0.2 * height


def test_a_blank_page_is_looked_at_whole() -> None:
    part = inked(np.full((640, 480), 250, np.uint8))
    assert (part.left, part.top, part.right, part.bottom) == (0, 0, 480, 640)
