"""Choosing a dossier in a form: by its number as typed, from a list of numbers with names."""

from __future__ import annotations

from archive.domain.dossier import Dossier
from archive.domain.query import Anything
from archive.errors import InvalidInput, NotFound
from archive.services import dossiers
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
    try:
        return dossiers.by_number(ports(), current_actor().access, typed.split(maxsplit=1)[0])
    except NotFound:
        raise InvalidInput("web_no_dossier", field="dossier", number=typed.strip()) from None
