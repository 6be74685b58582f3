"""Words of the sign-in screen."""

WORDS: dict[str, str] = {
    "Sign in to Dossier": "登录卷宗",
    "Not signed in.": "没有登录。",
    "Account": "账号",
    "Password": "口令",
    "Remember here for {n} {n?hour|hours}": "本机记住 {n} 小时",
    "Every sign-in and every look is recorded.": "每次登录与查看都有记录。",
}
