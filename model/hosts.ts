/** Machines that are there before the environment. */
export interface Hosts {
  /** The field of the file that describes them, by key, at `hosts`. */
  readonly field: string;
  readonly hosts: Readonly<Record<string, Host>>;
  /** The keys of those that have a task beside the cluster, or in it as well. */
  readonly bastion?: string;
  readonly nfs?: string;
}

/** A machine that is there before the environment. */
export interface Host {
  /** The address its peers use. */
  readonly address: string;
  /** The one that SSH reaches it at from here, where that is another. */
  readonly accessAddress?: string;
  readonly zone?: string;
  /** Who logs in, where not the user of all. */
  readonly user?: string;
  /** SSH's port, where not 22. */
  readonly port?: number;
  readonly volumes?: readonly HostVolume[];
}

/** A disk of a host that is there before the environment. */
export interface HostVolume {
  readonly name: string;
  /** A stable path. */
  readonly device: string;
}
