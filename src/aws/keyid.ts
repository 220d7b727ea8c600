// What an AWS access key id says by itself, without a network.

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/**
 * The 12-digit account that a new-generation key id names: bits 2–41 of its body, after a flag that tells the generation.
 * 'old' for ids of before 2019, which carry none; 'impossible' for a number no account can have or a wrong alphabet.
 */
export function accountOf(keyId: string): string {
  let bits = 0n;
  for (const character of keyId.slice(4, 14)) {
    const value = alphabet.indexOf(character);
    if (value < 0) return 'impossible';
    bits = (bits << 5n) | BigInt(value);
  }
  if (keyId.length < 14) return 'impossible';
  const number = bits >> 2n;
  if ((number & 0x800000000000n) === 0n) return 'old';
  const account = (number & 0x7fffffffff80n) >> 7n;
  return account > 999999999999n ? 'impossible' : account.toString().padStart(12, '0');
}

/** Accounts whose keys are traps: using one rings an alarm. Thinkst's, then its imitators' (known publicly). */
const canaryAccounts: ReadonlySet<string> = new Set(
  (
    '052310077262 171436882533 534261010715 595918472158 717712589309 819147034852 992382622183 730335385048 ' +
    '266735846894 893192397702 044858866125 251535659677 344043088457 351906852752 390477818340 426127672474 ' +
    '427150556519 439872796651 445142720921 465867158099 637958123769 693412236332 732624840810 735421457923 ' +
    '959235150393 982842642351'
  ).split(' '),
);

export function isCanaryAccount(account: string): boolean {
  return canaryAccounts.has(account);
}

/** AWS's documentation uses the first; emulators (moto, LocalStack) issue keys for both. Nobody's account has such a number. */
export function isMadeUpAccount(account: string): boolean {
  return account === '123456789012' || account === '000000000000';
}
