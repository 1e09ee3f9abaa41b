pragma circom 2.2.0;

include "bits.circom";

// Packed(n, low, width): out = sum (in[i] - low[i]) 2^(width[0] + ... + width[i - 1]), each term below 2^width[i].
//
// Relation   the cells of the public tensors as digits of one public signal.
// Sound      the widths add up to at most 252 binary digits and every cell is confined to its own, so the signal determines
//            the cells. The verifier computes the signal from the integers it shows.
// Forbids    cells that trade a unit of one for 2^width of its neighbour.
template Packed(n, low, width) {
    signal input in[n];
    signal output out;
    var sum = 0;
    var shift = 0;
    component cell[n];
    for (var i = 0; i < n; i++) {
        // A cell of one value has no digits; circom has no place for their empty list beside others.
        if (width[i] == 0) in[i] === low[i];
        else {
            cell[i] = Bits(width[i]);
            cell[i].in <== in[i] - low[i];
        }
        sum += (in[i] - low[i]) * (1 << shift);
        shift += width[i];
    }
    assert(shift <= 252);
    out <== sum;
}

// Bound(): a public signal that no other equation reads takes part in one.
//
// Relation   square = in^2.
// Sound      nothing follows for in; the equation gives the signal a place in the quadratic program, so a proof made for one
//            value is none for another.
// Forbids    moving a proof to another session, audience or key.
template Bound() {
    signal input in;
    signal square <== in * in;
}
