// A sentence that the one who makes findings and the one who shows many of them at once both need.

/** What to do with a key that is a profile of this computer; of several, where they are told together. */
export function ownProfileStep(profile: string): string {
  return `It is your profile \`${profile}\`: keyscan --fix moves it to SSO, so that no key is stored.`;
}

export const ownProfilesStep =
  'They are your profiles: keyscan --fix moves them to SSO, so that no key is stored.';
