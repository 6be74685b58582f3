"""Which pages are blank: worn and dusty paper is, the emptiest written page is not."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from archive.ports import Pixels
from ingest.blank import MOST_INK, ink_share, is_blank

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT))

from samples.draw import wear  # noqa: E402 - the script that draws the samples lies beside the packages
from samples.draw.sheet import Sheet  # noqa: E402

WEARS = {name: getattr(wear, name) for name in ("BITONAL", "COPY", "GREY", "COLOUR", "OLD")}


def pixels(image: Image.Image) -> Pixels:
    plain = image.convert("RGB" if image.mode == "RGB" else "L")
    return Pixels(plain.tobytes(), plain.width, plain.height, len(plain.getbands()))


@pytest.mark.parametrize("name", WEARS)
def test_an_empty_sheet_is_blank_however_it_is_worn(name: str) -> None:
    rng = np.random.default_rng(7)
    page = wear.scan(Sheet(rng), WEARS[name].but(skew=1.5), rng)
    assert ink_share(pixels(page.image)) < MOST_INK / 5  # well on this side


@pytest.mark.parametrize("name", WEARS)
def test_a_few_strokes_of_a_pen_are_not_blank(name: str) -> None:
    rng = np.random.default_rng(7)
    sheet = Sheet(rng)
    pen = sheet.pen("pen")
    for at in range(3):  # about a signature: 20 mm strokes, 0.7 mm wide
        pen.line((1100 + 60 * at, 1700, 1250 + 60 * at, 1890), fill=255, width=8)
    page = wear.scan(sheet, WEARS[name], rng)
    assert not is_blank(pixels(page.image))


def test_the_emptiest_pages_of_the_samples_are_not_blank() -> None:
    found = sorted((ROOT / "samples/dossiers").rglob("*.jpg"))
    assert len(found) > 3
    for path in found:
        with Image.open(path) as image:
            assert ink_share(pixels(image)) > MOST_INK * 10, path.name


def test_neither_a_dark_picture_nor_a_tiny_one_is_called_blank() -> None:
    assert not is_blank(pixels(Image.new("L", (800, 1100), 30)))
    assert not is_blank(pixels(Image.new("L", (1, 1), 255)))
    assert is_blank(pixels(Image.new("RGB", (800, 1100), (250, 248, 240))))


def test_punched_holes_and_the_shadow_of_the_lid_lie_outside_what_is_looked_at() -> None:
    image = Image.new("L", (2480, 3508), 245)
    draw = ImageDraw.Draw(image)
    for middle in (1200, 2200):
        draw.ellipse((70, middle, 140, middle + 70), fill=20)
    draw.rectangle((0, 0, 2480, 60), fill=90)
    assert is_blank(pixels(image))
