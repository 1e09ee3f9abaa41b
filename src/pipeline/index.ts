/** The pipeline: import → quantize → compile → execute → assign → prove → verify, in one sentence. */

export type { SetupChoice } from '../backends/proving.ts';
export { allPublic, type Level, portName, type Side, type Visibility, weightsMatrix } from '../compile/visibility.ts';
export { backendNames, needsSetup } from './backends.ts';
export {
  type Compilation,
  type CompileReport,
  type CompileRow,
  compileFor,
  compileHidden,
  compileModel,
  estimateFor,
} from './compile.ts';
export { contextText } from './context-text.ts';
export { type Description, describeFile } from './describe.ts';
export { type Bindings, type ImportedModel, importModel, isFloatModel } from './import.ts';
export type { MemoryLimit } from './memory.ts';
export { commitPorts, type Draw, type UsableOpening } from './openings.ts';
export {
  type PreparedProvingKey,
  type Proven,
  type ProveOptions,
  type ProveStage,
  prepareProvingKey,
  proveFor,
  proveInference,
} from './prove.ts';
export { type Linked, type Rekeyed, rekey, rekeyCommitment } from './rekey.ts';
export { outputsOf, runModel, traceJson } from './run.ts';
export { contractCallOf, contributeTo, exportSolidity } from './setup.ts';
