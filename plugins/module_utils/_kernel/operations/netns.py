# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Operations on network namespaces and their handles. See ``_engine/operations.py`` for what an operation is."""

from __future__ import annotations

import os
from typing import Any, Mapping, Optional, Sequence

from .. import ahead, gate, marks, namespaces, state, workloads
from ..errors import InsideError
from ..host import Host
from ..marks import HandleMark
from ..names import STASH_DIRECTORY


def netns_create(host: Host, name: str, topology: str, sysctls: Mapping[str, str]) -> None:
    """A namespace of its own: ``lo`` up, its sysctls set before there is any other link."""
    namespaces.prepare_directory()
    new = host.made_ahead(name, sysctls)
    if new is None:
        _create(host, name, sysctls)
    else:
        host.keep(name, new.netlink)
        try:
            namespaces.bind("/proc/self/fd/{0}".format(new.descriptor), namespaces.handle(name))
        finally:
            os.close(new.descriptor)
    _mark(name, topology, None)


def _create(host: Host, name: str, sysctls: Mapping[str, str]) -> None:
    try:
        host.keep(name, ahead.make(sysctls, host.proc))
        namespaces.bind("/proc/thread-self/ns/net", namespaces.handle(name))
    finally:
        host.go_home()


def netns_attach(
    host: Host, name: str, topology: str, attach: str, process: Optional[Sequence[int]] = None, inode: int = 0
) -> None:
    """A handle for a namespace that exists. Of a program: ``process`` is its number and when it was started, and the
    namespace is to be this one; InsideError where it is not, for the number may be another's by now."""
    namespaces.prepare_directory()
    if process is None:
        namespaces.bind(attach_path(attach), namespaces.handle(name))
        _mark(name, topology, attach)
        return
    pid, started = process
    with workloads.held(pid, started) as path:
        if path is None or namespaces.identity(path) != inode:
            text = "{0} ended, or changed its network namespace, while the run was under way; run it again"
            raise InsideError(name, text.format(workloads.called(attach)))
        namespaces.bind(path, namespaces.handle(name))
    _mark(name, topology, attach, started)


def netns_adopt(host: Host, name: str, topology: str) -> None:
    """Mark the namespace that stands behind the handle now."""
    host.forget(name)
    _mark(name, topology, None)


def netns_remark(
    host: Host, name: str, topology: str, inode: int, attach: Optional[str], started: Optional[int] = None
) -> None:
    marks.write(name, HandleMark(topology, inode, attach, started=started))


def netns_unmark(host: Host, name: str) -> None:
    """The way back of a mark that was put back."""
    marks.remove(name)


def netns_remove(host: Host, name: str) -> None:
    host.forget(name)
    namespaces.unbind(namespaces.handle(name))
    marks.remove(name)


def netns_retire(host: Host, name: str) -> None:
    """The handle is nobody's from now on; it goes when the run is over, until when there is a way back."""
    host.forget(name)
    _prepare_stash()
    _stash_mark(name)


def netns_discard(host: Host, name: str, inode: Optional[int]) -> None:
    """Take a retired handle away, if it still is the one that was retired, or what a run that was killed left of it."""
    host.forget(name)
    handle = namespaces.handle(name)
    if namespaces.identity(handle) in (inode, None) and os.path.exists(_stash(name) + ".mark"):
        host.outlive(handle)
        if namespaces.obstacle(handle) is None:
            namespaces.unbind(handle)
    state.remove(_stash(name) + ".mark")


def discard_all(host: Host, retired: Sequence[Mapping[str, Any]]) -> None:
    """``netns_discard`` of each."""
    marked = frozenset(os.listdir(STASH_DIRECTORY)) if os.path.isdir(STASH_DIRECTORY) else frozenset()
    going = []
    for words in retired:
        handle, inode = namespaces.handle(words["name"]), words["inode"]
        is_known = inode is not None and words["name"] + ".mark" in marked
        if is_known and host.outlive(handle, inode):
            host.forget(words["name"])
            going.append(handle)
    namespaces.unbind_all(going)
    gone = frozenset(going)
    for words in retired:
        if namespaces.handle(words["name"]) in gone:
            state.remove(_stash(words["name"]) + ".mark")
        else:
            netns_discard(host, words["name"], words["inode"])


def netns_stash(host: Host, name: str) -> None:
    """Free the handle's name for another namespace, and keep this one as a way back until the run is over."""
    host.forget(name)
    _prepare_stash()
    _let_go(name)  # what stands there without a journal that speaks of it is nobody's way back
    if namespaces.identity(namespaces.handle(name)) is not None:
        namespaces.bind(namespaces.handle(name), _stash(name))
    namespaces.unbind(namespaces.handle(name))
    _stash_mark(name)


def _prepare_stash() -> None:
    marks.prepare_run_directory()
    os.makedirs(STASH_DIRECTORY, mode=0o700, exist_ok=True)


def _stash_mark(name: str) -> None:
    gate.writing("mark " + name)
    state.make_way(_stash(name) + ".mark")
    try:
        os.replace(marks.path(name), _stash(name) + ".mark")
    except FileNotFoundError:
        pass


def netns_unstash(host: Host, name: str, dead: bool = False) -> None:
    """The way back from both, retired and stashed. ``dead``: the handle led nowhere."""
    host.forget(name)
    if namespaces.identity(_stash(name)) is not None and namespaces.identity(namespaces.handle(name)) is None:
        namespaces.unbind(namespaces.handle(name))
        namespaces.bind(_stash(name), namespaces.handle(name))
    if os.path.lexists(_stash(name) + ".mark"):
        state.make_way(marks.path(name))
        os.replace(_stash(name) + ".mark", marks.path(name))
    if dead:
        os.close(os.open(namespaces.handle(name), os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o444))
    netns_drop(host, name)


def netns_drop(host: Host, name: str) -> None:
    """Let go of a stashed namespace for good."""
    if namespaces.identity(_stash(name)) is not None:
        host.outlive(_stash(name))
    _let_go(name)
    state.remove(_stash(name) + ".mark")


def _let_go(name: str) -> None:
    """Of what is in the stash: a namespace, or whatever else somebody left in its place."""
    if namespaces.identity(_stash(name)) is not None:
        namespaces.unbind(_stash(name))
    state.remove(_stash(name))


def _stash(name: str) -> str:
    return STASH_DIRECTORY + "/" + name


def _mark(name: str, topology: str, attach: Optional[str], started: Optional[int] = None) -> None:
    inode = namespaces.identity(namespaces.handle(name)) or 0
    marks.write(name, HandleMark(topology, inode, attach, started=started))


def attach_path(attach: str) -> str:
    """``host``, ``netns:NAME``, ``pid:N`` or a path → the path of the namespace meant."""
    if attach == "host":
        return "/proc/thread-self/ns/net"
    kind, _colon, rest = attach.partition(":")
    if kind == "netns":
        return namespaces.handle(rest)
    if kind == "pid":
        return "/proc/{0}/ns/net".format(int(rest))
    return attach
