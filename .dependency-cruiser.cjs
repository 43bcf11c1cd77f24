/** Who may import whom. `test/architecture.test.ts` plants one violation of every rule and expects it to be found. */

/** Folders of core from the bottom up: a folder may import itself and every folder of a lower layer. */
const CORE_LAYERS = [
  ['domain'],
  ['indicators', 'simulation', 'risk', 'metrics', 'market', 'feed'],
  ['strategies'],
  ['promotion'],
  ['session'],
  ['kernel'],
  ['sweep'],
  ['arena'],
  ['deployment'],
];

/** Tests may import upwards and read files: they look at the product from outside. */
const TEST = '\\.test\\.ts$';

const coreImportsDown = CORE_LAYERS.flatMap((layer, depth) =>
  layer.map((folder) => ({
    name: `core-${folder}-imports-down`,
    severity: 'error',
    from: { path: `^src/core/${folder}/`, pathNot: TEST },
    to: {
      path: '^src/core/',
      pathNot: `^src/core/(${[folder, ...CORE_LAYERS.slice(0, depth).flat()].join('|')})/`,
    },
  })),
);

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-orphans', severity: 'error', from: { orphan: true, pathNot: '\\.d\\.ts$' }, to: {} },
    {
      name: 'no-unresolvable-imports',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'core-folders-are-known',
      comment: 'A new folder of core takes its place in CORE_LAYERS, or no rule would look at it.',
      severity: 'error',
      from: {},
      to: { path: '^src/core/', pathNot: `^src/core/(${CORE_LAYERS.flat().join('|')})/` },
    },
    ...coreImportsDown,
    {
      name: 'core-is-pure',
      comment:
        'No Node built-ins in core, and only the packages that are named here. llm-trader knows the type of one port.',
      severity: 'error',
      from: { path: '^src/core/', pathNot: TEST },
      to: {
        path: '.',
        pathNot: ['^src/core/', '^src/ports/language-model\\.ts$', 'node_modules/(zod|@stdlib|mathjs)/'],
      },
    },
    {
      name: 'distributions-in-metrics-only',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/core/metrics/', TEST] },
      to: { path: 'node_modules/@stdlib/' },
    },
    {
      name: 'mathjs-in-formulas-only',
      comment: 'Its parser takes a quarter of a second to load: only whoever needs a formula pays for it.',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/core/strategies/formula/', TEST] },
      to: { path: 'node_modules/mathjs/' },
    },
    {
      name: 'sdks-are-loaded-late',
      comment: 'They take 50 and 140 ms to load: only a call of a language model pays for it.',
      severity: 'error',
      from: { path: '^src/', pathNot: TEST },
      to: { path: 'node_modules/(openai|@anthropic-ai/sdk)/', dynamic: false },
    },
    {
      name: 'queues-are-loaded-late',
      comment:
        'They take 15 to 120 ms to load: only who asks for threads or workers pays for it. Types cost nothing.',
      severity: 'error',
      from: { path: '^src/', pathNot: TEST },
      to: {
        path: 'node_modules/(bullmq|ioredis|piscina)/',
        dynamic: false,
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'ccxt-is-loaded-late',
      comment: 'It takes 0.2 to 0.8 s and 75 to 130 MB to load: only a live market pays for it.',
      severity: 'error',
      from: { path: '^src/', pathNot: TEST },
      to: { path: 'node_modules/ccxt/', dynamic: false },
    },
    {
      name: 'logs-are-loaded-late',
      comment: 'Only processes that run for long keep a log.',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/adapters/process-log/', TEST] },
      to: {
        path: ['node_modules/pino/', '^src/adapters/process-log/'],
        dynamic: false,
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'strategy-families-apart',
      comment: 'Only these two families combine others.',
      severity: 'error',
      from: {
        path: '^src/core/strategies/([^/]+)/',
        pathNot: [TEST, '^src/core/strategies/(regime-hybrid|ensemble)/'],
      },
      to: { path: '^src/core/strategies/([^/]+)/', pathNot: '^src/core/strategies/$1/' },
    },
    {
      name: 'ports-know-core-only',
      severity: 'error',
      from: { path: '^src/ports/' },
      to: { path: '.', pathNot: '^src/(core|ports)/' },
    },
    {
      name: 'reporting-knows-core-only',
      severity: 'error',
      from: { path: '^src/reporting/', pathNot: TEST },
      to: { path: '^src/', pathNot: '^src/(core|reporting)/' },
    },
    {
      name: 'app-knows-core-ports-and-reporting',
      severity: 'error',
      from: { path: '^src/app/', pathNot: TEST },
      to: { path: '^src/', pathNot: '^src/(app|core|ports|reporting)/' },
    },
    {
      name: 'adapters-know-ports-and-domain',
      severity: 'error',
      from: { path: '^src/adapters/', pathNot: TEST },
      to: { path: '^src/', pathNot: '^src/(ports|core/domain|adapters)/' },
    },
    {
      name: 'adapter-folders-apart',
      severity: 'error',
      from: { path: '^src/adapters/([^/]+)/', pathNot: TEST },
      to: { path: '^src/adapters/([^/]+)/', pathNot: '^src/adapters/$1/' },
    },
    {
      name: 'dashboard-knows-no-cli',
      severity: 'error',
      from: { path: '^src/dashboard/', pathNot: TEST },
      to: { path: '^src/cli/' },
    },
    {
      name: 'only-wire-chooses-adapters',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/adapters/', '^src/cli/wire(-candles)?\\.ts$', TEST] },
      to: { path: '^src/adapters/' },
    },
    {
      name: 'product-knows-no-tests-or-scripts',
      severity: 'error',
      from: { path: '^src/', pathNot: TEST },
      to: { path: ['^(test|scripts)/', TEST] },
    },
    {
      name: 'product-ships-its-packages',
      comment: 'A development package is not there when somebody installs the product.',
      severity: 'error',
      from: { path: '^src/', pathNot: TEST },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    // Imports of types count: a type is knowledge too.
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default'],
    },
  },
};
