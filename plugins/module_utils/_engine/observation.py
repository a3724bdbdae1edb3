# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All reading of a run, and the comparison of what was read: the one way to a plan, for check, apply and verify."""

from __future__ import annotations

from typing import FrozenSet, Optional, Sequence, Tuple

from .._kernel.host import Host
from .._kernel.observe import observe
from .._resources import hosts_files
from .._resources.action import Action
from .._resources.ruleset_plan import plan_ruleset
from .plan import Desired, plan

#: Operations after which only the whole host shows whether everything is gone that was to go.
_TAKING_AWAY = ("netns.stash", "netns.remove", "link.delete", "links.delete", "link.rename", "file.remove")


def read_and_plan(host: Host, desired: Desired) -> Tuple[Action, ...]:
    """What is left to do on this host."""
    owners = (desired.topology,) if desired.prune else ()
    observed = observe(host, desired.host_sysctls(), desired.namespace_sysctls(), owners)
    paths = {file.path for file in desired.files}
    if desired.prune:
        paths.update(hosts_files.owned(desired.topology))
    files = {path: hosts_files.read(path) for path in paths}
    rules = plan_ruleset(desired.topology, desired.ruleset) if desired.prune else None
    return plan(desired, observed, rules, files)


def read_again(host: Host, desired: Desired, actions: Sequence[Action]) -> Tuple[Action, ...]:
    """What is left to do after ``actions``, which were planned from a reading of everything.

    Whoever adds one container to a thousand need not read a thousand again: the host's own namespace, the
    namespaces that an action touched, and the packet rules if they changed.
    """
    touched = _touched(actions)
    if touched is None:
        return read_and_plan(host, desired)
    part = desired.restricted(touched)
    observed = observe(host, part.host_sysctls(), part.namespace_sysctls(), (), part.handles())
    files = {file.path: hosts_files.read(file.path) for file in part.files}
    loaded = any(step.name == "nft.load" for action in actions for step in action.do)
    rules = plan_ruleset(desired.topology, desired.ruleset) if loaded else None
    return plan(part, observed, rules, files)


def _touched(actions: Sequence[Action]) -> Optional[FrozenSet[str]]:
    """The containers whose namespace or files the actions wrote; None when something was taken away."""
    found = set()
    for action in actions:
        for step in action.do:
            if step.name in _TAKING_AWAY:
                return None
            words = step.arguments
            if step.name.startswith("netns."):
                found.add(words["name"])
            elif step.name.startswith("file."):
                found.add(hosts_files.container_of(words["path"]))
            else:
                found.add(words["veth"]["netns"] if "veth" in words else words.get("netns"))
    return frozenset(name for name in found if name)
