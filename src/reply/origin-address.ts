import { maskedUrl } from "../message/masking.ts";
import { type Button, buttons, type Message, message, say, title } from "../message/message.ts";
import { ask, type Text, text } from "../message/text.ts";
import type { Target } from "../read/text/target.ts";
import { hostWords } from "./words.ts";

/** Asks for the IP address privately. */
export function addressWanted(target: Target): Message {
	return message(
		"neutral",
		title(text`What is the origin's IP address for ${hostWords(target)}?`),
		say(
			text`I use it for these requests only and never show it. Find it on Cloudflare's DNS page (A or AAAA record), or ask the hosting provider.`,
		),
		buttons(addressHint(target), addressButton(target)),
	);
}

/** What to type where there is no button. */
export const addressHint = (target: Target): Text =>
	text`To request the origin directly: ${ask(`origin ${maskedUrl(target.url)} IP-ADDRESS`)}`;

/** The button that opens the private form. */
export const addressButton = (target: Target): Button => ({
	label: ADDRESS_FORM.button,
	action: { do: "origin-form", url: target.url },
});

/** Words of the private form. */
export const ADDRESS_FORM = {
	title: "Check the origin",
	button: "Check it for me…",
	label: "Origin IP address (add :port if unusual)",
	hint: "198.51.100.7 or 198.51.100.7:8443",
	submit: "Check",
} as const;
