import { type Column, openColumns } from './columns.ts';
import type { Ext } from './extension.ts';
import type { Parameters } from './files.ts';
import type { Form } from './forms.ts';
import type { Layout } from './layout.ts';
import type { Messages } from './messages.ts';
import type { Shape } from './shape.ts';

/** §4, row by row: all that a proof says and all that is drawn, before anything is computed from it. */
export interface Received {
  readonly beta: Ext;
  readonly alpha: Ext;
  readonly layers: readonly Layer[];
  readonly tau: readonly Ext[];
  readonly accumulators: readonly Form[];
  readonly contractions?: Contractions;
  readonly zeta: Ext;
  readonly atZeta: readonly [Ext, Ext];
  readonly omega: Ext;
  readonly last: readonly { readonly at0: Ext; readonly at2: Ext; readonly z: Ext }[];
  readonly values: { readonly y: Ext; readonly x2: Ext; readonly s1: Ext; readonly f1: Ext; readonly f2: Ext };
  readonly gammas: readonly [Ext, Ext];
  readonly w: readonly Ext[];
  readonly columns: readonly Column[];
}

/** p(0), p(1), q(0), q(1), and the t that interpolates them. The top is a layer without rounds. */
export interface Layer {
  readonly lambda?: Ext;
  /** Highest variable first. */
  readonly rounds: readonly { readonly at0: Form; readonly leading: Form; readonly z: Ext }[];
  readonly p: readonly [Form, Form];
  readonly q: readonly [Form, Form];
  readonly t: Ext;
}

export interface Contractions {
  readonly eta: Ext;
  /** h(0), h(2), …, h(D), highest variable first. */
  readonly rounds: readonly { readonly values: readonly Form[]; readonly z: Ext }[];
  /** Of every instance, left and right, where the operand is committed. */
  readonly factors: readonly (readonly (Form | undefined)[])[];
}

export function receive(
  messages: Messages,
  shape: Shape,
  layout: Layout,
  parameters: Parameters,
  longLived: readonly Uint8Array[],
): Received {
  messages.begin(2);
  const root = messages.bytes(32);
  messages.begin(3);
  messages.work(parameters.work1);
  const [beta, alpha] = messages.challenges(2) as [Ext, Ext];
  messages.begin(4);
  const layers = Array.from({ length: shape.mu }, (_, k) => receiveLayer(messages, k));
  messages.begin(5);
  const tau = shape.tauBits > 0 ? messages.challenges(shape.tauBits) : [];
  const accumulators = shape.instances.map(() => messages.hidden());
  messages.begin(6);
  const contractions = shape.instances.length > 0 ? { contractions: receiveContractions(messages, shape) } : {};
  messages.begin(7);
  const zeta = messages.challenge();
  const atZeta = [messages.element(), messages.element()] as const;
  messages.begin(8);
  const omega = messages.challenge();
  const last = Array.from({ length: layout.n }, () => {
    const [at0, at2] = [messages.element(), messages.element()];
    return { at0, at2, z: messages.challenge() };
  });
  messages.begin(9);
  const [y, x2, s1] = [messages.element(), messages.element(), messages.element()];
  const [f1, f2] = [messages.element(), messages.element()];
  const gammas = messages.challenges(2) as [Ext, Ext];
  messages.begin(10);
  const w = Array.from({ length: 2 ** parameters.c + parameters.t }, () => messages.element());
  messages.work(parameters.work2);
  const depth = parameters.c + parameters.kappa;
  const positions = messages.positions(depth, parameters.queries);
  const columns = openColumns(messages, layout, depth, positions, [root, ...longLived]);
  return {
    ...{ beta, alpha, layers, tau, accumulators, ...contractions, zeta, atZeta, omega, last },
    ...{ values: { y, x2, s1, f1, f2 }, gammas, w, columns },
  };
}

function receiveLayer(messages: Messages, k: number): Layer {
  const lambda = k > 0 ? { lambda: messages.challenge() } : {};
  const rounds = Array.from({ length: k }, () => {
    const [at0, leading] = [messages.hidden(), messages.hidden()];
    return { at0, leading, z: messages.challenge() };
  });
  const p = [messages.hidden(), messages.hidden()] as const;
  const q = [messages.hidden(), messages.hidden()] as const;
  return { ...lambda, rounds, p, q, t: messages.challenge() };
}

function receiveContractions(messages: Messages, { instances, rounds: count, degree }: Shape): Contractions {
  const eta = messages.challenge();
  const rounds = Array.from({ length: count }, () => {
    const values = Array.from({ length: degree }, () => messages.hidden());
    return { values, z: messages.challenge() };
  });
  const factors = instances.map(({ hidden }) => hidden.map((sent) => (sent ? messages.hidden() : undefined)));
  return { eta, rounds, factors };
}
