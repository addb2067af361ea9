#include <hdf5.h>

// HDF5 names its types with macros that initialise the library first; macros of
// that kind do not import into Swift.
static inline hid_t fermusic_h5t_native_float(void) { return H5T_NATIVE_FLOAT; }
