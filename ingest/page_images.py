"""Our own pictures of pages: written once from pixels, then any region of them at any size in a few milliseconds.

A page of up to 4 megapixels is one JPEG, or one PNG where it is black and white. A larger one is a pyramid: a ZIP
file of tiles, not compressed a second time, so that plain tools can open it.

    info.json                size, tile size, levels
    0/<column>_<row>.jpg     the page as it is, in tiles of 512 pixels (`.png` where it is black and white)
    1/…, 2/…                 each level half as large as the one before

Only files written here are opened here; bytes from outside never come this way.
"""

from __future__ import annotations

import json
import os
import struct
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from itertools import product
from pathlib import Path

import numpy as np
from PIL import Image

from archive.errors import InvalidInput, NotFound
from archive.ports import Pixels, ScanStore

TILE = 512
ONE_FILE = 4_000_000  # pixels; up to here the whole picture decodes in about 10 ms
JPEG_QUALITY = 85
ENLARGED = 1.15  # a level may be enlarged by so much: it saves decoding four times the tiles
MOST_PIXELS = 40_000_000  # of an answer that is larger than the page's own pixels

Region = tuple[int, int, int, int]
Size = tuple[int, int]

TURNS = {
    90: Image.Transpose.ROTATE_270,  # Pillow turns counter-clockwise
    180: Image.Transpose.ROTATE_180,
    270: Image.Transpose.ROTATE_90,
}


class LocalPageImages:
    """Pictures of pages in a scan store whose derived files are paths on this machine."""

    def __init__(self, store: ScanStore) -> None:
        self._store = store

    def write(self, image_hash: str, pixels: Pixels) -> str:
        """Stores the picture and returns its name. Writing again changes nothing. Raises Unavailable."""
        name = self._name(image_hash)
        if name is None:
            Image.MAX_IMAGE_PIXELS = None  # the decoder has applied the limits
            suffix, data = _encoded(pixels)
            name = _stem(image_hash) + suffix
            self._store.put_derived(name, data)
        return name

    def has(self, image_hash: str) -> bool:
        return self._name(image_hash) is not None

    def _name(self, image_hash: str) -> str | None:
        names = (_stem(image_hash) + suffix for suffix in (".zip", ".jpg", ".png"))
        return next((name for name in names if self._store.has_derived(name)), None)

    def size(self, name: str) -> Size:
        """Width and height in pixels. Raises NotFound."""
        with self._store.local_derived(name) as path:
            return _size(path)

    def region(
        self,
        name: str,
        region: Region | None,
        size: Size,
        *,
        rotation: int = 0,
        mirrored: bool = False,
        quality: str = "default",
        format: str = "jpg",
    ) -> bytes:
        """A region of the page (x, y, width, height in its pixels; None = all), scaled to `size`, then mirrored, then
        turned clockwise by `rotation` degrees. `quality`: default, color, gray, bitonal; `format`: jpg, png, webp.

        Raises NotFound, InvalidInput("picture_region_outside"), InvalidInput("picture_too_large")."""
        with self._store.local_derived(name) as path:
            page = _size(path)
            wanted = _inside(region, page)
            _allow(size, page)
            plain = not rotation and not mirrored and quality == "default" and format == "jpg"
            if plain and (tile := _tile_as_stored(path, wanted, size)):
                return tile
            picture = _part(path, wanted, size)
        if mirrored:
            picture = picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        return _answer(_turned(picture, rotation % 360), quality, format)


def _stem(image_hash: str) -> str:
    return f"images/{image_hash[:2]}/{image_hash}"


# --- writing


def _encoded(pixels: Pixels) -> tuple[str, bytes]:
    bilevel = pixels.channels == 1 and _is_bilevel(pixels)
    mode = "L" if pixels.channels == 1 else "RGB"
    data = np.frombuffer(pixels.data, np.uint8)
    picture = Image.frombuffer(mode, (pixels.width, pixels.height), data, "raw", mode, 0, 1)
    if pixels.width * pixels.height > ONE_FILE:
        return ".zip", _pyramid(picture, bilevel)
    return (".png", _png(picture)) if bilevel else (".jpg", _jpeg(picture))


def _is_bilevel(pixels: Pixels) -> bool:
    """Whether every pixel is black or white; a sample of rows settles it for most pages."""
    rows = np.frombuffer(pixels.data, np.uint8).reshape(pixels.height, pixels.width)
    sample = rows[:: max(1, pixels.height // 16)]
    if not _extreme(sample):
        return False
    return all(_extreme(rows[at : at + 1024]) for at in range(0, pixels.height, 1024))


def _extreme(rows: np.ndarray) -> bool:
    return bool((((rows + np.uint8(1)) & 0xFE) == 0).all())  # 255 + 1 wraps to 0, 0 + 1 is 1


def _pyramid(picture: Image.Image, bilevel: bool) -> bytes:
    file = BytesIO()
    levels: list[Size] = []
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as pyramid:
        level: Image.Image | None = picture
        while level is not None:
            encode, suffix = (_png, "png") if bilevel and not levels else (_jpeg, "jpg")
            for name, data in _tiles(level, len(levels), encode):
                pyramid.writestr(zipfile.ZipInfo(f"{name}.{suffix}"), data)
            levels.append(level.size)
            level = level.reduce(2) if max(level.size) > TILE else None
        info = {
            "width": picture.width,
            "height": picture.height,
            "tile": TILE,
            "levels": levels,
        }
        pyramid.writestr(zipfile.ZipInfo("info.json"), json.dumps(info))
    return file.getvalue()


def _tiles(level: Image.Image, number: int, encode: Callable[[Image.Image], bytes]) -> Iterator[tuple[str, bytes]]:
    for top, left in product(range(0, level.height, TILE), range(0, level.width, TILE)):
        box = (left, top, min(left + TILE, level.width), min(top + TILE, level.height))
        yield f"{number}/{left // TILE}_{top // TILE}", encode(level.crop(box))


def _jpeg(picture: Image.Image) -> bytes:
    file = BytesIO()
    picture.save(file, "JPEG", quality=JPEG_QUALITY)
    return file.getvalue()


def _png(picture: Image.Image) -> bytes:
    file = BytesIO()
    picture.convert("1", dither=Image.Dither.NONE).save(file, "PNG", compress_level=6)
    return file.getvalue()


# --- reading


@dataclass(frozen=True, slots=True)
class _Pyramid:
    levels: tuple[Size, ...]
    places: dict[tuple[int, int, int], tuple[int, int]]  # level, column, row -> offset, length in the file

    def tile(self, file: int, level: int, column: int, row: int) -> bytes:
        offset, length = self.places[level, column, row]
        return os.pread(file, length, offset)


def _pyramid_of(path: Path) -> _Pyramid:
    status = path.stat()
    return _read_pyramid(path, status.st_size, status.st_mtime_ns)


@lru_cache(maxsize=128)  # size and time make a file written anew another one
def _read_pyramid(path: Path, size: int, changed: int) -> _Pyramid:
    with zipfile.ZipFile(path) as file:
        info = json.loads(file.read("info.json"))
        entries = [entry for entry in file.infolist() if entry.filename != "info.json"]
        places = {_key(entry.filename): (_start(file, entry), entry.file_size) for entry in entries}
    return _Pyramid(tuple((width, height) for width, height in info["levels"]), places)


def _start(file: zipfile.ZipFile, entry: zipfile.ZipInfo) -> int:
    """Where an entry's bytes begin. Ours have no extra fields, so that the header's length is known."""
    return entry.header_offset + struct.calcsize("<4s5H3L2H") + len(entry.filename)


def _key(name: str) -> tuple[int, int, int]:
    level, place = name.split(".", 1)[0].split("/")
    column, row = place.split("_")
    return int(level), int(column), int(row)


def _size(path: Path) -> Size:
    if path.suffix == ".zip":
        return _pyramid_of(path).levels[0]
    with Image.open(path, formats=("JPEG", "PNG")) as picture:
        return picture.size


def _inside(region: Region | None, page: Size) -> Region:
    x, y, width, height = region or (0, 0, *page)
    left, top = max(x, 0), max(y, 0)
    right, bottom = min(x + width, page[0]), min(y + height, page[1])
    if left >= right or top >= bottom:
        raise InvalidInput("picture_region_outside", field="region", width=page[0], height=page[1])
    return left, top, right - left, bottom - top


def _allow(size: Size, page: Size) -> None:
    if min(size) < 1 or size[0] * size[1] > max(MOST_PIXELS, page[0] * page[1]):
        raise InvalidInput("picture_too_large", field="size", width=page[0], height=page[1])


def _tile_as_stored(path: Path, region: Region, size: Size) -> bytes | None:
    """The bytes of the one tile that is exactly what is asked for."""
    if path.suffix != ".zip":
        return None
    pyramid = _pyramid_of(path)
    x, y, width, height = region
    for number, level in enumerate(pyramid.levels):
        step = TILE << number
        fits = -(-width // (1 << number)), -(-height // (1 << number))
        if x % step or y % step or width > step or height > step or fits != size:
            continue
        column, row = x // step, y // step
        if size != (
            min(TILE, level[0] - column * TILE),
            min(TILE, level[1] - row * TILE),
        ):
            continue
        data = _tile_bytes(path, pyramid, (number, column, row))
        return data if data.startswith(b"\xff\xd8") else None
    return None


def _tile_bytes(path: Path, pyramid: _Pyramid, place: tuple[int, int, int]) -> bytes:
    file = os.open(path, os.O_RDONLY)
    try:
        return pyramid.tile(file, *place)
    finally:
        os.close(file)


def _part(path: Path, region: Region, size: Size) -> Image.Image:
    if path.suffix == ".zip":
        source, box = _from_pyramid(path, region, size)
    else:
        x, y, width, height = region
        with Image.open(path, formats=("JPEG", "PNG")) as opened:
            source = opened.convert("L") if opened.mode == "1" else opened.copy()
        box = (x, y, x + width, y + height)
    if box == (0, 0, *source.size) and source.size == size:
        return source
    return source.resize(size, Image.Resampling.HAMMING, box=box, reducing_gap=2.0)


def _from_pyramid(path: Path, region: Region, size: Size) -> tuple[Image.Image, tuple[float, float, float, float]]:
    """The tiles that hold the region, put together, from the smallest level that is large enough; and the region's
    box in them."""
    pyramid = _pyramid_of(path)
    x, y, width, height = region
    scale = max(size[0] / width, size[1] / height)
    number = max((n for n in range(len(pyramid.levels)) if 0.5**n * ENLARGED >= scale), default=0)
    across = pyramid.levels[number][0] / pyramid.levels[0][0]
    down = pyramid.levels[number][1] / pyramid.levels[0][1]
    left, top, right, bottom = (
        x * across,
        y * down,
        (x + width) * across,
        (y + height) * down,
    )
    columns = range(int(left) // TILE, -(-min(_up(right), pyramid.levels[number][0]) // TILE))
    rows = range(int(top) // TILE, -(-min(_up(bottom), pyramid.levels[number][1]) // TILE))
    canvas = _put_together(path, pyramid, number, columns, rows)
    x0, y0 = columns.start * TILE, rows.start * TILE
    box = (
        left - x0,
        top - y0,
        min(right - x0, canvas.width),
        min(bottom - y0, canvas.height),
    )
    return canvas, box


def _up(value: float) -> int:
    return int(-(-value // 1))


def _put_together(path: Path, pyramid: _Pyramid, number: int, columns: range, rows: range) -> Image.Image:
    level = pyramid.levels[number]
    width = min(columns.stop * TILE, level[0]) - columns.start * TILE
    height = min(rows.stop * TILE, level[1]) - rows.start * TILE
    canvas: Image.Image | None = None
    file = os.open(path, os.O_RDONLY)
    try:
        for row, column in product(rows, columns):
            with Image.open(
                BytesIO(pyramid.tile(file, number, column, row)),
                formats=("JPEG", "PNG"),
            ) as opened:
                tile = opened.convert("L") if opened.mode == "1" else opened
                canvas = canvas or Image.new(tile.mode, (width, height))
                canvas.paste(tile, ((column - columns.start) * TILE, (row - rows.start) * TILE))
    finally:
        os.close(file)
    if canvas is None:
        raise NotFound("not_in_store", name=path.name)
    return canvas


def _turned(picture: Image.Image, degrees: int) -> Image.Image:
    if degrees in TURNS:
        return picture.transpose(TURNS[degrees])
    if degrees:
        white = 255 if picture.mode == "L" else (255, 255, 255)
        return picture.rotate(-degrees, Image.Resampling.BICUBIC, expand=True, fillcolor=white)
    return picture


def _answer(picture: Image.Image, quality: str, format: str) -> bytes:
    if quality == "color":
        picture = picture.convert("RGB")
    elif quality in ("gray", "bitonal"):
        picture = picture.convert("L")
    if quality == "bitonal":
        picture = picture.point(lambda value: 255 if value >= 128 else 0)
    file = BytesIO()
    if format == "png":
        (picture.convert("1") if quality == "bitonal" else picture).save(file, "PNG", compress_level=3)
    elif format == "webp":
        picture.save(file, "WEBP", quality=80, method=2)
    else:
        picture.save(file, "JPEG", quality=JPEG_QUALITY)
    return file.getvalue()
