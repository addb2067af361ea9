#define _GNU_SOURCE
#include "kernels_basic.h"

#include <stdlib.h>
#include <string.h>

#ifdef __linux__
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

/* Whether the machine, or the container that this runs in, has so much memory at all: Linux promises more than there is, and
   ends who uses it. */
static int is_there(size_t bytes) {
    long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);
    if (pages > 0 && size > 0 && bytes / (size_t)size >= (size_t)pages) return 0;
    const char *limits[] = {"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"};
    for (int i = 0; i < 2; i++) {
        FILE *file = fopen(limits[i], "r");
        if (!file) continue;
        unsigned long long limit;
        int is_number = fscanf(file, "%llu", &limit) == 1;
        fclose(file);
        if (is_number && bytes >= limit) return 0;
    }
    return 1;
}
#endif

void *fm_allocate(size_t bytes) {
    const size_t huge = (size_t)1 << 21;
    void *memory = NULL;
#ifdef __linux__
    if (bytes >> 30 && !is_there(bytes)) return NULL;
#endif
    if (posix_memalign(&memory, bytes >= huge ? huge : 64, bytes)) return NULL;
#ifdef MADV_HUGEPAGE
    if (bytes >= huge) (void)madvise(memory, bytes, MADV_HUGEPAGE);
#endif
    return memset(memory, 0, bytes);
}

void fm_release(void *memory) { free(memory); }
