# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A topology → its units of systemd: what brings its networks back at boot, after a firewall's, and now and then. Pure.

```
sysctl, nftables, firewalld → linuxnet-fabric@NAME → network-pre.target → network.target → linuxnet-fabric-late@NAME
     │
     └→ linuxnet-fabric-nftables@NAME, linuxnet-fabric-firewalld@NAME: our rules again, after its start and reload
```

The first one is before the network that others wait for. What stands on links that others make comes back by the
second, once they have. What is coupled to a firewall is active for as long as that is, so that each start of it is one
of ours too; it is a unit of its own, which no workload needs, for a stop of the firewall stops it, and nothing else.
There is one for each firewall, for the start of the one stops the other. Stopping any of them does nothing.

Those two count as started as soon as they run (``simple``), unlike the others (``oneshot``): systemd drops a reload
that reaches a unit which is still starting, and the rules that the firewall has just flushed would stay away.
"""

from __future__ import annotations

from dataclasses import replace
from typing import List, Tuple

from .._kernel.names import PROGRAM, name_server_copy, name_server_file, name_server_unit
from .._resources.units import Unit, mark_line

_FIREWALLS = ("nftables", "firewalld")
_MAN = "Documentation=man:linuxnet-fabric(8)\n"
_SERVICE = """
[Service]
Type={kind}
RemainAfterExit=yes
ExecStart={program} restore {words}{name}
ExecReload={program} restore {words}{name}
"""
_RESTORE = (
    """[Unit]
Description=Container networks of the topology {name}
{man}DefaultDependencies=no
RequiresMountsFor=/var/lib/linuxnet-fabric /usr/local/sbin
Wants=network-pre.target
After=local-fs.target systemd-sysctl.service systemd-modules-load.service nftables.service firewalld.service
Before=network-pre.target{docker}
"""
    + _SERVICE
)
_LATE = (
    """[Unit]
Description=Container networks of the topology {name} that stand on links of others
{man}After=network.target linuxnet-fabric@{name}.service
{docker}"""
    + _SERVICE
)
_RULES = (
    """[Unit]
Description=Packet rules of the topology {name}, again after {firewall}
{man}DefaultDependencies=no
PartOf={firewall}.service
ReloadPropagatedFrom={firewall}.service
After={firewall}.service linuxnet-fabric@{name}.service
StartLimitIntervalSec=0
"""
    + _SERVICE
)
_HEAL = """[Unit]
Description=Repair of the container networks of the topology {name}
{man}After=linuxnet-fabric@{name}.service linuxnet-fabric-late@{name}.service

[Service]
Type=oneshot
ExecStart={program} restore --heal {name}
"""
#: Its failure is none of the repair's; a repair that failed is among the figures, too.
_METRICS = "ExecStopPost=-{program} metrics {file}\n"
_TIMER = """[Unit]
Description=Repair of the container networks of the topology {name} every {minutes} min
{man}
[Timer]
OnActiveSec={minutes}min
OnUnitActiveSec={minutes}min
AccuracySec=1s
Unit=linuxnet-fabric-heal@{name}.service
"""
_DNS = """[Unit]
Description=Names of the containers of the topology {name}
{man}RequiresMountsFor=/var/lib/linuxnet-fabric
After=linuxnet-fabric@{name}.service
StartLimitIntervalSec=0

[Service]
ExecStartPre=/usr/bin/install -D -m 644 {config} {copy}
ExecStart=/usr/sbin/unbound -d -p -c {copy}
ExecReload=/usr/sbin/unbound-checkconf {config}
ExecReload=/usr/bin/install -D -m 644 {config} {copy}
ExecReload=/bin/kill -HUP $MAINPID
Restart=always
RestartSec=1
AppArmorProfile=-unconfined
CapabilityBoundingSet=CAP_KILL CAP_NET_BIND_SERVICE CAP_SETGID CAP_SETUID CAP_SYS_RESOURCE
NoNewPrivileges=yes
ProtectSystem=full
ProtectHome=yes
PrivateTmp=yes
"""
_INSTALL = "\n[Install]\nWantedBy={0}\n"


def units(
    name: str,
    restore: bool,
    late: bool,
    heal: int,
    dns: bool = False,
    docker: bool = False,
    metrics: str = "",
    tunnels: Tuple[str, ...] = (),
    tunnel_mtu: int = 0,
) -> Tuple[Unit, ...]:
    """``late``: some network stands on links of others. ``heal``: minutes between two repairs, 0 for none. ``dns``: a
    name server, which reads a copy of its configuration, for that is root's alone and it is not. ``docker``: it starts
    its containers in our namespaces, and so after both. ``metrics``: the file that each repair writes. ``tunnels``:
    what programs for encrypted networks work on, each of which is started for its device; ``tunnel_mtu``: of these."""
    found: List[Unit] = []
    if restore:
        found.append(
            _unit(
                "linuxnet-fabric@{0}.service",
                _RESTORE,
                name,
                "multi-user.target",
                words="--early ",
                docker=" docker.service" if docker else "",
            )
        )
        found.extend(_coupled(name, firewall) for firewall in _FIREWALLS)
    if restore and late:
        found.append(
            _unit(
                "linuxnet-fabric-late@{0}.service",
                _LATE,
                name,
                "multi-user.target",
                words="",
                docker="Before=docker.service\n" if docker else "",
            )
        )
    if heal:
        writing = _METRICS.format(program=PROGRAM, file=metrics) if metrics else ""
        found.append(replace(_unit("linuxnet-fabric-heal@{0}.service", _HEAL + writing, name), stays=False))
        found.append(_unit("linuxnet-fabric-heal@{0}.timer", _TIMER, name, "timers.target", minutes=str(heal)))
    if dns:
        files = {"config": name_server_file(name), "copy": name_server_copy(name)}
        found.append(_unit(name_server_unit("{0}"), _DNS, name, "multi-user.target", **files))
    if tunnels:
        from .tunnel_units import wireguard_unit

        found.extend(wireguard_unit(name, tunnel, tunnel_mtu) for tunnel in tunnels)
    return tuple(found)


def _coupled(name: str, firewall: str) -> Unit:
    service, file = firewall + ".service", "linuxnet-fabric-" + firewall + "@{0}.service"
    made = _unit(file, _RULES, name, service, kind="simple", words="--rules ", firewall=firewall)
    return replace(made, beside=service)


def _unit(file: str, text: str, name: str, wanted_by: str = "", **more: str) -> Unit:
    whole = text.format(**{"name": name, "program": PROGRAM, "man": _MAN, "kind": "oneshot", **more})
    installed = whole + (_INSTALL.format(wanted_by) if wanted_by else "")
    return Unit(file.format(name), mark_line(name) + installed, tuple(wanted_by.split()))
