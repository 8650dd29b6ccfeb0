export * from "../../testing/mocks";
