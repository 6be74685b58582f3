"""`dossier status`: how the archive stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, TypeVar

import click

from archive.commands import instance
from archive.commands.opening import (
    Opened,
    as_option,
    console,
    json_option,
    opened,
    print_json,
    read_settings,
    told,
    told_by_key,
)
from archive.domain.access import Access
from archive.domain.document import Document, Review
from archive.domain.intake_job import IntakeJob, JobState
from archive.domain.query import Is
from archive.errors import ArchiveError

if TYPE_CHECKING:
    from archive.services.health import Health, OpenTooLong, Told

T = TypeVar("T")
Facts = dict[str, object]


@click.command(
    epilog="""\b
Examples:
  dossier status
  dossier status --json
\b
A part that is away is told under "away", with what to do; the others are told all the same.
Exit codes: 0 told, 3 there is no archive in the data folder, 4 the account may not look after the archive, 5 the
index does not answer, 7 it is damaged (the other parts are told all the same).
"""
)
@json_option
@as_option
def command(as_json: bool, login: str | None) -> None:
    """How the archive stands: what runs, records, queue, workers, files being read, disk, what is stuck."""
    from archive.services import health

    with opened(login) as archive:
        seen = health.look(archive.ports, archive.actor)
        facts = stand(archive, seen)
    if as_json:
        print_json(facts)
    else:
        _print(facts)
    if seen.index.fault is not None:
        raise seen.index.fault


def stand(archive: Opened, seen: Health) -> Facts:
    """The facts of the health screen, and those of this machine."""
    settings = read_settings()
    there = instance.running(settings)
    facts: Facts = {
        "data": str(settings.data),
        "running": there is not None,
        "address": there.address if there else "",
        **_of(seen.index, lambda part: _index(part.engine, part.records, part.behind, part.bytes_on_disk)),
        **_of(seen.index, lambda part: {"cluster": part.state, "nodes": part.nodes} if part.state else {}),
        **_of(
            seen.room, lambda part: {"free_bytes": part.free, "bytes_a_day": part.a_day, "days_left": part.days_left}
        ),
        **_of(seen.work, lambda part: {"queue": part.waiting, "queues": dict(part.depths), "oldest": part.oldest}),
        **_of(seen.work, lambda part: {"workers": [f"{one.host} {one.pid} {one.version}" for one in part.workers]}),
        **_of(seen.pace, lambda part: {"pages_a_minute": round(part.a_minute), "pages_last_hour": part.last_hour}),
        **_of(seen.pace, lambda part: {"pages_last_day": part.last_day, "pages_failed": part.pages_failed}),
        **_of(seen.pace, lambda part: {"failures": {one.key: one.number for one in part.reasons}}),
        **_files(archive),
        "stuck": _stuck(seen),
        "ocr": archive.ports.ocr.key,
        "away": _away(seen),
    }
    facts.setdefault("queue", archive.ports.queue.depth())  # may answer though what else is told of work does not
    return facts


def _of(part: Told[T], facts: Callable[[T], Facts]) -> Facts:
    return facts(part.value) if part.value is not None else {}


def _index(engine: str, records: Mapping[str, int], behind: int, size: int) -> Facts:
    return {"engine": engine, "records": dict(records), "not_yet_searchable": behind, "index_bytes": size}


def _files(archive: Opened) -> Facts:
    """Files by state, and documents that wait for a person."""
    index, whole = archive.ports.index, Access.whole_archive()
    try:
        files = {str(state): index.count(IntakeJob, Is.of("state", state), whole) for state in JobState}
        return {"files": files, "to_review": index.count(Document, Is.of("review", Review.WAITING), whole)}
    except ArchiveError:
        return {}  # told once, by the index itself


def _stuck(seen: Health) -> list[str]:
    """A line for each thing that is stuck."""
    part = seen.stuck.value
    if part is None:
        return []
    failed = [f"{job.file_name}: {told_by_key(job.failure, job.failure_data)}" for job in part.failed if job.failure]
    pages = [f"{job.file_name}: {job.pages_failed} / {job.pages}" for job in part.failed if not job.failure]
    letters = [f"{one.step} {one.about}: {told_by_key(one.reason, {})} {one.detail}" for one in part.letters]
    return [*(_open_line(one) for one in part.jobs), *failed, *pages, *letters]


def _open_line(one: OpenTooLong) -> str:
    return f"{one.job.file_name}: {told_by_key(one.key, {'tries': one.job.tries})}"


def _away(seen: Health) -> list[str]:
    """The sentence of each part that does not answer, once."""
    faults = [part.fault for part in (seen.index, seen.work, seen.room, seen.pace, seen.stuck) if part.fault]
    return list(dict.fromkeys(told(fault) for fault in faults))


def _print(facts: Facts) -> None:
    from rich.table import Table

    grid = Table.grid(padding=(0, 2))
    for name, value in facts.items():
        grid.add_row(name.replace("_", " "), _words(name, value))
    console().print(grid)


def _words(name: str, value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {count}" for key, count in value.items()) or "-"
    if isinstance(value, list):
        return "\n".join(str(one) for one in value) or "-"
    if "bytes" in name and isinstance(value, int):
        return f"{value / 1024**2:,.0f} MB"
    if value is None:
        return "does not answer" if name == "queue" else "-"
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
