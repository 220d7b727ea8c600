// The one door to everything that talks to AWS; behind it lies the SDK, so it is opened with import() by whoever needs it.
export { accountOfKey, callerIdentity } from './identity.ts';
export { deleteKey, lastUse, policiesOfUser, setKeyStatus } from './iam.ts';
export { isRegion, noteOnEndpointUrl, partitionOf } from './endpoints.ts';
export { isAlive, openPortal } from './portal.ts';
export { callProblem, SsoError } from './problem.ts';
export { refresh, signIn } from './sign-in.ts';
export { checkStartUrl } from './start-url.ts';
export { cacheFilesOf, isValid, tokenFileOf, tokenFrom } from './token-cache.ts';
