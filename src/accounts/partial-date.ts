/** A date as precisely as it is known: `1965`, `1965-10` or `1965-10-03`. */
export type PartialDate = string & { readonly __brand: 'PartialDate' };
