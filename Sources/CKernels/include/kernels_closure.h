#ifndef KERNELS_CLOSURE_H
#define KERNELS_CLOSURE_H
#include "kernels_basic.h"

// A Swift closure of type (Int) -> Void that another thread may call while its owner waits.
typedef struct {
    void *function, *context;
} fm_closure;

void fm_closure_call(fm_closure closure, intptr_t index);
#endif
