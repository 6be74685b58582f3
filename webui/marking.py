"""Text with its hits marked, escaped. Offsets are into the text as it stands."""

from __future__ import annotations

import re
from collections.abc import Iterable

from flask import Flask
from markupsafe import Markup, escape

from archive.domain.query import Snippet, Span
from webui.hit_boxes import joined_spans, lower_edge

ELLIPSIS = "…"
FIRST = re.compile(r"(.+?[。;；]|.+?\.(?= ))\s*(.*)", re.DOTALL)


def install(app: Flask) -> None:
    app.jinja_env.globals["lower_edge"] = lower_edge
    app.jinja_env.filters.update(marked=marked, marked_snippet=marked_snippet, told=told)


def marked(text: str, spans: Iterable[Span] = ()) -> Markup:
    """`text` with `<mark>` around each run of hits."""
    parts: list[str] = []
    at = 0
    for start, end in joined_spans(spans):
        parts += [escape(text[at:start]), Markup("<mark>"), escape(text[start:end]), Markup("</mark>")]
        at = end
    return Markup("").join([*parts, escape(text[at:])])


def marked_snippet(snippet: Snippet) -> Markup:
    """A piece of the page's text on one run of lines, with signs where it was cut."""
    inner = marked(snippet.text, snippet.spans)
    flowing = Markup(str(inner).replace("\n", " "))
    return Markup("").join([ELLIPSIS if snippet.before else "", flowing, ELLIPSIS if snippet.after else ""])


def told(message: str) -> Markup:
    """A sentence of the archive with what happened set off from what to do: the first sentence in bold."""
    found = FIRST.match(message)
    return Markup("<b>{}</b>{}").format(*found.groups()) if found else Markup("<b>{}</b>").format(message)
