import { maskedUrl } from "../message/masking.ts";
import { type Button, buttons, type Message, message, say, title } from "../message/message.ts";
import { ask, type Text, text } from "../message/text.ts";
import type { Target } from "../read/text/target.ts";
import { hostWords } from "./words.ts";

/** Asks for the address where nobody else reads it. */
export function addressWanted(target: Target): Message {
	return message(
		"neutral",
		title(text`Which address is the origin of ${hostWords(target)}?`),
		say(
			text`Give it in private: I keep it for this look only, and show it nowhere. It stands on Cloudflare's DNS page (the A or AAAA record) or with the hosting provider.`,
		),
		buttons(addressHint(target), addressButton(target)),
	);
}

/** What to type where there is no button. */
export const addressHint = (target: Target): Text =>
	text`To look straight at the origin, if you know its address: ${ask(`origin ${maskedUrl(target.url)} ADDRESS`)}`;

/** The button that opens the private form. */
export const addressButton = (target: Target): Button => ({
	label: ADDRESS_FORM.button,
	action: { do: "origin-form", url: target.url },
});

/** Words of the private form. */
export const ADDRESS_FORM = {
	title: "Look at the origin",
	button: "Look at the origin …",
	label: "Origin IP address (add :port if unusual)",
	hint: "For example 198.51.100.7 or 198.51.100.7:8443; a second one after a blank. Used for this look only.",
	submit: "Look",
} as const;
