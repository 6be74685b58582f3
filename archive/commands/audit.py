"""`dossier audit`: the audit trail, verified and read."""

from __future__ import annotations

import click

from archive.commands.opening import (
    as_option,
    console,
    json_option,
    opened,
    print_json,
    progress_console,
)
from archive.config import terminal_language


@click.group(
    epilog="""\b
Examples:
  dossier audit verify
  dossier audit log --by gu.wendi --json
"""
)
def command() -> None:
    """The audit trail: verify it, read it."""


@command.command(
    epilog="""\b
Examples:
  dossier audit verify
  dossier audit verify --json
\b
Exit codes: 0 the trail is whole, 1 it is broken, with every place.
"""
)
@json_option
@as_option
def verify(as_json: bool, login: str | None) -> None:
    """Verify every chain of events, and every record against its sidecar."""
    from archive.services import trail

    with opened(login) as archive, progress_console().status("…") as shown:
        made = trail.verify(archive.ports, archive.actor, lambda done, _: shown.update(f"{done} events"))
    if as_json:
        faults = [
            {"chain": one.chain, "number": one.number, "key": one.key, "reason": one.told_in(terminal_language())}
            for one in made.faults
        ]
        counts = {"events": made.events, "chains": made.chains, "records": made.records, "waiting": made.waiting}
        print_json({"whole": made.is_whole, **counts, "faults": faults})
    else:
        for one in made.faults:
            click.echo(one.told_in(terminal_language()))
        state = "whole" if made.is_whole else f"broken in {len(made.faults)} places"
        click.echo(f"{made.events} events in {made.chains} chains, {made.records} records: {state}")
    click.get_current_context().exit(0 if made.is_whole else 1)


@command.command(
    epilog="""\b
Examples:
  dossier audit log                       the latest events
  dossier audit log --record dossier/ID   everything that happened to one record, and who looked
"""
)
@click.option("--by", metavar="LOGIN", default="", help="Of this person.")
@click.option("--action", default="", help="Of this kind: create, lend, look, download, sign_in …")
@click.option("--first", metavar="DAY", default="", help="From this day (YYYY-MM-DD, UTC).")
@click.option("--last", metavar="DAY", default="", help="To this day.")
@click.option("--record", metavar="KIND/ID", default="", help="Of this record: its changes and the looks at it.")
@click.option("--size", default=50, show_default=True, type=click.IntRange(1, 10_000))
@json_option
@as_option
def log(by: str, action: str, first: str, last: str, record: str, size: int, as_json: bool, login: str | None) -> None:
    """Read the events, the latest day first."""
    from archive.services import trail

    with opened(login) as archive:
        if record:
            kind, _, id = record.partition("/")
            looks = trail.looks_at(archive.ports, archive.actor, [record], size=size).records
            events = [*trail.events_of(archive.ports, archive.actor, kind, id), *(read.record for read in looks)]
            events = sorted(events, key=lambda event: event.at)[-size:]
        else:
            listed = trail.events(archive.ports, archive.actor, by=by, action=action, first=first, last=last, size=size)
            events = [read.record for read in listed.records]
    if as_json:
        print_json([one.model_dump(mode="json") for one in events])
        return
    out = console()
    for one in events:
        details = "  ".join(f"{name}={value}" for name, value in one.details.items())
        out.print(f"{one.at:%Y-%m-%d %H:%M:%S}  {one.by}  {one.action}  {one.chain}  {details}", markup=False)
