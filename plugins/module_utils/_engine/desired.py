# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is to be: everything that a topology declares, as resources."""

from __future__ import annotations

from dataclasses import field, replace
from typing import Dict, FrozenSet, Mapping, Optional, Tuple

from .._kernel.data import dataclass
from .._resources import file_states
from .._resources.adopted import AdoptedBridge
from .._resources.drop_ins import DropIn
from .._resources.files import TextFile
from .._resources.links.kind import DeclaredLink
from .._resources.netns import Netns
from .._resources.ruleset.model import Ruleset, Transit
from .._resources.settings import HostSysctl
from .._resources.units import Unit

#: Containers whose files are looked for one container after the other.
_FEW = 16


@dataclass(frozen=True)
class Desired:
    """Everything of one topology. With ``prune``, what the topology owns and is not here goes away."""

    topology: str
    sysctls: Tuple[HostSysctl, ...] = ()
    given_back: Tuple[HostSysctl, ...] = ()  # once all else is done
    links: Tuple[DeclaredLink, ...] = ()  # of any kind; what others stand on comes before them
    namespaces: Tuple[Netns, ...] = ()
    files: Tuple[TextFile, ...] = ()
    ruleset: Optional[Ruleset] = None
    transit: Optional[Transit] = None
    adopted: Tuple[AdoptedBridge, ...] = ()
    macs: Mapping[str, Mapping[str, str]] = field(
        default_factory=dict
    )  # bridge → address → MAC of whoever has it there
    drop_ins: Optional[Tuple[DropIn, ...]] = None  # as units
    units: Optional[Tuple[Unit, ...]] = None  # None: this host's systemd is none of ours, nobody looks at it
    program: Optional[bool] = None  # the host's: is to be there, or gone; None: nobody looks at it
    docker_runtime: Optional[bool] = None  # that Docker has of us: as the program
    name_server: str = ""  # its configuration; empty: there is none. Looked at where the units are
    prune: bool = True

    def namespace_sysctls(self) -> Dict[str, Tuple[str, ...]]:
        """What is to be read inside: namespace name → keys."""
        alike = {space.sysctls: tuple(key for key, _value in space.sysctls) for space in self.namespaces}
        wanted = {space.name: alike[space.sysctls] for space in self.namespaces}
        for link in self.links_inside():
            keys = tuple(key for key, _value in link.sysctls)
            wanted[str(link.netns)] = wanted.get(str(link.netns), ()) + keys
        return {name: keys for name, keys in wanted.items() if name}

    def links_of_host(self) -> Tuple[DeclaredLink, ...]:
        """Those that are the host's alone."""
        return tuple(link for link in self.links if link.netns is None)

    def links_inside(self) -> Tuple[DeclaredLink, ...]:
        """Those that are, or end, in a namespace."""
        return tuple(link for link in self.links if link.netns is not None)

    def host_ifnames(self) -> FrozenSet[str]:
        """What is declared among the host's links."""
        return frozenset(link.host_ifname for link in self.links if link.host_ifname is not None)

    def limited_ifnames(self) -> FrozenSet[str]:
        """Of the host's links, those whose traffic is limited."""
        return frozenset(str(link.host_ifname) for link in self.links if link.limited)

    def alone_inside(self) -> Tuple[DeclaredLink, ...]:
        """Those that are inside namespaces and have no end on the host."""
        return tuple(link for link in self.links if link.host_ifname is None)

    def without(self, missing: FrozenSet[str]) -> "Desired":
        """Without the links that stand on these, which the host does not have yet, and all that stands on those."""
        if not missing:
            return self
        gone, links = set(missing), []
        for link in self.links:
            if gone.isdisjoint(link.stands_on):
                links.append(link)
            elif link.host_ifname is not None:
                gone.add(link.host_ifname)
        adopted = tuple(each for each in self.adopted if each.ifname not in missing)
        return replace(self, links=tuple(links), adopted=adopted)

    def without_containers(self, gone: FrozenSet[str]) -> "Desired":
        """Without what these containers have on the host, and those that share their namespaces."""
        if not gone:
            return self
        sharing = {space.name for space in self.namespaces if str(space.attach)[6:] in gone and _shares(space)}
        out = gone | sharing
        return replace(
            self,
            namespaces=tuple(space for space in self.namespaces if space.name not in out),
            links=tuple(link for link in self.links if link.netns not in out),
            files=tuple(file for file in self.files if file_states.container_of(file.path) not in out),
        )

    def restricted(self, containers: FrozenSet[str]) -> "Desired":
        """Of these containers only; nothing is pruned."""
        return replace(
            self,
            namespaces=tuple(space for space in self.namespaces if space.name in containers),
            links=tuple(link for link in self.links if link.netns is None or link.netns in containers),
            files=self._files_of(containers),
            adopted=(),
            drop_ins=None,
            units=None,
            program=None,
            docker_runtime=None,
            prune=False,
        )

    def _files_of(self, containers: FrozenSet[str]) -> Tuple[TextFile, ...]:
        if len(containers) <= _FEW:  # to take thousands of paths apart takes longer than to look how they begin
            folders = tuple(map(file_states.folder_of, containers))
            return tuple(file for file in self.files if file.path.startswith(folders))
        return tuple(file for file in self.files if file_states.container_of(file.path) in containers)

    def handles(self) -> FrozenSet[str]:
        """The handles that a comparison looks at: those declared, and whom they are attached to."""
        targets = (str(space.attach)[6:] for space in self.namespaces if _shares(space))
        return frozenset(
            [*(space.name for space in self.namespaces), *(str(link.netns) for link in self.links_inside()), *targets]
        )

    def host_sysctls(self) -> Tuple[str, ...]:
        own = tuple(key for setting in (*self.sysctls, *self.given_back) for key in setting.keys)
        return own + tuple(key for link in self.links_of_host() for key, _value in link.sysctls)


def _shares(space: Netns) -> bool:
    """Whether it is a second handle of another container's namespace."""
    return str(space.attach).startswith("netns:")
