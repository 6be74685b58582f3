"""The words of the screens: English, as it stands in templates and views, and the Chinese for it.

One module a screen, each with `WORDS: dict[English, Chinese]`; `frame` holds what several screens say. Gaps and the
`#note` at the end of a key are explained in `webui.language`. Tests check that every word used is here, that none is
here for nothing, and that both languages name the same gaps. Errors are not here: see `archive.sentences`.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

SCREENS = (
    "frame",
    "signin",
    "search",
    "viewer",
    "intake",
    "review",
    "lending",
    "people",
    "dossiers",
    "arranging",
    "health",
)


def _all() -> dict[str, str]:
    found: dict[str, str] = {}
    for name in SCREENS:
        module: dict[str, str] = import_module(f"webui.words.{name}").WORDS
        doubled = found.keys() & module.keys()
        if doubled:
            raise ValueError(f"words in two places: {sorted(doubled)}")
        found.update(module)
    return found


CHINESE: Mapping[str, str] = _all()
