"""The lending desk: issuing, taking back, checking, shelving, repair and loss. Decides by the table of
`archive.domain.lending`; must not know of screens.

Each act is one conditional write of the copy, decided anew on what is there when somebody was quicker; the register's
line follows from it. Several copies on one slip are all lent or none: what was written of a slip that comes to
nothing is taken back, by whoever issues it or, after a crash, by `archive.services.reconcile`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from archive.domain import lending_acts as acts
from archive.domain.access import Access, Actor, Permission
from archive.domain.condition import GOOD
from archive.domain.copy import Copy, CopyState, Counted, Finding
from archive.domain.counting import difference_label, difference_of, short_label
from archive.domain.lending_offers import Offer, actions_for
from archive.domain.lending_rules import Circumstances
from archive.domain.record import Event, Versioned
from archive.domain.refusals import together
from archive.domain.scheme import Label, Scheme
from archive.errors import Conflict, InvalidInput, Unavailable
from archive.ports import Ports
from archive.services import audit, copies, register, shelf
from archive.services.issuing import TRIES, Issued, LoanRequest, lend, withdraw
from archive.services.series import next_number

__all__ = [
    "Count",
    "Issued",
    "LoanRequest",
    "Returned",
    "close_loan",
    "common_offers",
    "count_again",
    "found",
    "lend",
    "offers",
    "open_finding",
    "repaired",
    "report_missing",
    "send_to_repair",
    "shelve",
    "take_back",
    "volumes_out",
    "withdraw",
]

Act = Callable[[Copy, Scheme, Circumstances], Copy]


# --- what may be done now ---------------------------------------------------------------------------------------


def offers(ports: Ports, access: Access, copy: Copy | str) -> list[Offer]:
    """The acts on a copy now, possible ones first, refused ones with their rule and what would be possible instead.
    The copy is read again by id. Raises NotFound."""
    read = copies.copy_at(ports, access, copy if isinstance(copy, str) else copy.id).record
    return actions_for(read, ports.schemes[read.scheme], copies.around(ports, read))


def common_offers(ports: Ports, access: Access, codes: Sequence[str]) -> list[Offer]:
    """The acts on several copies together: possible where they are for each, else with what refuses some of them."""
    lists = [offers(ports, access, code) for code in codes]
    acts_there = [offer.action for offer in lists[0]] if lists else []
    each = [[offer for one in lists for offer in one if offer.action == action] for action in acts_there]
    common = [_common(same) for same in each if len(same) == len(lists)]
    return sorted(common, key=lambda offer: not offer.possible)


def _common(same: Sequence[Offer]) -> Offer:
    """These offers of one act as one."""
    refused = [offer for offer in same if offer.refusal]
    if not refused:
        return same[0]
    instead = refused[0].instead if all(offer.instead == refused[0].instead for offer in refused) else None
    return replace(refused[0], refusal=together([offer.refusal for offer in refused if offer.refusal]), instead=instead)


# --- coming back ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Count:
    """What was counted: sheets (张数), pages (页数), condition (names of `archive.domain.condition`, a space between),
    numbers of the pages that are missing."""

    sheets: int
    pages: int
    condition: str = GOOD
    missing_pages: tuple[int, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Returned:
    """A copy that came back. `difference` None: as recorded, the loan is closed and the copy is to be reshelved."""

    copy: Copy
    difference: Label | None


def take_back(
    ports: Ports,
    actor: Actor,
    code: str,
    count: Count | None = None,
    *,
    brought_by: str = "",
) -> Returned:
    """Takes a copy back: without a count it is as recorded, and its loan is closed; a difference keeps it open.
    `brought_by` is the login or name of who brought it for the borrower. Raises Refused, InvalidInput, NotFound,
    Forbidden."""

    def act(copy: Copy, scheme: Scheme, around: Circumstances) -> Copy:
        return acts.give_back(
            copy,
            scheme,
            around,
            _counted(actor, around, copy, count),
            brought_by=brought_by,
        )

    return _returned(_change(ports, actor, code, "return", act, as_recorded=count is None))


def count_again(ports: Ports, actor: Actor, code: str, count: Count | None = None) -> Returned:
    """Another count of a copy that came back with a difference; as recorded closes its loan. Raises as
    `take_back`."""

    def act(copy: Copy, scheme: Scheme, around: Circumstances) -> Copy:
        return acts.count_again(copy, scheme, around, _counted(actor, around, copy, count))

    return _returned(_change(ports, actor, code, "count_again", act, as_recorded=count is None))


def _counted(actor: Actor, around: Circumstances, copy: Copy, count: Count | None) -> Counted:
    given = count or Count(copy.sheets, copy.pages, copy.condition)
    return Counted(
        at=around.now,
        by=actor.login,
        sheets=given.sheets,
        pages=given.pages,
        condition=given.condition,
        missing_pages=given.missing_pages,
        note=given.note.strip(),
    )


def _returned(copy: Copy) -> Returned:
    checking = copy.state == CopyState.CHECKING
    return Returned(copy, difference_label(copy) if checking and difference_of(copy) else None)


def open_finding(ports: Ports, actor: Actor, code: str, what: str) -> Copy:
    """Opens a numbered finding of loss or damage (缺损登记). Raises InvalidInput where nothing is said, Refused,
    NotFound, Forbidden."""
    actor.must(Permission.LEND)
    if not what.strip():
        raise InvalidInput("what_needed", field="what")
    copies.copy_at(ports, actor.access, code)
    finding = _new_finding(ports, actor, what)
    return _change(
        ports,
        actor,
        code,
        "open_finding",
        lambda c, s, a: acts.open_finding(c, s, a, finding),
        number=finding.number,
    )


def _new_finding(ports: Ports, actor: Actor, what: str) -> Finding:
    """A finding under the next number of the year."""
    series = f"QS-{ports.clock.today().year}"
    number = f"{series}-{next_number(ports, series):03d}"
    return Finding(number=number, at=ports.clock.now(), by=actor.login, what=what.strip())


def close_loan(ports: Ports, actor: Actor, code: str) -> Copy:
    """Closes the loan of a copy with an open finding; the record says from then on what was counted. Raises Refused,
    NotFound, Forbidden."""
    return _change(ports, actor, code, "close", acts.close)


def shelve(ports: Ports, actor: Actor, code: str, place: str) -> Copy:
    """Puts a copy back: `place` is its place as scanned or typed. Raises Refused("wrong_place") with the right one,
    NotFound, Forbidden."""
    return _change(
        ports,
        actor,
        code,
        "reshelve",
        lambda c, s, a: acts.reshelve(c, s, a, place),
        place=place.strip(),
    )


# --- repair and loss --------------------------------------------------------------------------------------------


def send_to_repair(ports: Ports, actor: Actor, code: str, what: str) -> Copy:
    """Opens a repair (修复); not lent until it is done. Raises Refused, InvalidInput, NotFound, Forbidden."""
    return _change(
        ports,
        actor,
        code,
        "send_to_repair",
        lambda c, s, a: acts.send_to_repair(c, s, a, by=actor.login, what=what),
    )


def repaired(
    ports: Ports,
    actor: Actor,
    code: str,
    *,
    sheets: int | None = None,
    pages: int | None = None,
    condition: str = GOOD,
    what: str = "",
) -> Copy:
    """Ends a repair with what the copy is now; it is to be reshelved then. Where sheets or pages are gone `what` says
    of it, as a finding under a number of its own, without which it is refused. Raises Refused, InvalidInput, NotFound,
    Forbidden."""
    actor.must(Permission.LEND)
    copy = copies.copy_at(ports, actor.access, code).record
    short = short_label(copy, sheets, pages) is not None
    finding = _new_finding(ports, actor, what) if short and what.strip() else None

    def act(copy: Copy, scheme: Scheme, around: Circumstances) -> Copy:
        return acts.repaired(copy, scheme, around, sheets=sheets, pages=pages, condition=condition, finding=finding)

    told = {"number": finding.number, "what": finding.what} if finding else {}
    return _change(ports, actor, code, "repaired", act, **told)


def report_missing(ports: Ports, actor: Actor, code: str, what: str) -> Copy:
    """Records that a copy is not where it should be. Raises Refused, InvalidInput, NotFound, Forbidden."""
    return _change(
        ports,
        actor,
        code,
        "report_missing",
        lambda c, s, a: acts.report_missing(c, s, a, what=what),
    )


def found(ports: Ports, actor: Actor, code: str) -> Copy:
    """Records that a missing copy is here again. Raises Refused, NotFound, Forbidden."""
    return _change(ports, actor, code, "found", lambda c, s, a: acts.found(c, s, a, by=actor.login))


def _change(
    ports: Ports,
    actor: Actor,
    code: str,
    action: str,
    act: Act,
    **details: str | int | bool,
) -> Copy:
    """One act on one copy, decided anew where somebody was quicker; the register's line follows."""
    actor.must(Permission.LEND)
    for _ in range(TRIES):
        read = copies.copy_at(ports, actor.access, code)
        changed = act(read.record, ports.schemes[read.record.scheme], copies.around(ports, read.record))
        try:
            written = audit.change(
                ports,
                read,
                changed.model_copy(
                    update={"last": _event(ports, actor, action, {**details, **_numbers(read, changed)})}
                ),
            )
        except Conflict:
            continue
        ports.index.refresh(register.write_line(ports, written))
        return written.record
    raise Unavailable("copy_busy", code=code)


def _event(ports: Ports, actor: Actor, action: str, details: Mapping[str, str | int | bool]) -> Event:
    return audit.event(ports, actor, action, **details)


def _numbers(read: Versioned[Copy], changed: Copy) -> dict[str, str | int | bool]:
    """What an act changes of what is recorded of the paper, before and after."""
    told: dict[str, str | int | bool] = {}
    for name in ("sheets", "pages", "condition"):
        before, after = getattr(read.record, name), getattr(changed, name)
        if before != after:
            told |= {f"{name}_before": before, name: after}
    return told


# --- for the search ---------------------------------------------------------------------------------------------


def volumes_out(ports: Ports) -> frozenset[str]:
    """Keys of the volumes whose original is not on the shelf, as the index knows it now; shown, never decided on."""
    return shelf.volumes_out(ports.index)
