/** Who may import whom: only from a lower rank. Files directly in src/ are the composition root. */
export const ranks: Readonly<Record<string, number>> = {
  platform: 0,
  http: 1,
  audit: 1,
  jobs: 1,
  registries: 1,
  accounts: 2,
  organizations: 2,
  'relying-parties': 2,
  authenticators: 3,
  'identity-proofing': 3,
  authentication: 4,
  representation: 4,
  oidc: 5,
  'self-service': 6,
  config: 7,
  database: 7,
  demo: 7,
  cli: 7,
  root: 7,
};
export const compositionRank = 7;

/** What a folder shows to the folders above it, besides `module.ts`. The composition root may reach further. */
export const publicFiles: Readonly<Record<string, readonly string[]>> = {
  http: [
    'answer-page',
    'authenticator-pages',
    'cookie-signatures',
    'csrf',
    'error-pages',
    'form-problem',
    'forms',
    'identity-pages',
    'pages',
    'path-cookie',
    'render',
    'representation-pages',
    'request-context',
    'route',
    'security-headers',
    'see-other',
    'step-form',
  ],
  audit: ['audit-event', 'audit-log', 'was-used-since'],
  jobs: ['job'],
  accounts: [
    'account',
    'compare-identities',
    'email-address',
    'ial',
    'lock-account',
    'mailed-codes',
    'person-name',
    'personal-number',
    'ports',
    'profile',
    'reclaim',
    'reclaim-rules',
    'recovery-rules',
    'sign-ins',
    'unaddressed-account',
    'verified-identity',
    'verified-identity-repository',
  ],
  registries: ['check-digits', 'legal-entity'],
  organizations: ['organization', 'organization-repository', 'registration-number', 'shown-number'],
  'identity-proofing': ['eid-connector', 'identity-place', 'identity-proof', 'reclaim-account', 'shown-identity'],
  'relying-parties': ['client-metadata', 'consent-record', 'relying-party'],
  authenticators: [
    'authenticator-list',
    'authenticator-page',
    'authenticator.forms',
    'enrolled-repository',
    'passkey',
    'password',
    'password-policy',
    'password-problem',
    'password-repository',
    'recovery-code',
    'totp',
  ],
  authentication: [
    'acr-values',
    'assurance',
    'evidence',
    'known-device',
    'login-transaction',
    'next-step',
    'prove-password',
    'prove-second-factor',
    'source-allowance',
    'step-up',
    'still-held',
    'take-allowance',
    'throttle',
  ],
  representation: ['establish-result', 'held-mandate', 'mandate-state', 'match-criteria', 'powers'],
  oidc: ['account-sessions', 'device-cookie', 'signed-in'],
};

type Door = {
  readonly packages: readonly string[];
  readonly open: readonly RegExp[];
  /** Where the package's types may be named too, with the reason beside it. */
  readonly openForTypes?: readonly RegExp[];
};

/** One door per dependency. */
export const doors: readonly Door[] = [
  { packages: ['oidc-provider'], open: [/^src\/oidc\//] },
  { packages: ['@koa/router'], open: [/^src\/http\/create-app\.ts$/] },
  {
    packages: ['koa'],
    open: [/^src\/http\//],
    openForTypes: [
      /\.routes\.ts$/,
      /^src\/(compose|observe)\.ts$/,
      // What the routes of a login, or of the account's pages, share: each ends in a response.
      /^src\/(oidc|self-service)\//,
    ],
  },
  {
    packages: ['typeorm'],
    open: [/^src\/database\//, /^migrations\//, /\.entity\.ts$/, /-repository\.ts$/],
    // The name everybody else has for TypeORM's EntityManager.
    openForTypes: [/^src\/platform\/transaction\.ts$/],
  },
  {
    packages: ['pg'],
    open: [/^src\/database\//, /^src\/platform\/embedded-database/],
    // The job queue is handed our client class.
    openForTypes: [/^src\/jobs\/module\.ts$/],
  },
  { packages: ['pg-boss'], open: [/^src\/jobs\//] },
  { packages: ['@simplewebauthn/server'], open: [/^src\/authenticators\/passkey(-[a-z]+)?\.ts$/] },
  { packages: ['argon2'], open: [/^src\/authenticators\/password\.ts$/] },
  { packages: ['bcrypt'], open: [/^src\/authenticators\/foreign-hash\.ts$/] },
  { packages: ['otpauth'], open: [/^src\/authenticators\/totp\.ts$/] },
  { packages: ['qrcode'], open: [/^src\/authenticators\/totp-qr\.ts$/] },
  { packages: ['@zxcvbn-ts/core'], open: [/^src\/authenticators\/password-policy\.ts$/] },
  // Megabytes of words, which the policy is handed.
  { packages: ['@zxcvbn-ts/language-common'], open: [/^src\/compose-people\.ts$/] },
  { packages: ['openid-client'], open: [/^src\/identity-proofing\//] },
  { packages: ['jose'], open: [/^src\/oidc\//] },
  { packages: ['eta'], open: [/^src\/http\/render\.ts$/] },
  { packages: ['i18next'], open: [/^src\/platform\/i18n\.ts$/] },
  { packages: ['raw-body'], open: [/^src\/http\/forms\.ts$/] },
  { packages: ['pino'], open: [/^src\/platform\/logger\.ts$/] },
  { packages: ['prom-client'], open: [/^src\/platform\/metrics\.ts$/] },
  { packages: ['commander'], open: [/^src\/cli\//] },
  // The ways out: fetching, mailing, asking name servers. The operator's doctor looks at what is outside as it is.
  { packages: ['undici'], open: [/^src\/platform\/http-client\.ts$/] },
  { packages: ['nodemailer'], open: [/^src\/platform\/mailer\.ts$/] },
  { packages: ['node:dns'], open: [/^src\/platform\/resolve-host\.ts$/] },
  { packages: ['node:https', 'node:http2', 'node:dgram'], open: [] },
  { packages: ['node:tls'], open: [/^src\/cli\/doctor/] },
  {
    packages: ['node:http'],
    open: [/^src\/listen\.ts$/],
    // The request as the engine takes it.
    openForTypes: [/^src\/http\//, /^src\/oidc\/module\.ts$/],
  },
  {
    packages: ['node:net'],
    open: [/^src\/platform\/(http-client|public-address)\.ts$/, /^src\/platform\/embedded-database\//],
    openForTypes: [/^src\/listen\.ts$/],
  },
];

/** What only one file may use, wherever it stands in the text. */
export const words: readonly { readonly word: RegExp; readonly open: readonly RegExp[] }[] = [
  { word: /\bprocess\.env\b/, open: [/^src\/config\/load\.ts$/] },
  { word: /\bnew Date\(\)|\bDate\.now\(/, open: [/^src\/platform\/clock\.ts$/] },
  { word: /(?<![.\w])(?:globalThis\.)?fetch\(/, open: [] },
  { word: /\bnew WebSocket\(|\bnew EventSource\(/, open: [] },
  { word: /\bprocess\.exit\(/, open: [/^src\/main\.ts$/] },
];
