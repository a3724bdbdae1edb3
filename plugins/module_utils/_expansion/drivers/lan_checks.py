# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a network on the LAN refuses, and what only shows when all is seen together."""

from __future__ import annotations

from typing import Any, Iterator, Mapping, Tuple

from ..._declaration.topology import Attachment, Container, Network, families
from ..._declaration.ways import way_out
from ..._declaration.words import Problems, quote


def check_lan(
    driver: Any,
    network: Network,
    networks: Mapping[str, Network],
    containers: Mapping[str, Container],
    problems: Problems,
) -> None:
    path = "topology_networks." + network.name
    _check_pools(network, path, problems)
    _check_parent(driver, network, networks, path, problems)
    if network.options.host_access:
        _check_host_access(driver, network, path, problems)
    places = list(_places(network, containers))
    for container, place in places:
        _check_place(driver, network, container, place, networks, problems)
    if network.options.mode in driver.kind.fixed_modes and len(places) > 1:
        text = "in the mode {0} the parent is one container's alone, and {1} are on it; use another mode"
        problems.note("{0}.{1}".format(path, driver.mode_word), text, network.options.mode, len(places))


def _places(network: Network, containers: Mapping[str, Container]) -> Iterator[Tuple[Container, Attachment]]:
    for container in containers.values():
        for place in container.attachments:
            if place.network == network.name:
                yield container, place


def _check_pools(network: Network, path: str, problems: Problems) -> None:
    for pool in network.pools:
        if pool.subnet is None and pool.ip_range is None:
            where = pool.path if pool.path != path else path + ".ipam"
            text = (
                "without an IPv{0} subnet it is in that of its parent, and needs an ip_range there that nobody else on "
                "the LAN gives addresses from"
            )
            problems.note(where, text, pool.family)


def _check_parent(
    driver: Any, network: Network, networks: Mapping[str, Network], path: str, problems: Problems
) -> None:
    """A parent takes links of one kind, and in the mode passthru only one."""
    for other in networks.values():
        if other is network or getattr(other.options, "parent", None) != network.options.parent:
            continue
        alone = {each.options.mode for each in (network, other)} & set(driver.kind.fixed_modes)
        if other.driver != network.driver and list(networks).index(network.name) > list(networks).index(other.name):
            text = "{0}: {1} is the parent of the network {2} with the driver {3}, and takes no links of another kind"
            problems.note(path + ".driver", text, network.driver, network.options.parent, other.name, other.driver)
        elif alone and list(networks).index(network.name) > list(networks).index(other.name):
            text = "{0}: it is the parent of the network {1} too, and in the mode {2} it can be of one only"
            problems.note(path + ".parent", text, quote(network.options.parent), other.name, *alone)


def _check_host_access(driver: Any, network: Network, path: str, problems: Problems) -> None:
    where, mode = path + ".host_access", network.options.mode
    if driver.host_access_mode not in ("", mode):
        text = "in the {0} {1} the host's own link would reach no container; leave it out, or use {2}"
        problems.note(where, text, driver.mode_word, mode, driver.host_access_mode)
    for pool in network.pools:
        if pool.ip_range is None and pool.subnet is not None:
            problems.note(where, "needs an ip_range at {0}: what the host reaches over its own link", pool.path)
        elif pool.ip_range is not None and pool.ip_range.num_addresses < 4:
            text = '"{0}": too small for a container and the host'
            problems.note(pool.path + ".ip_range", text, pool.ip_range)


def _check_place(
    driver: Any,
    network: Network,
    container: Container,
    place: Attachment,
    networks: Mapping[str, Network],
    problems: Problems,
) -> None:
    options, path = network.options, "topology_containers." + container.name
    if place.mac_address is not None and options.mode in driver.without_mac:
        text = "{0}: on the network {1} it has the MAC of {2}; leave it out"
        problems.note(place.path + ".mac_address", text, quote(place.mac_address), quote(network.name), options.parent)
    for given in (place.ipv4_address, place.ipv6_address):
        pool = network.pool(given.version) if given is not None else None
        if options.host_access and pool is not None and pool.ip_range is not None and given not in pool.ip_range:
            text = '"{0}": with host_access it has to be in the ip_range {1}, which the host reaches'
            problems.note("{0}.ipv{1}_address".format(place.path, pool.family), text, given, pool.ip_range)
    if not any(way_out(container.attachments, networks, family) is place for family in families(network)):
        return
    if container.ports:
        text = (
            "nothing is published over the network {0} (driver {1}): whoever is on the LAN reaches {2} at its own "
            "address; leave them out, or give a bridge network a higher gw_priority"
        )
        problems.note(path + ".ports", text, quote(network.name), driver.name, quote(container.name))
    if any(address == "host-gateway" for _name, address in container.extra_hosts) and not options.host_access:
        text = "host-gateway: over the network {0} the host is not reached; set host_access there, or write an address"
        problems.note(path + ".extra_hosts", text, quote(network.name))
