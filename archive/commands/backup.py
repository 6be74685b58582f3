"""`dossier backup`: a copy of an archive of one machine, made while it is in use."""

from __future__ import annotations

import json
import os
import shutil
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from archive.commands.opening import json_option, must_own, print_json, progress_console, read_settings, say
from archive.config import Settings
from archive.errors import InvalidInput, NotFound, Refused, Unavailable
from archive.version import VERSION

if TYPE_CHECKING:
    from ingest.store_copy import Copied

# What a backup holds. The note is written last: a folder without it is no backup.
NOTE, RECORDS, STORE, KEY = "backup.json", "records.db", "store", "secret.key"


@dataclass(frozen=True, slots=True)
class Note:
    """What stands in the note: when, by which version, how many records of each kind, how many files."""

    at: str
    version: str
    records: dict[str, int]
    files: int


@click.command(
    epilog="""\b
Examples:
  dossier backup /media/disk-1/dossier        the whole archive; the next time only what is new
  dossier restore /media/disk-1/dossier       into an empty data folder (--data)
\b
The records are copied as they stand at one moment; what comes in meanwhile is in the next backup.
Exit codes: 0 backed up, 1 backed up but for files that are damaged in the archive itself, 5 not finished.
"""
)
@click.argument("to", type=click.Path(path_type=Path, file_okay=False))
@json_option
def command(to: Path, as_json: bool) -> None:
    """Copy the archive into the folder TO, also while it runs."""
    settings = read_settings()
    to = to.expanduser().absolute()
    check(settings)
    if not (settings.data / "index" / RECORDS).exists():
        raise NotFound("nothing_there", data=str(settings.data))
    must_own(settings.data)
    if to.resolve().is_relative_to(settings.data.resolve()):
        raise InvalidInput("backup_inside", field="to", folder=str(to))
    try:
        note, copied = back_up(settings, to)
    except OSError as reason:
        raise Unavailable("backup_failed", reason=reason.strerror or str(reason)) from reason
    if as_json:
        print_json({**asdict(note), "to": str(to), "new_files": copied.new, "damaged": copied.damaged})
    else:
        click.echo(f"{sum(note.records.values())} records, {note.files} files, {copied.new} of them new: {to}")
    for name in copied.damaged:
        say(f"damaged in the archive, not copied: {name}", f"档案里已损坏，没有复制：{name}")
    click.get_current_context().exit(1 if copied.damaged else 0)


def check(settings: Settings) -> None:
    """Raises Refused where the archive is not of one machine."""
    if settings.index or settings.store.startswith("s3:"):
        raise Refused("backup_not_of_this")


def store_folder(settings: Settings) -> Path:
    """Where the scans lie."""
    return Path(settings.store.removeprefix("file://")) if settings.store else settings.data / STORE


def back_up(settings: Settings, to: Path) -> tuple[Note, Copied]:
    """Copies records, then what they speak of, then says that it is done. Until then the backup before it holds."""
    from ingest.store_copy import copy_store
    from search.embedded.copying import copy_records, counts_in, held_in

    to.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = to / f"{RECORDS}.new"
    draft.unlink(missing_ok=True)
    at = datetime.now(UTC).isoformat("T", "seconds")
    with progress_console().status("records") as shown:
        copy_records(settings.data / "index", draft, lambda done, whole: shown.update(f"records {done} / {whole}"))
        with held_in(draft) as wanted:
            copied = copy_store(store_folder(settings), to / STORE, wanted, lambda n: shown.update(f"files {n}"))
        note = Note(at, VERSION, counts_in(draft), copied.files)
    with suppress(FileNotFoundError):
        shutil.copy2(settings.data / KEY, to / KEY)
    os.sync()  # what the note speaks of is on the disk before the note is
    _put(draft, to / RECORDS, to / NOTE, note)
    return note, copied


def _put(draft: Path, records: Path, place: Path, note: Note) -> None:
    written = place.with_suffix(".new")
    written.write_text(json.dumps(asdict(note), indent=1), "utf-8")
    draft.replace(records)
    written.replace(place)
    os.sync()


def read_note(folder: Path) -> Note:
    """The note of a backup. Raises NotFound where there is none, or it cannot be read."""
    try:
        return Note(**json.loads((folder / NOTE).read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        raise NotFound("no_backup_there", folder=str(folder)) from None
