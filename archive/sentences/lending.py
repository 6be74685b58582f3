"""Sentences about lending."""

SENTENCES: dict[str, tuple[str, str]] = {
    # may it be lent
    "lending_not_allowed": (
        "{code}：{words}{source}。{instead}",
        "{code}: {words} {source}. {instead}",
    ),
    "lending_keeps": (
        "架上至少要留 {keep} 件，{code} 借出后就不够了。{words}{source}。{instead}也可在检索中查看扫描件。",
        "{keep} must stay on the shelf, and without {code} too few would. {words} {source}. {instead} The scans can be "
        "read in the search.",
    ),
    "copy_out": (
        "{code} 由{holder}借出，{where}（{since}），{due} 前还。到时再借，或在检索中查看扫描件。",
        "{holder} has {code} out, {where} ({since}), due {due}. Ask again then, or read the scans in the search.",
    ),
    "copy_just_out": (
        "{code} 刚由{holder}借出，{where}（{since}），{due} 前还。到时再借，或在检索中查看扫描件。",
        "{holder} just took {code} out, {where} ({since}), due {due}. Ask again then, or read the scans in the search.",
    ),
    "copy_checking": (
        "{code} 归还时清点有出入，登记还没有注销。{source}。再清点一遍，或开缺损登记。",
        "{code}: back with a difference, the loan is still open. {source}. Count again, or open a finding.",
    ),
    "copy_in_repair": (
        "{code} 在修复，修好前不能借。{source}。修好后登记「修复完毕」。",
        "{code}: in repair, not lent before that is done. {source}. Record the repair first.",
    ),
    "copy_is_returned": (
        "{code} 待归架。先扫描此件和位置归架：{place}。",
        "{code}: to be reshelved. Scan the piece and its place first: {place}.",
    ),
    "copy_is_shelved": (
        "{code} 在架，没有借出。核对条码号后再扫。",
        "{code}: on the shelf, not on loan. Check the code and scan again.",
    ),
    "copy_is_missing": (
        "{code} 下落不明。找到后登记「已找到」，再办借阅。",
        "{code}: missing. Record it as found first, then lend it.",
    ),
    "copy_is_out": (
        "{code} 记为借出，但没有登记。请档案管理员查看变动记录。",
        "{code} is recorded as out without a loan. Have an archivist look at its history.",
    ),
    "copy_busy": (
        "{code} 刚被另一处改过，这次没有写成。看清现状再办。",
        "{code} was changed elsewhere a moment ago and this was not written. Look at it as it is now.",
    ),
    "lending_half": (
        "没有办成：{reason} 其中 {codes} 已记为借出，没能撤回。在借阅台逐件查看，办理归还。",
        "Not done: {reason} But {codes} are recorded as lent and could not be taken back. Return them at the desk.",
    ),
    "lending_slow": (
        "登记用时太长，这一单没有办，各件都没有借出。再登记一次。",
        "Registering took too long; the slip was dropped and nothing is lent. Issue it again.",
    ),
    "borrower_may_not_see": (
        "{name} 的角色不能看 {code} 的密级，不能借。换一位借阅人，或请系统管理员调整角色。",
        "{name} may not see papers of the level of {code}. Lend it to somebody who may, or have the roles changed.",
    ),
    "refused_each": (
        "不能一起办理。{reasons}",
        "Not possible together. {reasons}",
    ),
    # terms
    "consent_needed": (
        "没有同意人。{code} 须{roles}同意。{source}。填上同意人再登记。",
        "Nobody has consented. For {code} the {roles} must. {source}. Name who consents.",
    ),
    "consent_wrong": (
        "{given} 不能同意，{code} 须{roles}同意。{source}。换一位同意人。",
        "{given} may not consent, for {code} the {roles} must. {source}. Name somebody who may.",
    ),
    "due_no_exception": (
        "{code} 的应还日是 {day}，不能另定。{words}{source}。改回这一天。",
        "{code}: due on {day}, without exception. {words} {source}. Set that day.",
    ),
    "due_exception_needs": (
        "{code} 的应还日是 {day}，另定须有理由和同意人。{words}{source}。补上两项，或改回这一天。",
        "{code}: due on {day}; another day needs a reason and who consented. {words} {source}. Give both, or set that day.",
    ),
    "due_in_past": (
        "应还日 {day} 已经过去。选今天或以后的一天。",
        "The due day {day} is past. Choose today or later.",
    ),
    "asked_for_needed": (
        "没有写查阅内容。写明要查什么。",
        "What is asked for is empty. Say what is looked for.",
    ),
    "purpose_needed": (
        "没有写用途。写明做什么用。",
        "The purpose is empty. Say what it is for.",
    ),
    "signature_needed": (
        "借阅人没有签名。手写，或键入姓名。",
        "There is no signature. Draw it, or type the name.",
    ),
    "signature_too_long": (
        "签名太大，最多 {most} 个字符。重签一次，或键入姓名。",
        "The signature is too large, {most} characters at most. Draw it again, or type the name.",
    ),
    "signature_unreadable": (
        "签名既不是手写笔迹，也不是姓名（最多 {most} 字）。重签一次，或键入姓名。",
        "This is neither a drawn signature nor a name ({most} characters at most). Draw it again, or type the name.",
    ),
    "room_needed": (
        "外借须写去向。写明带到哪里。",
        "Where it is taken is empty. Say where it goes.",
    ),
    "unknown_where": (
        "不认识的借阅方式：{given}。选室内查阅或外借。",
        "There is no way of lending called {given}. Choose on the premises or outside.",
    ),
    "text_too_long": (
        "这一栏 {given} 字，最多 {most} 字。写短一些。",
        "This field has {given} characters, {most} at most. Shorten it.",
    ),
    "no_codes": (
        "还没有条码号。先扫描要借的档案。",
        "There is no code yet. Scan what is to be lent.",
    ),
    "too_many_codes": (
        "一单最多 {most} 件，现有 {given} 件。分成几单。",
        "One slip takes {most} pieces at most, there are {given}. Make several.",
    ),
    "person_needed": (
        "这一栏还空着。填上账号或姓名。",
        "This field is empty. Enter an account or a name.",
    ),
    "no_borrower": (
        "没有账号 {login}，或账号已停用。核对借阅人。",
        "There is no account {login}, or it is closed. Check the borrower.",
    ),
    "no_such_person": (
        "没有账号 {login}，或账号已停用。核对这一栏。",
        "There is no account {login}, or it is closed. Check this field.",
    ),
    # codes
    "no_copy": (
        "没有条码号 {code}。核对后再扫，或按卷宗号、案卷题名检索。",
        "No copy {code}. Check and scan again, or search for the dossier or the volume's title.",
    ),
    "no_copy_near": (
        "没有条码号 {code}。相近的有 {near}，选一件。",
        "No copy {code}. Near it are {near}; choose one.",
    ),
    "code_taken_as": (
        "没有条码号 {asked}。第 {number} 位是 {given}，这里应是 {wanted}。已按 {code} 查到一件。",
        "No copy {asked}. Character {number} is {given}, {wanted} belongs there. Taken as {code}.",
    ),
    # copies
    "copy_needs_volume": (
        "卷宗 {number} 没有第 {volume} 卷。先整理成卷。",
        "Dossier {number} has no volume {volume}. Arrange it first.",
    ),
    "copy_needs_fixed": (
        "{number} 第 {volume} 卷还没有定卷，不能登记{what}。先定卷。",
        "Volume {volume} of {number} is not fixed; its {what} cannot be registered. Fix it first.",
    ),
    "copy_kind_unknown": (
        "不认识的类别：{given}。选原件或常备复印件。",
        "There is no kind of copy called {given}. Choose original or photocopy.",
    ),
    "place_needed": (
        "没有写位置。写明柜、层、盒。",
        "The place is empty. Say cabinet, shelf and box.",
    ),
    "place_unknown": (
        "{code} 还没有登记位置，无处归架。先登记柜、层、盒。",
        "No place is recorded for {code} to go back to. Record its cabinet, shelf and box first.",
    ),
    "original_away": (
        "案卷 {volume} 的原件 {code} 不在架上（{where}），补件现在放不进去。{words}{source}。等它归架再入卷，或另立补充卷。",
        "The original {code} of volume {volume} is not on the shelf ({where}), so no late paper can be put into it now. "
        "{words} {source}. Wait until it is back in its place, or use a supplementary volume.",
    ),
    # coming back
    "difference_open": (
        "{code} {difference}，不能注销登记。{source}。再清点一遍，或开缺损登记。",
        "{code}: {difference}; the loan cannot be closed. {source}. Count again, or open a finding.",
    ),
    "missing_open": (
        "{code} {difference}，不能注销登记。{source}。找到后清点，或开缺损登记。",
        "{code}: {difference}; the loan cannot be closed. {source}. Count it when it is found, or open a finding.",
    ),
    "not_counted": (
        "{code} 还没有清点，不能注销登记。{source}。先清点张数、页数和状况。",
        "{code}: not counted yet, the loan cannot be closed. {source}. Count sheets, pages and condition first.",
    ),
    "finding_open": (
        "{code} 已开缺损登记 {number}。送修复，或按登记注销。",
        "{code}: a finding is open, {number}. Send it to repair, or close the loan with it.",
    ),
    "repair_first": (
        "{code} 新有{condition}，须先修复。{words}{source}。送修复。",
        "{code}: newly {condition}, to be repaired first. {words} {source}. Send it to repair.",
    ),
    "repair_short": (
        "{code} 修复回来{difference}。{words}{source}。再清点一遍；确实少了的，写明缺损情况，开缺损登记。",
        "{code}: {difference} after repair. {words} {source}. Count again; if it is so, say what was found, for a finding.",
    ),
    "count_each": (
        "几件一起办，张数、页数要逐件写。每件各填各的，没有变的不填。",
        "Sheets and pages of several pieces are not the same numbers. Enter them for each piece that has changed.",
    ),
    "count_below_zero": (
        "数目不能小于 0：{given}。重填。",
        "A number cannot be below 0: {given}. Enter it again.",
    ),
    "count_needed": (
        "没有写张数和页数。清点后填两个数，或按「与登记相符」。",
        "Sheets and pages are empty. Enter both, or choose As recorded.",
    ),
    "unknown_condition": (
        "不认识的状况：{given}。从完好、折损、污渍、脱线、破损中选。",
        "There is no condition called {given}. Choose good, worn, stained, loose or damaged.",
    ),
    "what_needed": (
        "没有写明情况。写一句经过或损坏之处。",
        "It is not said what is wrong. Write a sentence.",
    ),
    "wrong_place": (
        "位置不对：{given}。{code} 的位置是 {place}。放到那里再扫描。",
        "Wrong place: {given}. {code} belongs at {place}. Put it there and scan again.",
    ),
}
