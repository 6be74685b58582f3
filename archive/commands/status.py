"""`dossier status`: how the archive stands."""

from __future__ import annotations

import click

from archive.commands import instance
from archive.commands.opening import Opened, as_option, console, json_option, opened, print_json, read_settings
from archive.domain.document import Document, Page, PageState, Review
from archive.domain.intake_job import IntakeJob, JobState
from archive.domain.query import Is


@click.command(
    epilog="""\b
Examples:
  dossier status
  dossier status --json
\b
Exit codes: 0 told, 3 there is no archive in the data folder, 7 the index is damaged.
"""
)
@json_option
@as_option
def command(as_json: bool, login: str | None) -> None:
    """How the archive stands: what runs, records, queue, files being read, disk."""
    with opened(login) as archive:
        told = stand(archive)
    if as_json:
        print_json(told)
    else:
        _print(told)


def stand(archive: Opened) -> dict[str, object]:
    """The figures."""
    settings = read_settings()
    there = instance.running(settings)
    ports, access = archive.ports, archive.actor.access
    health = ports.index.health()
    return {
        "data": str(settings.data),
        "running": there is not None,
        "address": there.address if there else "",
        "engine": health.engine,
        "records": dict(health.records),
        "not_yet_searchable": health.behind,
        "index_bytes": health.bytes_on_disk,
        "free_bytes": ports.store.free_bytes(),
        "queue": ports.queue.depth(),
        "files": {str(state): ports.index.count(IntakeJob, Is.of("state", state), access) for state in JobState},
        "pages_failed": ports.index.count(Page, Is.of("state", PageState.FAILED), access),
        "to_review": ports.index.count(Document, Is.of("review", Review.WAITING), access),
        "ocr": ports.ocr.key,
    }


def _print(told: dict[str, object]) -> None:
    from rich.table import Table

    grid = Table.grid(padding=(0, 2))
    for name, value in told.items():
        grid.add_row(name.replace("_", " "), _words(name, value))
    console().print(grid)


def _words(name: str, value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {count}" for key, count in value.items()) or "-"
    if name.endswith("_bytes") and isinstance(value, int):
        return f"{value / 1024**2:,.0f} MB"
    if value is None:
        return "does not answer"
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
