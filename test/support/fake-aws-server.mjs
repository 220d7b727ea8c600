// Starts the fake of fake-aws.ts by itself, for programs that are no Jest test:
//
//   node test/support/fake-aws-server.mjs [--port N] [--world FILE]
//
// Prints one line of JSON ({"url", "port", "env", "world", "dataPath"}) when it listens, and ends with its standard input
// or a signal. FILE holds fields of the world (JSON) that replace those of moonbakery(). Steered at URL/fake/….
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

import { evaluate } from '../../scripts/evaluate.js';

const { values } = parseArgs({
  options: { port: { type: 'string', default: '0' }, world: { type: 'string' } },
});
const { startFakeAws, moonbakery } = await evaluate(
  `export { startFakeAws, moonbakery } from './test/support/fake-aws.ts';`,
);
const changes = values.world === undefined ? {} : JSON.parse(readFileSync(values.world, 'utf8'));
const aws = await startFakeAws(moonbakery(changes), Number(values.port));
const { url, port, env, world, dataPath } = aws;
process.stdout.write(`${JSON.stringify({ url, port, env, world, dataPath })}\n`);
process.stdin.on('end', () => aws.close().then(() => process.exit(0))).resume();
