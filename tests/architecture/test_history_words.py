"""Every act that is recorded of a dossier or a copy has words in the dossier's history."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from tests.architecture.source import Source, functions, shipped
from webui.dossiers_trail import SAID

# Acts on documents, intake jobs and accounts, which stand in no dossier's history.
ELSEWHERE = {
    "classify", "propose", "file", "review_again", "arrange", "blank", "not_blank", "keep", "not_keep", "reread",
    "receive", "find_parts", "split", "read", "fail", "retry", "send_again",
    "sign_in", "sign_out", "sign_out_everywhere", "session_used", "set_password", "preferences", "deactivate",
    "reactivate",
}  # fmt: skip


def recorded(source: Source) -> Iterator[str]:
    """The actions a module records: as written in its events, or handed to a function of its own as `action`."""
    takers = {"event": 2, **dict(_takers(source))}
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call):
            yield from _written(_action_of(node, takers))


def _takers(source: Source) -> Iterator[tuple[str, int]]:
    for function in functions(source):
        names = [one.arg for one in function.args.args]
        if "action" in names:
            yield function.name, names.index("action")


def _action_of(call: ast.Call, takers: Mapping[str, int]) -> ast.expr | None:
    name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
    if name not in takers:
        return None
    named = next((word.value for word in call.keywords if word.arg == "action"), None)
    return named or (call.args[takers[name]] if len(call.args) > takers[name] else None)


def _written(action: ast.expr | None) -> Iterator[str]:
    if isinstance(action, ast.IfExp):
        yield from _written(action.body)
        yield from _written(action.orelse)
    elif isinstance(action, ast.Constant) and isinstance(action.value, str):
        yield action.value


def test_each_act_on_a_dossier_or_a_copy_has_words_and_no_words_are_left_over() -> None:
    found = {action for source in shipped() if source.name.startswith("archive/") for action in recorded(source)}
    assert found == ELSEWHERE | set(SAID)
