# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The answers that a row of the table of operations (operations.py) is made of. Pure functions of the arguments.

An operation is asked four things about its arguments: which keys it touches, which of them are gone after it, at
which turn of a plan it has to come, and what a check is to foresee of it.

A **key** names a thing: ``link NAME`` of the host, ``netns NAME`` (a handle and everything inside), ``inside NETNS
IFNAME`` (a link in there), ``file PATH``, ``sysctl KEY`` of the host, ``route NETNS WORDS``; ``rules`` are our packet
rules, ``firewall`` is our accept in another firewall, ``units`` are those of systemd that are ours, ``program`` is
that of the host, and ``docker`` what Docker has of us: one each.
"""

from __future__ import annotations

import json
from dataclasses import field
from enum import Enum, auto
from typing import Any, Callable, Dict, Iterable, Iterator, List, Mapping, Optional, Sequence, Set, Tuple

from .._kernel.data import dataclass

Words = Mapping[str, Any]  # the arguments of an operation
Keys = Callable[[Words], Iterator[str]]

LINK, NETNS, FILE, SYSCTL, ROUTE, INSIDE = "link", "netns", "file", "sysctl", "route", "inside"
RULES, FIREWALL, UNITS, PROGRAM, DOCKER = "rules", "firewall", "units", "program", "docker"


def kind_of(key: str) -> str:
    return key.partition(" ")[0]


def name_of(key: str) -> str:
    return key.partition(" ")[2]


def names_of(kind: str, keys: Iterable[str]) -> Iterator[str]:
    """The names of those of one kind."""
    parted = (key.partition(" ") for key in keys)
    return (name for found, _blank, name in parted if found == kind)


def route_key(netns: str, route: Mapping[str, Any]) -> str:
    return "{0} {1} {2}".format(ROUTE, netns, json.dumps(route, sort_keys=True))


def inside_key(netns: str, ifname: str) -> str:
    return "{0} {1} {2}".format(INSIDE, netns, ifname)


# --- which keys an operation touches, and which of them it takes away


def nothing(words: Words) -> Iterator[str]:
    return iter(())


def of_netns(words: Words) -> Iterator[str]:
    """The handle that is called ``name``."""
    yield NETNS + " " + words["name"]


def of_link(words: Words) -> Iterator[str]:
    """The link ``ifname``: the host's, or else the namespace that it is in."""
    netns = words.get("netns")
    yield NETNS + " " + netns if netns is not None else LINK + " " + words["ifname"]


def of_renamed(words: Words) -> Iterator[str]:
    """As ``of_link``, under both its names."""
    yield from of_link(words)
    if words.get("netns") is None:
        yield LINK + " " + words["new"]


def of_links(words: Words) -> Iterator[str]:
    yield from (LINK + " " + ifname for ifname in words["ifnames"])


def host_link(words: Words) -> Iterator[str]:
    """The link ``ifname``, if it is the host's: what it is called inside a namespace is seen when that is read."""
    return (key for key in of_link(words) if kind_of(key) == LINK)


def link_gone(words: Words) -> Iterator[str]:
    """The link ``ifname``: the host's, or the one inside a namespace."""
    netns = words["netns"]
    yield LINK + " " + words["ifname"] if netns is None else inside_key(netns, words["ifname"])


def of_created(words: Words) -> Iterator[str]:
    """A link that is made: what of it is the host's, and the namespace that it, or its other end, is in."""
    if words["ifname"] is not None:
        yield LINK + " " + words["ifname"]
    if words["netns"] is not None:
        yield NETNS + " " + words["netns"]


def of_route(words: Words) -> Iterator[str]:
    yield route_key(words["netns"], words["route"])


def of_setting(words: Words) -> Iterator[str]:
    netns = words.get("netns")
    yield NETNS + " " + netns if netns is not None else SYSCTL + " " + words["key"]


def of_file(words: Words) -> Iterator[str]:
    yield FILE + " " + words["path"]


def of_rules(words: Words) -> Iterator[str]:
    yield RULES


def of_firewall(words: Words) -> Iterator[str]:
    yield FIREWALL


def of_units(words: Words) -> Iterator[str]:
    yield UNITS


def of_program(words: Words) -> Iterator[str]:
    yield PROGRAM


def of_docker(words: Words) -> Iterator[str]:
    yield DOCKER


# --- at which turn of a plan it comes


class Turn(Enum):
    """Where in a plan an operation belongs that the kernel does not let come with the rest of its object."""

    USUAL = auto()
    IDENTITY = (
        auto()
    )  # the name or MAC of an inner end: before IPv6 is on, for the kernel makes an address of a MAC then
    IPV6_OFF = auto()  # once the addresses went, so that on the way back they come when it is on again
    LAST = auto()  # of those at the end of a run the last: a disk is kept waiting by what keeps a processor busy


def usual(words: Words) -> Turn:
    return Turn.USUAL


def at_last(words: Words) -> Turn:
    return Turn.LAST


def identity_inside(words: Words) -> Turn:
    return Turn.IDENTITY if words.get("netns") is not None else Turn.USUAL


def identity_if_mac(words: Words) -> Turn:
    return identity_inside(words) if "mac" in words["attributes"] else Turn.USUAL


def off_if_ipv6(words: Words) -> Turn:
    turns_off = words["key"].endswith("/disable_ipv6") and words["value"] != "0"
    return Turn.IPV6_OFF if turns_off else Turn.USUAL


# --- what may go on at the same time


class Pace(Enum):
    """How an operation stands to those beside it in a plan, where there are many (``lengthy.py``)."""

    IN_TURN = auto()  # nothing else goes on
    LENGTHY = auto()  # the kernel works on it for long, and what is BESIDE and follows it goes on meanwhile
    BESIDE = auto()  # needs nothing of what is LENGTHY before it, and takes nothing from it


# --- what a check foresees of it


@dataclass
class Outlook:
    """What the operations of an interrupted run's way back, or of its end, will leave: filled in their order.

    Of links, namespaces, host settings and files under /etc/netns the journal tells how they were (before.py), so
    they are not in here.
    """

    scripts: List[str] = field(default_factory=list)  # for nft
    accepts: Dict[Tuple[str, str, str], Sequence[str]] = field(default_factory=dict)  # (family, chain, mark) → rules
    foreign_files: Dict[str, Optional[str]] = field(default_factory=dict)  # path → content, None: no file
    program: bool = False  # will be what it was before
    units: Dict[str, Optional[str]] = field(default_factory=dict)  # path → content, or target of a link; None: nothing
    zones: Dict[str, Sequence[str]] = field(default_factory=dict)  # of a running firewalld → interfaces
    reverted: List[Words] = field(default_factory=list)  # of the lease store
    discarded: Dict[str, Optional[int]] = field(default_factory=dict)  # handle → its namespace's inode
    declared: Dict[str, Optional[Any]] = field(default_factory=dict)  # topology → what is kept of it, None: nothing
    kept: Set[str] = field(default_factory=set)  # topologies → what was prepared is kept of them
    forwarding: List[Optional[Words]] = field(default_factory=list)  # the record of it; the last one counts


Foresee = Callable[[Outlook, Words], None]


def as_it_was(outlook: Outlook, words: Words) -> None:
    """What it touches will be as the journal says that it was."""


def unseen(outlook: Outlook, words: Words) -> None:
    """No plan looks at what it leaves."""


def foresee_rules(outlook: Outlook, words: Words) -> None:
    outlook.scripts.append(words["script"])


def foresee_accept(outlook: Outlook, words: Words) -> None:
    outlook.accepts[words["family"], words["chain"], words["mark"]] = words["rules"]


def foresee_foreign_file(outlook: Outlook, words: Words) -> None:
    outlook.foreign_files[words["path"]] = words["content"]


def foresee_unit(outlook: Outlook, words: Words) -> None:
    outlook.units[words["path"]] = words["content"] if "content" in words else words["target"]


def foresee_zone(outlook: Outlook, words: Words) -> None:
    outlook.zones[words["zone"]] = words["wanted"]


def foresee_program(outlook: Outlook, words: Words) -> None:
    outlook.program = True


def foresee_leases(outlook: Outlook, words: Words) -> None:
    outlook.reverted.append(words)


def foresee_discarded(outlook: Outlook, words: Words) -> None:
    outlook.discarded[words["name"]] = words["inode"]


def foresee_forwarding(outlook: Outlook, words: Words) -> None:
    outlook.forwarding.append(words["known"])


def foresee_declared(outlook: Outlook, words: Words) -> None:
    outlook.declared[words["topology"]] = words if "declared" in words else None


def foresee_kept(outlook: Outlook, words: Words) -> None:
    outlook.kept.add(words["topology"])
