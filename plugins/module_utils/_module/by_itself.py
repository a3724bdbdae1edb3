# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a host is to do for its networks by itself: its units, the program that they run, and what Docker has of us."""

from __future__ import annotations

import functools
import os
from typing import Any, Mapping, Optional, Tuple

from .._declaration.encryption_words import WIREGUARD
from .._declaration.restore import NO, Wanted, parse_restore
from .._declaration.topology import Topology
from .._engine import declared
from .._expansion.drivers.registry import driver_of
from .._expansion.encrypted import encrypted_memberships, tunnel_names
from .._expansion.units import units
from .._kernel import systemd
from .._kernel.errors import DeclarationError
from .._resources.units import Unit, owned


def wanted(words: Mapping[str, Any], absent: bool, topology: str = "", by_program: bool = False) -> Wanted:
    """``by_program``: what encrypts networks of this topology is one, which a unit keeps. Then, and where it was so,
    units are looked at whoever says nothing of them."""
    by_program = by_program or any(map(_is_of_program, owned(topology)))
    if words.get("restore") is None and by_program:
        words = dict(words, restore=NO)
    why_not, at_home = systemd.why_not(), systemd.at_home()
    if absent:
        return Wanted(units=not why_not, program=False if at_home else None)
    return parse_restore(words).on(why_not, at_home)


def units_of(topology: Topology, asked: Wanted, docker: bool, by_program: bool = False) -> Optional[Tuple[Unit, ...]]:
    """None where nobody looks at them. ``docker``: it starts containers in our namespaces. ``by_program``: what
    encrypts is one, which a unit keeps."""
    if not asked.units:
        return None
    late = any(driver_of(network).stands_on_others(network) for network in topology.networks.values())
    make = functools.partial(units, topology.name, asked.restore, late, asked.heal, asked.dns, docker, asked.metrics)
    if not encrypted_memberships(topology):
        return tuple(make())
    from .._expansion.encryption import openvpn_units, tunnel_mtu

    tunnels = (tunnel_names(topology, WIREGUARD), tunnel_mtu(topology)) if by_program else ()
    return (*make(*tunnels), *openvpn_units(topology))


def _is_of_program(path: str) -> bool:
    """Whether a unit keeps what encrypts."""
    return os.path.basename(path).startswith(("linuxnet-fabric-wireguard@", "linuxnet-fabric-openvpn@"))


def program_for(topology: str, asked: Optional[bool]) -> Optional[bool]:
    """As ``Desired.program``: it is the host's, and so stays for as long as one of its topologies wants it."""
    others = [name for name in declared.topologies() if name != topology]
    return None if asked is False and any(map(_wants_it, others)) else asked


def docker_runtime_for(topology: str, words: Mapping[str, Any], absent: bool) -> Optional[bool]:
    """As ``Desired.docker_runtime``: of the host's Docker, and so there for as long as one of its topologies wants it.
    What a lab host sees below /etc is the machine's, and is not looked at for what may have been there before."""
    asked = False if absent else words.get("docker_runtime")
    if asked is None or asked:
        return asked
    others = [name for name in declared.topologies() if name != topology]
    return None if not systemd.at_home() or any(map(_wants_docker_runtime, others)) else False


def _wants_docker_runtime(topology: str) -> bool:
    record = declared.read(topology)
    return record is None or bool(record.words.get("docker_runtime"))


def _wants_it(topology: str) -> bool:
    """What cannot be read may."""
    record = declared.read(topology)
    try:
        return record is None or wanted(record.words, False).program is True
    except DeclarationError:
        return True
