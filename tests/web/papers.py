"""Papers for the screens to show: documents with drawn pages, their pictures, readings and records, as reading them
would leave them. Every line of a page is drawn as a black bar where its box is, so that a picture tells where it lies.
"""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from io import BytesIO
from typing import Literal

import numpy as np

from archive.domain.access import SYSTEM
from archive.domain.document import Document, PageOf, PageState
from archive.domain.ids import DocumentId, page_id
from archive.domain.intake_job import IntakeJob
from archive.domain.page_facts import PageFacts
from archive.domain.reading import Box, Line, Reading
from archive.ports import Pixels, Ports
from archive.services import audit, filing, page_reading

Turn = Literal[0, 90, 180, 270]


@dataclass(frozen=True)
class Sheet:
    """A page: lines with their boxes in pixels of the picture as it lies, and how far it has to be turned."""

    lines: Sequence[tuple[str, Box]]
    size: tuple[int, int] = (600, 800)
    rotation: Turn = 0
    failure: str = ""


@dataclass(frozen=True)
class Paper:
    sheets: Sequence[Sheet]
    title: str = "工程例会纪要"
    file_name: str = "纪要 第12期.pdf"
    dossier: str = ""
    scheme: str = "engineering-customer"
    mark: str = "engineering-customer/company"
    type: str = "minutes"
    phase: str = "installation"
    day: date | None = field(default=date(2024, 6, 14))
    source: bytes = b"%PDF-1.4 a file"


def file_paper(ports: Ports, id: str, paper: Paper) -> Document:
    """Puts a paper into the archive; it can be searched when this returns."""
    stored = ports.store.put_file(BytesIO(paper.source + paper.file_name.encode()), limit=10_000)
    pages = tuple(
        PageOf(number=n, source_page=n, width=sheet.size[0], height=sheet.size[1])
        for n, sheet in enumerate(paper.sheets, 1)
    )
    document = Document(
        id=id, job=f"job-{id}", source=stored.sha256, file_name=paper.file_name, media_type="application/pdf",
        pages=pages, dossier=paper.dossier, scheme=paper.scheme, mark=paper.mark, type=paper.type, phase=paper.phase,
        title=paper.title, date=paper.day, finished="yes", received_at=ports.clock.now(),
        last=audit.event(ports, SYSTEM, "split"),
    )  # fmt: skip
    audit.create(ports, document)
    seq = 0
    for number, sheet in enumerate(paper.sheets, 1):
        facts = keep_sheet(ports, number, sheet)
        page_reading.keep_facts(ports, id, facts)
        seq = filing.write_page(ports, id, facts)
    assert not seq or ports.index.refresh(seq)
    return document


def keep_sheet(ports: Ports, number: int, sheet: Sheet) -> PageFacts:
    if sheet.failure:
        return PageFacts(number=number, state=PageState.FAILED, failure=sheet.failure)
    width, height = sheet.size
    pixels = draw(sheet)
    hash = sha256(bytes(pixels.data) + bytes(str((sheet.size, sheet.rotation)), "ascii")).hexdigest()
    lines = tuple(Line(text=text, box=box) for text, box in sheet.lines)
    reading = Reading(engine="textlayer", version="1", width=width, height=height, rotation=sheet.rotation, lines=lines)
    texts = sha256(reading.text.encode()).hexdigest()[:12]
    name = f"readings/{hash[:2]}/{hash}/{reading.key}-{texts}.json.gz"
    ports.store.put_derived(name, gzip.compress(reading.model_dump_json().encode()))
    return PageFacts(
        number=number, state=PageState.READ, image=ports.images.write(hash, pixels), reading=name, width=width,
        height=height, dpi=300, rotation=sheet.rotation,
    )  # fmt: skip


def draw(sheet: Sheet) -> Pixels:
    """White paper with a black bar for every line."""
    width, height = sheet.size
    rows = np.full((height, width), 255, np.uint8)
    for _, (x, y, w, h) in sheet.lines:
        rows[y : y + h, x : x + w] = 0
    return Pixels(data=rows.tobytes(), width=width, height=height, channels=1, dpi=300)


def page_of(document: Document, number: int = 1) -> str:
    return page_id(DocumentId(document.id), number)


def make_job(ports: Ports, id: str, documents: Sequence[Document]) -> None:
    """The job that took in the file these documents came in."""
    ports.index.create(
        IntakeJob(
            id=id, batch=id, source=documents[0].source, size=1, file_name=documents[0].file_name, channel="upload",
            by="gu.wendi", received_at=ports.clock.now(), received_on=ports.clock.today().isoformat(), state="done",
            documents=tuple(document.id for document in documents), last=audit.event(ports, SYSTEM, "receive"),
        )
    )  # fmt: skip
