import type { Language } from '../../shared/language.ts';
import type { RegisterFault } from './register-faults.ts';

type Words = {
  readonly pretend: string;
  readonly title: string;
  readonly lead: string;
  readonly organizations: string;
  readonly everywhere: string;
  readonly fault: string;
  readonly set: string;
  readonly faults: Readonly<Record<RegisterFault, string>>;
};

export const words: Readonly<Record<Language, Words>> = {
  vi: {
    pretend: 'Giả lập – không phải hệ thống thật',
    title: 'Cơ quan đăng ký kinh doanh (giả lập)',
    lead: 'Trang này đóng vai các cơ quan đăng ký của Việt Nam và Pháp. Mọi tổ chức và cá nhân ở đây đều là hư cấu.',
    organizations: 'Các tổ chức',
    everywhere: 'Tất cả các tổ chức',
    fault: 'Điều gì không ổn',
    set: 'Áp dụng',
    faults: {
      none: 'Không có gì',
      down: 'Không kết nối được',
      slow: 'Trả lời rất chậm',
      error: 'Lỗi máy chủ',
      html: 'Trang bảo trì thay cho dữ liệu',
      'too-many': 'Quá nhiều yêu cầu',
      stale: 'Dữ liệu đã cũ hơn một năm',
      'officer-gone': 'Người đại diện đã thôi giữ chức',
      'struck-off': 'Đã giải thể',
      'wrong-number': 'Sai một chữ số',
      masked: 'Không được công bố',
    },
  },
  en: {
    pretend: 'Pretend – not a real system',
    title: 'Business registers (pretend)',
    lead: 'This plays a Vietnamese and two French registers. Every organization and everybody here is invented.',
    organizations: 'Organizations',
    everywhere: 'All organizations',
    fault: 'What goes wrong',
    set: 'Set',
    faults: {
      none: 'Nothing',
      down: 'It can’t be reached',
      slow: 'It answers very late',
      error: 'An error of the server',
      html: 'A maintenance page in place of data',
      'too-many': 'Too many requests',
      stale: 'Data more than a year old',
      'officer-gone': 'The representatives have left',
      'struck-off': 'Struck off',
      'wrong-number': 'One digit is wrong',
      masked: 'It may not say',
    },
  },
  fr: {
    pretend: 'Simulation – pas un vrai système',
    title: 'Registres des entreprises (simulés)',
    lead: 'Cette page joue un registre vietnamien et deux registres français. Toutes les organisations et personnes sont inventées.',
    organizations: 'Organisations',
    everywhere: 'Toutes les organisations',
    fault: 'Ce qui ne va pas',
    set: 'Appliquer',
    faults: {
      none: 'Rien',
      down: 'Injoignable',
      slow: 'Répond très tard',
      error: 'Une erreur du serveur',
      html: 'Une page de maintenance au lieu des données',
      'too-many': 'Trop de demandes',
      stale: 'Données de plus d’un an',
      'officer-gone': 'Les représentants sont partis',
      'struck-off': 'Radiée',
      'wrong-number': 'Un chiffre est faux',
      masked: 'Non diffusible',
    },
  },
};
