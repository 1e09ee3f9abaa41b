pragma circom 2.2.0;

include "row.circom";

// Table(n, width, columns): (in[0], ..., in[width - 2], out) is a row of the table.
//
// Relation   a chosen row equals the inputs in all columns but the last; the last is the output.
// Sound      Row yields cells of one row only. The compiler has checked that equal inputs have equal values.
// Forbids    a value from another row, and inputs that are in no row.
template Table(n, width, columns) {
    signal input in[width - 1];
    signal output out;
    var at = 0;
    for (var k = 0; k < n; k++) {
        var same = 1;
        for (var c = 0; c < width - 1; c++) {
            if (columns[c][k] != in[c]) same = 0;
        }
        if (same == 1) at = k;
    }
    component row = Row(n, width, columns);
    row.at <-- at;
    for (var c = 0; c < width - 1; c++) in[c] === row.out[c];
    out <== row.out[width - 1];
}
