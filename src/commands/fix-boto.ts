// What boto and the AWS CLI fall back to where a profile has no credentials: keys of boto's own files, which a migration
// can uncover. Only told, never changed.
import { join } from 'node:path';

import { bytesOf } from '../sources/aws-files.ts';
import { homePath } from '../sources/home-path.ts';
import { FileReader } from '../sources/read-file.ts';
import type { FixContext } from './fix-context.ts';

/** Sentences for the plan. */
export async function botoWarnings({
  found: { places },
  host,
}: Pick<FixContext, 'found' | 'host'>): Promise<readonly string[]> {
  const named = host.env['BOTO_CONFIG'];
  const files =
    named === undefined || named === '' ? ['/etc/boto.cfg', join(places.home, '.boto')] : [named];
  const warnings: string[] = [];
  for (const file of files) {
    if (!(await holdsKey(file))) continue;
    warnings.push(
      `${homePath(places.home, file)} holds a key: boto3 and the AWS CLI use it where a profile has no credentials`,
    );
  }
  return warnings;
}

async function holdsKey(file: string): Promise<boolean> {
  const bytes = bytesOf(new FileReader(largest), file);
  if (bytes === undefined) return false;
  const { default: ini } = await import('ini');
  const section: unknown = ini.parse(Buffer.from(bytes).toString())['Credentials'];
  return typeof section === 'object' && section !== null && 'aws_access_key_id' in section;
}

/** Bytes; such a file has a few lines. */
const largest = 1024 * 1024;
