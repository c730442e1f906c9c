/*
 * exif.c: how a camera was held, as Exif has it: a small TIFF file whose first directory may have
 * the tag 0x0112.
 *
 *     M M 00 2a  00 00 00 08 | 00 01 | 01 12  00 03  00 00 00 01  00 06 00 00 | ...
 *     order      directory at  entries  tag   short    one value    6: a quarter turn
 *
 * What cannot be understood turns nothing: programs that show pictures do so, too.
 */
#include "decoder.h"

#include <stdbool.h>
#include <string.h>

typedef struct exif {
    const unsigned char *bytes;
    size_t n;
    bool big;
} exif;

static uint32_t at(const exif *e, size_t place, int width) {
    uint32_t v = 0;
    for (int i = 0; i < width; i++)
        v = v << 8 | e->bytes[place + (size_t)(e->big ? i : width - 1 - i)];
    return v;
}

static int turn_of_entry(const exif *e, size_t entry) {
    enum { TURN = 0x0112, SHORT = 3 };
    if (at(e, entry, 2) != TURN || at(e, entry + 2, 2) != SHORT) return 0;
    uint32_t turn = at(e, entry + 8, 2);
    return turn >= 1 && turn <= 8 ? (int)turn : 1;
}

int gl_exif_turn(const unsigned char *bytes, size_t n) {
    if (n >= 6 && !memcmp(bytes, "Exif\0", 6)) bytes += 6, n -= 6;
    if (n < 8 || (memcmp(bytes, "II*\0", 4) && memcmp(bytes, "MM\0*", 4))) return 1;
    exif e = {bytes, n, *bytes == 'M'};
    size_t directory = at(&e, 4, 4);
    if (directory > n - 2) return 1;
    size_t entries = at(&e, directory, 2), fit = (n - directory - 2) / 12;
    for (size_t i = 0; i < entries && i < fit; i++) {
        int turn = turn_of_entry(&e, directory + 2 + 12 * i);
        if (turn) return turn;
    }
    return 1;
}
