#include "../function_table.h"

#include <stdint.h>
#include <sys/types.h>

// Where sound goes: PulseAudio's simple interface, which PipeWire serves too, and ALSA's, each loaded when something is
// played. What is called of them has been the same for fifteen years and is declared here, so that building needs nothing
// of them.

enum { fermusic_pulse_playback = 1, fermusic_pulse_float_little = 5, fermusic_pulse_float_big = 6 };

typedef struct pa_simple pa_simple;
typedef struct pa_channel_map pa_channel_map;

typedef struct {
    int format;
    uint32_t rate;
    uint8_t channels;
} pa_sample_spec;

typedef struct {
    uint32_t maxlength, tlength, prebuf, minreq, fragsize;
} pa_buffer_attr;

pa_simple *_Nullable pa_simple_new(const char *_Nullable server, const char *_Nonnull name, int direction,
                                   const char *_Nullable device, const char *_Nonnull stream,
                                   const pa_sample_spec *_Nonnull form, const pa_channel_map *_Nullable map,
                                   const pa_buffer_attr *_Nullable buffer, int *_Nonnull error);
void pa_simple_free(pa_simple *_Nonnull sink);
int pa_simple_write(pa_simple *_Nonnull sink, const void *_Nonnull bytes, size_t count, int *_Nonnull error);
int pa_simple_drain(pa_simple *_Nonnull sink, int *_Nonnull error);
int pa_simple_flush(pa_simple *_Nonnull sink, int *_Nonnull error);
const char *_Nonnull pa_strerror(int error);

#define FERMUSIC_PULSE(X) X(pa_simple_new) X(pa_simple_free) X(pa_simple_write) X(pa_simple_drain) X(pa_simple_flush)

enum { fermusic_alsa_playback = 0, fermusic_alsa_interleaved = 3, fermusic_alsa_float_little = 14, fermusic_alsa_float_big = 15 };

typedef struct snd_pcm snd_pcm;

int snd_pcm_open(snd_pcm *_Nullable *_Nonnull sink, const char *_Nonnull name, int direction, int mode);
int snd_pcm_set_params(snd_pcm *_Nonnull sink, int format, int access, unsigned channels, unsigned rate, int resample,
                       unsigned microseconds);
long snd_pcm_writei(snd_pcm *_Nonnull sink, const void *_Nonnull samples, unsigned long frames);
int snd_pcm_recover(snd_pcm *_Nonnull sink, int error, int silent);
int snd_pcm_prepare(snd_pcm *_Nonnull sink);
int snd_pcm_drain(snd_pcm *_Nonnull sink);
int snd_pcm_drop(snd_pcm *_Nonnull sink);
int snd_pcm_close(snd_pcm *_Nonnull sink);
const char *_Nonnull snd_strerror(int error);
int snd_lib_error_set_handler(void (*_Nullable handler)(const char *, int, const char *, int, const char *, ...));

#define FERMUSIC_ALSA(X)                                                                                              \
    X(snd_pcm_open) X(snd_pcm_set_params) X(snd_pcm_writei) X(snd_pcm_recover) X(snd_pcm_prepare) X(snd_pcm_drain)    \
    X(snd_pcm_drop) X(snd_pcm_close) X(snd_strerror) X(snd_lib_error_set_handler)

typedef struct {
    FERMUSIC_PULSE(FERMUSIC_FIELD)
    // In a library of its own.
    __typeof__(&pa_strerror) _Nonnull pa_strerror;
} fermusic_pulse;

typedef struct {
    FERMUSIC_ALSA(FERMUSIC_FIELD)
} fermusic_alsa;

// Both load their library for the life of the process; NULL when it is missing.
static inline const fermusic_pulse *_Nullable fermusic_pulse_load(void) {
    fermusic_pulse *table = calloc(1, sizeof *table);
    if (!table) return NULL;
    void *library = dlopen("libpulse.so.0", RTLD_NOW | RTLD_LOCAL);
    if (!library) goto failed;
    FERMUSIC_FIND(pa_strerror)
    library = dlopen("libpulse-simple.so.0", RTLD_NOW | RTLD_LOCAL);
    if (!library) goto failed;
    FERMUSIC_PULSE(FERMUSIC_FIND)
    return table;
failed:
    free(table);
    return NULL;
}

// What ALSA would print on standard error is left out: what goes wrong is said by the program.
static inline void fermusic_alsa_be_silent(const char *file, int line, const char *function, int error, const char *format,
                                           ...) {}

static inline const fermusic_alsa *_Nullable fermusic_alsa_load(void) {
    fermusic_alsa *table = calloc(1, sizeof *table);
    if (!table) return NULL;
    void *library = dlopen("libasound.so.2", RTLD_NOW | RTLD_LOCAL);
    if (!library) goto failed;
    FERMUSIC_ALSA(FERMUSIC_FIND)
    table->snd_lib_error_set_handler(fermusic_alsa_be_silent);
    return table;
failed:
    free(table);
    return NULL;
}
