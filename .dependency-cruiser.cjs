/** Who may import whom: the map in docs/architecture.md as rules. */
const CORE_ORDER = [
  ['domain', []],
  ['indicators', ['domain']],
  ['metrics', ['domain']],
  ['market', ['domain', 'indicators']],
  ['simulation', ['domain']],
  ['risk', ['domain', 'metrics', 'simulation']],
  ['strategies', ['domain', 'indicators', 'metrics', 'simulation', 'risk']],
  ['session', ['domain', 'indicators', 'metrics', 'simulation', 'risk', 'strategies']],
  ['arena', ['domain', 'indicators', 'metrics', 'simulation', 'risk', 'strategies', 'session']],
];

const TEST = '\\.test\\.ts$';

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-orphans',
      severity: 'error',
      from: { orphan: true, pathNot: ['\\.d\\.ts$', 'src/cli/(main|arena)\\.ts$'] },
      to: {},
    },
    ...CORE_ORDER.map(([folder, below]) => ({
      name: `core-${folder}-imports-down`,
      severity: 'error',
      from: { path: `^src/core/${folder}/`, pathNot: TEST },
      to: { path: '^src/', pathNot: `^src/core/(${[folder, ...below].join('|')})/` },
    })),
    {
      name: 'core-is-pure',
      comment: 'No Node built-ins in core, and only the packages that are named here.',
      severity: 'error',
      from: { path: '^src/core/', pathNot: TEST },
      to: { path: '.', pathNot: ['^src/core/', 'node_modules/zod/', 'node_modules/@stdlib/'] },
    },
    {
      name: 'strategy-families-apart',
      severity: 'error',
      from: { path: '^src/core/strategies/([^/]+)/', pathNot: TEST },
      to: { path: '^src/core/strategies/([^/]+)/', pathNot: '^src/core/strategies/$1/' },
    },
    {
      name: 'reporting-reads-core-only',
      severity: 'error',
      from: { path: '^src/reporting/', pathNot: TEST },
      to: { path: '^src/', pathNot: '^src/(core|reporting)/' },
    },
    {
      name: 'ports-know-core-types-only',
      severity: 'error',
      from: { path: '^src/ports/' },
      to: { path: '^src/', pathNot: '^src/(core|ports)/' },
    },
    {
      name: 'app-knows-no-adapter',
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
      name: 'only-wire-chooses-adapters',
      severity: 'error',
      from: { path: '^src/cli/', pathNot: ['^src/cli/wire\\.ts$', TEST] },
      to: { path: '^src/adapters/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|bench)/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default'] },
  },
};
