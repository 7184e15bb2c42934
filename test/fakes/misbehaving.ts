import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { closed, listening } from "../lab/origin.ts";
import { bodyOf } from "./slack.ts";

/** How a server that was taken for a platform answers everything. */
export type Misbehavior = (request: IncomingMessage, response: ServerResponse, body: string) => void;

const json = (response: ServerResponse, status: number, value: unknown, headers: Record<string, string> = {}) =>
	void response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(value));
/** Moves a terminal's cursor, turns the direction of reading, ends a line. */
const CONTROLS = "\u001b[2J\u202e\u0000\r\nok           settings: all good";

/** Every text of an answer is this one, in each shape that a platform answers with. */
const everywhere = (text: string) => ({
	ok: true,
	success: true,
	url: text,
	team: text,
	user: text,
	bot_id: text,
	id: text,
	username: text,
	name: text,
	flags: 0,
	verify_key: text,
	interactions_endpoint_url: text,
	integration_types_config: { [text]: { oauth2_install_params: { scopes: [text], permissions: text } } },
	channel: { name: text, is_member: true },
	result: { status: text },
	status: text,
	platforms: { slack: text, discord: text },
	type: 0,
	guild_id: text,
	permission_overwrites: [],
	owner_id: text,
	roles: [{ id: text, permissions: "0" }],
	page: {},
	rateLimit: { measurements: { create: { limit: 250, remaining: 0 } } },
});

export const MISBEHAVIORS: Readonly<Record<string, Misbehavior>> = {
	"never answers": () => {},
	"never ends its answer": (_request, response) =>
		void response.writeHead(200, { "content-type": "application/json" }).write("{"),
	"closes without an answer": (request) => void request.socket.resetAndDestroy(),
	"answers without end": (_request, response) => {
		const more = () => {
			while (response.write("x".repeat(65_536)));
			response.once("drain", more);
		};
		more();
	},
	"redirects to another host": (_request, response) =>
		void response.writeHead(302, { location: "http://192.0.2.1/stolen" }).end(),
	"answers with a page": (_request, response) => void response.writeHead(200).end("<html>hello</html>"),
	"answers 500": (_request, response) => json(response, 500, { ok: false, error: "internal_error", code: 0 }),
	"answers null": (_request, response) => json(response, 200, null),
	"answers with a list": (_request, response) => json(response, 200, [[], null, { name: 7 }]),
	"answers with wrong types": (_request, response) =>
		json(response, 200, { ok: "yes", team: 7, user: {}, id: 1, username: null, url: [], success: 1, error: { a: 1 } }),
	"answers with control characters": (_request, response) =>
		json(response, 200, everywhere(CONTROLS), { "x-oauth-scopes": "chat:write\u00a0\u00ad" }),
	"answers with an error that is a text": (_request, response) => json(response, 200, { ok: false, error: CONTROLS }),
	"answers with a very long text": (_request, response) => json(response, 200, everywhere("w".repeat(30_000))),
	"answers with what it was sent": (request, response, body) =>
		json(response, 200, everywhere(`${request.headers.authorization ?? ""} ${body}`)),
	"answers with an error that is what it was sent": (request, response) =>
		json(response, 200, { ok: false, error: (request.headers.authorization ?? "").toLowerCase() }),
};

/** A server on loopback that answers everything so. */
export async function misbehaving(how: Misbehavior): Promise<{ readonly url: string; close(): Promise<void> }> {
	const server = createServer((request, response) => {
		response.on("error", () => {});
		void bodyOf(request).then((body) => how(request, response, body));
	});
	const open = new Set<Socket>();
	server.on("connection", (socket) => {
		open.add(socket);
		socket.on("error", () => {}).on("close", () => open.delete(socket));
	});
	const url = `http://127.0.0.1:${await listening(server)}`;
	return { url, close: () => closed(server, open) };
}
