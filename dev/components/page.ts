import { delivery, portal } from "./applications";
import { architecture } from "./architecture";
import { criteria } from "./criteria";
import { edge } from "./edge";
import { cluster, kubeflow, order } from "./installed";
import { kubernetes } from "./kubernetes";
import { lecture } from "./lecture";
import { middleware } from "./middleware";
import type { ComponentRow, Standing } from "./row";
import { scripts } from "./scripts";

/** Rows of the page that belong together. */
interface Section {
  readonly title: string;
  readonly rows: readonly ComponentRow[];
}

/** The documents that K-PaaS describes itself by, in the order in which the page has them. */
export const DOCUMENTS: readonly Section[] = [
  { title: "The architecture page of 1.4.0", rows: architecture },
  { title: "The lecture", rows: lecture },
  { title: "The slides on edge clusters", rows: edge },
  { title: "The note on Kubernetes", rows: kubernetes },
  { title: "The note on microservices and the criteria of management platforms", rows: criteria },
];

/** What K-PaaS's scripts install, in the order in which the reference has it. */
export const INSTALLED: readonly Section[] = [
  { title: "K-PaaS's order of installation", rows: order },
  { title: "What K-PaaS's scripts bring into a cluster", rows: cluster },
  { title: "K-PaaS's Kubeflow", rows: kubeflow },
  { title: "K-PaaS's Keycloak, MariaDB, OpenBao and Harbor", rows: middleware },
  { title: "The portal's applications and settings", rows: portal },
  { title: "The applications of pipeline and source control", rows: delivery },
];

/** All of the page. */
export const SECTIONS: readonly Section[] = [...DOCUMENTS, ...INSTALLED, { title: "What K-PaaS's scripts bring besides", rows: scripts }];

const HEADING = `# What of K-PaaS there is

Every item of the documents that K-PaaS's container platform describes itself by, and of what its scripts install, and how it stands here. Written from \`dev/components/\` by a test, which holds fields and places to what there is.

- **in**: brought up from the file. What of it is lacking, the row says.
- **passed through**: another program's own, which the file hands its settings.
- **not yet**: to come. A field that is named is kept in the file and refused until then.
- **not**: it will not come, and why.
`;

const STANDINGS: readonly Standing[] = ["in", "passed through", "not yet", "not"];

/** docs/components.md, as the rows say it. */
export function componentsPage(): string {
  const counts = SECTIONS.map(({ title, rows }) => [title, ...STANDINGS.map((each) => rows.filter(([, is]) => is === each).length)]);
  return [HEADING, table(["where it is named", ...STANDINGS], counts), ...SECTIONS.flatMap(section)].join("\n");
}

function section({ title, rows }: Section): string[] {
  const lines = rows.map(([item, is, how, ...where]) => [
    item.replace(/^- /, "· ").replaceAll("**", ""),
    is,
    how,
    where.map(linked).join(" "),
  ]);
  return [`## ${title}\n`, table(["item", "", "how, or why not", "where"], lines)];
}

/** A place in the tree as a link, a field as it is written. */
function linked(where: string): string {
  if (!where.includes("/")) return `\`${where}\``;
  return `[${where}](${where.startsWith("docs/") ? where.slice("docs/".length) : `../${where}`})`;
}

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |\n`).join("");
}
