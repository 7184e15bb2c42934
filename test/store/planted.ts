import type { Stores } from "../../src/desk/stores.ts";
import { aCase, aWatch } from "./values.ts";

const ENOUGH = { host: 1_000, hostInAll: 1_000, workspace: 1_000, all: 1_000 };

/** What must not be read at rest: each is planted under a name of its own. */
export const SECRETS = {
	address: "198.51.100.77",
	cookie: "sid=c00kiecookie",
	token: "tok3ntoken",
	logLine: "upstream-prematurely-l0gline",
	host: "planted.example",
	person: "slack UPLANTED",
	workspace: "slack TPLANTED",
	channel: "CPLANTED",
	event: "event:PLANTED",
	responseUrl: "hooks.slack.com/sesame",
};
export const SUB_HOST = `shop.${SECRETS.host}`;
export const URL_WITH_TOKEN = `https://${SUB_HOST}/pay?token=${SECRETS.token}`;
export const THREAD = `slack ${SECRETS.channel} 1.2`;

export const question = JSON.stringify({
	text: `origin ${URL_WITH_TOKEN} ${SECRETS.address}\nSet-Cookie: ${SECRETS.cookie}\n${SECRETS.logLine}`,
	place: { responseUrl: `https://${SECRETS.responseUrl}`, user: SECRETS.person },
});

export async function plant({ inbox, cases, watches, policies, requestCounts }: Stores): Promise<void> {
	await inbox.open("q", SECRETS.event, "slack", question);
	await inbox.turn("q", `looks ${THREAD}`, 5);
	await inbox.outbox("q").sending("0");
	await inbox.outbox("q").sent("0", `["${SECRETS.channel}","1.2"]`);
	const at = { workspace: SECRETS.workspace, threadKey: THREAD, url: URL_WITH_TOKEN };
	await cases.open(aCase("a", { ...at, messageRef: `["${SECRETS.channel}","1.2"]` }));
	await cases.change("a", (one) => ({ ...one, rays: [SECRETS.logLine] }));
	await watches.begin(aWatch("w", { ...at, asker: SECRETS.person, isPrivate: true }), ENOUGH);
	await watches.change("w", (one) => ({ ...one, codes: [SECRETS.cookie] }));
	await policies.change(SECRETS.workspace, (now) => ({ ...now, channels: [SECRETS.channel], origins: [SECRETS.host] }));
	await requestCounts.reserve([
		{ key: `host ${SUB_HOST}`, amount: 1, max: 9, windowMs: 3_600_000 },
		{ key: `person ${SECRETS.person}`, amount: 1, max: 9, windowMs: 3_600_000, item: SECRETS.address },
	]);
}
