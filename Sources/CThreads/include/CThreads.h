#ifndef CTHREADS_H
#define CTHREADS_H
#include <stdint.h>

// A Swift closure of type (Int) -> Void that another thread may call while its owner waits.
typedef struct {
    void *function, *context;
} fm_closure;

void fm_closure_call(fm_closure closure, intptr_t index);

// The processors that this process may run on; 0 if the system does not say.
int fm_allowed_processors(void);
#endif
