"""Opening image files: TIFF, JPEG, PNG, WebP and JPEG 2000. Called only inside the decoder's child.

Pillow decodes and its error is the verdict; a JPEG that is cut gets a second, lenient try; a TIFF whose chain is
broken is opened directory by directory, and by tifffile last. The header is checked against the limits before any
pixel is unpacked.
"""

from __future__ import annotations

import logging
import mmap
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np
import tifffile
from PIL import Image, ImageFile, ImageOps, PngImagePlugin, UnidentifiedImageError

from archive.errors import Unreadable
from archive.ports import Examined
from ingest import png, tiff
from ingest.raster import Raster, from_array, from_image, sane_dpi
from ingest.unpacking import BOMB_RATIO

FORMATS = {
    "image/tiff": ("TIFF",),
    "image/jpeg": ("JPEG", "MPO"),
    "image/png": ("PNG",),
    "image/webp": ("WEBP",),
    "image/jp2": ("JPEG2000",),
    "image/j2c": ("JPEG2000",),
}
IN_MEMORY = 512 * 2**20  # bytes of a broken TIFF that is opened through memory
_TAIL = 64 * 1024
_CREATED = 306  # EXIF DateTime

log = logging.getLogger(__name__)

Image.MAX_IMAGE_PIXELS = None  # the limits below are checked before loading


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file and one page may have; see `archive.config.Settings`."""

    pages: int
    megapixels: int
    megapixels_bilevel: int
    vector_megapixels: int
    unpacked_bytes: int


def examine(path: Path, media_type: str, limits: Limits) -> Examined:
    """How many pages the file has. Raises Unreadable."""
    with path.open("rb") as file:
        if media_type == "image/tiff":
            return _examine_tiff(file, limits)
        _check_end(file, media_type)
        try:
            with Image.open(file, formats=FORMATS[media_type]) as image:
                _check_size(image.size, 1, limits, bilevel=image.mode == "1")
                return Examined(media_type, 1, created=_created(image))
        except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
            _check_texts(file, media_type, limits)
            raise Unreadable("file_damaged") from error


def open_page(path: Path, media_type: str, number: int, limits: Limits) -> tuple[Raster, tuple[str, ...]]:
    """The page's picture, upright as its EXIF orientation says, and warnings. Raises Unreadable."""
    if media_type == "image/tiff":
        return _tiff_page(path, number, limits), ()
    if number != 1:
        raise Unreadable("page_missing", page=number)
    try:
        return _decoded(path, media_type, limits), ()
    except (OSError, SyntaxError, ValueError) as error:
        if media_type != "image/jpeg":  # of other formats a lenient try gives black pages
            raise Unreadable("page_damaged", page=number) from error
    try:
        return lenient(lambda: _decoded(path, media_type, limits)), ("page_cut",)
    except (OSError, SyntaxError, ValueError) as error:
        raise Unreadable("page_damaged", page=number) from error


def decoded_jpeg(file: BinaryIO) -> Image.Image:
    """A JPEG's pixels as they are stored. Raises OSError, SyntaxError, ValueError where it is cut or broken."""
    image = Image.open(file, formats=("JPEG", "MPO"))
    image.load()
    return image


def lenient(decode: Callable[[], Raster]) -> Raster:
    """`decode` done again, taking what there is of a cut file. Raises OSError where nothing is."""
    ImageFile.LOAD_TRUNCATED_IMAGES = True
    try:
        raster = decode()
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = False
    if is_flat(raster):
        raise OSError("nothing but one colour is left")
    return raster


def is_flat(raster: Raster) -> bool:
    """Whether the whole page is of one colour."""
    first = raster.part(0, 1)[0, 0]
    step = max(1, 4_000_000 // raster.width)
    return all(
        bool((raster.part(y, min(y + step, raster.height)) == first).all()) for y in range(0, raster.height, step)
    )


def _decoded(path: Path, media_type: str, limits: Limits) -> Raster:
    with Image.open(path, formats=FORMATS[media_type]) as image:
        _check_size(image.size, 1, limits, bilevel=image.mode == "1")
        return _raster(image)


def _raster(image: Image.Image) -> Raster:
    dpi = _dpi(image)
    image.load()
    ImageOps.exif_transpose(image, in_place=True)
    if image.mode == "RGBA" and image.format == "JPEG2000" and _is_ink(image):
        return from_image(Image.merge("CMYK", image.split()), dpi)
    return from_image(image, dpi)


def _is_ink(image: Image.Image) -> bool:
    """Whether a bare four-channel codestream, which says nothing of its colours, holds ink (CMYK) rather than an
    alpha channel: as alpha the page would be nearly all clear."""
    histogram = image.getchannel("A").resize((64, 64)).histogram()
    return sum(histogram[:128]) > 64 * 64 * 0.5


def _dpi(image: Image.Image) -> int:
    stated = image.info.get("dpi", (0, 0))
    first = stated[0] if isinstance(stated, tuple) and stated else stated
    return sane_dpi(first, max(image.size))


def _check_size(size: tuple[int, int], number: int, limits: Limits, *, bilevel: bool) -> None:
    most = limits.megapixels_bilevel if bilevel else limits.megapixels
    pixels = size[0] * size[1]
    if pixels > most * 1_000_000:
        setting = "DOSSIER_MAX_MEGAPIXELS_BILEVEL" if bilevel else "DOSSIER_MAX_MEGAPIXELS"
        raise Unreadable("page_too_large", page=number, megapixels=round(pixels / 1e6), limit=most, setting=setting)


def _check_end(file: BinaryIO, media_type: str) -> None:
    """Raises Unreadable("file_truncated") where the format's own end is missing and nothing could be shown."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _TAIL))
    tail = file.read()
    file.seek(0)
    head = file.read(12)
    cut = (
        (media_type == "image/png" and b"IEND" not in tail)
        or (media_type == "image/webp" and int.from_bytes(head[4:8], "little") + 8 > size + 1)
        or (media_type == "image/j2c" and b"\xff\xd9" not in tail)
    )
    file.seek(0)
    if cut:
        raise Unreadable("file_truncated")


def _check_texts(file: BinaryIO, media_type: str, limits: Limits) -> None:
    """Raises Unreadable("file_unpacks_too_large") for a PNG that Pillow refuses because of what its texts unpack to."""
    if media_type != "image/png":
        return
    size = png.unpacked_texts(file, limits.unpacked_bytes)
    if size > PngImagePlugin.MAX_TEXT_CHUNK:
        raise Unreadable("file_unpacks_too_large", size=max(1, size // 2**20))


def _created(image: Image.Image) -> str:
    """The day and time of the picture as EXIF has it, in ISO form; empty if it is not one."""
    try:
        day, time = str(image.getexif().get(_CREATED, "")).split()
    except (ValueError, OSError, SyntaxError, TypeError):
        return ""
    stated = day.replace(":", "-") + "T" + time
    return stated if len(stated) == 19 and stated[:4].isdecimal() and stated[:4] > "1900" else ""


# --- TIFF


def _examine_tiff(file: BinaryIO, limits: Limits) -> Examined:
    found = tiff.chain(file, limits.pages)
    pages = found.pages
    size = file.seek(0, os.SEEK_END)
    if not pages or found.end is tiff.End.CUT:  # a part of it filed as if it were all would be worse than none
        raise Unreadable("file_truncated")
    if len(pages) > limits.pages:
        raise Unreadable("file_has_too_many_pages", pages=len(pages), limit=limits.pages)
    unpacked = sum(page.unpacked for page in pages)
    if unpacked > limits.unpacked_bytes and unpacked > BOMB_RATIO * size:
        raise Unreadable("file_unpacks_too_large", size=unpacked // 2**20)
    if not any(page.within for page in pages):
        raise Unreadable("file_truncated")
    return Examined("image/tiff", len(pages), warnings=("file_repaired",) if found.end is tiff.End.BROKEN else ())


def _tiff_page(path: Path, number: int, limits: Limits) -> Raster:
    with path.open("rb") as file:
        pages = tiff.chain(file, limits.pages).pages
        if not 1 <= number <= len(pages):
            raise Unreadable("page_missing", page=number)
        page = pages[number - 1]
        _check_size((page.width, page.height), number, limits, bilevel=page.bits == 1)
        for way in (_by_chain, _by_itself, _by_tifffile):
            try:
                return way(file, page)
            except MemoryError:
                raise
            except Exception as error:  # noqa: BLE001 - the libraries raise anything here, from TypeError to RecursionError
                log.info("page %s: %s: %r", number, way.__name__, error)
    raise Unreadable("page_damaged", page=number)


def _by_chain(file: BinaryIO, page: tiff.Directory) -> Raster:
    file.seek(0)
    image = Image.open(file, formats=("TIFF",))
    image.seek(page.index)
    if image.size != (page.width, page.height):
        raise OSError("another page")
    return _raster(image)


def _by_itself(file: BinaryIO, page: tiff.Directory) -> Raster:
    """The page as the only one of its file, in a private copy whose first and last directory it is."""
    if os.fstat(file.fileno()).st_size > IN_MEMORY:
        raise OSError("too large for that")
    patches = tiff.alone(file, page)
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY) as copy:
        for at, data in patches:
            copy[at : at + len(data)] = data
        return _raster(Image.open(cast("BinaryIO", _Seekable(copy)), formats=("TIFF",)))


class _Seekable:
    """A memory map as a file without a descriptor, so that the decoder takes its bytes and not the file's."""

    def __init__(self, memory: mmap.mmap) -> None:
        self.read, self.tell, self._memory = memory.read, memory.tell, memory

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        start = {
            os.SEEK_SET: 0,
            os.SEEK_CUR: self._memory.tell(),
            os.SEEK_END: len(self._memory),
        }[whence]
        self._memory.seek(start + offset)
        return self._memory.tell()


def _by_tifffile(file: BinaryIO, page: tiff.Directory) -> Raster:
    file.seek(0)
    with tifffile.TiffFile(file) as opened:
        found = opened.pages[page.index]
        if not isinstance(found, tifffile.TiffPage) or found.nbytes > page.unpacked * 8 + 4096:
            raise OSError("not the page it says")
        pixels = np.asarray(found.asarray())
        inverted = found.photometric == tifffile.PHOTOMETRIC.MINISWHITE
    return from_array(_eight_bits(np.squeeze(pixels), inverted))


def _eight_bits(pixels: np.ndarray, inverted: bool) -> np.ndarray:
    if pixels.ndim == 3 and pixels.shape[0] in (3, 4) and pixels.shape[2] > 4:
        pixels = np.moveaxis(pixels, 0, -1)
    if pixels.ndim not in (2, 3) or (pixels.ndim == 3 and pixels.shape[2] < 3):
        raise OSError("no picture")
    if pixels.ndim == 3:
        pixels = pixels[:, :, :3]
    if pixels.dtype != np.uint8:
        low, high = float(pixels.min()), float(pixels.max())
        pixels = ((pixels.astype(np.float32) - low) * (255.0 / max(high - low, 1e-9))).astype(np.uint8)
    return 255 - pixels if inverted else pixels
