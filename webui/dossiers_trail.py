"""The history of a dossier and its copies, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from archive.domain.audit import AuditEvent
from archive.domain.dossier import Dossier
from archive.domain.people import User
from archive.domain.scheme import Scheme
from archive.services import history
from webui.language import label, words
from webui.session import current_actor, ports

# What an event of the trail is called; those that are not here stand with their own name.
SAID = {
    "create": "The dossier was opened", "edit": "The record was changed",
    "step": "Life of the dossier: {to}",
    "advance": "Life of the dossier: {to}", "waive": "A required document was waived",
    "arrange": "Papers were arranged",
    "put": "A document was put into volume {volume}", "take_out": "A document was taken out of volume {volume}",
    "number_pages": "Pages of volume {volume} were numbered", "fix": "Volume {volume} was fixed",
    "register": "Registered: {code}", "issue": "Lent: {code}", "return": "Given back: {code}",
    "count_again": "Counted again: {code}", "open_finding": "Finding opened: {code}", "close": "Loan closed: {code}",
    "reshelve": "Back in its place: {code}", "send_to_repair": "In repair: {code}", "repaired": "Repaired: {code}",
    "report_missing": "Missing: {code}", "found": "Found: {code}", "set_place": "Moved: {code}",
    "withdraw": "Loan withdrawn: {code}",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Told:
    at: datetime
    said: str
    who: str


def trail(dossier: Dossier, scheme: Scheme) -> list[Told]:
    """The latest events, the newest first."""
    events = history.of_dossier(ports(), current_actor(), dossier.id)
    names = {id: read.record.name for id, read in ports().index.get_many(User, {event.by for event in events}).items()}
    return [Told(event.at, _said(event, scheme), names.get(event.by, event.by)) for event in events]


def _said(event: AuditEvent, scheme: Scheme) -> str:
    kind, _, id = event.chain.partition("/")
    if event.action not in SAID:
        return event.action if kind == "dossier" else f"{event.action} {id}"
    to = str(event.details.get("to", event.details.get("state", event.details.get("step", ""))))
    states = {state.id: label(state.label) for state in scheme.life_cycle.states}
    steps = {step.id: label(step.label) for step in scheme.life_cycle.transitions}
    gaps = {"code": id, "volume": _padded(event.details.get("volume")), "to": states.get(to, steps.get(to, to))}
    return words(SAID[event.action], **gaps)


def _padded(volume: object) -> str:
    return f"{volume:02d}" if isinstance(volume, int) else ""
