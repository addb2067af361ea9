// The processor's tiles in plain C, after Intel's description of the instructions.
typedef struct {
    fm_tile_config config;
    uint8_t bytes[8][16][64];
} fm_plain_tiles;
static _Thread_local fm_plain_tiles plain;

static void plain_configure(const fm_tile_config *config) {
    plain.config = *config;
    memset(plain.bytes, 0, sizeof plain.bytes);
}

static void plain_zero(int t) { memset(plain.bytes[t], 0, sizeof plain.bytes[t]); }

static void plain_load(int t, const void *from, size_t stride) {
    plain_zero(t);
    for (size_t r = 0; r < plain.config.rows[t]; r++)
        memcpy(plain.bytes[t][r], (const char *)from + r * stride, plain.config.bytes_per_row[t]);
}

static void plain_store(int t, void *to, size_t stride) {
    for (size_t r = 0; r < plain.config.rows[t]; r++)
        memcpy((char *)to + r * stride, plain.bytes[t][r], plain.config.bytes_per_row[t]);
}

static float plain_normal(float x) { return fabsf(x) < 0x1p-126f ? 0 : x; }

static float plain_float(uint32_t bits) {
    float x;
    memcpy(&x, &bits, sizeof x);
    return plain_normal(x);
}

static void plain_multiply(int c, int a, int b) {
    const int columns = plain.config.bytes_per_row[c] / 4, pairs = plain.config.bytes_per_row[a] / 4;
    for (int m = 0; m < plain.config.rows[c]; m++)
        for (int n = 0; n < columns; n++) {
            float first = 0, second = 0, sum;
            for (int k = 0; k < pairs; k++) {
                uint32_t x, y;
                memcpy(&x, plain.bytes[a][m] + 4 * k, 4);
                memcpy(&y, plain.bytes[b][k] + 4 * n, 4);
                first = plain_normal(fmaf(plain_float(x << 16), plain_float(y << 16), first));
                second = plain_normal(fmaf(plain_float(x & 0xffff0000), plain_float(y & 0xffff0000), second));
            }
            memcpy(&sum, plain.bytes[c][m] + 4 * n, 4);
            sum = plain_normal(plain_normal(sum) + plain_normal(first + second));
            memcpy(plain.bytes[c][m] + 4 * n, &sum, 4);
        }
}
