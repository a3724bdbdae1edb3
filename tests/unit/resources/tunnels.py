# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host that has one device of a tunnel or none, as it is observed, and what a run says of it."""

from __future__ import annotations

from typing import Any, List, Mapping, Optional

from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.observe import Observed
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.rtnl.read import Link
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.action import Action


def observed(link: Optional[Link], states: Mapping[int, Any]) -> Observed:
    """``states``: of tunnels, by index."""
    links, nothing = [link] if link is not None else [], dict[Any, Any]()
    return Observed(
        links={each.ifname: each for each in links},
        by_index={each.index: each for each in links},
        addresses=nothing,
        sysctls=nothing,
        handles=nothing,
        marks=nothing,
        namespaces=nothing,
        own_inode=0,
        tunnels=dict(states),
    )


def lines(actions: List[Action]) -> List[str]:
    return [line for action in actions for line in action.lines]
