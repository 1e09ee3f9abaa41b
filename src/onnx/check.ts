/** RawModel → Graph: names, opsets, single assignment, missing inputs, cycles, finite constants. */
import type { Graph, GraphTensor, ValueInfo } from '../artifact/graph.ts';
import { ProvennError } from '../base/errors.ts';
import { foldConstants } from './fold-constants.ts';
import type { RawModel, RawNode } from './model.ts';
import type { NamedTensor } from './tensor.ts';
import { topologicalSort } from './topological-sort.ts';
import type { RawValue } from './value-info.ts';

/** Versions of the default operator set provenn knows; 6 is read as 7 (`upgrade.ts`). */
export const opsetRange = { low: 6, high: 25 } as const;

/** Operator domains a node may come from; '' is the default one. */
const domains: ReadonlySet<string> = new Set(['', 'ai.onnx.ml', 'com.microsoft']);

/**
 * The valid graph of a parsed file, in topological order, `Constant` nodes folded, node names filled in and unique.
 * `values` holds the declared types, symbolic dimensions included. Throws `MODEL_INVALID` or `MODEL_UNSUPPORTED`.
 */
export function checkModel(parsed: RawModel): Graph {
  const opsets = checkOpsets(parsed);
  const model = foldConstants({ ...parsed, nodes: nameNodes(parsed.nodes) });
  const initializers = checkInitializers(model.initializers);
  const inputs = model.inputs.filter((input) => !initializers.has(input.name));
  for (const port of [...inputs, ...model.outputs]) checkPort(port);
  for (const node of model.nodes) checkDomain(node, opsets);
  const producers = singleAssignment(model, inputs, initializers);
  const known = (name: string): boolean => producers.has(name) || initializers.has(name);
  const inputNames = new Set(inputs.map((input) => input.name));
  for (const node of model.nodes) {
    for (const name of node.inputs) {
      if (name !== '' && !known(name) && !inputNames.has(name)) throw missing(node, name);
    }
  }
  checkOutputs(model.outputs, (name) => known(name) || inputNames.has(name));
  return {
    name: model.name,
    irVersion: model.irVersion,
    opsets,
    inputs: inputs.map(plain),
    outputs: model.outputs.map(plain),
    nodes: topologicalSort(model.nodes, producers),
    initializers,
    values: declaredValues(model),
  };
}

function invalid(message: string, where: string, next: string = exportAgain): ProvennError {
  return new ProvennError('MODEL_INVALID', message, { where, next });
}

const exportAgain = 'Export the model again; onnx.checker.check_model reports such faults too.';

function checkOpsets(model: RawModel): ReadonlyMap<string, number> {
  const opsets = new Map<string, number>();
  for (const { domain, version } of model.opsets) {
    const key = domain === 'ai.onnx' ? '' : domain;
    const before = opsets.get(key);
    if (before !== undefined && before !== version) {
      throw invalid(`The model imports the operator domain '${domain}' in versions ${before} and ${version}.`, domain);
    }
    opsets.set(key, version);
  }
  if (model.irVersion < 1) throw invalid('The model states no version of the ONNX format.', 'ir_version');
  const version = opsets.get('');
  if (version === undefined) {
    throw invalid('The model does not import the ONNX operator set.', 'opset_import', 'Export the model again.');
  }
  if (version < opsetRange.low || version > opsetRange.high) {
    throw new ProvennError('MODEL_UNSUPPORTED', `The model uses version ${version} of the ONNX operator set.`, {
      where: 'opset_import',
      next: `Convert it to a version from ${opsetRange.low} to ${opsetRange.high} with onnx.version_converter.`,
    });
  }
  return opsets;
}

/** Explicit names win over generated ones; a name that is taken gets the first free suffix. */
function nameNodes(nodes: readonly RawNode[]): RawNode[] {
  const taken = new Set(nodes.map((node) => node.name));
  const seen = new Set<string>();
  const suffixes = new Map<string, number>();
  const suffixed = (wanted: string): string => {
    let suffix = suffixes.get(wanted) ?? 1;
    while (taken.has(`${wanted}_${suffix}`)) suffix++;
    suffixes.set(wanted, suffix + 1);
    return `${wanted}_${suffix}`;
  };
  return nodes.map((node, index) => {
    if (node.op === '')
      throw invalid(`Node ${index} ('${node.name}') names no operator.`, node.name || `node ${index}`);
    const generated = `${node.op}_${index}`;
    let name = node.name;
    if (name === '') name = taken.has(generated) ? suffixed(generated) : generated;
    else if (seen.has(name)) name = suffixed(name);
    taken.add(name);
    seen.add(name);
    return { ...node, name };
  });
}

function checkInitializers(list: readonly NamedTensor[]): ReadonlyMap<string, GraphTensor> {
  const initializers = new Map<string, GraphTensor>();
  for (const { name, tensor } of list) {
    if (name === '') throw invalid('An initializer has no name.', 'initializers');
    if (initializers.has(name)) throw invalid(`The constant '${name}' is defined twice.`, name);
    if (!allFinite(tensor)) {
      throw invalid(
        `The constant '${name}' holds NaN or Infinity.`,
        name,
        'Check the training: such weights have no int8 form.',
      );
    }
    initializers.set(name, tensor);
  }
  return initializers;
}

function allFinite(tensor: GraphTensor): boolean {
  if (tensor.type !== 'float32' && tensor.type !== 'float64') return true;
  // A plain loop: weights are the largest thing in a model.
  for (let i = 0; i < tensor.data.length; i++) if (!Number.isFinite(tensor.data[i])) return false;
  return true;
}

function checkPort(port: RawValue): void {
  if (port.otherType === undefined) return;
  throw new ProvennError(
    'MODEL_UNSUPPORTED',
    `The graph input or output '${port.name}' is of type ${port.otherType}.`,
    {
      where: port.name,
      next: 'Inputs and outputs must be tensors of float32, float64, uint8, int8, int32, int64 or bool.',
    },
  );
}

function checkDomain(node: RawNode, opsets: ReadonlyMap<string, number>): void {
  const operator = `Node '${node.name}' uses the operator '${node.op}' of domain '${node.domain}'`;
  if (!domains.has(node.domain)) {
    throw new ProvennError('MODEL_UNSUPPORTED', `${operator}, which is not supported.`, {
      where: node.name,
      next: 'Export the model with operators of the ONNX or com.microsoft domain.',
    });
  }
  if (!opsets.has(node.domain)) throw invalid(`${operator}, which the model does not import.`, node.name);
}

/** Every value has one definition. Returns which node makes a value. */
function singleAssignment(
  model: RawModel,
  inputs: readonly RawValue[],
  initializers: ReadonlyMap<string, GraphTensor>,
): ReadonlyMap<string, number> {
  const inputNames = new Set<string>();
  for (const { name } of inputs) {
    if (name === '') throw invalid('A graph input has no name.', 'inputs');
    if (inputNames.has(name)) throw invalid(`The graph input '${name}' is defined twice.`, name);
    inputNames.add(name);
  }
  const producers = new Map<string, number>();
  for (const [index, node] of model.nodes.entries()) {
    for (const name of node.outputs) {
      if (name === '') continue;
      if (producers.has(name) || initializers.has(name) || inputNames.has(name)) {
        throw invalid(`Node '${node.name}' defines the value '${name}', which is already defined.`, node.name);
      }
      producers.set(name, index);
    }
  }
  return producers;
}

function missing(node: RawNode, name: string): ProvennError {
  return invalid(
    `Node '${node.name}' reads the value '${name}', which nothing defines.`,
    node.name,
    'Export the model again: a node, a graph input or an initializer must define the value.',
  );
}

function checkOutputs(outputs: readonly RawValue[], known: (name: string) => boolean): void {
  if (outputs.length === 0) throw invalid('The graph has no outputs.', 'outputs');
  const names = new Set<string>();
  for (const { name } of outputs) {
    if (!known(name)) throw invalid(`The graph output '${name}' is defined by nothing.`, name);
    if (names.has(name)) throw invalid(`The graph output '${name}' is listed twice.`, name);
    names.add(name);
  }
}

function plain({ name, type, dims }: RawValue): ValueInfo {
  return { name, type, dims };
}

/** What the file says about values; ports take precedence over `value_info`. */
function declaredValues(model: RawModel): ReadonlyMap<string, ValueInfo> {
  return new Map([...model.values, ...model.outputs, ...model.inputs].map((value) => [value.name, plain(value)]));
}
