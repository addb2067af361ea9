#include "../function_table.h"

#include <poll.h>

// libpq, to keep the catalogue on a PostgreSQL server: loaded when an address of one is given. What is called of it has been
// the same for twenty years and is declared here, so that building needs nothing of it.

typedef struct pg_conn PGconn;
typedef struct pg_result PGresult;

enum { fermusic_pg_connection_ok = 0 };
// Of results.
enum {
    fermusic_pg_command_ok = 1,
    fermusic_pg_tuples_ok = 2,
    fermusic_pg_copy_in = 4
};
// Of transactions.
enum { fermusic_pg_idle = 0, fermusic_pg_in_transaction = 2, fermusic_pg_in_error = 3 };
// The field of an error that holds its SQLSTATE, and its text without "ERROR:".
enum { fermusic_pg_sqlstate = 'C', fermusic_pg_message = 'M' };

PGconn *_Nullable PQconnectdbParams(const char *_Nullable const *_Nonnull names,
                                    const char *_Nullable const *_Nonnull values, int expands_name);
void PQfinish(PGconn *_Nonnull connection);
int PQstatus(const PGconn *_Nonnull connection);
int PQtransactionStatus(const PGconn *_Nonnull connection);
int PQserverVersion(const PGconn *_Nonnull connection);
int PQlibVersion(void);
int PQsocket(const PGconn *_Nonnull connection);
char *_Nonnull PQerrorMessage(const PGconn *_Nonnull connection);
int PQsendQuery(PGconn *_Nonnull connection, const char *_Nonnull sql);
int PQsendPrepare(PGconn *_Nonnull connection, const char *_Nonnull name, const char *_Nonnull sql, int count,
                  const unsigned *_Nullable types);
int PQsendQueryPrepared(PGconn *_Nonnull connection, const char *_Nonnull name, int count,
                        const char *_Nullable const *_Nullable values, const int *_Nullable lengths,
                        const int *_Nullable formats, int result_format);
int PQconsumeInput(PGconn *_Nonnull connection);
int PQisBusy(PGconn *_Nonnull connection);
int PQsetnonblocking(PGconn *_Nonnull connection, int is_nonblocking);
int PQflush(PGconn *_Nonnull connection);
int PQsendQueryParams(PGconn *_Nonnull connection, const char *_Nonnull sql, int count,
                      const unsigned *_Nullable types, const char *_Nullable const *_Nullable values,
                      const int *_Nullable lengths, const int *_Nullable formats, int result_format);
int PQputCopyData(PGconn *_Nonnull connection, const char *_Nonnull bytes, int count);
int PQputCopyEnd(PGconn *_Nonnull connection, const char *_Nullable error);
PGresult *_Nullable PQgetResult(PGconn *_Nonnull connection);
int PQresultStatus(const PGresult *_Nullable result);
char *_Nullable PQresultErrorField(const PGresult *_Nonnull result, int field);
void PQclear(PGresult *_Nullable result);
int PQntuples(const PGresult *_Nonnull result);
int PQnfields(const PGresult *_Nonnull result);
char *_Nonnull PQgetvalue(const PGresult *_Nonnull result, int row, int column);
int PQgetlength(const PGresult *_Nonnull result, int row, int column);
int PQgetisnull(const PGresult *_Nonnull result, int row, int column);
char *_Nonnull PQcmdTuples(PGresult *_Nonnull result);
void (*_Nullable PQsetNoticeProcessor(PGconn *_Nonnull connection,
                                      void (*_Nullable processor)(void *_Nullable, const char *_Nullable),
                                      void *_Nullable argument))(void *_Nullable, const char *_Nullable);

#define FERMUSIC_POSTGRESQL(X)                                                                                        \
    X(PQconnectdbParams) X(PQfinish) X(PQstatus) X(PQtransactionStatus) X(PQserverVersion) X(PQlibVersion) X(PQsocket) \
    X(PQerrorMessage) X(PQsendQuery) X(PQsendPrepare) X(PQsendQueryPrepared) X(PQconsumeInput) X(PQisBusy)             \
    X(PQputCopyData) X(PQputCopyEnd) X(PQgetResult) X(PQresultStatus) X(PQresultErrorField) X(PQclear) X(PQntuples)    \
    X(PQnfields) X(PQgetvalue) X(PQgetlength) X(PQgetisnull) X(PQcmdTuples) X(PQsetNoticeProcessor)        \
    X(PQsetnonblocking) X(PQflush) X(PQsendQueryParams)

typedef struct {
    FERMUSIC_POSTGRESQL(FERMUSIC_FIELD)
} fermusic_postgresql;

// Loads libpq for the life of the process. NULL with a message when it is missing.
static inline const fermusic_postgresql *_Nullable fermusic_postgresql_load(char *_Nonnull message, size_t size) {
    fermusic_postgresql *table = calloc(1, sizeof *table);
    if (!table) return NULL;
    void *library = dlopen("libpq.so.5", RTLD_NOW | RTLD_LOCAL);
    if (!library) goto failed;
    FERMUSIC_POSTGRESQL(FERMUSIC_FIND)
    return table;
failed:;
    const char *reason = dlerror();
    snprintf(message, size, "%s", reason ? reason : "libpq.so.5");
    free(table);
    return NULL;
}

static inline void fermusic_postgresql_ignore(void *_Nullable argument, const char *_Nullable text) {
    (void)argument;
    (void)text;
}

// Notices, such as that a table is there already, are not for standard error.
static inline void fermusic_postgresql_quiet(const fermusic_postgresql *_Nonnull table, PGconn *_Nonnull connection) {
    table->PQsetNoticeProcessor(connection, fermusic_postgresql_ignore, NULL);
}

// Waits until something has come, or for so many milliseconds (below zero: as long as it takes); whether it has.
static inline int fermusic_postgresql_wait(int socket, int milliseconds) {
    struct pollfd state = {.fd = socket, .events = POLLIN};
    return socket < 0 || poll(&state, 1, milliseconds) != 0;
}

// Waits until something has come or can be sent.
static inline void fermusic_postgresql_wait_to_send(int socket) {
    struct pollfd state = {.fd = socket, .events = POLLIN | POLLOUT};
    if (socket >= 0) poll(&state, 1, -1);
}

// Whether something has come on an idle connection: its end, as servers say nothing else unasked.
static inline int fermusic_postgresql_has_news(int socket) { return fermusic_postgresql_wait(socket, 0); }
