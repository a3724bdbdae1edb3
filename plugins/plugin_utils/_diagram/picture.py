# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a diagram shows: hosts, their networks, containers, ports, links, and the tunnels between hosts. Pure data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

#: Whose namespace a container with ``network_mode: host`` shares.
HOST = ""


@dataclass(frozen=True)
class Net:
    """``ifname``: its bridge, or its parent on the LAN. ``notes``: what else is worth a word, such as internal."""

    name: str
    ifname: str
    subnets: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def told(self) -> tuple[str, ...]:
        """What stands under its name."""
        return tuple(text for text in (self.ifname, *self.subnets, ", ".join(self.notes)) if text)


@dataclass(frozen=True)
class Place:
    """A container's interface on a network. An address that is chosen later is not among ``addresses``."""

    network: str
    ifname: str
    addresses: tuple[str, ...]

    @property
    def told(self) -> str:
        return "  ".join([self.ifname, *self.addresses])


@dataclass(frozen=True)
class LinkTo:
    """``host``: where the other container is, if it is not on the same host."""

    container: str
    alias: str
    host: Optional[str] = None

    @property
    def told(self) -> str:
        alias = f" as {self.alias}" if self.alias != self.container else ""
        return f"link → {self.container}{alias}" + (f" on {self.host}" if self.host is not None else "")


@dataclass(frozen=True)
class Guest:
    """A container. ``shares``: the container whose namespace it is in, or HOST. ``ports``: each a line such as
    ``8080 → 80/tcp``."""

    name: str
    shares: Optional[str] = None
    places: tuple[Place, ...] = ()
    ports: tuple[str, ...] = ()
    links: tuple[LinkTo, ...] = ()


@dataclass(frozen=True)
class Hosted:
    """One topology on one host. ``message``: why nothing is known of it."""

    host: str
    topology: str
    networks: tuple[Net, ...] = ()
    guests: tuple[Guest, ...] = ()
    message: str = ""

    @property
    def title(self) -> str:
        return f"{self.host} ({self.topology})" if self.topology else self.host


@dataclass(frozen=True)
class Tunnel:
    """An overlay network that several hosts share. ``ends``: which of the picture's ``hosted``, in order."""

    network: str
    topology: str
    ends: tuple[int, ...]

    @property
    def told(self) -> str:
        return f"overlay {self.network} ({self.topology})"


@dataclass(frozen=True)
class Picture:
    hosted: tuple[Hosted, ...]
    tunnels: tuple[Tunnel, ...]

    @property
    def title(self) -> str:
        return "Container networks of " + (", ".join(each.title for each in self.hosted) or "no host")


def roots(hosted: Hosted) -> dict[str, str]:
    """Container → whose namespace it is in: its own name, another's, or HOST."""
    shares = {guest.name: guest.shares for guest in hosted.guests}

    def root(name: str) -> str:
        target = shares.get(name)
        return name if target is None else HOST if target == HOST else root(target)

    return {name: root(name) for name in shares}
