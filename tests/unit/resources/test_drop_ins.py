# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Services that live in a container's namespace: their files, and when they are restarted."""

from __future__ import annotations

from typing import Any, List

import pytest

from ansible_collections.linuxnet.fabric.plugins.module_utils._expansion.drivers.registry import parse_declaration
from ansible_collections.linuxnet.fabric.plugins.module_utils._expansion.workloads import drop_ins
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.errors import ForeignObjectError
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.drop_ins import DropIn, DropInStates, compare

WEB, LOG = drop_ins(
    parse_declaration(
        "shop",
        {},
        {
            "web": {"workload": {"unit": "nginx.service"}},
            "log": {"network_mode": "container:web", "workload": {"unit": "log@1.service", "restart": False}},
            "db": {"workload": {"podman": "db"}},
        },
    )
)
HANDLES = {"web": 7, "log": 7}


def found(texts: Any, running: Any = None, wanted: Any = (WEB, LOG)) -> List[Any]:
    return list(compare("shop", wanted, DropInStates(texts, running or {}), HANDLES))


def lines(actions: List[Any]) -> List[str]:
    return [line for action in actions for line in action.lines]


def as_declared(*wanted: DropIn) -> Any:
    return {each.path: each.text for each in wanted}


def test_the_file_says_where_the_service_lives_and_after_whom_it_starts() -> None:
    assert WEB.path == "/etc/systemd/system/nginx.service.d/linuxnet-fabric.conf"
    assert WEB.text.splitlines()[1:] == [
        "[Unit]",
        "Wants=linuxnet-fabric@shop.service linuxnet-fabric-late@shop.service",
        "After=linuxnet-fabric@shop.service linuxnet-fabric-late@shop.service",
        "",
        "[Service]",
        "NetworkNamespacePath=/run/netns/web",
        "BindReadOnlyPaths=/etc/netns/web/hosts:/etc/hosts /etc/netns/web/resolv.conf:/etc/resolv.conf",
    ]


def test_several_files_are_one_step_after_which_systemd_reads_them_once() -> None:
    (step,) = found({WEB.path: None, LOG.path: None})
    assert step.lines == ("write " + WEB.path, "write " + LOG.path)
    assert [each.name for each in step.finish] == ["unit.reload"]
    assert [each.name for each in step.undo] == ["unit.write", "unit.write", "unit.reload"]


def test_a_service_that_runs_elsewhere_is_restarted_after_its_file_is_known() -> None:
    actions = found({WEB.path: None, LOG.path: LOG.text}, {"nginx.service": 1})
    assert lines(actions) == [
        "write " + WEB.path,
        "restart nginx.service, which runs in another network namespace than web",
    ]
    assert [step.name for action in actions for step in action.finish] == ["unit.reload", "unit.restart"]


def test_one_that_runs_there_and_one_that_does_not_run_are_left_alone() -> None:
    assert found(as_declared(WEB, LOG), {"nginx.service": 7}) == found(as_declared(WEB, LOG)) == []


def test_one_that_nobody_may_restart_is_not() -> None:
    assert found(as_declared(WEB, LOG), {"log@1.service": 1}) == []


def test_the_file_of_a_service_that_is_declared_no_more_goes() -> None:
    assert lines(found(as_declared(WEB, LOG), wanted=[WEB])) == ["remove " + LOG.path]


@pytest.mark.parametrize("text", ["[Service]\nNice=1\n", WEB.text.replace("/shop:", "/other:", 1)])
def test_a_file_of_somebody_elses_stops_the_run(text: str) -> None:
    with pytest.raises(ForeignObjectError, match="nginx.service.d"):
        found({WEB.path: text, LOG.path: LOG.text})
