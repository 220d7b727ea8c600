// The blobs of a repository as its packs hold them: most as a few changed bytes of another one. Whoever only wants to know
// in which of them something stands need not have git write out all of them (a gigabyte for what is a hundred megabytes
// here), nor read again what a change left alone. What is not understood (loose, borrowed, of a newer format, damaged, big)
// is left to git, so nothing hangs on this but time.

import { closeSync, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { inflateSync } from 'node:zlib';

import { applyDelta, deltaHead } from './delta.ts';
import type { Git } from './run.ts';

/**
 * What a blob shows. `changed` are starts and ends (bytes, half open) of what is not as in the blob it was made from, of
 * which this said `nothing`; null where all of it has to be looked at.
 */
export type Look = (bytes: Uint8Array, changed: readonly number[] | null) => Shown;
/** `watched`: nothing is in it, but blobs made from it have to be looked at whole. */
export type Shown = 'nothing' | 'watched' | 'something';

/** What was looked at and holds nothing. */
export interface Empties {
  /** A number for the blob whose id stands in hexadecimal digits at `at`; -1 when it is not known to hold nothing. */
  readonly find: (text: Uint8Array, at: number) => number;
  /** Bytes of the blob with that number. */
  readonly size: (number: number) => number;
}

/**
 * Looks at every packed blob. Comes back between two pieces of work with the share that is done (0 to 1), so that somebody
 * else can have a turn; in the end says what holds nothing.
 */
export function* siftPacks(git: Git, look: Look, idLength: number): Generator<number, Empties> {
  const sifted: Pack[] = [];
  let first = 0;
  const paths = packsOf(git);
  for (const [index, path] of paths.entries()) {
    const pack = openPack(path, idLength / 2, first);
    if (pack === undefined) continue;
    try {
      for (const share of pack.sift(look)) yield (index + share) / paths.length;
      sifted.push(pack);
      first = pack.next;
    } catch (error) {
      if (!(error instanceof RangeError) && !isSystemError(error)) throw error;
    } finally {
      pack.close();
    }
  }
  const id = Buffer.alloc(idLength / 2);
  return {
    find(text, at) {
      for (let index = 0; index < id.length; index += 1) {
        id[index] = (digit(text[at + 2 * index]) << 4) | digit(text[at + 2 * index + 1]);
      }
      for (const pack of sifted) {
        const number = pack.find(id);
        if (number >= 0) return number;
      }
      return -1;
    },
    size: (number) => sifted.find(({ next }) => number < next)?.size(number) ?? 0,
  };
}

/** Of lower-case hexadecimal. */
function digit(byte: number | undefined): number {
  return byte === undefined ? 0 : byte < 58 ? byte - 48 : byte - 87;
}

function isSystemError(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error;
}

/** Without their ending; what is borrowed from other repositories stays with git. */
function packsOf(git: Git): string[] {
  const folder = resolve(git.cwd, git.line(['rev-parse', '--git-path', 'objects']), 'pack');
  try {
    return readdirSync(folder)
      .filter((name) => name.startsWith('pack-') && name.endsWith('.idx'))
      .sort()
      .map((name) => join(folder, name.slice(0, -'.idx'.length)));
  } catch {
    return [];
  }
}

const kinds = { blob: 3, offsetDelta: 6 } as const;
/** Bigger ones are read by others, in windows. */
const biggest = 16 * 2 ** 20;
/** Bytes of blobs that wait for those made from them. */
const mostHeld = 64 * 2 ** 20;
const roomKept = 2 ** 20;
/** Of an index that is read at once. */
const biggestIndex = 2 ** 30;

function openPack(path: string, idBytes: number, first: number): Pack | undefined {
  try {
    if (statSync(`${path}.idx`).size > biggestIndex) return undefined;
    const index = readFileSync(`${path}.idx`);
    const isKnown = index.length > 8 + 1024 && index.readUInt32BE(0) === 0xff744f63;
    if (!isKnown || index.readUInt32BE(4) !== 2) return undefined;
    return new Pack(new Blocks(`${path}.pack`), index, idBytes, first);
  } catch {
    return undefined;
  }
}

const names = 8 + 256 * 4;

class Pack {
  private readonly blocks: Blocks;
  private readonly index: Buffer;
  private readonly idBytes: number;
  private readonly count: number;
  /** Where objects begin, in order; behind them where the last one ends. Objects are named by their place in it. */
  private readonly offsets: Float64Array;
  /** 3 for what is a blob in the end. */
  private readonly kind: Uint8Array;
  /** The first made from it, and the next made from the same; -1 for none. */
  private readonly child: Int32Array;
  private readonly sibling: Int32Array;
  /** One more than the size of a blob that holds nothing; 0 for what is not known to. */
  private readonly empty: Uint32Array;
  private readonly changed: number[] = [];
  private readonly rooms: Buffer[] = [];

  private readonly first: number;

  constructor(blocks: Blocks, index: Buffer, idBytes: number, first: number) {
    this.first = first;
    this.blocks = blocks;
    this.index = index;
    this.idBytes = idBytes;
    this.count = index.readUInt32BE(names - 4);
    const { count } = this;
    if (index.length < names + count * (idBytes + 8) + 2 * idBytes) {
      throw new RangeError('an index that is cut off');
    }
    this.offsets = new Float64Array(count + 1);
    for (let place = 0; place < count; place += 1) this.offsets[place] = this.offsetAt(place);
    this.offsets[count] = blocks.size - idBytes;
    this.offsets.sort();
    this.kind = new Uint8Array(count);
    this.child = new Int32Array(count).fill(-1);
    this.sibling = new Int32Array(count).fill(-1);
    this.empty = new Uint32Array(count);
  }

  close(): void {
    this.blocks.close();
  }

  /** The number behind those of its objects. */
  get next(): number {
    return this.first + this.count;
  }

  /** The number of a blob that holds nothing; -1 for others. */
  find(id: Buffer): number {
    const place = this.placeOf(id);
    if (place < 0) return -1;
    const object = this.objectAt(this.offsetAt(place));
    return (this.empty[object] ?? 0) > 0 ? this.first + object : -1;
  }

  size(number: number): number {
    return (this.empty[number - this.first] ?? 1) - 1;
  }

  *sift(look: Look): Generator<number, void> {
    const roots: number[] = [];
    for (let object = 0; object < this.count; object += 1) {
      this.classify(object, roots);
      if (object % 10_000 === 0) yield 0;
    }
    let turn = 0;
    for (const [index, root] of roots.entries()) {
      for (const _ of this.family(root, look)) {
        turn += 1;
        if (turn % 200 === 0) yield index / roots.length;
      }
    }
  }

  /** Reads what kind of object it is and hangs it under the one it was made from, which stands before it. */
  private classify(object: number, roots: number[]): void {
    const at = this.offsets[object] ?? 0;
    const head = this.blocks.read(at, Math.min(32, this.end(object) - at));
    const kind = ((head[0] ?? 0) >> 4) & 7;
    if (kind === kinds.blob) roots.push(object);
    if (kind !== kinds.offsetDelta) {
      this.kind[object] = kind === kinds.blob ? kinds.blob : 0;
      return;
    }
    let next = 0;
    while ((head[next] ?? 0) >= 0x80) next += 1;
    next += 1;
    let back = (head[next] ?? 0) & 0x7f;
    while ((head[next] ?? 0) >= 0x80) {
      next += 1;
      back = (back + 1) * 128 + ((head[next] ?? 0) & 0x7f);
    }
    const base = this.objectAt(at - back);
    if (base < 0 || base >= object || this.kind[base] !== kinds.blob) return;
    this.kind[object] = kinds.blob;
    this.sibling[object] = this.child[base] ?? -1;
    this.child[base] = object;
  }

  /** A blob that is whole here, and all that were made from it, one after the other. */
  private *family(root: number, look: Look): Generator<undefined, void> {
    const generations: Generation[] = [];
    let held = 0;
    let object = root;
    while (object >= 0) {
      const parent = generations.at(-1);
      const bytes = held <= mostHeld ? this.blob(object, parent, generations.length) : undefined;
      if (bytes !== undefined) {
        const shown = look(bytes, parent?.shown === 'nothing' ? this.changed : null);
        if (shown !== 'something') this.empty[object] = bytes.length + 1;
        yield;
        if ((this.child[object] ?? -1) >= 0) {
          generations.push({ bytes, object, shown });
          held += bytes.length;
          object = this.child[object] ?? -1;
          continue;
        }
      }
      object = object === root ? -1 : (this.sibling[object] ?? -1);
      while (object < 0) {
        const done = generations.pop();
        if (done === undefined || done.object === root) return;
        held -= done.bytes.length;
        object = this.sibling[done.object] ?? -1;
      }
    }
  }

  /** Its bytes, valid until the next of its generation; undefined for what is left to git. */
  private blob(
    object: number,
    parent: Generation | undefined,
    generation: number,
  ): Buffer | undefined {
    const at = this.offsets[object] ?? 0;
    const packed = this.blocks.read(at, this.end(object) - at);
    let next = 1;
    let size = (packed[0] ?? 0) & 0x0f;
    for (let scale = 16; (packed[next - 1] ?? 0) >= 0x80; next += 1, scale *= 128) {
      size += ((packed[next] ?? 0) & 0x7f) * scale;
    }
    if (size > biggest) return undefined;
    if (parent === undefined) return inflated(packed.subarray(next), size);
    while ((packed[next] ?? 0) >= 0x80) next += 1;
    const delta = inflated(packed.subarray(next + 1), size);
    if (delta === undefined) return undefined;
    const head = deltaHead(delta);
    if (head.to < 0 || head.to > biggest) return undefined;
    const bytes = this.room(generation, head.to);
    this.changed.length = 0;
    return applyDelta(parent.bytes, delta, head, bytes, this.changed) ? bytes : undefined;
  }

  /** The same for each of a generation: when the next one is made, nobody needs the last. */
  private room(generation: number, length: number): Buffer {
    const known = this.rooms[generation];
    if (known !== undefined && known.length >= length) return known.subarray(0, length);
    const made = Buffer.allocUnsafeSlow(length + (length >> 1));
    if (made.length <= roomKept) this.rooms[generation] = made;
    return made.subarray(0, length);
  }

  private end(object: number): number {
    return this.offsets[object + 1] ?? 0;
  }

  /** Where the object at a place of the index begins. */
  private offsetAt(place: number): number {
    const { index, count, idBytes } = this;
    const small = index.readUInt32BE(names + count * (idBytes + 4) + place * 4);
    if (small < 0x80000000) return small;
    const far = names + count * (idBytes + 8) + (small - 0x80000000) * 8;
    return index.readUInt32BE(far) * 2 ** 32 + index.readUInt32BE(far + 4);
  }

  private placeOf(id: Buffer): number {
    const { index, idBytes } = this;
    const first = id[0] ?? 0;
    let low = first === 0 ? 0 : index.readUInt32BE(8 + (first - 1) * 4);
    let high = index.readUInt32BE(8 + first * 4) - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const start = names + middle * idBytes;
      const order = id.compare(index, start, start + idBytes);
      if (order === 0) return middle;
      if (order < 0) high = middle - 1;
      else low = middle + 1;
    }
    return -1;
  }

  private objectAt(offset: number): number {
    let low = 0;
    let high = this.count - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const found = this.offsets[middle] ?? 0;
      if (found === offset) return middle;
      if (offset < found) high = middle - 1;
      else low = middle + 1;
    }
    return -1;
  }
}

interface Generation {
  readonly object: number;
  readonly bytes: Buffer;
  readonly shown: Shown;
}

function inflated(packed: Uint8Array, size: number): Buffer | undefined {
  try {
    const bytes = inflateSync(packed, {
      chunkSize: Math.max(64, size),
      maxOutputLength: Math.max(1, size),
    });
    return bytes.length === size ? bytes : undefined;
  } catch {
    return undefined;
  }
}

const blockSize = 1 << 16;
const blocksKept = 64;

/** A file read at any place, with what was read lately at hand. */
class Blocks {
  readonly size: number;
  private readonly file: number;
  private readonly kept: (Buffer | undefined)[] = new Array<undefined>(blocksKept);
  private readonly numbers = new Int32Array(blocksKept).fill(-1);

  constructor(path: string) {
    this.file = openSync(path, 'r');
    this.size = statSync(path).size;
  }

  close(): void {
    closeSync(this.file);
  }

  /** Valid until the next call. */
  read(at: number, length: number): Uint8Array {
    if (at < 0 || length < 0 || at + length > this.size) throw new RangeError('beyond its end');
    const first = Math.floor(at / blockSize);
    const start = at - first * blockSize;
    if (start + length <= blockSize) return this.block(first).subarray(start, start + length);
    const whole = Buffer.allocUnsafe(length);
    if (length > blockSize * 4) {
      if (readSync(this.file, whole, 0, length, at) !== length) throw new RangeError('cut off');
      return whole;
    }
    for (let done = 0; done < length;) {
      const block = this.block(Math.floor((at + done) / blockSize));
      const from = (at + done) % blockSize;
      done += block.copy(whole, done, from, Math.min(blockSize, from + length - done));
    }
    return whole;
  }

  private block(number: number): Buffer {
    const slot = number % blocksKept;
    const known = this.kept[slot];
    if (known !== undefined && this.numbers[slot] === number) return known;
    const block = known ?? Buffer.allocUnsafe(blockSize);
    readSync(this.file, block, 0, blockSize, number * blockSize);
    this.kept[slot] = block;
    this.numbers[slot] = number;
    return block;
  }
}
