import { type AddressInfo, createServer } from "node:net";
import { type Onlooker, pass } from "../../src/tap/pass.ts";

/** What passes connections on without looking at them: beside the tap it shows what looking costs. Takes the origin's port, prints its own. */
const port = Number(process.argv[2]);
const nobody: Onlooker = { fromClient() {}, fromServer() {}, closed() {}, over() {}, broke() {} };
const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
	pass(client, { host: "127.0.0.1", port, preface: null }, nobody, () => {});
});
server.listen(0, "127.0.0.1", () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
