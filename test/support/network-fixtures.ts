/** Which fixture models have to run: all that onnxruntime's quantizer wrote, less those whose operators are still to come. */
import { readdirSync } from 'node:fs';

const models = new URL('../fixtures/models/', import.meta.url);

/** Networks that may still be refused by name; when they import, they have to be exact like all others. */
export const awaited: readonly string[] = ['inception'];

/** Names of all int8 fixture models. */
export const fixtureNames: readonly string[] = readdirSync(models)
  .filter((file) => !file.endsWith('.float.onnx'))
  .map((file) => file.replace(/[.]onnx$/, ''));

export function isAwaited(name: string): boolean {
  return awaited.includes(name.split('.')[0] as string);
}

/** The networks of `scripts/fixture_networks.py` in all flavours. */
export const networkFixtures: readonly string[] = fixtureNames.filter(
  (name) => !name.startsWith('tiny') && !name.startsWith('lenet5') && !isAwaited(name),
);
