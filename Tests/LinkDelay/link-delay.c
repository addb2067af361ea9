// A network cable that takes its time: two taps, one in each of two network namespaces, and every frame that comes in at
// one goes out at the other some microseconds later. For kernels without netem.
//
//     link-delay NAMESPACE TAP NAMESPACE TAP MICROSECONDS
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

enum { slots = 4096, largest = 2048 };

struct frame {
    int64_t due;
    ssize_t length;
    unsigned char bytes[largest];
};

struct direction {
    int from, to;
    unsigned first, count;
    struct frame *frames;
};

static int64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static int open_tap(const char *space, const char *name) {
    char path[128];
    snprintf(path, sizeof path, "/var/run/netns/%s", space);
    int ns = open(path, O_RDONLY | O_CLOEXEC);
    if (ns < 0 || setns(ns, CLONE_NEWNET) != 0) return -1;
    close(ns);
    int tap = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
    struct ifreq request = {.ifr_flags = IFF_TAP | IFF_NO_PI};
    snprintf(request.ifr_name, sizeof request.ifr_name, "%s", name);
    if (tap < 0 || ioctl(tap, TUNSETIFF, &request) != 0) return -1;
    return tap;
}

int main(int argc, char **argv) {
    if (argc != 6) return 2;
    int a = open_tap(argv[1], argv[2]), b = open_tap(argv[3], argv[4]);
    if (a < 0 || b < 0) {
        perror("link-delay");
        return 1;
    }
    int64_t delay = atoll(argv[5]) * 1000;
    prctl(PR_SET_TIMERSLACK, 1000UL);
    struct direction ways[2] = {{a, b, 0, 0, calloc(slots, sizeof(struct frame))},
                                {b, a, 0, 0, calloc(slots, sizeof(struct frame))}};
    puts("ready");
    fflush(stdout);
    for (;;) {
        int64_t next = INT64_MAX, time = now();
        for (int i = 0; i < 2; i++) {
            struct direction *way = ways + i;
            while (way->count < slots) {
                struct frame *frame = way->frames + (way->first + way->count) % slots;
                frame->length = read(way->from, frame->bytes, largest);
                if (frame->length <= 0) break;
                frame->due = time + delay;
                way->count++;
            }
            while (way->count > 0 && way->frames[way->first].due <= time) {
                struct frame *frame = way->frames + way->first;
                // A queue that is full there loses it, as a switch does.
                if (write(way->to, frame->bytes, frame->length) < 0 && errno == EIO) usleep(1000);
                way->first = (way->first + 1) % slots;
                way->count--;
            }
            if (way->count > 0 && way->frames[way->first].due < next) next = way->frames[way->first].due;
        }
        int64_t wait = next == INT64_MAX ? 1000000000LL : next - now();
        if (wait < 0) wait = 0;
        struct timespec limit = {wait / 1000000000LL, wait % 1000000000LL};
        struct pollfd ends[2] = {{a, POLLIN, 0}, {b, POLLIN, 0}};
        ppoll(ends, 2, &limit, NULL);
    }
}
