"""The keys of the screens, as shown behind `?`. A test holds them against what the scripts listen to."""

from __future__ import annotations

Lines = tuple[tuple[str, str], ...]

EVERYWHERE: Lines = (
    ("/", "to the search field"),
    ("g", "then a letter: to a place of the bar"),
    ("F2", "to the code field of the lending desk"),
    ("Ctrl+Enter", "send the form"),
    ("Esc", "close, back"),
    ("?", "these keys"),
)
BY_SCREEN: dict[str, tuple[str, Lines]] = {
    "search": (
        "Search",
        (
            ("j k", "next, previous"),
            ("n", "next hit"),
            ("Enter", "read"),
            ("b", "borrow"),
        ),
    ),
    "viewer": (
        "Viewer",
        (
            ("n p", "next hit, previous hit"),
            ("← →", "previous page, next page"),
            ("[ ]", "previous document, next document"),
            ("w", "fit the width"),
            ("f", "whole page"),
            ("r", "turn"),
            ("+ −", "larger, smaller"),
            ("h", "hit boxes on and off"),
            ("t", "select text"),
            ("l", "full light on a dark screen"),
            ("b", "borrow"),
        ),
    ),
    "intake": (
        "Intake",
        (
            ("o", "choose files"),
            ("a", "file as shown"),
            ("1 2", "another type"),
            ("e", "change the fields"),
            ("s", "skip"),
            ("z", "take back what was filed last"),
        ),
    ),
    "review": (
        "To check",
        (
            ("a", "file as shown"),
            ("1 2", "another type"),
            ("e", "change the fields"),
            ("s", "skip"),
            ("z", "take back what was filed last"),
        ),
    ),
    "desk": (
        "Lending desk",
        (
            ("1 2 3", "choose the act"),
            ("y", "as recorded"),
            ("c", "count again"),
            ("q", "open a finding"),
            ("Esc", "clear the desk"),
        ),
    ),
    "dossiers": ("Dossiers", (("e", "change the record"),)),
    "arrange": (
        "Arrange",
        (
            ("j k", "next, previous"),
            ("Enter", "into the place proposed"),
            ("m", "to another volume"),
            ("x", "not to be kept"),
            ("↑ ↓", "earlier, later in the volume"),
            ("1 2 3 4", "page numbers, list of contents, remarks sheet, fix"),
        ),
    ),
}


def groups(blueprint: str | None) -> list[tuple[str, Lines]]:
    """The keys of a screen and those for all; every screen's where `blueprint` is None."""
    own = list(BY_SCREEN.values()) if blueprint is None else [BY_SCREEN[blueprint]] if blueprint in BY_SCREEN else []
    return [*own, ("Everywhere", EVERYWHERE)]
