import type { Language } from '../shared/language.ts';

const vi = {
  title: 'Hộp thư minh họa',
  about: 'Mọi thư của bản minh họa dừng lại ở đây; không thư nào được gửi ra ngoài. Thư mới nhất ở trên cùng.',
  empty: 'Chưa có thư nào.',
  refresh: 'Tải lại',
  allMails: 'Tất cả thư',
  filteredBy: 'Chỉ thư gửi đến',
  from: 'Từ',
  to: 'Đến',
  received: 'Nhận lúc',
  noSubject: '(không có tiêu đề)',
  asHtml: 'Dạng HTML',
  asText: 'Dạng văn bản',
  notFound: 'Thư này không còn trong hộp thư.',
  codesTitle: 'Mã xác thực một lần',
  codesAbout:
    'Ứng dụng xác thực của những người trong bản minh họa đang hiện các mã này. Mỗi mã chỉ dùng được một lần; trang tự tải lại khi có mã mới.',
  secondsLeft: 'còn {seconds} giây',
};

export type Words = Readonly<Record<keyof typeof vi, string>>;

const en: Words = {
  title: 'Demonstration mailbox',
  about: 'Every mail of the demonstration ends here; none is sent any further. Newest first.',
  empty: 'No mail yet.',
  refresh: 'Reload',
  allMails: 'All mails',
  filteredBy: 'Only mails to',
  from: 'From',
  to: 'To',
  received: 'Received',
  noSubject: '(no subject)',
  asHtml: 'As HTML',
  asText: 'As text',
  notFound: 'This mail is no longer in the mailbox.',
  codesTitle: 'One-time codes',
  codesAbout:
    'What the authenticator apps of the people in the demonstration show now. Each code works once; the page loads again when there is a new one.',
  secondsLeft: '{seconds} seconds left',
};

const fr: Words = {
  title: 'Boîte aux lettres de démonstration',
  about:
    'Tous les messages de la démonstration s’arrêtent ici ; aucun n’est envoyé plus loin. Les plus récents d’abord.',
  empty: 'Aucun message pour le moment.',
  refresh: 'Actualiser',
  allMails: 'Tous les messages',
  filteredBy: 'Seulement les messages à',
  from: 'De',
  to: 'À',
  received: 'Reçu',
  noSubject: '(sans objet)',
  asHtml: 'En HTML',
  asText: 'En texte',
  notFound: 'Ce message n’est plus dans la boîte.',
  codesTitle: 'Codes à usage unique',
  codesAbout:
    'Ce que montrent en ce moment les applications d’authentification des personnes de la démonstration. Chaque code ne sert qu’une fois ; la page se recharge quand il y en a un nouveau.',
  secondsLeft: 'encore {seconds} secondes',
};

export const words: Readonly<Record<Language, Words>> = { vi, en, fr };
