/*
 * netcdf.c: files in netCDF's classic format, written by SciPy 1.10 (scipy.io.netcdf_file).
 */
#include "arrays.h"

/* x int16 (n, k) with scale_factor 0.5 and add_offset 10; y char (n, t); n a coordinate. */
static const char packed[] =
    "\103\104\106\001\000\000\000\000\000\000\000\012\000\000\000\003\000\000\000"
    "\001\156\000\000\000\000\000\000\002\000\000\000\001\153\000\000\000\000\000"
    "\000\002\000\000\000\001\164\000\000\000\000\000\000\003\000\000\000\000\000"
    "\000\000\000\000\000\000\013\000\000\000\003\000\000\000\001\171\000\000\000"
    "\000\000\000\002\000\000\000\000\000\000\000\002\000\000\000\000\000\000\000"
    "\000\000\000\000\002\000\000\000\010\000\000\000\360\000\000\000\001\170\000"
    "\000\000\000\000\000\002\000\000\000\000\000\000\000\001\000\000\000\014\000"
    "\000\000\002\000\000\000\014\163\143\141\154\145\137\146\141\143\164\157\162"
    "\000\000\000\005\000\000\000\001\077\000\000\000\000\000\000\012\141\144\144"
    "\137\157\146\146\163\145\164\000\000\000\000\000\005\000\000\000\001\101\040"
    "\000\000\000\000\000\003\000\000\000\010\000\000\000\370\000\000\000\001\156"
    "\000\000\000\000\000\000\001\000\000\000\000\000\000\000\000\000\000\000\000"
    "\000\000\000\005\000\000\000\010\000\000\001\000\156\157\040\171\145\163\000"
    "\000\000\001\000\002\000\003\000\004\077\200\000\000\100\000\000\000";

/* x int8 (n) and y int16 (n) with _FillValue -1 over the unlimited dimension n of three rows. */
static const char records[] =
    "\103\104\106\001\000\000\000\003\000\000\000\012\000\000\000\001\000\000\000"
    "\001\156\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000"
    "\000\013\000\000\000\002\000\000\000\001\170\000\000\000\000\000\000\001\000"
    "\000\000\000\000\000\000\000\000\000\000\000\000\000\000\001\000\000\000\004"
    "\000\000\000\220\000\000\000\001\171\000\000\000\000\000\000\001\000\000\000"
    "\000\000\000\000\014\000\000\000\001\000\000\000\012\137\106\151\154\154\126"
    "\141\154\165\145\000\000\000\000\000\003\000\000\000\001\377\377\000\000\000"
    "\000\000\003\000\000\000\004\000\000\000\224\005\201\201\201\377\377\377\377"
    "\006\201\201\201\000\001\377\377\007\201\201\201\377\377\377\377";

static void write_bytes(const char *bytes, size_t n) {
    FILE *f = fopen("one.nc", "wb");
    assert_non_null(f);
    fwrite(bytes, 1, n, f);
    fclose(f);
}

static void classic_files_are_read(void **state) {
    (void)state;
    write_bytes(packed, sizeof packed - 1);
    compare("texts and packed numbers", read_file("one.nc"), "x (2, 2) 10.5 11 11.5 12 | y no yes",
            "x is x (2, 2) f32, y is y (2,) texts");
    compare("a coordinate by name", read_arrays("one.nc:n", NULL), "x (2, 1) 1 2", NULL);
    write_bytes(records, sizeof records - 1);
    compare("records", read_file("one.nc"), "x (3, 1) 5 6 7 | y - 1 -", NULL);
}

static void two_variables_of_one_name_are_refused(void **state) {
    (void)state;
    char copy[sizeof packed];
    memcpy(copy, packed, sizeof packed);
    assert_int_equal(copy[208], 'n');
    copy[208] = 'x'; /* of one value a row, where the first x has two */
    write_bytes(copy, sizeof packed - 1);
    compare("two of one name", read_file("one.nc"), "! two arrays are called x", NULL);
}

static void damaged_files_are_refused_or_read(void **state) {
    (void)state;
    char copy[sizeof packed];
    for (size_t at = 4; at < sizeof packed - 1; at++) {
        memcpy(copy, packed, sizeof packed);
        copy[at] ^= (char)(at % 3 ? 0x80 : 0x7F);
        write_bytes(copy, at % 5 ? sizeof packed - 1 : at);
        glia_table_free(read_file("one.nc"));
    }
    write_bytes(packed, sizeof packed - 20);
    compare("cut short", read_file("one.nc"), "! but the file holds less", NULL);
    write_bytes(packed, 60);
    compare("cut in its header", read_file("one.nc"), "! damaged or cut short", NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(classic_files_are_read),
        cmocka_unit_test(two_variables_of_one_name_are_refused),
        cmocka_unit_test(damaged_files_are_refused_or_read),
    };
    return cmocka_run_group_tests_name("netcdf", tests, open_arrays, close_context);
}
