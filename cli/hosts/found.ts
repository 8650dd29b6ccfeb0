/** A host as a list or inventory names it. */
export interface FoundHost {
  readonly name: string;
  readonly address: string;
  readonly accessAddress?: string;
  readonly user?: string;
  readonly port?: number;
  readonly tasks: ReadonlySet<Task>;
}

export type Task = "control-plane" | "etcd" | "worker" | "bastion" | "nfs";

/** What a file says of hosts, and of what else of an environment it names. */
export interface Found {
  readonly hosts: readonly FoundHost[];
  readonly user?: string;
  readonly loadBalancerRange?: string;
  readonly ingressAddress?: string;
  readonly endpointDomain?: string;
  readonly nfsServer?: string;
  /** What it says besides, and why it is not taken. */
  readonly leftOut: readonly string[];
}

/** What is wrong with a file of hosts, line by line. */
export class HostsProblems {
  readonly problems: { readonly where: string; readonly reason: string; readonly remedy: string }[] = [];

  add(where: string, reason: string, remedy: string): void {
    this.problems.push({ where, reason, remedy });
  }
}
