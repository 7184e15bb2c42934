import { type ChildProcess, execFile, execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { accessSync, chownSync, constants, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import pg from "pg";
import { freePort } from "./servers/programs.ts";

/**
 * PostgreSQL and PgBouncer of our own, for tests and measurements: on loopback, on free ports, in a temporary folder, ended by their process
 * ids. Nothing that is installed as a service is touched.
 */

const run = promisify(execFile);
const USER = "cf520";
/** Longer than a start takes on a busy machine. */
const UP_MS_MAX = 30_000;
const UP_EVERY_MS = 25;

/** A server that can be stopped and started again, on the same port and with what it kept. */
export interface Server {
	readonly port: number;
	/** Of the process; null: it is stopped. */
	pid(): number | null;
	/** As in an outage: `pg_ctl stop -m immediate`, or SIGKILL for PgBouncer. */
	stop(): Promise<void>;
	/** Resolves when it answers. */
	start(): Promise<void>;
	/** Stops it, and removes what it left. */
	end(): Promise<void>;
}

export interface Postgres extends Server {
	/** A new, empty database; its address, with the password. */
	database(): Promise<string>;
	/** Where the programs of this server are (`pg_dump` is one of them). */
	readonly bin: string;
	readonly password: string;
}

export interface Bouncer extends Server {
	/** The same database through PgBouncer. */
	through(url: string): string;
}

/** How a server is started. */
interface PostgresOptions {
	/** Off, what was confirmed is lost when the machine stops; not when PostgreSQL is stopped, whatever way. */
	readonly fsync?: boolean;
}

const isExecutable = (path: string): boolean => {
	try {
		accessSync(path, constants.X_OK);
		return true;
	} catch {
		return false;
	}
};

/** The folder with `initdb` and `postgres`: CF520_TEST_POSTGRES, Debian's newest, or what `pg_config` says; null: not installed. */
export function postgresFolder(): string | null {
	const given = process.env.CF520_TEST_POSTGRES;
	if (given !== undefined && given !== "") return given;
	const debian = "/usr/lib/postgresql";
	const versions = isExecutable(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
	const folders = versions.map((version) => join(debian, version, "bin"));
	try {
		folders.push(execFileSync("pg_config", ["--bindir"], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim());
	} catch {
		// Only on machines without it.
	}
	return folders.find((folder) => isExecutable(join(folder, "initdb")) && isExecutable(join(folder, "postgres"))) ?? null;
}

/** Where PgBouncer is; null: not installed. */
export const bouncerProgram = (): string | null =>
	["/usr/sbin/pgbouncer", "/usr/local/sbin/pgbouncer", "/usr/bin/pgbouncer", "/usr/local/bin/pgbouncer"].find(isExecutable) ??
	null;

/** Both programs refuse root; as root they run as somebody else. */
function otherUser(): { readonly uid: number; readonly gid: number } | Record<string, never> {
	if (process.getuid?.() !== 0) return {};
	const lines = readFileSync("/etc/passwd", "utf8").split("\n");
	const line = ["postgres", "nobody"]
		.map((name) => lines.find((one) => one.startsWith(`${name}:`)))
		.find((one) => one !== undefined);
	const [, , uid, gid] = (line ?? "").split(":");
	if (uid === undefined || gid === undefined) throw new Error("there is no user postgres or nobody to run a server as");
	return { uid: Number(uid), gid: Number(gid) };
}

/** A temporary folder that the server's user owns; it goes when this process ends. */
function folderFor(name: string): { readonly folder: string; remove(): void } {
	const folder = mkdtempSync(join(tmpdir(), `cf520-${name}-`));
	const { uid, gid } = otherUser();
	if (uid !== undefined && gid !== undefined) chownSync(folder, uid, gid);
	const remove = () => rmSync(folder, { recursive: true, force: true });
	process.once("exit", remove);
	return {
		folder,
		remove: () => {
			process.off("exit", remove);
			remove();
		},
	};
}

/** A program in the foreground, which is started and stopped by its process id. */
function program(options: {
	readonly command: string;
	readonly args: readonly string[];
	readonly cwd: string;
	readonly stopSignal: NodeJS.Signals;
	/** Rejects while it does not answer yet. */
	readonly answers: () => Promise<void>;
}) {
	let child: ChildProcess | null = null;
	let said = "";
	const kill = () => void child?.kill("SIGKILL");
	const start = async () => {
		const own = spawn(options.command, [...options.args], {
			cwd: options.cwd,
			stdio: ["ignore", "pipe", "pipe"],
			env: { PATH: process.env.PATH ?? "", LC_ALL: "C", TZ: "UTC" },
			...otherUser(),
		});
		child = own;
		said = "";
		for (const stream of [own.stdout, own.stderr]) stream?.on("data", (data) => (said = (said + String(data)).slice(-4_000)));
		own.once("exit", () => {
			if (child === own) child = null;
		});
		process.once("exit", kill);
		const until = performance.now() + UP_MS_MAX;
		for (;;) {
			try {
				return await options.answers();
			} catch (error) {
				if (own.exitCode !== null || performance.now() > until)
					throw new Error(`${options.command} does not answer: ${String(error)}\n${said}`);
				await new Promise((resolve) => setTimeout(resolve, UP_EVERY_MS));
			}
		}
	};
	const stop = async () => {
		const own = child;
		process.off("exit", kill);
		if (own === null || own.exitCode !== null || own.signalCode !== null) return;
		const ended = once(own, "exit");
		own.kill(options.stopSignal);
		// One that is frozen takes no other signal.
		own.kill("SIGCONT");
		await ended;
	};
	return { start, stop, pid: () => child?.pid ?? null };
}

/** One answered question, on a connection of its own. */
async function asked(url: string, text = "SELECT 1"): Promise<void> {
	const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 1_000 });
	client.on("error", () => {});
	try {
		await client.connect();
		await client.query(text);
	} finally {
		await client.end().catch(() => {});
	}
}

/**
 * A PostgreSQL of our own.
 * @throws when it is not installed (see {@link postgresFolder}), or does not start
 */
export async function startPostgres({ fsync = false }: PostgresOptions = {}): Promise<Postgres> {
	const bin = postgresFolder();
	if (bin === null) throw new Error("PostgreSQL is not installed");
	const { folder, remove } = folderFor("postgres");
	const port = await freePort();
	const password = randomBytes(12).toString("hex");
	const pwfile = join(folder, "password");
	const data = join(folder, "data");
	writeFileSync(pwfile, password, { mode: 0o644 });
	const init = ["-D", data, "-U", USER, "-A", "scram-sha-256", `--pwfile=${pwfile}`, "--no-sync", "-E", "UTF8", "--locale=C"];
	await run(join(bin, "initdb"), init, { ...otherUser(), cwd: folder });
	rmSync(pwfile);
	const settings = {
		listen_addresses: "127.0.0.1",
		port: String(port),
		unix_socket_directories: "",
		max_connections: "200",
		shared_buffers: "32MB",
		fsync: fsync ? "on" : "off",
	};
	const urlOf = (database: string) => `postgres://${USER}:${password}@127.0.0.1:${port}/${database}`;
	const { start, stop, pid } = program({
		command: join(bin, "postgres"),
		args: ["-D", data, ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`])],
		cwd: folder,
		// Of the postmaster: immediate shutdown, as `pg_ctl stop -m immediate`.
		stopSignal: "SIGQUIT",
		answers: () => asked(urlOf("postgres")),
	});
	await start();
	return {
		bin,
		port,
		password,
		pid,
		start,
		stop,
		end: async () => {
			await stop();
			remove();
		},
		database: async () => {
			const name = `t${randomBytes(6).toString("hex")}`;
			await asked(urlOf("postgres"), `CREATE DATABASE ${name}`);
			return urlOf(name);
		},
	};
}

/** How PgBouncer is set up beside what its Debian package has. */
interface BouncerOptions {
	/** Connections to PostgreSQL, of one database. */
	readonly poolSize?: number;
	readonly poolMode?: "session" | "transaction" | "statement";
}

/**
 * PgBouncer before a PostgreSQL, in transaction mode unless said otherwise.
 * @throws when it is not installed (see {@link bouncerProgram}), or does not start
 */
export async function startBouncer(
	postgres: Postgres,
	{ poolSize = 20, poolMode = "transaction" }: BouncerOptions = {},
): Promise<Bouncer> {
	const command = bouncerProgram();
	if (command === null) throw new Error("PgBouncer is not installed");
	const { folder, remove } = folderFor("pgbouncer");
	const port = await freePort();
	const [config, users] = [join(folder, "pgbouncer.ini"), join(folder, "users.txt")];
	writeFileSync(users, `"${USER}" "${postgres.password}"\n`, { mode: 0o644 });
	const lines = [
		"[databases]",
		`* = host=127.0.0.1 port=${postgres.port}`,
		"[pgbouncer]",
		"listen_addr = 127.0.0.1",
		`listen_port = ${port}`,
		"unix_socket_dir =",
		"auth_type = scram-sha-256",
		`auth_file = ${users}`,
		`pool_mode = ${poolMode}`,
		"max_client_conn = 500",
		`default_pool_size = ${poolSize}`,
		// 15 s by default: so long it would not notice that PostgreSQL is back.
		"server_login_retry = 1",
	];
	writeFileSync(config, `${lines.join("\n")}\n`, { mode: 0o644 });
	const throughAt = (url: string) => {
		const parts = new URL(url);
		parts.port = String(port);
		return parts.href;
	};
	const postgresUrl = `postgres://${USER}:${postgres.password}@127.0.0.1:${postgres.port}/postgres`;
	const { start, stop, pid } = program({
		command,
		args: [config],
		cwd: folder,
		stopSignal: "SIGKILL",
		answers: () => asked(throughAt(postgresUrl)),
	});
	await start();
	return {
		port,
		pid,
		start,
		stop,
		end: async () => {
			await stop();
			remove();
		},
		through: throughAt,
	};
}
