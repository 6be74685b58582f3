"""Sentences about the index: where the records lie, and what searches them."""

SENTENCES: dict[str, tuple[str, str]] = {
    "index_records_broken": (
        "索引文件 {file} 已损坏，读不出记录。扫描件和旁存记录不受影响。先停止 dossier，再运行 dossier rebuild 重建索引。",
        "The index file {file} is damaged and its records cannot be read. The scans and the records kept beside them "
        "are not affected. Stop dossier, then run `dossier rebuild` to make the index anew.",
    ),
    "index_search_broken": (
        "检索文件夹 {folder} 已损坏，暂时不能检索；记录都在。先停止 dossier，再运行 dossier rebuild 重建。",
        "The search folder {folder} is damaged, so nothing can be searched; all records are there. Stop dossier, then "
        "run `dossier rebuild` to make it anew.",
    ),
    "index_disk_full": (
        "磁盘已满，这次没有写成，原有的记录不受影响。清出空间后再试。",
        "The disk is full; nothing was written, and what was there before is not affected. Make room, then try again.",
    ),
    "index_busy": (
        "索引正忙，等了 {seconds} 秒仍没有写成。过一会儿再试。",
        "The index is busy; nothing was written after {seconds} seconds of waiting. Try again in a while.",
    ),
    "index_unreachable": (
        "打不开索引文件夹 {folder}（{reason}）。检查文件夹是否存在、是否有读写权限，再试一次。",
        "The index folder {folder} cannot be opened ({reason}). Check that it is there and may be read and written, "
        "then try again.",
    ),
    "index_newer": (
        "索引 {file} 是由更新的版本写的（{found}，本程序认得 {known}）。换用新版本，或运行 dossier rebuild 重建。",
        "The index {file} was written by a newer version ({found}; this one knows {known}). Use the newer version, or "
        "run `dossier rebuild`.",
    ),
    "field_not_searched": (
        "{kind} 没有可以检索的项“{field}”。换一项再查。",
        "Records of the kind {kind} have no searchable field “{field}”. Choose another field.",
    ),
}
