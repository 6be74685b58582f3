"""JJ-2023-005 东校区室外给水管网改造: general works, still under construction."""

from numpy.random import Generator

from samples.draw.contents.blocks import closing, signatures
from samples.draw.contents.tables import site_photo_note
from samples.draw.layout import Cell, Setting
from samples.draw.papers import Dossier, Paper
from samples.draw.sheet import Sheet, mm
from samples.draw.wear import BITONAL, COLOUR, COPY

PROJECT = "云溪大学东校区室外给水及消防管网改造工程"


def permit(rng: Generator) -> list[Sheet]:
    s = Setting(rng, pt=14, leading=2.0, left=mm(34), right=2480 - mm(34), top=mm(44))
    for inset, width in ((13, 10), (17, 3)):
        s.sheet.frame(mm(inset), mm(inset), 2480 - 2 * mm(inset), 3508 - 2 * mm(inset), width, "red")
    s.line("中华人民共和国", "centre", "songb", 20, 0.3)
    s.skip(3)
    s.line("建设工程规划许可证", "centre", "songx", 30, 0.08)
    s.skip(4)
    s.line("建字第 351083202300047 号", "right", pt=12)
    s.skip(3)
    s.para("根据《中华人民共和国城乡规划法》第四十条规定，经审核，本建设工程符合城乡规划要求，颁发此证。")
    closing(s, "云溪市自然资源局", "2023 年 5 月 11 日", True, "规划审批专用章")
    s.skip(14)
    rows = [
        ("建设单位", "云溪大学"),
        ("建设项目名称", PROJECT),
        ("建设位置", "云溪市栖霞路 118 号东校区"),
        ("建设规模", "DN200 给水管 2180 米，DN150 消防管 1960 米，阀门井 34 座"),
    ]
    s.table([1, 2.6], [[Cell(a, font="songb"), Cell(b, align="left")] for a, b in rows], pt=12.5, heads=0, pad=2.2)
    s.skip(3)
    s.para("附图及附件名称：管线综合平面图二张；规划条件（云规条〔2023〕022 号）一份。", pt=11)
    return s.done()


def hidden_works(rng: Generator) -> list[Sheet]:
    s = Setting(rng, font="sungti", pt=11, left=mm(22), right=2480 - mm(20), top=mm(26))
    s.title("隐蔽工程验收记录", 21, 0.2)
    s.line("编号：YB-GW-027", "right", pt=11)

    def lab(t: str, span: int = 1) -> Cell:
        return Cell(t, span, font="heib")

    rows: list[list[Cell | str]] = [
        [lab("工程名称"), Cell(PROJECT, 3)],
        [lab("隐蔽部位"), Cell("W12 至 W17 井段", hand=True), lab("验收日期"), Cell("2023 年 9 月 14 日", hand=True)],
        [lab("管材规格"), Cell("球墨铸铁管 DN200 K9", hand=True), lab("段长"), Cell("186.4 米", hand=True)],
        [
            lab("沟槽"),
            Cell("槽底标高允许偏差 ±20 毫米，实测 -12 至 +9；槽底原状土，无扰动。", 3, "left", hand=True, tall=18),
        ],
        [lab("垫层"), Cell("中粗砂垫层厚 150 毫米，压实系数 0.95，环刀取样 6 组。", 3, "left", hand=True, tall=18)],
        [lab("接口"), Cell("T 型胶圈接口，胶圈无扭曲，插入深度逐口检查，31 个口合格。", 3, "left", hand=True, tall=18)],
        [lab("支墩"), Cell("弯头、三通处 C15 混凝土支墩 7 座，尺寸符合图集 10S505。", 3, "left", hand=True, tall=18)],
        [lab("防腐"), Cell("阀门、法兰螺栓涂沥青两道。", 3, "left", hand=True, tall=16)],
        [
            lab("水压试验"),
            Cell("试验压力 1.00 MPa，恒压 10 min 压力降 0.02 MPa，合格。", 3, "left", hand=True, tall=16),
        ],
        [lab("影像资料"), Cell("照片 12 张，编号 ZP-0914-01 至 12。", 3, "left", hand=True, tall=16)],
        [lab("验收意见"), Cell("符合设计和 GB 50268 要求，同意隐蔽回填。", 3, "left", hand=True, tall=18)],
    ]
    s.table([0.9, 2.2, 0.9, 2], rows, pt=11, heads=0)
    signatures(
        s,
        [
            ("施工单位", "质检员：", "周赟", "2023.9.14"),
            ("监理单位", "监理工程师：", "祝翀", "2023.9.14"),
            ("设计单位", "代表：", "沈砚秋", "2023.9.15"),
            ("建设单位", "代表：", "梅瑢", "2023.9.15"),
        ],
        seals=False,
        tall=30,
    )
    return s.done()


def change(rng: Generator) -> list[Sheet]:
    s = Setting(rng, pt=11.5, leading=1.8, left=mm(25), right=2480 - mm(22), top=mm(28))
    s.title("设计变更通知单", 21)
    s.line("编号：管网-03", "right", "hei", 11)
    head: list[list[Cell | str]] = [
        [Cell("工程名称", font="heib"), Cell(PROJECT, 3, "left")],
        [Cell("设计单位", font="heib"), "东屿建筑设计院有限公司", Cell("日期", font="heib"), "2023 年 8 月 24 日"],
        [Cell("变更部位", font="heib"), "图书馆北侧 W21 至 W24", Cell("原图号", font="heib"), "水总-02"],
    ]
    s.table([1, 2.2, 1, 2], head, pt=11, heads=0)
    s.paras("""
        # 变更原因
        开挖时发现图书馆北侧地下 1.4 米处有原热力管沟，与新设消防管交叉，净距仅 80 毫米，不满足规范要求。
        # 变更内容
        1.W22 至 W23 段消防管 DN150 由埋深 1.20 米改为 2.05 米，从热力管沟下方穿过，设钢套管 DN300，长 4.5 米；
        2.W23 井改为跌落井，井深 2.60 米，图集 05S502 第 78 页；
        3.室外消火栓 SW-09 移位，向北 2.80 米，距路边不大于 2.00 米，距建筑外墙不小于 5.00 米；
        4.热力管沟两侧各 2 米范围内人工开挖，回填石粉渣并分层夯实。
        # 费用
        增加土方 62 立方米、钢套管 4.5 米、跌落井 1 座，费用计入结算。
    """)
    s.skip(4)
    signatures(
        s,
        [
            ("建设单位", "项目负责人：", "方景行", "2023.8.25"),
            ("设计单位", "专业负责人：", "沈砚秋", "2023.8.24"),
            ("施工单位", "项目经理：", "石磐", "2023.8.25"),
            ("监理单位", "总监理工程师：", "霍镕", "2023.8.25"),
        ],
    )
    return s.done()


def summary(rng: Generator) -> list[Sheet]:
    s = Setting(rng, pt=12, leading=1.8, footer="{n} / {all}")
    s.title("监理月报", 24, 0.5)
    s.line("2023 年 9 月　第 4 期　编号：JL-YB-2023-09", "centre", pt=12)
    s.double_rule()
    s.paras("""
        # 一、本月进度
        本月计划完成给水管 420 米、消防管 380 米，实际完成给水管 436.4 米、消防管 352 米。累计完成给水管 1310 米，占总量的百分之六十；消防管 1018 米，占百分之五十二。消防管滞后的原因是图书馆北侧遇热力管沟，已按设计变更通知单管网-03 处理。
        # 二、质量
        报验 26 批，一次合格 24 批。不合格两批：W15 井内抹灰空鼓，已返工；DN150 沟槽管件外观有砂眼 3 只，退场。隐蔽验收 9 次，均通过。水压试验 4 段，全部合格。
        # 三、投资
        本月审核工程款 386420.00 元，累计 1742800.00 元，占合同价 3158000.00 元的百分之五十五点二。变更费用累计 61340.00 元。
        # 四、安全
        沟槽深度大于 1.5 米的段落全部放坡或设支撑。9 月 7 日暴雨后 W18 段塌方约 3 立方米，无人员受伤，已清理并加钢板桩。夜间警示灯缺失 5 处，已补。
        # 五、下月重点
        1.校内主干道横穿段安排在国庆假期施工，交通组织方案报保卫处；2.第四实验楼停水切换，须提前三天通知；3.督促施工单位整理一至三季度施工资料，按前期、施工分开。
    """)
    closing(s, "信衡工程监理有限公司", "2023 年 9 月 28 日", True, "项目监理部")
    return s.done()


DOSSIER = Dossier(
    "JJ-2023-005",
    "campus-construction",
    "东校区室外给水及消防管网改造工程",
    ["JJ", "ZT", "GPS"],
    "邱若溪",
    {
        "建设单位": "云溪大学",
        "设计单位": "东屿建筑设计院有限公司",
        "施工单位": "恒岳建设集团有限公司",
        "监理单位": "信衡工程监理有限公司",
        "建设地点": "云溪市栖霞路 118 号云溪大学东校区",
        "合同金额": "3158000.00",
        "规划许可证号": "建字第351083202300047号",
        "开工日期": "2023-06-12",
    },
    [
        Paper(
            "01 建设工程规划许可证.jpg",
            "建设工程规划许可证",
            "建设工程规划许可证",
            "preparation",
            "云溪市自然资源局",
            "2023-05-11",
            "建字第351083202300047号",
            permit,
            [COLOUR.but(skew=0.4)],
            ["建字第 351083202300047 号", "阀门井 34 座"],
            34,
        ),
        Paper(
            "02 设计变更通知单 管网-03.pdf",
            "设计变更通知单",
            "设计变更通知单 管网-03：消防管下穿热力管沟",
            "construction",
            "东屿建筑设计院有限公司",
            "2023-08-24",
            "管网-03",
            change,
            [COLOUR.but(skew=-0.6)],
            ["编号：管网-03", "室外消火栓 SW-09 移位"],
            38,
            signed=["owner", "designer", "contractor", "supervisor"],
        ),
        Paper(
            "03 隐蔽工程验收记录 YB-GW-027.tif",
            "隐蔽工程验收记录",
            "隐蔽工程验收记录（W12 至 W17 井段）",
            "construction",
            "恒岳建设集团有限公司",
            "2023-09-14",
            "YB-GW-027",
            hidden_works,
            [BITONAL.but(skew=0.7)],
            ["YB-GW-027", "ZP-0914-01"],
            signed=["owner", "designer", "contractor", "supervisor"],
        ),
        Paper(
            "04 监理月报 2023年9月.pdf",
            "监理往来文件",
            "监理月报 2023 年 9 月 第 4 期",
            "construction",
            "信衡工程监理有限公司",
            "2023-09-28",
            "JL-YB-2023-09",
            summary,
            [COPY.but(skew=-1.0), COPY.but(skew=0.6)],
            ["JL-YB-2023-09", "3158000.00 元", "钢板桩"],
        ),
        Paper(
            "05 水总-02 管网平面图.dwg",
            "施工图",
            "水总-02 室外给水及消防管网平面图（电子）",
            "design",
            "东屿建筑设计院有限公司",
            "2023-04-18",
            "水总-02",
            write=site_photo_note,
        ),
    ],
)
