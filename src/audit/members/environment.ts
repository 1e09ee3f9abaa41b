/** environment.json: with what and on what the bundle was made. A statement of whoever exported it; nothing else can tell. */
import {
  type AuditSource,
  compareMember,
  type Environment,
  type Finding,
  type MemberGroup,
  type Members,
  memberPaths,
} from '../bundle.ts';
import { readCanonical, writeCanonical } from './canonical-member.ts';

const path: string = memberPaths.environment;
const schema = 'provenn.environment/1';

export function environmentRecord(environment: Environment): Uint8Array {
  const { provenn, runtime, platform, processor, features, lockfileDigest } = environment;
  return writeCanonical({
    schema,
    provenn,
    runtime,
    platform,
    processor,
    features: features === null ? null : [...features].sort(),
    lockfileDigest,
  });
}

/** Throws `ARTIFACT_TAMPERED`. */
export function readEnvironment(bytes: Uint8Array): Environment {
  const record = readCanonical(bytes, path).only(
    ...['schema', 'provenn', 'runtime', 'platform', 'processor', 'features', 'lockfileDigest'],
  );
  return {
    provenn: record.text('provenn'),
    runtime: record.text('runtime'),
    platform: record.text('platform'),
    processor: record.text('processor'),
    features: record.isNull('features') ? null : record.texts('features'),
    lockfileDigest: record.optionalText('lockfileDigest'),
  };
}

function check(members: Members, { environment }: AuditSource): readonly Finding[] {
  return [
    compareMember(
      'the environment is recorded in the one form there is',
      path,
      members,
      environmentRecord(environment),
    ),
    {
      claim: 'the bundle was made with these versions on this machine',
      member: path,
      outcome: 'not-checked',
      detail:
        'Stated by whoever exported the bundle; no proof depends on it, and nothing in the bundle can confirm it.',
    },
  ];
}

export const environmentMember: MemberGroup = {
  paths: [path],
  make: ({ environment }) => new Map([[path, environmentRecord(environment)]]),
  check,
};
