"""The `dossier` command: names the commands, loads the one that is asked for, translates errors into exit codes.

Decides nothing; each command is a module of `archive.commands`, imported when it runs, so that `--help` is quick.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

import click

from archive.commands import EXIT_CODES, FAULT, exit_code
from archive.errors import ArchiveError

# What is listed by `dossier --help`: the command, and what it is for.
COMMANDS = {
    "up": "Start everything: broker, web, workers and schedule.",
    "ingest": "Take files or folders in.",
    "search": "Find pages by any word on them.",
    "show": "Show a dossier, document, page or copy.",
    "status": "How the archive stands: records, queue, files being read, disk.",
    "backup": "Copy the archive to another disk, also while it runs.",
    "restore": "Make the archive from a backup, and look it through.",
    "rebuild": "Make the index anew.",
    "index": "The indices on a cluster: what there is, and making them anew.",
    "move": "Move all records from one index to another: from one machine to a cluster, and back.",
    "audit": "The audit trail.",
    "people": "Accounts and roles.",
    "scheme": "Filing schemes.",
}


class LazyGroup(click.Group):
    """A group whose commands are imported when they are needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"archive.commands.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list, without importing any of them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Examples and exit codes, as they stand."""
        with formatter.section("Examples"):
            formatter.write_dl(
                [
                    ("dossier up", "start, then open the address it prints"),
                    ("dossier ingest ~/scans --wait", "take a folder in, and wait until it can be searched"),
                    ('dossier search "消火栓 移位"', "pages with both words"),
                ]
            )
        with formatter.section("Exit codes"):
            formatter.write_dl([(str(code), meaning) for code, meaning in EXIT_CODES.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option("0.1.0", prog_name="dossier")
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder of the archive. Default: DOSSIER_DATA, else the user's data directory.",
)
def dossier(data: Path | None) -> None:
    """Takes scanned paper in, finds any page by any word on it, lends the paper and gets it back.

    The archive lies in one folder, DOSSIER_DATA. `dossier COMMAND --help` tells about each command, with examples.
    """
    if data is not None:
        os.environ["DOSSIER_DATA"] = str(data.expanduser().absolute())


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs the command and ends the process with its exit code."""
    try:
        code = dossier.main(args=arguments, prog_name="dossier", standalone_mode=False)
        if isinstance(code, int):  # given back, not raised, where a command ends with an exit code of its own
            sys.exit(code)
    except click.exceptions.Exit as ended:
        sys.exit(ended.exit_code)
    except click.ClickException as wrong:
        wrong.show()
        sys.exit(wrong.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("", err=True)
        sys.exit(130)
    except BrokenPipeError:  # the reader (`| head`) has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except ArchiveError as reason:
        from archive.config import terminal_language

        click.echo(reason.told_in(terminal_language()), err=True)
        sys.exit(exit_code(reason))
    except Exception:  # noqa: BLE001  (told whole, with a code of its own: 1 would say "done in part")
        import traceback

        traceback.print_exc()
        sys.exit(FAULT)


if __name__ == "__main__":
    main()
