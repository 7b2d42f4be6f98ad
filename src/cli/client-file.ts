import { z } from 'zod';
import { isProduction } from '../config/load.ts';
import { scopesSupported } from '../oidc/scopes-and-claims.ts';
import { toAssuranceMetadata } from '../relying-parties/client-metadata.ts';
import { relyingPartyForm } from '../relying-parties/relying-party.forms.ts';
import type { RelyingParty } from '../relying-parties/relying-party.ts';
import { readForm } from './terminal.ts';

/** Reads a portal's file: the sector says whose portal it is; the rest is the registration as the product knows it. */
export function readClientFile(file: string) {
  const { sector } = readForm(file, z.looseObject({ sector: z.string() }));
  const registration = relyingPartyForm({ development: !isProduction(), scopes: scopesSupported });
  const form = z
    .looseObject({})
    .transform(({ sector: _sector, ...rest }) => rest)
    .pipe(registration);
  return { sector, registration: readForm(file, form) };
}

/** What such a file says of a registered portal; reading it back registers the same. Secrets aren't in it. */
export function toClientFile({
  sector,
  relyingParty,
}: {
  readonly sector: string;
  readonly relyingParty: RelyingParty;
}) {
  const { clientId, profile, legacy, name, metadata, assurance, release, releaseVersion, resources } = relyingParty;
  const { claimsPreset, acting } = relyingParty;
  return {
    clientId,
    sector,
    profile,
    legacy,
    name,
    metadata,
    assurance: toAssuranceMetadata(assurance),
    acting: { as_self: acting.asSelf, joint: acting.joint },
    ...(claimsPreset && { claimsPreset }),
    release,
    releaseVersion,
    resources,
  };
}
