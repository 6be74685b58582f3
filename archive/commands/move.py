"""`dossier move`: all records from one index to another."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from archive.commands import instance
from archive.commands.opening import json_option, print_json, progress_console, read_settings, say
from archive.config import Settings
from archive.errors import Conflict, InvalidInput, NotFound

if TYPE_CHECKING:
    from archive.services.moving import Moved, Positions

EMBEDDED = "embedded"


@click.command(
    epilog="""\b
Examples:
  dossier move --from embedded --to https://search:9200    from this machine to a cluster
  dossier move --from https://search:9200 --to embedded    and back
\b
Names, passwords, certificates and the prefix of a cluster are those of the DOSSIER_INDEX_ settings. Stop everything
that writes first: `dossier up`, web servers, workers. A move that was broken off is gone on with by the same command.
Afterwards set DOSSIER_INDEX to the new address (or take it away) and start again; the index that was left is kept.
Exit codes: 0 moved and found equal, 1 moved but both differ (something wrote meanwhile: run it again), 4 a dossier
runs on this data folder, or the target holds an archive of its own, 5 a cluster does not answer.
"""
)
@click.option("--from", "source", required=True, metavar="INDEX", help="`embedded`, or the address of a cluster.")
@click.option("--to", "target", required=True, metavar="INDEX", help="`embedded`, or the address of a cluster.")
@json_option
def command(source: str, target: str, as_json: bool) -> None:
    """Move all records, the register of loans too, from one index to another, and compare both."""
    settings = read_settings()
    if source == target:
        raise InvalidInput("move_same", place=source)
    if source == EMBEDDED and not (settings.data / "index").exists():
        raise NotFound("nothing_there", data=str(settings.data))
    if instance.running(settings) is not None:
        raise Conflict("stop_first")
    with instance.only_one(settings, "dossier move"):
        made = _move(settings, source, target, quiet=as_json)
    _tell(made, as_json)
    click.get_current_context().exit(1 if made.differing else 0)


def _move(settings: Settings, source: str, target: str, *, quiet: bool) -> Moved:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    from archive.bootstrap import choose_index
    from archive.services import moving

    left, taken = (choose_index(_settings_for(settings, end)) for end in (source, target))
    notes = _Notes(settings.data / "run", source, target, settings.index_prefix)
    columns = (TextColumn("{task.description:10}"), BarColumn(), MofNCompleteColumn())
    try:
        with Progress(*columns, console=progress_console(), disable=quiet) as bars:
            tasks = {kind.kind: bars.add_task(kind.kind, total=None) for kind in moving.moved_kinds()}
            made = moving.move(
                left,
                taken,
                lambda kind, done, whole: bars.update(tasks[kind], completed=done, total=whole),
                notes.read(),
                notes.write,
            )
    finally:
        left.close()
        taken.close()
    notes.forget()  # where both differ everything is looked at again
    return made


def _settings_for(settings: Settings, end: str) -> Settings:
    return settings.model_copy(update={"index": "" if end == EMBEDDED else end})


class _Notes:
    """How far a move has come, kept in a file of the data folder."""

    def __init__(self, folder: Path, *ends: str) -> None:
        name = hashlib.sha256("\0".join(ends).encode()).hexdigest()[:12]
        self._path = folder / f"move-{name}.json"

    def read(self) -> Positions | None:
        try:
            found: Positions = json.loads(self._path.read_text("utf-8"))
        except (OSError, ValueError):  # none, or cut off: everything is looked at again
            return None
        return found

    def write(self, positions: Positions) -> None:
        draft = self._path.with_suffix(".new")
        draft.write_text(json.dumps(positions), "utf-8")
        draft.replace(self._path)

    def forget(self) -> None:
        self._path.unlink(missing_ok=True)


def _tell(made: Moved, as_json: bool) -> None:
    if as_json:
        kinds = {kind: {"records": one.records, "deletions": one.deletions, "digest": one.digest}
                 for kind, one in made.kinds.items()}  # fmt: skip
        print_json({"kinds": kinds, "differing": made.differing})
        return
    records = sum(one.records for one in made.kinds.values())
    deletions = sum(one.deletions for one in made.kinds.values())
    click.echo(f"{records} records, {deletions} deletions")
    if made.differing:
        names = ", ".join(made.differing)
        say(
            f"Both indices differ in: {names}. Something wrote meanwhile; stop it and run this again.",
            f"两个索引不一致：{names}。迁移时还有程序在写；停掉后再运行一次。",
        )
    else:
        say("Both indices hold the same.", "两个索引内容一致。")
