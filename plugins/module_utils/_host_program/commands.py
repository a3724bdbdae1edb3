# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The commands and their words. From this table come the parser, the completion of bash and the page of the manual."""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from typing import Any, Callable, List, NoReturn, Tuple

from .answer import FAILED, Answer
from .entering import enter
from .following import capture, trace
from .listing import inspect, listing
from .metrics import metrics
from .running import check, restore
from .telling import journal, leases, repair

Words = Any  # argparse.Namespace: ``command``, ``json``, and the words of the command

#: What is written after a command, as a completion offers it.
TOPOLOGIES, CONTAINERS, NAMES = "topologies", "containers", "names"


@dataclass(frozen=True)
class Argument:
    name: str
    help: str
    offers: str = ""
    required: bool = False


@dataclass(frozen=True)
class Command:
    """``flags``: (name, what it means)."""

    name: str
    help: str
    perform: Callable[[Words], Answer]
    arguments: Tuple[Argument, ...] = ()
    flags: Tuple[Tuple[str, str], ...] = ()
    as_json: bool = True
    takes_a_command: bool = False
    #: What its command is: of exec the program's, of capture the words of tcpdump.
    command_help: str = "the command and its words"


_TOPOLOGY = Argument("topology", "a topology_name; all that were applied here, where it is left out", TOPOLOGIES)

COMMANDS = (
    Command("ls", "networks and containers with their addresses, ports and state", listing),
    Command(
        "inspect",
        "all of a container or a network: as declared, as leased, as it really is, and what has drifted",
        inspect,
        (Argument("name", "of a container or a network", NAMES, required=True),),
    ),
    Command(
        "check",
        "what has drifted from what was last applied; exits with 0 (nothing), 2 (something) or 1 (cannot say)",
        check,
        (_TOPOLOGY,),
        (("--keep", "write what was found to /run/linuxnet-fabric/checked too, for who gathers it from many hosts"),),
    ),
    Command(
        "restore",
        "makes it as it was last applied; the units of systemd run this",
        restore,
        (_TOPOLOGY,),
        (
            ("--early", "leave out what stands on interfaces that are not there yet"),
            ("--rules", "load the packet rules and nothing else"),
            ("--heal", "repair what check finds, and keep for ls what it was"),
        ),
    ),
    Command(
        "exec",
        "runs a command in the namespace of a container, with its files in /etc",
        enter,
        (Argument("name", "of a container", CONTAINERS, required=True),),
        as_json=False,
        takes_a_command=True,
    ),
    Command("leases", "the subnets, addresses and ports that are leased", leases),
    Command(
        "metrics",
        "figures for Prometheus: containers, leases, ports, drift, bytes",
        metrics,
        (Argument("file", "where they are written, whole or not at all, such as DIRECTORY/linuxnet_fabric.prom"),),
    ),
    Command("journal", "what a run left that did not come to its end, in words", journal),
    Command(
        "trace",
        "follows packets to and from a container: which rules they meet, and where they end",
        trace,
        (
            Argument("name", "of a container", CONTAINERS, required=True),
            Argument("port", "a port that it publishes or exposes, as 8080/tcp; without, echo requests"),
        ),
    ),
    Command(
        "capture",
        "runs tcpdump in the namespace of a container; with --json says only which command that is",
        capture,
        (Argument("name", "of a container", CONTAINERS, required=True),),
        takes_a_command=True,
        command_help="further words of tcpdump",
    ),
    Command("repair", "puts back marks and leases that are lost or damaged, out of what the kernel says", repair),
)


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(FAILED, "linuxnet-fabric: {0}\n".format(message))


def parser() -> argparse.ArgumentParser:
    top = _Parser(prog="linuxnet-fabric", description="The container networks of this host.")
    commands: List[Any] = []
    choices = top.add_subparsers(dest="called", metavar="COMMAND", required=True, parser_class=_Parser)
    for command in COMMANDS:
        one = choices.add_parser(command.name, help=command.help, description=command.help)
        one.set_defaults(command=command.perform, json=False)
        if command.as_json:
            one.add_argument("--json", action="store_true", help="the answer as JSON")
        for flag, meaning in command.flags:
            one.add_argument(flag, action="store_true", help=meaning)
        for argument in command.arguments:
            count = None if argument.required else "?"
            one.add_argument(argument.name, nargs=count, help=argument.help, metavar=argument.name.upper())
        if command.takes_a_command:
            count = "*" if command.as_json else argparse.REMAINDER
            one.add_argument("words", nargs=count, metavar="-- WORDS", help=command.command_help)
        commands.append(one)
    return top
