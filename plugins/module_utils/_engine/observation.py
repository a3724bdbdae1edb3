# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All reading of a run, and the comparison of what was read: the one way to a plan, for check, apply and verify."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Collection, Optional, Sequence, Tuple

from .._kernel.host import Host
from .._kernel.observe import observe
from .._kernel.rtnetlink import Link
from .._resources import hosts_files
from .._resources.action import Action
from .._resources.firewall_accept import WARN, HostFirewall
from .._resources.ruleset_plan import plan_ruleset
from .plan import Desired, plan
from .touched import left_after


class Planner:
    """What is left to do on a host to match a declaration: before a run, and after its actions."""

    def __init__(
        self, host: Host, desired: Desired, links: Optional[Collection[Link]] = None, firewall: str = WARN
    ) -> None:
        """``links``: the host's, for the first plan, where the caller has read them already.

        ``firewall``: what to do about another one.
        """
        self._host = host
        self._desired = desired
        self._links = links
        self.firewall = HostFirewall(desired.topology, firewall, desired.ruleset)

    def plan(self) -> Tuple[Action, ...]:
        host, desired = self._host, self._desired
        links, self._links = self._links, None
        owners = (desired.topology,) if desired.prune else ()
        with ThreadPoolExecutor(max_workers=1) as aside:
            # nft is a program of its own: it works on another processor while this thread visits the namespaces.
            rules = aside.submit(plan_ruleset, desired.topology, desired.ruleset) if desired.prune else None
            accepts = aside.submit(self.firewall.plan)
            observed = observe(host, desired.host_sysctls(), desired.namespace_sysctls(), owners, links=links)
            paths = {file.path for file in desired.files}
            if desired.prune:
                paths.update(hosts_files.owned(desired.topology))
            files = {path: hosts_files.read(path) for path in paths}
            change = rules.result() if rules is not None else None
            return plan(desired, observed, change, files, accepts.result())

    def left_after(self, actions: Sequence[Action]) -> Tuple[str, ...]:
        """Of what these actions touched; the rest was read when they were planned."""
        return left_after(self._host, self._desired, actions, self.firewall)
