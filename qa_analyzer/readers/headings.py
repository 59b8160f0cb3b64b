"""Names of columns and of codes as people write them, in Chinese and English, and what they are called here.

One table for the headings of CSV and XLSX and for the `通话编号：…` lines above a written dialogue. Knows no files.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass

from qa_analyzer.model import CALL_SCHEMA

DELIMITERS = (",", ";", "\t", "|")
HEADING_ROWS = 10
"""Titles and conditions of a query may stand above the headings of a table, no further than this."""

CALL_FIELDS = tuple(name for name in CALL_SCHEMA.names if name != "utterances")
UTTERANCE_FIELDS = ("role", "speaker", "start_ms", "end_ms", "text")

_WRITTEN: dict[str, str] = {
    "call_id": "通话编号 通话ID 通话号 通话流水号 流水号 录音编号 录音ID 通話編號 通話ID 錄音編號 流水號 callid id "
    "会话ID 会话编号 会话号 会话标识 对话ID 对话编号 呼叫ID 呼叫编号 呼叫流水号 通话标识 通话唯一标识 录音流水号 "
    "录音流水 业务流水号 會話ID 會話編號 對話編號 呼叫編號 contactid conversationid sessionid dialogid dialogueid "
    "chatid calluuid uuid ucid uniqueid contact_id conversation_id session_id dialog_id dialogue_id chat_id call_uuid",
    "agent_id": "坐席工号 坐席编号 座席工号 客服工号 工号 坐席ID 坐席工號 座席工號 客服工號 工號 agentid agent "
    "坐席号 座席号 座席编号 座席ID 客服编号 客服ID 坐席账号 座席账号 客服账号 员工工号 员工编号 話務員工號 "
    "话务员工号 agent_no agent_code employee_id staff_id",
    "agent_name": "坐席姓名 座席姓名 客服姓名 坐席名称 坐席 座席 客服 agentname 座席名称 客服名称 客服人员 坐席人员 "
    "座席人员 话务员 员工姓名 座席員 客服人員 話務員 employee_name staff_name",
    "team": "班组 团队 小组 组别 部门 班組 團隊 小組 組別 部門 班组名称 部门名称 技能组 坐席组 座席组 所属班组 "
    "所属部门 技能組 group department skill_group queue",
    "customer_id": "客户编号 客户号 客户ID 用户编号 客戶編號 客戶號 用戶編號 customerid 用户ID 会员号 会员编号",
    "started_at": "开始时间 通话时间 通话开始时间 来电时间 呼叫时间 開始時間 通話時間 通話開始時間 來電時間 "
    "start_time 呼入时间 进线时间 录音开始时间 会话开始时间 通话日期时间 呼入時間 call_time call_start "
    "call_start_time",
    "call_type": "通话类型 类型 业务类型 通話類型 類型 calltype type 来电类型 工单类型 來電類型",
    "hang_up": "挂机方 挂断方 谁先挂机 掛機方 掛斷方 hangup hang_up_by 结束方 释放方 挂机类型 hangup_side hangup_by "
    "挂机人 挂断人 先挂机方 谁挂机 释放方向 disconnect_reason disconnected_by release_side released_by",
    "ended_ms": "结束时长毫秒 通话结束毫秒 挂机毫秒 通話結束毫秒 掛機毫秒",
    "recording_url": "录音地址 录音链接 錄音地址 錄音連結 recording 录音URL 录音路径 recording_link",
    "connected_ms": "接通毫秒",
    "role": "角色 说话人角色 发言角色 說話人角色 發言角色 说话者角色 对话角色 通话角色 角色类型 角色名称 身份 说话方 "
    "发言方 对话方 通话方 說話方 發言方 speakerrole speaker_role participant participant_role participantrole party "
    "side sender_type sendertype sender speaker_type 主被叫 主叫被叫",
    "speaker": "说话人 发言人 說話人 發言人 讲话人 講話人 说话者 說話者 发言者 發言者 发送人 发送者 发送方 發送人 "
    "说话人ID 说话人编号 说话人标识 說話人編號 speakerid speaker_id speaker_label speaker_name spk talker sender_name",
    "start_ms": "开始毫秒 起始毫秒 開始毫秒 begin_ms begin_offset_millis start_offset_ms",
    "end_ms": "结束毫秒 終止毫秒 結束毫秒 end_offset_millis end_offset_ms",
    "text": "文本 内容 文字 话术 语句 转写文本 內容 語句 轉寫文本 content utterance sentence 转写内容 转写结果 转写 "
    "识别文本 识别内容 识别结果 语音文本 语音内容 语音转文字 录音文本 录音内容 录音转写 通话内容 通话文本 通话转写 "
    "通话明细 通话文字 对话内容 对话文本 对话 会话内容 会话文本 会话 聊天内容 聊天记录 对话记录 消息内容 消息 发言 "
    "发言内容 说话内容 说话文本 句子 句子内容 文本内容 原文 語音文本 轉寫內容 轉寫結果 識別結果 對話內容 會話內容 "
    "說話內容 發言內容 訊息 transcript transcription transcript_text transcribed_text asr asr_text asr_result "
    "recognized_text message msg message_text dialogue dialog conversation speech body onebest",
}
_ONLY_IN_TABLES: dict[str, str] = {
    "start": "开始 起始 起始时间 开始时刻 开始时间点 起始时间点 句子开始时间 语句开始时间 发言开始时间 说话开始时间 "
    "開始 起始時間 开始位置 偏移 偏移时间 时间 时间点 时间戳 时刻 发言时间 说话时间 消息时间 发送时间 对话时间 "
    "录音时间 发送时刻 消息发送时间 send_time sendtime msg_time msgtime event_time 時間 時間點 發言時間 說話時間 "
    "start begin begin_time starttime begintime start_at start_offset "
    "begin_offset offset bg time timestamp datetime date_time sent_at created_at create_time message_time 开始时间 "
    "開始時間 start_time",
    "end": "结束 终止 结束时间 终止时间 截止时间 结束时刻 结束时间点 句子结束时间 语句结束时间 发言结束时间 結束 "
    "結束時間 终止時間 end stop end_time endtime finish end_at end_offset ed",
    "duration": "时长 持续时间 持续时长 语音时长 发言时长 说话时长 句长 時長 持續時間 duration length lasting dur",
    "channel": "声道 通道 声道号 通道号 音轨 聲道 音軌 channel channel_id channelid track",
    "is_agent": "是否客服 是否坐席 是否座席 是否客服发送 是否坐席发送 是否为客服 是否为坐席 客服发送 isagent "
    "is_agent waiter_send is_waiter from_agent agent_flag is_staff is_service",
    "direction": "呼叫方向 通话方向 来去电 呼入呼出 呼叫类型 呼叫類型 通話方向 call_direction direction inout "
    "initiation_method",
    "calling": "主叫号码 主叫 主叫号 来电号码 来电号 主叫電話 來電號碼 caller_number calling_number ani caller_id",
    "called": "被叫号码 被叫 被叫号 被叫電話 called_number callee_number dnis",
    "phone": "手机号 手机号码 手机 电话 电话号码 客户号码 客户电话 客户手机 客户手机号 用户号码 联系电话 联系方式 "
    "手機號 手機號碼 電話 電話號碼 客戶電話 phone phone_number mobile mobile_number telephone customer_phone "
    "customer_number",
    "file": "录音文件 录音文件名 录音名称 文件名 文件名称 音频文件 錄音檔 檔名 file file_name filename wav wav_name "
    "audio audio_file audio_name recording_file recording_name",
}
"""Headings that a table has and no line above a dialogue. Some are the call's where the values say so."""
_SIDES = {
    "agent_text": "坐席 座席 客服 话务员 agent",
    "customer_text": "客户 客戶 用户 顾客 customer client",
}
_SAID = "文本 内容 话术 转写 转写文本 转写内容 说话内容 对话内容 发言 文字 说 內容 text content utterance transcript"


def _all(words: str, code: str) -> dict[str, str]:
    return dict.fromkeys(words.split(), code)


ROLE_WORDS: dict[str, str] = {
    **_all("客服 坐席 座席 客服代表 客服人员 客服人員 坐席代表 话务员 話務員 接线员 接線員", "agent"),
    **_all("人工 人工客服 人工坐席 业务员 業務員 坐席员 座席员 坐席員 座席員 客服员 客服員 客服专员 客服專員", "agent"),
    **_all("坐席人员 座席人员 坐席人員 座席人員 服务人员 服務人員 热线坐席 热线客服 在线客服 线上客服", "agent"),
    **_all("線上客服 坐席方 座席方 客服方 座席代表 客服经理 客服經理 专员 專員 话务 話務 值机员 受理员", "agent"),
    **_all("agent operator seat staff representative rep advisor adviser csr csa cs service customer_service", "agent"),
    **_all("service_agent call_agent human_agent waiter assistant", "agent"),
    **_all("客户 客戶 用户 用戶 顾客 顧客 使用者 来电人 來電人 customer client caller user consumer", "customer"),
    **_all("访客 訪客 游客 遊客 visitor", "customer"),
    **_all("客户方 客戶方 用户方 用戶方 来电方 來電方 来电者 來電者 客人 买家 買家 消费者 消費者", "customer"),
    **_all("投诉人 投訴人 咨询人 諮詢人 end_user cust buyer guest", "customer"),
    **_all("系统 系統 机器人 機器人 语音 語音 自动语音 智能客服 智能语音 智能外呼 ivr system bot robot", "system"),
    **_all("系统提示 系統提示 自动应答 custom_bot ai chatbot", "system"),
    **_all("未知 不明 unknown", "unknown"),
}
PARTIES: dict[str, str] = {
    **_all("主叫 主叫方 主叫号码 主叫人 主叫用户 calling calling_party", "calling"),
    **_all("被叫 被叫方 被叫号码 被叫人 被叫用户 called called_party callee", "called"),
}
"""Who called whom. The calling party is the customer only where the customer called."""
DIRECTIONS: dict[str, str] = {
    **_all("呼入 来电 來電 进线 進線 客户呼入 人工呼入 in inbound incoming call_in", "in"),
    **_all("呼出 外呼 去电 去電 外拨 外撥 回拨 人工外呼 人工呼出 out outbound outgoing call_out dialout", "out"),
}
_CALLING = {"in": {"calling": "customer", "called": "agent"}, "out": {"calling": "agent", "called": "customer"}}
_HANGING_UP = (
    *("", "挂机", "掛機", "挂断", "掛斷", "先挂", "先挂机", "先挂断", "主动挂机", "主动挂断", "结束", "释放"),
    *("_disconnect", "_disconnected", "_hangup", "_hung_up", "_released"),
)
HANG_UP_WORDS: dict[str, str] = {
    word + ending: code for word, code in ROLE_WORDS.items() if code != "unknown" for ending in _HANGING_UP
}
CALL_TYPE_WORDS: dict[str, str] = {
    **_all("投诉 投訴 投诉类 complaint complaints", "complaint"),
    **_all("咨询 諮詢 查询 查詢 咨询类 inquiry enquiry inquiries consultation", "inquiry"),
    **_all("回访 回訪 外呼回访 callback call_back follow_up", "callback"),
}


def plain(heading: str) -> str:
    """`Start MS ` → `start_ms`, without a byte order mark."""
    return re.sub(r"[\s\u3000\-]+", "_", heading.strip("\ufeff \t\u3000\"'").lower())


_UNIT = re.compile(
    r"[_\s]*(?:[（(\[【]\s*)?(?P<unit>毫秒|秒|分钟|milliseconds?|millis|msecs?|ms|seconds?|secs?|s)\s*[)）\]】]?$"
)
_ANY_BRACKETS = re.compile(r"[（(\[【][^（()）\[\]【】]*[)）\]】]")
_MS_IN = {"毫秒": 1, "m": 1, "秒": 1000, "s": 1000, "分钟": 60_000}


@dataclass(frozen=True, slots=True)
class Column:
    """What a column holds: a field of ours, or one of `_ONLY_IN_TABLES`; `scale` = ms in a unit, None if not said."""

    name: str
    scale: int | None = None


_FIELD_OF = {
    **{plain(word): name for name, words in _WRITTEN.items() for word in words.split()},
    **{name: name for name in (*CALL_FIELDS, *UTTERANCE_FIELDS)},
}


def field_of(heading: str) -> str | None:
    """The canonical name of a heading, None for an unknown one."""
    return _FIELD_OF.get(plain(heading))


_COLUMN_OF = {
    **{plain(word): name for name, words in _ONLY_IN_TABLES.items() for word in words.split()},
    **{
        plain(side + joint + said): name
        for name, sides in _SIDES.items()
        for side in sides.split()
        for said in _SAID.split()
        for joint in ("", "_")
    },
}
TIMES = {"start": "start_ms", "end": "end_ms", "duration": "duration_ms"}
"""Columns of time, and what they are called where they count ms."""


def column_of(heading: object) -> Column | None:
    """What a column under this heading holds, None if nobody knows. `开始时间` is taken for the utterance's.

    A unit behind a name of a time is its scale: `开始时间(ms)`, `duration_s`, `时长（秒）`.
    """
    written = plain(str(heading)) if heading is not None else ""
    found = _named(written)
    if found:
        return found
    unit = _UNIT.search(written)
    if unit:
        base = _named(written[: unit.start()].rstrip("_"))
        name = base.name.removesuffix("_ms") if base else ""
        if name in TIMES:
            scale = next(ms for start, ms in _MS_IN.items() if unit["unit"].startswith(start))
            return Column(name, scale)
    return _named(_ANY_BRACKETS.sub("", written).strip("_"))


def _named(written: str) -> Column | None:
    if written in _COLUMN_OF:
        return Column(_COLUMN_OF[written])
    name = _FIELD_OF.get(written) or _FIELD_OF.get(written.replace("_", ""))
    if name in {"start_ms", "end_ms"}:
        return Column(name.removesuffix("_ms"), 1)
    return Column(name) if name else None


def known_fields(row: str, delimiter: str) -> list[str]:
    """What the columns of a heading row hold, those that are known."""
    try:
        cells = next(csv.reader([row], delimiter=delimiter), [])
    except csv.Error:
        return []
    return [found.name for found in map(column_of, cells) if found]


def without_ending(hang_up: str) -> str:
    """`主叫挂机` → `主叫`: who hung up, without the word for hanging up."""
    written = plain(hang_up)
    ending = max((one for one in _HANGING_UP if one and written.endswith(one)), key=len, default="")
    return written.removesuffix(ending)


def party_role(label: object, direction: object) -> str | None:
    """The role of a calling or called party, None for another label or where the direction of the call is unknown."""
    party = code_of(str(label), PARTIES) if label is not None else None
    way = code_of(str(direction), DIRECTIONS) if direction is not None else None
    return _CALLING[way][party] if way and party else None


def code_of(word: str, words: dict[str, str]) -> str | None:
    """The code for a role, hang-up or call type written in some other way, None if it is not known."""
    return words.get(plain(word))
