pragma circom 2.2.0;

include "bits.circom";
include "poseidon.circom";

// Commitment(n, domain, low, width, perElement): out commits to n integers, hidden by a random salt.
//
// Relation   elements pack perElement cells each, cell i - low below 2^width; the state begins as
//            Poseidon(domain, n, salt) and absorbs up to 15 elements at a time: state = Poseidon(state, elements ...),
//            the last block filled with 0.
// Sound      n and domain stand in the first block, so neither another length nor another use of the same cells gives the same
//            commitment but by a collision of Poseidon; packing is injective because every cell is confined to its digits.
// Hiding     salt is a uniform field element that the prover keeps.
// Forbids    opening one commitment to two different lists of weights.
template Commitment(n, domain, low, width, perElement) {
    assert(width * perElement <= 248);
    signal input in[n];
    signal input salt;
    signal output out;
    var elements = (n + perElement - 1) \ perElement;
    var blocks = (elements + 14) \ 15;
    signal packed[blocks * 15];
    component cell[n];
    for (var i = 0; i < n; i++) {
        cell[i] = Bits(width);
        cell[i].in <== in[i] - low;
    }
    for (var e = 0; e < blocks * 15; e++) {
        var sum = 0;
        for (var j = 0; j < perElement; j++) {
            if (e * perElement + j < n) sum += (in[e * perElement + j] - low) * (1 << (j * width));
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
