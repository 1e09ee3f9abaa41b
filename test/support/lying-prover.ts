/** Provers that break one step of the protocol and are honest before and after it, challenges included. */
import { vi } from 'vitest';
import type { Proof } from '../../src/artifact/proof.ts';
import type { Cells } from '../../src/backends/transparent/assign.ts';
import { ProverChannel } from '../../src/backends/transparent/channel.ts';
import { type AcceptedKey, proveCells } from '../../src/backends/transparent/index.ts';
import type { Kernels } from '../../src/backends/transparent/kernels/kernels.ts';
import { referenceKernels } from '../../src/backends/transparent/kernels/reference.ts';
import { fresh } from './fresh.ts';
import { noContext } from './malicious.ts';

/** Runs a prover whose message number `index` goes through `lie` as it is sent. */
export function lieOnce(prove: () => Proof, index: number, lie: (cells: Uint32Array) => void): Proof {
  const honest = ProverChannel.prototype.sendCells;
  let next = 0;
  const send = vi.spyOn(ProverChannel.prototype, 'sendCells').mockImplementation(function (this: ProverChannel, sent) {
    const message = Uint32Array.from(sent);
    if (next++ === index) lie(message);
    honest.call(this, message);
  });
  try {
    return prove();
  } finally {
    send.mockRestore();
  }
}

/**
 * A proof whose message number `index` (extension elements in the order of the manifest, the folded row counting as one)
 * goes through `lie` as it is sent; every later challenge and message follows from what was sent.
 */
export function proveLying(key: AcceptedKey, cells: Cells, index: number, lie: (cells: Uint32Array) => void): Proof {
  return lieOnce(() => proveCells(key, cells, noContext, fresh()), index, lie);
}

/** A proof whose stored rows go through `change` before anything is computed from them. */
export function proveRows(key: AcceptedKey, cells: Cells, change: (rows: Uint32Array) => void): Proof {
  const kernels: Kernels = {
    ...referenceKernels,
    encodeRows: (rows, ...rest) => {
      change(rows);
      return referenceKernels.encodeRows(rows, ...rest);
    },
  };
  return proveCells(key, cells, noContext, { ...fresh(), kernels });
}

/** A proof whose codewords go through `change` before they are committed; the rows behind them stay honest. */
export function proveCodewords(key: AcceptedKey, cells: Cells, change: (codewords: Uint32Array) => void): Proof {
  const kernels: Kernels = {
    ...referenceKernels,
    encodeRows: (...rows) => {
      const codewords = referenceKernels.encodeRows(...rows);
      change(codewords);
      return codewords;
    },
  };
  return proveCells(key, cells, noContext, { ...fresh(), kernels });
}
