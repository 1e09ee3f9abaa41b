pragma circom 2.2.0;

// Side of the smallest square grid with n cells.
function side(n) {
    var a = 1;
    while (a * a < n) a++;
    return a;
}

// Row(n, width, columns): out[c] = columns[c][k] for one row k < n, the same for all columns.
//
// Relation   two selectors, each of 0s and exactly one 1, choose a row of a square grid and a cell in it; out[c] is the cell.
//            Cells of the grid beyond the last row repeat it.
// Sound      booleans whose sum is 1 are a single 1 (fewer than p of them). With one 1 in each selector exactly one product
//            of the two survives, and it is the chosen row's value in every column.
// Forbids    mixtures of rows, and a row for one column with another for the next.
// `at` is a hint: any k is a row. Callers tie out[0 .. width - 2] to what they look up.
template Row(n, width, columns) {
    signal input at;
    signal output out[width];
    var a = side(n);
    var b = (n + a - 1) \ a;
    signal high[b];
    signal low[a];
    var highSum = 0;
    var lowSum = 0;
    for (var i = 0; i < b; i++) {
        high[i] <-- at \ a == i ? 1 : 0;
        high[i] * (high[i] - 1) === 0;
        highSum += high[i];
    }
    for (var j = 0; j < a; j++) {
        low[j] <-- at % a == j ? 1 : 0;
        low[j] * (low[j] - 1) === 0;
        lowSum += low[j];
    }
    highSum === 1;
    lowSum === 1;
    signal cells[width][a];
    for (var c = 0; c < width; c++) {
        var sum = 0;
        for (var j = 0; j < a; j++) {
            var inner = 0;
            for (var i = 0; i < b; i++) {
                var k = i * a + j < n ? i * a + j : n - 1;
                inner += high[i] * columns[c][k];
            }
            cells[c][j] <== low[j] * inner;
            sum += cells[c][j];
        }
        out[c] <== sum;
    }
}
