import { MEASURED_OPENLY } from "../../../model/service";
import { defineService } from "../define-service";

export const mariadbOperator = defineService({
  name: "mariadbOperator",
  title: "mariadb-operator",
  about: "runs MariaDB on several members, and starts them again when all were lost",
  replicas: "profile",
  wants: {
    scrape: () => ({ targets: { operator: { pods: { "app.kubernetes.io/name": "mariadb-operator" }, port: 8080 } } }),
  },
  offers: ["mysqlOperator"],
  speaks: { 8080: MEASURED_OPENLY },
  // Whoever has a database of it has its members in a namespace of their own.
  calls: ["kubernetes", "pods"],
  create: (name, { common, claims }, opts) => {
    const { MariaDbOperator } = require("./mariadb-operator") as typeof import("./mariadb-operator");
    const [{ namespace } = { namespace: common.plan.namespace }] = Object.values(claims.mysqlOperator);
    return new MariaDbOperator(name, { ...common, watches: namespace }, opts);
  },
  grants: { mysqlOperator: ({ namespace, account, image }) => ({ namespace, account, image }) },
});
