/** What a proof under a key will take, from the key alone: bytes at the peak and time. Measured against in docs/performance.md. */
import { product } from '../../base/tensor.ts';
import type { Resources } from '../proving.ts';
import { stack } from './instances.ts';
import type { AcceptedKey } from './key.ts';
import { noiseRows, saltLength } from './mask.ts';
import { codeDimension } from './matrix.ts';
import { arenaCells } from './prover.ts';

/** The process before it proves, code and libraries included. */
const baseBytes = 62 * 2 ** 20;

/** What stands beside the vectors of the prover: integers of tensors, of constants and of tables, and room for garbage. */
function heldBytes({ system, parameters }: AcceptedKey): number {
  const cells = system.tensors.map(({ sizes, data }) => (data === null ? product(sizes) : 0));
  const constants = system.tensors.reduce((sum, { data }) => sum + (data?.length ?? 0), 0);
  const accumulators = system.contractions.reduce((sum, { box }) => sum + product(box), 0);
  const rows = system.tables.reduce((sum, { columns }) => sum + columns.length * (columns[0]?.length ?? 0), 0);
  const leaves = 2 ** (parameters.logRow + parameters.logBlowup);
  // Cells as float64 and as integers of the run; constants in model and circuit, as float64, and in the files they came from.
  return (
    12 * cells.reduce((sum, count) => sum + count, 0) +
    16 * accumulators +
    22 * constants +
    8 * rows +
    (saltLength + 96) * leaves
  );
}

/** Rows of long-lived matrices, which stand outside the vectors of the prover. */
function openedBytes({ layout, parameters }: AcceptedKey): number {
  const [, ...longLived] = layout.matrices;
  const row = codeDimension(parameters) + 2 ** (parameters.logRow + parameters.logBlowup);
  return longLived.reduce((sum, { rows }) => sum + 4 * rows.length * row, 0);
}

/** Nanoseconds on one thread of a machine of two cores; the constants of docs/performance.md. */
const perLeaf = 110;
const perCell = 60;
const perSymbol = 16;
const perInteger = 130;
const perConstant = 30;
const fixedMilliseconds = 60;

export function proverResources(key: AcceptedKey): Resources {
  const { system, layout, parameters } = key;
  const { logLeaves, cells } = stack(system);
  const symbols = (layout.rows.length + noiseRows) * 2 ** (parameters.logRow + parameters.logBlowup);
  const constants = system.tensors.reduce((sum, { data }) => sum + (data?.length ?? 0), 0);
  const nanoseconds =
    perLeaf * 2 ** logLeaves +
    perCell * 2 ** layout.logCells +
    perSymbol * symbols +
    perInteger * cells +
    perConstant * constants;
  return {
    bytes: baseBytes + 4 * arenaCells(key) + heldBytes(key) + openedBytes(key),
    milliseconds: fixedMilliseconds + nanoseconds / 1e6,
  };
}
