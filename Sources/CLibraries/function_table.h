// What the shims of libraries that are loaded when first needed share: a table with a field for each function, typed by
// the library's own header, and the lookup that fills it.
#ifndef FERMUSIC_FUNCTION_TABLE
#define FERMUSIC_FUNCTION_TABLE

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

#define FERMUSIC_FIELD(name) __typeof__(&name) _Nonnull name;

// Needs `table`, `library` and a label `failed`.
#define FERMUSIC_FIND(name)                                                                                           \
    *(void **)&table->name = dlsym(library, #name);                                                                   \
    if (!*(void **)&table->name) goto failed;

#endif
