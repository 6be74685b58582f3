"""The born-digital manual: real text, an embedded subset font, bookmarks."""

import io
from dataclasses import dataclass, field
from pathlib import Path

from numpy.random import Generator
from PIL import Image
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from samples.draw.fonts import DPI, path_of
from samples.draw.layout import runs
from samples.draw.sheet import RISE, Line
from samples.draw.wear import Page

WIDE, HIGH, LEFT, RIGHT, TOP, LOW = 595.28, 841.89, 72.0, 523.0, 72.0, 768.0
SCALE = DPI / 72


@dataclass
class Book:
    """A PDF being written; remembers where each character stands, in pixels at 300 dpi."""

    canvas: Canvas
    foot: str
    pages: list[Page] = field(default_factory=list)
    y: float = TOP

    def begin(self) -> None:
        """Start a page."""
        size = (round(WIDE * SCALE), round(HIGH * SCALE))
        self.pages.append(Page(Image.new("1", size), [], 0, "text"))
        self.y = TOP
        self.put(LEFT, 40, self.foot, 9, "kai")
        self.canvas.line(LEFT, HIGH - 54, RIGHT, HIGH - 54)
        self.put((LEFT + RIGHT) / 2 - 5, 795, str(len(self.pages)), 9)

    def end(self) -> None:
        """Finish the page."""
        self.canvas.showPage()

    def put(self, x: float, y: float, text: str, pt: float, font: str = "sungti", bold: bool = False) -> None:
        """Write a line with the top of its em box at `y` points from the top."""
        tool = self.canvas.beginText(x, HIGH - y - RISE * pt)
        tool.setFont(font, pt)
        if bold:
            tool.setTextRenderMode(2)
        tool.textOut(text)
        self.canvas.setLineWidth(pt * 0.025 if bold else 0.6)
        self.canvas.drawText(tool)
        cells = []
        for char in text:
            wide = pdfmetrics.stringWidth(char, font, pt)
            cells.append((x * SCALE, y * SCALE, wide * SCALE, pt * SCALE))
            x += wide
        self.pages[-1].lines.append(Line(text, cells))

    def mark(self, title: str, level: int) -> None:
        """A bookmark at the current place."""
        key = f"m{len(self.pages)}-{round(self.y)}"
        self.canvas.bookmarkHorizontal(key, 0, HIGH - self.y)
        self.canvas.addOutlineEntry(title, key, level)

    def heading(self, title: str, level: int) -> None:
        """A heading with its bookmark."""
        pt = (18, 13)[level]
        if self.y + 3 * pt > LOW:
            self.turn()
        self.y += 8
        self.mark(title, level)
        self.put(LEFT, self.y, title, pt, bold=True)
        self.y += pt * 1.9

    def turn(self) -> None:
        """Go to the next page."""
        self.end()
        self.begin()

    def para(self, text: str, pt: float = 11, indent: float = 2) -> None:
        """A paragraph."""
        line, used = "", indent * pt
        start = LEFT + indent * pt
        for run in [*runs(text), ""]:
            wide = pdfmetrics.stringWidth(run, "sungti", pt)
            if (line and LEFT + used + wide > RIGHT) or not run:
                if self.y + pt > LOW:
                    self.turn()
                self.put(start, self.y, line, pt)
                self.y += pt * 1.75
                line, used, start = "", 0.0, LEFT
                run = run.lstrip()
            line, used = line + run, used + wide

    def table(self, widths: list[float], rows: list[list[str]], pt: float = 9.5) -> None:
        """A ruled table of single-line cells."""
        step = pt * 2
        if self.y + step * len(rows) > LOW:
            self.turn()
        self.canvas.setLineWidth(0.6)
        for k, row in enumerate(rows):
            x = LEFT
            for wide, cell in zip(widths, row, strict=True):
                self.canvas.setLineWidth(0.6)
                self.canvas.rect(x, HIGH - self.y - step, wide, step)
                self.put(x + 4, self.y + (step - pt) / 2, cell, pt, bold=k == 0)
                x += wide
            self.y += step
        self.y += 10


def open_book(path: Path | io.BytesIO, title: str, foot: str) -> Book:
    """A new book with its fonts."""
    for role in ("sungti", "kai"):
        file, index = path_of(role)
        pdfmetrics.registerFont(TTFont(role, file, subfontIndex=index))
    canvas = Canvas(path if isinstance(path, io.BytesIO) else str(path), (WIDE, HIGH), pageCompression=1, invariant=1)
    canvas.setTitle(title)
    canvas.setAuthor("恒讯电子有限公司")
    canvas.setSubject("操作维护手册")
    return Book(canvas, foot)


CHAPTERS: list[tuple[str, list[tuple[str, list[str | list[list[str]]]]]]] = [
    (
        "第一章　概述",
        [
            (
                "1.1 系统组成",
                [
                    "HX-8000 数字程控用户交换机采用全分散控制结构，由主控框、用户框、中继框和电源框组成。主控框内装两块处理机板 HX-CPU5，互为热备；用户框每框十块用户板，每板三十二线；中继框可装 2M 数字中继板 HX-DTK30 八块。",
                    "系统的交换网络为 4096×4096 时隙的无阻塞网络，单机最大容量 1024 线，经 2M 口可以与另外三台同型机组成一个系统，统一编号、统一维护。",
                ],
            ),
            (
                "1.2 技术指标",
                [
                    [
                        ["项目", "指标", "说明"],
                        ["用户容量", "64 至 1024 线", "以 32 线为单位增加"],
                        ["话务负荷", "每线 0.2 Erl", "中继每线 0.7 Erl"],
                        ["呼叫处理", "20000 BHCA", "忙时试呼次数"],
                        ["工作电压", "-40 V 至 -57 V", "额定 -48 V"],
                        ["环境温度", "5 ℃ 至 40 ℃", "长期工作 18 ℃ 至 28 ℃"],
                        ["功耗", "每 100 线不大于 120 W", "含中继"],
                    ],
                    "上述指标在机房满足 YD/T 5003 要求时有效。环境超出范围时，应先采取空调或加热措施再开机。",
                ],
            ),
        ],
    ),
    (
        "第二章　安装",
        [
            (
                "2.1 开箱与就位",
                [
                    "开箱前检查包装箱的防倾斜标签，变红者应拒收并拍照。机架就位后用 M12 膨胀螺栓固定，垂直偏差不大于 3 毫米，列内机架应相互靠拢。",
                    "插板前必须佩戴防静电手环，手环接地端与机架接地端子相连。电路板应握住边缘，不得触碰金手指。",
                ],
            ),
            (
                "2.2 接地与电源",
                [
                    "工作地、保护地、防雷地采用联合接地，接地电阻不大于 1 欧姆，地线截面不小于 35 平方毫米，中间不得有接头。直流馈线红色为正、蓝色为负，接反将烧毁电源板。",
                    "通电顺序：先合整流器，再合电源框总开关，最后逐框合分开关。每合一级，用万用表测量输出电压，正常后再合下一级。",
                ],
            ),
            (
                "2.3 配线",
                [
                    "用户电缆由用户框背板引至总配线架内线侧，按色谱顺序卡接：白蓝、白橙、白绿、白棕、白灰。卡接后逐对对号，并在配线表上打勾。",
                ],
            ),
        ],
    ),
    (
        "第三章　数据设定",
        [
            (
                "3.1 登录",
                [
                    "维护终端经串口或网口接入。出厂口令必须在开通当日更改，口令长度不少于八位。登录后屏幕显示软件版本与授权线数。",
                    [
                        ["命令", "功能", "权限"],
                        ["SHOW VER", "显示软件版本", "1 级"],
                        ["SET EXT 8001 CLASS 3", "设定分机等级", "2 级"],
                        ["SET TRK 1 SIG NO7", "设定中继信令", "3 级"],
                        ["SHOW ALARM ALL", "显示全部告警", "1 级"],
                        ["SAVE DATA", "数据写入硬盘", "3 级"],
                        ["SWITCH CPU", "主备处理机倒换", "3 级"],
                    ],
                ],
            ),
            (
                "3.2 分机数据",
                [
                    "每个分机有号码、等级、代答组、缩位拨号、呼叫转移五类数据。等级 1 为内线，2 为市话，3 为国内长途，4 为国际长途。批量设定时先用电子表格编好分配表，再用 LOAD EXT 命令装入。",
                ],
            ),
            (
                "3.3 中继数据",
                [
                    "数字中继采用七号信令时，须与电信局核对以下参数：源信令点编码、目的信令点编码、链路时隙、电路识别码起始值、局向码。任一项不符，链路不能定位。",
                    "同步时钟取自第一条中继。第一条中断时系统自动改取第二条，全部中断时由内部时钟保持，二十四小时内频率偏差不大于百万分之四点六。",
                ],
            ),
        ],
    ),
    (
        "第四章　日常维护",
        [
            (
                "4.1 维护周期",
                [
                    [
                        ["周期", "项目", "要求"],
                        ["每日", "查看告警与话务统计", "填写值班日志"],
                        ["每周", "数据备份", "保留最近四份"],
                        ["每月", "蓄电池单体电压", "偏差不大于 0.09 V"],
                        ["每季", "清洗防尘网", "断电不得超过 1 min"],
                        ["每年", "接地电阻、放电试验", "记录存档"],
                    ],
                ],
            ),
            (
                "4.2 告警级别",
                [
                    "告警级别分三级。一级告警（红灯）：系统中断或主备处理机同时故障，须立即处理并报告；二级告警（黄灯）：单框、单中继故障，四小时内处理；三级告警（绿灯闪）：单板、单用户故障，二十四小时内处理。",
                    "告警解除后，系统自动记录起止时间。告警记录保留一万条，满后覆盖最早的记录。",
                ],
            ),
            (
                "4.3 处理机倒换",
                [
                    "倒换分人工和自动两种。人工倒换应在话务空闲时进行，倒换时间不大于一秒，已建立的通话不中断，正在拨号的呼叫须重拨。每月应做一次人工倒换试验，并记录。",
                ],
            ),
        ],
    ),
    (
        "第五章　故障处理",
        [
            (
                "5.1 用户摘机无音",
                [
                    "在总配线架断开外线，用测试话机直接接内线侧：有音，为外线或话机故障；无音，为用户板故障。更换用户板后仍无音，检查背板电缆插头。",
                ],
            ),
            (
                "5.2 中继不通",
                [
                    "先看 HX-DTK30 板指示灯：红灯为失去信号，检查同轴电缆和传输设备；黄灯为对端告警；绿灯而不通，为信令数据不符。做本端自环，绿灯正常则本端无故障。",
                ],
            ),
            (
                "5.3 单方通话与串音",
                [
                    "单方通话多由时隙误接引起，用 TRACE CALL 命令查出所占时隙，再换板验证。串音先查总配线架有无焊锡、线头搭接，再查电缆绝缘，要求不小于 50 MΩ。",
                ],
            ),
            (
                "5.4 电源故障",
                [
                    "市电中断后蓄电池供电，电压降至 -44 V 时系统发一级告警，降至 -40 V 时自动关机。市电恢复后先均充再浮充，均充电流不大于 0.15 C10。",
                ],
            ),
        ],
    ),
    (
        "附录　备件清单",
        [
            (
                "A.1 建议备件",
                [
                    [
                        ["编号", "名称", "建议数量"],
                        ["HX-CPU5", "处理机板", "1 块"],
                        ["HX-ALC32", "用户板", "每 320 线 1 块"],
                        ["HX-DTK30", "数字中继板", "1 块"],
                        ["HX-PWR2", "二次电源板", "1 块"],
                        ["HX-FAN2", "风扇组件", "2 只"],
                        ["BA-190", "保安单元", "20 只"],
                    ],
                    "备件应存放在防静电袋中，温度 5 ℃ 至 35 ℃，每年通电检验一次。返修地址与电话见保修卡。",
                ],
            ),
        ],
    ),
]


def write_manual(path: Path, _rng: Generator) -> list[Page]:
    """The manual of the exchange HX-8000."""
    book = open_book(path, "HX-8000 数字程控用户交换机操作维护手册", "HX-8000 操作维护手册　HX-8000-OM-V5")
    book.begin()
    for y, text, pt in (
        (210, "HX-8000", 40),
        (275, "数字程控用户交换机", 26),
        (325, "操作维护手册", 26),
        (420, "资料编号：HX-8000-OM-V5", 13),
        (445, "软件版本：V5.2", 13),
        (650, "恒讯电子有限公司", 15),
        (678, "2023 年 10 月", 13),
    ):
        book.put((WIDE - pdfmetrics.stringWidth(text, "sungti", pt)) / 2, y, text, pt, bold=pt > 20)
    for title, sections in CHAPTERS:
        book.turn()
        book.heading(title, 0)
        for name, parts in sections:
            book.heading(name, 1)
            for part in parts:
                if isinstance(part, str):
                    book.para(part)
                else:
                    book.table([(RIGHT - LEFT) / len(part[0])] * len(part[0]), part)
    book.end()
    book.canvas.save()
    return book.pages
