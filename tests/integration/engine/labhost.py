# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host of its own inside this process' child: network, mount and UTS namespaces that end with it.

Thousands of runs are made here, so a function is called in the child over a pipe instead of starting a Python
for each. Everything it imports is there already, for the child is a fork.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import pickle
import signal
import struct
import subprocess
import sys
import traceback
from typing import Any, Callable, Tuple

_CLONE_NEWNS, _CLONE_NEWUTS, _CLONE_NEWNET = 0x20000, 0x4000000, 0x40000000
_MS_REC, _MS_PRIVATE = 16384, 1 << 18
_OWN = ("/run/netns", "/run/linuxnet-fabric", "/var/lib/linuxnet-fabric", "/etc/netns")
_UPLINK = """
set -e
ip link set lo up
ip link add up0 type veth peer name up1
ip link set up0 addrgenmode none
ip link set up1 addrgenmode none
ip addr add 198.51.100.2/24 dev up0
ip link set up0 up
ip link set up1 up
ip route add default via 198.51.100.1
"""


class LabHost:
    """``run(function, ...)`` calls a module-level function in the lab host and returns what it returns."""

    def __init__(self) -> None:
        down, self._requests = os.pipe()
        self._answers, up = os.pipe()
        self._child = os.fork()
        if self._child == 0:
            try:
                _keep_only(down, up)
                _serve(down, up)
            finally:  # never back into the copy of pytest that the fork carries
                os._exit(1)
        os.close(down)
        os.close(up)
        ready, words = self._receive()
        if not ready:
            raise RuntimeError(words)

    def run(self, function: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        _send(self._requests, (function, arguments, named))
        done, answer = self._receive()
        if not done:
            raise AssertionError("in the lab host:\n" + answer)
        return answer

    def close(self) -> None:
        os.close(self._requests)
        os.close(self._answers)
        os.waitpid(self._child, 0)

    def _receive(self) -> Tuple[bool, Any]:
        return pickle.loads(_read(self._answers))


def in_child(function: Callable[[], Any]) -> int:
    """Call in a fork of the lab host, and return its exit status; negative when it was killed by a signal."""
    child = os.fork()
    if child == 0:
        try:
            function()
            os._exit(0)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
    _pid, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def _serve(down: int, up: int) -> None:
    try:
        _isolate()
        _send(up, (True, None))
    except BaseException:
        _send(up, (False, traceback.format_exc()))
        os._exit(1)
    while True:
        try:
            function, arguments, named = pickle.loads(_read(down))
        except EOFError:
            os._exit(0)
        try:
            answer: Any = (True, function(*arguments, **named))
        except BaseException:
            answer = (False, traceback.format_exc())
        _send(up, answer)


def _keep_only(*descriptors: int) -> None:
    """Without the pipes of other lab hosts, which would never end, and without pytest's own files."""
    for descriptor in os.listdir("/proc/self/fd"):
        if int(descriptor) > 2 and int(descriptor) not in descriptors:
            with contextlib.suppress(OSError):
                os.close(int(descriptor))
    sys.stdout, sys.stderr = open(1, "w", closefd=False), open(2, "w", closefd=False)


def _isolate() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    libc = ctypes.CDLL(None, use_errno=True)
    for path in _OWN:
        os.makedirs(path, exist_ok=True)
    _checked(libc.unshare(_CLONE_NEWNS | _CLONE_NEWUTS | _CLONE_NEWNET))
    _checked(libc.mount(b"none", b"/", None, _MS_REC | _MS_PRIVATE, None))
    for path in _OWN:
        _checked(libc.mount(b"tmpfs", path.encode(), b"tmpfs", 0, b""))
    subprocess.run(["sh", "-c", _UPLINK], check=True)


def _checked(result: int) -> None:
    if result != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def _send(descriptor: int, words: Any) -> None:
    data = pickle.dumps(words)
    data = struct.pack("=Q", len(data)) + data
    while data:
        data = data[os.write(descriptor, data) :]


def _read(descriptor: int) -> bytes:
    (length,) = struct.unpack("=Q", _exactly(descriptor, 8))
    return _exactly(descriptor, length)


def _exactly(descriptor: int, length: int) -> bytes:
    data = b""
    while len(data) < length:
        part = os.read(descriptor, min(length - len(data), 1 << 20))
        if not part:
            raise EOFError
        data += part
    return data
