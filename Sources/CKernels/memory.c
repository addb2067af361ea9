#define _GNU_SOURCE
#include "kernels_basic.h"

#ifdef __linux__
#include <sys/mman.h>
#endif

void *fm_allocate(size_t bytes) {
    const size_t huge = (size_t)1 << 21;
    void *memory = NULL;
    if (posix_memalign(&memory, bytes >= huge ? huge : 64, bytes)) return NULL;
#ifdef MADV_HUGEPAGE
    if (bytes >= huge) (void)madvise(memory, bytes, MADV_HUGEPAGE);
#endif
    return memset(memory, 0, bytes);
}

void fm_release(void *memory) { free(memory); }
