"""The style guide: every component with sample data, on the desktop and on the phone frame.

Owns samples and nothing else; nothing here is read from the database. Shown with demo data, while
debugging, or to somebody signed in; otherwise the page does not exist.
"""

from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core import clock
from core.templatetags.charts import table_of
from core.templatetags.ui import STAGES, asset_url
from core.web.forms import CleanForm, DayField

FRAMES = {"phone": "phone.html", "plain": "plain.html"}
GRADES = [("1", "一级 紧急"), ("2", "二级 重要"), ("3", "三级 一般")]
KINDS = [
    ("drain", "沟渠堵塞"), ("trash", "垃圾堆放"), ("lampp", "路灯不亮"), ("road", "道路破损"),
    ("talk", "邻里纠纷"), ("fire", "消防隐患"), ("build", "违建苗头"), ("all", "更多 64 项"),
]  # fmt: skip
ICONS = (
    "camera plus pin phone mic check left right down more bell search filter dl ul print home list chart "
    "rank users grid doc gear clock off whistle hand reply undo ext edit warn hist qr x arrow key diff "
    "lock save visit trash drain lampp road build fire talk all user out info star up send copy party"
)


class SampleForm(CleanForm):
    """One field of every kind, two of them wrong."""

    title = forms.CharField(label="事项", max_length=16, help_text="十六个字以内，说清什么地方什么事")
    place = forms.CharField(label="具体位置", required=False)
    office = forms.ChoiceField(label="牵头部门", choices=[("", "请选择"), ("gj", "规划建设办"), ("nl", "农业农村办")])
    kind = forms.ChoiceField(label="是什么问题", choices=KINDS, widget=forms.RadioSelect)
    grade = forms.ChoiceField(label="级别", choices=GRADES, widget=forms.RadioSelect)
    helpers = forms.MultipleChoiceField(
        label="配合部门",
        required=False,
        choices=[("sl", "水利所"), ("pc", "派出所"), ("gd", "供电所")],
        widget=forms.CheckboxSelectMultiple,
    )
    until = DayField(label="答应办到哪天")
    memo = forms.CharField(
        label="补充说明", required=False, widget=forms.Textarea(attrs={"rows": 2}), help_text="可不填，可用输入法语音"
    )
    photos = forms.FileField(label="照片", required=False)
    agreed = forms.BooleanField(label="已到场核实")


@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    """All components; `?frame=phone` or `?frame=plain` puts them on another frame."""
    if not (settings.DEBUG or getattr(settings, "DEMO", False) or request.user.is_authenticated):
        raise Http404
    frame = FRAMES.get(request.GET.get("frame", ""), "desk.html")
    return render(request, "styleguide.html", {"frame": frame, **samples()})


def samples() -> dict[str, Any]:
    """Everything the page shows; also used by the tests."""
    form = SampleForm({"title": "", "kind": "drain", "grade": "2", "memo": "下雨水漫进两户人家", "agreed": "on"})
    return {
        "form": form,
        "clean_form": SampleForm(initial={"kind": "drain", "grade": "2"}),
        "icons": {name: name for name, _ in KINDS},
        "stages": [stage.key for stage in STAGES],
        "icon_names": ICONS.split(),
        "rail": _rail(),
        "nav": "queue",
        "tabs": _phone_tabs(),
        "scope_trail": [{"name": "开平市", "url": "#"}, {"name": "沙塘镇"}],
        "view_tabs": _view_tabs(),
        "periods": [{"text": t, "url": "#", "current": t == "本月"} for t in ("今日", "本周", "本月", "本季")],
        "page": {"next": "next", "previous": "previous"},
        **_ticket_samples(),
        **_figure_samples(),
    }


def _rail() -> list[dict[str, Any]]:
    def link(key: str, icon: str, text: str, count: object = "") -> dict[str, Any]:
        return {"key": key, "icon": icon, "text": text, "count": count, "url": "#"}

    return [
        {"title": "办理", "links": [link("queue", "list", "工单", 47), link("mine", "hand", "待我办", 12)]},
        {"title": "督办", "links": [link("board", "chart", "总览"), link("warn", "warn", "超时与预警", 11)]},
        {"title": "底数", "links": [link("lists", "doc", "责任清单", "草稿"), link("areas", "grid", "网格与二维码")]},
    ]


def _phone_tabs() -> list[dict[str, Any]]:
    rows = [("queue", "list", "待办", 3), ("new", "camera", "上报", ""), ("me", "user", "我的", "")]
    return [{"key": k, "icon": icon, "text": text, "count": n, "url": "#"} for k, icon, text, n in rows]


def _view_tabs() -> list[dict[str, Any]]:
    rows = [("全部在办", 47), ("待我处理", 12), ("已超时", 3), ("快到期", 8), ("待领办", 5)]
    return [{"text": text, "count": n, "url": "#", "current": n == 47} for text, n in rows]


def _photo(name: str, alt: str, caption: str = "") -> dict[str, str]:
    return {"url": asset_url(f"sample/{name}.svg"), "alt": alt, "caption": caption}


def _ticket_samples() -> dict[str, Any]:
    now = clock.now()
    steps = [
        ("点单", "16日", "done"), ("吹哨", "17日", "done"), ("领办", "42 分钟", "done"),
        ("办结", "办理中", "now"), ("核验", "轮到你", ""),
    ]  # fmt: skip
    return {
        "due": {
            "lamp": "y",
            "lamp_text": "黄灯",
            "due_at": now + timedelta(hours=7, minutes=36, seconds=30),
            "line": "今天 18:00 前办结·时限 3 个工作日",
            "percent": 72,
        },
        "late": {
            "lamp": "r",
            "lamp_text": "红灯",
            "due_at": now - timedelta(days=1, hours=17),
            "line": "应在 18日 17:30 前领办（吹哨后 4 工时），至今无人领办",
        },
        "steps": [{"text": text, "note": note, "state": state} for text, note, state in steps],
        "entries": _entries(),
        "facts": [
            {"name": "位置", "value": "红岭村口公交站旁", "url": "#", "note": ""},
            {"name": "点单人", "value": "陈先生 138****6021", "note": "（办理人可见全号）"},
            {"name": "清单", "value": "B-07 排水沟渠堵塞", "url": "#", "note": "v6"},
            {"name": "没有值的", "value": ""},
        ],
        "photos": [_photo("drain", "清理前：沟内堵满", "前"), _photo("clean", "清理后：水流通畅", "后")],
        "tickets": _tickets(),
        "act_main": {"text": "催办", "small": "今日可催 1 次", "icon": "bell", "name": "do", "value": "remind"},
        "act_others": [{"text": "补充", "icon": "camera", "url": "#"}],
        "act_more": [{"text": "撤哨", "icon": "undo", "url": "#"}, {"text": "打印", "icon": "print", "url": "#"}],
    }


def _entries() -> list[dict[str, Any]]:
    now = clock.now()
    return [
        {"title": "等待办结", "text": "承办人承诺今天 15:00 前清完余下 20 米", "waiting": True},
        {
            "icon": "reply",
            "title": "进展",
            "who": "李志强",
            "at": now - timedelta(hours=18),
            "text": "已清出淤泥约 2 方，余 20 米。沟盖板缺 3 块，已订。",
            "photos": [_photo("drain", "清理前：沟内堵满", "前"), _photo("clean", "清理后：水流通畅", "后")],
        },
        {"icon": "clock", "title": "系统提醒", "at": now - timedelta(days=1), "text": "时限已用一半", "system": True},
        {
            "icon": "qr",
            "title": "点单",
            "who": "居民扫码",
            "at": now - timedelta(days=5),
            "quote": "沟塞了，一下大雨水就漫进屋，老人家走路怕跌倒。",
            "photos": [_photo("rain", "居民拍的雨夜门口积水")],
        },
    ]


def _tickets() -> list[dict[str, Any]]:
    now = clock.now()
    rows = [
        ("ST-1118-004", "高速出口旁夜间倾倒建筑垃圾，占半幅车道", "锦星 08", "二级", "dispatched", "r", -41.0),
        ("ST-1117-012", "村口排水沟堵塞，雨水漫进两户", "红岭 07", "二级", "handling", "y", 7.6),
        ("ST-1119-036", "两户因宅基地滴水争吵多次", "塘浪 28", "三级", "handling", "b", 96.0),
    ]
    names = ("number", "title", "place", "grade", "stage", "lamp")
    return [{**dict(zip(names, row[:6], strict=True)), "due_at": now + timedelta(hours=row[6])} for row in rows]


def _figure_samples() -> dict[str, Any]:
    weeks = ["9/6", "9/13", "9/20", "9/27", "10/4", "10/11", "10/18", "10/25", "11/1", "11/8", "11/15", "本周"]
    taken = [72, 81, 77, 69, 52, 84, 88, 92, 86, 97, 103, 80]
    done = [70, 76, 79, 72, 49, 78, 90, 89, 88, 94, 101, 78]
    return {
        "kpi_lamps": [{"key": "r", "text": "红 3"}, {"key": "y", "text": "黄 8"}, {"key": "b", "text": "蓝 36"}],
        "funnel_rows": _funnel(),
        "weeks": weeks,
        "taken": taken,
        "done": done,
        "week_urls": ["#" for _ in weeks],
        "twin": table_of(weeks, {"受理": taken, "办结": done}),
        "villages": _villages(),
        "matrix": [
            {"name": name, "red": {"n": r, "url": "#"}, "yellow": {"n": y, "url": "#"}, "blue": {"n": b, "url": "#"}}
            for name, r, y, b in (("一级 紧急", 1, 1, 2), ("二级 重要", 1, 4, 14), ("三级 一般", 1, 3, 20))
        ],
        "kinds": [
            {"text": text, "url": "#", "n": n, "percent": n / 61 * 100, "note": note}
            for text, n, note in (("垃圾堆放", 61, "持平"), ("沟渠堵塞", 44, "多 16 件"), ("路灯不亮", 33, "多 4 件"))
        ],
        "ranks": [("塘浪村", 15, 15), ("清湖塘村", 20, 21), ("丽新村", 15, 16), ("锦星村", 14, 17)],
    }


def _funnel() -> list[dict[str, Any]]:
    def part(n: int, label: str, tone: str) -> dict[str, Any]:
        return {"n": n, "label": label, "tone": tone, "url": "#"}

    placed = [part(147, "网格员上报", "a"), part(118, "居民扫码", "b2"), part(21, "转办", "c2")]
    whistled = [part(115, "吹哨给部门 40.2%", "a"), part(171, "网格自办 59.8%", "hatch")]
    claimed = [part(108, "已领办 93.9%", "a"), part(5, "待领", "c2"), part(2, "退回", "c2")]
    ended = [
        part(79, "部门办结", "a"),
        part(29, "办理中", "c2"),
        part(160, "网格自办办结", "hatch"),
        part(11, "在办", "c2"),
    ]
    return [
        {"title": "点单", "total": 286, "parts": placed},
        {"title": "吹哨", "total": 115, "parts": whistled},
        {"title": "领办", "total": 108, "parts": claimed, "note": "退回 2 件待改派，均因清单未列执法主体"},
        {"title": "办结", "total": 239, "parts": ended},
    ]


def _villages() -> list[dict[str, Any]]:
    shown = [("沙塘社区", [19, 14, 11, 8]), ("红岭村", [13, 8, 6]), ("锦星村", [9, 7, 5]), ("芙冈村", [8, 6])]
    return [
        {
            "name": name,
            "total": sum(counts),
            "cells": [
                {
                    "count": n,
                    "step": f"h{min(5, n // 4 + 1)}",
                    "url": "#",
                    "label": f"{name} {k:02d} 网格 {n} 件" + ("，有红灯" if n == 19 else ""),
                    "red": n == 19,
                }
                for k, n in enumerate(counts, 1)
            ],
        }
        for name, counts in shown
    ]
