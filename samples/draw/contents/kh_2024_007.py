"""KH-2024-007 云汀酒店: a hotel's exchange replaced; a letter in traditional characters, a mixed PDF."""

import io
from pathlib import Path

from numpy.random import Generator
from pypdf import PdfReader, PdfWriter

from samples.draw.contents.blocks import closing, contract_end, form_line
from samples.draw.contents.manual import LEFT as BOOK_LEFT
from samples.draw.contents.manual import RIGHT, open_book
from samples.draw.contents.tables import ringing_tone
from samples.draw.files import add_scan
from samples.draw.layout import Cell, Setting
from samples.draw.papers import Dossier, Paper
from samples.draw.sheet import Sheet, mm
from samples.draw.wear import BITONAL, COLOUR, COPY, GREY, OLD, Page, scan

PROJECT = "云汀酒店程控交换机更新工程"
CUSTOMER = "云汀酒店管理有限公司"
COMPANY = "屿通通信工程有限公司"


def contract(rng: Generator) -> list[Sheet]:
    s = Setting(rng, pt=13, leading=2.35, footer="{n}")
    s.title("程控交换机更新合同", 22, 0.1)
    s.line("合同编号：YT-2024-H007", "right", pt=11)
    s.pairs([("甲方：", CUSTOMER), ("乙方：", COMPANY)])
    s.paras("""
        甲方原有交换机使用已逾十四年，备件停产。现由乙方以 HX-8000 型程控交换机替换，双方约定如下。
        一、更新范围：拆除旧机一套；安装 HX-8000 型交换机一套，初装 416 线；接入酒店管理系统，实现叫醒、客房状态、免打扰、话费入账四项功能。
        二、合同总价：人民币 312400.00 元，大写叁拾壹万贰仟肆佰元整。旧机折价 6000.00 元，在尾款中扣除。
        三、工期：2024 年 1 月 22 日至 2024 年 3 月 8 日。客房区施工时间为每日 10 时至 16 时，不得使用冲击钻。
        四、付款：签约付三成，计 93720.00 元；到货付四成，计 124960.00 元；验收付二成五，计 78100.00 元；质保金 15620.00 元，两年后付清。
        五、割接：分四夜逐层进行，每夜不超过 110 间客房，割接时段 1 时至 5 时，前台须保留两部直线电话。
        六、完工文件：包括电话交换机安装参数一览表、客房号码对照表、酒店管理系统接口说明，缺一不予验收。
        七、培训：话务员 6 人、工程部 3 人，共 32 学时。
        八、保修两年，节假日照常服务。重大接待任务期间，乙方派员驻店。
        九、附件：设备清单、进度计划，由双方另行打印，与本合同同等有效。
        十、本合同一式六份，香港总公司备案一份。
    """)
    s.skip(10)
    contract_end(
        s,
        [("甲方：", CUSTOMER), ("代表：", "~梁若筠"), ("日期：", "2024 年 1 月 15 日")],
        [("乙方：", COMPANY), ("代表：", "~骆承远"), ("日期：", "2024 年 1 月 15 日")],
        (CUSTOMER, COMPANY),
    )
    return s.done()


LISTS = [
    ("HX-8000 主控框", "含 CPU5 二块", "1", "96800"),
    ("用户板", "HX-ALC32", "13", "71500"),
    ("数字中继板", "HX-DTK30", "2", "15600"),
    ("话务台", "HX-ATT", "3", "14400"),
    ("酒店接口单元", "HX-PMS", "1", "28000"),
    ("电源", "48V/50A", "1", "18600"),
    ("蓄电池", "48V/200Ah", "1", "16500"),
    ("总配线架", "600 回线", "1", "12000"),
    ("安装调试", "", "1", "39000"),
]
PLAN = [
    ("1 月 22 日", "进场，机房清理", "苏以宁"),
    ("1 月 29 日", "机架就位，电源安装", "苏以宁"),
    ("2 月 19 日", "配线架卡接 600 回线", "汤序"),
    ("2 月 26 日", "数据设定，接口联调", "汤序"),
    ("3 月 4 日", "一至四夜割接", "苏以宁"),
    ("3 月 8 日", "培训，移交完工文件", "苏以宁"),
]


def mixed(path: Path, rng: Generator) -> list[Page]:
    """The signed contract as scans, followed by its annexes as they left the word processor."""
    wears = [BITONAL.but(skew=0.4), COLOUR.but(skew=-0.3)]
    sheets = contract(rng)
    pages = [scan(sheet, wears[min(k, 1)], rng) for k, sheet in enumerate(sheets)]
    annex = io.BytesIO()
    book = open_book(annex, "合同附件", "合同附件　YT-2024-H007")
    book.begin()
    book.heading("附件一　设备清单及价格", 0)
    book.para("下列价格以人民币元计，含税，含运输和安装辅材。")
    width = RIGHT - BOOK_LEFT
    rows = [["名称", "型号规格", "数量", "金额（元）"], *[list(r) for r in LISTS], ["合计", "", "", "312400"]]
    book.table([width * 0.34, width * 0.3, width * 0.14, width * 0.22], rows)
    book.para("旧机拆除后由乙方运离，折价 6000.00 元，不含蓄电池。废旧蓄电池由有资质的单位回收，回收凭证交甲方工程部。")
    book.turn()
    book.heading("附件二　进度计划", 0)
    book.table([width * 0.25, width * 0.5, width * 0.25], [["日期", "内容", "负责人"], *[list(r) for r in PLAN]])
    book.para(
        "春节前后（2024 年 2 月 5 日至 2 月 18 日）停工，现场封闭，钥匙交前台保管。进度如有变动，乙方须提前三日以书面通知甲方工程部。"
    )
    book.end()
    book.canvas.save()
    writer = PdfWriter()
    for page in pages:
        add_scan(writer, page.image)
    for leaf in PdfReader(annex).pages:
        writer.add_page(leaf)
    writer.write(path)
    return pages + book.pages


def letter(rng: Generator) -> list[Sheet]:
    s = Setting(rng, font="ming", pt=13, leading=1.95)
    s.line("雲汀酒店集團（香港）有限公司", "centre", "mingb", 20, 0.05)
    s.line("YUNTING HOTELS GROUP (HONG KONG) LIMITED", "centre", "ming", 10)
    s.double_rule()
    s.line("檔號：YTHK/ENG/2024-003", "left", pt=12)
    s.line("二〇二四年一月九日", "right", pt=12)
    s.skip(4)
    s.line("雲汀酒店管理有限公司", pt=13)
    s.line("梁若筠總經理：", pt=13)
    s.skip(2)
    s.line("關於更換電話交換機事", "centre", "mingb", 15)
    s.skip(2)
    s.paras("""
        貴店二〇二三年十二月二十一日來函收悉。經集團工程部審閱，同意以 HX-8000 型程控交換機更換現有設備，預算上限為人民幣三十二萬元，請依集團採購規程辦理合約，並將簽署後之副本一份寄回本部備案。
        施工期間務請注意下列各點：一、客房樓層不得在夜間鑽孔；二、叫醒服務不得中斷，必要時由前檯人手代辦；三、舊機所存之住客通話記錄須於拆卸前徹底銷毀，並由雙方簽署銷毀證明；四、廢舊蓄電池須交合資格機構回收。
        工程完成後，請將安裝參數一覽表、號碼對照表及驗收報告寄交本部。如有疑問，請與本部工程師譚兆龍聯絡。
        專此函覆，順頌
    """)
    s.line("商祺", indent=2)
    closing(s, "雲汀酒店集團（香港）有限公司", "工程部", True)
    return s.done()


def parameters(rng: Generator) -> list[Sheet]:
    s = Setting(rng, font="sungti", pt=11, left=mm(22), right=2480 - mm(20), top=mm(26))
    s.title("电话交换机安装参数一览表", 20, 0.08, "heib")
    s.line("编号：CS-2024-007　　工程：云汀酒店更新", "right", pt=10.5)
    names = [
        ("交换机型号", "HX-8000", "出厂编号 HX8K-23-00688"),
        ("软件版本", "V5.2.11", "酒店功能包 H3"),
        ("初装容量", "416 线", "客房 386，后勤 30"),
        ("客房号码", "房号前加 8", "例：1208 房为 81208"),
        ("数字中继", "2×2M", "PRI，引示号 6688000"),
        ("酒店接口", "RS-232 9600", "HX-PMS，协议 H-3"),
        ("叫醒服务", "416 线", "抽测 60 间，准时率 100 %"),
        ("免打扰", "正常", "与门锁系统联动"),
        ("话费入账", "2 s 以内", "抽查 120 单无差错"),
        ("直流输出", "-53.5 V", "浮充"),
        ("蓄电池", "48V/200Ah", "放电试验 8 h"),
        ("满载电流", "22.7 A", ""),
        ("联合接地电阻", "0.66 Ω", "2024 年 3 月 5 日"),
        ("绝缘电阻", "最小 210 MΩ", "12 层第 31 对"),
        ("倒换时间", "0.8 s", ""),
    ]
    rows: list[list[Cell | str]] = [["序号", "参数名称", "数值", "说明", "测试人"]]
    rows += [
        [str(k), Cell(a, align="left"), Cell(b, hand=True), Cell(c, align="left", hand=True), Cell("汤序", hand=True)]
        for k, (a, b, c) in enumerate(names, 1)
    ]
    s.table([0.6, 1.7, 1.7, 2.8, 0.9], rows, pt=11.5, pad=2.3)
    s.skip(4)
    form_line(s, [("填表：", "汤序", 0), ("审核：", "苏以宁", 0.35), ("日期：", "2024.3.8", 0.68)], 12)
    return s.done()


def minutes(rng: Generator) -> list[Sheet]:
    s = Setting(rng, pt=12, leading=1.8)
    s.line(PROJECT, "centre", "songb", 15)
    s.title("割接协调会纪要", 21, 0.2)
    s.double_rule()
    s.pairs(
        [
            ("会议时间：", "2024 年 2 月 27 日 14 时 30 分"),
            ("会议地点：", "云汀酒店二楼听涛厅"),
            ("主持人：", "梁若筠　　记录：苏以宁"),
            ("参加人员：", "前厅部、客房部、工程部、屿通工程苏以宁、汤序"),
        ]
    )
    s.paras("""
        # 一、割接顺序
        第一夜（3 月 4 日）后勤与 2 至 4 层；第二夜 5 至 8 层；第三夜 9 至 12 层；第四夜 13 至 15 层及总机。每夜 1 时开始，5 时前结束。
        # 二、叫醒服务
        割接当夜的叫醒由前厅部人工登记，逐间敲门，客房部派 4 人配合。3 月 6 日有旅行团 46 人住 10 层，须于 5 时 30 分叫醒，第三夜割接提前到 0 时 30 分。
        # 三、倒回措施
        任一楼层割接后接通率低于百分之九十五，立即倒回旧机。倒回操作由汤序负责，时间不超过二十分钟。旧机保留到 3 月 15 日。
        # 四、其他
        1.住客通话记录的销毁由工程部监督，签署证明；2.14 层弱电间钥匙遗失，工程部 2 月 29 日前换锁；3.施工人员一律走员工通道。
    """)
    s.skip(6)
    form_line(s, [("酒店：", "梁若筠", 0), ("屿通工程：", "苏以宁", 0.42), ("日期：", "2024.2.27", 0.72)], 12)
    return s.done()


DOSSIER = Dossier(
    "KH-2024-007",
    "engineering-customer",
    PROJECT,
    ["KH", "JD"],
    "苏以宁",
    {
        "客户名称": CUSTOMER,
        "客户联系人": "梁若筠",
        "联系电话": "0590-6688001",
        "安装地点": "云溪市滨江大道 200 号",
        "合同编号": "YT-2024-H007",
        "合同金额": "312400.00",
        "合同签订日期": "2024-01-15",
        "完工日期": "2024-03-08",
        "竣工资料收到日期": "2024-03-12",
        "上架日期": "2024-03-15",
        "交换机型号": "HX-8000",
        "位置": "甲柜 3 层盒 01",
        "项目负责人": "苏以宁",
        "容量（线）": "416",
        "保修至": "2026-03-08",
    },
    [
        Paper(
            "01 更新合同及附件.pdf",
            "合同",
            "程控交换机更新合同及附件",
            "contract",
            COMPANY,
            "2024-01-15",
            "YT-2024-H007",
            write=mixed,
            keys=["YT-2024-H007", "叁拾壹万贰仟肆佰元整", "附件二　进度计划", "312400", "HX-PMS"],
            signed=["customer"],
        ),
        Paper(
            "02 香港总公司来函（繁体）.jpg",
            "往来函件",
            "雲汀酒店集團（香港）關於更換電話交換機事",
            "installation",
            "雲汀酒店集團（香港）有限公司",
            "2024-01-09",
            "YTHK/ENG/2024-003",
            letter,
            [OLD.but(skew=0.7, fold=True, holes=False)],
            ["YTHK/ENG/2024-003", "廢舊蓄電池", "驗收報告寄交本部"],
            34,
        ),
        Paper(
            "03 割接协调会纪要.tif",
            "会议纪要",
            "割接协调会纪要",
            "installation",
            COMPANY,
            "2024-02-27",
            "",
            minutes,
            [COPY.but(skew=1.1)],
            ["听涛厅", "5 时 30 分叫醒"],
        ),
        Paper(
            "04 电话交换机安装参数一览表.pdf",
            "电话交换机安装参数一览表",
            "电话交换机安装参数一览表",
            "completion",
            COMPANY,
            "2024-03-08",
            "CS-2024-007",
            parameters,
            [GREY.but(skew=0.6, grid=True)],
            ["CS-2024-007", "HX8K-23-00688", "6688000"],
        ),
        Paper(
            "05 回铃音测试录音.wav",
            "调试测试记录",
            "回铃音测试录音",
            "completion",
            COMPANY,
            "2024-03-05",
            "",
            write=ringing_tone,
        ),
    ],
)
