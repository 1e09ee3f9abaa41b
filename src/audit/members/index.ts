/** The derived members of a bundle, in the order in which they are made and checked. */
import type { MemberGroup } from '../bundle.ts';

export const memberGroups: readonly MemberGroup[] = [];
