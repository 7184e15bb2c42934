import type { InputBlock, PlainTextOption, View } from "@slack/types";
import { z } from "zod";
import { POLICY_MAX, type Policy } from "../../read/policy.ts";
import { readAdminChange } from "../../read/text/admin.ts";
import { SETTINGS_FORM } from "../../reply/home.ts";
import { SLACK_MAX } from "./limits.ts";
import { plainElement } from "./spans.ts";

/** The view's name. */
export const SETTINGS_VIEW = "cf520_settings";

type Field =
	| "privacy"
	| "retention"
	| "person"
	| "channel"
	| "workspace"
	| "channels"
	| "channel_list"
	| "origins"
	| "origin_list";

const option = (value: string, label: string): PlainTextOption => ({ text: plainElement(label, SLACK_MAX.optionText), value });

function select(field: Field, label: string, options: Readonly<Record<string, string>>, chosen: string): InputBlock {
	const all = Object.entries(options).map(([value, words]) => option(value, words));
	const initial = all.find(({ value }) => value === chosen);
	return {
		type: "input",
		block_id: field,
		label: plainElement(label, SLACK_MAX.inputText),
		element: {
			type: "static_select",
			action_id: field,
			options: all,
			...(initial === undefined ? {} : { initial_option: initial }),
		},
	};
}

const number = (field: Field, label: string, max: number, now: number): InputBlock => ({
	type: "input",
	block_id: field,
	label: plainElement(label, SLACK_MAX.inputText),
	element: {
		type: "number_input",
		action_id: field,
		is_decimal_allowed: false,
		min_value: "1",
		max_value: String(max),
		initial_value: String(now),
	},
});

/** `all`, `none` or `these`: how a list of allowed things is chosen. */
const choiceOf = (list: readonly string[] | null): string => (list === null ? "all" : list.length === 0 ? "none" : "these");

/** What is decided for a workspace as a form. */
export function settingsView(policy: Policy): View {
	const { title, submit, privacy, retention, limits, channels, origins } = SETTINGS_FORM;
	const hosts = (policy.origins ?? []).join("\n");
	return {
		type: "modal",
		callback_id: SETTINGS_VIEW,
		title: plainElement(title, SLACK_MAX.viewTitle),
		submit: plainElement(submit, SLACK_MAX.viewTitle),
		blocks: [
			select("privacy", privacy.label, privacy.options, policy.privately ? "private" : "public"),
			number("retention", retention.label, POLICY_MAX.keepDays, policy.keepDays),
			number("person", limits.person.label, POLICY_MAX.perPerson, policy.perPerson),
			number("channel", limits.channel.label, POLICY_MAX.perChannel, policy.perChannel),
			number("workspace", limits.workspace.label, POLICY_MAX.perWorkspace, policy.perWorkspace),
			select("channels", channels.label, channels.options, choiceOf(policy.channels)),
			{
				type: "input",
				block_id: "channel_list",
				optional: true,
				label: plainElement(channels.these, SLACK_MAX.inputText),
				element: {
					type: "multi_conversations_select",
					action_id: "channel_list",
					filter: { include: ["public", "private"], exclude_bot_users: true },
					...(policy.channels === null || policy.channels.length === 0 ? {} : { initial_conversations: [...policy.channels] }),
				},
			},
			select("origins", origins.label, origins.options, choiceOf(policy.origins)),
			{
				type: "input",
				block_id: "origin_list",
				optional: true,
				label: plainElement(origins.these, SLACK_MAX.inputText),
				hint: plainElement(origins.hint, SLACK_MAX.inputText),
				element: {
					type: "plain_text_input",
					action_id: "origin_list",
					multiline: true,
					max_length: SLACK_MAX.inputText,
					...(hosts === "" || hosts.length > SLACK_MAX.inputText ? {} : { initial_value: hosts }),
				},
			},
		],
	};
}

const Element = z.object({
	value: z.string().max(SLACK_MAX.inputText).nullish(),
	selected_option: z.object({ value: z.string().max(SLACK_MAX.optionValue) }).nullish(),
	selected_conversations: z.array(z.string().max(40)).max(POLICY_MAX.channels).nullish(),
});
const Values = z.object({ state: z.object({ values: z.record(z.string(), z.record(z.string(), Element)) }) });

/** What was chosen: the questions that change it, or what is wrong with which field. */
type SettingsWanted = { readonly questions: readonly string[] } | { readonly errors: Readonly<Record<string, string>> };

/**
 * What came back from the form as what an admin would have typed: one grammar decides, and only about what is different now. Total.
 * @returns null for what is none of ours
 */
export function readSettings(view: unknown, now: Policy): SettingsWanted | null {
	const read = Values.safeParse(view);
	if (!read.success) return null;
	const of = (field: Field) => read.data.state.values[field]?.[field];
	const chosen = (field: Field) => of(field)?.selected_option?.value ?? "";
	const errors: Record<string, string> = {};
	const wanted: string[] = [];
	const want = (field: Field, words: string) => {
		if (readAdminChange(words.split(" ")) === null) errors[field] = SETTINGS_FORM.notRead;
		else wanted.push(`admin ${words}`);
	};
	if (chosen("privacy") !== (now.privately ? "private" : "public")) want("privacy", `privacy ${chosen("privacy")}`);
	const days = of("retention")?.value ?? "";
	if (days !== String(now.keepDays)) want("retention", `retention ${days}`);
	const limits = (["person", "channel", "workspace"] as const).map((field) => {
		const before = { person: now.perPerson, channel: now.perChannel, workspace: now.perWorkspace }[field];
		const value = of(field)?.value ?? "";
		return value === String(before) ? "" : ` ${field} ${value}`;
	});
	if (limits.join("") !== "") want("person", `limits${limits.join("")}`);
	const lists = [
		["channels", "channel_list", of("channel_list")?.selected_conversations ?? [], now.channels],
		["origins", "origin_list", (of("origin_list")?.value ?? "").split(/[\s,]+/).filter((one) => one !== ""), now.origins],
	] as const;
	for (const [choice, field, named, before] of lists) {
		const which = chosen(choice);
		if (which === "these" && named.length === 0) errors[field] = SETTINGS_FORM.nothingNamed;
		else if (which === "these" && !isSame(named, before)) want(field, `${choice} ${named.join(" ")}`);
		else if (which !== "these" && which !== choiceOf(before)) want(choice, `${choice} ${which}`);
	}
	return Object.keys(errors).length > 0 ? { errors } : { questions: wanted };
}

const isSame = (some: readonly string[], others: readonly string[] | null): boolean =>
	others !== null && some.length === others.length && some.every((one) => others.includes(one));
