"""Which addresses are the public internet, and which hosts are an address written oddly. Pure: resolves nothing.

Python's `is_global` is not used: it changes between versions, and calls 64:ff9b::7f00:1, 2002:7f00:1:: and 224.0.0.1 global, the
first two of which are 127.0.0.1 in other clothes.
"""

import contextlib
import socket
from collections.abc import Iterable, Sequence
from ipaddress import AddressValueError, IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from itertools import chain, zip_longest
from urllib.parse import urlsplit

IPAddress = IPv4Address | IPv6Address

#: What is not the public internet (IANA IPv4 Special-Purpose Address Registry, and multicast).
NOT_PUBLIC_4 = tuple(
    map(
        IPv4Network,
        (
            "0.0.0.0/8",  # this network
            "10.0.0.0/8",
            "100.64.0.0/10",  # carrier-grade NAT
            "127.0.0.0/8",
            "169.254.0.0/16",  # link-local, where clouds keep their metadata
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",  # documentation
            "192.88.99.0/24",  # 6to4 relays
            "192.168.0.0/16",
            "198.18.0.0/15",  # benchmarks
            "198.51.100.0/24",  # documentation
            "203.0.113.0/24",  # documentation
            "224.0.0.0/3",  # multicast, reserved, broadcast
        ),
    )
)
#: All global unicast there is (RFC 4291); what lies outside is loopback, unique local, link-local, multicast or not given out.
UNICAST_6 = IPv6Network("2000::/3")
#: Within it (IANA IPv6 Special-Purpose Address Registry): Teredo and its neighbours, documentation, 6to4.
NOT_PUBLIC_6 = tuple(map(IPv6Network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")))
#: An IPv4 address seen through a NAT64 gateway (RFC 6052): as public as the address inside.
NAT64 = IPv6Network("64:ff9b::/96")


USUAL_PORTS = {"http": 80, "https": 443}


def is_public(address: IPAddress) -> bool:
    """Whether this address is on the public internet. IPv4 inside IPv6 (mapped, NAT64) is judged as the IPv4 address it is."""
    if isinstance(address, IPv4Address):
        return not any(address in network for network in NOT_PUBLIC_4)
    if address.ipv4_mapped is not None:
        return is_public(address.ipv4_mapped)
    if address in NAT64:
        return is_public(IPv4Address(int(address) & 0xFFFF_FFFF))
    return address in UNICAST_6 and not any(address in network for network in NOT_PUBLIC_6)


def literal(host: str) -> IPAddress | None:
    """The address that `host` is, in any spelling a resolver takes (`0x7f000001`, `2130706433`, `127.1`); None if it is a name."""
    text = host.strip("[]").rstrip(".")
    try:
        return ip_address(text)
    except ValueError:
        pass
    try:
        return IPv4Address(socket.inet_aton(text))
    except (OSError, ValueError, AddressValueError):
        return None


def is_private_host(host: str) -> bool:
    """Whether `host` is private on its face: an address that is not public, or a name of this machine. Other names need a resolver."""
    name = host.rstrip(".").lower()
    address = literal(name)
    return not is_public(address) if address else name == "localhost" or name.endswith(".localhost")


def ascii_host(host: str) -> str:
    """A host as the network names it: in IDNA, without a dot at the end.

    Raises:
        UnicodeError: it has no such name.
    """
    bare = host.rstrip(".")
    return bare if bare.isascii() else bare.encode("idna").decode("ascii")


def with_port(host: str, port: int | None) -> str:
    """The two as an address writes them; None is the usual port, which it leaves out."""
    shown = f"[{host}]" if ":" in host else host
    return shown if port is None else f"{shown}:{port}"


def host_of(url: str) -> str:
    """The host that an address is asked at, with its port where that is not the usual one: requests to one are paced together.

    One spelling for all of one host: lower case, IDNA, no dot at the end. "" where it names none, or none that can be.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return ""
    host = host.rstrip(".")
    with contextlib.suppress(UnicodeError):
        host = ascii_host(host)
    return with_port(host, None if port == USUAL_PORTS.get(parts.scheme) else port) if host else ""


def is_private_url(url: str) -> bool:
    """Whether the host of `url` is private on its face."""
    try:
        return is_private_host(urlsplit(url).hostname or "")
    except ValueError:
        return False


def alternate(addresses: Iterable[IPAddress]) -> Sequence[IPAddress]:
    """The same addresses without doubles, families taking turns (RFC 8305, 4), so that a dead IPv6 costs one attempt only."""
    unique = tuple(dict.fromkeys(addresses))
    first = [address for address in unique if address.version == unique[0].version]
    second = [address for address in unique if address.version != unique[0].version]
    return [address for address in chain.from_iterable(zip_longest(first, second)) if address is not None]
