"""JJ-2021-017 第三教学楼工程: the campus dossier in which most kinds of paper occur."""

from numpy.random import Generator

from samples.draw.contents.blocks import closing, form_line, ruled, signatures
from samples.draw.contents.plan import water_plan
from samples.draw.layout import Cell, Setting
from samples.draw.papers import Dossier, Paper
from samples.draw.sheet import Sheet, em, mm
from samples.draw.wear import BITONAL, COLOUR, COPY, GREY, OLD

PROJECT = "云溪大学第三教学楼工程"


def permit(rng: Generator) -> list[Sheet]:
    s = Setting(rng, font="song", pt=13, leading=2.0, left=mm(34), right=2480 - mm(30), top=mm(40))
    for inset, width in ((12, 14), (15, 4)):
        s.sheet.frame(mm(inset), mm(inset), 2480 - 2 * mm(inset), 3508 - 2 * mm(inset), width, "red")
    s.line("中华人民共和国", "centre", "songb", 20, 0.3)
    s.skip(4)
    s.line("建筑工程施工许可证", "centre", "songx", 30, 0.08)
    s.skip(4)
    s.line("编号 云建施字〔2021〕086 号", "right", pt=12)
    s.skip(3)
    s.para("根据《中华人民共和国建筑法》第八条规定，经审查，本建筑工程符合施工条件，准予施工。")
    s.para("特发此证。")
    closing(s, "云溪市住房和城乡建设局", "2021 年 8 月 27 日", True, "行政审批专用章")
    s.skip(9)
    rows = [
        ("建设单位", "云溪大学"),
        ("工程名称", PROJECT),
        ("建设地址", "云溪市栖霞路 118 号云溪大学东校区"),
        ("建设规模", "18600 平方米，地上六层，地下一层"),
        ("合同价格", "6842.35 万元"),
        ("设计单位", "东屿建筑设计院有限公司"),
        ("施工单位", "恒岳建设集团有限公司"),
        ("监理单位", "信衡工程监理有限公司"),
        ("合同开工日期", "2021 年 9 月 6 日"),
        ("合同竣工日期", "2023 年 6 月 30 日"),
    ]
    s.table([1, 3.4], [[Cell(a, font="songb"), Cell(b, align="left")] for a, b in rows], pt=12, heads=0)
    s.skip(3)
    s.para("备注：本证放置施工现场，作为准予施工的凭证。未经发证机关许可，本证的各项内容不得变更。", pt=10)
    return s.done()


def minutes(rng: Generator) -> list[Sheet]:
    s = Setting(rng, pt=12, leading=1.8, footer="第 {n} 页 共 {all} 页")
    s.line(PROJECT, "centre", "songb", 15)
    s.title("工程例会纪要", track=0.35)
    s.line("第 12 期", "centre", pt=12)
    s.double_rule()
    s.pairs(
        [
            ("会议时间：", "2022 年 6 月 14 日上午 9 时"),
            ("会议地点：", "第三教学楼项目部二楼会议室"),
            ("主持人：", "方景行（建设单位）　　记录：梅瑢"),
            ("参加单位：", "云溪大学基建处、东屿建筑设计院、恒岳建设集团、信衡工程监理"),
        ]
    )
    s.sheet.rule(s.left, s.y, s.right, s.y, 2)
    s.paras("""
        # 一、上期会议决议落实情况
        1.地下一层消防水泵房设备基础已完成复核，与水施-03 一致。二层东侧走廊消火栓与教室门开启方向冲突，设计单位已于 6 月 10 日到场查看，同意移位，正式变更通知单本周内发出。
        2.屋面防水卷材进场复试报告已取回，合格，监理已签认，报告编号 FS-2022-0417。
        3.三层弱电桥架标高与喷淋支管相碰共五处，施工单位已按会签图调整完毕。
        # 二、本期进度
        主体结构全部封顶。二次砌筑完成至四层；给排水立管安装完成百分之七十，消火栓箱预留洞已复尺四十六处，其中三处需移位，位置见附表一。电气预埋随砌筑进行，无滞后。地下室外墙防水保护层完成，回填土分层夯实至 -1.80 米，环刀试验十二组全部合格。
        # 三、需要协调解决的问题
        1.二层东侧走廊 A2-7 轴消火栓移位后，箱体嵌入剪力墙，需要开洞加固做法。设计单位答复：不开洞，改为明装薄型箱，箱底距地 0.90 米，见给排水-07。
        2.施工用电负荷不足，塔吊与地泵不能同时运行。建设单位答复：6 月 20 日前由后勤处增设 315 千伏安临时变压器一台。
        3.幕墙埋件漏埋七处，监理要求施工单位三日内提出后置埋件方案并做拉拔试验。
        4.暑假期间南门封闭，材料车辆改由西二门进场，须提前一天向保卫处报备车牌。
        # 四、安全与文明施工
        6 月 9 日安全检查发现外脚手架连墙件缺失四处、配电箱未锁二处，已当场整改；罚款单 AQ-2022-09 已送达项目部。入夏后室外作业避开 12 时至 15 时，工地备足防暑药品。
        # 五、下期安排
        1.6 月 21 日前完成五层砌筑及三层喷淋主管试压；
        2.6 月 17 日前由监理组织附表一所列位置的现场复尺；
        3.第 13 期例会定于 2022 年 6 月 21 日上午 9 时，地点不变。
    """)
    s.new_sheet()
    s.line("附表一　消火栓箱预留洞复尺记录", "centre", "heib", 14)
    s.skip(2)
    head = ["序号", "楼层", "轴线位置", "设计尺寸", "实测尺寸", "标高（米）", "处理意见"]
    rows = [head]
    moved = {5: "消火栓移位，改明装薄型箱", 9: "消火栓移位 400，洞口封堵", 13: "消火栓移位至柱边"}
    for k in range(1, 19):
        floor, axis = "一二三四五六"[(k - 1) // 3], f"A{(k - 1) // 3 + 1}-{(k * 5) % 11 + 2}"
        if k == 5:
            axis = "A2-7"
        real = f"{700 + int(rng.integers(-4, 5))}×{1000 + int(rng.integers(-3, 5))}"
        rows.append(
            [
                str(k),
                floor + "层",
                axis,
                "700×1000",
                real,
                f"{1.1 + int(rng.integers(-2, 3)) / 100:.2f}",
                moved.get(k, "符合"),
            ]
        )
    s.table([0.6, 0.7, 1, 1.1, 1.1, 1, 2.3], rows, pt=10.5)
    s.skip(4)
    form_line(s, [("复尺：", "卫长庚", 0), ("监理：", "祝翀", 0.35), ("日期：", "2022.6.17", 0.66)])
    return s.done()


def change(rng: Generator) -> list[Sheet]:
    s = Setting(rng, pt=11, leading=1.7, left=mm(25), right=2480 - mm(22), top=mm(28))
    s.title("设计变更通知单", 21)
    s.line("编号：给排水-07", "right", "hei", 11)
    head = [
        [Cell("工程名称", font="heib"), Cell(PROJECT, 3, "left")],
        [
            Cell("设计单位", font="heib"),
            Cell("东屿建筑设计院有限公司"),
            Cell("专业", font="heib"),
            Cell("给排水、消防"),
        ],
        [
            Cell("变更部位", font="heib"),
            Cell("二层、三层东侧走廊"),
            Cell("日期", font="heib"),
            Cell("2022 年 6 月 16 日"),
        ],
        [Cell("原图号", font="heib"), Cell("水施-05、水施-06"), Cell("附图", font="heib"), Cell("1 张（变-07-1）")],
    ]
    s.table([1, 2, 1, 2], head, pt=11, heads=0)
    top = s.y
    s.left, s.right = s.left + mm(4), s.right - mm(4)
    s.skip(4)
    s.paras("""
        # 一、变更原因
        二层东侧走廊 A2-7 轴消火栓箱与 203 教室门开启方向冲突，门扇开启后遮挡消火栓；三层 A2-7 轴箱体位于剪力墙暗柱内，不能开洞。经 2022 年 6 月 14 日工程例会（纪要第 12 期）商定，作如下变更。
        # 二、变更内容
        1.二层 A2-7 轴消火栓移位：沿走廊向东 600，改为明装薄型箱 SG18D65Z-J，箱底距地 0.90 米，栓口中心距地 1.10 米不变。
        2.三层 A2-7 轴消火栓向左移位 400，栓口中心距地 1.10 米不变。
        3.原预留洞用 C20 细石混凝土封堵，洞口四周凿毛并刷界面剂，两侧挂钢丝网后抹灰。
        4.消火栓支管 DN65 改由走廊吊顶内接出，管道支架间距不大于 3.5 米；穿墙处设钢套管，缝隙用不燃材料填实。
        5.移位后消火栓与灭火器箱合用标志牌，按 GB 50974 的要求重新核对充实水柱到达范围，满足两股水柱同时到达任何部位。
        # 三、工程量与费用
        增加 DN65 热镀锌钢管 8.4 米、明装薄型箱 1 套，拆除并封堵洞口 2 处。费用按合同第 31 条的约定计入结算，不影响总工期。
    """)
    s.left, s.right = s.left - mm(4), s.right + mm(4)
    s.skip(3)
    s.sheet.frame(s.left, top, s.width, s.y - top, 5)
    signatures(
        s,
        [
            ("建设单位", "项目负责人：", "方景行", "2022.6.16"),
            ("设计单位", "专业负责人：", "沈砚秋", "2022.6.16"),
            ("施工单位", "项目经理：", "石磐", "2022.6.17"),
            ("监理单位", "总监理工程师：", "霍镕", "2022.6.17"),
        ],
    )
    s.new_sheet()
    s.line("变-07-1　二层 A2-7 轴消火栓移位示意图　1:50", "centre", "heib", 13)
    _sketch(s)
    s.skip(5)
    s.paras(
        """
        说明：1.图中尺寸以毫米计，标高以米计；2.虚线为原消火栓位置，洞口封堵；3.实线为移位后消火栓位置；4.施工前复核吊顶内风管标高 2.65。
    """,
        0,
    )
    return s.done()


def _sketch(s: Setting) -> None:
    tool, x, y = s.sheet.pen(), s.left + mm(6), s.y + mm(25)
    w = s.width - mm(12)
    for dy in (0, mm(4), mm(62), mm(66)):
        s.sheet.rule(x, y + dy, x + w, y + dy, 6)
    for k in range(4):
        cx = x + w * (0.08 + 0.28 * k)
        tool.rectangle((cx - mm(4), y - mm(2), cx + mm(4), y + mm(6)), fill=255)
        tool.ellipse((cx - mm(5), y - mm(22), cx + mm(5), y - mm(12)), outline=255, width=3)
        s.sheet.text(cx - em(5), y - mm(19.2), str(k + 5), "hei", 11)
        s.sheet.rule(cx, y - mm(12), cx, y + mm(74), 1)
    door = x + w * 0.5
    tool.arc((door - mm(18), y - mm(14), door + mm(18), y + mm(22)), 0, 90, fill=255, width=3)
    s.sheet.rule(door, y + mm(4), door, y + mm(22), 4)
    for k in range(6):
        s.sheet.rule(door - mm(26) + k * mm(2.5), y + mm(5), door - mm(25) + k * mm(2.5), y + mm(5), 4)
    tool.rectangle((door - mm(26), y + mm(4), door - mm(12), y + mm(11)), outline=255, width=2)
    tool.rectangle((door + mm(30), y + mm(4), door + mm(44), y + mm(11)), outline=255, width=7)
    tool.polygon([(door + mm(30), y + mm(4)), (door + mm(44), y + mm(11)), (door + mm(30), y + mm(11))], fill=255)
    s.sheet.text(door - mm(34), y + mm(13), "原消火栓", "hei", 10)
    s.sheet.text(door + mm(28), y + mm(13), "消火栓移位", "hei", 11)
    s.sheet.text(door - mm(4), y + mm(30), "600", "hei", 11)
    s.sheet.rule(door - mm(20), y + mm(36), door + mm(36), y + mm(36), 2)
    s.sheet.text(x + w * 0.2, y + mm(46), "二层东侧走廊", "hei", 14, 0.4)
    s.sheet.text(x + w * 0.7, y + mm(46), "203 教室", "hei", 12)
    s.sheet.text(x + w * 0.42, y + mm(54), "消火栓支管 DN65　中心标高 2.80", "hei", 10)
    s.sheet.frame(s.left, s.y, s.width, mm(106), 5)
    s.y += mm(106)


DIARY = [
    (
        "2022 年 6 月 16 日　星期四",
        "晴",
        "22–31℃",
        "东南风 2 级",
        [
            "1.二次砌筑：四层 A 段墙体砌至 2.4 米，木工、瓦工共 23 人。",
            "2.给排水班组 8 人，安装三层喷淋支管 46 米，接口防腐。",
            "3.收到设计变更通知单给排水-07，二层 A2-7 轴消火栓移位，已向班组长交底。",
            "4.进场 DN65 热镀锌钢管 120 米，合格证 3 份，监理见证取样 1 组。",
            "5.塔吊例行保养，停机两小时。",
        ],
    ),
    (
        "2022 年 6 月 17 日　星期五",
        "多云",
        "23–30℃",
        "南风 2 级",
        [
            "1.上午监理祝翀组织附表一所列位置复尺，18 处中 3 处需移位。",
            "2.四层 B 段构造柱钢筋隐蔽验收，一次通过。",
            "3.外架补装连墙件四处，安全员复查合格。",
            "4.屋面防水卷材第二道铺贴 380 平方米，闭水试验定于 20 日。",
        ],
    ),
    (
        "2022 年 6 月 18 日　星期六",
        "小雨转阴",
        "21–26℃",
        "北风 3 级",
        [
            "1.给排水班组 8 人，二层东走廊 A2-7 轴消火栓移位，原洞口封堵，新位置弹线开槽完成，下午监理到场查看。",
            "2.室外作业因雨停工半日，瓦工转入五层室内砌筑。",
            "3.商品混凝土 C20 细石 1.5 方，坍落度 160 毫米，留试块 1 组。",
            "4.项目经理石磐带班检查临电，漏电保护器动作正常。",
            "5.质检员周赟提出：封堵处两侧钢丝网搭接不足 150，当日返工。",
        ],
    ),
]


def site_diary(rng: Generator) -> list[Sheet]:
    s = Setting(rng, font="sungti", pt=12, left=mm(24), right=2480 - mm(20), top=mm(26))
    for k, (day, sky, warm, wind, works) in enumerate(DIARY):
        if k:
            s.new_sheet()
        s.title("施 工 日 志", 22, 0.1, "songb")
        form_line(s, [("工程名称：", "第三教学楼", 0), ("编号：", f"SG-2022-{167 + k}", 0.62)], 12)
        form_line(s, [("日期：", day, 0)], 12)
        form_line(s, [("天气：", sky, 0), ("气温：", warm, 0.36), ("风力：", wind, 0.68)], 12)
        top = s.y
        s.skip(3)
        s.sheet.text(s.left + mm(3), s.y, "施工部位、内容、人员、机械及质量安全情况：", "sungti", 12)
        s.y += em(24)
        ruled(s, works)
        s.sheet.frame(s.left, top, s.width, s.y - top, 5)
        s.skip(4)
        form_line(s, [("记录人：", "卫长庚", 0), ("项目经理：", "石磐", 0.36), ("质检员：", "周赟", 0.7)], 12)
    return s.done()


def pressure_test(rng: Generator) -> list[Sheet]:
    s = Setting(rng, font="sungti", pt=11, left=mm(22), right=2480 - mm(20), top=mm(26))
    s.title("室内消火栓系统水压试验记录", 19, 0.1, "heib")
    s.line("编号：SY-水-018", "right", pt=11)

    def lab(t: str) -> Cell:
        return Cell(t, font="heib")

    rows = [
        [lab("工程名称"), Cell(PROJECT, 2), lab("试验日期"), Cell("2022 年 7 月 22 日", 2, hand=True)],
        [lab("施工单位"), Cell("恒岳建设集团有限公司", 2), lab("分项工程"), Cell("消火栓系统安装", 2)],
        [lab("管道材质"), Cell("热镀锌钢管", 2), lab("接口做法"), Cell("DN100 沟槽，DN65 丝接", 2)],
        [lab("设计压力"), Cell("0.80 MPa", 2), lab("试验压力"), Cell("1.40 MPa", 2, hand=True)],
        [lab("试验部位"), lab("管长（米）"), lab("稳压时间"), lab("压力降"), lab("渗漏"), lab("结论")],
    ]
    for place, length, drop, leak in (
        ("一层支管", "86.5", "0.01 MPa", "无"),
        ("二层支管（含 A2-7 移位支管）", "94.9", "0", "无"),
        ("三层支管（含 A2-7 移位支管）", "91.2", "0", "无"),
        ("四层支管", "88.0", "0.01 MPa", "无"),
        ("五层支管", "88.0", "0.02 MPa", "无"),
        ("六层支管及屋顶试验栓", "102.6", "0.01 MPa", "无"),
        ("立管 XL-1 至 XL-8", "196.0", "0.02 MPa", "无"),
    ):
        rows.append(
            [
                Cell(place, align="left"),
                Cell(length, hand=True),
                Cell("30 min", hand=True),
                Cell(drop, hand=True),
                Cell(leak, hand=True),
                Cell("合格", hand=True),
            ]
        )
    rows.append(
        [
            lab("试验情况"),
            Cell(
                "关闭各层检修阀，由 1 号水泵接合器处升压，分三级升至试验压力 1.40 MPa，稳压 30 min，压力降不大于 0.05 MPa，目测无渗漏、无变形，再降至工作压力检查，无渗漏。移位支管：二层、三层 A2-7 轴移位支管单独试压，合格。压力表量程 0–2.5 MPa，精度 1.5 级，检定有效期至 2023 年 1 月。",
                5,
                "left",
                tall=32,
            ),
        ]
    )
    rows.append([lab("试验结论"), Cell("符合 GB 50242 和设计要求，同意进行下道工序。", 5, "left", hand=True, tall=14)])
    s.table([1.6, 1.1, 1.1, 1.2, 0.9, 1], rows, pt=10.5, heads=0)
    signatures(
        s,
        [
            ("施工单位", "质检员：", "周赟", "2022.7.22"),
            ("监理单位", "监理工程师：", "祝翀", "2022.7.22"),
            ("建设单位", "代表：", "方景行", "2022.7.23"),
        ],
        seals=False,
        tall=34,
    )
    return s.done()


def supervision_diary(rng: Generator) -> list[Sheet]:
    s = Setting(rng, font="song", pt=11.5, left=mm(25), right=2480 - mm(22), top=mm(26))
    days = [
        (
            "2022 年 11 月 8 日",
            "阴　7–13℃",
            "室内抹灰、消防喷淋末端安装、外墙保温",
            [
                "1.巡视五层东区：抹灰空鼓两处，各约 0.2 平方米，口头通知施工单位凿除重抹。",
                "2.旁站：屋顶消防水箱间防水附加层施工，搭接 120 毫米，符合要求。",
                "3.见证取样：岩棉保温板 1 组，送云溪市建设工程质量检测中心，委托编号 JC-22-11873。",
                "4.平行检验：二层消火栓箱 12 只，栓口中心距地 1.08 至 1.12 米，允许偏差 ±20 毫米，合格。",
            ],
            "签发监理通知单 JL-TZ-041：外墙保温锚栓数量不足，要求每平方米不少于 6 个，限 11 月 11 日前整改回复。",
        ),
        (
            "2022 年 11 月 9 日",
            "晴　5–15℃",
            "室内抹灰、防火门安装、空调风管",
            [
                "1.检查防火门安装：二层 FM 甲 1021 门框灌浆不密实 3 樘，要求返工。",
                "2.核对风管标高：二层东走廊 2.65 米，与变更给排水-07 消火栓支管净距 120 毫米，满足要求。",
                "3.审查施工进度：比计划滞后 4 天，要求项目部 11 月 12 日前报赶工措施。",
                "4.组织预埋件拉拔试验，七处全部大于 30 kN，合格。",
            ],
            "收到施工单位对 JL-TZ-040 的回复，复查合格，予以销项。",
        ),
    ]
    for k, (day, sky, part, works, matter) in enumerate(days):
        if k:
            s.new_sheet()
        s.title("监 理 日 志", 21, 0.1)
        rows = [
            [Cell("工程名称", font="heib"), Cell(PROJECT), Cell("日期", font="heib"), Cell(day, hand=True)],
            [Cell("施工部位", font="heib"), Cell(part, hand=True), Cell("天气", font="heib"), Cell(sky, hand=True)],
            [Cell("监理工作内容及发现的问题", 4, font="heib")],
            [Cell("\n".join(works), 4, "top", hand=True, tall=116)],
            [Cell("处理意见及其他事项", 4, font="heib")],
            [Cell(matter, 4, "top", hand=True, tall=46)],
        ]
        s.table([1, 2.3, 0.8, 1.8], rows, pt=12, heads=0)
        s.skip(4)
        form_line(s, [("记录人：", "祝翀", 0.05), ("总监理工程师：", "霍镕", 0.5)], 12)
    return s.done()


def contact(rng: Generator) -> list[Sheet]:
    s = Setting(rng, pt=11.5, leading=1.8, left=mm(25), right=2480 - mm(22), top=mm(28))
    s.title("工作联系单", 21, 0.4)
    s.line("编号：LX-2022-088", "right", "hei", 11)
    s.double_rule()
    s.pairs(
        [
            ("工程名称：", PROJECT),
            ("致：", "信衡工程监理有限公司项目监理部、云溪大学基建处"),
            ("抄送：", "东屿建筑设计院有限公司"),
            (
                "事由：",
                "关于给排水、消防、暖通、电气各专业管线综合排布调整及二层至四层东侧走廊消火栓移位后预留洞口封堵事宜",
            ),
        ]
    )
    s.paras("""
        # 内容
        根据设计变更通知单给排水-07，二层、三层东侧走廊 A2-7 轴消火栓移位后，四层同一位置亦与疏散指示灯接线盒相碰。为减少返工，我部建议四层消火栓一并向东移位 600，并请设计单位书面确认。
        同时报告管线综合排布调整如下：走廊吊顶内自下而上依次为喷淋支管、消火栓支管、电缆桥架、空调风管，最低点净高不小于 2.50 米。支吊架采用综合支架，间距 2.4 米，共 118 副，材料样品已于 6 月 17 日送监理封样。
        预留洞口封堵用 C20 细石混凝土，涉及二层 2 处、三层 1 处、四层 1 处；封堵后 24 小时内不得在两侧墙面作业。
        请于 2022 年 6 月 21 日前回复，逾期影响三层喷淋主管试压。
    """)
    closing(s, "恒岳建设集团有限公司", "2022 年 6 月 18 日", True, "项目专用章")
    s.skip(6)
    s.line("各方意见", "centre", "heib")
    signatures(
        s,
        [
            ("监理单位", "意见：同意", "霍镕", "2022.6.19"),
            ("设计单位", "意见：同意移位", "沈砚秋", "2022.6.20"),
            ("建设单位", "意见：照办", "方景行", "2022.6.20"),
            ("施工单位", "收件人：", "卫长庚", "2022.6.20"),
        ],
        seals=False,
        tall=36,
    )
    return s.done()


DOSSIER = Dossier(
    "JJ-2021-017",
    "campus-construction",
    "第三教学楼工程",
    ["JJ", "JX", "ZH"],
    "邱若溪",
    {
        "建设单位": "云溪大学",
        "设计单位": "东屿建筑设计院有限公司",
        "施工单位": "恒岳建设集团有限公司",
        "监理单位": "信衡工程监理有限公司",
        "建筑面积（m²）": "18600",
        "建设地点": "云溪市栖霞路 118 号云溪大学东校区",
        "合同金额": "68423500.00",
        "开工日期": "2021-09-06",
        "竣工日期": "2023-06-30",
        "旧号": "基建-教-38",
        "施工许可证号": "云建施字〔2021〕086号",
        "层数": "6",
        "结构类型": "框架",
    },
    [
        Paper(
            "01 建筑工程施工许可证.jpg",
            "建筑工程施工许可证",
            "建筑工程施工许可证",
            "preparation",
            "云溪市住房和城乡建设局",
            "2021-08-27",
            "云建施字〔2021〕086号",
            permit,
            [OLD.but(skew=-0.6)],
            ["云建施字〔2021〕086 号", "6842.35 万元", "建筑工程施工许可证"],
            34,
        ),
        Paper(
            "02 工程例会纪要 第12期.pdf",
            "会议纪要",
            "工程例会纪要 第 12 期",
            "construction",
            "恒岳建设集团有限公司",
            "2022-06-14",
            "例会〔2022〕12",
            minutes,
            [GREY.but(skew=-0.45), GREY.but(skew=0.35), GREY.but(skew=0.9, bleed=0.05)],
            ["消火栓与教室门开启方向冲突", "FS-2022-0417", "315 千伏安", "消火栓移位，改明装薄型箱", "第 12 期"],
            36,
        ),
        Paper(
            "03 设计变更通知单 给排水-07.pdf",
            "设计变更通知单",
            "设计变更通知单 给排水-07：消火栓移位",
            "construction",
            "东屿建筑设计院有限公司",
            "2022-06-16",
            "给排水-07",
            change,
            [COLOUR.but(skew=0.5, holes=True), BITONAL.but(skew=-0.3)],
            ["编号：给排水-07", "SG18D65Z-J", "DN65 热镀锌钢管 8.4 米", "变-07-1"],
            40,
            signed=["owner", "designer", "contractor", "supervisor"],
        ),
        Paper(
            "04 施工日志 2022年6月.tif",
            "施工日志",
            "施工日志 2022 年 6 月（16 日至 18 日）",
            "construction",
            "恒岳建设集团有限公司",
            "2022-06-18",
            "SG-2022-167",
            site_diary,
            [BITONAL.but(skew=0.8), BITONAL.but(skew=-1.1, specks=60), COPY.but(skew=0.6)],
            ["SG-2022-169", "监理见证取样"],
        ),
        Paper(
            "05 工作联系单 LX-2022-088.pdf",
            "工作联系单",
            "关于管线综合排布调整及消火栓移位后预留洞口封堵的工作联系单",
            "construction",
            "恒岳建设集团有限公司",
            "2022-06-18",
            "LX-2022-088",
            contact,
            [COPY.but(skew=-1.4)],
            ["LX-2022-088", "综合支架，间距 2.4 米"],
            signed=["owner", "designer", "contractor", "supervisor"],
        ),
        Paper(
            "06 室内消火栓系统水压试验记录.pdf",
            "试验报告",
            "室内消火栓系统水压试验记录",
            "construction",
            "恒岳建设集团有限公司",
            "2022-07-22",
            "SY-水-018",
            pressure_test,
            [BITONAL.but(skew=0.4)],
            ["SY-水-018", "移位支管单独试压"],
            signed=["owner", "contractor", "supervisor"],
        ),
        Paper(
            "07 监理日志 2022年11月.pdf",
            "监理日志",
            "监理日志 2022 年 11 月（8 日、9 日）",
            "construction",
            "信衡工程监理有限公司",
            "2022-11-09",
            "",
            supervision_diary,
            [BITONAL.but(skew=-0.7), BITONAL.but(skew=1.9, specks=70)],
            ["JL-TZ-041", "JC-22-11873"],
        ),
        Paper(
            "08 水施-05 二层消防给水平面图（竣-2）.tif",
            "竣工图",
            "水施-05 竣-2 二层消防给水平面图",
            "completion",
            "恒岳建设集团有限公司",
            "2023-06-30",
            "水施-05",
            water_plan,
            [BITONAL.but(skew=0.12, specks=300, threshold=165)],
            ["水施-05", "二层消防给水平面图", "消火栓移位见给排水-07"],
        ),
    ],
)
