"""Sentences about people."""

SENTENCES: dict[str, tuple[str, str]] = {
    # signing in
    "sign_in_failed": (
        "没有登录。账号或口令不对，还可试 {left} 次。忘了口令，找系统管理员重设。",
        "Not signed in. The login or the password is wrong; {left} tries are left. The administrator can reset it.",
    ),
    "locked_out": (
        "没有登录。连续多次不对，{minutes} 分钟后再试。忘了口令，找系统管理员重设。",
        "Not signed in. It was wrong too often; try again in {minutes} minutes. The administrator can reset it.",
    ),
    "sample_only_here": (
        "没有登录。示例账号只能在装有本系统的机器上用。用正式账号登录，或找系统管理员开通。",
        "Not signed in. Sample accounts work only on the machine itself. Use an account of your own.",
    ),
    # accounts
    "no_user": ("没有账号 {login}。核对后再试。", "There is no account {login}. Check it and try again."),
    "login_taken": ("账号 {login} 已有人用。换一个。", "The login {login} is taken. Choose another."),
    "login_letters": (
        "账号 {given} 不合规定。用 2 到 64 个小写字母、数字、点、横线或下划线。",
        "The login {given} cannot be used. Take 2 to 64 small letters, digits, dots, dashes or underlines.",
    ),
    "name_needed": ("没有写姓名，或超过 100 字。填写姓名。", "The name is empty or over 100 characters. Enter it."),
    "roles_needed": ("没有选角色。至少选一个。", "No role is chosen. Choose one at least."),
    "unknown_role": ("不认识的角色：{given}。从列表中选。", "There is no such role: {given}. Choose from the list."),
    "unknown_choice": ("没有这个选项：{given}。从列表中选。", "There is no choice {given}. Choose from the list."),
    "password_short": (
        "口令太短，至少 {least} 个字符。换一个长些的。",
        "The password is too short, {least} characters at least. Choose a longer one.",
    ),
    "password_long": (
        "口令太长，最多 {most} 个字符。换一个短些的。",
        "The password is too long, {most} characters at most. Choose a shorter one.",
    ),
    "password_weak": (
        "口令太容易猜：含有账号，或只有几个不同的字符。换一个。",
        "The password is easy to guess: it holds the login, or only a few different characters. Choose another.",
    ),
    "old_password_wrong": (
        "原口令不对，没有改。重新输入原口令。",
        "The old password is wrong; nothing was changed. Enter it again.",
    ),
    "last_administrator": (
        "{login} 是最后一个系统管理员，不能停用，也不能取消这个角色。先给另一人开通。",
        "{login} is the last administrator and cannot lose that role or be closed. Give it to somebody else first.",
    ),
    "papers_out": (
        "{name}还有 {count} 件档案没有归还：{codes}。归还或转给别人后再停用账号。",
        "{name} still has {count} pieces out: {codes}. Have them given back or handed on, then close the account.",
    ),
}
