# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The programs of a topology's containers → which namespaces they bring, and the files of services that join. Pure."""

from __future__ import annotations

from typing import Iterator, List, Optional, Tuple

from .._declaration.topology import Container, Topology, Workload
from .._kernel import names
from .._kernel.workloads import word
from .._resources.drop_ins import DropIn
from .._resources.units import mark_line

#: The namespace fails a service that is started before it is there, and no dependency can say so; a stop of ours, for
#: ``Requires=``, would stop the service.
_DROP_IN = """[Unit]
Wants=linuxnet-fabric@{topology}.service linuxnet-fabric-late@{topology}.service
After=linuxnet-fabric@{topology}.service linuxnet-fabric-late@{topology}.service

[Service]
NetworkNamespacePath={handles}/{name}
BindReadOnlyPaths={files}/{name}/hosts:/etc/hosts {files}/{name}/resolv.conf:/etc/resolv.conf
"""


def brought_by(container: Container) -> Optional[str]:
    """As ``Netns.attach``; None for one that has a namespace of ours, which its program joins if it has one."""
    workload = container.workload
    return None if workload is None or workload.join else word(workload.kind, workload.name)


def joining(topology: Topology) -> Iterator[Tuple[Container, Workload]]:
    """The containers whose programs are started in their namespaces by whoever starts them."""
    for container in topology.containers.values():
        if container.workload is not None and container.workload.join:
            yield container, container.workload


def drop_ins(topology: Topology) -> Tuple[DropIn, ...]:
    found: List[DropIn] = []
    for container, workload in joining(topology):
        if workload.kind == "unit":
            text = mark_line(topology.name) + _DROP_IN.format(
                topology=topology.name,
                name=container.name,
                handles=names.NETNS_DIRECTORY,
                files=names.NETNS_ETC_DIRECTORY,
            )
            found.append(DropIn(workload.name, container.name, text, workload.restart))
    return tuple(found)
