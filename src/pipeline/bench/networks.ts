/** The networks that `provenn bench` measures. */
import type { Graph } from '../../artifact/graph.ts';
import { NetworkBuilder, type Value } from './network-builder.ts';

export type BenchNetwork = {
  readonly name: string;
  readonly about: string;
  /** Inputs that one proof is about. */
  readonly batch: number;
  build(): Graph;
};

function mlp(): Graph {
  const net = new NetworkBuilder(1, [1, 784]);
  let x = net.input;
  for (const width of [128, 64]) x = net.relu(net.dense(x, width));
  return net.finish('mlp', net.dense(x, 10));
}

function lenet5(batch = 1): Graph {
  const net = new NetworkBuilder(2, [batch, 1, 28, 28]);
  let x = net.maxPool(net.relu(net.conv(net.input, 6, { kernel: 5, pad: 2 })), 2);
  x = net.flatten(net.maxPool(net.relu(net.conv(x, 16, { kernel: 5, pad: 0 })), 2));
  for (const width of [120, 84]) x = net.relu(net.dense(x, width));
  return net.finish(batch === 1 ? 'lenet5' : `lenet5-x${batch}`, net.dense(x, 10));
}

/** Two 3×3 convolutions beside a shortcut, as in He et al., CVPR 2016; batch normalization folded away. */
function basicBlock(net: NetworkBuilder, x: Value, channels: number, stride: number): Value {
  const inner = net.relu(net.conv(x, channels, { kernel: 3, stride }));
  const outer = net.conv(inner, channels, { kernel: 3 });
  const same = stride === 1 && x.dims[1] === channels;
  const shortcut = same ? x : net.conv(x, channels, { kernel: 1, stride, pad: 0 });
  return net.relu(net.add(outer, shortcut));
}

function residual(): Graph {
  const net = new NetworkBuilder(3, [1, 1, 28, 28]);
  let x = net.relu(net.conv(net.input, 16, { kernel: 3 }));
  for (const [channels, stride] of [
    [16, 1],
    [32, 2],
    [48, 2],
  ] as const)
    x = basicBlock(net, x, channels, stride);
  return net.finish('residual', net.dense(net.flatten(net.globalAverage(x)), 10));
}

/** Simonyan & Zisserman 2015, configuration D, for 32×32 images with one dense layer, as usual for CIFAR-10. */
function vgg16(): Graph {
  const net = new NetworkBuilder(4, [1, 3, 32, 32]);
  let x = net.input;
  for (const [channels, depth] of [
    [64, 2],
    [128, 2],
    [256, 3],
    [512, 3],
    [512, 3],
  ] as const) {
    for (let i = 0; i < depth; i++) x = net.relu(net.conv(x, channels, { kernel: 3 }));
    x = net.maxPool(x, 2);
  }
  return net.finish('vgg16', net.dense(net.flatten(x), 10));
}

function resnet18(): Graph {
  const net = new NetworkBuilder(5, [1, 3, 224, 224]);
  let x = net.maxPool(net.relu(net.conv(net.input, 64, { kernel: 7, stride: 2 })), 3, 2, 1);
  for (const channels of [64, 128, 256, 512]) {
    x = basicBlock(net, x, channels, channels === 64 ? 1 : 2);
    x = basicBlock(net, x, channels, 1);
  }
  return net.finish('resnet18', net.dense(net.flatten(net.globalAverage(x)), 1000));
}

/** Sandler et al., CVPR 2018: inverted residuals. Its Relu6 is a Relu here: seeded activations stay small. */
function mobilenetV2(): Graph {
  const net = new NetworkBuilder(6, [1, 3, 224, 224]);
  let x = net.relu(net.conv(net.input, 32, { kernel: 3, stride: 2, pad: 1 }));
  const bottleneck = (from: Value, expansion: number, channels: number, stride: number): Value => {
    const width = (from.dims[1] as number) * expansion;
    const wide = expansion === 1 ? from : net.relu(net.conv(from, width, { kernel: 1, pad: 0 }));
    const deep = net.relu(net.conv(wide, width, { kernel: 3, stride, pad: 1, groups: width }));
    const out = net.conv(deep, channels, { kernel: 1, pad: 0 });
    return stride === 1 && from.dims[1] === channels ? net.add(out, from) : out;
  };
  for (const [expansion, channels, count, stride] of [
    [1, 16, 1, 1],
    [6, 24, 2, 2],
    [6, 32, 3, 2],
    [6, 64, 4, 2],
    [6, 96, 3, 1],
    [6, 160, 3, 2],
    [6, 320, 1, 1],
  ] as const)
    for (let i = 0; i < count; i++) x = bottleneck(x, expansion, channels, i === 0 ? stride : 1);
  x = net.relu(net.conv(x, 1280, { kernel: 1, pad: 0 }));
  return net.finish('mobilenetv2', net.dense(net.flatten(net.globalAverage(x)), 1000));
}

/** Three convolutions of 16 channels on square images: activations grow, everything else stays. */
function sweep(size: number): BenchNetwork {
  return {
    name: `sweep-${size}`,
    about: `three 3×3 convolutions of 16 channels, ${size}×${size}`,
    batch: 1,
    build: () => {
      const net = new NetworkBuilder(7, [1, 3, size, size]);
      let x = net.input;
      for (let i = 0; i < 3; i++) x = net.relu(net.conv(x, 16, { kernel: 3 }));
      return net.finish(`sweep-${size}`, net.dense(net.flatten(net.globalAverage(x)), 10));
    },
  };
}

/** Images in one proof share the weights, the tables and the opening. */
function lenet5Batch(batch: number): BenchNetwork {
  return { name: `lenet5-x${batch}`, about: `${batch} × LeNet-5, 28×28`, batch, build: () => lenet5(batch) };
}

export const benchNetworks: readonly BenchNetwork[] = [
  { name: 'mlp', about: '784 → 128 → 64 → 10', batch: 1, build: mlp },
  { name: 'lenet5', about: 'LeNet-5, 28×28', batch: 1, build: () => lenet5() },
  { name: 'residual', about: 'three residual blocks, 28×28', batch: 1, build: residual },
  { name: 'vgg16', about: 'VGG-16, 32×32', batch: 1, build: vgg16 },
  { name: 'mobilenetv2', about: 'MobileNetV2, 224×224', batch: 1, build: mobilenetV2 },
  { name: 'resnet18', about: 'ResNet-18, 224×224', batch: 1, build: resnet18 },
];

export const batchNetworks: readonly BenchNetwork[] = [16, 100].map(lenet5Batch);

/** From 10⁴ activations upwards, about four times as many each. */
export const sweepNetworks: readonly BenchNetwork[] = [14, 28, 56, 112, 224, 448].map(sweep);
