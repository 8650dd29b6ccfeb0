import { UNKNOWN } from "../../rpc/provider";
import { type SshTarget, withRunFolder } from "../ansible/ssh-config";
import type { NodeMachine } from "../inputs";
import { OpenSshHosts, type RemoteHosts } from "./remote-hosts";

/** Does something with the hosts of a cluster; the connections are closed afterwards. */
export async function withHosts<T>(target: SshTarget, work: (hosts: RemoteHosts) => Promise<T>): Promise<T> {
  return await withRunFolder({ ...target, machines: knownMachines(target.machines) }, ({ sshConfig }) => work(hostsBy(sshConfig, target)));
}

/** Hosts that stay open until they are closed. */
export interface OpenHosts {
  readonly hosts: RemoteHosts;
  close(): Promise<void>;
}

/** Opens the hosts of a cluster for as long as they are needed. */
export async function openHosts(target: SshTarget): Promise<OpenHosts> {
  return await new Promise((resolve, reject) => {
    const open = (hosts: RemoteHosts) =>
      new Promise<void>((closed) => {
        const close = async () => {
          closed();
          await scope;
        };
        resolve({ hosts, close });
      });
    const scope = withHosts(target, open);
    scope.catch(reject);
  });
}

function hostsBy(config: string, { ssh }: SshTarget): RemoteHosts {
  return new OpenSshHosts({ config, ...(ssh.becomePassword === undefined ? {} : { becomePassword: ssh.becomePassword }) });
}

/** Those that are there to be asked: a machine is known by its id and its address once it has been made. */
export function knownMachines(machines: Readonly<Record<string, NodeMachine>>): Readonly<Record<string, NodeMachine>> {
  const isKnown = ({ machineId, dialAddress }: NodeMachine) => ![machineId, dialAddress].some((each) => each === UNKNOWN || each === "");
  return Object.fromEntries(Object.entries(machines).filter(([, machine]) => isKnown(machine)));
}
