#include "AllocationCounter.h"
#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>

// glibc's own functions under the names that stay reachable.
extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

static atomic_long calls;
static __thread int watched __attribute__((tls_model("initial-exec")));

void allocation_counter_watch(int watch) { watched = watch; }
long allocation_counter_value(void) { return atomic_load(&calls); }
void allocation_counter_reset(void) { atomic_store(&calls, 0); }

__attribute__((unused)) static void count(void) {
    if (watched) atomic_fetch_add(&calls, 1);
}

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
// The sanitizer has functions of its own in their place, and is not up yet when the loader allocates.
#define COUNTS_NOTHING
#endif
#endif

#ifndef COUNTS_NOTHING
void *malloc(size_t size) {
    count();
    return __libc_malloc(size);
}

void *calloc(size_t number, size_t size) {
    count();
    return __libc_calloc(number, size);
}

void *realloc(void *pointer, size_t size) {
    count();
    return __libc_realloc(pointer, size);
}

void *memalign(size_t alignment, size_t size) {
    count();
    return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
    count();
    return __libc_memalign(alignment, size);
}

int posix_memalign(void **result, size_t alignment, size_t size) {
    count();
    if (alignment % sizeof(void *) != 0 || (alignment & (alignment - 1)) != 0) return EINVAL;
    void *pointer = __libc_memalign(alignment, size);
    if (!pointer) return ENOMEM;
    *result = pointer;
    return 0;
}
#endif
