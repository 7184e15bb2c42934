import { createServer, type Socket } from "node:net";
import { closed, listening } from "../lab/origin.ts";

/** A row by its columns; null is SQL's. */
type Row = Readonly<Record<string, string | null>>;

/** As much of PostgreSQL as `doctor` asks: the start of a connection and simple queries, whose rows a test says. */
export interface FakePostgres {
	/** With a password. */
	url(password: string): string;
	/** `server_version_num`. */
	version: string;
	/** A standby. */
	recovery: boolean;
	readOnly: boolean;
	/** The user may create tables. */
	creates: boolean;
	/** What the table `meta` holds; null: there is none. */
	meta: Readonly<Record<string, string>> | null;
	/** Workspaces that installed the Slack app. */
	installs: number;
	/** SQLSTATE with which every start of a connection ends; null: it is accepted. */
	refuses: string | null;
	/** It takes a connection and says nothing. */
	isSilent: boolean;
	/** What is in front of it. */
	pooler: "none" | "session" | "transaction" | "statement";
	/** Every query. */
	readonly queries: string[];
	close(): Promise<void>;
}

const text = (value: string): Buffer => Buffer.concat([Buffer.from(value, "utf8"), Buffer.from([0])]);
const int32 = (value: number): Buffer => {
	const bytes = Buffer.alloc(4);
	bytes.writeInt32BE(value);
	return bytes;
};
const int16 = (value: number): Buffer => {
	const bytes = Buffer.alloc(2);
	bytes.writeInt16BE(value);
	return bytes;
};
/** https://www.postgresql.org/docs/current/protocol-message-formats.html: a letter, the length, the rest. */
const message = (letter: string, ...parts: readonly Buffer[]): Buffer => {
	const body = Buffer.concat(parts);
	return Buffer.concat([Buffer.from(letter), int32(body.length + 4), body]);
};
const READY = message("Z", Buffer.from("I"));
const SSL_REQUEST = 80_877_103;
const BOOL = 16;
const INT4 = 23;
const TEXT = 25;
const typeOf = (column: string): number => (["recovery", "creates"].includes(column) ? BOOL : column === "pid" ? INT4 : TEXT);

const failure = (code: string): Buffer =>
	// What PostgreSQL says may name the user and the host.
	message(
		"E",
		text("SFATAL"),
		text(`C${code}`),
		text('Mpassword authentication failed for user "sesame" at db.sesame.example'),
		Buffer.from([0]),
	);

const rowsOf = (rows: readonly Row[]): Buffer => {
	const columns = Object.keys(rows[0] ?? { none: null });
	const described = columns.flatMap((column) => [
		text(column),
		int32(0),
		int16(0),
		int32(typeOf(column)),
		int16(-1),
		int32(-1),
		int16(0),
	]);
	const values = (row: Row) =>
		columns.flatMap((column) => {
			const { [column]: value = null } = row;
			return value === null ? [int32(-1)] : [int32(Buffer.byteLength(value)), Buffer.from(value)];
		});
	return Buffer.concat([
		message("T", int16(columns.length), ...described),
		...rows.map((row) => message("D", int16(columns.length), ...values(row))),
		message("C", text(`SELECT ${rows.length}`)),
	]);
};

const done = (tag: string): Buffer => message("C", text(tag));

/** @returns a server on loopback, up to date with an empty `meta` */
export async function fakePostgres(): Promise<FakePostgres> {
	const open = new Set<Socket>();
	const queries: string[] = [];
	let pids = 100;
	const answer = (query: string, pid: number): Buffer => {
		queries.push(query);
		if (/^BEGIN/.test(query)) return fake.pooler === "statement" ? failure("08P01") : done("BEGIN");
		if (/^ROLLBACK/.test(query)) return done("ROLLBACK");
		// In transaction mode everyone gets the one connection that is free.
		if (/pg_backend_pid/.test(query))
			return rowsOf([{ pid: String(fake.pooler === "transaction" || fake.pooler === "statement" ? 7 : pid) }]);
		if (/FROM installs/.test(query)) return rowsOf([{ n: String(fake.installs) }]);
		if (/FROM meta/.test(query)) return rowsOf(Object.entries(fake.meta ?? {}).map(([key, value]) => ({ key, value })));
		return rowsOf([
			{
				version: fake.version,
				recovery: fake.recovery ? "t" : "f",
				read_only: fake.readOnly ? "on" : "off",
				creates: fake.creates ? "t" : "f",
				meta: fake.meta === null ? null : "meta",
				installs: fake.meta === null ? null : "installs",
			},
		]);
	};
	const server = createServer((socket) => {
		open.add(socket);
		socket.on("close", () => open.delete(socket)).on("error", () => {});
		if (fake.isSilent) return;
		const pid = ++pids;
		let isStarted = false;
		let kept = Buffer.alloc(0);
		socket.on("data", (data) => {
			kept = Buffer.concat([kept, data]);
			for (;;) {
				const at = isStarted ? 1 : 0;
				if (kept.length < at + 4) return;
				const length = kept.readInt32BE(at) + at;
				if (kept.length < length) return;
				const [letter, body] = [kept.subarray(0, at).toString(), kept.subarray(at + 4, length)];
				kept = kept.subarray(length);
				if (!isStarted && body.readInt32BE(0) === SSL_REQUEST) {
					socket.write("N");
					continue;
				}
				if (!isStarted) {
					isStarted = true;
					if (fake.refuses !== null) return void socket.end(failure(fake.refuses));
					// A pooler tells a number of its own.
					const told = fake.pooler === "none" ? pid : 1_000_000 + pid;
					socket.write(Buffer.concat([message("R", int32(0)), message("K", int32(told), int32(1)), READY]));
				} else if (letter === "Q") socket.write(Buffer.concat([answer(body.subarray(0, -1).toString(), pid), READY]));
				else if (letter === "X") socket.end();
			}
		});
	});
	const port = await listening(server);
	const fake: FakePostgres = {
		url: (password) => `postgres://cf520:${encodeURIComponent(password)}@127.0.0.1:${port}/cf520`,
		version: "150020",
		recovery: false,
		readOnly: false,
		creates: true,
		meta: null,
		installs: 2,
		refuses: null,
		isSilent: false,
		pooler: "none",
		queries,
		close: () => closed(server, open),
	};
	return fake;
}
