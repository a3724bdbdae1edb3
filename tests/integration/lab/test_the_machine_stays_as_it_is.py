# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a test writes on a lab host is the lab host's alone."""

from __future__ import annotations

import os
from pathlib import Path


def test_the_name_servers_of_a_lab_host_are_its_own(lab):
    """Asked of the mounts before anything is written: where they are shared, this test must not be what breaks them."""
    own = lab.host.run(["stat", "-c", "%d:%i", "/etc/resolv.conf"]).stdout.strip()
    status = os.stat("/etc/resolv.conf")
    assert own != "{0}:{1}".format(status.st_dev, status.st_ino)
    before = Path("/etc/resolv.conf").read_text()
    assert lab.host.run(["cat", "/etc/resolv.conf"]).stdout.startswith(before)
    lab.host.run(["sh", "-c", "echo nameserver 203.0.113.53 > /etc/resolv.conf"])
    assert lab.host.run(["cat", "/etc/resolv.conf"]).stdout == "nameserver 203.0.113.53\n"
    assert Path("/etc/resolv.conf").read_text() == before
