import type { Ask } from './asks.ts';
import type { BusinessService } from './business-service.ts';

/** How the person comes to the company they act for. */
export type OrganizationChoice =
  /** As the provider sees fit: it asks, unless the person has told it before. */
  | { readonly kind: 'usual' }
  /** The person is asked, whatever they told before. */
  | { readonly kind: 'asked' }
  /** This one, which the person acted for here before: nobody is asked. */
  | { readonly kind: 'known'; readonly organizationId: string };

/**
 * What an authorization for this service asks for. With a known company it is silent, and `fallback` is the ordinary
 * request for when silence doesn't do.
 */
export function organizationAsk(
  { power, canWait }: BusinessService,
  choice: OrganizationChoice,
): { readonly ask: Ask; readonly fallback: Ask | undefined } {
  const usual = {
    scope: ['openid', 'profile', 'organization', ...(canWait ? ['offline_access'] : [])].join(' '),
    powers: power.code,
  };
  const asking = (parameters: Ask['parameters']): Ask => ({
    parameters,
    maxAgeSeconds: undefined,
    demandedAcr: undefined,
  });
  switch (choice.kind) {
    case 'usual':
      return { ask: asking(usual), fallback: undefined };
    case 'asked':
      return { ask: asking({ ...usual, prompt: 'select_organization' }), fallback: undefined };
    case 'known': {
      const hinted = { ...usual, organization_hint: choice.organizationId };
      return { ask: asking({ ...hinted, prompt: 'none' }), fallback: asking(hinted) };
    }
  }
}
