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
    "broker_away": (
        "任务队列没有回应。已收下的文件不会丢失，队列恢复后自动继续。检查队列（Redis）是否在运行，再试一次。",
        "The queue does not answer. No file taken in is lost, and work goes on by itself when the queue is back. Check "
        "that it (Redis) runs, then try again.",
    ),
    "broker_password_unreadable": (
        "读不出队列的密码文件 {file}。检查 DOSSIER_BROKER_PASSWORD_FILE 指的文件是否存在、是否可读。",
        "The file {file} with the queue's password cannot be read. Check that the file named in "
        "DOSSIER_BROKER_PASSWORD_FILE is there and may be read.",
    ),
    "letter_not_understood": (
        "没有认得这一步的处理进程，可能是由更新的版本发出的。升级处理进程后点“重试”。",
        "No worker knows this step; a newer version may have sent it. Bring the workers up to date, then try again.",
    ),
    "letter_failed": (
        "处理时出错，原因见处理进程的日志。排除原因后点“重试”。",
        "The step failed; the worker's log says why. Remove the cause, then try again.",
    ),
    "letter_waited": (
        "多次重试后，所需的部分（索引、存储）仍不可用。恢复后自动继续，也可以点“重试”。",
        "A part it needs (index, store) was away for all its tries. Work goes on by itself when that part is back; it "
        "can also be tried again at once.",
    ),
    "no_broker_program": (
        "找不到队列程序（valkey-server）。重新运行 make run 装好依赖，或安装 valkey、redis 后再试。",
        "The queue's program (valkey-server) is missing. Run make run to install it, or install valkey or redis.",
    ),
    "already_running": (
        "这个数据文件夹（{data}）已有一个 dossier 在运行，地址 {address}。用那一个；要另开一个，换数据文件夹和端口。",
        (
            "A dossier is already running on this data folder ({data}), at {address}. Use that one; to run another, "
            "choose another data folder and port."
        ),
    ),
    "port_taken": (
        "端口 {port} 已被别的程序占用，没有启动。用 PORT= 或 --port 换一个端口再试。",
        "Port {port} is used by another program; nothing was started. Choose another with PORT= or --port.",
    ),
    "host_unknown": (
        "本机没有地址 {host}，没有启动。检查 DOSSIER_HOST，或不设它，只在本机使用。",
        "This machine has no address {host}; nothing was started. Check DOSSIER_HOST, or leave it out.",
    ),
    "data_not_writable": (
        "数据文件夹 {data} 写不进去（{reason}）。检查权限和磁盘，或用 DATA=、DOSSIER_DATA 换一个。",
        "The data folder {data} cannot be written ({reason}). Check its rights and the disk, or choose another folder.",
    ),
    "not_the_owner": (
        "数据文件夹 {data} 属于 {owner}。换成该用户运行这条命令，或在浏览器里登录后操作。",
        "The data folder {data} belongs to {owner}. Run this command as that user, or sign in with the browser.",
    ),
    "stop_first": (
        "dossier 还在这个数据文件夹上运行。先停下它（Ctrl-C），再运行这条命令。",
        "A dossier is running on this data folder. Stop it (Ctrl-C), then run this command.",
    ),
    "nothing_there": (
        "数据文件夹 {data} 里还没有档案。用 dossier up 建立，或检查 DOSSIER_DATA。",
        "There is no archive in {data} yet. Make one with dossier up, or check DOSSIER_DATA.",
    ),
    "part_does_not_start": (
        "{part} 起不来，已全部停下。看日志 {log}。",
        "The part {part} does not start; everything was stopped. Look into {log}.",
    ),
    "port_not_allowed": (
        "没有权限使用端口 {port}，没有启动。用 PORT= 或 --port 换一个大于 1023 的端口。",
        "The port {port} may not be used; nothing was started. Choose one above 1023 with PORT= or --port.",
    ),
    "no_worker": (
        "没有处理进程在运行，不再等待。已收下的文件都在，处理进程（python -m workers）启动后自动识读。"
        "检查它们是否在运行、能否连上队列。",
        "No worker shows itself, so there is nothing to wait for. What was taken in is kept, and is read when a worker "
        "(python -m workers) runs. Check that they run and reach the queue.",
    ),
    "cluster_shows_nothing": (
        "页面都已识读并保存，但检索服务器一直检索不到。用 dossier status 看它的状态，排除后自动补上。",
        "All is read and kept, but the search server does not show it. dossier status tells how it is; the pages follow "
        "by themselves when that is put right.",
    ),
    "pages_not_searchable": (
        "页面都已识读并保存，但有 {pages} 处改动一直检索不到。看 logs 中 indexer.log 的原因（磁盘满、没有权限），"
        "排除后自动补上。",
        "All is read and kept, but {pages} changes of pages do not become searchable. The indexer's log (logs/indexer.log) "
        "says why, such as a full disk or missing rights; they follow by themselves when that is put right.",
    ),
    "worker_stopped": (
        "dossier 停了，还有文件没有识读完。文件都已保存；再运行 dossier up，或加 --wait 重做这条命令，会接着读。",
        (
            "The dossier stopped before all was read. The files are kept; dossier up goes on with them, and so does "
            "this command once more with --wait."
        ),
    ),
    "no_such_scheme": (
        "没有档案方案 {scheme}。可用的有：{known}。",
        "There is no filing scheme {scheme}. There are: {known}.",
    ),
    "no_such_dossier": (
        "没有编号为 {number} 的档案。核对编号；要新建，加 --scheme 指定方案。",
        "There is no dossier {number}. Check the number; to make it, name its scheme with --scheme.",
    ),
    "no_such_dossier_near": (
        "没有编号为 {number} 的档案。相近的有：{near}。要新建，加 --scheme 指定方案。",
        "There is no dossier {number}. The nearest are: {near}. To make it, name its scheme with --scheme.",
    ),
    "dossier_of_another_scheme": (
        "档案 {number} 属于方案 {scheme}。去掉 --scheme，或换一个编号。",
        "The dossier {number} is of the scheme {scheme}. Leave --scheme out, or choose another number.",
    ),
}
