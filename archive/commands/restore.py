"""`dossier restore`: an archive from a backup, looked through before it is used."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from archive.commands import backup, instance
from archive.commands.backup import KEY, RECORDS, STORE, Note
from archive.commands.opening import json_option, opened, print_json, progress_console, read_settings, say
from archive.config import Settings
from archive.errors import Conflict, Refused, Unavailable

if TYPE_CHECKING:
    from archive.services.trail import Verified
    from ingest.store_copy import Copied

SEARCHABLE_SECONDS = 3600.0


@dataclass(frozen=True, slots=True)
class Restored:
    """What is there now, and what is not as the backup's note says."""

    copied: Copied
    records: dict[str, int]
    missing: dict[str, int]  # by kind: so many fewer than were backed up
    trail: Verified
    searchable: bool

    @property
    def is_whole(self) -> bool:
        return not (self.missing or self.copied.damaged) and self.trail.is_whole and self.searchable


@click.command(
    epilog="""\b
Examples:
  dossier --data /srv/archive restore /media/disk-1/dossier
\b
Afterwards every record is counted, every file compared with its hash, and the audit trail verified.
Exit codes: 0 restored and whole, 1 restored with what is told missing, 3 no backup there, 4 the folder is not empty.
"""
)
@click.argument("from_", metavar="FROM", type=click.Path(path_type=Path, file_okay=False, exists=True))
@json_option
def command(from_: Path, as_json: bool) -> None:
    """Make the archive from the backup in FROM, in an empty data folder."""
    settings = read_settings()
    backup.check(settings)
    note = backup.read_note(from_)
    if instance.running(settings) is not None:
        raise Conflict("stop_first")
    if (settings.data / "index" / RECORDS).exists() or backup.store_folder(settings).exists():
        raise Refused("restore_not_empty", data=str(settings.data))
    with instance.only_one(settings, "dossier restore"):
        made = _restore(settings, from_.absolute(), note)
    _tell(made, note, as_json)
    click.get_current_context().exit(0 if made.is_whole else 1)


def _restore(settings: Settings, folder: Path, note: Note) -> Restored:
    with progress_console().status("files") as shown:
        try:
            copied = _copy(settings, folder, lambda n: shown.update(f"files {n} / {note.files}"))
        except OSError as reason:
            raise Unavailable("restore_failed", reason=reason.strerror or str(reason)) from reason
        return _looked_through(copied, note, shown.update)


def _copy(settings: Settings, folder: Path, progress: Callable[[int], None]) -> Copied:
    """The records last: before them there is no archive here."""
    from ingest.store_copy import copy_store
    from search.embedded.copying import held_in

    with held_in(folder / RECORDS) as wanted:
        copied = copy_store(folder / STORE, backup.store_folder(settings), wanted, progress)
    if (folder / KEY).exists():
        shutil.copy2(folder / KEY, settings.data / KEY)
    index = settings.data / "index"
    index.mkdir(mode=0o700)
    shutil.copy2(folder / RECORDS, index / f"{RECORDS}.new")
    (index / f"{RECORDS}.new").rename(index / RECORDS)
    return copied


def _looked_through(copied: Copied, note: Note, progress: Callable[[str], None]) -> Restored:
    from archive.services import trail

    with opened() as archive:
        ports = archive.ports
        progress("search")
        searchable = ports.index.refresh(sys.maxsize, wait=SEARCHABLE_SECONDS)
        records = dict(ports.index.health().records)
        verified = trail.verify(ports, archive.actor, lambda done, _: progress(f"audit {done}"))
    missing = {kind: n - records.get(kind, 0) for kind, n in note.records.items() if records.get(kind, 0) < n}
    return Restored(copied, records, missing, verified, searchable)


def _tell(made: Restored, note: Note, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "whole": made.is_whole,
                "of": note.at,
                "records": made.records,
                "missing": made.missing,
                "damaged": made.copied.damaged,
                "trail_whole": made.trail.is_whole,
                "searchable": made.searchable,
            }
        )
        return
    click.echo(f"{sum(made.records.values())} records, {made.copied.files} files, as of {note.at}")
    for kind, number in made.missing.items():
        say(f"missing: {number} of kind {kind}", f"缺少：{kind} {number} 条")
    for name in made.copied.damaged:
        say(f"damaged in the backup, not restored: {name}", f"备份里已损坏，没有恢复：{name}")
    if not made.trail.is_whole:
        say("The audit trail is not whole: dossier audit verify", "审计记录不完整，运行 dossier audit verify 查看")
    if made.is_whole:
        say("All is there.", "全部恢复，核对无误。")
