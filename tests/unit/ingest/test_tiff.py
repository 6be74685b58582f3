"""TIFF directories walked by ourselves: turned back, broken off, thumbnails; and files that only tifffile can open."""

from __future__ import annotations

import io
import struct

import numpy as np
import pytest
import tifffile
from PIL import Image

from ingest import tiff
from ingest.raster import from_array, from_image, sane_dpi


def saved(make, pages: int = 3, **options):
    return io.BytesIO(make.image("a.tif", pages=pages, **options).read_bytes())


def test_directories_are_counted_with_their_sizes(make):
    found = tiff.chain(saved(make), 100).pages
    assert [(page.index, page.width, page.height, page.bits) for page in found] == [(n, 620, 877, 8) for n in range(3)]


def test_a_chain_that_turns_back_ends(make):
    file = saved(make)
    pages = tiff.chain(file, 100).pages
    file.seek(pages[2].next_at)
    file.write(struct.pack("<I", pages[0].offset))
    found = tiff.chain(file, 100)
    assert (len(found.pages), found.end) == (3, tiff.End.BROKEN)


@pytest.mark.parametrize(("place", "end"), [(0xFFFFFF00, tiff.End.CUT), (9, tiff.End.BROKEN)])
def test_a_chain_that_breaks_off_keeps_what_stands_before(make, place, end):
    file = saved(make)
    file.seek(tiff.chain(file, 100).pages[1].next_at)
    file.write(struct.pack("<I", place))
    found = tiff.chain(file, 100)
    assert (len(found.pages), found.end) == (2, end)


def test_pages_of_a_broken_chain_are_read_and_said_to_be_perhaps_not_all(make, decoder):
    file = saved(make)
    file.seek(tiff.chain(file, 100).pages[1].next_at)
    file.write(struct.pack("<I", 9))
    path = make.write("broken.tif", file.getvalue())
    found = decoder.examine(path)
    assert (found.pages, found.warnings) == (2, ("file_repaired",))
    assert decoder.page(path, 2).pixels.height == 877


def test_one_more_than_the_limit_is_seen_so_that_too_many_shows(make):
    assert len(tiff.chain(saved(make, pages=8), 5).pages) == 6


def test_thumbnails_are_no_pages(make):
    path = make.folder / "thumb.tif"
    with tifffile.TiffWriter(path) as file:
        file.write(np.zeros((400, 300), np.uint8))
        file.write(np.zeros((40, 30), np.uint8), subfiletype=1)
    with path.open("rb") as file:
        assert [page.width for page in tiff.chain(file, 10).pages] == [300]


@pytest.mark.parametrize("kind", ["big-endian", "BigTIFF"])
def test_other_forms_of_tiff_are_read(make, decoder, kind):
    path = make.folder / "other.tif"
    shades = np.tile(np.arange(200, dtype=np.uint8), (100, 1))
    tifffile.imwrite(path, shades, byteorder=">" if kind == "big-endian" else "<", bigtiff=kind == "BigTIFF")
    assert decoder.examine(path).pages == 1
    page = decoder.page(path, 1).pixels
    assert (np.frombuffer(page.data, np.uint8).reshape(100, 200) == shades).all()


def test_a_page_is_found_though_the_directory_before_it_is_broken(make, decoder):
    pages = [Image.new("L", (300, 200), shade) for shade in (0, 100, 200)]
    pages[0].save(make.folder / "b.tif", save_all=True, append_images=pages[1:])
    data = bytearray((make.folder / "b.tif").read_bytes())
    first = tiff.chain(io.BytesIO(data), 9).pages[0]
    count = struct.unpack_from("<H", data, first.offset)[0]
    for entry in range(count):
        at = first.offset + 2 + entry * 12
        if struct.unpack_from("<H", data, at)[0] == 259:  # compression
            struct.pack_into("<I", data, at + 8, 54321)
    path = make.write("broken.tif", bytes(data))
    assert decoder.examine(path).pages == 3
    assert decoder.page(path, 2).pixels.data[0] == 100


# --- rasters


def test_strips_are_the_page_and_nothing_else():
    pixels = np.random.default_rng(1).integers(0, 255, (5000, 3001, 3), np.uint8)
    assert b"".join(from_array(pixels).strips()) == pixels.tobytes()


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGB", "RGBA", "CMYK", "YCbCr", "LAB", "HSV", "I", "I;16", "F"])
def test_every_mode_of_a_picture_becomes_grey_or_rgb(mode):
    source = Image.new("RGB", (40, 30), (200, 200, 200))
    image = source.convert("L").convert(mode) if mode in ("I", "I;16", "F", "1") else _as(source, mode)
    raster = from_image(image)
    data = np.frombuffer(b"".join(raster.strips()), np.uint8)
    assert data.size == 40 * 30 * raster.channels
    if mode not in ("F", "LAB", "HSV"):
        assert abs(int(np.median(data)) - (255 if mode == "1" else 200)) < 8


def _as(source: Image.Image, mode: str) -> Image.Image:
    return Image.merge("LAB", source.split()) if mode == "LAB" else source.convert(mode)


@pytest.mark.parametrize(
    ("stated", "longest", "dpi"),
    [(300, 3508, 300), (299.9994, 0, 300), (0, 0, 0), (float("nan"), 0, 0), (72, 3508, 0), (72, 800, 72), (9000, 0, 0),
     ("x", 0, 0), (None, 0, 0)],
)  # fmt: skip
def test_a_resolution_that_cannot_be_is_unknown(stated, longest, dpi):
    assert sane_dpi(stated, longest) == dpi
