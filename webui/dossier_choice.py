"""Choosing a dossier in a form: by its number as typed, from a list of numbers with names."""

from __future__ import annotations

from archive.domain.access import Access
from archive.domain.dossier import Claim, Dossier
from archive.domain.numbering import tidy
from archive.domain.query import Anything
from archive.errors import InvalidInput
from webui.session import current_actor, ports

MOST = 300  # offered in the list; any other number can be typed


def known_dossiers() -> list[Dossier]:
    """Dossiers this person may see, the newest numbers first."""
    found = ports().index.select(Dossier, Anything(), current_actor().access, order=("-number",), size=MOST)
    return [read.record for read in found.records]


def dossier_of(typed: str) -> Dossier | None:
    """The dossier of a number as typed (what follows the number is its name); None where nothing is typed.

    Raises InvalidInput where there is none, or none for this person.
    """
    if not typed.strip():
        return None
    number = tidy(typed.strip().split()[0])
    index = ports().index
    claim = index.get_many(Claim, [f"number:{number}"]).get(f"number:{number}")
    found = index.get_many(Dossier, [claim.record.owner]) if claim else {}
    seen = [read.record for read in found.values() if _may_see(current_actor().access, read.record)]
    if not seen:
        raise InvalidInput("web_no_dossier", field="dossier", number=typed.strip())
    return seen[0]


def _may_see(access: Access, dossier: Dossier) -> bool:
    return access.allows(dossier.mark)
