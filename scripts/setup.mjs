/**
 * Makes a clone ready to use: checks the Node version, installs packages when they are missing or older than the lock
 * file, compiles the kernels of wasm/ when they are stale, and the rest when dist is (not with --no-build). Costs a few milliseconds when there is nothing to do. Writes to stderr only, so
 * that the standard output of whatever runs next stays clean.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { build, root, upToDate } from './build.mjs';
import { buildWasm } from './wasm.mjs';

function stop(message) {
  console.error(message);
  process.exit(1);
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    stop(
      `provenn needs Node 20.19 or newer; this is ${process.versions.node}. Get a current one from https://nodejs.org`,
    );
  }
}

function packagesUpToDate() {
  const installed = join(root, 'node_modules', '.package-lock.json');
  return existsSync(installed) && statSync(installed).mtimeMs >= statSync(join(root, 'package-lock.json')).mtimeMs;
}

function install() {
  console.error('setup: installing packages (npm ci)');
  const args = ['ci', '--include=dev', '--no-progress', '--loglevel=error'];
  const options = { cwd: root, stdio: ['ignore', 2, 2] };
  // npm tells its scripts where it lives; without that, Windows finds npm.cmd only through a shell.
  const npm = process.env['npm_execpath'];
  const result = npm?.endsWith('npm-cli.js')
    ? spawnSync(process.execPath, [npm, ...args], options)
    : spawnSync('npm', args, { ...options, shell: process.platform === 'win32' });
  if (result.status !== 0) stop('setup: npm ci failed; its messages are above. Is the npm registry reachable?');
}

checkNode();
if (!packagesUpToDate()) install();
buildWasm();
if (!process.argv.includes('--no-build') && !upToDate()) {
  console.error('setup: compiling (tsc)');
  if (build() !== 0) stop('setup: the sources do not compile; the messages of tsc are above.');
}
