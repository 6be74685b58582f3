"""The project's own source, parsed once for the tests of its shape."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("archive", "ingest", "search", "workers", "webui", "schemes")


@dataclass(frozen=True)
class Source:
    """One module. `name` is its path in the checkout."""

    name: str
    text: str
    tree: ast.Module

    @property
    def lines(self) -> int:
        return len(self.text.splitlines())


@cache
def shipped() -> tuple[Source, ...]:
    """The modules that are shipped."""
    return tuple(_parsed(path) for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py")))


def _parsed(path: Path) -> Source:
    text = path.read_text("utf-8")
    return Source(str(path.relative_to(ROOT)), text, ast.parse(text))


def functions(source: Source) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function of a module, inner ones too."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node
