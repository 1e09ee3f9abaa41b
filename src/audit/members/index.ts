/** The derived members of a bundle, in the order in which they are made and checked. */
import type { MemberGroup } from '../bundle.ts';
import { reportMember } from '../report/page.ts';
import { bomMember } from './bom.ts';
import { circuitMembers } from './circuit.ts';
import { environmentMember } from './environment.ts';
import { eventsMember } from './events.ts';
import { quantizationMember } from './quantization.ts';

export const memberGroups: readonly MemberGroup[] = [
  circuitMembers,
  quantizationMember,
  bomMember,
  environmentMember,
  eventsMember,
  reportMember,
];
