#include "CThreads.h"

// Swift's calling convention: a closure is passed as two words, code and captured values, and is called with the
// second in a register of its own.
typedef __attribute__((swiftcall)) void (*swift_function)(intptr_t, __attribute__((swift_context)) void *);

__attribute__((swiftcall)) void fm_closure_store(void *function, void *context, fm_closure *target);

__attribute__((swiftcall)) void fm_closure_store(void *function, void *context, fm_closure *target) {
    target->function = function;
    target->context = context;
}

void fm_closure_call(fm_closure closure, intptr_t index) {
    ((swift_function)closure.function)(index, closure.context);
}
