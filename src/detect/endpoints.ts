// For which store a key is: by the names of its settings, or by an endpoint that is set beside it. An endpoint is everywhere in
// configuration, so one that belongs to something else must not make another store's key of an AWS one.

import { latin1 } from '../engine/charset.ts';
import { gapBetween } from './join.ts';
import type { Piece } from './pieces.ts';
import { isAwsHost, someStore, type Store, storeByHost, storeByName } from './stores.ts';

/** Bytes looked at before and after a key. */
const reach = 700;

/** A setting in any spelling with a host: what stands before the word, the word, the scheme, the host. */
const setting =
  /(?<![\w.-])([\w.-]{0,60}?)(endpoint(?:[_.-]?ur[il])?|host_?base|service_?url|s3_?url|minio_?url|s3_?host|"url)(?:[_.-]?s3)?["'\])]?\s*(?:=>|[:=,>])?\s*["'`]?(https?:\/\/)?((?:[\w-]+\.)*[\w-]+(?::\d+)?)/gi;

/** What may stand in the name of a setting that is for S3. */
const ofStorage =
  /^(?:aws|amazon|s3a?|fs|spark|hadoop|object|storage|store|bucket|cloud|custom|default|dev|prod|staging|test|backups?|uploads?|media|config)*$/;

/** Everything from one bracket to the next sibling's, and any section of a file, is somebody else's. */
const sameStructure = 1000;

/**
 * The store that the names of `pieces` or the text around them speak of; undefined when nothing says that it is not AWS.
 * `doubtful` means that the key has the form of AWS's own: then only what is plainly for it counts.
 */
export function storeBeside(pieces: readonly Piece[], doubtful: boolean): Store | undefined {
  const named = storeByName(pieces.map(({ name }) => name));
  if (named !== undefined) return named;
  const first = pieces[0];
  if (first === undefined) return undefined;
  const { layer } = first;
  const last = pieces.findLast((piece) => piece.layer === layer) ?? first;
  const from = Math.max(0, first.start - reach);
  const text = latin1(layer.bytes, from, Math.min(layer.length, last.end + reach));
  let distant: Store | undefined;
  for (const match of text.matchAll(setting)) {
    const store = storeOf(match, doubtful);
    if (store === undefined) continue;
    const start = from + match.index;
    const end = start + match[0].length;
    const { level } =
      end <= first.start
        ? gapBetween(layer, end, first.start)
        : start >= last.end
          ? gapBetween(layer, last.end, start)
          : { level: 0 };
    if (level < sameStructure) return store;
    distant ??= store;
  }
  return doubtful ? undefined : distant;
}

function storeOf(match: RegExpExecArray, doubtful: boolean): Store | undefined {
  const [, before = '', word = '', scheme, host = ''] = match;
  if (!/[.:]/.test(host) && !/minio|localstack|ceph|garage|localhost/i.test(host)) return undefined;
  if (isAwsHost(host)) return undefined;
  const known = storeByHost(host);
  if (known !== undefined) return known;
  if (doubtful) {
    if (word.toLowerCase() === '"url') return undefined;
    if (!ofStorage.test(before.toLowerCase().replace(/[^a-z0-9]/g, ''))) return undefined;
    const bare = before === '' && word.toLowerCase() === 'endpoint';
    if (bare && !/s3|obj|bucket|stor|ceph|localhost|127\.0/i.test(host)) return undefined;
  }
  return scheme !== undefined || /\.\w+|:\d/.test(host) ? someStore : undefined;
}
