pragma circom 2.2.0;

include "bits.circom";

// Number of binary digits of a non-negative integer.
function digits(x) {
    var n = 0;
    while (x > 0) {
        n++;
        x = x >> 1;
    }
    return n;
}

// Range(low, high): low <= in <= high.
//
// Relation   in - low < 2^n and, unless the range has exactly 2^n integers, high - in < 2^n, both not negative.
// Sound      n is the least width that holds high - low. The first bound alone admits up to 2^n - 1 above low; the second
//            cuts that at high. Bounds are small constants, so no difference wraps.
// Forbids    integers just outside a range whose size is no power of two; negative integers as huge field elements.
template Range(low, high) {
    assert(low <= high);
    signal input in;
    var n = digits(high - low);
    component above = Bits(n);
    above.in <== in - low;
    if (high - low + 1 != 1 << n) {
        component below = Bits(n);
        below.in <== high - in;
    }
}
