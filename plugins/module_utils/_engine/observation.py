# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All reading of a run, and the comparison of what was read: the one way to a plan, for check, apply and verify."""

from __future__ import annotations

from typing import Tuple

from .._kernel.host import Host
from .._kernel.observe import observe
from .._resources import hosts_files
from .._resources.action import Action
from .._resources.ruleset_plan import plan_ruleset
from .plan import Desired, plan


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
