"""What a finding says beside the message of its rule.

Rows read `key: (中文, English)`.
"""

from __future__ import annotations

from qa_analyzer.wording.pairs import Pair

WHY: dict[str, Pair] = {
    "unsure_kind": (
        "承诺的时间在一种投诉的时限之内、在另一种之外，而是哪一种说不准，请人工复核",
        "in time for one kind of complaint, too late for another, and which kind it is cannot be told: please review",
    ),
    "beyond_calendar": (
        "承诺的工作日超出了节假日历已公布的年份，无法判定",
        "the promised working days lie beyond the published holiday calendar",
    ),
    "no_timestamps": ("没有完整的时间，无法判定", "cannot tell: times are missing"),
    "overlaps_hidden": (
        "这种转写把两个人的话排成先后，看不出有没有抢话，无法判定",
        "cannot tell: this transcript puts the turns one after the other and shows no overlap",
    ),
    "no_hang_up": ("不知道是谁挂的机，无法判定", "cannot tell: it is not known who hung up"),
    "no_start_time": ("不知道通话开始的时间，无法判定", "cannot tell: the start time of the call is not known"),
    "unknown_role": ("说话人身份不明，无法判定", "cannot tell: it is not known who speaks"),
    "across_join": (
        "这句话跨了两个识别片段，请人工复核",
        "the wording runs across two recogniser segments: for review",
    ),
    "unsure_phase": (
        "不能确定通话是否有这一阶段（例如不知道怎样结束的），无法判定",
        "cannot tell: it is unsure whether the call has this phase",
    ),
    "interpolated": (
        "开口的准确时间是估算的，差一点就不算抢话，请人工复核",
        "the moment of the first word is an estimate and decides: for review",
    ),
    "nearly_excused": ("附近有近似的说法可以免责，请人工复核", "something close by may excuse it: for review"),
    "unsure_words": (
        "转写里从来没有出现这个词，可能是识别软件不分，无法判定",
        "cannot tell: the word never occurs, the recogniser may not know it",
    ),
    "no_backchannels": (
        "转写里坐席一声附和也没有，可能是识别软件略去了，无法判定",
        "cannot tell: the transcript has no backchannel of the agent, they may have been left out",
    ),
}
"""Why nobody can tell, by the name of the code."""

NEAR: dict[str, Pair] = {
    "too_late": ("说得太晚", "too late"),
    "too_early": ("说得太早", "too early"),
    "wrong_speaker": ("是对方说的", "said by the other party"),
    "excepted": (
        "在这句话里是别的意思（否定、反问、引用、推脱），不算",
        "means something else in this sentence (denied, quoted, a question, an excuse), does not count",
    ),
}
"""Why the nearest near miss did not count."""

WINDOW: dict[str, Pair] = {
    "opening": ("（查找范围：话轮 ", " (searched: turns "),
    "to": ("–", "–"),
    "nearest": ("；最接近的是话轮 ", "; nearest: turn "),
    "quoted": (" 的「", " “"),
    "because": ("」：", "”: "),
    "closing": ("）", ")"),
}
"""Where something missing was looked for, piece by piece."""
