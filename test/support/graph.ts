export * from "../../testing/graph";
