import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { makeFolder, namesIn, PRIVATE_FOLDER } from "../../host/files";
import { makeOwnFolder } from "../../host/own-folder";
import { kubesprayTags } from "../../model/cluster/releases";
import { writeInventory } from "../kubespray/ansible/inventory";
import { play } from "../kubespray/ansible/playbook";
import { Progress } from "../kubespray/ansible/progress";
import { pythonEnvironment, requirementsOf } from "../kubespray/ansible/python";
import { PROGRAMS } from "../kubespray/ansible/runner";
import { ansibleEnvironment, ansibleSettings } from "../kubespray/ansible/settings";
import { releaseOf } from "../kubespray/ansible/source";
import { withRunFolder, writePrivate } from "../kubespray/ansible/ssh-config";
import type { NodeMachine } from "../kubespray/inputs";
import { COLLECTION } from "./content";
import type { PlaybookInputs } from "./inputs";
import type { PlaybookRun, Plays } from "./plays";

/** How many logs of a playbook are kept. */
const LOGS_KEPT = 50;

/** The Python with Ansible that a kubespray tag takes; tests have their own. */
export type PythonOf = (tag: string, tell: (line: string) => void, signal: AbortSignal) => Promise<string>;

const fromCache: PythonOf = async (tag, tell, signal) => {
  const release = releaseOf(tag);
  return await pythonEnvironment(requirementsOf(release), release.ansible.python, { tell, signal });
};

/** Runs playbooks by Ansible on hosts that SSH reaches. @param root the project's folder */
export function ansiblePlays(root: string, unusable: string | undefined, pythonOf: PythonOf = fromCache): Plays {
  const kept = (name: string): string => join(root, ".kpaas", "playbooks", name);
  return {
    unusable,
    async run(run, tell, signal) {
      const { name, path, inputs, environment, check } = run;
      makeOwnFolder(root);
      for (const folder of ["logs", "facts"]) makeFolder(join(kept(name), folder), PRIVATE_FOLDER);
      const python = await pythonOf(inputs.kubespray ?? newest(), tell, signal);
      const progress = new Progress(undefined);
      await withRunFolder({ root, environment, ssh: inputs.ssh, machines: machinesOf(inputs) }, async (folder) => {
        const config = join(folder.path, "ansible.cfg");
        const own = dirname(path);
        const settings = { folder: folder.path, sshConfig: folder.sshConfig, kubespray: own, own: COLLECTION, programs: PROGRAMS };
        writePrivate(config, ansibleSettings({ ...settings, facts: join(kept(name), "facts"), hosts: Object.keys(inputs.hosts).length }));
        await play(
          {
            name: inputs.playbook,
            python,
            programs: PROGRAMS,
            args: [...argumentsOf(folder.path, run), ...(check ? ["--check"] : []), path],
            cwd: own,
            env: ansibleEnvironment(config),
            folder: folder.path,
            log: newLog(join(kept(name), "logs")),
            record: join(kept(name), "running.json"),
            secrets: inputs.secretValues,
            finish: false,
          },
          (event) => {
            const text = progress.take(event);
            if (text !== undefined) tell(text);
          },
          signal,
        );
      });
    },
    forget: (name) => rmSync(kept(name), { recursive: true, force: true }),
  };
}

function newest(): string {
  const tag = kubesprayTags.at(-1);
  if (tag === undefined) throw new Error("the catalogue has no kubespray release");
  return tag;
}

function machinesOf({ hosts }: PlaybookInputs): Record<string, NodeMachine> {
  return Object.fromEntries(
    Object.entries(hosts).map(([name, { address, user, port }]) => [
      name,
      {
        machineId: name,
        dialAddress: address,
        ...(user === undefined ? {} : { sshUser: user }),
        ...(port === undefined ? {} : { sshPort: port }),
      },
    ]),
  );
}

/** Whatever may be secret goes by files of this user's. */
function argumentsOf(folder: string, { inputs }: PlaybookRun): string[] {
  const { hosts, variables = {}, tags = [], limit = [], ssh } = inputs;
  const groups = new Map<string, Record<string, object>>();
  for (const [name, { groups: of = [] }] of Object.entries(hosts))
    for (const group of of) groups.set(group, { ...groups.get(group), [name]: {} });
  // SSH's configuration knows each host by its name.
  const entries = Object.entries(hosts).map(([name, { address, variables: own = {} }]) => [
    name,
    { ...own, ansible_host: address, ansible_ssh_host: name },
  ]);
  const children = Object.fromEntries([...groups].map(([name, members]) => [name, { hosts: members }]));
  const inventory = writeInventory(folder, {
    hosts: { all: { hosts: Object.fromEntries(entries), children } },
    variables: {},
    secrets: {},
  });
  const extra = join(folder, "extra.json");
  writePrivate(extra, JSON.stringify(variables));
  const become = join(folder, "become");
  if (ssh.becomePassword !== undefined) writePrivate(become, `${ssh.becomePassword}\n`);
  return [
    ...["--inventory", inventory, "--extra-vars", `@${extra}`],
    ...(limit.length > 0 ? ["--limit", limit.join(",")] : []),
    ...(tags.length > 0 ? ["--tags", tags.join(",")] : []),
    ...(ssh.becomePassword === undefined ? [] : ["--become-password-file", become]),
  ];
}

function newLog(folder: string): string {
  for (const old of namesIn(folder).slice(0, -(LOGS_KEPT - 1))) rmSync(join(folder, old), { force: true });
  return join(folder, `${new Date().toISOString().replace(/:/g, "-").slice(0, 19)}Z-${randomBytes(2).toString("hex")}.log`);
}
