# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Devices ``tun`` (Documentation/networking/tuntap.rst): what a program reads and writes is what the kernel routes."""

from __future__ import annotations

import fcntl
import os
import struct

from . import gate

KIND = "tun"
#: linux/if_tun.h
_TUNSETIFF, _TUNSETPERSIST = 0x400454CA, 0x400454CB
_IFF_TUN, _IFF_NO_PI = 0x0001, 0x1000
_DEVICE = "/dev/net/tun"


def make_lasting(ifname: str) -> None:
    """One that stays when no program has it open: its mark and its routes outlive the program."""
    gate.writing("tun " + ifname)
    descriptor = os.open(_DEVICE, os.O_RDWR | os.O_CLOEXEC)
    try:
        flags = _IFF_TUN | _IFF_NO_PI
        fcntl.ioctl(descriptor, _TUNSETIFF, struct.pack("=16sH22x", ifname.encode("ascii"), flags))
        fcntl.ioctl(descriptor, _TUNSETPERSIST, 1)
    finally:
        os.close(descriptor)
