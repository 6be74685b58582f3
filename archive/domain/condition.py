"""The condition of a copy (状况): in order, or one or more things that are not. Pure.

It is kept as one string, the names with a space between ("worn stained"), since lists and forms show it as one.
"""

from __future__ import annotations

from archive.domain.scheme import Label
from archive.errors import InvalidInput

GOOD = "good"
CONDITIONS: dict[str, Label] = {
    GOOD: Label(zh="完好", en="good"),
    "worn": Label(zh="折损", en="creased or torn"),
    "stained": Label(zh="污渍", en="stained"),
    "loose": Label(zh="脱线", en="binding loose"),
    "damaged": Label(zh="破损", en="damaged"),
}


def read_condition(text: str) -> str:
    """The condition in its kept form: known names, each once, in the order of CONDITIONS. Raises InvalidInput."""
    given = set(text.split())
    unknown = given - CONDITIONS.keys()
    if unknown:
        raise InvalidInput("unknown_condition", field="condition", given=" ".join(sorted(unknown)))
    faults = [name for name in CONDITIONS if name in given and name != GOOD]
    return " ".join(faults) or GOOD


def worse(found: str, recorded: str) -> tuple[str, ...]:
    """What is wrong with the copy that the record did not know of."""
    known = {GOOD, *recorded.split()}
    return tuple(name for name in found.split() if name not in known)


def condition_label(condition: str) -> Label:
    """The condition in words."""
    names = [CONDITIONS[name] for name in condition.split()]
    return Label(zh="、".join(name.zh for name in names), en=", ".join(name.en for name in names))
