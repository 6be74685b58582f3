"""Made-up pages and searches of which every part of the language comes up, the same at every run."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import TypeVar

from archive.domain.access import Access
from archive.domain.document import Page
from archive.domain.query import (
    FACETS,
    Anything,
    Between,
    Both,
    Contains,
    Either,
    Is,
    PageSearch,
    Sort,
    Where,
    Without,
)
from archive.domain.query_language import parse
from tests.contract.index_examples import WHOLE, page

T = TypeVar("T")

HAN = ("施工", "合同", "签訂", "工程", "会议纪要", "竣工圖", "验收", "甲方", "乙方", "水泥", "金额", "工", "程", "監理")
LATIN = ("HX-8000", "hx80", "fax", "Exchange", "ｆａｘ", "8000", "800", "460,675.64", "460675.64", "2021", "A1", "é")
BETWEEN = ("", "", "", " ", "\n", "，", "。\n", "（", "）", "、", "-")
PHASES, TYPES, CLASSES = ("before", "during", "after", ""), ("contract", "minutes", "drawing"), ("A1", "A2", "B1")
DOSSIERS = tuple(f"D{n:02d}" for n in range(12))
MARKS = ("s/open", "s/open", "s/open", "s/secret", "inbox/unfiled")
FIRST_DAY = date(2019, 1, 1)
ACCESSES = (WHOLE, WHOLE, Access.to({"s/open"}), Access.to({"s/open", "s/secret"}), Access.nothing())


class Chance:
    """A source of made-up things; the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def pages(self, documents: int) -> list[Page]:
        """Documents of one to seven pages, each in one of a dozen dossiers or in none."""
        return [made for n in range(documents) for made in self._document(n)]

    def search(self) -> PageSearch:
        """A search over all of them, whole."""
        return PageSearch(
            parse(self.typed()),
            only=self._narrowing(),
            volumes_out=frozenset(self._some([f"{dossier}/{k}" for dossier in DOSSIERS for k in (1, 2)], 6)),
            sort=self._one([Sort.RELEVANCE, *Sort]),
            size=1000,
            pages_each=1000,
            facets=(*FACETS, "state", "building"),
        )

    def access(self) -> Access:
        """What somebody may see."""
        return self._one(ACCESSES)

    def typed(self, depth: int = 0) -> str:
        """What somebody might type."""
        ways: list[Callable[[], str]] = [self._word] * 6 + [self._phrase, self._prefix, self._field, self._range]
        parts = [self._one(ways)() for _ in range(self._random.choice((1, 1, 1, 2, 2, 3)))]
        if depth < 2 and self._random.random() < 0.3:
            parts.append(f"({self.typed(depth + 1)})")
        if len(parts) > 1 and self._random.random() < 0.3:
            return " OR ".join(parts)
        return " ".join(f"-{part}" if n and self._random.random() < 0.2 else part for n, part in enumerate(parts))

    def condition(self, depth: int = 0) -> Where:
        """A condition of a list."""
        if depth < 2 and self._random.random() < 0.5:
            parts = tuple(self.condition(depth + 1) for _ in range(self._random.randint(1, 3)))
            together: tuple[Where, ...] = (Both(parts), Either(parts), Without(parts[0]))
            return self._one(together)
        low = self._day()
        ways: tuple[Where, ...] = (
            Anything(),
            Is.of("phase", *self._some(PHASES, 2)),
            Is.of("classes", self._one(CLASSES)),
            Is.of("document", f"d{self._random.randint(0, 60):04d}"),
            Is.of("number", str(self._random.randint(1, 4))),
            Is.of("dossier", self._one(DOSSIERS), ""),
            Is.of("date", low.isoformat(), (low + timedelta(days=1)).isoformat()),
            Is.of("document_number", f"{self._random.randint(1, 30)}号"),
            Is.of("meta.kind_k", self._one(("改造", "扩容a"))),
            Is.of("meta.cost_n", "8", "1250"),
            Between("meta.cost_n", self._one((None, -5, 8, 300.25)), self._one((None, 300.5, 2000))),
            Between("meta.handed_d", low, None),
            Contains("meta.customer_t", self._one(HAN)),
            Contains("dossier_number", "2021"),
            Between("date", low, low + timedelta(days=500)),
            Between("date", None, low),
            Between("year", 2020, None),
            Is.of("item", str(self._random.randint(0, 5)), "5"),
            Between("item", self._one((None, 2)), 4),
            Between("number", 2, 3),
            Contains("title", self._one(HAN)),
            Contains("text", self._word()),
            Contains("file_name", "扫描"),
        )
        return self._one(ways)

    def order(self) -> tuple[str, ...]:
        """An order of a list, or none."""
        return self._one(
            (
                (),
                (),
                ("-number",),
                ("date", "-number"),
                ("-date",),
                ("phase", "-document"),
                ("-year", "id"),
                ("-meta.cost_n", "id"),
            )
        )

    # --- pages --------------------------------------------------------------------------------------------------------

    def _document(self, place: int) -> list[Page]:
        # The first of each dossier come in the order of the dossiers, in which one of the engines lists them.
        n = place if place < len(DOSSIERS) else self._random.randint(0, len(DOSSIERS))
        filed: dict[str, str] = {}
        if n < len(DOSSIERS):
            filed = {"dossier": DOSSIERS[n], "dossier_number": f"KH-2021-{n}", "dossier_name": f"项目{HAN[n]}"}
        volume = f"{DOSSIERS[n]}/{self._random.randint(1, 3)}" if filed and self._random.random() < 0.6 else ""
        day = self._day() if self._random.random() < 0.8 else None
        leaf = self._one(CLASSES)
        about = {
            "scheme": self._one(("campus", "customer")),
            "classes": (leaf[0], leaf),
            "phase": self._one(PHASES),
            "type": self._one(TYPES),
            "title": self._text(3),
            "document_number": f"〔2021〕{self._random.randint(1, 30)}号",
            "party": self._one(("澄江建设", "东校区后勤处", "")),
            "date": day,
            "year": day.year if day else 0,
            "volume": volume,
            "item": self._random.randint(1, 5) if volume else 0,
            "building": self._one(("", "1#", "2#")),
            "file_name": f"扫描 {self._random.randint(1, 99):04d}.pdf",
            "mark": self._one(MARKS),
            "meta": self._meta(),
        } | filed
        pages = self._random.randint(1, 7)
        return [page(f"d{place:04d}", k, self._text(self._random.randint(0, 40)), **about) for k in range(1, pages + 1)]

    def _meta(self) -> dict[str, str | float | date]:
        if self._random.random() < 0.3:
            return {}
        return {
            "cost_n": self._one((8, 300.5, 1250, -3)),
            "customer_t": self._text(2),
            "kind_k": self._one(("改造", "新装", "扩容 A")),
            "handed_d": self._day(),
        }

    def _text(self, length: int) -> str:
        words = (self._one((*HAN, *HAN, *LATIN)) + self._one(BETWEEN) for _ in range(length))
        return "".join(words)

    # --- what is typed ------------------------------------------------------------------------------------------------

    def _word(self) -> str:
        return self._one((*HAN, *HAN, *LATIN, self._one(HAN) + self._one(HAN), self._one(HAN) + self._one(LATIN)))

    def _phrase(self) -> str:
        return f'"{self._word()} {self._word()}"'

    def _prefix(self) -> str:
        return self._one(("hx*", "hx-80*", "8*", "46*", "ex*", "合同8*", "工程hx8*", "fa*", "工*", "1*"))

    def _field(self) -> str:
        han = self._one(HAN)
        number, leaf = self._random.randint(0, 13), self._one(CLASSES)
        return self._one(
            (
                f"title:{han}",
                f"text:{han}",
                f"number:{number}",
                f"dossier:KH-2021-{number}",
                f"dossier:{self._one(DOSSIERS)}",
                f"party:{self._one(('澄江', '后勤处', '东校区*'))}",
                "file:00*",
                f"class:{leaf}",
                f"class:{leaf[0]}*",
                f"type:{self._one(TYPES)}",
                f"phase:{self._one(('before', 'aft*', '*'))}",
                f"meta.kind_k:{self._one(('改造', '扩容a', '扩容'))}",
                f"meta.kind_k:{self._one(('改*', '扩容*', '*', '新装a*'))}",
                f"meta.customer_t:{han}",
                f"meta.customer_t:{self._one(('h*', 'hx-8*', '8*', '工程8*', '460*', '*', f'{han}*'))}",
            )
        )

    def _range(self) -> str:
        low = self._day()
        return self._one(
            (
                f"date:{low}..{low + timedelta(days=300)}",
                f"date:..{low}",
                f"date:{low.year}",
                f"year:{low.year}..",
                f"year:2020..{low.year}",
                "meta.cost_n:8..300.5",
                "meta.cost_n:..0",
                f"meta.handed_d:{low.year}",
            )
        )

    def _narrowing(self) -> dict[str, frozenset[str]]:
        ways: dict[str, Sequence[str]] = {
            "phase": PHASES,
            "type": TYPES,
            "classes": ("A", "B", *CLASSES),
            "scheme": ("campus", "customer"),
            "year": ("2019", "2020", "2021", "0"),
            "paper": ("in", "out"),
            "dossier": DOSSIERS,
            "building": ("", "1#"),
        }
        if self._random.random() < 0.5:
            return {}
        return {name: frozenset(self._some(ways[name], 3)) for name in self._some(list(ways), 2)}

    def _day(self) -> date:
        return FIRST_DAY + timedelta(days=self._random.randint(0, 1200))

    def _one(self, things: Sequence[T]) -> T:
        return self._random.choice(things)

    def _some(self, things: Sequence[T], most: int) -> list[T]:
        return self._random.sample(things, min(self._random.randint(1, most), len(things)))
