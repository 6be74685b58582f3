"""`dossier rebuild`: the index made anew."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from archive.commands import instance
from archive.commands.opening import json_option, opened, print_json, progress_console, read_settings, say
from archive.config import Settings
from archive.domain.document import Page
from archive.errors import Conflict, NotFound

if TYPE_CHECKING:
    from archive.services.rebuild import Rebuilt


@click.command(
    epilog="""\b
Examples:
  dossier rebuild                  the search is made anew from the records, if these are sound; else everything
  dossier rebuild --from-store     everything from the scan store: records, loans, register, pages
\b
The index that was there is put aside beside the new one, never deleted.
Exit codes: 0 rebuilt, 1 rebuilt but some sidecars could not be read, 4 a dossier runs on this data folder.
"""
)
@click.option("--from-store", is_flag=True, help="Make the records anew too, from their sidecars in the scan store.")
@json_option
def command(from_store: bool, as_json: bool) -> None:
    """Make the index anew."""
    settings = read_settings()
    if instance.running(settings) is not None:
        raise Conflict("stop_first")
    if not settings.store and not (settings.data / "store").exists():
        raise NotFound("nothing_there", data=str(settings.data))
    with instance.only_one(settings, "dossier rebuild"):
        aside = _put_aside(settings, whole=from_store)
        made = _rebuild(as_json)
    _tell(made, aside, as_json)
    click.get_current_context().exit(1 if made.broken else 0)


def _put_aside(settings: Settings, *, whole: bool) -> str:
    """Puts the index out of the way, or its search alone where the records are sound; where it is now."""
    if settings.index:
        return _put_aside_on_cluster(settings, whole=whole)
    return _put_aside_here(settings.data / "index", whole=whole)


def _put_aside_on_cluster(settings: Settings, *, whole: bool) -> str:
    from search.cluster import open_cluster
    from search.cluster.migration import migrate
    from search.cluster.repair import put_aside

    index = open_cluster(settings)
    try:
        if whole:
            return ", ".join(put_aside(index))
        if Page.kind in index.kinds():
            migrate(index.cluster, Page, keep_old=False, progress=lambda *_: None)
        return ""
    finally:
        index.close()


def _put_aside_here(folder: Path, *, whole: bool) -> str:
    from search.embedded import discard, discard_search, records_are_sound

    if not folder.exists():
        return ""
    if whole or not records_are_sound(folder):
        return str(discard(folder))
    discard_search(folder)
    return ""


def _rebuild(as_json: bool) -> Rebuilt:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    from archive.services import rebuild

    columns = (TextColumn("{task.description:10}"), BarColumn(), MofNCompleteColumn())
    with opened(make=True) as archive, Progress(*columns, console=progress_console(), disable=as_json) as bars:
        tasks = {name: bars.add_task(name, total=None) for name in ("records", "pages", "reconcile", "search")}
        return rebuild.rebuild(
            archive.ports, lambda stage, done, whole: bars.update(tasks[stage], completed=done, total=whole or None)
        )


def _tell(made: Rebuilt, aside: str, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "records": made.records,
                "pages": made.pages,
                "broken": made.broken,
                "searchable": made.searchable,
                "old_index": aside,
            }
        )
        return
    records = sum(made.records.values())
    click.echo(f"{records} records, {made.pages} pages")
    for name in made.broken:
        click.echo(f"broken sidecar: {name}")
    if aside:
        say(f"The old index is kept: {aside}", f"旧索引保留在：{aside}")
    if not made.searchable:
        say("Not all is searchable yet; dossier up goes on with it.", "还有一部分不能检索，dossier up 会接着做。")
