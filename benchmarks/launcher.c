// Copyright (c) 2026, linuxnet.fabric contributors
// GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a program takes: launcher FILE PROGRAM ARGUMENT... writes seconds, seconds of the processor and the peak of its
// memory in KiB to FILE. A process counts as its own peak what the one that started it had in memory (exec(2) keeps it,
// getrusage(2) tells it), and a large Python would hide a small program behind its own size.

#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec + time.tv_nsec / 1e9;
}

static double seconds(struct timeval time)
{
	return time.tv_sec + time.tv_usec / 1e6;
}

int main(int argc, char **argv)
{
	if (argc < 3)
		return 127;
	double begin = now();
	pid_t child = fork();
	if (child == 0) {
		execvp(argv[2], argv + 2);
		perror(argv[2]);
		_exit(127);
	}
	int status;
	struct rusage used;
	if (child < 0 || wait4(child, &status, 0, &used) != child)
		return 127;
	double end = now();
	FILE *file = fopen(argv[1], "w");
	if (!file)
		return 127;
	fprintf(file, "%.6f %.6f %ld\n", end - begin, seconds(used.ru_utime) + seconds(used.ru_stime), used.ru_maxrss);
	fclose(file);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
