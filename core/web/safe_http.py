"""One POST to a machine outside, and never to one inside.

An address that a person typed in is not trusted: https only, no name or password in it, and the machine that
its name stands for at this very moment must have a public address. The connection goes to exactly the address
that was checked, so that a name cannot mean another machine a moment later; redirects are not followed;
the answer's body is not read; everything together ends after `TOTAL_SECONDS`.
"""

import ipaddress
import socket
import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPException, HTTPSConnection
from threading import Timer
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from core.text import is_clean

STEP_SECONDS, TOTAL_SECONDS = 5.0, 10.0
MAX_URL, MAX_BODY = 500, 64 * 1024


class Forbidden(Exception):
    """The address is one that must not be called."""


class Unreachable(Exception):
    """The machine did not answer, or not in time."""


@dataclass(frozen=True)
class Target:
    """An https address in its parts."""

    host: str
    port: int
    path: str


def target_of(url: str) -> Target:
    """Read an address; raises Forbidden for anything but a plain https one."""
    if len(url) > MAX_URL or not is_clean(url, multiline=False) or not url.isascii() or " " in url:
        raise Forbidden(_("地址过长或含有不能用的字符"))
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or 443
    except ValueError:
        raise Forbidden(_("地址不完整")) from None
    if parts.scheme != "https":
        raise Forbidden(_("只能用 https 地址"))
    if not host or parts.username is not None or parts.password is not None:
        raise Forbidden(_("地址里要有主机名，不能带账号或密码"))
    return Target(host, port, (parts.path or "/") + (f"?{parts.query}" if parts.query else ""))


def is_public(address: str) -> bool:
    """Whether an IP address lies in the public network; special ranges and tunnels do not."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    is_special = ip.is_multicast or ip.is_reserved or ip.is_unspecified or ip.is_loopback or ip.is_link_local
    if isinstance(ip, ipaddress.IPv6Address):  # tunnels carry an IPv4 address of their own; mapped ones are reserved
        is_special = is_special or ip.is_site_local or ip.sixtofour is not None or ip.teredo is not None
    return ip.is_global and not is_special


def resolve(target: Target) -> str:
    """The public IP address of the target's host; raises Forbidden when any of its addresses is not public."""
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Unreachable(_("找不到主机 %(host)s") % {"host": target.host}) from None
    addresses = [str(info[4][0]) for info in found]
    if not addresses or not all(is_public(address) for address in addresses):
        raise Forbidden(_("%(host)s 指向内网、本机或保留地址，不能发往这里") % {"host": target.host})
    return addresses[0]


class _Pinned(HTTPSConnection):
    """A connection to one checked address that shows and verifies the host's own name."""

    def __init__(self, target: Target, address: str, context: ssl.SSLContext) -> None:
        super().__init__(target.host, target.port, timeout=STEP_SECONDS)
        self.address, self.trust = address, context

    def connect(self) -> None:
        plain = socket.create_connection((self.address, self.port), STEP_SECONDS)
        wrapped = self.trust.wrap_socket(plain, server_hostname=self.host, do_handshake_on_connect=False)
        self.sock = wrapped
        wrapped.do_handshake()

    def cut(self) -> None:
        """End whatever is going on, from another thread."""
        with suppress(OSError):
            if self.sock is not None:
                self.sock.shutdown(socket.SHUT_RDWR)


def trusted() -> ssl.SSLContext:
    """Whom we believe to be who they say: the machine's own certificate authorities."""
    return ssl.create_default_context()


def post(url: str, body: bytes, headers: Mapping[str, str]) -> int:
    """Send `body` and return the status of the answer; raises Forbidden or Unreachable."""
    if len(body) > MAX_BODY:
        raise Forbidden(_("内容过大"))
    target = target_of(url)
    connection = _Pinned(target, resolve(target), trusted())
    watch = Timer(TOTAL_SECONDS, connection.cut)
    watch.daemon = True
    watch.start()
    try:
        connection.request("POST", target.path, body, dict(headers))
        return connection.getresponse().status
    except (OSError, HTTPException) as error:
        raise Unreachable(_("连接失败：%(why)s") % {"why": type(error).__name__}) from None
    finally:
        watch.cancel()
        connection.close()
