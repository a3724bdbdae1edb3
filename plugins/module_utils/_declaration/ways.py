# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which of its networks a container's traffic goes by: its default route, and its published ports, each family apart.

Asked before anything is leased, and again when it is known which networks have a gateway: by one function.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Callable, Iterator, Mapping, Optional, Tuple

from .topology import Address, Attachment, Network, PublishedPort, families

#: Whether a network has a gateway in a family, as far as that is known.
HasGateway = Callable[[Network, int], bool]


def _presumed(network: Network, family: int) -> bool:
    return True


def way_out(
    attachments: Tuple[Attachment, ...],
    networks: Mapping[str, Network],
    family: int,
    has_gateway: HasGateway = _presumed,
) -> Optional[Attachment]:
    """The attachment whose network gives the default route of a family, in Docker's order; None without any.

    Higher gw_priority; both families before one; then the network's name. Internal and isolated networks lead nowhere.
    """
    if len(attachments) == 1:  # nearly always, and asked many times
        return attachments[0] if _leads_out(networks.get(attachments[0].network), family, has_gateway) else None
    leading = [place for place in attachments if _leads_out(networks.get(place.network), family, has_gateway)]
    if len(leading) > 1:
        return min(leading, key=lambda one: (-one.gw_priority, -len(families(networks[one.network])), one.network))
    return leading[0] if leading else None


def _leads_out(network: Optional[Network], family: int, has_gateway: HasGateway) -> bool:
    return network is not None and family in network.leading_out and has_gateway(network, family)


def ways_in(
    attachments: Tuple[Attachment, ...],
    networks: Mapping[str, Network],
    publishes: Callable[[Network], bool],
    has_gateway: HasGateway = _presumed,
) -> Iterator[Tuple[int, Network]]:
    """(family, network) by which published ports come in. ``publishes``: whether a network's driver can do that."""
    for family in (4, 6):
        place = way_out(attachments, networks, family, has_gateway)
        if place is not None and publishes(networks[place.network]):
            yield family, networks[place.network]


#: An address in words. A range of ports listens on one some ten thousand times.
as_text: Callable[[Address], str] = lru_cache(maxsize=4096)(str)


def host_addresses(port: PublishedPort, network: Network, family: int) -> Tuple[Optional[Address], ...]:
    """Where a port listens in one family: its own host_ip, else the network's host_binding, else (None) everywhere."""
    one = port.host_ip
    if one is None:
        return bound_addresses(network, family)
    return _listens(one) if one.version == family else ()


def bound_addresses(network: Network, family: int) -> Tuple[Optional[Address], ...]:
    """The same for a port without a host_ip of its own."""
    if not network.host_binding:
        return (None,)
    return tuple(each for one in network.host_binding if one.version == family for each in _listens(one))


def _listens(one: Address) -> Tuple[Optional[Address], ...]:
    return (None,) if one.is_unspecified else (one,)
