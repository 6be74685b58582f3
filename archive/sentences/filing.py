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
    # --- dossiers --------------------------------------------------------------------------------------------------
    "dossier_name_needed": (
        "没有写卷宗名称，或超过 {most} 字。填写名称。",
        "The name of the dossier is empty or over {most} characters. Enter it.",
    ),
    "number_was_of": (
        "{what} 是卷宗 {number} 的曾用编号。换一个，或打开那一份。",
        "{what} is a former number of dossier {number}. Choose another, or open that one.",
    ),
    "dossier_field_needed": (
        "没有填「{name}」，方案要求必填。填上。",
        "{name} is empty, and the scheme requires it. Fill it in.",
    ),
    "dossier_field_wrong": (
        "「{name}」填的是“{value}”，不是这个字段的写法。数字只写数字，日期写成 2024-03-05。",
        "{name} says “{value}”, which this field cannot hold. Write numbers in digits, dates as 2024-03-05.",
    ),
    "step_in_future": ("{day} 还没有到。填事情发生的那一天。", "{day} is still to come. Give the day it happened."),
    "reason_needed": ("没有写理由。写明理由。", "There is no reason. Give one."),
    "step_not_now": (
        "卷宗 {number} 现在的状态没有这一步。刷新后看清状态。",
        "Dossier {number} has no such step in its present state. Reload and look at its state.",
    ),
    "step_lacks": (
        "还不能「{step}」，缺：{lacks}。{words}规则「{clause}」。补齐再办。",
        "{step} is not possible yet; wanting: {lacks}. {words} Rule {clause}. Supply them first.",
    ),
    "want_not_waivable": (
        "「{name}」不能免除。{words}规则「{clause}」。补上这份文件。",
        "{name} cannot be waived. {words} Rule {clause}. Supply this paper.",
    ),
    # --- filing a document -----------------------------------------------------------------------------------------
    "filing_needs_dossier": (
        "卷宗还没有定，没有归入。填写卷宗号。",
        "Its dossier is not settled, nothing was filed. Give the dossier's number.",
    ),
    "filing_unknown": (
        "方案里没有「{value}」。可用的有：{known}。",
        "The scheme knows no {value}. Possible are: {known}.",
    ),
    "volumes_fixed": (
        "卷宗 {number} 的案卷 {volumes} 已定卷。{words}规则「{clause}」。作为补件归入。",
        "Volumes {volumes} of {number} are fixed. {words} Rule {clause}. File it as a late paper.",
    ),
    "document_in_fixed_volume": (
        "文件在案卷 {volume}，已定卷，不能移动。{words}规则「{clause}」。另立补充卷，或记入卷内备考表。",
        "It is in volume {volume}, which is fixed. {words} Rule {clause}. Use a supplement, or the remarks sheet.",
    ),
    "type_of_other_phase": (
        "「{type}」属于「{phase}」阶段，而文件在案卷 {volume}，已定卷，不能移动。{words}规则「{clause}」。"
        "改类型时，阶段仍选「{stays}」。",
        "{type} brings the phase {phase}, but it is in volume {volume}, which is fixed. {words} Rule {clause}. Choose "
        "the phase {stays} beside the type.",
    ),
    "review_not_to_take_back": (
        "《{title}》没有可撤回的核对。要改的，直接改著录再归入。",
        "There is no review of “{title}” to take back. What is wrong can be put right on its card.",
    ),
    "review_arranged_since": (
        "《{title}》归入后已入案卷 {volume}，核对不能撤回。先在整理中移出，或直接改著录。",
        "“{title}” was put into volume {volume} since it was filed, so its review cannot be taken back. Take it out of "
        "the volume first, or put right what is wrong on its card.",
    ),
    "review_appraised_since": (
        "《{title}》归入后已鉴定为不归档，核对不能撤回。先在整理中撤销鉴定。",
        "“{title}” was appraised as not to be kept since it was filed, so its review cannot be taken back. Take the "
        "appraisal back first, under Arrange.",
    ),
    # --- arranging -------------------------------------------------------------------------------------------------
    "volume_unknown": (
        "没有卷 {number}。选已有的案卷，或新立一卷。",
        "There is no volume {number}. Choose one, or a new one.",
    ),
    "volume_title_needed": ("没有写案卷题名。填写题名。", "The volume's title is empty. Enter it."),
    "sheets_needed": ("没有写张数。清点后填写。", "The sheets are not given. Count them and enter the number."),
    "phases_mixed": (
        "与卷 {volume} 的阶段不同，不能合卷。{words}规则「{clause}」。归入本阶段的案卷。",
        "It is of another phase than volume {volume}. {words} Rule {clause}. Put it into a volume of its phase.",
    ),
    "phases_out_of_order": (
        "「{title}」不能排在这里：全卷按阶段先后排列。{words}规则「{clause}」。只在本阶段的文件之间移动。",
        "{title} cannot stand here: this volume goes by phase. {words} Rule {clause}. Move it among papers of its phase.",
    ),
    "volume_mixed": (
        "卷 {volume} 合有几个阶段的文件，而全档一卷装不下，不能定卷。{words}规则「{clause}」。照拟定的案卷分阶段归入。",
        "Volume {volume} holds several phases, and the dossier is more than one volume. {words} Rule {clause}. Put its "
        "papers where they are proposed, by phase.",
    ),
    "volume_full": (
        "卷 {volume} 有 {sheets} 张，再加 {more} 张就超过 {most} 张。{words}规则「{clause}」。另立补充卷。",
        "Volume {volume} has {sheets} sheets; with {more} more it is over {most}. {words} Rule {clause}. Use a "
        "supplement.",
    ),
    "document_not_arranged": (
        "「{title}」是附件、不归档，或已在此卷，不能入卷。刷新后再看。",
        "{title} is an attachment, not to be kept, or in this volume already. Reload and look again.",
    ),
    "document_in_no_volume": (
        "「{title}」不在案卷里。刷新后再看。",
        "{title} is in no volume. Reload and look again.",
    ),
    "document_unreviewed": (
        "「{title}」待核，不能作为补件归入已定卷的案卷。核过再归入。",
        "{title} waits for review, so it does not go into a fixed volume. Review it first.",
    ),
    "document_in_volume": (
        "「{title}」在案卷里。先移出案卷再鉴定。",
        "{title} is in a volume. Take it out first, then appraise it.",
    ),
    "appraisal_by_others": (
        "你的角色不能鉴定不归档。{words}规则「{clause}」。请有权的人来做。",
        "Your roles may not appraise. {words} Rule {clause}. Ask somebody who may.",
    ),
    "volume_fixed": (
        "卷 {volume} 已定卷，不再变动。{words}规则「{clause}」。补件排在卷末。",
        "Volume {volume} is fixed and does not change. {words} Rule {clause}. Late papers go to its end.",
    ),
    "volume_empty": (
        "卷 {volume} 是空的，不能定卷。先归入文件。",
        "Volume {volume} is empty. Put documents into it first.",
    ),
    "volume_unreviewed": (
        "卷 {volume} 有 {count} 件待核：{titles}。核过再定卷。",
        "{count} documents of volume {volume} wait for review: {titles}. Review them first.",
    ),
    "volume_too_thick": (
        "卷 {volume} 有 {sheets} 张，超过 {most} 张，不能定卷。{words}规则「{clause}」。末尾的文件移到新的一卷。",
        "Volume {volume} has {sheets} sheets, over {most}. {words} Rule {clause}. Move its last documents to a new one.",
    ),
    "volume_unnumbered": (
        "卷 {volume} 还没有编页号。先编页号，再定卷。",
        "The pages of volume {volume} have no numbers. Number them first, then fix it.",
    ),
}
