import {
  CustomResource,
  type CustomResourceOptions,
  type Input,
  mergeOptions,
  type Output,
  ProviderResource,
  type ResourceOptions,
  secret,
} from "@pulumi/pulumi";
import { HARBOR_PROJECT, HARBOR_ROBOT } from "../../../model/type-tokens";

/** Arguments of {@link HarborProvider}. */
export interface HarborProviderArgs {
  /** Base URL of Harbor's core. */
  readonly url: Input<string>;
  /** An administrator. */
  readonly user: Input<string>;
  /** Secret. */
  readonly password: Input<string>;
  /** What signed the certificate that is shown there. PEM. */
  readonly ca: Input<string>;
}

/** The plugin `kpaas`, told which Harbor projects and robot accounts are of. It calls nobody in a preview. */
export class HarborProvider extends ProviderResource {
  constructor(name: string, { url, user, password, ca }: HarborProviderArgs, opts?: ResourceOptions) {
    super("kpaas", name, { harborUrl: url, harborUser: user, harborPassword: secret(password), harborCa: ca }, opts);
  }
}

/** Arguments of {@link HarborProject}. */
export interface HarborProjectArgs {
  /** Lower-case letters and digits, with single `.`, `_` or `-` between them. Changing it makes another one. */
  readonly name: Input<string>;
  /** Whether everybody may pull from it. @default false */
  readonly public?: Input<boolean>;
  /** What it may hold, in bytes. @default -1, as much as there is */
  readonly quota?: Input<number>;
  /** Whether deleting it deletes what is in it; else Harbor refuses that. @default false */
  readonly deleteRepositories?: Input<boolean>;
}

/** A project of a Harbor. One that somebody else has made is taken over by its name as `import` only. */
export class HarborProject extends CustomResource {
  /** As it is, so that what names it waits for it. */
  declare readonly name: Output<string>;
  /** Harbor's own number of it. */
  declare readonly projectId: Output<number>;

  /** @param opts `provider`: a {@link HarborProvider} */
  constructor(name: string, args: HarborProjectArgs, opts?: CustomResourceOptions) {
    super(HARBOR_PROJECT, name, { projectId: undefined, ...args }, opts);
  }
}

/** Arguments of {@link HarborRobot}. */
export interface HarborRobotArgs {
  /** The project's name. Changing it makes another one. */
  readonly project: Input<string>;
  /** Its name there, as a project's. Changing it makes another one. */
  readonly name: Input<string>;
  /** What it may do there, each `RESOURCE:ACTION`, as `repository:pull`. */
  readonly access: Input<readonly Input<string>[]>;
  /** What it logs in by: 8 to 128 characters, lower-case and upper-case letters and digits among them. Secret. */
  readonly secret: Input<string>;
  /** @default made by kpaas */
  readonly description?: Input<string>;
}

/** An account of programs at a project of a Harbor, which never ends. One of somebody else's is taken over as `import` only, by `PROJECT/NAME`. */
export class HarborRobot extends CustomResource {
  /** What it logs in as, `robot$PROJECT+NAME`. */
  declare readonly fullName: Output<string>;

  /** @param opts `provider`: a {@link HarborProvider} */
  constructor(name: string, args: HarborRobotArgs, opts?: CustomResourceOptions) {
    const all = { robotId: undefined, fullName: undefined, disabled: undefined, ...args, secret: secret(args.secret) };
    super(HARBOR_ROBOT, name, all, mergeOptions(opts, { additionalSecretOutputs: ["secret"] }));
  }
}
