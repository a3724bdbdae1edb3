// Copyright (c) 2026, linuxnet.fabric contributors
// GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The floor: what the kernel itself takes for N endpoints, so that everybody else can be measured in multiples of it.
//
//   floor build N [M]   N namespaces with eth0, address, default route and one published port each, M to a bridge (1,000)
//   floor teardown N    takes them away again
//
// Per endpoint two system calls carry all of the netlink messages: one makes the veth with its peer inside the
// namespace, its MAC, its master and its up state; one makes address, link up, route and lo up inside. It reads
// nothing, compares nothing, remembers nothing, and cannot roll back.

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define GROUP 4242 // every link of ours is in it, so that one message deletes them all
#define HANDLES "/run/netns"
#define LO 1
#define ETH0 2 // the index that the peer asks for in its empty namespace

static int per_bridge = 1000;

static void die(const char *what)
{
	perror(what);
	exit(1);
}

// --- messages ---------------------------------------------------------------------------------------------

struct batch {
	char data[4096] __attribute__((aligned(NLMSG_ALIGNTO)));
	size_t used;
	struct nlmsghdr *last;
};

static void *grow(struct batch *batch, const void *data, size_t size)
{
	void *place = batch->data + batch->used;
	if (data)
		memcpy(place, data, size);
	else
		memset(place, 0, size);
	batch->used += NLMSG_ALIGN(size);
	if (batch->last)
		batch->last->nlmsg_len = (char *)batch->data + batch->used - (char *)batch->last;
	return place;
}

static void message(struct batch *batch, int type, int flags, const void *body, size_t size)
{
	struct nlmsghdr header = {.nlmsg_type = type, .nlmsg_flags = NLM_F_REQUEST | flags};
	batch->last = NULL;
	batch->last = grow(batch, &header, sizeof header);
	grow(batch, body, size);
}

static struct rtattr *attribute(struct batch *batch, int type, const void *data, size_t size)
{
	struct rtattr header = {.rta_type = type, .rta_len = RTA_LENGTH(size)};
	struct rtattr *start = grow(batch, &header, sizeof header);
	if (size)
		grow(batch, data, size);
	return start;
}

static void close_nest(struct batch *batch, struct rtattr *nest)
{
	nest->rta_len = batch->data + batch->used - (char *)nest;
}

static void text(struct batch *batch, int type, const char *value)
{
	attribute(batch, type, value, strlen(value) + 1);
}

static void number(struct batch *batch, int type, int value)
{
	attribute(batch, type, &value, sizeof value);
}

// One send, one answer: only the last message asks for an acknowledgement, an error of any comes by itself.
static void talk(int socket, struct batch *batch, const char *what)
{
	char answer[8192];
	batch->last->nlmsg_flags |= NLM_F_ACK;
	if (send(socket, batch->data, batch->used, 0) < 0)
		die(what);
	ssize_t size = recv(socket, answer, sizeof answer, 0);
	struct nlmsghdr *header = (struct nlmsghdr *)answer;
	if (size < 0 || header->nlmsg_type != NLMSG_ERROR)
		die(what);
	errno = -((struct nlmsgerr *)NLMSG_DATA(header))->error;
	if (errno)
		die(what);
}

static int open_netlink(void)
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	if (fd < 0)
		die("socket");
	return fd;
}

// --- who has which address --------------------------------------------------------------------------------

static unsigned network_of(int endpoint) // 10.100.0.0/22, 10.100.4.0/22, ...
{
	return (10u << 24) + (100u << 16) + (unsigned)(endpoint / per_bridge) * 1024;
}

static unsigned address_of(int endpoint)
{
	return network_of(endpoint) + 2 + endpoint % per_bridge;
}

static void mac(struct batch *batch, unsigned address)
{
	unsigned char bytes[6] = {2, 0x42, address >> 24, address >> 16, address >> 8, address};
	attribute(batch, IFLA_ADDRESS, bytes, sizeof bytes);
}

static void address_message(struct batch *batch, int index, unsigned address)
{
	struct ifaddrmsg body = {.ifa_family = AF_INET, .ifa_prefixlen = 22, .ifa_index = index};
	unsigned wire = htonl(address), broadcast = htonl(address | 0x3ff);
	message(batch, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, &body, sizeof body);
	attribute(batch, IFA_LOCAL, &wire, 4);
	attribute(batch, IFA_ADDRESS, &wire, 4);
	attribute(batch, IFA_BROADCAST, &broadcast, 4);
}

static void up_message(struct batch *batch, int index)
{
	struct ifinfomsg body = {.ifi_index = index, .ifi_flags = IFF_UP, .ifi_change = IFF_UP};
	message(batch, RTM_NEWLINK, 0, &body, sizeof body);
}

// --- build ------------------------------------------------------------------------------------------------

static int make_bridge(int host, int endpoint)
{
	struct batch batch = {.used = 0};
	struct ifinfomsg body = {.ifi_flags = IFF_UP, .ifi_change = IFF_UP};
	char name[IF_NAMESIZE];
	snprintf(name, sizeof name, "br-net%hu", (unsigned short)(endpoint / per_bridge));
	message(&batch, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &body, sizeof body);
	text(&batch, IFLA_IFNAME, name);
	mac(&batch, network_of(endpoint) + 1);
	number(&batch, IFLA_GROUP, GROUP);
	struct rtattr *info = attribute(&batch, IFLA_LINKINFO, NULL, 0);
	text(&batch, IFLA_INFO_KIND, "bridge");
	close_nest(&batch, info);
	talk(host, &batch, "bridge");
	int index = if_nametoindex(name);
	batch = (struct batch){.used = 0};
	address_message(&batch, index, network_of(endpoint) + 1);
	talk(host, &batch, "bridge address");
	return index;
}

static int make_namespace(const char *handle)
{
	int fd = open(handle, O_RDONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0444);
	if (fd < 0)
		die(handle);
	close(fd);
	if (unshare(CLONE_NEWNET))
		die("unshare");
	if (mount("/proc/self/ns/net", handle, NULL, MS_BIND, NULL))
		die("mount");
	fd = open("/proc/sys/net/ipv6/conf/all/disable_ipv6", O_WRONLY | O_CLOEXEC);
	if (fd >= 0) {
		if (write(fd, "1", 1) != 1)
			die("disable_ipv6");
		close(fd);
	}
	return open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
}

/* As many as are in use: the kernel would make one for each processor, and then wait to take the others out of use. */
static void one_queue(struct batch *batch)
{
	number(batch, IFLA_NUM_TX_QUEUES, 1);
	number(batch, IFLA_NUM_RX_QUEUES, 1);
}

static void make_veth(int host, int endpoint, int bridge, int inside)
{
	struct batch batch = {.used = 0};
	struct ifinfomsg body = {.ifi_flags = IFF_UP, .ifi_change = IFF_UP};
	struct ifinfomsg peer = {.ifi_index = ETH0};
	char name[IF_NAMESIZE];
	snprintf(name, sizeof name, "veth%d", endpoint);
	message(&batch, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &body, sizeof body);
	text(&batch, IFLA_IFNAME, name);
	one_queue(&batch);
	number(&batch, IFLA_MASTER, bridge);
	number(&batch, IFLA_GROUP, GROUP);
	struct rtattr *info = attribute(&batch, IFLA_LINKINFO, NULL, 0);
	text(&batch, IFLA_INFO_KIND, "veth");
	struct rtattr *data = attribute(&batch, IFLA_INFO_DATA, NULL, 0);
	struct rtattr *other = attribute(&batch, VETH_INFO_PEER, NULL, 0);
	grow(&batch, &peer, sizeof peer);
	text(&batch, IFLA_IFNAME, "eth0");
	one_queue(&batch);
	mac(&batch, address_of(endpoint));
	number(&batch, IFLA_NET_NS_FD, inside);
	close_nest(&batch, other);
	close_nest(&batch, data);
	close_nest(&batch, info);
	talk(host, &batch, "veth");
}

static void configure_inside(int endpoint)
{
	struct batch batch = {.used = 0};
	struct rtmsg route = {.rtm_family = AF_INET, .rtm_table = RT_TABLE_MAIN, .rtm_protocol = RTPROT_STATIC,
			      .rtm_scope = RT_SCOPE_UNIVERSE, .rtm_type = RTN_UNICAST};
	unsigned gateway = htonl(network_of(endpoint) + 1);
	int inside = open_netlink();
	address_message(&batch, ETH0, address_of(endpoint));
	up_message(&batch, ETH0);
	message(&batch, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, &route, sizeof route);
	attribute(&batch, RTA_GATEWAY, &gateway, 4);
	number(&batch, RTA_OIF, ETH0);
	up_message(&batch, LO);
	talk(inside, &batch, "inside");
	close(inside);
}

static void run_nft(void (*script)(FILE *, int), int count)
{
	int pipe_ends[2];
	if (pipe(pipe_ends))
		die("pipe");
	pid_t child = fork();
	if (child == 0) {
		dup2(pipe_ends[0], 0);
		close(pipe_ends[1]);
		execlp("nft", "nft", "-f", "-", (char *)NULL);
		die("nft");
	}
	close(pipe_ends[0]);
	FILE *stream = fdopen(pipe_ends[1], "w");
	script(stream, count);
	fclose(stream);
	int status;
	waitpid(child, &status, 0);
	if (status)
		exit(1);
}

static void rules(FILE *stream, int count)
{
	fputs("table ip floor {\nmap ports { type inet_proto . inet_service : ipv4_addr . inet_service\nelements = {\n", stream);
	for (int i = 0; i < count; i++) {
		struct in_addr address = {htonl(address_of(i))};
		fprintf(stream, "tcp . %d : %s . 80,\n", 20000 + i, inet_ntoa(address));
	}
	fputs("} }\n"
	      "chain pre { type nat hook prerouting priority dstnat; fib daddr type local dnat ip to meta l4proto . th dport map @ports; }\n"
	      "chain out { type nat hook output priority -100; fib daddr type local dnat ip to meta l4proto . th dport map @ports; }\n"
	      "chain post { type nat hook postrouting priority srcnat; ip saddr 10.100.0.0/16 masquerade; }\n}\n", stream);
}

static void no_rules(FILE *stream, int count)
{
	(void)count;
	fputs("delete table ip floor\n", stream);
}

static void build(int count)
{
	int host = open_netlink(), own = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC), bridge = 0;
	char handle[64];
	for (int i = 0; i < count; i++) {
		if (i % per_bridge == 0) {
			if (setns(own, CLONE_NEWNET)) // if_nametoindex asks in the namespace we are in
				die("setns");
			bridge = make_bridge(host, i);
		}
		snprintf(handle, sizeof handle, HANDLES "/c%04d", i);
		int inside = make_namespace(handle);
		make_veth(host, i, bridge, inside);
		configure_inside(i);
		close(inside);
	}
	if (setns(own, CLONE_NEWNET))
		die("setns");
	run_nft(rules, count);
}

// --- teardown ---------------------------------------------------------------------------------------------

static void teardown(int count)
{
	struct batch batch = {.used = 0};
	struct ifinfomsg body = {.ifi_index = 0};
	char handle[64];
	run_nft(no_rules, 0);
	message(&batch, RTM_DELLINK, 0, &body, sizeof body);
	number(&batch, IFLA_GROUP, GROUP);
	talk(open_netlink(), &batch, "delete");
	for (int i = 0; i < count; i++) {
		snprintf(handle, sizeof handle, HANDLES "/c%04d", i);
		if (umount2(handle, MNT_DETACH) || unlink(handle))
			die(handle);
	}
}

int main(int argc, char **argv)
{
	if (argc != 3 && argc != 4)
		return 2;
	if (argc == 4)
		per_bridge = atoi(argv[3]);
	mkdir(HANDLES, 0755);
	if (!strcmp(argv[1], "build"))
		build(atoi(argv[2]));
	else
		teardown(atoi(argv[2]));
	return 0;
}
