const ID = "id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY";
const NOW = "TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP";
const TIMES = `created ${NOW}, last_modified ${NOW}`;
const INSTANCE = "service_instances_id VARCHAR(255) NOT NULL";
const texts = (length: number, ...names: string[]) => names.map((name) => `${name} VARCHAR(${length})`).join(", ");
const needed = (...names: string[]) => names.map((name) => `${name} VARCHAR(255) NOT NULL`).join(", ");

/** Columns of the tables that the common API and the config server read and write, those first that others refer to. */
const TABLES: Readonly<Record<string, string>> = {
  audit_history: `${ID}, \`time\` ${NOW} ON UPDATE CURRENT_TIMESTAMP, importance INT, login_type INT, ${texts(255, "user_name", "category1", "category2", "`action`", "description")}`,
  authority: `id VARCHAR(255) NOT NULL PRIMARY KEY, ${texts(255, "description", "display_name", "auth_type", "code", "auth_code")}`,
  cf_info: `${ID}, ${INSTANCE}, ${needed("cf_name", "cf_id", "cf_password", "cf_api_url", "user_id")}, description TEXT, created ${NOW} ON UPDATE CURRENT_TIMESTAMP, last_modified ${NOW}`,
  cf_url: `${ID}, ${INSTANCE}, ${needed("cf_api_name", "cf_api_url", "user_id")}, ${TIMES}`,
  ci_info:
    "id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, server_url VARCHAR(255), used_count INT DEFAULT 0, type VARCHAR(255), status VARCHAR(255) DEFAULT 'N'",
  file_info: `${ID}, created ${NOW}, ${needed("file_url", "original_file_name", "stored_file_name")}`,
  service_instances: "id VARCHAR(255) NOT NULL PRIMARY KEY, owner VARCHAR(255), ci_server_url VARCHAR(255) NOT NULL",
  "`user`": `id VARCHAR(255) NOT NULL PRIMARY KEY, ${needed("company", "email", "name")}, ${texts(255, "cell_phone", "tell_phone", "description")}, ${TIMES}`,
  instance_use: `${ID}, ${INSTANCE}, user_id VARCHAR(255) NOT NULL, FOREIGN KEY (user_id) REFERENCES \`user\` (id), FOREIGN KEY (service_instances_id) REFERENCES service_instances (id)`,
  granted_authority: `id VARCHAR(255) NOT NULL PRIMARY KEY, created ${NOW}, instance_use_id BIGINT, authority_id VARCHAR(255) NOT NULL, auth_code BIGINT, FOREIGN KEY (instance_use_id) REFERENCES instance_use (id), FOREIGN KEY (authority_id) REFERENCES authority (id)`,
  harbor_info: `${ID}, ${INSTANCE}, ${needed("repository_url", "project_name", "user_name", "user_password")}, project_id INT NOT NULL, user_id INT NOT NULL, is_owner VARCHAR(1) DEFAULT 'N'`,
  job: [
    `${ID}, ${INSTANCE}, pipeline_id INT NOT NULL, ${needed("job_type", "job_name", "job_guid", "user_id")}`,
    "group_order INT NOT NULL, job_order INT NOT NULL, builder_target VARCHAR(255) DEFAULT 'CloudFoundry', build_job_id INT, post_action_yn VARCHAR(255) DEFAULT 'N'",
    texts(255, "builder_type", "job_trigger", "repository_type", "repository_url", "repository_id", "repository_account_id"),
    texts(255, "repository_account_password", "repository_branch", "repository_commit_revision"),
    "cf_info_id BIGINT, kube_config_id BIGINT DEFAULT 0, vm_info_id BIGINT DEFAULT 0",
    texts(255, "app_name", "app_url", "cf_domain", "deploy_type", "blue_green_deploy_status", "deploy_target_org", "deploy_target_space"),
    "manifest_use_yn VARCHAR(1) DEFAULT 'N', manifest_script TEXT",
    texts(
      255,
      "inspection_project_id",
      "inspection_project_name",
      "inspection_project_key",
      "inspection_profile_key",
      "inspection_gate_id",
    ),
    "dockerfile_script TEXT",
    texts(255, "docker_image_name", "docker_image_repo_url", "docker_image_repo_project_name", "docker_image_repo_account_id"),
    "docker_image_repo_account_password VARCHAR(255), kube_deployment_script TEXT, kube_service_script TEXT, kube_ingress_script TEXT",
    `enable_pinpoint VARCHAR(1) DEFAULT 'N', vm_exec_command TEXT, ${TIMES}`,
  ].join(", "),
  job_history: `${ID}, job_id INT NOT NULL, previous_job_number INT, job_number INT NOT NULL, duration BIGINT, ${needed("status", "trigger_type", "user_id")}, file_id INT, ref_docker_tag VARCHAR(128), ref_file_id BIGINT DEFAULT -1, redmine_issue_id BIGINT DEFAULT 0, ${TIMES}`,
  kube_config: `${ID}, ${INSTANCE}, config_name VARCHAR(255) NOT NULL, kubeconfig TEXT NOT NULL, user_id VARCHAR(255) NOT NULL, created ${NOW}`,
  pipeline: `${ID}, ${TIMES}, name VARCHAR(255) NOT NULL, service_instances_id VARCHAR(255), description TEXT, FOREIGN KEY (service_instances_id) REFERENCES service_instances (id)`,
  quality_gate: `${ID}, ${INSTANCE}, quality_gate_id BIGINT NOT NULL, quality_gate_name VARCHAR(255) NOT NULL, gate_default_yn VARCHAR(1) NOT NULL DEFAULT 'N', ${TIMES}`,
  quality_profile: `${ID}, ${INSTANCE}, quality_profile_id BIGINT NOT NULL, ${needed("quality_profile_name", "quality_profile_key", "language", "language_name")}, profile_default_yn VARCHAR(1) NOT NULL DEFAULT 'N', active_rule_count INT NOT NULL, active_deprecated_rule_count INT NOT NULL, ${TIMES}`,
  sonar_project: `${ID}, ${INSTANCE}, pipeline_id BIGINT NOT NULL DEFAULT 0, job_id BIGINT NOT NULL DEFAULT 0, project_id BIGINT NOT NULL, ${needed("project_name", "project_key", "quality_profile_key", "quality_gate_id")}, ${TIMES}`,
  vm_info: `${ID}, ${INSTANCE}, ${needed("vm_name", "ssh_host_name", "ssh_user_name", "user_id")}, ssh_port INT NOT NULL, ssh_auth_method INT, ssh_user_pwd VARCHAR(255), ssh_private_key TEXT, ssh_remote_dir TEXT, ssh_exec_cmd TEXT, created ${NOW}, last_modified ${NOW}`,
  properties:
    "service_instance VARCHAR(200) NOT NULL, label VARCHAR(100) NOT NULL, application VARCHAR(100) NOT NULL, profile VARCHAR(20) NOT NULL, `key` VARCHAR(255) NOT NULL, `value` VARCHAR(3000), PRIMARY KEY (service_instance, label, application, profile, `key`)",
};

/** Columns of the tables of its broker, in a schema of its own: `pipeline_broker`. */
const BROKER_TABLES: Readonly<Record<string, string>> = {
  service_instance: `service_instance_id VARCHAR(255) NOT NULL PRIMARY KEY, ${texts(255, "dashboard_url", "organization_guid", "plan_id", "service_id", "space_guid")}`,
  service_instance_project:
    "service_instance_id VARCHAR(255) NOT NULL PRIMARY KEY, project_id VARCHAR(255) NOT NULL, project_nm VARCHAR(100)",
};

/** What users of the pipeline may be granted, by the ids that its programs know. */
const AUTHORITIES = [
  ["b5307a8b-6e25-47f4-858b-24d32b247404", "dashboard manager", "administrator", "dashboard", "dashboard.manager"],
  ["b996ab40-29f6-4a4b-8439-530b69724247", "read", "read", "pipeline", "read"],
  ["c10648f2-881a-4b1c-a449-c706734ab668", "write", "write", "pipeline", "write"],
  ["ed537e6e-2f70-4d8f-a8c9-12b0f8eec09d", "execute", "execute", "pipeline", "execute"],
  ["f3f5b956-9d24-431a-9ab6-e55864e71179", "dashboard user", "user", "dashboard", "dashboard.user"],
] as const;

/** Where its programs find Jenkins, in the namespace that the catalogue has for them. */
const JENKINS = "http://cp-pipeline-jenkins-service.cp-pipeline.svc:8080";

const made = (tables: Readonly<Record<string, string>>): string[] =>
  Object.entries(tables).map(([table, columns]) => `CREATE TABLE IF NOT EXISTS ${table} (${columns}) ENGINE=InnoDB`);

/** Statements that make the pipeline's tables and first rows; they bear repetition and change no row that is there. */
export function pipelineTables(): string[] {
  const authorities = AUTHORITIES.map((row) => `(${row.map((value) => `'${value}'`).join(", ")})`).join(", ");
  return [
    ...made(TABLES),
    `INSERT IGNORE INTO authority (id, description, display_name, auth_type, code) VALUES ${authorities}`,
    // The one instance of a platform without Cloud Foundry.
    `INSERT IGNORE INTO service_instances (id, owner, ci_server_url) VALUES ('standalone', 'admin', '${JENKINS}')`,
  ];
}

/** Statements that make its broker's tables; they bear repetition. */
export function pipelineBrokerTables(): string[] {
  return made(BROKER_TABLES);
}
