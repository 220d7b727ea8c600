// Asks the JavaScript SDK whom it takes profiles for. Reads one JSON object a line, {"profile": "work"}, and answers each
// with one line: the ARN that STS names, or the error.
import { createInterface } from 'node:readline';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { fromNodeProviderChain } from '@aws-sdk/credential-providers';

for await (const line of createInterface({ input: process.stdin })) {
  const { profile } = JSON.parse(line);
  process.stdout.write(`${JSON.stringify(await answer(profile))}\n`);
}

async function answer(profile) {
  // One try: a refusal is an answer, and waiting for a second one only costs time.
  const client = new STSClient({
    profile,
    credentials: fromNodeProviderChain({ profile }),
    maxAttempts: 1,
  });
  try {
    const { Arn } = await client.send(new GetCallerIdentityCommand({}));
    return { arn: Arn };
  } catch (error) {
    return { error: `${error.name}: ${error.message}` };
  } finally {
    client.destroy();
  }
}
