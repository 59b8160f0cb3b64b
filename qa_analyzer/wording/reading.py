"""What the readers tell the user: reasons of rejection, input errors, names of repairs.

Rows read `key: (中文, English)`.
"""

from __future__ import annotations

from qa_analyzer.wording.pairs import Pair

READING: dict[str, Pair] = {
    # input as a whole
    "no_such_path": (
        "找不到「{path}」。请检查路径有没有写错；可以给文件、文件夹或通配符（如 calls/*.jsonl）。",
        "no such file or folder: '{path}'. Check the spelling; give files, folders or globs (calls/*.jsonl).",
    ),
    "no_match": (
        "通配符「{path}」没有匹配到任何文件。请检查路径；文件夹可以直接给出，会连同子文件夹一起读取。",
        "the glob '{path}' matches no file. Check the path; a folder can be given as it is, subfolders included.",
    ),
    "empty_folder": (
        "文件夹「{path}」里没有可以读取的文件（隐藏文件、*.md、expected.csv 和本程序写的报告不算）。"
        "请放入通话文件后再运行。",
        "the folder '{path}' holds no file to read (hidden files, *.md, expected.csv and "
        "reports of this program do not count). "
        "Put the calls there and run again.",
    ),
    "no_paths": ("没有给出输入。请给出文件、文件夹或通配符。", "no input given. Give files, folders or globs."),
    # the telephone system's record
    "metadata_unreadable": (
        "通话记录「{path}」无法读取（{detail}）。--metadata 要一个 CSV 或 XLSX，每行一通，第一行是列名。",
        "the record {path} cannot be read ({detail}); --metadata takes a CSV or XLSX file, one "
        "call a row, headings first.",
    ),
    "metadata_not_table": ("不是文字表格", "no table of text"),
    "metadata_empty": ("没有内容", "nothing in it"),
    "metadata_no_key": (
        "通话记录「{path}」里没有通话编号（call_id），也没有文件名（file）这一列，接不上转写；"
        "现有列：{found}。请加上其中一列。",
        "the record {path} has neither a column of call ids (call_id) nor of file names (file), so "
        "it cannot be joined; it has: {found}. Add one of them.",
    ),
    "metadata_no_value": (
        "通话记录「{path}」里没有认得的列（坐席工号、班组、开始时间、通话类型、挂机方、通话时长……）；现有列：{found}。",
        "the record {path} has no column that is known (agent_id, team, started_at, call_type, "
        "hang_up, duration_s …); it has: {found}.",
    ),
    "metadata_broken": (
        "通话记录「{path}」从第 {line} 行起无法读取（{detail}）；请检查引号是否成对。",
        "the record {path} cannot be read from line {line} on ({detail}); are quotes closed?",
    ),
    "metadata_repeated": (
        "通话记录里这一通出现了两次，用第 {line} 行的；请只保留一行",
        "the record has this call twice, line {line} is used; keep one row",
    ),
    "metadata_unread": (
        "「{heading}」写的「{value}」看不懂，当作没有写；请按约定的写法改",
        "'{value}' under {heading} is not understood and taken as empty; write it as documented",
    ),
    "metadata_unused": (
        "通话记录里有这一通，但没有它的转写；请检查转写是否齐全、编号是否一致",
        "the record has this call, but there is no transcript of it; check whether transcripts are "
        "missing or ids differ",
    ),
    "metadata_lone": (
        "转写里有这一通，但通话记录里没有；请检查通话记录是否齐全、编号是否一致",
        "there is a transcript of this call, but no row of the record; check whether the record is "
        "complete and ids agree",
    ),
    # a file as a whole
    "unreadable": (
        "文件无法读取（{detail}）；请检查文件是否存在、是否有读取权限",
        "the file cannot be read ({detail}); check that it exists and that you may read it",
    ),
    "empty": (
        "文件是空的，没有通话；请重新导出，或删除这个文件",
        "the file is empty and holds no call; export it again or delete it",
    ),
    "binary": (
        "这是{what}，不是通话文本；请提供 NDJSON、Parquet、CSV、XLSX 或纯文本的转写结果",
        "this is {what}, not the text of a call; give transcripts as NDJSON, Parquet, CSV, XLSX or text",
    ),
    "old_excel": (
        "这是旧版 Office 文件（.xls 或 .doc），无法读取；请另存为 .xlsx、.csv 或纯文本",
        "this is an old Office file (.xls or .doc), which cannot be read; save it as .xlsx, .csv or text",
    ),
    "undecodable_file": (
        "文字无法解码（试过 UTF-8、UTF-16、GB18030、Big5）；请另存为 UTF-8 编码",
        "the text cannot be decoded (tried UTF-8, UTF-16, GB18030, Big5); save the file as UTF-8",
    ),
    "compressed_broken": (
        "压缩文件已损坏（{detail}）；请重新压缩或重新传输",
        "the compressed file is damaged ({detail}); compress or transfer it again",
    ),
    "too_large": (
        "文件有 {size}，超过一次读取的上限 {limit}；请转换为 NDJSON（每行一通通话）",
        "the file has {size}, over the limit of {limit}; convert it to NDJSON (one call a line)",
    ),
    "office_document": (
        "这是 Word、PowerPoint 之类的文档，不是通话文本；请另存为纯文本",
        "this is a document (Word, PowerPoint …), no transcript; save it as plain text",
    ),
    "archive_path": (
        "压缩包里的路径「{path}」不安全（绝对路径或含 ..），没有读取；请重新打包",
        "the path '{path}' in the archive is not safe (absolute, or with ..): not read; pack again",
    ),
    "archive_inside": (
        "压缩包里还有压缩包，没有读取；请先解开里面这一个",
        "an archive inside the archive was not read; unpack the inner one first",
    ),
    "archive_encrypted": (
        "压缩包有密码，无法读取；请去掉密码后重新打包",
        "the archive has a password and cannot be read; pack it again without one",
    ),
    "archive_link": (
        "压缩包里的这一项是链接或特殊文件，不是通话；请把文件本身打包",
        "this entry of the archive is a link or special file, no call; pack the file itself",
    ),
    "archive_method": (
        "压缩包用了无法解开的压缩方法（{detail}）；请用普通的 zip 或 tar.gz 重新打包",
        "the archive's compression cannot be undone ({detail}); use plain zip or tar.gz",
    ),
    "archive_bomb": (
        "这一项解开后有 {size}，是压缩后的 {ratio} 倍，不像通话，没有读取；请检查压缩包",
        "this entry unpacks to {size}, {ratio} times its packed size: no call; check the archive",
    ),
    "archive_empty": ("压缩包里没有文件；请重新打包", "the archive holds no file; pack it again"),
    "parquet_broken": (
        "Parquet 文件已损坏，或不是 Parquet（{detail}）；请重新导出",
        "the Parquet file is damaged or is none ({detail}); export it again",
    ),
    "xlsx_broken": (
        "Excel 文件已损坏或有密码保护（{detail}）；请去掉密码并另存为 .xlsx",
        "the Excel file is damaged or has a password ({detail}); save it as .xlsx without a password",
    ),
    "missing_columns": (
        "表格缺少列：{missing}；现有列：{found}。每行一句话，第一行是列名（如 通话编号、角色、文本）",
        "the table lacks columns: {missing}; it has: {found}. One utterance a row, names in the "
        "first row (such as call_id, role, text)",
    ),
    "columns_option": (
        "--columns 里的「{part}」看不懂。写法：字段=列名，用逗号分隔，"
        "如 call_id=流水号,text=内容；没有列名的写第几列。字段有：{known}",
        "'{part}' in --columns means nothing. Write FIELD=HEADING with commas between, such as "
        "call_id=id,text=said, or the number of the column where it has no heading. Fields: {known}",
    ),
    "columns_file": (
        "--columns 的文件「{path}」无法读取（{detail}）。每行写「字段: 列名」；roles 下面写角色的对应，如 1: agent",
        "the file {path} of --columns cannot be read ({detail}); write 'FIELD: HEADING' on each line, "
        "and under roles what the roles are, such as 1: agent",
    ),
    "columns_missing": (
        "表格里没有 --columns 指明的列：{missing}；现有列：{found}",
        "the table lacks columns that --columns names: {missing}; it has: {found}",
    ),
    "no_speaker_column": (
        "表格里没有说话人这一列（角色、说话人、声道、是否客服……），"
        "文字前面也没有「客服：」这样的标签，分不出谁在说话；现有列：{found}。"
        "有这一列但认不出时，用 --columns role=列名 指明",
        "the table has no column of speakers (role, speaker, channel, is_agent …) and no label "
        "such as 客服： before its texts, so nobody knows who speaks; it has: {found}. If there is one under another "
        "name, say --columns role=NAME",
    ),
    "table_broken": (
        "从这一行起无法按表格读取（{detail}）；请检查引号是否成对",
        "from this line on the table cannot be read ({detail}); check that quotation marks are closed",
    ),
    "no_label": (
        "没有说话人标签（或认不出）；请在每句话前写明「客服：」「客户：」，"
        "只分得出说话人时写「说话人1：」「说话人2：」",
        "no speaker label that is known; write 客服： or 客户： before each utterance, or 说话人1： where "
        "only the speakers are told apart",
    ),
    "no_calls": ("文件里没有通话；请检查导出的内容", "the file holds no call; check what was exported"),
    "task_failed": (
        "转写任务没有成功（{status}），里面没有通话；请重新转写这段录音",
        "the recogniser's task did not succeed ({status}), there is no call in it; recognise it again",
    ),
    "task_unfinished": (
        "转写任务还没有完成（{status}），里面没有通话；请等任务完成后再下载结果",
        "the recogniser's task is not finished ({status}), there is no call in it; download the result when it is",
    ),
    "truncated_page": (
        "网页没有写完（缺少结尾的标签）；请重新导出",
        "the web page is cut off (its closing tags are missing); export it again",
    ),
    "truncated_cues": (
        "字幕没有写完（最后一个时间不完整）；请重新导出",
        "the subtitles are cut off (the last time is not whole); export them again",
    ),
    "job_only": (
        "这是转写任务的说明，不是转写结果；请下载任务给出的结果文件",
        "this describes a recogniser's task and is not its result; download the result that it names",
    ),
    "no_speech": (
        "转写结果里没有一句话；请检查录音是否有声音",
        "the recogniser's result holds no utterance; check that the recording has sound",
    ),
    "vendor_shape": (
        "看起来是「{format}」的转写结果，但结构对不上（{detail}）；"
        "文件可能被截断或改过，请重新导出，或用 --format 指明格式",
        "this looks like '{format}', but does not have its layout ({detail}); the file may be cut or "
        "changed: export it again, or name the format with --format",
    ),
    "shape_lacks": ("缺少 {key}", "{key} is missing"),
    "shape_differs": ("有的值类型不对，例如时间不是数字", "values of another type, such as a time that is no number"),
    "unknown_layout": (
        "认不出这份 JSON 的格式（现有的键：{keys}）；约定的格式要有 utterances，能读的厂商格式见 qa-analyzer formats",
        "JSON in a layout that is not known (its keys: {keys}); ours has utterances, the vendors' "
        "formats that can be read are listed by qa-analyzer formats",
    ),
    # one call
    "broken_json": (
        "JSON 有错（第 {column} 个字符附近）；请用导出程序重新写出这一行",
        "broken JSON (near character {column}); have the exporting program write this line again",
    ),
    "truncated_json": (
        "JSON 没有写完（缺少结尾）；请重新导出，检查磁盘空间和传输是否中断",
        "the JSON is cut off (its end is missing); export again, check disk space and transfer",
    ),
    "broken_document": (
        "JSON 有错（第 {row} 行第 {column} 个字符附近）；请重新导出这个文件",
        "broken JSON (near line {row}, character {column}); export this file again",
    ),
    "too_deep": (
        "JSON 嵌套太深；请按约定的结构导出",
        "the JSON is nested too deeply; export it in the documented layout",
    ),
    "two_objects": ("一行里有两个 JSON；请每行只写一通通话", "two JSON values on one line; write one call a line"),
    "not_an_object": (
        "这一行不是一个 JSON 对象（{{…}}）；请每行写一通通话",
        "the line is not a JSON object ({{…}}); write one call a line",
    ),
    "duplicate_key": (
        "键 {key} 出现了两次，不知道以哪个为准；请只保留一个",
        "the key {key} is there twice, and which one holds is unknown; keep one",
    ),
    "undecodable": (
        "文字不是有效的 {encoding} 编码；请把文件统一保存为 UTF-8",
        "the text is not valid {encoding}; save the whole file as UTF-8",
    ),
    "line_too_long": (
        "这一行有 {size}，超过上限 {limit}，一句话也不能超过 1 MB；请检查是否把录音或多通通话写进了一行",
        "the line has {size}, over the limit of {limit}, and one utterance may have 1 MB at most; "
        "check whether a recording or many calls were written into one line",
    ),
    "not_a_piece": (
        "这个文件一行是一句话，这一行却不是（现有的键：{keys}），没有读取；请检查这一行",
        "the lines of this file are utterances, but this one is not (its keys: {keys}); check it",
    ),
    "no_id": (
        "没有通话编号（call_id）；一个文件有多通通话时，每一通都要有编号",
        "no call_id; in a file with several calls each needs one",
    ),
    "null_utterances": (
        "没有 utterances（缺少或为 null）；请给出这通通话的语句（厂商的转写结果，能读的格式见 qa-analyzer formats）",
        "no utterances (missing or null); give the utterances of this call (the vendors' "
        "formats that can be read are listed by qa-analyzer formats)",
    ),
    "empty_utterances": (
        "utterances 是空的；请给出这通通话的语句，或删除这一行",
        "utterances is empty; give the utterances of this call or delete the line",
    ),
    "utterances_not_list": (
        'utterances 不是列表；请写成 [{{"role": …, "text": …}}, …]',
        'utterances is not a list; write [{{"role": …, "text": …}}, …]',
    ),
    "null_utterance": (
        '第 {number} 句不是一个对象（{{"role": …, "text": …}}）；请补全或删除这一句',
        'utterance {number} is not an object ({{"role": …, "text": …}}); complete or delete it',
    ),
    "null_text": (
        "第 {number} 句没有 text；请补上文字，或删除这一句",
        "utterance {number} has no text; add it or delete the utterance",
    ),
    "text_not_text": (
        "第 {number} 句的 text 不是文字；请写成字符串",
        "the text of utterance {number} is not a string; write it as one",
    ),
    "textless": (
        "所有语句都没有文字；请检查转写是否成功",
        "no utterance has any text; check whether the recognition worked",
    ),
    "utterance_too_long": (
        "第 {number} 句有 {size}，超过 1 MB；请检查是否把整个文件写进了一句话",
        "utterance {number} has {size}, over 1 MB; check whether a whole file got into it",
    ),
    "negative_time": (
        "第 {number} 句的 {key} 是负数（{value}）；时间从录音开始算起，单位毫秒",
        "utterance {number}: {key} is negative ({value}); times are ms from the recording's start",
    ),
    "huge_time": (
        "第 {number} 句的 {key} 超过 24 小时（{value}）；时间从录音开始算起，单位毫秒，不是时间戳",
        "utterance {number}: {key} is over 24 hours ({value}); times count in ms from the recording's "
        "start, they are no time stamps",
    ),
    "end_before_start": (
        "第 {number} 句的 end_ms {end} 早于 start_ms {start}；请检查两者是否写反",
        "utterance {number}: end_ms {end} is before start_ms {start}; are they swapped?",
    ),
    "negative_call_time": (
        "{key} 是负数（{value}）；时间从录音开始算起，单位毫秒",
        "{key} is negative ({value}); times count in ms from the recording's start",
    ),
    "huge_call_time": (
        "{key} 超过 24 小时（{value}）；时间从录音开始算起，单位毫秒，不是时间戳",
        "{key} is over 24 hours ({value}); times count in ms from the recording's start, they are no time stamps",
    ),
    "cell_json": (
        "对话那一格里的 JSON 有错或没有写完（Excel 一格最多 32,767 个字）；请另外导出这一通",
        "the JSON in the cell of the dialogue is broken or cut off (a cell of Excel holds 32,767 "
        "characters); export this call apart",
    ),
    "mangled_id": (
        "通话编号被 Excel 写成了 {written}，原来的号码已经丢失，几通电话会混成一通；请把这一列设为「文本」再导出",
        "Excel has written the call id as {written}: the number is lost and several calls may share it; "
        "make the column text and export again",
    ),
    "extra_cells": (
        "这一行有 {cells} 格，表头只有 {columns} 格；含分隔符的文字要用引号括起来",
        "the row has {cells} cells, the heading {columns}; quote a text that contains the delimiter",
    ),
    "unfit": (
        "这一行的内容不符合约定的结构（{detail}）；请对照输入格式说明检查",
        "the line does not have the documented layout ({detail}); compare it with the input format",
    ),
    # kinds of binary files
    "binary.audio": ("录音文件", "a recording"),
    "binary.image": ("图片", "an image"),
    "binary.pdf": ("PDF 文件", "a PDF file"),
    "binary.archive": ("压缩包", "an archive"),
    "binary.program": ("程序文件", "a program"),
    "binary.database": ("数据库文件", "a database"),
    "binary.other": ("二进制文件", "a binary file"),
}

DIALOGUE: dict[str, Pair] = {
    "no_label": ("第一个说话人标签（如「客服：」）之前有文字", "text before the first speaker label (such as 客服：)"),
    "unknown_label": (
        "开头像说话人标签，但认不出是谁，当作上一个人接着说",
        "begins like a speaker label that is not known; taken as the speaker going on",
    ),
    "times_reversed": ("结束时间早于开始时间", "the end time is before the start time"),
    "no_speech": ("标签后面没有话", "a label without speech"),
}
"""What is odd in a written dialogue."""

SEEN: dict[str, Pair] = {
    "repeated": (
        "通话编号重复：同一编号的通话已在 {first} 评分，这一通没有评分；请给每通通话不同的编号",
        "repeated call id: the call with this id in {first} was scored, this one was not; give each call its own id",
    ),
}
"""What all blocks together show."""
