/** circuit/: the relations themselves, the same as text for people, and what they amount to, layer by layer. */
import type { Circuit } from '../../artifact/circuit.ts';
import { circuitDigest, decodeCircuit, encodeCircuit } from '../../artifact/circuit-codec.ts';
import type { QuantGraph } from '../../artifact/quant-graph.ts';
import { toHex, utf8 } from '../../base/bytes.ts';
import { ProvennError } from '../../base/errors.ts';
import { product } from '../../base/tensor.ts';
import { listCircuit } from '../../gadgets/listing.ts';
import {
  type AuditSource,
  compareMember,
  type Finding,
  type MemberGroup,
  type Members,
  memberPaths,
} from '../bundle.ts';
import { addCounts, type Layer, layersOf, nothing } from '../layers.ts';
import { type JsonRecord, writeCanonical } from './canonical-member.ts';

const { circuit: circuitPath, circuitListing: listingPath, circuitCounts: countsPath } = memberPaths;

function layerJson({ name, op, relations, products, lookups, linear, cells }: Layer): JsonRecord {
  return { name, op, relations, products, lookups, linear, cells };
}

/** Integers by who knows them, such as `witness: 4704`. */
function cellsByRole({ wires }: Circuit): JsonRecord {
  const counts = { witness: 0, public: 0, constant: 0, committed: 0 };
  for (const { role, sizes } of wires) counts[role] += product(sizes);
  return counts;
}

export function circuitCounts(circuit: Circuit, graph: QuantGraph | null): Uint8Array {
  const layers = layersOf(circuit, graph);
  const { relations, products, lookups, linear } = layers.reduce(addCounts, nothing);
  const functions = circuit.gadgets.flatMap((gadget) => (gadget.kind === 'step' ? gadget.functions : []));
  return writeCanonical({
    schema: 'provenn.circuit-counts/1',
    circuitDigest: toHex(circuitDigest(circuit)),
    profile: circuit.profile,
    wires: circuit.wires.length,
    cells: cellsByRole(circuit),
    totals: { relations, products, lookups, linear },
    layers: layers.map(layerJson),
    tables: circuit.tables.map(({ name, columns }) => {
      return { name, columns: columns.length, rows: columns[0]?.length ?? 0 };
    }),
    steps: { functions: functions.length, runs: functions.reduce((sum, { starts }) => sum + starts.length, 0) },
  });
}

function make({ key, graph }: AuditSource): Members {
  const { circuit } = key;
  return new Map([
    [circuitPath, encodeCircuit(circuit)],
    [listingPath, utf8(listCircuit(circuit))],
    [countsPath, circuitCounts(circuit, graph)],
  ]);
}

/** Whether the file is a circuit at all, apart from which one: says more than that its bytes differ. */
function readable(members: Members): Finding {
  const claim = 'the circuit file is whole and in the one form there is';
  try {
    decodeCircuit(members.get(circuitPath) ?? new Uint8Array(0));
    return { claim, member: circuitPath, outcome: 'pass', detail: 'It was decoded and encodes to the same bytes.' };
  } catch (error) {
    if (!(error instanceof ProvennError)) throw error;
    return { claim, member: circuitPath, outcome: 'fail', detail: error.message };
  }
}

function check(members: Members, source: AuditSource): readonly Finding[] {
  const made = make(source);
  const compare = (claim: string, path: string): Finding => compareMember(claim, path, members, made.get(path));
  return [
    readable(members),
    compare('the circuit is the one the verifying key holds', circuitPath),
    compare('the readable circuit says what the circuit says', listingPath),
    compare('the counts are those of the circuit', countsPath),
  ];
}

export const circuitMembers: MemberGroup = { paths: [circuitPath, listingPath, countsPath], make, check };
