import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { utf8 } from '../../base/bytes.ts';
import { ProvennError } from '../../base/errors.ts';
import { discardPending, readFile, temporaryBeside, writeFileAtomic } from './files.ts';
import { checkTarget, modelFolder, writeFolderAtomic } from './folder.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'provenn files '));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function refusal(act: () => unknown): ProvennError {
  try {
    act();
  } catch (error) {
    if (error instanceof ProvennError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('readFile', () => {
  it('says what is wrong with a path', () => {
    expect(refusal(() => readFile(join(folder, 'absent')))).toMatchObject({ code: 'FILE_NOT_FOUND' });
    expect(refusal(() => readFile(join(folder, 'absent'))).message).toContain('does not exist');
    expect(refusal(() => readFile(folder)).message).toContain('is a folder');
  });

  it('refuses a file beyond the limit without reading it', () => {
    writeFileSync(join(folder, 'a'), 'hello');
    expect(refusal(() => readFile(join(folder, 'a'), 4)).code).toBe('RESOURCE_LIMIT');
    expect(readFile(join(folder, 'a'), 5)).toEqual(utf8('hello'));
  });
});

describe('writeFileAtomic', () => {
  it('makes missing folders, replaces old content and leaves nothing else behind', () => {
    const path = join(folder, 'deep er', 'file');
    writeFileAtomic(path, utf8('one'));
    writeFileAtomic(path, utf8('two'));
    expect(readFileSync(path, 'utf8')).toBe('two');
    expect(readdirSync(join(folder, 'deep er'))).toEqual(['file']);
  });

  it('refuses a place that is not writable and keeps what was there', () => {
    writeFileSync(join(folder, 'file'), 'x');
    expect(refusal(() => writeFileAtomic(join(folder, 'file', 'below'), utf8('y'))).code).toBe('FILE_WRITE_FAILED');
    mkdirSync(join(folder, 'taken', 'inner'), { recursive: true });
    expect(refusal(() => writeFileAtomic(join(folder, 'taken'), utf8('y'))).code).toBe('FILE_WRITE_FAILED');
    expect(readdirSync(folder).sort()).toEqual(['file', 'taken']);
  });
});

describe('discardPending', () => {
  it('removes what an interrupt left half written', () => {
    const temporary = temporaryBeside(join(folder, 'target'));
    mkdirSync(temporary);
    writeFileSync(join(temporary, 'part'), 'x');
    discardPending();
    expect(existsSync(temporary)).toBe(false);
  });
});

describe('writeFolderAtomic', () => {
  const files = (text: string): Map<string, Uint8Array> =>
    new Map([
      [modelFolder.verifyingKey, utf8(text)],
      [modelFolder.circuit, utf8(text)],
    ]);

  it('replaces a folder of ours only when forced', () => {
    const target = join(folder, 'model dir');
    writeFolderAtomic(target, files('one'), false);
    expect(refusal(() => writeFolderAtomic(target, files('two'), false)).code).toBe('USAGE');
    expect(readFileSync(join(target, modelFolder.circuit), 'utf8')).toBe('one');
    writeFolderAtomic(target, files('two'), true);
    expect(readFileSync(join(target, modelFolder.circuit), 'utf8')).toBe('two');
    expect(readdirSync(folder)).toEqual(['model dir']);
  });

  it('never replaces anything else, forced or not', () => {
    const target = join(folder, 'home');
    mkdirSync(target);
    writeFolderAtomic(target, files('one'), false);
    writeFileSync(join(target, 'thesis.txt'), 'years of work');
    expect(refusal(() => writeFolderAtomic(target, files('two'), true)).message).toContain('thesis.txt');
    const other = join(folder, 'other');
    mkdirSync(other);
    writeFileSync(join(other, modelFolder.model), 'only a model');
    expect(refusal(() => writeFolderAtomic(other, files('two'), true)).code).toBe('USAGE');
    expect(refusal(() => writeFolderAtomic(join(target, 'thesis.txt'), files('two'), true)).code).toBe('USAGE');
  });

  it('never replaces the folder it is called from, or one around it', () => {
    for (const target of ['.', '..', '/']) expect(refusal(() => checkTarget(target, true)).code).toBe('USAGE');
  });

  it('leaves the old folder as it was when a file cannot be written', () => {
    const target = join(folder, 'model');
    writeFolderAtomic(target, files('one'), false);
    const bad = new Map([...files('two'), ['no/such/folder', utf8('x')]]);
    expect(refusal(() => writeFolderAtomic(target, bad, true)).code).toBe('FILE_WRITE_FAILED');
    expect(readFileSync(join(target, modelFolder.circuit), 'utf8')).toBe('one');
    expect(readdirSync(folder)).toEqual(['model']);
  });
});
