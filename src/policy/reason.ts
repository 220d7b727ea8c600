// Reasons are free text beside secrets, and they are printed and committed: they must not carry one along.

/** Long enough to be a key and mixed enough to be no word: "test-fixture-for-billing" is not, 20 mixed characters are. */
const tokenShape = /[\w+/=.~-]{16,}/g;

/** Text for people: one line, no invisible characters, at most 200 of them, and what may be a key left out. */
export function cleanReason(text: string): string | null {
  const words = text
    .slice(0, 1000)
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(tokenShape, (run) => (isTokenLike(run) ? '…' : run))
    .trim();
  return words === '' ? null : words.length > 200 ? `${words.slice(0, 199)}…` : words;
}

export function holdsToken(text: string): boolean {
  return (text.match(tokenShape) ?? []).some(isTokenLike);
}

function isTokenLike(run: string): boolean {
  return run
    .split(/[-_.~/=]+/)
    .some((piece) => piece.length >= 16 && /\d/.test(piece) && /[A-Za-z]/.test(piece));
}
