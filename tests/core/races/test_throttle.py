"""Tries are counted where they are limited, on both engines."""

from datetime import timedelta

import pytest

from core.models import Allowance
from core.races import throttle

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def used() -> dict[str, int]:
    return dict(Allowance.objects.values_list("name", "used"))


def test_one_statement_counts_every_name(django_assert_num_queries) -> None:
    with django_assert_num_queries(1):
        throttle.take_each({"grid": 3, "from": 5}, per=HOUR)
    throttle.take_each({"from": 5, "grid": 3}, per=HOUR)
    assert used() == {"grid": 2, "from": 2}


def test_each_name_has_its_own_limit_and_one_that_is_spent_refuses() -> None:
    throttle.take_each({"grid": 2, "from": 1}, per=HOUR)
    with pytest.raises(throttle.TooMany):
        throttle.take_each({"grid": 2, "from": 1}, per=HOUR)
    assert used() == {"grid": 2, "from": 1}
    assert throttle.is_spent("grid", limit=2, per=HOUR)
    throttle.take("from", limit=2, per=HOUR)
    assert used() == {"grid": 2, "from": 2}


def test_the_last_try_within_the_limit_is_granted_and_the_next_is_not() -> None:
    for _n in range(3):
        throttle.take("door", limit=3, per=HOUR)
    with pytest.raises(throttle.TooMany):
        throttle.take("door", limit=3, per=HOUR)
    assert used() == {"door": 3}
