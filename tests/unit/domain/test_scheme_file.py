"""Schemes' files: the shipped ones are good, and every mistake is told with its place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import yaml

import schemes
from archive.domain.scheme_file import check_scheme, path_of, read_scheme
from archive.errors import InvalidInput
from archive.sentences import SENTENCES

TEXT = schemes.shipped()["engineering-customer"]


def broken(change: Callable[[dict[str, Any]], object]) -> str:
    data = yaml.safe_load(TEXT)
    change(data)
    return yaml.safe_dump(data, allow_unicode=True, sort_keys=False)


def keys(text: str) -> list[str]:
    return [one.key for one in check_scheme(text, "office")]


def set_in(*path: str | int, to: object) -> Callable[[dict[str, Any]], object]:
    def change(data: Any) -> None:
        for step in path[:-1]:
            data = data[step]
        data[path[-1]] = to

    return change


@pytest.mark.parametrize("name", sorted(schemes.shipped()))
def test_the_shipped_schemes_are_good(name: str) -> None:
    text = schemes.shipped()[name]
    assert check_scheme(text, name) == []
    assert read_scheme(text, name).id == name


@pytest.mark.parametrize("name", sorted(schemes.shipped()))
def test_every_rule_of_a_shipped_scheme_has_a_clause_and_words_in_both_languages(name: str) -> None:
    for rule in read_scheme(schemes.shipped()[name], name).rules:
        assert rule.clause.strip()
        assert rule.words.zh != rule.words.en


MISTAKES: dict[str, tuple[Callable[[dict[str, Any]], object], str, str]] = {
    "a phase that is not there": (set_in("types", 0, "phase", to="x"), "scheme_unknown_name", "types[0].phase"),
    "a retention that is not there": (
        set_in("types", 1, "retention", to="x"), "scheme_unknown_name", "types[1].retention",
    ),
    "an unknown level": (set_in("default_level", to="x"), "scheme_unknown_name", "default_level"),
    "an unknown rule": (set_in("arrangement", "fixed_rule", to="x"), "scheme_unknown_name", "arrangement.fixed_rule"),
    "an unknown key": (set_in("colour", to="red"), "scheme_unknown_key", "colour"),
    "a missing part": (lambda data: data.pop("unit"), "scheme_missing", "unit"),
    "a label in one language": (set_in("label", to="工程"), "scheme_not_a_label", "label"),
    "a number as a word": (
        set_in("arrangement", "max_sheets", to="many"), "scheme_not_number", "arrangement.max_sheets",
    ),
    "a rule about signatures where none are asked for": (
        set_in("types", 0, "signatures_rule", to="access"), "scheme_missing", "types[0].signatures",
    ),
    "a form that is not one of two": (set_in("forms", to="A4"), "scheme_not_one_of", "forms"),
    "a field's name without its type": (
        set_in("fields", 0, "name", to="customer"), "scheme_field_ending", "fields[0].name",
    ),
    "a choice without choices": (set_in("fields", 1, "kind", to="choice"), "scheme_missing", "fields[1].choices"),
    "no classes": (set_in("classes", to=[]), "scheme_empty", "classes"),
    "a pattern whose braces do not pair": (
        set_in("numbering", "dossier", to="{x"), "scheme_pattern_broken", "numbering.dossier",
    ),
    "a pattern with an unknown gap": (
        set_in("numbering", "dossier", to="{counter}{moon}"), "scheme_pattern_gap", "numbering.dossier",
    ),
    "a pattern that gives numbers twice": (
        set_in("numbering", "dossier", to="KH-{year}"), "scheme_pattern_lacks", "numbering.dossier",
    ),
    "no states": (set_in("life_cycle", "states", to=[]), "scheme_empty", "life_cycle.states"),
    "nothing about lending": (set_in("lending", "rules", to=[]), "scheme_lending_silent", "lending.rules"),
    "a lending rule for a field that is not there": (
        set_in("lending", "rules", 0, "when", to={"moon_k": ["yes"]}),
        "scheme_unknown_name",
        "lending.rules[0].when.moon_k",
    ),
    "a lending rule for a choice that is not there": (
        set_in("lending", "rules", 4, "when", to={"common_k": ["often"]}),
        "scheme_unknown_name",
        "lending.rules[4].when.common_k[0]",
    ),
    "an unknown role": (set_in("appraisal", "by", to=["king"]), "scheme_unknown_name", "appraisal.by[0]"),
}  # fmt: skip


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_told_with_its_place(name: str) -> None:
    change, key, place = MISTAKES[name]
    found = check_scheme(broken(change), "office")
    assert (key, place) in [(one.key, one.data["field"]) for one in found]
    assert key in SENTENCES
    assert all(int(str(one.data["line"])) >= 1 for one in found)
    with pytest.raises(InvalidInput):
        read_scheme(broken(change), "office")


def test_all_mistakes_are_told_at_once() -> None:
    def change(data: dict[str, Any]) -> None:
        data["types"][0]["phase"] = "x"
        data["default_level"] = "y"
        data["life_cycle"]["states"].append({"id": "limbo", "label": "无 | Limbo"})

    assert {"scheme_unknown_name", "scheme_state_unreached"} <= set(keys(broken(change)))
    assert len(keys(broken(change))) >= 3


def test_what_stands_twice_is_told() -> None:
    assert "scheme_twice" in keys(broken(lambda data: data["types"].append(data["types"][0])))
    assert "scheme_twice" in keys(broken(lambda data: data["classes"].append({**data["classes"][0], "children": []})))


def test_a_narrower_level_may_not_be_seen_by_more() -> None:
    assert "scheme_level_wider" in keys(broken(lambda data: data["levels"].reverse()))


def test_a_period_needs_its_days() -> None:
    assert "scheme_missing" in keys(broken(set_in("checklist", 0, "per", to="month")))


@pytest.mark.parametrize(
    ("text", "key"),
    [("id: [", "scheme_not_yaml"), ("- one", "scheme_not_a_mapping"), ("id: a\nid: b", "scheme_key_twice")],
)
def test_a_file_that_is_no_scheme_is_told(text: str, key: str) -> None:
    assert keys(text) == [key]


def test_the_line_of_the_mistake_is_that_of_the_file() -> None:
    text = TEXT.replace("default_level:", "default_level: nobody #", 1)
    found = check_scheme(text, "office")[0]
    assert text.splitlines()[int(str(found.data["line"])) - 1].startswith("default_level")


def test_a_place_is_written_as_a_path() -> None:
    assert path_of(("types", 3, "phase")) == "types[3].phase"
