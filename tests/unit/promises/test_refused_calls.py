# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls that the kernel refuses to send, and whom questions for addresses are about. Without a kernel."""

from __future__ import annotations

import errno
import struct
from typing import Any

import pytest

from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.probe import senders
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.probe.model import SILENT, Outcome, Probe
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.tracing.events import Packet

SOLICITATION = struct.pack("!BBHI", 135, 0, 0, 0) + bytes.fromhex("fd0000200000000000000000")


class Prohibited:
    """A raw socket where a rule of routing prohibits: what comes to it is somebody else's."""

    def connect(self, address: Any) -> None:
        raise OSError(errno.EACCES, "Permission denied")

    def recv(self, size: int) -> bytes:
        self.recv = self._nothing  # type: ignore[method-assign]
        return b"\x45" + bytes(19) + struct.pack("!HHIIBBHHH", 80, 40000, 1, 2, 0x50, 0x12, 0, 0, 0)

    def _nothing(self, size: int) -> bytes:
        raise BlockingIOError

    def setsockopt(self, *_words: Any) -> None:
        pass

    def close(self) -> None:
        pass


def test_what_could_not_be_sent_sees_the_answers_to_others_and_is_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(senders.HalfOpen, "_made", lambda self: Prohibited())
    sender = senders.HalfOpen(Probe("near", "web", "172.20.0.10", "tcp", 80), b"a token!")
    sender.send()
    sender.readable()
    assert sender.give_up() == Outcome(SILENT, "Permission denied")


def test_a_question_of_arp_is_about_who_asks_and_who_is_asked_for() -> None:
    asked = Packet("172.20.0.11", "172.20.0.10", asks=True)
    assert [asked.is_about(each) for each in ("172.20.0.11", "172.20.0.10", "172.20.0.12", "fd00:20::10")] == [
        True,
        True,
        False,
        False,
    ]


def test_a_question_of_neighbour_discovery_is_about_its_target_which_its_group_tells() -> None:
    asked = Packet("fd00:20::11", "ff02::1:ff00:10", SOLICITATION, asks=True)
    assert [asked.is_about(each) for each in ("fd00:20::10", "fd00:20::11", "fd00:20::12", "fd00:21::10")] == [
        True,
        True,
        False,
        False,
    ]
