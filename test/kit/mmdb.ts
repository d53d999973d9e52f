// Test kit: writes databases in MaxMind's format (2.0), so that tests decide where on Earth an address is. Only what
// the tests need: maps, arrays, texts, booleans, whole numbers and doubles; no pointers.
import { isIPv4 } from 'node:net';
import { readAddress } from '#runtime/risk/address.ts';

export type MmdbValue = string | number | boolean | MmdbValue[] | { [name: string]: MmdbValue };

export type MmdbOptions = {
  /** Family of the tree; a tree of 6 holds IPv4 networks below `::/96`. */
  ipVersion?: 4 | 6;
  /** Bits of each of the two records of a node. */
  recordSize?: 24 | 28 | 32;
  majorVersion?: number;
};

type Node = [Branch, Branch];
/** A node, the number of a record, or nothing known. */
type Branch = Node | number | undefined;

/** @param records by network in CIDR notation; of two that overlap the narrower counts. */
export function writeMmdb(records: Record<string, MmdbValue>, options: MmdbOptions = {}): Buffer {
  const { ipVersion = 6, recordSize = 24, majorVersion = 2 } = options;
  const root: Node = [undefined, undefined];
  const networks = Object.keys(records).map((network) => bitsOf(network, ipVersion));
  for (const { bits, index } of networks
    .map((bits, index) => ({ bits, index }))
    .toSorted((a, b) => a.bits.length - b.bits.length)) {
    insert(root, bits, index);
  }
  const data = Object.values(records).map(encode);
  const nodes = flatten(root);
  const offsets = data.map((_, index) => data.slice(0, index).reduce((sum, bytes) => sum + bytes.length, 0));
  const pointer = (branch: Branch) => {
    if (branch === undefined) return nodes.length;
    return typeof branch === 'number' ? nodes.length + 16 + offsets[branch]! : nodes.indexOf(branch);
  };
  const metadata = encode({
    binary_format_major_version: majorVersion,
    binary_format_minor_version: 0,
    build_epoch: 1_700_000_000,
    database_type: 'Test',
    description: { en: 'Made by a test' },
    ip_version: ipVersion,
    languages: ['en'],
    node_count: nodes.length,
    record_size: recordSize,
  });
  return Buffer.concat([
    ...nodes.map(([left, right]) => writeNode(pointer(left), pointer(right), recordSize)),
    Buffer.alloc(16),
    ...data,
    Buffer.from('\xab\xcd\xefMaxMind.com', 'latin1'),
    metadata,
  ]);
}

/** The bits of a network, `0` and `1`, from the root of the tree. */
function bitsOf(network: string, ipVersion: 4 | 6): string {
  const [host = '', length = ''] = network.split('/');
  const width = isIPv4(host) ? 32 : 128;
  const bits = readAddress(host)!.value.toString(2).padStart(width, '0').slice(0, Number(length));
  return width === 32 && ipVersion === 6 ? '0'.repeat(96) + bits : bits;
}

function insert(root: Node, bits: string, record: number): void {
  let node = root;
  for (const bit of bits.slice(0, -1)) {
    const side = bit === '1' ? 1 : 0;
    const below = node[side];
    const next: Node = Array.isArray(below) ? below : [below, below];
    node[side] = next;
    node = next;
  }
  node[bits.endsWith('1') ? 1 : 0] = record;
}

function flatten(node: Node): Node[] {
  return [node, ...node.flatMap((branch) => (Array.isArray(branch) ? flatten(branch) : []))];
}

function writeNode(left: number, right: number, recordSize: 24 | 28 | 32): Buffer {
  const bytes = Buffer.alloc(recordSize / 4);
  if (recordSize === 28) {
    bytes.writeUIntBE(left % 2 ** 24, 0, 3);
    bytes[3] = (Math.floor(left / 2 ** 24) << 4) | Math.floor(right / 2 ** 24);
    bytes.writeUIntBE(right % 2 ** 24, 4, 3);
  } else {
    bytes.writeUIntBE(left, 0, recordSize / 8);
    bytes.writeUIntBE(right, recordSize / 8, recordSize / 8);
  }
  return bytes;
}

/** Numbers of the types in the format's "Data Field Format". */
const TYPES = { text: 2, double: 3, uint32: 6, map: 7, array: 11, boolean: 14 } as const;

function encode(value: MmdbValue): Buffer {
  if (typeof value === 'string') {
    const bytes = Buffer.from(value);
    return Buffer.concat([control(TYPES.text, bytes.length), bytes]);
  }
  if (typeof value === 'boolean') return control(TYPES.boolean, value ? 1 : 0);
  if (typeof value === 'number') return encodeNumber(value);
  if (Array.isArray(value)) return Buffer.concat([control(TYPES.array, value.length), ...value.map(encode)]);
  const fields = Object.entries(value);
  return Buffer.concat([
    control(TYPES.map, fields.length),
    ...fields.flatMap(([name, field]) => [encode(name), encode(field)]),
  ]);
}

function encodeNumber(value: number): Buffer {
  const isUint32 = Number.isInteger(value) && value >= 0 && value < 2 ** 32;
  const bytes = Buffer.alloc(isUint32 ? 4 : 8);
  if (isUint32) bytes.writeUInt32BE(value);
  else bytes.writeDoubleBE(value);
  return Buffer.concat([control(isUint32 ? TYPES.uint32 : TYPES.double, bytes.length), bytes]);
}

/** The byte of type and size; types above 7 have a byte of their own, sizes above 28 too. */
function control(type: number, size: number): Buffer {
  if (size >= 29 + 256) throw new Error('expected a value of less than 285 bytes or entries');
  const shownSize = Math.min(size, 29);
  const extra = size >= 29 ? [size - 29] : [];
  return Buffer.from(type > 7 ? [shownSize, type - 7, ...extra] : [(type << 5) | shownSize, ...extra]);
}
