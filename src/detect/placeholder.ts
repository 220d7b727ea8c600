// Text that stands where a secret will be: recognised by how people write such things, not by a list of examples.

/** Written as people write words, in one case or with a capital: mixed cases are chance. */
const words = new RegExp(
  anyOf(
    'example sample placeholder changeme change_me change-me replace insert redacted dummy fixme ' +
      'notreal invalid deadbeef secretkey accesskey secret_access_key access_key_id mysecret masked hidden removed censored random',
  ) + '|[Ss]ecretKey|[Aa]ccessKey|[Mm]ySecret|[Cc]hangeMe|ChangeME',
);

/** So short that long random values hold one now and then. */
const shortWords = new RegExp(anyOf('your fake todo xxxx'));

function anyOf(list: string): string {
  return list
    .split(' ')
    .flatMap((word) => [word, word.toUpperCase(), word.charAt(0).toUpperCase() + word.slice(1)])
    .join('|');
}

/** `${VAR}`, `$(command)`, `{{ template }}`, `<your key>`, `%VAR%`, `process.env.X`, `ENC[…]`, `!Ref X`. */
const reference =
  /^(\$[({A-Za-z_]|\{\{|<[^>]*>?$|%[A-Za-z_]+%$|process\.env|os\.environ|env\.|ENC\[|!Ref|!Sub|var\.|local\.|data\.|secrets?\.|vault:|ssm:|op:\/\/|arn:)/;

export function isReference(value: string): boolean {
  return reference.test(value);
}

/** Whether nobody would call this random: words of a placeholder, repetition, a sequence, or a reference to elsewhere. */
export function isPlaceholder(value: string): boolean {
  return (
    isReference(value) ||
    words.test(value) ||
    (shortWords.test(value) && !isRandom(value)) ||
    isMonotonous(value)
  );
}

/** Long, of all classes, and not spelled. */
function isRandom(value: string): boolean {
  return (
    value.length >= 32 &&
    /[a-z]/.test(value) &&
    /[A-Z]/.test(value) &&
    /[0-9]/.test(value) &&
    !isSpelled(value, 0.4)
  );
}

/** Whether one character fills more than half of it; for values so long that they hold repetitions by nature. */
export function isMostlyOne(value: string): boolean {
  const counts = new Map<string, number>();
  for (const character of value) counts.set(character, (counts.get(character) ?? 0) + 1);
  return Math.max(...counts.values()) > value.length * 0.5;
}

/** One character most of the time, a short piece again and again, or a run along the alphabet or the keyboard's digits. */
export function isMonotonous(value: string): boolean {
  const { length } = value;
  if (length < 8) return new Set(value).size <= 2;
  if (isMostlyOne(value) || new Set(value).size <= Math.min(4, length / 4)) return true;
  let steps = 0;
  let longest = 0;
  let current = 0;
  for (let i = 1; i < length; i++) {
    const difference = value.charCodeAt(i) - value.charCodeAt(i - 1);
    if (difference === 1 || difference === -1 || difference === 0) {
      steps++;
      current++;
      longest = Math.max(longest, current);
    } else {
      current = 0;
    }
  }
  if (steps >= (length - 1) * 0.5 || longest >= 7) return true;
  for (let period = 1; period <= Math.min(10, length / 2); period++) {
    let same = 0;
    for (let i = period; i < length; i++) if (value[i] === value[i - period]) same++;
    if (same >= (length - period) * 0.85) return true;
  }
  return false;
}

/** Shannon entropy in bits a character. */
export function entropy(value: string): number {
  const counts = new Map<string, number>();
  for (const character of value) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values())
    bits -= (count / value.length) * Math.log2(count / value.length);
  return bits;
}

/** The pairs of letters that make up most of English. */
const pairs: ReadonlySet<string> = new Set(
  (
    'th he in er an re nd at on nt ha es st en ed to it ou ea hi is or ti as te et ng of al de se le sa si ar ve ra ld ur li ri ' +
    'io ne ic ll ce co me ta ma ch om ro be el no us la ec ca ct rs ac ee pe ho il ai di mo so ns tr wa wi po ie ir pr su ge ot ' +
    'ad em ut id ul ly fo lo ig ke op ss ay do bl ap am ab im ag un av ex ev ey cu fi if ff fe fa fr ow ey eg ol oo os ui qu'
  ).split(' '),
);

/** Whether letters follow one another as in words, which chance rarely does: for texts of one word or of words run together. */
export function isSpelled(text: string, share = 0.6): boolean {
  const letters = text.toLowerCase();
  let common = 0;
  for (let i = 1; i < letters.length; i++) if (pairs.has(letters.slice(i - 1, i + 1))) common++;
  return common >= (letters.length - 1) * share;
}

/** Whether most of it is words or path segments: runs of five letters of one case that are spelled like words. */
export function isWordy(value: string): boolean {
  let inWords = 0;
  for (const run of value.match(/[A-Z]?[a-z]{4,}|[A-Z]{5,}/g) ?? []) {
    if (/[aeiouAEIOU]/.test(run) && isSpelled(run)) inWords += run.length;
  }
  return inWords >= value.length * 0.45;
}
