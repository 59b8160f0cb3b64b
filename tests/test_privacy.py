"""What identifies a person is masked, one code point for one, and nothing else is.

In the cases 【】 marks what must be masked (separators inside may stay), `|` parts turns, A/C/U tells who speaks.
"""

from __future__ import annotations

import random
import re
import string
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum import luhn

from qa_analyzer.batch import Batch, BatchSettings, build_batch
from qa_analyzer.model import Call, Role, Utterance, calls_to_columns
from qa_analyzer.privacy import MASK, Kind, mask_string, masked_points, numbers_in, personal_spans, spans_in
from qa_analyzer.text import to_string

BACKCHANNELS = ("嗯", "嗯嗯", "好的", "好", "对", "是", "是的", "哦", "行")
ROLES = {"A": Role.AGENT, "C": Role.CUSTOMER, "U": Role.UNKNOWN, "S": Role.SYSTEM}
SEPARATORS = set(" -—–·.,，、。！？!?…")


def call_of(lines: Sequence[str], *, cut: int = 0, call_id: str = "c") -> Call:
    """A call of lines like `C你好`; each is cut into utterances of `cut` code points."""
    utterances = []
    for line in lines:
        said = line[1:]
        pieces = [said[place : place + cut] for place in range(0, len(said), cut)] if cut else [said]
        utterances += [Utterance(piece, ROLES[line[0]]) for piece in pieces]
    return Call(call_id, tuple(utterances))


def batch_of(*calls: Call) -> Batch:
    return build_batch(calls_to_columns(list(calls)), BatchSettings(backchannels=BACKCHANNELS))


def masked(*lines: str, cut: int = 0) -> str:
    """The turns of a call, masked, joined by |."""
    return to_string(masked_points(batch_of(call_of(lines, cut=cut)))).rstrip("\n").replace("\n", "|")


def lines_of(case: str) -> list[str]:
    return [part if part[0] in ROLES else "C" + part for part in case.split("|")]


def faults(case: str, *, cut: int = 0) -> tuple[str, str]:
    """(characters left open that should be masked, characters masked that should stay) of a marked case."""
    lines = lines_of(case)
    bare = [re.sub("[【】]", "", line) for line in lines]
    got = masked(*bare, cut=cut).replace("|", "")
    text = "".join(line[1:] for line in lines)
    leaked, wrong, inside, place = [], [], False, 0
    for character in text:
        if character in "【】":
            inside = character == "【"
            continue
        hidden = got[place] == MASK
        if inside and not hidden and character not in SEPARATORS:
            leaked.append(character)
        if hidden and not inside:
            wrong.append(character)
        place += 1
    return "".join(leaked), "".join(wrong)


# --- numbers that must be masked, as people say and recognisers write them ---------------------

MOBILES = [
    "我的手机号是【13800138000】",
    "【15912345678】",
    "你打【186 1234 5678】这个电话",
    "电话【138-0013-8000】，随时打",
    "号码是【138，0013，8000】",
    "【138。0013。8000】",
    "联系我 +【86 139 1234 5678】",
    "【0086-13912345678】",
    "【8613912345678】这个号",
    "【１３８００１３８０００】是我的号",
    "我电话【一三八零零一三八零零零】",
    "我电话是【幺三八零零幺三八零零零】谢谢",
    "手机号【幺三九，幺二三四，五六七八】",
    "【幺三九】嗯【幺二三四】呃【五六七八】",
    "【幺三九】然后【幺二三四】然后【五六七八】",
    "【幺八六】那个【零零幺三】就是【八零零零】",
    "记一下啊【幺五九】、【幺二三四】、【五六七八】",
    "【1 3 8 0 0 1 3 8 0 0 0】",
    "【138零零幺三8000】",
    "【幺三八00幺三8000】你记好",
    "【一三八洞洞幺三八洞洞洞】",
    "【幺勾八拐六五四三二幺洞】",
    "【一 三 八 零 零 一 三 八 零 零 零】",
    "我打的这个号就是，【13712345678】，你看一下",
    "您记一下【13712345678】吧，随时可以打",
    "是【17012345678】不是【17012345679】",
    "之前留的是【13512345678】现在换成【13587654321】了",
    "【13800138000】，【13900139000】两个都行",
    "我姓什么不重要，电话【13300001111】",
    "微信同号【19912345678】",
    "你记【166-8888-9999】好吧",
    "【幺三八零零幺三八三个零】",
    "【幺三九两个八六七八九零幺】",
    "【要三八零零幺三八零零零】",
    "【幺三八灵灵幺三八灵灵灵】",
    "今年35岁，电话【13812345678】，住3号楼",
    "尾号5678的那个，全号是【13912345678】",
    "订单号20231121000123，电话【13912345678】",
    "快递单号是SF1234567890123手机号是【13912345678】",
    "我手机号码【1 3 9 , 1 2 3 4 , 5 6 7 8】",
    "手机(【138】)【00138000】",
    "（客户来电【13800138000】）你好",
    "我那个手机号呢是【一三五，二四六八，幺三五七】",
    "【一八六】，嗯，我看一下啊，【一二三四，五六七八】",
    "打【幺三八零零幺三八零零零】或者【零幺零八八八八六六六六】",
    "手机号是【1380013800】，好像少一位",
    "联系电话【幺三八零零幺三八零零】",
    "我手機號碼是【13800138000】",
    "聯繫電話零九不是，【幺三八零零幺三八零零零】",
    "【138.0013.8000】",
    "【138–0013–8000】",
    "【138 0013 四个零】",
    "打【幺三八，零零幺三，八千】。",
    "开头【138】，中间【0013】，最后四位【8000】",
]
LANDLINES = [
    "座机【010-88886666】",
    "(【021】)【66889900】",
    "家里电话【0571 8888 6666】",
    "【零二一，六六八八九九零零】",
    "区号【零五七幺】，电话【八八八八六六六六】",
    "【075588886666】",
    "单位电话是【0755-88886666】转【8001】",
    "【010—88886666】转【801】",
    "座机号码是【88886666】",
    "你打座机【六六八八九九零零】",
    "我家固话【02166889900】",
    "电话【0311-8765432】",
    "【零幺零】杠【八八八八六六六六】",
    "+【86 10 8888 6666】",
]
SPLIT = [
    "C我的号码是【幺三八】|A嗯|C【零零幺三】|A您继续|C【八零零零】",
    "C【幺三八】|A【幺三八】|C【零零幺三】|A【零零幺三】|C【八零零零】|A【八零零零】对吧",
    "C【138】|A好的|C【00138000】",
    "A您的手机号是多少|C【138】|A嗯【138】|C【0013】|A【0013】|C【8000】|A好的【13800138000】对吗",
    "C【139 1234】|A嗯嗯，您说|C【5678】",
    "C【幺八六】，嗯|A好|C然后【一二三四】|A后面呢|C【五六七八】",
    "C手机【13912345678】|A跟您核对一下，【139，1234，5678】",
    "C【幺三九幺二三四五六七八】|A您的号码是【13912345678】是吧|C对",
    "A请报一下手机号|C【1】|A嗯|C【39】|A嗯|C【12345678】",
    "C【幺三九】|A嗯，我记一下|C【幺二三四】|A记下了，继续说|C【五六七八】",
    "U【幺三九】|U嗯|U【幺二三四】|U好的您继续|U【五六七八】",
    "A电话多少|C【88886666】",
    "C身份证【110101】|A嗯|C【19900307】|A好的|C【1234】",
    "C卡号【6222】|A嗯|C【0212】|A嗯|C【3456】|A嗯|C【7890】|A嗯|C【128】",
    "C【零二一】|A嗯|C【六六八八九九零零】",
    "C【幺三九】|A好的我这边帮您登记一下您慢慢说不着急|C【幺二三四】|A嗯嗯我在听着呢您继续讲吧|C【五六七八】",
    "C【139】|A您说的是【139】开头的对吧|C【12345678】",
    "C【136】|A稍等一下，好您说|C【1234】|A嗯|C【5678】|A【136】，【1234】，【5678】，对吧",
]


def checked(body: str) -> str:
    """An identity number with its check character, by the weights of GB 11643 (not by the library under test)."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True))
    return body + "10X98765432"[total % 11]


IDENTITY = checked("11010119900307123")
IDENTITY_X = "11010519491231002X"
"""The example that the standard itself prints."""
SPOKEN = str.maketrans("0123456789", "零幺二三四五六七八九")
_SAID = IDENTITY.translate(SPOKEN)
IDENTITIES = [
    f"【{_SAID[:6]}】，【{_SAID[6:10]}】年，【{_SAID[10:12]}】月【{_SAID[12:14]}】，【{_SAID[14:]}】",
    f"【{_SAID[:6]}】，【{_SAID[6:10]}】年【三】月【七】号，后面【{_SAID[14:]}】",
    f"身份证【{_SAID[:6]}】，生日【{_SAID[6:14]}】，后面【{_SAID[14:]}】",
    "身份证【幺幺零幺零幺】，【一九九零】年【三】月【七】号，后面【幺二三四】",
    f"身份证号【{IDENTITY}】",
    f"【{IDENTITY}】",
    f"【{IDENTITY[:6]} {IDENTITY[6:14]} {IDENTITY[14:]}】",
    f"身份证是【{IDENTITY_X}】",
    f"【{IDENTITY_X.lower()}】",
    f"证件号【{IDENTITY_X[:17].translate(SPOKEN)}叉】",
    f"【{IDENTITY_X[:17].translate(SPOKEN)}艾克斯】",
    f"【{IDENTITY.translate(SPOKEN)}】这个是我的证件",
    f"身份证号是【{IDENTITY[:17]}{(int(IDENTITY[17]) + 1) % 10}】",
    "身份证号码【110101900307123】",
    f"订单号【{IDENTITY}】",
    f"我的身份证号码【{IDENTITY[:6].translate(SPOKEN)}，{IDENTITY[6:10].translate(SPOKEN)}，{IDENTITY[10:14].translate(SPOKEN)}，{IDENTITY[14:].translate(SPOKEN)}】",
    f"您的身份证【{IDENTITY[:10]}，{IDENTITY[10:]}】对吗",
]
CARD = "6222021234567890" + luhn.calc_check_digit("6222021234567890")
CARD_19 = "622202123456789012" + luhn.calc_check_digit("622202123456789012")
CARDS = [
    f"卡号【{CARD}】",
    f"【{CARD_19}】",
    f"【{CARD_19[:4]} {CARD_19[4:8]} {CARD_19[8:12]} {CARD_19[12:16]} {CARD_19[16:]}】",
    "【4111111111111111】",
    "银行卡号是【6222021234567890123】",
    f"我的卡【{CARD_19.translate(SPOKEN)}】",
    "卡号是【六二二二零二幺二三四五六七八九零幺二三】",
    "【5500 0000 0000 0004】",
    f"工商银行卡【{CARD_19[:6]} {CARD_19[6:]}】",
    "储蓄卡卡号【6228 4800 1234 5678 917】",
]
ADDRESSES = [
    "邮箱【zhangsan@163.com】",
    "发到【zhang.san_99@qq.com】吧",
    "我的邮箱是【zhangsan艾特163点com】",
    "【lisi 圈a qq 点 com】",
    "邮箱【w a n g 幺二三 艾特 幺六三 点 com】",
    "【123456789@qq.com】",
    "发【一二三四五六艾特qq点com】",
    "【zhangsan at gmail点com】",
    "【ZhangSan＠Example.COM.CN】",
    "【zhang下划线san艾特sina点com点cn】",
    "【a.b@c.cn】和【d@e.org】",
    "C邮箱是【zhangsan】|A嗯|C【艾特163点com】",
    "邮箱是【zhangsan】然后【艾特qq点com】",
    "C我的邮箱前面是【abc】|A嗯|C后面【艾特163点com】",
    "邮箱是【王五艾特163点com】",
]
PLATES = [
    "车牌【京A12345】",
    "我的车是【粤BD12345】",
    "【沪A·12345】",
    "【浙a一二三四五】",
    "【京A 8K 2 3 5】",
    "【苏E，1，2，3，4，5】",
    "车牌号【川A12F45】停在楼下",
    "新能源【粤AF12345】",
    "【京a12345警】",
    "C我的车是【京A】|A【京A】，嗯|C【8K】|A嗯，【8K】|C【235】",
    "C车牌【苏E】|A好的您继续|C【幺二三】|A嗯|C【四五】",
    "【川A】，对，【12345】",
    "【川，A】，【12345】",
]
NUMBER_CASES = MOBILES + LANDLINES + SPLIT + IDENTITIES + CARDS + ADDRESSES + PLATES

NAME_CASES = [
    "我叫【张伟】",
    "你好我叫【王小明】，想查一下",
    "我叫【张伟】手机尾号1234",
    "我叫【李娜】我想退货",
    "我叫【刘来福】，你好",
    "我叫【欧阳娜娜】",
    "我姓【王】",
    "免贵姓【欧阳】",
    "本人姓【陈】，【陈】述的【陈】",
    "我姓【王】，单名【磊】",
    "我的名字是【赵敏】",
    "我的名字叫【周杰】",
    "名字叫【孙丽华】",
    "姓名是【孙丽华】，帮我查",
    "我叫做【李强】",
    "A您贵姓|C【王】",
    "A您好请问您贵姓|C免贵姓【王】|A好的【王】先生，请讲",
    "A请问怎么称呼您|C嗯，我叫【张伟】|A好的【张伟】先生|C对|A【张】先生您好",
    "A怎么称呼|C【李】女士|A【李】女士您好",
    "A请问您怎么称呼|C嗯|A您说|C姓【陈】",
    "A请问是【王建国】先生吗|C是的|A【王】先生，您好，【王建国】对吧",
    "A请问是【李】女士吗|C嗯",
    "A请问您是【张伟】吗|C是我",
    "A喂，您是【司马】先生吗|C对",
    "A您的姓名是什么|C【周涛】|A【周涛】，好的",
    "A您叫什么名字|C【周涛】。",
    "A您叫【周涛】对吧|C对",
    "A您好，我叫李娜，工号1001，为您服务|C我叫【李伟】",
    "C我叫【张伟】|A好的|C登记的也是【张伟】|A【张伟】是吧",
    "我叫【買買提·艾力】",
    "我姓【張】",
    "免贵，姓【黄】",
    "我姓那个，【黄】",
    "A请问您贵姓|C呃，免贵，姓【黄】",
    "C我叫|A您说|C【王小明】",
    "我叫【迪丽热巴】。",
    "我叫【禤国强】，你好",
    "我姓【高】，【高】兴的【高】",
]

STAY = """订单号是13812345678
订单号是12345678
工单号20231121000123
您的工单号是20231121，请您记一下
运单号75312345678901
SF8616842078729这个快递
快递单号SF1234567890123
单号YT8812345678901
流水号4200001234202311211234567890
编号是13512345678
我的订单编号一三八一二三四五六七八
订单号一二三四五六七八九零
受理编号是幺三八幺二三四五六七八
我充了150，2000，1999元
一共13800元，分12期
扣了我一千三百八十块
一万三千八百
二十四个月
2023年11月21日15点30分
二零二三年十一月二十一号
2023-11-21 09:03:00
我是11月3号15点买的，花了2999
你打10086
拨打400-820-8820
客服热线4008208820
8008108888是免费电话
12315投诉你
110都来了
95588转人工
工号10086为您服务
工号8238，很高兴为您服务
我的工号是138001
手机尾号是8000
手机号后四位1234
身份证后六位123456
卡尾号6789
银行卡尾号六七八九
型号KFR-35GW/26
iPhone 13 256G
型号是MI13800
第一二三四五六个
一二三四五六七八九十
三二一，一二三
一个两个三个四个五个六个七个八个
一三五七九，二四六八十
密码123456
验证码是839201
验证码八三九二零幺
3个工作日，7天，15天，30天
一三五限行，二四六不限
我等了两个小时零五分钟
零零后，八零后，九零后
一五一十地说
三七二十一
不管三七二十一都得退
周一到周五九点到六点
七八个人，三四次，五六百块
十八点三十分
百分之八十五点五
余额还有1380.5元
流量用了13.8G
IP地址192.168.100.101
版本号1.38.0013.8000
3.1415926
0.13800138
合同号HT13800138000123
设备序列号861234567890123
IMEI是861234567890126
交易号13800138000138001380
积分12345678分
合计138001380元
快递13812345678
会员号138000138
户号1234567890
发票号码12345678
2023112113800
一号楼二单元三零幺室
我家住五零三
房间号一三零八
航班CA1388，车次G138
十三点八
幺幺零
幺幺九
打幺二三幺五
幺零零八六
九五五八八
一八年一九年二零年都买过
从一三年到一八年
三G四G五G
一楼二楼三楼
一起来，一直等，一共一千
什么怎么那么多么
要么三天要么五天
1，2，3，4，5，6，7
180，150，200块
10:30到11:45
比例是1:3:8
满减300-50
199元套餐，30GB，500分钟
15921元
网速100兆，才13兆
一二一二一二
我叫你们领导来
我叫了外卖
我叫不到车
我叫你半天了
我叫他来
我叫师傅上门
我叫王师傅来修
我叫个车
我叫马上来人
我叫滴滴
我叫车去了
我叫单位的人来
我叫你退款你不退
我姓什么你都不知道
你贵姓啊
我叫什么不重要
我叫家里人来
我叫老公来
你叫什么名字
客服叫我等三天
你叫经理来
名字是对的
姓名不对
我的名字你不用知道
他叫我明天来
工号1234李娜为您服务
请问是单独购买吗
请问是手机吗
请问是安装吗
您是要退货吗
请问是哪位先生
先生您别着急
女士您好
张经理说可以
是先生您自己办的吗
请问是金卡用户吗
新A4纸
新iPhone15
新款x5 2023
京东商城
云南A区
京a是什么意思
艾特我一下
点开com口
他说特别好
三点com
订单号是13812345678，对，13812345678
A订单号是多少|C20231121000123
A您的工单号是13812345678，请记一下|C好的
A您好，我叫李娜，工号1001|C你好
A您好工号1234李娜为您服务|C嗯
C你贵姓|A免贵姓李，工号1001
A订单号是多少|C零幺九零六零八幺三八六二
A尾号多少|C1234
A密码几位|C六位
C三|A嗯|C五|A好的|C八
A请问订的是13号还是15号|C13号|A好的，8点到9点|C嗯
C12|A嗯|C34|A嗯|C56
C我要查12月|A12月3号|C对，13号
A编号是138|C嗯|A00138|C嗯|A000
A热线是4008208820|C4008208820是吧
C退款金额1380|A1380对吧|C对，1380元
C我打了110，12315，12345都没用
C新A|A嗯|C我要退12345块
C云A|A好的|C12345678
我在京C，一共是12345块
我住粤B区，电话12345
黑A是哈尔滨，一二三四五
C豫a|A嗯|C我等了3天打了5次
C13号|A您是13号下的单吗|C12号
A请问多大年纪|C35|A您的地址是哪里呢|C5号楼|A好的
我买了139，2004，八千块
充了一千三，八千。
C我叫|A您说|C你们经理来
我叫那个，师傅来
我姓倒着写
我姓那个什么来着
我要是骗你我姓都跟你姓
A请稍等|C等了10分钟，20分钟，30分钟""".splitlines()


@pytest.mark.parametrize("case", NUMBER_CASES)
def test_a_number_is_masked_whole_and_alone(case: str) -> None:
    """Telephone, identity, card numbers, addresses and plates are masked; the words around them stay."""
    assert faults(case) == ("", "")


@pytest.mark.parametrize("case", NAME_CASES)
def test_a_name_that_is_given_away_is_masked_wherever_its_call_says_it(case: str) -> None:
    """Names after a cue or in the answer to a question are masked, later mentions too; an agent's own name stays."""
    assert faults(case) == ("", "")


@pytest.mark.parametrize("case", STAY)
def test_what_identifies_nobody_stays(case: str) -> None:
    """Order numbers, amounts, dates, hotlines, tail numbers, models and everyday words are left alone."""
    assert faults(case) == ("", "")


# --- recall and false masks over many forms ---------------------


def test_recall_and_false_masks_reach_the_goal() -> None:
    """Of the digits written and spoken here at least 98 % are masked, of the harmless characters at most 1 %."""
    wanted = sum(len(re.sub("[^【】]*【|】[^【】]*", "", case)) for case in NUMBER_CASES)
    leaked = sum(len(faults(case)[0]) for case in NUMBER_CASES)
    assert leaked <= 0.02 * wanted
    assert sum(faults(case) != ("", "") for case in STAY) <= 0.01 * len(STAY)


@pytest.mark.parametrize("cut", [1, 2, 3, 5])
def test_the_cut_into_utterances_changes_nothing(cut: int) -> None:
    """Numbers split over the utterances of a turn are found as if they were said in one."""
    for case in (*NUMBER_CASES, *NAME_CASES, *STAY):
        bare = [re.sub("[【】]", "", line) for line in lines_of(case)]
        if not any("（" in line for line in bare):  # an event ends with its utterance
            assert masked(*bare, cut=cut) == masked(*bare), case


# --- spans ---------------------


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("手机13800138000", Kind.PHONE),
        ("座机010-88886666", Kind.PHONE),
        (IDENTITY, Kind.IDENTITY),
        (f"卡号{CARD}", Kind.CARD),
        ("a.b@c.cn", Kind.EMAIL),
        ("京A12345", Kind.PLATE),
        ("我叫张伟", Kind.NAME),
    ],
)
def test_a_span_says_what_was_masked(text: str, kind: Kind) -> None:
    """The kind of each span tells what it was, in a batch and in a string."""
    assert set(personal_spans(batch_of(call_of([f"C{text}"]))).kind.tolist()) == {kind}
    assert set(spans_in(text).kind.tolist()) == {kind}


def test_the_check_character_decides_without_a_cue() -> None:
    """The standard's example is an identity number; with any other check character it is just a long number."""
    assert checked(IDENTITY_X[:17]) == IDENTITY_X
    for character in "0123456789X":
        masked_whole = mask_string(f"给你{IDENTITY_X[:17]}{character}") == "给你" + MASK * 18
        assert masked_whole == (character == "X"), character


def test_spans_are_sorted_and_disjoint() -> None:
    """Spans come in order of the text and never overlap."""
    spans = personal_spans(crowd())
    assert len(spans) > len(NUMBER_CASES)
    assert np.all(spans.start < spans.end)
    assert np.all(spans.start[1:] >= spans.end[:-1])


def crowd() -> Batch:
    cases = [*NUMBER_CASES, *NAME_CASES, *STAY]
    return batch_of(*(call_of([re.sub("[【】]", "", line) for line in lines_of(case)]) for case in cases))


def test_a_call_alone_is_masked_as_in_a_crowd() -> None:
    """Neighbours in the batch change nothing: neither numbers nor names cross from call to call."""
    cases = [*NUMBER_CASES, *NAME_CASES, *STAY]
    together = to_string(masked_points(crowd()))
    alone = "".join(
        to_string(masked_points(batch_of(call_of([re.sub("[【】]", "", line) for line in lines_of(case)]))))
        for case in cases
    )
    assert together == alone


def test_digits_of_neighbouring_calls_are_no_number() -> None:
    """138 at the end of one call and 00138000 at the start of the next stay."""
    batch = batch_of(call_of(["C138"], call_id="a"), call_of(["C00138000"], call_id="b"))
    assert to_string(masked_points(batch)) == "138\n00138000\n"


def test_a_name_is_masked_in_its_own_call_only() -> None:
    """What one customer is called says nothing about another call."""
    batch = batch_of(call_of(["C我叫张伟"], call_id="a"), call_of(["C张伟是谁"], call_id="b"))
    assert to_string(masked_points(batch)) == "我叫**\n张伟是谁\n"


def test_an_empty_turn_and_an_empty_string_are_harmless() -> None:
    """Nothing in, nothing masked."""
    assert masked("C") == ""
    assert mask_string("") == ""


# --- strings: ids, file names, logs ---------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("rec_13800138000_20231121.wav", "rec_***********_20231121.wav"),
        ("13800138000", "***********"),
        ("C13800138000", "C***********"),
        ("calls/2023/11/21/call-000123.json", "calls/2023/11/21/call-000123.json"),
        ("c1-00000042", "c1-00000042"),
        ("f81d4fae-7dec-11d0-a765-00a0c91e6bf6", "f81d4fae-7dec-11d0-a765-00a0c91e6bf6"),
        ("1700000000000", "1700000000000"),
        ("2026-11-21T09:03:00+08:00", "2026-11-21T09:03:00+08:00"),
        ("zhang.san@example.com", "*********************"),
        ("第3轮 end_ms 900 早于 start_ms 1200", "第3轮 end_ms 900 早于 start_ms 1200"),
        ("客户：我叫张伟\n客服：张先生您好", "客户：我叫**\n客服：张先生您好"),
        ("a\ud800b13800138000", "a\ud800b***********"),
    ],
)
def test_a_plain_string_is_masked_like_speech(text: str, expected: str) -> None:
    """Ids, file names, messages: personal numbers go, everything else stays as it is."""
    assert mask_string(text) == expected


# --- properties ---------------------

PIECES = st.sampled_from(
    [
        *"0123456789零一幺二两三四五六七八九十百点洞拐勾么灵Xx叉@.-，。 ,、:()（）*",
        *["138", "0013", "8000", "13800138000", "010", "订单号", "手机号是", "身份证", "卡号", "尾号", "元"],
        *["嗯", "然后", "您继续", "不是", "转", "京A", "艾特", "点com", "qq"],
        *["我叫", "我姓", "贵姓", "怎么称呼", "张伟", "王", "先生", "请问是", "吗"],
        *["三个", "一下", "四位", "工号", "\n", "😀", "張", IDENTITY, CARD],
    ]
)
LINES = st.lists(
    st.tuples(st.sampled_from("ACU"), st.lists(PIECES, min_size=1, max_size=12).map("".join)), min_size=1, max_size=6
)


@settings(max_examples=300, deadline=None)
@given(LINES)
def test_masking_keeps_the_length_and_every_other_character(lines: list[tuple[str, str]]) -> None:
    """One code point for one: outside the spans the text is as given, inside it is all `*`."""
    batch = batch_of(call_of([role + said.replace("\n", " ") for role, said in lines]))
    spans, points = personal_spans(batch), masked_points(batch)
    inside = np.zeros(len(points), np.bool_)
    for start, end in zip(spans.start, spans.end, strict=True):
        inside[start:end] = True
    assert np.all(points[inside] == ord(MASK))
    assert np.array_equal(points[~inside], batch.points[~inside])
    assert not np.any(batch.points[inside] == ord("\n"))


@settings(max_examples=300, deadline=None)
@given(LINES)
def test_masking_twice_is_masking_once(lines: list[tuple[str, str]]) -> None:
    """What is masked gives no reason to mask more."""
    said = [role + text.replace("\n", " ") for role, text in lines]
    once = to_string(masked_points(batch_of(call_of(said)))).rstrip("\n").split("\n")
    roles = [ROLES_BACK[role] for role in batch_of(call_of(said)).turn_role.tolist()]
    again = [role + text for role, text in zip(roles, once, strict=True)]
    if len(again) == len(said):  # turns merge where one speaker goes on: then the second reading has other turns
        assert masked(*again).split("|") == once


ROLES_BACK = {int(role): letter for letter, role in ROLES.items()}


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=30).map("".join))
def test_a_masked_string_keeps_its_length_and_is_masked_once(text: str) -> None:
    """The same for strings."""
    once = mask_string(text)
    assert len(once) == len(text)
    assert all(after in (before, MASK) for before, after in zip(text, once, strict=True))
    assert mask_string(once) == once


@settings(max_examples=200, deadline=None)
@given(LINES, LINES)
def test_calls_do_not_influence_each_other(one: list[tuple[str, str]], other: list[tuple[str, str]]) -> None:
    """Two calls in a batch are masked as each alone."""
    calls = [
        call_of([role + said.replace("\n", " ") for role, said in lines], call_id=name)
        for name, lines in (("a", one), ("b", other))
    ]
    together = to_string(masked_points(batch_of(*calls)))
    assert together == "".join(to_string(masked_points(batch_of(call))) for call in calls)


@settings(max_examples=100, deadline=None)
@given(st.integers(10**9, 2 * 10**9 - 1), st.integers(0, 2**32))
def test_any_mobile_number_is_found_in_any_spelling(serial: int, seed: int) -> None:
    """Written, spoken, mixed, grouped, with fillers: eleven digits from 13 to 19 are a telephone number."""
    chance = random.Random(seed)
    digits = "1" + str(3 + serial % 7) + str(serial)[1:]
    spelt = ""
    for place, digit in enumerate(digits):
        if place in (3, 7):
            spelt += chance.choice(["", "，", "嗯", " ", "-", "然后", "，呃，", "，那个，"])
        spelt += chance.choice([digit, digit.translate(SPOKEN)])
    got = mask_string(f"号码{spelt}谢谢")
    assert not set(got) & set(string.digits + "零幺二三四五六七八九")


# --- hostile input ---------------------


@pytest.mark.parametrize("piece", ["1", "1 ", "一，", "138嗯", "a@", "我叫", "京A", "13800138000，", "六二二二"])
def test_long_repetition_takes_linear_time(piece: str) -> None:
    """Twenty thousand characters of repetition are read in about a second."""
    text = piece * (20_000 // len(piece))
    assert len(mask_string(text)) == len(text)
    assert len(numbers_in("")) == 0
    assert len(personal_spans(batch_of(call_of([f"C{text}"])))) >= 0
