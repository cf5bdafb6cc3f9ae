"""Shapes in addresses: what has another shape is no address, and numbers arrive as numbers."""

import pytest
from django.urls import NoReverseMatch, resolve, reverse
from django.urls.exceptions import Resolver404


def test_a_row_key_arrives_as_a_number_that_fits_its_column():
    assert resolve("/households/residents/7/").kwargs == {"pk": 7}
    assert reverse("households:resident", args=[7]) == reverse("households:resident", args=["7"])
    for key in ("0", "07", "1" * 19, "x"):
        with pytest.raises(Resolver404):
            resolve(f"/households/residents/{key}/")
    with pytest.raises(NoReverseMatch):
        reverse("households:resident", args=[0])


def test_a_shape_of_text_stays_text():
    assert resolve("/t/ST26-1121-004/").kwargs == {"number": "ST26-1121-004"}
    with pytest.raises(Resolver404):
        resolve("/t/st26-1121-004/")
