/** One flavour of every network; `test/slow` has all of them. */
import { proveNetworks } from './proof-suite.ts';

proveNetworks([
  'residual.qdq.channel.u8s8',
  'depthwise.qop.tensor.s8s8',
  'average-tanh.qop.tensor.s8s8',
  'average-tanh.qdq.channel.u8s8',
  'activations.qop.channel.u8s8',
  'squeeze-excite.qdq.tensor.u8u8',
  'inception.qop.channel.u8s8',
]);
