import { show } from "../message/show.ts";
import { askAgain, failedWords, fix, type NoAnswer, note, off, ok, unknown } from "./doctor.ts";

const OFF_SETTINGS = {
	"status-page": "CF520_STATUS_URL",
	globalping: "CF520_GLOBALPING_URL",
	cloudflare: "CF520_CLOUDFLARE_URL",
} as const;
export type ServiceCheck = keyof typeof OFF_SETTINGS;

/** One that is not asked: it was switched off, or its setting is not usable. */
export const serviceOff = (check: ServiceCheck, isLab: boolean) =>
	off(
		check,
		isLab ? `Off beside CF520_ALLOW_TARGETS. ${OFF_SETTINGS[check]} sets it.` : `Switched off by ${OFF_SETTINGS[check]}=off.`,
	);
export const serviceUnusable = (check: ServiceCheck) =>
	unknown(check, `${OFF_SETTINGS[check]} is not usable as it is set.`, "Fix the settings first, then run doctor again.");
/** It is optional: answers say nothing of it. */
export const serviceFailed = (check: ServiceCheck, who: string, failed: NoAnswer) =>
	failed.why === "unreachable" || failed.why === "deadline"
		? unknown(check, failedWords(who, failed), askAgain(failed))
		: fix(check, failedWords(who, failed), `Check ${OFF_SETTINGS[check]}, or set it to off.`);

export const statusPageGood = () => ok("status-page", "Cloudflare's status page responds.");

export const globalpingWords = {
	good: (remaining: number, limit: number, withToken: boolean) =>
		ok("globalping", `${remaining} of ${limit} tests are left this hour${withToken ? "" : ", without a token"}.`),
	used: (limit: number, withToken: boolean) =>
		note(
			"globalping",
			`The ${limit} tests of this hour are used up.`,
			withToken ? "More tests cost credits at https://dash.globalping.io." : "With CF520_GLOBALPING_TOKEN there are more.",
		),
	rejected: () =>
		fix(
			"globalping",
			"Globalping rejects CF520_GLOBALPING_TOKEN.",
			"Create a new one at https://dash.globalping.io, or unset it.",
		),
};

export const cloudflareWords = {
	good: () => ok("cloudflare", "Cloudflare accepts CF520_CLOUDFLARE_TOKEN."),
	inactive: (status: string) =>
		fix(
			"cloudflare",
			`CF520_CLOUDFLARE_TOKEN is ${show(status, 20)}.`,
			"Create a new API token that can read one zone, and set it.",
		),
	rejected: () =>
		fix("cloudflare", "Cloudflare rejects CF520_CLOUDFLARE_TOKEN.", "Create a new API token that can read one zone, and set it."),
	noToken: () => ok("cloudflare", "Its API responds. No CF520_CLOUDFLARE_TOKEN is set."),
	tokenUnusable: () =>
		unknown("cloudflare", "CF520_CLOUDFLARE_TOKEN is not usable as it is set.", "Fix the settings first, then run doctor again."),
};
