import { readFileSync } from 'node:fs';
import { sameBytes, utf8 } from '../bytes.ts';
import { type Claims, commitmentIn, type PortClaim, type Rejection, secondVerify } from '../index.ts';
import { type Folder, readBundle } from './bundle.ts';

/** `node verify.mjs --key K --proof P`: the whole program is one file, and needs nothing but Node. */

const usage = `usage: node verify.mjs --key FILE --proof FILE [options]
       node verify.mjs --bundle FOLDER [options]     an audit bundle; with --key, its key must be this one
  --context TEXT            demand that the proof is bound to this text
  --chain FILE...           keys that were made from this one since, in order
  --commitment FILE...      demand this commitment: a file, or NAME=HEX for a matrix and its descriptor
  --link FILE...            links from an expected commitment to later ones, in order
  --json                    one JSON document instead of text
exit code: 0 accepted, 1 rejected, 2 usage, 5 a file cannot be read`;

const exitCodes = { accepted: 0, rejected: 1, usage: 2, io: 5 } as const;
const single = ['key', 'proof', 'context', 'bundle'];
const several = ['chain', 'commitment', 'link'];

interface Stop {
  readonly code: number;
  readonly message: string;
}

type Arguments = Readonly<Record<string, readonly string[]>>;

function parse(words: readonly string[]): Arguments | Stop {
  const given: Record<string, string[]> = {};
  let open: string[] = [];
  let name = '';
  for (const word of words) {
    if (word.startsWith('--')) {
      name = word.slice(2);
      if (![...single, ...several, 'json', 'help'].includes(name))
        return { code: exitCodes.usage, message: `unknown option ${word}\n${usage}` };
      if (given[name] !== undefined && !several.includes(name))
        return { code: exitCodes.usage, message: `${word} is given twice` };
      open = given[name] ??= [];
    } else if (several.includes(name) || (single.includes(name) && open.length === 0)) open.push(word);
    else return { code: exitCodes.usage, message: `what is ${word}?\n${usage}` };
  }
  if (given['help']) return { code: exitCodes.accepted, message: usage };
  const empty = Object.keys(given).find((option) => option !== 'json' && given[option]?.length === 0);
  if (empty !== undefined) return { code: exitCodes.usage, message: `--${empty} needs a value` };
  const [key, proof, bundle] = [given['key'], given['proof'], given['bundle']];
  const enough = bundle ? proof === undefined : key && proof;
  return enough ? given : { code: exitCodes.usage, message: usage };
}

function readAll(files: readonly string[] = []): Uint8Array[] {
  return files.map((file) => new Uint8Array(readFileSync(file)));
}

/** NAME=HEX, where a name may hold any character, or a commitment file. Throws when there is no such file. */
function commitmentsOf(words: readonly string[] = []): Record<string, Uint8Array> | Stop {
  const commitments: Record<string, Uint8Array> = {};
  for (const word of words) {
    const [, name, digits] = /^(.+)=([0-9a-fA-F]{64})$/s.exec(word) ?? [];
    if (name !== undefined && digits !== undefined)
      commitments[name] = Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
    else {
      const file = commitmentIn(new Uint8Array(readFileSync(word)));
      if ('ok' in file)
        return { code: exitCodes.rejected, message: `REJECTED (${file.reason}): ${word}: ${file.message}` };
      commitments[file.matrix] = file.descriptor;
    }
  }
  return commitments;
}

function isStop(value: object): value is Stop {
  return 'code' in value && typeof value.code === 'number';
}

/** Names come from strangers: what a terminal obeys, or takes for another line, is not printed. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\ufffd');
}

function describePort({ name, dims, values, quantized }: PortClaim): string {
  const shape = `${name} [${dims.join(' × ')}]`;
  if (values === undefined) return `${shape}: hidden`;
  const shown = values.slice(0, 16).join(' ') + (values.length > 16 ? ` … (${values.length} integers)` : '');
  return `${shape}: ${shown}${quantized ? `, times ${quantized.scale} from ${quantized.zero}` : ''}`;
}

function describe(result: Claims | Rejection): string {
  if (!result.ok) return oneLine(`REJECTED (${result.reason}): ${result.message}`);
  const lines = [
    `ACCEPTED: the network ${result.circuit} was computed exactly, integer by integer (${result.profile})`,
    `model digest    ${result.modelDigest}`,
    `circuit digest  ${result.circuitDigest}`,
    `key digest      ${result.keyDigest}`,
    ...result.inputs.map((port) => `input   ${describePort(port)}`),
    ...result.outputs.map((port) => `output  ${describePort(port)}`),
    ...result.commitments.map(
      ({ matrix, descriptor, fixedByKey }) =>
        `commitment to ${matrix}: ${descriptor} (${fixedByKey ? 'fixed by the key' : 'named by the proof'})`,
    ),
    `context: ${result.context.length === 0 ? 'none' : JSON.stringify(new TextDecoder().decode(result.context))}`,
    `${result.soundnessBits.toFixed(2)} bits of soundness, ${result.zeroKnowledgeBits.toFixed(2)} bits of zero knowledge`,
    'This holds for the key you gave: take it from a source you trust, or compare its digests.',
  ];
  return lines.map(oneLine).join('\n');
}

function json(result: Claims | Rejection, signer?: string): string {
  const context = result.ok ? { context: new TextDecoder().decode(result.context) } : {};
  return JSON.stringify({ schemaVersion: 1, ...result, ...context, ...(signer === undefined ? {} : { signer }) });
}

/** What is to be judged, and what is wrong with it before any proof is looked at. */
function filesOf(given: Arguments): Folder {
  const [own] = readAll(given['key']);
  const [folder] = given['bundle'] ?? [];
  if (folder === undefined)
    return { key: own as Uint8Array, proof: readAll(given['proof'])[0] as Uint8Array, faults: [] };
  const bundle = readBundle(folder);
  const same = own === undefined || sameBytes(own, bundle.key);
  return same ? bundle : { ...bundle, faults: [...bundle.faults, 'the key of the bundle is not the given one'] };
}

function judge(
  given: Arguments,
  commitments: Record<string, Uint8Array>,
): { result: Claims | Rejection; signer?: string } {
  const { key, proof, faults, signer } = filesOf(given);
  const [fault] = faults;
  if (fault !== undefined) return { result: { ok: false, reason: 'malformed', message: faults.join('; ') } };
  const context = given['context']?.[0];
  const result = secondVerify(key, proof, {
    ...(context === undefined ? {} : { context: utf8(context) }),
    ...{ chain: readAll(given['chain']), links: readAll(given['link']), commitments },
  });
  return signer === undefined ? { result } : { result, signer };
}

/** What a folder says beside the proof: who put it together, and what this program leaves to others. */
function describeBundle(given: Arguments, result: Claims | Rejection, signer?: string): string {
  if (!given['bundle'] || !result.ok) return '';
  const by = signer ?? 'nobody';
  return `\nbundle: every file is that of the manifest; signed by ${by}${signer ? ' (SHA-256 of keys/signer.pem)' : ''}.
NOT CHECKED: that model, circuit listing and report are those of the key, and what else the statement says, its times included;\nprovenn audit check does that.`;
}

function run(given: Arguments): Stop {
  try {
    const commitments = commitmentsOf(given['commitment']);
    if (isStop(commitments)) return commitments;
    const { result, signer } = judge(given, commitments);
    const code = result.ok ? exitCodes.accepted : exitCodes.rejected;
    const text = `${describe(result)}${describeBundle(given, result, signer)}`;
    return { code, message: given['json'] ? json(result, signer) : text };
  } catch (error) {
    return { code: exitCodes.io, message: `cannot read: ${error instanceof Error ? error.message : String(error)}` };
  }
}

const parsed = parse(process.argv.slice(2));
const { code, message } = isStop(parsed) ? parsed : run(parsed);
(code <= exitCodes.rejected ? process.stdout : process.stderr).write(`${message}\n`);
process.exitCode = code;
