/** What a bundle says of itself, for `inspect`: nothing of it is checked. */
import type { Json } from '../base/canonical-json.ts';
import { type Members, memberPaths } from './bundle.ts';
import { openStatement } from './dsse.ts';
import { inOrder } from './paths.ts';
import { readStatement } from './statement.ts';

/** Facts in the order in which people want them. */
export function bundleFacts(members: Members): readonly (readonly [name: string, value: Json])[] {
  const statement = members.get(memberPaths.statement);
  const opened = statement === undefined ? null : openStatement(statement);
  const words = opened === null ? null : readStatement(opened.payload);
  const list = inOrder(members).map(([path, { length }]) => `${path} (${length} bytes)`);
  return [
    ['members', list],
    ['statement', words === null ? 'none that can be read' : 'in-toto Statement v1'],
    ['signed', opened === null || opened.signature === null ? 'by nobody' : `by a key named ${opened.hint}`],
    ...(words === null
      ? []
      : ([
          ['made', words.createdAt],
          ['expires', words.expiresAt ?? 'never'],
          ['audience', words.audience ?? 'none'],
        ] as const)),
    ['checked', 'no: run provenn audit check'],
  ];
}
