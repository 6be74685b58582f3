"""Setting text: paragraphs, headings, ruled tables, signatures, over as many sheets as it takes."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from numpy.random import Generator

from samples.draw.fonts import advance
from samples.draw.sheet import Sheet, em, mm

NOT_FIRST = "、，。；：！？）】」》〕”’％%,.;:)]"
NOT_LAST = "（【「《〔“‘("


def runs(text: str) -> list[str]:
    """Text cut where a line may break: single Han characters, whole words and numbers."""
    out: list[str] = []
    for char in text:
        word = char.isascii() and not char.isspace()
        if out and (
            (word and out[-1][-1].isascii() and not out[-1][-1].isspace())
            or char in NOT_FIRST
            or out[-1][-1] in NOT_LAST
        ):
            out[-1] += char
        else:
            out.append(char)
    return out


def wrap(text: str, width: float, font: str, pt: float, first: float = 0) -> list[str]:
    """Lines of at most `width` pixels; the first is shorter by `first`."""
    lines, line, used = [], "", first
    for run in runs(text):
        wide = sum(advance(font, pt, c) for c in run)
        if line and used + wide > width:
            lines.append(line)
            line, used = "", 0.0
            run = run.lstrip()
        line, used = line + run, used + wide
    return [*lines, line] if line else lines


@dataclass(frozen=True)
class Cell:
    """One cell of a table: `span` columns wide; written by hand if `hand`."""

    text: str = ""
    span: int = 1
    align: str = "centre"
    font: str = ""
    hand: bool = False
    tall: float = 0  # least height in mm


@dataclass
class Setting:
    """Text flowing down a page and on to the next one."""

    rng: Generator
    font: str = "song"
    pt: float = 12
    leading: float = 1.75
    left: float = mm(28)
    right: float = 2480 - mm(26)
    top: float = mm(32)
    bottom: float = 3508 - mm(30)
    footer: str = ""  # with {n} and {all}
    header: str = ""
    sheets: list[Sheet] = field(default_factory=list)
    y: float = 0

    def __post_init__(self) -> None:
        self.new_sheet()

    @property
    def sheet(self) -> Sheet:
        """The sheet being written."""
        return self.sheets[-1]

    @property
    def width(self) -> float:
        """Width of the type area in pixels."""
        return self.right - self.left

    def new_sheet(self) -> Sheet:
        """Begin the next sheet."""
        self.sheets.append(Sheet(self.rng))
        self.y = self.top
        return self.sheet

    def room(self, height: float) -> None:
        """Go to a new sheet if less than `height` pixels are left."""
        if self.y + height > self.bottom:
            self.new_sheet()

    def skip(self, millimetres: float) -> "Setting":
        """Leave a gap."""
        self.y += mm(millimetres)
        return self

    def _step(self, pt: float, leading: float | None = None) -> float:
        return em(pt) * (leading or self.leading)

    def line(
        self,
        text: str,
        align: str = "left",
        font: str = "",
        pt: float = 0,
        track: float = 0,
        layer: str = "ink",
        indent: float = 0,
    ) -> None:
        """One line: left, centre or right."""
        font, pt = font or self.font, pt or self.pt
        self.room(self._step(pt))
        wide = sum(advance(font, pt, c) for c in text) + track * em(pt) * (len(text) - 1)
        x = {
            "left": self.left + indent * em(pt),
            "centre": (self.left + self.right - wide) / 2,
            "right": self.right - wide - indent * em(pt),
        }[align]
        self.sheet.text(x, self.y, text, font, pt, track, layer)
        self.y += self._step(pt)

    def title(self, text: str, pt: float = 22, track: float = 0.15, font: str = "songb", layer: str = "ink") -> None:
        """A centred title."""
        self.line(text, "centre", font, pt, track, layer)

    def para(self, text: str, indent: float = 2, font: str = "", pt: float = 0) -> "Setting":
        """A justified paragraph with its first line indented by `indent` ems."""
        font, pt = font or self.font, pt or self.pt
        lines = wrap(text, self.width, font, pt, indent * em(pt))
        for k, row in enumerate(lines):
            self.room(self._step(pt))
            start = indent * em(pt) if k == 0 else 0.0
            slack = self.width - start - sum(advance(font, pt, c) for c in row)
            gap = slack / max(1, len(row) - 1) if k < len(lines) - 1 and slack < 3 * em(pt) else 0.0
            self.sheet.text(self.left + start, self.y, row, font, pt, gap=gap)
            self.y += self._step(pt)
        return self

    def paras(self, text: str, indent: float = 2) -> "Setting":
        """Paragraphs, one a line of `text`; those beginning with # are headings."""
        for row in text.strip().splitlines():
            row = row.strip()
            if row.startswith("#"):
                self.skip(1.2)
                self.room(3 * self._step(self.pt))
                self.line(row.lstrip("# "), font="heib")
            elif row:
                self.para(row, indent)
        return self

    def pairs(self, rows: Sequence[tuple[str, str]], hand: bool = False, label: float = 0) -> None:
        """Label and value a line; values by hand on a rule if `hand`."""
        indent = label or max(sum(advance(self.font, self.pt, c) for c in name) for name, _ in rows) / em(self.pt) + 0.3
        for name, value in rows:
            self.room(self._step(self.pt))
            self.sheet.text(self.left, self.y, name, self.font if not hand else "song", self.pt)
            x = self.left + indent * em(self.pt)
            if hand:
                self.sheet.write(x + 20, self.y - em(2), value, self.pt + 2)
                self.sheet.rule(x, self.y + em(self.pt) * 1.12, self.right, self.y + em(self.pt) * 1.12, 2)
                self.y += self._step(self.pt)
                continue
            for row in wrap(value, self.right - x, self.font, self.pt):
                self.sheet.text(x, self.y, row, self.font, self.pt)
                self.y += self._step(self.pt)

    def double_rule(self) -> None:
        """A thick and a thin rule across the type area."""
        self.sheet.rule(self.left, self.y, self.right, self.y, 7)
        self.sheet.rule(self.left, self.y + 15, self.right, self.y + 15, 2)
        self.y += 50

    def table(
        self,
        columns: Sequence[float],
        rows: Sequence[Sequence[Cell | str]],
        pt: float = 10.5,
        heads: int = 1,
        pad: float = 1.3,
        border: int = 5,
    ) -> list[tuple[float, float, float, float]]:
        """A ruled table; `columns` are shares of the width. Returns the cells' boxes, row by row."""
        scale = self.width / sum(columns)
        wide = [c * scale for c in columns]
        boxes, start = [], self.y
        for k, row in enumerate(rows):
            cells = [c if isinstance(c, Cell) else Cell(c) for c in row]
            height = self._row_height(cells, wide, pt, pad)
            if self.y + height > self.bottom:
                self.sheet.frame(self.left, start, self.width, self.y - start, border)
                self.new_sheet()
                start = self.y
            boxes += self._row(cells, wide, height, pt, k < heads)
            self.y += height
        self.sheet.frame(self.left, start, self.width, self.y - start, border)
        return boxes

    def _row_height(self, cells: list[Cell], wide: list[float], pt: float, pad: float) -> float:
        tallest, at = mm(6), 0
        for cell in cells:
            width = sum(wide[at : at + cell.span]) - 2 * mm(1.8)
            lines = sum(
                len(wrap(part, width, self._face(cell, False), pt + cell.hand)) for part in cell.text.split("\n")
            )
            tallest = max(tallest, lines * em(pt) * 1.5 + 2 * mm(pad), mm(cell.tall))
            at += cell.span
        return tallest

    def _face(self, cell: Cell, head: bool) -> str:
        return "kai" if cell.hand else cell.font or ("heib" if head else self.font)

    def _row(
        self, cells: list[Cell], wide: list[float], height: float, pt: float, head: bool
    ) -> list[tuple[float, float, float, float]]:
        x, at, boxes = self.left, 0, []
        for cell in cells:
            width = sum(wide[at : at + cell.span])
            self.sheet.frame(x, self.y, width, height, 2)
            self._fill(cell, (x, self.y, width, height), pt, self._face(cell, head))
            boxes.append((x, self.y, width, height))
            x, at = x + width, at + cell.span
        return boxes

    def _fill(self, cell: Cell, box: tuple[float, float, float, float], pt: float, font: str) -> None:
        x, y, w, h = box
        lines = [row for part in cell.text.split("\n") for row in wrap(part, w - 2 * mm(1.8), font, pt + cell.hand)]
        step = em(pt) * 1.5
        top = y + mm(2) if cell.align == "top" else y + (h - step * len(lines)) / 2 + (step - em(pt)) / 2
        for k, row in enumerate(lines):
            wide = sum(advance(font, pt + cell.hand, c) for c in row)
            at = x + (w - wide) / 2 if cell.align == "centre" else x + mm(1.8)
            if cell.hand:
                self.sheet.write(at, top + k * step - em(0.5), row, pt + 1, 0.8)
            else:
                self.sheet.text(at, top + k * step, row, font, pt)

    def done(self) -> list[Sheet]:
        """The sheets, with headers and page numbers set."""
        for n, sheet in enumerate(self.sheets, 1):
            if self.footer:
                note = self.footer.format(n=n, all=len(self.sheets))
                wide = sum(advance("song", 9, c) for c in note)
                sheet.text((sheet.width - wide) / 2, sheet.height - mm(20), note, "song", 9)
            if self.header:
                sheet.text(self.left, mm(17), self.header, "kai", 9)
                sheet.rule(self.left, mm(21.5), self.right, mm(21.5), 2)
        return self.sheets
