import assert from "node:assert/strict";
import { test } from "node:test";
import {
	canceledPage,
	expiredPage,
	installedPage,
	installFailedPage,
	installPage,
	notAllowedPage,
	tooOftenPage,
} from "../../src/reply/html/install-pages.ts";

/** What people read who add the app to a workspace: golden/slack-install/. */
const PAGES: Readonly<Record<string, string>> = {
	install: installPage("https://slack.com/oauth/v2/authorize?scope=commands&state=x&client_id=1.2"),
	installed: installedPage("Ants & <Sons>", "https://slack.com/app_redirect?app=A1&team=T1"),
	"installed-unnamed": installedPage(null, null),
	"not-allowed": notAllowedPage,
	canceled: canceledPage,
	expired: expiredPage,
	failed: installFailedPage,
	"too-often": tooOftenPage,
};
for (const [name, page] of Object.entries(PAGES))
	test(`the page ${name} is small, runs nothing and has one heading`, (t) => {
		t.assert.fileSnapshot(page, new URL(`../golden/slack-install/${name}.html`, import.meta.url).pathname, {
			serializers: [String],
		});
		assert.ok(page.length < 2_000, `${page.length} characters`);
		assert.doesNotMatch(page, /<script|<img|<link|\son\w+=/i);
		assert.equal(page.match(/<h1>/g)?.length, 1);
		const [, title] = /<title>(.*)<\/title>/.exec(page) ?? [];
		assert.ok(page.includes(`<h1>${title}</h1>`));
	});
