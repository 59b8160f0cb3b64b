"""Amazon: Call Analytics, Contact Lens, and plain Transcribe in its ways to tell voices apart."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from .reading import read_json, told, words


def _turn(begin: int, end: int, text: str, **who: str) -> dict[str, Any]:
    items = [
        {
            "Type": "pronunciation",
            "Confidence": 0.99,
            "Content": char,
            "BeginOffsetMillis": begin + 100 * n,
            "EndOffsetMillis": begin + 100 * n + 90,
        }
        for n, char in enumerate(text.rstrip("。"))
    ]
    items.append({"Type": "punctuation", "Confidence": 0.0, "Content": "。"})
    return {
        "Content": text,
        "Items": items,
        "Id": f"id-{begin}",
        "BeginOffsetMillis": begin,
        "EndOffsetMillis": end,
        "Sentiment": "NEUTRAL",
        "LoudnessScores": [78.2],
        **who,
    }


ANALYTICS = {
    "JobStatus": "COMPLETED",
    "LanguageCode": "zh-CN",
    "AccountId": "1",
    "JobName": "night-0913",
    "Channel": "VOICE",
    "Participants": [{"ParticipantRole": "AGENT"}, {"ParticipantRole": "CUSTOMER"}],
    "ConversationCharacteristics": {"TotalConversationDurationMillis": 9000},
    "Transcript": [
        _turn(40, 1900, "您好请讲。", ParticipantRole="AGENT"),
        _turn(1700, 3300, "我家停水了。", ParticipantRole="CUSTOMER"),
    ],
}
LENS = {
    "Version": "1.1.0",
    "Channel": "VOICE",
    "CustomerMetadata": {"ContactId": "c0ffee-1", "InstanceId": "i"},
    "Participants": [
        {"ParticipantId": "p-2", "ParticipantRole": "CUSTOMER"},
        {"ParticipantId": "p-1", "ParticipantRole": "AGENT"},
    ],
    "Transcript": [
        _turn(1700, 3300, "我家停水了。", ParticipantId="p-2"),
        _turn(40, 1900, "您好请讲。", ParticipantId="p-1"),
    ],
}
REALTIME = {
    "Channel": "VOICE",
    "Segments": [
        {"Transcript": _turn(40, 1900, "您好请讲。", ParticipantId="AGENT", ParticipantRole="AGENT")},
        {"Categories": {"MatchedCategories": []}},
        {"Transcript": _turn(1700, 3300, "我家停水了。", ParticipantId="CUSTOMER", ParticipantRole="CUSTOMER")},
    ],
}
TOLD = [("agent", None, 40, 1900, "您好请讲。"), ("customer", None, 1700, 3300, "我家停水了。")]


def _item(number: int, begin: float | None, text: str, **who: str) -> dict[str, Any]:
    found = {"id": number, "alternatives": [{"confidence": "0.9", "content": text}], **who}
    if begin is None:
        return {**found, "type": "punctuation"}
    return {**found, "type": "pronunciation", "start_time": f"{begin}", "end_time": f"{begin + 0.3:.2f}"}


ITEMS = [
    _item(0, 0.04, "您好", speaker_label="spk_0"),
    _item(1, None, "，", speaker_label="spk_0"),
    _item(2, 0.5, "请讲", speaker_label="spk_0"),
    _item(3, None, "。", speaker_label="spk_0"),
    _item(4, 2.1, "停水", speaker_label="spk_1"),
    _item(5, 2.6, "了", speaker_label="spk_1"),
    _item(6, None, "。", speaker_label="spk_1"),
]
TRANSCRIPTS = [{"transcript": "您好，请讲。停水了。"}]
SEGMENTS = [
    {"id": 0, "transcript": "您好，请讲。", "start_time": "0.04", "end_time": "0.83", "items": [0, 1, 2, 3]},
    {"id": 1, "transcript": "停水了。", "start_time": "2.1", "end_time": "2.95", "items": [4, 5, 6]},
]
LABELLED = {
    "speakers": 2,
    "channel_label": "ch_0",
    "segments": [
        {
            "start_time": "0.04",
            "end_time": "0.83",
            "speaker_label": "spk_0",
            "items": [
                {"speaker_label": "spk_0", "start_time": "0.04", "end_time": "0.34"},
                {"speaker_label": "spk_0", "start_time": "0.5", "end_time": "0.80"},
            ],
        },
        {"start_time": "2.1", "end_time": "2.95", "speaker_label": "spk_1", "items": []},
    ],
}


def _job(**results: Any) -> dict[str, Any]:
    return {"jobName": "night-0913", "accountId": "1", "status": "COMPLETED", "results": results}


BY_SEGMENT = _job(
    transcripts=TRANSCRIPTS,
    speaker_labels=LABELLED,
    items=ITEMS,
    audio_segments=[{**one, "speaker_label": f"spk_{one['id']}"} for one in SEGMENTS],
)
BY_SPEAKER = _job(transcripts=TRANSCRIPTS, speaker_labels=LABELLED, items=ITEMS)
BY_CHANNEL = _job(
    transcripts=TRANSCRIPTS,
    channel_labels={
        "channels": [{"channel_label": "ch_0", "items": ITEMS[:4]}, {"channel_label": "ch_1", "items": ITEMS[4:]}],
        "number_of_channels": 2,
    },
    items=ITEMS,
)
PLAIN = _job(transcripts=TRANSCRIPTS, items=[{k: v for k, v in one.items() if k != "speaker_label"} for one in ITEMS])
SAMPLES: list[Any] = [ANALYTICS, LENS, REALTIME, BY_SEGMENT, BY_SPEAKER, BY_CHANNEL, PLAIN]


@pytest.mark.parametrize("value", [ANALYTICS, LENS, REALTIME])
@pytest.mark.parametrize("indent", [None, 1])
def test_analytics_knows_who_is_the_agent_and_who_talks_over_whom(
    tmp_path: Path, value: Any, indent: int | None
) -> None:
    """Roles stand in each turn or with the participants; each party has a channel, so overlaps show."""
    result = read_json(tmp_path, value, indent=indent)
    assert told(result) == TOLD
    assert (result.calls[0]["overlaps"], result.calls[0]["source_format"]) == (None, "amazon-analytics")
    assert words(result)[0] == [("您", 40), ("好", 140), ("请", 240), ("讲", 340), ("。", None)]


def test_contact_lens_names_the_contact(tmp_path: Path) -> None:
    """Its id is the call's; the name of a job is not."""
    assert read_json(tmp_path, LENS).ids == ["c0ffee-1"]
    assert read_json(tmp_path, ANALYTICS).ids == ["call_17"]


def test_separate_parties_show_overlaps_even_where_there_is_none(tmp_path: Path) -> None:
    """Nobody talked over anybody: that is known, and not hidden."""
    value = {**ANALYTICS, "Transcript": [_turn(40, 900, "您好。", ParticipantRole="AGENT")]}
    assert read_json(tmp_path, value).calls[0]["overlaps"] is None


def test_two_agents_are_two_speakers(tmp_path: Path) -> None:
    """After a transfer there are two participants of one role."""
    people = [
        {"ParticipantId": "p-1", "ParticipantRole": "AGENT"},
        {"ParticipantId": "p-3", "ParticipantRole": "AGENT"},
        {"ParticipantId": "p-2", "ParticipantRole": "CUSTOMER"},
    ]
    turns = [
        _turn(n * 1000, n * 1000 + 900, "您好。", ParticipantId=who) for n, who in enumerate(("p-1", "p-2", "p-3"))
    ]
    result = read_json(tmp_path, {**LENS, "Participants": people, "Transcript": turns})
    assert [one[:2] for one in told(result)] == [("agent", "p-1"), ("customer", None), ("agent", "p-3")]


def test_a_chat_has_moments(tmp_path: Path) -> None:
    """They count from its first message; what is no message has no content."""
    turns = [
        {"ParticipantId": "p-1", "Type": "EVENT", "AbsoluteTime": "2026-11-20T09:12:30.000Z"},
        {"ParticipantId": "p-1", "Type": "MESSAGE", "Content": "您好", "AbsoluteTime": "2026-11-20T09:12:33.000Z"},
        {"ParticipantId": "p-2", "Type": "MESSAGE", "Content": "停水了", "AbsoluteTime": "2026-11-20T09:12:41.500Z"},
    ]
    assert told(read_json(tmp_path, {**LENS, "Channel": "CHAT", "Transcript": turns})) == [
        ("agent", None, 0, None, "您好"),
        ("customer", None, 8500, None, "停水了"),
    ]


def test_audio_segments_are_utterances(tmp_path: Path) -> None:
    """With the voice that each names, and the words whose ids it lists."""
    result = read_json(tmp_path, BY_SEGMENT)
    assert told(result) == [
        ("unknown", "spk_0", 40, 830, "您好，请讲。"),
        ("unknown", "spk_1", 2100, 2950, "停水了。"),
    ]
    assert words(result)[0] == [("您好", 40), ("，", None), ("请讲", 500), ("。", None)]


def test_older_files_have_segments_of_speakers(tmp_path: Path) -> None:
    """They name words by their times; punctuation follows its word."""
    assert told(read_json(tmp_path, BY_SPEAKER)) == told(read_json(tmp_path, BY_SEGMENT))


def test_channels_are_speakers(tmp_path: Path) -> None:
    """Without segments words are cut at the end of a sentence and at a pause."""
    result = read_json(tmp_path, BY_CHANNEL)
    assert told(result) == [
        ("unknown", "ch0", 40, 800, "您好，请讲。"),
        ("unknown", "ch1", 2100, 2900, "停水了。"),
    ]
    assert result.calls[0]["overlaps"] is None


def test_words_alone_are_cut_at_sentences_and_pauses(tmp_path: Path) -> None:
    """Latin words get their spaces back."""
    assert [one[4] for one in told(read_json(tmp_path, PLAIN))] == ["您好，请讲。", "停水了。"]
    items = [_item(n, 0.4 * n + (3 if n > 2 else 0), word) for n, word in enumerate(("Hello", "my", "friend", "yes"))]
    value = _job(transcripts=[], items=[*items[:1], _item(9, None, ","), *items[1:]])
    assert [one[4] for one in told(read_json(tmp_path, value))] == ["Hello, my friend", "yes"]


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ({"JobStatus": "FAILED", "JobName": "x", "Transcript": []}, "没有成功（FAILED）"),
        ({"JobStatus": "COMPLETED", "JobName": "x", "Channel": "VOICE", "Transcript": []}, "没有一句话"),
        ({"jobName": "x", "accountId": "1", "status": "FAILED"}, "没有成功（FAILED）"),
        ({"TranscriptionJob": {"TranscriptionJobStatus": "IN_PROGRESS"}}, "还没有完成（IN_PROGRESS）"),
        ({"TranscriptionJob": {"TranscriptionJobStatus": "COMPLETED", "Transcript": {}}}, "不是转写结果"),
        (_job(transcripts=[{"transcript": ""}], items=[]), "没有一句话"),
        (
            {**ANALYTICS, "Transcript": [{"ParticipantRole": "AGENT", "Content": "喂", "BeginOffsetMillis": {}}]},
            "Amazon",
        ),
        (_job(transcripts=[], items=[_item(0, 0.1, "喂")], audio_segments=[{"start_time": "x"}]), "Amazon"),
    ],
)
def test_what_holds_no_call_says_why(tmp_path: Path, value: Any, reason: str) -> None:
    """A failed or running job, its mere description, silence, another layout."""
    result = read_json(tmp_path, value)
    assert (result.read, len(result.rejected)) == (1, 1)
    assert reason in result.reasons[0]
