# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options in which a topology is declared; the fragment of documentation ``_declaration`` has their texts."""

from __future__ import annotations

from typing import Any, Dict

DECLARATION: Dict[str, Any] = dict(
    name=dict(type="str", default="default"),
    networks=dict(type="dict", default={}),
    containers=dict(type="dict", default={}),
    default_address_pools=dict(
        type="list",
        elements="dict",
        options=dict(base=dict(type="str", required=True), size=dict(type="int", required=True)),
    ),
    port_range=dict(type="str"),
    firewall=dict(type="str", choices=["warn", "integrate", "ignore"], default="warn"),
    forwarding=dict(type="str", choices=["manage", "keep"], default="manage"),
    transit=dict(type="str", choices=["drop", "accept"], default="drop"),
    fleet=dict(type="dict"),
    lock_timeout=dict(type="int", default=60),
)
