#include <dlfcn.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <microhttpd.h>

// libmicrohttpd's options are variadic, which Swift does not import, and its log callback takes a va_list.

// What the library says while it starts; afterwards it is quiet, since its messages repeat what clients send.
typedef struct {
    int is_open;
    char message[256];
} fermusic_http_log;

static void fermusic_http_note(void *context, const char *format, va_list arguments) {
    fermusic_http_log *log = (fermusic_http_log *)context;
    if (log->is_open && !log->message[0]) vsnprintf(log->message, sizeof log->message, format, arguments);
}

typedef struct {
    int socket;
    unsigned threads;
    unsigned connections;
    unsigned connections_per_address;
    unsigned timeout_seconds;
    size_t memory_per_connection;
    // PEM texts; NULL without TLS.
    const char *key;
    const char *certificate;
    MHD_AccessHandlerCallback handler;
    MHD_RequestCompletedCallback completed;
    MHD_NotifyConnectionCallback notify;
    void *context;
    // Must live as long as the daemon.
    fermusic_http_log *log;
} fermusic_http_options;

// Texts with an encoded NUL stay as they are: decoded they would seem to end there, and be somebody else's path.
static size_t fermusic_http_unescape(void *context, struct MHD_Connection *connection, char *text) {
    (void)context;
    (void)connection;
    return strstr(text, "%00") ? strlen(text) : MHD_http_unescape(text);
}

static inline struct MHD_Daemon *fermusic_http_start(const fermusic_http_options *options) {
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG;
    struct MHD_OptionItem tls[] = {
        {MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)options->key},
        {MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)options->certificate},
        {MHD_OPTION_END, 0, NULL},
    };
    struct MHD_OptionItem none[] = {{MHD_OPTION_END, 0, NULL}};
    if (options->certificate) flags |= MHD_USE_TLS;
    options->log->is_open = 1;
    struct MHD_Daemon *daemon = MHD_start_daemon(
        flags, 0, NULL, NULL, options->handler, options->context,
        MHD_OPTION_EXTERNAL_LOGGER, fermusic_http_note, options->log,
        MHD_OPTION_LISTEN_SOCKET, options->socket,
        MHD_OPTION_THREAD_POOL_SIZE, options->threads,
        MHD_OPTION_CONNECTION_LIMIT, options->connections,
        MHD_OPTION_PER_IP_CONNECTION_LIMIT, options->connections_per_address,
        MHD_OPTION_CONNECTION_TIMEOUT, options->timeout_seconds,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, options->memory_per_connection,
        MHD_OPTION_STRICT_FOR_CLIENT, 1,
        MHD_OPTION_UNESCAPE_CALLBACK, fermusic_http_unescape, NULL,
        MHD_OPTION_NOTIFY_COMPLETED, options->completed, options->context,
        MHD_OPTION_NOTIFY_CONNECTION, options->notify, options->context,
        MHD_OPTION_ARRAY, options->certificate ? tls : none, MHD_OPTION_END);
    options->log->is_open = 0;
    return daemon;
}

static inline int fermusic_http_has_tls(void) { return MHD_is_feature_supported(MHD_FEATURE_TLS) == MHD_YES; }

// The peer's address; NULL if it is not known.
static inline const struct sockaddr *fermusic_http_peer(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    return info ? info->client_addr : NULL;
}

// The connection's descriptor, or -1.
static inline int fermusic_http_descriptor(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    return info ? info->connect_fd : -1;
}

// The session of GnuTLS; NULL without TLS.
static inline void *fermusic_http_session(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);
    return info ? info->tls_session : NULL;
}

static inline int fermusic_http_is_encrypted(struct MHD_Connection *connection) {
    return fermusic_http_session(connection) != NULL;
}

// Sends bytes beside the library, as many as the system takes at once: only while the library sends nothing, and with TLS
// only on the thread that reads. GnuTLS is there, since the library needs it, but need not be there to build with.
static inline void fermusic_http_send(struct MHD_Connection *connection, const void *bytes, size_t size) {
    void *session = fermusic_http_session(connection);
    if (!session) {
        send(fermusic_http_descriptor(connection), bytes, size, MSG_DONTWAIT | MSG_NOSIGNAL);
        return;
    }
    ssize_t (*record)(void *, const void *, size_t) =
        (ssize_t (*)(void *, const void *, size_t))dlsym(NULL, "gnutls_record_send");
    if (record) record(session, bytes, size);
}

// Answers with a copy of the bytes.
static inline struct MHD_Response *fermusic_http_response(const void *bytes, size_t size) {
    return MHD_create_response_from_buffer(size, (void *)bytes, MHD_RESPMEM_MUST_COPY);
}

// Answers with a part of a file, read as it is sent; the descriptor is closed in any case. NULL if that cannot be.
static inline struct MHD_Response *fermusic_http_file(int descriptor, size_t start, size_t size) {
    if (descriptor < 0) return NULL;
    struct MHD_Response *response = MHD_create_response_from_fd_at_offset64(size, descriptor, start);
    if (!response) close(descriptor);
    return response;
}

// Answers with what a function gives; `count` bytes of it, or as many as come if that is negative.
static inline struct MHD_Response *fermusic_http_stream(ssize_t count, MHD_ContentReaderCallback reader, void *context,
                                                        MHD_ContentReaderFreeCallback release) {
    uint64_t size = count < 0 ? MHD_SIZE_UNKNOWN : (uint64_t)count;
    return MHD_create_response_from_callback(size, 65536, reader, context, release);
}

static inline ssize_t fermusic_http_end_of_stream(void) { return MHD_CONTENT_READER_END_OF_STREAM; }
static inline ssize_t fermusic_http_broken_stream(void) { return MHD_CONTENT_READER_END_WITH_ERROR; }

// How the library's enumerations look in Swift depends on its version: here they have one form.
static inline enum MHD_Result fermusic_http_result(int is_good) { return is_good ? MHD_YES : MHD_NO; }

static inline int fermusic_http_has_started(enum MHD_ConnectionNotificationCode code) {
    return code == MHD_CONNECTION_NOTIFY_STARTED;
}

static inline void fermusic_http_headers(struct MHD_Connection *connection, MHD_KeyValueIteratorN note, void *context) {
    MHD_get_connection_values_n(connection, MHD_HEADER_KIND, note, context);
}

static inline void fermusic_http_arguments(struct MHD_Connection *connection, MHD_KeyValueIteratorN note,
                                           void *context) {
    MHD_get_connection_values_n(connection, MHD_GET_ARGUMENT_KIND, note, context);
}
