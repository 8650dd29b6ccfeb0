import { z } from "zod";
import { label, secretReferenceSchema } from "../environment/fields";

/* Who else brings a fleet's clusters up, in place of processes of this machine. */

const digested = z
  .string()
  .regex(/^[a-z0-9][a-z0-9.:/_-]*@sha256:[0-9a-f]{64}$/, "must be an image by its digest, such as registry.example.org/kpaas@sha256:…");
const branch = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._/-]*$/, "must be a branch's name")
  .meta({ description: "The branch that is brought up. Default: `main`." });

const backend = z.string().min(1).optional().meta({ description: "Where states are. Default: `backend.url` of Pulumi.yaml." });

const operatorSchema = z.strictObject({
  repository: z
    .string()
    .regex(/^https:\/\/[^\s@/]+\/[^\s@]+$/, "must be the https:// address of a repository, without user and password")
    .meta({ description: "The git repository of this project, as the operator reaches it." }),
  directory: z
    .string()
    .regex(/^(?!\/|.*\.\.)[A-Za-z0-9._/-]+$/, "must be a folder below the repository's own")
    .optional()
    .meta({ description: "The project's folder in it. Default: the repository's own." }),
  gitSecret: label("a Secret's name", 63).optional().meta({
    description: "The Secret whose key `token` holds an access token for the repository. Default: nobody is asked for one.",
  }),
  image: digested.meta({ description: "The workspaces' image, by its digest: node, Pulumi, and what kubespray's runs need." }),
  namespace: label("a namespace", 63).optional().meta({ description: "Where the Stacks are. Default: `kpaas`." }),
  backend,
  kubeconfig: secretReferenceSchema.optional().meta({
    description: "How `fleet up --via operator` reaches the operator's cluster. `fleet export` does not need it.",
  }),
});

const githubSchema = z.strictObject({
  branch: branch.optional(),
  backend,
  runsOn: z.array(z.string().min(1)).min(1).optional().meta({
    description: "The labels of the runner, which has to reach the machines. Default: `ubuntu-24.04`, of GitHub's own.",
  }),
});

const gitlabSchema = z.strictObject({
  branch: branch.optional(),
  backend,
  image: digested.meta({ description: "The jobs' image, by its digest: node, git, and what kubespray's runs need." }),
  tags: z.array(z.string().min(1)).min(1).optional().meta({ description: "The tags of the runner, which has to reach the machines." }),
});

/** What a fleet file says of whoever else brings its clusters up. */
export const viaSchema = z.strictObject({
  operator: operatorSchema.optional().meta({ description: "The Pulumi Kubernetes Operator, version 2." }),
  github: githubSchema.optional().meta({ description: "Workflows of GitHub Actions." }),
  gitlab: gitlabSchema.optional().meta({ description: "Jobs of GitLab CI." }),
});

export type OperatorSettings = z.infer<typeof operatorSchema>;
export type GithubSettings = z.infer<typeof githubSchema>;
export type GitlabSettings = z.infer<typeof gitlabSchema>;
/** By whom a fleet can be brought up beside this machine. */
export type Via = keyof z.infer<typeof viaSchema>;
