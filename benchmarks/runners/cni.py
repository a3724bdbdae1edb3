# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The CNI plugins bridge + host-local + portmap, executed one endpoint after another as a container runtime does."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any, Dict, List, Optional

from .. import debian
from ..declaration import Endpoint, endpoints
from ..places import environment, program
from ..sample import Sample, run
from ..trials import Trial
from . import Runner, Steps

_PLUGINS = "/usr/lib/cni"
_NEEDED = ("bridge", "host-local", "portmap")


class Cni(Runner):
    name = "cni"
    limit = 100

    def missing(self) -> Optional[str]:
        if not _are_in(Path("/")):
            return "containernetworking-plugins"
        return None if program("iptables") else "iptables"

    def before(self) -> List[str]:
        """What the command line of a plugin begins with."""
        return []

    def steps(self, trial: Trial, folder: Path) -> Steps:
        results: Dict[str, Any] = {}
        before = self.before()
        begin = time.perf_counter()
        for item in endpoints(trial.size):
            run([str(program("ip")), "netns", "add", item.name])
            results[item.name] = _add(before, item)
        yield "build", Sample(time.perf_counter() - begin, 0.0, "")
        begin = time.perf_counter()
        for item in endpoints(trial.size):
            _delete(before, item, results[item.name])
            run([str(program("ip")), "netns", "del", item.name])
        yield "teardown", Sample(time.perf_counter() - begin, 0.0, "")


class NewerCni(Cni):
    """As Debian 13 has them."""

    name = "cni of " + debian.WORDS

    def missing(self) -> Optional[str]:
        tree = debian.tree()
        return None if tree and _are_in(tree) else "a tree of {0}: --make-debian-13".format(debian.WORDS)

    def before(self) -> List[str]:
        return debian.enter()


def _are_in(tree: Path) -> bool:
    return all((tree / _PLUGINS.lstrip("/") / name).exists() for name in _NEEDED)


def _add(before: List[str], item: Endpoint) -> Dict[str, Any]:
    attached = json.loads(_call(before, "bridge", "ADD", item, _bridge(item)).output)
    return json.loads(_call(before, "portmap", "ADD", item, _portmap(item, attached)).output)


def _delete(before: List[str], item: Endpoint, result: Dict[str, Any]) -> None:
    _call(before, "portmap", "DEL", item, _portmap(item, result))
    _call(before, "bridge", "DEL", item, dict(_bridge(item), prevResult=result))


def _bridge(item: Endpoint) -> Dict[str, Any]:
    ranges = [[{"subnet": item.subnet, "gateway": item.gateway}]]
    return {
        "cniVersion": "1.0.0", "name": item.network, "type": "bridge", "bridge": "br-" + item.network,
        "isDefaultGateway": True, "ipMasq": True, "hairpinMode": True,
        "ipam": {"type": "host-local", "ranges": ranges},
    }  # fmt: skip


def _portmap(item: Endpoint, result: Dict[str, Any]) -> Dict[str, Any]:
    mapping = {"hostPort": item.port, "containerPort": 80, "protocol": "tcp"}
    return {
        "cniVersion": "1.0.0", "name": item.network, "type": "portmap", "capabilities": {"portMappings": True},
        "runtimeConfig": {"portMappings": [mapping]}, "prevResult": result,
    }  # fmt: skip


def _call(before: List[str], plugin: str, verb: str, item: Endpoint, configuration: Dict[str, Any]) -> Sample:
    variables = dict(
        environment(), CNI_COMMAND=verb, CNI_CONTAINERID=item.name, CNI_NETNS="/run/netns/" + item.name,
        CNI_IFNAME="eth0", CNI_PATH=_PLUGINS,
    )  # fmt: skip
    return run([*before, "{0}/{1}".format(_PLUGINS, plugin)], json.dumps(configuration), variables)
