/** Attributes of QLinearAdd (com.microsoft). */
import type { ByteOperands } from '../byte-operands.ts';

/** QLinearAdd; inputs [a, b], both u8 or both s8, of shapes that broadcast. */
export type QLinearAddAttrs = ByteOperands;
