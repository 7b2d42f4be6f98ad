import { join } from 'node:path';
import type { Settings } from './config/schema.ts';
import { isTransient } from './database/retry.ts';
import { accentStylesheet } from './http/accent-colour.ts';
import { loadAssets, logoAssetOf, type OwnLook, ownStylesheet } from './http/assets.ts';
import { createErrorPages } from './http/error-pages.ts';
import { createRenderer } from './http/render.ts';
import { createI18n } from './platform/i18n.ts';
import type { Logger } from './platform/logger.ts';

const projectDirectory = join(import.meta.dirname, '..');
const viewsDirectory = join(projectDirectory, 'views');

function lookOf(settings: Settings): OwnLook {
  const { DINHDANH_ACCENT_LIGHT: light, DINHDANH_ACCENT_DARK: dark, DINHDANH_LOGO_FILE: logoFile } = settings;
  return { logoFile, stylesheet: light && dark ? accentStylesheet({ light, dark }) : undefined };
}

/** What people see: texts, pages, letters and the files beside them. */
export function composePages({ settings, logger }: { readonly settings: Settings; readonly logger: Logger }) {
  const i18n = createI18n({ directory: join(viewsDirectory, 'locales') });
  const look = lookOf(settings);
  const assets = loadAssets({
    assetsDirectory: join(viewsDirectory, 'assets'),
    packagesDirectory: join(projectDirectory, 'node_modules'),
    look,
  });
  const renderer = createRenderer({
    viewsDirectory,
    i18n,
    deployment: {
      name: settings.DINHDANH_NAME,
      helpUrl: settings.DINHDANH_HELP_URL,
      helpEmail: settings.DINHDANH_HELP_EMAIL,
      logo: logoAssetOf(look),
      stylesheet: look.stylesheet === undefined ? undefined : ownStylesheet,
    },
    assetVersion: assets.version,
  });
  const errorPages = createErrorPages({
    renderer,
    isUnavailable: isTransient,
    logFault: (error, { referenceId }) => logger.error('request failed', { referenceId, error }),
  });
  return { i18n, assets, renderer, errorPages };
}
