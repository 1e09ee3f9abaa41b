/** provenn lease: some uses of an opening for another machine, counted there. */
import { renameSync } from 'node:fs';
import { type Command, InvalidArgumentError } from 'commander';
import { leaseIdLength, type Opening } from '../../artifact/commitment.ts';
import { ProvennError } from '../../base/errors.ts';
import { claimUse, registerOpening, usesOf } from '../../pipeline/node/ledger.ts';
import { ledgerEntry, readOpening, writeOpening } from '../../pipeline/node/openings.ts';
import { freshRandomness } from '../../pipeline/node/randomness.ts';
import { uninterrupted } from '../interrupt.ts';
import { located } from '../located.ts';
import type { Session } from '../session.ts';

type LeaseOptions = { readonly uses?: number; readonly output?: string; readonly accept?: boolean };

/** Takes uses from an opening. They are spent here before the lease exists anywhere. */
function takeUses(path: string, opening: Opening, count: number): Opening {
  const entry = ledgerEntry(path, opening);
  const { left } = usesOf(entry);
  if (left < count) {
    throw new ProvennError('BUDGET_EXHAUSTED', `The opening has ${left} uses left, not ${count}.`, {
      where: path,
      next: 'Lease fewer, or make a fresh commitment: provenn rekey',
    });
  }
  const uses = Array.from({ length: count }, () => claimUse(entry, 'lease', 'lease')).sort((a, b) => a - b);
  const id = freshRandomness().slice(0, leaseIdLength);
  return { ...opening, lease: { kind: 'portable', id, uses } };
}

async function lease(session: Session, path: string, options: LeaseOptions): Promise<void> {
  const { uses, output, accept = false } = options;
  const opening = await located(path, () => readOpening(path));
  if (accept) {
    if (opening.lease.kind !== 'portable') {
      throw new ProvennError('OPENING_COPIED', 'Only a lease that nobody has accepted can be accepted.', {
        where: path,
        next: 'Lease uses from the original: provenn lease OPENING --uses N -o FILE',
      });
    }
    const accepted: Opening = { ...opening, lease: { ...opening.lease, kind: 'accepted' } };
    await uninterrupted(() => {
      // The file that could be accepted is gone before the accepted one can be used.
      writeOpening(`${path}.accepted`, accepted);
      renameSync(`${path}.accepted`, path);
      registerOpening(ledgerEntry(path, accepted));
    });
    session.result({
      json: { opening: path, uses: opening.lease.uses.length },
      text: `${path} can be used here, and only here, for ${opening.lease.uses.length} proofs`,
    });
    return;
  }
  if (uses === undefined || output === undefined) {
    throw new ProvennError('USAGE', 'How many uses to lease, and where to write them, is not said.', {
      next: 'Add --uses N -o FILE, or --accept on the machine that is to use a lease.',
    });
  }
  const taken = takeUses(path, opening, uses);
  await uninterrupted(() => writeOpening(output, taken));
  session.result({
    json: { opening: output, uses: taken.lease.uses.length },
    text: [
      `wrote ${output}: ${uses} uses`,
      'Move it to the machine that is to use it, keep no copy, and accept it there: provenn lease FILE --accept',
    ].join('\n'),
  });
}

function parseCount(text: string): number {
  if (/^[1-9][0-9]{0,5}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It is not a number of uses.');
}

const help = `
An opening is counted on the machine that made it, and a copy elsewhere is refused. A lease takes uses out of it for another
machine. It is accepted once, on that machine, which then counts them. Two machines that accept copies of one lease cannot
know of each other: move it, keep no copy.

Examples:
  $ provenn lease model/secret/weights.opening --uses 2 -o worker.opening
  $ provenn lease worker.opening --accept`;

export function addLease(program: Command, start: (command: Command) => Session): void {
  program
    .command('lease')
    .description('take uses out of an opening for another machine, or accept them there')
    .argument('<opening>', 'an opening')
    .option('-n, --uses <count>', 'how many uses to take', parseCount)
    .option('-o, --output <file>', 'where to write the lease')
    .option('--accept', 'make this lease usable on this machine')
    .addHelpText('after', help)
    .action((path: string, options: LeaseOptions, command: Command) => lease(start(command), path, options));
}
