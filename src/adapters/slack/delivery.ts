import type { IncomingMessage } from "node:http";
import { type App, HTTPReceiver, LogLevel, type Receiver, SocketModeReceiver } from "@slack/bolt";
import type { Metrics } from "../../desk/metrics.ts";
import { withTimeout } from "../../desk/with-timeout.ts";
import { type Log, type Mount, mountPosts } from "../bot.ts";
import { SLACK_PATH } from "./paths.ts";
import { proofFor } from "./proof.ts";

export { SLACK_PATH } from "./paths.ts";

const STOP_MS_MAX = 3_000;
/** https://docs.slack.dev/authentication/verifying-requests-from-slack: five minutes from now. */
const SKEW_S_MAX = 300;

/** The way on which Slack's requests come. */
interface Delivery {
	readonly receiver: Receiver;
	/** Requests can come. */
	isOpen(): boolean;
	start(app: App): Promise<void>;
	stop(app: App): Promise<void>;
}

/** What Bolt and the SDK write their own lines with. */
type SdkLogger = ReturnType<typeof sdkLogger>;

/**
 * Socket Mode.
 * @param appToken an app-level token
 * @param apiUrl another Slack (tests)
 */
export function socketDelivery(
	appToken: string,
	apiUrl: string | undefined,
	logger: SdkLogger,
	log: Log,
	metrics: Pick<Metrics, "reconnected">,
): Delivery {
	const clientOptions = apiUrl === undefined ? {} : { slackApiUrl: apiUrl };
	const receiver = new SocketModeReceiver({ appToken, installerOptions: { clientOptions }, logger });
	const { client } = receiver;
	let open = false;
	let connections = 0;
	client.on("connected", () => {
		open = true;
		connections += 1;
		if (connections > 1) metrics.reconnected("slack");
		log({ event: "slack-connected" });
	});
	for (const name of ["disconnected", "reconnecting", "disconnecting"]) client.on(name, () => (open = false));
	return {
		receiver,
		isOpen: () => open,
		start: async (app) => void (await app.start()),
		stop: async (app) => {
			// app.stop() resolves before the socket is closed.
			const closed = open ? new Promise((resolve) => client.once("disconnected", resolve)) : Promise.resolve();
			const gone = withTimeout(closed, STOP_MS_MAX);
			await app.stop().catch(() => {});
			await gone;
		},
	};
}

/**
 * HTTP.
 * @param mount serves it; null: there is no port, and starting rejects
 */
export function httpDelivery(signingSecret: string, mount: Mount | null, logger: SdkLogger, log: Log): Delivery {
	const receiver = new HTTPReceiver({
		signingSecret,
		endpoints: SLACK_PATH,
		logger,
		// A path that is none of Slack's: the server in front answers those itself.
		dispatchErrorHandler: async ({ response }) => void response.writeHead(404).end(),
	});
	let open = false;
	return {
		receiver,
		isOpen: () => open,
		start: async () => {
			mountPosts(mount, "Slack", SLACK_PATH, (request, response) => {
				if (!isOfNow(request)) return void response.writeHead(401, { connection: "close" }).end();
				const proof = proofFor(signingSecret, request.headers);
				if (proof === null) return receiver.requestListener(request, response);
				response.writeHead(200, { "content-type": "application/json", connection: "close" }).end(proof);
			});
			open = true;
			log({ event: "slack-listening", path: SLACK_PATH });
		},
		stop: async () => {
			open = false;
		},
	};
}

/** A request with another time is a replay. The SDK rejects only old ones (measured with @slack/bolt 5.1.0). */
export function isOfNow({ headers }: Pick<IncomingMessage, "headers">): boolean {
	const timestamp = String(headers["x-slack-request-timestamp"] ?? "");
	return /^\d{1,12}$/.test(timestamp) && Math.abs(Math.floor(Date.now() / 1_000) - Number(timestamp)) <= SKEW_S_MAX;
}

/** Bolt's and the SDK's own lines, without their texts: those may hold tokens, response URLs or what people wrote. */
export function sdkLogger(log: Log) {
	const line =
		(level: string) =>
		(...parts: unknown[]) =>
			log({
				event: "slack-sdk",
				severity: level,
				about: String(parts[0] instanceof Error ? parts[0].name : parts[0]).slice(0, 120),
			});
	return {
		debug: () => {},
		info: () => {},
		warn: line("warn"),
		error: line("error"),
		setLevel: () => {},
		getLevel: () => LogLevel.ERROR,
		setName: () => {},
	};
}
