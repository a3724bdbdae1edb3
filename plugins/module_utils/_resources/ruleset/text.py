# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The packet rules of a topology as text for nft. Pure: data in, text out.

There are two tables for each topology, both named ``fabric-NAME``. Each decides only about its own
bridges; a packet that neither comes from nor goes to one of them passes through untouched, and no
policy is ever anything but accept, so the tables live beside those of Docker, ufw or another topology.

The number of rules is the same for one port and for ten thousand. Everything that grows is an element
of a set or a map: a packet is looked up, never compared with one rule after another, and one more
port is one more element.

``table inet`` sees what is routed::

      from the wire, or from a bridge                    from a process of this host
                  |                                                  |
                  v                                                  v
          +---------------+   a bridge says nothing          +--------------+
    -300  | guard         |   from or to 127/8 and ::1       | publish_out  |  -100
          +-------+-------+                                  +------+-------+
                  v                                                 |
          +---------------+   to a local address? then look up      |
    -100  | publish_in    |   ADDRESS . PROTOCOL . PORT, then       |
          +-------+-------+   PROTOCOL . PORT: dnat                 |
                  v                                                 |
          +---------------+   an answer to ::1 wears an address     |
     -90  | translated    |   of ours; only where a network has     |
          +-------+-------+   IPv6                                  |
                  v                                                 |
          +---------------+   1  sent to 127/8 or ::1: drop         |
       0  | forward       |   2  the user's own rules               |
          |               |   3  stays on its network: passes, with |
          |               |      icc: false only -> within          |
          |               |   4  comes from a closed network: drop  |
          |               |   5  goes to a closed network: drop     |
          |               |   6  goes to a bridge -> into           |
          +-------+-------+   7  anything else: none of our business|
                  v                                                 v
          +---------------+   called its own or a neighbour's published port,
     100  | postrouting   |   or asked by the host: masquerade as the bridge;
          +---------------+   own subnet, not to its bridge: masquerade or snat

      for the host itself, from a closed network -> input (300): its own gateway's address, and nothing else

``within`` holds ``icc: false`` at layer 3, between containers of this topology (whoever else is on an adopted
bridge, such as its uplink, is reached); ``into`` lets in answers, what was published, and what the
network's ``gateway_mode`` and ``trusted_host_interfaces`` allow. A source is judged before its destination:
an internal network cannot get out over another network's published port, nor reach the host by an address that
is not its own gateway. A container on two networks answers a call of its published port by the network that the call
came in by: ``elsewhere`` holds whose calls it would answer by the other one, and those come from the bridge's address.
Where a process of the host calls ``[::1]``, the answers wear a bridge's address from ``translated`` (-90) to
``input``, for the kernel delivers nothing to ::1 that comes from a bridge, and IPv6 has no route_localnet.

``table bridge`` sees what is bridged, without br_netfilter::

      a frame from a container -> guard (-200): is this MAC, ARP, IPv4, IPv6 or ND identity its own?
                                  icc: false? of what is to a neighbour only what a link names
      a frame to another port  -> forward (0):  icc: false? the same of what is not IP, or to nobody in particular
      a frame to 01:80:c2:00:00:0X, which no bridge forwards -> reserved (-200): dropped

To a neighbour is what bears its address and does not go to the bridge's own MAC. It is judged in `guard`, for where
somebody turned br_netfilter on a call of a port that the neighbour publishes is translated between the two, and then
looks alike.

A fragment may be too short to hold what a rule asks for, so what cannot be read does not pass: an answer over a link
has flags that say so, and the first fragment of a datagram says what it is.

What neighbour discovery is about, the target of a solicitation or an advertisement, is judged as if it were the source:
an advertisement has to come from the address that it advertises, which is how Linux sends it.

The text is the same on every host; what every packet would be asked, and nobody needs, is left out. It is written in
what Linux 5.10 and nft 1.0.1 know, and so that every nft can load what it lists: no lookup into a map for its keys
only, no raw part of a packet as a key, no protocol by a name that stands in /etc/protocols. So an upgrade of the
kernel, of nft or of the distribution changes nothing here.
"""

from __future__ import annotations

from typing import Tuple

from ..._kernel.names import table as table_name
from .bridge import bridge_table
from .inet import inet_table
from .model import Ruleset
from .tables import Table, table_text


def render(ruleset: Ruleset) -> str:
    """Both tables, loadable where they do not exist."""
    return "\n".join(table_text(table) for table in layout(ruleset))


def layout(ruleset: Ruleset) -> Tuple[Table, Table]:
    name = table_name(ruleset.topology)
    return inet_table(ruleset, name), bridge_table(ruleset, name)
