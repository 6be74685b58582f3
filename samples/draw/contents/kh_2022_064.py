"""KH-2022-064 江汀中学: an exchange extended, in service since; papers of four kinds of image file."""

from numpy.random import Generator

from samples.draw.contents.blocks import closing, contract_end, form_line, signatures
from samples.draw.layout import Cell, Setting
from samples.draw.papers import Dossier, Paper
from samples.draw.sheet import Sheet, mm
from samples.draw.wear import BITONAL, COPY, GREY

PROJECT = "江汀中学程控交换机扩容工程"
COMPANY = "屿通通信工程有限公司"


def contract(rng: Generator) -> list[Sheet]:
    s = Setting(rng, font="sungti", pt=12, leading=1.85, footer="第 {n} 页，共 {all} 页")
    s.title("程控交换机扩容合同", 22, 0.1)
    s.line("合同编号：YT-2022-H064", "right", pt=11)
    s.pairs([("甲方：", "江汀中学"), ("乙方：", COMPANY)])
    s.paras("""
        甲方现有 HX-3000 型程控交换机一套，容量 256 线，已满。因新建实验楼和学生公寓投入使用，需扩容 128 线。双方经协商，订立本合同。
        # 一、扩容内容
        1.增装用户框一框、用户板 HX-ALC16 八块，共 128 线；2.更换处理机板为 HX-CPU3，软件由 V3.1 升级为 V3.6；3.增装 2M 数字中继板一块；4.由总配线架至实验楼、学生公寓敷设 HYA100 电缆各一条，长 240 米和 310 米。
        # 二、合同金额
        合同总价人民币 98600.00 元（大写：玖万捌仟陆佰元整）。其中设备费 71400.00 元，电缆及材料费 14200.00 元，安装调试费 13000.00 元。
        # 三、工期
        2022 年 7 月 11 日开工，2022 年 8 月 20 日完工，不得影响 8 月 29 日开学。割接安排在暑假内进行，中断时间不超过四小时。
        # 四、付款
        合同签订后付百分之四十，计 39440.00 元；验收合格后付百分之五十五，计 54230.00 元；保修一年期满付百分之五，计 4930.00 元。
        # 五、双方责任
        甲方提供学生公寓弱电间钥匙及原配线资料；乙方对原有 256 线用户数据先备份后施工，造成丢失的由乙方负责恢复。乙方施工人员进校须佩戴证件，不得进入教学区。
        # 六、验收与完工文件
        完工后乙方移交电话交换机安装参数一览表、分机号码表、电缆路由图各二份。甲方总务处柏瑢负责验收。
        # 七、保修
        保修期一年。故障报修电话 0590-6617088，接报后四小时内到场。
        # 八、争议
        协商解决；协商不成的，提交云溪仲裁委员会仲裁。
        # 九、附则
        本合同一式四份，双方各二份，签字盖章后生效。
    """)
    s.skip(8)
    contract_end(
        s,
        [("甲方：", "江汀中学"), ("代表：", "~冯岐山"), ("电话：", "0590-5530218"), ("日期：", "2022 年 6 月 28 日")],
        [("乙方：", COMPANY), ("代表：", "~骆承远"), ("电话：", "0590-6617000"), ("日期：", "2022 年 6 月 28 日")],
        ("江汀中学", COMPANY),
    )
    return s.done()


def acceptance(rng: Generator) -> list[Sheet]:
    s = Setting(rng, pt=12, leading=1.75, left=mm(25), right=2480 - mm(23), top=mm(28))
    s.title("工程竣工验收报告", 22, 0.2)
    s.line("编号：YS-2022-064", "right", pt=11)

    def lab(t: str) -> Cell:
        return Cell(t, font="heib")

    body = "本工程扩容 128 线，经 2022 年 8 月 15 日至 8 月 19 日测试：用户板 128 线全部通话正常；新旧用户互拨 200 次，接通率百分之百；数字中继误码测试 24 小时无误码；电缆绝缘电阻最小 180 MΩ；接地电阻 0.90 Ω。原 256 线用户数据完整，无丢失。割接于 8 月 18 日 13 时 05 分至 15 时 20 分完成，中断 2 小时 15 分。"
    rows = [
        [lab("工程名称"), Cell(PROJECT, 3)],
        [lab("建设单位"), Cell("江汀中学"), lab("施工单位"), Cell(COMPANY)],
        [lab("合同编号"), Cell("YT-2022-H064"), lab("合同金额"), Cell("98600.00 元")],
        [lab("开工日期"), Cell("2022 年 7 月 11 日"), lab("完工日期"), Cell("2022 年 8 月 19 日")],
        [lab("验收内容\n及测试结果"), Cell(body, 3, "left", tall=62)],
        [lab("遗留问题"), Cell("学生公寓 5 层配线箱门锁损坏，乙方于 8 月 26 日前更换。", 3, "left", tall=16)],
        [
            lab("完工文件"),
            Cell("参数一览表 1 份、分机号码表 1 份、电缆路由图 2 张、合格证 9 份，齐全。", 3, "left", tall=16),
        ],
        [lab("验收结论"), Cell("工程质量合格，同意验收，自 2022 年 8 月 22 日起计算保修期。", 3, "left", tall=16)],
    ]
    s.table([1, 2, 1, 2], rows, pt=11.5, heads=0)
    signatures(
        s,
        [("建设单位", "验收人：", "柏瑢", "2022.8.22"), ("施工单位", "负责人：", "叶南舟", "2022.8.22")],
        seals=False,
        tall=36,
    )
    return s.done()


def parameters(rng: Generator) -> list[Sheet]:
    s = Setting(rng, font="sungti", pt=11, left=mm(22), right=2480 - mm(20), top=mm(26))
    s.title("电话交换机安装参数一览表", 20, 0.08, "heib")
    s.line("编号：CS-2022-064　　工程：江汀中学扩容", "right", pt=10.5)
    names = [
        ("交换机型号", "HX-3000", "扩容后软件 V3.6"),
        ("总容量", "384 线", "原 256 线，新增 128 线"),
        ("新增分机号码", "6301–6428", "四位等位编号"),
        ("处理机板", "HX-CPU3×2", "编号 CP22-0418、CP22-0419"),
        ("用户板", "HX-ALC16×8", "第 3 框 1–8 槽"),
        ("数字中继", "2×2M", "PRI 信令，引示号 5530200"),
        ("中继误码率", "0", "24 h 测试"),
        ("直流输出", "-53.6 V", "浮充"),
        ("满载电流", "18.2 A", ""),
        ("蓄电池", "48V/200Ah", "2020 年 9 月投运"),
        ("联合接地电阻", "0.90 Ω", "2022 年 8 月 16 日测"),
        ("绝缘电阻", "最小 180 MΩ", "HYA100 第 77 对"),
        ("环路电阻", "最大 388 Ω", "学生公寓 6 层"),
        ("串音衰减", "78 dB", "抽测 20 对"),
        ("倒换时间", "0.9 s", "人工倒换 2 次"),
        ("机房温湿度", "25 ℃　58 %", ""),
    ]
    rows: list[list[Cell | str]] = [["序号", "参数名称", "数值", "说明", "测试人"]]
    for k, (a, b, c) in enumerate(names, 1):
        rows.append(
            [
                str(k),
                Cell(a, align="left"),
                Cell(b, hand=True),
                Cell(c, align="left", hand=True),
                Cell("叶南舟", hand=True),
            ]
        )
    s.table([0.6, 1.7, 1.7, 2.6, 1], rows, pt=11.5, pad=2.1)
    s.skip(4)
    form_line(s, [("填表：", "叶南舟", 0), ("审核：", "苏以宁", 0.35), ("日期：", "2022.8.19", 0.68)], 12)
    return s.done()


def service(rng: Generator) -> list[Sheet]:
    s = Setting(rng, font="sungti", pt=11.5, left=mm(24), right=2480 - mm(20), top=mm(26))
    calls = [
        (
            "SH-2023-112",
            "2023 年 4 月 11 日 8 时 20 分",
            "柏瑢",
            "实验楼 6314、6315 摘机无音。",
            "到场检查：总配线架断开外线，内线侧正常，判断为外线故障；实验楼配线箱受潮，第 14、15 对绝缘只有 0.4 MΩ。更换接线模块一只，吹干后复测 150 MΩ，恢复。",
            "陆遥",
            "2023 年 4 月 11 日 11 时 05 分",
            "接线模块 1 只",
        ),
        (
            "SH-2024-037",
            "2024 年 2 月 26 日 7 时 50 分",
            "柏瑢",
            "开学第一天全校电话不能呼出，呼入正常。",
            "到场检查：数字中继板黄灯，对端告警；与电信局联系，确认对端更换设备后 PRI 通道数设置为 15，本端为 30，数据不符。电信局改正后恢复。用户数据已重新备份。",
            "贺知行",
            "2024 年 2 月 26 日 9 时 40 分",
            "无",
        ),
    ]
    for k, (number, when, who, what, how, man, end, part) in enumerate(calls):
        if k:
            s.new_sheet()
        s.title("售后服务记录单", 21, 0.15)
        s.line(f"编号：{number}", "right", pt=11)

        def lab(t: str) -> Cell:
            return Cell(t, font="heib")

        rows = [
            [lab("客户名称"), Cell("江汀中学"), lab("报修人"), Cell(who, hand=True)],
            [lab("报修时间"), Cell(when, hand=True), lab("合同号"), Cell("YT-2022-H064")],
            [lab("故障现象"), Cell(what, 3, "top", hand=True, tall=28)],
            [lab("检查与处理"), Cell(how, 3, "top", hand=True, tall=76)],
            [lab("更换部件"), Cell(part, hand=True), lab("恢复时间"), Cell(end, hand=True)],
            [lab("查阅档案"), Cell("借参数一览表复印件，已还", 3, "left", hand=True)],
            [lab("客户意见"), Cell("满意。建议每学期开学前巡检一次。" if k else "满意", 3, "left", hand=True, tall=24)],
        ]
        s.table([0.9, 2.4, 0.9, 2.4], rows, pt=11.5, heads=0)
        s.skip(5)
        form_line(s, [("服务人员：", man, 0), ("客户签字：", who, 0.52)], 12)
    return s.done()


def notice(rng: Generator) -> list[Sheet]:
    s = Setting(rng, pt=13, leading=1.9)
    s.line("江汀中学", "centre", "songx", 34, 0.25, "red")
    s.skip(2)
    s.sheet.rule(s.left, s.y, s.right, s.y, 10, "red")
    s.skip(4)
    s.line("江中总〔2022〕23 号", "right", pt=12)
    s.skip(4)
    s.title("关于暑假期间电话割接停机的通知", 18, 0.05)
    s.line("各处室、年级组：", pt=13)
    s.paras("""
        为配合程控交换机扩容工程，定于 2022 年 8 月 18 日（星期四）13 时至 17 时进行割接，届时全校固定电话停机，请提前安排工作。
        停机期间值班室、校医室、门卫使用移动电话联系，号码另行张贴。割接完成后，实验楼、学生公寓启用新号码 6301 至 6428，原有号码不变。
        割接后如发现不通、串音或者号码错误，请于 8 月 24 日前报总务处柏瑢老师，电话 5530218。
    """)
    closing(s, "江汀中学", "2022 年 8 月 12 日")
    return s.done()


DOSSIER = Dossier(
    "KH-2022-064",
    "engineering-customer",
    PROJECT,
    ["KH", "XX"],
    "叶南舟",
    {
        "客户名称": "江汀中学",
        "客户联系人": "柏瑢",
        "联系电话": "0590-5530218",
        "安装地点": "江汀县文昌路 9 号",
        "合同编号": "YT-2022-H064",
        "合同金额": "98600.00",
        "合同签订日期": "2022-06-28",
        "完工日期": "2022-08-19",
        "竣工资料收到日期": "2022-08-24",
        "上架日期": "2022-08-26",
        "交换机型号": "HX-3000",
        "位置": "甲柜 2 层盒 03",
        "项目负责人": "叶南舟",
        "容量（线）": "384",
        "保修至": "2023-08-22",
    },
    [
        Paper(
            "01 扩容合同.pdf",
            "合同",
            "程控交换机扩容合同",
            "contract",
            COMPANY,
            "2022-06-28",
            "YT-2022-H064",
            contract,
            [COPY.but(skew=0.5), COPY.but(skew=-0.9)],
            ["YT-2022-H064", "玖万捌仟陆佰元整", "云溪仲裁委员会"],
            signed=["customer"],
        ),
        Paper(
            "02 关于暑假期间电话割接停机的通知.webp",
            "往来函件",
            "关于暑假期间电话割接停机的通知",
            "installation",
            "江汀中学",
            "2022-08-12",
            "江中总〔2022〕23号",
            notice,
            [GREY.but(mode="RGB", skew=-0.4)],
            ["江中总〔2022〕23 号", "6301 至 6428"],
        ),
        Paper(
            "03 工程竣工验收报告.png",
            "验收报告",
            "工程竣工验收报告",
            "completion",
            COMPANY,
            "2022-08-22",
            "YS-2022-064",
            acceptance,
            [GREY.but(skew=0.5, noise=1.0, mottle=1.0, holes=False, paper=(252, 252, 252))],
            ["YS-2022-064", "中断 2 小时 15 分"],
            signed=["customer"],
        ),
        Paper(
            "04 电话交换机安装参数一览表.jp2",
            "电话交换机安装参数一览表",
            "电话交换机安装参数一览表",
            "completion",
            COMPANY,
            "2022-08-19",
            "CS-2022-064",
            parameters,
            [GREY.but(skew=-0.7)],
            ["CS-2022-064", "CP22-0418", "0.90 Ω"],
        ),
        Paper(
            "05 售后服务记录单.tiff",
            "售后服务记录",
            "售后服务记录单（2023 年至 2024 年）",
            "service",
            COMPANY,
            "2024-02-26",
            "SH-2024-037",
            service,
            [BITONAL.but(skew=0.9), BITONAL.but(skew=-0.5)],
            ["SH-2023-112", "SH-2024-037", "对端告警"],
        ),
    ],
)
