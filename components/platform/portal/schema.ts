import type { TableAccount, TableColumns } from "../grants";

const ID = "id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY";
const TIMES = "created VARCHAR(255) NOT NULL, last_modified VARCHAR(255) NOT NULL";

/** Columns of the tables the portal's programs read and write. */
const TABLES: Readonly<Record<string, string>> = {
  cp_clusters: `cluster_id VARCHAR(255) NOT NULL PRIMARY KEY, name VARCHAR(255), cluster_type VARCHAR(255) NOT NULL DEFAULT 'sub', provider_type VARCHAR(50) NOT NULL, description VARCHAR(255) NOT NULL DEFAULT '-', status CHAR(1) NOT NULL DEFAULT 'D', ssh_key VARCHAR(100), ${TIMES}`,
  cp_cluster_log:
    "cluster_id VARCHAR(255) NOT NULL, process_no INT NOT NULL, log_message VARCHAR(300), reg_timestamp VARCHAR(30) DEFAULT CURRENT_TIMESTAMP(), PRIMARY KEY (cluster_id, process_no)",
  cp_cloud_accounts: `${ID}, name VARCHAR(100) NOT NULL, provider VARCHAR(100) NOT NULL, project VARCHAR(100), region VARCHAR(100), site VARCHAR(100), ${TIMES}`,
  cp_cluster_ssh_key: `${ID}, name VARCHAR(100) NOT NULL, provider VARCHAR(100) NOT NULL, ${TIMES}`,
  cp_hcl_templates: `${ID}, name VARCHAR(100) NOT NULL, provider VARCHAR(100) NOT NULL, hcl_script TEXT, region VARCHAR(100), ${TIMES}`,
  cp_users: `${ID}, cluster_id VARCHAR(255) NOT NULL, user_id VARCHAR(255) NOT NULL, user_auth_id VARCHAR(255) NOT NULL, namespace VARCHAR(255) NOT NULL, user_type VARCHAR(32) NOT NULL, role_set_code VARCHAR(255) NOT NULL, service_account_name VARCHAR(255) NOT NULL, ${TIMES}`,
  cp_limit_ranges: `${ID}, name VARCHAR(255), type VARCHAR(255), resource VARCHAR(255), min VARCHAR(255), max VARCHAR(255), default_request VARCHAR(255), default_limit VARCHAR(255), created VARCHAR(255) NOT NULL`,
  cp_resource_quotas: `${ID}, name VARCHAR(255), request_cpu VARCHAR(255), request_memory VARCHAR(255), limit_cpu VARCHAR(255), limit_memory VARCHAR(255), status VARCHAR(255), created VARCHAR(255) NOT NULL`,
  cp_clusters_fed: `${ID}, cluster_id VARCHAR(255) NOT NULL UNIQUE, cluster_fed_uid VARCHAR(64) NOT NULL UNIQUE, cluster_fed_name VARCHAR(128) NOT NULL, registered TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP(), FOREIGN KEY (cluster_id) REFERENCES cp_clusters (cluster_id) ON DELETE CASCADE`,
  cp_metric_cluster_status:
    "cluster_id VARCHAR(255), kubelet_version VARCHAR(30), node_cnt VARCHAR(10), namespace_cnt VARCHAR(10), pv_cnt VARCHAR(10), pvc_cnt VARCHAR(10), pod_cnt VARCHAR(10), cpu_ratio FLOAT, mem_ratio FLOAT, update_time VARCHAR(255) NOT NULL",
  cp_metric_node_status:
    "cluster_id VARCHAR(255), node_name VARCHAR(255), cpu_raw INT, cpu_ratio FLOAT, mem_raw INT, mem_ratio FLOAT, update_time VARCHAR(255) NOT NULL",
  cp_stress_chaos:
    "chaos_id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, chaos_name VARCHAR(100) NOT NULL, namespaces VARCHAR(100) NOT NULL, creation_time VARCHAR(100) NOT NULL, end_time VARCHAR(100) NOT NULL, duration VARCHAR(100) NOT NULL",
  cp_chaos_resource:
    "resource_id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, chaos_id BIGINT NOT NULL, resource_name VARCHAR(100) NOT NULL, type ENUM('node', 'pod') NOT NULL, choice BOOLEAN NOT NULL, generate_name VARCHAR(100), FOREIGN KEY (chaos_id) REFERENCES cp_stress_chaos (chaos_id) ON DELETE CASCADE",
  cp_chaos_resource_usage:
    "resource_id BIGINT NOT NULL, measurement_time VARCHAR(100) NOT NULL, cpu BIGINT NOT NULL, memory BIGINT NOT NULL, app_status BOOLEAN, PRIMARY KEY (resource_id, measurement_time), FOREIGN KEY (resource_id) REFERENCES cp_chaos_resource (resource_id) ON DELETE CASCADE",
};

/** The limits and quotas the portal offers: CPU and memory by size. */
const SIZES = {
  low: { limit: { cpu: "100m", memory: "500Mi" }, quota: { cpu: "2", memory: "2Gi" } },
  medium: { limit: { cpu: "300m", memory: "1500Mi" }, quota: { cpu: "4", memory: "6Gi" } },
  high: { limit: { cpu: "900m", memory: "3Gi" }, quota: { cpu: "8", memory: "12Gi" } },
} as const;

const NOW = "DATE_FORMAT(NOW(), '%Y-%m-%d %T')";

/** What the common API reads where the realm's users are: who is in a realm. Nothing of how they log in, and no keys. */
export const REALM_USERS: TableColumns = { table: "USER_ENTITY", columns: ["ID", "REALM_ID", "USERNAME"] };

/** What the metric API does with which tables (action/gorm/gorm.go and action/db/database.go of cp-metrics-api 1.7.0). */
export const METRIC_TABLES: TableAccount["tables"] = {
  cp_clusters: ["SELECT"],
  cp_metric_cluster_status: ["SELECT", "INSERT", "UPDATE"],
  cp_metric_node_status: ["SELECT", "INSERT", "UPDATE"],
};

/** What Terraman does with which tables (repositories and services of cp-terraman). K-PaaS gives it every schema. */
export const TERRAMAN_TABLES: TableAccount["tables"] = {
  cp_clusters: ["SELECT", "UPDATE"],
  cp_cluster_log: ["SELECT", "INSERT", "UPDATE", "DELETE"],
  cp_cloud_accounts: ["SELECT"],
  cp_cluster_ssh_key: ["SELECT"],
};

/** The cluster the portal runs in, as it lists it. */
export interface HostCluster {
  readonly id: string;
  readonly name: string;
  /** Where its machines are, e.g. `OPENSTACK`. */
  readonly provider: string;
}

/** Statements that make the portal's tables and first rows; they bear repetition and change no row that is there. */
export function portalTables({ id, name, provider }: HostCluster): string[] {
  for (const value of [id, name, provider]) {
    if (!/^[A-Za-z0-9-]+$/.test(value))
      throw new Error(`"${value}" is no name for the portal's own cluster; it must be letters, digits and "-".`);
  }
  const limits = Object.entries(SIZES).flatMap(([size, { limit }], i) =>
    Object.entries(limit).map(
      ([resource, value], j) =>
        `(${2 * i + j + 1}, 'cp-${size}-limitrange', 'Container', '${resource}', '-', '-', '-', '${value}', ${NOW})`,
    ),
  );
  const quotas = Object.entries(SIZES).map(([size, { quota }], i) => {
    const status = JSON.stringify({ cpu: { used: "0", hard: quota.cpu }, memory: { used: "0", hard: quota.memory } });
    return `(${i + 1}, 'cp-${size}-resourcequota', '-', '-', '${quota.cpu}', '${quota.memory}', '${status}', ${NOW})`;
  });
  return [
    ...Object.entries(TABLES).map(([table, columns]) => `CREATE TABLE IF NOT EXISTS ${table} (${columns}) ENGINE=InnoDB`),
    `INSERT IGNORE INTO cp_clusters (cluster_id, name, cluster_type, provider_type, status, created, last_modified) VALUES ('${id}', '${name}', 'host', '${provider}', 'A', ${NOW}, ${NOW})`,
    `INSERT IGNORE INTO cp_limit_ranges (id, name, type, resource, min, max, default_request, default_limit, created) VALUES ${limits.join(", ")}`,
    `INSERT IGNORE INTO cp_resource_quotas (id, name, request_cpu, request_memory, limit_cpu, limit_memory, status, created) VALUES ${quotas.join(", ")}`,
  ];
}
