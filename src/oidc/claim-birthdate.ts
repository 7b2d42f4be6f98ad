/**
 * A birth date as `birthdate` may say it: a day, or a year alone. Of a year and a month only the year is left: the
 * standard has no form for both, and the first of the month would be a date nobody gave. @see OIDC Core §5.1
 */
export function claimBirthdate(date: string): string {
  return date.length === 'YYYY-MM'.length ? date.slice(0, 'YYYY'.length) : date;
}

/** With zeros for what isn't known, as national eIDs write it: `1965-00-00`. */
export function paddedBirthdate(date: string): string {
  const [year = '0000', month = '00', day = '00'] = date.split('-');
  return `${year}-${month}-${day}`;
}
