import { registry } from "../files/registry";
import { type VariableRow, variableTable } from "../model/environment/variable-table";
import { serviceRows } from "../model/environment/variables";

const heading = `# Variables passed to kubespray

What \`cluster.variables\` takes, by name; \`*\` stands for any run of characters, and the first row that names a variable counts. A variable that no row names is passed as it is.
Written from \`model/environment/variable-table.ts\` and the services' definitions by a test.
`;

/** docs/kubespray-variables.md, as the table says it. */
export function variablesPage(): string {
  const sections = [
    section("Set by a field", "A field of the environment file, or the plan, sets them. They are refused.", ["field"], (row) =>
      row.kind === "field" ? (row.field.includes(" ") ? row.field : `\`${row.field}\``) : "",
    ),
    section("Refused", "Save for the values named.", ["refused", "needs"], (row) => {
      if (row.kind === "refused") return row.unless ? `${row.reason}; ${values(row.unless)} is passed` : row.reason;
      return row.kind === "needs" ? `${row.reason}, unless \`${row.variable}\` is ${values(row.values)}` : "";
    }),
    section(
      "Followed",
      "The plan opens what they need; `kpaas plan ENV --show flows` lists it.",
      ["flows", "resolvers", "servers"],
      (row) => {
        if (row.kind === "flows")
          return [
            ...row.opens.map(
              ({ protocol, ports, reason, portFrom }) =>
                `${protocol} ${ports.join(", ")}${portFrom ? ` (\`${portFrom}\`)` : ""}: ${reason}`,
            ),
            ...(row.notBeside ? [`refused beside \`platform.storage\` of kind ${row.notBeside.storage}`] : []),
          ].join("; ");
        return row.kind === "resolvers"
          ? "DNS to the nameservers they name"
          : "the way to the servers they name, which must stand in the file";
      },
    ),
    section(
      "Passed with a warning",
      "They listen on each machine, and the plan opens no way there from elsewhere.",
      ["closed"],
      () => "closed",
    ),
    section("Passed", "Looked at, because of what their names say.", ["passed", "unasked"], (row) =>
      row.kind === "passed" ? row.why : "nothing is sent to the hosts they name",
    ),
  ];
  return [heading, ...sections].join("\n");
}

function section(title: string, text: string, kinds: readonly VariableRow["kind"][], meaning: (row: VariableRow) => string): string {
  const rows = [...variableTable, ...serviceRows(registry)].filter(({ kind }) => kinds.includes(kind));
  const lines = rows.map((row) => `| ${row.names.map((name) => `\`${name}\``).join(" ")} | ${meaning(row)} |`);
  return [`## ${title}`, "", text, "", "| variables | |", "|---|---|", ...lines, ""].join("\n");
}

function values(list: readonly unknown[]): string {
  return list.map((each) => `\`${JSON.stringify(each)}\``).join(" or ");
}
