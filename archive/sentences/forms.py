"""Sentences about what was filled in on the screens of intake, filing and lending."""

SENTENCES: dict[str, tuple[str, str]] = {
    "web_no_dossier": (
        "没有卷宗 {number}，或你不能看它。从列表中选，或核对卷宗号。",
        "There is no dossier {number}, or none for you. Choose one from the list, or check the number.",
    ),
    "web_file_unnamed": (
        "传来的文件没有名称，没有接收。从接收页面重新选择文件。",
        "The file came without a name and was not taken. Choose it again on the intake screen.",
    ),
    "web_not_a_day": (
        "「{given}」不是日期。写成 2026-11-23 这样。",
        "{given} is not a day. Write it like 2026-11-23.",
    ),
    "web_not_a_number": (
        "「{given}」不是数字。只写数字，如 46。",
        "{given} is not a number. Write digits only, as in 46.",
    ),
    "web_volume_unchosen": (
        "没有选案卷。先点开一个案卷，或写出它的号。",
        "No volume is chosen. Open one first, or give its number.",
    ),
    "password_changed": (
        "口令已改，别处的登录都已结束。用新口令登录。",
        "The password is changed and all other sign-ins have ended. Sign in with the new one.",
    ),
    "web_passwords_differ": (
        "两次输入的口令不同，没有改。重新输入两遍。",
        "The two passwords differ; nothing was changed. Enter it twice again.",
    ),
}
