"""Parts that many papers share: who signs, where the seal falls, a filled-in form's head."""

from collections.abc import Sequence

from samples.draw.layout import Cell, Setting, wrap
from samples.draw.sheet import em, mm


def signatures(s: Setting, rows: Sequence[tuple[str, str, str, str]], seals: bool = True, tall: float = 42) -> None:
    """Fields side by side: party, role of its person, name signed, date; with the party's seal."""
    s.room(mm(tall) + mm(13))
    share = [1.0] * len(rows)
    boxes = s.table(
        share, [[Cell(r[0], font="heib") for r in rows], [Cell("", tall=tall) for _ in rows]], pt=10.5, heads=0
    )[len(rows) :]
    for (party, role, name, date), (x, y, w, h) in zip(rows, boxes, strict=True):
        s.sheet.text(x + mm(2), y + mm(3), role, s.font, 10)
        s.sheet.write(x + w / 2 - em(20) / 2 * len(name), y + mm(10), name, 20, 1.5)
        s.sheet.write(x + w - em(12) * 0.56 * len(date) - mm(3), y + h - mm(8), date, 12, 0.8)
        if seals and party:
            owner = OWNERS.get(party, party)
            s.sheet.seal(x + w / 2 + s.rng.normal(0, mm(2)), y + h * 0.58, owner[0], owner[1], 36)


OWNERS: dict[str, tuple[str, str]] = {
    "建设单位": ("云溪大学基本建设处", ""),
    "设计单位": ("东屿建筑设计院有限公司", "设计专用章"),
    "施工单位": ("恒岳建设集团有限公司", "项目专用章"),
    "监理单位": ("信衡工程监理有限公司", "项目监理部"),
}


def contract_end(
    s: Setting,
    left: Sequence[tuple[str, str]],
    right: Sequence[tuple[str, str]],
    seals: tuple[str, str],
    role: str = "合同专用章",
) -> None:
    """The closing of a contract: both parties in two columns, each with its seal."""
    s.room(em(s.pt) * 2 * (len(left) + 1) + mm(20))
    top, half = s.y + mm(4), s.width / 2
    for x, rows, owner in ((s.left, left, seals[0]), (s.left + half + mm(4), right, seals[1])):
        y = top
        for label, value in rows:
            end = s.sheet.text(x, y, label, s.font, s.pt)
            if value.startswith("~"):
                s.sheet.write(end + mm(1), y - em(3), value[1:], s.pt + 5, 1.4)
            else:
                s.sheet.text(end, y, value, s.font, s.pt)
            y += em(s.pt) * 2
        s.sheet.seal(x + half * 0.45, top + em(s.pt) * 3.2, owner, role, 42)
    s.y = top + em(s.pt) * 2 * len(left)


def closing(s: Setting, owner: str, date: str, seal: bool = True, role: str = "") -> None:
    """Issuer and date at the right, with the seal over both."""
    s.skip(8)
    y = s.y
    s.line(owner, "right", indent=2)
    s.line(date, "right", indent=3)
    if seal:
        s.sheet.seal(s.right - mm(40), y + mm(6), owner, role, 42)


def form_line(s: Setting, parts: Sequence[tuple[str, str, float]], pt: float = 11) -> None:
    """A line of a form: printed label and value by hand, at shares of the width."""
    for label, value, share in parts:
        x = s.left + s.width * share
        end = s.sheet.text(x, s.y, label, s.font, pt)
        s.sheet.write(end + mm(1), s.y - em(2), value, pt + 2, 0.9)
    s.y += em(pt) * 1.9


def ruled(s: Setting, works: Sequence[str], least: int = 19, pt: float = 14.5) -> None:
    """Handwriting on ruled paper, at least so many rules."""
    rows = [row for work in works for row in wrap(work, s.width - mm(14), "kai", pt)]
    step = em(pt) * 1.72
    for k in range(max(least, len(rows) + 1)):
        if k < len(rows):
            s.sheet.write(s.left + mm(5) + float(s.rng.normal(0, 4)), s.y, rows[k], pt, 0.9)
        s.y += step
        s.sheet.rule(s.left + mm(3), s.y - em(5), s.right - mm(3), s.y - em(5), 2)
