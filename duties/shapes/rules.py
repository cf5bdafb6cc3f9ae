"""办理规则: the county's handling rules as they stand in one list version, typed.

Pure data. Stored flat in `ListVersion.rules`, limits in their notation; a key that a version lacks
takes the default below. Two defaults are ours because the starter file is silent: `verify_within`
(核查时限) and the share of the limit at which supervision begins. `whistle_arrivals` says how soon called
departments must be on site (报到), `settle_needs_photo` whether what is settled on the spot (当场办结) must be shown,
`whistle_weights` how a department's whistle score is made up (评哨), `whistle_watch` from which share of whistled
tickets on, in per cent, an area is pointed out (吹哨率提示), and of how many tickets.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from core.days.calendar import Limit

ALIAS_MAX, ALIASES_MAX = 20, 8
"""群众叫法: how long one may be, and how many an item may have."""
PUNISHABLE_WORDS = ("违法", "违规", "违建", "违章", "无证", "擅自", "偷", "直排", "焚烧", "私拉", "占用", "侵占")
"""A grid item with such a word in its name and without an enforcement body is asked about."""
GRID_WORDS = ("网格", "村委", "居委", "村社", "社区", "村民小组")
"""Nobody of these may punish; an enforcement body that names one stops a submission."""
ENFORCEMENT_WORDS = ("行政处罚", "行政强制", "执法")
"""What may not be given to villages."""

DEFAULTS: dict[str, Any] = {
    "return_window": "4wh",
    "return_window_urgent": "20m",
    "max_returns": 1,
    "return_requires": ["清单依据条目", "建议承办单位"],
    "dispute_within": "2wd",
    "max_extensions": 1,
    "verify_within": "2wd",
    "self_handle_sample_rate": 0.1,
    "settle_needs_photo": False,
    "callback_within": "2wd",
    "satisfaction": ["非常满意", "满意", "基本满意", "不满意"],
    "solved_options": ["已解决", "部分解决", "未解决"],
    "reopen_on": "未解决",
    "reopen_window": "15d",
    "unreachable_tries": 3,
    "supervise_shares": [0.5, 0.8, 1.0],
    "supervise_again_after": "3wd",
    "suspension_reasons": ["季节性施工", "需立项资金", "政策未明", "司法程序中", "当事人暂不配合"],
    "suspension_review_every": "30d",
    "write_up_within": "24h",
    "join_within_days": 7,
    "whistle_arrivals": {"W1": "30m", "W2": "1wd", "W3": "2wd", "W4": "3wd"},
    "whistle_weights": {"on_time_arrival": 30, "on_time_resolve": 30, "quality": 20, "public": 20},
    "whistle_watch": {"low": 10, "high": 70, "least": 20},
    "score_exclude": ["诉求违法或违背公序良俗", "恶意重复", "已进入诉讼仲裁信访终结", "信息不实查无此事"],
}


@dataclass(frozen=True)
class Rules:
    return_window: Limit
    return_window_urgent: Limit
    max_returns: int
    return_requires: tuple[str, ...]
    dispute_within: Limit
    max_extensions: int
    verify_within: Limit
    self_handle_sample_rate: float
    settle_needs_photo: bool
    callback_within: Limit
    satisfaction: tuple[str, ...]
    solved_options: tuple[str, ...]
    reopen_on: str
    reopen_window: Limit
    unreachable_tries: int
    supervise_shares: tuple[float, ...]
    supervise_again_after: Limit
    suspension_reasons: tuple[str, ...]
    suspension_review_every: Limit
    write_up_within: Limit
    join_within_days: int
    whistle_arrivals: dict[str, str]
    whistle_weights: dict[str, int]
    whistle_watch: dict[str, int]
    score_exclude: tuple[str, ...]

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Read `ListVersion.rules`; raises ValueError on a malformed limit."""
        values: dict[str, Any] = {}
        for key, default in DEFAULTS.items():
            value = stored.get(key, default)
            if key in LIMIT_KEYS:
                values[key] = Limit.parse(value)
            elif isinstance(value, list):
                values[key] = tuple(value)
            else:
                values[key] = value
        return cls(**values)


LIMIT_KEYS = frozenset(
    {
        "return_window",
        "return_window_urgent",
        "dispute_within",
        "verify_within",
        "callback_within",
        "reopen_window",
        "supervise_again_after",
        "suspension_review_every",
        "write_up_within",
    }
)
