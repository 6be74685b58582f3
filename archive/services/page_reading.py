"""Reading one page: opening it safely, keeping our own picture of it, reading its text once.

A reading is kept by (image, engine, version, parameters) so that no page is ever read twice; what is known of the
page is kept beside the scan. Nothing here writes to the index.
"""

from __future__ import annotations

import gzip
import logging
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial

from pydantic import ValidationError

from archive import measures
from archive.domain.document import Document, PageState
from archive.domain.page_facts import PageFacts
from archive.domain.reading import Reading
from archive.errors import ArchiveError, NotFound, Unavailable, Unreadable
from archive.ports import OcrEngine, OpenedPage, Ports

MOST_TRIES = 3  # begun readings of a page that ended the process that read it
_begun: dict[str, Callable[[], None]] = {}  # what this process is about, each with what takes back that it is counted

log = logging.getLogger(__name__)


def read_page(ports: Ports, document: Document, number: int) -> PageFacts:
    """Reads page `number` of the document. A page that cannot be read gives facts that say why; only Unavailable
    (the store is away) is raised, since trying again may help there."""
    source_page = next(page.source_page for page in document.pages if page.number == number)
    try:
        with counted(ports, document.id, number, Unreadable("page_kills_reader", page=number)):
            with ports.store.local_file(document.source) as path:
                opened = ports.decoder.page(path, source_page)
            facts = _facts(ports, number, opened)
    except Unreadable as reason:
        log.warning("page %s of %s: %s", number, document.id, reason)
        facts = failed(number, reason)
        measures.tell("failure", what="page", reason=reason.key)
    measures.tell("page", outcome=facts.state)
    keep_facts(ports, document.id, facts)
    return facts


@contextmanager
def counted(ports: Ports, document_id: str, number: int, too_often: Unreadable) -> Iterator[None]:
    """Notes that something begins that may end this process, and that it did not: what kills its reader again and
    again must not do so for ever. Raises `too_often` where it has. Number 0 is the file as a whole."""
    tries = tries_of(ports, document_id, number)
    if tries >= MOST_TRIES:
        raise too_often
    name = _tries_name(document_id, number)
    put_back = partial(ports.store.put_derived, name, str(tries).encode())
    _begun[name] = put_back
    try:
        ports.store.put_derived(name, str(tries + 1).encode())
        yield
    except (Unavailable, KeyboardInterrupt, SystemExit):
        # Nobody died of it: what was away may be back at the next try, and who stops us does so for another reason.
        with suppress(Unavailable):
            put_back()
        raise
    finally:
        _begun.pop(name, None)
    if tries:
        ports.store.put_derived(name, b"0")


def put_back_tries() -> None:
    """What this process has begun is not counted: it is about to be ended from outside, whatever it reads."""
    for put_back in list(_begun.values()):
        with suppress(Unavailable):
            put_back()


def tries_of(ports: Ports, document_id: str, number: int) -> int:
    try:
        return int(ports.store.get_derived(_tries_name(document_id, number)))
    except NotFound:
        return 0


def forget_tries(ports: Ports, document_id: str, number: int) -> None:
    """Lets a page be tried afresh, on a person's request."""
    ports.store.put_derived(_tries_name(document_id, number), b"0")


def _facts(ports: Ports, number: int, opened: OpenedPage) -> PageFacts:
    image = ports.images.write(opened.image_hash, opened.pixels)
    reading, name = _reading(ports, opened)
    return PageFacts(
        number=number,
        state=PageState.READ,
        image=image,
        reading=name,
        confidence=round(reading.confidence, 3),
        width=opened.pixels.width,
        height=opened.pixels.height,
        dpi=opened.pixels.dpi,
        rotation=reading.rotation,
        drawing=opened.drawing,
        blank=opened.blank and not reading.text.strip(),
        warning=opened.warnings[0] if opened.warnings else "",
    )


def _reading(ports: Ports, opened: OpenedPage) -> tuple[Reading, str]:
    if opened.layer is not None:
        name = _name(opened.image_hash, opened.layer.key)
        ports.store.put_derived(name, _packed(opened.layer))
        return opened.layer, name
    return read_with(ports, ports.ocr, opened)


def read_with(ports: Ports, engine: OcrEngine, opened: OpenedPage) -> tuple[Reading, str]:
    """The page's reading by `engine`, made now or kept from before, and its name in the store. Raises Unreadable."""
    name = _name(opened.image_hash, engine.key)
    try:
        return load(ports, name), name
    except (NotFound, Unreadable):  # never read, or what was kept of it is damaged
        reading = _read_by(engine, opened)
    ports.store.put_derived(name, _packed(reading))
    return reading, name


def _read_by(engine: OcrEngine, opened: OpenedPage) -> Reading:
    """What the engine reads. A fault of the engine is a fault of this page, and the others go on; one of the machine
    (its disk is full, the engine's program is gone) is raised as Unavailable and says nothing of the page."""
    try:
        return engine.read(opened.pixels, drawing=opened.drawing)
    except ArchiveError:
        raise
    except OSError as fault:
        raise Unavailable("ocr_cannot_run", engine=engine.name, reason=str(fault)) from fault
    except Exception as fault:
        log.exception("%s cannot read the page %s", engine.name, opened.image_hash)
        raise Unreadable("ocr_failed", engine=engine.name) from fault


def failed(number: int, reason: Unreadable) -> PageFacts:
    """The facts of a page that cannot be read."""
    data = {name: value for name, value in reason.data.items() if isinstance(value, str | int)}
    return PageFacts(number=number, state=PageState.FAILED, failure=reason.key, failure_data=data)


def load(ports: Ports, name: str) -> Reading:
    """The reading kept under `name`. Raises NotFound, Unreadable where what is kept is damaged."""
    kept = ports.store.get_derived(name)
    with _damage_told(name):
        return Reading.model_validate_json(gzip.decompress(kept))


@contextmanager
def _damage_told(name: str) -> Iterator[None]:
    try:
        yield
    except (ValidationError, OSError, EOFError, zlib.error) as damage:  # OSError: no gzip at all
        raise Unreadable("kept_damaged", name=name) from damage


def keep_facts(ports: Ports, document_id: str, facts: PageFacts) -> None:
    ports.store.put_derived(_facts_name(document_id, facts.number), facts.model_dump_json().encode())


def facts_of(ports: Ports, document_id: str, number: int) -> PageFacts:
    """What is known of a page. Raises NotFound where it was never read, Unreadable where what is kept is damaged."""
    name = _facts_name(document_id, number)
    kept = ports.store.get_derived(name)
    with _damage_told(name):
        return PageFacts.model_validate_json(kept)


def _facts_name(document_id: str, number: int) -> str:
    return f"pages/{document_id}/{number}.json"


def _tries_name(document_id: str, number: int) -> str:
    return f"pages/{document_id}/{number}.tries"


def _name(image_hash: str, key: str) -> str:
    return f"readings/{image_hash[:2]}/{image_hash}/{key}.json.gz"


def _packed(reading: Reading) -> bytes:
    return gzip.compress(reading.model_dump_json().encode(), 5, mtime=0)
