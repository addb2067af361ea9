#include <hdf5.h>

// HDF5 names its types and properties with macros that initialise the library first; macros of that kind do not
// import into Swift.
static inline hid_t fermusic_h5t_float(void) { return H5T_NATIVE_FLOAT; }
static inline hid_t fermusic_h5t_double(void) { return H5T_NATIVE_DOUBLE; }
static inline hid_t fermusic_h5t_int64(void) { return H5T_NATIVE_INT64; }
static inline hid_t fermusic_h5t_uint8(void) { return H5T_NATIVE_UINT8; }
static inline hid_t fermusic_h5t_float32_file(void) { return H5T_IEEE_F32LE; }
// Half precision has no name before version 1.14.4; to be closed with H5Tclose.
static inline hid_t fermusic_h5t_float16_file(void) {
    hid_t type = H5Tcopy(H5T_IEEE_F32LE);
    if (H5Tset_fields(type, 15, 10, 5, 0, 10) < 0 || H5Tset_precision(type, 16) < 0 || H5Tset_ebias(type, 15) < 0 ||
        H5Tset_size(type, 2) < 0) {
        H5Tclose(type);
        return -1;
    }
    return type;
}
static inline hid_t fermusic_h5t_c_string(void) { return H5T_C_S1; }
static inline size_t fermusic_h5t_variable(void) { return H5T_VARIABLE; }
static inline hid_t fermusic_h5p_file_access(void) { return H5P_FILE_ACCESS; }
static inline hid_t fermusic_h5p_default(void) { return H5P_DEFAULT; }
static inline hid_t fermusic_h5t_int64_file(void) { return H5T_STD_I64LE; }
static inline unsigned fermusic_h5f_rdonly(void) { return H5F_ACC_RDONLY; }
static inline unsigned fermusic_h5f_trunc(void) { return H5F_ACC_TRUNC; }

// The library prints its error stack to stderr unless told not to.
static inline void fermusic_h5_silence(void) { H5Eset_auto2(H5E_DEFAULT, NULL, NULL); }

static herr_t fermusic_h5_deepest(unsigned n, const H5E_error2_t *error, void *data) {
    const char **text = data;
    if (n == 0 && error->desc) *text = error->desc;
    return 0;
}

// The innermost message of the last failure; valid until the next call into the library.
static inline const char *fermusic_h5_reason(void) {
    const char *text = "unknown HDF5 error";
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, fermusic_h5_deepest, &text);
    return text;
}

// Where a file of the "core" driver lies in memory; NULL if it is none. Valid until the next call for that file.
static inline const void *fermusic_h5_core_image(hid_t file) {
    void *handle = NULL;
    if (H5Fget_vfd_handle(file, H5P_DEFAULT, &handle) < 0 || !handle) return NULL;
    return *(void **)handle;
}
