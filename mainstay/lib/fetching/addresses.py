"""Tells addresses of the public internet from all others."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

Address = IPv4Address | IPv6Address

# IANA's registries of special-purpose addresses, written out: `ipaddress.is_global` differs between versions of Python.
NOT_PUBLIC_4 = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24",
        "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
    )
)  # fmt: skip
UNICAST_6 = IPv6Network("2000::/3")
# With what stands for an IPv4 address in disguise (6to4, Teredo); mapped and compatible ones lie outside of 2000::/3.
NOT_PUBLIC_6 = tuple(
    IPv6Network(network)
    for network in ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20")
)  # fmt: skip
NAT64 = IPv6Network("64:ff9b::/96")
# Never, even inside the company: clouds hand out the keys of their machines there, and no server of anybody's lives there.
NEVER_4 = tuple(map(IPv4Network, ("0.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "240.0.0.0/4")))


def is_public(address: Address) -> bool:
    """Whether this is one machine on the public internet: not ours, not a neighbour's, not many at once."""
    if isinstance(address, IPv4Address):
        return not any(address in network for network in NOT_PUBLIC_4)
    if address in NAT64:  # how a network without IPv4 writes one: the last 32 bits
        return is_public(IPv4Address(int(address) & 0xFFFFFFFF))
    return address.scope_id is None and address in UNICAST_6 and not any(address in network for network in NOT_PUBLIC_6)


def is_public_web(address: Address, port: int) -> bool:
    """Whether a web server of the public internet may be expected there."""
    return port in {80, 443} and is_public(address)


def is_inside(address: Address) -> bool:
    """Whether a company's own server may live there: its private networks and this machine, but not what clouds keep."""
    if isinstance(address, IPv6Address):
        mapped = address.ipv4_mapped
        if mapped is not None:
            return is_inside(mapped)
        return (address.is_loopback or address.is_private) and not (address.is_link_local or address.is_unspecified)
    return not any(address in network for network in NEVER_4)
