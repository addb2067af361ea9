// What compilers for WebAssembly expect of a support library that Swift's toolchain does not have.
typedef unsigned long long u64;
typedef __int128 i128;
typedef unsigned __int128 u128;

// The product of two numbers of 128 bits, from halves of 32.
i128 __multi3(i128 a, i128 b) {
    const u64 al = (u64)a, ah = (u64)((u128)a >> 64), bl = (u64)b, bh = (u64)((u128)b >> 64);
    const u64 mask = 0xFFFFFFFFu, a0 = al & mask, a1 = al >> 32, b0 = bl & mask, b1 = bl >> 32;
    const u64 low = a0 * b0, middle = a1 * b0 + (low >> 32), other = a0 * b1 + (middle & mask);
    const u64 high = a1 * b1 + (middle >> 32) + (other >> 32) + al * bh + ah * bl;
    return (i128)((u128)high << 64 | (other << 32 | (low & mask)));
}
