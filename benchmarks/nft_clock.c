// Copyright (c) 2026, linuxnet.fabric contributors
// GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Stands before nft on the PATH, runs the real one ($NFT) and appends to $NFT_LOG: its seconds from start to end,
// whether it ran in the host's namespace or in another (that of process 1 tells), and its arguments.

#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec + time.tv_nsec / 1e9;
}

static const char *where(void)
{
	struct stat own, host;
	if (stat("/proc/self/ns/net", &own) || stat("/proc/1/ns/net", &host))
		return "unknown";
	return own.st_ino == host.st_ino ? "host" : "scratch";
}

int main(int argc, char **argv)
{
	const char *program = getenv("NFT"), *path = getenv("NFT_LOG");
	if (!program || !path)
		return 2;
	double begin = now();
	pid_t child = vfork();
	if (child == 0) {
		execv(program, argv);
		_exit(127);
	}
	int status;
	waitpid(child, &status, 0);
	FILE *log = fopen(path, "a");
	if (log) {
		fprintf(log, "%.6f %s", now() - begin, where());
		for (int i = 1; i < argc; i++)
			fprintf(log, " %s", argv[i]);
		fputc('\n', log);
		fclose(log);
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}
