"""From a file to searchable pages: receive, split, read, finish, and try again what failed.

The intake job is the truth about what there is to do and the queue only a hint, so every step may be run again at
any time and by several processes at once: ids are computed, a page that is final is not read again, and each change
is one conditional write.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import BinaryIO

from archive.domain.access import SYSTEM, Actor, Permission
from archive.domain.document import Document, Page, PageState
from archive.domain.dossier import Dossier
from archive.domain.ids import DocumentId, page_id
from archive.domain.intake_job import IntakeJob, JobState, Wish
from archive.domain.numbering import tidy
from archive.domain.record import Versioned
from archive.errors import Conflict, NotFound, Unreadable
from archive.ports import Examined, Ports
from archive.services import audit, classifying, copies, filing, known_files, page_reading, splitting
from archive.services.numbers import bearers
from archive.services.revising import revise

log = logging.getLogger(__name__)

STRANDS = 16  # messages of one file that wait or are under way at most: so many workers read it, others wait so long
AT_ONCE = 50  # pages asked for their state in one go
LEASE = timedelta(minutes=15)  # how long a job's messages are trusted to be on their way
PRIORITY = {"upload": 2}  # by channel: a person waits at the screen; all else comes in bulk
BULK = 5


@dataclass(frozen=True, slots=True)
class Received:
    """A file that is in. `known`: this dossier (or the pile of unfiled papers) had these bytes already. `hidden`: and
    whoever brought it may not see them, so `job` is one that was not made and tells nothing of them. `note`: key of a
    sentence about what was wished and not done."""

    job: IntakeJob
    known: bool
    hidden: bool = False
    note: str = ""


def receive(
    ports: Ports,
    actor: Actor,
    file: BinaryIO,
    name: str,
    *,
    channel: str,
    batch: str,
    wish: Wish = Wish(),
    priority: int | None = None,
) -> Received:
    """Puts the file into the store, then makes its job, then tells the workers; only then is it acknowledged. The
    priority (0 first) is by channel where none is given.

    Raises InvalidInput (empty, too large, unknown dossier), Forbidden, Unavailable.
    """
    actor.must(Permission.INTAKE)
    wish = _with_dossier(ports, actor, wish)
    stored = ports.store.put_file(file, limit=ports.settings.max_file_bytes)
    urgency = PRIORITY.get(channel, BULK) if priority is None else priority
    job = _job(ports, actor, stored.sha256, stored.size, name, channel, batch, wish, urgency)
    known = known_files.by_another_way(ports, job)
    return _accepted(ports, actor, job) if known is None else _known(ports, actor, job, known)


def _with_dossier(ports: Ports, actor: Actor, wish: Wish) -> Wish:
    """The wish with its dossier checked, or taken from the folder's name where that begins with a known number, be it
    a former one."""
    id = wish.dossier
    if not id and wish.folder:
        steps = reversed(wish.folder.split("/"))  # the innermost folder first
        found = bearers(ports, [tidy(word) for step in steps for word in step.replace("_", " ").split()[:1]])
        id = next((dossier.id for dossier in found.values()), "")
    if not id:
        return wish
    dossier = ports.index.get(Dossier, id).record
    if not actor.access.allows(dossier.mark):
        raise NotFound("not_found", what=wish.dossier or wish.folder)
    return wish.model_copy(update={"dossier": id, "scheme": dossier.scheme})


def _job(
    ports: Ports, actor: Actor, sha256: str, size: int, name: str, channel: str, batch: str, wish: Wish, priority: int
) -> IntakeJob:
    now = ports.clock.now()
    return IntakeJob(
        id=f"{sha256[:32]}-{wish.dossier or 'inbox'}",
        batch=batch,
        source=sha256,
        size=size,
        file_name=name,
        channel=channel,
        by=actor.login,
        received_at=now,
        received_on=ports.clock.today().isoformat(),
        wish=wish,
        priority=priority,
        state=JobState.RECEIVED,
        lease_until=now + LEASE,
        last=audit.event(ports, actor, "receive", file=name, size=size, channel=channel),
    )


def _accepted(ports: Ports, actor: Actor, job: IntakeJob) -> Received:
    """Makes the job. Where it is there already, the same file comes once more: it is tried again if it failed as a
    whole the first time, made once more if its documents were moved to other dossiers, and known otherwise."""
    for nth in count(1):
        wanted = job.model_copy(update={"id": known_files.further_id(job, nth)})
        try:
            made = audit.create(ports, wanted).record
        except Conflict:
            there = ports.index.get(IntakeJob, wanted.id).record
            if there.state == JobState.FAILED:
                return Received(retry(ports, actor, there.id), False)
            if not known_files.has_left(ports, there):
                return _known(ports, actor, job, there)
        else:
            ports.queue.split(made.id, priority=made.priority)
            return Received(made, False)
    raise AssertionError  # count has no end


def _known(ports: Ports, actor: Actor, job: IntakeJob, there: IntakeJob) -> Received:
    if not known_files.may_be_told(ports, actor, there):
        return Received(job, True, hidden=True)
    return Received(there, True, note=known_files.dropped(there, job.wish))


def split(ports: Ports, id: str) -> None:
    """Looks what the file is and writes its document with its page list, then has the pages read."""
    read = ports.index.get(IntakeJob, id)
    if read.record.state == JobState.READING:
        send_pages(ports, read.record)
    if read.record.state != JobState.RECEIVED:
        return
    try:
        examined = _examine(ports, read.record)
    except Unreadable as reason:
        _fail(ports, read, reason)
        return
    try:
        read = splitting.with_parts(ports, read, examined)
        documents = [_made(ports, document) for document in splitting.documents_of(ports, read.record, examined)]
        job = audit.change(ports, read, _being_read(ports, read.record, documents, examined)).record
    except Conflict:
        return  # another worker was quicker
    send_pages(ports, job)
    for document in documents:
        if not document.pages:
            finish(ports, document.id)


def _made(ports: Ports, document: Document) -> Document:
    try:
        return audit.create(ports, document).record
    except Conflict:
        return ports.index.get(Document, document.id).record


def _being_read(ports: Ports, job: IntakeJob, documents: Sequence[Document], examined: Examined) -> IntakeJob:
    pages = sum(len(document.pages) for document in documents)
    last = audit.event(ports, SYSTEM, "split", documents=len(documents), pages=pages, type=examined.media_type)
    return job.model_copy(
        update={
            "state": JobState.READING,
            "documents": tuple(document.id for document in documents),
            "pages": pages,
            "warnings": examined.warnings,
            "last": last,
        }
    )


def _examine(ports: Ports, job: IntakeJob) -> Examined:
    too_often = Unreadable("file_kills_reader", name=job.file_name)
    with (
        page_reading.counted(ports, splitting.document_id(job.id), 0, too_often),
        ports.store.local_file(job.source) as path,
    ):
        return ports.decoder.examine(path, job.file_name)


def send_pages(ports: Ports, job: IntakeJob) -> None:
    """Has the pages read that are not. A file's pages are dealt out to a few strands, each a message: a worker reads
    of one as long as a turn lasts and sends the rest to the end of the queue. So files take turns: one that comes
    behind a thousand pages waits for one round of strands, and no longer."""
    pages: list[tuple[str, int]] = []
    for document in ports.index.get_many(Document, job.documents).values():
        waiting = _not_final(ports, document.record)
        pages += [(document.record.id, number) for number in waiting]
        if not waiting:
            ports.queue.finish(document.record.id, priority=job.priority)
    for strand in range(min(STRANDS, len(pages))):
        (document_id, numbers), *rest = _by_document(pages[strand::STRANDS])
        ports.queue.read(document_id, numbers, priority=job.priority, rest=rest)


def _by_document(pages: Sequence[tuple[str, int]]) -> list[tuple[str, list[int]]]:
    together: dict[str, list[int]] = {}
    for document_id, number in pages:
        together.setdefault(document_id, []).append(number)
    return list(together.items())


def _not_final(ports: Ports, document: Document, among: Sequence[int] | None = None) -> list[int]:
    """Numbers of the pages (of those in `among`, else of all) that are neither read nor failed, decided by id."""
    wanted = None if among is None else set(among)
    numbers = [page.number for page in document.pages if wanted is None or page.number in wanted]
    ids = {page_id(DocumentId(document.id), number): number for number in numbers}
    there = ports.index.get_many(Page, ids)
    return [n for id, n in ids.items() if id not in there or not PageState(there[id].record.state).is_final]


def _is_read(ports: Ports, document: Document) -> bool:
    """Whether every page is final. Looks from the end, which is read last, and no further than it must: it is asked
    after every page of a file of thousands."""
    numbers = [page.number for page in document.pages]
    ends = range(len(numbers), 0, -AT_ONCE)
    return not any(_not_final(ports, document, numbers[max(0, end - AT_ONCE) : end]) for end in ends)


def read_pages(
    ports: Ports, document_id: str, numbers: Sequence[int], *, go_on: Callable[[], bool] = lambda: True
) -> list[int]:
    """Reads those of the pages that are not final yet, writes each page's record as soon as it is read, and finishes
    the document when its last page is in. Stops before a page where `go_on` says no; the numbers left."""
    document = ports.index.get(Document, document_id)
    wanted = sorted(_not_final(ports, document.record, numbers))
    for at, number in enumerate(wanted):
        if not go_on():
            return wanted[at:]
        facts = page_reading.read_page(ports, document.record, number)
        filing.write_page(ports, document_id, facts)
    document = ports.index.get(Document, document_id)
    if document.record.finished != "yes" and _is_read(ports, document.record):
        finish(ports, document_id)
    return []


def finish(ports: Ports, document_id: str) -> None:
    """Classifies a document all of whose pages are final, files its pages and closes the job."""
    document = ports.index.get(Document, document_id)
    if not _is_read(ports, document.record):
        return
    if document.record.finished != "yes":
        try:
            document = classifying.classify(ports, document)
        except Conflict:
            return  # another worker finishes it, or a person files it: the sweeper looks again
    filing.refile_pages(ports, document)
    copies.keep_in_step_with(ports, document.record)
    _close(ports, document.record.job)


def _close(ports: Ports, id: str) -> None:
    read = ports.index.get(IntakeJob, id)
    job = read.record
    documents = ports.index.get_many(Document, job.documents).values()
    if job.state != JobState.READING or any(d.record.finished != "yes" for d in documents):
        return
    ids = [page_id(DocumentId(d.record.id), p.number) for d in documents for p in d.record.pages]
    failed = sum(p.record.state == PageState.FAILED for p in ports.index.get_many(Page, ids).values())
    counts = {"pages_read": len(ids) - failed, "pages_failed": failed}
    last = audit.event(ports, SYSTEM, "read", read=len(ids) - failed, failed=failed)
    try:
        audit.change(ports, read, job.model_copy(update={"state": JobState.DONE, "last": last, **counts}))
    except Conflict:
        _close(ports, id)  # a lease was renewed, or another worker closed it


def _fail(ports: Ports, read: Versioned[IntakeJob], reason: Unreadable) -> None:
    data = {name: value for name, value in reason.data.items() if isinstance(value, str | int)}
    failed = read.record.model_copy(
        update={
            "state": JobState.FAILED,
            "failure": reason.key,
            "failure_data": data,
            "last": audit.event(ports, SYSTEM, "fail", reason=reason.key),
        }
    )
    try:
        audit.change(ports, read, failed)
    except Conflict:
        log.info("job %s was changed while it failed", read.record.id)


def retry(ports: Ports, actor: Actor, id: str) -> IntakeJob:
    """Tries a failed job, or the failed pages of a job, again. Raises NotFound, Forbidden."""
    actor.must(Permission.INTAKE)
    read = ports.index.get(IntakeJob, id)
    job = read.record
    event = audit.event(ports, actor, "retry")
    urgency = min(job.priority, PRIORITY["upload"])  # a person asks for it
    fresh = {"tries": 0, "lease_until": ports.clock.now() + LEASE, "priority": urgency, "last": event}
    if job.state == JobState.FAILED:
        page_reading.forget_tries(ports, splitting.document_id(id), 0)
        fresh |= {"state": JobState.RECEIVED, "failure": "", "failure_data": {}}
        done = audit.change(ports, read, job.model_copy(update=fresh)).record
        ports.queue.split(id, priority=urgency)
        return done
    unread = _to_reopen(ports, job)
    if not unread:
        return job
    fresh |= {"state": JobState.READING, "pages_failed": 0}
    audit.change(ports, read, job.model_copy(update=fresh))  # first: whoever ends now leaves the rest to the sweeper
    for document, pages in unread.items():
        _reopen(ports, actor, document, pages)
    done = revise(ports, IntakeJob, id, lambda job: _still_read(ports, actor, job)).record
    send_pages(ports, done)
    return done


def _to_reopen(ports: Ports, job: IntakeJob) -> dict[str, list[int]]:
    """The pages to be read again, by document: those that failed, and where the job is closed all that are not read,
    since then nobody else has them in hand."""
    found = {}
    for document in ports.index.get_many(Document, job.documents).values():
        ids = {page_id(DocumentId(document.record.id), page.number): page.number for page in document.record.pages}
        states = {id: read.record.state for id, read in ports.index.get_many(Page, ids).items()}
        pages = [n for id, n in ids.items() if _is_to_reopen(states.get(id, PageState.WAITING), job)]
        if pages:
            found[document.record.id] = pages
    return found


def _is_to_reopen(state: str, job: IntakeJob) -> bool:
    return state == PageState.FAILED or (job.state == JobState.DONE and state != PageState.READ)


def _reopen(ports: Ports, actor: Actor, document_id: str, numbers: Sequence[int]) -> None:
    """Sets a document to unfinished and those of its pages to waiting."""
    event = audit.event(ports, actor, "retry", pages=len(numbers))
    update = {"finished": "no", "last": event}
    revise(ports, Document, document_id, lambda d: d.model_copy(update=update) if d.finished == "yes" else None)
    for number in numbers:
        page_reading.forget_tries(ports, document_id, number)
    ids = [page_id(DocumentId(document_id), number) for number in numbers]
    pages = [p.record for p in ports.index.get_many(Page, ids).values() if p.record.state != PageState.READ]
    ports.index.put([page.model_copy(update={"state": PageState.WAITING}) for page in pages])


def _still_read(ports: Ports, actor: Actor, job: IntakeJob) -> IntakeJob | None:
    """The job as being read, where a late message closed it before its pages were waiting."""
    if job.state != JobState.DONE:
        return None
    last = audit.event(ports, actor, "retry")
    return job.model_copy(update={"state": JobState.READING, "pages_failed": 0, "last": last})
