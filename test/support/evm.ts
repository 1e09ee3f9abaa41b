/** Solidity contracts in a real EVM. */
import { createVM } from '@ethereumjs/vm';
import solc from 'solc';

export type Deployed = {
  /** Return data and gas of a call; null data when it reverted. */
  call(data: Uint8Array): Promise<{ readonly data: Uint8Array | null; readonly gas: bigint }>;
  readonly codeBytes: number;
};

/** Compiles the one contract of a source with the optimizer on. Throws on errors and warnings alike. */
function compile(source: string): Uint8Array {
  const input = {
    language: 'Solidity',
    sources: { 'Verifier.sol': { content: source } },
    settings: { optimizer: { enabled: true, runs: 200 }, outputSelection: { '*': { '*': ['evm.bytecode.object'] } } },
  };
  const output = JSON.parse(solc.compile(JSON.stringify(input))) as {
    readonly errors?: readonly { readonly formattedMessage: string }[];
    readonly contracts: Record<
      string,
      Record<string, { readonly evm: { readonly bytecode: { readonly object: string } } }>
    >;
  };
  if (output.errors !== undefined) throw new Error(output.errors.map((error) => error.formattedMessage).join('\n'));
  const [contract] = Object.values(output.contracts['Verifier.sol'] ?? {});
  return new Uint8Array(Buffer.from(contract?.evm.bytecode.object ?? '', 'hex'));
}

export async function deploy(source: string): Promise<Deployed> {
  const vm = await createVM();
  const code = compile(source);
  const { createdAddress, execResult } = await vm.evm.runCall({ data: code, gasLimit: 100_000_000n });
  if (createdAddress === undefined || execResult.exceptionError !== undefined) throw new Error('deployment failed');
  return {
    codeBytes: execResult.returnValue.length,
    call: async (data) => {
      const { execResult: result } = await vm.evm.runCall({ to: createdAddress, data, gasLimit: 10_000_000n });
      return {
        data: result.exceptionError === undefined ? result.returnValue : null,
        gas: result.executionGasUsed,
      };
    },
  };
}

/** What a transaction pays before anything runs (EIP-2028). */
export function intrinsicGas(data: Uint8Array): bigint {
  return data.reduce((gas, byte) => gas + (byte === 0 ? 4n : 16n), 21_000n);
}
