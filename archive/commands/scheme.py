"""`dossier scheme`: the filing schemes as they were read, and the check of an own one."""

from __future__ import annotations

from pathlib import Path

import click

from archive.commands.opening import console, json_option, print_json, read_settings
from archive.config import terminal_language
from archive.domain.scheme import Scheme
from archive.errors import NotFound


@click.group(
    epilog="""\b
Examples:
  dossier scheme list
  dossier scheme show engineering-customer
  dossier scheme check my-scheme.yaml
"""
)
def command() -> None:
    """Filing schemes: list them, show one, check a file."""


@command.command(
    "list",
    epilog="""\b
Examples:
  dossier scheme list --json
""",
)
@json_option
def list_(as_json: bool) -> None:
    """The schemes in force: the shipped ones, and those of DOSSIER_SCHEMES."""
    found = list(_schemes().values())
    if as_json:
        print_json([_short(scheme) for scheme in found])
        return
    for scheme in found:
        click.echo(f"{scheme.id:24} {scheme.label.in_(terminal_language())}")


@command.command(
    epilog="""\b
Examples:
  dossier scheme show campus-construction
  dossier scheme show campus-construction --json
"""
)
@click.argument("id")
@json_option
def show(id: str, as_json: bool) -> None:
    """One scheme: phases, document types, classes, life cycle."""
    schemes = _schemes()
    if id not in schemes:
        raise NotFound("no_such_scheme", scheme=id, known=", ".join(schemes))
    if as_json:
        print_json(schemes[id].model_dump(mode="json"))
    else:
        _print(schemes[id])


@command.command(
    epilog="""\b
Examples:
  dossier scheme check my-scheme.yaml
\b
Exit codes: 0 the file is sound, 2 it is not, with every mistake by its line and place.
"""
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
def check(file: Path, as_json: bool) -> None:
    """Check a scheme's file and tell every mistake in it."""
    from archive.domain.scheme_file import check_scheme

    mistakes = [reason.told_in(terminal_language()) for reason in check_scheme(file.read_text("utf-8"), file.stem)]
    if as_json:
        print_json({"file": str(file), "sound": not mistakes, "mistakes": mistakes})
    else:
        for one in mistakes:
            click.echo(one)
        click.echo(f"{file}: {len(mistakes)} mistakes" if mistakes else f"{file}: sound")
    click.get_current_context().exit(2 if mistakes else 0)


def _schemes() -> dict[str, Scheme]:
    from archive.bootstrap import load_schemes

    return dict(load_schemes(read_settings().schemes))


def _short(scheme: Scheme) -> dict[str, object]:
    return {
        "id": scheme.id,
        "label": {"zh": scheme.label.zh, "en": scheme.label.en},
        "phases": len(scheme.phases),
        "types": len(scheme.types),
        "levels": [level.id for level in scheme.levels],
    }


def _print(scheme: Scheme) -> None:
    from rich.table import Table

    out, language = console(), terminal_language()
    out.print(f"{scheme.id}  {scheme.label.in_(language)}")
    phases = Table("phase", "", title="phases", title_justify="left", box=None)
    for phase in scheme.phases:
        phases.add_row(phase.id, phase.label.in_(language))
    types = Table("type", "", "phase", title="document types", title_justify="left", box=None)
    for one in scheme.types:
        types.add_row(one.id, one.label.in_(language), one.phase)
    classes = Table("class", "", title="classes", title_justify="left", box=None)
    for top in scheme.classes:
        for cls, above in top.walk():
            classes.add_row("  " * len(above) + cls.code, cls.label.in_(language))
    out.print(phases, types, classes)
