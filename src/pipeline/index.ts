/** The pipeline: import → quantize → compile → execute → assign → prove → verify, in one sentence. */

export { type Compilation, type CompileReport, type CompileRow, compileModel } from './compile.ts';
export { contextText, type Description, describeFile } from './describe.ts';
export { type Bindings, type ImportedModel, importModel, isFloatModel } from './import.ts';
export { type Proven, type ProveOptions, type ProveStage, proveInference } from './prove.ts';
export { outputsOf, runModel, traceJson } from './run.ts';
