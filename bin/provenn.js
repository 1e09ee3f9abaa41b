#!/usr/bin/env node
import { existsSync } from 'node:fs';

const entry = new URL('../dist/src/cli/main.js', import.meta.url);
if (existsSync(entry)) {
  const { main } = await import(entry.href);
  const code = await main(process.argv);
  if (typeof code === 'number') process.exitCode = code;
} else {
  console.error('provenn is not built yet. In its folder, run: npm run build');
  process.exitCode = 5;
}
