# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Routes inside a namespace, in the words of ip-route(8): those that are compared, and how one comes and goes."""

from __future__ import annotations

from typing import Any, Dict, Iterable, Iterator, Optional, Set

from .._kernel.changes import Subject
from .._kernel.data import NamedTuple
from .._kernel.rtnl.read import RT_TABLE_MAIN, RTPROT_KERNEL, RTPROT_RA, RouteEntry
from .._kernel.rtnl.uapi import IPV6_METRIC, LEADING_NOWHERE
from .action import Action, operation


class StaticRoute(NamedTuple):
    destination: str  # CIDR; 0.0.0.0/0 and ::/0 are the default routes
    gateway: Optional[str] = None
    type: str = "unicast"
    metric: int = 0
    onlink: bool = False

    def words(self) -> Dict[str, Any]:
        return {name: getattr(self, name) for name in ("destination", "gateway", "type", "metric", "onlink")}

    def __str__(self) -> str:
        kind = "" if self.type == "unicast" else self.type + " "
        destination = "default" if self.destination.endswith("/0") else self.destination
        via = " via " + self.gateway if self.gateway else ""
        metric = " metric %d" % self.metric if self.metric else ""
        return kind + destination + via + metric + (" onlink" if self.onlink else "")


def static(entry: RouteEntry) -> StaticRoute:
    metric = entry.metric
    if ":" in entry.destination and metric == IPV6_METRIC:
        metric = 0
    return StaticRoute(entry.destination, entry.gateway, entry.type, metric, entry.onlink)


def is_static(entry: RouteEntry) -> bool:
    """Whether somebody set it: not the kernel by itself, nor a router's advertisement."""
    return entry.table == RT_TABLE_MAIN and entry.protocol not in (RTPROT_KERNEL, RTPROT_RA)


def leading_nowhere(entries: Iterable[RouteEntry]) -> Set[StaticRoute]:
    return {static(entry) for entry in entries if is_static(entry) and entry.type in LEADING_NOWHERE}


def remove(routes: Iterable[StaticRoute], netns: str, ifname: str, shown: str, subject: Subject) -> Iterator[Action]:
    for route in sorted(routes, key=str):
        there = operation("route.delete", netns=netns, ifname=ifname, route=route.words())
        back = operation("route.add", netns=netns, ifname=ifname, route=route.words())
        text = "remove route {0} from {1}".format(route, shown)
        word = "route {0}".format(route)
        yield Action(text, subject, (there,), (back,), before={word: "on"}, after={word: None})


def add(routes: Iterable[StaticRoute], netns: str, ifname: str, shown: str, subject: Subject) -> Iterator[Action]:
    for route in routes:
        there = operation("route.add", netns=netns, ifname=ifname, route=route.words())
        back = operation("route.delete", netns=netns, ifname=ifname, route=route.words())
        text = "add route {0} to {1}".format(route, shown)
        word = "route {0}".format(route)
        yield Action(text, subject, (there,), (back,), before={word: None}, after={word: "on"})
