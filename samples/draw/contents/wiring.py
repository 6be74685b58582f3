"""The A3 as-built drawing of the exchange's subscriber lines: frame, cables, boxes, title block."""

from numpy.random import Generator

from samples.draw.sheet import Sheet, em, mm

BOXES = [
    ("X-01", "综合楼", "HYA100", "8001–8090"),
    ("X-02", "调度中心", "HYA100", "8091–8170"),
    ("X-03", "联检楼", "HYA100", "8171–8260"),
    ("X-04", "海关楼", "HYA100", "8401–8480"),
    ("X-05", "1 号仓库", "HYA200", "8261–8330"),
    ("X-06", "2 号仓库", "HYA200", "8331–8400"),
    ("X-07", "集装箱堆场", "HYA100", "8601–8640"),
    ("X-08", "保安队", "HYA50", "8481–8520"),
    ("X-09", "员工宿舍", "HYA100", "8521–8600"),
]


def wiring_plan(rng: Generator) -> list[Sheet]:
    """System diagram, not to scale."""
    s = Sheet(rng, 4961, 3508, "drawing")
    s.frame(mm(25), mm(10), s.width - mm(35), s.height - mm(20), 10)
    _centred(s, s.width * 0.5, mm(22), "用户线路系统图", 26, "heib")
    _exchange(s)
    for k, row in enumerate(BOXES):
        _branch(s, k, row)
    _notes(s)
    _title_block(s)
    return [s]


def _centred(s: Sheet, x: float, y: float, text: str, pt: float, font: str = "hei") -> None:
    wide = em(pt) * sum(0.55 if c.isascii() else 1 for c in text)
    s.text(x - wide / 2, y - em(pt) / 2, text, font, pt)


def _exchange(s: Sheet) -> None:
    for x, name, note in ((mm(42), "HX-8000", "交换机 640 线"), (mm(108), "JPX202", "总配线架 800 回线")):
        s.frame(x, mm(70), mm(44), mm(90), 8)
        _centred(s, x + mm(22), mm(84), name, 16, "heib")
        _centred(s, x + mm(22), mm(96), note, 12)
    for k in range(6):
        s.rule(mm(86), mm(104) + k * mm(8), mm(108), mm(104) + k * mm(8), 5)
    _centred(s, mm(97), mm(98), "内线电缆", 10)
    s.rule(mm(64), mm(160), mm(64), mm(184), 6)
    s.text(mm(44), mm(186), "接市话局 4×2M（井 G-17）", "hei", 12)


def _branch(s: Sheet, k: int, row: tuple[str, str, str, str]) -> None:
    box, place, cable, numbers = row
    y = mm(44) + k * mm(19.5)
    from_y = mm(76) + k * mm(9.6)
    s.rule(mm(152), from_y, mm(186), y + mm(5), 5)
    s.rule(mm(186), y + mm(5), mm(262), y + mm(5), 5)
    s.text(mm(196), y - mm(1.2), f"{cable}-{40 + k * 35} 米", "hei", 12)
    s.frame(mm(262), y - mm(2), mm(26), mm(14), 6)
    _centred(s, mm(275), y + mm(5), box, 13)
    s.text(mm(294), y - mm(1.5), place, "hei", 14)
    s.text(mm(294), y + mm(5.5), numbers, "hei", 12)


def _notes(s: Sheet) -> None:
    rows = [
        "说明：1.堆场段电缆穿镀锌钢管 SC80，埋深 0.8 米。",
        "2.外线侧均装保安单元 BA-190，接地与机房联合接地相连。",
        "3.X-04 第 6 对断线，已换第 96 对。",
    ]
    for k, row in enumerate(rows):
        s.text(mm(34) + (mm(11) if k else 0), mm(222) + k * mm(9), row, "hei", 13)


def _title_block(s: Sheet) -> None:
    w, h = mm(150), mm(54)
    x, y = s.width - mm(10) - w, s.height - mm(10) - h
    s.pen().rectangle((x, y, x + w, y + h), fill=0)
    s.frame(x, y, w, h, 8)
    _centred(s, x + w / 2, y + mm(7), "屿通通信工程有限公司", 17, "heib")
    rows = [
        ("工程名称", "临澜港务物流园程控交换机安装工程", "图　号", "通-02"),
        ("图　　名", "用户线路系统图（竣工图）", "比　例", "不按比例"),
        ("制　　图", "施赟", "日　期", "2024.6.20"),
        ("审　　核", "闻人翀", "张　次", "共 7 张 第 2 张"),
    ]
    step = (h - mm(14)) / 4
    for k, (label, value, other, what) in enumerate(rows):
        top = y + mm(14) + k * step
        s.rule(x, top, x + w, top, 3)
        s.text(x + mm(2), top + step / 2 - em(11) / 2, label, "hei", 11)
        s.text(x + mm(101), top + step / 2 - em(11) / 2, other, "hei", 11)
        s.text(x + mm(120), top + step / 2 - em(11) / 2, what, "hei", 11)
        if k > 1:
            s.write(x + mm(26), top + step / 2 - em(15) / 2, value, 15, 1.2)
        else:
            s.text(x + mm(24), top + step / 2 - em(12) / 2, value, "hei", 12)
    for at in (mm(22), mm(99), mm(118)):
        s.rule(x + at, y + mm(14), x + at, y + h, 3)
