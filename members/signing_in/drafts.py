"""What a phone asks before it sends a form that it kept: a token, who is signed in, and the key of what it keeps.

What is kept on a phone is sealed under a key of its person. The phone forgets the key when they sign out or somebody
else signs in, and gets it again when they are back: nothing is lost, and the next one cannot read it.
"""

import base64

from django.http import HttpRequest, JsonResponse
from django.middleware.csrf import get_token
from django.utils.crypto import salted_hmac
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from members.access import passive, public, reader, signed_in
from members.models import User


@public
@passive
@never_cache
@require_safe
def token(request: HttpRequest) -> JsonResponse:
    """`/token/`: the token of unsafe requests, and whose they would be."""
    return JsonResponse({"csrf": get_token(request), "owner": str(request.user.pk or "")})


@passive
@signed_in
@never_cache
@require_safe
def seal(request: HttpRequest) -> JsonResponse:
    """`/token/seal/`: the key under which a phone keeps what this person types."""
    return JsonResponse({"owner": str(reader(request).pk), "seal": seal_of(reader(request))})


def seal_of(user: User) -> str:
    """256 bits that only this installation can make, the same for one person on every phone."""
    return base64.b64encode(salted_hmac(__name__, str(user.pk), algorithm="sha256").digest()).decode()
