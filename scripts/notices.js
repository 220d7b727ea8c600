// The licences of what is bundled ask that their text goes with every copy.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @param {string} root
 * @param {readonly import('esbuild').Metafile[]} metafiles
 * @returns {string}
 */
export function notices(root, metafiles) {
  const packages = new Map();
  for (const { inputs } of metafiles) {
    for (const input of Object.keys(inputs)) {
      const folder = packageFolder(input);
      if (folder !== undefined && !packages.has(folder)) packages.set(folder, notice(root, folder));
    }
  }
  const sorted = [...packages.values()].sort();
  return ['keyscan contains the following software.\n', ...new Set(sorted)].join(
    `\n${'-'.repeat(80)}\n\n`,
  );
}

/** The innermost one: a/node_modules/@b/c/lib/d.js → a/node_modules/@b/c */
function packageFolder(input) {
  return /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0];
}

function notice(root, folder) {
  const { name, version, license, author } = JSON.parse(
    readFileSync(join(root, folder, 'package.json'), 'utf8'),
  );
  const texts = readdirSync(join(root, folder))
    .filter((file) => /^(licen[cs]e|notice|copying)/i.test(file))
    .sort()
    .map((file) => readFileSync(join(root, folder, file), 'utf8').trim());
  if (texts.length === 0) {
    const holder = typeof author === 'string' ? author : author?.name;
    if (license === undefined) throw new Error(`${name} is bundled but names no licence`);
    texts.push(`Licence: ${license}${holder === undefined ? '' : `\nCopyright ${holder}`}`);
  }
  return `${name} ${version}\n\n${texts.join('\n\n')}\n`;
}
