import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openLab } from "./lab.ts";

/** `npm run lab`: the laboratory for people, until Ctrl-C. */
const lab = await openLab({ ports: { http: 8080, https: 8443 } }).catch((error: NodeJS.ErrnoException) => {
	if (error.code !== "EADDRINUSE") throw error;
	return openLab();
});
const ca = join(tmpdir(), `cf520-lab-ca-${process.pid}.pem`);
writeFileSync(ca, lab.certificates.ca);
const port = lab.edge.httpsPort;
process.stdout.write(`The laboratory listens on 127.0.0.1, https port ${port}, http port ${lab.edge.httpPort}. Ctrl-C ends it.

In another terminal, let cf520 look at it:

    export CF520_ALLOW_TARGETS=127.0.0.0/8 NODE_EXTRA_CA_CERTS=${ca}
    export CF520_RESOLVE=${lab.hosts.flatMap((one) => [port, lab.edge.httpPort].map((each) => `${one.host}:${each}:127.0.0.1`)).join(",")}
    npm start -- ${lab.url("closes-empty")}

Hosts to ask about:

${lab.hosts.map((one) => `    ${lab.url(one.host.split(".")[0] ?? "").padEnd(52)} ${one.what}`).join("\n")}
`);
process.once("SIGINT", () => void lab.close().then(() => process.exit(0)));
process.once("SIGTERM", () => void lab.close().then(() => process.exit(0)));
