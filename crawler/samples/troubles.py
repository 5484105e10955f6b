"""What goes wrong on the network, played by the sample server at the addresses that it is told.

A trouble gets the request, how often its address was asked before, and the answer that the portal would give; it
writes its own to the connection, or returns one.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import datetime
import gzip
import ssl
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Final

from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from crawler.samples.pages import Answer

PRIVATE: Final = "http://10.0.0.1/"
"""Where the redirect to a private address leads; nobody is ever to connect there."""

Trouble = Callable[[web.Request, int, Answer], Awaitable[web.StreamResponse]]

_CHALLENGE: Final = b"<html><script>$_ts=window['$_ts'];if(!$_ts)$_ts={};$_ts.nsd=42;</script></html>"
_GEO: Final = "<html>访问被拒绝 reason:GeoBL</html>".encode()


async def _reset(request: web.Request, before: int, answer: Answer) -> web.StreamResponse:
    """Reset the connection in the middle of the body."""
    transport = _write(request, answer.body[: len(answer.body) // 2], len(answer.body))
    await asyncio.sleep(0.05)
    transport.abort()
    return web.Response()


async def _cut(request: web.Request, before: int, answer: Answer) -> web.StreamResponse:
    """Close the connection before the promised length is reached."""
    _write(request, answer.body[: len(answer.body) // 2], len(answer.body)).close()
    return web.Response()


async def _wrong_length(request: web.Request, before: int, answer: Answer) -> web.StreamResponse:
    """Promise more than there is."""
    _write(request, answer.body, len(answer.body) + 1000).close()
    return web.Response()


async def _drip(request: web.Request, before: int, answer: Answer) -> web.StreamResponse:
    """Send a byte now and then, for longer than anybody waits."""
    transport = _write(request, b"<", len(answer.body))
    with contextlib.suppress(ConnectionError):
        for _ in range(600):
            await asyncio.sleep(0.2)
            if transport.is_closing():
                break
            transport.write(b" ")
    return web.Response()


async def _endless(request: web.Request, before: int, answer: Answer) -> web.StreamResponse:
    """Send a body that has no end."""
    response = web.StreamResponse(headers={"Content-Type": answer.content_type})
    await response.prepare(request)
    with contextlib.suppress(ConnectionError):
        while True:
            await response.write(b" " * 65536)
    return response


async def _too_many(request: web.Request, before: int, answer: Answer) -> web.StreamResponse:
    return web.Response(status=429)


async def _too_many_for_a_second(request: web.Request, before: int, answer: Answer) -> web.StreamResponse:
    """Ask once to come back in a second."""
    return _respond(answer) if before else web.Response(status=429, headers={"Retry-After": "1"})


async def _busy_for_a_second(request: web.Request, before: int, answer: Answer) -> web.StreamResponse:
    """Ask once, with 503 and a date, to come back in a second."""
    if before:
        return _respond(answer)
    day = "Thu, 10 Apr 2025 04:00:0{second} GMT"
    return web.Response(status=503, headers={"Date": day.format(second=0), "Retry-After": day.format(second=1)})


async def _too_many_until_tomorrow(request: web.Request, before: int, answer: Answer) -> web.StreamResponse:
    return web.Response(status=429, headers={"Retry-After": "86400"})


async def _error(request: web.Request, before: int, answer: Answer) -> web.StreamResponse:
    return web.Response(status=500, text="内部错误")


async def _error_burst(request: web.Request, before: int, answer: Answer) -> web.StreamResponse:
    """Fail twice, then answer."""
    return _respond(answer) if before >= 2 else web.Response(status=502)


async def _loop(request: web.Request, before: int, answer: Answer) -> web.StreamResponse:
    return web.Response(status=302, headers={"Location": request.path_qs})


async def _to_https(request: web.Request, before: int, answer: Answer) -> web.StreamResponse:
    return web.Response(status=302, headers={"Location": f"https://{request.host}{request.path_qs}"})


async def _private(request: web.Request, before: int, answer: Answer) -> web.StreamResponse:
    return web.Response(status=302, headers={"Location": PRIVATE})


async def _wrong_charset(request: web.Request, before: int, answer: Answer) -> web.StreamResponse:
    """Call the page something that it is not."""
    return _respond(dataclasses.replace(answer, content_type="text/html; charset=big5"))


async def _bomb(request: web.Request, before: int, answer: Answer) -> web.StreamResponse:
    """Send a small body that unpacks to 200 MB."""
    body = gzip.compress(b" " * 200_000_000, compresslevel=1)
    return web.Response(body=body, headers={"Content-Encoding": "gzip", "Content-Type": "text/html"})


async def _challenge(request: web.Request, before: int, answer: Answer) -> web.StreamResponse:
    return web.Response(status=412, body=_CHALLENGE, content_type="text/html")


async def _forbidden(request: web.Request, before: int, answer: Answer) -> web.StreamResponse:
    return web.Response(status=403, text="Forbidden")


async def _forbidden_here(request: web.Request, before: int, answer: Answer) -> web.StreamResponse:
    return web.Response(status=403, body=_GEO, content_type="text/html")


TROUBLES: Final[dict[str, Trouble]] = {
    "reset": _reset,
    "cut": _cut,
    "wrong_length": _wrong_length,
    "drip": _drip,
    "endless": _endless,
    "too_many": _too_many,
    "too_many_for_a_second": _too_many_for_a_second,
    "too_many_until_tomorrow": _too_many_until_tomorrow,
    "busy_for_a_second": _busy_for_a_second,
    "error": _error,
    "error_burst": _error_burst,
    "loop": _loop,
    "private": _private,
    "to_https": _to_https,
    "wrong_charset": _wrong_charset,
    "bomb": _bomb,
    "challenge": _challenge,
    "forbidden": _forbidden,
    "forbidden_here": _forbidden_here,
}


def untrusted_certificate(hosts: Sequence[str]) -> ssl.SSLContext:
    """Return the TLS side of a server whose certificate for `hosts` nobody has signed but itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, hosts[0])])
    start = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(start + datetime.timedelta(days=36500))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host) for host in hosts]), critical=False)
        .sign(key, hashes.SHA256())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "certificate.pem"
        private = serialization.PrivateFormat.PKCS8
        file.write_bytes(
            key.private_bytes(serialization.Encoding.PEM, private, serialization.NoEncryption())
            + certificate.public_bytes(serialization.Encoding.PEM)
        )
        context.load_cert_chain(file)
    return context


def _respond(answer: Answer) -> web.Response:
    return web.Response(body=answer.body, status=answer.status, headers={"Content-Type": answer.content_type})


def _write(request: web.Request, body: bytes, length: int) -> asyncio.Transport:
    """Write a head that promises `length` bytes, and `body`, past aiohttp to the connection."""
    transport = request.transport
    assert isinstance(transport, asyncio.Transport)
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {length}\r\n\r\n"
    transport.write(head.encode() + body)
    return transport
