import { expect, it } from 'vitest';
import { openThreads } from './threads.ts';
import { openThreads as openInPage } from './threads-web.ts';

it('threads are opened by number, and one thread needs none', async () => {
  const threads = await openThreads(2);
  expect(threads?.count).toBe(2);
  threads?.close();
  expect(await openThreads(1)).toBeNull();
  // Here is no isolated page.
  expect(await openInPage(2)).toBeNull();
  for (const open of [openThreads, openInPage])
    for (const count of [0, 17, 1.5, Number.NaN]) await expect(open(count)).rejects.toMatchObject({ code: 'USAGE' });
});
