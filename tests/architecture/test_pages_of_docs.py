"""The pages that derive from the code are as the code says, and every command explains itself."""

from __future__ import annotations

import importlib.util
import re
from types import ModuleType

import click

from archive.config import Settings
from tests.architecture.source import ROOT

NO_DATA = {"dossier up", "dossier people password"}  # commands that print nothing a program could want


def _make() -> ModuleType:
    found = importlib.util.spec_from_file_location("docs_make", ROOT / "docs" / "make.py")
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


MAKE = _make()
COMMANDS: dict[str, click.Command] = dict(MAKE.commands(MAKE.dossier, "dossier"))
LEAVES = {path: command for path, command in COMMANDS.items() if not isinstance(command, click.Group)}


def test_the_page_of_settings_is_as_the_settings_are() -> None:
    assert (ROOT / "docs" / "settings.md").read_text("utf-8") == MAKE.settings_page(), "run python docs/make.py"


def test_the_page_of_commands_is_as_the_commands_are() -> None:
    assert (ROOT / "docs" / "commands.md").read_text("utf-8") == MAKE.commands_page(), "run python docs/make.py"


def test_every_setting_says_what_it_is() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def test_every_setting_is_used() -> None:
    text = "\n".join(
        path.read_text("utf-8")
        for package in ("archive", "ingest", "search", "workers", "webui")
        for path in (ROOT / package).rglob("*.py")
    )
    unused = [name for name in Settings.model_fields if not re.search(rf"\.{name}\b", text)]
    assert unused == []


def test_every_command_has_examples() -> None:
    assert [path for path, command in LEAVES.items() if "Example" not in (command.epilog or "")] == []


def test_every_command_that_prints_data_prints_json() -> None:
    without = {
        path
        for path, command in LEAVES.items()
        if "--json" not in {name for one in command.params for name in one.opts}
    }
    assert without == NO_DATA


def test_links_between_the_pages_lead_somewhere() -> None:
    broken = []
    for page in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))):
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text("utf-8")):
            if not (page.parent / target).exists():
                broken.append(f"{page.relative_to(ROOT)}: {target}")
    assert broken == []
