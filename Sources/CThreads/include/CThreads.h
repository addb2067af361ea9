#ifndef CTHREADS_H
#define CTHREADS_H
#include <stdint.h>

// A Swift closure of type (Int) -> Void that another thread may call while its owner waits.
typedef struct {
    void *function, *context;
} fm_closure;

void fm_closure_call(fm_closure closure, intptr_t index);

// Tells the processor that its thread waits for another: 10 to 50 ns, in which a neighbour on the same core goes on.
static inline void fm_relax(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("isb");
#endif
}

// The processors that this process may run on; 0 if the system does not say.
int fm_allowed_processors(void);
#endif
