import type { Language } from '../../shared/language.ts';
import { en } from './en.ts';
import { fr } from './fr.ts';
import { vi, type Words } from './vi.ts';

export const words: Readonly<Record<Language, Words>> = { vi, en, fr };
