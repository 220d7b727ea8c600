// Names that people give to users of machines. A guess: naming the profile overrules it.

const names =
  /^(?:ci|svc|service|terraform|github-actions|gitlab|jenkins|circleci|buildkite)(?:[-_.]|$)|[-_.](?:ci|deploy|deployer|bot|svc)$|^ses-smtp-user\.|^BedrockAPIKey-/i;

export function isRobotUser(user: string): boolean {
  return names.test(user);
}
