"""What the readers tell the user, in Chinese and in English: reasons of rejection, input errors, names of repairs.

Every reason says what is wrong and how to mend it. Knows no file and no format.
"""

from __future__ import annotations

from typing import Literal

from qa_analyzer.errors import InputError

Lang = Literal["zh", "en"]

MESSAGES: dict[str, dict[str, str]] = {
    "zh": {
        # input as a whole
        "no_such_path": "找不到「{path}」。请检查路径有没有写错；可以给文件、文件夹或通配符（如 calls/*.jsonl）。",
        "no_match": "通配符「{path}」没有匹配到任何文件。请检查路径；文件夹可以直接给出，会连同子文件夹一起读取。",
        "empty_folder": "文件夹「{path}」里没有可以读取的文件（隐藏文件、*.md、expected.csv 和本程序写的报告不算）。"
        "请放入通话文件后再运行。",
        "no_paths": "没有给出输入。请给出文件、文件夹或通配符。",
        # the telephone system's record
        "metadata_unreadable": "通话记录「{path}」无法读取（{detail}）。"
        "--metadata 要一个 CSV 或 XLSX，每行一通，第一行是列名。",
        "metadata_not_table": "不是文字表格",
        "metadata_empty": "没有内容",
        "metadata_no_key": "通话记录「{path}」里没有通话编号（call_id），也没有文件名（file）这一列，接不上转写；"
        "现有列：{found}。请加上其中一列。",
        "metadata_no_value": "通话记录「{path}」里没有认得的列"
        "（坐席工号、班组、开始时间、通话类型、挂机方、通话时长……）；现有列：{found}。",
        "metadata_broken": "通话记录「{path}」从第 {line} 行起无法读取（{detail}）；请检查引号是否成对。",
        "metadata_repeated": "通话记录里这一通出现了两次，用第 {line} 行的；请只保留一行",
        "metadata_unread": "「{heading}」写的「{value}」看不懂，当作没有写；请按约定的写法改",
        "metadata_unused": "通话记录里有这一通，但没有它的转写；请检查转写是否齐全、编号是否一致",
        "metadata_lone": "转写里有这一通，但通话记录里没有；请检查通话记录是否齐全、编号是否一致",
        # a file as a whole
        "unreadable": "文件无法读取（{detail}）；请检查文件是否存在、是否有读取权限",
        "empty": "文件是空的，没有通话；请重新导出，或删除这个文件",
        "binary": "这是{what}，不是通话文本；请提供 NDJSON、Parquet、CSV、XLSX 或纯文本的转写结果",
        "old_excel": "这是旧版 Office 文件（.xls 或 .doc），无法读取；请另存为 .xlsx、.csv 或纯文本",
        "undecodable_file": "文字无法解码（试过 UTF-8、UTF-16、GB18030、Big5）；请另存为 UTF-8 编码",
        "compressed_broken": "压缩文件已损坏（{detail}）；请重新压缩或重新传输",
        "too_large": "文件有 {size}，超过一次读取的上限 {limit}；请转换为 NDJSON（每行一通通话）",
        "office_document": "这是 Word、PowerPoint 之类的文档，不是通话文本；请另存为纯文本",
        "archive_path": "压缩包里的路径「{path}」不安全（绝对路径或含 ..），没有读取；请重新打包",
        "archive_inside": "压缩包里还有压缩包，没有读取；请先解开里面这一个",
        "archive_encrypted": "压缩包有密码，无法读取；请去掉密码后重新打包",
        "archive_link": "压缩包里的这一项是链接或特殊文件，不是通话；请把文件本身打包",
        "archive_method": "压缩包用了无法解开的压缩方法（{detail}）；请用普通的 zip 或 tar.gz 重新打包",
        "archive_bomb": "这一项解开后有 {size}，是压缩后的 {ratio} 倍，不像通话，没有读取；请检查压缩包",
        "archive_empty": "压缩包里没有文件；请重新打包",
        "parquet_broken": "Parquet 文件已损坏，或不是 Parquet（{detail}）；请重新导出",
        "xlsx_broken": "Excel 文件已损坏或有密码保护（{detail}）；请去掉密码并另存为 .xlsx",
        "missing_columns": "表格缺少列：{missing}；现有列：{found}。"
        "每行一句话，第一行是列名（如 通话编号、角色、文本）",
        "columns_option": "--columns 里的「{part}」看不懂。写法：字段=列名，用逗号分隔，"
        "如 call_id=流水号,text=内容；没有列名的写第几列。字段有：{known}",
        "columns_file": "--columns 的文件「{path}」无法读取（{detail}）。"
        "每行写「字段: 列名」；roles 下面写角色的对应，如 1: agent",
        "columns_missing": "表格里没有 --columns 指明的列：{missing}；现有列：{found}",
        "no_speaker_column": "表格里没有说话人这一列（角色、说话人、声道、是否客服……），"
        "文字前面也没有「客服：」这样的标签，分不出谁在说话；现有列：{found}。"
        "有这一列但认不出时，用 --columns role=列名 指明",
        "table_broken": "从这一行起无法按表格读取（{detail}）；请检查引号是否成对",
        "no_label": "没有说话人标签（或认不出）；请在每句话前写明「客服：」「客户：」，"
        "只分得出说话人时写「说话人1：」「说话人2：」",
        "no_calls": "文件里没有通话；请检查导出的内容",
        "task_failed": "转写任务没有成功（{status}），里面没有通话；请重新转写这段录音",
        "task_unfinished": "转写任务还没有完成（{status}），里面没有通话；请等任务完成后再下载结果",
        "truncated_page": "网页没有写完（缺少结尾的标签）；请重新导出",
        "truncated_cues": "字幕没有写完（最后一个时间不完整）；请重新导出",
        "job_only": "这是转写任务的说明，不是转写结果；请下载任务给出的结果文件",
        "no_speech": "转写结果里没有一句话；请检查录音是否有声音",
        "vendor_shape": "看起来是「{format}」的转写结果，但结构对不上（{detail}）；"
        "文件可能被截断或改过，请重新导出，或用 --format 指明格式",
        "shape_lacks": "缺少 {key}",
        "shape_differs": "有的值类型不对，例如时间不是数字",
        "unknown_layout": "认不出这份 JSON 的格式（现有的键：{keys}）；"
        "约定的格式要有 utterances，能读的厂商格式见 qa-analyzer formats",
        # one call
        "broken_json": "JSON 有错（第 {column} 个字符附近）；请用导出程序重新写出这一行",
        "truncated_json": "JSON 没有写完（缺少结尾）；请重新导出，检查磁盘空间和传输是否中断",
        "broken_document": "JSON 有错（第 {row} 行第 {column} 个字符附近）；请重新导出这个文件",
        "too_deep": "JSON 嵌套太深；请按约定的结构导出",
        "two_objects": "一行里有两个 JSON；请每行只写一通通话",
        "not_an_object": "这一行不是一个 JSON 对象（{{…}}）；请每行写一通通话",
        "duplicate_key": "键 {key} 出现了两次，不知道以哪个为准；请只保留一个",
        "undecodable": "文字不是有效的 {encoding} 编码；请把文件统一保存为 UTF-8",
        "line_too_long": "这一行有 {size}，超过上限 {limit}，一句话也不能超过 1 MB；"
        "请检查是否把录音或多通通话写进了一行",
        "not_a_piece": "这个文件一行是一句话，这一行却不是（现有的键：{keys}），没有读取；请检查这一行",
        "no_id": "没有通话编号（call_id）；一个文件有多通通话时，每一通都要有编号",
        "null_utterances": "没有 utterances（缺少或为 null）；请给出这通通话的语句"
        "（厂商的转写结果，能读的格式见 qa-analyzer formats）",
        "empty_utterances": "utterances 是空的；请给出这通通话的语句，或删除这一行",
        "utterances_not_list": 'utterances 不是列表；请写成 [{{"role": …, "text": …}}, …]',
        "null_utterance": '第 {number} 句不是一个对象（{{"role": …, "text": …}}）；请补全或删除这一句',
        "null_text": "第 {number} 句没有 text；请补上文字，或删除这一句",
        "text_not_text": "第 {number} 句的 text 不是文字；请写成字符串",
        "textless": "所有语句都没有文字；请检查转写是否成功",
        "utterance_too_long": "第 {number} 句有 {size}，超过 1 MB；请检查是否把整个文件写进了一句话",
        "negative_time": "第 {number} 句的 {key} 是负数（{value}）；时间从录音开始算起，单位毫秒",
        "huge_time": "第 {number} 句的 {key} 超过 24 小时（{value}）；时间从录音开始算起，单位毫秒，不是时间戳",
        "end_before_start": "第 {number} 句的 end_ms {end} 早于 start_ms {start}；请检查两者是否写反",
        "negative_call_time": "{key} 是负数（{value}）；时间从录音开始算起，单位毫秒",
        "huge_call_time": "{key} 超过 24 小时（{value}）；时间从录音开始算起，单位毫秒，不是时间戳",
        "cell_json": "对话那一格里的 JSON 有错或没有写完（Excel 一格最多 32,767 个字）；请另外导出这一通",
        "mangled_id": "通话编号被 Excel 写成了 {written}，原来的号码已经丢失，几通电话会混成一通；"
        "请把这一列设为「文本」再导出",
        "extra_cells": "这一行有 {cells} 格，表头只有 {columns} 格；含分隔符的文字要用引号括起来",
        "unfit": "这一行的内容不符合约定的结构（{detail}）；请对照输入格式说明检查",
        # kinds of binary files
        "binary.audio": "录音文件",
        "binary.image": "图片",
        "binary.pdf": "PDF 文件",
        "binary.archive": "压缩包",
        "binary.program": "程序文件",
        "binary.database": "数据库文件",
        "binary.other": "二进制文件",
    },
    "en": {
        "no_such_path": "no such file or folder: '{path}'. Check the spelling; give files, folders or globs "
        "(calls/*.jsonl).",
        "no_match": "the glob '{path}' matches no file. Check the path; a folder can be given as it is, subfolders "
        "included.",
        "empty_folder": "the folder '{path}' holds no file to read (hidden files, *.md, expected.csv and "
        "reports of this program do not count). "
        "Put the calls there and run again.",
        "no_paths": "no input given. Give files, folders or globs.",
        "metadata_unreadable": "the record {path} cannot be read ({detail}); --metadata takes a CSV or XLSX file, one "
        "call a row, headings first.",
        "metadata_not_table": "no table of text",
        "metadata_empty": "nothing in it",
        "metadata_no_key": "the record {path} has neither a column of call ids (call_id) nor of file names (file), so "
        "it cannot be joined; it has: {found}. Add one of them.",
        "metadata_no_value": "the record {path} has no column that is known (agent_id, team, started_at, call_type, "
        "hang_up, duration_s …); it has: {found}.",
        "metadata_broken": "the record {path} cannot be read from line {line} on ({detail}); are quotes closed?",
        "metadata_repeated": "the record has this call twice, line {line} is used; keep one row",
        "metadata_unread": "'{value}' under {heading} is not understood and taken as empty; write it as documented",
        "metadata_unused": "the record has this call, but there is no transcript of it; check whether transcripts are "
        "missing or ids differ",
        "metadata_lone": "there is a transcript of this call, but no row of the record; check whether the record is "
        "complete and ids agree",
        "unreadable": "the file cannot be read ({detail}); check that it exists and that you may read it",
        "empty": "the file is empty and holds no call; export it again or delete it",
        "binary": "this is {what}, not the text of a call; give transcripts as NDJSON, Parquet, CSV, XLSX or text",
        "old_excel": "this is an old Office file (.xls or .doc), which cannot be read; save it as .xlsx, .csv or text",
        "undecodable_file": "the text cannot be decoded (tried UTF-8, UTF-16, GB18030, Big5); save the file as UTF-8",
        "compressed_broken": "the compressed file is damaged ({detail}); compress or transfer it again",
        "too_large": "the file has {size}, over the limit of {limit}; convert it to NDJSON (one call a line)",
        "office_document": "this is a document (Word, PowerPoint …), no transcript; save it as plain text",
        "archive_path": "the path '{path}' in the archive is not safe (absolute, or with ..): not read; pack again",
        "archive_inside": "an archive inside the archive was not read; unpack the inner one first",
        "archive_encrypted": "the archive has a password and cannot be read; pack it again without one",
        "archive_link": "this entry of the archive is a link or special file, no call; pack the file itself",
        "archive_method": "the archive's compression cannot be undone ({detail}); use plain zip or tar.gz",
        "archive_bomb": "this entry unpacks to {size}, {ratio} times its packed size: no call; check the archive",
        "archive_empty": "the archive holds no file; pack it again",
        "parquet_broken": "the Parquet file is damaged or is none ({detail}); export it again",
        "xlsx_broken": "the Excel file is damaged or has a password ({detail}); save it as .xlsx without a password",
        "missing_columns": "the table lacks columns: {missing}; it has: {found}. One utterance a row, names in the "
        "first row (such as call_id, role, text)",
        "columns_option": "'{part}' in --columns means nothing. Write FIELD=HEADING with commas between, such as "
        "call_id=id,text=said, or the number of the column where it has no heading. Fields: {known}",
        "columns_file": "the file {path} of --columns cannot be read ({detail}); write 'FIELD: HEADING' on each line, "
        "and under roles what the roles are, such as 1: agent",
        "columns_missing": "the table lacks columns that --columns names: {missing}; it has: {found}",
        "no_speaker_column": "the table has no column of speakers (role, speaker, channel, is_agent …) and no label "
        "such as 客服： before its texts, so nobody knows who speaks; it has: {found}. If there is one under another "
        "name, say --columns role=NAME",
        "table_broken": "from this line on the table cannot be read ({detail}); check that quotation marks are closed",
        "no_label": "no speaker label that is known; write 客服： or 客户： before each utterance, or 说话人1： where "
        "only the speakers are told apart",
        "no_calls": "the file holds no call; check what was exported",
        "task_failed": "the recogniser's task did not succeed ({status}), there is no call in it; recognise it again",
        "task_unfinished": "the recogniser's task is not finished ({status}), there is no call in it; download the "
        "result when it is",
        "truncated_page": "the web page is cut off (its closing tags are missing); export it again",
        "truncated_cues": "the subtitles are cut off (the last time is not whole); export them again",
        "job_only": "this describes a recogniser's task and is not its result; download the result that it names",
        "no_speech": "the recogniser's result holds no utterance; check that the recording has sound",
        "vendor_shape": "this looks like '{format}', but does not have its layout ({detail}); the file may be cut or "
        "changed: export it again, or name the format with --format",
        "shape_lacks": "{key} is missing",
        "shape_differs": "values of another type, such as a time that is no number",
        "unknown_layout": "JSON in a layout that is not known (its keys: {keys}); ours has utterances, the vendors' "
        "formats that can be read are listed by qa-analyzer formats",
        "broken_json": "broken JSON (near character {column}); have the exporting program write this line again",
        "truncated_json": "the JSON is cut off (its end is missing); export again, check disk space and transfer",
        "broken_document": "broken JSON (near line {row}, character {column}); export this file again",
        "too_deep": "the JSON is nested too deeply; export it in the documented layout",
        "two_objects": "two JSON values on one line; write one call a line",
        "not_an_object": "the line is not a JSON object ({{…}}); write one call a line",
        "duplicate_key": "the key {key} is there twice, and which one holds is unknown; keep one",
        "undecodable": "the text is not valid {encoding}; save the whole file as UTF-8",
        "line_too_long": "the line has {size}, over the limit of {limit}, and one utterance may have 1 MB at most; "
        "check whether a recording or many calls were written into one line",
        "not_a_piece": "the lines of this file are utterances, but this one is not (its keys: {keys}); check it",
        "no_id": "no call_id; in a file with several calls each needs one",
        "null_utterances": "no utterances (missing or null); give the utterances of this call (the vendors' "
        "formats that can be read are listed by qa-analyzer formats)",
        "empty_utterances": "utterances is empty; give the utterances of this call or delete the line",
        "utterances_not_list": 'utterances is not a list; write [{{"role": …, "text": …}}, …]',
        "null_utterance": 'utterance {number} is not an object ({{"role": …, "text": …}}); complete or delete it',
        "null_text": "utterance {number} has no text; add it or delete the utterance",
        "text_not_text": "the text of utterance {number} is not a string; write it as one",
        "textless": "no utterance has any text; check whether the recognition worked",
        "utterance_too_long": "utterance {number} has {size}, over 1 MB; check whether a whole file got into it",
        "negative_time": "utterance {number}: {key} is negative ({value}); times are ms from the recording's start",
        "huge_time": "utterance {number}: {key} is over 24 hours ({value}); times count in ms from the recording's "
        "start, they are no time stamps",
        "end_before_start": "utterance {number}: end_ms {end} is before start_ms {start}; are they swapped?",
        "negative_call_time": "{key} is negative ({value}); times count in ms from the recording's start",
        "huge_call_time": "{key} is over 24 hours ({value}); times count in ms from the recording's start, they are no "
        "time stamps",
        "cell_json": "the JSON in the cell of the dialogue is broken or cut off (a cell of Excel holds 32,767 "
        "characters); export this call apart",
        "mangled_id": "Excel has written the call id as {written}: the number is lost and several calls may share it; "
        "make the column text and export again",
        "extra_cells": "the row has {cells} cells, the heading {columns}; quote a text that contains the delimiter",
        "unfit": "the line does not have the documented layout ({detail}); compare it with the input format",
        "binary.audio": "a recording",
        "binary.image": "an image",
        "binary.pdf": "a PDF file",
        "binary.archive": "an archive",
        "binary.program": "a program",
        "binary.database": "a database",
        "binary.other": "a binary file",
    },
}

REPAIRS: dict[str, dict[str, str]] = {
    "zh": {
        "newline_or_tab": "文字中的换行、制表符 → 空格",
        "control_character": "文字中的 NUL、控制字符 → U+FFFD",
        "lone_surrogate": "文字中的孤立代理码位 → U+FFFD",
        "role_word": "角色写法（如 客服、Agent）→ 约定的角色",
        "unknown_role": "认不出的角色 → unknown",
        "hang_up_word": "挂机方写法 → 约定的写法",
        "unknown_hang_up": "认不出的挂机方 → 空",
        "call_type_word": "通话类型写法（如 投诉）→ 约定的类型",
        "unknown_call_type": "认不出的通话类型 → 空",
        "unknown_overlaps": "认不出的 overlaps 值 → 空",
        "numeric_id": "数字编号 → 文字",
        "numeric_text": "数字写成的文字 → 文字",
        "number_form": "写成小数或文字的时间 → 整数毫秒",
        "unreadable_time": "无法读出的时间 → 空",
        "wrong_type": "类型不对的可选值 → 空",
        "words_dropped": "不合格的逐字时间 → 不用",
        "empty_utterance": "没有文字的语句 → 略去",
        "started_at_without_offset": "没有时区的开始时间 → 按设定的时区",
        "started_at_form": "开始时间的其他写法 → ISO 8601",
        "started_at_unreadable": "无法读出的开始时间 → 空",
        "unlabelled_lines": "文本中没有说话人标签的行 → 不算通话内容",
        "unknown_label": "文本中开头像说话人标签、但认不出是谁的行 → 接在上一个人的话后面",
        "conflicting_value": "表格中同一通通话前后不一的值 → 取第一个",
    },
    "en": {
        "newline_or_tab": "newline or tab in a text → space",
        "control_character": "NUL or control character in a text → U+FFFD",
        "lone_surrogate": "lone surrogate in a text → U+FFFD",
        "role_word": "role written otherwise (客服, Agent) → its code",
        "unknown_role": "unknown role → unknown",
        "hang_up_word": "hang_up written otherwise → its code",
        "unknown_hang_up": "unknown hang_up → empty",
        "call_type_word": "call type written otherwise (投诉) → its code",
        "unknown_call_type": "unknown call type → empty",
        "unknown_overlaps": "unknown value of overlaps → empty",
        "numeric_id": "numeric id → text",
        "numeric_text": "text given as a number → text",
        "number_form": "time given as a float or a string → whole ms",
        "unreadable_time": "unreadable time → empty",
        "wrong_type": "optional value of a wrong type → empty",
        "words_dropped": "malformed word times → not used",
        "empty_utterance": "utterance without text → left out",
        "started_at_without_offset": "started_at without an offset → the time zone set",
        "started_at_form": "started_at written otherwise → ISO 8601",
        "started_at_unreadable": "unreadable started_at → empty",
        "unlabelled_lines": "line of a text without a speaker label → no part of the call",
        "unknown_label": "line of a text that begins like an unknown speaker label → the speaker before goes on",
        "conflicting_value": "values of one call that differ between rows → the first",
    },
}
"""What each key of `Chunk.repaired` counts: values (texts, fields, lines), not characters."""


def say(lang: str, key: str, /, **values: object) -> str:
    """The message `key` in the language of the run, Chinese unless it is `en`."""
    return MESSAGES["en" if lang == "en" else "zh"][key].format(**values)


def input_error(lang: str, key: str, /, **values: object) -> InputError:
    """An error about the input as a whole, in the language of the run."""
    return InputError(say(lang, key, **values))


def size_words(size: int) -> str:
    """52428800 → `52.4 MB`."""
    return f"{size / 1e6:.1f} MB"
