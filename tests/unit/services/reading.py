"""An archive that reads pages in this process, out of files that need no opening: what counts is their way."""

from __future__ import annotations

import io
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

from archive.domain.access import SYSTEM
from archive.domain.document import Document, Page
from archive.domain.intake_job import IntakeJob, Wish
from archive.domain.reading import Line, Reading
from archive.errors import Unreadable
from archive.ports import Examined, OpenedPage, Pixels, Ports
from archive.services import intake
from ingest.classification import SchemeClassifier
from tests.unit.services.conftest import HandClock, make_ports
from workers.queue import InProcessQueue

PIXELS = Pixels(b"\xff", 1, 1, 1)


@dataclass
class Scans:
    """Opens files that have as many pages as their name says. Those in `broken` cannot be opened; the others have
    their text with them, but for those in `scanned`, which an engine has to read."""

    broken: set[int] = field(default_factory=set)
    scanned: set[int] = field(default_factory=set)

    def examine(self, path: Path, name: str = "") -> Examined:
        return Examined("application/pdf", int(name.split(maxsplit=1)[0]))

    def page(self, path: Path, number: int) -> OpenedPage:
        if number in self.broken:
            raise Unreadable("page_damaged", page=number)
        layer = None if number in self.scanned else text(number)
        return OpenedPage(PIXELS, image_hash=f"{number:064x}", layer=layer)

    def close(self) -> None: ...


def text(number: int) -> Reading:
    line = Line(text=f"第{number}页接地电阻", box=(0, 0, 1, 1))
    return Reading(engine="layer", version="1", width=1, height=1, lines=(line,))


class Images:
    """Keeps no pictures."""

    def write(self, image_hash: str, pixels: Pixels) -> str:
        return f"images/{image_hash}"


def reading_ports(folder: Path, clock: HandClock, scans: Scans) -> Ports:
    """Ports whose queue does nothing until it is told to with `work_on`."""
    return replace(
        make_ports(folder, clock),
        decoder=scans,
        images=cast("Any", Images()),
        classifier=SchemeClassifier(),
        queue=InProcessQueue(),
    )


def bring(ports: Ports, name: str = "3 pages", wish: Wish = Wish(), **more: Any) -> intake.Received:
    """A file of so many pages, as the command line brings it."""
    more = {"actor": SYSTEM, "channel": "command", "batch": "b"} | more
    return intake.receive(ports, more.pop("actor"), io.BytesIO(name.encode()), name, wish=wish, **more)


def job_of(ports: Ports, id: str) -> IntakeJob:
    return ports.index.get(IntakeJob, id).record


def states(ports: Ports) -> list[str]:
    """The states of all pages, by document and number."""
    pages = sorted(
        (read.record for read in ports.index.changes(Page, 0)), key=lambda page: (page.document, page.number)
    )
    return [page.state for page in pages]


def documents(ports: Ports) -> list[Document]:
    return [read.record for read in ports.index.changes(Document, 0)]
