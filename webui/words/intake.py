"""Words of intake."""

WORDS: dict[str, str] = {
    "Today {batches} {batches?batch|batches}, {files} {files?file|files}, {pages} {pages?page|pages}": (
        "今日接收 {batches} 批 {files} 个文件 {pages} 页"
    ),
    "; {n} {n?document|documents} to check": "，待核 {n} 件",
    "; {n} {n?page|pages} unread": "，未读出 {n} 页",
    "Drop files or folders here": "把文件或文件夹拖到这里",
    "PDF, TIFF, JPEG, PNG and others, up to {size} each. A file counts as taken in once it is stored; the same file is kept once.": (
        "PDF、TIFF、JPEG、PNG 等，单个不超过 {size}。存好才算接收，相同的文件只存一份。"
    ),
    "Choose files": "选择文件",
    "Choose a folder": "选择文件夹",
    "Take in": "接收",
    "File into": "归入",
    "Decide by content": "自动判断",
    "Scheme#field": "方案",
    "Watched folder": "监视文件夹",
    "{n} {n?file|files} waiting": "候 {n} 件",
    "not there yet; it is made when the archive starts": "还没有建立，启动时自动建立",
    "Being sent": "正在传送",
    "being sent": "正在传送",
    "waits to be sent": "等待传送",
    "The connection broke off; nothing of this file was taken.": "连接中断，这个文件没有接收。",
    "It could not be opened on this computer.": "这台电脑打不开它。",
    "In hand": "在办",
    "Try all failed again": "失败的全部重试",
    "Upload": "上传",
    "Command line": "命令行",
    # files
    "{n} {n?page|pages}#count": "{n} 页",
    "{name}: {m} of {n} pages read": "{name}：{n} 页已读 {m} 页",
    "being looked at": "正在查看文件",
    "{n} {n?page|pages} a minute": "{n} 页/分",
    ", about {n} min left": "，约 {n} 分",
    ", about {n} s left": "，约 {n} 秒",
    "waits for its turn": "排队等待",
    "done, {n} {n?page|pages} could not be read": "完成，{n} 页未读出",
    "kept as an attachment": "存为附件",
    "filed into": "归入",
    "read, not filed yet": "已读出，未归卷宗",
    "Read#open": "阅读",
    "What failed": "未成之处",
    "Page {n}#job": "第 {n} 页",
    "Try {n} {n?page|pages} again": "重试 {n} 页",
    "Try again#intake": "重试",
    "See it": "查看",
    "Nothing is being read. Drop files here, or put them into the watched folder.": (
        "没有在办的文件。把文件拖到上面，或放进监视文件夹。"
    ),
    # answers
    "known already, kept once": "已有这份文件，只存一份",
    "taken in": "已接收",
    "No file was chosen. Choose files, or drop them here.": "没有选文件。选择文件，或拖到这里。",
    "{n} {n?file|files} taken in.": "已接收 {n} 个文件。",
    "{n} {n?file was|files were} known already and kept once.": "{n} 个文件早已接收，只存一份。",
    "{name} is read again.": "重新读取 {name}。",
    "{n} {n?file is|files are} read again.": "重新读取 {n} 个文件。",
    # keys
    "choose files": "选择文件",
    # splitting
    "Documents of a file": "一份文件的件数",
    "One file is one document": "一份即一件",
    "Each bookmark begins one": "按书签分件",
    # the watched folder's failures
    "Not taken from the watched folder": "监视文件夹中未接收的文件",
    "not taken": "未接收",
    "Try {name} again": "重试 {name}",
    "Put {name} aside": "移开 {name}",
    "Put aside": "移开",
    "{name} is put aside into the folder refused.": "{name} 已移到 refused 文件夹。",
}
