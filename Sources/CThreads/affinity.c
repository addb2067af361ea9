#define _GNU_SOURCE
#include <sched.h>
#include <stddef.h>

#include "CThreads.h"

int fm_allowed_processors(void) {
#ifdef __linux__
    // Systems with more processors than the usual set holds are asked again with a larger one.
    for (int most = CPU_SETSIZE; most <= 1 << 18; most *= 4) {
        cpu_set_t *const set = CPU_ALLOC(most);
        if (!set) return 0;
        const size_t size = CPU_ALLOC_SIZE(most);
        CPU_ZERO_S(size, set);
        const int failed = sched_getaffinity(0, size, set);
        const int count = failed ? 0 : CPU_COUNT_S(size, set);
        CPU_FREE(set);
        if (!failed) return count;
    }
#endif
    return 0;
}
