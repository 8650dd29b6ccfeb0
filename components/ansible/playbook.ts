import { CustomResource, type CustomResourceOptions, type Input } from "@pulumi/pulumi";
import { ANSIBLE_PLAYBOOK } from "../../model/type-tokens";
import { type AccessArgs, sealedAccess } from "../ssh-access";

/** A host that a playbook runs on. */
export interface PlaybookHost {
  /** The address SSH dials. */
  readonly address: Input<string>;
  /** @default the user of `ssh` */
  readonly user?: string;
  /** @default 22 */
  readonly port?: number;
  /** Groups of the inventory it is in. @default none */
  readonly groups?: readonly string[];
  /** Variables of this host. @default none */
  readonly variables?: Readonly<Record<string, Input<unknown>>>;
}

/** What a playbook is run with. A change of anything but `ssh`, `checkInPreview` and `onDelete` runs it again. */
export interface PlaybookArgs {
  /**
   * A playbook of your own, by a path that ends in `.yml` or `.yaml` and is relative to the project's folder, or one of kpaas' own, by its name,
   * e.g. `hardening`. A change of any file in its folder, or below it, runs it again: keep it in a folder of its own.
   */
  readonly playbook: string;
  /** By name, as the inventory and recorded host keys know them. */
  readonly hosts: Readonly<Record<string, PlaybookHost>>;
  /** Extra variables. Secrets among them, at any depth, stay secret. @default none */
  readonly variables?: Readonly<Record<string, Input<unknown>>>;
  /** How to log in. Changing it runs nothing. */
  readonly ssh: AccessArgs;
  /** `--tags`. @default all */
  readonly tags?: readonly string[];
  /** Hosts or groups of `--limit`. @default all */
  readonly limit?: readonly string[];
  /** Anything whose change is to run the playbook again. @default none */
  readonly triggers?: Input<unknown>;
  /** Whether a preview runs it with `--check`: that connects to the hosts, and changes nothing. @default false */
  readonly checkInPreview?: boolean;
  /** A playbook that is run, with the same hosts and variables, when this resource is deleted. @default none */
  readonly onDelete?: string;
  /** The kubespray tag whose range of Ansible is taken. @default the newest catalogued one */
  readonly kubespray?: string;
}

/** A playbook on hosts, run when something about it changes. */
export class Playbook extends CustomResource {
  constructor(name: string, args: PlaybookArgs, opts?: CustomResourceOptions) {
    super(ANSIBLE_PLAYBOOK, name, { ...args, ssh: sealedAccess(args.ssh) }, opts);
  }
}
