import unicorn from 'eslint-plugin-unicorn';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** Everywhere: no default exports and no barrels, so that an import path tells where a thing lives. */
const STRUCTURE = [
  {
    selector: 'ExportDefaultDeclaration',
    message: 'Export by name: a default export has no name to search for.',
  },
  {
    selector: "ExportSpecifier[exported.name='default']",
    message: 'Export by name: a default export has no name to search for.',
  },
  { selector: 'ExportAllDeclaration', message: 'No barrel files: import from where it lives.' },
  { selector: 'ExportNamedDeclaration[source]', message: 'No re-exports: import from where it lives.' },
];

const TIME = 'Time is an argument in core.';

/** In core: time, randomness and the outside are arguments. */
const PURE = [
  { selector: "MemberExpression[object.name='Date'][property.name='now']", message: TIME },
  { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: TIME },
  { selector: "CallExpression[callee.name='Date']", message: TIME },
  {
    selector: "MemberExpression[object.name='Math'][property.name='random']",
    message: 'Randomness is an argument in core.',
  },
  { selector: 'ImportExpression', message: 'Core imports at the top of a file, where the map is checked.' },
];

const OUTSIDE = [
  'process',
  'fetch',
  'console',
  'crypto',
  'performance',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'clearTimeout',
  'clearInterval',
  'queueMicrotask',
  'require',
  'Buffer',
  'globalThis',
  'global',
].map((name) => ({ name, message: 'Core is pure: what it needs from outside is an argument.' }));

export default defineConfig(
  { ignores: ['dist/', 'node_modules/', 'coverage/', 'bench/', '**/aside-*/'] },
  {
    linterOptions: { reportUnusedDisableDirectives: 'error' },
  },
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { unicorn },
    rules: {
      'unicorn/filename-case': ['error', { case: 'kebabCase' }],
      'unicorn/prefer-node-protocol': 'error',
      'no-restricted-syntax': ['error', ...STRUCTURE],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      // A leading underscore says: here for the shape, not for use.
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrors: 'none' },
      ],
      // Branches over `noUncheckedIndexedAccess` values are what that option is for.
      '@typescript-eslint/no-unnecessary-condition': 'off',
    },
  },
  {
    files: ['src/core/**/*.ts'],
    ignores: ['**/*.test.ts'],
    rules: {
      'no-restricted-syntax': ['error', ...STRUCTURE, ...PURE],
      'no-restricted-globals': ['error', ...OUTSIDE],
      'no-restricted-imports': ['error', { patterns: [{ group: ['node:*'], message: 'Core is pure.' }] }],
    },
  },
  {
    // Vitest reads its configuration from a default export.
    files: ['*.config.ts'],
    rules: { 'no-restricted-syntax': 'off' },
  },
);
