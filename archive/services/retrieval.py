"""Finding and reading: what the search screen, the viewer and the command line show.

Every function takes the actor whose access narrows it. What is opened is checked again on the Document read by id,
since the index of pages may be a moment behind.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from archive import measures
from archive.domain.access import Actor, Permission
from archive.domain.copy import Copy
from archive.domain.document import Document, Page
from archive.domain.dossier import Dossier
from archive.domain.ids import DocumentId, DossierId, page_id, volume_key
from archive.domain.intake_job import IntakeJob
from archive.domain.looks import is_readable
from archive.domain.query import Both, DocumentHits, Is, PageSearch, Query, ResultPage, Sort, Span
from archive.domain.query_codes import UnknownValue, unknown_values, with_codes
from archive.domain.query_language import as_typed, understood
from archive.domain.reading import Box, Reading
from archive.domain.scheme import Label
from archive.errors import Forbidden, NotFound, Unreadable
from archive.ports import Ports
from archive.sentences import Language, sentence
from archive.services import audit, lending, page_reading

EXPORTED_AT_ONCE = 200  # pages read in one request


@dataclass(frozen=True, slots=True)
class Note:
    """Something a person should know of a result: the key of a sentence, and what fills its gaps."""

    key: str
    data: Mapping[str, object]

    def told_in(self, language: Language) -> str:
        """The sentence."""
        return sentence(self.key, language, self.data)


@dataclass(frozen=True, slots=True)
class Found:
    """A result page with what is needed to show it. `boxes` are the hit boxes of the shown pages by page id, in
    pixels of the page; `copies` the originals by volume key."""

    query: Query
    result: ResultPage
    documents: Mapping[str, Document]
    dossiers: Mapping[str, Dossier]
    copies: Mapping[str, Copy]
    boxes: Mapping[str, Sequence[Box]]
    notes: Sequence[Note] = ()


def search(
    ports: Ports,
    actor: Actor,
    text: str,
    *,
    only: Mapping[str, frozenset[str]] | None = None,
    sort: Sort = Sort.RELEVANCE,
    start: int = 0,
    size: int = 10,
    pages_each: int = 3,
    cursor: str = "",
) -> Found:
    """Documents with the best `pages_each` of their pages that fit `text`. Raises InvalidInput where the query is
    broken."""
    actor.must(Permission.SEARCH)
    typed = as_typed(text, ports.schemes.values())
    query = with_codes(typed, ports.schemes.values())
    wanted = PageSearch(
        query=query,
        only=only or {},
        volumes_out=lending.volumes_out(ports),
        sort=sort,
        size=size,
        start=start,
        cursor=cursor,
        pages_each=pages_each,
    )
    with measures.timed("search"):
        result = ports.index.search(wanted, actor.access)
    return replace(_with_records(ports, actor, query, result), notes=_notes(ports, typed, result.behind))


def _notes(ports: Ports, typed: Query, behind: int) -> list[Note]:
    notes = [Note("search_behind", {"pages": behind})] if behind else []
    unknown, more = unknown_values(typed, ports.schemes.values())
    for one in unknown:
        told = {"field": one.field, "value": one.value, "names": _listed(one), "known": one.known}
        notes.append(Note("query_value_unknown", told))
    if more:
        notes.append(Note("query_values_unknown", {"more": more}))
    return notes


def _listed(unknown: UnknownValue) -> Label:
    chinese, english = ([label.in_(language) for label in unknown.nearest] for language in ("zh", "en"))
    return Label(zh="、".join(dict.fromkeys(chinese)), en=", ".join(dict.fromkeys(english)))


def _with_records(ports: Ports, actor: Actor, query: Query, result: ResultPage) -> Found:
    documents = _visible_documents(ports, actor, [found.document for found in result.found])
    dossiers = ports.index.get_many(Dossier, {d.dossier for d in documents.values() if d.dossier})
    keys = {volume_key(DossierId(d.dossier), d.volume) for d in documents.values() if d.volume}
    shown = [hit for found in result.found for hit in found.pages[:1]]
    boxes = {hit.page.id: boxes_of(ports, hit.page, hit.spans) for hit in shown}
    return Found(
        query=query,
        result=_only(result, documents),
        documents=documents,
        dossiers={id: read.record for id, read in dossiers.items()},
        copies=_originals(ports, actor, keys),
        boxes=boxes,
    )


def _visible_documents(ports: Ports, actor: Actor, ids: Sequence[str]) -> dict[str, Document]:
    read = ports.index.get_many(Document, ids)
    return {id: one.record for id, one in read.items() if actor.access.allows(one.record.mark)}


def _only(result: ResultPage, documents: Mapping[str, Document]) -> ResultPage:
    """The result without documents that may not be seen any more."""
    kept: tuple[DocumentHits, ...] = tuple(found for found in result.found if found.document in documents)
    return result if len(kept) == len(result.found) else replace(result, found=kept, exact=False)


def _originals(ports: Ports, actor: Actor, keys: set[str]) -> dict[str, Copy]:
    if not keys:
        return {}
    where = Both((Is("volume_key", frozenset(keys)), Is.of("copy_kind", "original")))
    found = ports.index.select(Copy, where, actor.access, size=len(keys) * 2).records
    return {read.record.volume_key: read.record for read in found}


def boxes_of(ports: Ports, page: Page, spans: Sequence[Span]) -> list[Box]:
    """The boxes of text offsets on the page; none where the page has no reading, or a damaged one."""
    if not spans or not page.reading:
        return []
    try:
        return page_reading.load(ports, page.reading).boxes_of(spans)
    except (NotFound, Unreadable):
        return []


@dataclass(frozen=True, slots=True)
class PageView:
    """One page as the viewer shows it. `reading` is None where the page could not be read. `numbers_found` are the
    page numbers of the document that fit the query; `spans` offsets of the hits in the reading's text."""

    document: Document
    dossier: Dossier | None
    page: Page | None
    reading: Reading | None
    spans: Sequence[Span]
    boxes: Sequence[Box]
    pages: Mapping[int, Page]
    found: Mapping[int, Sequence[Span]]


def visible_document(ports: Ports, actor: Actor, id: str) -> Document:
    """The document, if this person may see it. Raises NotFound for both reasons alike."""
    actor.must(Permission.SEARCH)
    document = ports.index.get(Document, id).record
    if not actor.access.allows(document.mark):
        raise NotFound("not_found", what=id)
    return document


def visible_page(ports: Ports, actor: Actor, id: str) -> Page:
    """The page, checked on its document. Raises NotFound."""
    visible_document(ports, actor, id.rpartition("-")[0])
    return ports.index.get(Page, id).record


def looked_at(ports: Ports, actor: Actor, id: str) -> Document:
    """The document for somebody who opens its record: as `visible_document`, and the look is recorded."""
    document = visible_document(ports, actor, id)
    audit.look(ports, actor, id)
    return document


def see_picture(ports: Ports, actor: Actor, page: Page, region: Box, shown: tuple[int, int]) -> None:
    """Records a look where a picture, `shown` pixels large, of this region of the page can be read; thumbnails and
    the strips of result lists are none. Nothing is written for the tiles of an open page: its look is there."""
    if is_readable((page.width, page.height), page.dpi, region[2:], shown):
        audit.look(ports, actor, page.document)


def page_view(ports: Ports, actor: Actor, document_id: str, number: int, text: str = "") -> PageView:
    """Page `number` of a document with the hits of the query `text`. The look is recorded. Raises NotFound,
    InvalidInput."""
    document = visible_document(ports, actor, document_id)
    if document.pages and not 1 <= number <= len(document.pages):
        raise NotFound("not_found", what=f"{document_id}-{number}")
    audit.look(ports, actor, document_id)
    pages = _pages_of(ports, document)
    found = _hits_in(ports, actor, document, text) if text.strip() else {}
    page = pages.get(number)
    reading = page_reading.load(ports, page.reading) if page and page.reading else None
    spans = found.get(number, ())
    dossier = ports.index.get(Dossier, document.dossier).record if document.dossier else None
    return PageView(document, dossier, page, reading, spans, reading.boxes_of(spans) if reading else (), pages, found)


def _pages_of(ports: Ports, document: Document) -> dict[int, Page]:
    ids = [page_id(DocumentId(document.id), page.number) for page in document.pages]
    return {read.record.number: read.record for read in ports.index.get_many(Page, ids).values()}


def _hits_in(ports: Ports, actor: Actor, document: Document, text: str) -> dict[int, Sequence[Span]]:
    wanted = PageSearch(
        query=understood(text, ports.schemes.values()),
        only={"document": frozenset({document.id})},
        size=1,
        facets=(),
        pages_each=max(len(document.pages), 1),
    )
    result = ports.index.search(wanted, actor.access)
    return {hit.page.number: hit.spans for found in result.found for hit in found.pages}


def hits_in(ports: Ports, actor: Actor, document_id: str, text: str) -> list[tuple[Page, Sequence[Span], list[Box]]]:
    """The pages of a document that fit `text`, ascending, each with the spans and boxes of its hits. Shows pieces
    beside a result; not a look. Raises NotFound, InvalidInput."""
    document = visible_document(ports, actor, document_id)
    found = _hits_in(ports, actor, document, text) if text.strip() else {}
    pages = _pages_of(ports, document)
    return [
        (pages[number], spans, boxes_of(ports, pages[number], spans))
        for number, spans in sorted(found.items())
        if number in pages
    ]


@contextmanager
def original(ports: Ports, actor: Actor, document_id: str) -> Iterator[tuple[Document, Path]]:
    """The file a document came in, as a path on this machine, and its record. The download is recorded.

    A file may hold several documents: it is given only where all of them may be seen. Raises NotFound, Forbidden.
    """
    document = visible_document(ports, actor, document_id)
    together = ports.index.get(IntakeJob, document.job).record.documents
    others = ports.index.get_many(Document, together).values()
    if not all(actor.access.allows(read.record.mark) for read in others):
        raise Forbidden("file_holds_more", file=document.file_name)
    audit.look(ports, actor, document_id, "download")
    with ports.store.local_file(document.source) as path:
        yield document, path


def page_picture(ports: Ports, actor: Actor, document_id: str, number: int) -> Page:
    """The page whose picture is taken out of the archive. The download is recorded. Raises NotFound."""
    page = visible_page(ports, actor, page_id(DocumentId(document_id), number))
    if not page.image:
        raise NotFound("not_found", what=page.id)
    audit.look(ports, actor, document_id, "download")
    return page


@dataclass(frozen=True, slots=True)
class Row:
    """One page of an export."""

    dossier_number: str
    dossier_name: str
    title: str
    type: str
    phase: str
    date: str
    number: str
    party: str
    page: int
    file_name: str
    link: str


def export(ports: Ports, actor: Actor, text: str, *, only: Mapping[str, frozenset[str]] | None = None) -> Iterator[Row]:
    """Every page that fits, to the last, with its document's fields. Raises InvalidInput, Forbidden, and Unavailable
    where there may be more than is searchable; all before the first row."""
    actor.must(Permission.SEARCH)
    wanted = PageSearch(
        query=understood(text, ports.schemes.values()), only=only or {}, volumes_out=lending.volumes_out(ports)
    )
    found = iter(ports.index.pages_of_search(wanted, actor.access))
    return _rows(ports, actor, list(islice(found, EXPORTED_AT_ONCE)), found)


def _rows(ports: Ports, actor: Actor, some: list[tuple[str, int]], more: Iterator[tuple[str, int]]) -> Iterator[Row]:
    while some:
        ids = [page_id(DocumentId(document), number) for document, number in some]
        pages = ports.index.get_many(Page, ids)
        yield from (_row(pages[id].record) for id in ids if id in pages and actor.access.allows(pages[id].record.mark))
        some = list(islice(more, EXPORTED_AT_ONCE))


def _row(page: Page) -> Row:
    return Row(
        dossier_number=page.dossier_number,
        dossier_name=page.dossier_name,
        title=page.title,
        type=page.type,
        phase=page.phase,
        date=page.date.isoformat() if page.date else "",
        number=page.document_number,
        party=page.party,
        page=page.number,
        file_name=page.file_name,
        link=f"/read/{page.document}/{page.number}",
    )
