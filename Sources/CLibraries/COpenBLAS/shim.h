#include "../function_table.h"

#include <stdlib.h>

// OpenBLAS, to measure the own matrix product by: nothing else needs it, so it is loaded when it is first asked for. What
// is called of it has been the same for twenty years and is declared here, so that building needs nothing of it either.

enum fermusic_blas_order { fermusic_blas_rows = 101 };
enum fermusic_blas_transpose { fermusic_blas_plain = 111, fermusic_blas_transposed = 112 };

void cblas_sgemm(enum fermusic_blas_order order, enum fermusic_blas_transpose transpose_a,
                 enum fermusic_blas_transpose transpose_b, int m, int n, int k, float alpha, const float *_Nonnull a,
                 int lda, const float *_Nonnull b, int ldb, float beta, float *_Nonnull c, int ldc);
void cblas_sgemv(enum fermusic_blas_order order, enum fermusic_blas_transpose transpose, int m, int n, float alpha,
                 const float *_Nonnull a, int lda, const float *_Nonnull x, int x_step, float beta, float *_Nonnull y,
                 int y_step);
void openblas_set_num_threads(int count);
char *_Nonnull openblas_get_corename(void);

#define FERMUSIC_OPENBLAS(X)                                                                                          \
    X(cblas_sgemm) X(cblas_sgemv) X(openblas_set_num_threads) X(openblas_get_corename)

typedef struct {
    FERMUSIC_OPENBLAS(FERMUSIC_FIELD)
} fermusic_openblas;

// Loads the library, for one thread per call; it stays for the life of the process. NULL with a message when it is missing.
//
// `core` is the processor whose kernels it takes, unless the environment names one: a processor younger than the library
// would get those of a far older one. It is read while the library is loaded, so no other thread may ask for the
// environment then.
static inline const fermusic_openblas *_Nullable fermusic_openblas_load(const char *_Nullable core,
                                                                        char *_Nonnull message, size_t size) {
    fermusic_openblas *table = calloc(1, sizeof *table);
    if (!table) return NULL;
    if (core) setenv("OPENBLAS_CORETYPE", core, 0);
    void *library = dlopen("libopenblas.so.0", RTLD_NOW | RTLD_LOCAL);
    if (!library) goto failed;
    FERMUSIC_OPENBLAS(FERMUSIC_FIND)
    table->openblas_set_num_threads(1);
    return table;
failed:
    snprintf(message, size, "%s", dlerror());
    free(table);
    return NULL;
}
