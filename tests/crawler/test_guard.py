"""No address but a public one of a declared host is ever connected to."""

from __future__ import annotations

import asyncio
import ipaddress
import pickle
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twisted.internet.address import IPv4Address, IPv6Address

from archive.crawls.reasons import reason
from crawler.guard import Guard, GuardedResolver, GuardRefused, is_public, table_lookup

HOSTS = frozenset({"www.qinghe.gov.cn", "www.a.test"})


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",
        "10.1.2.3",
        "100.64.0.1",
        "127.0.0.1",
        "127.255.255.254",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.8",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.1.1",
        "198.18.0.1",
        "203.0.113.9",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:8.8.8.8",
        "64:ff9b::7f00:1",
        "64:ff9b::808:808",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:db8::1",
        "2002:7f00:1::1",
        "2002:808:808::1",
        "fc00::1",
        "fd12::1",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
        "not an address",
    ],
)
def test_an_address_that_is_not_public_is_refused(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "202.96.128.86", "2400:3200::1", "2408:8000::1", "172.32.0.1"])
def test_a_public_address_is_admitted(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses())
def test_what_we_admit_python_knows_as_global_too(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    if is_public(str(address)):
        assert address.is_global
        assert not address.is_multicast


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://127.0.0.1:80/",
        "http://127.1/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://0x7f.0x0.0x0.0x1/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://8.8.8.8/",
        "http://localhost/",
        "http://www.evil.com/",
        "http://www.qinghe.gov.cn.evil.com/",
        "http://www.qinghe.gov.cn:8080/",
        "http://www.qinghe.gov.cn:22/",
        "http://www.qinghe.gov.cn@127.0.0.1/",
        "http://me@www.qinghe.gov.cn/",
        "http://www.qinghe.gov.cn:x/",
        "ftp://www.qinghe.gov.cn/",
        "file:///etc/passwd",
        "data:text/html,x",
        "gopher://www.qinghe.gov.cn/",
        "http:///x",
        "http://www.a.test/",
    ],
)
def test_an_address_outside_the_declared_hosts_is_refused(url: str) -> None:
    with pytest.raises(GuardRefused):
        Guard(HOSTS).check_url(url)


def test_a_declared_host_is_admitted_on_the_usual_ports() -> None:
    guard = Guard(HOSTS)
    assert guard.check_url("http://www.qinghe.gov.cn/a?b#c") == ("www.qinghe.gov.cn", 80)
    assert guard.check_url("https://WWW.Qinghe.gov.cn./") == ("www.qinghe.gov.cn", 443)
    assert guard.check_url("https://www.qinghe.gov.cn:443/") == ("www.qinghe.gov.cn", 443)


def resolve(guard: Guard, host: str, port: int = 80) -> Sequence[tuple[str, int]]:
    return asyncio.run(guard.resolve(host, port))


@pytest.mark.parametrize(
    "answer", [("127.0.0.1",), ("10.0.0.1",), ("::1",), ("8.8.8.8", "10.0.0.1"), ("8.8.8.8", "::ffff:8.8.8.8")]
)
def test_a_name_with_an_address_that_is_not_public_is_refused_whole(answer: tuple[str, ...]) -> None:
    guard = Guard(HOSTS, lookup=table_lookup({"www.qinghe.gov.cn": answer}))
    with pytest.raises(GuardRefused, match="not a public address"):
        resolve(guard, "www.qinghe.gov.cn")
    assert guard.refusal_of("http://www.qinghe.gov.cn/x") is not None


def test_the_checked_addresses_are_those_handed_over() -> None:
    guard = Guard(HOSTS, lookup=table_lookup({"www.qinghe.gov.cn": ("8.8.8.8", "2400:3200::1")}))
    assert resolve(guard, "www.qinghe.gov.cn", 443) == (("8.8.8.8", 443), ("2400:3200::1", 443))


def test_only_the_exact_authority_of_the_sample_server_is_let_through() -> None:
    asked: list[str] = []

    async def lookup(name: str) -> Sequence[str]:
        asked.append(name)
        return ["127.0.0.1"]

    guard = Guard(HOSTS | {"www.b.test"}, {"www.a.test:80": ("127.0.0.1", 41234)}, lookup)
    assert resolve(guard, "www.a.test") == (("127.0.0.1", 41234),)
    assert guard.check_url("http://www.a.test/x") == ("www.a.test", 80)
    for host, port in [("www.a.test", 443), ("www.a.test", 41234), ("www.b.test", 80), ("a.test", 80)]:
        with pytest.raises(GuardRefused):
            resolve(guard, host, port)
    assert asked == []  # names under .test never reach DNS


def test_the_guard_takes_no_authority_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GONGKAI_AUTHORITIES", "HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with pytest.raises(GuardRefused):
        Guard(HOSTS).check_url("http://www.a.test/")


class Receiver:
    """Keeps what a resolver hands over."""

    def __init__(self) -> None:
        self.addresses: list[IPv4Address | IPv6Address] = []
        self.complete = asyncio.Event()

    def resolutionBegan(self, resolution: object) -> None:
        """Ignore the beginning."""

    def addressResolved(self, address: IPv4Address | IPv6Address) -> None:
        self.addresses.append(address)

    def resolutionComplete(self) -> None:
        self.complete.set()


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("www.a.test", [IPv4Address("TCP", "127.0.0.1", 41234)]),
        ("www.qinghe.gov.cn", [IPv6Address("TCP", "2400:3200::1", 80)]),
        ("inner.qinghe.gov.cn", []),
        ("unknown.qinghe.gov.cn", []),
        ("undeclared.gov.cn", []),
        ("127.0.0.1", []),
        ("::1", []),
    ],
)
def test_twisted_gets_the_checked_sockets_or_none(host: str, expected: list[object]) -> None:
    table = {
        "www.qinghe.gov.cn": ("2400:3200::1",),
        "inner.qinghe.gov.cn": ("192.168.0.1",),
        "undeclared.gov.cn": ("8.8.8.8",),
    }
    hosts = HOSTS | {"inner.qinghe.gov.cn", "unknown.qinghe.gov.cn"}
    guard = Guard(hosts, {"www.a.test:80": ("127.0.0.1", 41234)}, table_lookup(table))

    async def run() -> list[IPv4Address | IPv6Address]:
        receiver = Receiver()
        GuardedResolver(guard).resolveHostName(receiver, host, 80)
        await receiver.complete.wait()
        return receiver.addresses

    assert asyncio.run(run()) == expected


def test_a_refusal_is_an_exception_like_any_other() -> None:
    refusal = pickle.loads(pickle.dumps(GuardRefused(reason("guard_user"))))
    assert refusal.why == reason("guard_user")
    assert str(refusal) == "the address carries a user name"
