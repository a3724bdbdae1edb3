# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is around the work of every module: how it begins, and how it tells Ansible what it did.

All of this is sent with each task, so nothing of the other rooms is imported but what makes texts printable.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import io
import json
import os
import pwd
import socket
import sys
from typing import Any, Dict, List, Mapping, Optional

from ansible.module_utils.basic import AnsibleModule

from .._kernel import printable
from .answer import Answer

#: What an action plugin of ours adds to the arguments of a module (``engine.py``).
ENGINE = "_engine"
#: The status of the process, once Ansible was told all.
_told: List[int] = []


class Module(AnsibleModule):
    """``engine``: what our action plugin added to the arguments. It is none of the user's, so it is taken out before
    they are looked at, shown or logged."""

    engine: Optional[Mapping[str, Any]] = None

    def _load_params(self) -> None:
        super()._load_params()
        self.engine = self.params.pop(ENGINE, None)
        self.params.update({name: _Whole(value) for name, value in self.params.items() if isinstance(value, dict)})


class _Whole(Dict[str, Any]):
    """Ansible validates a copy of the arguments, down to the last value. What nobody else has needs no copy: of a
    thousand containers that is a fiftieth of a run that has nothing to do."""

    def __deepcopy__(self, memo: Any) -> _Whole:
        return self


def begin(argument_spec: Dict[str, Any], **module_arguments: Any) -> Module:
    """A module with its arguments, run by root."""
    os.umask(0o022)  # what we write for others to read is not to depend on who runs us
    gc.disable()  # a short life: what is made here lives to its end, and looking for garbage among it costs a tenth
    if getattr(sys.modules["__main__"], "ARGUMENT_SPEC", None) is argument_spec:  # the process is this module's
        atexit.register(_end_at_once)  # the first, so it comes last
    sys.setswitchinterval(0.0005)  # what nft prints is read by a thread, which is not to wait 5 ms for every piece
    module = Module(argument_spec=argument_spec, supports_check_mode=True, **module_arguments)
    _require_root(module)
    return module


def _end_at_once() -> None:
    """Python would give back each object by itself, which of a thousand containers takes 10 ms. Whoever measures which
    lines run has something to write yet."""
    if _told and sys.gettrace() is None and "coverage" not in sys.modules:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(_told[0])


def end(module: AnsibleModule, answer: Answer) -> None:
    """Tell Ansible. Does not return."""
    try:
        _tell(module, answer)
    except SystemExit as leaving:
        _told.append(int(leaving.code or 0))
        raise


def _tell(module: AnsibleModule, answer: Answer) -> None:
    if answer.failed:
        module.fail_json(**printable.data(answer.words))
    for warning in answer.warnings:
        module.warn(printable.text(warning))
    _leave(module, answer.words)


def _leave(module: AnsibleModule, words: Mapping[str, Any]) -> None:
    """As ``exit_json`` does, which looks through every value of an answer for secrets: a tenth of a run over a thousand
    containers. We have no secret, so what Ansible adds (warnings) goes through it, and the rest beside: the answer,
    and the arguments, which Ansible shows as ``invocation``.
    """
    printed = io.StringIO()
    if not module.no_log_values:
        try:
            with contextlib.redirect_stdout(printed):
                module.exit_json(invocation=None)
        except SystemExit:
            if printed.getvalue().strip():
                added = json.loads(printed.getvalue())
                added["invocation"] = {"module_args": module.params}
                sys.stdout.write("\n")
                for piece in printable.pieces({**words, **added}):
                    sys.stdout.write(piece)
                sys.stdout.write("\n")
                raise
    # There are secrets, or another program took exit_json over and prints nothing.
    module.exit_json(**printable.data(words))


def _require_root(module: AnsibleModule) -> None:
    """Of a check, too: it reads what only root may read, and an answer out of half of it would be a wrong one."""
    if os.geteuid() == 0:
        return
    text = "linuxnet.fabric needs root on {0}, also in check mode; this task runs as {1}. Add become: true"
    module.fail_json(msg=text.format(socket.gethostname(), _user()))


def _user() -> str:
    uid = os.geteuid()
    try:
        return "{0} (uid {1})".format(pwd.getpwuid(uid).pw_name, uid)
    except KeyError:
        return "uid {0}".format(uid)
