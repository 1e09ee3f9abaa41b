/** Attributes of QLinearMul (com.microsoft). */
import type { ByteOperands } from '../byte-operands.ts';

/** QLinearMul; inputs [a, b], both u8 or both s8, of shapes that broadcast. */
export type QLinearMulAttrs = ByteOperands;
