/** The fixture models that onnxruntime's quantizer wrote. */
import { readdirSync } from 'node:fs';

const models = new URL('../fixtures/models/', import.meta.url);

/** Names of all int8 fixture models. */
export const fixtureNames: readonly string[] = readdirSync(models)
  .filter((file) => !file.endsWith('.float.onnx'))
  .map((file) => file.replace(/[.]onnx$/, ''));

/** The networks of `scripts/fixture_networks.py` in all flavours. */
export const networkFixtures: readonly string[] = fixtureNames.filter(
  (name) => !name.startsWith('tiny') && !name.startsWith('lenet5'),
);
