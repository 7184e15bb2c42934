import { statfsSync } from "node:fs";
import { dirname } from "node:path";
import { systemResolver } from "../looks/lookup.ts";
import type { Told } from "../reply/doctor.ts";
import type { SettingsPart } from "../settings.ts";
import { without } from "./ask.ts";
import { lookAtFile } from "./data.ts";
import { lookAtDatabase } from "./database.ts";
import { lookAtDiscord } from "./discord.ts";
import type { Asked } from "./findings/asked.ts";
import { databaseLine } from "./findings/database.ts";
import { discordLines } from "./findings/discord.ts";
import {
	clockLine,
	dataLine,
	diskLine,
	dnsLine,
	keyLine,
	outgoingLine,
	portLine,
	runtimeLine,
	settingsLines,
} from "./findings/machine.ts";
import { cloudflareLine, globalpingLine, statusPageLine } from "./findings/services.ts";
import { slackLines } from "./findings/slack.ts";
import type { Given } from "./given.ts";
import { connected, lookAtDns, lookAtOutgoing, lookAtPort, type Machine } from "./machine.ts";
import { lookAtServices, type ServicesSeen } from "./services.ts";
import { lookAtSlack } from "./slack.ts";

/** A whole run ends within twenty seconds, whatever hangs. */
const RUN_MS_MAX = 15_000;

const THIS_MACHINE: Machine = {
	resolve: (host, signal) => systemResolver(host, { signal }),
	connect: connected,
	runMs: RUN_MS_MAX,
	nodeVersion: process.versions.node,
	freeBytes: (directory) => {
		try {
			const { bavail, bsize } = statfsSync(directory);
			return bavail * bsize;
		} catch {
			return null;
		}
	},
};

/**
 * Checks an installation by calls that change nothing, side by side. Never rejects for what it meets.
 * @returns one line a check, in the order of the screen
 */
export async function examine(given: Given, machine: Machine = THIS_MACHINE): Promise<readonly Told[]> {
	const reading = { signal: AbortSignal.timeout(machine.runMs), secrets: given.secrets };
	const port = lookAtPort(given, "PORT", reading);
	const metricsPort = given.isSet("CF520_METRICS_PORT") ? lookAtPort(given, "CF520_METRICS_PORT", reading) : null;
	const stored = lookAtFile(given);
	const { values } = given;
	const inDatabase = lookAtDatabase(given, reading);
	const installs = inDatabase.then((database) => (database?.kind === "read" ? database.installs : stored.installs));
	const [slack, discord, services, database, dns, outgoing, own, metrics] = await Promise.all([
		lookAtSlack(given, { port, states: metricsPort ?? port, installs }, reading),
		lookAtDiscord(given, reading),
		lookAtServices(given, reading),
		inDatabase,
		lookAtDns(given, machine, reading.signal),
		lookAtOutgoing(given, machine, reading.signal),
		port,
		metricsPort,
	]);
	const clocks = [
		...[slack.auth, slack.ticket].flatMap((asked) => (asked === null ? [] : [{ who: "Slack", asked }])).slice(0, 1),
		...(discord.user === null ? [] : [{ who: "Discord", asked: discord.user }]),
	];
	const isKept = values.CF520_DATA !== undefined;
	return hidden(given, [
		...settingsLines({ problems: given.problems, unknownNames: given.unknownNames, runs: runsOf(given) }),
		runtimeLine(given.version, machine.nodeVersion),
		clockLine((clocks.length > 0 ? clocks : serviceClocks(services)).map(({ who, asked }) => ({ who, aheadMs: asked.aheadMs }))),
		dnsLine(dns),
		outgoingLine(outgoing),
		portLine("PORT", own),
		...(metrics === null ? [] : [portLine("CF520_METRICS_PORT", metrics)]),
		...(database === null ? [dataLine(stored.data)] : [databaseLine(database)]),
		keyLine(database?.kind === "read" ? { ...stored.key, stored: true, opens: database.opens } : stored.key, isKept),
		...(values.CF520_DATA === undefined || database !== null ? [] : [diskLine(machine.freeBytes(dirname(values.CF520_DATA)))]),
		...slackLines(slack),
		...discordLines(discord),
		statusPageLine(services.statusPage),
		globalpingLine(services.globalping, stateOf(given, "CF520_GLOBALPING_TOKEN")),
		cloudflareLine(services.cloudflare, services.zones, stateOf(given, "CF520_CLOUDFLARE_TOKEN")),
	]);
}

const stateOf = ({ values, isSet }: SettingsPart, name: string) =>
	values[name] !== undefined ? "usable" : isSet(name) ? "unusable" : "absent";

/** Those whose time tells as much, where no chat was asked. */
const serviceClocks = ({ cloudflare, globalping, statusPage }: ServicesSeen): { readonly who: string; readonly asked: Asked }[] =>
	[
		{ who: "Cloudflare", seen: cloudflare },
		{ who: "Globalping", seen: globalping },
		{ who: "the status page", seen: statusPage },
	].flatMap(({ who, seen }) => (seen.kind === "asked" ? [{ who, asked: seen.asked }] : []));

/** What starts with these settings. */
function runsOf({ isSet }: SettingsPart): string[] {
	const isSlack = isSet("SLACK_BOT_TOKEN") || isSet("SLACK_CLIENT_ID");
	const workspaces = isSet("SLACK_CLIENT_ID") ? " for many workspaces" : "";
	return [
		...(isSlack ? [`Slack over ${isSet("SLACK_APP_TOKEN") ? "Socket Mode" : "HTTP"}${workspaces}`] : []),
		...(isSet("DISCORD_TOKEN") ? [`Discord over ${isSet("DISCORD_PUBLIC_KEY") ? "HTTP" : "the gateway"}`] : []),
	];
}

/** Whatever a platform sends back, a secret does not reach the screen. */
function hidden({ secrets }: SettingsPart, told: readonly Told[]): readonly Told[] {
	return told.map((one) => ({
		...one,
		say: without(secrets, one.say),
		todo: one.todo === null ? null : without(secrets, one.todo),
	}));
}
