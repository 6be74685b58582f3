"""The words for a search that found nothing: what was looked for, and the nearest searches that do find something.
Only words and addresses; what is near is worked out by `archive.services.nearest`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import Markup, escape

from archive.domain.query import FACETS
from archive.services.nearest import Alternative, plain_words
from webui import filters
from webui.filters import Asked
from webui.language import words
from webui.session import ports


@dataclass(frozen=True, slots=True)
class Near:
    """Another way to search as it stands in the list: `dropped` is what it leaves out."""

    asked: Asked
    shown: Markup
    dropped: str
    difference: str
    documents: int
    pages: int

    @property
    def address(self) -> str:
        return self.asked.address()


def near(one: Alternative, asked: Asked) -> Near:
    """An alternative with its words and its address."""
    changed = _changed(one, asked)
    dropped = "" if one.now else ", ".join(_named(one.field, value) for value in one.was)
    return Near(changed, _marked(one), dropped, _difference(one), one.documents, one.pages)


def _changed(one: Alternative, asked: Asked) -> Asked:
    scope = asked.scope if asked.scope.partition(":")[0] in one.only else ""
    only = {name: values for name, values in one.only.items() if name in FACETS}
    return Asked(text=one.text, only=only, scope=scope, sort=asked.sort, page=1, cursor="")


def _named(field: str, value: str) -> str:
    if not field:
        return value
    return filters.name_of(field, value, ports().schemes) if field in FACETS else ""


def _difference(one: Alternative) -> str:
    match one.kind:
        case "similar":
            return words("a character of like shape or sound: {changes}", changes=_pairs(_characters(one)))
        case "swapped":
            return words("the other way round: {changes}", changes=_pairs(zip(one.was, one.now, strict=True)))
        case "fewer":
            return words("one word less: without {word}", word=one.was[0])
        case "as_words":
            return words("as words on the page, not as a field")
    return words("any {facet}", facet=words(filters.TITLES[one.field])) if one.field in FACETS else words("everywhere")


def _characters(one: Alternative) -> list[tuple[str, str]]:
    """The characters that were exchanged: 拴 → 栓."""
    pairs = (pair for was, now in zip(one.was, one.now, strict=True) for pair in zip(was, now, strict=False))
    return [(was, now) for was, now in pairs if was != now]


def _pairs(pairs: Iterable[tuple[str, str]]) -> str:
    return words(", #between changes").join(words("{was} as {now}", was=was, now=now) for was, now in pairs)


def _marked(one: Alternative) -> Markup:
    """The search with what was changed marked: whole words that were turned, single characters that were exchanged."""
    return Markup(" ").join(_marked_word(word, one) for word in one.text.split())


def _marked_word(word: str, one: Alternative) -> Markup:
    if word not in one.now:
        return escape(word)
    if one.kind != "similar":
        return Markup("<mark>{}</mark>").format(word)
    was = one.was[one.now.index(word)]
    marked = (Markup("<mark>{}</mark>").format(b) if a != b else escape(b) for a, b in zip(was, word, strict=False))
    return Markup("").join(marked)


def looked_for(asked: Asked, pages: int) -> str:
    """What was looked for and where, as a sentence."""
    count = len(plain_words(asked.text))
    if count > 1:
        what = words("{n} words, all on one page", n=count)
    else:
        what = words("the word “{text}”" if count else "“{text}”", text=asked.text)
    kind = asked.scope.partition(":")[0]
    narrowed = words(f", in one {kind}") if kind in filters.SCOPES else ""
    for facet, name, _ in filters.chips(asked, ports().schemes):
        narrowed += words(", {facet} {name}", facet=facet, name=name)
    return words(
        "Looked for: {what}{filters}, among the {pages} {pages?page|pages} you may see.",
        what=what, filters=narrowed, pages=pages,
    )  # fmt: skip
