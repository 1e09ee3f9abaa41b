/** Shapes of convolution and pooling, in as many spatial dimensions as the data has. */
import type { ElementType } from '../../artifact/graph.ts';
import { type AutoPad, cropsInput, type WindowAxis, windowGeometry } from '../../base/window.ts';
import type { NodeView, ShapeRule } from './node-view.ts';

const autoPads: readonly string[] = ['NOTSET', 'SAME_UPPER', 'SAME_LOWER', 'VALID'] satisfies AutoPad[];

/** An attribute with one integer per window axis, `low` or more each. An empty list counts as absent. */
function perAxis(node: NodeView, name: string, count: number, otherwise: number, low: number): readonly number[] {
  const values = node.ints(name);
  if (values === undefined || values.length === 0) return new Array<number>(count).fill(otherwise);
  if (values.length !== count)
    throw node.invalid(`attribute '${name}' has ${values.length} entries instead of ${count}`);
  if (values.some((value) => value < low)) throw node.invalid(`attribute '${name}' is [${values.join(', ')}]`);
  return values;
}

/** Number of windows per spatial axis. */
function windows(
  node: NodeView,
  spatial: readonly number[],
  kernel: readonly number[],
  samePadding: 'dilated' | 'undilated',
): readonly number[] {
  const rank = spatial.length;
  const strides = perAxis(node, 'strides', rank, 1, 1);
  const dilations = perAxis(node, 'dilations', rank, 1, 1);
  const pads = perAxis(node, 'pads', 2 * rank, 0, 0);
  const autoPad = node.string('auto_pad', 'NOTSET');
  if (!autoPads.includes(autoPad)) throw node.invalid(`attribute 'auto_pad' is '${autoPad}'`);
  return spatial.map((input, i) => {
    const axis: WindowAxis = {
      input,
      kernel: kernel[i] as number,
      stride: strides[i] as number,
      dilation: dilations[i] as number,
      padBegin: pads[i] as number,
      padEnd: pads[i + rank] as number,
      autoPad: autoPad as AutoPad,
      ceilMode: node.int('ceil_mode', 0) !== 0,
      samePadding,
    };
    const { output } = windowGeometry(axis);
    if (output < 1) throw node.invalid(`its window does not fit into the spatial size [${spatial.join(', ')}]`);
    if (cropsInput(axis)) {
      throw node.unsupported(`its ${autoPad} padding is negative`, 'Export the model with explicit pads.');
    }
    return output;
  });
}

/** Convolution of input `x` by weights `w`, both channels first; `bias` is an optional input. */
function convolution(
  x: number,
  w: number,
  bias: number | null,
  type: (node: NodeView) => ElementType | undefined,
): ShapeRule {
  return (node) => {
    const [batch, channels, ...spatial] = node.dims(x);
    if (batch === undefined || channels === undefined || spatial.length === 0) {
      throw node.invalid(`its input has only ${node.dims(x).length} dimensions`);
    }
    const [maps, perGroup, ...kernel] = node.ranked(w, spatial.length + 2) as [number, number, ...number[]];
    const group = node.int('group', 1);
    if (group < 1 || channels !== perGroup * group || maps % group !== 0) {
      throw node.invalid(
        `${channels} channels, weights of ${maps}×${perGroup} and ${group} groups do not fit together`,
      );
    }
    const declared = node.ints('kernel_shape') ?? [];
    if (declared.length > 0 && declared.join() !== kernel.join()) {
      throw node.invalid(`'kernel_shape' is [${declared.join(', ')}], the weights say [${kernel.join(', ')}]`);
    }
    if (bias !== null && node.has(bias) && node.ranked(bias, 1)[0] !== maps) {
      throw node.invalid(`its bias has ${node.dims(bias)[0]} entries for ${maps} feature maps`);
    }
    return [{ type: type(node), dims: [batch, maps, ...windows(node, spatial, kernel, 'dilated')] }];
  };
}

/** The spatial part of an image and how to put a new one back; `channels_last` is an attribute of com.microsoft pools. */
function image(node: NodeView): {
  spatial: readonly number[];
  rebuild: (spatial: readonly number[]) => readonly number[];
} {
  const dims = node.dims(0);
  if (dims.length < 3) throw node.invalid(`its input has only ${dims.length} dimensions`);
  if (node.int('channels_last', 0) !== 0) {
    const ends = [dims[0] as number, dims.at(-1) as number] as const;
    return { spatial: dims.slice(1, -1), rebuild: (spatial) => [ends[0], ...spatial, ends[1]] };
  }
  return { spatial: dims.slice(2), rebuild: (spatial) => [...dims.slice(0, 2), ...spatial] };
}

const pool: ShapeRule = (node) => {
  const { spatial, rebuild } = image(node);
  const kernel = perAxis(node, 'kernel_shape', spatial.length, 0, 1);
  if (kernel.includes(0)) throw node.invalid("it lacks the attribute 'kernel_shape'");
  const pads = perAxis(node, 'pads', 2 * spatial.length, 0, 0);
  if (pads.some((pad, i) => pad >= (kernel[i % kernel.length] as number))) {
    throw node.invalid(`pads [${pads.join(', ')}] are not smaller than the kernel [${kernel.join(', ')}]`);
  }
  const dims = rebuild(windows(node, spatial, kernel, 'undilated'));
  return [
    { type: node.type(0), dims },
    // Indices, MaxPool's optional second output.
    { type: 'int64', dims },
  ];
};

const globalPool: ShapeRule = (node) => {
  const { spatial, rebuild } = image(node);
  return [{ type: node.type(0), dims: rebuild(spatial.map(() => 1)) }];
};

/** Inputs x, x_scale, x_zero_point, w, w_scale, w_zero_point, y_scale, y_zero_point, bias. */
const qLinearConv = convolution(0, 3, 8, (node) => node.type(7));

export const windowed: ReadonlyMap<string, ShapeRule> = new Map<string, ShapeRule>([
  ['Conv', convolution(0, 1, 2, (node) => node.type(0))],
  ['ConvInteger', convolution(0, 1, null, () => 'int32')],
  ['QLinearConv', qLinearConv],
  ['MaxPool', pool],
  ['AveragePool', pool],
  ['LpPool', pool],
  ['GlobalAveragePool', globalPool],
  ['GlobalMaxPool', globalPool],
]);

export const quantizedWindowed: ReadonlyMap<string, ShapeRule> = new Map<string, ShapeRule>([
  ['QLinearConv', qLinearConv],
  ['QLinearAveragePool', pool],
  ['QLinearGlobalAveragePool', globalPool],
]);
