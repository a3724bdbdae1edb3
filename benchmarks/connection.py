# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a new connection through a published port costs with one port published, and with many.

python -m benchmarks.connection [--ports 10000] [--rounds 15]

An outside client connects to the middle port of the range, a few hundred times a round; rounds are interleaved over
all contenders, and each has its best round: what the machine does beside can only add. Docker's rules are those that
a real dockerd wrote for one port, repeated for every other one: it would take it an hour to write them itself.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Dict, List

from tests.integration.docker import daemon
from tests.lab import Lab

FIRST, CONNECTIONS = 20000, 400
_CONNECT = """
import socket, struct, sys, time
address, port, times = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
taken = []
for _time in range(times):
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    begin = time.perf_counter()
    made.connect((address, port))
    taken.append(time.perf_counter() - begin)
    made.close()
print(sorted(taken)[times // 2] * 1e6)
"""
_LISTEN = """
import socket, sys
server = socket.create_server(("", int(sys.argv[1])), backlog=1024)
print("listening", flush=True)
while True:
    server.accept()[0].close()
"""


def fabric(lab: Any, ports: int) -> Any:
    lab.host.module("topology", {"containers": {"web": {"ports": [_range(ports)]}}})
    return lab.host.container("web")


def docker(lab: Any, ports: int, stack: ExitStack) -> Any:
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    running = stack.enter_context(daemon.Daemon(lab.host, folder, ["--userland-proxy=false"]))
    running.ask("run", "-d", "--name", "web", "-p", _range(1), "probe", "/bin/busybox", "sleep", "3600")
    saved = lab.host.run(["iptables-save"]).stdout
    lab.host.run(["iptables-restore"], input="\n".join(_repeated(saved, ports)) + "\n")
    return running.container("web")


def _range(ports: int) -> str:
    if ports == 1:
        return "{0}:{0}".format(FIRST)
    low = FIRST - ports // 2
    return "{0}-{1}:{0}-{1}".format(low, low + ports - 1)


def _repeated(saved: str, ports: int) -> List[str]:
    lines: List[str] = []
    low = FIRST - ports // 2 if ports > 1 else FIRST
    for line in saved.splitlines():
        one = re.search(r"\b{0}\b".format(FIRST), line)
        lines += [re.sub(r"\b{0}\b".format(FIRST), str(low + n), line) for n in range(ports)] if one else [line]
    return lines


def measure(ports: int, rounds: int, with_docker: bool) -> Dict[str, float]:
    """Microseconds of the median connection in the best round."""
    with ExitStack() as stack:
        labs = {}
        for name in ["fabric"] + (["docker"] if with_docker else []):
            for size in (1, ports):
                lab = stack.enter_context(Lab())
                place = fabric(lab, size) if name == "fabric" else docker(lab, size, stack)
                server = place.popen([sys.executable, "-c", _LISTEN, str(FIRST)], stderr=subprocess.DEVNULL)
                assert server.stdout is not None and server.stdout.readline() == "listening\n"
                labs["{0}, {1} published".format(name, size)] = lab
                stack.callback(place.stop)
        best: Dict[str, float] = {}
        for _round in range(rounds):
            for name, lab in labs.items():
                taken = float(lab.client.python(_CONNECT, lab.host.ipv4, str(FIRST), str(CONNECTIONS)))
                best[name] = min(taken, best.get(name, taken))
        return best


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ports", type=int, default=10000)
    parser.add_argument("--rounds", type=int, default=15)
    wanted = parser.parse_args()
    lack = daemon.missing()
    if lack:
        print("without Docker, which needs " + lack)
    best = measure(wanted.ports, wanted.rounds, not lack)
    for name, taken in best.items():
        one = best["{0}, 1 published".format(name.split(",")[0])]
        print("{0:<28} {1:8.1f} µs   {2:5.2f} ×".format(name, taken, taken / one))


if __name__ == "__main__":
    main()
