#include "../function_table.h"

#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

// MPI, to train on several machines: nobody else needs it, so it is loaded when a launcher (mpirun, srun) has started this
// process. Declared here, so that building needs nothing of it, and one program runs with both kinds of MPI: Open MPI's
// handles are pointers, those of MPICH, Intel MPI and MVAPICH are ints. They are passed as whole registers, of which a
// function that takes an int reads the lower half, on x86-64 as on arm64.

typedef uintptr_t fermusic_mpi_handle;

int MPI_Init_thread(int *_Nullable argc, char *_Nullable *_Nullable *_Nullable argv, int required, int *_Nonnull provided);
int MPI_Finalize(void);
int MPI_Abort(fermusic_mpi_handle communicator, int code);
int MPI_Comm_rank(fermusic_mpi_handle communicator, int *_Nonnull rank);
int MPI_Comm_size(fermusic_mpi_handle communicator, int *_Nonnull size);
int MPI_Comm_set_errhandler(fermusic_mpi_handle communicator, fermusic_mpi_handle handler);
int MPI_Error_string(int code, char *_Nonnull text, int *_Nonnull length);
int MPI_Get_library_version(char *_Nonnull text, int *_Nonnull length);
int MPI_Isend(const void *_Nullable buffer, int count, fermusic_mpi_handle type, int target, int tag,
              fermusic_mpi_handle communicator, fermusic_mpi_handle *_Nonnull request);
int MPI_Irecv(void *_Nullable buffer, int count, fermusic_mpi_handle type, int source, int tag,
              fermusic_mpi_handle communicator, fermusic_mpi_handle *_Nonnull request);
int MPI_Ibcast(void *_Nullable buffer, int count, fermusic_mpi_handle type, int root,
               fermusic_mpi_handle communicator, fermusic_mpi_handle *_Nonnull request);
int MPI_Iallgather(const void *_Nullable mine, int count, fermusic_mpi_handle type, void *_Nullable all, int each,
                   fermusic_mpi_handle all_type, fermusic_mpi_handle communicator,
                   fermusic_mpi_handle *_Nonnull request);
int MPI_Test(fermusic_mpi_handle *_Nonnull request, int *_Nonnull done, void *_Nullable status);

#define FERMUSIC_MPI(X)                                                                                               \
    X(MPI_Init_thread) X(MPI_Finalize) X(MPI_Abort) X(MPI_Comm_rank) X(MPI_Comm_size) X(MPI_Comm_set_errhandler)      \
    X(MPI_Error_string) X(MPI_Get_library_version) X(MPI_Isend) X(MPI_Irecv) X(MPI_Ibcast) X(MPI_Iallgather)          \
    X(MPI_Test)

typedef struct {
    FERMUSIC_MPI(FERMUSIC_FIELD)
    fermusic_mpi_handle world;
    fermusic_mpi_handle byte;
    fermusic_mpi_handle errors_return;
    void *_Nullable status_ignore;
} fermusic_mpi;

// Loads the library of that name for the life of the process. NULL with a message when it is missing or no MPI.
static inline const fermusic_mpi *_Nullable fermusic_mpi_load(const char *_Nonnull name, char *_Nonnull message,
                                                              size_t size) {
    fermusic_mpi *table = calloc(1, sizeof *table);
    if (!table) return NULL;
    // Open MPI's own plug-ins look for its symbols.
    void *library = dlopen(name, RTLD_NOW | RTLD_GLOBAL);
    if (!library) goto failed;
    FERMUSIC_MPI(FERMUSIC_FIND)
    void *world = dlsym(library, "ompi_mpi_comm_world");
    if (world) {
        void *byte = dlsym(library, "ompi_mpi_byte"), *errors = dlsym(library, "ompi_mpi_errors_return");
        if (!byte || !errors) goto failed;
        table->world = (uintptr_t)world;
        table->byte = (uintptr_t)byte;
        table->errors_return = (uintptr_t)errors;
        table->status_ignore = NULL;
    } else {
        // The numbers that MPICH and what is compatible with it have agreed on.
        table->world = 0x44000000;
        table->byte = 0x4c00010d;
        table->errors_return = 0x54000001;
        table->status_ignore = (void *)1;
    }
    return table;
failed:;
    const char *reason = dlerror();
    snprintf(message, size, "%s", reason ? reason : name);
    free(table);
    return NULL;
}

// Numbers of 16 bits on the wire: a float's upper half, rounded to even.
static inline void fermusic_to_bfloat16(const float *_Nonnull values, uint16_t *_Nonnull halves, size_t count) {
    for (size_t i = 0; i < count; i++) {
        uint32_t bits;
        memcpy(&bits, values + i, 4);
        uint32_t rounded = (bits + 0x7FFF + (bits >> 16 & 1)) >> 16;
        // What is not a number stays none.
        halves[i] = (uint16_t)((bits & 0x7FFFFFFF) > 0x7F800000 ? bits >> 16 | 0x40 : rounded);
    }
}

static inline void fermusic_from_bfloat16(const uint16_t *_Nonnull halves, float *_Nonnull values, size_t count) {
    for (size_t i = 0; i < count; i++) {
        uint32_t bits = (uint32_t)halves[i] << 16;
        memcpy(values + i, &bits, 4);
    }
}

static inline void fermusic_add_bfloat16(const uint16_t *_Nonnull halves, float *_Nonnull values, size_t count) {
    for (size_t i = 0; i < count; i++) {
        uint32_t bits = (uint32_t)halves[i] << 16;
        float value;
        memcpy(&value, &bits, 4);
        values[i] += value;
    }
}

// Whether a library is there, without keeping it.
static inline int fermusic_mpi_exists(const char *_Nonnull name) {
    void *library = dlopen(name, RTLD_LAZY | RTLD_LOCAL);
    if (library) dlclose(library);
    return library != NULL;
}

// Adds to `mine`, which is rank `rank`'s, what the others have, `step` apart, in the order of the ranks.
static inline void fermusic_sum_ranks(float *_Nonnull mine, const float *_Nonnull others, size_t count, size_t step,
                                      int size, int rank) {
    for (size_t start = 0; start < count; start += 1024) {
        float sum[1024];
        size_t n = count - start < 1024 ? count - start : 1024;
        for (int other = 0; other < size; other++) {
            const float *from = other == rank ? mine + start : others + other * step + start;
            if (other == 0)
                memcpy(sum, from, n * sizeof *sum);
            else
                for (size_t i = 0; i < n; i++) sum[i] += from[i];
        }
        memcpy(mine + start, sum, n * sizeof *sum);
    }
}

// Ends the launcher that started this process, if it is one of MPI's and still there after so many seconds: one that cannot
// reach a machine any more would wait for it. A process of its own does that, because the launcher ends this one first.
static inline void fermusic_mpi_end_launcher(unsigned seconds) {
    pid_t launcher = getppid();
    char path[64], name[32] = "";
    snprintf(path, sizeof path, "/proc/%d/comm", (int)launcher);
    FILE *file = fopen(path, "r");
    if (!file) return;
    if (!fgets(name, sizeof name, file)) name[0] = 0;
    fclose(file);
    const char *known[] = {"mpirun", "mpiexec", "orte", "prte", "hydra"};
    int is_known = 0;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (!strncmp(name, known[i], strlen(known[i]))) is_known = 1;
    if (!is_known) return;
    pid_t child = fork();
    if (child != 0) return;
    // Only what may be called between fork and exec.
    setsid();
    for (int descriptor = 0; descriptor < 1024; descriptor++) close(descriptor);
    sleep(seconds);
    kill(launcher, SIGKILL);
    _exit(0);
}
