"""Who a label names."""

from __future__ import annotations

import pytest

from qa_analyzer.readers.voices import voice


@pytest.mark.parametrize(
    ("label", "role", "speaker"),
    [
        # a bare role word
        ("客服", "agent", None),
        ("【坐席】", "agent", None),
        ("CUSTOMER", "customer", None),
        ("Customer Service：", "agent", None),
        ("智能客服", "system", None),
        ("未知", None, None),
        # one of several with a role
        ("坐席A01", "agent", "坐席A01"),
        ("客服 张三", "agent", "客服 张三"),
        ("客服李敏", "agent", "客服李敏"),
        ("张三（客服）", "agent", "张三（客服）"),
        ("客户 138****1234", "customer", "客户 138****1234"),
        ("客户王女士", "customer", "客户王女士"),
        ("agent_01", "agent", "agent_01"),
        ("Agent 1", "agent", "Agent 1"),
        # a voice without a role
        ("SPEAKER_01", None, "SPEAKER_01"),
        ("说话人2", None, "说话人2"),
        ("张三", None, "张三"),
        ("A", None, "A"),
        (0, None, "0"),
        (1.0, None, "1"),
        # other words that begin with a role
        ("客服电话", None, "客服电话"),
        ("Username", None, "Username"),
        ("agent_id", None, "agent_id"),
        # nobody
        ("", None, None),
        ("？", None, None),
        (None, None, None),
        (True, None, None),
    ],
)
def test_a_label_names_a_role_or_a_voice(label: object, role: str | None, speaker: str | None) -> None:
    """A role where the label says one, a speaker where it tells voices apart."""
    found = voice(label)
    assert (found.role, found.speaker) == (role, speaker)
