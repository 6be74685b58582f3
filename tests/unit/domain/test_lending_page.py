"""docs/lending.md says of every state and act what the table says."""

from __future__ import annotations

from pathlib import Path

from archive.domain.lending import ACTIONS, STATES, TABLE, Transition

PAGE = Path(__file__).resolve().parents[3] / "docs" / "lending.md"
BEGIN, END = "<!-- table: begin -->\n", "<!-- table: end -->"


def row(transition: Transition) -> str:
    before, after, action = STATES[transition.before], STATES[transition.after], ACTIONS[transition.action]
    guards = "; ".join(guard.words.en for guard in transition.guards)
    when = transition.when.words.en if transition.when else ""
    acts = f"{action.zh} {action.en} (`{transition.action}`)"
    return f"| {before.zh} {before.en} | {acts} | {after.zh} {after.en} | {when} | {guards} |\n"


def test_the_page_holds_the_table_row_by_row() -> None:
    head = "| state | act | to | only if | guards that may refuse |\n| --- | --- | --- | --- | --- |\n"
    wanted = head + "".join(row(transition) for transition in TABLE)
    written = PAGE.read_text("utf-8").partition(BEGIN)[2].partition(END)[0]
    assert written == wanted
