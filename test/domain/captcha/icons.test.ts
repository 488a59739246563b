import { pairs } from '../../../src/domain/captcha/challenge.ts';
import { families } from '../../../src/domain/captcha/icons/families.ts';
import { visibleLength } from '../../../src/domain/captcha/visible-length.ts';

const icons = families.flat();

describe('captcha icon set', () => {
  it('has at least 40 drawings, all different', () => {
    expect(icons.length).toBeGreaterThanOrEqual(40);
    expect(new Set(icons.map((icon) => JSON.stringify(icon))).size).toBe(icons.length);
  });

  it('stays in its square with real lines', () => {
    for (const icon of icons) {
      expect(icon.every((stroke) => stroke.length >= 2)).toBe(true);
      expect(
        icon.flat(2).every((coordinate) => Number.isFinite(coordinate) && Math.abs(coordinate) <= 1.1),
      ).toBe(true);
    }
  });

  it('lets every drawing be the odd one and the common one, always within its family', () => {
    for (const family of families) {
      for (const icon of family) {
        expect(pairs.some(([common, odd]) => common === icon && family.includes(odd))).toBe(true);
        expect(pairs.some(([common, odd]) => odd === icon && family.includes(common))).toBe(true);
      }
    }
    expect(pairs.every(([common, odd]) => common !== odd)).toBe(true);
  });

  it('pairs no drawings whose lines differ much in length', () => {
    const ratios = pairs.map(([common, odd]) => visibleLength(common) / visibleLength(odd));
    expect(Math.max(...ratios)).toBeLessThanOrEqual(1.35);
  });
});
