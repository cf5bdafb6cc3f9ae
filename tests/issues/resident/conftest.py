"""Where residents order."""

import pytest
from django.urls import reverse


@pytest.fixture
def page(cast):
    return reverse("issues:order", args=[cast.microgrid.token])
