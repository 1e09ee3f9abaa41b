import { describe, expect, it } from 'vitest';
import { type ErrorCode, errorCatalogue, exitCodes, invariant, ProvennError } from './errors.ts';

const codes = Object.keys(errorCatalogue) as ErrorCode[];

describe('the catalogue', () => {
  it('has stable exit codes', () => {
    expect(exitCodes).toEqual({
      ok: 0,
      rejected: 1,
      usage: 2,
      unsupported: 3,
      resource: 4,
      io: 5,
      tampered: 6,
      interrupted: 130,
    });
  });

  it('knows exactly these codes', () => {
    expect(Object.fromEntries(codes.map((code) => [code, errorCatalogue[code].exit]))).toMatchInlineSnapshot(`
      {
        "ARTIFACT_TAMPERED": "tampered",
        "ARTIFACT_VERSION": "tampered",
        "BACKEND_UNSUPPORTED": "unsupported",
        "BUDGET_EXHAUSTED": "resource",
        "DEPENDENCY_MISSING": "resource",
        "FILE_MALFORMED": "io",
        "FILE_NOT_FOUND": "io",
        "FILE_WRITE_FAILED": "io",
        "INPUT_MISMATCH": "usage",
        "INTERNAL": "resource",
        "INTERRUPTED": "interrupted",
        "KEY_REFUSED": "tampered",
        "MODEL_EXTERNAL_DATA": "io",
        "MODEL_INVALID": "unsupported",
        "MODEL_MALFORMED": "io",
        "MODEL_UNSAFE": "unsupported",
        "MODEL_UNSUPPORTED": "unsupported",
        "OPENING_COPIED": "resource",
        "ORACLE_MISMATCH": "rejected",
        "PARAMETERS_REFUSED": "resource",
        "PROOF_SELF_CHECK": "rejected",
        "RESOURCE_LIMIT": "resource",
        "SETUP_REFUSED": "tampered",
        "THREAD_FAILED": "resource",
        "USAGE": "usage",
      }
    `);
  });

  it.each(codes)('%s names an exit family that is not success, and says what it means in one sentence', (code) => {
    const { exit, meaning } = errorCatalogue[code];
    expect(exitCodes[exit]).toBeGreaterThan(0);
    expect(meaning).toMatch(/^\S.*\.$/);
    expect(code).toMatch(/^[A-Z]+(_[A-Z]+)*$/);
  });
});

describe('ProvennError', () => {
  it.each(codes)('%s carries its exit code', (code) => {
    expect(new ProvennError(code, 'm').exitCode).toBe(exitCodes[errorCatalogue[code].exit]);
  });

  it('carries what, where, what next, and why', () => {
    const cause = new RangeError('inner');
    const error = new ProvennError('USAGE', 'what', { where: 'here', next: 'do this', cause });
    expect(error).toMatchObject({ name: 'ProvennError', message: 'what', where: 'here', next: 'do this', cause });
    expect(error).toBeInstanceOf(Error);
  });

  it('has no cause unless one is given', () => {
    const error = new ProvennError('USAGE', 'what');
    expect('cause' in error).toBe(false);
    expect([error.where, error.next]).toEqual([undefined, undefined]);
  });
});

describe('invariant', () => {
  it('throws INTERNAL with the message, and only when broken', () => {
    expect(() => invariant(1, 'fine')).not.toThrow();
    for (const broken of [false, 0, null, undefined, '']) {
      expect(() => invariant(broken, 'broken')).toThrow(
        expect.objectContaining({ code: 'INTERNAL', message: 'broken' }) as Error,
      );
    }
  });
});
