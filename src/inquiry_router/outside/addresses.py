"""Check the addresses of destinations, so that nobody makes the router call its own network. Pure.

Python's `ipaddress.is_global` is not enough: for it the NAT64, 6to4 and IPv4-compatible spellings
of 127.0.0.1 are global.
"""

import re
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final, Self
from urllib.parse import SplitResult, urlsplit

import idna

MAX_URL_CHARS: Final = 2048
MAX_HOST_CHARS: Final = 253
PORTS: Final = (443, 8443)

_EXAMPLE: Final = "https://hooks.example.com/inquiries"

_REFUSED_V4: Final = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # carrier-grade NAT, and Alibaba's metadata service
        "127.0.0.0/8",  # loopback
        "168.63.129.16/32",  # Azure's platform service: public, but only reachable from inside
        "169.254.0.0/16",  # link-local, and the metadata service of most clouds
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments, and Oracle's metadata service
        "192.0.2.0/24",  # documentation
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and broadcast
    )
)

# Every public address is in this network. ::1, mapped and compatible IPv4, NAT64, fc00::/7,
# fe80::/10, fec0::/10 and ff00::/8 are outside, and need no list.
_PUBLIC_V6: Final = IPv6Network("2000::/3")
_REFUSED_V6: Final = tuple(
    IPv6Network(network)
    for network in (
        "2001::/23",  # protocol assignments, among them Teredo, which carries an IPv4 address
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4, which carries an IPv4 address
        "3fff::/20",  # documentation
    )
)

_LOOPBACK: Final = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
# An operator's own hosts may resolve to these. Link-local is left out: metadata services are there.
_OWN_NETWORK: Final = tuple(
    map(ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"))
)
_INSIDE: Final = ("localhost", "localdomain", "local", "internal", "intranet", "lan", "home.arpa")
_NUMBER: Final = re.compile(r"[0-9]+|0x[0-9a-f]*")
_LABEL: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_BRACKETED: Final = re.compile(r"\[[^\[\]]*\](?::[0-9]*)?")


@dataclass(frozen=True, slots=True)
class Reach:
    """The addresses that may be called, beside public https addresses.

    `loopback` is for development. `hosts` are in the operator's own network, in lower case. They
    may use http, any port and a short name, and resolve to a private address.
    """

    loopback: bool = False
    hosts: frozenset[str] = frozenset()

    @classmethod
    def of(cls, loopback: bool, hosts: str) -> Self:
        """Read the hosts as the operator writes them, separated by commas."""
        names = (host.strip().lower() for host in hosts.split(","))
        return cls(loopback, frozenset(filter(None, names)))


PUBLIC: Final = Reach()


class WrongAddress(ValueError):
    """The address may not be called. The text tells the admin what to write instead."""


@dataclass(frozen=True, slots=True)
class CheckedUrl:
    """The parts of a checked URL.

    `host` is ASCII in lower case. `path` includes the query, which may be secret.
    """

    scheme: str
    host: str
    port: int
    path: str = field(repr=False)

    @property
    def origin(self) -> str:
        """Scheme, host and port. Requests of one origin share connections."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"

    @property
    def url(self) -> str:
        """The URL made of the checked parts, so that no library can read it differently."""
        return self.origin + self.path


def is_allowed(
    address: str | IPv4Address | IPv6Address, reach: Reach = PUBLIC, host: str | None = None
) -> bool:
    """Report if this IP address, which `host` resolved to, may be called.

    False for text that is no IP address.
    """
    try:
        parsed = ip_address(address) if isinstance(address, str) else address
    except ValueError:
        return False
    if is_loopback(parsed):
        return reach.loopback
    if host in reach.hosts and any(parsed in network for network in _OWN_NETWORK):
        return True
    if isinstance(parsed, IPv4Address):
        return not any(parsed in network for network in _REFUSED_V4)
    if parsed.scope_id is not None or parsed not in _PUBLIC_V6:
        return False
    return not any(parsed in network for network in _REFUSED_V6)


def is_loopback(address: IPv4Address | IPv6Address) -> bool:
    """Report if this is the machine itself: 127.0.0.0/8 or ::1."""
    return any(address in network for network in _LOOPBACK)


def check_url(url: str, reach: Reach = PUBLIC) -> CheckedUrl:
    """Check the spelling of a destination's URL, and return its parts. Raises `WrongAddress`.

    http and any port are allowed on the operator's own hosts, and on loopback for development.
    The addresses that a name resolves to are checked with each connection.
    """
    parts = _split(url)
    host = _checked_host(parts.hostname or "", reach)
    inside = _is_loopback_literal(host) or host in reach.hosts
    if parts.scheme == "http" and not inside:
        raise WrongAddress(
            f"Use https, such as {_EXAMPLE}; http would send customers' data in the clear."
        )
    port = parts.port if parts.port is not None else {"http": 80, "https": 443}[parts.scheme]
    if port == 0 or not (inside or port in PORTS):
        raise WrongAddress(f"Use port 443 or 8443, not {port}.")
    query = f"?{parts.query}" if parts.query else ""
    return CheckedUrl(parts.scheme, host, port, (parts.path or "/") + query)


def _split(url: str) -> SplitResult:
    if len(url) > MAX_URL_CHARS or any(
        character in " \\" or not character.isprintable() for character in url
    ):
        raise WrongAddress(
            f"Write the address in at most {MAX_URL_CHARS} characters, without spaces, "
            "backslashes and the like."
        )
    try:
        parts = urlsplit(url)
        _ = parts.port  # reading a wrong port raises
    except ValueError:
        raise WrongAddress(f"This is no web address; write one such as {_EXAMPLE}.") from None
    if parts.scheme not in ("http", "https"):
        raise WrongAddress(f"Start the address with https://, such as {_EXAMPLE}.")
    if "@" in parts.netloc:
        raise WrongAddress(
            "Leave the user name and password out of the address; the receiver checks our "
            "signature."
        )
    if "#" in url:
        raise WrongAddress("Leave out '#' and what follows it; it is never sent.")
    if "[" in parts.netloc and not _BRACKETED.fullmatch(parts.netloc):
        raise WrongAddress("Write an IPv6 address in brackets and nothing but a port behind them.")
    return parts


def _checked_host(written: str, reach: Reach) -> str:
    """Check a host and return it as it is sent to the receiver."""
    host = written.lower() if ":" in written else _ascii(written).removesuffix(".")
    if host in reach.hosts:
        return host
    if ":" in written:
        return _checked_literal(written, reach)
    if _NUMBER.fullmatch(host.rpartition(".")[2]):
        # The C library reads 2130706433, 0x7f.1 and 0177.0.0.1 as 127.0.0.1, so only the plain form
        # is accepted.
        return _checked_literal(host, reach)
    labels = host.split(".")
    if len(host) > MAX_HOST_CHARS or not all(_LABEL.fullmatch(label) for label in labels):
        raise WrongAddress(f"The host name cannot be used; write one such as in {_EXAMPLE}.")
    if any(host == name or host.endswith(f".{name}") for name in _INSIDE):
        raise WrongAddress(
            "Use a host name that the whole internet knows; this one only means something inside a "
            "network (the operator may name it in INQUIRY_ROUTER_OWN_HOSTS)."
        )
    if len(labels) < 2:
        raise WrongAddress(f"Write the full host name with its domain, such as in {_EXAMPLE}.")
    return host


def _ascii(host: str) -> str:
    if len(host) > MAX_HOST_CHARS + 1:
        raise WrongAddress(f"Use a host name of at most {MAX_HOST_CHARS} characters.")
    if host.isascii():
        return host.lower()
    try:
        # UTS 46 also turns full-width digits and dots into plain ones, which are checked then.
        return idna.encode(host, uts46=True).decode("ascii").lower()
    except idna.IDNAError:
        raise WrongAddress(
            "The host name has characters that no domain can have; copy it from the receiver."
        ) from None


def _checked_literal(written: str, reach: Reach) -> str:
    try:
        address = ip_address(written)
    except ValueError:
        raise WrongAddress(
            "Write an IP address plainly, IPv4 as four decimal numbers such as 192.0.2.7; better, "
            "use a host name."
        ) from None
    if is_loopback(address) and not reach.loopback:
        raise WrongAddress(
            "This is the router's own machine; use the receiver's public address "
            "(for development set allow_loopback_destinations_for_development)."
        )
    if not is_allowed(address, reach):
        raise WrongAddress(
            "Use a public address; private, local and special ones are never called (the operator "
            "may name hosts of the own network in INQUIRY_ROUTER_OWN_HOSTS)."
        )
    return str(address)


def _is_loopback_literal(host: str) -> bool:
    try:
        return is_loopback(ip_address(host))
    except ValueError:
        return False
