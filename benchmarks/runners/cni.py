# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The CNI plugins bridge + host-local + portmap, executed one endpoint after another as a container runtime does."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any, Dict, Optional

from ..declaration import Endpoint, endpoints
from ..places import environment, program
from ..sample import Sample, run
from ..trials import Trial
from . import Runner, Steps

_PLUGINS = Path("/usr/lib/cni")


class Cni(Runner):
    name = "cni"
    limit = 100

    def missing(self) -> Optional[str]:
        needed = [_PLUGINS / name for name in ("bridge", "host-local", "portmap")]
        if not all(path.exists() for path in needed):
            return "containernetworking-plugins"
        return None if program("iptables") else "iptables"

    def steps(self, trial: Trial, folder: Path) -> Steps:
        results: Dict[str, Any] = {}
        begin = time.perf_counter()
        for item in endpoints(trial.size):
            run([str(program("ip")), "netns", "add", item.name])
            results[item.name] = _add(item)
        yield "build", Sample(time.perf_counter() - begin, 0.0, "")
        begin = time.perf_counter()
        for item in endpoints(trial.size):
            _delete(item, results[item.name])
            run([str(program("ip")), "netns", "del", item.name])
        yield "teardown", Sample(time.perf_counter() - begin, 0.0, "")


def _add(item: Endpoint) -> Dict[str, Any]:
    attached = json.loads(_call("bridge", "ADD", item, _bridge(item)).output)
    return json.loads(_call("portmap", "ADD", item, _portmap(item, attached)).output)


def _delete(item: Endpoint, result: Dict[str, Any]) -> None:
    _call("portmap", "DEL", item, _portmap(item, result))
    _call("bridge", "DEL", item, dict(_bridge(item), prevResult=result))


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


def _call(plugin: str, verb: str, item: Endpoint, configuration: Dict[str, Any]) -> Sample:
    variables = dict(
        environment(), CNI_COMMAND=verb, CNI_CONTAINERID=item.name, CNI_NETNS="/run/netns/" + item.name,
        CNI_IFNAME="eth0", CNI_PATH=str(_PLUGINS),
    )  # fmt: skip
    return run([str(_PLUGINS / plugin)], json.dumps(configuration), variables)
