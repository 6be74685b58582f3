"""What narrows a search, as it stands in the address: facets and where to look. Pure reading and writing of addresses,
and the names of what is chosen.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

from archive.domain.query import FACETS, Sort
from archive.domain.scheme import Class, Scheme
from webui.language import label, words

Only = Mapping[str, frozenset[str]]
MOST_PAGES = 1000  # of a result that can be turned to; a cluster lists no more documents
SCOPES = ("dossier", "document")
TITLES = {
    "scheme": "Scheme", "classes": "Class", "phase": "Phase", "type": "Type", "year": "Year", "paper": "Paper",
}  # fmt: skip
SORTS = {
    Sort.RELEVANCE: "Relevance", Sort.DATE: "Newest first", Sort.DATE_UP: "Oldest first", Sort.NUMBER: "Number",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """A search as its address says it. `page` counts from 1."""

    text: str
    only: Only
    scope: str  # "", dossier:<id> or document:<id>
    sort: Sort
    page: int
    cursor: str

    @property
    def is_empty(self) -> bool:
        return not self.text.strip() and not self.only and not self.scope

    @property
    def narrowed(self) -> Only:
        """Facets and scope together, as the index is asked."""
        kind, _, id = self.scope.partition(":")
        return {**self.only, kind: frozenset({id})} if kind in SCOPES and id else self.only

    def address(self, path: str = "/", **changed: object) -> str:
        """The address of this search with some of it changed. A change of what is asked begins at page 1 again."""
        moved = "page" not in changed
        pairs: list[tuple[str, str]] = [("q", str(changed.get("text", self.text)))]
        scope = str(changed.get("scope", self.scope))
        pairs += [("in", scope)] if scope else []
        only: Only = changed.get("only", self.only)  # type: ignore[assignment]
        pairs += [(name, value) for name in FACETS for value in sorted(only.get(name, ()))]
        sort = Sort(str(changed.get("sort", self.sort)))
        pairs += [("sort", sort.value)] if sort is not Sort.RELEVANCE else []
        if not moved:
            pairs += [("page", str(changed["page"])), ("cursor", str(changed.get("cursor", self.cursor)))]
        return f"{path}?{urlencode([(name, value) for name, value in pairs if value or name == 'q'])}"

    def toggled(self, facet: str, value: str) -> str:
        """The address with one value of a facet put in or taken out."""
        values = self.only.get(facet, frozenset()) ^ {value}
        only = {name: kept for name, kept in {**self.only, facet: values}.items() if kept}
        return self.address(only=only)


def read_asked(given: MultiDict[str, str]) -> Asked:
    """The search an address asks for; what it does not know is left out."""
    only = {name: frozenset(value for value in given.getlist(name) if value) for name in FACETS}
    sort = given.get("sort", "")
    return Asked(
        text=given.get("q", ""),
        only={name: values for name, values in only.items() if values},
        scope=given.get("in", ""),
        sort=Sort(sort) if sort in set(Sort) else Sort.RELEVANCE,
        page=max(1, min(given.get("page", 1, type=int), MOST_PAGES)),
        cursor=given.get("cursor", ""),
    )


# --- facets as they are shown -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Choice:
    facet: str
    value: str
    name: str
    count: int
    on: bool
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Facet:
    """`shown` stand there, `more` behind "all n"."""

    facet: str
    title: str
    shown: tuple[Choice, ...]
    more: tuple[Choice, ...]


MOST = 8


def facets(asked: Asked, counts: Mapping[str, Iterable[tuple[str, int]]], schemes: Mapping[str, Scheme]) -> list[Facet]:
    """The facets with their counts; what counts 0 is left out unless it is chosen."""
    found = []
    for facet in FACETS:
        counted = dict(counts.get(facet, ()))
        chosen = asked.only.get(facet, frozenset())
        counted |= {value: 0 for value in chosen if value not in counted}
        choices = _choices(facet, {v: n for v, n in counted.items() if n or v in chosen}, chosen, schemes)
        if choices:
            cut = len(choices) if len(choices) <= MOST + 1 else MOST
            kept = [c for n, c in enumerate(choices) if n < cut or c.on]
            rest = [c for c in choices if c not in kept]
            found.append(Facet(facet, words(TITLES[facet]), tuple(kept), tuple(rest)))
    return found


def _choices(
    facet: str, counted: Mapping[str, int], chosen: frozenset[str], schemes: Mapping[str, Scheme]
) -> list[Choice]:
    if facet == "classes":
        return list(_classes(counted, chosen, schemes))
    ordered = sorted(counted, key=lambda v: _rank(facet, v, counted[v], schemes))
    names = {value: name_of(facet, value, schemes) for value in ordered}
    several = {name for name in names.values() if list(names.values()).count(name) > 1}
    shown = {v: f"{name} · {_scheme_of(facet, v, schemes)}" if name in several else name for v, name in names.items()}
    return [Choice(facet, v, shown[v], counted[v], v in chosen) for v in ordered]


def _scheme_of(facet: str, value: str, schemes: Mapping[str, Scheme]) -> str:
    """The scheme a phase or type belongs to, where two schemes call theirs alike."""
    finder = {"phase": Scheme.phase, "type": Scheme.type}.get(facet)
    return next((label(one) for one in schemes.values() if finder and finder(one, value)), value)


def _rank(facet: str, value: str, count: int, schemes: Mapping[str, Scheme]) -> tuple[int, int, str]:
    if facet == "year":
        return (-int(value) if value.isdigit() else 0, 0, value)
    if facet == "phase":
        places = [n for s in schemes.values() for n, phase in enumerate(s.phases) if phase.id == value]
        return (min(places, default=99), -count, value)
    if facet == "paper":
        return (("in", "out").index(value) if value in ("in", "out") else 9, 0, value)
    return (0, -count, value)


def _classes(counted: Mapping[str, int], chosen: frozenset[str], schemes: Mapping[str, Scheme]) -> Iterator[Choice]:
    """The top classes; those below a chosen one, or below an only one, stand under it."""
    seen: set[str] = set()

    def walk(level: Iterable[Class], depth: int) -> Iterator[Choice]:
        here = [cls for cls in level if cls.code in counted and cls.code not in seen]
        for cls in sorted(here, key=lambda c: (-counted[c.code], c.code)):
            seen.add(cls.code)
            on = cls.code in chosen
            yield Choice("classes", cls.code, label(cls), counted[cls.code], on, depth)
            below = {inner.code for child in cls.children for inner, _ in child.walk()}
            if on or below & chosen:
                yield from walk(cls.children, depth + 1)

    for scheme in schemes.values():
        yield from walk(scheme.classes, 0)
    known = {inner.code for s in schemes.values() for top in s.classes for inner, _ in top.walk()}
    for code in counted:
        if code not in known:
            yield Choice("classes", code, code, counted[code], code in chosen)


def chips(asked: Asked, schemes: Mapping[str, Scheme]) -> list[tuple[str, str, str]]:
    """The filters in force: facet, value in words, address without it."""
    return [
        (words(TITLES[facet]), name_of(facet, value, schemes), asked.toggled(facet, value))
        for facet in FACETS
        for value in sorted(asked.only.get(facet, ()))
    ]


def name_of(facet: str, value: str, schemes: Mapping[str, Scheme]) -> str:
    """The words for a value; the value itself where no scheme knows it (a scheme may have been taken away)."""
    if facet == "paper":
        return {"in": words("On the shelf"), "out": words("Not on the shelf")}.get(value, value)
    if facet == "scheme":
        return label(schemes[value]) if value in schemes else value
    finders = {"phase": Scheme.phase, "type": Scheme.type, "classes": Scheme.find_class}
    if facet not in finders:
        return value
    named = (finders[facet](scheme, value) for scheme in schemes.values())
    return next((label(one) for one in named if one), value)
