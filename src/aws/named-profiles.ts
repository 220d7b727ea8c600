// Which profiles a text names in the ways that programs take one: variables, options, settings, calls. Another tool's
// profiles (compose, Cargo, dbt, Databricks …) are written alike and are told apart by what stands around them.

/**
 * The names, as they stand there. `path` decides what a bare `profile = …` means, and that texts for people only are not
 * read; it may be relative or absolute, with either slash.
 */
export function namedProfiles(text: string, path: string): ReadonlySet<string> {
  const file = path.replaceAll('\\', '/').split('/').at(-1)?.toLowerCase() ?? '';
  if (!/profile|aws-vault|awsume|codecommit:/i.test(text) || forPeople.test(file)) return new Set();
  const code = text.replaceAll('\r\n', '\n').replace(/^[ \t]*(?:#|\/\/|;).*$/gm, '');
  return new Set([
    ...plain.flatMap((form) => valuesOf(code, form)),
    ...valuesOf(code, option, (at) => !isOfOtherTool(code, at)),
    ...valuesOf(
      code,
      programText.test(file) ? bareInCode : bare,
      (at) => speaksOfAws(code, file) && !isOfOtherBlock(code, at),
    ),
  ]);
}

/** They tell somebody what to type, and go on doing so. */
const forPeople = /\.(?:md|mdx|markdown|rst|adoc|txt|html?|log|csv)$/;

// ---- values

/** A quoted one may hold blanks; `${…}` and `$(…)` name nothing that could be read here. */
const quoted = String.raw`"([^"\n$]{1,128})"(?![ \t]*[:=])|'([^'\n$]{1,128})'(?![ \t]*[:=])`;
const value = String.raw`(?:${quoted}|([^\s"'\`$|&;,<>(){}[\]\\]{1,128}))`;

function valuesOf(
  text: string,
  form: RegExp,
  counts: (at: number) => boolean = () => true,
): string[] {
  return [...text.matchAll(form)].flatMap(({ index, 1: double, 2: single, 3: unquoted }) => {
    const name = double ?? single ?? unquoted;
    // The AWS Toolkit of an editor writes `profile:work`.
    return name === undefined || !counts(index) ? [] : [name.replace(/^profile:/, '')];
  });
}

/** What stands behind a name of a variable or setting and before its value, on one line. */
const gives = String.raw`(?:["'\]})]{0,3}[ \t]{0,8}(?::-|:=|\?=|=>|={1,2}|:|,|\|\||\?\?)[ \t]{0,40}|-(?=\w)|[ \t]{1,40})`;
/** `AWS_PROFILE`, `aws.profile`, `awsProfile`, `TF_VAR_aws_profile`, `AWSProfileName` … */
const variable = String.raw`(?<![a-z0-9])aws[_.:-]?(?:default[_-]?|vault[_-]?)?profile(?:[_-]?name)?`;

// ---- forms that only AWS's own tools know

const plain = [
  `${variable}${gives}${value}`,
  // a list of names and values: Kubernetes, ECS, run configurations; a property list; an element
  String.raw`${variable}["']?[\s,]{0,80}["']?value["']?[ \t]{0,8}[:=][ \t]{0,8}${value}`,
  String.raw`${variable}</key>\s{0,80}<string>${value}`,
  `${variable}>${value}`,
  // Terraform: variable "aws_profile" { default = "work" }
  String.raw`\bvariable[ \t]+"[^"\n]{0,40}profile"[ \t]*\{[^}]{0,400}?\bdefault[ \t]*=[ \t]*${value}`,
  // the AWS files' own, wherever a copy of them lies
  String.raw`^[ \t]*source_profile[ \t]*=[ \t]*${value}`,
  String.raw`^[ \t]*\[profile[ \t]+${value}`,
  // an editor's setting
  String.raw`(?<=["'>])profile:([^"'<\n]{1,128})(?=["'<])`,
  String.raw`\bcodecommit(?:::[a-z0-9-]{1,30})?://([\w.+-]{1,128})@`,
  String.raw`\baws-vault[ \t]+(?:exec|login|export|rotate)[ \t]+(?:--?[\w=-]{1,40}[ \t]+){0,8}${value}`,
  String.raw`(?:^|[;&|"'])[ \t]*(?:\.[ \t]+|source[ \t]+)?awsume[ \t]+${value}`,
  String.raw`(?:WithSharedConfigProfile|ProfileCredentialsProvider(?:\.create)?|StoredProfileAWSCredentials)\([ \t]*${value}`,
].map((form) => new RegExp(form, 'gim'));

// ---- options of a command

const option = new RegExp(
  String.raw`(?<![\w-])(?:--(?:aws-)?profile|-ProfileName)["']?(?:[=:]|[ \t]*,\s{0,80}|[ \t]+(?:\\\n[ \t]*)?|\n[ \t]*-[ \t]+)${value}`,
  'gm',
);

/** Programs whose option is AWS's, or is not. The one that stands nearest before it decides. */
const programs =
  /(?<![\w.])(?:(aws(?:-cli|-iam-authenticator|-sso-util|-vault)?|eksctl|sam|cdk|serverless|sls|copilot|chamber|terraform|saml2aws|boto3?)|(docker(?:-compose)?|podman(?:-compose)?|compose|cargo|rustup|eas|expo|dbt|databricks|oci|minikube|firefox|chrom(?:e|ium)|google-chrome|flutter|nix|maven|mvn|gradle|isort|black|snow|snowsql|aliyun|tccli|linode-cli|hardhat|spago|cabal|ghc|stack|pulsar|az|gcloud|kind|skaffold|msedge|thunderbird|conan|dub|forge|vlt|wp))(?![\w.-])/gi;

function isOfOtherTool(text: string, at: number): boolean {
  const before = text.slice(Math.max(0, at - 600), at);
  const nearest = [...commandOf(before).matchAll(programs)].at(-1);
  return nearest?.[2] !== undefined;
}

/** From where the command begins: its line with those it goes on from, or the list of its words. */
function commandOf(before: string): string {
  const lines = before.split('\n');
  let first = lines.length - 1;
  const isListed = /^[ \t]*(?:-[ \t]|["'[])/.test(lines[first] ?? '');
  const goesOn = isListed ? /[,[{:]\s*$|^[ \t]*-[ \t]/ : /\\\s*$/;
  while (first > 0 && goesOn.test(lines[first - 1] ?? '')) first -= 1;
  const command = lines.slice(first).join('\n');
  return isListed ? command : (command.split(/[;|&]/).at(-1) ?? '');
}

// ---- a bare `profile = work`

const sets = String.raw`(?:(?<![\w.$/-])profile(?:_?name)?["']?[ \t]{0,8}(?:=>?|:)[ \t]{0,40}|\.profile_?name\([ \t]{0,40})`;
const bare = new RegExp(sets + value, 'gim');
const bareInCode = new RegExp(`${sets}(?:${quoted})`, 'gim');

/** Programs: what is not quoted there is a variable. */
const programText = /\.(?:[cm]?[jt]sx?|py|go|java|kt|scala|rs|rb|php|cs)$/;

/** Files whose `profile` is an AWS profile, and files whose is not, whatever else they say. */
const ofAws = /^(?:samconfig\.|\.?cdk\.json|serverless\b|zappa_settings|aws\.xml|.*\.tfbackend$)/;
const ofOthers =
  /^(?:rust-toolchain|cargo\.|dbt_project\.|profiles\.ya?ml|\.isort|eas\.json|\.?databricks|.*compose[^/]*\.ya?ml$|pyproject\.toml|setup\.cfg|tox\.ini)/;

function speaksOfAws(text: string, file: string): boolean {
  if (ofAws.test(file)) return true;
  return !ofOthers.test(file) && /(?<![a-z])aws|amazon|\bboto|"s3"|\bs3:/i.test(text);
}

/** Terraform: in a provider that is not AWS's, or in a resource, whose profile is one of that service. */
function isOfOtherBlock(text: string, at: number): boolean {
  const head = [...text.slice(Math.max(0, at - 4000), at).matchAll(blocks)].at(-1);
  if (head?.[1] === undefined) return false;
  return head[1] === 'resource' || !/^(?:aws|awscc)$/.test(head[2] ?? '');
}

/** At the start of a line; a closing brace there ends it. */
const blocks = /^(?:(provider|resource)[ \t]+"([^"\n]{1,60})"[^\n]*\{|\}|\w[^\n]*\{)/gm;
