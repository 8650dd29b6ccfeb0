import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { makeOwnFolder } from "../../host/own-folder";
import { kubesprayTags } from "../../model/cluster/releases";
import { type InventoryFiles, writeArguments } from "../kubespray/ansible/inventory";
import { Kept } from "../kubespray/ansible/kept";
import { play } from "../kubespray/ansible/playbook";
import { Progress } from "../kubespray/ansible/progress";
import { pythonEnvironment, requirementsOf } from "../kubespray/ansible/python";
import { PROGRAMS, secretsOf } from "../kubespray/ansible/runner";
import { ansibleEnvironment, writeSettings } from "../kubespray/ansible/settings";
import { releaseOf } from "../kubespray/ansible/source";
import { withRunFolder } from "../kubespray/ansible/ssh-config";
import type { NodeMachine } from "../kubespray/inputs";
import { COLLECTION } from "./content";
import type { PlaybookInputs } from "./inputs";
import { fileName, type PlaybookOf, type Plays } from "./plays";

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
  const keptOf = ({ environment, name }: PlaybookOf) => new Kept(join(root, ".kpaas", "playbooks", environment, fileName(name)), LOGS_KEPT);
  return {
    unusable,
    async run(run, tell, signal) {
      const { path, inputs, environment, check } = run;
      makeOwnFolder(root);
      const kept = keptOf(run);
      kept.make();
      await kept.waitForLeftRunning({ tell, signal });
      const python = await pythonOf(inputs.kubespray ?? newest(), tell, signal);
      const progress = new Progress(undefined);
      const { hosts, variables: extraVars = {}, tags = [], limit = [], ssh } = inputs;
      await withRunFolder({ root, environment, ssh, machines: machinesOf(inputs) }, async (folder) => {
        const own = dirname(path);
        const config = writeSettings(folder, {
          ...{ kubespray: own, own: COLLECTION, programs: PROGRAMS, facts: kept.facts },
          hosts: Object.keys(hosts).length,
        });
        const args = writeArguments(folder.path, inventoryOf(inputs), { extraVars, limit, tags, ssh });
        const run = () =>
          play(
            {
              name: inputs.playbook,
              python,
              programs: PROGRAMS,
              args: [...args, ...(check ? ["--check"] : []), path],
              cwd: own,
              env: ansibleEnvironment(config),
              folder: folder.path,
              log: kept.newLog(randomBytes(2).toString("hex")),
              record: kept.record,
              secrets: secretsOf(inputs),
              finish: false,
            },
            (event) => {
              const text = progress.take(event);
              if (text !== undefined) tell(text);
            },
            signal,
          );
        await progress.during(tell, run);
      });
    },
    forget: (playbook) => rmSync(keptOf(playbook).folder, { recursive: true, force: true }),
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

function inventoryOf({ hosts }: PlaybookInputs): InventoryFiles {
  const groups = new Map<string, Record<string, object>>();
  for (const [name, { groups: of = [] }] of Object.entries(hosts))
    for (const group of of) groups.set(group, { ...groups.get(group), [name]: {} });
  // SSH's configuration knows each host by its name.
  const entries = Object.entries(hosts).map(([name, { address, variables: own = {} }]) => [
    name,
    { ...own, ansible_host: address, ansible_ssh_host: name },
  ]);
  const children = Object.fromEntries([...groups].map(([name, members]) => [name, { hosts: members }]));
  return { hosts: { all: { hosts: Object.fromEntries(entries), children } }, variables: {}, secrets: {} };
}
