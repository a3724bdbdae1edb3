# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The door between Ansible and the rooms: parameters in, one result shape out, every error one message."""

from __future__ import annotations

import contextlib
import gc
import io
import os
import pwd
import socket
import sys
import traceback
from typing import Any, Callable, Dict, Mapping

from ansible.module_utils.basic import AnsibleModule

from .._engine.report import Result
from .._kernel import dependencies, missing, printable
from .._kernel.errors import FabricError, MissingDependencyError, MissingProgramError, cut

Perform = Callable[[Mapping[str, Any], bool], Result]


def run_module(argument_spec: Dict[str, Any], perform: Perform, **module_arguments: Any) -> None:
    """Call ``perform(params, check_mode)`` and hand its result, or its error, to Ansible."""
    os.umask(0o022)  # what we write for others to read is not to depend on who runs us
    gc.disable()  # a short life: what is made here lives to its end, and looking for garbage among it costs a tenth
    sys.setswitchinterval(0.0005)  # what nft prints is read by a thread, which is not to wait 5 ms for every piece
    module = AnsibleModule(argument_spec=argument_spec, supports_check_mode=True, **module_arguments)
    _require_root(module)
    try:
        dependencies.require_python()
        result = perform(module.params, module.check_mode)
    except OSError as error:
        module.fail_json(msg=printable.text(_told(error)), errno=error.errno)
    except (MissingDependencyError, MissingProgramError) as error:
        message, pieces = missing.told(error)
        module.fail_json(msg=printable.text(message), missing=pieces)
    except FabricError as error:
        module.fail_json(msg=printable.text(str(error)), **printable.data(error.details))
    except Exception as error:  # a defect of ours: nobody is to read a page of Python for it, and who wants to can
        module.fail_json(msg=printable.text(_unforeseen(error)), exception=cut(traceback.format_exc()))
    else:
        for warning in result.warnings:
            module.warn(printable.text(warning))
        answer = dict(result.facts, changed=result.changed, actions=[printable.line(line) for line in result.actions])
        answer["changes"] = result.as_data()
        if module._verbosity >= 2 and result.timings:
            answer["timings"] = dict(result.timings)
        if module._diff:
            answer["diff"] = {"before": result.before, "after": result.after}
        gc.freeze()  # nor is any garbage looked for at the very end, when everything goes
        _leave(module, answer)


def _leave(module: AnsibleModule, answer: Dict[str, Any]) -> None:
    """As ``exit_json`` does, which looks through every value of an answer for secrets: a tenth of a run over a thousand
    containers. We have no secret, so what Ansible adds (``invocation``, warnings) goes through it, and the rest beside.
    """
    printed = io.StringIO()
    if not module.no_log_values:
        try:
            with contextlib.redirect_stdout(printed):
                module.exit_json()
        except SystemExit:
            added = printed.getvalue().strip()
            if added:
                members = printable.members(answer)
                sys.stdout.write("\n{")
                for member in members:
                    sys.stdout.write(member)
                    sys.stdout.write(", ")
                sys.stdout.write(added[1:] + "\n")
                raise
    # There are secrets, or another program took exit_json over and prints nothing.
    module.exit_json(**printable.data(answer))


def _unforeseen(error: Exception) -> str:
    """Of whatever moment: before the first change nothing is to be undone, and after it the way back was gone."""
    return cut(
        "linuxnet.fabric met what it does not foresee: {0}: {1}. If the run had begun to change the host, the next run "
        "takes that back first. This is a defect; -vvv shows where, please report it".format(
            type(error).__name__, error
        )
    )


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


def _told(error: OSError) -> str:
    """An error of the system that nobody foresaw, as one line: what it is, and the path that it is about."""
    paths = [str(path) for path in (error.filename, error.filename2) if path is not None]
    what = error.strerror or str(error) or type(error).__name__
    return "{0}: {1}".format(" -> ".join(paths), what) if paths else "the system refused: {0}".format(what)
