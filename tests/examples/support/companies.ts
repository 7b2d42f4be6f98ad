import type { BusinessService } from '../../../examples/portal/business-service.ts';

const companies = {
  suongMai: { id: 'vn:9900100003', registration_number: '9900100003', name: 'CÔNG TY TRÀ SƯƠNG MAI' },
  luaVang: { id: 'vn:9900144681', registration_number: '9900144681', name: 'CÔNG TY KẾ TOÁN LÚA VÀNG' },
};

/** The claims of a person who may do everything here for a company, with these changes of `representation`. */
export function claimsOf(
  company: keyof typeof companies,
  { organization = {}, ...representation }: { readonly organization?: object; readonly [claim: string]: unknown } = {},
): Readonly<Record<string, unknown>> {
  return {
    organization: { ...companies[company], country: 'VN', status: 'active', ...organization },
    representation: {
      basis: 'statutory',
      powers: ['tax:file', 'an-hoa:license'],
      exercise: 'sole',
      status: 'current',
      ...representation,
    },
  };
}

const inAll = (text: string) => ({ vi: text, en: text, fr: text });

/** A service that takes a power, of which one thing is typed, and which can be left until tomorrow. */
export const service: BusinessService = {
  key: 'tax-return',
  name: inAll('File a return'),
  summary: inAll('Once a month.'),
  power: { code: 'tax:file', name: inAll('File returns') },
  acceptsStale: false,
  canWait: true,
  fields: [{ name: 'period', kind: 'text', label: inAll('Period'), hint: inAll('10/2026') }],
};
