"""What a scheme calls the fields and classes that the samples fill in."""

META = {
    "engineering-customer": {
        "客户名称": "customer_t",
        "合同编号": "contract_k",
        "合同签订日期": "signed_d",
        "合同金额": "amount_n",
        "安装地点": "site_t",
        "交换机型号": "model_k",
        "容量（线）": "lines_n",
        "常用设备": "common_k",
        "项目负责人": "leader_t",
        "竣工资料收到日期": "handed_over_d",
        "保修至": "warranty_d",
        "客户联系人": "contact_t",
        "联系电话": "phone_k",
    },
    "campus-construction": {
        "建设单位": "owner_t",
        "建设地点": "site_t",
        "建筑面积（m²）": "area_n",
        "层数": "floors_n",
        "结构类型": "structure_k",
        "投资（元）": "investment_n",
        "设计单位": "designer_t",
        "施工单位": "contractor_t",
        "监理单位": "supervisor_t",
        "规划许可证号": "planning_permit_k",
        "施工许可证号": "construction_permit_k",
        "开工日期": "started_d",
        "竣工日期": "completed_d",
    },
}
CHOICES = {"有": "yes", "框架": "frame", "剪力墙": "shear_wall", "砖混": "masonry"}
CLASSES = {
    "KH": "客户工程",
    "QY": "企业",
    "XX": "学校",
    "YY": "医院",
    "JD": "酒店",
    "JJ": "基本建设",
    "ZT": "综合工程",
    "JX": "教学楼",
    "SS": "学生宿舍",
    "BG": "办公楼",
    "ZH": "各专业合一",
    "GPS": "给排水",
    "TJ": "土建",
}


def meta(scheme: str, fields: dict[str, str]) -> dict[str, str]:
    """The fields under the names of the scheme, choices by their keys."""
    names = META[scheme]
    return {names[label]: CHOICES.get(value, value) for label, value in fields.items() if label in names}
