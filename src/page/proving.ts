/** Proving in the page: a proving key is loaded once, then inputs are run and proven under it. */
import { decodeProvingKey, encodeVerifyingKey, type ProvingKey } from '../artifact/keys.ts';
import { matricesOf } from '../artifact/matrices.ts';
import { encodeProof } from '../artifact/proof.ts';
import { toHex, utf8 } from '../base/bytes.ts';
import { ProvennError } from '../base/errors.ts';
import type { IntTensor } from '../base/tensor.ts';
import { bindInputs } from '../pipeline/io/bind.ts';
import { decodeInputFile } from '../pipeline/io/input-file.ts';
import { imageDims, scalePixels } from '../pipeline/io/preprocess.ts';
import { proveInference } from '../pipeline/prove.ts';
import { outputsOf, runModel } from '../pipeline/run.ts';
import { prepareKey } from '../verify/index.ts';
import { answerOf } from './answer.ts';
import type { Circuit, InputSource, Requests, Services } from './messages.ts';

/**
 * The page proves what needs no opening. It keeps nothing between visits, so it could not count how often the opening of a
 * commitment was used, and one use too many gives hidden integers away.
 */
function checkProvable({ verifyingKey, material }: ProvingKey): void {
  if (material.length > 0) {
    throw new ProvennError('KEY_REFUSED', `Proofs of ${verifyingKey.backend} need programs that this page lacks.`, {
      next: 'Prove with the command line: provenn prove DIR --input FILE -o PROOF',
    });
  }
  if (matricesOf(verifyingKey.circuit).length > 0) {
    throw new ProvennError('USAGE', 'The circuit commits to hidden integers, whose uses this page cannot count.', {
      next: 'Prove with the command line, which keeps a ledger: provenn prove DIR --input FILE -o PROOF',
    });
  }
}

function circuitOf(key: ProvingKey): Circuit {
  const { accepted } = prepareKey(key.verifyingKey);
  const { circuit } = accepted;
  const isShown = circuit.inputs.every(({ wire }) => circuit.wires[wire]?.role === 'public');
  return {
    name: circuit.name,
    inputs: key.model.inputs,
    modelDigest: toHex(accepted.modelDigest),
    verifyingKey: encodeVerifyingKey(key.verifyingKey),
    shown: isShown ? 'public' : 'private',
  };
}

function integersOf(key: ProvingKey, source: InputSource): Map<string, IntTensor> {
  const ports = key.model.inputs;
  if (source.kind === 'file') {
    const { name, bytes } = source.file;
    return bindInputs(decodeInputFile(bytes, { where: name, preprocessing: source.preprocessing }), ports, name);
  }
  const { pixels, preprocessing } = source;
  const values = scalePixels(pixels, preprocessing);
  const array = { name: null, dims: imageDims(preprocessing), type: 'float32', quantized: false, values } as const;
  return bindInputs([array], ports, 'the drawing');
}

/** Services of one worker. `draw` gives fresh random bytes, which hide what a proof does not show. */
export function provingServices(draw: () => Uint8Array): Required<Pick<Services, 'load' | 'run' | 'prove'>> {
  let loaded: ProvingKey | null = null;
  const theKey = (): ProvingKey => {
    if (loaded !== null) return loaded;
    throw new ProvennError('USAGE', 'No circuit is loaded.', { next: 'Choose a proving key first.' });
  };
  return {
    load: (bytes) => {
      const key = decodeProvingKey(bytes);
      checkProvable(key);
      const circuit = circuitOf(key);
      loaded = key;
      return circuit;
    },
    run: ({ input, labels }) => {
      const { model } = theKey();
      const trace = runModel(model, integersOf(theKey(), input));
      return outputsOf(model, trace).map((result) => answerOf(result, labels));
    },
    prove: ({ input, context }, onStage): Requests['prove']['answer'] => {
      const options = { randomness: draw(), context: utf8(context), onStage };
      return encodeProof(proveInference(theKey(), integersOf(theKey(), input), options).proof);
    },
  };
}
