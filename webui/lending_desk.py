"""What the desk shows: the pieces with their state, the acts offered, the form of the act chosen, the day's lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from flask import g

from archive.domain.access import Role
from archive.domain.condition import CONDITIONS, condition_label
from archive.domain.copy import Copy, CopyKind, CopyState
from archive.domain.counting import difference_label, difference_of
from archive.domain.document import Document, Page
from archive.domain.dossier import Dossier
from archive.domain.ids import DocumentId, page_id
from archive.domain.lending import STATES, Action
from archive.domain.lending_offers import Offer
from archive.domain.lending_rules import OUTSIDE, PREMISES, Circumstances, due_at, moment_label, rule_for
from archive.domain.people import ROLE_NAMES, User
from archive.errors import ArchiveError, NotFound
from archive.services import copies, lending, loan_lists, people
from archive.services.loan_lists import Figures, LoanRow
from webui.language import label, words
from webui.session import current_actor, current_user, ports

SHOWN = 12  # lines of each list of the day
PERSONS = 100  # offered in a field before anything is typed

PANELS = {
    Action.ISSUE: "issue", Action.LEND_OUTSIDE: "issue", Action.RETURN: "count", Action.RETURN_DIFFERENT: "count",
    Action.COUNT_AGAIN: "count", Action.OPEN_FINDING: "say", Action.CLOSE: "plain", Action.RESHELVE: "shelve",
    Action.SEND_TO_REPAIR: "say", Action.REPORT_MISSING: "say", Action.REPAIRED: "repaired", Action.FOUND: "plain",
}  # fmt: skip
COUNTED = (Action.RETURN, Action.RETURN_DIFFERENT, Action.COUNT_AGAIN)  # acts that stand in the panel of the count
SETTLED = (Action.OPEN_FINDING, Action.CLOSE)  # these too, beside the count of one piece; a lost one has none


@dataclass(frozen=True, slots=True)
class Piece:
    """A copy on the desk. `kind` and `said`: its state as the parts draw it; `kind_name`: 原件 Y1."""

    copy: Copy
    kind: str
    said: str
    kind_name: str
    name: str


def desk(codes: Sequence[str], given: Mapping[str, str], fault: ArchiveError | None, scan: str) -> dict[str, Any]:
    """Everything of the left side. Codes that are not there are left out and said."""
    actor = current_actor()
    pieces, gone = _pieces(codes)
    on_desk = [piece.copy.id for piece in pieces]
    offers = lending.common_offers(ports(), actor.access, on_desk) if on_desk else []
    chosen = _chosen(offers, given.get("act", ""))
    panel = _panel(chosen, offers, len(pieces)) if chosen else ""
    return {
        "pieces": pieces,
        "codes": on_desk,
        "offers": [offer for offer in offers if offer.possible],
        "refused": [offer for offer in offers if not offer.possible],
        "chosen": chosen,
        "panel": panel,
        "in_panel": _in_panel(panel, len(pieces)),
        "given": given,
        "fault": fault or gone,
        "scan": scan,
        "one": pieces[0].copy if len(pieces) == 1 else None,
        "first_page": _first_page(pieces[0].copy) if len(pieces) == 1 else None,
        "conditions": [(id, label(name)) for id, name in CONDITIONS.items()],
        "condition_said": condition_said,
        "difference": _difference(pieces),
        **(_issue_form(pieces, chosen) if chosen and panel == "issue" else {}),
        **_search(given, scan, fault),
    }


def _panel(chosen: Offer, offers: Sequence[Offer], pieces: int) -> str:
    """The form of the act chosen."""
    counting = pieces == 1 and any(offer.possible and offer.action in COUNTED for offer in offers)
    return "count" if counting and chosen.action in SETTLED else PANELS[chosen.action]


def _in_panel(panel: str, pieces: int) -> tuple[Action, ...]:
    """The acts whose buttons stand in the panel and not in the list."""
    if panel != "count":
        return ()
    return (*COUNTED, *SETTLED) if pieces == 1 else COUNTED


def _pieces(codes: Sequence[str]) -> tuple[list[Piece], ArchiveError | None]:
    found, gone = [], None
    for code in dict.fromkeys(codes):
        try:
            found.append(piece_of(copies.copy_at(ports(), current_actor().access, code).record))
        except NotFound as missing:
            gone = missing
    return found, gone


def piece_of(copy: Copy) -> Piece:
    kind, said = state_of(copy)
    return Piece(copy, kind, said, kind_name(copy), _name(copy))


def _name(copy: Copy) -> str:
    return f"{copy.dossier_name}\u3000{copy.title}"


def kind_name(copy: Copy) -> str:
    """原件 Y1, 复印件 F1."""
    mark = copy.id.rpartition("-")[2]
    return words("Original {n}", n=mark) if copy.copy_kind == CopyKind.ORIGINAL else words("Photocopy {n}", n=mark)


def state_of(copy: Copy) -> tuple[str, str]:
    """How a copy's state is drawn, and the words."""
    loan = copy.open_loan
    if copy.state == CopyState.OUT and loan:
        late = loan.due_at < ports().clock.now()
        days = (ports().clock.today() - loan.due_at.astimezone(ports().clock.zone).date()).days
        where = words("read on the premises") if loan.where == PREMISES else words("out of the house")
        if late and days > 0:
            return "late", words("{where}, overdue {n} {n?day|days}", where=where, n=days)
        return ("late" if late else "out"), words("{where}, due {due}", where=where, due=moment(loan.due_at))
    said = label(STATES[CopyState(copy.state)])
    kinds = {CopyState.SHELVED: "in", CopyState.MISSING: "late"}
    return kinds.get(CopyState(copy.state), "hand"), said


def moment(at: datetime) -> str:
    """今日 17:30, 11 月 27 日 17:30."""
    return label(moment_label(at, Circumstances(ports().clock.now(), ports().clock.zone)))


def _first_page(copy: Copy) -> Page | None:
    """The first page of the volume, as far as it may be seen."""
    dossier = ports().index.get_many(Dossier, [copy.dossier]).get(copy.dossier)
    volume = dossier.record.volume(copy.volume) if dossier else None
    documents = ports().index.get_many(Document, [item.document for item in volume.items[:3]]) if volume else {}
    seen = [one.record.id for one in documents.values() if current_actor().access.allows(one.record.mark)]
    pages = ports().index.get_many(Page, [page_id(DocumentId(id), 1) for id in seen])
    return next((read.record for read in pages.values() if read.record.image), None)


def _chosen(offers: Sequence[Offer], act: str) -> Offer | None:
    possible = [offer for offer in offers if offer.possible]
    return next((offer for offer in possible if offer.action == act), possible[0] if possible else None)


def _difference(pieces: Sequence[Piece]) -> str:
    if len(pieces) != 1 or pieces[0].copy.state != CopyState.CHECKING or difference_of(pieces[0].copy) is None:
        return ""
    return label(difference_label(pieces[0].copy))


# --- the form of issuing ------------------------------------------------------------------------------------------


def _issue_form(pieces: Sequence[Piece], chosen: Offer) -> dict[str, Any]:
    """When it is due by which rule, who may consent, who may borrow."""
    where = OUTSIDE if chosen.action == Action.LEND_OUTSIDE else PREMISES
    rules, dues = [], []
    for piece in pieces:
        copy, scheme = piece.copy, ports().schemes[piece.copy.scheme]
        around = copies.around(ports(), copy)
        rules.append(rule_for(copy, scheme, where, around))
        dues.append(due_at(copy, scheme, around, where))
    roles = {role for rule in rules for role in rule.consent}
    persons = people.borrowers(ports(), current_actor(), size=PERSONS)
    consenters = [one for one in persons if roles & set(one.roles)]
    me = current_user()
    return {
        "where": where,
        "due": moment(min(dues)),
        "due_rule": rules[0].rule,
        "exceptions": all(rule.exceptions for rule in rules),
        "needs_consent": bool(roles),
        "consent_roles": words("or#roles").join(label(ROLE_NAMES[Role(role)]) for role in sorted(roles)),
        "persons": [person_line(one) for one in persons],
        "consenters": [person_line(one) for one in consenters],
        "own_consent": person_line(me) if me and roles & set(me.roles) else "",
    }


def person_line(user: User) -> str:
    """贺知行 售后二组 he.zhixing: the last word is the login."""
    return " ".join(part for part in (user.name, user.department, user.id) if part)


def login_of(typed: str) -> str:
    """The login meant by what was typed: its last word where that is one, else the only person of that name."""
    text = typed.strip()
    if not text or _is_login(_last_word(text)):
        return _last_word(text)
    found = people.borrowers(ports(), current_actor(), text, size=2)
    return found[0].id if len(found) == 1 else _last_word(text)


def logins_of(typed: str) -> tuple[str, ...]:
    """The logins meant in the register, where everybody stands who ever borrowed: the last word where that is one, else
    all people of that name or department."""
    text = typed.strip()
    if not text:
        return ()
    last = _last_word(text)
    if _is_login(last):
        return (last,)
    return tuple(one.id for one in people.borrowers_ever(ports(), current_actor(), text)) or (last,)


def _last_word(text: str) -> str:
    return text.rsplit(maxsplit=1)[-1].lower() if text else ""


def _is_login(word: str) -> bool:
    return bool(ports().index.get_many(User, [word]))


# --- a name instead of a code -------------------------------------------------------------------------------------


def _search(given: Mapping[str, str], scan: str, fault: ArchiveError | None) -> dict[str, Any]:
    """Who and what a typed name may mean: people with what they have out, copies of dossiers of that name."""
    if not scan or not isinstance(fault, NotFound):
        return {"named_people": [], "named_copies": [], "near": []}
    actor = current_actor()
    persons = people.borrowers(ports(), actor, scan, size=5)
    return {
        "named_people": [(one, _loans_of(one)) for one in persons],
        "named_copies": [piece_of(copy) for copy in copies.copies_named(ports(), actor.access, scan, size=10)],
        "near": list(fault.data.get("all_near", []))[:10],  # type: ignore[call-overload]
    }


def _loans_of(user: User) -> list[LoanLine]:
    return [loan_line(row) for row in loan_lists.loans_of(ports(), current_actor(), user.id)]


# --- the day ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LoanLine:
    """A line of a list: the copy, who has it, and what stands at its end."""

    copy: Copy
    who: str
    name: str
    end: str
    late: bool


def loan_line(row: LoanRow) -> LoanLine:
    copy, loan = row.copy, row.loan
    if row.days_overdue > 0 and row.past_due:
        end = words("{n} {n?day|days}", n=row.days_overdue)
    else:
        end = moment(loan.due_at)
    return LoanLine(copy, loan.borrower_name, _name(copy), end, row.past_due)


def figures() -> Figures:
    """The day's figures, counted once a request: the rail shows two of them too."""
    if not has_figures():
        g.desk_figures = loan_lists.figures(ports(), current_actor())
    return cast("Figures", g.desk_figures)


def has_figures() -> bool:
    """Whether this request counted them already."""
    return "desk_figures" in g


def day() -> dict[str, Any]:
    """The right side: figures and short lists."""
    actor = current_actor()
    late = [loan_line(row) for row in loan_lists.overdue(ports(), actor, size=SHOWN)]
    today = [loan_line(row) for row in loan_lists.due_today(ports(), actor, size=SHOWN)]
    return {
        "figures": figures(),
        "overdue": late,
        "due_today": today,
        "to_reshelve": _in_state(CopyState.RETURNED),
        "checking": _in_state(CopyState.CHECKING),
        "in_repair": _in_state(CopyState.REPAIR),
    }


def _in_state(state: CopyState) -> list[LoanLine]:
    found = loan_lists.in_state(ports(), current_actor(), state, size=SHOWN).records
    return [LoanLine(read.record, "", _name(read.record), str(read.record.place), late=False) for read in found]


def condition_said(condition: str) -> str:
    return label(condition_label(condition))
