"""Lists of records that are not pages: the domain's conditions as SQL over their searchable values.

Values are always parameters; what stands in the text of a statement is only ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from archive.domain.access import Access
from archive.domain.query import Anything, Between, Both, Contains, Either, Is, Where, Without
from archive.domain.record import R, Record, Searched
from archive.ports import Listing
from search.analysis import squeezed
from search.embedded.database import Database
from search.embedded.records import Records, Row
from search.fields import Value, comparable, fields_of, how_searched

Sql = tuple[str, tuple[Value, ...]]

_NOWHERE: Sql = ("0", ())
_COLUMNS = "r.key, r.id, r.revision, r.seq, r.stamp, r.gone, r.data"


class Lists:
    """Selects and counts records of one kind."""

    def __init__(self, database: Database, records: Records) -> None:
        self._database = database
        self._records = records

    def select(
        self, kind: type[R], where: Where, access: Access, order: Sequence[str], size: int, start: int
    ) -> Listing[R]:
        """See `archive.ports.Index.select`. Equal ones follow each other by id, so that pages of a list are stable."""
        condition, given = _condition(kind, where, access)
        sql = (
            f"SELECT {_COLUMNS} FROM record r WHERE r.kind = ? AND r.gone = 0 AND {condition} "
            f"ORDER BY {_order(kind, order)} LIMIT ? OFFSET ?"
        )
        with self._database.snapshot() as connection:
            total = connection.execute(_counting(condition), (kind.kind, *given)).get
            rows = [Row(*row) for row in connection.execute(sql, (kind.kind, *given, size, start))]
        return Listing(tuple(self._records.read(kind, row) for row in rows), int(total))

    def count(self, kind: type[Record], where: Where, access: Access) -> int:
        """How many there are."""
        condition, given = _condition(kind, where, access)
        with self._database.reading() as connection:
            return int(connection.execute(_counting(condition), (kind.kind, *given)).get)


def _counting(condition: str) -> str:
    return f"SELECT count(*) FROM record r WHERE r.kind = ? AND r.gone = 0 AND {condition}"


def _condition(kind: type[Record], where: Where, access: Access) -> Sql:
    asked, given = _sql(kind, where)
    if access.whole:
        return asked, given
    if not access.marks:
        return _NOWHERE
    if "mark" not in fields_of(kind):
        return asked, given
    allowed, marks = _sql(kind, Is("mark", access.marks))
    return f"({asked}) AND {allowed}", (*given, *marks)


def _sql(kind: type[Record], where: Where) -> Sql:
    match where:
        case Anything():
            return "1", ()
        case Both(parts):
            return _joined(kind, parts, " AND ", "1")
        case Either(parts):
            return _joined(kind, parts, " OR ", "0")
        case Without(part):
            condition, given = _sql(kind, part)
            return f"NOT ({condition})", given
        case Is():
            return _is(kind, where)
        case Between():
            return _between(kind, where)
        case Contains():
            return _contains(kind, where)


def _joined(kind: type[Record], parts: Sequence[Where], word: str, empty: str) -> Sql:
    made = [_sql(kind, part) for part in parts]
    if not made:
        return empty, ()
    return f"({word.join(condition for condition, _ in made)})", tuple(v for _, given in made for v in given)


def _is(kind: type[Record], where: Is) -> Sql:
    how = how_searched(kind, where.field)
    wanted = [value for one in sorted(where.values, key=str) if (value := comparable(one, how)) is not None]
    if not wanted:
        return _NOWHERE
    marks = ",".join("?" * len(wanted))
    if where.field == "id":
        return f"r.id IN ({marks})", tuple(wanted)
    return _holding(kind, where.field, f"value IN ({marks})", tuple(wanted))


def _between(kind: type[Record], where: Between) -> Sql:
    how = how_searched(kind, where.field)
    ends = [(sign, comparable(end, how)) for sign, end in ((">=", where.low), ("<=", where.high)) if end is not None]
    # SQLite puts numbers before text: an open end must not let the other sort of value in.
    sort = "typeof(value) = 'text'" if how is Searched.DATE else "typeof(value) <> 'text'"
    tests = [f"value {sign} ?" for sign, _ in ends] or [sort]
    return _holding(kind, where.field, " AND ".join(tests), tuple(cast(Value, end) for _, end in ends))


def _contains(kind: type[Record], where: Contains) -> Sql:
    how_searched(kind, where.field)
    wanted = squeezed(where.text)
    if not wanted:
        return "1", ()
    if where.field == "id":
        return "instr(lower(r.id), ?) > 0", (where.text.lower(),)
    return _holding(kind, where.field, "instr(value, ?) > 0", (wanted,))


def _holding(kind: type[Record], field: str, test: str, given: tuple[Value, ...]) -> Sql:
    return f"r.key IN (SELECT key FROM found WHERE field = ? AND {test})", (f"{kind.kind}.{field}", *given)


def _order(kind: type[Record], order: Sequence[str]) -> str:
    terms = [_order_term(kind, name.removeprefix("-"), name.startswith("-")) for name in order]
    return ", ".join([*terms, "r.id"])


def _order_term(kind: type[Record], field: str, down: bool) -> str:
    how_searched(kind, field)
    turn = "DESC" if down else "ASC"
    if field == "id":
        return f"r.id {turn}"
    name = f"{kind.kind}.{field}".replace("'", "''")
    # What has no value comes last either way.
    value = f"(SELECT min(value) FROM found WHERE key = r.key AND field = '{name}')"
    return f"{value} {turn} NULLS LAST"
