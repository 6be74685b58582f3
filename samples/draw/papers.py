"""What a dossier and a paper in it are, for the modules that hold the texts."""

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.random import Generator

from samples.draw.files import save
from samples.draw.sheet import Sheet
from samples.draw.wear import Page, Wear, scan

Compose = Callable[[Generator], list[Sheet]]


@dataclass(frozen=True)
class Paper:
    """One file of a dossier: how it is described, set and worn."""

    file: str
    type: str
    title: str
    phase: str
    party: str
    date: str
    number: str = ""
    compose: Compose | None = None
    wear: Sequence[Wear] = ()
    keys: Sequence[str] = ()
    quality: int = 42
    signed: Sequence[str] = ()  # the scheme's ids of the parties whose signatures it bears
    write: Callable[[Path, Generator], list[Page]] | None = None  # for files that are no plain scans


@dataclass(frozen=True)
class Dossier:
    """One dossier with its fields, class and papers."""

    number: str
    scheme: str
    name: str
    group: list[str]
    responsible: str
    fields: dict[str, str]
    papers: list[Paper] = field(default_factory=list)

    @property
    def folder(self) -> str:
        """The folder's path inside `samples/`."""
        return f"dossiers/{self.scheme}/{self.number} {self.name}"


def seeded(*names: str) -> Generator:
    """A generator that depends on names alone."""
    return np.random.default_rng(zlib.crc32("/".join(names).encode()))


def draw_paper(paper: Paper, path: Path, seed: Generator) -> list[Page]:
    """Write the paper's file and return its pages."""
    if paper.write:
        return paper.write(path, seed)
    if not paper.compose:
        raise ValueError(f"{paper.file}: nothing to draw")
    sheets = paper.compose(seed)
    wears = [paper.wear[min(k, len(paper.wear) - 1)] for k in range(len(sheets))]
    pages = [scan(sheet, wear, seed) for sheet, wear in zip(sheets, wears, strict=True)]
    save(pages, path, paper.quality)
    return pages
