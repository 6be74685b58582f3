"""Reading pages again with a better engine while nothing else waits. Filing is not touched: a person's corrections
and the classifier's guesses stay as they are, the page's text and boxes get better."""

from __future__ import annotations

from datetime import datetime, timedelta

from archive.domain.access import SYSTEM, Access
from archive.domain.document import Document, PageState
from archive.domain.page_facts import PageFacts
from archive.domain.query import Both, Is
from archive.errors import Conflict, NotFound, Unreadable
from archive.ports import OcrEngine, Ports
from archive.services import audit, filing, page_reading

GRACE = timedelta(minutes=1)  # beside what a task may take
LAYER = "textlayer"  # the text the file itself brought is as good as it gets


def start(ports: Ports, most: int) -> int:
    """Has up to `most` documents read again, if messages do not wait; how many were sent."""
    if ports.careful is None or ports.queue.depth() != 0:
        return 0
    where = Both((Is.of("finished", "yes"), Is.of("reread", "no")))
    found = ports.index.select(Document, where, Access.whole_archive(), size=most).records
    resting = [read.record.id for read in found if not _is_under_way(ports, read.record.id)]
    for id in resting:
        ports.queue.reread(id)
    return len(resting)


def next_page(ports: Ports, document_id: str, after: int = 0) -> None:
    """Reads the first page after number `after` whose reading is by a lesser engine, and sends for the next one; marks
    the document when there is none. May be done twice at once: the second finds the reading made."""
    engine = ports.careful
    document = ports.index.get(Document, document_id)
    if engine is None or document.record.reread == "yes" or document.record.finished != "yes":
        return
    number = _first_lesser(ports, engine, document.record, after)
    if number:
        ports.store.put_derived(_begun_name(document_id), ports.clock.now().isoformat().encode())
        _read(ports, engine, document.record, number)
        ports.queue.reread(document_id, number)
        return
    if after:  # a page before may have been left out by a message that came late
        ports.queue.reread(document_id)
        return
    done = document.record.model_copy(update={"reread": "yes", "last": audit.event(ports, SYSTEM, "reread")})
    try:
        audit.change(ports, document, done)
    except Conflict:
        return  # somebody files it at this moment: the next sweep marks it


def _begun_name(document_id: str) -> str:
    return f"pages/{document_id}/reread.begun"


def _is_under_way(ports: Ports, document_id: str) -> bool:
    """Whether a page of it was begun so short a time ago that its task may still run."""
    name = _begun_name(document_id)
    if not ports.store.has_derived(name):
        return False
    longest = timedelta(seconds=ports.settings.task_seconds) + GRACE
    return datetime.fromisoformat(ports.store.get_derived(name).decode()) + longest > ports.clock.now()


def _first_lesser(ports: Ports, engine: OcrEngine, document: Document, after: int) -> int:
    """Number of the first page after `after` that `engine` should read; 0 if there is none."""
    for page in document.pages:
        if page.number > after and _is_lesser(_facts(ports, document.id, page.number), engine):
            return page.number
    return 0


def _facts(ports: Ports, document_id: str, number: int) -> PageFacts | None:
    try:
        return page_reading.facts_of(ports, document_id, number)
    except (NotFound, Unreadable):
        return None


def _is_lesser(facts: PageFacts | None, engine: OcrEngine) -> bool:
    if facts is None or facts.state != PageState.READ or facts.not_better:
        return False
    reading = facts.reading.rsplit("/", 1)[-1]
    return not reading.startswith(LAYER) and reading != f"{engine.key}.json.gz"


def _read(ports: Ports, engine: OcrEngine, document: Document, number: int) -> None:
    facts = page_reading.facts_of(ports, document.id, number)
    try:
        with ports.store.local_file(document.source) as path:
            source_page = next(page.source_page for page in document.pages if page.number == number)
            opened = ports.decoder.page(path, source_page)
        reading, name = page_reading.read_with(ports, engine, opened)
    except Unreadable:  # the reading there is stays
        page_reading.keep_facts(ports, document.id, facts.model_copy(update={"not_better": True}))
        return
    better = {"reading": name, "confidence": round(reading.confidence, 3), "rotation": reading.rotation}
    changed = facts.model_copy(update=better)
    page_reading.keep_facts(ports, document.id, changed)
    filing.write_page(ports, document.id, changed)
