/** Where provenn keeps what must outlive folders and their copies: one place per user and machine. */
import { homedir } from 'node:os';
import { join } from 'node:path';

/** `PROVENN_STATE`, else the place the system has for such things. */
export function stateFolder(env: Readonly<Record<string, string | undefined>> = process.env): string {
  const named = env['PROVENN_STATE'] ?? '';
  if (named !== '') return named;
  const local = env['LOCALAPPDATA'] ?? '';
  if (process.platform === 'win32' && local !== '') return join(local, 'provenn');
  const state = env['XDG_STATE_HOME'] ?? '';
  return join(state === '' ? join(homedir(), '.local', 'state') : state, 'provenn');
}
