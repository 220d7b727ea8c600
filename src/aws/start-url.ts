// When two spellings of a start URL mean one access portal.

/** The AWS CLI's cache tells them apart, the service does not. What is no URL is only like itself. */
export function sameStartUrl(a: string, b: string): boolean {
  return normalStartUrl(a) === normalStartUrl(b);
}

function normalStartUrl(text: string): string {
  const trimmed = text.trim();
  if (!URL.canParse(trimmed)) return trimmed;
  const url = new URL(trimmed);
  return `${url.origin}${portalPath(url)}`;
}

/**
 * The case of hosts does not count, that of paths does. What follows # or ? is the page the person was on; the bare host
 * of a portal leads to /start.
 */
export function portalPath(url: URL): string {
  const path = url.pathname.replace(/\/+$/, '');
  return path === '' && /^[a-z0-9-]+\.awsapps\.com$/.test(url.hostname) ? '/start' : path;
}
