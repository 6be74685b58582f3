"""The runbook says what to do at every sentence that tells of a part that does not answer."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tests.architecture.source import ROOT, shipped


def keys_of_what_is_away() -> Iterator[str]:
    """Keys of Unavailable where they are written out, also as one of two."""
    for source in shipped():
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Unavailable" and node.args:
                for part in ast.walk(node.args[0]):
                    if isinstance(part, ast.Constant) and isinstance(part.value, str):
                        yield part.value


def test_every_part_that_is_away_has_its_row() -> None:
    rows = {
        key
        for line in (ROOT / "docs" / "runbook.md").read_text("utf-8").splitlines()
        if line.startswith("| `")
        for key in re.findall(r"`([a-z_]+)`", line.split("|")[1])
    }
    assert set(keys_of_what_is_away()) - rows == set()
