import { type Input, secret } from "@pulumi/pulumi";

/** How playbooks log in: with a key, with what an SSH agent holds, or with both. Changing it runs no playbook. */
export interface AccessArgs {
  readonly user: string;
  /** OpenSSH or PEM. Kept as a secret. @default the keys of the user's SSH agent */
  readonly privateKey?: Input<string>;
  /** Whether the keys of the user's SSH agent are tried too. @default false */
  readonly agent?: boolean;
  /** What `sudo` asks for. Kept as a secret. @default it asks for nothing */
  readonly becomePassword?: Input<string>;
  /** The machine through which hosts are reached; `name`: what its host key is recorded under. @default none */
  readonly bastion?: { readonly address: Input<string>; readonly user: string; readonly port?: number; readonly name?: string };
}

/** The way to log in, with what is secret of it marked so. */
export function sealedAccess<A extends Pick<AccessArgs, "privateKey" | "becomePassword">>({ privateKey, becomePassword, ...access }: A) {
  return {
    ...access,
    ...(privateKey === undefined ? {} : { privateKey: secret(privateKey) }),
    ...(becomePassword === undefined ? {} : { becomePassword: secret(becomePassword) }),
  };
}
