pragma circom 2.2.0;

// ConstantDot(n, weights, constant): out = constant + sum weights[i] in[i].
//
// Relation   one linear equation. The weights are constants of the circuit, hence public.
// Sound      the compiler bounds every cell and the sum below 2^31 in absolute value: the field does not wrap.
// Forbids    an accumulator that is not the sum, by however little.
template ConstantDot(n, weights, constant) {
    signal input in[n];
    signal output out;
    var sum = constant;
    for (var i = 0; i < n; i++) sum += weights[i] * in[i];
    out <== sum;
}

// PrivateDot(n): out = sum left[i] right[i], both sides known to the prover alone.
//
// Relation   one product per term, one linear equation for the sum.
// Sound      every product is an equation of its own; cells are confined by the gadgets that made them.
// Forbids    a product taken from another pair of cells, and a sum that leaves one out.
template PrivateDot(n) {
    signal input left[n];
    signal input right[n];
    signal output out;
    signal products[n];
    var sum = 0;
    for (var i = 0; i < n; i++) {
        products[i] <== left[i] * right[i];
        sum += products[i];
    }
    out <== sum;
}
