import { type Html, html } from "./html.ts";

const STYLE = `
:root{color-scheme:light dark}
body{font:1em/1.5 system-ui,sans-serif;max-width:34em;margin:12vh auto;padding:0 1em}
h1{font-size:1.5em;line-height:1.2}
.go{display:inline-block;padding:.6em 1em;border:2px solid;border-radius:.4em;font-weight:bold}
`;

/** Slack's own names are shorter. */
const NAME_MAX_CHARS = 80;

/** One page of the way into a workspace: without scripts, pictures or anything from elsewhere. */
const page = (title: string, ...body: readonly Html[]): string =>
	html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title}</title>
<style>${{ markup: STYLE }}</style>
</head>
<body>
<main>
<h1>${title}</h1>
${body}</main>
</body>
</html>
`.markup;

const says = (text: string): Html => html`<p>${text}</p>
`;
const go = (url: string, label: string): Html => html`<p><a class="go" href="${url}">${label}</a></p>
`;

/** Back to its beginning, by a path relative to the callback's. */
const again = (label: string): Html => go("install", label);

/**
 * What people read who add the app to a workspace.
 * @param url of Slack's own page for it
 */
export const installPage = (url: string): string =>
	page(
		"Add cf520 to Slack",
		says("cf520 finds out why Cloudflare shows an error, and who has to fix it."),
		says("Slack lists the permissions that cf520 asks for. You can decline those marked as optional."),
		go(url, "Add to Slack"),
	);

/**
 * The app was installed.
 * @param name of the workspace or organization; null: Slack did not say
 * @param url opens it in Slack; null: there is none
 */
export const installedPage = (name: string | null, url: string | null): string =>
	page(
		`cf520 is installed${name === null ? "" : ` in ${name.slice(0, NAME_MAX_CHARS)}`}`,
		says("Type /cf520 example.com in any public channel. In a private channel, type /invite @cf520 first."),
		...(url === null ? [] : [go(url, "Open Slack")]),
	);

/** The operator lets only some workspaces install it. */
export const notAllowedPage = page(
	"cf520 is not installed",
	says("The operator of this cf520 allows only certain workspaces, and yours is not one of them. I stored nothing."),
	says("Ask the operator to add your workspace, or run your own cf520."),
);

/** The person canceled. */
export const canceledPage = page("Installation canceled", says("I stored nothing."), again("Start again"));

/** It took too long, was begun in another tab or browser, or was done already. */
export const expiredPage = page(
	"This installation cannot go on",
	says("It has ended already, or it began more than ten minutes ago or in another tab or browser."),
	again("Start again"),
);

/** Slack or the store failed. */
export const installFailedPage = page(
	"cf520 could not be installed",
	says("Something failed between Slack and me. The operator can find the reason in the log."),
	again("Start again"),
);

/** Too many requests from one address. */
export const tooOftenPage = page("Too many requests", says("Wait a minute, then reload this page."));
