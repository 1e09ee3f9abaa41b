/** One flavour of every network; `test/slow` has all of them. */
import { isAwaited } from '../support/network-fixtures.ts';
import { proveNetworks } from './proof-suite.ts';

const flavours = [
  'residual.qdq.channel.u8s8',
  'depthwise.qop.tensor.s8s8',
  'average-tanh.qop.tensor.s8s8',
  'average-tanh.qdq.channel.u8s8',
  'activations.qop.channel.u8s8',
  'squeeze-excite.qdq.tensor.u8u8',
  'inception.qdq.channel.s8s8',
];

proveNetworks(flavours.filter((name) => !isAwaited(name)));
