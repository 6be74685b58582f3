"""From a clean sheet to a page image as a scanner gives it, with the cells moved along.

The geometry is one affine map (skew and shift) and a turn by right angles; exactly the
same map is applied to every character's cell.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.random import Generator
from PIL import Image, ImageDraw, ImageFilter

from samples.draw.sheet import Cell, Line, Sheet, mm

Map = tuple[float, float, float, float, float, float]
Rgb = tuple[int, int, int]
COLOURS: dict[str, Rgb] = {"ink": (38, 37, 42), "pen": (34, 44, 112), "red": (196, 32, 34), "seal": (208, 40, 46)}
STRENGTH = {"ink": 1.0, "pen": 0.92, "red": 0.95, "seal": 0.8}


@dataclass(frozen=True)
class Wear:
    """How a page was kept and scanned. `mode` is 1 (bitonal), L (grey) or RGB."""

    mode: str = "1"
    skew: float = 0.5
    noise: float = 2.0
    paper: Rgb = (242, 240, 234)
    mottle: float = 3.0
    holes: bool = False
    edges: str = "none"  # none, dark (photocopy) or lid (paper smaller than the glass)
    turned: int = 0
    specks: int = 12
    bleed: float = 0.0  # how strongly the back of the sheet shines through
    grid: bool = False  # faint background of a form's paper
    blur: float = 0.7
    threshold: int = 150
    fold: bool = False
    faint: float = 1.0  # strength of all ink

    def but(self, **changes: object) -> "Wear":
        """The same wear with some traits changed."""
        return replace(self, **changes)  # type: ignore[arg-type]


BITONAL = Wear(specks=25)
COPY = Wear(edges="dark", specks=160, noise=9, threshold=158, faint=0.92)
GREY = Wear(mode="L", holes=True, mottle=2.2, noise=1.6)
COLOUR = Wear(mode="RGB", paper=(247, 246, 241), mottle=2.2, noise=1.4)
OLD = Wear(mode="RGB", paper=(238, 229, 205), mottle=7, noise=1.6, holes=True, fold=True, edges="lid")


@dataclass
class Page:
    """A page image as its file holds it, with its lines in that image's pixels."""

    image: Image.Image
    lines: list[Line]
    turned: int
    kind: str


def scan(sheet: Sheet, wear: Wear, rng: Generator) -> Page:
    """The page image of a sheet under a given wear."""
    size = (sheet.width, sheet.height)
    forward = _skewed(size, wear.skew, rng)
    masks = {name: _warp(mask, forward) for name, mask in sheet.layers.items()}
    tone = _paper(size, wear, rng)
    on_paper = _outline(size, wear, forward, rng)
    image = _compose(tone, masks, on_paper, wear, rng)
    lines = [Line(row.text, [_hull(c, forward) for c in row.cells], row.ink) for row in sheet.lines]
    return _turn(Page(image, lines, wear.turned, sheet.kind))


def _skewed(size: tuple[int, int], degrees: float, rng: Generator) -> Map:
    a, (cx, cy) = math.radians(degrees), (size[0] / 2, size[1] / 2)
    dx, dy = rng.normal(0, 5, 2)
    cos, sin = math.cos(a), math.sin(a)
    return (cos, -sin, cx - cos * cx + sin * cy + dx, sin, cos, cy - sin * cx - cos * cy + dy)


def _inverse(m: Map) -> Map:
    a, b, c, d, e, f = m
    det = a * e - b * d
    return (e / det, -b / det, (b * f - c * e) / det, -d / det, a / det, (c * d - a * f) / det)


def _warp(mask: Image.Image, forward: Map) -> Image.Image:
    return mask.transform(mask.size, Image.Transform.AFFINE, _inverse(forward), Image.Resampling.BICUBIC)


def _hull(cell: Cell, m: Map) -> Cell:
    x, y, w, h = cell
    points = [(m[0] * u + m[1] * v + m[2], m[3] * u + m[4] * v + m[5]) for u in (x, x + w) for v in (y, y + h)]
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    return (min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))


def _smooth(rng: Generator, size: tuple[int, int], cells: int) -> np.ndarray:
    """Slow noise of about unit spread over the page."""
    coarse = rng.normal(0, 1, (cells * 3 // 2, cells)).astype(np.float32)
    return np.asarray(Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC))


def _paper(size: tuple[int, int], wear: Wear, rng: Generator) -> np.ndarray:
    tone = 0.6 * wear.mottle * _smooth(rng, size, 7) + 0.25 * wear.mottle * _smooth(rng, size, 90)
    if wear.grid:
        tone[:: round(mm(5))] -= 9
        tone[:, :: round(mm(5))] -= 9
    if wear.fold:
        at = size[1] // 2 + round(rng.normal(0, 30))
        rows = np.arange(size[1])[:, None]
        tone = tone - 14 * np.exp(-(((rows - at) / 7) ** 2)) + 5 * np.exp(-(((rows - at - 26) / 16) ** 2))
    return np.asarray(tone, np.float32)


def _outline(size: tuple[int, int], wear: Wear, forward: Map, rng: Generator) -> np.ndarray | None:
    """Share of each pixel that is paper (not glass behind it, not a punched hole)."""
    if wear.edges == "none" and not wear.holes:
        return None
    mask = Image.new("L", size, 255)
    tool = ImageDraw.Draw(mask)
    if wear.edges != "none":
        mask.paste(0, (0, 0, *size))
        inset = [float(v) for v in rng.uniform(4, 22 if wear.edges == "lid" else 14, 4)]
        tool.rectangle((inset[0], inset[1], size[0] - inset[2], size[1] - inset[3]), fill=255)
    if wear.holes:
        for k in (-1, 1):
            x, y, r = mm(12), size[1] / 2 + k * mm(40), mm(2.9)
            tool.ellipse((x - r, y - r, x + r, y + r), fill=0)
    soft = _warp(mask.filter(ImageFilter.GaussianBlur(1.2)), forward)
    return np.asarray(soft, np.float32) / 255


def _compose(
    tone: np.ndarray, masks: dict[str, Image.Image], on_paper: np.ndarray | None, wear: Wear, rng: Generator
) -> Image.Image:
    grain = rng.normal(0, wear.noise, tone.shape).astype(np.float32)
    inks = {name: _ink(mask, name, wear, rng) for name, mask in masks.items()}
    shade = _shade(tone.shape, wear, rng)
    channels = range(3) if wear.mode == "RGB" else (None,)
    planes = [_plane(channel, tone, inks, on_paper, wear) * shade + grain for channel in channels]
    pixels = np.stack([np.clip(p, 0, 255).astype(np.uint8) for p in planes], -1)
    image = Image.fromarray(pixels if len(planes) == 3 else pixels[..., 0])
    image = image.filter(ImageFilter.GaussianBlur(wear.blur))
    image = _specked(image, wear, rng)
    return _bitonal(image, wear, rng) if wear.mode == "1" else image


def _ink(mask: Image.Image, name: str, wear: Wear, rng: Generator) -> np.ndarray:
    share: np.ndarray = np.asarray(mask, np.float32) * (STRENGTH[name] * wear.faint / 255)
    if name == "ink":
        share = share * np.clip(1 - 0.05 * np.abs(_smooth(rng, mask.size, 60)), 0, 1)
    if name == "ink" and wear.bleed:
        back = np.asarray(
            mask.transpose(Image.Transpose.FLIP_LEFT_RIGHT).filter(ImageFilter.GaussianBlur(3)), np.float32
        )
        share = np.maximum(share, back * (wear.bleed / 255))
    return share


def _plane(
    channel: int | None, tone: np.ndarray, inks: dict[str, np.ndarray], on_paper: np.ndarray | None, wear: Wear
) -> np.ndarray:
    def value(rgb: Rgb) -> float:
        return rgb[channel] if channel is not None else 0.3 * rgb[0] + 0.59 * rgb[1] + 0.11 * rgb[2]

    plane: np.ndarray = value(wear.paper) + tone
    for name, share in inks.items():
        plane = plane * (1 - share * (1 - value(COLOURS[name]) / 255))
    if on_paper is None:
        return plane
    behind = 40.0 if wear.edges == "dark" else (150.0 if wear.edges == "none" else 205.0)
    return plane * on_paper + behind * (1 - on_paper)


def _shade(shape: tuple[int, ...], wear: Wear, rng: Generator) -> np.ndarray:
    """Darkening towards the edges: strong on a photocopy, slight at a book's fold."""
    if wear.edges == "none":
        return np.ones((1, 1), np.float32)
    h, w = shape
    depth, reach = (0.75, 55.0) if wear.edges == "dark" else (0.12, 60.0)
    sides = rng.uniform(0.3, 1.0, 4)
    x, y = np.arange(w, dtype=np.float32), np.arange(h, dtype=np.float32)
    across = sides[0] * np.exp(-x / (reach * 1.6)) + sides[1] * np.exp(-(w - x) / (reach * 0.7))
    down = sides[2] * np.exp(-y / (reach * 0.8)) + sides[3] * np.exp(-(h - y) / (reach * 0.8))
    return np.asarray(np.clip(1 - depth * (across[None, :] + down[:, None]), 0.1, 1), np.float32)


def _specked(image: Image.Image, wear: Wear, rng: Generator) -> Image.Image:
    tool = ImageDraw.Draw(image)
    for x, y, r, dark in zip(*rng.uniform(0, 1, (4, wear.specks)), strict=True):
        at, radius, grey = (x * image.width, y * image.height), 0.5 + 2.2 * r**3, round(40 + 120 * dark)
        fill = grey if image.mode == "L" else (grey,) * 3
        tool.ellipse((at[0] - radius, at[1] - radius, at[0] + radius, at[1] + radius), fill=fill)
    return image


def _bitonal(image: Image.Image, wear: Wear, rng: Generator) -> Image.Image:
    """Black or white by a threshold that wavers a little, so that edges are rough as scanned."""
    pixels = np.asarray(image, np.int16)
    rough = rng.normal(0, 7, pixels.shape).astype(np.int16)
    return Image.fromarray(pixels + rough > wear.threshold)


def _turn(page: Page) -> Page:
    """Turn the image so that it has to be turned clockwise by `turned` to stand upright."""
    if not page.turned:
        return page
    w, h = page.image.size
    turns = {90: Image.Transpose.ROTATE_90, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_270}
    places: dict[int, Callable[[Cell], Cell]] = {
        90: lambda c: (c[1], w - c[0] - c[2], c[3], c[2]),
        180: lambda c: (w - c[0] - c[2], h - c[1] - c[3], c[2], c[3]),
        270: lambda c: (h - c[1] - c[3], c[0], c[3], c[2]),
    }
    place = places[page.turned]
    lines = [Line(row.text, [place(c) for c in row.cells], row.ink) for row in page.lines]
    return Page(page.image.transpose(turns[page.turned]), lines, page.turned, page.kind)
