pragma circom 2.2.0;

include "bits.circom";

// Maximum(n): out = max(left, right), for |left - right| < 2^n.
//
// Relation   out - left and out - right are in [0, 2^n), and one of them is 0.
// Sound      not below either and equal to one of them is the maximum. A negative difference is no integer below 2^n.
// Forbids    a value above both, and the smaller of the two.
template Maximum(n) {
    signal input left;
    signal input right;
    signal output out;
    out <-- left > right ? left : right;
    component aboveLeft = Bits(n);
    aboveLeft.in <== out - left;
    component aboveRight = Bits(n);
    aboveRight.in <== out - right;
    (out - left) * (out - right) === 0;
}
