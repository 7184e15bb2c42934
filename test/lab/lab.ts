import { createServer as createTls } from "node:tls";
import { type Certificates, makeCertificates } from "./ca.ts";
import { type EdgeOptions, type RunningEdge, runEdge, type Site } from "./edge.ts";
import { closed, listening, serveOrigin, vacantPort } from "./origin.ts";
import { allOriginFiles, type OriginFile } from "./origin-files.ts";

/** A host of the laboratory and what it shows. */
export interface LabHost {
	readonly host: string;
	readonly what: string;
}

export interface Lab {
	readonly edge: RunningEdge;
	readonly certificates: Certificates;
	readonly hosts: readonly LabHost[];
	/** Entries for CF520_RESOLVE: every host at its address. */
	readonly resolve: ReadonlyMap<string, readonly string[]>;
	url(name: string, path?: string): string;
	/** Where the origin behind a host listens, for looks past the edge. */
	originPort(name: string): number;
	/** What the origin of `silent` does instead, by the name of an origin file; null: nothing. */
	turnSilent(file: string | null): void;
	/** What the origin of `by-hand` does from now on, by the name of an origin file. */
	turnTo(file: string): void;
	close(): Promise<void>;
}

export type LabOptions = Partial<Pick<EdgeOptions, "colo" | "readTimeoutMs" | "now" | "ports" | "delayMs">>;

export const LAB_DOMAIN = "lab.example";

/** The whole laboratory on loopback: every origin file, hosts with faults that are no bytes, and the edge in front of them. */
export async function openLab(options: LabOptions = {}): Promise<Lab> {
	const certificates = await makeCertificates();
	const files = new Map(allOriginFiles().map((file) => [file.name, file]));
	const file = (name: string): OriginFile => {
		const found = files.get(name);
		if (found === undefined) throw new Error(`no origin file ${name}`);
		return found;
	};
	const closers: (() => Promise<void>)[] = [];
	const serve = async (turn: (connection: number, path: string, request: string) => OriginFile): Promise<number> => {
		const origin = await serveOrigin(turn);
		closers.push(origin.close);
		return origin.port;
	};
	const sites = new Map<string, Site>();
	const hosts: LabHost[] = [];
	const host = (name: string, what: string, site: Site) => {
		sites.set(`${name}.${LAB_DOMAIN}`, site);
		hosts.push({ host: `${name}.${LAB_DOMAIN}`, what });
	};
	let silent: string | null = null;
	for (const one of files.values())
		host(one.name, one.what, {
			to: "origin",
			port: await serve(() => (one.name === "silent" && silent !== null ? file(silent) : one)),
		});

	host("some-urls", "Only /checkout fails: that handler closes without a byte.", {
		to: "origin",
		port: await serve((_, path) => file(path.startsWith("/checkout") ? "closes-empty" : "healthy")),
	});
	host("now-and-then", "Every third request is dropped.", {
		to: "origin",
		port: await serve((nth) => file(nth % 3 === 1 ? "closes-empty" : "healthy")),
	});
	host("one-in-a-hundred", "One request in a hundred is closed without a byte.", {
		to: "origin",
		port: await serve((nth) => file(nth % 100 === 99 ? "closes-empty" : "healthy")),
	});
	let byHand = "healthy";
	host("by-hand", "Does what a test says.", { to: "origin", port: await serve(() => file(byHand)) });
	host("cookie-jar", "Hangs up on requests with more than 8 KB of cookies.", {
		to: "origin",
		port: await serve((_nth, _path, request) => file(request.length > 8_000 ? "closes-empty" : "healthy")),
	});
	host("no-head", "Hangs up on HEAD.", {
		to: "origin",
		port: await serve((_nth, _path, request) => file(request.startsWith("HEAD ") ? "closes-empty" : "healthy")),
	});
	host("slow-520", "Works for a while, then closes without a byte.", {
		to: "origin",
		port: await serve(() => ({ ...file("closes-empty"), afterMs: 400 })),
	});
	host("xn--mnchen-3ya", "An internationalised name (münchen).", { to: "origin", port: await serve(() => file("healthy")) });
	const vacant = await vacantPort();
	closers.push(vacant.close);
	host("refuses", "Nothing listens at the origin.", { to: "origin", port: vacant.port });
	host("plain-on-tls", "The edge speaks TLS to an origin that speaks plain HTTP.", {
		to: "origin",
		port: await serve(() => file("healthy")),
		tls: "full",
	});
	const untrusted = createTls({ key: certificates.untrusted.key, cert: certificates.untrusted.cert }, (socket) =>
		socket.on("error", () => {}).end("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
	);
	const untrustedPort = await listening(untrusted);
	closers.push(() => closed(untrusted, []));
	host("bad-certificate", "The origin's certificate is for another name, mode Full (strict).", {
		to: "origin",
		port: untrustedPort,
		tls: "strict",
	});
	for (const [name, code, what] of [
		["times-out", 522, "No answer to the edge's connection."],
		["no-route", 523, "No route from the edge to the origin."],
		["no-dns", 1016, "The origin's own name does not resolve."],
		["tunnel-down", 1033, "The tunnel to the origin has no connector."],
		["worker-throws", 1101, "A Worker in front throws."],
	] as const) {
		host(name, what, { to: "error", code });
	}
	host("no-script-browser", "Cloudflare bans this kind of client (1010).", { to: "error", code: 1010 });
	host("blank-502", "Cloudflare's own 502: a blank page without its branding.", { to: "blank", status: 502 });
	host("cached", "The page comes from Cloudflare's cache; the origin is down.", { to: "cached", status: 200 });
	host("challenged", "A managed challenge stands before the page.", { to: "challenge" });
	host("blocked", "A rule blocks this client.", { to: "block" });
	host("custom-page", "The owner's own page in place of Cloudflare's 520.", { to: "custom-page", status: 520 });
	host("not-proxied", "Not behind Cloudflare at all.", { to: "direct", port: await serve(() => file("healthy")) });

	const edge = await runEdge({
		// n1-NAME, n2-NAME … are the same site under other names: each has its own limit.
		sites: (name) => sites.get(name.replace(/^n\d+-/, "")),
		tls: certificates.edge,
		ca: certificates.ca,
		colo: options.colo ?? (() => "DFW"),
		readTimeoutMs: options.readTimeoutMs ?? 1_500,
		...(options.now === undefined ? {} : { now: options.now }),
		...(options.ports === undefined ? {} : { ports: options.ports }),
		...(options.delayMs === undefined ? {} : { delayMs: options.delayMs }),
	});
	const resolve = new Map(
		hosts.flatMap((one) => [edge.httpPort, edge.httpsPort].map((port) => [`${one.host}:${port}`, ["127.0.0.1"]] as const)),
	);
	return {
		edge,
		certificates,
		hosts,
		resolve,
		originPort: (name) => {
			const site = sites.get(`${name}.${LAB_DOMAIN}`);
			if (site?.to !== "origin") throw new Error(`${name} has no origin`);
			return site.port;
		},
		turnSilent: (name) => {
			silent = name;
		},
		turnTo: (name) => {
			byHand = name;
		},
		url: (name, path = "/") => `https://${name}.${LAB_DOMAIN}:${edge.httpsPort}${path}`,
		close: async () => {
			await edge.close();
			await Promise.all(closers.map((close) => close()));
		},
	};
}
