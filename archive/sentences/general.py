"""Sentences that belong to no single subject."""

SENTENCES: dict[str, tuple[str, str]] = {
    "not_found": ("没有这一条：{what}。检查编号后再试。", "There is no {what}. Check the number and try again."),
    "conflict": (
        "{what} 刚被别人改过。刷新后看清现状再改。",
        "{what} was changed by somebody meanwhile. Reload, look at it, then change it again.",
    ),
    "exists": (
        "{what} 已经有了。换一个，或打开已有的那一条。",
        "There already is {what}. Choose another, or open that one.",
    ),
    "busy": (
        "很多人同时在改同一条记录，这次没有写成。过几秒再试。",
        "Many people are changing the same record; this was not written. Try again in a few seconds.",
    ),
    "forbidden": (
        "你的角色不能做这件事（{permission}）。找管理员开通，或请有权的人来做。",
        "Your roles do not allow this ({permission}). Ask the administrator, or somebody who may.",
    ),
}
