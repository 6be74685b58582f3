"""Sentences about a scan store that lies on a server for objects (S3)."""

SENTENCES: dict[str, tuple[str, str]] = {
    "store_no_address": (
        "DOSSIER_STORE“{value}”不是可用的地址。写成 s3://存储桶/文件夹，或写一个文件夹的完整路径；留空则用数据文件夹。",
        "DOSSIER_STORE “{value}” is no address. Write s3://bucket/folder or the whole path of a folder; leave it empty "
        "for the data folder.",
    ),
    "store_no_endpoint": (
        "DOSSIER_STORE_ENDPOINT“{value}”不是可用的地址。写成 https://主机 或 http://主机:端口；用亚马逊的服务则留空。",
        "DOSSIER_STORE_ENDPOINT “{value}” is no address. Write https://host or http://host:port; leave it empty for "
        "Amazon's own.",
    ),
    "store_key_file": (
        "密钥文件 {file} 应为两行：第一行访问密钥，第二行私有密钥。改好后再启动。",
        "The key file {file} has to hold two lines: the access key, then the secret. Correct it, then start again.",
    ),
    "store_away": (
        "原件库 {address} 连不上（{reason}），已有的都在。过一会儿先看看这次操作是否已经做成，没有就再做一次，不会多存一份；仍不行时请管理员检查服务器、网络和 DOSSIER_STORE_ENDPOINT。",
        "The scan store {address} cannot be reached ({reason}); what was there is safe. In a while look whether "
        "this was done, and do it again where it was not: nothing is stored twice; if it stays so, have the "
        "administrator look at the server, the network and DOSSIER_STORE_ENDPOINT.",
    ),
    "store_slow": (
        "原件库 {address} 没有在 {seconds} 秒内回应，已有的都在。过一会儿先看看这次操作是否已经做成，没有就再做一次，不会多存一份；经常如此时请管理员检查服务器，或调大 DOSSIER_STORE_SECONDS。",
        "The scan store {address} did not answer within {seconds} seconds; what was there is safe. In a while look "
        "whether this was done, and do it again where it was not: nothing is stored twice; if it happens often, have "
        "the administrator look at the server or raise DOSSIER_STORE_SECONDS.",
    ),
    "store_broken_off": (
        "与原件库 {address} 的连接中途断开，没有留下半份文件。先看看这次操作是否已经做成，没有就再做一次。",
        "The connection to the scan store {address} broke off; no half file is left. Look whether this was "
        "done, and do it again where it was not.",
    ),
    "store_fault": (
        "原件库 {address} 报告了错误（{reason}），已有的都在。过一会儿先看看这次操作是否已经做成，没有就再做一次；仍不行时请管理员查看存储服务器的日志。",
        "The scan store {address} reports a fault ({reason}); what was there is safe. In a while look whether this was "
        "done, and do it again where it was not; if it stays so, have the administrator look at the logs of the storage "
        "server.",
    ),
    "store_key_refused": (
        "原件库 {address} 不接受访问密钥，或密钥没有读、写、列出和删除的权限（{reason}）。请管理员检查 DOSSIER_STORE_KEY_FILE 和存储桶的权限。",
        "The scan store {address} does not accept the access key, or the key may not read, write, list and delete "
        "there ({reason}). Have the administrator check DOSSIER_STORE_KEY_FILE and the bucket's permissions.",
    ),
    "store_clock_differs": (
        "本机时钟与原件库 {address} 相差太多，请求被拒绝。请管理员校准本机时间后再试。",
        "The clock of this machine and that of the scan store {address} differ too much, and it refuses. Have the "
        "administrator set the clock, then try again.",
    ),
    "store_bucket_missing": (
        "原件库的服务器上没有存储桶“{bucket}”。请管理员先建好它，或改正 DOSSIER_STORE。",
        "The scan store's server has no bucket “{bucket}”. Have the administrator make it, or correct DOSSIER_STORE.",
    ),
    "store_bucket_full": (
        "原件库 {address} 满了或超出配额，已有的都在。请管理员扩容，然后看看这次操作是否已经做成，没有就再做一次。",
        "The scan store {address} is full or over its quota; what was there is safe. Have the administrator make "
        "room, then look whether this was done, and do it again where it was not.",
    ),
    "store_not_trusted": (
        "原件库 {address} 的证书无法验证（{reason}）。检查 DOSSIER_STORE_ENDPOINT；自签证书用环境变量 AWS_CA_BUNDLE 指明。",
        "The certificate of the scan store {address} cannot be verified ({reason}). Check DOSSIER_STORE_ENDPOINT; name "
        "an own certificate in the environment variable AWS_CA_BUNDLE.",
    ),
    "store_upload_damaged": (
        "存到原件库的内容与发送的不一致（{name}），没有算作存入。再试一次；再出现时请管理员检查网络和存储服务器。",
        "What arrived in the scan store is not what was sent ({name}); it does not count as stored. Try again; if it "
        "happens again, have the administrator look at the network and the storage server.",
    ),
    "store_object_damaged": (
        "原件库里的 {name} 已损坏：内容与它的校验值不符，没有打开。从备份恢复它，或重新收入原文件。",
        "{name} in the scan store is damaged: its bytes do not fit its checksum, and it was not opened. Restore it from "
        "the backup, or take the original file in again.",
    ),
}
