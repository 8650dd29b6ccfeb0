import { istio, pipeline, serviceType, sourceControl } from "./applications";
import { cluster, edge, terraman } from "./cluster";
import { portal } from "./portal";
import type { KpaasVariable } from "./row";

/** K-PaaS's files of variables, with what they are called and of which release they were read. */
export const FILES: readonly { readonly title: string; readonly read: string; readonly rows: readonly KpaasVariable[] }[] = [
  {
    title: "The cluster: `cp-cluster-vars.sh`",
    read: "K-PaaS/cp-deployment, v1.6.2 and f8c4b3f (1.7.0, whose names `MASTERn_NODE_USER`, `NHN_API_BASE_URL` and `NAVER_…` are new): `single/`, `multi/` and `federation/`, where each has `CLUSTERn_` before it. `kpaas init NAME --provider existing --hosts cp-cluster-vars.sh` reads one ([existing hosts](existing-hosts.md)).",
    rows: cluster,
  },
  { title: "Edge: `cp-edge-vars.sh`", read: "v1.6.2, an earlier one, and the guide of 1.7.0, which names others.", rows: edge },
  {
    title: "Terraman: `cp-cluster-terraman-vars.sh`",
    read: "v1.6.2, and what K-PaaS/cp-terraman writes. Names that the cluster's file has too are above.",
    rows: terraman,
  },
  {
    title: "The portal: `cp-portal-vars.sh`, `cp-portal-vars-mc.sh`, `fed-vars.sh`",
    read: "The package 1.7.0, as a fork of it has it: its own place is no repository. All but those of the cluster, `HOST_DOMAIN` and `TLS_CERT_…` K-PaaS has kept as they are.",
    rows: portal,
  },
  {
    title: "The pipeline: `cp-pipeline-vars.sh`",
    read: "The package 1.6.2, likewise. Names that the portal's file has too are above.",
    rows: pipeline,
  },
  { title: "Source control: `cp-source-control-vars.sh`", read: "The guide of 1.7.0; the file itself was not seen.", rows: sourceControl },
  { title: "Clusters of a cloud's own: `istio-vars-mc.sh`", read: "The package 1.7.0, likewise.", rows: istio },
  {
    title: "The service type, until 1.4.0",
    read: "The guide of 1.4.0; names that the cluster's and the portal's files have too are above.",
    rows: serviceType,
  },
];

const HEADING = `# K-PaaS's own variables

What becomes of every variable that K-PaaS's scripts have their user fill in or keep: a **field** of the environment file; **planned** from it; **generated** as a secret; **fixed**, in the catalogue or the code; **not needed**; or **not yet**. \`n\` stands for a number.
Written from \`dev/kpaas-variables/\` by a test, which holds the fields to what there is. \`node dist/dev/kpaas-variables/main.js FILE…\` names the variables of such a file that are not here.
`;

/** docs/kpaas-variables.md, as the rows say it. */
export function kpaasVariablesPage(): string {
  return [HEADING, ...FILES.flatMap(({ title, read, rows }) => [`## ${title}`, "", read, "", ...table(rows), ""])].join("\n");
}

function table(rows: readonly KpaasVariable[]): string[] {
  const lines = rows.map(([names, becomes, how, ...fields]) => `| ${codes(names.split(" "))} | ${becomes} | ${codes(fields)} | ${how} |`);
  return ["| variables | becomes | field | |", "|---|---|---|---|", ...lines];
}

function codes(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(" ");
}

/** The variables that a script sets and no row names, by the names that rows have. */
export function unknownIn(script: string): string[] {
  const known = new Set(FILES.flatMap(({ rows }) => rows.flatMap(([names]) => names.split(" "))));
  const set = [...script.matchAll(/^\s*(?:export |declare -A )?([A-Z][A-Z0-9_]*(?:\$\{IDX\}\w*)?)(\[\w+\])?=/gm)];
  const names = set.map(([, name = "", key = ""]) => `${name.replace(/^([A-Z]+)(?:\$\{IDX\}|\d+)_/, "$1n_")}${key}`);
  const plain = names.map((name) => (known.has(name) ? name : name.replace(/^CLUSTERn_/, "").replace(/^([A-Z]+)\d+_/, "$1n_")));
  return [...new Set(plain.filter((name) => !known.has(name) && !/^IDX\d*$/.test(name)))].sort();
}
