// How we time whole programs: fresh processes, interleaved so that a busy machine hurts all alike, medians. Ratios are
// what counts; milliseconds belong to one machine on one day.
import { spawnSync } from 'node:child_process';

/** Node 20 reads the whole certificate store before anything else when this is set; no scan uses it. */
const env = { ...process.env, HOME: '/nonexistent' };
delete env.NODE_EXTRA_CA_CERTS;

/**
 * @param {Readonly<Record<string, { readonly command: readonly string[], readonly codes: readonly number[], readonly cwd?: string }>>} programs
 *   what to run, by name, the exit codes that mean it did its work, and the folder to run it in
 * @param {number} rounds
 * @returns {Record<string, number>} median milliseconds by name
 */
export function compare(programs, rounds) {
  const names = Object.keys(programs);
  for (const name of names) time(programs[name]); // warms the page cache
  const times = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const name of names) times[name].push(time(programs[name]));
  }
  return Object.fromEntries(names.map((name) => [name, median(times[name])]));
}

function time({ command: [file, ...args], codes, cwd }) {
  const start = process.hrtime.bigint();
  const { status, signal, error, stderr } = spawnSync(file, args, {
    env,
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
  });
  const elapsed = Number(process.hrtime.bigint() - start) / 1e6;
  if (error !== undefined) throw error;
  if (!codes.includes(status)) {
    throw new Error(
      `${file} ${args.join(' ')} ended with ${status ?? signal}\n${stderr.slice(-2000)}`,
    );
  }
  return elapsed;
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** `name  12.3 ms  1.05 × of base  (goal 1.3: met)` */
export function line(name, value, base, goal) {
  const ratio = value / base;
  const verdict =
    goal === undefined ? '' : `  (goal ≤ ${goal} ×: ${ratio <= goal ? 'met' : 'MISSED'})`;
  return `  ${name.padEnd(34)} ${value.toFixed(1).padStart(8)} ms  ${ratio.toFixed(2).padStart(6)} ×${verdict}`;
}
