"""Names of columns and of codes as people write them, in Chinese and English, and what they are called here.

One table for the headings of CSV and XLSX and for the `通话编号：…` lines above a written dialogue. Knows no files.
"""

from __future__ import annotations

import csv
import re

from qa_analyzer.model import CALL_SCHEMA

DELIMITERS = (",", ";", "\t", "|")

CALL_FIELDS = tuple(name for name in CALL_SCHEMA.names if name != "utterances")
UTTERANCE_FIELDS = ("role", "speaker", "start_ms", "end_ms", "text")

_WRITTEN: dict[str, str] = {
    "call_id": "通话编号 通话ID 通话号 通话流水号 流水号 录音编号 录音ID 通話編號 通話ID 錄音編號 流水號 callid id",
    "agent_id": "坐席工号 坐席编号 座席工号 客服工号 工号 坐席ID 坐席工號 座席工號 客服工號 工號 agentid agent",
    "agent_name": "坐席姓名 座席姓名 客服姓名 坐席名称 坐席 座席 客服 agentname",
    "team": "班组 团队 小组 组别 部门 班組 團隊 小組 組別 部門",
    "customer_id": "客户编号 客户号 客户ID 用户编号 客戶編號 客戶號 用戶編號 customerid",
    "started_at": "开始时间 通话时间 通话开始时间 来电时间 呼叫时间 開始時間 通話時間 通話開始時間 來電時間 start_time",
    "call_type": "通话类型 类型 业务类型 通話類型 類型 calltype type",
    "hang_up": "挂机方 挂断方 谁先挂机 掛機方 掛斷方 hangup hang_up_by",
    "ended_ms": "结束时长毫秒 通话结束毫秒 挂机毫秒 通話結束毫秒 掛機毫秒",
    "recording_url": "录音地址 录音链接 錄音地址 錄音連結 recording",
    "connected_ms": "接通毫秒",
    "role": "角色 说话人角色 发言角色 說話人角色 發言角色",
    "speaker": "说话人 发言人 說話人 發言人",
    "start_ms": "开始毫秒 起始毫秒 開始毫秒 起始毫秒(ms) start begin_ms",
    "end_ms": "结束毫秒 終止毫秒 结束毫秒(ms) 結束毫秒 end",
    "text": "文本 内容 文字 话术 语句 转写文本 內容 語句 轉寫文本 content utterance sentence",
}


def _all(words: str, code: str) -> dict[str, str]:
    return dict.fromkeys(words.split(), code)


ROLE_WORDS: dict[str, str] = {
    **_all("客服 坐席 座席 客服代表 客服人员 客服人員 坐席代表 话务员 話務員 接线员 接線員", "agent"),
    **_all("人工 人工客服 人工坐席 业务员 業務員 坐席员 座席员 坐席員 座席員 客服员 客服員 客服专员 客服專員", "agent"),
    **_all("坐席人员 座席人员 坐席人員 座席人員 服务人员 服務人員 热线坐席 热线客服 在线客服 线上客服", "agent"),
    **_all("線上客服 坐席方 座席方 客服方 座席代表 客服经理 客服經理 专员 專員 话务 話務 值机员 受理员", "agent"),
    **_all("agent operator seat staff representative rep advisor adviser csr csa cs service customer_service", "agent"),
    **_all("service_agent call_agent human_agent waiter assistant", "agent"),
    **_all("客户 客戶 用户 用戶 顾客 顧客 使用者 来电人 來電人 主叫 customer client caller user consumer", "customer"),
    **_all("客户方 客戶方 用户方 用戶方 来电方 來電方 来电者 來電者 客人 买家 買家 消费者 消費者", "customer"),
    **_all("投诉人 投訴人 咨询人 諮詢人 end_user cust buyer guest", "customer"),
    **_all("系统 系統 机器人 機器人 语音 語音 自动语音 智能客服 智能语音 智能外呼 ivr system bot robot", "system"),
    **_all("系统提示 系統提示 自动应答 custom_bot ai chatbot", "system"),
    **_all("未知 不明 unknown", "unknown"),
}
HANG_UP_WORDS: dict[str, str] = {
    word + ending: code
    for word, code in ROLE_WORDS.items()
    if code != "unknown"
    for ending in ("", "挂机", "掛機", "挂断", "掛斷")
}
CALL_TYPE_WORDS: dict[str, str] = {
    **_all("投诉 投訴 投诉类 complaint complaints", "complaint"),
    **_all("咨询 諮詢 查询 查詢 咨询类 inquiry enquiry inquiries consultation", "inquiry"),
    **_all("回访 回訪 外呼回访 callback call_back follow_up", "callback"),
}


def plain(heading: str) -> str:
    """`Start MS ` → `start_ms`, without a byte order mark."""
    return re.sub(r"[\s\u3000\-]+", "_", heading.strip("\ufeff \t\u3000\"'").lower())


_FIELD_OF = {
    **{plain(word): name for name, words in _WRITTEN.items() for word in words.split()},
    **{name: name for name in (*CALL_FIELDS, *UTTERANCE_FIELDS)},
}


def field_of(heading: str) -> str | None:
    """The canonical name of a heading, None for an unknown one."""
    return _FIELD_OF.get(plain(heading))


def known_fields(row: str, delimiter: str) -> list[str]:
    """The canonical names found in a heading row."""
    try:
        cells = next(csv.reader([row], delimiter=delimiter), [])
    except csv.Error:
        return []
    return [name for name in map(field_of, cells) if name]


def code_of(word: str, words: dict[str, str]) -> str | None:
    """The code for a role, hang-up or call type written in some other way, None if it is not known."""
    return words.get(plain(word))
