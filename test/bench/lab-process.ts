import { openLab } from "../lab/lab.ts";

/** The laboratory as a process of its own; tells on one line what to ask and how it resolves. Plain HTTP: its authority is not trusted elsewhere. */
const lab = await openLab();
const resolve = [...lab.resolve].map(([key, [address]]) => `${key}:${address}`).join(",");
process.stdout.write(`${JSON.stringify({ url: `http://closes-empty.lab.example:${lab.edge.httpPort}/`, resolve })}\n`);
process.once("SIGTERM", () => process.exit(0));
