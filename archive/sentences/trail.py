"""Sentences about the audit trail and about making the index anew."""

SENTENCES: dict[str, tuple[str, str]] = {
    "trail_altered": (
        "{chain} 的第 {number} 条审计记录被改过：内容与校验值不符。保留现状，与旁存记录和备份核对。",
        "Event {number} of {chain} was altered: it does not fit its hash. Keep everything as it is and compare it with "
        "the sidecars and a backup.",
    ),
    "trail_gap": (
        "{chain} 缺第 {number} 条审计记录。保留现状，与旁存记录和备份核对。",
        "Event {number} of {chain} is missing. Keep everything as it is and compare it with the sidecars and a backup.",
    ),
    "trail_link": (
        "{chain} 的第 {number} 条审计记录接不上前一条。保留现状，与旁存记录和备份核对。",
        "Event {number} of {chain} does not follow from the one before it. Keep everything as it is and compare it "
        "with the sidecars and a backup.",
    ),
    "trail_unlike": (
        "{chain} 第 {number} 版所记的最后一次变动与审计记录不符。保留现状，与旁存记录和备份核对。",
        "Revision {number} of {chain} tells its last change otherwise than the trail does. Keep everything as it is "
        "and compare it with the sidecars and a backup.",
    ),
    "trail_ahead": (
        "{chain} 有第 {number} 条审计记录，记录本身却是更早的一版。记录可能被换成了旧的。与旁存记录和备份核对。",
        "{chain} has an event {number}, but the record is an earlier revision; it may have been put back. Compare it "
        "with the sidecars and a backup.",
    ),
    "trail_day": (
        "{chain} 这一天结清时有 {number} 条审计记录，现在与当时不同：有记录被删除、增加或改动。与旁存记录和备份核对。",
        "{chain} was closed with {number} events and holds others now: some were removed, added or altered. Compare it "
        "with the sidecars and a backup.",
    ),
    "trail_day_link": (
        "{chain} 这一天的结清记录接不上前一天（当时 {number} 条）。与旁存记录和备份核对。",
        "The closing of {chain} ({number} events) does not follow from the day before it. Compare it with the sidecars "
        "and a backup.",
    ),
    "trail_lost": (
        "{chain} 的第 {number} 版只在旁存记录里，索引里没有。索引可能是旧的：停止 dossier，再运行 dossier rebuild --from-store。",
        "Revision {number} of {chain} is only beside the scans and not in the index. The index may be an old one: stop "
        "dossier, then run `dossier rebuild --from-store`.",
    ),
    "trail_changed": (
        "{chain} 第 {number} 版与扫描件旁存的同一版不一样，两处之一被改过。保留现状，与备份核对。",
        "Revision {number} of {chain} differs from the same revision beside the scans; one of them was altered. Keep "
        "everything as it is and compare it with a backup.",
    ),
    "index_lost": (
        "索引是空的，扫描件旁却有旁存记录：索引文件可能丢失或被移走。把它放回原处，或运行 dossier rebuild 重建。",
        "The index is empty, but there are records beside the scans: its files were lost or moved. Put them back, or "
        "run `dossier rebuild`.",
    ),
    "rebuild_unfinished": (
        "上次重建或迁移索引没有做完，现在的索引只有一部分。停止 dossier，再运行一次 dossier rebuild 或 dossier move。",
        "The last rebuild of this index, or move to it, was broken off and it holds only a part. Stop dossier, then run "
        "`dossier rebuild` or `dossier move` again.",
    ),
}
