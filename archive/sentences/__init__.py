"""Every sentence the archive says to a person, in Chinese and English, by key.

One module a subject; each holds `SENTENCES: dict[key, (Chinese, English)]`. Gaps are `str.format` fields. A sentence
says what happened and then what to do. Tests check that every key raised anywhere has both languages and that both
name the same gaps.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Literal, Protocol, runtime_checkable

SUBJECTS = (
    "general",
    "intake",
    "lending",
    "people",
    "query",
    "filing",
    "index",
    "cluster",
    "ocr",
    "web",
    "forms",
    "trail",
    "store",
    "health",
    "backup",
)
Language = Literal["zh", "en"]


@runtime_checkable
class Worded(Protocol):
    """Something that has words in both languages, such as a scheme's label."""

    def in_(self, language: str) -> str: ...


def _all() -> dict[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}
    for name in SUBJECTS:
        module: dict[str, tuple[str, str]] = import_module(f"archive.sentences.{name}").SENTENCES
        doubled = found.keys() & module.keys()
        if doubled:
            raise ValueError(f"sentences defined twice: {sorted(doubled)}")
        found.update(module)
    return found


SENTENCES: Mapping[str, tuple[str, str]] = _all()


def sentence(key: str, language: Language, data: Mapping[str, object]) -> str:
    """The words for `key`; a missing gap shows its name and never hides the sentence."""
    chinese, english = SENTENCES[key]
    pattern = chinese if language == "zh" else english
    return pattern.format_map(_Gaps({name: _worded(value, language) for name, value in data.items()}))


def _worded(value: object, language: Language) -> object:
    """What has words in both languages (a scheme's label) speaks the sentence's."""
    return value.in_(language) if isinstance(value, Worded) else value


class _Gaps(dict[str, object]):
    def __missing__(self, name: str) -> str:
        return "{" + name + "}"
