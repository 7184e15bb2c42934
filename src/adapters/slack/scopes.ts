/** What an app for many workspaces asks for. */
export const SCOPES = ["app_mentions:read", "chat:write", "chat:write.public", "commands", "files:write"] as const;

/** What people may decline: Slack shows it apart, because the manifest calls it optional. */
export const OPTIONAL_SCOPES = [
	"users:read",
	"channels:read",
	"groups:read",
	"channels:history",
	"groups:history",
	"files:read",
	"im:history",
] as const;

/** Without it, Slack gives out no file. */
export const FILES_SCOPE = "files:read";
