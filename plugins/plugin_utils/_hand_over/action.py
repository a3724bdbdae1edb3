# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a module is run that is sent without the code that does its work: a host that has it not asks for it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible import constants as C
from ansible.plugins.action import ActionBase
from ansible.utils.vars import merge_hash

from ansible_collections.linuxnet.fabric.plugins.module_utils._module.engine import WANTED, is_kept

from .engine import CODE, Engine
from .installed import Finder, installed, script


class HandOver(ActionBase):  # type: ignore[misc]
    """As Ansible runs a module that has no action plugin, but for what it is told about the code."""

    TRANSFERS_FILES = False
    _supports_check_mode = True
    _supports_async = True

    def run(self, tmp: Any = None, task_vars: Any = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        engine = Engine(Path(C.DEFAULT_LOCAL_TMP))
        if self._task.async_val and not self._connection.has_native_async:
            # Nobody is here when it answers, so it gets all that it might ask for.
            return merge_hash(result, self._ask(task_vars, True, digest=engine.digest, content=engine.content))
        answer = self._ask_installed(task_vars) or self._ask_kept(task_vars, engine)
        self._remove_tmp_path(self._connection._shell.tmpdir)
        return merge_hash(result, answer)

    def _is_pipelining_enabled(self, module_style: str, wrap_async: bool = False) -> bool:
        """Also where nobody asked for it: on this machine, as whoever runs Ansible, nothing is in its way, and four
        shells that make a directory for a file and take it away are not started.
        """
        at_once = self._is_here() and self._connection.become is None and module_style == "new" and not wrap_async
        if at_once and not C.DEFAULT_KEEP_REMOTE_FILES:
            return True
        return bool(super()._is_pipelining_enabled(module_style, wrap_async))

    def _ask_installed(self, task_vars: Any) -> dict[str, Any] | None:
        """Where the host is this machine. None: it is another, or who becomes root there comes to other directories."""
        here = installed(CODE) if self._is_here() else None
        if here is None:
            return None
        loaders: Any = self._shared_loader_obj  # of _execute_module, which looks the module up there
        self._shared_loader_obj = self._finder(task_vars) or loaders
        try:
            answer = self._ask(task_vars, False, **here)
        finally:
            self._shared_loader_obj = loaders
        return None if answer.get(WANTED) else answer

    def _finder(self, task_vars: Any) -> Finder | None:
        """Of the module as it is run where it is installed; None: it is packed as others are. So is one that is to have
        a limit of open files, which is set by what is packed with it."""
        if C.config.get_config_value("PYTHON_MODULE_RLIMIT_NOFILE", variables=task_vars):
            return None
        path = script(Path(C.DEFAULT_LOCAL_TMP), self._task.resolved_action.rpartition(".")[2])
        return Finder(path) if path else None

    def _ask_kept(self, task_vars: Any, engine: Engine) -> dict[str, Any]:
        digest = engine.digest
        if not self._is_here() or is_kept(digest):
            answer = self._ask(task_vars, False, digest=digest)
            if not answer.get(WANTED):
                return answer
        return self._ask(task_vars, False, digest=digest, content=engine.content)

    def _is_here(self) -> bool:
        return bool(self._connection.transport == "local")

    def _ask(self, task_vars: Any, wrap_async: bool, **engine: Any) -> dict[str, Any]:
        arguments = {**self._task.args, "_engine": engine}
        answer: dict[str, Any] = self._execute_module(module_args=arguments, task_vars=task_vars, wrap_async=wrap_async)
        return answer
