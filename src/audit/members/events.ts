/**
 * events.jsonl: what happened, one line each. Every line holds the SHA-256 of the line before it, so that nothing can be changed,
 * left out or slipped in without changing every line after it, and the last line names the whole history.
 */
import { utf8 } from '../../base/bytes.ts';
import { canonicalJson } from '../../base/canonical-json.ts';
import { sha256Hex } from '../../base/sha256.ts';
import {
  type AuditEvent,
  type AuditSource,
  compareMember,
  type Finding,
  type MemberGroup,
  type Members,
  memberPaths,
} from '../bundle.ts';
import { decodeText, MemberReader, parseCanonical, tampered } from './canonical-member.ts';

const path: string = memberPaths.events;

/** What the first line has in the place of a line before it. */
const beginning = '0'.repeat(64);

const instantPattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

export function eventLines(events: readonly AuditEvent[]): string[] {
  let previous = beginning;
  return events.map(({ kind, time, digests }, seq) => {
    const line = canonicalJson({ seq, time, kind, digests, previous });
    previous = sha256Hex(utf8(line));
    return line;
  });
}

export function eventLog(events: readonly AuditEvent[]): Uint8Array {
  return utf8(
    eventLines(events)
      .map((line) => `${line}\n`)
      .join(''),
  );
}

function readEvent(line: string): AuditEvent {
  const record = new MemberReader(parseCanonical(line, path), path).only('seq', 'time', 'kind', 'digests', 'previous');
  const digests = record.child('digests');
  const time = record.optionalText('time');
  if (time !== null && !instantPattern.test(time)) throw tampered(path, `${JSON.stringify(time)} is not a time in UTC`);
  return {
    kind: record.text('kind'),
    time,
    digests: Object.fromEntries(digests.keys.map((name) => [name, digests.text(name)])),
  };
}

/** The events of a log, whose chain nobody has followed yet. Throws `ARTIFACT_TAMPERED`. */
export function readEvents(bytes: Uint8Array): AuditEvent[] {
  return decodeText(bytes, path)
    .split('\n')
    .filter((line, i, lines) => line !== '' || i < lines.length - 1)
    .map(readEvent);
}

/** What the digests in a log may be of: files of the bundle by SHA-256, and what the verifier derived. */
function knownDigests(members: Members, { claims }: AuditSource): Map<string, string> {
  const known = new Map([...members].map(([name, bytes]) => [name, sha256Hex(bytes)]));
  known.set('circuit', claims.circuitDigest).set('model', claims.modelDigest).set('key', claims.keyDigest);
  for (const { matrix, commitment } of claims.weights) known.set(`commitment ${matrix}`, commitment);
  for (const { side, name, commitment } of claims.hidden)
    if (commitment !== null) known.set(`commitment ${side}:${name}`, commitment);
  return known;
}

function checkDigests(events: readonly AuditEvent[], known: ReadonlyMap<string, string>): Finding {
  const claim = 'the events are about what is in this bundle';
  const named = events.flatMap(({ kind, digests }) =>
    Object.entries(digests).map(([name, hex]) => ({ kind, name, hex })),
  );
  const wrong = named.find(({ name, hex }) => known.has(name) && known.get(name) !== hex);
  if (wrong !== undefined) {
    const detail = `The event "${wrong.kind}" gives ${wrong.name} the digest ${wrong.hex}; it is ${known.get(wrong.name)}.`;
    return { claim, member: path, outcome: 'fail', detail };
  }
  const foreign = named.filter(({ name }) => !known.has(name));
  const counted = `${named.length - foreign.length} digests were compared`;
  if (foreign.length === 0) return { claim, member: path, outcome: 'pass', detail: `${counted}.` };
  const names = [...new Set(foreign.map(({ name }) => name))].join(', ');
  return { claim, member: path, outcome: 'not-checked', detail: `${counted}; the bundle does not hold ${names}.` };
}

function checkTimes(events: readonly AuditEvent[]): Finding {
  const claim = 'the events happened at these times';
  const times = events.flatMap(({ time }) => (time === null ? [] : [time]));
  // Without the Z a whole second sorts before its fractions.
  const instant = (time: string): string => time.slice(0, -1);
  const back = times.findIndex((time, i) => i > 0 && instant(time) < instant(times[i - 1] as string));
  if (back > 0) {
    const detail = `${times[back]} comes after ${times[back - 1]} in the log.`;
    return { claim, member: path, outcome: 'fail', detail };
  }
  const detail = "The times never run backwards, but they are those of the exporter's own clock.";
  return { claim, member: path, outcome: 'not-checked', detail };
}

function check(members: Members, source: AuditSource): readonly Finding[] {
  const { events } = source;
  return [
    compareMember('no event was changed, left out or slipped in', path, members, eventLog(events)),
    checkDigests(events, knownDigests(members, source)),
    checkTimes(events),
  ];
}

export const eventsMember: MemberGroup = {
  paths: [path],
  make: ({ events }) => new Map([[path, eventLog(events)]]),
  check,
};
