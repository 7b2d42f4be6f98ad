import type { ListedAuthenticator, PasskeyCeremony } from '../../src/http/authenticator-pages.ts';
import { sample } from './sample.ts';
import type { SamplePage } from './sample-pages.ts';

/** For `navigator.credentials.create`, as the server writes it. */
const passkey: PasskeyCeremony = {
  action: '/passkey',
  options: JSON.stringify({
    rp: { id: 'dinhdanh.example', name: 'Định Danh' },
    user: { id: 'aHVvbmc', name: 'nguyen.thi.my.huong@example.vn', displayName: 'Nguyễn Thị Mỹ Hường' },
    challenge: 'Zm9yIGEgc2FtcGxlIHBhZ2Ugb25seSwgbm90IHNlY3JldA',
    pubKeyCredParams: [{ type: 'public-key', alg: -7 }],
    excludeCredentials: [],
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    timeout: 300_000,
    attestation: 'none',
  }),
};

// As the drawing of a code is: dark on white, without style or size. It leads nowhere.
const finder = 'h7m-7 1h1m5 0h1m-7 1h1m1 0h3m1 0h1m-7 1h1m1 0h3m1 0h1m-7 1h1m1 0h3m1 0h1m-7 1h1m5 0h1m-7 1h7';
const qrSvg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 29 29" shape-rendering="crispEdges"><path fill="#ffffff" d="M0 0h29v29H0z"/><path stroke="#000000" d="M4 4.5${finder}M18 4.5${finder}M4 18.5${finder}M13 6.5h1m1 0h2m-5 5h3m2 0h1m3 0h4m-16 4h2m4 0h1m5 0h3m-11 4h3m2 0h5m-9 3h1m3 0h2"/></svg>`;

const addTotp = {
  action: '/totp',
  qrSvg,
  appUrl: 'otpauth://totp/%C4%90%E1%BB%8Bnh%20Danh:huong?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP',
  secret: 'JBSW Y3DP EHPK 3PXP JBSW Y3DP EHPK 3PXP',
  sealed: 'sealed-offer',
  cancelUrl: '/sign-in-methods',
} as const;
const addPasskey = { kind: 'passkey', passkey, cancelUrl: '/sign-in-methods' } as const;

const app: ListedAuthenticator = {
  url: '/authenticators/1',
  name: 'Điện thoại của tôi',
  method: 'totp',
  added: '22/11/2026',
  lastUsed: undefined,
};
const syncedPasskey: ListedAuthenticator = {
  url: '/authenticators/2',
  name: 'Trình quản lý mật khẩu của trình duyệt ở nhà',
  method: 'passkey',
  synced: true,
  added: '01/09/2026',
  lastUsed: '21/11/2026',
};
const devicePasskey: ListedAuthenticator = {
  url: '/authenticators/3',
  name: 'Laptop-cơ-quan-Nguyễn-Thị-Mỹ-Hường-phòng-kế-toán-tầng-7',
  method: 'passkey',
  synced: false,
  added: '02/09/2026',
  lastUsed: '02/09/2026',
};
const securityKey: ListedAuthenticator = {
  url: '/authenticators/4',
  name: 'Khóa trên chùm chìa khóa',
  method: 'security-key',
  added: '03/09/2026',
  lastUsed: '20/11/2026',
};

const methods = {
  hasPassword: true,
  changePasswordUrl: '/password',
  addUrls: { passkey: '/add/passkey', totp: '/add/totp', securityKey: '/add/security-key' },
  renewCodesUrl: '/recovery-codes',
  eids: [],
  identityUrl: '/account/identity',
  homeUrl: '/account',
} as const;
const one = { renameAction: '/rename', backUrl: '/sign-in-methods' } as const;
const own = { withPortal: false } as const;

/** What somebody signs in with: adding it, keeping it, taking it away. */
export const sampleAuthenticatorPages: readonly SamplePage[] = [
  sample('authenticators/add-totp', 'plain', addTotp),
  sample('authenticators/add-totp', 'wrong', { ...addTotp, name: 'iPhone', problem: { kind: 'wrong-factor-code' } }),
  sample('authenticators/add-totp', 'offer-over', { ...addTotp, problem: { kind: 'offer-over' } }, own),
  sample('authenticators/add-totp', 'too-many', { ...addTotp, problem: { kind: 'too-many-authenticators' } }, own),
  sample('authenticators/add-passkey', 'passkey', addPasskey),
  sample('authenticators/add-passkey', 'security-key', { ...addPasskey, kind: 'security-key' }, own),
  sample(
    'authenticators/add-passkey',
    'malformed-name',
    { ...addPasskey, name: 'Máy tính ở nhà', problem: { kind: 'malformed-name' } },
    own,
  ),
  sample('authenticators/add-passkey', 'already-added', { ...addPasskey, problem: { kind: 'already-added' } }, own),
  sample(
    'authenticators/add-passkey',
    'cooling-down',
    { ...addPasskey, problem: { kind: 'cooling-down', remainingSeconds: 190_000 } },
    own,
  ),
  sample('authenticators/recovery-codes', 'plain', {
    codes: Array.from({ length: 10 }, (_, index) => `7K3M 9QX2 VB4T 1A${index}C`),
    continueUrl: '/on',
  }),
  sample(
    'accounts/sign-in-methods',
    'none',
    { ...methods, authenticators: [], recoveryCodes: undefined, notice: 'removed' },
    own,
  ),
  sample(
    'accounts/sign-in-methods',
    'several',
    {
      ...methods,
      authenticators: [app, syncedPasskey, devicePasskey, securityKey],
      recoveryCodes: { unused: 8, total: 10 },
      notice: 'added',
    },
    own,
  ),
  sample(
    'accounts/sign-in-methods',
    'passwordless',
    {
      ...methods,
      hasPassword: false,
      authenticators: [syncedPasskey],
      recoveryCodes: { unused: 2, total: 10 },
      coolingDownSeconds: 190_000,
      notice: 'renamed',
    },
    own,
  ),
  sample(
    'accounts/sign-in-methods',
    'passwordless-none',
    {
      ...methods,
      hasPassword: false,
      authenticators: [],
      eids: ['VNeID', 'FranceConnect'],
      recoveryCodes: undefined,
    },
    own,
  ),
  sample('accounts/authenticator', 'app', { ...one, authenticator: app, removeUrl: '/remove' }, own),
  sample('accounts/authenticator', 'last', { ...one, authenticator: devicePasskey, whyNotRemovable: 'last' }, own),
  sample(
    'accounts/authenticator',
    'malformed-name',
    { ...one, authenticator: securityKey, whyNotRemovable: 'cooling-down', problem: { kind: 'malformed-name' } },
    own,
  ),
  sample('accounts/remove-authenticator', 'app', { action: '/remove', authenticator: app, cancelUrl: '/back' }, own),
  sample(
    'accounts/remove-authenticator',
    'passkey',
    { action: '/remove', authenticator: devicePasskey, cancelUrl: '/back' },
    own,
  ),
  sample(
    'accounts/remove-authenticator',
    'security-key',
    { action: '/remove', authenticator: securityKey, cancelUrl: '/back' },
    own,
  ),
  sample('accounts/renew-recovery-codes', 'first', { action: '/renew', hasOld: false, cancelUrl: '/back' }, own),
  sample('accounts/renew-recovery-codes', 'again', { action: '/renew', hasOld: true, cancelUrl: '/back' }, own),
];
