"""From the text of a scheme's YAML file to a `Scheme`, with every mistake named by its place. Pure: finds no files.

The file may write a label as `中文 | English`, names rules and parties by their id, and gives the code of a class
relative to the class above it. Everything else is as in `archive.domain.scheme`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml
from pydantic import ValidationError

from archive.domain.scheme import Scheme
from archive.domain.scheme_checks import Problem, problems_of
from archive.errors import InvalidInput

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times as fast, where the wheel has it
Path = tuple[str | int, ...]
PARTY_KEYS = {"owed_by", "giver", "receiver"}  # name one party
PARTIES_KEYS = {"signatures", "holders"}  # name several


def read_scheme(text: str, name: str) -> Scheme:
    """The scheme in `text`; `name` is the file's, for messages.

    Raises InvalidInput: the file, the line, the place as a path (`types[3].phase`) and what should stand there.
    """
    source = _Source(text, name)
    try:
        scheme = Scheme.model_validate(source.resolved())
    except ValidationError as error:
        raise source.wrong(_from_pydantic(error)) from None
    for problem in problems_of(scheme):
        raise source.wrong(problem)
    return scheme


def check_scheme(text: str, name: str) -> list[InvalidInput]:
    """Everything that is wrong with a scheme's file as far as it can be read; empty: it is good."""
    source = _Source(text, name)
    try:
        scheme = Scheme.model_validate(source.resolved())
    except InvalidInput as error:
        return [error]
    except ValidationError as error:
        return [source.wrong(_told(one)) for one in error.errors()]
    return [source.wrong(problem) for problem in problems_of(scheme)]


@dataclass
class _Source:
    """The file's text while it is read."""

    text: str
    name: str
    root: yaml.Node | None = field(default=None, init=False)

    def resolved(self) -> dict[str, Any]:
        """The file's content with references replaced. Raises InvalidInput."""
        data = self._loaded()
        for resolve in (_with_class_codes, _with_rules, _with_parties):
            try:
                data = resolve(data)
            except _Unknown as unknown:
                raise self.wrong(unknown.problem) from None
        return data

    def _loaded(self) -> dict[str, Any]:
        loader = LOADER(self.text)
        try:
            self.root = loader.get_single_node()
            data = loader.construct_document(self.root) if self.root else None
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
            raise InvalidInput("scheme_not_yaml", name=self.name, line=line, column=column) from None
        if not isinstance(data, dict):
            raise InvalidInput("scheme_not_a_mapping", name=self.name)
        for path in _doubled(self.root, ()):
            raise self.wrong(Problem(path, "scheme_key_twice"))
        return data

    def wrong(self, problem: Problem) -> InvalidInput:
        place = path_of(problem.path)
        line = self._line(problem.path)
        return InvalidInput(problem.key, field=place, at=None, name=self.name, line=line, **problem.data)

    def _line(self, path: Path) -> int:
        """The line (from 1) of the deepest part of `path` that stands in the file."""
        node, line = self.root, 1
        for step in path:
            node = _step(node, step)
            if node is None:
                break
            line = node.start_mark.line + 1
        return line


def path_of(path: Path) -> str:
    """`("types", 3, "phase")` as `types[3].phase`."""
    told = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return told.removeprefix(".")


def _step(node: yaml.Node | None, step: str | int) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == str(step)), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        found: yaml.Node = node.value[step]
        return found
    return None


def _doubled(node: yaml.Node | None, path: Path) -> Iterator[Path]:
    """Places of keys that stand twice in one mapping; YAML would silently take the last."""
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                yield (*path, key.value)
            seen.add(key.value)
            yield from _doubled(value, (*path, key.value))
    elif isinstance(node, yaml.SequenceNode):
        for at, value in enumerate(node.value):
            yield from _doubled(value, (*path, at))


# --- references --------------------------------------------------------------------------------------------------


class _Unknown(Exception):
    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.key)
        self.problem = problem


def _known(listed: object) -> dict[str, object]:
    """What a list of the file defines, by id."""
    entries = listed if isinstance(listed, list) else []
    return {str(entry["id"]): entry for entry in entries if isinstance(entry, dict) and "id" in entry}


def _with_rules(data: dict[str, Any]) -> dict[str, Any]:
    return _replaced(data, _known(data.get("rules")), lambda key: key == "rule" or key.endswith("_rule"), _never)


def _with_parties(data: dict[str, Any]) -> dict[str, Any]:
    known = _known(data.get("parties"))
    return _replaced(data, known, PARTY_KEYS.__contains__, PARTIES_KEYS.__contains__)


def _never(_key: str) -> bool:
    return False


def _replaced(
    data: dict[str, Any], known: Mapping[str, object], one: Callable[[str], bool], many: Callable[[str], bool]
) -> dict[str, Any]:
    """`data` with ids under the keys `one` and `many` say replaced by what they name."""

    def look_up(value: object, path: Path) -> object:
        if not isinstance(value, str):
            return value
        if value not in known:
            raise _Unknown(Problem(path, "scheme_unknown_name", {"value": value, "known": _listed(known)}))
        return known[value]

    def walk(value: object, path: Path) -> object:
        if isinstance(value, dict):
            return {key: entry(str(key), inner, (*path, key)) for key, inner in value.items()}
        if isinstance(value, list):
            return [walk(inner, (*path, at)) for at, inner in enumerate(value)]
        return value

    def entry(key: str, value: object, path: Path) -> object:
        if one(key):
            return look_up(value, path)
        if many(key) and isinstance(value, list):
            return [look_up(inner, (*path, at)) for at, inner in enumerate(value)]
        return walk(value, path)

    return {key: entry(str(key), value, (key,)) for key, value in data.items()}


def _with_class_codes(data: dict[str, Any]) -> dict[str, Any]:
    """`data` with the whole codes of classes: a child `JX` of `JJ` becomes `JJ.JX`."""
    return {**data, "classes": [_whole(c, "") for c in data["classes"]]} if _is_list(data.get("classes")) else data


def _whole(entry: object, above: str) -> object:
    if not isinstance(entry, dict) or not isinstance(entry.get("code"), str):
        return entry
    code = f"{above}{entry['code']}"
    children = entry.get("children", [])
    below = [_whole(child, f"{code}.") for child in children] if _is_list(children) else children
    return {**entry, "code": code, "children": below}


def _is_list(value: object) -> bool:
    return isinstance(value, list)


# --- what pydantic found -----------------------------------------------------------------------------------------

_TOLD = {
    "missing": "scheme_missing",
    "extra_forbidden": "scheme_unknown_key",
    "literal_error": "scheme_not_one_of",
    "string_type": "scheme_not_text",
    "string_too_short": "scheme_empty",
    "int_type": "scheme_not_number",
    "int_parsing": "scheme_not_number",
    "int_from_float": "scheme_not_number",
    "float_type": "scheme_not_number",
    "float_parsing": "scheme_not_number",
    "bool_type": "scheme_not_yes_no",
    "bool_parsing": "scheme_not_yes_no",
    "tuple_type": "scheme_not_a_list",
    "model_type": "scheme_not_a_group",
    "dict_type": "scheme_not_a_group",
}


def _from_pydantic(error: ValidationError) -> Problem:
    return _told(error.errors()[0])


def _told(one: Mapping[str, Any]) -> Problem:
    path: Path = tuple(one["loc"])
    data: dict[str, object] = {"value": str(one["input"])[:60]}
    if one["type"] == "literal_error":
        data["known"] = str(one["ctx"]["expected"]).replace("'", "").replace(" or ", ", ")
    if one["type"] == "model_type" and path and path[-1] in ("label", "words", "unit", "regulation"):
        return Problem(path, "scheme_not_a_label", data)
    return Problem(path, _TOLD.get(one["type"], "scheme_value_wrong"), data)


def _listed(known: Mapping[str, object] | Sequence[str]) -> str:
    return ", ".join(known)
