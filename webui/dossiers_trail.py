"""The history of a dossier and its copies, and who looked at it, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from archive.domain.audit import AuditEvent
from archive.domain.document import Document
from archive.domain.dossier import Dossier
from archive.domain.people import User
from archive.domain.scheme import Scheme
from archive.services import trail as audit_trail
from webui.language import label, words
from webui.session import current_actor, may, ports

# What an event of the trail is called; those that are not here stand with their own name.
SAID = {
    "create": "The dossier was opened", "edit": "The record was changed",
    "step": "Life of the dossier: {to}", "waive": "Waived: {name}", "unwaive": "Required again: {name}",
    "put": "A document was put into volume {volume}", "take_out": "A document was taken out of volume {volume}",
    "part": "The volume of all phases was parted by phase",
    "add_late": "A late paper was added to volume {volume}", "rename_volume": "Volume {volume} got another title",
    "remark": "The remarks sheet of volume {volume} got a line",
    "count_pages": "Pages of volume {volume} were counted anew",
    "number_pages": "Pages of volume {volume} were numbered", "fix": "Volume {volume} was fixed",
    "add_paper": "A late paper was counted in: {code}", "leave_out_paper": "A late paper was left out: {code}",
    "follow_dossier": "Brought in step with its dossier: {code}",
    "register": "Registered: {code}", "issue": "Lent: {code}", "return": "Given back: {code}",
    "count_again": "Counted again: {code}", "open_finding": "Finding opened: {code}", "close": "Loan closed: {code}",
    "reshelve": "Back in its place: {code}", "send_to_repair": "In repair: {code}", "repaired": "Repaired: {code}",
    "report_missing": "Missing: {code}", "found": "Found: {code}", "set_place": "Moved: {code}",
    "withdraw": "Loan withdrawn: {code}",
}  # fmt: skip
LOOKED = {"look": "Looked at: {what}", "download": "Downloaded: {what}"}
MOST_LOOKS = 20
MOST_DOCUMENTS = 500  # of a dossier, asked for together


@dataclass(frozen=True, slots=True)
class Told:
    """An event in words; `note` is its reason, its place, and its day where that was put down later."""

    at: datetime
    said: str
    who: str
    note: str = ""


def trail(dossier: Dossier, scheme: Scheme, events: Sequence[AuditEvent]) -> list[Told]:
    """The events of a dossier and its copies in words."""
    names = _names(events)
    return [
        Told(event.at, _said(event, scheme), names.get(event.by, event.by), _note(event, dossier)) for event in events
    ]


def waiver_reasons(events: Sequence[AuditEvent]) -> dict[str, str]:
    """Why lines of the checklist were waived, by line, as far as the events (the newest first) tell it."""
    waived = [event.details for event in reversed(events) if event.action == "waive"]
    return {str(details["want"]): str(details["reason"]) for details in waived}


def looks(dossier: Dossier, documents: Sequence[Document]) -> list[Told]:
    """Who looked at the dossier and its documents last, for those who may see the audit trail; else nothing."""
    if not may("audit"):
        return []
    titles = {f"document/{one.id}": one.title or one.file_name for one in documents[:MOST_DOCUMENTS]}
    found = audit_trail.looks_at(ports(), current_actor(), [f"dossier/{dossier.id}", *titles], size=MOST_LOOKS)
    events = [read.record for read in found.records]
    names = _names(events)
    ordered = sorted(events, key=lambda event: event.at, reverse=True)
    return [Told(one.at, _looked(one, titles.get(one.about, "")), names.get(one.by, one.by)) for one in ordered]


def _looked(event: AuditEvent, title: str) -> str:
    said = LOOKED.get(event.action, "Looked at: {what}")
    return words(said, what=title) if title else words("Looked at the dossier")


def _names(events: Sequence[AuditEvent]) -> dict[str, str]:
    found = ports().index.get_many(User, {event.by for event in events})
    return {id: read.record.name for id, read in found.items()}


def _said(event: AuditEvent, scheme: Scheme) -> str:
    kind, _, id = event.chain.partition("/")
    if event.action not in SAID:
        return event.action if kind == "dossier" else f"{event.action} {id}"
    to = str(event.details.get("to", event.details.get("state", event.details.get("step", ""))))
    states = {state.id: label(state.label) for state in scheme.life_cycle.states}
    steps = {step.id: label(step.label) for step in scheme.life_cycle.transitions}
    wanted = {want.id: label(want.label) for want in scheme.checklist}
    want = str(event.details.get("want", ""))
    gaps = {"code": id, "volume": _padded(event.details.get("volume")), "name": wanted.get(want, want)}
    return words(SAID[event.action], **gaps, to=states.get(to, steps.get(to, to)))


def _note(event: AuditEvent, dossier: Dossier) -> str:
    told = event.details
    reason = _step_reason(event, dossier) if event.action == "step" else str(told.get("reason", ""))
    later = told.get("on") not in (None, event.at.astimezone(ports().clock.zone).date().isoformat())
    parts = [
        words("on {day}", day=told["on"]) if later else "",
        words("Reason: {reason}", reason=reason) if reason else "",
        str(told.get("place", "")),
    ]
    return words("; #between").join(part for part in parts if part)


def _step_reason(event: AuditEvent, dossier: Dossier) -> str:
    """The reason given with a step: the dossier keeps it, put down just before the event."""
    made = [one for one in dossier.history if one.step == event.details.get("step") and one.at <= event.at]
    return made[-1].reason if made else ""


def _padded(volume: object) -> str:
    return f"{volume:02d}" if isinstance(volume, int) else ""
