// Test: a screenshot with at most 256 colours in place of sixteen million. Pages have few colours, and the edges of their
// letters a few shades of them, so nobody sees the difference in half the bytes. PNG, third edition: §4, §9 and §11.
import { crc32, deflateSync, inflateSync } from 'node:zlib';

const SIGNATURE = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
const MOST_COLOURS = 256;

/** @param png of eight bits a channel, RGB or RGBA, not interlaced, as Chromium makes them. */
export function smallPng(png: Buffer): Buffer {
  const { width, height, channels, lines } = unpack(png);
  const pixels = new Uint32Array(width * height);
  const counts = new Map<number, number>();
  for (let at = 0; at < pixels.length; at += 1) {
    const from = at * channels;
    const colour = ((lines[from] ?? 0) << 16) | ((lines[from + 1] ?? 0) << 8) | (lines[from + 2] ?? 0);
    pixels[at] = colour;
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
  }
  const palette = [...counts].sort(([a, often], [b, seldom]) => seldom - often || a - b).map(([colour]) => colour);
  const kept = palette.slice(0, MOST_COLOURS);
  const places = new Map(palette.map((colour) => [colour, nearest(colour, kept)]));
  // Each line begins with its filter: none.
  const rows = Buffer.alloc((width + 1) * height);
  for (const [at, colour] of pixels.entries()) {
    const row = Math.floor(at / width);
    rows[row * (width + 1) + 1 + (at % width)] = places.get(colour) ?? 0;
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  // Eight bits a pixel, each a place in the palette.
  header.set([8, 3, 0, 0, 0], 8);
  const colours = Buffer.from(kept.flatMap((colour) => [colour >> 16, (colour >> 8) & 255, colour & 255]));
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('PLTE', colours),
    chunk('IDAT', deflateSync(rows, { level: 9, memLevel: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function nearest(colour: number, palette: readonly number[]): number {
  const exact = palette.indexOf(colour);
  if (exact >= 0) return exact;
  const distance = (other: number) =>
    [16, 8, 0].reduce((sum, shift) => sum + (((colour >> shift) & 255) - ((other >> shift) & 255)) ** 2, 0);
  let best = 0;
  for (const [place, other] of palette.entries()) {
    if (distance(other) < distance(palette[best] ?? 0)) best = place;
  }
  return best;
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}

function unpack(png: Buffer): { width: number; height: number; channels: number; lines: Buffer } {
  const width = png.readUInt32BE(16);
  const height = png.readUInt32BE(20);
  const channels = png[25] === 6 ? 4 : 3;
  const parts: Buffer[] = [];
  for (let at = SIGNATURE.length; at < png.length; at += png.readUInt32BE(at) + 12) {
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT')
      parts.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)));
  }
  return { width, height, channels, lines: unfiltered(inflateSync(Buffer.concat(parts)), width * channels, channels) };
}

/** §9: each byte was written as the difference from what its neighbours foretell. */
function unfiltered(packed: Buffer, length: number, channels: number): Buffer {
  const height = packed.length / (length + 1);
  const lines = Buffer.alloc(length * height);
  for (let row = 0; row < height; row += 1) {
    const filter = packed[row * (length + 1)] ?? 0;
    for (let x = 0; x < length; x += 1) {
      const at = row * length + x;
      const left = x < channels ? 0 : (lines[at - channels] ?? 0);
      const above = row === 0 ? 0 : (lines[at - length] ?? 0);
      const corner = x < channels || row === 0 ? 0 : (lines[at - length - channels] ?? 0);
      lines[at] = (packed[row * (length + 1) + 1 + x] ?? 0) + foretold(filter, left, above, corner);
    }
  }
  return lines;
}

function foretold(filter: number, left: number, above: number, corner: number): number {
  switch (filter) {
    case 1:
      return left;
    case 2:
      return above;
    case 3:
      return (left + above) >> 1;
    case 4: {
      const guess = left + above - corner;
      const [toLeft, toAbove, toCorner] = [left, above, corner].map((each) => Math.abs(guess - each)) as [
        number,
        number,
        number,
      ];
      if (toLeft <= toAbove && toLeft <= toCorner) return left;
      return toAbove <= toCorner ? above : corner;
    }
    default:
      return 0;
  }
}
