#include "../function_table.h"

// Its macros check types where Swift never comes.
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>

// libcurl 7.66 or newer. With what it pulls in it is some thirty libraries, which most runs of the program don't need,
// so it is loaded when a service is first asked: a table of functions, typed by libcurl's header.

#define FERMUSIC_CURL(X)                                                                                              \
    X(curl_global_init) X(curl_version) X(curl_easy_init) X(curl_easy_setopt) X(curl_easy_getinfo)                    \
    X(curl_easy_reset) X(curl_easy_cleanup) X(curl_easy_strerror) X(curl_slist_append) X(curl_slist_free_all)         \
    X(curl_multi_init) X(curl_multi_add_handle) X(curl_multi_remove_handle) X(curl_multi_perform) X(curl_multi_poll)  \
    X(curl_multi_info_read) X(curl_multi_cleanup)

typedef struct {
    FERMUSIC_CURL(FERMUSIC_FIELD)
} fermusic_curl;

// Loads the library; it stays for the life of the process. NULL with a message when it is missing.
static inline const fermusic_curl *_Nullable fermusic_curl_load(char *_Nonnull message, size_t size) {
    fermusic_curl *table = calloc(1, sizeof *table);
    void *library = NULL;
    if (!table) return NULL;
    library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
    // The same library with another TLS library below it.
    if (!library) library = dlopen("libcurl-gnutls.so.4", RTLD_NOW | RTLD_LOCAL);
    if (!library) goto failed;
    FERMUSIC_CURL(FERMUSIC_FIND)
    if (table->curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        snprintf(message, size, "libcurl cannot be initialised");
        free(table);
        return NULL;
    }
    return table;
failed:
    snprintf(message, size, "%s", dlerror());
    free(table);
    return NULL;
}

// Swift reads no variadic functions.

static inline void fermusic_curl_set_long(const fermusic_curl *_Nonnull c, CURL *_Nonnull easy, CURLoption option,
                                          long value) {
    c->curl_easy_setopt(easy, option, value);
}

// libcurl copies the text.
static inline void fermusic_curl_set_text(const fermusic_curl *_Nonnull c, CURL *_Nonnull easy, CURLoption option,
                                          const char *_Nonnull value) {
    c->curl_easy_setopt(easy, option, value);
}

// libcurl copies the bytes.
static inline void fermusic_curl_set_body(const fermusic_curl *_Nonnull c, CURL *_Nonnull easy,
                                          const void *_Nonnull bytes, size_t count) {
    c->curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)count);
    c->curl_easy_setopt(easy, CURLOPT_COPYPOSTFIELDS, bytes);
}

static inline void fermusic_curl_set_headers(const fermusic_curl *_Nonnull c, CURL *_Nonnull easy,
                                             struct curl_slist *_Nullable list) {
    c->curl_easy_setopt(easy, CURLOPT_HTTPHEADER, list);
}

typedef size_t (*fermusic_curl_receiver)(char *_Nullable bytes, size_t size, size_t count, void *_Nullable context);

// Who gets the body and the lines of the head; `error` has room for CURL_ERROR_SIZE characters.
static inline void fermusic_curl_set_receivers(const fermusic_curl *_Nonnull c, CURL *_Nonnull easy,
                                               fermusic_curl_receiver _Nonnull body,
                                               fermusic_curl_receiver _Nonnull head, void *_Nonnull context,
                                               char *_Nonnull error) {
    c->curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, body);
    c->curl_easy_setopt(easy, CURLOPT_WRITEDATA, context);
    c->curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, head);
    c->curl_easy_setopt(easy, CURLOPT_HEADERDATA, context);
    c->curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, error);
}

// Only these protocols, "https" or "http,https".
static inline void fermusic_curl_set_protocols(const fermusic_curl *_Nonnull c, CURL *_Nonnull easy, int with_plain) {
#if LIBCURL_VERSION_NUM >= 0x075500
    c->curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, with_plain ? "http,https" : "https");
#else
    c->curl_easy_setopt(easy, CURLOPT_PROTOCOLS, (long)(with_plain ? CURLPROTO_HTTP | CURLPROTO_HTTPS : CURLPROTO_HTTPS));
#endif
    // Ending shall not wait for a name that is still being looked up.
#if LIBCURL_VERSION_NUM >= 0x075700
    c->curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
#endif
}

static inline long fermusic_curl_status(const fermusic_curl *_Nonnull c, CURL *_Nonnull easy) {
    long status = 0;
    c->curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    return status;
}

// New connections that the last transfer needed: 0 if an open one was used again.
static inline long fermusic_curl_connections(const fermusic_curl *_Nonnull c, CURL *_Nonnull easy) {
    long count = 0;
    c->curl_easy_getinfo(easy, CURLINFO_NUM_CONNECTS, &count);
    return count;
}

// Where a redirection leads, absolute; NULL if the answer is none.
static inline const char *_Nullable fermusic_curl_redirection(const fermusic_curl *_Nonnull c, CURL *_Nonnull easy) {
    char *address = NULL;
    c->curl_easy_getinfo(easy, CURLINFO_REDIRECT_URL, &address);
    return address;
}

// The result of the transfer that is done; -1 if none is.
static inline int fermusic_curl_result(const fermusic_curl *_Nonnull c, CURLM *_Nonnull multi) {
    int left = 0;
    for (;;) {
        const CURLMsg *message = c->curl_multi_info_read(multi, &left);
        if (!message) return -1;
        if (message->msg == CURLMSG_DONE) return (int)message->data.result;
    }
}

// Kinds of results, so that no caller needs libcurl's numbers.
enum fermusic_curl_kind {
    fermusic_curl_fine,
    fermusic_curl_unreachable,
    fermusic_curl_too_slow,
    fermusic_curl_untrusted,
    fermusic_curl_stopped,
    fermusic_curl_too_large,
    fermusic_curl_bad_address,
    fermusic_curl_torn,
};

static inline enum fermusic_curl_kind fermusic_curl_kind_of(int result) {
    switch (result) {
    case CURLE_OK: return fermusic_curl_fine;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_CONNECT: return fermusic_curl_unreachable;
    case CURLE_OPERATION_TIMEDOUT: return fermusic_curl_too_slow;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR: return fermusic_curl_untrusted;
    case CURLE_WRITE_ERROR: return fermusic_curl_stopped;
    case CURLE_FILESIZE_EXCEEDED: return fermusic_curl_too_large;
    case CURLE_URL_MALFORMAT: return fermusic_curl_bad_address;
    default: return fermusic_curl_torn;
    }
}
