"""Sentences about files on their way in: what they are, why one cannot be used, what to do.

Those of `WARNINGS` stand beside a file or page that was read all the same; they have no gaps.
"""

_DOOR: dict[str, tuple[str, str]] = {
    "file_missing": (
        "没有这个文件：{name}。检查路径后再试。",
        "There is no file {name}. Check the path and try again.",
    ),
    "file_not_regular": (
        "{name} 不是普通文件（链接、文件夹、管道或设备），没有收。把文件本身放进来。",
        "{name} is not an ordinary file (a link, folder, pipe or device) and was not taken. Give the file itself.",
    ),
    "file_not_allowed": (
        "没有权限读 {name}。让文件所有者开放读取权限后再试。",
        "{name} may not be read. Have its owner allow reading, then try again.",
    ),
    "file_empty": (
        "文件是空的（0 字节），没有收。多半是扫描或复制时中断，重新扫描或复制一次。",
        "The file is empty (0 bytes) and was not taken. Scanning or copying was probably cut short; do it once more.",
    ),
    "file_too_large": (
        "文件超过 {limit} MB，没有收。拆成几个文件，或请管理员调大 DOSSIER_MAX_FILE_BYTES。",
        (
            "The file is larger than {limit} MB and was not taken. Split it, or ask the administrator to raise "
            "DOSSIER_MAX_FILE_BYTES."
        ),
    ),
    "file_unreachable": (
        "{name} 暂时读不了（{reason}），没有收。检查磁盘或网络盘后再试。",
        "{name} cannot be read now ({reason}) and was not taken. Check the disk or share, then try again.",
    ),
    "file_known_unsplit": (
        "文件早已作为一份收入，这次没有按书签拆分。要分成几份，把各部分另存为单独的文件后再收。",
        (
            "The file was taken in before without being split, and is not split at its bookmarks now. To have its parts as "
            "documents, save each as a file of its own and take those in."
        ),
    ),
    "file_known_elsewhere": (
        "文件早已收入，但您无权查看，只存一份。需要时请管理员调整权限。",
        (
            "The file is in the archive already, kept once, where you may not see it. Ask the administrator for access if "
            "you need it."
        ),
    ),
    "file_changed": (
        "{name} 在读取时被改动或仍在写入，没有收。写完后再试。",
        "{name} was changed or still being written while it was read, and was not taken. Try again when it is complete.",
    ),
}

_STORE: dict[str, tuple[str, str]] = {
    "kept_damaged": (
        "识读结果 {name} 已损坏，所在文件的各页没有重新归档，其余文件照常。从备份恢复这个文件。",
        (
            "What was read of a page, {name}, is damaged, and its document's pages were not filed anew; other documents "
            "were. Restore this file from the backup."
        ),
    ),
    "store_full": (
        "存放扫描件的磁盘满了，这次没有写入，已有的都在。腾出空间后再试。",
        (
            "The disk that holds the scans is full; nothing was written and what was there is safe. Make room, then try "
            "again."
        ),
    ),
    "store_unavailable": (
        "存放扫描件的位置读写不了（{reason}）。检查磁盘或网络盘后再试。",
        "The place that holds the scans cannot be read or written ({reason}). Check the disk or share, then try again.",
    ),
    "file_not_in_store": (
        "原件库里没有文件 {hash}。从备份恢复它，或重新收入原文件。",
        "The scan store has no file {hash}. Restore it from the backup, or take the original file in again.",
    ),
    "not_in_store": (
        "原件库里没有 {name}。重新读取该页即可重做。",
        "The scan store has no {name}. Have the page read again to make it anew.",
    ),
}

_PICTURES: dict[str, tuple[str, str]] = {
    "picture_region_outside": (
        "要看的区域在页面之外。页面为 {width}×{height} 像素，改用其中的区域。",
        "The region lies outside the page, which is {width} by {height} pixels. Ask for a region inside it.",
    ),
    "picture_too_large": (
        "要的图像太大或为零。页面为 {width}×{height} 像素，改要不超过它的尺寸。",
        "The size asked for is too large or zero. The page is {width} by {height} pixels; ask for no more.",
    ),
}

_FILES: dict[str, tuple[str, str]] = {
    "file_locked": (
        "文件加了密码，打不开，内容没有读取，原件已保存。去掉密码后重新收入。",
        "The file is locked with a password; it is kept but was not read. Take it in again without the password.",
    ),
    "file_damaged": (
        "文件已损坏，一页也打不开，原件已保存。从扫描仪或发送方重新取一份。",
        "The file is damaged and none of its pages opens; it is kept as it is. Get it anew from the scanner or sender.",
    ),
    "file_truncated": (
        "文件不完整（后面缺了一截），没有归入，原件已保存。重新扫描或重新复制一份。",
        "The file is cut short, so none of it was filed; it is kept as it is. Scan or copy it once more.",
    ),
    "file_without_pages": (
        "文件里没有页面，原件已保存。检查是不是导出时出了错，再导出一次。",
        "The file holds no page; it is kept as it is. Check how it was exported, and export it once more.",
    ),
    "file_has_too_many_pages": (
        "文件有 {pages} 页，超过上限 {limit} 页，没有读取。拆成几个文件，或请管理员调大 DOSSIER_MAX_PAGES。",
        (
            "The file has {pages} pages, more than the limit of {limit}, and was not read. Split it, or ask the "
            "administrator to raise DOSSIER_MAX_PAGES."
        ),
    ),
    "file_too_heavy": (
        "打开文件用的内存或时间超过上限，已停止，原件已保存。另存或重新扫描成普通 PDF 或 TIFF 后再收。",
        (
            "Opening the file took more memory or time than allowed and was stopped; the file is kept. Save or scan it anew "
            "as an ordinary PDF or TIFF and take that in."
        ),
    ),
    "file_unpacks_too_large": (
        (
            "文件解开后约 {size} MB，是自身的上千倍，像“解压炸弹”，没有读取，原件已保存。确认来源可靠后另存一份，"
            "或请管理员调大 DOSSIER_MAX_UNPACKED_BYTES。"
        ),
        (
            "The file would unpack to about {size} MB, more than a thousand times its size, like a decompression bomb; it is "
            "kept but was not read. If its source is to be trusted, save it anew, or ask the administrator to raise "
            "DOSSIER_MAX_UNPACKED_BYTES."
        ),
    ),
    "file_kills_reader": (
        "读取 {name} 时程序几次中断，已停止再试，原件已保存。另存或重新扫描后再收。",
        (
            "Reading {name} ended the program several times and is not tried again; the file is kept. Save or scan it anew "
            "and take that in."
        ),
    ),
    "reader_unavailable": (
        "打开文件的子进程没有应答。稍后再试；仍不行就重启服务。",
        "The process that opens files does not answer. Try again later; if that does not help, restart the service.",
    ),
}

_PAGES: dict[str, tuple[str, str]] = {
    "page_missing": (
        "文件里没有第 {page} 页。检查文件后重新收入。",
        "The file has no page {page}. Check the file and take it in again.",
    ),
    "page_damaged": (
        "第 {page} 页已损坏，读不出来，其余各页照常。重新扫描这一页。",
        "Page {page} is damaged and cannot be read; the others are. Scan this page once more.",
    ),
    "page_too_large": (
        (
            "第 {page} 页的图像有 {megapixels} 百万像素，超过上限 {limit}。降低分辨率重新扫描，"
            "或请管理员调大 {setting}。"
        ),
        (
            "The image of page {page} has {megapixels} megapixels, more than the limit of {limit}. Scan it at a lower "
            "resolution, or ask the administrator to raise {setting}."
        ),
    ),
    "page_too_heavy": (
        "第 {page} 页太复杂，打开时超过了内存或时间上限，其余各页照常。把这一页打印后扫描，再收一次。",
        (
            "Page {page} is too complex: opening it took more memory or time than allowed; the others are read. Print and "
            "scan this page, then take it in again."
        ),
    ),
    "page_kills_reader": (
        "读取第 {page} 页时程序几次中断，已停止再试，其余各页照常。重新扫描这一页。",
        (
            "Reading page {page} ended the program several times and is not tried again; the others are read. Scan this "
            "page once more."
        ),
    ),
}

WARNINGS: dict[str, tuple[str, str]] = {
    "file_mislabelled": (
        "扩展名与内容不符，按内容处理。",
        "The name's ending does not fit what the file is; it was taken for what it is.",
    ),
    "file_not_read": (
        "这种文件不读内容，只作为附件保存，随时可下载。要能按内容检索，另存为 PDF 或 TIFF 后再收。",
        (
            "Files of this kind are kept as attachments and not read. To find one by its words, save it as a PDF or TIFF "
            "and take that in."
        ),
    ),
    "file_repaired": (
        "文件有损坏，已修复后读取，可能不全。与原件核对页数。",
        "The file was damaged and repaired before it was read; it may be incomplete. Compare the pages with the paper.",
    ),
    "page_count_differs": (
        "两种方法数出的页数不同。与原件核对页数。",
        "Two ways of counting the pages differ. Compare the pages with the paper.",
    ),
    "structure_unread": (
        "文件的目录和属性读不出来，页面不受影响。题名和日期由人补填。",
        "The file's bookmarks and properties could not be read; its pages are fine. Fill in title and date by hand.",
    ),
    "page_cut": (
        "图像不完整，下部缺失。核对原件，必要时重新扫描。",
        "The image is cut short and its lower part is missing. Compare it with the paper and scan it anew if need be.",
    ),
    "page_blank_though_filled": (
        "页面里有内容，却显示为空白，可能已损坏。与原件核对。",
        "The page holds something but shows blank; it may be damaged. Compare it with the paper.",
    ),
    "page_coarse": (
        "页面太复杂，只能用低分辨率显示，识别可能不准。",
        "The page is too complex and could only be shown coarsely; its text may be misread.",
    ),
    "page_not_drawn": (
        "页面太复杂，图像无法显示，文字已读取。",
        "The page is too complex to be shown; its text was read.",
    ),
    "page_reduced": (
        "页面图像超过上限，已缩小。",
        "The page's image is larger than allowed and was made smaller.",
    ),
    "layer_garbage": (
        "文件自带的文字层是乱码，改用文字识别。",
        "The file's own text layer is garbage; the page was read by OCR.",
    ),
    "layer_misplaced": (
        "文件自带的文字层与图像对不上，改用文字识别。",
        "The file's own text layer does not lie on the picture; the page was read by OCR.",
    ),
}

SENTENCES: dict[str, tuple[str, str]] = _DOOR | _STORE | _PICTURES | _FILES | _PAGES | WARNINGS
