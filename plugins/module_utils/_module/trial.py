# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings of containers, tried on this kernel before anything is touched: what it refuses, a check refuses too."""

from __future__ import annotations

from typing import Dict, Iterator, List, Tuple

from .._declaration.container_words import interface_of_setting
from .._declaration.topology import Topology
from .._kernel import namespaces, sysctl
from .._kernel.errors import DeclarationError, Problem, cut

Settings = Tuple[Tuple[str, str], ...]  # (key with dots, value)

#: Settings that are there once the kernel tracks connections, which our packet rules bring about.
_TRACKING, _IS_TRACKED = "net/netfilter/", "net/netfilter/nf_conntrack_max"
#: An interface that every namespace has. The kernel makes the same settings for each.
_ANY = "lo"


def refuse_settings(topology: Topology) -> None:
    """DeclarationError for each value that the kernel does not take in a namespace of its own, as it stands."""
    whose: Dict[Settings, List[str]] = {}
    for container in topology.containers.values():
        if container.sysctls:
            whose.setdefault(container.sysctls, []).append(container.name)
    problems = [
        Problem("topology_containers.{0}.sysctls.{1}".format(name, key), '"{0}": {1}'.format(cut(value, 200), why))
        for settings, containers in whose.items()
        for key, value, why in _refused(settings)
        for name in containers
    ]
    if problems:
        raise DeclarationError(problems)


def _refused(settings: Settings) -> Iterator[Tuple[str, str, str]]:
    """Key, value and why, in the order in which a namespace gets them: those of interfaces come last."""
    tracked = sysctl.read(_IS_TRACKED) is not None
    with namespaces.scratch():
        for key, value in sorted(settings, key=lambda each: interface_of_setting(each[0]) is not None):
            place = _on_any_interface(key)
            if place.startswith(_TRACKING) and not tracked:
                continue
            why = sysctl.refusal(place, value)
            if why is not None:
                yield key, value, why


def _on_any_interface(key: str) -> str:
    """With slashes. Of one that the container does not have yet, there is nothing to write to."""
    ifname, words = interface_of_setting(key), key.replace("/", ".").split(".")
    if ifname is None or ifname in ("all", "default"):
        return "/".join(words)
    return "/".join((*words[:3], _ANY, words[-1]))
