// Products of pairs of bfloat16 in tiles of 16 rows of 64 bytes. bfloat16.c includes it twice: with the processor's tiles,
// and with the same in plain C, so that the order in which they are filled is tried where there are none.
//
// TILES(name) names what is defined; TILE_CONFIGURE(config), TILE_RELEASE(), TILE_ZERO(t), TILE_LOAD(t, from, bytes),
// TILE_MULTIPLY(c, a, b) and TILE_STORE(t, to, bytes) are the instructions. Tiles 0...3 are sums, 4 and 5 rows of a, 6
// and 7 columns of b.

// Up to 32 rows by `columns` (32 or 16) columns, with all tiles configured for `rows` and for 16 pairs or the `rest`.
static TILES_TARGET void TILES(block)(size_t rows, size_t columns, size_t pairs, const uint32_t *a, size_t a_row,
                                      const uint32_t *b, size_t ldb, float *c, size_t ldc, int accumulate) {
    const size_t rest = pairs % 16, a_bytes = a_row * 4, b_bytes = ldb * 4, c_bytes = ldc * 4;
    const int has_lower = rows > 16, has_right = columns > 16;
    fm_tile_config config = {.palette = 1};
    for (int part = 0; part < 2; part++) {
        // Whole tiles first, then what is left of k: sums wait in c, since configuring clears all tiles.
        const size_t width = part == 0 ? 16 : rest, count = part == 0 ? pairs / 16 : rest > 0;
        if (count == 0) continue;
        for (int t = 0; t < 8; t++) {
            const int is_low = t < 4 ? t >= 2 : t == 5;
            config.rows[t] = (uint8_t)(t >= 6 ? width : is_low ? (has_lower ? rows - 16 : 1) : rows < 16 ? rows : 16);
            config.bytes_per_row[t] = (uint16_t)(t == 4 || t == 5 ? width * 4 : 64);
        }
        TILE_CONFIGURE(&config);
        if (accumulate || (part == 1 && pairs >= 16)) {
            TILE_LOAD(0, c, c_bytes);
            if (has_right) TILE_LOAD(1, c + 16, c_bytes);
            if (has_lower) TILE_LOAD(2, c + 16 * ldc, c_bytes);
            if (has_lower && has_right) TILE_LOAD(3, c + 16 * ldc + 16, c_bytes);
        } else {
            TILE_ZERO(0);
            TILE_ZERO(1);
            TILE_ZERO(2);
            TILE_ZERO(3);
        }
        for (size_t i = 0; i < count; i++) {
            const size_t p = part == 0 ? i * 16 : pairs - rest;
            TILE_LOAD(4, a + p, a_bytes);
            TILE_LOAD(6, b + p * ldb, b_bytes);
            TILE_MULTIPLY(0, 4, 6);
            if (has_right) {
                TILE_LOAD(7, b + p * ldb + 16, b_bytes);
                TILE_MULTIPLY(1, 4, 7);
            }
            if (has_lower) {
                TILE_LOAD(5, a + 16 * a_row + p, a_bytes);
                TILE_MULTIPLY(2, 5, 6);
                if (has_right) TILE_MULTIPLY(3, 5, 7);
            }
        }
        TILE_STORE(0, c, c_bytes);
        if (has_right) TILE_STORE(1, c + 16, c_bytes);
        if (has_lower) TILE_STORE(2, c + 16 * ldc, c_bytes);
        if (has_lower && has_right) TILE_STORE(3, c + 16 * ldc + 16, c_bytes);
    }
}

static TILES_TARGET void TILES(gemm)(size_t m, size_t n, size_t pairs, const uint32_t *a, size_t a_row,
                                     const uint32_t *b, size_t ldb, float *c, size_t ldc, int accumulate) {
    for (size_t column = 0; column < n;) {
        const size_t columns = n - column >= 32 ? 32 : 16;
        for (size_t row = 0; row < m; row += 32)
            TILES(block)(m - row < 32 ? m - row : 32, columns, pairs, a + row * a_row, a_row, b + column, ldb,
                         c + row * ldc + column, ldc, accumulate);
        column += columns;
    }
    TILE_RELEASE();
}

#undef TILES
#undef TILES_TARGET
#undef TILE_CONFIGURE
#undef TILE_RELEASE
#undef TILE_ZERO
#undef TILE_LOAD
#undef TILE_MULTIPLY
#undef TILE_STORE
