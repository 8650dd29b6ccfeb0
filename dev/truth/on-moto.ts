import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { ed25519Pair } from "../../test/support/ssh-keys";
import { lifeOf } from "./aws-calls";
import { Comparison } from "./comparison";
import type { Pinned } from "./packages";
import { samplesOf } from "./samples";

/** Four above dist/dev/truth. */
const SCRIPT = resolve(__dirname, "..", "..", "..", "dev", "truth", "on-moto.py");

/** What the environments find rather than make. */
const GIVEN = {
  "aws:ec2/getAmi:getAmi-id": {
    service: "ec2",
    operation: "DescribeImages",
    params: {},
    at: "Images[?VirtualizationType == 'hvm'] | [0].ImageId",
  },
};

/** What is looked for after all is deleted, beside the lists that resources are read from. */
const LISTS = [
  { service: "iam", operation: "ListRoles", params: {}, at: "Roles[]", id: "RoleName" },
  { service: "iam", operation: "ListInstanceProfiles", params: {}, at: "InstanceProfiles[]", id: "InstanceProfileName" },
];

/** What moto does otherwise than AWS, each with the refusal it shows in. */
const MOTO_OTHERWISE: Readonly<Record<string, RegExp>> = {
  "its default group lacks the rule that lets the group's own machines in":
    / RevokeSecurityGroupIngress: .*\(InvalidPermission\.NotFound\)/,
};

/**
 * Makes on moto's server what environments on AWS are made of, in order, with botocore's validation of parameters; reads it back, deletes it in
 * reverse and looks for what is left. Environments on a network that is there have none there, and are left out.
 */
export async function holdOnMoto({ python, versions }: Pinned): Promise<Comparison> {
  const { public: publicKeyOpenssh } = ed25519Pair();
  const outputs = { "tls:index/privateKey:PrivateKey": () => ({ publicKeyOpenssh }) };
  const samples = (await samplesOf("aws", { outputs })).filter(({ name }) => name !== "existing network");
  const lives = samples.map(({ resources }) => resources.map(lifeOf).filter((life) => life !== undefined));
  const { stdout, stderr, status } = spawnSync(python, [SCRIPT], {
    input: JSON.stringify({ given: GIVEN, lists: LISTS, samples: lives }),
    encoding: "utf8",
    maxBuffer: 2 ** 26,
  });
  if (status !== 0) throw new Error(`${SCRIPT} failed: ${stderr}`);
  const comparison = new Comparison(`moto ${versions.moto}`);
  const unseen = new Set(Object.keys(MOTO_OTHERWISE));
  for (const [index, played] of (JSON.parse(stdout) as { made: number; compared: number; wrong: string[] }[]).entries()) {
    const name = samples[index]?.name ?? "";
    const wrong = played.wrong.filter((each) => {
      const [known] = Object.entries(MOTO_OTHERWISE).find(([, shows]) => shows.test(each)) ?? [];
      if (known !== undefined) unseen.delete(known);
      return known === undefined;
    });
    comparison.add(
      played.compared,
      wrong.map((each) => `${name}: ${each}`),
    );
  }
  for (const each of unseen) comparison.hold("moto", `does as AWS by now: "${each}" in dev/truth/on-moto.ts is to go`);
  return comparison;
}
