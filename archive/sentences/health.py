"""Sentences about what is stuck, for the one who looks after the archive."""

SENTENCES: dict[str, tuple[str, str]] = {
    "open_without_queue": (
        "任务队列没有回应，这个文件没有人在处理。先恢复队列，之后自动继续。",
        "The queue does not answer, and nobody is at this file. Bring the queue back; work then goes on by itself.",
    ),
    "open_without_workers": (
        "没有处理进程在运行，这个文件没有人在处理。启动处理进程，之后自动继续。",
        "No worker runs, and nobody is at this file. Start the workers; work then goes on by itself.",
    ),
    "open_though_sent_again": (
        "已重新派发 {tries} 次仍未完成。查看处理进程的日志，排除原因，之后自动继续。",
        "It was sent again {tries} times and is not done. Look into the worker's log and remove the cause; work then "
        "goes on by itself.",
    ),
    "watched_file_held": (
        "监视文件夹里的 {name} 动不了（{reason}）。检查文件的权限，或换个名字重新放进去。",
        "{name} in the watched folder cannot be touched ({reason}). Check its rights, or put it in again under another "
        "name.",
    ),
    "open_and_not_sent": (
        "队列里没有它的任务，巡检会重新派发。几分钟后仍在这里时，检查调度进程是否在运行。",
        "Nothing of it is in the queue; the sweeper sends it again. Where it still stands here in a few minutes, look "
        "whether the scheduler runs.",
    ),
}
