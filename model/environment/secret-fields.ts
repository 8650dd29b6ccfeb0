import { type Registry, serviceSecrets } from "../registry";

/** The fields that are a reference to a secret or hold some below, but for those of clouds and services. */
const secretFields: readonly string[] = [
  "infrastructure.credentials",
  "infrastructure.access.ssh.privateKey",
  "infrastructure.access.ssh.sudoPassword",
  "cluster.backups.etcd.to.s3.accessKey",
  "cluster.backups.etcd.to.s3.secretKey",
  "cluster.registries",
  "platform.tls.certificate",
  "platform.tls.key",
  "platform.tls.authority",
];

/** The fields that hold a reference to a secret, those of clouds and services among them. */
export function secretFieldsOf(registry: Registry): string[] {
  const ofClouds = Object.values(registry.clouds).flatMap(({ name, secrets = [] }) =>
    secrets.map((path) => `infrastructure.${name}.${path}`),
  );
  return [...secretFields, ...ofClouds, ...Object.keys(serviceSecrets(registry))];
}
