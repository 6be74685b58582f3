"""Pages filed as their documents are: where a crash came between the write of a document and those of its pages, they
are found by comparing and filed anew.

Writes nothing where all is right, and may be done again at any time, by several processes at once.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, TypeVar

from archive.domain.document import Document, Page
from archive.domain.dossier import Dossier
from archive.domain.ids import DocumentId, page_id
from archive.domain.page_filing import denormalised
from archive.domain.record import Versioned
from archive.errors import ArchiveError
from archive.ports import Ports
from archive.services import filing

DOCUMENTS_AT_ONCE = 200
PAGES_AT_ONCE = 500

T = TypeVar("T")
Filing = Mapping[str, Any]

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Kept:
    """How many pages were filed anew, and the documents whose pages could not be, each with why."""

    pages: int = 0
    failed: dict[str, ArchiveError] = field(default_factory=dict)


def keep(ports: Ports, documents: Iterable[str]) -> Kept:
    """Files the pages of these documents (ids) anew where they do not carry their document's filing. A document that
    is being read is left alone: its last step files all of its pages."""
    made = Kept()
    for some in _parts(documents, DOCUMENTS_AT_ONCE):
        found = ports.index.get_many(Document, some)
        for id, stale in _stale(ports, list(found.values())).items():
            _file_anew(ports, found[id], stale, made)
    return made


def _file_anew(ports: Ports, document: Versioned[Document], stale: int, made: Kept) -> None:
    try:
        made.pages += stale if filing.refile_pages(ports, document) else 0
    except ArchiveError as fault:  # a reading that is gone or damaged must not keep other documents from their turn
        log.error("pages of %s cannot be filed: %s", document.record.id, fault)
        made.failed[document.record.id] = fault


def _stale(ports: Ports, documents: Sequence[Versioned[Document]]) -> dict[str, int]:
    """How many pages of each document are not filed as it is, or are not there; only those that have some."""
    filings = _filings(ports, documents)
    stale: dict[str, int] = {}
    wanted = ((id, page) for id, (pages, _) in filings.items() for page in pages)
    for some in _parts(wanted, PAGES_AT_ONCE):
        there = ports.index.get_many(Page, [page for _, page in some])
        for id, page in some:
            if page not in there or _differs(there[page].record, filings[id][1]):
                stale[id] = stale.get(id, 0) + 1
    return stale


def _filings(ports: Ports, documents: Sequence[Versioned[Document]]) -> dict[str, tuple[list[str], Filing]]:
    """By document: the ids of its pages and what they have to carry."""
    dossiers = ports.index.get_many(Dossier, {read.record.dossier for read in documents} - {""})
    made: dict[str, tuple[list[str], Filing]] = {}
    for read in documents:
        document = read.record
        dossier = dossiers[document.dossier].record if document.dossier in dossiers else None
        if document.finished != "yes" or (document.dossier and dossier is None):
            continue
        scheme = ports.schemes.get(dossier.scheme if dossier else document.scheme)
        pages: list[str] = [page_id(DocumentId(document.id), page.number) for page in document.pages]
        made[document.id] = (pages, denormalised(document, read.revision, dossier, scheme))
    return made


def _differs(page: Page, wanted: Filing) -> bool:
    """Whether the page carries another filing. Its stamp may be an older one, where what changed in the document is
    nothing that pages carry; a newer one is that of a change this document was read before."""
    same = all(getattr(page, name) == value for name, value in wanted.items() if name != "stamp")
    return not same and page.stamp <= wanted["stamp"]


def _parts(things: Iterable[T], size: int) -> Iterator[list[T]]:
    left = iter(things)
    while part := list(islice(left, size)):
        yield part
