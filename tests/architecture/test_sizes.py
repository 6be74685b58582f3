"""Modules and functions stay small; what is longer has a reason here."""

from __future__ import annotations

from tests.architecture.source import functions, shipped

MODULE, FUNCTION = 400, 40

LONG_MODULES: dict[str, str] = {}
LONG_FUNCTIONS: dict[str, str] = {}


def test_no_module_is_long_without_a_reason() -> None:
    long = {one.name for one in shipped() if one.lines > MODULE}
    assert long == set(LONG_MODULES)


def test_no_function_is_long_without_a_reason() -> None:
    long = set()
    for source in shipped():
        for function in functions(source):
            body = function.body
            first = body[1] if len(body) > 1 and _is_text(body[0]) else body[0]
            length = (function.end_lineno or 0) - first.lineno + 1
            if length > FUNCTION:
                long.add(f"{source.name}:{function.name}")
    assert long == set(LONG_FUNCTIONS)


def _is_text(node: object) -> bool:
    value = getattr(node, "value", None)
    return isinstance(getattr(value, "value", None), str)
