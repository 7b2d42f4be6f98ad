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
  restricted: {
    name: { vi: 'Đặt bản sao giấy tờ', en: 'Order a copy', fr: 'Commander une copie' },
    field: { vi: 'Giấy tờ nào?', en: 'Of which document?', fr: 'De quel document ?' },
  },
  theme: 'jade',
  otherPortal: undefined,
};

/** A portal of an invented tax agency, in another sector. */
export const tax: Identity = {
  name: { vi: 'Cổng thuế điện tử', en: 'Electronic Tax Portal', fr: 'Portail fiscal électronique' },
  agency: { vi: 'Cơ quan Thuế Minh Châu', en: 'Minh Châu Tax Agency', fr: 'Agence fiscale Minh Châu' },
  summary: { vi: 'Khai và nộp thuế.', en: 'Declare and pay taxes.', fr: 'Déclarez et payez vos impôts.' },
  restricted: {
    name: { vi: 'Đổi tài khoản', en: 'Change the bank account', fr: 'Changer de compte' },
    field: { vi: 'Số tài khoản', en: 'Account', fr: 'Compte' },
  },
  theme: 'plum',
  otherPortal: undefined,
};
