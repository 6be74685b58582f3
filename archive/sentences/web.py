"""Sentences of the web screens that no other entrance says."""

SENTENCES: dict[str, tuple[str, str]] = {
    "sign_in_first": ("要先登录。登录后会回到这里。", "Sign in first. You come back here after it."),
    "web_no_page": (
        "没有这一页。检查网址，或从左栏重新进入。",
        "There is no such page. Check the address, or start again from the bar.",
    ),
    "web_bad_request": (
        "这个请求看不懂，没有执行。回到上一页再试。",
        "This request makes no sense here. Go back and try again.",
    ),
    "web_wrong_method": (
        "这个地址不接受这种请求，没有执行。从页面上的按钮进入。",
        "This address does not take this kind of request. Use the buttons of the page.",
    ),
    "web_too_large": (
        "传来的内容超过上限，没有接收。分成几次传，或请管理员调高上限。",
        "What was sent is larger than the limit; nothing was taken. Send it in parts, or ask for a higher limit.",
    ),
    "web_form_expired": (
        "这张表单已失效，没有保存。刷新页面后重新填写。",
        "This form is no longer valid; nothing was saved. Reload the page and fill it in again.",
    ),
    "web_fault": (
        "程序出错，这一步没有完成。已记入日志，告诉管理员发生的时间。",
        "A fault of the program; this step was not completed. It is in the log; tell the administrator the time.",
    ),
    "file_holds_more": (
        "文件 {file} 里还有你无权看的文件，不能整个下载。可以逐页下载，或找管理员。",
        "The file {file} holds papers you may not see, so it cannot be had whole. Download single pages, or ask.",
    ),
    "session_ended": (
        "登录已到期或在别处退出。重新登录后会回到原处。",
        "The sign-in has ended or was ended elsewhere. Sign in again and you come back to where you were.",
    ),
    "iiif_region": (
        "图像区域「{given}」写法不对或不在页内。用 full、square、x,y,w,h 或 pct:x,y,w,h。",
        "The image region {given} is malformed or off the page. Use full, square, x,y,w,h or pct:x,y,w,h.",
    ),
    "iiif_size": (
        "图像尺寸「{given}」写法不对或太大。用 max、w,、,h、pct:n、w,h 或 !w,h，放大前加 ^。",
        "The image size {given} is malformed or too large. Use max, w, ,h pct:n w,h or !w,h, with ^ to enlarge.",
    ),
    "iiif_rotation": (
        "旋转「{given}」不可用。用 0、90、180、270，镜像前加 !。",
        "The rotation {given} cannot be had. Use 0, 90, 180 or 270, with ! to mirror.",
    ),
    "iiif_quality": (
        "图像品质「{given}」不可用。用 default、color、gray 或 bitonal。",
        "The quality {given} cannot be had. Use default, color, gray or bitonal.",
    ),
    "iiif_format": (
        "图像格式「{given}」不可用。用 jpg、png 或 webp。",
        "The format {given} cannot be had. Use jpg, png or webp.",
    ),
}
