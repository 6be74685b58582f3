"""Sentences about a cluster that holds the index: Elasticsearch or OpenSearch."""

SENTENCES: dict[str, tuple[str, str]] = {
    "cluster_away": (
        "检索服务器暂时没有回应，已保存的内容不受影响。过一会儿先看看这次操作是否已经做成，没有就再做一次；仍不行时请管理员检查服务器（{reason}）。",
        "The search server does not answer at the moment; what is saved is not affected. In a while look whether this "
        "was done, and do it again where it was not; if it stays so, have the administrator look at the server "
        "({reason}).",
    ),
    "cluster_slow": (
        "检索服务器没有及时回应，不能确定这次操作是否已经做成。先刷新页面看看结果，再决定是否重做。",
        "The search server did not answer in time, and it is not certain whether this was done. Reload the page and "
        "look at the result before doing it again.",
    ),
    "cluster_busy": (
        "检索服务器正忙，这次操作没有做成。过一会儿再试。",
        "The search server is busy; this was not done. Try again in a while.",
    ),
    "cluster_full": (
        "检索服务器的磁盘快满了，已停止写入；这次没有写成，原有的记录不受影响。请管理员清出空间后再试。",
        "A disk of the search server is nearly full and it takes no more; nothing was written, and what was there "
        "before is not affected. Have the administrator make room, then try again.",
    ),
    "cluster_not_trusted": (
        "检索服务器的证书无法验证（{reason}）。检查 DOSSIER_INDEX_CA 指的证书文件和服务器地址。",
        "The search server's certificate cannot be verified ({reason}). Check the certificate file in "
        "DOSSIER_INDEX_CA and the server's address.",
    ),
    "cluster_unknown_to": (
        "检索服务器不接受用户名、密码或密钥（{reason}）。检查 DOSSIER_INDEX_USER、DOSSIER_INDEX_PASSWORD_FILE 或 "
        "DOSSIER_INDEX_API_KEY_FILE。",
        "The search server does not accept the name, password or key ({reason}). Check DOSSIER_INDEX_USER, "
        "DOSSIER_INDEX_PASSWORD_FILE or DOSSIER_INDEX_API_KEY_FILE.",
    ),
    "cluster_forbids": (
        "检索服务器不允许这项操作（{reason}）。请管理员给这个用户读写和管理本系统各索引的权限。",
        "The search server does not allow this ({reason}). Have the administrator give this user the right to read, "
        "write and manage Dossier's indices.",
    ),
    "cluster_fault": (
        "检索服务器报告了错误（{reason}）。再试一次；仍不行时请管理员查看日志。",
        "The search server reports a fault ({reason}). Try again; if it stays so, have the administrator look at the "
        "logs.",
    ),
    "cluster_product": (
        "DOSSIER_INDEX 的地址是 {product} {version}，本程序只支持 Elasticsearch 8、9 和 OpenSearch 2、3。换一个服务器。",
        "What answers at DOSSIER_INDEX is {product} {version}; Dossier works with Elasticsearch 8 and 9 and with "
        "OpenSearch 2 and 3. Use one of these.",
    ),
    "cluster_no_address": (
        "DOSSIER_INDEX“{value}”不是可用的地址。写成 http://主机:9200，多个地址用逗号分开；留空则用内置索引。",
        "DOSSIER_INDEX “{value}” is no address. Write http://host:9200, several with commas between; leave it empty "
        "for the embedded index.",
    ),
    "target_not_empty": (
        "目标索引里已有记录，没有迁移。换一个空的索引（例如另设 DOSSIER_INDEX_PREFIX），再运行一次。",
        "The index to move to holds records already; nothing was moved. Take an empty one (by another "
        "DOSSIER_INDEX_PREFIX, for example), then run this again.",
    ),
    "move_same": (
        "起点和终点是同一个索引（{place}）。用 --from 和 --to 指两个不同的索引。",
        "Both ends are the same index ({place}). Name two different ones with --from and --to.",
    ),
    "no_cluster": (
        "没有设置 DOSSIER_INDEX，现在用的是内置索引，不需要这个命令。",
        "DOSSIER_INDEX is not set: the archive uses the embedded index, which does not need this command.",
    ),
    "index_kind_unknown": (
        "没有“{kind}”这种记录。可用的有：{kinds}。",
        "There is no kind of records “{kind}”. There are: {kinds}.",
    ),
    "index_outdated": (
        "索引 {index} 是旧版本建的，这个版本不能直接用；记录都在，没有受影响。请管理员运行 dossier index migrate --kind {kind}。",
        "The index {index} was made by an older version, and this one cannot use it as it is; the records are all there. "
        "Have the administrator run `dossier index migrate --kind {kind}`.",
    ),
    "migration_runs": (
        "另一个索引迁移正在进行（{who}）。等它结束；若它已被中断，一分钟后再试。",
        "Another migration of an index is under way ({who}). Wait for its end; if it was broken off, try again in a "
        "minute.",
    ),
    "migration_differs": (
        "新旧索引的内容不一致（{what}），已放弃新索引，仍使用原来的索引。再运行一次 dossier index migrate。",
        "The new index does not hold the same as the old one ({what}); it was given up and the old one stays in use. "
        "Run `dossier index migrate` again.",
    ),
    "secret_unreadable": (
        "读不出密钥文件 {file}（{reason}）。检查文件是否存在、运行 dossier 的用户能否读取。",
        "The secret in {file} cannot be read ({reason}). Check that the file is there and that the user who runs "
        "dossier may read it.",
    ),
}
