# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Records data/dumps.json, what the kernel answers in a namespace with a link of every kind at hand. As root:

``unshare --net --mount .venv/bin/python -m tests.unit.kernel.record_dumps``
"""

from __future__ import annotations

import json
import platform
import socket
import struct
import subprocess
import sys
from pathlib import Path
from typing import Iterator, List

WHERE = Path(__file__).parent / "data" / "dumps.json"
SCENE = """
link set lo up
link add br0 type bridge ageing_time 30000 forward_delay 400 stp_state 1 mcast_snooping 0
link set br0 address 02:42:0a:01:00:01 mtu 1400 alias mine:ü up
link property add dev br0 altname second-name
link property add dev br0 altname third-name
link add veth0 type veth peer name eth0 netns other
link set veth0 master br0 group 4097 addrgenmode none up
link set veth0 type bridge_slave isolated on hairpin on learning off cost 77
link add veth1 mtu 9000 type veth peer name veth2
link set veth1 up
link set veth2 up
link add macvlan0 link veth1 type macvlan mode bridge
link add vxlan0 type vxlan id 42 dev veth1 dstport 4789 local 10.1.0.1
link add ifb0 type ifb
address add 10.1.0.1/24 dev br0
address add 10.1.0.9 peer 10.1.0.10/32 dev br0
address add fd00:1::1/64 dev br0 nodad
address add 10.2.0.1/24 dev veth1
address add 10.3.0.1/24 dev veth2
address add fd00:2::1/64 dev veth1 nodad
address add fd00:3::1/64 dev veth2 nodad
route add default nexthop via 10.2.0.9 dev veth1 weight 2 nexthop via 10.3.0.9 dev veth2
route add 203.0.113.0/24 via 198.51.100.1 dev veth1 onlink metric 70000
route add 192.0.2.0/24 dev veth2 table 1000 proto static
route add blackhole 198.18.0.0/15
-6 route add default nexthop via fd00:2::9 dev veth1 nexthop via fd00:3::9 dev veth2
-6 route add 2001:db8::/32 via fd00:2::9 dev veth1 metric 50
-6 route add unreachable 2001:db8:bad::/48
"""
#: Name → the request's type, and its body: of links without counters, as we ask.
DUMPS = {
    "links": (18, struct.pack("=BxHiIIHHI", 0, 0, 0, 0, 0, 8, 29, 8)),
    "addresses": (22, struct.pack("=BBBBI", 0, 0, 0, 0, 0)),
    "routes": (26, struct.pack("=BBBBBBBBI", 0, 0, 0, 0, 0, 0, 0, 0, 0)),
}


def main() -> None:
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", "/run"], check=True)
    subprocess.run(["ip", "netns", "add", "other"], check=True)
    for line in SCENE.strip().splitlines():
        subprocess.run(["ip", *line.split()], check=True)
    recorded = {name: [payload.hex() for payload in dump(*asked)] for name, asked in DUMPS.items()}
    head = {"kernel": platform.release(), "byteorder": sys.byteorder}
    WHERE.write_text(json.dumps({**head, **recorded}, indent=1) + "\n", encoding="utf-8")


def dump(kind: int, body: bytes) -> List[bytes]:
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0) as sock:
        sock.setsockopt(270, 12, 1)  # NETLINK_GET_STRICT_CHK
        sock.send(struct.pack("=IHHII", 16 + len(body), kind, 0x301, 1, 0) + body)
        return list(_payloads(sock))


def _payloads(sock: socket.socket) -> Iterator[bytes]:
    while True:
        data = sock.recv(1 << 16)
        while data:
            length, kind = struct.unpack_from("=IH", data)
            if kind == 3:  # NLMSG_DONE
                return
            yield data[16:length]
            data = data[(length + 3) & ~3 :]


if __name__ == "__main__":
    main()
