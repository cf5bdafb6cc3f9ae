"""A statement that is kept answers as the ORM would, on both engines, and depends on nothing but its key."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import CharField, Count, DateTimeField, F, IntegerField, Q, Value

from core import clock
from core.models import OutboxRow
from core.rows.composed import composed, counting, found_by_key
from members.models import Post, User
from members.roles import Role

pytestmark = pytest.mark.django_db


@composed(moment=DateTimeField(), least=IntegerField())
def due(topic, most, *, moment, least):
    rows = OutboxRow.objects.filter(topic=topic, next_at__lte=moment, attempts__gte=least)
    return rows.annotate(rank=Value(7)).order_by("-attempts", "id")[:most]


@composed(moment=DateTimeField())
def told(*, moment):
    return OutboxRow.objects.filter(next_at__lte=moment).order_by("id").values_list("payload", "key", "next_at", "id")


@composed(name=CharField())
def posts(role, *, name):
    rows = Post.objects.filter(role=role, user__name=name).select_related("user", "area", "department")
    return rows.only("role", "user__name", "area__name", "department__name").order_by("id")


@counting(moment=DateTimeField())
def numbers(topic, most, *, moment):
    rows = OutboxRow.objects.filter(topic=topic)
    counts = {
        "all": Count("pk"),
        "due": Count("pk", filter=Q(next_at__lte=moment)),
        "more": Count("pk", filter=~Q(key="")),
    }
    return rows.order_by()[:most] if most else rows, counts


@pytest.fixture
def rows():
    now = clock.now()
    return [
        OutboxRow.objects.create(
            topic="th"[n % 2], key=f"k{n}", attempts=n, next_at=now + timedelta(hours=n), payload={"字": [n, None]}
        )
        for n in range(6)
    ]


def columns(row):
    return {**{f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields}, "rank": row.rank}


@pytest.mark.parametrize("hours", [-1, 0, 2, 9])
@pytest.mark.parametrize(("topic", "most"), [("t", 2), ("t", 9), ("h", 2), ("none", 1)])
def test_rows_are_those_of_the_queryset(rows, topic, most, hours):
    values = {"moment": clock.now() + timedelta(hours=hours), "least": 1}
    found = due(topic, most, **values)
    assert [columns(row) for row in found] == [columns(row) for row in due.plain(topic, most, **values)]
    assert all(not row._state.adding for row in found)


def test_tuples_come_in_the_order_asked_for_with_their_types(rows):
    moment = clock.now() + timedelta(hours=3)
    assert told(moment=moment) == list(told.plain(moment=moment))
    assert told(moment=moment)[0] == ({"字": [0, None]}, "k0", rows[0].next_at, rows[0].pk)


def test_relations_and_left_out_columns_are_those_of_the_queryset(cast, django_assert_num_queries):
    people = [(post.role, post.user.name) for post in Post.objects.select_related("user")]
    for role, name in people:
        with django_assert_num_queries(1):
            found = posts(role, name=name)
            told = [
                (post.user.name, str(post.area and post.area.name), post.department and post.department.name)
                for post in found
            ]
        plain = posts.plain(role, name=name)
        assert told == [(p.user.name, str(p.area and p.area.name), p.department and p.department.name) for p in plain]
        assert [post.get_deferred_fields() for post in found] == [post.get_deferred_fields() for post in plain]


@pytest.mark.parametrize("hours", [-1, 2, 9])
@pytest.mark.parametrize(("topic", "most"), [("t", 0), ("t", 2), ("none", 0)])
def test_counts_are_those_of_the_queryset(rows, topic, most, hours, django_assert_num_queries):
    moment = clock.now() + timedelta(hours=hours)
    numbers(topic, most, moment=moment)
    with django_assert_num_queries(1):
        found = numbers(topic, most, moment=moment)
    if not most:
        assert found == numbers.plain(topic, most, moment=moment)
    assert found["all"] == numbers.plain(topic, most, moment=moment)["all"]


def test_what_can_never_be_is_not_asked(django_assert_num_queries):
    @composed()
    def none():
        return OutboxRow.objects.filter(pk__in=())

    @counting()
    def nothing():
        return OutboxRow.objects.filter(pk__in=()), {"a": Count("pk"), "b": Count("pk", filter=Q(topic="t"))}

    with django_assert_num_queries(0):
        assert none() == []
        assert nothing() == nothing.plain() == {"a": 0, "b": 0}


def test_a_statement_is_composed_once_for_each_key(rows):
    made = []

    @composed(least=IntegerField())
    def some(topic, *, least):
        made.append(topic)
        return OutboxRow.objects.filter(topic=topic, attempts__gte=least)

    assert [len(some(topic, least=least)) for topic, least in (("t", 0), ("t", 3), ("h", 0), ("t", 4))] == [3, 1, 3, 1]
    assert made == ["t", "h"]
    OutboxRow.objects.filter(topic="t").delete()
    assert some("t", least=0) == []


@pytest.mark.parametrize(
    "look",
    [
        lambda: OutboxRow.objects.filter(created_at__lte=clock.now()),
        lambda: OutboxRow.objects.filter(created_at__date=clock.today()),
        lambda: OutboxRow.objects.filter(attempts=OutboxRow.objects.count()),
        lambda: OutboxRow.objects.filter(pk__in=[row.pk for row in OutboxRow.objects.all()]),
    ],
)
def test_what_is_kept_depends_on_neither_time_nor_rows(rows, look):
    with pytest.raises(RuntimeError):
        composed()(look)()
    with pytest.raises(RuntimeError):
        counting()(lambda: (look(), {"n": Count("pk")}))()
    assert clock.now()  # and afterwards it can be asked again
    assert OutboxRow.objects.count() == 6


@pytest.mark.parametrize(
    "compare", [lambda slot: slot > clock.COUNTY_TIME, lambda slot: slot.date(), lambda slot: range(slot)]
)
def test_a_slot_is_no_value_in_python(compare):
    with pytest.raises((TypeError, AttributeError)):
        composed(moment=DateTimeField())(lambda *, moment: OutboxRow.objects.filter(attempts=compare(moment)))(moment=1)


def test_only_whole_rows_and_tuples_are_kept():
    for rows in (
        OutboxRow.objects.values("id"),
        OutboxRow.objects.values_list("id", flat=True),
        User.objects.prefetch_related("posts"),
    ):
        with pytest.raises(TypeError):
            composed()(lambda rows=rows: rows)()


def test_columns_of_one_row_may_be_compared_with_each_other(rows):
    @composed()
    def odd():
        return OutboxRow.objects.filter(attempts=F("id")).order_by("id")

    assert odd() == list(odd.plain())


def test_a_scope_without_its_rows_is_the_same_for_the_same_posts(cast):
    from members.access import Scope, scope_for

    first = scope_for(User.objects.get(pk=cast.town_dispatcher.pk)).bare
    again = scope_for(User.objects.get(pk=cast.town_dispatcher.pk)).bare
    other = scope_for(cast.secretary).bare
    assert first == again
    assert hash(first) == hash(again)
    assert first != other
    post = Post.objects.get(user=cast.town_dispatcher)
    post.role = Role.TOWNSHIP_LEADER
    assert Scope((post,)).bare != first  # the same row, read after it was changed


def test_counts_can_be_composed_while_statements_are_logged(rows, settings):
    @counting(moment=DateTimeField())
    def anew(*, moment):
        return OutboxRow.objects.all(), {"due": Count("pk", filter=Q(next_at__lte=moment))}

    settings.DEBUG = True
    assert anew(moment=clock.now() + timedelta(hours=1)) == {"due": 2}


@pytest.mark.skipif("connection.vendor != 'postgresql'")
@pytest.mark.django_db
def test_a_read_by_a_key_is_planned_once(cast):
    @found_by_key(user=IntegerField())
    def posts(*, user):
        return Post.objects.filter(user=user).select_related("area", "user").order_by("pk")

    found = [posts(user=person.pk) for person in [cast.worker, cast.secretary] * 4]
    assert found == [list(posts.plain(user=person.pk)) for person in [cast.worker, cast.secretary] * 4]
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements")
        kept = [statement for (statement,) in cursor.fetchall()]
    assert [one for one in kept if "members_post" in one and "grids_area" in one]
    assert not [one for one in kept if "pg_prepared_statements" in one]  # nothing else is
