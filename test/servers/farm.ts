import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import {
	chmodSync,
	copyFileSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	openSync,
	readFileSync,
	rmSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startBackend } from "./backend.ts";
import { found, freePort, up } from "./programs.ts";

/** The servers of the table, each with what it serves in `apps/`. The certificate is for shop.example, from an authority of the run's own. */
export const FARM = [
	"node",
	"go",
	"caddy",
	"tomcat",
	"puma",
	"uwsgi",
	"hypercorn",
	"uvicorn",
	"varnish",
	"h2o",
	"nginx",
	"apache",
	"haproxy",
	"python",
] as const;
export type FarmName = (typeof FARM)[number];

/** A port by what it is for: `http` and `https` are what everybody has. */
export type PortName =
	| "http"
	| "https"
	| "h2only"
	| "mtls12"
	| "mtls13"
	| "closes20"
	| "closes80"
	| "impatient"
	| "impatientTls"
	| "router";

/** What one run has: `raw` is the backend whose bytes the path chooses, `app` a healthy Node behind the proxies. */
interface Run {
	readonly dir: string;
	readonly raw: number;
	readonly app: number;
}

interface Started {
	readonly program: string;
	readonly args: readonly string[];
}

interface Definition {
	/** What has to be installed, by the names of the programs. */
	readonly programs: readonly string[];
	/** Files that have to be there as well. */
	readonly files?: readonly string[];
	readonly ports: readonly PortName[];
	readonly start: (port: (name: PortName) => number, run: Run) => readonly Started[];
	/** Done once, before the first start. */
	readonly prepare?: (dir: string) => void;
}

const TOMCAT_JAR = "/usr/share/java/tomcat10-embed-core.jar";
const EVERY_TLS = ["http", "https", "mtls12", "mtls13"] as const;
const QUICK = ["closes20", "closes80"] as const;

const DEFINITIONS: Readonly<Record<FarmName, Definition>> = {
	node: {
		programs: [process.execPath],
		ports: [...EVERY_TLS, "h2only", ...QUICK],
		start: (_, { dir }) => [{ program: process.execPath, args: [`${dir}/node.mjs`] }],
	},
	go: {
		programs: ["go"],
		ports: [...EVERY_TLS, ...QUICK, "impatient", "impatientTls"],
		prepare: (dir) => {
			execFileSync(found("go") ?? "go", ["build", "-o", "go-server", "main.go"], {
				cwd: dir,
				env: { ...process.env, GO111MODULE: "off", GOFLAGS: "", GOTOOLCHAIN: "local", CGO_ENABLED: "0" },
			});
		},
		start: (_, { dir }) => [{ program: `${dir}/go-server`, args: [] }],
	},
	caddy: {
		programs: ["caddy"],
		ports: EVERY_TLS,
		start: (_, { dir }) => [{ program: "caddy", args: ["run", "--adapter", "caddyfile", "--config", `${dir}/Caddyfile`] }],
	},
	tomcat: {
		programs: ["java", "javac"],
		files: [TOMCAT_JAR],
		ports: EVERY_TLS,
		prepare: (dir) => {
			execFileSync(found("javac") ?? "javac", ["-cp", TOMCAT_JAR, "-d", dir, `${dir}/Tomcat10.java`], { stdio: "ignore" });
		},
		start: (_, { dir }) => [
			{ program: "java", args: ["-Xmx128m", "-XX:TieredStopAtLevel=1", "-cp", `${TOMCAT_JAR}:${dir}`, "Tomcat10"] },
		],
	},
	puma: {
		programs: ["puma"],
		ports: ["http", "https", "mtls13"],
		start: (_, { dir }) => [{ program: "puma", args: ["-C", `${dir}/puma.rb`] }],
	},
	uwsgi: {
		programs: ["uwsgi"],
		files: ["/usr/lib/uwsgi/plugins/python3_plugin.so"],
		ports: ["http", "router", "https"],
		start: (port, { dir }) => {
			const common = [
				"--plugins",
				"python3,http",
				"--master",
				"--processes",
				"2",
				"--die-on-term",
				"--chdir",
				dir,
				"--module",
				"wsgi:app",
			];
			const router = (more: readonly string[]) => ["--http-keepalive=2", "--harakiri", "2", ...more];
			return [
				{ program: "uwsgi", args: [...common, "--http-socket", `127.0.0.1:${port("http")}`, "--harakiri", "2"] },
				{ program: "uwsgi", args: [...common, ...router(["--http", `127.0.0.1:${port("router")}`])] },
				{
					program: "uwsgi",
					args: [...common, ...router(["--https", `127.0.0.1:${port("https")},${dir}/srv.crt,${dir}/srv.key`])],
				},
			];
		},
	},
	hypercorn: {
		programs: ["hypercorn"],
		ports: ["http", "https", "mtls13"],
		start: (port, { dir }) => {
			const pair = ["--certfile", `${dir}/srv.crt`, "--keyfile", `${dir}/srv.key`];
			return [
				{
					program: "hypercorn",
					args: ["--bind", `127.0.0.1:${port("https")}`, "--insecure-bind", `127.0.0.1:${port("http")}`, ...pair, "asgi:app"],
				},
				{
					program: "hypercorn",
					args: [
						"--bind",
						`127.0.0.1:${port("mtls13")}`,
						...pair,
						"--ca-certs",
						`${dir}/ca.crt`,
						"--verify-mode",
						"CERT_REQUIRED",
						"asgi:app",
					],
				},
			];
		},
	},
	uvicorn: {
		programs: ["uvicorn"],
		ports: ["http", "https", "mtls13"],
		start: (port, { dir }) => {
			const at = (name: PortName) => ["--app-dir", dir, "--host", "127.0.0.1", "--port", String(port(name)), "--no-access-log"];
			const pair = ["--ssl-certfile", `${dir}/srv.crt`, "--ssl-keyfile", `${dir}/srv.key`];
			return [
				{ program: "uvicorn", args: [...at("http"), "asgi:app"] },
				{ program: "uvicorn", args: [...at("https"), ...pair, "asgi:app"] },
				{
					program: "uvicorn",
					args: [...at("mtls13"), ...pair, "--ssl-cert-reqs", "2", "--ssl-ca-certs", `${dir}/ca.crt`, "asgi:app"],
				},
			];
		},
	},
	varnish: {
		programs: ["varnishd"],
		ports: ["http"],
		start: (port, { dir, raw, app }) => {
			writeFileSync(
				`${dir}/varnish.vcl`,
				`vcl 4.1;
backend app { .host = "127.0.0.1"; .port = "${app}"; }
backend raw { .host = "127.0.0.1"; .port = "${raw}"; .first_byte_timeout = 1s; .between_bytes_timeout = 1s; }
sub vcl_recv {
  if (req.url == "/502") { return (synth(502)); }
  if (req.url ~ "^/raw/") {
    set req.url = regsub(req.url, "^/raw", "");
    set req.backend_hint = raw;
    return (pass);
  }
}
`,
			);
			return [
				{
					program: "varnishd",
					args: [
						...["-F", "-j", "none", "-n", `${dir}/varnish`, "-T", "none", "-s", "malloc,16M"],
						...["-a", `127.0.0.1:${port("http")}`, "-f", `${dir}/varnish.vcl`],
					],
				},
			];
		},
	},
	h2o: {
		programs: ["h2o"],
		ports: ["http", "https"],
		start: (port, { dir, raw, app }) => {
			writeFileSync(
				`${dir}/h2o.conf`,
				`error-log: ${dir}/h2o-error.log
gzip: ON
proxy.timeout.io: 1000
listen: { host: 127.0.0.1, port: ${port("http")} }
listen: { host: 127.0.0.1, port: ${port("https")}, ssl: { certificate-file: ${dir}/srv.crt, key-file: ${dir}/srv.key } }
hosts:
  default:
    paths:
      "/files": { file.dir: "${dir}/files" }
      "/raw": { proxy.reverse.url: "http://127.0.0.1:${raw}/" }
      "/": { proxy.reverse.url: "http://127.0.0.1:${app}/" }
`,
			);
			return [{ program: "h2o", args: ["-c", `${dir}/h2o.conf`] }];
		},
	},
	nginx: {
		programs: ["nginx"],
		ports: ["http", "https"],
		start: (port, { dir, raw, app }) => {
			writeFileSync(
				`${dir}/nginx.conf`,
				`daemon off; worker_processes 1; pid ${dir}/nginx.pid; error_log ${dir}/nginx-error.log;
events { worker_connections 256; }
http {
  access_log off; gzip on; gzip_types text/plain; gzip_min_length 1; gzip_proxied any;
  ${["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((kind) => `${kind}_temp_path ${dir}/nginx-${kind};`).join(" ")}
  proxy_http_version 1.1; proxy_set_header Connection ""; proxy_read_timeout 1s;
  server {
    listen 127.0.0.1:${port("http")}; listen 127.0.0.1:${port("https")} ssl http2;
    ssl_certificate ${dir}/srv.crt; ssl_certificate_key ${dir}/srv.key;
    location = /502 { return 502; }
    location /files/ { root ${dir}; }
    location /raw/ { proxy_pass http://127.0.0.1:${raw}/; }
    location / { proxy_pass http://127.0.0.1:${app}; }
  }
}
`,
			);
			return [{ program: "nginx", args: ["-e", `${dir}/nginx-error.log`, "-p", dir, "-c", `${dir}/nginx.conf`] }];
		},
	},
	apache: {
		programs: ["apache2"],
		ports: ["http", "https"],
		start: (port, { dir, raw, app }) => {
			const modules = [
				"mpm_event",
				"authz_core",
				"proxy",
				"proxy_http",
				"socache_shmcb",
				"ssl",
				"http2",
				"deflate",
				"filter",
				"mime",
			];
			writeFileSync(
				`${dir}/apache.conf`,
				`ServerRoot ${dir}
DefaultRuntimeDir ${dir}
PidFile ${dir}/apache.pid
Mutex sem
ServerName shop.example
Listen 127.0.0.1:${port("http")}
Listen 127.0.0.1:${port("https")}
${modules.map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`).join("\n")}
TypesConfig /dev/null
User nobody
Group nogroup
StartServers 1
ServerLimit 2
ThreadsPerChild 16
MaxRequestWorkers 32
Protocols h2 h2c http/1.1
KeepAliveTimeout 5
ErrorLog ${dir}/apache-error.log
DocumentRoot ${dir}
<Directory ${dir}>
  Require all granted
</Directory>
AddOutputFilterByType DEFLATE text/plain
ProxyTimeout 1
ProxyPass /files/ !
ProxyPass /raw/ http://127.0.0.1:${raw}/
ProxyPass / http://127.0.0.1:${app}/
SSLCertificateFile ${dir}/srv.crt
SSLCertificateKeyFile ${dir}/srv.key
<VirtualHost 127.0.0.1:${port("https")}>
  SSLEngine on
</VirtualHost>
`,
			);
			return [{ program: "apache2", args: ["-d", dir, "-f", `${dir}/apache.conf`, "-DFOREGROUND"] }];
		},
	},
	haproxy: {
		programs: ["haproxy"],
		ports: ["http", "https"],
		start: (port, { dir, raw, app }) => {
			writeFileSync(
				`${dir}/haproxy.cfg`,
				`defaults
  mode http
  timeout client 10s
  timeout connect 2s
  timeout server 1s
  timeout http-keep-alive 10s
frontend f
  bind 127.0.0.1:${port("http")}
  bind 127.0.0.1:${port("https")} ssl crt ${dir}/srv.pem alpn h2,http/1.1
  http-request return status 502 if { path /502 }
  use_backend raw if { path_beg /raw/ }
  default_backend app
backend app
  server s 127.0.0.1:${app}
backend raw
  http-request replace-path /raw(/.*) \\1
  server s 127.0.0.1:${raw}
`,
			);
			return [{ program: "haproxy", args: ["-db", "-f", `${dir}/haproxy.cfg`] }];
		},
	},
	python: {
		programs: ["/usr/bin/python3"],
		files: ["/usr/bin/python3"],
		ports: ["http"],
		start: (port, { dir }) => [
			{
				program: "/usr/bin/python3",
				args: ["-m", "http.server", "--bind", "127.0.0.1", "--directory", `${dir}/files`, String(port("http"))],
			},
		],
	},
};

/** What of a server is not installed; empty when it can run. */
export function lackingOf(name: FarmName): readonly string[] {
	const { programs, files = [] } = DEFINITIONS[name];
	return [...programs.filter((one) => found(one) === null), ...files.filter((one) => !existsSync(one))];
}

/** An authority and a certificate for shop.example from it: `ca.crt`, `srv.crt`, `srv.key`, and `srv.pem` with both of the latter. */
function makeCertificates(dir: string): void {
	const openssl = (...args: string[]) => execFileSync("openssl", args, { cwd: dir, stdio: "ignore" });
	const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"];
	openssl("req", "-x509", ...key, "-keyout", "ca.key", "-out", "ca.crt", "-subj", "/CN=an authority of this run");
	openssl(
		...["req", "-x509", ...key, "-keyout", "srv.key", "-out", "srv.crt", "-subj", "/CN=shop.example"],
		...["-CA", "ca.crt", "-CAkey", "ca.key", "-addext", "subjectAltName=DNS:shop.example"],
		...["-addext", "basicConstraints=critical,CA:FALSE"],
	);
	for (const file of ["srv.key", "srv.crt", "ca.crt"]) chmodSync(join(dir, file), 0o644);
	writeFileSync(join(dir, "srv.pem"), readFileSync(join(dir, "srv.crt"), "utf8") + readFileSync(join(dir, "srv.key"), "utf8"));
}

const APPS = ["node.mjs", "main.go", "Tomcat10.java", "config.ru", "puma.rb", "wsgi.py", "asgi.py", "Caddyfile"] as const;

/** All servers of one run, each started when it is first asked for. Ended by process id. */
export class Farm {
	readonly #run: Run;
	readonly #closeRaw: () => Promise<void>;
	readonly #ports = new Map<string, number>();
	readonly #running = new Map<FarmName | "app", ChildProcess[]>();

	private constructor(run: Run, closeRaw: () => Promise<void>) {
		this.#run = run;
		this.#closeRaw = closeRaw;
		// Servers end with this process.
		process.once("exit", () => {
			for (const child of [...this.#running.values()].flat()) child.kill("SIGKILL");
		});
	}

	/** Opens a temporary folder with certificates and applications, the raw backend and the healthy one. */
	static async open(): Promise<Farm> {
		const dir = mkdtempSync(join(tmpdir(), "cf520-farm-"));
		chmodSync(dir, 0o777);
		makeCertificates(dir);
		for (const file of APPS) copyFileSync(new URL(`./apps/${file}`, import.meta.url), join(dir, file));
		mkdirSync(join(dir, "files"));
		writeFileSync(join(dir, "files", "a.txt"), "hello ".repeat(50_000));
		chmodSync(join(dir, "files"), 0o755);
		const raw = await startBackend();
		const app = await freePort();
		const farm = new Farm({ dir, raw: raw.port, app }, raw.close);
		farm.#spawn("app", [{ program: process.execPath, args: [join(dir, "node.mjs")] }], { http: app });
		await up(app);
		return farm;
	}

	/** The authority that signed every certificate here, PEM. */
	get authority(): string {
		return readFileSync(join(this.#run.dir, "ca.crt"), "utf8");
	}

	port(name: FarmName, port: PortName): number {
		const known = this.#ports.get(`${name} ${port}`);
		if (known === undefined) throw new Error(`${name} has no port ${port}`);
		return known;
	}

	/** Starts a server, or what of it has ended; it takes connections then. */
	async start(name: FarmName): Promise<void> {
		const { ports, prepare, start } = DEFINITIONS[name];
		if (!this.#running.has(name)) {
			for (const port of ports) this.#ports.set(`${name} ${port}`, await freePort());
			prepare?.(this.#run.dir);
		}
		for (let tries = 0; tries < 3; tries += 1) {
			const children = this.#running.get(name) ?? [];
			if (children.length === 0 || children.some(isOver)) {
				await Promise.all(children.map(end));
				const at = Object.fromEntries(ports.map((port) => [port, this.port(name, port)]));
				this.#spawn(
					name,
					start((port) => this.port(name, port), this.#run),
					at,
				);
			}
			// What is ending just now says so a little later.
			const isUp = await Promise.all(ports.map((port) => up(this.port(name, port)))).then(
				() => true,
				() => false,
			);
			await new Promise((resolve) => setTimeout(resolve, ENDING_MS));
			if (isUp && !(this.#running.get(name) ?? []).some(isOver)) return;
		}
		throw new Error(`${name} does not start:\n${this.logOf(name)}`);
	}

	#spawn(name: FarmName | "app", started: readonly Started[], ports: Readonly<Partial<Record<PortName, number>>>): void {
		const { dir, raw, app } = this.#run;
		const log = openSync(join(dir, `${name}.log`), "a");
		const env = {
			...process.env,
			DIR: dir,
			RAW: String(raw),
			APP: String(app),
			PORTS: JSON.stringify(ports),
			HOME: dir,
			...Object.fromEntries(Object.entries(ports).map(([port, number]) => [`PORT_${port}`, String(number)])),
		};
		const children = started.map(({ program, args }) =>
			spawn(found(program) ?? program, args, { cwd: dir, env, stdio: ["ignore", log, log] }),
		);
		this.#running.set(name, children);
	}

	/** What a server wrote to its standard output, the end of it. */
	logOf(name: FarmName): string {
		return readFileSync(join(this.#run.dir, `${name}.log`), "utf8").slice(-2_000);
	}

	async close(): Promise<void> {
		await Promise.all([...this.#running.values()].flat().map(end));
		await this.#closeRaw();
		rmSync(this.#run.dir, { recursive: true, force: true, maxRetries: 3 });
	}
}

const ENDING_MS = 20;
const isOver = (child: ChildProcess) => child.exitCode !== null || child.signalCode !== null;

/** A server that ignores SIGTERM for this long is killed, so that no run hangs. */
const KILLED_AFTER_MS = 3_000;

/** Ends a process and resolves at its exit. */
async function end(child: ChildProcess): Promise<void> {
	if (isOver(child)) return;
	await new Promise<void>((resolve) => {
		const timer = setTimeout(() => child.kill("SIGKILL"), KILLED_AFTER_MS);
		child.once("exit", () => {
			clearTimeout(timer);
			resolve();
		});
		child.kill("SIGTERM");
	});
}
