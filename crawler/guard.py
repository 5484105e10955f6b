"""Where we may connect: nowhere but the declared hosts of the portals crawled, at public addresses.

Guarantees: every hop's address is checked before it is asked, and again when its name is resolved for the
connection; the addresses that were checked are the very ones that are connected to, because our resolver
hands them to Twisted (HostnameEndpoint connects to the address and the port that the resolver names). A
name with one address that is not public is refused whole. The one exception are the exact authorities
("name:port") of the sample server, handed over in memory by the process that started it; no declaration,
option, environment variable or settings file adds to them.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.exceptions import IgnoreRequest
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IHostnameResolver, IHostResolution
from zope.interface import implementer

from archive.crawls.reasons import Reason, reason
from crawler.declarations import HOST

Lookup = Callable[[str], Awaitable[Sequence[str]]]
"""Asks the system for the addresses of a name; raises OSError where there are none."""

_PORTS = {"http": 80, "https": 443}
_NEVER_PUBLIC = (".test", ".localhost", ".local", ".internal", ".invalid", ".example", ".onion", ".arpa")
"""Special-use names (RFC 6761, 6762, 8375, 7686): none is sent to DNS."""

# RFC 6890 and its successors: what is not globally reachable, and what hides an IPv4 address in an IPv6 one
_CLOSED = tuple(
    ipaddress.ip_network(network)
    for network in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/3",
        "2001::/23",
        "2001:db8::/32",
        "2002::/16",
        "3fff::/20",
    )
)
_GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
"""All else in IPv6 is refused: loopback, mapped, NAT64, unique local, link-local, multicast."""


class GuardRefused(IgnoreRequest):
    """Raised where a request would leave the declared hosts or reach an address that is not public."""

    def __init__(self, why: Reason) -> None:
        super().__init__(why)
        self.why = why


class Guard:
    """Decides for one crawl where it may connect: `hosts`, and for a look at a new portal those under `domains`."""

    def __init__(
        self,
        hosts: frozenset[str],
        authorities: Mapping[str, tuple[str, int]] | None = None,
        lookup: Lookup | None = None,
        domains: frozenset[str] = frozenset(),
    ) -> None:
        self._hosts = hosts
        self._domains = tuple(f".{domain}" for domain in domains)
        self._authorities = dict(authorities or {})
        self._lookup = lookup or system_lookup
        self._refusals: dict[str, Reason] = {}
        self._addresses: dict[str, str] = {}

    def check_url(self, url: str) -> tuple[str, int]:
        """Return (host, port) of `url` where it names a place we may ask; raises GuardRefused."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise GuardRefused(reason("guard_address", said=str(error))) from error
        if parts.scheme not in _PORTS:
            raise GuardRefused(reason("guard_scheme", scheme=repr(parts.scheme or "none")))
        if parts.username is not None or parts.password is not None:
            raise GuardRefused(reason("guard_user"))
        host = (parts.hostname or "").rstrip(".")
        port = _PORTS[parts.scheme] if port is None else port
        self._check_host(host)
        if f"{host}:{port}" not in self._authorities:
            if port not in _PORTS.values():
                raise GuardRefused(reason("guard_port", port=port))
            _refuse_special(host)
        return host, port

    async def resolve(self, host: str, port: int) -> tuple[tuple[str, int], ...]:
        """Return the sockets that `host`:`port` may be connected at.

        Raises GuardRefused for a name that must not be resolved or has an address that is not public, and
        OSError where the name has no address.
        """
        name = host.rstrip(".").lower()
        try:
            sockets = await self._sockets(name, port)
        except GuardRefused as refusal:
            self._refusals[name] = refusal.why
            raise
        self._refusals.pop(name, None)
        if sockets:
            self._addresses[name] = min(sockets)[0]
        return sockets

    async def _sockets(self, name: str, port: int) -> tuple[tuple[str, int], ...]:
        self._check_host(name)
        served = self._authorities.get(f"{name}:{port}")
        if served is not None:
            return (served,)
        _refuse_special(name)
        addresses = await self._lookup(name)
        for address in addresses:
            if not is_public(address):
                raise GuardRefused(reason("guard_private", name=name, address=address))
        return tuple((address, port) for address in addresses)

    def _check_host(self, name: str) -> None:
        if not HOST.fullmatch(name):
            raise GuardRefused(reason("guard_name", name=repr(name)))
        if name not in self._hosts and not f".{name}".endswith(self._domains):
            raise GuardRefused(reason("guard_undeclared", name=name))

    def address_of(self, url: str) -> str | None:
        """Return the IP address that the host of `url` last resolved to (of several the same one each time), or None."""
        return self._addresses.get((urlsplit(url).hostname or "").rstrip("."))

    def refusal_of(self, url: str) -> Reason | None:
        """Return why the host of `url` was last refused at connection, or None where it was not.

        Twisted only hears that there is no address; this tells a refusal from a name that does not resolve.
        """
        return self._refusals.get((urlsplit(url).hostname or "").rstrip("."))

    async def admit(self, url: str) -> None:
        """Check address and resolved name of `url`; raises GuardRefused.

        A name that does not resolve is left to the connection, which fails with the outcome `dns`.
        """
        host, port = self.check_url(url)
        try:
            await self.resolve(host, port)
        except OSError:
            return


def is_public(address: str) -> bool:
    """Tell whether an IP address is publicly reachable and hides no other address."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False  # a scoped address (fe80::1%eth0) among others
    if ip.version == 6 and ip not in _GLOBAL_UNICAST:
        return False
    return not any(ip in network for network in _CLOSED if network.version == ip.version)


def table_lookup(table: Mapping[str, Sequence[str]]) -> Lookup:
    """Return a lookup that answers from `table` instead of DNS; its answers are checked like any other."""

    async def look_up(name: str) -> Sequence[str]:
        if name not in table:
            raise OSError(f"{name} is not known")
        return table[name]

    return look_up


async def system_lookup(name: str) -> list[str]:
    """Ask the system's resolver for the IPv4 and IPv6 addresses of `name`."""
    answers = await asyncio.get_running_loop().getaddrinfo(name, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(answer[4][0]) for answer in answers))


def _refuse_special(host: str) -> None:
    if f".{host}".endswith(_NEVER_PUBLIC):
        raise GuardRefused(reason("guard_special", name=host))


class GuardMiddleware:
    """Checks every request, each hop of a redirect too, before anything else is done about it."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard

    @classmethod
    def from_crawler(cls, crawler: Any) -> GuardMiddleware:
        """Take the guard of the spider, which got it in memory."""
        return cls(crawler.spider.session.guard)

    async def process_request(self, request: Request) -> None:
        """Let the request pass, or raise GuardRefused."""
        await self._guard.admit(request.url)


@implementer(IHostnameResolver)
class GuardedResolver:
    """Resolves names for Twisted's connections, through the guard and nothing else."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard

    def resolveHostName(
        self,
        resolutionReceiver: Any,
        hostName: str,
        portNumber: int = 0,
        addressTypes: Sequence[type] | None = None,
        transportSemantics: str = "TCP",
    ) -> Any:
        """Hand the receiver the sockets that the guard admits; none where it refuses."""
        resolution = _Resolution(hostName)
        resolutionReceiver.resolutionBegan(resolution)

        def hand_over(sockets: tuple[tuple[str, int], ...]) -> None:
            for address, port in sockets:
                kind = IPv6Address if ":" in address else IPv4Address
                resolutionReceiver.addressResolved(kind("TCP", address, port))

        def refuse(failure: Any) -> None:
            # without an address Twisted fails with DNSLookupError: nothing is connected to
            failure.trap(GuardRefused, OSError)

        def complete(result: Any) -> Any:
            resolutionReceiver.resolutionComplete()
            return result

        admitting = asyncio.ensure_future(self._guard.resolve(hostName, portNumber))
        resolving: Deferred[Any] = Deferred.fromFuture(admitting)
        resolving.addCallback(hand_over)
        resolving.addErrback(refuse)
        resolving.addBoth(complete)
        return resolution


@implementer(IHostResolution)
class _Resolution:
    def __init__(self, name: str) -> None:
        self.name = name

    def cancel(self) -> None:
        raise NotImplementedError


class ClosedResolver:
    """Resolves nothing: what the settings install, until a spider puts its guard in its place."""

    def __init__(self, reactor: Any) -> None:
        self._reactor = reactor

    @classmethod
    def from_crawler(cls, crawler: Any, reactor: Any) -> ClosedResolver:
        """Make the resolver for `reactor`."""
        return cls(reactor)

    def install_on_reactor(self) -> None:
        """Put a guard without hosts in front of the reactor's connections."""
        self._reactor.installNameResolver(GuardedResolver(Guard(frozenset())))
