import { existsSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { type Command, Option } from "commander";
import { createWhole, keepFile, makeFolder, writeWhole } from "../../host/files";
import { withTemporaryFolder } from "../../host/temporary";
import { cloudNames } from "../../model/cloud-names";
import type { Profile, ProviderName } from "../../model/plan/types";
import { Findings, InvalidInputError, type Problem } from "../../model/problems";
import { type Context, writeJson, writeLines } from "../context";
import type { HostsText } from "../hosts/template";
import type { Modules } from "../modules";
import { badUsage } from "../report";
import { environmentTemplate } from "../template";

/** `kpaas init`: a commented environment file to start from. */
export function registerInit(program: Command, context: Context): void {
  program
    .command("init")
    .summary("write a commented environment file")
    .description("Writes environments/NAME.yaml, commented, and the JSON Schema editors complete it by. Overwrites no environment.")
    .argument("NAME", "DNS label of at most 30 characters; the stack and every resource take it")
    .addOption(new Option("--provider <P>", "where machines come from").choices(cloudNames).makeOptionMandatory())
    .addOption(new Option("--profile <X>", "how much platform and redundancy").choices(PROFILES).default("minimal"))
    .option("--hosts <FILE>", "with provider existing: the hosts, as a list, an inventory of Ansible, or K-PaaS' cp-cluster-vars.sh")
    .option("--json", "print what was written as JSON")
    .addHelpText("after", `\nExample:\n  $ kpaas init seoul --provider ${cloudNames[0]} --profile highAvailability`)
    .action((name: string, options: InitOptions) => init(context, name, options));
}

interface InitOptions {
  readonly provider: ProviderName;
  readonly profile: Profile;
  readonly hosts?: string;
  readonly json?: boolean;
}

const PROFILES: readonly Profile[] = ["minimal", "standard", "highAvailability"];

/** Where editors find the schema, relative to environments/. */
const SCHEMA = "./schema/environment.schema.json";

async function init(context: Context, name: string, options: InitOptions): Promise<void> {
  if (name.length > 30 || !/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(name)) {
    const reason = "the name must be a DNS label of at most 30 characters: lower-case letters, digits and inner hyphens";
    throw new InvalidInputError([
      { environment: name, path: "name", value: name, reason, remedy: "choose another name", severity: "error" },
    ]);
  }
  const [environments, schemas] = await Promise.all([context.modules.environments(), context.modules.schemas()]);
  const root = environments.findRoot(context.cwd);
  const folder = join(root, "environments");
  const file = join(folder, `${name}.yaml`);
  const { provider, profile } = options;
  const { registry } = await import("../../files/registry.js");
  const cloud = registry.clouds[provider];
  const makes = cloud?.can.machines !== false;
  if (makes === (options.hosts !== undefined)) {
    const [reason, remedy] = makes
      ? [`${provider} makes its machines: there are no hosts to read`, "leave --hosts out, or use --provider existing"]
      : ["the hosts are there already: a file must say which", "give --hosts FILE: a host a line, `NAME ADDRESS [ACCESS-ADDRESS]`"];
    throw badUsage(reason, remedy, name);
  }
  const hosts = options.hosts === undefined ? {} : { hosts: await readHostsFile(context, name, options.hosts) };
  const text = environmentTemplate({
    name,
    provider,
    profile,
    options: cloud?.template ?? "",
    sizes: cloud?.defaults.sizes ?? { controlPlane: "", worker: "" },
    ...hosts,
    schema: SCHEMA,
  });
  const problems = await problemsOf(environments, name, text);
  const errors = problems.filter(({ severity }) => severity === "error");
  // What no file of hosts says is for its author to complete.
  const left = errors.filter(({ path }) => !makes && path === "platform.loadBalancer.range");
  if (errors.length > left.length) throw new InvalidInputError(problems);
  if (!createWhole(file, text)) throw badUsage(`${file} exists already`, "edit it, or choose another name", name);
  keepFile(join(folder, SCHEMA), `${JSON.stringify(schemas.environmentJsonSchema(), undefined, 2)}\n`);
  if (options.json) {
    writeJson(context, { environment: name, file });
    return;
  }
  const written = relative(context.cwd, file);
  for (const { path, remedy } of left) writeLines(context.stderr, [`to complete: ${path}: ${remedy}`]);
  writeLines(context.stdout, [`wrote ${written}`, `next: edit it, \`kpaas check ${name}\`, \`kpaas up ${name} --sandbox\``]);
}

/** What a file of hosts says, as parts of an environment file. @throws InvalidInputError with all that is wrong with it */
async function readHostsFile(context: Context, environment: string, path: string): Promise<HostsText> {
  const [{ readTextFile }, { HostsProblems }, { readHosts }, { hostsText }] = await Promise.all([
    import("../../files/text-file.js"),
    import("../hosts/found.js"),
    import("../hosts/read.js"),
    import("../hosts/template.js"),
  ]);
  const unread = new Findings();
  const content = readTextFile(resolve(context.cwd, path), "--hosts", unread);
  if (content === undefined) throw new InvalidInputError(unread.toProblems(environment));
  const problems = new HostsProblems();
  const found = readHosts(content, problems);
  if (problems.problems.length > 0)
    throw new InvalidInputError(
      problems.problems.map(({ where, ...each }) => ({
        ...each,
        environment,
        path: where === "" ? path : `${path}: ${where}`,
        severity: "error",
      })),
    );
  const home = context.env.HOME ?? "";
  const [key = "id_ed25519"] = ["id_ed25519", "id_ecdsa", "id_rsa"].filter((each) => existsSync(join(home, ".ssh", each)));
  return hostsText(found, `~/.ssh/${key}`);
}

/** What the check says of the file, before anything is written where it is to be. */
function problemsOf(environments: Awaited<ReturnType<Modules["environments"]>>, name: string, text: string): Promise<readonly Problem[]> {
  return withTemporaryFolder("init", (scratch) => {
    makeFolder(join(scratch, "environments"));
    writeWhole(join(scratch, "environments", `${name}.yaml`), text, { durable: false });
    return environments.loadEnvironment(name, scratch).problems;
  });
}
