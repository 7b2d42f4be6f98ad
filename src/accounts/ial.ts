/** How well an identity is proved, weakest first. @see NIST SP 800-63A-4 §2 */
export const ials = ['ial0', 'ial1', 'ial2', 'ial3'] as const;
export type Ial = (typeof ials)[number];
