pragma circom 2.2.0;

include "bits.circom";
include "clamp.circom";
include "row.circom";

// Floor(M, C, S, shift): out = floor((in M + C) / 2^S).
//
// Relation   in M + C = out 2^S + remainder with 0 <= remainder < 2^S.
// Sound      quotient and remainder of integers are unique. The caller bounds out (in a step, Clamp does), and in, M, C are
//            far below the field's order, so the equation holds over the integers and not only modulo p.
// Forbids    a remainder of 2^S or more, or below 0: the quotient off by one.
// shift is a hint alone: in M + C + shift 2^S is not negative for every input the circuit allows.
template Floor(M, C, S, shift) {
    signal input in;
    signal output out;
    out <-- ((in * M + C + shift * (1 << S)) >> S) - shift;
    component remainder = Bits(S);
    remainder.in <== in * M + C - out * (1 << S);
}

// IsConstant(k): out = 1 if in = k, 0 otherwise.
//
// Relation   (in - k) inverse = 1 - out, (in - k) out = 0, inverse out = 0.
// Sound      in = k leaves 0 = 1 - out; any other in forces out = 0, and then inverse is the one inverse of in - k.
// Forbids    a correction applied where none belongs, or withheld where one does.
template IsConstant(k) {
    signal input in;
    signal output out;
    signal inverse;
    out <-- in == k ? 1 : 0;
    inverse <-- in == k ? 0 : 1 / (in - k);
    (in - k) * inverse === 1 - out;
    (in - k) * out === 0;
    inverse * out === 0;
}

// Requantize(M, C, S, shift, low, high, below, above, n, at, by):
// out = clamp(floor((in M + C) / 2^S), low, high), plus by[i] where in = at[i].
//
// Relation   Floor, then Clamp, then one IsConstant per correction. The compiler has compared this function with the step
//            function of the model at every threshold and at every correction; between them both are monotone, so they
//            are equal on the whole range.
// Sound      Clamp confines the quotient to an interval below 2^60, which is what Floor asks of its caller.
// Forbids    what Floor and Clamp forbid: one more, one less, saturation at will.
template Requantize(M, C, S, shift, low, high, below, above, n, at, by) {
    signal input in;
    signal output out;
    component quotient = Floor(M, C, S, shift);
    quotient.in <== in;
    component clamp = Clamp(low, high, below, above);
    clamp.in <== quotient.out;
    component equal[n];
    var sum = clamp.out;
    for (var i = 0; i < n; i++) {
        equal[i] = IsConstant(at[i]);
        equal[i].in <== in;
        sum += by[i] * equal[i].out;
    }
    out <== sum;
}

// Runs(n, starts, ends, values, width): out = values[k] for the run starts[k] <= in <= ends[k] that holds in.
//
// Relation   (start, end, out) is a row of the runs, 0 <= in - start < 2^width and 0 <= end - in < 2^width.
// Sound      runs are disjoint, so one row holds in. Both differences are bounded on their own: in lies in the run.
// Forbids    the value of a neighbouring run, ties included; an input that no run holds.
// For step functions that no (M, C, S) expresses, such as ties of power-of-two scales under rounding to even.
template Runs(n, starts, ends, values, width) {
    signal input in;
    signal output out;
    var at = 0;
    for (var i = 1; i < n; i++) {
        if (in >= starts[i]) at = i;
    }
    component run = Row(n, 3, [starts, ends, values]);
    run.at <-- at;
    component left = Bits(width);
    left.in <== in - run.out[0];
    component right = Bits(width);
    right.in <== run.out[1] - in;
    out <== run.out[2];
}
