# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""podman's netavark, executed one endpoint after another as podman does."""

from __future__ import annotations

import hashlib
import json
import time
from pathlib import Path
from typing import List, Optional

from .. import debian
from ..declaration import Endpoint, endpoints
from ..places import program
from ..sample import Sample, run
from ..trials import Trial
from . import Runner, Steps

_BINARIES = ["usr/lib/podman/netavark", "usr/libexec/podman/netavark"]


class Netavark(Runner):
    name = "netavark"
    limit = 100

    def missing(self) -> Optional[str]:
        return None if _binary(Path("/")) else "netavark"

    def program(self) -> List[str]:
        """What its command line begins with."""
        return ["/" + str(_binary(Path("/")))]

    def steps(self, trial: Trial, folder: Path) -> Steps:
        netavark = self.program()
        begin = time.perf_counter()
        for item in endpoints(trial.size):
            run([str(program("ip")), "netns", "add", item.name])
            _call(netavark, "setup", item, folder)
        yield "build", Sample(time.perf_counter() - begin, 0.0, "")
        begin = time.perf_counter()
        for item in endpoints(trial.size):
            _call(netavark, "teardown", item, folder)
            run([str(program("ip")), "netns", "del", item.name])
        yield "teardown", Sample(time.perf_counter() - begin, 0.0, "")


class NewerNetavark(Netavark):
    """As Debian 13 has it."""

    name = "netavark of " + debian.WORDS

    def missing(self) -> Optional[str]:
        tree = debian.tree()
        return None if tree and _binary(tree) else "a tree of {0}: --make-debian-13".format(debian.WORDS)

    def program(self) -> List[str]:
        return [*debian.enter(), "/" + str(_binary(Path(str(debian.tree()))))]


def _binary(tree: Path) -> Optional[str]:
    return next((path for path in _BINARIES if (tree / path).exists()), None)


def _call(netavark: List[str], verb: str, item: Endpoint, folder: Path) -> None:
    argv = [*netavark, "--config", str(folder), verb, "/run/netns/" + item.name]
    run(argv, json.dumps(_options(item)))


def _options(item: Endpoint) -> object:
    port = {"host_ip": "", "host_port": item.port, "container_port": 80, "range": 1, "protocol": "tcp"}
    network = {
        "name": item.network, "id": _identity(item.network), "driver": "bridge", "internal": False,
        "network_interface": "br-" + item.network, "dns_enabled": False, "ipv6_enabled": False,
        "subnets": [{"subnet": item.subnet, "gateway": item.gateway}], "ipam_options": {"driver": "host-local"},
    }  # fmt: skip
    return {
        "container_id": _identity(item.name),
        "container_name": item.name,
        "port_mappings": [port],
        "networks": {item.network: {"static_ips": [item.address], "interface_name": "eth0"}},
        "network_info": {item.network: network},
    }


def _identity(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()
