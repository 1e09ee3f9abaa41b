import { describe, expect, it } from 'vitest';
import { jsonOf, provenn } from './cli.ts';

describe('provenn doctor', () => {
  it('examines the machine these tests run on and finds it fit', async () => {
    const outcome = await provenn(['doctor', '--json']);
    expect(outcome.code).toBe(0);
    const json = jsonOf(outcome);
    expect(json).toMatchObject({ schemaVersion: 1, healthy: true });
    const findings = json['findings'] as readonly {
      readonly check: string;
      readonly state: string;
      readonly mend: string | null;
    }[];
    const checks = ['node', 'processor', 'memory', 'wasm simd', 'threads', 'onnxruntime', 'this folder', 'temporary'];
    expect(findings.map((finding) => finding.check)).toEqual(checks);
    expect(findings.every(({ state, mend }) => state === 'ok' || (mend ?? '').length > 10)).toBe(true);
    expect(findings.find(({ check }) => check === 'wasm simd')?.state).toBe('ok');
    expect(findings.find(({ check }) => check === 'threads')).toMatchObject({ state: 'ok', mend: null });
    expect((await provenn(['doctor'])).stdout).toContain('provenn can work here.');
  });
});
