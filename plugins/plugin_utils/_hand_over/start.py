# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a module begins that is run where it is installed. The text of this file is what runs there (``installed.py``).

It does what the beginning of a module does that Ansible packed, but for the packing: ``ansible.module_utils`` and our
packages are found in their directories, and nothing that lies beside them is.
"""

from __future__ import annotations

import os
import stat
import sys


def start(module: str, packages: list[dict[str, object]], wanted: str, arguments: str) -> None:
    """Run ``main`` of a module, and what it has to ``begin`` before Ansible's own code is imported.

    ``packages``: each its ``name``, its ``place``, and the place's ``device`` and ``inode``. ``wanted``: what is
    printed where one of them is not there. ``arguments``: the module's, as JSON.
    """
    _leave_the_working_directory()
    import gc
    import importlib
    import json

    gc.disable()  # what is imported stays: to look for garbage among it takes a twentieth of the time
    if not all(map(_is_there, packages)):
        print(wanted)
        return
    for package in packages:
        _provide(str(package["name"]), str(package["place"]))
        sys.modules[str(package["name"])].__path__ = [str(package["place"])]
    loaded = importlib.import_module(module)
    if hasattr(loaded, "begin"):
        loaded.begin(json.loads(arguments))
    # Whether bytecode of ansible-core is kept is not for us to say.
    writes_none, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    basic = importlib.import_module("ansible.module_utils.basic")
    sys.dont_write_bytecode = writes_none
    basic._ANSIBLE_ARGS = ('{"ANSIBLE_MODULE_ARGS": ' + arguments + "}").encode("utf-8")
    basic._ANSIBLE_PROFILE = "legacy"
    sys.modules["__main__"] = loaded  # as Ansible runs one
    loaded.main()


def _leave_the_working_directory() -> None:
    """What lies there, or beside this script, is not to be imported, not even in the place of Python's own."""
    try:
        os.getcwd()
    except OSError:
        os.chdir("/")
    beside = os.path.dirname(os.path.realpath(sys.argv[0]))
    sys.path[:] = [place for place in sys.path if place not in ("", ".", beside)]


def _is_there(package: dict[str, object]) -> bool:
    """Whether this machine has that directory, and nobody but root may write to it."""
    try:
        status = os.lstat(str(package["place"]))
    except OSError:
        return False
    alone = status.st_uid == 0 and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    return alone and (status.st_dev, status.st_ino) == (package["device"], package["inode"])


def _provide(name: str, place: str) -> None:
    """A package, and those that it is in, in which nothing is found yet."""
    package = sys.modules.setdefault(name, type(sys)(name))
    package.__file__ = os.path.join(place, "__init__.py")
    package.__path__ = getattr(package, "__path__", [])
    outer, _dot, word = name.rpartition(".")
    if outer:
        _provide(outer, os.path.dirname(place))
        setattr(sys.modules[outer], word, package)
