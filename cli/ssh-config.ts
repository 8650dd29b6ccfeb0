import type { Login } from "../reach/login";
import type { SshHost } from "../reach/ssh-config";

/** The machines of an environment by their keys: all but the bastion are reached through it. */
export function sshHosts(login: Omit<Login, "privateKey">): SshHost[] {
  const bastion = Object.entries(login.machines).find(([, machine]) => machine.roles.includes("bastion"))?.[0];
  return Object.entries(login.machines).map(([key, machine]) => {
    const { address, user, port } = machine.login ?? {};
    return {
      name: key,
      address: (key === bastion ? login.bastion : undefined) ?? address ?? machine.address,
      alias: machine.name,
      ...(user === undefined ? {} : { user }),
      ...(port === undefined ? {} : { port }),
      ...(bastion === undefined || login.bastion === undefined || key === bastion ? {} : { jump: bastion }),
    };
  });
}
