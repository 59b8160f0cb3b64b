#!/usr/bin/env python3
"""Write synthetic calls as canonical NDJSON: `make_calls.py N FILE [SEED]`.

A call has about 59 utterances and 7.4 KB of JSON. Both parties talk about one matter in the order of a real call:
opening, complaint, questions, search for a way out, farewell. About one call in 25 is in traditional characters, one
utterance in 20 has full-width digits; 7 % of the hand-overs overlap and 2 % leave a long silence. Standard library
only; the same N and SEED give the same bytes.
"""

from __future__ import annotations

import json
import random
import re
import sys
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

FEWEST_UTTERANCES, MOST_UTTERANCES = 37, 81
SHORT_SHARE, CLAUSE_SHARE = 0.16, 0.52
TRADITIONAL_SHARE, FULL_WIDTH_SHARE = 0.04, 0.05
OVERLAP_SHARE, SILENCE_SHARE = 0.07, 0.02
KEEP_TALKING_SHARE = 0.13
AGENTS, TEAMS = 800, 20
FIRST_START = datetime(2026, 10, 1, 8, tzinfo=timezone(timedelta(hours=8)))

WORDS = {
    "货": (
        "电饭煲 儿童手表 宽带套餐 团体保险 冷链包裹 年费会员 老人卡 智能门锁 扫地机器人 培训课程 景区门票 "
        "水费账户 燃气灶 信用卡附属卡 蓝牙耳机 酒店订单 健身年卡 奶粉 净水机滤芯 充值卡"
    ).split(),
    "地": "石家庄 无锡 佛山 合肥 昆明 大连 南昌 泉州 兰州 济南 常州 温州 海口 贵阳 太原 惠州".split(),
    "街": "文昌路 滨江大道 育才街 环城北路 学府路 青年路 开发区三街 劳动路 体育场路 湖滨街".split(),
    "姓": list("许沈韩曾彭萧蔡潘田董袁于余叶蒋杜苏魏程吕丁任姚卢傅钟"),
    "名": "建国 海燕 小雨 子涵 晓东 志远 春梅 玉兰 思琪 文博 宏伟 雅婷 佳怡 俊杰 凤英 立新".split(),
    "称": ["先生", "女士"],
    "处": "微信公众号 网上商城 自助终端 营业网点 手机应用 售后网点".split(),
    "人": "上门师傅 之前那位客服 我爱人 店里的导购 你们片区经理 配送员 物业 柜台的小姑娘".split(),
}

OPENING = (
    "您好，{处}客户服务中心，工号{四}，请问有什么可以帮您？|您好，感谢您的来电，请讲|早上好，我是{姓}{名}，很高兴为您服务|"
    "喂，哪位|您好，请问是{姓}{称}吗，这边是{货}售后回访|下午好，请问您要咨询什么业务？|您好您好，听得到吗"
).split("|")
COMPLAINT = (
    "我上个月{日}买的{货}，到今天也没给我弄好|你们那个{货}又多收了我{钱}元，这是第{数}次了|我是{地}{街}的，{货}从{日}起就不能用|"
    "{人}跟我保证三天之内解决，现在都{数}天了|我姓{姓}，单号是{八}，你自己看看记录|先前打过{数}个电话了，每次都让我等|"
    "发票一直不给我开，钱倒是收得挺快|说好的{钱}块优惠，结账的时候一分都没减|东西寄到{地}的时候外包装全烂了|"
    "你们这样做生意谁还敢买|我就想弄清楚这{钱}块到底是什么费用|上门的人态度特别差，话没说完就走了|"
    "手机尾号{四}，当时就是用这个号办的|我妈七十多岁了，被你们绕得晕头转向|别再给我发短信了，我根本没订过这个"
).split("|")
ASKING = (
    "麻烦您报一下{货}的单号，我这边核对一下|请问当时是在{处}办的还是打电话办的？|您稍等，我帮您查一下{日}的记录|"
    "方便留一个联系电话吗？尾号{四}这个还在用吗|您说的是{地}{街}那个地址，对吗|不好意思，让您久等了，系统刚才没有反应|"
    "我这里看到{日}有一笔{钱}元的扣款，您指的是这一笔吗|请您把{货}背面的编号念给我听一下|我理解，换成是我也会着急的|"
    "{姓}{称}，您先消消气，咱们一步一步来|这个不归我们部门，您打别的电话问吧|您是不是自己操作错了？|"
    "非常抱歉，给您添麻烦了，我来跟进这件事|当时{人}有没有给您留过单据？|请您不要挂机，大概需要{数}分钟"
).split("|")
ANSWERING = (
    "是的，就是{日}那一笔|{八}，你记一下|在{处}办的，当时还拍了照片|单据早扔了，谁会留那个|对，{地}{街}{数}号|"
    "我都说过一遍了，怎么又问|你们自己没有记录吗|嗯，电话还是{四}那个|{人}经手的，你去问他|那你快一点，我还在上班|"
    "编号太小了，我看不清楚|行吧，我再等等|不是，我说的是{货}，不是别的|可以，你查吧|听不太清，你大声一点"
).split("|")
SOLVING = (
    "我已经帮您登记了，工单号{八}，{数}个工作日内有人联系您|这{钱}元我们会原路退回，预计{日}到账|"
    "您可以到{地}{街}的网点换一台新的{货}|按照规定，超过七天就不能退了，我也没有办法|我给您申请{钱}元的补偿，您看可以吗|"
    "这边安排{人}明天上午上门，时间您方便吗？|您也可以在{处}里自己提交，步骤我给您讲一下|我把情况反映给主管，今天之内给您答复|"
    "保证马上就能用，绝对没有问题|这个我也不太清楚，您再等等通知吧|{货}的费用是按{数}天折算出来的，我算给您听|"
    "您看是换货，还是直接退{钱}元呢|我刚才不是跟您讲过了吗|已经为您取消了{货}的自动续费|同事会带着新的配件过去，不收您的钱"
).split("|")
REPLYING = (
    "那行，{日}之前一定要给我答复|我不要补偿，我就要你们把{货}修好|退{钱}块就退{钱}块吧，我也不想再折腾了|"
    "你说话算数吗，上次也是这么讲的|明天上午不行，{人}上次就放了我鸽子|好，这样还差不多，谢谢你|听你这么解释我就明白了|"
    "要是再不解决，我就去消协投诉|你态度还可以，我不是冲你发火|凭什么要我自己跑一趟{地}|还要等{数}天，也太久了吧|"
    "可以，那就按你说的办|算了算了，我自认倒霉|你把工单号再说一遍，是{八}吗|多谢啊，麻烦你跑前跑后的"
).split("|")
CLOSING = (
    "请问还有别的需要帮忙吗？|感谢您的来电，再见|祝您和家人身体健康，再见|稍后有一条评价短信，请您打分|那就先这样，您有事再打过来"
).split("|")
LEAVING = "没有了，谢谢|好，再见|就这些吧|嗯，挂了啊|没别的了，辛苦你".split("|")
SHORT = {
    "agent": "嗯 好的 是的 您说 明白 对的 没错 请讲 好的好的".split(),
    "customer": "嗯 对 喂 行 好 是啊 哦哦 知道了 对对".split(),
}
STARTS = "嗯 呃 那个 就是说 其实 反正 这个 然后呢".split() + [""] * 9
ENDS = "啊 呢 吧 哈 是吧 对不对 了 嘛".split() + [""] * 8
CLAUSES = (
    "因为{日}那会儿{人}说可以换一个{货}|后来{处}上显示已经办完了|结果又要重新交一份材料|主要是家里就我一个人在|"
    "而且{地}这边下雨，路不好走|当时讲得好好的，{钱}元全包|不然我也不会一直打这个电话|反正{数}天以内总要有个说法|"
    "我这边都有录音和截图|{人}也在旁边听着呢"
).split("|")

_TRADITIONAL = str.maketrans(
    "们这说话费单号码电请问为务业办经过来对帮给还处理时长钱买卖让谢满评价记录联系订货网点应该开关门员线区样点头",
    "們這說話費單號碼電請問為務業辦經過來對幫給還處理時長錢買賣讓謝滿評價記錄聯繫訂貨網點應該開關門員線區樣點頭",
)
_FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")

Template = list[str]
"""Literal texts at even places, names of slots at odd ones."""


def _templates(texts: list[str]) -> list[Template]:
    return [re.split(r"\{(.)\}", text) for text in texts]


STAGES = [
    {"agent": _templates(ASKING), "customer": _templates(COMPLAINT)},
    {"agent": _templates(ASKING), "customer": _templates(ANSWERING)},
    {"agent": _templates(SOLVING), "customer": _templates(REPLYING)},
]
FIRST, LAST, FAREWELL = _templates(OPENING), _templates(CLOSING), _templates(LEAVING)
MORE = _templates(CLAUSES)


class Speaker:
    """Fills templates about one matter, with repeatable chance."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.numbers: dict[str, Callable[[], str]] = {
            "数": lambda: str(rng.randrange(2, 90)),
            "钱": lambda: str(rng.randrange(6, 2400)),
            "四": lambda: f"{rng.randrange(10_000):04d}",
            "八": lambda: f"{rng.randrange(10**8):08d}",
            "日": lambda: f"{rng.randrange(1, 13)}月{rng.randrange(1, 29)}日",
        }

    def fill(self, template: Template) -> str:
        """The template with its slots filled."""
        filled = list(template)
        for place in range(1, len(filled), 2):
            slot = filled[place]
            filled[place] = self.numbers[slot]() if slot in self.numbers else self.rng.choice(WORDS[slot])
        return "".join(filled)

    def say(self, role: str, progress: float) -> str:
        """Something that `role` may say at this point of the call (0 to 1)."""
        pick, chance = self.rng.choice, self.rng.random
        if chance() < SHORT_SHARE:
            return pick(SHORT[role])
        stage = STAGES[min(int(progress * len(STAGES)), len(STAGES) - 1)]
        text = pick(STARTS) + self.fill(pick(stage[role]))
        if not text.endswith("？"):
            text += pick(ENDS)
        if chance() < CLAUSE_SHARE:
            text += ("" if text.endswith("？") else "，") + self.fill(pick(MORE))
        return text


def make_calls(count: int, seed: int = 1) -> Iterator[dict[str, Any]]:
    """Synthetic calls, one dictionary each, in the canonical input format."""
    rng = random.Random(seed)
    speaker = Speaker(rng)
    for index in range(count):
        utterances, ended = _dialogue(rng, speaker)
        yield {
            "call_id": f"bench{seed}-{index:07d}",
            "agent_id": f"B{rng.randrange(AGENTS):04d}",
            "team": f"G{rng.randrange(TEAMS):02d}",
            "started_at": (FIRST_START + timedelta(minutes=rng.randrange(30 * 24 * 60))).isoformat(),
            "call_type": "complaint",
            "hang_up": "agent" if rng.random() < 0.1 else "customer",
            "ended_ms": ended,
            "utterances": utterances,
        }


def _dialogue(rng: random.Random, speaker: Speaker) -> tuple[list[dict[str, Any]], int]:
    chance = rng.random
    length = rng.randrange(FEWEST_UTTERANCES, MOST_UTTERANCES + 1)
    traditional = chance() < TRADITIONAL_SHARE
    clock, role = rng.randrange(2500), "agent"
    utterances: list[dict[str, Any]] = []
    for place in range(length):
        if place == 0:
            text = speaker.fill(rng.choice(FIRST))
        elif place >= length - 2:
            text = speaker.fill(rng.choice(LAST if role == "agent" else FAREWELL))
        else:
            text = speaker.say(role, place / length)
        if traditional:
            text = text.translate(_TRADITIONAL)
        if chance() < FULL_WIDTH_SHARE:
            text = text.translate(_FULL_WIDTH)
        lasting = 250 + len(text) * rng.randrange(160, 310)
        utterances.append({"role": role, "start_ms": clock, "end_ms": clock + lasting, "text": text})
        luck = chance()
        if luck < OVERLAP_SHARE:
            clock += lasting - min(lasting // 2, rng.randrange(60, 2600))
        elif luck < OVERLAP_SHARE + SILENCE_SHARE:
            clock += lasting + rng.randrange(5000, 21_000)
        else:
            clock += lasting + rng.randrange(40, 1100)
        if chance() >= KEEP_TALKING_SHARE:
            role = "customer" if role == "agent" else "agent"
    return utterances, clock + rng.randrange(800, 4000)


def write_calls(count: int, path: Path, seed: int = 1) -> None:
    """Write calls to an NDJSON file."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for call in make_calls(count, seed):
            file.write(json.dumps(call, ensure_ascii=False, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    write_calls(int(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 1)
