"""How long a volume is kept: as long as the document in it that is kept longest. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from archive.domain.scheme import Retention, Scheme


def period_of(scheme: Scheme, types: Iterable[str]) -> Retention | None:
    """The longest period of documents of these types; None where no type is known."""
    known = [found.retention for found in map(scheme.type, types) if found is not None]
    return next((period for period in scheme.retentions if period.id in known), None)


def kept_until(period: Retention, newest: date) -> date | None:
    """The last day it is kept: the period's full years, counted from the first day of the year after its newest
    paper. None where it is kept for ever."""
    return date(newest.year + period.years, 12, 31) if period.years is not None else None
