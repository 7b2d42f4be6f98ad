import { describe, expect, it } from '@jest/globals';
import { smtpServerOf } from '../../src/platform/smtp-url.ts';

describe('the address of a mail server', () => {
  it.each([
    ['smtps://mail.example.vn', { port: 465, secure: true, requireTls: false }],
    ['smtp://mail.example.vn', { port: 587, secure: false, requireTls: true }],
    ['smtp://127.0.0.1:2525', { port: 2525, secure: false, requireTls: false }],
    ['smtp://dinhdanh:p%40ss@127.0.0.1', { requireTls: true, auth: { user: 'dinhdanh', pass: 'p@ss' } }],
  ])('%s', (text, server) => {
    expect(smtpServerOf(text)).toMatchObject(server);
  });
});
