# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Numbers and layouts of rtnetlink.

include/uapi/linux/{if_link,if_addr,rtnetlink,if_bridge,neighbour,net_namespace}.h.
"""

from __future__ import annotations

import struct

RTM_NEWLINK, RTM_DELLINK, RTM_GETLINK, RTM_SETLINK = 16, 17, 18, 19
RTM_NEWADDR, RTM_DELADDR, RTM_GETADDR = 20, 21, 22
RTM_GETNSID, RTM_NEWLINKPROP, RTM_DELLINKPROP = 90, 108, 109
RTM_NEWROUTE, RTM_DELROUTE, RTM_GETROUTE = 24, 25, 26
RTM_NEWNEIGH, RTM_DELNEIGH, RTM_GETNEIGH = 28, 29, 30

IFF_UP, IFF_NOARP, IFF_MULTICAST = 1, 0x80, 0x1000
IFLA_ADDRESS, IFLA_IFNAME, IFLA_MTU, IFLA_LINK, IFLA_MASTER, IFLA_LINKINFO = 1, 3, 4, 5, 10, 18
IFLA_QDISC = 6
IFLA_IFALIAS, IFLA_GROUP, IFLA_NET_NS_FD = 20, 27, 28
IFLA_LINK_NETNSID, IFLA_PROP_LIST, IFLA_ALT_IFNAME = 37, 52, 53
NETNSA_NSID, NETNSA_FD = 1, 3
IFLA_AF_SPEC, IFLA_INET6_ADDR_GEN_MODE, IN6_ADDR_GEN_MODE_NONE = 26, 8, 1
IFLA_INFO_KIND, IFLA_INFO_DATA, IFLA_INFO_SLAVE_KIND, IFLA_INFO_SLAVE_DATA = 1, 2, 4, 5
VETH_INFO_PEER = 1
IFLA_BR_FORWARD_DELAY, IFLA_BR_AGEING_TIME, IFLA_BR_STP_STATE, IFLA_BR_MCAST_SNOOPING = 1, 4, 5, 23
IFLA_VXLAN_ID, IFLA_VXLAN_LOCAL, IFLA_VXLAN_LEARNING, IFLA_VXLAN_PORT, IFLA_VXLAN_LOCAL6 = 1, 4, 7, 15, 17
IFLA_BR_MULTI_BOOLOPT, BR_BOOLOPT_NO_LL_LEARN = 46, 1 << 0
IFLA_BRPORT_MODE, IFLA_BRPORT_GUARD, IFLA_BRPORT_LEARNING, IFLA_BRPORT_ISOLATED = 4, 5, 8, 33
IFLA_BRPORT_UNICAST_FLOOD, IFLA_BRPORT_MCAST_FLOOD, IFLA_BRPORT_BCAST_FLOOD, IFLA_BRPORT_NEIGH_SUPPRESS = 9, 27, 30, 32

NDA_DST, NDA_LLADDR, NDA_IFINDEX = 1, 2, 8
NUD_NOARP, NUD_PERMANENT, NTF_SELF, NTF_MASTER, NTF_STICKY = 0x40, 0x80, 0x02, 0x04, 0x40

IFA_ADDRESS, IFA_LOCAL, IFA_BROADCAST, IFA_FLAGS = 1, 2, 4, 8
IFA_F_NODAD, IFA_F_TENTATIVE, IFA_F_STABLE_PRIVACY = 0x02, 0x40, 0x800
RTA_DST, RTA_OIF, RTA_GATEWAY, RTA_PRIORITY, RTA_PREFSRC, RTA_MULTIPATH, RTA_TABLE = 1, 4, 5, 6, 7, 9, 15
RTA_VIA, RTA_NH_ID = 18, 30
RT_SCOPE_UNIVERSE, RT_SCOPE_LINK, RT_SCOPE_HOST, RT_SCOPE_NOWHERE = 0, 253, 254, 255
RTNH_F_ONLINK = 4
IPV6_METRIC = 1024  # of a route that names none: IP6_RT_PRIO_USER, include/uapi/linux/ipv6_route.h
ROUTE_TYPES = {
    1: "unicast",
    2: "local",
    3: "broadcast",
    5: "multicast",
    6: "blackhole",
    7: "unreachable",
    8: "prohibit",
}
#: Of those, the ones that send over no interface.
LEADING_NOWHERE = ("blackhole", "unreachable", "prohibit")
ROUTE_NUMBERS = {name: number for number, name in ROUTE_TYPES.items()}

LINK = struct.Struct("=BxHiII")
ADDRESS = struct.Struct("=BBBBI")
ROUTE = struct.Struct("=BBBBBBBBI")
NEIGHBOUR = struct.Struct("=BxxxiHBB")  # family, interface index, state, flags, type
NEXT_HOP = struct.Struct("=HBBi")
#: The kernel counts bridge timers in USER_HZ.
USER_HZ = 100
