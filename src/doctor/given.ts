import type { SettingsPart } from "../settings.ts";

/** A channel that the operator asks about. */
export interface ChannelAsked {
	readonly platform: "slack" | "discord";
	readonly id: string;
}

/** What `doctor` was given: the settings as far as they are usable, and what stood on the command line. */
export interface Given extends SettingsPart {
	readonly channels: readonly ChannelAsked[];
	/** Where the chats reach the bot, without a slash at its end; null: not known. */
	readonly publicUrl: string | null;
	readonly host: string;
	/** null: none is set, or it is not usable. */
	readonly port: number | null;
	readonly metricsPort: number | null;
	/** Of the program. */
	readonly version: string;
}

const HTTPS = /^https:\/\/[^\s@?#]+$/;
/** Only on this machine a request may go without TLS. */
const LOOPBACK = /^http:\/\/(?:127\.\d{1,3}\.\d{1,3}\.\d{1,3}|localhost|\[::1\])(?::\d{1,5})?(?:\/[^\s@?#]*)?$/;

/**
 * Reads what stands behind `doctor`: channels and the public URL.
 * @returns a text: what to tell the operator
 */
export function readDoctorWords(words: readonly string[]): Pick<Given, "channels" | "publicUrl"> | string {
	const channels: ChannelAsked[] = [];
	let publicUrl: string | null = null;
	for (const word of words) {
		const [, slack, discord] = /^(?:slack:([CGD][A-Z0-9]{2,20})|discord:(\d{15,21}))$/.exec(word) ?? [];
		if (slack !== undefined) channels.push({ platform: "slack", id: slack });
		else if (discord !== undefined) channels.push({ platform: "discord", id: discord });
		else if ((HTTPS.test(word) || LOOPBACK.test(word)) && URL.canParse(word) && publicUrl === null)
			publicUrl = word.replace(/\/+$/, "");
		else
			return "doctor takes a channel and the bot's public URL, such as doctor slack:C012AB3CD discord:123456789012345678 https://bot.example";
	}
	return channels.length > CHANNELS_MAX ? `doctor takes ${CHANNELS_MAX} channels at most` : { channels, publicUrl };
}

const CHANNELS_MAX = 5;

/** Everything together. CF520_URL is used where the command line names no URL. */
export function givenOf(part: SettingsPart, asked: Pick<Given, "channels" | "publicUrl">, version: string): Given {
	const { values } = part;
	const portOf = (name: string): number | null => (values[name] === undefined ? null : Number(values[name]));
	return {
		...part,
		...asked,
		publicUrl: asked.publicUrl ?? values.CF520_URL?.replace(/\/+$/, "") ?? null,
		host: values.HOST ?? "127.0.0.1",
		port: portOf("PORT"),
		metricsPort: portOf("CF520_METRICS_PORT"),
		version,
	};
}
