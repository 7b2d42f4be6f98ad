/** One kind of organization and whose role binds it alone. */
export type FormRule = {
  /** First and last code of a range of legal forms, by the register's own list. */
  readonly forms: readonly (readonly [first: string, last: string])[];
  readonly binds: readonly string[];
};

/** Who binds an organization, by the law of the country whose register lists it. */
export type Jurisdiction = {
  /** What the register writes where it gives no code, in whatever case and with or without marks. */
  readonly labels: Readonly<Record<string, readonly string[]>>;
  readonly forms: readonly FormRule[];
  /** For every form that is known to the register. */
  readonly bindsAnyForm: readonly string[];
  /** Once it is in liquidation nobody else does; empty where the rule isn't known, which is for people to judge. */
  readonly bindsInLiquidation: readonly string[];
  /** One who is listed with one of these is liquidating it, whatever the register says of its state. */
  readonly liquidators: readonly string[];
  /** Of one person's own business. */
  readonly owner: readonly string[];
  /** Listed, and never with a power of their own. */
  readonly neverBinds: readonly string[];
  /** Several legal representatives have to agree before one of them begins to act here. */
  readonly needsConsentOfOthers: boolean;
  /** Names and birth dates are shared by thousands: only a unique number tells people apart. */
  readonly needsNumber: boolean;
};

export type BindingRoles = {
  /** Kept with every decision that rests on it. A table that has been used isn't edited: it gets a successor. */
  readonly version: string;
  readonly jurisdictions: Readonly<Record<'VN' | 'FR', Jurisdiction>>;
};

/**
 * Being listed is not a power: this is the list of roles that are one. A starting point that a lawyer of the country
 * reviews before it decides about real companies. What isn't in it is unknown, and goes to a person.
 *
 * French forms are INSEE's legal categories, French roles INPI's codes. Vietnam has no public list of codes: ours are
 * the words of the law without their marks.
 */
export const bindingRoles: BindingRoles = {
  version: 'binding-roles-1',
  jurisdictions: {
    VN: {
      labels: {
        'dai-dien-phap-luat': [
          'Người đại diện theo pháp luật',
          'Người đại diện pháp luật',
          'Đại diện theo pháp luật',
          'Legal representative',
        ],
        'chu-ho': ['Chủ hộ kinh doanh', 'Chủ hộ', 'Household business owner'],
        'ke-toan-truong': ['Kế toán trưởng', 'Chief accountant'],
        'kiem-toan-vien': ['Kiểm toán viên', 'Auditor'],
        'kiem-soat-vien': ['Kiểm soát viên', 'Thành viên Ban kiểm soát', 'Trưởng Ban kiểm soát'],
      },
      forms: [],
      bindsAnyForm: ['dai-dien-phap-luat'],
      bindsInLiquidation: [],
      liquidators: [],
      owner: ['chu-ho'],
      neverBinds: ['ke-toan-truong', 'kiem-toan-vien', 'kiem-soat-vien'],
      needsConsentOfOthers: true,
      needsNumber: true,
    },
    FR: {
      labels: {
        28: ['Gérant et associé indéfiniment et solidairement responsable'],
        29: ['Gérant et associé indéfiniment responsable'],
        30: ['Gérant'],
        40: ['Liquidateur'],
        52: ['Président du directoire'],
        53: ['Directeur Général'],
        55: ["Dirigeant à l'étranger d'une personne morale étrangère"],
        56: ["Dirigeant en France d'une personne morale étrangère"],
        60: ["Président du conseil d'administration et directeur général"],
        61: ['Président du conseil de surveillance'],
        64: ['Membre du conseil de surveillance'],
        65: ['Administrateur'],
        66: ["Personne ayant le pouvoir d'engager à titre habituel la société"],
        67: ["Personne ayant le pouvoir d'engager l'établissement"],
        69: ['Directeur général unique de SA à directoire'],
        70: ['Directeur général délégué'],
        71: ['Commissaire aux comptes titulaire'],
        72: ['Commissaire aux comptes suppléant'],
        73: ['Président de SAS'],
        74: ['Associé indéfiniment et solidairement responsable'],
        98: ['Administrateur provisoire'],
        101: ['Entrepreneur'],
        106: ['Comptable'],
        135: ['Administrateurs représentant les salariés'],
        204: ["Personne capable d'engager l'entité"],
        205: ['Président'],
        214: ["Personne ayant le pouvoir d'engager à titre habituel l'entité"],
        215: ["Personne ayant le pouvoir de représenter l'entité"],
      },
      forms: [
        // SNC.
        { forms: [['5202', '5203']], binds: ['28', '29', '74'] },
        // SARL, EURL and what is built on them.
        { forms: [['5410', '5499']], binds: ['28', '29', '30'] },
        // SA with a board.
        { forms: [['5505', '5599']], binds: ['53', '60', '70'] },
        // SA with a directorate.
        { forms: [['5605', '5699']], binds: ['52', '69'] },
        // SAS.
        { forms: [['5710', '5785']], binds: ['53', '70', '73', '205'] },
        // SCI and the other civil companies, but not the banks among the 65s (6595, 6596).
        {
          forms: [
            ['6521', '6589'],
            ['6597', '6599'],
          ],
          binds: ['28', '29', '30'],
        },
        // Foreign companies.
        {
          forms: [
            ['3120', '3120'],
            ['3220', '3220'],
          ],
          binds: ['55', '56'],
        },
        // Declared associations; not the undeclared, which no one can bind, nor congregations.
        {
          forms: [
            ['9220', '9223'],
            ['9230', '9230'],
            ['9260', '9260'],
          ],
          binds: ['205'],
        },
      ],
      bindsAnyForm: ['66', '67', '204', '214', '215'],
      bindsInLiquidation: ['40', '98'],
      liquidators: ['40'],
      owner: ['101'],
      neverBinds: ['61', '64', '65', '71', '72', '106', '135'],
      needsConsentOfOthers: false,
      needsNumber: false,
    },
  },
};
