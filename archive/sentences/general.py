"""Sentences that belong to no single subject."""

SENTENCES: dict[str, tuple[str, str]] = {
    "not_found": ("没有这一条：{what}。检查编号后再试。", "There is no {what}. Check the number and try again."),
    "conflict": (
        "{what} 刚被别人改过。刷新后看清现状再改。",
        "{what} was changed by somebody meanwhile. Reload, look at it, then change it again.",
    ),
    "forbidden": (
        "你的角色不能做这件事（{permission}）。找管理员开通，或请有权的人来做。",
        "Your roles do not allow this ({permission}). Ask the administrator, or somebody who may.",
    ),
}
