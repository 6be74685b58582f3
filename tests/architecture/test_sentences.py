"""Everything that can be said to a person has its words in both languages."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from string import Formatter

from archive import errors
from archive.sentences import SENTENCES
from tests.architecture.source import ROOT, Source, shipped

ERRORS = {name for name, value in vars(errors).items() if isinstance(value, type) and issubclass(value, Exception)}


def raised(source: Source) -> Iterator[tuple[str, int]]:
    """The keys of errors made in a module, where they are written out, with their lines."""
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        key = node.args[0]
        if name in ERRORS and isinstance(key, ast.Constant) and isinstance(key.value, str):
            yield key.value, node.lineno


def gaps(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


def test_every_error_that_is_raised_has_its_sentence() -> None:
    missing = [
        f"{source.name}:{line} {key}" for source in shipped() for key, line in raised(source) if key not in SENTENCES
    ]
    assert missing == []


def test_both_languages_name_the_same_gaps() -> None:
    assert {key for key, (chinese, english) in SENTENCES.items() if gaps(chinese) != gaps(english)} == set()


def test_no_sentence_is_left_over() -> None:
    text = "\n".join(one.text for one in shipped() if not one.name.startswith("archive/sentences/"))
    text += "\n".join(path.read_text("utf-8") for path in (ROOT / "webui" / "templates").rglob("*.html"))
    words = set(re.findall(r"[a-z][a-z0-9_]+", text))
    parts = {part for source in shipped() for part in _parts_of_keys(source)}
    left_over = {
        key for key in SENTENCES if key not in words and not any(key.startswith(p) or key.endswith(p) for p in parts)
    }
    assert left_over == set()


def _parts_of_keys(source: Source) -> Iterator[str]:
    """Beginnings and ends of keys that are put together, as in f"copy_is_{state}"."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.JoinedStr):
            for part in (node.values[0], node.values[-1]):
                if isinstance(part, ast.Constant) and re.fullmatch(r"_?[a-z]+(_[a-z]+)*_?", str(part.value)):
                    yield str(part.value)


def test_sentences_keep_their_manners() -> None:
    """Chinese with full-width punctuation and at its end a full stop; no pleading, no exclaiming."""
    rude = {
        key
        for key, (chinese, english) in SENTENCES.items()
        if re.search(r"\w!(\s|$)|！", english + " " + chinese)
        or "please" in english.lower()
        or re.search(r"[\u4e00-\u9fff][,;?]", chinese)
    }
    assert rude == set()


CHINESE_ALONE = re.compile(r"'[^']*' if language == 'zh'")
FULL_WIDTH = re.compile("[\u3001-\u303f\uff00-\uffef]")  # the wide space is none: it sets apart in both languages


def test_no_page_has_full_width_punctuation_in_english() -> None:
    templates = sorted((ROOT / "webui" / "templates").rglob("*.html"))
    found = [
        f"{path.name}:{number}"
        for path in templates
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
        if FULL_WIDTH.search(CHINESE_ALONE.sub("", line))
    ]
    assert found == []
