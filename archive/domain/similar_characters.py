"""Characters that are taken for one another: of like shape (by the eye and by OCR) or of like sound (at the keyboard).

Each group is ours, gathered for the words of office papers, drawings and building sites. Pure.
"""

from __future__ import annotations

_GROUPS = (
    "栓拴检捡拣 理里埋 己已巳 末未 士土 日曰 戊戌戍 帐账胀 园圆 座坐 象像向相 作做 度渡 形型刑 板版扳 份分 副付幅福辐 "
    "大太犬 千干于 天夫无 田由甲申 问间闻向 侯候 梁粱 沙砂纱 磨摩 坚竖 锅祸涡 验检险捡 绪诸 暖缓 拔拨 折拆析 抡抢枪 "
    "泡炮抱 茶荼 徒徙 辨辩辫 籍藉 炼练 燥躁操 密蜜 兰蓝 挡档 消削销 喷愤 淋琳 防妨房 移侈 位拉 监临 设没 "
    "计汁讨 订钉 施拖 "
    "工土 竣峻俊 结洁 算莫 书节 合台 同间 纪记 要耍 录绿 会云 议仪 通诵 知和 单草 变交 更便 图围 纸低 号另 "
    "管菅 道到 泵汞 "
    "阀伐 门们 线钱 电屯 缆览 桥侨 架驾 灯打 照昭 明朋 开井 关美 箱箱相 柜拒 配酏 接按 地池 阻租 值植 测侧 试拭 调绸 "
    "室空 外处 内肉 层屋 楼搂 栋拣 墙嫱 柱注 基墓 础咄 桩粧 孔扎 洞同 口囗 钢纲 筋茄 混棍 凝疑 浇绕 养眷 强弹 "
    "水木 给绐 排徘 雨两 污汗 供洪 热执 冷令 暖暧 风凤 空穴 压庄 力刀 温湿 湿温 规现 范苑 标际 准淮 批比 复夏 核该 "
    "签笺 章草 印卬 期其 年午 月用 号码 编偏 页负 卷券 件什 档挡 案桉 存在 借惜 阅悦 还坏 归旧 查杳 询洵 移秽 交文 "
    "甲申 乙己 丙两 丁了 元无 万方 百白 十千 位立 副幅 名各 姓性 部陪 组祖 处外 科料 院陪 局居 公么 司同 厂广 校较 学字"
).split()


def _table() -> dict[str, str]:
    found: dict[str, str] = {}
    for group in _GROUPS:
        for one in group:
            others = [other for other in group if other != one and other not in found.get(one, "")]
            found[one] = found.get(one, "") + "".join(dict.fromkeys(others))
    return found


_SIMILAR = _table()


def similar(character: str) -> str:
    """The characters `character` may have been taken for, the most likely first; none where nothing is known."""
    return _SIMILAR.get(character, "")
