"""What our indices and their aliases are called on a cluster. Pure.

A kind of records lies in one index, `dossier-copy-000001`; a migration makes the next one. Readers go by the alias
`dossier-copy`, writers by `dossier-copy-write`. Each index also has a write alias of its own: a conditional write goes
to the very index its record was read from, and must never bring an index into being that was thrown away.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Names:
    """Names that begin with `prefix`."""

    prefix: str

    def read(self, kind: str) -> str:
        return f"{self.prefix}-{kind}"

    def write(self, kind: str) -> str:
        return f"{self.prefix}-{kind}-write"

    def template(self, kind: str) -> str:
        return f"{self.prefix}-{kind}"

    def pattern(self, kind: str) -> str:
        """All indices of a kind, of which more than one is there only during a migration or after it."""
        return f"{self.prefix}-{kind}-0*"

    def index(self, kind: str, number: int) -> str:
        return f"{self.prefix}-{kind}-{number:06d}"

    @staticmethod
    def number(index: str) -> int:
        """The number in the name of an index."""
        return int(index.rpartition("-")[2])

    @staticmethod
    def own(index: str) -> str:
        """The write alias of this index alone."""
        return f"{index}-only"
