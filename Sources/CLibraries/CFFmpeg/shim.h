#include "../function_table.h"

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/channel_layout.h>
#include <libavutil/display.h>
#include <libavutil/imgutils.h>
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>
#include <libswresample/swresample.h>
#include <libswscale/swscale.h>

// FFmpeg 4.4 to 7. Its libraries pull in a hundred others, which takes longer to load than most of this program's
// work, so they are loaded when the first frame is asked for: a table of functions, typed by FFmpeg's headers, from
// the libraries of the very version that the headers belong to.

#define FERMUSIC_AVUTIL(X)                                                                                            \
    X(av_log_set_level) X(av_strerror) X(av_malloc) X(av_free) X(av_dict_set) X(av_dict_get) X(av_dict_free) X(av_opt_set)           \
    X(av_frame_alloc) X(av_frame_free) X(av_frame_unref) X(av_frame_get_buffer) X(av_frame_make_writable)             \
    X(av_frame_get_side_data) X(av_pix_fmt_desc_get) X(av_image_copy) FERMUSIC_CHANNELS(X)

// How streams carry their rotation changed with FFmpeg 6.1.
#define FERMUSIC_HAS_CODED_SIDE_DATA (LIBAVCODEC_VERSION_INT >= AV_VERSION_INT(60, 31, 102))
#if FERMUSIC_HAS_CODED_SIDE_DATA
#define FERMUSIC_SIDE_DATA_CODEC(X) X(av_packet_side_data_get)
#define FERMUSIC_SIDE_DATA_FORMAT(X)
#else
#define FERMUSIC_SIDE_DATA_CODEC(X)
#define FERMUSIC_SIDE_DATA_FORMAT(X) X(av_stream_get_side_data)
#endif

// How channels are described changed with FFmpeg 5.1.
#define FERMUSIC_HAS_CHANNEL_LAYOUT (LIBAVUTIL_VERSION_INT >= AV_VERSION_INT(57, 28, 100))
#if FERMUSIC_HAS_CHANNEL_LAYOUT
#define FERMUSIC_CHANNELS(X) X(av_channel_layout_default) X(av_channel_layout_check)
#define FERMUSIC_RESAMPLER(X) X(swr_alloc_set_opts2)
#else
#define FERMUSIC_CHANNELS(X) X(av_get_default_channel_layout)
#define FERMUSIC_RESAMPLER(X) X(swr_alloc_set_opts)
#endif

#define FERMUSIC_AVCODEC(X)                                                                                           \
    X(avcodec_find_decoder) X(avcodec_find_encoder_by_name) X(avcodec_alloc_context3) X(avcodec_free_context)         \
    X(avcodec_flush_buffers)                                                                                          \
    X(avcodec_parameters_to_context) X(avcodec_parameters_from_context) X(avcodec_parameters_copy) X(avcodec_get_name) X(avcodec_open2) X(avcodec_send_packet)       \
    X(avcodec_receive_frame) X(avcodec_send_frame) X(avcodec_receive_packet) X(av_packet_alloc) X(av_packet_free)     \
    X(av_packet_unref) X(av_new_packet) X(av_packet_rescale_ts) FERMUSIC_SIDE_DATA_CODEC(X)

#define FERMUSIC_AVFORMAT(X)                                                                                          \
    X(avformat_network_init) X(avformat_alloc_context) X(avformat_open_input) X(avformat_close_input)                 \
    X(avformat_free_context) X(avformat_find_stream_info) X(av_find_best_stream) X(av_find_input_format)              \
    X(av_read_frame) X(av_seek_frame) X(av_guess_frame_rate) X(avio_alloc_context) X(avio_context_free) X(avio_open) X(avio_open2)     \
    X(avio_read_partial) X(avio_closep) X(av_guess_sample_aspect_ratio) X(avformat_query_codec)                       \
    X(avformat_alloc_output_context2) X(avformat_new_stream) X(avformat_write_header)                                 \
    X(av_interleaved_write_frame) X(av_write_trailer) FERMUSIC_SIDE_DATA_FORMAT(X)

#define FERMUSIC_SWSCALE(X)                                                                                           \
    X(sws_getCachedContext) X(sws_scale) X(sws_freeContext) X(sws_getCoefficients) X(sws_setColorspaceDetails)

#define FERMUSIC_SWRESAMPLE(X) X(swr_init) X(swr_free) X(swr_convert) X(swr_get_out_samples) FERMUSIC_RESAMPLER(X)

typedef struct {
    FERMUSIC_AVUTIL(FERMUSIC_FIELD)
    FERMUSIC_AVCODEC(FERMUSIC_FIELD)
    FERMUSIC_AVFORMAT(FERMUSIC_FIELD)
    FERMUSIC_SWSCALE(FERMUSIC_FIELD)
    FERMUSIC_SWRESAMPLE(FERMUSIC_FIELD)
} fermusic_ffmpeg;

// Loads the libraries; they stay for the life of the process. NULL with a message when one is missing.
static inline const fermusic_ffmpeg *_Nullable fermusic_ffmpeg_load(char *_Nonnull message, size_t size) {
    fermusic_ffmpeg *table = calloc(1, sizeof *table);
    void *library = NULL;
    if (!table) return NULL;
#define FERMUSIC_OPEN(name, major)                                                                                    \
    library = dlopen("lib" name ".so." AV_STRINGIFY(major), RTLD_NOW | RTLD_LOCAL);                                   \
    if (!library) goto failed;
    FERMUSIC_OPEN("avutil", LIBAVUTIL_VERSION_MAJOR)
    FERMUSIC_AVUTIL(FERMUSIC_FIND)
    FERMUSIC_OPEN("avcodec", LIBAVCODEC_VERSION_MAJOR)
    FERMUSIC_AVCODEC(FERMUSIC_FIND)
    FERMUSIC_OPEN("avformat", LIBAVFORMAT_VERSION_MAJOR)
    FERMUSIC_AVFORMAT(FERMUSIC_FIND)
    FERMUSIC_OPEN("swscale", LIBSWSCALE_VERSION_MAJOR)
    FERMUSIC_SWSCALE(FERMUSIC_FIND)
    FERMUSIC_OPEN("swresample", LIBSWRESAMPLE_VERSION_MAJOR)
    FERMUSIC_SWRESAMPLE(FERMUSIC_FIND)
#undef FERMUSIC_OPEN
    table->av_log_set_level(AV_LOG_QUIET);
    table->avformat_network_init();
    return table;
failed:
    snprintf(message, size, "%s", dlerror());
    free(table);
    return NULL;
}

// Macros that Swift cannot read.
enum {
    fermusic_error_end = AVERROR_EOF,
    fermusic_error_again = AVERROR(EAGAIN),
    fermusic_error_exit = AVERROR_EXIT,
    fermusic_error_memory = AVERROR(ENOMEM),
    fermusic_error_data = AVERROR_INVALIDDATA,
    fermusic_error_io = AVERROR(EIO),
    fermusic_seek_size = AVSEEK_SIZE,
    fermusic_bilinear = SWS_BILINEAR,
};
static const int64_t fermusic_no_timestamp = INT64_MIN;

// The types of formats and codecs became const with FFmpeg 5; what follows hides them.

static inline int fermusic_open_input(const fermusic_ffmpeg *_Nonnull f, AVFormatContext *_Nullable *_Nonnull context,
                                      const char *_Nullable url, const char *_Nullable format,
                                      AVDictionary *_Nullable *_Nonnull options) {
    return f->avformat_open_input(context, url, format ? f->av_find_input_format(format) : NULL, options);
}

// A decoder's context for a stream, or for a codec alone when `parameters` is NULL; NULL if there is none.
static inline AVCodecContext *_Nullable fermusic_decoder(const fermusic_ffmpeg *_Nonnull f, enum AVCodecID codec,
                                                         const AVCodecParameters *_Nullable parameters,
                                                         int64_t max_pixels, int threads, int low_delay) {
    AVCodecContext *context = NULL;
    if (!f->avcodec_find_decoder(codec)) return NULL;
    context = f->avcodec_alloc_context3(f->avcodec_find_decoder(codec));
    if (!context) return NULL;
    if (parameters && f->avcodec_parameters_to_context(context, parameters) < 0) {
        f->avcodec_free_context(&context);
        return NULL;
    }
    context->max_pixels = max_pixels;
    context->thread_count = threads;
    // Decoding several frames at once delays each by as many frames.
    context->thread_type = low_delay ? FF_THREAD_SLICE : FF_THREAD_FRAME | FF_THREAD_SLICE;
    if (low_delay) context->flags |= AV_CODEC_FLAG_LOW_DELAY;
    if (f->avcodec_open2(context, NULL, NULL) < 0) f->avcodec_free_context(&context);
    return context;
}

static inline int fermusic_has_decoder(const fermusic_ffmpeg *_Nonnull f, enum AVCodecID codec) {
    return f->avcodec_find_decoder(codec) != NULL;
}

// An encoder by its name in FFmpeg.
static inline int fermusic_has_encoder(const fermusic_ffmpeg *_Nonnull f, const char *_Nonnull name) {
    return f->avcodec_find_encoder_by_name(name) != NULL;
}

// The stream's display matrix, or NULL.
static inline const int32_t *_Nullable fermusic_stream_matrix(const fermusic_ffmpeg *_Nonnull f,
                                                              const AVStream *_Nonnull stream) {
#if FERMUSIC_HAS_CODED_SIDE_DATA
    const AVPacketSideData *data = f->av_packet_side_data_get(
        stream->codecpar->coded_side_data, stream->codecpar->nb_coded_side_data, AV_PKT_DATA_DISPLAYMATRIX);
    return data && data->size >= 36 ? (const int32_t *)data->data : NULL;
#else
#if LIBAVFORMAT_VERSION_MAJOR < 59
    int size = 0;
#else
    size_t size = 0;
#endif
    const uint8_t *data = f->av_stream_get_side_data((AVStream *)stream, AV_PKT_DATA_DISPLAYMATRIX, &size);
    return data && size >= 36 ? (const int32_t *)data : NULL;
#endif
}

// The frame's own display matrix, as from a JPEG picture's EXIF data, or NULL.
static inline const int32_t *_Nullable fermusic_frame_matrix(const fermusic_ffmpeg *_Nonnull f,
                                                             const AVFrame *_Nonnull frame) {
    const AVFrameSideData *data = f->av_frame_get_side_data(frame, AV_FRAME_DATA_DISPLAYMATRIX);
    return data && data->size >= 36 ? (const int32_t *)data->data : NULL;
}

// An encoder's context by name, not opened; NULL if this FFmpeg has none.
static inline AVCodecContext *_Nullable fermusic_encoder(const fermusic_ffmpeg *_Nonnull f, const char *_Nonnull name) {
    if (!f->avcodec_find_encoder_by_name(name)) return NULL;
    return f->avcodec_alloc_context3(f->avcodec_find_encoder_by_name(name));
}

static inline int fermusic_new_output(const fermusic_ffmpeg *_Nonnull f, AVFormatContext *_Nullable *_Nonnull context,
                                      const char *_Nonnull format, const char *_Nonnull url) {
    return f->avformat_alloc_output_context2(context, NULL, format, url);
}

// What the container says under that name; NULL if nothing.
static inline const char *_Nullable fermusic_tag(const fermusic_ffmpeg *_Nonnull f, const AVFormatContext *_Nullable context,
                                                 const char *_Nonnull key) {
    const AVDictionaryEntry *const entry = context ? f->av_dict_get(context->metadata, key, NULL, 0) : NULL;
    return entry ? entry->value : NULL;
}

// The next entry of all that a container or stream says; NULL after the last. `last` is NULL for the first.
static inline const AVDictionaryEntry *_Nullable fermusic_next_tag(const fermusic_ffmpeg *_Nonnull f,
                                                                   const AVDictionary *_Nullable tags,
                                                                   const AVDictionaryEntry *_Nullable last) {
    return tags ? f->av_dict_get(tags, "", last, AV_DICT_IGNORE_SUFFIX) : NULL;
}

// What FFmpeg calls a codec; a text of its own.
static inline const char *_Nonnull fermusic_codec_name(const fermusic_ffmpeg *_Nonnull f, enum AVCodecID codec) {
    return f->avcodec_get_name(codec);
}

// Whether files of this output's format can hold the codec.
static inline int fermusic_holds_codec(const fermusic_ffmpeg *_Nonnull f, const AVFormatContext *_Nonnull context,
                                       enum AVCodecID codec) {
    return f->avformat_query_codec(context->oformat, codec, FF_COMPLIANCE_NORMAL) == 1;
}

static inline int fermusic_wants_global_header(const AVFormatContext *_Nonnull context) {
    return (context->oformat->flags & AVFMT_GLOBALHEADER) != 0;
}

static inline AVStream *_Nonnull fermusic_stream(const AVFormatContext *_Nonnull context, int index) {
    return context->streams[index];
}

static inline const char *_Nonnull fermusic_format_name(const AVFormatContext *_Nonnull context) {
    return context->iformat->name;
}

static inline int fermusic_is_seekable(const AVFormatContext *_Nonnull context) {
    return context->pb && (context->pb->seekable & AVIO_SEEKABLE_NORMAL);
}

static inline uint8_t *_Nullable fermusic_plane(const AVFrame *_Nonnull frame, int index) { return frame->data[index]; }

// How many channels a frame of sound has; 0 if it does not make sense.
static inline int fermusic_channels(const fermusic_ffmpeg *_Nonnull f, const AVFrame *_Nonnull frame) {
#if FERMUSIC_HAS_CHANNEL_LAYOUT
    return f->av_channel_layout_check(&frame->ch_layout) ? frame->ch_layout.nb_channels : 0;
#else
    return frame->channels;
#endif
}

static inline int fermusic_parameter_channels(const AVCodecParameters *_Nonnull parameters) {
#if FERMUSIC_HAS_CHANNEL_LAYOUT
    return parameters->ch_layout.nb_channels;
#else
    return parameters->channels;
#endif
}

// What turns frames like this one into interleaved float samples at `rate`, of 1 or 2 channels; NULL if it can't.
static inline SwrContext *_Nullable fermusic_resampler(const fermusic_ffmpeg *_Nonnull f, const AVFrame *_Nonnull frame,
                                                       int channels, int rate) {
    SwrContext *context = NULL;
#if FERMUSIC_HAS_CHANNEL_LAYOUT
    AVChannelLayout out, in;
    f->av_channel_layout_default(&out, channels);
    // Channels without places are taken for the usual ones of their number.
    if (frame->ch_layout.order == AV_CHANNEL_ORDER_NATIVE)
        in = frame->ch_layout;
    else
        f->av_channel_layout_default(&in, frame->ch_layout.nb_channels);
    if (f->swr_alloc_set_opts2(&context, &out, AV_SAMPLE_FMT_FLT, rate, &in, (enum AVSampleFormat)frame->format,
                               frame->sample_rate, 0, NULL) < 0)
        return NULL;
#else
    int64_t in = (int64_t)frame->channel_layout;
    if (!in) in = f->av_get_default_channel_layout(frame->channels);
    context = f->swr_alloc_set_opts(NULL, f->av_get_default_channel_layout(channels), AV_SAMPLE_FMT_FLT, rate, in,
                                    (enum AVSampleFormat)frame->format, frame->sample_rate, 0, NULL);
#endif
    if (context && f->swr_init(context) < 0) f->swr_free(&context);
    return context;
}

// Takes the frame's samples, or what is left when it is NULL. Returns the number of samples for each channel written to
// `out`, which has room for `room`, or a negative error.
static inline int fermusic_resample(const fermusic_ffmpeg *_Nonnull f, SwrContext *_Nonnull context,
                                    const AVFrame *_Nullable frame, float *_Nonnull out, int room) {
    uint8_t *planes[1] = {(uint8_t *)out};
    return f->swr_convert(context, planes, room, frame ? (const uint8_t **)frame->extended_data : NULL,
                          frame ? frame->nb_samples : 0);
}
