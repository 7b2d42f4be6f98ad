import { fileURLToPath } from 'node:url';
import { type Assets, loadAssets } from '../../src/http/assets.ts';
import type { Messages } from '../../src/http/messages.ts';
import { createRenderer, type Deployment, type Renderer } from '../../src/http/render.ts';
import { createI18n, type Locale } from '../../src/platform/i18n.ts';
import { type SamplePage, samplePortal } from './sample-pages.ts';

const viewsDirectory = fileURLToPath(new URL('../../views', import.meta.url));

const sampleDeployment: Deployment = {
  name: 'Định Danh',
  helpUrl: 'https://trogiup.example.vn',
  helpEmail: 'hotro@example.vn',
};

export function sampleRenderer(deployment = sampleDeployment): {
  readonly renderer: Renderer;
  readonly assets: Assets;
} {
  const assets = loadAssets({
    assetsDirectory: `${viewsDirectory}/assets`,
    packagesDirectory: fileURLToPath(new URL('../../node_modules', import.meta.url)),
  });
  const renderer = createRenderer({
    viewsDirectory,
    i18n: createI18n({ directory: `${viewsDirectory}/locales` }),
    deployment,
    assetVersion: assets.version,
  });
  return { renderer, assets };
}

export function renderSample(renderer: Renderer, { page, data, withPortal }: SamplePage, locale: Locale): string {
  return renderer.renderPage(page, {
    locale,
    data,
    csrfToken: 'csrf-token',
    referenceId: '7K3M9QX2VB',
    selfUrl: '/here?step=1',
    portal: withPortal ? samplePortal : undefined,
  });
}

const circumstances = {
  email: 'nguyen.thi.my.huong@example.vn',
  at: new Date('2026-11-22T03:04:00Z'),
  device: { browser: 'Firefox', system: 'Windows' },
  ipAddress: '192.0.2.7',
  portalName: samplePortal.name,
};
const mailedCode = { ...circumstances, code: '7K3M9QX2', validMinutes: 10 };
const waitingRecovery = {
  ...circumstances,
  readyAt: new Date('2026-11-25T03:04:00Z'),
  endsAt: new Date('2026-12-06T03:04:00Z'),
  stopUrl: 'https://dinhdanh.example/account/stop-recovery/abc',
};

const mandateNews = { ...circumstances, organizationName: 'Công ty Cổ phần Chè Mây Trắng' };

/** Every mail with invented data. */
export const sampleMessages: Messages = {
  'registration-code': mailedCode,
  'already-registered': { ...circumstances, signInUrl: 'https://dinhdanh.example/in' },
  'recovery-code': mailedCode,
  'no-account': circumstances,
  'sign-in-code': mailedCode,
  'email-change-code': mailedCode,
  'email-changed': {
    ...circumstances,
    newEmail: 'huong.moi@example.vn',
    undoUrl: 'https://dinhdanh.example/undo?token=abc&x=1',
    undoDays: 14,
  },
  'recovery-waiting': waitingRecovery,
  'recovery-reminder': waitingRecovery,
  'recovery-ready': waitingRecovery,
  'reclaim-waiting': { ...waitingRecovery, eidName: 'VNeID' },
  'reclaim-reminder': { ...waitingRecovery, eidName: 'VNeID' },
  'reclaim-ready': { ...waitingRecovery, eidName: 'VNeID' },
  'reclaim-signed-in': { ...waitingRecovery, eidName: 'VNeID' },
  'account-reclaimed': { ...circumstances, eidName: 'VNeID', recoverUrl: 'https://dinhdanh.example/recover' },
  'password-changed': { ...circumstances, recoverUrl: 'https://dinhdanh.example/recover' },
  'authenticator-added': {
    ...circumstances,
    method: 'passkey',
    reportUrl: 'https://dinhdanh.example/account/not-me/token',
    reportDays: 14,
  },
  'authenticator-removed': { ...circumstances, method: 'totp', recoverUrl: 'https://dinhdanh.example/recover' },
  'identity-linked': {
    ...circumstances,
    eidName: 'VNeID',
    reportUrl: 'https://dinhdanh.example/account/not-me/token',
    reportDays: 14,
  },
  'identity-changed': { ...circumstances, eidName: 'VNeID' },
  'identity-withdrawn': { ...circumstances, eidName: 'VNeID' },
  'identity-removed': { ...circumstances, eidName: 'VNeID', recoverUrl: 'https://dinhdanh.example/recover' },
  'passkey-copied': { ...circumstances, recoverUrl: 'https://dinhdanh.example/recover' },
  recovered: { ...circumstances, recoverUrl: 'https://dinhdanh.example/recover' },
  'email-change-undone': { ...circumstances, recoverUrl: 'https://dinhdanh.example/recover' },
  'new-device': { ...circumstances, reportUrl: 'https://dinhdanh.example/account/not-me/abc', reportDays: 14 },
  'device-reported': { ...circumstances, recoverUrl: 'https://dinhdanh.example/recover' },
  'mandate-consent-asked': { ...mandateNews, askerName: 'Nguyễn Thị Hoà', answerDays: 30 },
  'mandate-consent-agreed': mandateNews,
  'mandate-established': mandateNews,
  'mandate-in-review': mandateNews,
  'mandate-suspended': { ...mandateNews, reason: 'officer-left' },
  'mandate-ended': { ...mandateNews, reason: 'by-yourself' },
  'mandate-refused': { ...mandateNews, reason: 'declined' },
};
