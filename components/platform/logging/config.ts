import type { Values } from "../values";
import { PORT } from "./names";

/** How long logs are kept where nobody says it. */
const RETENTION = "7d";

/** What of the volume logs may have in the long run; the rest is for what is not in order yet, and for days that are louder than others. */
const USED = 0.8;

/** How many bytes of logs are one on the disk, in small streams too. */
const COMPRESSION = 3;

const DAYS = { d: 1, w: 7 } as const;

/** Where its pod has what is mounted. */
export const FOLDERS = { data: "/var/loki", tls: "/etc/loki/tls" } as const;

/** What Loki is told, by the chart's names for the parts of its configuration. */
export function lokiConfig({ sizeGiB, retention = RETENTION }: { readonly sizeGiB: number; readonly retention?: string }): Values {
  const perDay = (sizeGiB * 1024 * USED * COMPRESSION) / daysOf(retention);
  return {
    // One tenant: whoever may ask sees the logs of all namespaces. Users are told apart by Grafana.
    auth_enabled: false,
    server: {
      http_listen_port: PORT,
      http_tls_config: { cert_file: `${FOLDERS.tls}/tls.crt`, key_file: `${FOLDERS.tls}/tls.key` },
      tls_min_version: "VersionTLS12",
      // Its parts are one process.
      grpc_listen_address: "127.0.0.1",
      log_level: "warn",
    },
    commonConfig: {
      path_prefix: FOLDERS.data,
      replication_factor: 1,
      instance_addr: "127.0.0.1",
      compactor_grpc_address: "127.0.0.1:9095",
      ring: { kvstore: { store: "inmemory" } },
    },
    // It has no other members to look for.
    memberlistConfig: { bind_addr: ["127.0.0.1"] },
    storage: { type: "filesystem" },
    // What is written stays readable: another schema is a further entry, from a later day on.
    schemaConfig: {
      configs: [
        { from: "2024-04-01", store: "tsdb", object_store: "filesystem", schema: "v13", index: { prefix: "index_", period: "24h" } },
      ],
    },
    // Beyond that it takes nothing until the oldest has gone: a full volume would stop it.
    ingester: { wal: { disk_full_threshold: 0.9 } },
    limits_config: {
      retention_period: retention,
      reject_old_samples: true,
      reject_old_samples_max_age: retention,
      // As much as fits the volume for so long, and a day's worth at once.
      ingestion_rate_mb: round(perDay / 86_400),
      ingestion_burst_size_mb: Math.ceil(perDay),
      // Labels are what the collector gives, and no more.
      discover_service_name: [],
      max_label_names_per_series: 8,
    },
    compactor: { working_directory: `${FOLDERS.data}/compactor`, retention_enabled: true, delete_request_store: "filesystem" },
    // Nothing is told outside.
    analytics: { reporting_enabled: false },
  };
}

function daysOf(retention: string): number {
  const [, number = "1", unit = "d"] = /^(\d+)([dw])$/.exec(retention) ?? [];
  return Number(number) * DAYS[unit as keyof typeof DAYS];
}

function round(number: number): number {
  return Math.max(0.01, Math.round(number * 100) / 100);
}
