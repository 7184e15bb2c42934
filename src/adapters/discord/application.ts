import { ApplicationIntegrationType, OAuth2Scopes, type REST, Routes } from "discord.js";
import { z } from "zod";
import type { Log } from "../bot.ts";
import { registerCommands } from "./commands.ts";
import { errorWord } from "./errors.ts";

/** View Channel, Send Messages, Embed Links, Attach Files, Read Message History, Create Public Threads, Send Messages in Threads. */
export const BOT_PERMISSIONS = "309237763072";

/** How the application is added: to a server with the bot, to a person with the commands alone. Discord's own link offers both. */
export const INSTALL_SETTINGS = {
	[ApplicationIntegrationType.GuildInstall]: {
		oauth2_install_params: { scopes: [OAuth2Scopes.ApplicationsCommands, OAuth2Scopes.Bot], permissions: BOT_PERMISSIONS },
	},
	[ApplicationIntegrationType.UserInstall]: {
		oauth2_install_params: { scopes: [OAuth2Scopes.ApplicationsCommands], permissions: "0" },
	},
} as const;

/** Discord may give scopes back in any order. */
const InstallParameters = z.object({
	oauth2_install_params: z.object({ scopes: z.array(z.string()).transform((all) => all.toSorted()), permissions: z.string() }),
});
const InstallSettings = z.object({
	[ApplicationIntegrationType.GuildInstall]: InstallParameters,
	[ApplicationIntegrationType.UserInstall]: InstallParameters,
});
const Application = z.object({ integration_types_config: InstallSettings });

/** Whether an application, as Discord tells it, can be added as we want it. Total. */
export function hasInstallSettings(application: unknown): boolean {
	const read = Application.safeParse(application);
	if (!read.success) return false;
	return JSON.stringify(read.data.integration_types_config) === JSON.stringify(InstallSettings.parse(INSTALL_SETTINGS));
}

/** Sets how the application is added, where Discord holds something else; returns whether it wrote. */
async function registerInstallSettings(rest: Pick<REST, "get" | "patch">): Promise<boolean> {
	if (hasInstallSettings(await rest.get(Routes.currentApplication()))) return false;
	await rest.patch(Routes.currentApplication(), { body: { integration_types_config: INSTALL_SETTINGS } });
	return true;
}

/** What became of each, as the log says it. */
interface Registered {
	readonly commands: "registered" | "unchanged";
	readonly install: "registered" | "unchanged" | "failed";
}

/**
 * Registers how the application is added and what it answers to, where Discord holds something else. Two processes that do it at once
 * write the same.
 * @returns rejects when the commands cannot be registered; without the install settings the bot works where it was added already
 */
export async function registerApplication(
	rest: Pick<REST, "get" | "put" | "patch">,
	applicationId: string,
	guildId: string | undefined,
	log: Log,
): Promise<Registered> {
	const [install, wrote] = await Promise.all([
		registerInstallSettings(rest).then(
			(wrote) => (wrote ? "registered" : "unchanged"),
			(error: unknown) => {
				log({ event: "discord-install-settings-failed", error: errorWord(error) });
				return "failed" as const;
			},
		),
		registerCommands(rest, applicationId, guildId),
	]);
	return { commands: wrote ? "registered" : "unchanged", install };
}
