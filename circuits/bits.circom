pragma circom 2.2.0;

// Bits(n): 0 <= in < 2^n, and out holds its binary digits, lowest first.
//
// Relation   in = sum out[i] 2^i with every out[i] in {0, 1}.
// Sound      2^n is below the field's order (n <= 252), so different digit strings have different sums: the digits of an
//            element are unique, and an element with digits is an integer below 2^n. No element wraps around the field.
// Forbids    a negative integer, written p - x in the field, passing for a small one; a second decomposition in + p.
template Bits(n) {
    assert(n <= 252);
    signal input in;
    signal output out[n];
    var sum = 0;
    for (var i = 0; i < n; i++) {
        out[i] <-- (in >> i) & 1;
        out[i] * (out[i] - 1) === 0;
        sum += out[i] * (1 << i);
    }
    in === sum;
}
