# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Docker, ufw and firewalld as far as our writes can tell: chains, files, and a firewall-cmd of a few lines.

Hundreds of runs are made beside them, for which the real ones take too long.
"""

from __future__ import annotations

import os
import subprocess

from world import BESIDE

from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.firewalls import (
    firewalld as firewall_firewalld,
)
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.firewalls import ufw as firewall_ufw

#: IPv4: Docker's chain, and ufw's beside it, which is not used then. IPv6: ufw's.
CHAINS = {
    "iptables": """*filter
:FORWARD DROP
:DOCKER-USER -
:ufw-before-forward -
:ufw-user-forward -
-A FORWARD -j DOCKER-USER
-A FORWARD -j ufw-before-forward
-A DOCKER-USER -s 192.0.2.1 -j DROP
-A DOCKER-USER -j RETURN
-A ufw-before-forward -j ufw-user-forward
COMMIT
""",
    "ip6tables": """*filter
:FORWARD DROP
:ufw6-before-forward -
:ufw6-user-forward -
-A FORWARD -j ufw6-before-forward
-A ufw6-before-forward -j ufw6-user-forward
COMMIT
""",
}
BEFORE = "*filter\n:ufw-before-forward - [0:0]\nCOMMIT\n"
BEFORE6 = "*nat\nCOMMIT\n*filter\n:ufw6-before-forward - [0:0]\n# the end\nCOMMIT\n"

#: firewalld itself: what it knows at run time is under run/, and comes there from its files by a reload.
TABLE = """table inet firewalld {
    chain filter_FORWARD {
        type filter hook forward priority 10; policy accept;
        ct state established,related accept
        reject with icmpx admin-prohibited
    }
}
"""
FIREWALL_CMD = """#!/bin/sh
cd "$(dirname "$0")/.." || exit 1
for word; do
    case $word in
        --permanent) exit 0 ;;
        --zone=*) zone=${word#*=} ;;
        *) verb=$word ;;
    esac
done
[ -z "$zone" ] || [ -e "run/zones/$zone" ] || exit 112
case $verb in
    --list-interfaces) cat "run/zones/$zone" ;;
    --add-interface=*) echo "${verb#*=}" | sort -u -o "run/zones/$zone" - "run/zones/$zone" ;;
    --remove-interface=*) sed -i "/^${verb#*=}$/d" "run/zones/$zone" ;;
    --get-policies) ls run/policies ;;
    --get-active-zones)
        for zone in $(ls run/zones); do echo "$zone"; echo "  interfaces: $(tr '\\n' ' ' <"run/zones/$zone")"; done ;;
    --reload)
        rm -f run/zones/* run/policies/*
        for zone in $(cd firewalld/zones && ls); do
            sed -n 's/.*<interface name="\\([^"]*\\)".*/\\1/p' "firewalld/zones/$zone" | sort >"run/zones/${zone%.xml}"
        done
        for policy in $(cd firewalld/policies && ls); do true >"run/policies/${policy%.xml}"; done ;;
esac
"""


def shell(script: str) -> None:
    subprocess.run(["sh", "-ec", script], check=True, stdout=subprocess.PIPE, cwd=BESIDE)


def prepare() -> None:
    """In a lab host: its network has the chains, and the files are where only it sees them."""
    for directory in ("ufw", "bin", "run/zones", "run/policies", "firewalld/zones", "firewalld/policies"):
        os.makedirs("{0}/{1}".format(BESIDE, directory))
    for path, text in (
        ("ufw/before.rules", BEFORE),
        ("ufw/before6.rules", BEFORE6),
        ("bin/firewall-cmd", FIREWALL_CMD),
    ):
        with open("{0}/{1}".format(BESIDE, path), "w", encoding="ascii") as file:
            file.write(text)
    os.chmod(BESIDE + "/bin/firewall-cmd", 0o755)
    os.environ["PATH"] = "{0}/bin:{1}".format(BESIDE, os.environ["PATH"])
    firewall_ufw._FILES.update(ip=BESIDE + "/ufw/before.rules", ip6=BESIDE + "/ufw/before6.rules")
    firewall_firewalld._ZONE = BESIDE + "/firewalld/zones/{0}.xml"
    firewall_firewalld._POLICY = BESIDE + "/firewalld/policies/{0}.xml"
    for program, rules in CHAINS.items():
        subprocess.run([program + "-restore"], input=rules, universal_newlines=True, check=True)
    subprocess.run(["nft", "-f", "-"], input=TABLE, universal_newlines=True, check=True)
