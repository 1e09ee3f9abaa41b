pragma circom 2.2.0;

include "bits.circom";
include "range.circom";

// Clamp(low, high, below, above): out = min(max(in, low), high), for in in (low - 2^below, high + 2^above).
//
// Relation   in = out + excess - deficit with low <= out <= high, 0 <= excess < 2^above, 0 <= deficit < 2^below;
//            excess is 0 unless out = high, deficit is 0 unless out = low.
// Sound      low < high, so at most one of them differs from 0. Both 0: out = in, inside the bounds. Excess above 0:
//            out = high and in > high. Deficit above 0: out = low and in < low. The three cases exclude each other, so out
//            is determined by in.
// Forbids    saturation that is claimed and did not happen, and one that happened and is denied.
template Clamp(low, high, below, above) {
    assert(low < high);
    signal input in;
    signal output out;
    signal excess;
    signal deficit;
    out <-- in > high ? high : (in < low ? low : in);
    excess <-- in > high ? in - high : 0;
    deficit <-- in < low ? low - in : 0;
    in === out + excess - deficit;
    component inside = Range(low, high);
    inside.in <== out;
    component up = Bits(above);
    up.in <== excess;
    component down = Bits(below);
    down.in <== deficit;
    excess * (out - high) === 0;
    deficit * (out - low) === 0;
}
