#include "../function_table.h"

#include <expat.h>

// Loaded with the first playlist that is XML.
#define FERMUSIC_EXPAT(X)                                                                                             \
    X(XML_ParserCreate) X(XML_ParserFree) X(XML_SetUserData) X(XML_SetElementHandler) X(XML_SetCharacterDataHandler)  \
    X(XML_SetEntityDeclHandler) X(XML_Parse) X(XML_StopParser) X(XML_GetErrorCode) X(XML_ErrorString)                 \
    X(XML_GetCurrentLineNumber)

typedef struct {
    FERMUSIC_EXPAT(FERMUSIC_FIELD)
} fermusic_expat;

// Loads the library; it stays for the life of the process. NULL with a message when it is missing.
static inline const fermusic_expat *_Nullable fermusic_expat_load(char *_Nonnull message, size_t size) {
    fermusic_expat *table = calloc(1, sizeof *table);
    void *library = NULL;
    if (!table) return NULL;
    library = dlopen("libexpat.so.1", RTLD_NOW | RTLD_LOCAL);
    if (!library) goto failed;
    FERMUSIC_EXPAT(FERMUSIC_FIND)
    return table;
failed:
    snprintf(message, size, "%s", dlerror());
    free(table);
    return NULL;
}
