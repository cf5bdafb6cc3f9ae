"""What staff of the demo say on the way: by what kind of work an item is. What the matter itself is: `matters`."""

import re
from enum import StrEnum


class Work(StrEnum):
    """Something to mend, somebody to be held to a rule, or people to be helped."""

    MEND = "mend"
    ENFORCE = "enforce"
    PEOPLE = "people"


ENFORCED = re.compile(r"A0[1248]|A11|B0[2-46-8]|D0.|E0.|H0[23]|I0[12]|J01")
FOR_PEOPLE = re.compile(r"F0.|G0.|H04|I03|K01|L0.")
"""The codes of the items at which somebody is held to a rule, and of those that are about people."""


def work_of(code: str) -> Work:
    if ENFORCED.fullmatch(code):
        return Work.ENFORCE
    return Work.PEOPLE if FOR_PEOPLE.fullmatch(code) else Work.MEND


PROGRESS = {
    Work.MEND: ["已联系施工队，明早进场。", "现场已围护，材料已订。", "处理过半，余下部分今天完成。"],
    Work.ENFORCE: ["已到场核实并发出整改通知，限期三日。", "当事人答应整改，明天复看。", "已清理一半，余下今天完成。"],
    Work.PEOPLE: ["已上门了解情况，正协调。", "已约双方明天下午面谈。", "材料已收齐，正按程序走。"],
}
MEASURES = {
    Work.MEND: [
        "网格已先做围护和提示，缺设备和专业人员。",
        "村里请人看过，超出小修小补的范围。",
        "已通知产权单位，未见来人，按清单请主办部门处理。",
    ],
    Work.ENFORCE: [
        "已上门劝导两次，本级没有执法权。",
        "村里发过提示并拍照留底，当事人不听，请主办部门处理。",
        "已当场劝停，需要执法部门到场核实。",
    ],
    Work.PEOPLE: [
        "已上门见面两次，网格内解决不了，请专业部门接手。",
        "村里已先安抚并记下诉求，按清单请主办部门办理。",
        "已核对基本情况，政策由主办部门解释更清楚。",
    ],
}
EXTENSIONS = {
    Work.MEND: ["配件须外地调货，已下单。", "要等交叉的管线先迁，已排期。"],
    Work.ENFORCE: ["当事人申请自行整改，已同意宽限两天。", "要等检测报告才能定性。"],
    Work.PEOPLE: ["当事人外出，约好后天面谈。", "还差一份外地证明，正在函调。"],
}
ANSWERS = {
    Work.MEND: ["已安排人员，明日完成。", "等配件到货，已告知当事人。"],
    Work.ENFORCE: ["已再次到场，明天上午复查。", "整改通知已送达，今天现场督促。"],
    Work.PEOPLE: ["已与当事人约好时间，明天见面。", "正在走程序，已向当事人说明。"],
}
SHARES = {
    Work.MEND: ["已到场配合，本单位部分完成。", "已核对管线图，意见给牵头单位。"],
    Work.ENFORCE: ["已到场配合检查，意见给牵头单位。", "已协助取证，材料移交牵头单位。"],
    Work.PEOPLE: ["已一起上门，政策部分讲清。", "已核查登记情况，反馈给牵头单位。"],
}
FAILS = {
    Work.MEND: ["现场还没完全修好，未达结案标准。", "只处理了一半，请补齐。"],
    Work.ENFORCE: ["现场又出现同样情况，未达结案标准。", "只清了一半，请补齐。"],
    Work.PEOPLE: ["当事人说还没谈清，未达结案标准。", "有一项没有办，请补齐。"],
}
UNSOLVED = {
    Work.MEND: ["第二天又坏了。", "没有真正修好，还是老样子。"],
    Work.ENFORCE: ["第二天又出现同样情况。", "人一走又照旧。"],
    Work.PEOPLE: ["答应的事还没有办。", "没有真正解决，还是老样子。"],
}
UNFOUNDED = ["到场查看，未见所述情况。", "多方了解，所说的情况已自行消除。", "与反映人核对，是隔邻村的事，已转告。"]
WHY_BACK = "清单所列事项与现场不完全相符，建议重新核定牵头单位。"
DISPUTES = ["现场涉及两家单位，牵头不明，建议会商。", "本单位可以配合，牵头应以清单所列为准。"]
QUESTIONS = ["由谁牵头、谁配合，几天办完", "权属还在核对，先由谁处理"]
MINUTES = ["各单位一致同意：由牵头单位先行处置，其余单位按分工配合，七日内回看。"]
SUSPENDABLE = frozenset(["A07", "B05", "C02", "C03", "C04", "C07", "C08", "D02", "H01", "J02"])
"""What is mended with money that has to be granted."""
PRESSED = ["已超过答应的日子，请今天回复。", "同一处一周内两次反映，请到场说明。"]
# step, item ("" for all), words
REPLIES = [
    ("report_done", "", "已到现场处理完毕，恢复原状，照片为证。"),
    ("report_done", "C02", "路灯已修复，今晚复看亮灯正常。"),
    ("report_done", "C04", "管渠已疏通，积水已退，下次降雨再复看。"),
    ("progress", "", "已联系点单居民，约定今天上门。"),
    ("progress", "", "材料已订，到货后三个工作日内完成。"),
    ("decline", "", "经现场核实，未发现所反映的情况；如再次出现，请随时点单。"),
    ("return", "", "按责任清单，此事项不属本单位职责，建议改派牵头部门。"),
    ("verify_fail", "", "现场仍有残留，未达结案标准，请补办后再报。"),
    ("supervise", "", "请于期限内办结并回复，逾期将列入通报。"),
]
OWN_REPLIES = [("progress", "", "今天雨大，雨停后马上施工。"), ("report_done", "", "已办妥，户主在场确认。")]
VIEWS = [("圩镇市政", "view=open&category=C", True), ("本镇重要件", "view=open&grade=important", False)]
ADDED = ["又严重了一些，请快点来。", "今天还是一样，补充说一下。", "家里有人，随时可以来看。"]
