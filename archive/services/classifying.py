"""Classifying: finding out what a document is, from its pages, its file and what whoever brought it said.

What a person has filed already stays as it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, overload

from archive.domain.access import SYSTEM
from archive.domain.document import Document, Guess, Review
from archive.domain.dossier import Dossier
from archive.domain.guessing import PERSON, fields_of, merged
from archive.domain.intake_job import IntakeJob, Wish
from archive.domain.page_facts import PageFacts
from archive.domain.page_filing import mark_of
from archive.domain.reading import Reading
from archive.domain.record import Versioned
from archive.ports import Paper, Ports
from archive.services import audit, filing, page_reading, proposing

FILE_TITLE = 0.3  # how far the title in a file's metadata is trusted
BOOKMARK_TITLE = 0.7  # a bookmark's: a person wrote it for these pages, but seldom as a full title


def guesses_of_wish(wish: Wish, title: str, *, bookmark: bool = False) -> dict[str, Guess]:
    """What whoever brought the file said of it, and the title in the file's metadata, or of its bookmark."""
    said = {"scheme": wish.scheme, "phase": wish.phase, "type": wish.type, "title": wish.title}
    guesses = {name: Guess(value=value, confidence=1.0, source=PERSON) for name, value in said.items() if value}
    if title and not wish.title:
        sure = BOOKMARK_TITLE if bookmark else FILE_TITLE
        guesses["title"] = Guess(value=title, confidence=sure, source="file")
    return guesses


def classify(ports: Ports, document: Versioned[Document]) -> Versioned[Document]:
    """Finds out what a document is, all of whose pages are final, and finishes it. What a person has filed already
    stays. Raises Conflict where somebody changes it meanwhile."""
    record = document.record
    paper = paper_of(ports, record)
    own = ports.schemes.get(record.scheme)
    found = ports.classifier.guess(paper, [own] if own else list(ports.schemes.values()))
    guesses = merged(record.guesses, found)
    if not record.dossier:
        dossier = proposing.proposal(ports, guesses, paper)
        guesses = merged(guesses, {"dossier": dossier} if dossier else {})
    return _finished(ports, document, guesses, ports.settings.review_below)


def _finished(
    ports: Ports, document: Versioned[Document], guesses: Mapping[str, Guess], review_below: float
) -> Versioned[Document]:
    record = document.record
    update: dict[str, Any] = {"finished": "yes"} | _blank_pages(ports, record)
    if record.review != Review.DONE:
        dossier, scheme = filing.context_of(ports, record)
        if scheme is None and "scheme" in guesses:
            scheme = ports.schemes.get(guesses["scheme"].value)
        record = _late(record, dossier)
        update |= {"late": record.late} | fields_of(record, guesses, scheme, review_below)
        if record.volume:
            update["phase"] = record.phase  # it was arranged by it
        record = record.model_copy(update=update)
        update["mark"] = mark_of(record, dossier, scheme)
    update["last"] = audit.event(
        ports, SYSTEM, "classify", type=record.type, phase=record.phase, unsure=list(record.review_because)
    )
    return audit.change(ports, document, record.model_copy(update=update))


def _blank_pages(ports: Ports, document: Document) -> dict[str, Any]:
    """Which of its pages are blank, while it is in no volume and no person has said so."""
    if document.volume or document.blank_said:
        return {}
    facts = filing.known_facts(ports, document.id, [page.number for page in document.pages])
    return {"blank": tuple(number for number, known in facts.items() if known.blank)}


def _late(document: Document, dossier: Dossier | None) -> Document:
    """Marks a document that reaches a dossier with fixed volumes as a late paper, for a person to look at."""
    if dossier is None or document.volume or not any(volume.is_fixed for volume in dossier.volumes):
        return document
    return document.model_copy(update={"late": True})


def paper_of(ports: Ports, document: Document) -> Paper:
    """The document as a classifier is shown it."""
    job = ports.index.get_many(IntakeJob, [document.job]).get(document.job)
    facts = filing.known_facts(ports, document.id, [page.number for page in document.pages])
    title = document.guesses.get("title")
    return Paper(
        readings=_Readings(ports, [facts.get(page.number) for page in document.pages]),
        file_name=document.file_name,
        folder=job.record.wish.folder if job else "",
        title=title.value if title and title.source == "file" else "",
        drawing=any(known.drawing for known in facts.values()),
    )


class _Readings(Sequence[Reading | None]):
    """A document's readings, each loaded when it is looked at: most classifiers need but a few of many."""

    def __init__(self, ports: Ports, facts: Sequence[PageFacts | None]) -> None:
        self._ports, self._facts = ports, facts

    def __len__(self) -> int:
        return len(self._facts)

    @overload
    def __getitem__(self, at: int) -> Reading | None: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Reading | None]: ...
    def __getitem__(self, at: int | slice) -> Reading | None | Sequence[Reading | None]:
        if isinstance(at, slice):
            return [self[n] for n in range(*at.indices(len(self)))]
        known = self._facts[at]
        return page_reading.load(self._ports, known.reading) if known and known.reading else None
