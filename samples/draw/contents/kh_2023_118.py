"""KH-2023-118 青屿市第三人民医院: finished, but the parameter table is missing, so it cannot be closed."""

from pathlib import Path

from numpy.random import Generator
from pypdf import PdfWriter

from samples.draw.contents.blocks import closing, contract_end, signatures
from samples.draw.files import add_scan
from samples.draw.layout import Setting
from samples.draw.papers import Dossier, Paper
from samples.draw.sheet import Sheet
from samples.draw.wear import BITONAL, COLOUR, COPY, GREY, Page, scan

PROJECT = "青屿市第三人民医院交换机安装工程"
CUSTOMER = "青屿市第三人民医院"
COMPANY = "屿通通信工程有限公司"


def contract(rng: Generator) -> list[Sheet]:
    s = Setting(rng, font="sungti", pt=12.5, leading=2.0, footer="第 {n} 页")
    s.title("电话交换机安装合同", 22, 0.1)
    s.line("合同编号：YT-2023-H118", "right", pt=11)
    s.pairs([("甲方：", CUSTOMER), ("乙方：", COMPANY)])
    s.paras("""
        甲方新建门急诊综合楼，需安装程控交换机一套。经公开招标（招标编号 QY-ZB-2023-0457），乙方中标。双方订立本合同。
        # 一、工程内容
        供应安装 HX-8000 型程控交换机一套，初装 512 线；护士站呼叫转接、120 急救专线、院内广播联动各一项；与老院区交换机以 2M 链路组网，统一编号。
        # 二、合同金额
        合同总价人民币 397500.00 元，大写叁拾玖万柒仟伍佰元整，固定总价，不因材料价格变动而调整。
        # 三、工期
        2023 年 9 月 18 日至 2023 年 12 月 15 日。急诊科、手术室、重症监护室的割接须报医务科批准，每次中断不超过十分钟。
        # 四、质量
        执行 YD/T 5076、YD/T 5077 及投标文件的承诺。120 急救专线须有两条独立路由，任何一条中断时自动切换，切换时间不大于三秒。
        # 五、院内施工规定
        1.进入病区须更换鞋套，不得大声喧哗；2.手术时间内不得在三层施工；3.吊顶内作业须先做防尘围挡，经院感科检查；4.废料当日清运。
        # 六、付款
        预付百分之三十，计 119250.00 元；到货付百分之三十，计 119250.00 元；验收付百分之三十五，计 139125.00 元；质保金百分之五，计 19875.00 元。
        # 七、完工文件
        验收时乙方移交：电话交换机安装参数一览表、组网图、测试记录、号码表、培训记录，各一式三份。文件不齐的，验收款暂缓支付。
        # 八、保修
        保修期三年。急救专线故障三十分钟内响应，一小时内到场。
        # 九、其他
        乙方不得转包。本合同一式八份，自双方签字盖章之日起生效。
    """)
    s.skip(8)
    contract_end(
        s,
        [("甲方：", CUSTOMER), ("代表：", "~钱疏桐"), ("电话：", "0590-7719330"), ("日期：", "2023 年 9 月 5 日")],
        [("乙方：", COMPANY), ("代表：", "~骆承远"), ("电话：", "0590-6617000"), ("日期：", "2023 年 9 月 5 日")],
        (CUSTOMER, COMPANY),
    )
    return s.done()


def contact(rng: Generator) -> list[Sheet]:
    s = Setting(rng, pt=12, leading=1.85)
    s.title("工程联系单", 22, 0.3)
    s.line("编号：LX-118-006", "right", "hei", 11)
    s.double_rule()
    s.pairs([("工程名称：", PROJECT), ("致：", "青屿市第三人民医院总务科"), ("事由：", "三层手术区线槽改道及增加费用")])
    s.paras("""
        # 内容
        三层手术区走廊吊顶内原设计线槽与净化送风管相碰，经 2023 年 10 月 26 日现场查看，须改由西侧设备夹层敷设，长度由 42 米增至 67 米，并增设防火封堵 3 处。
        由此增加费用 4860.00 元，其中线槽及支架 2900.00 元、防火封堵 960.00 元、人工 1000.00 元。工期不受影响。
        改道后 3217 至 3240 号分机的线序重新编排，见附表；原号码不变。请总务科、院感科于 10 月 31 日前书面确认，以便 11 月 2 日夜间施工。
    """)
    closing(s, COMPANY, "2023 年 10 月 27 日", True, "工程专用章")
    s.skip(10)
    signatures(
        s,
        [
            ("总务科意见", "同意改道，费用据实结算", "钱疏桐", "2023.10.30"),
            ("院感科意见", "同意，须先围挡", "邵予安", "2023.10.31"),
        ],
        seals=False,
        tall=36,
    )
    return s.done()


def report(rng: Generator) -> list[Sheet]:
    s = Setting(rng, pt=12, leading=1.85, footer="第 {n} 页 共 {all} 页")
    s.title("完工报告", 24, 0.6)
    s.line("编号：WG-2023-118", "right", pt=11)
    s.pairs(
        [
            ("工程名称：", PROJECT),
            ("建设单位：", CUSTOMER),
            ("施工单位：", COMPANY),
            ("项目负责人：", "陆遥"),
            ("完工日期：", "2023 年 12 月 13 日"),
        ]
    )
    s.paras("""
        # 一、工程概况
        本工程于 2023 年 9 月 18 日开工，2023 年 12 月 13 日完工，历时 87 天，比合同工期提前 2 天。安装 HX-8000 型交换机一套，机架 2 架，用户板 16 块 512 线，与老院区以两条 2M 链路组网。
        # 二、完成的工作量
        敷设 HYA100 电缆 1840 米、线槽 362 米；安装配线箱 21 只、话机 438 部；护士站转接 26 处；120 急救专线两条路由，一条经东弱电井，一条经西设备夹层。
        # 三、试运行
        自 2023 年 11 月 12 日至 12 月 12 日试运行三十天，共记录呼叫 214380 次，接通率 99.96%，一级告警零次，二级告警一次（11 月 20 日第 2 中继失步，原因是传输设备重启）。急救专线切换试验十次，最长 2.1 秒。
    """)
    s.new_sheet()
    s.paras("""
        # 四、质量检查
        机架垂直偏差 1.5 毫米；联合接地电阻 0.58 欧姆；绝缘电阻最小 160 兆欧；蓄电池放电 10 小时终止电压 -43.8 伏。防火封堵 11 处，经消防监督员检查合格。
        # 五、变更情况
        工程联系单六份，其中 LX-118-006 三层手术区线槽改道增加费用 4860.00 元，结算总价 402360.00 元。
        # 六、遗留问题
        1.电话交换机安装参数一览表尚缺老院区侧的中继数据，待老院区停机检查后补填；2.重症监护室 3 部防水话机缺货，供应商答复 2024 年 1 月 20 日到货。
        # 七、结论
        本工程已按合同完成，试运行正常，申请验收。完工文件除前述参数表外已齐备。
    """)
    closing(s, COMPANY, "2023 年 12 月 14 日", True, "工程专用章")
    return s.done()


def spoiled(text: str) -> str:
    """The text as bytes of GBK read as if they were Western: the garbage of a careless converter."""
    return text.encode("gbk", "replace").decode("cp1252", "replace").replace("�", "?")


def garbled(path: Path, rng: Generator) -> list[Page]:
    """A scan whose first page carries an invisible text layer of garbage."""
    pages = [
        scan(sheet, wear, rng)
        for sheet, wear in zip(report(rng), (COPY.but(skew=-0.5), GREY.but(skew=0.8)), strict=True)
    ]
    high = pages[0].image.height
    hidden = [
        (row.cells[0][0] * 0.24, (high - row.cells[0][1]) * 0.24 - 10, spoiled(row.text))
        for row in pages[0].lines
        if row.ink == "print"
    ]
    writer = PdfWriter()
    for k, page in enumerate(pages):
        add_scan(writer, page.image, hidden if k == 0 else ())
    writer.write(path)
    return pages


DOSSIER = Dossier(
    "KH-2023-118",
    "engineering-customer",
    PROJECT,
    ["KH", "YY"],
    "陆遥",
    {
        "客户名称": CUSTOMER,
        "客户联系人": "钱疏桐",
        "联系电话": "0590-7719330",
        "安装地点": "青屿市安济路 31 号",
        "合同编号": "YT-2023-H118",
        "合同金额": "397500.00",
        "合同签订日期": "2023-09-05",
        "完工日期": "2023-12-13",
        "交换机型号": "HX-8000",
        "项目负责人": "陆遥",
        "容量（线）": "512",
    },
    [
        Paper(
            "01 安装合同.pdf",
            "合同",
            "电话交换机安装合同",
            "contract",
            COMPANY,
            "2023-09-05",
            "YT-2023-H118",
            contract,
            [BITONAL.but(skew=-0.6), BITONAL.but(skew=0.5, turned=180)],
            ["YT-2023-H118", "QY-ZB-2023-0457", "叁拾玖万柒仟伍佰元整"],
            signed=["customer"],
        ),
        Paper(
            "02 工程联系单 LX-118-006.jpg",
            "往来函件",
            "三层手术区线槽改道及增加费用的工程联系单",
            "installation",
            COMPANY,
            "2023-10-27",
            "LX-118-006",
            contact,
            [COLOUR.but(skew=-0.9, holes=True)],
            ["LX-118-006", "4860.00 元", "院感科"],
        ),
        Paper(
            "03 完工报告.pdf",
            "竣工报告",
            "完工报告",
            "completion",
            COMPANY,
            "2023-12-14",
            "WG-2023-118",
            write=garbled,
            keys=["WG-2023-118", "214380 次", "402360.00 元"],
        ),
    ],
)
