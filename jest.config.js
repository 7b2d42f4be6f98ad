/** @type {import('jest').Config} */
const config = {
  testMatch: ['<rootDir>/tests/**/*.test.ts'],
  testEnvironment: 'node',
  globalSetup: '<rootDir>/tests/support/global-setup.ts',
  globalTeardown: '<rootDir>/tests/support/global-teardown.ts',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '\\.ts$': ['@swc/jest', { jsc: { target: 'es2024', parser: { syntax: 'typescript' } }, module: { type: 'es6' } }],
  },
  maxWorkers: 2,
  testTimeout: 120_000,
};
export default config;
