// Extended attributes of files, which Swift's Glibc leaves out.
#include <sys/types.h>
#include <sys/xattr.h>
