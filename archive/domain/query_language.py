"""What was typed, as the domain's tree. Pure; the grammar is in `query_language.lark`.

Words are all wanted; “…” is an exact run; OR, 或, NOT, 非, -, brackets; `field:value`, ranges with two dots, `word*`.
Chinese quotation marks, colons and brackets work like the ASCII ones. What a clerk types as plain text never fails;
a query that uses the language and breaks it is an InvalidInput with the place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from pathlib import Path

from lark import (
    Lark,
    Token,
    Transformer,
    UnexpectedCharacters,
    UnexpectedInput,
    UnexpectedToken,
)
from lark.exceptions import VisitError

from archive.domain.query import (
    All,
    AnyOf,
    Everything,
    FieldIs,
    FieldRange,
    Not,
    Phrase,
    Prefix,
    Query,
    Word,
    changed,
)
from archive.domain.query_codes import with_codes
from archive.domain.query_values import range_of_days, range_of_numbers
from archive.domain.scheme import Scheme
from archive.errors import InvalidInput

FIELDS: Mapping[str, str] = {
    **dict.fromkeys(("text", "正文", "全文"), "text"),
    **dict.fromkeys(("title", "题名", "标题", "文件题名"), "title"),
    **dict.fromkeys(("number", "文号", "编号", "文件编号"), "number"),
    **dict.fromkeys(("party", "责任者"), "party"),
    **dict.fromkeys(("file", "文件名"), "file"),
    **dict.fromkeys(("dossier", "档号", "项目"), "dossier"),
    **dict.fromkeys(("scheme", "方案", "档案方案"), "scheme"),
    **dict.fromkeys(("class", "分类", "类别", "分类号"), "class"),
    **dict.fromkeys(("phase", "阶段"), "phase"),
    **dict.fromkeys(("type", "类型", "文件类型"), "type"),
    **dict.fromkeys(("date", "日期"), "date"),
    **dict.fromkeys(("year", "年份", "年度"), "year"),
}
"""The names that may stand before a colon, and the fields they mean. A scheme's own fields are `meta.` and their
name, or their label (`own_fields`)."""

Names = Mapping[str, Sequence[str]]  # before a colon, in lower case: the fields that are meant

LONGEST = 2000  # characters
DEEPEST = 30  # brackets

_OPERATORS = {"_OR", "_AND", "NOT"}
_WIDE_SIGNS = "＂＊．"  # other signs mean the same in both widths by the grammar, or stand in plain text as they are
_NARROW = {ord(wide): chr(ord(wide) - 0xFEE0) for wide in _WIDE_SIGNS} | {
    wide: chr(wide - 0xFEE0) for first, last in ("０９", "ＡＺ", "ａｚ") for wide in range(ord(first), ord(last) + 1)
}
_CHINESE_OPERATORS = re.compile(r"(?<!\S)(?:或|与|且|非)(?!\S)")
_LIST_BRACKETS = re.compile(r"(?<=[0-9一二三四五六七八九十])[)）](?=\s|$)")
_IN_BRACKETS = re.compile(r"\s*[(（][^()（）]*[)）]$")
_USES_THE_LANGUAGE = re.compile(r'(?<!\S)(?:OR|AND|NOT)(?!\S)|["“”「」『』《》|]|&&')


def understood(text: str, schemes: Iterable[Scheme]) -> Query:
    """The tree of what was typed where these schemes are in use: their names of fields, classes, phases and types are
    known. Raises InvalidInput with the place."""
    held = tuple(schemes)
    return with_codes(as_typed(text, held), held)


def as_typed(text: str, schemes: Iterable[Scheme]) -> Query:
    """As `understood`, with the values of fields as they were typed. Raises InvalidInput with the place."""
    return parse(text, own_fields(schemes))


def own_fields(schemes: Iterable[Scheme]) -> Mapping[str, Sequence[str]]:
    """What schemes call their dossiers' fields, and the fields of pages that are meant: those that are searched and
    not sensitive. A label also goes without its unit in brackets (`投资（元）`, `投资`)."""
    found: dict[str, dict[str, None]] = {}
    for field in (field for scheme in schemes for field in scheme.fields if field.searchable and not field.sensitive):
        for label in (field.label.zh, field.label.en):
            for name in (label, _IN_BRACKETS.sub("", label)):
                found.setdefault(name.casefold(), {})[f"meta.{field.name}"] = None
    return {name: tuple(meant) for name, meant in found.items() if name}


def parse(text: str, more: Mapping[str, Sequence[str]] | None = None) -> Query:
    """The tree of what was typed. `more` adds names of fields, each for one or several ("客户名称" →
    ["meta.customer_t"]); those of FIELDS keep their meaning.

    Raises InvalidInput with `at`, the character's place from 0.
    """
    _check_size(text)
    if not text.strip():
        return Everything()
    text = narrowed(text)
    names = {name.casefold(): tuple(fields) for name, fields in (more or {}).items()}
    names |= {name: (field,) for name, field in FIELDS.items()}
    try:
        return _parsed(text, names)
    except UnexpectedInput as fault:
        plain = _as_plain_text(text, names)
        if plain is not None:
            return plain
        raise _explained(text, fault) from None
    except VisitError as wrapped:
        raise wrapped.orig_exc from None


def narrowed(text: str) -> str:
    """What is typed in full width (`ＯＲ`, `ｔｙｐｅ`, `＂`) as in ASCII; every character keeps its place."""
    return text.translate(_NARROW)


def words(query: Query, field: str = "text") -> tuple[Word | Phrase | Prefix, ...]:
    """What is to be marked in a page's `text` or `title`: words of no field and of that one, none that are excluded."""
    match query:
        case Word() | Phrase() | Prefix():
            return (query,)
        case FieldIs(field=name, value=value) if name == field:
            return (Prefix(value[:-1]) if value.endswith("*") else Phrase(value),)
        case All(parts) | AnyOf(parts):
            found = (word for part in parts for word in words(part, field))
            return tuple(dict.fromkeys(found))
        case _:
            return ()


# --- from text to tree --------------------------------------------------------------------------------------------


@lru_cache(maxsize=8)
def _parser(names: tuple[str, ...], ranged: frozenset[str]) -> Lark:
    """`ranged` are those of the names that stand for days or numbers."""
    grammar = Path(__file__).with_suffix(".lark").read_text("utf-8")
    alternatives = "|".join(re.escape(name).replace("/", r"\/") for name in sorted(names, key=len, reverse=True))
    meta = r"meta\.\w+"
    return Lark(
        grammar.replace("@NAMES@", f"{meta}|{alternatives}"),
        parser="lalr",
        lexer="basic",
        postlex=_TakesApart(ranged),
        maybe_placeholders=False,
    )


def _parsed(text: str, names: Names) -> Query:
    ranged = frozenset(name for name, fields in names.items() if any(map(_takes_ranges, fields)))
    made: Query = _TreeMaker(names).transform(_parser(tuple(names), ranged).parse(text))
    return made


class _TakesApart:
    """Words around two dots (`2022 .. 2023`) are one value where a field of days or numbers is asked, else words like
    others."""

    always_accept = ()

    def __init__(self, ranged: frozenset[str]) -> None:
        self._ranged = ranged

    def process(self, stream: Iterator[Token]) -> Iterator[Token]:
        """The tokens. A field is asked by what follows it: a word, or all in a bracket."""
        asked = [False]  # outside, and in each bracket that is open: whether such a field is
        of_field: bool | None = None
        for token in stream:
            now, of_field = asked[-1] if of_field is None else of_field, None
            if token.type == "FIELD":
                name = _name_in(token)
                of_field = name in self._ranged or _takes_ranges(name)
            elif token.type == "_OPEN":
                asked.append(now)
            elif token.type == "_CLOSE":
                asked = asked[:-1] or [False]
            yield from (token,) if now or token.type != "WORD" else _pieces(token)


def _pieces(word: Token) -> Iterator[Token]:
    for found in re.finditer(r"\S+", word):
        start = (word.start_pos or 0) + found.start()
        yield Token(word.type, found[0], start_pos=start, end_pos=start + len(found[0]))


def _name_in(head: Token) -> str:
    """The name of a field, without its colon."""
    return str(head)[:-1].strip().casefold()


class _TreeMaker(Transformer[Token, Query]):
    """Makes the domain's tree out of the parser's."""

    def __init__(self, names: Names) -> None:
        super().__init__()
        self._names = names

    def word(self, found: list[Token]) -> Query:
        text = str(found[0])
        bare = text.rstrip("*")
        return Prefix(bare) if bare and bare != text else Word(text)

    def phrase(self, found: list[Token]) -> Query:
        return Phrase(str(found[0])[1:-1])

    def all_of(self, parts: list[Query]) -> Query:
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def any_of(self, parts: list[Query]) -> Query:
        return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))

    def negated(self, found: list[Token | Query]) -> Query:
        """NOT before NOT takes it back: a long row of them is no deep tree."""
        *nots, part = found
        assert not isinstance(part, Token)
        return Not(part) if len(nots) % 2 else part

    def field(self, found: list[Token | Query]) -> Query:
        head, value = found
        assert isinstance(head, Token) and not isinstance(value, Token)
        typed = _name_in(head)
        names = self._names.get(typed, (typed,))
        place = head.end_pos or 0
        return self.any_of([_with_words(value, partial(_field_query, name, place=place)) for name in names])


def _with_words(query: Query, change: Callable[[str, bool], Query]) -> Query:
    """The tree with its words as what they ask of a field; `change` is told whether they were quoted."""

    def of_field(leaf: Query) -> Query:
        match leaf:
            case Word(text) | Phrase(text):
                return change(text, isinstance(leaf, Phrase))
            case Prefix(text):
                return change(f"{text}*", False)
            case _:
                return leaf

    return changed(query, of_field)


def _field_query(name: str, value: str, quoted: bool, *, place: int) -> Query:
    if not _takes_ranges(name):
        return FieldIs(name, value, quoted)
    of = range_of_days if name == "date" or name.endswith("_d") else range_of_numbers
    return FieldRange(name, *of(value, place))


def _takes_ranges(field: str) -> bool:
    """Whether it is one of days or numbers."""
    return field in ("date", "year") or (field.startswith("meta.") and field.endswith(("_d", "_n")))


# --- what cannot be parsed ----------------------------------------------------------------------------------------


def _check_size(text: str) -> None:
    if len(text) > LONGEST:
        raise InvalidInput("query_too_long", at=LONGEST, length=len(text), most=LONGEST)
    depth = 0
    for at, letter in enumerate(text):
        depth += (letter in "(（") - (letter in ")）")
        if depth > DEEPEST:
            raise InvalidInput("query_too_deep", at=at, most=DEEPEST)


def _as_plain_text(text: str, names: Names) -> Query | None:
    """The query with the brackets of a numbered list (`1) 总则`) taken for punctuation and a lone 或, 与, 非 for a
    word; None where it uses the language, so that the person should be told."""
    bare = _LIST_BRACKETS.sub(" ", text)
    if _USES_THE_LANGUAGE.search(bare):
        return None
    quoted = [f'"{piece}"' if _CHINESE_OPERATORS.fullmatch(piece) else piece for piece in bare.split()]
    try:
        return _parsed(" ".join(quoted), names) if quoted else None
    except (UnexpectedInput, VisitError):
        return None


def _explained(text: str, fault: UnexpectedInput) -> InvalidInput:
    at = fault.pos_in_stream if fault.pos_in_stream is not None and fault.pos_in_stream >= 0 else len(text)
    if isinstance(fault, UnexpectedCharacters):
        key = "query_quote_open" if text[at] in '"“”「」『』《》' else "query_broken"
        return InvalidInput(key, at=at, place=at + 1)
    if isinstance(fault, UnexpectedToken) and fault.token.type != "$END":
        return _unexpected(text, fault.token, at)
    return _unfinished(text)


def _unexpected(text: str, token: Token, at: int) -> InvalidInput:
    if token.type == "_CLOSE":
        before = text[:at].rstrip()
        key = "query_bracket_empty" if before.endswith(("(", "（")) else "query_bracket_close"
        return InvalidInput(key, at=at, place=at + 1)
    if token.type in _OPERATORS:
        return InvalidInput("query_operator", at=at, place=at + 1, operator=str(token))
    return InvalidInput("query_broken", at=at, place=at + 1)


def _unfinished(text: str) -> InvalidInput:
    open_at = _open_bracket(text)
    if open_at is not None:
        return InvalidInput("query_bracket_open", at=open_at, place=open_at + 1)
    last = text.rsplit(maxsplit=1)[-1]
    return InvalidInput("query_ends_early", at=len(text), after=last)


def _open_bracket(text: str) -> int | None:
    """Where the outermost bracket that is never closed stands; quotes are skipped."""
    opened: list[int] = []
    bare = re.sub(r'["“”][^"“”]*["“”]', lambda found: " " * len(found[0]), text)
    for at, letter in enumerate(bare):
        if letter in "(（":
            opened.append(at)
        elif letter in ")）" and opened:
            opened.pop()
    return opened[0] if opened else None
