"""Webhooks: signed, never inward, never redirected, paused when nobody answers; against a real TLS server."""

import hashlib
import hmac
import json
import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from core import clock
from core.jobs import outbox
from core.models import AuditEntry, OutboxRow
from core.web import safe_http
from notices import endpoints
from notices.models import Delivery, Endpoint, Notice
from notices.outgoing import webhook
from tests.notices.letters import SECRET_WORDS, tell

HOST = "receiver.example"
INWARD = [
    "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "192.0.2.10", "198.18.0.1", "224.0.0.1", "255.255.255.255", "240.0.0.1", "::1", "::", "fe80::1", "fe80::1%eth0",
    "fc00::1", "fec0::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::", "64:ff9b::7f00:1",
    "2001:0:53aa:64c:0:0:f5ff:fffe", "not-an-address",
]  # fmt: skip


@pytest.mark.parametrize("address", INWARD)
def test_inward_addresses_are_not_public(address):
    assert not safe_http.is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "114.114.114.114", "2400:3200::1"])
def test_outer_addresses_are(address):
    assert safe_http.is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://receiver.example/", "ftp://receiver.example/", "receiver.example", "https://", "https:///x",
        "https://user@receiver.example/", "https://user:pw@receiver.example/", "https://receiver.example:99999/",
        "https://receiver.example/\r\nX: 1", "https://receiver.example/a b", "https://例子.example/",
        f"https://receiver.example/{'x' * 500}", "file:///etc/passwd", "https://[::1",
    ],
)  # fmt: skip
def test_only_plain_https_addresses_are_read(url):
    with pytest.raises(safe_http.Forbidden):
        safe_http.target_of(url)


@pytest.mark.parametrize(
    "url",
    ["https://127.0.0.1/", "https://0x7f000001/", "https://2130706433/", "https://localhost/", "https://[::1]/"],
)
def test_whatever_resolves_inward_is_refused(url):
    with pytest.raises((safe_http.Forbidden, safe_http.Unreachable)):
        safe_http.resolve(safe_http.target_of(url))


def test_one_inward_address_among_outer_ones_is_enough_to_refuse(monkeypatch):
    _resolve_to(monkeypatch, "8.8.8.8", "10.0.0.1")
    with pytest.raises(safe_http.Forbidden):
        safe_http.resolve(safe_http.target_of(f"https://{HOST}/"))


def _resolve_to(monkeypatch, *addresses):
    """Let HOST have these addresses; returns the list of names that are asked for from now on."""
    real, asked = socket.getaddrinfo, []

    def look_up(name, port, *args, **options):
        asked.append(name)
        if name != HOST:
            return real(name, port, *args, **options)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return asked


# ---- a real receiver ---------------------------------------------------------------------------------------
class Receiver:
    """A TLS server on this machine that notes what it is sent and answers as it is told."""

    def __init__(self, folder) -> None:
        self.status, self.headers, self.seen, self.wait = 200, {}, [], threading.Event()
        self.wait.set()
        certificate = _certificate(folder)
        self.server = HTTPServer(("127.0.0.1", 0), self._handler())
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.trust = ssl.create_default_context(cafile=str(certificate))
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"https://{HOST}:{self.server.server_address[1]}/hook?key=1"

    def _handler(receiver):  # noqa: N805
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.seen.append((self.path, dict(self.headers), body))
                receiver.wait.wait(20)
                self.send_response(receiver.status)
                for name, value in receiver.headers.items():
                    self.send_header(name, value)
                self.end_headers()

            def log_message(self, *_args):
                pass

        return Handler


def _certificate(folder):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    today = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        # OpenSSL asks the machine's own clock, which a moved one does not move.
        .not_valid_before(today - timedelta(days=400))
        .not_valid_after(today + timedelta(days=400))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = folder / "receiver.pem"
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
def receiver(tmp_path, monkeypatch):
    """Its name resolves here, and here only counts as outside."""
    made = Receiver(tmp_path)
    _resolve_to(monkeypatch, "127.0.0.1")
    monkeypatch.setattr(safe_http, "is_public", lambda address: address == "127.0.0.1")
    monkeypatch.setattr(safe_http, "trusted", lambda: made.trust)
    yield made
    made.wait.set()
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def endpoint(receiver, cast):
    return endpoints.add(name="共享平台", url=receiver.url, groups=["turn"], actor=cast.system_admin)


def test_an_event_arrives_once_signed_and_without_anything_personal(receiver, endpoint, cast):
    tell(cast.worker, cast.chief)
    tell(cast.worker, cast.chief)
    tell(cast.worker, kind="claim", key="k2")  # of a group it does not get
    assert outbox.drain("send") == 1
    ((path, headers, body),) = receiver.seen
    assert path == "/hook?key=1"
    timestamp = headers["Shanzhi-Timestamp"]
    expected = hmac.new(endpoint.secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    assert headers["Shanzhi-Signature"] == f"v1={expected}"
    message = json.loads(body)
    assert message["id"] == headers["Shanzhi-Id"] == str(Delivery.objects.get().pk)
    assert set(message) == {"id", "kind", "label", "group", "number", "state", "url", "urgent", "at"}
    assert (message["kind"], message["number"], message["state"]) == ("dispatch", "ST26-1118-001", "待领办")
    words = [*SECRET_WORDS.split(), cast.worker.name, cast.chief.name, cast.worker.username]
    assert not [word for word in words if word in body.decode()]
    endpoint.refresh_from_db()
    assert (endpoint.failures, endpoint.reached_at is not None) == (0, True)


def test_another_secret_time_or_body_is_another_signature():
    known = webhook.signature("s", "1", b"{}")
    assert known == webhook.signature("s", "1", b"{}")
    others = [
        webhook.signature("t", "1", b"{}"),
        webhook.signature("s", "2", b"{}"),
        webhook.signature("s", "1", b"[]"),
    ]
    assert known not in others


def test_the_same_id_comes_again_after_a_failure(receiver, endpoint, cast):
    receiver.status = 503
    tell(cast.worker)
    assert outbox.drain("send") == 0
    assert OutboxRow.objects.get().last_error == "Unreachable: HTTP 503"
    receiver.status = 204
    with clock.at(clock.now() + timedelta(minutes=2)):
        assert outbox.drain("send") == 1
    ids = [headers["Shanzhi-Id"] for _path, headers, _body in receiver.seen]
    assert len(ids) == 2
    assert len(set(ids)) == 1


def test_redirects_are_failures(receiver, endpoint, cast):
    receiver.status, receiver.headers = 302, {"Location": receiver.url}
    tell(cast.worker)
    assert outbox.drain("send") == 0
    assert len(receiver.seen) == 1


def test_a_certificate_nobody_vouches_for_is_a_failure(receiver, endpoint, cast, monkeypatch):
    monkeypatch.setattr(safe_http, "trusted", ssl.create_default_context)
    tell(cast.worker)
    assert outbox.drain("send") == 0
    assert (receiver.seen, "SSL" in OutboxRow.objects.get().last_error) == ([], True)


def test_slowness_is_cut_off(receiver, endpoint, cast, monkeypatch):
    receiver.wait.clear()
    monkeypatch.setattr(safe_http, "TOTAL_SECONDS", 0.3)
    with pytest.raises(safe_http.Unreachable):
        safe_http.post(receiver.url, b"{}", {})


def test_a_name_that_comes_to_mean_an_inner_machine_is_parked_at_once(receiver, endpoint, cast, monkeypatch):
    monkeypatch.setattr(safe_http, "is_public", lambda _address: False)
    tell(cast.worker)
    assert outbox.drain("send") == 0
    row = OutboxRow.objects.get()
    assert row.parked_at is not None
    assert "内网" in row.last_error
    assert receiver.seen == []


def test_the_connection_goes_to_the_address_that_was_checked(receiver, monkeypatch):
    """A second look-up could answer otherwise: there is none."""
    asked = _resolve_to(monkeypatch, "127.0.0.1")
    assert safe_http.post(receiver.url, b"{}", {}) == 200
    assert asked.count(HOST) == 1


def test_after_ten_failures_it_is_paused_and_the_admins_hear_of_it(receiver, endpoint, cast):
    receiver.status = 500
    tell(cast.worker)
    moment = clock.now()
    for _try in range(endpoints.PAUSE_AFTER + 1):
        moment += timedelta(hours=2)
        with clock.at(moment):
            outbox.drain("send")
    assert len(receiver.seen) == endpoints.PAUSE_AFTER
    endpoint.refresh_from_db()
    assert endpoint.paused_at is not None
    assert Notice.objects.get(kind=endpoints.PAUSED).user == cast.system_admin
    assert OutboxRow.objects.get(topic="notices.send").parked_at is not None
    assert AuditEntry.objects.filter(verb="endpoint.paused").count() == 1
    tell(cast.worker, key="k9")
    assert Delivery.objects.count() == 1  # nothing new is planned for it
    receiver.status = 200
    endpoints.resume(endpoint=endpoint, actor=cast.system_admin)
    with clock.at(moment):
        outbox.rerun(OutboxRow.objects.get(topic="notices.send"))
        assert outbox.drain("send") == 1


def test_address_and_secret_are_not_readable_in_the_database(endpoint):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT url, secret FROM notices_endpoint")
        (url, secret) = cursor.fetchone()
    assert HOST not in url
    assert endpoint.secret not in secret
    assert Endpoint.objects.get().secret == endpoint.secret
