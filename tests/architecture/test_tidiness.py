"""No debris in what is shipped."""

from __future__ import annotations

import ast
import re
import subprocess

from tests.architecture.source import ROOT, shipped

UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b|raise NotImplementedError")
NAMES_THAT_SAY_NOTHING = {"utils", "helpers", "common", "manager", "misc"}


def test_nothing_is_left_unfinished() -> None:
    found = [
        f"{one.name}:{number}"
        for one in shipped()
        for number, line in enumerate(one.text.splitlines(), start=1)
        if UNFINISHED.search(line)
    ]
    assert found == []


def test_every_module_says_what_it_is_for() -> None:
    silent = [one.name for one in shipped() if one.text.strip() and not ast.get_docstring(one.tree)]
    assert silent == []


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert [one.name for one in shipped() if set(one.name[:-3].split("/")) & NAMES_THAT_SAY_NOTHING] == []


def test_no_file_names_a_folder_of_one_machine_or_a_package_host() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False).stdout
    wrong = re.compile(r"/(root|work|home/\w+)/|py" + r"pi\.org|python" + r"hosted")
    found = []
    for name in filter(None, listed.split("\0")):
        path = ROOT / name
        if (
            path.suffix in (".py", ".md", ".toml", ".txt", ".yaml", ".yml", ".sh", ".js", ".css", ".html", "")
            and path.is_file()
        ):
            text = path.read_text("utf-8", "replace")
            found += [f"{name}: {match[0]}" for match in wrong.finditer(text)]
    assert found == []
