"""The A1 as-built drawing: grid, walls, rooms, pipes, hydrants, notes, title block, stamp."""

from numpy.random import Generator

from samples.draw.sheet import Sheet, em, mm

BAYS, SPAN, DEEP = 10, mm(66), mm(92)
LEFT, TOP, AISLE = mm(70), mm(105), mm(34)


def water_plan(rng: Generator) -> list[Sheet]:
    """Second floor, fire water, 1:100."""
    sheet = Sheet(rng, 9933, 7016, "drawing")
    _border(sheet)
    _grid(sheet)
    _rooms(sheet)
    _pipes(sheet)
    _notes(sheet)
    _title_block(sheet)
    _stamp(sheet)
    return [sheet]


def _border(s: Sheet) -> None:
    s.frame(mm(2), mm(2), s.width - mm(4), s.height - mm(4), 3)
    s.frame(mm(25), mm(10), s.width - mm(35), s.height - mm(20), 14)


def _centred(s: Sheet, x: float, y: float, text: str, pt: float, font: str = "hei") -> None:
    wide = em(pt) * sum(0.55 if c.isascii() else 1 for c in text)
    s.text(x - wide / 2, y - em(pt) / 2, text, font, pt)


def _grid(s: Sheet) -> None:
    low = TOP + 2 * DEEP + AISLE
    tool = s.pen()
    for k in range(BAYS + 1):
        x = LEFT + k * SPAN
        for dash in range(round(TOP - mm(28)), round(low + mm(28)), 90):
            s.rule(x, dash, x, dash + 62, 2)
        for y in (TOP - mm(34), low + mm(34)):
            tool.ellipse((x - mm(6), y - mm(6), x + mm(6), y + mm(6)), outline=255, width=4)
            _centred(s, x, y, str(k + 1), 15)
    for y, name in ((TOP, "D"), (TOP + DEEP, "C"), (TOP + DEEP + AISLE, "B"), (low, "A")):
        x = LEFT - mm(28)
        s.rule(x + mm(6), y, LEFT + BAYS * SPAN, y, 1)
        tool.ellipse((x - mm(6), y - mm(6), x + mm(6), y + mm(6)), outline=255, width=4)
        _centred(s, x, y, name, 15)
    for k in range(BAYS):
        x, y = LEFT + k * SPAN, TOP - mm(22)
        s.rule(x, y, x + SPAN, y, 2)
        for at in (x, x + SPAN):
            s.rule(at - mm(1.5), y + mm(1.5), at + mm(1.5), y - mm(1.5), 5)
        _centred(s, x + SPAN / 2, y - mm(3.2), "6600", 10.5)
    y = TOP - mm(27)
    s.rule(LEFT, y, LEFT + BAYS * SPAN, y, 2)
    _centred(s, LEFT + (BAYS / 2 - 0.5) * SPAN, y - mm(3.2), "66000", 10.5)


def _wall(s: Sheet, x0: float, y0: float, x1: float, y1: float) -> None:
    t = mm(1.2)
    dx, dy = (0, t) if y0 == y1 else (t, 0)
    s.rule(x0 - dx, y0 - dy, x1 - dx, y1 - dy, 8)
    s.rule(x0 + dx, y0 + dy, x1 + dx, y1 + dy, 8)


def _rooms(s: Sheet) -> None:
    low, right = TOP + 2 * DEEP + AISLE, LEFT + BAYS * SPAN
    for y in (TOP, low):
        _wall(s, LEFT, y, right, y)
    for x in (LEFT, right):
        _wall(s, x, TOP, x, low)
    upper = [
        "普通教室",
        "普通教室",
        "教师休息",
        "普通教室",
        "合班教室",
        "",
        "普通教室",
        "教师休息",
        "普通教室",
        "楼梯间",
    ]
    lower = [
        "楼梯间",
        "普通教室",
        "普通教室",
        "卫生间",
        "普通教室",
        "强电间",
        "普通教室",
        "语音教室",
        "语音教室",
        "消防前室",
    ]
    for names, wall, room, sign in ((upper, TOP + DEEP, TOP, 1), (lower, TOP + DEEP + AISLE, TOP + DEEP + AISLE, -1)):
        for k, name in enumerate(names):
            x = LEFT + k * SPAN
            if name:
                _wall(s, x, room, x, room + DEEP)
                _centred(s, x + SPAN / 2, room + DEEP * 0.56, name, 20)
                number = 201 + k if sign > 0 else 221 + k
                _centred(s, x + SPAN / 2, room + DEEP * 0.56 + mm(10), str(number), 14)
            _door(s, x + mm(12), wall, sign)
            _wall(s, x + mm(24), wall, x + SPAN, wall)
            _wall(s, x, wall, x + mm(12), wall)
            for y in (TOP, wall, low):
                s.pen().rectangle((x - mm(3), y - mm(3), x + mm(3), y + mm(3)), fill=255)
    for y in (TOP, TOP + DEEP, TOP + DEEP + AISLE, low):
        s.pen().rectangle((right - mm(3), y - mm(3), right + mm(3), y + mm(3)), fill=255)
    for k in (9, 0):
        _stairs(s, LEFT + k * SPAN, TOP if k else TOP + DEEP + AISLE)
    for k in range(BAYS):
        for y in (TOP, low):
            x = LEFT + k * SPAN
            for d in (-0.4, 0.4):
                s.rule(x + mm(14), y + mm(d), x + SPAN - mm(14), y + mm(d), 3)


def _door(s: Sheet, x: float, y: float, sign: int) -> None:
    r = mm(12)
    s.rule(x, y, x, y - sign * r, 5)
    box = (x - r, y - r, x + r, y + r)
    s.pen().arc(box, *((270, 360) if sign > 0 else (0, 90)), fill=255, width=3)


def _stairs(s: Sheet, x: float, y: float) -> None:
    for k in range(14):
        at = y + mm(12) + k * mm(2.4)
        s.rule(x + mm(5), at, x + SPAN - mm(5), at, 3)
    s.rule(x + SPAN / 2, y + mm(12), x + SPAN / 2, y + mm(12) + 13 * mm(2.4), 6)


def _hydrant(s: Sheet, x: float, y: float, name: str, below: bool = True) -> None:
    w, h = mm(9), mm(5)
    s.pen().rectangle((x - w / 2, y - h / 2, x + w / 2, y + h / 2), outline=255, width=6)
    s.pen().polygon([(x - w / 2, y - h / 2), (x - w / 2, y + h / 2), (x + w / 2, y + h / 2)], fill=255)
    s.text(x + mm(7), y + (mm(2) if below else -mm(8)), name, "hei", 13)


def _pipes(s: Sheet) -> None:
    y = TOP + DEEP + AISLE / 2
    s.rule(LEFT + mm(10), y, LEFT + BAYS * SPAN - mm(10), y, 12)
    _centred(s, LEFT + 1.5 * SPAN, y - mm(4.5), "XH DN100", 12)
    _centred(s, LEFT + 8.4 * SPAN, y - mm(4.5), "XH DN100", 12)
    for k, bay in enumerate((0.75, 2.75, 4.75, 8.75)):
        x = LEFT + bay * SPAN
        s.rule(x, y, x, y + AISLE / 2 - mm(4), 8)
        _hydrant(s, x, y + AISLE / 2 - mm(6), f"消火栓 XL-{(1, 2, 3, 5)[k]}", False)
        s.pen().ellipse((x - mm(2), y - mm(2), x + mm(2), y + mm(2)), fill=255)
    x = LEFT + 6.45 * SPAN
    s.rule(x, y, x, y - AISLE / 2 + mm(5), 8)
    _hydrant(s, x, y - AISLE / 2 + mm(6), "", False)
    s.pen().ellipse((x - mm(14), y - AISLE / 2 - mm(4), x + mm(14), y - mm(2)), outline=255, width=7)
    s.text(x + mm(17), y - AISLE / 2 + mm(3), "消火栓移位见给排水-07", "hei", 15)
    s.text(x + mm(17), y - AISLE / 2 + mm(9), "XL-4　明装薄型箱　箱底距地 0.90", "hei", 11)
    for bay in (1.3, 3.3, 5.3, 7.6):
        s.text(LEFT + bay * SPAN, y + mm(3), "DN65", "hei", 11)
    s.text(LEFT + 1.85 * SPAN, y - mm(13), "东侧走廊", "hei", 16, 0.6)
    s.text(LEFT + 9.3 * SPAN, y - mm(11), "2F+4.200", "hei", 11)


def _notes(s: Sheet) -> None:
    x, y = LEFT, TOP + 2 * DEEP + AISLE + mm(62)
    _centred(s, LEFT + 3.1 * SPAN, y - mm(8), "二层消防给水平面图", 30, "heib")
    s.rule(LEFT + 1.9 * SPAN, y + mm(1), LEFT + 4.3 * SPAN, y + mm(1), 12)
    s.text(LEFT + 4.4 * SPAN, y - mm(8), "1:100", "hei", 20)
    rows = [
        "说明：",
        "1.消火栓栓口中心距地 1.10 米，栓口出水方向宜与墙面成 90 度角；除注明外均为暗装箱 SG24A65-J。",
        "2.A2-7 轴消火栓按设计变更通知单给排水-07 移位，改为明装薄型箱 SG18D65Z-J，原洞口已封堵。",
        "3.消火栓管道采用热镀锌钢管，DN100 沟槽连接，DN65 丝扣连接，工作压力 0.80 MPa，试验压力 1.40 MPa。",
        "4.管道穿墙、穿楼板处设钢套管，缝隙用不燃材料填实；水平管支架间距不大于 3.5 米。",
        "5.每只箱内配 DN65 栓 1 个、25 米衬胶水带 1 条、19 毫米水枪 1 支、消防软管卷盘 1 套。",
        "6.本图依据施工图水施-05（施-3）及变更修改绘制，与现场一致。",
    ]
    for k, row in enumerate(rows):
        s.text(x + (0 if k == 0 else mm(4)), y + mm(10) + k * mm(8.2), row, "hei", 15)


def _title_block(s: Sheet) -> None:
    w, h = mm(180), mm(104)
    x, y = s.width - mm(10) - w, s.height - mm(10) - h
    s.frame(x, y, w, h, 12)
    s.rule(x, y + mm(18), x + w, y + mm(18), 6)
    _centred(s, x + w / 2, y + mm(9), "东屿建筑设计院有限公司", 24, "heib")
    rows = [
        [("工程名称", "云溪大学第三教学楼工程"), ("工程号", "DY-2021-033")],
        [("图　　名", "二层消防给水平面图"), ("图　号", "水施-05")],
        [("专业负责", "沈砚秋"), ("版　次", "竣-2")],
        [("设　　计", "纪维舟"), ("专　业", "给排水")],
        [("校　　对", "万俟青"), ("比　例", "1:100")],
        [("审　　核", "洪翀"), ("日　期", "2023-06-30")],
    ]
    step = (h - mm(18)) / len(rows)
    for k, row in enumerate(rows):
        top = y + mm(18) + k * step
        s.rule(x, top, x + w, top, 4)
        for at, (label, value) in zip((0.0, mm(116)), row, strict=True):
            s.text(x + at + mm(3), top + step / 2 - em(13) / 2, label, "hei", 13)
            if label in ("设　　计", "校　　对", "审　　核", "专业负责"):
                s.write(x + at + mm(32), top + step / 2 - em(20) / 2, value, 20, 1.2)
            else:
                s.text(x + at + mm(27), top + step / 2 - em(16) / 2, value, "hei", 16)
    for at in (mm(25), mm(116), mm(139)):
        s.rule(x + at, y + mm(18), x + at, y + h, 4)


def _stamp(s: Sheet) -> None:
    x, y, w, h = s.width - mm(310), s.height - mm(100), mm(100), mm(72)
    s.frame(x, y, w, h, 10)
    _centred(s, x + w / 2, y + mm(9), "竣 工 图", 34, "heib")
    s.rule(x, y + mm(17), x + w, y + mm(17), 5)
    rows = [
        ("施工单位", "恒岳建设集团有限公司"),
        ("编制人", "卫长庚"),
        ("审核人", "周赟"),
        ("技术负责人", "石磐"),
        ("总监", "霍镕"),
        ("编制日期", "2023.6.30"),
    ]
    for k, (label, value) in enumerate(rows):
        top = y + mm(17) + k * mm(9.1)
        s.rule(x, top, x + w, top, 3)
        s.text(x + mm(2), top + mm(2.4), label, "hei", 12)
        if k:
            s.write(x + mm(38), top + mm(1), value, 18, 1.2)
        else:
            s.text(x + mm(34), top + mm(2.2), value, "hei", 13)
    s.rule(x + mm(30), y + mm(17), x + mm(30), y + h, 3)
