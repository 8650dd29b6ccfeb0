import type { Profile, ProviderName } from "../model/plan/types";
import type { HostsText } from "./hosts/template";

/** What a new environment file is made from. */
export interface TemplateChoices {
  readonly name: string;
  readonly provider: ProviderName;
  readonly profile: Profile;
  /** What must be said where its cloud is, and comments on the options that only it has. */
  readonly options: string;
  /** Its usual sizes. */
  readonly sizes: Readonly<Record<"controlPlane" | "worker", string>>;
  /** What is known of hosts that are there already. */
  readonly hosts?: HostsText;
  /** Where the file's JSON Schema lies, relative to the file. */
  readonly schema: string;
}

/** The text of a new environment file: the little that must be said, and the rest as comments to take the mark from. */
export function environmentTemplate({ name, provider, profile, options, sizes, hosts, schema }: TemplateChoices): string {
  return `# yaml-language-server: $schema=${schema}
# One K-PaaS environment. \`kpaas check ${name}\` names every problem, \`kpaas plan ${name}\` shows what it will be.
# Whatever is left out has a default. An editor with a YAML language server completes and checks by the schema above.

# The identity: the stack and every resource take this name. Do not change it later.
name: ${quoted(name)}

# minimal (1 control plane, 2 workers), standard (1 and 3, the whole of K-PaaS) or highAvailability (3 and 3, a bastion, two of each).
profile: ${profile}

infrastructure:
  provider: ${provider}
${hosts === undefined ? madeParts(name, options, sizes) : hostParts(hosts)}
`;
}

/** What any cloud may be told, by the field. */
const CHOICES: Readonly<Record<string, string>> = {
  zones: "  # zones: [az-1, az-2, az-3]            # machines are spread over them once, then stay",
  image: '  # image: ubuntu-22.04                  # pinned: "latest" is refused',
  network: `  # network:
  #   cidr: 10.20.0.0/16`,
  access: `  # access:
  #   adminCidrs: [203.0.113.0/24]       # who may reach SSH and the Kubernetes API; default: nobody outside the network; [] says so
  #   ingressCidrs: [0.0.0.0/0]          # who may reach the platform on 80 and 443`,
};

/** What there is to choose where machines are made, but for what the cloud says itself. */
function madeParts(name: string, options: string, sizes: TemplateChoices["sizes"]): string {
  const open = Object.entries(CHOICES).filter(([field]) => !new RegExp(`^  ${field}:`, "m").test(options));
  return `${open.map(([, text]) => text).join("\n")}
${options}
# cluster:
#   controlPlane:
#     nodes: 3                           # a number, or a map of keys that are kept for ever: { cp-a: { zone: az-1 }, ... }
#     size: ${sizes.controlPlane}
#   pools:
#     general: { nodes: 3, size: ${sizes.worker} }

# platform:
#   domain: ${name}.example.org          # default: <ingress address>.nip.io
#   storage: { kind: nfs, sizeGiB: 200 }
#   services:
#     keycloak: { replicas: 2 }`;
}

function hostParts({ infrastructure, cluster, platform }: HostsText): string {
  return [infrastructure, cluster, platform].join("\n\n");
}

/** A name that YAML, or an older reader of it, takes for a number or a word of its own, in quotes. */
function quoted(name: string): string {
  return /^\d|^(true|false|null|yes|no|on|off|y|n)$/.test(name) ? `"${name}"` : name;
}
