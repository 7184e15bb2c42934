import { execFile } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSecureContext, TLSSocket } from "node:tls";
import { makeCertificates } from "../lab/ca.ts";
import { transport } from "../lab/origin.ts";

/** Whether the machine has a tool; without it, what it prints cannot be tried. */
export const lacks = (tool: string): string | false =>
	`${process.env.PATH}:/usr/sbin:/sbin`.split(":").some((folder) => existsSync(join(folder, tool))) ? false : `no ${tool} here`;

/** A folder for one test, gone after it; with a `sudo` in it that only runs what is behind it. */
export function scratch() {
	const folder = mkdtempSync(join(tmpdir(), "cf520-commands-"));
	const bin = join(folder, "bin");
	mkdirSync(bin);
	script(bin, "sudo", 'exec "$@"');
	return { folder, bin, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

export function script(bin: string, name: string, body: string): void {
	writeFileSync(join(bin, name), `#!/bin/sh\n${body}\n`);
	chmodSync(join(bin, name), 0o755);
}

/** What a command prints, in the order in which a terminal shows it. */
export function terminal(command: string, bin: string, env: Readonly<Record<string, string>> = {}): Promise<string> {
	return new Promise((resolve) => {
		execFile(
			"bash",
			["-c", `exec 2>&1; ${command}`],
			{ env: { PATH: `${bin}:${process.env.PATH}:/usr/sbin:/sbin`, HOME: bin, LANG: "C.UTF-8", ...env }, maxBuffer: 4_000_000 },
			(_error, stdout) => resolve(stdout),
		);
	});
}

/** What an origin under TLS does with a request: the socket under TLS, and TCP under that. */
export type Behavior = (tls: TLSSocket, tcp: Socket) => void;

/** Origins on loopback, one a behavior. */
export async function origins() {
	const { edge } = await makeCertificates();
	const open: { server: Server; sockets: Set<Socket> }[] = [];
	const listen = async (onSocket: (socket: Socket) => void): Promise<number> => {
		const sockets = new Set<Socket>();
		const server = createServer((socket) => {
			sockets.add(socket);
			socket.on("error", () => {});
			onSocket(socket);
		});
		open.push({ server, sockets });
		await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
		return (server.address() as AddressInfo).port;
	};
	return {
		/** Speaks TLS and then behaves so, once the request came. */
		tls: (behavior: Behavior, options: { readonly wantsCertificate?: boolean; readonly http2?: boolean } = {}) =>
			listen((tcp) => {
				const tls = new TLSSocket(transport(tcp), {
					isServer: true,
					secureContext: createSecureContext(edge),
					ALPNProtocols: options.http2 === true ? ["h2"] : ["http/1.1"],
					requestCert: options.wantsCertificate === true,
					rejectUnauthorized: options.wantsCertificate === true,
				});
				tls.on("error", () => {});
				tls.once("data", () => behavior(tls, tcp));
			}),
		/** Speaks no TLS. */
		plain: listen,
		/** A port on which nothing listens any more. */
		closed: async () => {
			const server = createServer();
			await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
			const { port } = server.address() as AddressInfo;
			await new Promise<void>((done) => server.close(() => done()));
			return port;
		},
		close: async () => {
			for (const { server, sockets } of open) {
				for (const socket of sockets) socket.destroy();
				await new Promise<void>((done) => server.close(() => done()));
			}
		},
	};
}

/** What a terminal showed, in the ways in which people bring it. */
export function brought(command: string, output: string): readonly (readonly [how: string, text: string])[] {
	const bare = output.replace(/\n$/, "");
	return [
		...(bare === "" ? [] : ([["alone", bare]] as const)),
		["with root's prompt", `root@web1:~# ${command}\n${output}root@web1:~#`],
		[
			"with a person's prompt, and sudo's question",
			`bob@web1:/var/www$ ${command}\n[sudo] password for bob: \n${output}bob@web1:/var/www$ `,
		],
		["with the prompt of another shell", `[bob@web1 ~]$ ${command}\n${output}[bob@web1 ~]$ `],
		["in a container", `/ # ${command}\n${output}/ # `],
		["with the command alone", `${command}\n${output}`],
		["in a fence of its own lines", `\`\`\`\nroot@web1:~# ${command}\n${output}\`\`\``],
		...(bare === ""
			? []
			: ([
					["in a fence that begins on its line", `it prints:\n\`\`\`${bare}\`\`\``],
					[
						"quoted",
						bare
							.split("\n")
							.map((line) => `> ${line}`)
							.join("\n"),
					],
				] as const)),
	];
}
