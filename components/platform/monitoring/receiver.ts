import type { Values } from "../values";
import type { Receiver } from "./args";

/** Where Alertmanager's pods have the Secrets that they are told of. */
const SECRETS = "/etc/alertmanager/secrets";

/** The name of the one who is told. */
const NAME = "team";

/** Labels by which alerts of one name speak of one thing: what one of them does not have, the other must not have either. */
const OF_THE_SAME = [
  ...["namespace", "node", "mountpoint", "persistentvolumeclaim", "pod"],
  ...["exported_namespace", "name", "host", "sans"],
];

/** Alertmanager's configuration. It names the files that secrets are in, and holds none. */
export function alertmanagerConfig(receiver: Receiver | undefined): Values {
  return {
    global: { resolve_timeout: "5m" },
    // What wakes somebody speaks for what only warns of the same.
    inhibit_rules: [
      { source_matchers: ['severity = "critical"'], target_matchers: ['severity = "warning"'], equal: ["alertname", ...OF_THE_SAME] },
    ],
    route: {
      receiver: NAME,
      group_by: ["alertname", "namespace"],
      group_wait: "30s",
      group_interval: "5m",
      repeat_interval: "4h",
      routes: [],
    },
    receivers: [{ name: NAME, ...(receiver === undefined ? {} : told(receiver)) }],
    templates: [],
  };
}

/** The Secrets that its pods must have. */
export function receiverSecrets(receiver: Receiver | undefined): string[] {
  return receiver?.secret === undefined ? [] : [receiver.secret];
}

function told(receiver: Receiver): Values {
  const file = (field: string): string => `${SECRETS}/${receiver.secret}/${field}`;
  switch (receiver.kind) {
    case "webhook":
      return { webhook_configs: [{ url_file: file("url"), send_resolved: true }] };
    case "slack":
      return { slack_configs: [{ api_url_file: file("url"), channel: receiver.channel, send_resolved: true }] };
    case "email": {
      const { to, from, server, user, secret } = receiver;
      const login = { ...(user ? { auth_username: user } : {}), ...(secret ? { auth_password_file: file("password") } : {}) };
      return { email_configs: [{ to, from, smarthost: server, ...login, require_tls: true, send_resolved: true }] };
    }
  }
}
