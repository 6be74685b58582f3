"""`dossier index`: the indices on a cluster."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from archive.commands.opening import console, json_option, print_json, progress_console, read_settings
from archive.domain.kinds import KINDS
from archive.errors import InvalidInput

if TYPE_CHECKING:
    from search.cluster.index import ClusterIndex
    from search.cluster.migration import Migrated


@click.group()
def command() -> None:
    """The indices on a cluster (DOSSIER_INDEX): what there is, and making them anew."""


@command.command(
    epilog="""\b
Examples:
  dossier index show
\b
Exit codes: 0 told, 2 DOSSIER_INDEX is not set, 5 the cluster does not answer.
"""
)
@json_option
def show(as_json: bool) -> None:
    """Which index holds each kind of records, with how many records and bytes."""
    from search.cluster.telling import indices_told

    index = _cluster()
    try:
        told = indices_told(index.cluster, index.kinds())
    finally:
        index.close()
    if as_json:
        print_json(told)
        return
    from rich.table import Table

    table = Table("kind", "index", "records", "deleted", "bytes", "shards", "replicas", box=None)
    for one in told:
        table.add_row(
            *(str(one[name]) for name in ("kind", "index", "records", "deleted", "bytes", "shards", "replicas"))
        )
    console().print(table)


@command.command(
    epilog="""\b
Examples:
  DOSSIER_INDEX_SHARDS=6 dossier index migrate --kind page    more shards for the pages
  dossier index migrate                                       all kinds, after an upgrade that says so
\b
Readers and writers go on meanwhile; for the last moments writers wait. What is broken off leaves the old index in use.
Exit codes: 0 migrated, 2 DOSSIER_INDEX is not set, 4 another migration runs, 5 the cluster does not answer, or both
did not come out equal.
"""
)
@click.option("--kind", "kinds", multiple=True, metavar="KIND", help="Only this kind of records; may be given again.")
@click.option("--keep-old", is_flag=True, help="Keep the old index, which nothing uses any more.")
@json_option
def migrate(kinds: tuple[str, ...], keep_old: bool, as_json: bool) -> None:
    """Make indices anew by the settings of now (shards, replicas, fields), verify them, and use them."""
    unknown = [kind for kind in kinds if kind not in KINDS]
    if unknown:
        raise InvalidInput("index_kind_unknown", field="kind", kind=unknown[0], kinds=", ".join(KINDS))
    index = _cluster()
    try:
        there = index.kinds()  # of what was never written there is nothing to make anew
        wanted = [kind for kind in kinds or there if kind in there]
        made = _migrate(index, wanted, keep_old=keep_old, quiet=as_json)
    finally:
        index.close()
    if as_json:
        print_json([asdict(one) for one in made])
        return
    for kind in kinds:
        if kind not in wanted:
            click.echo(f"{kind}: 0 records, nothing to migrate")
    for one in made:
        click.echo(
            f"{one.kind}: {one.records} records, {one.deletions} deletions, {one.old} -> {one.new}, "
            f"writers waited {one.held_back:.1f} s"
        )


def _migrate(index: ClusterIndex, kinds: Sequence[str], *, keep_old: bool, quiet: bool) -> list[Migrated]:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    from search.cluster.migration import migrate as make_anew

    columns = (TextColumn("{task.description:20}"), BarColumn(), MofNCompleteColumn())
    made = []
    with Progress(*columns, console=progress_console(), disable=quiet) as bars:
        for kind in kinds:
            tasks = {what: bars.add_task(f"{kind}: {what}", total=None) for what in ("copy", "compare")}
            made.append(
                make_anew(
                    index.cluster,
                    KINDS[kind],
                    keep_old=keep_old,
                    progress=lambda what, done, whole, tasks=tasks: bars.update(  # type: ignore[misc]
                        tasks[what], completed=done, total=whole or None
                    ),
                )
            )
    return made


def _cluster() -> ClusterIndex:
    settings = read_settings()
    if not settings.index:
        raise InvalidInput("no_cluster", field="index")
    from search.cluster import open_cluster

    return open_cluster(settings)
