# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run of the module on a booted host that stops at a write of a kind, so that the power can fail just there."""

from __future__ import annotations

import json
from typing import Any, Mapping

from tests.lab.ansible import ROOT, module_path, target_python
from tests.lab.booted_host import BootedHost
from tests.lab.waiting import wait_for

RUN = """\
import json, signal, sys
sys.path[:0] = {path!r}
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel import gate
from ansible_collections.linuxnet.fabric.plugins.module_utils._module.topology import perform_topology
def stop(what):
    if what.startswith({stop_at!r}):
        open("/run/reached", "w").close()
        signal.pause()
gate.writing = stop
with open("/etc/lab/words") as words:
    perform_topology(dict(dict(name="default", state="present", lock_timeout=60), **json.load(words)), False)
"""


def start_a_run(host: BootedHost, words: Mapping[str, Any], stop_at: str) -> None:
    """Returns when the run stands before its first write of this kind, for ever."""
    host.write("/etc/lab/words", json.dumps(words))
    host.write("/etc/lab/run.py", RUN.format(path=module_path(), stop_at=stop_at))
    host.start("a-run", [target_python(), "/etc/lab/run.py"], "WorkingDirectory=" + str(ROOT))
    wait_for(lambda: host.run(["test", "-e", "/run/reached"], check=False).returncode == 0, 60, "the run to get there")
