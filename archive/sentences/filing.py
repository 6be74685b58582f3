"""Sentences about filing: schemes, dossiers, documents, volumes."""

_AT = "方案 {name} 第 {line} 行，{field}："
_AT_EN = "Scheme {name}, line {line}, {field}: "

SENTENCES: dict[str, tuple[str, str]] = {
    # --- a scheme's file -------------------------------------------------------------------------------------------
    "schemes_folder_missing": (
        "方案文件夹 {folder} 不存在。建好这个文件夹，或改设置 DOSSIER_SCHEMES。",
        "There is no folder {folder} for schemes. Make it, or change the setting DOSSIER_SCHEMES.",
    ),
    "scheme_not_yaml": (
        "方案 {name} 第 {line} 行第 {column} 列读不通。多半是缩进、冒号后少空格或引号没有成对；改好再读。",
        "Scheme {name} cannot be read from line {line}, column {column} on. Mostly it is the indentation, a blank "
        "missing after a colon, or a quote without its pair; put it right and read again.",
    ),
    "scheme_not_a_mapping": (
        "方案 {name} 里没有“名称: 内容”这样的条目。照已有的方案写。",
        "Scheme {name} has no entries of the form “name: content”. Write it like one of the shipped schemes.",
    ),
    "scheme_key_twice": (_AT + "同一处写了两遍。留下一个。", _AT_EN + "it stands here twice. Keep one of them."),
    "scheme_missing": (_AT + "缺这一项。补上。", _AT_EN + "this is missing. Add it."),
    "scheme_unknown_key": (
        _AT + "没有这个名称。检查拼写，或删去。",
        _AT_EN + "there is nothing of this name. Check the spelling, or take it out.",
    ),
    "scheme_unknown_name": (
        _AT + "写的是“{value}”，没有定义。可用的有：{known}。",
        _AT_EN + "it says “{value}”, which is not defined. Possible are: {known}.",
    ),
    "scheme_not_one_of": (
        _AT + "写的是“{value}”。只能是：{known}。",
        _AT_EN + "it says “{value}”. It can only be: {known}.",
    ),
    "scheme_not_text": (
        _AT + "应是文字，写的是“{value}”。数字、日期和 yes、no 作文字用时加引号。",
        _AT_EN + "it must be text and says “{value}”. Put quotes around numbers, dates, yes and no that are text.",
    ),
    "scheme_empty": (_AT + "是空的。填上。", _AT_EN + "it is empty. Fill it in."),
    "scheme_not_number": (
        _AT + "应是数字，写的是“{value}”。",
        _AT_EN + "it must be a number and says “{value}”.",
    ),
    "scheme_not_yes_no": (
        _AT + "应是 true 或 false，写的是“{value}”。",
        _AT_EN + "it must be true or false and says “{value}”.",
    ),
    "scheme_not_a_list": (
        _AT + "应是列表，写的是“{value}”。单独一项也写成 [一项]。",
        _AT_EN + "it must be a list and says “{value}”. Write a single one as [one].",
    ),
    "scheme_not_a_group": (
        _AT + "应是一组“名称: 内容”，写的是“{value}”。",
        _AT_EN + "it must be a group of “name: content” and says “{value}”.",
    ),
    "scheme_not_a_label": (
        _AT + "应有中英文两种文字，写成“中文 | English”；写的是“{value}”。",
        _AT_EN + "it needs words in both languages, written “中文 | English”; it says “{value}”.",
    ),
    "scheme_value_wrong": (
        _AT + "“{value}”在这里用不了。照已有的方案改。",
        _AT_EN + "“{value}” cannot be used here. Compare one of the shipped schemes.",
    ),
    "scheme_twice": (_AT + "“{value}”用了两次。换一个。", _AT_EN + "“{value}” is used twice. Choose another."),
    "scheme_field_ending": (
        _AT + "字段“{value}”的类型是 {kind}，名称应以 {known} 结尾。",
        _AT_EN + "the field “{value}” is of kind {kind}; its name must end in {known}.",
    ),
    "scheme_level_wider": (
        _AT + "密级从宽到严排列，后一级不能比前一级多出可见的角色：{value}。删去，或调整次序。",
        _AT_EN + "levels stand from the widest to the narrowest; this one is seen by roles the one before is not: "
        "{value}. Take them out, or change the order.",
    ),
    "scheme_state_unreached": (
        _AT + "状态“{value}”从开头走不到。加一个通向它的步骤，或删去它。",
        _AT_EN + "the state “{value}” cannot be reached from the first. Add a transition to it, or take it out.",
    ),
    "scheme_pattern_broken": (
        _AT + "编号式样“{value}”的花括号不成对。",
        _AT_EN + "the braces of the pattern “{value}” do not pair.",
    ),
    "scheme_pattern_gap": (
        _AT + "编号式样里没有“{value}”这一项。可用的有：{known}。",
        _AT_EN + "a pattern knows no “{value}”. Possible are: {known}.",
    ),
    "scheme_pattern_lacks": (
        _AT + "编号式样里要有 {{{value}}}，否则会重号。",
        _AT_EN + "the pattern needs {{{value}}}, or numbers would be given twice.",
    ),
    "scheme_lending_silent": (
        _AT + "没有说明“{value}”能不能借。补一条规则。",
        _AT_EN + "nothing says whether “{value}” may be lent. Add a rule.",
    ),
}
