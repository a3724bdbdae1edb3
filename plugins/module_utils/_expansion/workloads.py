# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The programs of a topology's containers → which namespaces they bring, and the files of services that join. Pure."""

from __future__ import annotations

from typing import Any, Dict, Iterator, List, Optional, Tuple

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


def described(container: Container) -> Dict[str, Any]:
    """What a result says of a program: who that is, and the lines by which its owner starts it in the namespace."""
    workload = container.workload
    if workload is None:
        return {}
    words = {"kind": workload.kind, "name": workload.name, "join": workload.join}
    lines = _START[workload.kind] if workload.join and workload.kind in _START else ()
    places = {"container": container.name, "program": workload.name}
    places.update(handle=_HANDLE.format(container.name), files=_FILES.format(container.name))
    return {"workload": dict(words, start=[line.format(**places) for line in lines])}


_HANDLE, _FILES = names.NETNS_DIRECTORY + "/{0}", names.NETNS_ETC_DIRECTORY + "/{0}"
#: Of the kinds whose owner has words for it: podman-run(1) and Quadlet, podman-systemd.unit(5); docker-run(1) and
#: Compose, with our runtime (``_kernel/oci_runtime.py``); systemd-nspawn(1).
_START: Dict[str, Tuple[str, ...]] = {
    "podman": (
        "podman run --name {program} --network ns:{handle} --volume {files}/hosts:/etc/hosts:ro "
        "--volume {files}/resolv.conf:/etc/resolv.conf:ro IMAGE",
        "[Container]",
        "ContainerName={program}",
        "Network=ns:{handle}",
        "Volume={files}/hosts:/etc/hosts:ro",
        "Volume={files}/resolv.conf:/etc/resolv.conf:ro",
    ),
    "docker": (
        "docker run --name {program} --runtime fabric --network none --env FABRIC_NETNS={container} IMAGE",
        "{program}:",
        "  container_name: {program}",
        "  runtime: fabric",
        "  network_mode: none",
        "  environment: {{FABRIC_NETNS: {container}}}",
    ),
    "machine": (
        "systemd-nspawn --machine={program} --network-namespace-path={handle} "
        "--bind-ro={files}/hosts:/etc/hosts --bind-ro={files}/resolv.conf:/etc/resolv.conf --resolv-conf=off",
    ),
}
