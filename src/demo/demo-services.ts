import type { BusinessService } from '../../examples/portal/business-service.ts';

const amount = {
  kind: 'amount',
  hint: { vi: 'Bằng đồng, ví dụ 12500000', en: 'In đồng, for example 12500000', fr: 'En đồng, par exemple 12500000' },
} as const;

/** What a company does at the tax portal. */
export const taxServices: readonly BusinessService[] = [
  {
    key: 'tax-return',
    name: {
      vi: 'Khai thuế cho doanh nghiệp',
      en: 'File a tax return for a company',
      fr: 'Déclarer les impôts d’une entreprise',
    },
    summary: {
      vi: 'Tờ khai thuế giá trị gia tăng theo tháng.',
      en: 'The monthly return of value added tax.',
      fr: 'La déclaration mensuelle de TVA.',
    },
    power: { code: 'tax:file', name: { vi: 'Khai thuế', en: 'File tax returns', fr: 'Déclarer les impôts' } },
    // A return has its deadline, whether the register answers or not, and can be corrected later.
    acceptsStale: true,
    canWait: false,
    fields: [
      {
        name: 'period',
        kind: 'text',
        label: { vi: 'Kỳ tính thuế', en: 'Tax period', fr: 'Période' },
        hint: { vi: 'Ví dụ 10/2026', en: 'For example 10/2026', fr: 'Par exemple 10/2026' },
      },
      { ...amount, name: 'amount', label: { vi: 'Số thuế phải nộp', en: 'Tax due', fr: 'Impôt dû' } },
    ],
  },
  {
    key: 'tax-close',
    name: {
      vi: 'Chấm dứt hiệu lực mã số thuế của doanh nghiệp',
      en: 'Close the company’s tax account',
      fr: 'Clôturer le compte fiscal de l’entreprise',
    },
    summary: {
      vi: 'Không hoàn lại được, nên cần mức bảo đảm cao và quyền được trao riêng.',
      en: 'It can’t be undone, so it takes a high assurance and a power granted by name.',
      fr: 'Sans retour possible : il faut une garantie élevée et un pouvoir confié nommément.',
    },
    power: {
      code: 'tax:close',
      name: { vi: 'Chấm dứt mã số thuế', en: 'Close the tax account', fr: 'Clôturer le compte fiscal' },
    },
    acceptsStale: false,
    canWait: false,
    fields: [
      {
        name: 'reason',
        kind: 'text',
        label: { vi: 'Lý do', en: 'Reason', fr: 'Motif' },
        hint: {
          vi: 'Ví dụ: doanh nghiệp đã giải thể',
          en: 'For example: the company was dissolved',
          fr: 'Par exemple : l’entreprise est dissoute',
        },
      },
    ],
  },
];

/** What a company does at the portal of An Hòa. */
export const provinceServices: readonly BusinessService[] = [
  {
    key: 'licence',
    name: {
      vi: 'Xin giấy phép kinh doanh',
      en: 'Apply for a licence for your business',
      fr: 'Demander une licence pour votre entreprise',
    },
    summary: {
      vi: 'Giấy phép cho ngành nghề kinh doanh có điều kiện trong tỉnh.',
      en: 'For trades that need a licence in the province.',
      fr: 'Pour les activités soumises à licence dans la province.',
    },
    power: {
      code: 'an-hoa:license',
      name: { vi: 'Xin giấy phép', en: 'Apply for licences', fr: 'Demander des licences' },
    },
    acceptsStale: false,
    canWait: true,
    fields: [
      {
        name: 'activity',
        kind: 'text',
        label: { vi: 'Ngành nghề', en: 'Activity', fr: 'Activité' },
        hint: {
          vi: 'Ví dụ: chế biến chè, bán lẻ thực phẩm',
          en: 'For example: tea processing, food retail',
          fr: 'Par exemple : transformation du thé, commerce alimentaire',
        },
      },
      {
        ...amount,
        name: 'amount',
        label: {
          vi: 'Doanh thu dự kiến mỗi năm',
          en: 'Turnover expected a year',
          fr: 'Chiffre d’affaires annuel prévu',
        },
      },
    ],
  },
];
