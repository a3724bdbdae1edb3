# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is to be: everything that a topology declares, as resources."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Dict, FrozenSet, Optional, Tuple

from .._resources import files as hosts_files
from .._resources.files import TextFile
from .._resources.links.bridge import Bridge
from .._resources.links.veth_pair import Veth
from .._resources.netns import Netns
from .._resources.ruleset.model import Ruleset
from .._resources.settings import HostSysctl


@dataclass(frozen=True)
class Desired:
    """Everything of one topology. With ``prune``, what the topology owns and is not here goes away."""

    topology: str
    sysctls: Tuple[HostSysctl, ...] = ()
    bridges: Tuple[Bridge, ...] = ()
    namespaces: Tuple[Netns, ...] = ()
    veths: Tuple[Veth, ...] = ()
    files: Tuple[TextFile, ...] = ()
    ruleset: Optional[Ruleset] = None
    prune: bool = True

    def namespace_sysctls(self) -> Dict[str, Tuple[str, ...]]:
        """What is to be read inside: namespace name → keys."""
        wanted = {space.name: tuple(key for key, _value in space.sysctls) for space in self.namespaces}
        for pair in self.veths:
            keys = tuple(key for key, _value in pair.sysctls)
            wanted[pair.netns] = wanted.get(pair.netns, ()) + keys
        return {name: keys for name, keys in wanted.items() if name}

    def restricted(self, containers: FrozenSet[str]) -> "Desired":
        """Of these containers only; nothing is pruned."""
        return replace(
            self,
            namespaces=tuple(space for space in self.namespaces if space.name in containers),
            veths=tuple(pair for pair in self.veths if pair.netns in containers),
            files=tuple(file for file in self.files if hosts_files.container_of(file.path) in containers),
            prune=False,
        )

    def handles(self) -> FrozenSet[str]:
        """The handles that a comparison looks at: those declared, and whom they are attached to."""
        targets = (str(space.attach)[6:] for space in self.namespaces if str(space.attach).startswith("netns:"))
        return frozenset([*(space.name for space in self.namespaces), *(pair.netns for pair in self.veths), *targets])

    def host_sysctls(self) -> Tuple[str, ...]:
        own = tuple(setting.key for setting in self.sysctls)
        return own + tuple(key for each in self.bridges for key, _value in each.sysctls)
