"""One upright, clean sheet: ink in layers, and where every character stands.

A sheet knows nothing of scanning; `wear` turns it into a page image and moves the
characters' cells with it.
"""

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.random import Generator
from PIL import Image, ImageDraw

from samples.draw.fonts import DPI, advance, face, role_for

Cell = tuple[float, float, float, float]
RISE = 0.88  # share of the em above the baseline, as in the Noto CJK faces


def mm(value: float) -> float:
    """Millimetres in pixels."""
    return value * DPI / 25.4


def em(pt: float) -> float:
    """Points in pixels."""
    return pt * DPI / 72


@dataclass
class Line:
    """A run of characters with their cells; `ink` is print, hand or seal."""

    text: str
    cells: list[Cell]
    ink: str = "print"


@dataclass
class Sheet:
    """Ink masks by layer (`ink`, `pen`, `red`, `seal`) and the lines written on them."""

    rng: Generator
    width: int = 2480
    height: int = 3508
    kind: str = "scan"
    layers: dict[str, Image.Image] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)

    def layer(self, name: str) -> Image.Image:
        """The mask of a layer, 0 for none and 255 for full ink."""
        if name not in self.layers:
            self.layers[name] = Image.new("L", (self.width, self.height), 0)
        return self.layers[name]

    def pen(self, name: str = "ink") -> ImageDraw.ImageDraw:
        """A drawing tool on a layer."""
        return ImageDraw.Draw(self.layer(name))

    def text(
        self,
        x: float,
        y: float,
        text: str,
        font: str = "song",
        pt: float = 12,
        track: float = 0,
        layer: str = "ink",
        gap: float = 0,
    ) -> float:
        """Write a line with the top of its em box at `y`; `gap` is added after each character.

        `track` is the letter-spacing in ems. Returns the x where the line ends.
        """
        tool, cells = self.pen(layer), []
        size = em(pt)
        for char in text:
            wide = advance(font, pt, char)
            if not char.isspace():
                tool.text((x, y + RISE * size), char, font=face(role_for(font, char), pt), fill=255, anchor="ls")
            cells.append((x, y, wide, size))
            x += wide + track * size + gap
        self.lines.append(Line(text, cells))
        return x

    def write(self, x: float, y: float, text: str, pt: float = 15, wild: float = 1.0) -> float:
        """Write by hand: the Kai face, every character leaning and stretched its own way."""
        size, cells = em(pt), []
        for char in text:
            wide = advance("kai", pt, char)
            lift = self.rng.normal(0, 0.03 * wild) * size
            if not char.isspace():
                glyph = self._bent(char, pt, wild)
                at = (round(x - size * 0.25), round(y + lift - size * 0.25))
                self.layer("pen").paste(255, at, glyph)
            cells.append((x, y + lift, wide, size))
            x += wide * (1 + self.rng.normal(-0.04, 0.03) * wild)
        self.lines.append(Line(text, cells, "hand"))
        return x

    def _bent(self, char: str, pt: float, wild: float) -> Image.Image:
        size = em(pt)
        side = round(size * 1.5)
        tile = Image.new("L", (side, side), 0)
        ImageDraw.Draw(tile).text(
            (size * 0.25, size * (0.25 + RISE)),
            char,
            font=face("kai", pt),
            fill=255,
            anchor="ls",
            stroke_width=0 if pt < 13 else 1,
        )
        lean = self.rng.normal(0, 0.035, 8) * wild * side
        slope = 0.05 * side * wild
        corners = np.array([0, 0, 0, side, side, side, side, 0], float) + lean
        corners[[0, 6]] += slope
        corners[[2, 4]] -= slope
        return tile.transform(tile.size, Image.Transform.QUAD, tuple(corners), Image.Resampling.BICUBIC)

    def rule(self, x0: float, y0: float, x1: float, y1: float, width: int = 3, layer: str = "ink") -> None:
        """A straight line."""
        self.pen(layer).line((x0, y0, x1, y1), fill=255, width=width)

    def frame(self, x: float, y: float, w: float, h: float, width: int = 3, layer: str = "ink") -> None:
        """A rectangle."""
        self.pen(layer).rectangle((x, y, x + w, y + h), outline=255, width=width)

    def seal(self, x: float, y: float, owner: str, role: str = "", size_mm: float = 40) -> None:
        """A round seal around (x, y): ring of the owner's name, star, line of its role."""
        side, turn = round(mm(size_mm)), float(self.rng.normal(0, 7))
        tile, marks = _seal_face(side, owner, role)
        tile = tile.rotate(turn, Image.Resampling.BICUBIC)
        tile = Image.fromarray((np.asarray(tile) * _patchy(self.rng, side)).astype(np.uint8))
        self.layer("seal").paste(255, (round(x - side / 2), round(y - side / 2)), tile)
        for text, places, size in marks:
            self.lines.append(Line(text, [_turned(p, size, turn, x, y) for p in places], "seal"))


def _turned(place: tuple[float, float], size: float, turn: float, x: float, y: float) -> Cell:
    a = math.radians(-turn)
    px = x + place[0] * math.cos(a) - place[1] * math.sin(a)
    py = y + place[0] * math.sin(a) + place[1] * math.cos(a)
    return (px - size / 2, py - size / 2, size, size)


def _patchy(rng: Generator, side: int) -> np.ndarray:
    """Uneven inking: broad pale patches and small pinholes."""
    broad = Image.fromarray(rng.uniform(0.55, 1.05, (6, 6)).astype(np.float32)).resize(
        (side, side), Image.Resampling.BICUBIC
    )
    fine = Image.fromarray(rng.uniform(0, 1, (side // 3, side // 3)).astype(np.float32)).resize(
        (side, side), Image.Resampling.BILINEAR
    )
    share: np.ndarray = np.clip(np.asarray(broad), 0, 1) * np.clip(np.asarray(fine) * 4 + 0.15, 0, 1)
    return share


def _seal_face(
    side: int, owner: str, role: str
) -> tuple[Image.Image, list[tuple[str, list[tuple[float, float]], float]]]:
    tile = Image.new("L", (side, side), 0)
    tool, mid = ImageDraw.Draw(tile), side / 2
    tool.ellipse((3, 3, side - 4, side - 4), outline=255, width=round(side * 0.024))
    star = [
        (mid + side * r * math.sin(math.pi * k / 5), mid - side * r * math.cos(math.pi * k / 5))
        for k, r in ((k, 0.15 if k % 2 == 0 else 0.058) for k in range(10))
    ]
    tool.polygon(star, fill=255)
    marks = [(owner, _ring(tile, owner, side), side * 0.12)]
    if role:
        marks.append((role, _foot(tile, role, side), side * 0.085))
    return tile, marks


def _ring(tile: Image.Image, owner: str, side: int) -> list[tuple[float, float]]:
    span = math.radians(min(270, 19 * len(owner)))
    pt, radius, places = side * 0.125 * 72 / DPI, side * 0.39, []
    for k, char in enumerate(owner):
        a = -span / 2 + span * k / max(1, len(owner) - 1)
        glyph = Image.new("L", (side // 4, side // 4), 0)
        ImageDraw.Draw(glyph).text((side / 8, side / 8), char, font=face("songb", round(pt, 1)), fill=255, anchor="mm")
        glyph = glyph.resize((round(side / 4 * 0.85), side // 4)).rotate(
            -math.degrees(a), Image.Resampling.BICUBIC, expand=True
        )
        x, y = radius * math.sin(a), -radius * math.cos(a)
        tile.paste(255, (round(side / 2 + x - glyph.width / 2), round(side / 2 + y - glyph.height / 2)), glyph)
        places.append((x, y))
    return places


def _foot(tile: Image.Image, role: str, side: int) -> list[tuple[float, float]]:
    pt, step = round(side * 0.085 * 72 / DPI, 1), side * 0.09
    places = [((k - (len(role) - 1) / 2) * step, side * 0.27) for k in range(len(role))]
    tool = ImageDraw.Draw(tile)
    for char, (x, y) in zip(role, places, strict=True):
        tool.text((side / 2 + x, side / 2 + y), char, font=face("songb", pt), fill=255, anchor="mm")
    return places
