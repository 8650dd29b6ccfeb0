import { EXPORTER_FILES, EXPORTER_FOLDER, type Exporter } from "../exporter";
import { NAMES, PORTS, WORKLOAD } from "./config";

/** What `exporterArgs` are made from. */
export interface Watched {
  /** Where each member says how it is, by its name. */
  readonly members: Readonly<Record<string, string>>;
  readonly port?: number;
  readonly folder?: string;
}

/** Where Prometheus asks. */
const PORT = 7777;

/** The exporter of NATS' own project. It finds whom to trust as every program of its language does. */
export function natsExporter(replicas: number, namespace: string): Exporter {
  const names = Array.from({ length: replicas }, (_, index) => `${WORKLOAD}-${index}`);
  const members = Object.fromEntries(names.map((name) => [name, `https://${name}.${NAMES.headless}.${namespace}.svc:${PORTS.monitor}`]));
  return { workload: "nats-exporter", args: exporterArgs({ members }), env: exporterEnvironment(), port: PORT, page: "/metrics" };
}

/** Whom it trusts. */
export function exporterEnvironment(folder = EXPORTER_FOLDER): Record<string, string> {
  return { SSL_CERT_FILE: `${folder}/${EXPORTER_FILES.authority}` };
}

/** It asks for what servers and accounts hold, not for who is connected. */
export function exporterArgs({ members, port = PORT, folder = EXPORTER_FOLDER }: Watched): string[] {
  const { certificate, key } = EXPORTER_FILES;
  return [
    ...[`-port=${port}`, `-tlscert=${folder}/${certificate}`, `-tlskey=${folder}/${key}`],
    ...["-varz", "-jsz=accounts"],
    ...Object.entries(members).map(([name, url]) => `${name},${url}`),
  ];
}
