import { expect, it } from '@jest/globals';
import { relocated } from '../support/relocate.ts';

it('moves every address once and whole', () => {
  const config = { first: 'http://localhost:4001', second: ['http://localhost:4002/callback', 'http://127.0.0.1:9/x'] };
  const moves = new Map([
    ['http://localhost:4001', 'http://localhost:40021'],
    ['http://localhost:4002', 'http://localhost:40017'],
  ]);
  expect(relocated(config, moves)).toEqual({
    first: 'http://localhost:40021',
    second: ['http://localhost:40017/callback', 'http://127.0.0.1:9/x'],
  });
});
