"""Sentences about queries. Places are counted from 1 on the screens; `at` of the error counts from 0."""

SENTENCES: dict[str, tuple[str, str]] = {
    "query_too_long": (
        "查询太长：{length} 个字，最多 {most} 个。删去一部分再查。",
        "The query is too long: {length} characters, at most {most}. Leave something out.",
    ),
    "query_too_much": (
        "查询里的词太多或括号套得太深，索引服务器一次查不了。删去一部分，或者分几次来查。",
        "The query has more words or deeper brackets than the index takes at once. Leave something out, or search in"
        " several steps.",
    ),
    "query_too_deep": (
        "括号套得太深，最多 {most} 层。把查询拆成几次来查。",
        "Brackets are nested too deeply, at most {most} levels. Search in several steps.",
    ),
    "query_quote_open": (
        "第 {place} 个字处的引号没有另一半。补上引号，或者去掉它。",
        "The quotation mark at character {place} has no partner. Add it, or leave this one out.",
    ),
    "query_bracket_open": (
        "第 {place} 个字处的括号没有关上。补上右括号，或者去掉它。",
        "The bracket opened at character {place} is never closed. Close it, or leave it out.",
    ),
    "query_bracket_close": (
        "第 {place} 个字处的右括号没有对应的左括号。补上左括号，或者去掉它。",
        "The bracket closed at character {place} was never opened. Open it, or leave this one out.",
    ),
    "query_bracket_empty": (
        "第 {place} 个字处的括号里没有内容。在括号里写上要找的字，或者去掉括号。",
        "There is nothing in the brackets at character {place}. Write what to find in them, or leave them out.",
    ),
    "query_ends_early": (
        "查询在“{after}”之后就没有了。在后面写上要找的字，或者去掉“{after}”。",
        "The query ends after “{after}”. Write what to find after it, or leave it out.",
    ),
    "query_operator": (
        "第 {place} 个字处的“{operator}”前后要有查找的字。补上，或者加引号当作普通的字来查。",
        "“{operator}” at character {place} needs something on both sides. Add it, or put it in quotation marks.",
    ),
    "query_broken": (
        "第 {place} 个字处看不懂。改一改，或者加引号当作普通的字来查。",
        "The query cannot be understood at character {place}. Change it, or put it in quotation marks.",
    ),
    "query_date": (
        "“{value}”不是日期。写成 2022、2022-03 或 2022-03-15，范围用两个点：2022-01..2022-06。",
        "“{value}” is not a date. Write 2022, 2022-03 or 2022-03-15, and two dots for a range: 2022-01..2022-06.",
    ),
    "query_number": (
        "“{value}”不是数字。写成 2022，范围用两个点：2020..2022。",
        "“{value}” is not a number. Write 2022, and two dots for a range: 2020..2022.",
    ),
    "query_field_unknown": (
        "没有“{name}”这个查询项。换一个查询项，可用的见查询帮助。",
        "There is no field “{name}” to search. Choose another; the search help lists them.",
    ),
    "query_value_unknown": (
        "没有哪个方案的{field}里有“{value}”。共有 {known} 种，如：{names}。",
        "No scheme has a {field} “{value}”. There are {known}, such as: {names}.",
    ),
    "query_values_unknown": (
        "除此以外，查询里还有 {more} 个值没有哪个方案认得。",
        "Values in the query that no scheme knows, beside these: {more}.",
    ),
    "search_behind": (
        "有 {pages} 页新增或有改动，还没有编入检索，实际可能比这里列出的多，过一会儿再查。",
        "Pages new or changed that are not yet searchable: {pages}. There may be more than is told here; search again"
        " in a while.",
    ),
    "export_behind": (
        "有 {pages} 页新增或有改动，还没有编入检索，现在导出会不全。过一会儿再导出。",
        "Pages new or changed that are not yet searchable: {pages}. The export would not hold everything. Export again"
        " in a while.",
    ),
    "query_prefix_too_wide": (
        "星号前的字太少，符合的词太多。在星号前多写几个字再查。",
        "Too many words begin like that. Write more before the asterisk.",
    ),
}
