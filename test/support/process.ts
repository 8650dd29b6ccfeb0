// What each process that runs a test file begins with: it takes less time then to load what it tests, and to run it.
import { keepCompiled } from "../../host/cache";
import { loadLater } from "../../host/later";

keepCompiled();
loadLater();
// The SDK writes down a call stack for every promise and every resource. As Node has it: mocha takes off the limit.
Error.stackTraceLimit = 10;
