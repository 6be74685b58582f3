"""`dossier ingest`: files and folders come in from the command line."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from archive.commands import instance, waiting
from archive.commands.opening import (
    Opened,
    as_option,
    json_option,
    opened,
    print_json,
    read_settings,
    say,
    told,
    told_by_key,
)
from archive.config import Settings
from archive.domain.intake_job import JobState, Wish
from archive.errors import ArchiveError, InvalidInput
from ingest.door import FoundFile, files_in, open_file, shown
from workers.queue import InProcessQueue

if TYPE_CHECKING:
    from archive.services import intake

Received = tuple[FoundFile, "intake.Received"]


@dataclass
class Taken:
    """What became of the files, one entry a file."""

    filed: list[dict[str, object]] = field(default_factory=list)
    failed: list[dict[str, object]] = field(default_factory=list)
    known: list[dict[str, object]] = field(default_factory=list)

    def exit_code(self, *, retried: bool) -> int:
        """1 where something failed: of what was known before only where that was to be read again."""
        looked_at = (*self.filed, *self.known) if retried else self.filed
        return 1 if self.failed or any(one.get("pages_failed") for one in looked_at) else 0

    @property
    def waits(self) -> bool:
        """Whether any of the files is not read yet, known or not."""
        return any(one["state"] in (JobState.RECEIVED, JobState.READING) for one in (*self.filed, *self.known))


@click.command(
    epilog="""\b
Examples:
  dossier ingest scan.pdf                                  filed by what is found in it
  dossier ingest ~/scans --wait                            a folder; returns when all of it can be searched
  dossier ingest *.tif --dossier KH-2024-031               into this dossier
  dossier ingest a.pdf --dossier KH-2025-001 --scheme engineering-customer
                                                           into a new dossier of this scheme
  dossier ingest binder.pdf --split bookmarks              one document a bookmark
  dossier ingest scan.pdf --retry                          reads its failed pages again
\b
Exit codes: 0 all files are in, 1 some failed (each with its reason), 2 the scheme is unknown, 3 the dossier is unknown,
5 nobody reads them, or they do not become searchable (what came in is told all the same).
"""
)
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH...")
@click.option("--dossier", "number", metavar="NUMBER", default="", help="Dossier to file them in.")
@click.option("--scheme", metavar="ID", default="", help="Filing scheme; with an unknown dossier: it is made.")
@click.option(
    "--split",
    type=click.Choice(["no", "bookmarks"]),
    default="no",
    show_default=True,
    help="bookmarks: each of a PDF's outermost bookmarks begins a document of its own.",
)
@click.option("--wait", is_flag=True, help="Return when everything is searchable; reads by itself if no worker runs.")
@click.option("--retry", is_flag=True, help="Read the failed pages of known files again.")
@json_option
@as_option
def command(
    paths: Sequence[Path],
    number: str,
    scheme: str,
    split: str,
    wait: bool,
    retry: bool,
    as_json: bool,
    login: str | None,
) -> None:
    """Take files or folders in.

    Every file is stored under its hash before it is acknowledged. Prints what was filed, what failed with the reason,
    and what was known already.
    """
    settings = read_settings()
    bar = waiting.Bar(shown=wait and not as_json)
    # Where nobody works, the work is done here, or lies until somebody does: there is no queue to send to.
    queue = None if _worker_runs(settings) else InProcessQueue(bar.pulse)
    received: list[Received] = []
    taken = Taken()
    with opened(login, queue=queue, make=True) as archive:
        wish = _wish(archive, number, scheme).model_copy(update={"split": "" if split == "no" else split})
        files = list(files_in(paths))
        try:
            with bar:
                _receive(archive, files, wish, received, taken, visible=not as_json)
                if retry:
                    _retry(archive, received)
                if wait:
                    _wait(archive, received, bar, queue, settings)
        finally:  # whatever ended it: what came in until then is told
            _sort(archive, received, taken)
            _tell(taken, as_json, wait, settings)
    click.get_current_context().exit(taken.exit_code(retried=retry and wait))


def _worker_runs(settings: Settings) -> bool:
    """Whether somebody reads what is sent: `dossier up` on this data folder, or the workers of a deployment."""
    return bool(settings.broker) or instance.running(settings) is not None


def _wish(archive: Opened, number: str, scheme: str) -> Wish:
    """What was said of the files. Raises InvalidInput where scheme or dossier are unknown."""
    if scheme and scheme not in archive.ports.schemes:
        raise InvalidInput("no_such_scheme", field="scheme", scheme=scheme, known=", ".join(archive.ports.schemes))
    if not number:
        return Wish(scheme=scheme)
    from archive.commands.choosing import dossier_for

    dossier = dossier_for(archive, number, scheme)
    return Wish(dossier=dossier.id, scheme=dossier.scheme)


def _receive(
    archive: Opened, files: Sequence[FoundFile], wish: Wish, received: list[Received], taken: Taken, *, visible: bool
) -> None:
    """Takes the files in, and counts them on the terminal if that is to be visible. Those that came in or were known
    go to `received`, the others to `taken` as failed."""
    batch = f"{archive.ports.clock.now():%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"
    with waiting.counting("files", len(files), shown=visible) as one_more:
        for given in files:
            try:
                received.append((given, _take(archive, given, wish, batch)))
            except ArchiveError as reason:
                taken.failed.append({"file": str(given.path), "reason": told(reason), "key": reason.key})
            one_more()


def _take(archive: Opened, given: FoundFile, wish: Wish, batch: str) -> intake.Received:
    """Takes one file in. Raises ArchiveError."""
    from archive.services import intake

    with open_file(given.path) as file:
        return intake.receive(
            archive.ports, archive.actor, file, shown(given.path), channel="command", batch=batch,
            wish=wish.model_copy(update={"folder": given.folder}),
        )  # fmt: skip


def _retry(archive: Opened, received: Sequence[Received]) -> None:
    """Has the failed pages read again; where there are none nothing happens."""
    from archive.services import intake

    for _, one in _visible(received):
        if one.job.state == JobState.DONE:
            intake.retry(archive.ports, archive.actor, one.job.id)


def _resume(archive: Opened, received: Sequence[Received], readers: instance.Readers) -> None:
    """Has those read that came in earlier and were left unread, unless another such command may be reading them."""
    from archive.services import sweeping

    if readers.is_alone():
        for _, one in _visible(received):
            if one.known:
                sweeping.resume(archive.ports, one.job)


def _wait(
    archive: Opened, received: Sequence[Received], bar: waiting.Bar, queue: InProcessQueue | None, settings: Settings
) -> None:
    """Waits until everything is searchable. Raises Unavailable."""
    jobs = [one.job.id for _, one in _visible(received)]
    if queue is None:
        waiting.until_searchable(archive, jobs, bar, settings)
        return
    with instance.readers(settings) as readers, waiting.ended_in_order():
        _resume(archive, received, readers)
        waiting.until_searchable(archive, jobs, bar, settings, waiting.Own(queue, readers))


def _visible(received: Sequence[Received]) -> list[Received]:
    """Those whose jobs whoever brought them may see."""
    return [(given, one) for given, one in received if not one.hidden]


def _sort(archive: Opened, received: Sequence[Received], taken: Taken) -> None:
    """Puts each file where it belongs by what its job says now."""
    for given, one in received:
        entry = {"file": str(given.path), **_entry(archive, one)}
        if entry["state"] == "failed":
            taken.failed.append(entry)
        else:
            (taken.known if one.known else taken.filed).append(entry)


def _entry(archive: Opened, one: intake.Received) -> dict[str, object]:
    """What is told of a file; of one that others brought and this person may not see, that it is known."""
    if one.hidden:
        return {"state": "known", "warnings": [told_by_key("file_known_elsewhere", {})]}
    entry = waiting.entry(archive, one.job.id)
    if one.note:
        entry["warnings"] = [*cast("list[str]", entry.get("warnings", [])), told_by_key(one.note, {})]
    return entry


def _tell(taken: Taken, as_json: bool, waited: bool, settings: Settings) -> None:
    if as_json:
        print_json({"filed": taken.filed, "failed": taken.failed, "known": taken.known})
        return
    for name, entries in (("filed", taken.filed), ("known", taken.known), ("failed", taken.failed)):
        for one in entries:
            click.echo(f"{name:7} {one['file']}{_detail(one)}")
    click.echo(f"{len(taken.filed)} filed, {len(taken.failed)} failed, {len(taken.known)} known")
    if not waited and taken.waits and not _worker_runs(settings):
        say("They are kept, and are read when dossier up runs.", "文件已保存，dossier up 运行后开始识读。")


def _detail(one: dict[str, object]) -> str:
    if "reason" in one:
        return f"\n        {one['reason']}"
    words = [str(one["dossier"])] if one.get("dossier") else []
    if one.get("pages"):
        words.append(f"{one['pages']} p.")
    if one.get("pages_failed"):
        words.append(f"{one['pages_failed']} failed")
    if len(documents := cast("list[object]", one.get("documents", []))) > 1:
        words.append(f"{len(documents)} documents")
    warnings = "".join(f"\n        {said}" for said in cast("list[str]", one.get("warnings", [])))
    return (f"  ({', '.join(words)})" if words else "") + warnings
