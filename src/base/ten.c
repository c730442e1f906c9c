/*
 * ten.c: see ten.h. 10^e = 10^(28 j) 5^r 2^r with 0 <= r < 28: 5^27 is the last power of 5 in 64
 * bits. So two tables of 26 and 28 entries, 640 bytes, stand for 728 powers, which would be 11.6 kB
 * and displace what is being read from the first-level cache.
 *
 * The error: an entry of `coarse` is cut, so less than 1 too small, and still less than 1 after it
 * was multiplied by a number below 2^64 and divided by 2^64; gl_scale cuts off less than 1; a shift
 * by one bit doubles both. That is less than 4, and the largest of the 728 is 3.44.
 */
#include "ten.h"

enum { STRIDE = 28 };

/* 5^r */
static const uint64_t five[STRIDE] = {0x0000000000000001, 0x0000000000000005, 0x0000000000000019,
                                      0x000000000000007d, 0x0000000000000271, 0x0000000000000c35,
                                      0x0000000000003d09, 0x000000000001312d, 0x000000000005f5e1,
                                      0x00000000001dcd65, 0x00000000009502f9, 0x0000000002e90edd,
                                      0x000000000e8d4a51, 0x0000000048c27395, 0x000000016bcc41e9,
                                      0x000000071afd498d, 0x0000002386f26fc1, 0x000000b1a2bc2ec5,
                                      0x000003782dace9d9, 0x00001158e460913d, 0x000056bc75e2d631,
                                      0x0001b1ae4d6e2ef5, 0x000878678326eac9, 0x002a5a058fc295ed,
                                      0x00d3c21bcecceda1, 0x0422ca8b0a00a425, 0x14adf4b7320334b9,
                                      0x6765c793fa10079d};

/* The first 128 bits of 10^(28 j), j = -13 to 12. */
static const uint64_t coarse[][2] = {
    {0xe1afa13afbd14d6d, 0x82189c09a3a1ec21}, {0xe3e27a444d8d98b7, 0xfd1b1b2308169b25},
    {0xe61acf033d1a45df, 0x6fb92487298e33bd}, {0xe858ad248f5c22c9, 0xd1b3400f8f9cff68},
    {0xea9c227723ee8bcb, 0x465e15a979c1cadc}, {0xece53cec4a314ebd, 0xa4f8bf5635246428},
    {0xef340a98172aace4, 0x86fb897116c87c34}, {0xf18899b1bc3f8ca1, 0xdc44e6c3cb279ac1},
    {0xf3e2f893dec3f126, 0x5a89dba3c3efccfa}, {0xf64335bcf065d37d, 0x4d4617b5ff4a16d5},
    {0xf8a95fcf88747d94, 0x75a44c6397ce912a}, {0xfb158592be068d2e, 0xeed6e2f0f0d56712},
    {0xfd87b5f28300ca0d, 0x8bca9d6e188853fc}, {0x8000000000000000, 0x0000000000000000},
    {0x813f3978f8940984, 0x4000000000000000}, {0x82818f1281ed449f, 0xbff8f10e7a8921a4},
    {0x83c7088e1aab65db, 0x792667c6da79e0fa}, {0x850fadc09923329e, 0x03e2cf6bc604ddb0},
    {0x865b86925b9bc5c2, 0x0b8a2392ba45a9b2}, {0x87aa9aff79042286, 0x90fb44d2f05d0842},
    {0x88fcf317f22241e2, 0x441fece3bdf81f03}, {0x8a5296ffe33cc92f, 0x82bd6b70d99aaa6f},
    {0x8bab8eefb6409c1a, 0x1ad089b6c2f7548e}, {0x8d07e33455637eb2, 0xdb0b487b6423e1e8},
    {0x8e679c2f5e44ff8f, 0x570f09eaa7ea7648}, {0x8fcac257558ee4e6, 0x213a4f0aa5e8a7b1}};

gl_u128 gl_scale(uint64_t a, gl_u128 b) {
    return (gl_u128)a * (uint64_t)(b >> 64) + ((gl_u128)a * (uint64_t)b >> 64);
}

gl_ten gl_power_of_ten(int e) {
    int j = (e - GL_TEN_LEAST) / STRIDE, r = (e - GL_TEN_LEAST) % STRIDE;
    uint64_t fine = five[r] << __builtin_clzll(five[r]);
    gl_u128 m = gl_scale(fine, (gl_u128)coarse[j][0] << 64 | coarse[j][1]);
    if (!(m >> 127)) m <<= 1;
    return (gl_ten){m, (e * 217706 >> 16) - 127}; /* log2 10 = 217706 / 65536 */
}
