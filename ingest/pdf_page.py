"""One page of a PDF as a picture: an embedded scan in its own resolution, anything else drawn at 300 dpi.

Called only inside the decoder's child. Rotation and crop box are applied, so that pixels are the page as the file
holds it.
"""

from __future__ import annotations

import ctypes
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium
from numpy.typing import NDArray
from PIL import Image

from archive.errors import Unreadable
from ingest.images import Limits, decoded_jpeg, is_flat, lenient
from ingest.raster import Raster, from_array, from_image, sane_dpi

DRAWN_DPI = 300
COARSE_DPI, COARSE_PIXELS = 100, 4_000_000
MOST_OBJECTS = 3_000  # looked at, to find out what a page is made of
DEEPEST = 3  # forms inside forms, for the same
SCAN_SHARE = 0.6  # an image over so much of the page makes it a scan
WHOLE = 0.005  # how far, of the page's size, an image may lie off the page's edge and still be the whole page
CUT_SHARE = 0.1  # of a scan's rows: so many at its end in one dark colour are missing data
BILEVEL = frozenset({"CCITTFaxDecode", "JBIG2Decode"})
PLAIN_COLOURS = frozenset(
    {
        pdfium.FPDF_COLORSPACE_DEVICEGRAY,
        pdfium.FPDF_COLORSPACE_DEVICERGB,
        pdfium.FPDF_COLORSPACE_CALGRAY,
        pdfium.FPDF_COLORSPACE_CALRGB,
    }
)
TURNS = {
    90: Image.Transpose.ROTATE_270,
    180: Image.Transpose.ROTATE_180,
    270: Image.Transpose.ROTATE_90,
}


@dataclass(frozen=True)
class Scan:
    """The largest image of a page: its pixels' size, how much of the page it covers, its resolution as it lies
    there, and whether it is exactly the page and stands upright in it."""

    object: pypdfium2.PdfImage
    size: tuple[int, int]
    share: float
    dpi: float
    is_whole: bool
    filters: tuple[str, ...]


@dataclass(frozen=True)
class Content:
    """What a page is made of. `inks`: things that can be seen, images apart; `objects` everything."""

    scan: Scan | None
    images: int
    inks: int
    letters: bool
    objects: int


@dataclass(frozen=True)
class Drawn:
    """A page's picture. `grey_dpi` is the resolution by which boxes are judged, known even where `raster.dpi` is
    not."""

    raster: Raster
    content: Content
    warnings: tuple[str, ...]


@contextmanager
def loaded(document: pypdfium2.PdfDocument, number: int) -> Iterator[pypdfium2.PdfPage]:
    """The page `number` (from 1). Raises Unreadable."""
    if not 1 <= number <= len(document):
        raise Unreadable("page_missing", page=number)
    try:
        page = document[number - 1]
    except pypdfium2.PdfiumError as error:
        raise Unreadable("page_damaged", page=number) from error
    try:
        yield page
    finally:
        page.close()


def draw(page: pypdfium2.PdfPage, number: int, limits: Limits, *, coarse: bool = False) -> Drawn:
    """The page's picture, with warnings. Raises Unreadable."""
    content = content_of(page)
    if not coarse and (jpeg := _jpeg_of(page, content, limits)) is not None:
        raster, warnings = _decoded(jpeg, page.get_rotation(), content.scan, number)
        return Drawn(raster, content, warnings)
    if not coarse and (scan := _scan_alone(page, content, limits)) is not None:
        return Drawn(scan, content, _damage(scan, content))
    size, dpi, reduced = _target(page, content, limits, coarse=coarse)
    pixels = _rendered(page, size, grey=_is_surely_grey(content))
    raster = from_array(pixels, sane_dpi(dpi))
    warnings = ("page_coarse",) if coarse else ("page_reduced",) if reduced else ()
    return Drawn(raster, content, warnings + _damage(raster, content))


def blank(page: pypdfium2.PdfPage) -> Raster:
    """A white picture in the page's size at 100 dpi, for a page whose text can be had but whose picture cannot."""
    width, height = _pixels(page, COARSE_DPI / 72, COARSE_PIXELS)[0]
    return from_array(np.full((height, width), 255, np.uint8), COARSE_DPI)


# --- what is on it


def content_of(page: pypdfium2.PdfPage) -> Content:
    """Looks at the page's objects, the first few thousand of them."""
    largest: Scan | None = None
    images = inks = seen = 0
    letters = False
    for item in page.get_objects(max_depth=DEEPEST):
        seen += 1
        if seen > MOST_OBJECTS:
            break
        if item.type == pdfium.FPDF_PAGEOBJ_IMAGE:
            images += 1
            scan = _scan(page, item)
            if scan and (largest is None or scan.size[0] * scan.size[1] > largest.size[0] * largest.size[1]):
                largest = scan
        elif item.type == pdfium.FPDF_PAGEOBJ_TEXT:
            letters = True
            invisible = pdfium.FPDF_TEXTRENDERMODE_INVISIBLE
            inks += pdfium.FPDFTextObj_GetTextRenderMode(item) != invisible
        elif item.type != pdfium.FPDF_PAGEOBJ_FORM:
            inks += 1
    return Content(largest, images, inks, letters, seen)


def _scan(page: pypdfium2.PdfPage, item: pypdfium2.PdfImage) -> Scan | None:
    try:
        across, down = item.get_px_size()
        left, bottom, right, top = item.get_bounds()
        matrix = item.get_matrix()
        filters = tuple(item.get_filters())
    except (pypdfium2.PdfiumError, ValueError):
        return None
    box = page.get_bbox()
    page_width, page_height = box[2] - box[0], box[3] - box[1]
    width, height = (
        min(right, box[2]) - max(left, box[0]),
        min(top, box[3]) - max(bottom, box[1]),
    )
    length = math.hypot(matrix.a, matrix.b)
    if min(width, height, length, page_width, page_height, across, down) <= 0:
        return None
    off = max(abs(left - box[0]), abs(right - box[2])) / page_width
    off = max(off, max(abs(bottom - box[1]), abs(top - box[3])) / page_height)
    upright = matrix.a > 0 and matrix.d > 0 and abs(matrix.b) + abs(matrix.c) < 1e-3 * length
    direct = item.level == 0 and off <= WHOLE and upright
    share = width * height / (page_width * page_height)
    return Scan(item, (across, down), share, 72 * across / length, direct, filters)


def _is_surely_grey(content: Content) -> bool:
    scan = content.scan
    return scan is not None and content.images == 1 and not content.inks and BILEVEL >= set(scan.filters) != set()


# --- a page that is one scan


def _lone_scan(page: pypdfium2.PdfPage, content: Content) -> Scan | None:
    """The page's one image, if it is the whole page and nothing else is to be seen on it."""
    scan = content.scan
    if scan is None or not scan.is_whole or content.images > 1 or content.inks or content.objects > MOST_OBJECTS:
        return None
    if pdfium.FPDFPageObj_HasTransparency(scan.object) or pdfium.FPDFPage_GetAnnotCount(page):
        return None
    return scan


def _scan_alone(page: pypdfium2.PdfPage, content: Content, limits: Limits) -> Raster | None:
    """The lone scan's own pixels: drawn, it would be stretched by a row, and black and white would become grey."""
    scan = _lone_scan(page, content)
    if scan is None:
        return None
    bits = scan.object.get_metadata()
    most = limits.megapixels_bilevel if bits.bits_per_pixel == 1 else limits.megapixels
    if bits.colorspace not in PLAIN_COLOURS or scan.size[0] * scan.size[1] > most * 1_000_000:
        return None
    try:
        bitmap = scan.object.get_bitmap(render=False)
    except pypdfium2.PdfiumError:
        return None
    pixels: NDArray[np.uint8] = bitmap.to_numpy()
    if bitmap.format == pdfium.FPDFBitmap_Gray:
        pixels = pixels.reshape(pixels.shape[:2])
    elif bitmap.format in (pdfium.FPDFBitmap_BGR, pdfium.FPDFBitmap_BGRx):
        pixels = pixels[:, :, 2::-1]
        pixels = pixels[:, :, 1] if _has_no_colour(pixels) else pixels
    else:
        return None
    return from_array(np.rot90(pixels, -(page.get_rotation() // 90)), sane_dpi(scan.dpi))


def _jpeg_of(page: pypdfium2.PdfPage, content: Content, limits: Limits) -> bytes | None:
    """The lone scan where it is a JPEG: decoding it ourselves says where it is cut, which PDFium does not."""
    scan = _lone_scan(page, content)
    if scan is None or scan.filters != ("DCTDecode",) or scan.size[0] * scan.size[1] > limits.megapixels * 1_000_000:
        return None
    data = bytes(scan.object.get_data(decode_simple=False))
    try:
        with Image.open(BytesIO(data), formats=("JPEG", "MPO")) as image:
            return data if image.mode in ("L", "RGB") and image.size == scan.size else None
    except (OSError, SyntaxError, ValueError):
        return None


def _decoded(jpeg: bytes, rotation: int, scan: Scan | None, number: int) -> tuple[Raster, tuple[str, ...]]:
    dpi = sane_dpi(scan.dpi) if scan else 0

    def decode() -> Raster:
        image = decoded_jpeg(BytesIO(jpeg))
        return from_image(image.transpose(TURNS[rotation]) if rotation else image, dpi)

    try:
        return decode(), ()
    except (OSError, SyntaxError, ValueError):
        try:
            return lenient(decode), ("page_cut",)
        except (OSError, SyntaxError, ValueError) as error:
            raise Unreadable("page_damaged", page=number) from error


# --- drawing


def _target(
    page: pypdfium2.PdfPage, content: Content, limits: Limits, *, coarse: bool
) -> tuple[tuple[int, int], float, bool]:
    """Pixels, their dpi, and whether a scan had to be made smaller."""
    if coarse:
        size, dpi = _pixels(page, COARSE_DPI / 72, COARSE_PIXELS)
        return size, dpi, False
    scan = content.scan
    if scan is None or scan.share < SCAN_SHARE or not 50 <= scan.dpi <= 2400:
        size, dpi = _pixels(page, DRAWN_DPI / 72, limits.vector_megapixels * 1_000_000)
        return size, dpi, False
    bilevel = bool(BILEVEL.intersection(scan.filters)) and not content.inks
    most = (limits.megapixels_bilevel if bilevel else limits.megapixels) * 1_000_000
    wanted = scan.dpi
    if content.inks and scan.dpi < DRAWN_DPI:  # letters or lines over a coarse picture
        wanted, most = (
            DRAWN_DPI,
            max(limits.vector_megapixels * 1_000_000, scan.size[0] * scan.size[1]),
        )
    if wanted == scan.dpi and scan.is_whole and scan.size[0] * scan.size[1] <= most:
        turned = page.get_rotation() % 180 != 0
        return (scan.size[::-1] if turned else scan.size), scan.dpi, False
    size, dpi = _pixels(page, wanted / 72, most)
    return size, dpi, dpi < scan.dpi * 0.99


def _pixels(page: pypdfium2.PdfPage, scale: float, most: int) -> tuple[tuple[int, int], float]:
    """The page's size in pixels at `scale` pixels a point, made smaller where it would be more than `most`."""
    width, height = page.get_size()
    if not (math.isfinite(width) and math.isfinite(height)):
        width = height = 0.0
    width, height = max(width, 1.0), max(height, 1.0)
    scale = min(scale, math.sqrt(most / (width * height)))
    return (
        max(1, min(most, round(width * scale))),
        max(1, min(most, round(height * scale))),
    ), scale * 72


def _rendered(page: pypdfium2.PdfPage, size: tuple[int, int], *, grey: bool) -> NDArray[np.uint8]:
    kind = pdfium.FPDFBitmap_Gray if grey else pdfium.FPDFBitmap_BGR
    bitmap = pypdfium2.PdfBitmap.new_native(*size, kind, rev_byteorder=not grey)
    bitmap.fill_rect((255, 255, 255, 255), 0, 0, *size)
    flags = pdfium.FPDF_ANNOT | (pdfium.FPDF_GRAYSCALE if grey else pdfium.FPDF_REVERSE_BYTE_ORDER)
    place = (0, 0, *size, 0, flags)
    pdfium.FPDF_RenderPageBitmap(bitmap, page, *place)
    if page.formenv:
        pdfium.FPDF_FFLDraw(page.formenv, bitmap, page, *place)
    pixels: NDArray[np.uint8] = bitmap.to_numpy()
    if grey:
        return pixels.reshape(pixels.shape[:2])
    return pixels[:, :, 1] if _has_no_colour(pixels) else pixels


def _has_no_colour(pixels: NDArray[np.uint8]) -> bool:
    """Whether the three channels are alike; every 97th row shows it for most pages that have colour."""
    for step in (97, 1):
        some = pixels[::step]
        for top in range(0, len(some), 512):
            rows = some[top : top + 512]
            if not (np.array_equal(rows[..., 0], rows[..., 1]) and np.array_equal(rows[..., 1], rows[..., 2])):
                return False
    return True


def _damage(raster: Raster, content: Content) -> tuple[str, ...]:
    """What PDFium does not say: it draws damaged images half black, half grey or not at all."""
    if (content.images or content.inks) and is_flat(raster):
        return ("page_blank_though_filled",)
    if content.scan is not None and content.scan.share >= SCAN_SHARE and not content.inks and _is_cut(raster):
        return ("page_cut",)
    return ()


def _is_cut(raster: Raster) -> bool:
    """Whether the last tenth of the rows is of one colour that is not paper."""
    top = int(raster.height * (1 - CUT_SHARE))
    last = raster.part(top, raster.height)
    colour = last[-1, -1]
    return bool(np.max(colour) < 230) and bool((last == colour).all())


def place_on(page: pypdfium2.PdfPage, width: int, height: int) -> NDArray[np.float64]:
    """The matrix (2, 3) that takes a point of the page (points, y up) to pixels of its picture (y down), crop box
    and rotation included."""
    fine = 64  # PDFium answers in whole pixels of the picture it is asked for

    def at(x: float, y: float) -> tuple[float, float]:
        across, down = ctypes.c_int(), ctypes.c_int()
        pdfium.FPDF_PageToDevice(page, 0, 0, width * fine, height * fine, 0, x, y, across, down)
        return across.value / fine, down.value / fine

    (x0, y0), (x1, y1), (x2, y2) = at(0, 0), at(1000, 0), at(0, 1000)
    return np.array(
        [
            [(x1 - x0) / 1000, (x2 - x0) / 1000, x0],
            [(y1 - y0) / 1000, (y2 - y0) / 1000, y0],
        ]
    )
