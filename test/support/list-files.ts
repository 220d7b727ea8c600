// Prints what a scan of a folder reads; bundled, so that another user can run it.

import { openFiles } from '../../src/sources/files.ts';
import { isDocument } from '../../src/sources/read-file.ts';

const [, , folder = '.'] = process.argv;
const scan = await openFiles({ cwd: '/', paths: [folder], maxFileSize: 2 ** 20 });
const lines: string[] = [];
for (const item of scan.items()) {
  lines.push(isDocument(item) ? item.path : `${item.path} ${item.reason}: ${item.detail}`);
}
process.stdout.write(JSON.stringify(lines));
