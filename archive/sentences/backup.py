"""Sentences about backing the archive up and restoring it."""

SENTENCES: dict[str, tuple[str, str]] = {
    "backup_not_of_this": (
        "索引在集群上或扫描件在对象存储里，这条命令只备份单机的档案。按 docs/runbook.md 的“备份与恢复”一节做。",
        "The index lies on a cluster or the scans in a bucket; this command backs up an archive of one machine. Do as "
        "docs/runbook.md says under “Back up and restore”.",
    ),
    "backup_inside": (
        "{folder} 在数据文件夹里面，备份会和档案一起丢失。换到另一块磁盘上。",
        "{folder} lies inside the data folder and would be lost with it. Choose a folder on another disk.",
    ),
    "backup_failed": (
        "备份没有做完（{reason}），上一次的备份仍可用。排除原因后再运行一次，已复制的不会重复。",
        "The backup was not finished ({reason}); the one before it still holds. Remove the cause and run it again; what "
        "is copied is not copied twice.",
    ),
    "no_backup_there": (
        "{folder} 里没有完整的备份。检查路径；备份没有做完时，用更早的一份。",
        "There is no finished backup in {folder}. Check the path; where the backup was broken off, use an earlier one.",
    ),
    "restore_failed": (
        "恢复没有做完（{reason}）。排除原因，清空数据文件夹后再运行一次；备份没有改动。",
        "The restoring was not finished ({reason}). Remove the cause, empty the data folder and run it again; the "
        "backup is as it was.",
    ),
    "restore_not_empty": (
        "数据文件夹 {data} 里已有档案，没有覆盖。用 --data 指定一个空文件夹。",
        "There is an archive in {data} already; it was not overwritten. Name an empty folder with --data.",
    ),
}
