"""Writes the pages that derive from the code: settings.md and commands.md. `python docs/make.py`

A test keeps both alike; nothing here is edited by hand.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import click  # noqa: E402
from pydantic.fields import FieldInfo  # noqa: E402

from archive.cli import dossier  # noqa: E402
from archive.commands import EXIT_CODES  # noqa: E402
from archive.config import Settings  # noqa: E402

WIDTH = 100


def settings_page() -> str:
    """Every setting with its default and what it is for."""
    lines = [
        "# Settings",
        "",
        "Every setting is an environment variable, read once by each process; nothing needs setting to begin with.",
        "This page is made from `archive/config.py` by `python docs/make.py`.",
        "",
        "| variable | default | what it is |",
        "| --- | --- | --- |",
    ]
    for name, field in Settings.model_fields.items():
        lines.append(f"| `DOSSIER_{name.upper()}` | {_default(name, field)} | {field.description} |")
    return "\n".join(lines) + "\n"


def _default(name: str, field: FieldInfo) -> str:
    if name == "data":
        return "`~/.local/share/dossier` (by the XDG rule)"
    value = field.default
    if value is None or value == "":
        return "empty"
    if isinstance(value, int) and not isinstance(value, bool) and value >= 1024**2 and value % 1024**2 == 0:
        return f"`{value}` ({value // 1024**2:,} MB)"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def commands_page() -> str:
    """Every command with its help."""
    lines = [
        "# The command line",
        "",
        "`dossier COMMAND --help` says the same. This page is made from `archive/commands/` by `python docs/make.py`.",
        "",
        "The archive lies in one folder: `--data`, else `DOSSIER_DATA`, else the user's data directory. Whoever owns",
        "that folder acts as administrator; `--as LOGIN` acts with the rights of an account. What is data goes to the",
        "standard output (with `--json` for programs), progress and notices to the standard error.",
        "",
        "| exit code | meaning |",
        "| --- | --- |",
        *(f"| {code} | {meaning} |" for code, meaning in EXIT_CODES.items()),
    ]
    for path, command in commands(dossier, "dossier"):
        if not isinstance(command, click.Group):
            lines += ["", f"## {path}", "```", _help(path, command), "```"]
    return "\n".join(lines) + "\n"


def commands(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    """The command and all below it, each with the words that call it."""
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command, info_name=path)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield from commands(below, f"{path} {name}")


def _help(path: str, command: click.Command) -> str:
    context = click.Context(
        command, info_name=path, terminal_width=WIDTH, max_content_width=WIDTH, help_option_names=["-h", "--help"]
    )
    return inspect.cleandoc(command.get_help(context))


def main() -> None:
    (HERE / "settings.md").write_text(settings_page(), "utf-8")
    (HERE / "commands.md").write_text(commands_page(), "utf-8")


if __name__ == "__main__":
    main()
