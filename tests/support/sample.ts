import type { PageName, Pages } from '../../src/http/pages.ts';
import type { SamplePage } from './sample-pages.ts';

/** One filling of a page, shown as for a portal unless told otherwise. */
export function sample<Name extends PageName>(
  page: Name,
  variant: string,
  data: Pages[Name],
  { withPortal = true }: { readonly withPortal?: boolean } = {},
): SamplePage {
  // The compiler can't pair a generic name with its data in a union; the parameters already did.
  return { page, variant, data, withPortal } as unknown as SamplePage;
}
