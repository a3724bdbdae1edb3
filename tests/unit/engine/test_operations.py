# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of operations, walked row by row: a new operation that is forgotten somewhere fails here."""

from __future__ import annotations

import ast
import inspect
import json
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, Dict, Iterator, List, Set

import pytest

from ansible_collections.linuxnet.fabric.plugins.module_utils._engine import effects, operations
from ansible_collections.linuxnet.fabric.plugins.module_utils._engine.desired import Desired
from ansible_collections.linuxnet.fabric.plugins.module_utils._engine.effects import Outlook, Turn, kind_of, name_of
from ansible_collections.linuxnet.fabric.plugins.module_utils._engine.operations import ROWS, Row, row_of
from ansible_collections.linuxnet.fabric.plugins.module_utils._engine.plan import plan
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.errors import FabricError
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.marks import HandleMark
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.observe import Observed
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.rtnl.read import Link, RouteEntry
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.visits import NamespaceState
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.action import Action
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.file_states import FileState
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.files import TextFile
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.links.bridge import Bridge
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.links.veth import Veth
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.netns import Netns
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.routes import StaticRoute

UTILS = Path(__file__).resolve().parents[3] / "plugins" / "module_utils"
TABLE = UTILS / "_engine" / "operations.py"

#: An example for every argument that an operation has: a new one is told here what it is like.
ARGUMENTS: Dict[str, Any] = {
    "restart": False,
    "tunnels": ["shop", "shop:1"],
    "config": {"public_key": "k" * 44, "port": 51871, "peers": [["p" * 44, "192.0.2.12:51871", ["10.88.1.0/24"], 0]]},
    "roaming": ["p" * 44],
    "access": [0o600, 0, 0, 0o755, 0, 0],
    "address": "10.0.0.9",
    "add": {"forwarding": [], "neighbours": [["10.0.1.1", "06:00:00:00:00:01"]], "routes": []},
    "neighbours_of": "br-shop",
    "remove": {"forwarding": [], "neighbours": [], "routes": []},
    "addresses": ["10.0.0.2/24"],
    "asked": {"network front": "0123456789ab"},
    "around": {"mtu": 1500, "resolv_conf": [], "bridge_netfilter": False, "adopted": []},
    "altname": "fabric,default,network,front",
    "attach": "host",
    "attributes": {"mac": "02:42:0a:00:00:02"},
    "chain": "DOCKER-USER",
    "cidr": "10.0.0.2/24",
    "content": "text\n",
    "dead": False,
    "declared": {"networks": {}},
    "family": "ip",
    "files": {"ov-0123456789ab.conf": "dev ov-0123456789ab\n"},
    "flags": {"isolated": True},
    "flows": [],
    "process": [4242, 81000],
    "started": 81000,
    "release": "0.1.0",
    "granted": [],
    "group": 4011,
    "how": "static",
    "ifname": "eth0",
    "ifnames": ["vethaa", "vethbb"],
    "inode": 5,
    "key": "net/ipv6/conf/all/disable_ipv6",
    "joining": ["vethbb"],
    "kind": "veth",
    "link": {"name": "vethaa", "netns": "web"},
    "known": {"found": {"net/ipv4/ip_forward": "0"}, "claims": {}},
    "mac": "02:42:0a:00:00:02",
    "mark": "linuxnet.fabric/default",
    "name": "web",
    "new": "eth1",
    "of_bridge": False,
    "options": {"stp": False},
    "path": "/etc/netns/web/hosts",
    "qdisc": {"kind": "pfifo", "handle": 1 << 16, "limit": 1000},
    "released": [],
    "reload": False,
    "route": {"destination": "10.9.0.0/16", "gateway": "10.0.0.1"},
    "rules": [],
    "script": "add table inet x",
    "settings": {},
    "sysctls": {},
    "target": "../shared",
    "to": "ifbaa",
    "unit": "linuxnet-fabric@default.service",
    "topology": "default",
    "value": "1",
    "wanted": ["br-front"],
    "zone": "linuxnet-fabric",
    "executable": False,
}


def examples(row: Row) -> Iterator[Dict[str, Any]]:
    """Its arguments: as on the host, and as inside a namespace where it can be done in both."""
    names = list(inspect.signature(row.do).parameters)
    assert names[0] == "host", "an operation is done to a host"
    missing = [name for name in names[1:] if name not in ARGUMENTS and name != "netns"]
    assert not missing, "give an example of it in ARGUMENTS"
    words = {name: ARGUMENTS[name] for name in names[1:] if name != "netns"}
    if "netns" not in names:
        yield words
    else:
        if "Optional" in str(inspect.signature(row.do).parameters["netns"].annotation):
            yield dict(words, netns=None)
        yield dict(words, netns="web")


each_row = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)


def test_a_name_is_given_once() -> None:
    assert len({row.name for row in ROWS}) == len(ROWS) == len(operations.OPERATIONS)


@each_row
def test_its_function_is_called_like_it(row: Row) -> None:
    assert row.do.__name__ == row.name.replace(".", "_")


@each_row
def test_every_answer_is_one_that_the_engine_understands(row: Row) -> None:
    for words in examples(row):
        touched, gone = list(row.touches(words)), list(row.takes_away(words))
        inside = (effects.ROUTE, effects.INSIDE)
        with_name = {effects.LINK, effects.NETNS, effects.FILE, effects.SYSCTL}
        alone = {effects.RULES, effects.FIREWALL, effects.UNITS, effects.PROGRAM, effects.DOCKER}
        assert all(kind_of(key) in with_name and name_of(key) or key in alone for key in touched)
        assert {kind_of(key) for key in gone} <= {effects.LINK, effects.NETNS, effects.FILE, *inside}
        # What is gone is looked for by what is touched: a route or a link in the namespace that it was in.
        assert {key for key in gone if kind_of(key) not in inside} <= set(touched)
        assert isinstance(row.turn(words), Turn)


@each_row
def test_a_check_foresees_it_by_what_it_touches_or_by_what_it_notes(row: Row) -> None:
    for words in examples(row):
        outlook = Outlook()
        row.foresee(outlook, words)
        if row.foresee is effects.as_it_was:
            imaged = {effects.LINK, effects.NETNS, effects.FILE, effects.SYSCTL}
            assert {kind_of(key) for key in row.touches(words)} <= imaged and list(row.touches(words))
        elif row.foresee is not effects.unseen:
            assert outlook != Outlook(), "it foresees something, and notes nothing"


@each_row
def test_after_a_reboot_records_and_the_files_of_others_are_there_and_nothing_of_the_kernels(row: Row) -> None:
    for words in examples(row):
        kinds = {kind_of(key) for key in row.touches(words)}
        if row.survives_reboot:
            assert kinds <= {effects.FIREWALL, effects.UNITS, effects.PROGRAM, effects.DOCKER}
        else:
            assert kinds or row.foresee is effects.unseen


@each_row
def test_its_way_back_is_made_of_rows_of_the_table(row: Row) -> None:
    for pattern in row.undone_by:
        assert [other for other in ROWS if fnmatch(other.name, pattern)], pattern


@each_row
def test_it_survives_a_journal(row: Row) -> None:
    for words in examples(row):
        again = json.loads(json.dumps(words))
        assert list(row.touches(again)) == list(row.touches(words))


def test_an_operation_that_is_not_in_the_table_is_a_clear_error() -> None:
    with pytest.raises(FabricError, match='has no operation "vxlan.create"'):
        row_of("vxlan.create")


# --- nobody knows an operation by its name but the table and those who plan it


def _planned(tree: ast.Module) -> Iterator[ast.Constant]:
    """The names in ``operation("NAME", ...)``, which plans one."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "operation":
            first = node.args[0]
            constants = [part for part in ast.walk(first) if isinstance(part, ast.Constant)]
            yield from constants


def _told_to_the_gate(tree: ast.Module) -> Iterator[ast.expr]:
    """What a test reads of a write that is about to happen (gate.py)."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "writing":
            yield from node.args


def _is_name(text: Any) -> bool:
    return isinstance(text, str) and (text in operations.OPERATIONS or text in PREFIXES)


PREFIXES: Set[str] = {row.name.partition(".")[0] + "." for row in ROWS if "." in row.name}
FILES = [path for path in sorted(UTILS.glob("_*/**/*.py")) if path != TABLE]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(UTILS)))
def test_an_operation_is_named_only_where_it_is_planned(path: Path) -> None:
    tree = ast.parse(path.read_text())
    planned = {id(constant) for constant in (*_planned(tree), *_told_to_the_gate(tree))}
    found = [
        "line {0}: {1}".format(node.lineno, node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and _is_name(node.value) and id(node) not in planned
    ]
    assert not found, "ask the table (row_of) instead"


def test_every_operation_that_is_planned_is_in_the_table_and_every_row_is_planned() -> None:
    planned: Set[str] = set()
    for path in FILES:
        planned.update(constant.value for constant in _planned(ast.parse(path.read_text())))
    prefixes = {name for name in planned if name.endswith(".")}  # operation("altname." + verb, ...)
    assert {name for name in planned - prefixes if "." in name or name == "announce"} <= set(operations.OPERATIONS)
    unused = [
        row.name
        for row in ROWS
        if row.name not in planned and not any(row.name.startswith(prefix) for prefix in prefixes)
    ]
    assert unused == []


# --- what plans make of it

NETWORK, ENDPOINT = "linuxnet.fabric/default network front", "linuxnet.fabric/default web:eth0"
BRIDGE = Link(3, "br-front", "bridge", True, mtu=1400, alias=NETWORK, ageing_time=300, altnames=())
OUTER = Link(7, "vethaa", "veth", True, mtu=1400, alias=ENDPOINT, peer=2)
INNER = Link(2, "far0", "veth", False, mtu=1400, alias="", peer=7, mac="02:00:00:00:00:01")
DESIRED = Desired(
    "default",
    namespaces=(Netns("web", "default", sysctls=(("net/ipv6/conf/all/disable_ipv6", "1"),)), Netns("db", "default")),
    links=(
        Bridge("br-front", NETWORK, addresses=("10.0.0.1/24",)),
        Veth(
            "vethaa",
            "web",
            "eth0",
            ENDPOINT,
            "web:eth0",
            mac="02:42:0a:00:00:02",
            addresses=("10.0.0.2/24",),
            routes=(StaticRoute("0.0.0.0/0", "10.0.0.1"),),
            master="br-front",
            isolated=True,
        ),
    ),
    files=(TextFile("/etc/netns/web/hostname", "web\n"), TextFile("/etc/netns/web/hosts", target="../shared")),
)
CHANGED = Observed(
    {"br-front": BRIDGE, "vethaa": OUTER},
    {3: BRIDGE, 7: OUTER},
    {3: ["10.9.0.1/24"]},
    {},
    {"web": 5, "old": 6, "db": None},
    {"web": HandleMark("default", 5), "old": HandleMark("default", 6), "db": HandleMark("default", 7)},
    {
        "web": NamespaceState(
            {"lo": Link(1, "lo"), "far0": INNER},
            {2: ["10.9.0.2/24"]},
            (RouteEntry("10.8.0.0/16", gateway="10.9.0.1", oif=2),),
            {"net/ipv6/conf/all/disable_ipv6": "0"},
        )
    },
    1,
    inner_ends={7: ("web", INNER)},
)
FRESH = Observed({}, {}, {}, {}, {}, {}, {}, 1)
NO_FILES = {file.path: FileState() for file in DESIRED.files}
OTHER_FILES = {file.path: FileState("other\n") for file in DESIRED.files}
PLANS: Dict[str, List[Action]] = {
    "a host is built": list(plan(DESIRED, FRESH, None, NO_FILES)),
    "everything drifted": list(plan(DESIRED, CHANGED, None, OTHER_FILES)),
    "everything goes": list(plan(Desired("default"), CHANGED, None, OTHER_FILES)),
}


@pytest.mark.parametrize("story", PLANS)
def test_what_a_plan_does_can_be_undone_as_the_table_says(story: str) -> None:
    assert PLANS[story]
    for action in PLANS[story]:
        back = [step.name for step in action.undo]
        for step in action.do:
            patterns = row_of(step.name).undone_by
            assert patterns, "{0}: {1} has no way back, so it is no action's".format(action.text, step.name)
            assert any(fnmatch(name, pattern) for name in back for pattern in patterns), action.text


def test_these_plans_do_most_of_what_there_is() -> None:
    """So that the test above says something: what they leave out needs another firewall or an nft."""
    done = {step.name for actions in PLANS.values() for action in actions for step in action.do}
    assert len(done) > 15
