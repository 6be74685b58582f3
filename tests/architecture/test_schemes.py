"""What stands in a scheme has an effect."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from pydantic import BaseModel

from archive.domain import scheme
from tests.architecture.source import ROOT, shipped

# Kept for what docs/schemes.md says is not there yet.
ONLY_KEPT = {
    "Handing.giver", "Handing.receiver",
    "Keys.holders", "Keys.spare",
    "Scheme.forms", "Scheme.handings", "Scheme.regulation",
}  # fmt: skip


def _fields() -> Iterator[tuple[str, str]]:
    for part in vars(scheme).values():
        if isinstance(part, type) and issubclass(part, BaseModel) and part.__module__.startswith("archive."):
            yield from ((part.__name__, name) for name in part.model_fields)


def _names_read() -> set[str]:
    """What is read of anything, in code beside the schemes' own and in templates."""
    code = (one for one in shipped() if one.name != "archive/domain/scheme.py" and one.name.endswith(".py"))
    read = {node.attr for one in code for node in ast.walk(one.tree) if isinstance(node, ast.Attribute)}
    pages = " ".join(path.read_text("utf-8") for path in (ROOT / "webui" / "templates").rglob("*.html"))
    return read | {name for _, name in _fields() if f".{name}" in pages}


def test_every_field_of_a_scheme_is_read_by_something_or_named_as_only_kept() -> None:
    read = _names_read()
    assert {f"{part}.{name}" for part, name in _fields() if name not in read} == ONLY_KEPT
