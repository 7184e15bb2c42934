import type { Signature } from "./signature.ts";

/** Lines of PHP-FPM, the process manager. */
export const phpFpm: readonly Signature[] = [
	{
		id: "fpm-signal",
		server: "php-fpm",
		looks: /child \d+ exited on signal \d+/,
		speaksFor: "origin-crashed",
		originLog: "crash",
		of: "host",
		meaning: "A PHP worker crashed (signal 11 or 7) or was killed (signal 9)",
		fix: "Check extensions and opcache; compare memory_limit with RAM",
		source: "php/php-src: sapi/fpm/fpm/fpm_children.c",
		example:
			"[22-Nov-2026 18:53:51] WARNING: [pool www] child 25 exited on signal 11 (SIGSEGV) after 12.614072 seconds from start",
	},
	{
		id: "fpm-terminate",
		server: "php-fpm",
		looks: /execution timed out \(\d+\.\d+ sec\), terminating/,
		speaksFor: "middle-timeout",
		originLog: "crash",
		of: "host",
		meaning: "request_terminate_timeout killed the worker",
		fix: "Raise request_terminate_timeout; fix the slow code",
		source: "php/php-src: sapi/fpm/fpm/fpm_request.c",
		example:
			"[22-Nov-2026 18:53:51] WARNING: [pool www] child 12, script '/srv/www/x.php' (request: \"GET /x.php\") execution timed out (60.123456 sec), terminating",
	},
	{
		id: "fpm-slow",
		server: "php-fpm",
		looks: /executing too slow \(\d+\.\d+ sec\), logging/,
		speaksFor: "524",
		originLog: null,
		meaning: "A script was slow",
		fix: "Read the slow log",
		source: "php/php-src: sapi/fpm/fpm/fpm_request.c",
		example:
			"[22-Nov-2026 18:53:51] WARNING: [pool www] child 12, script '/srv/www/x.php' (request: \"GET /x.php\") executing too slow (10.000000 sec), logging",
	},
	{
		id: "fpm-maxchildren",
		server: "php-fpm",
		looks: /server reached (?:pm\.)?max_children setting \(\d+\)/,
		speaksFor: "origin-overloaded",
		originLog: null,
		of: "host",
		hostHealth: "saturated",
		meaning: "All PHP workers are busy",
		fix: "Raise pm.max_children within RAM; fix slow scripts",
		source: "php/php-src: sapi/fpm/fpm/fpm_process_ctl.c",
		example: "[22-Nov-2026 18:53:51] WARNING: [pool www] server reached pm.max_children setting (25), consider raising it",
	},
];
