"""The first page: the figures of the day, what may be looked through, what came in last, my loans."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask import render_template, url_for

from archive.services import overview, retrieval
from archive.services.overview import Overview
from webui import filters
from webui.document_names import phase_name, type_name
from webui.filters import Asked
from webui.frame import has_endpoint
from webui.language import words
from webui.session import current_actor, ports

BROWSED = ("scheme", "phase", "type", "classes", "year")


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of the day over its word, leading to that list where this person has one."""

    count: int
    word: str
    address: str
    late: bool = False


def home_page(asked: Asked) -> str:
    actor = current_actor()
    counted = overview.overview(ports(), actor)
    everything = retrieval.search(ports(), actor, "", size=1).result
    return render_template(
        "search/home.html",
        asked=asked,
        counted=counted,
        figures=list(figures(counted)),
        schemes=len(ports().schemes),
        facets=[one for one in filters.facets(asked, everything.facets, ports().schemes) if one.facet in BROWSED],
        loans=overview.my_loans(ports(), actor),
        latest=overview.latest(ports(), actor),
        phase_name=phase_name,
        type_name=type_name,
        now=ports().clock.now(),
    )


def figures(counted: Overview) -> Iterator[Figure]:
    """The figures of this person's day."""
    lines = (
        (counted.to_review, "{n?document|documents} to check", "review.home"),
        (counted.due_today, "{n?piece|pieces} due today", "desk.home"),
        (counted.overdue, "{n?piece|pieces} overdue", "desk.home"),
        (counted.deadlines, "{n?dossier|dossiers} with a deadline this week", "dossiers.home"),
        (counted.pages_today, "{n?page|pages} came in today", "intake.home"),
    )
    for count, word, endpoint in lines:
        if count is not None:
            address = url_for(endpoint) if has_endpoint(endpoint) else ""
            late = bool(count) and count == counted.overdue and "overdue" in word
            yield Figure(count, words(word, n=count), address, late)
