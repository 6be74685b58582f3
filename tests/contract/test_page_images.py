"""What every keeper of page pictures promises: any region at any size, the right way round."""

from __future__ import annotations

import hashlib
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from archive.errors import InvalidInput, NotFound
from archive.ports import PageImages, Pixels
from ingest.page_images import LocalPageImages
from tests.contract.store_places import PLACES

SMALL, LARGE = (600, 800), (2700, 3500)


@pytest.fixture(params=PLACES)
def images(request: pytest.FixtureRequest, tmp_path: Path) -> PageImages:
    return LocalPageImages(PLACES[request.param](tmp_path).open())


def drawn(size: tuple[int, int], channels: int) -> NDArray[np.uint8]:
    """A soft slope from left to right and top to bottom: every place has its own shade."""
    width, height = size
    across = np.linspace(0, 200, width)[None, :]
    down = np.linspace(0, 50, height)[:, None]
    grey = (across + down).astype(np.uint8)
    return grey if channels == 1 else np.stack([grey, 255 - grey, np.full_like(grey, 90)], axis=-1)


def pixels(array: NDArray[np.uint8]) -> Pixels:
    return Pixels(array.tobytes(), array.shape[1], array.shape[0], 1 if array.ndim == 2 else 3, 300)


def written(images: PageImages, array: NDArray[np.uint8]) -> str:
    return images.write(hashlib.sha256(array.tobytes()).hexdigest(), pixels(array))


def seen(data: bytes) -> NDArray[np.int16]:
    return np.asarray(Image.open(BytesIO(data))).astype(np.int16)


def off(data: bytes, wanted: NDArray[np.uint8]) -> float:
    """Mean difference in grey levels."""
    found = seen(data)
    assert found.shape == wanted.shape
    return float(np.abs(found - wanted.astype(np.int16)).mean())


def shrunk(array: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    return np.asarray(Image.fromarray(array).resize(size, Image.Resampling.BOX))


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["one file", "pyramid"])
class TestRegions:
    def test_the_whole_page_comes_back(self, images, size, channels):
        array = drawn(size, channels)
        name = written(images, array)
        assert images.size(name) == size
        assert off(images.region(name, None, size), array) < 2

    def test_a_small_picture_of_the_whole_page(self, images, size, channels):
        array = drawn(size, channels)
        wanted = (size[0] // 7, size[1] // 7)
        assert off(images.region(written(images, array), None, wanted), shrunk(array, wanted)) < 2

    def test_any_region_in_its_own_size(self, images, size, channels):
        array = drawn(size, channels)
        name = written(images, array)
        for x, y, width, height in ((0, 0, 512, 512), (37, 411, 333, 77), (size[0] - 50, size[1] - 60, 50, 60)):
            part = array[y : y + height, x : x + width]
            assert off(images.region(name, (x, y, width, height), (width, height)), part) < 2

    def test_a_region_enlarged(self, images, size, channels):
        array = drawn(size, channels)
        part = shrunk(array[100:150, 200:260], (240, 200))
        assert off(images.region(written(images, array), (200, 100, 60, 50), (240, 200)), part) < 3

    def test_a_region_over_the_edge_is_cut_to_the_page(self, images, size, channels):
        array = drawn(size, channels)
        x, y = size[0] - 100, size[1] - 80
        found = images.region(written(images, array), (x, y, 500, 500), (100, 80))
        assert off(found, array[y:, x:]) < 2


def test_tiles_of_a_viewer_cover_the_page_at_every_level(images):
    array = drawn(LARGE, 1)
    name = written(images, array)
    for factor in (1, 2, 4, 8):
        step = 512 * factor
        whole = np.zeros((-(-LARGE[1] // factor), -(-LARGE[0] // factor)))
        for y in range(0, LARGE[1], step):
            for x in range(0, LARGE[0], step):
                width, height = min(step, LARGE[0] - x), min(step, LARGE[1] - y)
                size = -(-width // factor), -(-height // factor)
                tile = seen(images.region(name, (x, y, width, height), size))
                whole[y // factor : y // factor + size[1], x // factor : x // factor + size[0]] = tile
        assert np.abs(whole - shrunk(array, (whole.shape[1], whole.shape[0]))).mean() < 2


def test_turning_is_clockwise_and_mirroring_comes_first(images):
    array = drawn(SMALL, 1)
    name = written(images, array)
    for degrees, times in ((90, -1), (180, 2), (270, 1)):
        size = SMALL
        found = images.region(name, None, size, rotation=degrees)
        assert off(found, np.rot90(array, times)) < 2
        found = images.region(name, None, size, rotation=degrees, mirrored=True)
        assert off(found, np.rot90(np.fliplr(array), times)) < 2


def test_qualities_and_formats(images):
    name = written(images, drawn(SMALL, 3))
    for quality, mode in (("color", "RGB"), ("gray", "L"), ("default", "RGB")):
        assert Image.open(BytesIO(images.region(name, None, (60, 80), quality=quality))).mode == mode
    levels = set(np.unique(seen(images.region(name, None, (60, 80), quality="bitonal", format="png"))))
    assert levels <= {0, 1, 255}
    for format, kind in (("jpg", "JPEG"), ("png", "PNG"), ("webp", "WEBP")):
        assert Image.open(BytesIO(images.region(name, None, (60, 80), format=format))).format == kind


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["one file", "pyramid"])
def test_black_and_white_stays_exactly_that(images, size):
    array = np.where(drawn(size, 1) % 16 < 8, 0, 255).astype(np.uint8)
    found = seen(images.region(written(images, array), (10, 10, 300, 300), (300, 300), format="png"))
    assert (found == array[10:310, 10:310]).all()


def test_writing_again_changes_nothing(images):
    array = drawn(SMALL, 1)
    name = written(images, array)
    before = images.region(name, None, SMALL)
    assert images.has(hashlib.sha256(array.tobytes()).hexdigest())
    assert written(images, array) == name
    assert images.region(name, None, SMALL) == before


def test_a_picture_that_is_not_there_is_not_found(images):
    assert not images.has("0" * 64)
    for ask in (lambda: images.size("images/00/none.jpg"), lambda: images.region("images/00/none.jpg", None, (9, 9))):
        with pytest.raises(NotFound):
            ask()


@pytest.mark.parametrize("region", [(600, 0, 10, 10), (0, 900, 10, 10), (-20, 0, 10, 10), (5, 5, 0, 10)])
def test_a_region_outside_the_page_is_refused(images, region):
    name = written(images, drawn(SMALL, 1))
    with pytest.raises(InvalidInput) as refused:
        images.region(name, region, (10, 10))
    assert refused.value.key == "picture_region_outside"


@pytest.mark.parametrize("size", [(0, 10), (100_000, 100_000)])
def test_a_size_out_of_measure_is_refused(images, size):
    name = written(images, drawn(SMALL, 1))
    with pytest.raises(InvalidInput) as refused:
        images.region(name, None, size)
    assert refused.value.key == "picture_too_large"


@pytest.mark.parametrize("size", [(1, 1), (1, 3000), (5000, 1), (511, 513), (2001, 2003)])
def test_pages_of_odd_sizes(images, size):
    array = drawn(size, 1)
    assert off(images.region(written(images, array), None, size), array) < 4
