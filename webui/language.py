"""The language of a page and its words. English words are the keys; `webui.words` has the Chinese for each.

Gaps: `{n}` is the value (whole numbers written as the office writes them), `{n?page|pages}` one of two English words by
the number. A key may end in `#note` where English has one word for two Chinese ones; the note is not shown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import cast

from flask import Flask, g, has_request_context, request
from markupsafe import Markup, escape

from archive.sentences import Language
from webui.session import current_user
from webui.words import CHINESE
from webui.written import whole

GAP = re.compile(r"\{(\w+)(?:\?([^|{}]*)\|([^|{}]*))?\}")
COOKIE = "language"


def install(app: Flask) -> None:
    app.jinja_env.globals.update(_=words, _m=marked_words, label=label)
    app.context_processor(lambda: {"language": current_language()})


def current_language() -> Language:
    """What was chosen here, else what the person set, else what the browser asks for, else Chinese."""
    if not has_request_context():
        return "zh"
    if "language" not in g:
        g.language = _choose()
    return cast(Language, g.language)


def _choose() -> Language:
    chosen = request.cookies.get(COOKIE)
    if chosen not in ("zh", "en"):
        user = current_user()
        chosen = user.language if user else ""
    if chosen not in ("zh", "en"):
        chosen = request.accept_languages.best_match(["zh", "en"], default="zh")
    return "en" if chosen == "en" else "zh"


def words(english: str, **gaps: object) -> str:
    """The words in the page's language, gaps filled. Raises KeyError for words without Chinese."""
    return fill(pattern(english, current_language()), gaps)


def marked_words(english: str, **gaps: object) -> Markup:
    """As `words`, for words that hold markup: gaps are escaped unless they are Markup themselves."""
    safe: dict[str, object] = {name: value if isinstance(value, int) else escape(value) for name, value in gaps.items()}
    return Markup(fill(pattern(english, current_language()), safe))


def pattern(english: str, language: Language) -> str:
    return CHINESE[english] if language == "zh" else english.partition("#")[0]


def fill(text: str, gaps: Mapping[str, object]) -> str:
    """`text` with its gaps filled. Raises KeyError for a gap nothing is given for."""

    def one(found: re.Match[str]) -> str:
        name, single, several = found.groups()
        value = gaps[name]
        if single is not None:
            return str(single if value == 1 else several)
        return whole(value) if isinstance(value, int) else str(value)

    return GAP.sub(one, text)


def label(of: object) -> str:
    """The name of a thing of a scheme (it has `label`, or is one) in the page's language."""
    named = getattr(of, "label", of)
    return str(getattr(named, current_language()))
