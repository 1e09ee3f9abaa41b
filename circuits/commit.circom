pragma circom 2.2.0;

include "bits.circom";
include "poseidon.circom";

// Commitment(n, domain, low, width): out commits to n integers, hidden by a random salt.
//
// Relation   cell i - low[i] has width[i] binary digits; elements pack as many neighbouring cells as fit 248 digits; the state
//            begins as Poseidon(domain, n, salt) and absorbs 15 elements at a time, state = Poseidon(state, elements ...),
//            the last block filled with 0.
// Sound      n and domain stand in the first block, so neither another length nor another use of the same cells gives the same
//            commitment but by a collision of Poseidon; packing is injective because every cell is confined to its digits.
// Hiding     salt is a uniform field element that the prover keeps.
// Forbids    opening one commitment to two different lists of weights.
template Commitment(n, domain, low, width) {
    signal input in[n];
    signal input salt;
    signal output out;
    // Where the digits of each cell stand: numbers of the circuit, not signals.
    var element[n];
    var shift[n];
    var elements = 1;
    var used = 0;
    for (var i = 0; i < n; i++) {
        assert(width[i] <= 248);
        if (used + width[i] > 248) {
            elements++;
            used = 0;
        }
        element[i] = elements - 1;
        shift[i] = used;
        used += width[i];
    }
    component cell[n];
    for (var i = 0; i < n; i++) {
        // A cell of one value has no digits; circom has no place for their empty list beside others.
        if (width[i] == 0) in[i] === low[i];
        else {
            cell[i] = Bits(width[i]);
            cell[i].in <== in[i] - low[i];
        }
    }
    var blocks = (elements + 14) \ 15;
    signal packed[blocks * 15];
    for (var e = 0; e < blocks * 15; e++) {
        var sum = 0;
        for (var i = 0; i < n; i++) {
            if (element[i] == e) sum += (in[i] - low[i]) * (1 << shift[i]);
        }
        packed[e] <== sum;
    }
    component first = Poseidon(3);
    first.inputs[0] <== domain;
    first.inputs[1] <== n;
    first.inputs[2] <== salt;
    component block[blocks];
    signal state[blocks + 1];
    state[0] <== first.out;
    for (var b = 0; b < blocks; b++) {
        block[b] = Poseidon(16);
        block[b].inputs[0] <== state[b];
        for (var k = 0; k < 15; k++) block[b].inputs[k + 1] <== packed[b * 15 + k];
        state[b + 1] <== block[b].out;
    }
    out <== state[blocks];
}
