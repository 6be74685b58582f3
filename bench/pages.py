"""The sample dossiers' pages as benches and tests take them: the picture as the file holds it, and what stands on it.

Opens the samples directly, without the product's decoder. Reads no text from pictures.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pypdfium2
from PIL import Image, ImageSequence

from archive.ports import Pixels

SAMPLES = Path(__file__).resolve().parent.parent / "samples"
DPI = 300
A4 = (2480, 3508)  # pixels at 300 dpi
SPREAD = 12  # of 255: what a channel differs from another on a page with colour


@dataclass(frozen=True)
class Scan:
    """One page of a sample: `number` from 1 in its file; `kind` is scan, drawing or text; `turned` tells by how many
    degrees clockwise its picture must be turned to stand upright."""

    path: Path
    number: int
    kind: str
    turned: int
    key_fields: tuple[str, ...]
    truth: dict[str, Any]

    @property
    def name(self) -> str:
        return f"{self.path.parent.name.split(' ')[0]} {self.path.name} {self.number}"

    @property
    def text(self) -> str:
        """What stands on the page, a line feed between the lines: print and handwriting. What runs around in a seal
        is left out, no engine reads it."""
        return "\n".join(line["text"] for line in self.truth["lines"] if line.get("ink") != "seal")

    def image(self) -> Image.Image:
        """The page's picture at 300 dpi: grey (L) or, where it has colour, RGB."""
        return self._picture.copy()

    @property
    def coloured(self) -> bool:
        return self._picture.mode == "RGB"

    def pixels(self) -> Pixels:
        """The picture as OCR engines take it."""
        picture = self._picture
        return Pixels(
            picture.tobytes(),
            picture.width,
            picture.height,
            len(picture.getbands()),
            DPI,
        )

    @cached_property
    def _picture(self) -> Image.Image:
        picture = _pdf_page(self.path, self.number) if self.path.suffix == ".pdf" else _frame(self.path, self.number)
        return picture.convert("RGB" if _has_colour(picture) else "L")


def _pdf_page(path: Path, number: int) -> Image.Image:
    with pypdfium2.PdfDocument(path) as book:
        picture: Image.Image = book[number - 1].render(scale=DPI / 72).to_pil()
        return picture


def _frame(path: Path, number: int) -> Image.Image:
    with Image.open(path) as book:
        for at, frame in enumerate(ImageSequence.Iterator(book), start=1):
            if at == number:
                return frame.convert("L" if frame.mode in ("1", "L") else "RGB")
    raise ValueError(f"{path.name} has no page {number}")


def _has_colour(picture: Image.Image) -> bool:
    """Whether more than a thousandth of the page is coloured."""
    if picture.mode in ("1", "L"):
        return False
    small = picture.convert("RGB").resize((picture.width // 4, picture.height // 4), Image.Resampling.BOX)
    saturation = small.convert("HSV").getchannel("S").histogram()
    return sum(saturation[SPREAD * 6 :]) > small.width * small.height / 1000


def documents() -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Each dossier with each of its files, as `samples/dossiers.json` tells of them."""
    for dossier in json.loads((SAMPLES / "dossiers.json").read_text("utf-8")):
        for entry in dossier["files"]:
            yield dossier, entry


def pages_of(dossier: dict[str, Any], entry: dict[str, Any]) -> list[Scan]:
    """The pages of one file; none of an attachment."""
    if not entry["truth"]:
        return []
    truth = json.loads((SAMPLES / entry["truth"]).read_text("utf-8"))
    path = SAMPLES / dossier["folder"] / entry["file"]
    return [
        Scan(
            path,
            page["page"],
            page["kind"],
            page["turned"],
            tuple(page["key_fields"]),
            page,
        )
        for page in truth["pages"]
    ]


def sample_pages() -> list[Scan]:
    """All pages of the samples, dossier by dossier."""
    return [page for dossier, entry in documents() for page in pages_of(dossier, entry)]


def sample_scans() -> list[Scan]:
    """The scanned A4 pages (no drawings, no born-digital pages), the upright ones alone: the peer turns none."""
    return [page for page in sample_pages() if page.kind == "scan" and not page.turned and _is_a4(page)]


def _is_a4(page: Scan) -> bool:
    width, height = int(page.truth["width"]), int(page.truth["height"])
    return abs(width - A4[0]) < 60 and abs(height - A4[1]) < 60
