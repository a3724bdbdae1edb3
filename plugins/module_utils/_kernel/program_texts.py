# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes with the program of the host: its completion for bash, and its page of the manual.

A test holds that the page has every command and flag (``_host_program/commands.py``).
"""

from __future__ import annotations

from typing import Mapping

from .names import COMPLETION, MANUAL

_COMPLETION = """# Completion of linuxnet-fabric for bash: the program knows its words, and the names on this host.
complete -C "linuxnet-fabric _complete" linuxnet-fabric
"""

_MANUAL = r"""
.TH LINUXNET\-FABRIC 8 "" "linuxnet.fabric" "System administration"
.SH NAME
linuxnet\-fabric \- the container networks of this host
.SH SYNOPSIS
.B linuxnet\-fabric
.I COMMAND
.RI [ words ]
.RB [ \-\-json ]
.SH DESCRIPTION
Shows, checks and restores the networks that the Ansible collection linuxnet.fabric applied to this host.
It is the same code, of the release that applied, and needs neither Ansible nor a network.
All commands need root.
.SH COMMANDS
.TP
.B ls
Networks and containers with their addresses, ports and state; what the last repair by the timer did.
.TP
.BI inspect " NAME"
All of a container or a network: as declared, as leased, as it really is, and what has drifted.
.TP
.BI check " [TOPOLOGY] [\-\-keep]"
What has drifted from what was last applied. With
.B \-\-keep
it is written to /run/linuxnet-fabric/checked/TOPOLOGY.json too, for who gathers it from many hosts;
.B restore \-\-heal
does so as well.
.TP
.BI restore " [TOPOLOGY] [\-\-early] [\-\-rules] [\-\-heal]"
Makes it as it was last applied. What a run that was interrupted left is taken back first.
With
.B \-\-early
what stands on interfaces that are not there yet is left out; with
.B \-\-rules
the packet rules are loaded and nothing else; with
.B \-\-heal
what
.B check
finds is repaired, and kept for
.BR ls .
The units of systemd run these.
.TP
.BI exec " NAME \-\- COMMAND"
Runs a command in the namespace of a container, with its files in /etc.
.TP
.B leases
The subnets, addresses and ports that are leased.
.TP
.BI metrics " [FILE]"
Figures in the text format of Prometheus: networks, containers, published ports, leased and free addresses of each
subnet, differences to what was last applied, bytes of each interface in a container.
With a file they are written there, whole or not at all, for the textfile collector of node_exporter.
.TP
.B journal
What a run left that did not come to its end, in words.
.TP
.BI trace " NAME [PORT/PROTOCOL]"
Sends packets to and from a container, and follows them: by which interfaces they come and go, which rules of nftables
they meet, whoever's these are, and at which rule, route, neighbour, link or setting one of them ends.
Without a port these are echo requests; with one, such as 8080/tcp, calls of that port as it is published or exposed.
A service that listens sees none of them.
.TP
.BI capture " NAME [\-\- WORDS]"
Runs
.BR tcpdump (8)
in the namespace of a container, on all of its interfaces; WORDS are further words of it, such as a filter.
With
.B \-\-json
nothing is run: the answer says which command it is.
.TP
.B repair
Puts back marks and leases that are lost or damaged, out of what the kernel says.
A lease store that cannot be read is moved aside.
.SH OPTIONS
.TP
.B \-\-json
The answer as JSON; of all commands but
.BR exec .
.SH EXIT STATUS
0; of
.B check
2 where something has drifted; 1 for every failure, a wrong word included.
.B exec
exits as its command does.
.SH FILES
.TP
.I /var/lib/linuxnet\-fabric
What lasts: leases, what was last applied, the way back of what outlives a boot.
.TP
.I /run/linuxnet\-fabric
What goes with the boot: marks of handles, the files of containers, the rest of the way back.
.SH SEE ALSO
.BR ip\-netns (8),
.BR nft (8)
"""

#: Path → content.
TEXTS: Mapping[str, str] = {COMPLETION: _COMPLETION, MANUAL: _MANUAL.lstrip()}
