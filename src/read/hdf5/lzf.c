/*
 * lzf.c: h5py's own compression (compression='lzf'), filter 32000, which HDF5 itself lacks. It
 * keeps the size of a chunk before it was compressed as the third number of the filter.
 */
#include "module.h"

#ifdef HAVE_LZF
#include <lzf.h>

#define LZF_FILTER 32000

/* Three bytes of LZF stand for 264 at most. */
#define MOST_FROM_ONE 88

static size_t unpack(unsigned flags, size_t numbers, const unsigned *number, size_t n, size_t *size,
                     void **bytes) {
    size_t most = numbers > 2 ? number[2] : 0;
    if (!(flags & H5Z_FLAG_REVERSE) || !most || n > UINT_MAX || most / MOST_FROM_ONE > n) return 0;
    void *to = H5allocate_memory(most, false);
    unsigned got = to ? lzf_decompress(*bytes, (unsigned)n, to, (unsigned)most) : 0;
    if (!got) {
        H5free_memory(to);
        return 0;
    }
    H5free_memory(*bytes);
    *bytes = to;
    *size = most;
    return got;
}

void gl_hdf5_add_filters(void) {
    static const H5Z_class2_t lzf = {.version = H5Z_CLASS_T_VERS,
                                     .id = LZF_FILTER,
                                     .decoder_present = 1,
                                     .name = "lzf",
                                     .filter = unpack};
    if (H5Zfilter_avail(LZF_FILTER) <= 0) H5Zregister(&lzf); /* the program's own can write, too */
}
#else
void gl_hdf5_add_filters(void) {}
#endif
