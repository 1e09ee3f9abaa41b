/** The pipeline: import → quantize → compile → execute → assign → prove → verify, in one sentence. */
export { contextText, type Description, describeFile } from './describe.ts';
export { type Bindings, type ImportedModel, importModel, isFloatModel } from './import.ts';
export { outputsOf, runModel, traceJson } from './run.ts';
export { type Compilation, type CompileReport, type CompileRow, compileModel } from './compile.ts';
export { type ProveOptions, type Proven, type ProveStage, proveInference } from './prove.ts';
