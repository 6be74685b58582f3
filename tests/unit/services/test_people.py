"""Accounts, sign-in with its pause, sessions, what each role may see, sample accounts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from argon2 import PasswordHasher

from archive.domain.access import INBOX_MARK, PERMISSIONS, SYSTEM, Permission, Role
from archive.domain.audit import AuditEvent
from archive.domain.people import Attempts, User
from archive.domain.record import Record
from archive.errors import Conflict, Forbidden, InvalidInput, NotFound, Refused, Unavailable
from archive.services import credentials, people, sample_accounts
from tests.unit.services.conftest import HandClock, Office, make_ports

GOOD = "juan-zong-2026"


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Argon2 with its real parameters takes 50 ms a try, by design; here the cheapest ones do."""
    monkeypatch.setattr(credentials, "hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    credentials.nobody.cache_clear()


@pytest.fixture
def bai(office: Office) -> User:
    return people.create_user(office.ports, SYSTEM, "Bai.Lu", name="白露", roles=[Role.READER], password=GOOD)


# --- accounts ---------------------------------------------------------------------------------------------------


def test_an_account_is_kept_under_its_login_in_small_letters_and_never_its_password(office: Office, bai: User) -> None:
    assert bai.id == "bai.lu" and bai.password.startswith("$argon2id$")
    event = office.ports.index.get(AuditEvent, "user/bai.lu/1").record
    assert GOOD not in event.model_dump_json() and "argon2" not in event.model_dump_json()


def test_a_login_names_one_person(office: Office, bai: User) -> None:
    with pytest.raises(Conflict) as taken:
        people.create_user(office.ports, SYSTEM, "BAI.LU", name="另一人", roles=[Role.READER], password=GOOD)
    assert taken.value.key == "login_taken"


@pytest.mark.parametrize(
    ("login", "name", "roles", "password", "field"),
    [
        ("b", "白露", [Role.READER], GOOD, "login"),
        ("白露", "白露", [Role.READER], GOOD, "login"),
        ("bai.lu", " ", [Role.READER], GOOD, "name"),
        ("bai.lu", "白露", [], GOOD, "roles"),
        ("bai.lu", "白露", ["king"], GOOD, "roles"),
        ("bai.lu", "白露", [Role.READER], "short", "password"),
        ("bai.lu", "白露", [Role.READER], "x" * 201, "password"),
        ("bai.lu", "白露", [Role.READER], "aaaaaaaaaaaa", "password"),
        ("bai.lu", "白露", [Role.READER], "my-bai.lu-2026", "password"),
    ],
)
def test_what_is_wrong_with_an_account_is_named_by_its_field(
    office: Office, login: str, name: str, roles: list[Role], password: str, field: str
) -> None:
    with pytest.raises(InvalidInput) as wrong:
        people.create_user(office.ports, SYSTEM, login, name=name, roles=roles, password=password)
    assert wrong.value.field == field


def test_only_administrators_give_accounts(office: Office) -> None:
    for login in ("he.zhixing", "gu.wendi", "tang.xu", "ye.nanzhou"):
        with pytest.raises(Forbidden):
            people.users(office.ports, office.actor(login))
    assert len(people.users(office.ports, office.actor("lu.yao"))) == 5


def test_people_are_found_by_a_part_of_their_name_or_login(office: Office) -> None:
    administrator = office.actor("lu.yao")
    assert [user.id for user in people.users(office.ports, administrator, "闻笛")] == ["gu.wendi"]
    assert [user.id for user in people.users(office.ports, administrator, "Tang.Xu")] == ["tang.xu"]


def test_a_closed_account_is_not_offered_as_borrower(office: Office) -> None:
    people.deactivate(office.ports, office.actor("lu.yao"), "he.zhixing")
    assert people.borrowers(office.ports, office.desk, "贺") == []
    people.reactivate(office.ports, office.actor("lu.yao"), "he.zhixing")
    assert [user.id for user in people.borrowers(office.ports, office.desk, "贺")] == ["he.zhixing"]


def test_whoever_reads_the_register_finds_those_whose_account_is_closed(office: Office) -> None:
    people.deactivate(office.ports, office.actor("lu.yao"), "he.zhixing")
    for login in ("gu.wendi", "tang.xu", "ye.nanzhou"):
        assert [user.id for user in people.borrowers_ever(office.ports, office.actor(login), "贺")] == ["he.zhixing"]
    with pytest.raises(Forbidden):
        people.borrowers_ever(office.ports, office.actor("he.zhixing"), "贺")


def test_the_last_administrator_stays(office: Office) -> None:
    administrator = office.actor("lu.yao")
    with pytest.raises(Refused) as refused:
        people.deactivate(office.ports, administrator, "lu.yao")
    assert refused.value.key == "last_administrator"
    with pytest.raises(Refused):
        people.edit_user(office.ports, administrator, "lu.yao", roles=[Role.READER])
    people.edit_user(office.ports, administrator, "tang.xu", roles=[Role.MANAGER, Role.ADMINISTRATOR])
    assert people.deactivate(office.ports, administrator, "lu.yao").active == "no"


def test_an_edit_changes_what_is_given_alone(office: Office) -> None:
    changed = people.edit_user(office.ports, office.actor("lu.yao"), "gu.wendi", department="资料室")
    assert (changed.name, changed.department, changed.roles) == ("顾闻笛", "资料室", ("archivist",))


def test_preferences_are_ones_own_and_of_known_values(office: Office) -> None:
    changed = people.set_preferences(office.ports, office.desk, language="en", theme="dark", letter_keys=False)
    assert (changed.language, changed.theme, changed.letter_keys) == ("en", "dark", False)
    with pytest.raises(InvalidInput):
        people.set_preferences(office.ports, office.desk, language="fr")


# --- signing in -------------------------------------------------------------------------------------------------


def test_signing_in_begins_a_session_whose_token_is_kept_as_a_hash(office: Office, bai: User) -> None:
    user, token = people.sign_in(office.ports, " Bai.Lu ", GOOD, "10.0.0.7")
    assert token not in user.model_dump_json()
    found = people.session_user(office.ports, "bai.lu", token)
    assert found is not None and found.id == "bai.lu"
    assert people.session_user(office.ports, "bai.lu", "another") is None
    assert people.session_user(office.ports, "nobody", token) is None


def test_unknown_login_and_wrong_password_get_the_same_sentence(office: Office, bai: User) -> None:
    told = []
    for login in ("bai.lu", "nobody"):
        with pytest.raises(Forbidden) as failed:
            people.sign_in(office.ports, login, "wrong-password")
        told.append(failed.value.told_in("zh"))
    assert told[0] == told[1] and "还可试 4 次" in told[0]


def test_repeated_failures_pause_even_the_right_password_and_the_pause_ends(office: Office, bai: User) -> None:
    for _ in range(5):
        with pytest.raises(Forbidden):
            people.sign_in(office.ports, "bai.lu", "wrong-password")
    with pytest.raises(Forbidden) as paused:
        people.sign_in(office.ports, "bai.lu", GOOD)
    assert paused.value.key == "locked_out" and paused.value.data["minutes"] == 15
    office.clock.move(timedelta(minutes=15, seconds=1))
    assert people.sign_in(office.ports, "bai.lu", GOOD)[0].id == "bai.lu"


def test_a_good_sign_in_forgets_the_failures_before_it(office: Office, bai: User) -> None:
    for _ in range(4):
        with pytest.raises(Forbidden):
            people.sign_in(office.ports, "bai.lu", "wrong-password")
    people.sign_in(office.ports, "bai.lu", GOOD)
    assert office.ports.index.get(Attempts, "login:bai.lu").record.failed == 0


def test_an_address_that_tries_many_logins_is_paused(office: Office, bai: User) -> None:
    last = ""
    for n in range(51):
        with pytest.raises(Forbidden) as failed:
            people.sign_in(office.ports, f"nobody{n}", "x", "10.0.0.7")
        last = failed.value.key
    assert last == "locked_out"
    assert office.ports.index.get_many(Attempts, ["login:nobody49", "login:nobody50"]).keys() == {"login:nobody49"}
    assert people.sign_in(office.ports, "bai.lu", GOOD, "10.0.0.8")[0].id == "bai.lu"


def test_a_session_ends_when_it_was_not_used_and_when_it_is_old(office: Office, bai: User) -> None:
    _, token = people.sign_in(office.ports, "bai.lu", GOOD)
    for _ in range(11):
        office.clock.move(timedelta(hours=1))
        assert people.session_user(office.ports, "bai.lu", token) is not None
    office.clock.move(timedelta(hours=1, seconds=1))
    assert people.session_user(office.ports, "bai.lu", token) is None
    _, token = people.sign_in(office.ports, "bai.lu", GOOD)
    office.clock.move(timedelta(minutes=121))
    assert people.session_user(office.ports, "bai.lu", token) is None


def test_the_oldest_of_too_many_sessions_ends(office: Office, bai: User) -> None:
    tokens = [people.sign_in(office.ports, "bai.lu", GOOD)[1] for _ in range(6)]
    good = [people.session_user(office.ports, "bai.lu", token) is not None for token in tokens]
    assert good == [False, True, True, True, True, True]


def test_signing_out_ends_one_session_and_everywhere_all(office: Office, bai: User) -> None:
    first, second = (people.sign_in(office.ports, "bai.lu", GOOD)[1] for _ in range(2))
    people.sign_out(office.ports, "bai.lu", first)
    people.sign_out(office.ports, "bai.lu", first)
    assert people.session_user(office.ports, "bai.lu", first) is None
    assert people.session_user(office.ports, "bai.lu", second) is not None
    people.sign_out_everywhere(office.ports, office.actor("lu.yao"), "bai.lu")
    assert people.session_user(office.ports, "bai.lu", second) is None
    with pytest.raises(Forbidden):
        people.sign_out_everywhere(office.ports, office.actor("he.zhixing"), "bai.lu")


def test_a_new_password_needs_the_old_one_and_ends_every_session(office: Office, bai: User) -> None:
    _, token = people.sign_in(office.ports, "bai.lu", GOOD)
    own = office.actor("bai.lu")
    with pytest.raises(InvalidInput) as wrong:
        people.set_password(office.ports, own, "bai.lu", "another-good-one", old="no")
    assert wrong.value.field == "old"
    people.set_password(office.ports, own, "bai.lu", "another-good-one", old=GOOD)
    assert people.session_user(office.ports, "bai.lu", token) is None
    with pytest.raises(Forbidden):
        people.set_password(office.ports, own, "lu.yao", "another-good-one")


def test_a_closed_account_cannot_sign_in(office: Office, bai: User) -> None:
    people.deactivate(office.ports, office.actor("lu.yao"), "bai.lu")
    with pytest.raises(Forbidden) as failed:
        people.sign_in(office.ports, "bai.lu", GOOD)
    assert failed.value.key == "sign_in_failed"


def test_an_unknown_account_is_said(office: Office) -> None:
    with pytest.raises(NotFound) as missing:
        people.user(office.ports, "nobody")
    assert missing.value.key == "no_user"


class Overtaken:
    """An index in which the first write of a record of one kind comes too late: somebody else's was quicker."""

    def __init__(self, office: Office, kind: type[Record], *, always: bool = False) -> None:
        self._index, self._kind, self._left = office.ports.index, kind, 10_000 if always else 1

    def __getattr__(self, name: str) -> Any:
        return getattr(self._index, name)

    def replace(self, record: Any, token: str) -> Any:
        if isinstance(record, self._kind) and self._left:
            self._left -= 1
            raise Conflict("conflict", what=record.id)
        return self._index.replace(record, token)


def test_signing_in_and_out_go_on_where_somebody_was_quicker(office: Office, bai: User) -> None:
    _, token = people.sign_in(office.with_index(Overtaken(office, User)), "bai.lu", GOOD)
    assert people.session_user(office.ports, "bai.lu", token) is not None
    people.sign_out(office.with_index(Overtaken(office, User)), "bai.lu", token)
    assert people.session_user(office.ports, "bai.lu", token) is None


def test_a_try_is_counted_where_somebody_was_quicker_and_never_let_through_uncounted(office: Office, bai: User) -> None:
    with pytest.raises(Forbidden):
        people.sign_in(office.ports, "bai.lu", "wrong-password")
    with pytest.raises(Forbidden) as failed:
        people.sign_in(office.with_index(Overtaken(office, Attempts)), "bai.lu", "wrong-password")
    assert failed.value.data["left"] == 3
    with pytest.raises(Unavailable):
        people.sign_in(office.with_index(Overtaken(office, Attempts, always=True)), "bai.lu", GOOD)


def test_an_account_changed_meanwhile_is_said(office: Office, bai: User) -> None:
    with pytest.raises(Conflict) as moved:
        people.edit_user(office.with_index(Overtaken(office, User)), office.actor("lu.yao"), "bai.lu", name="白璐")
    assert moved.value.data["what"] == "bai.lu"


# --- who may see what -------------------------------------------------------------------------------------------


def test_each_role_sees_the_levels_its_scheme_gives_it(office: Office) -> None:
    schemes = office.ports.schemes
    reader, archivist = (people.access_for([role], schemes) for role in (Role.READER, Role.ARCHIVIST))
    assert reader.allows("engineering-customer/company") and not reader.allows("engineering-customer/restricted")
    assert archivist.allows("engineering-customer/restricted") and archivist.allows(INBOX_MARK)
    assert not reader.allows(INBOX_MARK)
    assert not people.access_for([], schemes).marks


def test_every_permission_is_held_by_some_role_and_search_by_all() -> None:
    assert all(PERMISSIONS[permission] for permission in Permission)
    assert PERMISSIONS[Permission.SEARCH] == frozenset(Role)


# --- sample accounts --------------------------------------------------------------------------------------------


def test_an_archive_without_people_gets_one_sample_account_for_each_role(office: Office) -> None:
    ports = make_ports(office.folder / "empty", HandClock())
    made = sample_accounts.make_sample_accounts(ports)
    assert [user.roles[0] for user, _ in made] == [role.value for role in Role]
    assert sample_accounts.make_sample_accounts(ports) == made
    login, password = made[0][0].id, made[0][1]
    assert people.sign_in(ports, login, password, "127.0.0.1")[0].id == login
    assert people.sign_in(ports, login, password, "::1")[0].id == login
    with pytest.raises(Forbidden) as refused:
        people.sign_in(ports, login, password, "10.0.0.7")
    assert refused.value.key == "sample_only_here"
    ports.index.close()


def test_an_archive_with_people_of_its_own_gets_no_sample_accounts(office: Office) -> None:
    assert list(sample_accounts.make_sample_accounts(office.ports)) == []
    with pytest.raises(Forbidden):
        people.sign_in(office.ports, "lu.yao", sample_accounts.SAMPLE_PASSWORD, "127.0.0.1")
