# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The story: nothing, a topology, drift and its repair, an edit, a run that fails, and nothing again."""

from __future__ import annotations

from typing import Any, Dict, Iterable, Sequence

from tests.lab import Lab
from tests.lab.talk import Talk

from .declarations import FIRST, Declaration, edited, guest, one_more
from .drifts import Drift, drifts
from .steps import Steps, holds, module, same
from .ways import Way, after_edit, after_first, routes_for_the_client
from .world import difference, world

TABLES = ("inet fabric-default", "bridge fabric-default")


class Story:
    def __init__(self, lab: Lab, steps: Steps) -> None:
        self.lab, self.host, self.steps = lab, lab.host, steps
        self.talk = Talk(lab)

    def tell(self) -> None:
        at_first = world(self.host)
        self.applied()
        self.read_back()
        self.unchanged("first", FIRST)
        self.reached("bytes", after_first(self.answer))
        self.listed()
        self.drifted()
        self.edited()
        self.came_and_went()
        self.gone_back("elements", ())
        self.gone_back("tables", TABLES)
        self.torn_down(at_first)

    def topology(self, declared: Declaration, **how: Any) -> Dict[str, Any]:
        return module(self.host, "topology", declared, **how)

    def applied(self) -> None:
        with self.steps("check announces", vital=True):
            announced = self.topology(FIRST, check=True)
            same(self.host.run(["ls", "/run/netns"], check=False).stdout, "", "a check has made namespaces")
        with self.steps("apply", vital=True):
            self.answer = self.topology(FIRST)
            holds(self.answer["changed"], "an apply from nothing changed nothing")
            same(self.answer["actions"], announced["actions"], "what the check announced")
        with self.steps("the kernel lists the rules for the next run"):
            self.host.run(["test", "-s", "/run/linuxnet-fabric/rules/default"])
        self.lab.client.run(["ip", "-b", "-"], input="".join(routes_for_the_client(self.answer)))

    def read_back(self) -> None:
        with self.steps("what topology_info reads, topology takes"):
            read = module(self.host, "topology_info", {"name": "default"})
            fed = {"networks": read["networks"], "containers": read["containers"]}
            self.topology(fed, check=True)

    def unchanged(self, when: str, declared: Declaration) -> None:
        with self.steps("check is clean: " + when):
            self.clean(declared)
        with self.steps("second run changes nothing: " + when):
            before = world(self.host)
            again = self.topology(declared)
            same((again["changed"], again["actions"]), (False, []), "a second run")
            same(difference(before, world(self.host)), "", "a second run on the host")

    def clean(self, declared: Declaration) -> None:
        checked = self.topology(declared, check=True)
        same((checked["changed"], checked["actions"]), (False, []), "a check of what is there")

    def reached(self, when: str, ways: Iterable[Way]) -> None:
        for way in ways:
            with self.steps("{0}: {1}".format(when, way.what)):
                holds(way.goes(self.talk), "they do not arrive" if way.arrives else "they arrive")

    def listed(self) -> None:
        """A way back rests on it: nft can load what it has listed."""
        for table in TABLES:
            with self.steps("nft loads what it lists: " + table.split(" ", maxsplit=1)[0]):
                script = "nft list table {0} > /run/listed.nft; unshare --net nft -f /run/listed.nft".format(table)
                self.host.run(["sh", "-ec", script])

    def drifted(self) -> None:
        found = drifts(self.answer)
        before = {drift.what: self.look(drift) for drift in found}
        for drift in found:
            self.host.run(["sh", "-ec", drift.script])
        visible = {drift.what: self.look(drift) != before[drift.what] for drift in found}
        told = "\n".join(self.topology(FIRST, check=True)["actions"])
        with self.steps("a check announces the repair"):
            repaired = self.topology(FIRST)
            same("\n".join(repaired["actions"]), told, "what the check announced")
        for drift in found:
            with self.steps("drift: " + drift.what):
                holds(visible[drift.what], "nothing had changed: the test is wrong")
                holds(drift.told in told, "the check says nothing of it:\n" + told)
                same(self.look(drift), before[drift.what], "after the repair")
        with self.steps("check is clean: repaired"):
            self.clean(FIRST)

    def look(self, drift: Drift) -> str:
        return self.host.run(["sh", "-c", drift.look], check=False).stdout

    def edited(self) -> None:
        with self.steps("edit", vital=True):
            answer = self.topology(edited())
            holds(answer["changed"], "an edit changed nothing")
        self.unchanged("edited", edited())
        self.reached("bytes after the edit", after_edit(answer))

    def came_and_went(self) -> None:
        """A network, whose chain and elements are all that changes of the rules."""
        before = world(self.host)
        with self.steps("a network comes", vital=True):
            told = "\n".join(self.topology(guest())["actions"])
            holds("add chain user-guest" in told and "replace" not in told, told)
        self.unchanged("with a network more", guest())
        with self.steps("a network goes", vital=True):
            told = "\n".join(self.topology(edited())["actions"])
            holds("remove chain user-guest" in told and "replace" not in told, told)
            same(difference(before, world(self.host)), "", "before it came and after it went")
        with self.steps("check is clean: it came and went"):
            self.clean(edited())

    def gone_back(self, how: str, strays: Sequence[str]) -> None:
        """With a chain of somebody else's in a table the run replaces it as a whole, and so does the way back."""
        for table in strays:
            self.host.run(["nft", "add chain {0} stray".format(table)])
        before = world(self.host)
        files = "/etc/netns/late"  # which are written last, and have no room
        self.host.run(["sh", "-c", "mkdir -p {0} && mount -t tmpfs -o nr_inodes=1 none {0}".format(files)])
        with self.steps("a run that fails names its cause: " + how):
            failed = self.topology(dict(one_more(), quarantine=False), fail=True)
            holds(files in failed["msg"], failed["msg"])
            holds("What the run had done was undone" in failed["msg"], failed["msg"])
        self.host.run(["sh", "-c", "umount {0} && rmdir {0}".format(files)], check=False)
        with self.steps("the way back restores everything: " + how):
            same(difference(before, world(self.host)), "", "before and after")
        for table in strays:
            self.host.run(["nft", "delete chain {0} stray".format(table)], check=False)
        with self.steps("check is clean: gone back, " + how):
            self.clean(edited())

    def torn_down(self, at_first: Any) -> None:
        with self.steps("teardown"):
            gone = module(self.host, "topology", {"state": "absent"})
            holds(gone["changed"], "nothing was removed")
        with self.steps("teardown leaves nothing"):
            self.talk.close()
            same(difference(at_first, world(self.host)), "", "at first and at the end")
            read = module(self.host, "topology_info", {})
            same((read["topologies"], read["orphans"]), ({}, []), "what is left")
