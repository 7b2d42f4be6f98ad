import { toString as draw } from 'qrcode';

/**
 * An `otpauth:` address as an SVG element to put into a page: dark on light in any colour scheme, because scanners need
 * it so, without style or size, which are the style sheet's. It has no name of its own: the page gives it one.
 */
export function totpQrSvg(uri: string): Promise<string> {
  // Four modules of quiet zone: ISO/IEC 18004 §6.3.8.
  return draw(uri, { type: 'svg', errorCorrectionLevel: 'M', margin: 4 });
}
