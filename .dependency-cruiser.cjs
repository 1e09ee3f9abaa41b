/**
 * Who may import whom. The table is the architecture: a room lists every other room it may import, and anything it
 * does not list is an error. Tests beside the sources, and the shared suites of laws, are exempt from the table.
 */
const stages = ['onnx', 'quantize', 'runtime', 'compile', 'backends'];
const libraryRooms = ['base', 'artifact', 'gadgets', 'ops', ...stages, 'verify', 'audit'];

const table = {
  base: [],
  artifact: ['base'],
  gadgets: ['base', 'artifact'],
  ops: ['base', 'artifact', 'gadgets'],
  onnx: ['base', 'artifact', 'ops'],
  quantize: ['base', 'artifact', 'ops'],
  runtime: ['base', 'artifact', 'ops'],
  compile: ['base', 'artifact', 'ops', 'gadgets'],
  backends: ['base', 'artifact', 'gadgets'],
  verify: ['base', 'artifact', 'backends'], // narrowed to the verifier halves below
  second: [], // the second verifier: shares no code with the first
  audit: ['base', 'artifact', 'gadgets', ...stages, 'verify'],
  pipeline: [...libraryRooms, 'second'],
  page: ['base', 'artifact', 'pipeline', 'verify', 'audit'],
  serve: ['base', 'artifact', 'pipeline', 'verify', 'audit'],
  cli: ['base', 'artifact', 'pipeline', 'verify', 'audit', 'serve'],
};

const rooms = Object.keys(table);
const tests = '[.]test[.]ts$|(^|[/.-])laws[.]ts$';
const nodeEdges = '^src/(cli|serve)/|/node/';
const npm = (...names) => `(^|/)node_modules/(${names.join('|')})/`;

/** Everything under src except tests, further narrowed by `path`. */
const source = (path = '^src/', except = '') => ({ path, pathNot: except === '' ? tests : `${tests}|${except}` });

const rule = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

const roomRules = rooms.map((room) =>
  rule(
    `room-${room}`,
    `src/${room} may import: ${table[room].join(', ') || 'no other room'}.`,
    source(`^src/${room}/`),
    {
      path: '^src/',
      pathNot: `^src/(${[room, ...table[room]].join('|')})/`,
    },
  ),
);

module.exports = {
  forbidden: [
    ...roomRules,
    rule(
      'room-unknown',
      'A new top-level folder needs a line in the table.',
      source(`^src/(?!(${rooms.join('|')})/)[^/]+/`),
      {},
    ),
    rule('index-is-library', 'The package entry exports the library, not its edges.', source('^src/[^/]+[.]ts$'), {
      path: '^src/(cli|serve)/',
    }),
    rule(
      'op-imports-no-op',
      'An operator is one folder; shared parts live in src/ops/*.ts.',
      source('^src/ops/([^/]+)/'),
      {
        path: '^src/ops/[^/]+/',
        pathNot: '^src/ops/$1/',
      },
    ),
    rule(
      'backend-imports-no-backend',
      'Backends share gadgets and artefacts, never each other.',
      source('^src/backends/([^/]+)/'),
      {
        path: '^src/backends/[^/]+/',
        pathNot: '^src/backends/$1/',
      },
    ),
    rule(
      'verify-imports-verifier-halves',
      'From a backend, verify takes only what a verifier is made of.',
      source('^src/verify/'),
      {
        path: '^src/backends/[^/]+/',
        pathNot: '^src/backends/[^/]+/(verifier[^/]*|config|proof|soundness)([.]ts$|/)',
      },
    ),
    rule(
      'verifier-reaches-no-prover',
      'Nothing a verifier loads, however indirectly and types included, may come from the proving side.',
      source('^src/verify/|^src/backends/[^/]+/verifier'),
      {
        path: '^src.*(prover|witness|assign|execute|/runtime/|/compile/|/onnx/|/quantize/|/ops/)',
        reachable: true,
      },
    ),
    rule('node-only-at-the-edges', 'Node built-ins: cli, serve and folders named node/.', source('^src/', nodeEdges), {
      dependencyTypes: ['core'],
    }),
    rule(
      'onnxruntime-only-in-node',
      'onnxruntime-node is optional and native: folders named node/.',
      source('^src/', '/node/'),
      {
        path: npm('onnxruntime-[^/]+'),
      },
    ),
    rule('commander-only-in-cli', 'Only the command line parses arguments.', source('^src/', '^src/cli/'), {
      path: npm('commander'),
    }),
    rule('snarkjs-only-in-groth16', 'snarkjs belongs to one backend.', source('^src/', '^src/backends/groth16/'), {
      path: npm('snarkjs', 'circomlibjs'),
    }),
    rule('http-only-in-serve', 'HTTP libraries belong to the service.', source('^src/', '^src/serve/'), {
      path: npm('fastify', '@fastify/[^/]+'),
    }),
    rule('no-dev-dependency', 'Shipped code may not need what users do not install.', source(), {
      dependencyTypes: ['npm-dev'],
      dependencyTypesNot: ['npm', 'npm-optional', 'npm-peer'],
    }),
    rule(
      'no-unlisted-dependency',
      'Every package is listed in package.json.',
      { path: '^src/' },
      {
        dependencyTypes: ['npm-no-pkg', 'npm-unknown'],
      },
    ),
    rule('no-test-from-source', 'Shipped code never imports tests.', source(), { path: tests }),
    rule('stay-in-src', 'Shipped code never imports from outside src.', source(), {
      pathNot: '^src/|(^|/)node_modules/',
      dependencyTypes: ['local'],
    }),
    rule('no-circular', 'No cycles, type-only ones included.', { path: '^src/' }, { circular: true }),
    rule('no-unresolvable', 'Every import resolves.', {}, { couldNotResolve: true }),
    rule(
      'no-orphans',
      'A module nobody imports is dead, unless it is an entry.',
      { orphan: true, path: '^src/', pathNot: `${tests}|(^|/)(index|[^/]*main|[^/]*worker)[.]ts$|[.]d[.]ts$` },
      {},
    ),
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|coverage)/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.mjs', '.json', '.d.ts'],
    },
  },
};
