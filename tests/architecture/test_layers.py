"""Imports point inward only."""

from __future__ import annotations

import subprocess
import sys

from tests.architecture.source import ROOT, shipped


def test_the_contracts_between_layers_hold() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()", "--no-cache"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]


# Modules that touch the environment without deciding by it.
HANDING_DOWN = {
    "archive/cli.py": "hands --data down to the settings",
    "archive/commands/up.py": "hands the settings down to the processes it starts",
    "ingest/decoder/keeper.py": "cuts the environment down for the process that opens untrusted files",
    "ingest/ocr/runtime.py": "tells the library, which reads it when it is loaded",
    "ingest/ocr/tesseract.py": "tells the program, one thread a process",
    "archive/metrics.py": "tells the library where the processes of one entrance count together",
    "workers/__main__.py": "tells the libraries, one thread a process",
    "workers/supervisor.py": "hands a process settings of its own beside what all are given",
}


def test_only_the_settings_read_the_environment() -> None:
    readers = {one.name for one in shipped() if "os.environ" in one.text or "os.getenv" in one.text}
    assert readers - {"archive/config.py"} == set(HANDING_DOWN)


def test_starting_the_command_line_loads_no_command() -> None:
    code = (
        "import sys, archive.cli; "
        "print([m for m in sys.modules if m.split('.')[0] in "
        "('celery', 'flask', 'numpy', 'pydantic', 'rich', 'tantivy') or m.startswith('archive.commands.')])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
