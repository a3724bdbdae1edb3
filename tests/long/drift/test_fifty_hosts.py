# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fifty real hosts over ssh, of which some were changed behind our back: what is told of them, asked and gathered."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Dict

import pytest

from tests.integration.over_ssh.fleet import Fleet
from tests.lab.booted import BootedLab, missing

pytestmark = pytest.mark.skipif(bool(missing()), reason="lab hosts with sshd need " + missing())
HOSTS = ["n{0:02}".format(number) for number in range(50)]
ALL_LOW, STRAY = HOSTS[:30], HOSTS[30:35]
#: Fifty hosts share the processors of one machine, so a connection may take its time.
PATIENT = ("--forks", "10", "--timeout", "120")
PROGRAM = "/usr/local/sbin/linuxnet-fabric"


def told(directory: Path) -> Dict[str, Any]:
    found: Dict[str, Any] = json.loads((directory / "fleet.json").read_text(encoding="utf-8"))
    return found


def test_fifty_hosts_are_told_as_they_are(tmp_path: Path) -> None:
    with BootedLab(light=HOSTS) as lab:
        fleet = Fleet(lab, tmp_path, "root")
        made = fleet.run("site.yml", *PATIENT, topology_host_program=True)
        assert made.changed == len(HOSTS)
        hosts = {host.name: host for host in fleet.hosts}
        for name in ALL_LOW:
            hosts[name].run(["ip", "link", "set", "br-front", "mtu", "1400"])
        for number, name in enumerate(STRAY):
            hosts[name].run(["ip", "-n", "web", "addr", "add", "172.20.0.{0}/24".format(70 + number), "dev", "eth0"])

        asked = tmp_path / "asked"
        words = {"topology_host_program": True, "topology_drift_fail": False}
        fleet.run("drift.yml", *PATIENT, **words, topology_report_directory=str(asked))
        found = told(asked)
        assert [each["message"] for each in found["reports"] if each["message"]] == []
        assert found["status"] == {"drifted": 35, "clean": 15}
        assert [(each["title"], each["names"]) for each in found["shared"]] == [
            ("set mtu of br-front from 1400 to 1500", ALL_LOW),
            ("container web:eth0: address differs", STRAY),
        ]
        assert len(found["shared"][1]["variants"]) == len(STRAY)

        for name in HOSTS[:-1]:
            hosts[name].run([PROGRAM, "check", "--keep"], check=False)
        gathered = tmp_path / "gathered"
        fleet.run("drift_kept.yml", *PATIENT, **words, topology_report_directory=str(gathered))
        again = told(gathered)
        assert again["shared"] == found["shared"]
        unknown = [each for each in again["reports"] if each["status"] == "unknown"]
        assert [each["host"] for each in unknown] == HOSTS[-1:]
        assert "keeps no check" in unknown[0]["message"]
