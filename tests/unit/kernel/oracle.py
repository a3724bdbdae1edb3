# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Our rtnetlink codec and pyroute2's message classes side by side, on this machine and on a big-endian one.

Both codecs leave the byte order to ``struct``, and to ``sys.byteorder`` where they name it. So a big-endian machine is
a second copy of each, loaded with a ``struct`` and a ``sys`` that say what they would say there.
"""

from __future__ import annotations

import importlib
import struct
import sys
import types
from contextlib import contextmanager
from typing import Any, Dict, Iterator, List, Sequence, Tuple

KERNEL = "ansible_collections.linuxnet.fabric.plugins.module_utils._kernel"
_CODEC = ("uapi", "socket", "read", "requests", "settings")
_MESSAGES = ("ifinfmsg", "ifaddrmsg", "rtmsg", "ndmsg", "nsidmsg")


class Machine:
    """The two codecs on a machine of one byte order."""

    def __init__(self, byteorder: str) -> None:
        self.byteorder = byteorder
        with _loading(byteorder, KERNEL + ".rtnl"):
            self.codec = types.SimpleNamespace(
                **{name: importlib.import_module("{0}.rtnl.{1}".format(KERNEL, name)) for name in _CODEC}
            )
        with _loading(byteorder, "pyroute2"):
            rtnl = importlib.import_module("pyroute2.netlink.rtnl")
            netlink = importlib.import_module("pyroute2.netlink")
            self.constants = {**vars(rtnl), **vars(netlink)}
            self._classes = {name: _message_class(name) for name in _MESSAGES}

    def pyroute2(self, words: Dict[str, Any], type: int, flags: int, sequence: int) -> bytes:
        """The message that pyroute2 makes of ``fields`` (of the header behind struct nlmsghdr) and ``attributes``."""
        message = self._classes[_class_of(words["type"])]()
        for name, value in words.get("fields", {}).items():
            message[name] = value
        message["attrs"] = _as_tuples(words.get("attributes", []))
        message["header"].update({"type": type, "flags": flags, "sequence_number": sequence, "pid": 0})
        message.encode()
        return bytes(message.data)

    def encode(self, kind: str, fields: Dict[str, Any], attributes: List[Tuple[str, Any]]) -> bytes:
        """The payload that pyroute2 makes of a message of a class (``ifinfmsg`` …)."""
        message = self._classes[kind]()
        for name, value in fields.items():
            message[name] = value
        message["attrs"] = attributes
        message.encode()
        return bytes(message.data)[16:]

    def decode(self, kind: str, payload: bytes) -> Any:
        """What pyroute2 reads in such a payload."""
        header = (16 + len(payload)).to_bytes(4, self.byteorder) + bytes(12)
        message = self._classes[kind](header + payload)
        message.decode()
        return message


def _message_class(name: str) -> Any:
    """As pyroute2 has it, but for two attributes.

    The kernel stores every byte of an alias, so it is sent without a zero at its end, as ip(8) does. And NLA_F_NESTED,
    which pyroute2 sets on the list of second names only, is left out there, too.
    """
    found = getattr(importlib.import_module("pyroute2.netlink.rtnl." + name), name)
    if name != "ifinfmsg":
        return found
    nla_map = tuple((key, "string" if key == "IFLA_IFALIAS" else kind) for key, kind in found.nla_map)
    proplist = type("proplist", (found.proplist,), {"nla_flags": 0})
    # Where another test has used the class, it has its attributes ready already; this one makes its own ready.
    fresh = {"_nlmsg_base__compiled_nla": False}
    return type(name, (found,), {"nla_map": nla_map, "proplist": proplist, **fresh})


def _class_of(message_type: str) -> str:
    subject = message_type.split("_")[1].lower()
    ends = {"addr": "ifaddrmsg", "route": "rtmsg", "neigh": "ndmsg", "nsid": "nsidmsg"}
    return next((name for end, name in ends.items() if subject.endswith(end)), "ifinfmsg")


def _as_tuples(value: Any) -> Any:
    """``[NAME, value]`` of the data file as pyroute2's ``(NAME, value)``."""
    if isinstance(value, dict):
        return {key: [_pair(each) for each in item] if key == "attrs" else item for key, item in value.items()}
    return [_pair(each) for each in value]


def _pair(item: Sequence[Any]) -> Tuple[Any, Any]:
    name, value = item
    return name, _as_tuples(value) if isinstance(value, dict) else value


@contextmanager
def _loading(byteorder: str, package: str) -> Iterator[None]:
    """In the body, modules of ``package`` are loaded anew, for that byte order; then the loaded ones are as before."""
    if byteorder == sys.byteorder:
        yield
        return
    importlib.import_module(package)  # what it needs of the standard library is loaded as usual
    kept = {name: module for name, module in sys.modules.items() if name == package or name.startswith(package + ".")}
    elsewhere = {"struct": _struct(byteorder), "sys": _sys(byteorder)}
    standing = {name: sys.modules[name] for name in elsewhere}
    for name in kept:
        del sys.modules[name]
    sys.modules.update(elsewhere)
    try:
        yield
    finally:
        sys.modules.update(standing)
        for name in [each for each in sys.modules if each == package or each.startswith(package + ".")]:
            del sys.modules[name]
        sys.modules.update(kept)
        _attach(kept)


def _attach(modules: Dict[str, types.ModuleType]) -> None:
    """An import also sets the submodule in its package."""
    for name, module in modules.items():
        parent, _dot, child = name.rpartition(".")
        if parent in sys.modules:
            setattr(sys.modules[parent], child, module)


def _sys(byteorder: str) -> types.ModuleType:
    found = types.ModuleType("sys")
    found.__dict__.update(vars(sys), byteorder=byteorder)
    return found


def _struct(byteorder: str) -> types.ModuleType:
    """``struct`` as it is there. A format that names no order, or the native one, means that of the machine; one with a
    pointer asks for sizes of this one."""
    mark = ">" if byteorder == "big" else "<"

    def there(pattern: Any) -> str:
        text = pattern.decode() if isinstance(pattern, bytes) else pattern
        return text if text[:1] in ("<", ">", "!") or "P" in text else mark + text.lstrip("=@")

    found = types.ModuleType("struct")
    found.__dict__.update(vars(struct))
    for name in ("pack", "pack_into", "unpack", "unpack_from", "iter_unpack", "calcsize"):
        setattr(found, name, _translated(getattr(struct, name), there))
    found.__dict__["Struct"] = lambda pattern: struct.Struct(there(pattern))
    return found


def _translated(function: Any, there: Any) -> Any:
    return lambda pattern, *arguments, **more: function(there(pattern), *arguments, **more)


class Sent(Exception):
    """What was sent, which nobody answers."""

    def __init__(self, data: bytes) -> None:
        super().__init__()
        self.data = data


class SilentWire:
    """In the place of socket.socket: the first message that is sent ends the test's call."""

    def __init__(self, *_arguments: object) -> None:
        self.options: List[Tuple[object, ...]] = []

    def bind(self, _address: object) -> None:
        pass

    def setsockopt(self, *option: object) -> None:
        self.options.append(option)

    def send(self, data: bytes) -> int:
        raise Sent(data)
