/** provenn doctor: what this machine offers, what is missing, and how to mend it. */
import { tmpdir } from 'node:os';
import type { Command } from 'commander';
import { exitCodes } from '../../base/errors.ts';
import {
  hasWasmSimd,
  isWritable,
  type Memory,
  nodeVersion,
  type OnnxRuntimeState,
  type Processor,
  packageVersion,
  probeMemory,
  probeOnnxRuntime,
  probeProcessor,
} from '../../pipeline/node/platform.ts';
import { hasThreads } from '../../pipeline/node/threads.ts';
import { formatBytes } from '../format.ts';
import type { Session } from '../session.ts';

/** `bad` keeps provenn from working; `note` limits what it can do. */
export type Finding = {
  readonly check: string;
  readonly state: 'ok' | 'note' | 'bad';
  readonly found: string;
  /** What to do, when something is to be done. */
  readonly mend: string | null;
};

const comfortableMemory = 2e9;
const minimumMemory = 5e8;

export function checkNode(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const good = major > 20 || (major === 20 && minor >= 19);
  const mend = good ? null : 'Install Node 20.19 or newer from https://nodejs.org';
  return { check: 'node', state: good ? 'ok' : 'bad', found: version, mend };
}

function checkMemory({ total, free }: Memory): Finding {
  const found = `${formatBytes(total)}, ${formatBytes(free)} free`;
  if (total < minimumMemory) return { check: 'memory', state: 'bad', found, mend: 'Use a machine with 1 GB or more.' };
  if (free > comfortableMemory) return { check: 'memory', state: 'ok', found, mend: null };
  return { check: 'memory', state: 'note', found, mend: 'Close other programs before proving larger models.' };
}

function checkSimd(available: boolean): Finding {
  const mend = available ? null : 'Update Node: every supported version has WebAssembly SIMD on x86-64 and ARM64.';
  return { check: 'wasm simd', state: available ? 'ok' : 'note', found: available ? 'yes' : 'no', mend };
}

function checkThreads(available: boolean, cores: number): Finding {
  const found = available ? `${cores} on shared memory` : 'no shared memory';
  const mend = available ? null : 'Proofs are made on one thread. Allow more address space (ulimit -v) or update Node.';
  return { check: 'threads', state: available ? 'ok' : 'note', found, mend };
}

/** Without VNNI onnxruntime's default kernels add u8·s8 products in 16 bits and saturate; `--check-ort` asks for exact ones. */
export function checkProcessor({ architecture, model, cores, features }: Processor): Finding {
  const name = `${model}, ${architecture}, ${cores} ${cores === 1 ? 'core' : 'cores'}`;
  const note = (found: string, mend: string): Finding => ({ check: 'processor', state: 'note', found, mend });
  const same = 'Proofs are not concerned: provenn computes the x86-64 VNNI integers everywhere.';
  if (architecture !== 'x64') {
    return note(name, `onnxruntime rounds some operators differently here, so --check-ort may report them. ${same}`);
  }
  if (features === null) return note(`${name}; features unknown`, `--check-ort is reliable only with VNNI. ${same}`);
  const vnni = ['avx512_vnni', 'avx_vnni'].filter((feature) => features.has(feature));
  if (vnni.length > 0) return { check: 'processor', state: 'ok', found: `${name}; ${vnni.join(', ')}`, mend: null };
  return note(
    `${name}; no VNNI`,
    `By default onnxruntime saturates u8·s8 products here; --check-ort selects its exact kernels. ${same}`,
  );
}

function checkOnnxRuntime(state: OnnxRuntimeState): Finding {
  const check = 'onnxruntime';
  const install = 'npm install onnxruntime-node (needed only by quantize and run --check-ort)';
  if (state.state === 'ready') return { check, state: 'ok', found: `onnxruntime-node ${state.version}`, mend: null };
  if (state.state === 'absent') return { check, state: 'note', found: 'not installed', mend: install };
  return {
    check,
    state: 'note',
    found: `${state.version} does not load: ${state.reason}`,
    mend: `Install it again: ${install}`,
  };
}

function checkWritable(check: string, path: string, mend: string): Finding {
  const good = isWritable(path);
  return {
    check,
    state: good ? 'ok' : 'note',
    found: good ? `${path} is writable` : `${path} is not writable`,
    mend: good ? null : mend,
  };
}

async function examine(): Promise<Finding[]> {
  return [
    checkNode(nodeVersion()),
    checkProcessor(probeProcessor()),
    checkMemory(probeMemory()),
    checkSimd(hasWasmSimd()),
    checkThreads(hasThreads(), probeProcessor().cores),
    checkOnnxRuntime(await probeOnnxRuntime()),
    checkWritable('this folder', process.cwd(), 'Write results elsewhere with -o.'),
    checkWritable('temporary', tmpdir(), 'Set TMPDIR to a folder you may write to.'),
  ];
}

const marks = { ok: 'ok  ', note: 'note', bad: 'BAD ' } as const;

export function renderFindings(findings: readonly Finding[]): string {
  return findings
    .map(({ check, state, found, mend }) => {
      const line = `${marks[state]}  ${check.padEnd(12)} ${found}`;
      return mend === null ? line : `${line}\n                     ${mend}`;
    })
    .join('\n');
}

async function doctor(session: Session): Promise<void> {
  session.progress.stage('examining this machine');
  const findings = await examine();
  const healthy = findings.every((finding) => finding.state !== 'bad');
  const verdict = healthy
    ? 'provenn can work here.'
    : 'provenn cannot work here until the points marked BAD are mended.';
  session.result({
    json: { provenn: packageVersion(), healthy, findings: findings.map((finding) => ({ ...finding })) },
    text: `provenn ${packageVersion()}\n${renderFindings(findings)}\n${verdict}`,
    brief: verdict,
  });
  if (!healthy) session.exitWith(exitCodes.resource);
}

export function addDoctor(program: Command, start: (command: Command) => Session): void {
  program
    .command('doctor')
    .description('check this machine: Node, processor, memory, WebAssembly, onnxruntime; say how to mend what is wrong')
    .addHelpText(
      'after',
      '\nExits with 0 when provenn can work here, with 4 when it cannot.\n\nExamples:\n  $ provenn doctor\n  $ provenn doctor --json',
    )
    .action(async (_options: unknown, command: Command) => doctor(start(command)));
}
