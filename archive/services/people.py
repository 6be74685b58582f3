"""People: accounts, sign-in and sessions, and what a person may see. Must not know of cookies or requests.

Passwords are kept as Argon2id hashes. An unknown login and a wrong password take the same time and get the same
sentence; a try is counted before the password is looked at, so that many at once do not get around the pause.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from ipaddress import ip_address

from archive.domain.access import INBOX_MARK, Access, Actor, Permission, Role
from archive.domain.copy import Copy
from archive.domain.people import Session, User
from archive.domain.query import Anything, Both, Contains, Either, Is, Where
from archive.domain.record import Versioned
from archive.domain.scheme import Scheme
from archive.errors import Conflict, Forbidden, InvalidInput, NotFound, Refused, Unavailable
from archive.ports import Ports
from archive.services import attempts, audit, credentials

TRIES = 50  # of a conditional write that somebody else's keeps overtaking
SEEN_STEPS = 4  # a session's last use is noted when a quarter of the idle time has passed


# --- accounts ---------------------------------------------------------------------------------------------------


def create_user(
    ports: Ports,
    actor: Actor,
    login: str,
    *,
    name: str,
    roles: Iterable[Role],
    password: str,
    department: str = "",
    sample: bool = False,
) -> User:
    """A new account. Raises Forbidden, InvalidInput (login, name, roles, password), Conflict where the login is
    taken."""
    actor.must(Permission.PEOPLE)
    login = credentials.read_login(login)
    if not sample:
        credentials.check_password(password, login)
    user = User(
        id=login,
        name=credentials.read_name(name),
        department=department.strip(),
        roles=credentials.read_roles(roles),
        password=credentials.hasher.hash(password),
        sample=sample,
        last=audit.event(ports, actor, "create", name=name.strip(), roles=list(credentials.read_roles(roles))),
    )
    try:
        return audit.create(ports, user).record
    except Conflict:
        raise Conflict("login_taken", login=login) from None


def edit_user(
    ports: Ports,
    actor: Actor,
    login: str,
    *,
    name: str | None = None,
    department: str | None = None,
    roles: Iterable[Role] | None = None,
) -> User:
    """Changes what is given. Raises Forbidden, NotFound, InvalidInput, Refused where nobody would be left who may
    give accounts, Conflict."""
    actor.must(Permission.PEOPLE)
    read = _user(ports, login)
    changes: dict[str, object] = {}
    if name is not None:
        changes["name"] = credentials.read_name(name)
    if department is not None:
        changes["department"] = department.strip()
    if roles is not None:
        held = changes["roles"] = credentials.read_roles(roles)
        if Role.ADMINISTRATOR not in held:
            _keep_an_administrator(ports, read.record)
    told = {field: list(value) if isinstance(value, tuple) else str(value) for field, value in changes.items()}
    return _change(ports, actor, read, "edit", changes, **told)


def set_preferences(
    ports: Ports,
    actor: Actor,
    *,
    language: str | None = None,
    theme: str | None = None,
    letter_keys: bool | None = None,
) -> User:
    """Changes one's own settings: language "", zh or en; theme "", light or dark. Raises InvalidInput."""
    given = {"language": language, "theme": theme, "letter_keys": letter_keys}
    known = {"language": ("", "zh", "en"), "theme": ("", "light", "dark"), "letter_keys": (True, False)}
    changes = {field: value for field, value in given.items() if value is not None}
    for field, value in changes.items():
        if value not in known[field]:
            raise InvalidInput("unknown_choice", field=field, given=value)
    return _change(ports, actor, _user(ports, actor.login), "preferences", changes)


def set_password(ports: Ports, actor: Actor, login: str, new: str, *, old: str = "") -> User:
    """A new password; whoever is signed in under the login has to sign in again. One's own needs the old one,
    another's the right to give accounts. Raises Forbidden, InvalidInput."""
    read = _user(ports, login)
    own = read.record.id == actor.login
    if not own:
        actor.must(Permission.PEOPLE)
    elif not credentials.verified(read.record.password, old):
        raise InvalidInput("old_password_wrong", field="old")
    credentials.check_password(new, read.record.id)
    return _change(
        ports, actor, read, "set_password", {"password": credentials.hasher.hash(new), "sessions": (), "sample": False}
    )


def deactivate(ports: Ports, actor: Actor, login: str) -> User:
    """Closes an account: nobody leaves with papers out.

    The account is closed first, so that nothing more can be lent to it, then the list is asked; where papers are
    out the account is opened again. Raises Refused with the list, Forbidden, NotFound, Unavailable.
    """
    actor.must(Permission.PEOPLE)
    read = _user(ports, login)
    _keep_an_administrator(ports, read.record)
    _refuse_with_papers(ports, read)
    closed = _write(ports, actor, read, "deactivate", {"active": "no", "sessions": ()})
    try:
        _refuse_with_papers(ports, closed)
    except (Refused, Unavailable):
        _write(ports, actor, closed, "reactivate", {"active": "yes"})
        raise
    return closed.record


def reactivate(ports: Ports, actor: Actor, login: str) -> User:
    """Opens a closed account again. Raises Forbidden, NotFound."""
    actor.must(Permission.PEOPLE)
    return _change(ports, actor, _user(ports, login), "reactivate", {"active": "yes"})


def user(ports: Ports, login: str) -> User:
    """The account. Raises NotFound."""
    return _user(ports, login).record


def users(ports: Ports, actor: Actor, text: str = "", *, size: int = 200, start: int = 0) -> Sequence[User]:
    """Accounts by login, those whose name, department or login holds `text`, closed ones too. Raises Forbidden."""
    actor.must(Permission.PEOPLE)
    return _named(ports, text, size, start)


def borrowers(ports: Ports, actor: Actor, text: str = "", *, size: int = 20) -> Sequence[User]:
    """Open accounts that fit `text`, for the desk's fields. Raises Forbidden."""
    actor.must(Permission.LEND)
    return _named(ports, text, size, 0, Is.of("active", "yes"))


def borrowers_ever(ports: Ports, actor: Actor, text: str, *, size: int = 1000) -> Sequence[User]:
    """Accounts that fit `text`, closed ones too, for those who may read the loan register. Raises Forbidden."""
    if not (actor.may(Permission.LEND) or actor.may(Permission.REPORT)):
        raise Forbidden("forbidden", permission=Permission.REPORT.value)
    return _named(ports, text, size, 0)


def _named(ports: Ports, text: str, size: int, start: int, *also: Where) -> Sequence[User]:
    wanted: Where = Anything()
    if text.strip():
        fields = (Contains("name", text.strip()), Contains("department", text.strip()))
        wanted = Either((*fields, Is.of("id", text.strip().lower())))
    found = ports.index.select(
        User, Both((wanted, *also)), Access.whole_archive(), order=("id",), size=size, start=start
    )
    return [read.record for read in found.records]


def _user(ports: Ports, login: str) -> Versioned[User]:
    try:
        return ports.index.get(User, login.strip().lower())
    except NotFound:
        raise NotFound("no_user", login=login.strip()) from None


def _change(
    ports: Ports,
    actor: Actor,
    read: Versioned[User],
    action: str,
    changes: Mapping[str, object],
    **told: str | list[str],
) -> User:
    return _write(ports, actor, read, action, changes, **told).record


def _write(
    ports: Ports,
    actor: Actor,
    read: Versioned[User],
    action: str,
    changes: Mapping[str, object],
    **told: str | list[str],
) -> Versioned[User]:
    last = audit.event(ports, actor, action, **told)
    try:
        return audit.change(ports, read, read.record.model_copy(update={**changes, "last": last}))
    except Conflict:
        raise Conflict("conflict", what=read.record.id) from None


def _keep_an_administrator(ports: Ports, leaving: User) -> None:
    """Raises Refused where `leaving` is the last open account that may give accounts."""
    if Role.ADMINISTRATOR not in leaving.roles:
        return
    where = Both((Is.of("roles", Role.ADMINISTRATOR), Is.of("active", "yes")))
    found = ports.index.select(User, where, Access.whole_archive(), size=50).records
    others = ports.index.get_many(User, [read.record.id for read in found if read.record.id != leaving.id])
    if not any(r.record.active == "yes" and Role.ADMINISTRATOR in r.record.roles for r in others.values()):
        raise Refused("last_administrator", login=leaving.id)


def _refuse_with_papers(ports: Ports, read: Versioned[User]) -> None:
    """Raises Refused with the copies this person has not given back. Every loan written before the account was read
    is seen: the list is asked only when the index is searchable up to there."""
    if not ports.index.refresh(read.seq):
        raise Unavailable("busy")
    found = ports.index.select(Copy, Is.of("borrower", read.record.id), Access.whole_archive(), size=500).records
    now = ports.index.get_many(Copy, [copy.record.id for copy in found])
    codes = sorted(id for id, copy in now.items() if copy.record.borrower == read.record.id)
    if codes:
        raise Refused(
            "papers_out", name=read.record.name, count=len(codes), codes="、".join(codes[:20]), all_codes=codes
        )


# --- signing in -------------------------------------------------------------------------------------------------


def sign_in(ports: Ports, login: str, password: str, address: str = "", agent: str = "") -> tuple[User, str]:
    """The account and the new session's token, for the cookie. `address` is where the request came from.

    Raises Forbidden: "sign_in_failed" with the tries left, "locked_out" with the minutes to wait, "sample_only_here".
    """
    login = login.strip().lower()[:64]
    # The address first: one that is paused leaves no counts of logins it makes up.
    counted = [*([f"address:{address}"] if address else []), f"login:{login}"]
    left = min(attempts.count_try(ports, id) for id in counted)
    read = ports.index.get_many(User, [login]).get(login)
    if not _password_fits(read, password) or read is None:
        raise Forbidden("sign_in_failed", left=left)
    if read.record.sample and address and not _is_loopback(address):
        raise Forbidden("sample_only_here")
    for id in counted:
        attempts.forget_tries(ports, id)
    return _begin_session(ports, login, password, agent)


def _password_fits(read: Versioned[User] | None, password: str) -> bool:
    """Whether this is the account's password. Takes as long where there is no such account."""
    fits = credentials.verified(
        read.record.password if read else credentials.nobody(), password[: credentials.LONGEST_PASSWORD]
    )
    return fits and read is not None and read.record.active == "yes"


def _begin_session(ports: Ports, login: str, password: str, agent: str) -> tuple[User, str]:
    token = secrets.token_urlsafe(32)
    now = ports.clock.now()
    session = Session(token=_hashed(token), begun_at=now, seen_at=now, agent=agent[:200])
    for _ in range(TRIES):
        read = _user(ports, login)
        kept = [s for s in read.record.sessions if _is_good(ports, s)]
        changes: dict[str, object] = {"sessions": (*kept, session)[-ports.settings.sessions_each :]}
        if credentials.hasher.check_needs_rehash(read.record.password):
            changes["password"] = credentials.hasher.hash(password)
        last = audit.event(ports, _plain_actor(read.record), "sign_in")
        try:
            done = audit.change(ports, read, read.record.model_copy(update={**changes, "last": last}))
        except Conflict:
            continue  # the same person signs in elsewhere at this moment
        return done.record, token
    raise Unavailable("busy")


def session_user(ports: Ports, login: str, token: str) -> User | None:
    """The account this token is signed in to; None where it is not (ended, unused too long, account closed)."""
    read = ports.index.get_many(User, [login.strip().lower()]).get(login.strip().lower())
    if read is None or read.record.active != "yes":
        return None
    session = _session(read.record, token)
    if session is None or not _is_good(ports, session):
        return None
    idle = timedelta(minutes=ports.settings.session_idle_minutes)
    if ports.clock.now() - session.seen_at > idle / SEEN_STEPS:
        _note_use(ports, read, session)
    return read.record


def sign_out(ports: Ports, login: str, token: str) -> None:
    """Ends this session; nothing happens where there is none."""
    for _ in range(TRIES):
        read = _user(ports, login)
        session = _session(read.record, token)
        if session is None:
            return
        kept = tuple(s for s in read.record.sessions if s != session)
        last = audit.event(ports, _plain_actor(read.record), "sign_out")
        try:
            audit.change(ports, read, read.record.model_copy(update={"sessions": kept, "last": last}))
        except Conflict:
            continue
        return
    raise Unavailable("busy")


def sign_out_everywhere(ports: Ports, actor: Actor, login: str) -> User:
    """Ends all sessions of an account: one's own, or another's by those who give accounts. Raises Forbidden."""
    read = _user(ports, login)
    if read.record.id != actor.login:
        actor.must(Permission.PEOPLE)
    return _change(ports, actor, read, "sign_out_everywhere", {"sessions": ()})


def _session(user: User, token: str) -> Session | None:
    hashed = _hashed(token)
    return next((s for s in user.sessions if hmac.compare_digest(s.token, hashed)), None)


def _is_good(ports: Ports, session: Session) -> bool:
    now, settings = ports.clock.now(), ports.settings
    ended = now - session.begun_at > timedelta(hours=settings.session_hours)
    return not ended and now - session.seen_at <= timedelta(minutes=settings.session_idle_minutes)


def _note_use(ports: Ports, read: Versioned[User], session: Session) -> None:
    seen = session.model_copy(update={"seen_at": ports.clock.now()})
    sessions = tuple(seen if s == session else s for s in read.record.sessions)
    last = audit.event(ports, _plain_actor(read.record), "session_used")
    try:
        audit.change(ports, read, read.record.model_copy(update={"sessions": sessions, "last": last}))
    except Conflict:
        return  # another request of the same person notes it


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address.partition("%")[0]).is_loopback
    except ValueError:
        return False


# --- who may see what -------------------------------------------------------------------------------------------


def access_for(roles: Iterable[Role | str], schemes: Mapping[str, Scheme]) -> Access:
    """The marks these roles may see: the levels of every scheme, and unfiled papers for those who may file."""
    held = {Role(role) for role in roles}
    marks = {
        scheme.mark(level.id) for scheme in schemes.values() for level in scheme.levels if held & set(level.seen_by)
    }
    if Actor("", "", frozenset(held)).may(Permission.FILE):
        marks.add(INBOX_MARK)
    return Access.to(marks)


def actor_for(user: User, schemes: Mapping[str, Scheme]) -> Actor:
    """The account as the one who acts."""
    return Actor(user.id, user.name, _held(user), access_for(user.roles, schemes))


def _plain_actor(user: User) -> Actor:
    """Who acts on the own account, where nothing is looked at."""
    return Actor(user.id, user.name, _held(user))


def _held(user: User) -> frozenset[Role]:
    return frozenset(Role(role) for role in user.roles)
