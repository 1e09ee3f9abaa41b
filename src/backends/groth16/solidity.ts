/** The verifier of one key as a Solidity contract, and the call data of a proof for it. */

import type { Statement } from '../../artifact/statement.ts';
import { concatBytes, toHex } from '../../base/bytes.ts';
import type { ContractCall } from '../proving.ts';
import { combine1, type G1, P } from './bn254.ts';
import { rootOf } from './commitment.ts';
import type { Groth16Key } from './config.ts';
import { keccak256 } from './keccak.ts';
import type { AcceptedKey } from './key.ts';
import { R, toBytes } from './prime-field.ts';
import { signalsOf } from './signals.ts';

type Point2 = Groth16Key['beta'];

/** Coordinates in the order of EIP-197: imaginary parts first. */
function words2({ x, y }: Point2): readonly bigint[] {
  return [x[1], x[0], y[1], y[0]];
}

function store(words: readonly bigint[], from: number): string {
  return words.map((word, i) => `        input[${from + i}] = ${word};`).join('\n');
}

/**
 * What the contract adds up: a constant, and a point for each signal of the caller. Roots of commitments belong to the constant:
 * they are the key's, and a caller who could choose them could prove other weights.
 */
export function contractSum({ parameters, commitments }: Pick<AcceptedKey, 'parameters' | 'commitments'>): {
  readonly constant: G1;
  readonly points: Groth16Key['ic'];
} {
  const [constant, ...points] = parameters.key.ic as [Groth16Key['ic'][number], ...Groth16Key['ic']];
  const given = points.length - commitments.length;
  const fixed = [constant, ...points.slice(given)];
  return {
    constant: combine1(fixed, [1n, ...commitments.map(({ root }) => rootOf(root))]),
    points: points.slice(0, given),
  };
}

/** Text of a contract that accepts the proofs that `verify` accepts under the key, binding and packed integers given by the caller. */
export function solidityVerifier(key: AcceptedKey): string {
  const { parameters, circuit, modelDigest, keyDigest } = key;
  const { alpha, beta, gamma, delta } = parameters.key;
  const { constant, points } = contractSum(key);
  const count = points.length;
  const warning =
    parameters.setup === 'insecure'
      ? '\n/// INSECURE: the key comes from a development setup, whose maker can forge proofs. Do not deploy.'
      : '';
  const name = circuit.name.replace(/[^A-Za-z0-9 ._-]/g, '?');
  return `// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

/// Verifies Groth16 proofs of provenn for one network: "${name}".
/// signals[0] binds a proof to model, key and context; the others pack the public integers, each minus the least of its range.
/// Compare all of them with what you expect: the contract only says that the proof fits the signals. It knows neither
/// binding nor ranges, and remembers no proof.${warning}
contract Groth16Verifier {
    bytes32 public constant MODEL_DIGEST = 0x${toHex(modelDigest)};
    bytes32 public constant KEY_DIGEST = 0x${toHex(keyDigest)};
    bool public constant INSECURE_SETUP = ${parameters.setup === 'insecure'};

    /// Modulus of the coordinates, and order of the groups.
    uint256 private constant P = ${P};
    uint256 private constant R = ${R};

    /// proof: A (64 bytes), B (128), C (64), big-endian, imaginary parts first (EIP-197).
    function verify(bytes calldata proof, uint256[${count}] calldata signals) external view returns (bool) {
        if (proof.length != 256) return false;
        uint256[24] memory input;
        uint256[2] memory sum = [uint256(${constant?.x ?? 0n}), ${constant?.y ?? 0n}];
${points.map(({ x, y }, i) => `        if (!addMultiple(sum, ${x}, ${y}, signals[${i}])) return false;`).join('\n')}
        assembly {
            calldatacopy(input, proof.offset, 192)
            calldatacopy(add(input, 576), add(proof.offset, 192), 64)
        }
        // e(-A, B) e(alpha, beta) e(sum, gamma) e(C, delta) = 1
        if (input[1] >= P) return false;
        input[1] = P - input[1];
${store([alpha.x, alpha.y, ...words2(beta)], 6)}
        input[12] = sum[0];
        input[13] = sum[1];
${store(words2(gamma), 14)}
${store(words2(delta), 20)}
        uint256[1] memory result;
        bool done;
        assembly {
            done := staticcall(gas(), 8, input, 768, result, 32)
        }
        return done && result[0] == 1;
    }

    /// sum += scalar * (x, y); false for a scalar that is not canonical.
    function addMultiple(uint256[2] memory sum, uint256 x, uint256 y, uint256 scalar) private view returns (bool done) {
        if (scalar >= R) return false;
        uint256[4] memory words = [x, y, scalar, 0];
        assembly {
            done := staticcall(gas(), 7, words, 96, words, 64)
        }
        if (!done) return false;
        (words[2], words[3]) = (sum[0], sum[1]);
        assembly {
            done := staticcall(gas(), 6, words, 128, sum, 64)
        }
    }
}
`;
}

/** The call that verifies a proof in the contract of its key. */
export function contractCall(key: AcceptedKey, statement: Statement, body: Uint8Array): ContractCall {
  const all = signalsOf(key, statement);
  const signals = all.slice(0, all.length - key.commitments.length);
  const word = (value: bigint | number): Uint8Array => toBytes(BigInt(value)).reverse();
  const selector = keccak256(`verify(bytes,uint256[${signals.length}])`).subarray(0, 4);
  const head = [word(32 * (1 + signals.length)), ...signals.map(word)];
  const padding = new Uint8Array((32 - (body.length % 32)) % 32);
  return { proof: body, signals, calldata: concatBytes(selector, ...head, word(body.length), body, padding) };
}
