import type { View } from "@slack/types";
import { z } from "zod";
import { PASTE_FORM } from "../../reply/case.ts";
import { ADDRESS_FORM } from "../../reply/origin.ts";

export const ADDRESS_VIEW = "cf520_address";
const BLOCK = "address";
const INPUT = "address";
const ADDRESS_MAX_CHARS = 120;

/** Where the form was opened, and for which site: comes back with what was written. */
const Meta = z.object({ url: z.string().max(2_100), channel: z.string().max(40), threadTs: z.string().max(40).nullable() });
export type AddressMeta = z.infer<typeof Meta>;

const Values = z.object({
	[BLOCK]: z.object({ [INPUT]: z.object({ value: z.string().max(ADDRESS_MAX_CHARS).nullable().catch(null) }) }),
});

/** The private form for an origin's address. */
export function addressView(meta: AddressMeta): View {
	return {
		type: "modal",
		callback_id: ADDRESS_VIEW,
		private_metadata: JSON.stringify(meta),
		title: { type: "plain_text", text: ADDRESS_FORM.title },
		submit: { type: "plain_text", text: ADDRESS_FORM.submit },
		blocks: [
			{
				type: "input",
				block_id: BLOCK,
				label: { type: "plain_text", text: ADDRESS_FORM.label },
				hint: { type: "plain_text", text: ADDRESS_FORM.hint },
				element: { type: "plain_text_input", action_id: INPUT, max_length: ADDRESS_MAX_CHARS },
			},
		],
	};
}

/** What came back from the form; null for what is none of ours. */
export function readAddressView(view: unknown): (AddressMeta & { readonly address: string }) | null {
	const read = z.object({ private_metadata: z.string().max(3_000), state: z.object({ values: Values }) }).safeParse(view);
	if (!read.success) return null;
	let json: unknown;
	try {
		json = JSON.parse(read.data.private_metadata);
	} catch {
		return null;
	}
	const meta = Meta.safeParse(json);
	return meta.success ? { ...meta.data, address: read.data.state.values[BLOCK][INPUT].value ?? "" } : null;
}

/** The form's own word about an address that it cannot take. */
export const addressProblem = (problem: string) => ({ response_action: "errors", errors: { [BLOCK]: problem } }) as const;

export const PASTE_VIEW = "cf520_paste";
/** Slack: characters of a plain text input. */
const PASTE_MAX_CHARS = 3_000;
const PasteMeta = z.object({ channel: z.string().max(40), threadTs: z.string().max(40).nullable() });
const PasteValues = z.object({
	paste: z.object({ paste: z.object({ value: z.string().max(PASTE_MAX_CHARS).nullable().catch(null) }) }),
});

/** The private form for pasting into a case. */
export function pasteView(meta: z.infer<typeof PasteMeta>): View {
	return {
		type: "modal",
		callback_id: PASTE_VIEW,
		private_metadata: JSON.stringify(meta),
		title: { type: "plain_text", text: PASTE_FORM.title },
		submit: { type: "plain_text", text: PASTE_FORM.submit },
		blocks: [
			{
				type: "input",
				block_id: "paste",
				label: { type: "plain_text", text: PASTE_FORM.label },
				hint: { type: "plain_text", text: PASTE_FORM.hint },
				element: { type: "plain_text_input", action_id: "paste", multiline: true, max_length: PASTE_MAX_CHARS },
			},
		],
	};
}

/** What came back from the form; null for what is none of ours. */
export function readPasteView(view: unknown): (z.infer<typeof PasteMeta> & { readonly text: string }) | null {
	const read = z.object({ private_metadata: z.string().max(3_000), state: z.object({ values: PasteValues }) }).safeParse(view);
	if (!read.success) return null;
	let json: unknown;
	try {
		json = JSON.parse(read.data.private_metadata);
	} catch {
		return null;
	}
	const meta = PasteMeta.safeParse(json);
	return meta.success ? { ...meta.data, text: read.data.state.values.paste.paste.value ?? "" } : null;
}
