import type { Identity } from '../../../examples/portal/views/layout.ts';

/** A portal of an invented province. */
export const province: Identity = {
  name: {
    vi: 'Cổng dịch vụ công tỉnh An Hòa',
    en: 'An Hòa Province Public Services',
    fr: 'Services publics de la province d’An Hòa',
  },
  agency: { vi: 'Ủy ban nhân dân tỉnh An Hòa', en: 'People’s Committee of An Hòa', fr: 'Comité populaire d’An Hòa' },
  summary: {
    vi: 'Nộp hồ sơ và theo dõi thủ tục hành chính trong tỉnh.',
    en: 'Submit and follow administrative procedures of the province.',
    fr: 'Déposez et suivez vos démarches administratives dans la province.',
  },
  theme: 'jade',
  otherPortal: undefined,
};

/** A portal of an invented tax agency, in another sector. */
export const tax: Identity = {
  name: { vi: 'Cổng thuế điện tử', en: 'Electronic Tax Portal', fr: 'Portail fiscal électronique' },
  agency: { vi: 'Cơ quan Thuế Minh Châu', en: 'Minh Châu Tax Agency', fr: 'Agence fiscale Minh Châu' },
  summary: { vi: 'Khai và nộp thuế.', en: 'Declare and pay taxes.', fr: 'Déclarez et payez vos impôts.' },
  theme: 'plum',
  otherPortal: undefined,
};
