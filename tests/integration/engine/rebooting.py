# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a boot does to a lab host: of the kernel nothing stays, and nothing under /run; files do."""

from __future__ import annotations

import subprocess

_REBOOT = """
for handle in /run/netns/* /run/linuxnet-fabric/stash/*; do umount $handle || true; done
rm -rf /run/netns/* /run/linuxnet-fabric/*
for link in $(ip -br link | sed 's/[@ ].*//' | grep -e '^br-' -e '^veth' -e '^ifb[0-9a-f]' -e '^fabric' -e '^lan-'); do
    ip link delete $link || true
done
nft flush ruleset
echo 0 > /proc/sys/net/ipv4/ip_forward
echo 0 > /proc/sys/net/ipv6/conf/all/forwarding
"""


def reboot() -> None:
    subprocess.run(["sh", "-ec", _REBOOT], check=True, stderr=subprocess.DEVNULL)
