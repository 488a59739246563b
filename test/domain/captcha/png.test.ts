import { crc32, inflateSync } from 'node:zlib';
import { encodePng } from '../../../src/domain/captcha/png.ts';

type Chunk = { type: string; data: Buffer; isIntact: boolean };

function listChunks(file: Buffer): Chunk[] {
  const chunks: Chunk[] = [];
  for (let at = 8; at < file.length; ) {
    const length = file.readUInt32BE(at);
    const end = at + 8 + length;
    chunks.push({
      type: file.toString('latin1', at + 4, at + 8),
      data: file.subarray(at + 8, end),
      isIntact: crc32(file.subarray(at + 4, end)) === file.readUInt32BE(end),
    });
    at = end + 4;
  }
  return chunks;
}

describe('PNG writer', () => {
  const palette = [
    [255, 255, 255],
    [11, 85, 99],
  ] as const;
  const pixels = Uint8Array.from([0, 1, 1, 1, 0, 0]);
  const file = encodePng(3, 2, palette, pixels);
  const chunks = listChunks(file);

  it('starts with the PNG signature and ends with IEND, every checksum right', () => {
    expect(file.subarray(0, 8).toString('hex')).toBe('89504e470d0a1a0a');
    expect(chunks.map(({ type }) => type)).toEqual(['IHDR', 'PLTE', 'IDAT', 'IEND']);
    expect(chunks.every(({ isIntact }) => isIntact)).toBe(true);
  });

  it('announces width, height, eight bits a pixel and a palette', () => {
    expect([...chunks[0]!.data]).toEqual([0, 0, 0, 3, 0, 0, 0, 2, 8, 3, 0, 0, 0]);
    expect([...chunks[1]!.data]).toEqual(palette.flat());
  });

  it('keeps every pixel in its row', () => {
    expect([...inflateSync(chunks[2]!.data)]).toEqual([0, 0, 1, 1, 0, 1, 0, 0]);
  });

  it('refuses pixels that do not fill the picture', () => {
    expect(() => encodePng(3, 3, palette, pixels)).toThrow('do not fill');
  });
});
