"""The first page: the figures of the day, my loans, what came in last, how to write a search."""

from __future__ import annotations

from flask import render_template

from archive.services import overview
from webui.document_names import phase_name
from webui.session import current_actor, ports


def home_page() -> str:
    actor = current_actor()
    return render_template(
        "search/home.html",
        figures=overview.overview(ports(), actor),
        schemes=len(ports().schemes),
        loans=overview.my_loans(ports(), actor),
        latest=overview.latest(ports(), actor),
        phase_name=phase_name,
        now=ports().clock.now(),
    )
