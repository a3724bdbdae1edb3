# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What may be called what: containers, networks, interfaces, hosts, hardware addresses."""

from __future__ import annotations

import re
from typing import Any, Optional

from .._kernel.names import IFNAME_MAX
from .words import Problems, quote, text

NAME_MAX = 63
TOPOLOGY_NAME_MAX = 40
#: What Docker allows in a name: it cannot leave the directory of the handles, nor be taken for an option of a program.
NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]*\Z")
_TOPOLOGY_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*\Z")
_LABEL = re.compile(r"[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?\Z")
_MAC = re.compile(r"[0-9a-f]{2}(:[0-9a-f]{2}){5}\Z")


def check_topology_name(value: Any, path: str, problems: Problems) -> str:
    name = text(value, path, problems)
    if name is None:
        return ""
    if not _TOPOLOGY_NAME.match(name):
        problems.note(
            path, "{0}: use lower-case letters, digits, hyphens and underscores, a letter or digit first", quote(name)
        )
    elif len(name) > TOPOLOGY_NAME_MAX:
        problems.note(path, "{0}: at most {1} characters, this has {2}", quote(name), TOPOLOGY_NAME_MAX, len(name))
    return name


def check_name(name: str, path: str, problems: Problems) -> None:
    """Docker's rule for names; with it no name is ``.`` or ``..`` or leaves its directory."""
    if not NAME.match(name):
        problems.note(path, "{0}: a name has letters, digits, '_', '.' and '-', a letter or digit first", quote(name))
    elif len(name) > NAME_MAX:
        problems.note(path, "{0}: a name has at most {1} characters, this has {2}", quote(name), NAME_MAX, len(name))


def interface_name(value: Any, path: str, problems: Problems) -> Optional[str]:
    """The kernel's rule (dev_valid_name) and no pattern or list, so that a name means one interface everywhere."""
    name = text(value, path, problems)
    if name is None:
        return None
    if not name or len(name.encode("utf-8", "replace")) > IFNAME_MAX:
        problems.note(path, "{0}: an interface name has 1 to {1} characters", quote(name), IFNAME_MAX)
    elif name in (".", "..", "all", "default", "lo"):
        problems.note(path, "{0}: this name means something else to the kernel, choose another", quote(name))
    elif not name.isascii() or not name.isprintable() or any(c in '/: %*"\\' for c in name):
        problems.note(path, "{0}: an interface name has no '/', ':', '%', '*', quote, backslash or space", quote(name))
    else:
        return name
    return None


def hostname(value: Any, path: str, problems: Problems, word: str = "host name") -> Optional[str]:
    """RFC 1123: labels of letters, digits and hyphens; 64 characters is what the kernel holds."""
    name = text(value, path, problems)
    if name is None:
        return None
    limit = 64 if word == "host name" else 253
    if not 0 < len(name) <= limit or not all(_LABEL.match(label) for label in name.split(".")):
        problems.note(
            path,
            "{0}: a {1} has labels of letters, digits and inner hyphens joined by dots, at most {2} characters",
            quote(name),
            word,
            limit,
        )
        return None
    return name


def mac_address(value: Any, path: str, problems: Problems) -> Optional[str]:
    """A unicast hardware address, brought to lower case with colons."""
    mac = text(value, path, problems)
    if mac is None:
        return None
    mac = mac.lower().replace("-", ":")
    if not _MAC.match(mac):
        problems.note(path, "{0}: expected a MAC address such as 02:42:ac:11:00:02", quote(value))
    elif int(mac[:2], 16) & 1:
        problems.note(path, "{0}: this is a multicast MAC address; the first byte must be even", quote(value))
    elif mac == "00:00:00:00:00:00":
        problems.note(path, "{0}: the zero MAC address belongs to no interface", quote(value))
    else:
        return mac
    return None
