"""Making the whole index anew from the scan store: records from their sidecars, pages from what was read of them.

Works on whatever index it is given, an empty one or one that an earlier rebuild left half done: every step may be
repeated. Decides nothing; what a crash had left out of the sidecars is written by `archive.services.reconcile`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from pydantic import ValidationError

from archive.domain.access import Access
from archive.domain.audit import AuditEvent, LookDay, seen_key
from archive.domain.document import Document, Page
from archive.domain.kinds import KEPT, RebuildMark
from archive.domain.query import Anything
from archive.domain.record import Event, Record
from archive.errors import ArchiveError, Unavailable
from archive.ports import Index, Ports, ScanStore
from archive.services import filing, reconcile

log = logging.getLogger(__name__)

Progress = Callable[
    [str, int, int], None
]  # stage ("records", "pages", "reconcile", "search"), done, of how many (0: unknown)

MARK = "index"  # id of the only one
NOT_WHOLE = ("rebuild_unfinished", "index_lost")  # keys of what `check_whole` finds
REFRESH_SECONDS = 5.0  # how long one wait for the search lasts before progress is told


@dataclass(slots=True)
class Rebuilt:
    """What was made. `broken`: sidecars that cannot be read ("kind/id"), left out."""

    records: dict[str, int] = field(default_factory=dict)  # by kind
    pages: int = 0
    broken: list[str] = field(default_factory=list)
    searchable: bool = True
    repaired: reconcile.Reconciled = field(default_factory=reconcile.Reconciled)


def no_progress(stage: str, done: int, whole: int) -> None:
    """Tells nobody."""


def rebuild(ports: Ports, progress: Progress = no_progress) -> Rebuilt:
    """Fills the index from the scan store: records with the revisions they had, then pages, then what a crash had
    left out; returns when all is searchable. Raises Unavailable (store or index)."""
    made = Rebuilt()
    looks = _Looks()
    set_mark(ports.index, unfinished=True)
    ports.index.restore(_records(ports, made, looks, progress))
    ports.index.restore(looks.days())
    made.pages = _pages(ports, progress)
    made.repaired = reconcile.reconcile(ports, progress=lambda done, whole: progress("reconcile", done, whole))
    set_mark(ports.index, unfinished=False)
    made.searchable = _wait(ports, progress)
    return made


def check_whole(index: Index, store: ScanStore) -> None:
    """Raises Unavailable where the index is not the whole archive: "rebuild_unfinished" where a rebuild was broken
    off, "index_lost" where it is empty though the scan store has records beside it. Quick; for every start."""
    if is_unfinished(index):
        raise Unavailable("rebuild_unfinished")
    if not any(index.health().records.values()) and next(store.sidecars(), None) is not None:
        raise Unavailable("index_lost")


def is_unfinished(index: Index) -> bool:
    """Whether a rebuild of this index, or a move to it, was begun and not ended."""
    there = index.get_many(RebuildMark, [MARK]).get(MARK)
    return there is not None and there.record.unfinished


def set_mark(index: Index, *, unfinished: bool) -> None:
    """Notes whether the index holds only a part."""
    mark = RebuildMark(id=MARK, unfinished=unfinished)
    there = index.get_many(RebuildMark, [MARK]).get(MARK)
    if there is None:
        index.create(mark)
    else:
        index.replace(mark, there.token)


def _records(ports: Ports, made: Rebuilt, looks: _Looks, progress: Progress) -> Iterator[tuple[Record, int]]:
    """Every record that has a sidecar, with its revision."""
    done = 0
    for kind, id, revision, data in ports.store.sidecars():
        record = _read(kind, data, f"{kind}/{id}", made) if data is not None else None
        if record is None:
            continue
        if isinstance(record, AuditEvent):
            looks.note(record)
        made.records[kind] = made.records.get(kind, 0) + 1
        done += 1
        progress("records", done, 0)
        yield record, revision


def _read(kind: str, data: bytes, name: str, made: Rebuilt) -> Record | None:
    model = KEPT.get(kind)
    try:
        if model is not None:
            return model.model_validate_json(data)
    except ValidationError as fault:
        log.error("sidecar %s cannot be read: %s", name, fault)
    made.broken.append(name)
    return None


class _Looks:
    """The days of looks, which have no sidecar of their own, made again from their events."""

    def __init__(self) -> None:
        self._last: dict[str, AuditEvent] = {}
        self._seen: dict[str, dict[str, tuple[int, str]]] = {}

    def note(self, event: AuditEvent) -> None:
        kind, _, day = event.chain.partition("/")
        if kind != LookDay.kind:
            return
        if day not in self._last or self._last[day].stamp < event.stamp:
            self._last[day] = event
        what = seen_key(event.details, event.action)
        quarter = f"{event.at.hour:02d}:{event.at.minute // 15 * 15:02d}"
        seen = self._seen.setdefault(day, {})
        seen[what] = max(seen.get(what, (0, "")), (event.stamp, quarter))

    def days(self) -> Iterator[tuple[Record, int]]:
        for day, event in self._last.items():
            last = Event(at=event.at, by=event.by, action=event.action, details=event.details)
            seen = {what: quarter for what, (_, quarter) in self._seen[day].items()}
            yield LookDay(id=day, last=last, seen=seen), event.stamp


def _pages(ports: Ports, progress: Progress) -> int:
    """Files the pages of every document; a document whose dossier is lost keeps the others from nothing."""
    whole = ports.index.count(Document, Anything(), Access.whole_archive())
    for done, document in enumerate(ports.index.changes(Document, 0), start=1):
        try:
            filing.refile_pages(ports, document)
        except ArchiveError as fault:
            log.error("pages of %s cannot be filed: %s", document.record.id, fault)
        progress("pages", done, whole)
    return ports.index.health().records.get(Page.kind, 0)


def _wait(ports: Ports, progress: Progress) -> bool:
    """Waits until everything is searchable; False where nothing moves any more."""
    last = max((read.seq for read in ports.index.changes(Page, 0)), default=0)
    behind = ports.index.health().behind
    while not ports.index.refresh(last, wait=REFRESH_SECONDS):
        now = ports.index.health().behind
        progress("search", 0, now)
        if now >= behind:
            return False
        behind = now
    return True
