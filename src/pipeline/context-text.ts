/** The context of a proof for people. */
import { toHex } from '../base/bytes.ts';

/** Text when it is text, hexadecimal otherwise. */
export function contextText(context: Uint8Array): string {
  const text = new TextDecoder('utf-8').decode(context);
  return /^[^\p{C}\ufffd]*$/u.test(text) ? text : `0x${toHex(context)}`;
}
