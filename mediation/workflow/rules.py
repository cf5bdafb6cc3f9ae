"""The rules of mediation that a county may want to know or change, each in this one place. Pure; asks no database."""

from datetime import date, datetime, time, timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

FOLLOW_UP_AFTER = timedelta(days=30)
"""How long after an agreement (or a visit that found it half kept) it is asked whether it is kept."""
FOLLOW_UP_SOON = timedelta(days=7)
"""From how many days before its day on a follow-up shows a yellow lamp."""
REMIND_BEFORE = timedelta(hours=24)
"""How long before a sitting its mediators are reminded."""
REMIND_SHORTLY = timedelta(hours=1)
"""The same for a sitting that was arranged for less than that ahead."""
FOLLOW_UP_HOUR = time(8, 30)
"""When, on its day, mediators hear that a follow-up is due."""
PARTIES_AT_LEAST = 2
MOST_PARTIES = 12
MOST_HELPERS = 6
MOST_OUTSIDERS = 2

JUSTICE_CODES = ("SF", "ZFW")
"""County departments (司法局, 政法委) that see every dispute; offices of a township that stand in for one of them
(司法所, 综合治理办) see those of their township."""

DISPUTE_WORD = "纠纷"
"""A list item whose name has this word is a dispute: its tickets offer to open a case."""


class Kind(TextChoices):
    """What a dispute is about."""

    FAMILY = "family", _("婚姻家庭")
    NEIGHBOUR = "neighbour", _("邻里")
    LAND = "land", _("土地山林水利")
    LABOUR = "labour", _("劳资")
    PROPERTY = "property", _("物业")
    CONSUMER = "consumer", _("消费")
    DAMAGE = "damage", _("损害赔偿")
    OTHER = "other", _("其他")


KIND_WORDS: tuple[tuple[str, Kind], ...] = (
    ("邻里", Kind.NEIGHBOUR),
    ("宅基地", Kind.LAND),
    ("土地", Kind.LAND),
    ("林地", Kind.LAND),
    ("欠薪", Kind.LABOUR),
    ("劳资", Kind.LABOUR),
    ("物业", Kind.PROPERTY),
    ("消费", Kind.CONSUMER),
    ("损害", Kind.DAMAGE),
    ("家庭", Kind.FAMILY),
)
"""Which kind a list item suggests: the first word that its name has."""


class Risk(TextChoices):
    """How a dispute may turn out; the last is told to the township's leaders at once."""

    PLAIN = "plain", _("一般")
    WATCH = "watch", _("需关注")
    VOLATILE = "volatile", _("可能激化")


RISK_LAMPS = {Risk.PLAIN: "n", Risk.WATCH: "y", Risk.VOLATILE: "r"}


class OutsideKind(TextChoices):
    """What makes somebody who is not of the staff a mediator."""

    MEDIATOR = "mediator", _("人民调解员")
    WORTHY = "worthy", _("乡贤")
    PARTY_MEMBER = "party_member", _("党员")


class Guidance(TextChoices):
    """Where people are guided who did not agree."""

    COURT = "court", _("司法途径")
    ARBITRATION = "arbitration", _("仲裁")
    RULING = "ruling", _("行政裁决")


class Kept(TextChoices):
    """What a follow-up found."""

    KEPT = "kept", _("已履行")
    PARTLY = "partly", _("部分履行")
    BROKEN = "broken", _("未履行")


def is_dispute(item_name: str) -> bool:
    """Whether tickets of a list item of this name are disputes."""
    return DISPUTE_WORD in item_name


def kind_of(item_name: str) -> Kind:
    """The kind that the name of a list item suggests."""
    return next((kind for word, kind in KIND_WORDS if word in item_name), Kind.OTHER)


def remind_at(next_at: datetime, now: datetime) -> datetime:
    """When mediators are reminded of a sitting that is arranged now."""
    ahead = REMIND_BEFORE if next_at - now > REMIND_BEFORE else REMIND_SHORTLY
    return max(next_at - ahead, now)


def follow_up_on(day: date) -> date:
    """When it is asked whether an agreement of `day` is kept."""
    return day + FOLLOW_UP_AFTER
