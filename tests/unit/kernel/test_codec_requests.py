# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every request of our rtnetlink codec is, byte by byte, the one that pyroute2 makes of the same words.

The one difference that is meant: we set NLA_F_NESTED on what holds attributes, as the kernel has asked since 5.2, and
pyroute2 leaves it out.
"""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import Any, Dict, Set, get_type_hints

import pytest
import yaml

from tests.unit.kernel.oracle import Machine, Sent, SilentWire

CASES = yaml.safe_load((Path(__file__).parent / "data" / "requests.yml").read_text(encoding="utf-8"))
IDS = ["{request}: {case}".format(**case) for case in CASES]
_INTEGER = {"u8": 1, "u16": 2, "u32": 4}


@pytest.fixture(scope="module", params=["little", "big"])
def machine(request: pytest.FixtureRequest) -> Machine:
    return Machine(request.param)


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_a_request_is_what_pyroute2_makes_of_it(
    case: Dict[str, Any], machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    nl, words = machine.codec.socket, case["pyroute2"]
    monkeypatch.setattr(nl.socket, "socket", SilentWire)
    monkeypatch.setattr(nl, "NLA_F_NESTED", 0)

    ours = _sent(machine, case["request"], _arguments(machine, case["arguments"]))

    asked = ["NLM_F_REQUEST", *words.get("flags", ())]
    if case["request"] in _builders(machine):
        asked.append("NLM_F_ACK")
    flags = sum(machine.constants[name] for name in asked)
    theirs = machine.pyroute2(words, machine.constants[words["type"]], flags, sequence=1)
    assert ours.hex(" ", 4) == theirs.hex(" ", 4)


def test_every_request_has_a_case(machine: Machine) -> None:
    readers = {name for name in _functions(machine.codec.read) if name.startswith("read_")}
    assert {case["request"] for case in CASES} == _builders(machine) | readers


def test_every_argument_of_a_request_is_in_a_case(machine: Machine) -> None:
    for name in _builders(machine):
        said = {argument for case in CASES if case["request"] == name for argument in case["arguments"]}
        assert said == set(inspect.signature(getattr(machine.codec.requests, name)).parameters), name


def test_the_closed_set_is_the_one_that_is_named(machine: Machine) -> None:
    source = "".join(inspect.getsource(module) for module in (machine.codec.requests, machine.codec.read))
    named = set(re.findall(r"\bRTM_[A-Z]+\b", machine.codec.requests.__doc__))
    assert named == set(re.findall(r"\buapi\.(RTM_[A-Z]+)\b", source)) == {case["pyroute2"]["type"] for case in CASES}


def test_what_holds_attributes_says_so(machine: Machine) -> None:
    request = machine.codec.requests.bridge_set("br0", {"stp": True})
    found = machine.codec.socket._ATTRIBUTE.unpack_from(request.body, 16 + 8)
    assert found[1] == machine.constants["NLA_F_NESTED"] | 18  # IFLA_LINKINFO


def _sent(machine: Machine, name: str, arguments: Dict[str, Any]) -> bytes:
    """The whole message, with its header."""
    sock = machine.codec.socket.NetlinkSocket()
    with pytest.raises(Sent) as caught:
        if name in _builders(machine):
            sock.send([getattr(machine.codec.requests, name)(**arguments)])
        else:
            getattr(machine.codec.read, name)(sock, **arguments)
    return caught.value.data


def _builders(machine: Machine) -> Set[str]:
    """The functions that make a request."""
    request = machine.codec.socket.Request
    functions = _functions(machine.codec.requests)
    return {name for name, function in functions.items() if get_type_hints(function).get("return") is request}


def _functions(module: Any) -> Dict[str, Any]:
    return {
        name: function
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__ and not name.startswith("_")
    }


def _arguments(machine: Machine, words: Dict[str, Any]) -> Dict[str, Any]:
    """A route's words as the entry that they describe, and ``{u32: 7}`` as the bytes of that number there."""
    found = {name: _value(machine, value) for name, value in words.items()}
    if "route" in words:
        found["route"] = machine.codec.read.RouteEntry(**words["route"])
    return found


def _value(machine: Machine, value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    for kind, size in _INTEGER.items():
        if list(value) == [kind]:
            return value[kind].to_bytes(size, machine.byteorder)
    return {key: _value(machine, each) for key, each in value.items()}
