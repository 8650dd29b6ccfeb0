import { defineService, EVERY_PROFILE } from "../define-service";

export const mariadb = defineService({
  name: "mariadb",
  title: "MariaDB",
  about: "One database server, with a schema and an account for each service that claims one",
  profiles: EVERY_PROFILE,
  replicas: 1,
  keeps: "data",
  needs: { storage: () => ({}) },
  offers: ["mysql"],
});
