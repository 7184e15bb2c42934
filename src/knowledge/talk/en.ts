import type { Talk } from "./talk.ts";

const WE =
	"(?:we(?:'ve| have| had)?|i(?:'ve| have| had)?|they(?:'ve| have)?|(?:the|our) (?:team|devs?|developers?|ops|host(?:er|ing)?|provider|colleagues?|admins?)(?: has| have)?|some(?:body|one)(?: has)?)";
const LOGS = "(?:the |our |its |my )?(?:access[ ._-]?|origin'?s? |server(?:'s)? |nginx |apache |web ?server )?logs?";
const SECONDS = "(?:s|sec|secs|seconds?)";

/** English. */
export const en: Talk = {
	language: "en",
	thanks:
		/^(?:o?kk?|oki(?:e|doki)?|ok(?:ay)?|roger|aha|wow|sweet|lovely|amazing|sure|fine|haha|lol|oh|great|cool|perfect|nice|awesome|excellent|wonderful|brilliant|ah|oh|super|well|many|big|huge|hey|yes|yep|no,|got it|alright|all good|works?)?[ ,!.:-]*(?:(?:many |big |huge |so much )?(?:thanks?|thx|thanx|thnx|tnx|tysm|thankyou|thank (?:you|u|s)|ty|tyvm|cheers|kudos|ta|much obliged)\b(?! to\b)|(?:much |really |highly )?appreciate(?:d| (?:it|that|the help|your help))|(?:that|this|it|you)(?:'s|'ve|'re| was| is| really| has)*(?: been)?(?: a| of)?(?: very| super| so| great| big| real)*\s?(?:help(?:ed|ful)?|life ?saver|awesome|the best)\b|great (?:help|job|work|bot)|good (?:bot|job|work)|nice (?:one|work|job)|well done|you rock)/,
	recheck: new RegExp(
		[
			"^(?:(?:please|pls|plz|ok|okay|now|so|and|hey|can|could|would|will|you|u|we|let's|lets|just) ){0,4}(?:re-?check|re-?try|re-?test|re-?run|re-?probe|re-?scan|again|once more|one more time|refresh)\\b(?!\\S)",
			"\\b(?:check|try|test|look|run (?:it|that|this|the (?:check|test))|probe|verify|have a(?:nother)? look|take a(?:nother)? look|ping|scan|ask)\\b.{0,40}\\b(?:again|now|once more|one more time|another time|anew)\\b",
			"\\b(?:another|one more|a new|a fresh|a second) (?:check|look|try|test|round)\\b",
			"\\b(?:is|are|was) (?:it|this|that|the \\w+|our \\w+|we|things|everything|all)(?: \\w+)?(?: (?:still|already|now|really|any))* (?:fixed|ok|okay|fine|back|up|down|broken|working|resolved|solved|good|better|alive|online|healthy|normal|gone|recovered|failing|happening|occurring|reproducible|an issue|a problem|slow|there|over)\\b[^.]{0,30}\\?",
			"^(?:is|are) (?:it|this|that|the (?:site|page|shop|error)|things|we|everything) (?:still |already |now )*(?:fixed|ok|back|up|down|broken|working|resolved|solved|good|better|alive|online|gone|recovered)(?: now| again| yet| already)*$",
			"\\b(?:does|do|can) (?:it|this|that|the \\w+|people|users|customers|we|i) (?:still |now )*(?:works?|fail|happen|load|open|run|get (?:the|an?|this) (?:error|\\d{3}))\\b[^.]{0,30}\\?",
			"^(?:(?:and|so|how about|what about|better|fixed|works?|working|up|back|still (?:broken|down|failing|bad|the same|there|happening|an issue|an error|\\d{3,4})|any (?:better|change|improvement))(?: right)? ?(?:now|again|yet|already|today)? ?\\?+)$",
			"^(?:it(?:'s| is)?|that(?:'s| is)?|the (?:site|page|error|shop|problem)(?: is)?)? ?still (?:broken|down|fail(?:s|ing)|bad|not (?:working|ok|fixed|up)|happening|there|the same|an? (?:error|\\d{3})|\\d{3,4}|get(?:ting|s)? (?:it|the (?:same )?error|an? \\d{3}|\\d{3}))",
			"\\b(?:rolled? (?:it |that |this |the \\w+ )?back|reverted|rolling back (?:is )?done|restarted|rebooted|re-?deployed|undid|cleared|disabled|enabled|switched|changed|fixed)\\b.{0,60}\\b(?:works?|working|try|check|fine|ok(?:ay)?|up|back|good|better|how is it|is it)\\b(?! yet)",
			"^(?:(?:we|i)(?:'ve| have| just)* )?(?:rolled? (?:it |that |this |the \\w+ )?back|reverted (?:it|that|this|the \\w+)|undid (?:it|that|the \\w+))\\b",
			"^(?:yes |yep |ok |great |nice |oh |hm |hmm )?(?:it|this|that|the (?:site|page|shop)|everything|all)? ?(?:now )?(?:works?|is working|(?:is|'s) (?:back|up|fine|ok(?:ay)?|good)|loads|is online|recovered|looks (?:ok|good|fine))(?: fine| well)?(?: now| again| for (?:me|us))+[ .!]*$",
			"^(?:(?:ok|hm+|oh|yes|hey|now|well|and),? )*(?:it|this|that|the (?:site|page|shop|error)|everything|all|things)? ?(?:now )?(?:seems?|appears?|looks?)(?: like| as if| it| to| that| all)* (?:be |it's |it is )?(?:work(?:s|ing)?|fixed|ok(?:ay)?|fine|back|up|good|gone|resolved|stable|better)(?: fine| well)?(?: now| again| for now| for (?:me|us))*[ .!?]*$",
			"\\bshould (?:now |all )?(?:be |have been )?(?:\\w+ )?(?:better|fixed|ok(?:ay)?|fine|good|back|up|resolved|working|work|gone)\\b(?: fine)? (?:again|now|then)\\b",
			"^(?:(?:and|yes|no|nope|yep|hm+|sadly|unfortunately),? )?(?:the |exactly (?:the )?)?same (?:error|thing|problem|issue|result|page|\\d{3,4})(?: again| here| as before| still| now)*[ .!:(]*$",
			"^(?:back (?:up|online)|up again|working again|works again|all (?:good|green|fine|clear)(?: (?:now|again))?|seems? (?:fixed|ok|fine)(?: now)?)[ .!]*$",
		].join("|"),
	),
	status:
		/^(?:what(?:'s| is) (?:the )?)?(?:current |case )?(?:status|state|summary|update|situation|tl;?dr)(?: (?:please|pls|update|report|now|here|so far))?[ ?!.]*$|\b(?:what|where|how) (?:now|next)\b|\bnow what\b|\bnext steps?\b|\bwhat(?:'s| is| are| would be|'d be)? (?:the|our|my) (?:next|best) (?:step|move|thing)|\bwhat (?:do|does|should|shall|can|could|must|would|am|are) (?:i|we|one|you|he|she|they)\b.{0,30}\b(?:do|try|change|look|check|start|suggest|recommend|supposed|tell|say|write|answer|report|send|ask)\b|\bwhat to do\b|\bhow (?:do|can|should|could) (?:i|we|one) (?:fix|solve|repair|proceed|go on|continue|debug|resolve)|\b(?:whose|who'?s)(?: \w+)? (?:fault|side|problem|issue|end|mistake|to blame|at fault|responsible|problem is)\b|\bwho(?:'s| is| are|s)? (?:to blame|at fault|responsible|the culprit|guilty|should fix|has to fix|must fix|caus)|\b(?:is|was) (?:it|this|that|the \w+)(?: really| just| maybe)? (?:us|you|them|me|we|our|ours|mine|their|my|the|a|on|at|cloudflare|cf)\b.{0,60}(?:\?|\bor\b)|\b(?:our|my|your|their|cloudflare'?s?) (?:fault|side|end|problem|issue)\b.{0,30}(?:\?|\bor\b)|\bwhat(?:'s| is| was| are| does| did| exactly)? ?(?:exactly |actually |even )?(?:this|that|it|wrong|going on|happening|happened|up|the (?:problem|issue|matter|cause|reason|diagnosis|verdict|error|fault|story|deal|meaning)|all this|(?:this|that|it) mean)\b.{0,30}\??$|\bwhere (?:do|are) we\b|\bany (?:news|updates?|progress|ideas?|idea|clue|hints?|findings|results?)\b|\bwhy (?:is|does|did|do|are|was) (?:this|that|it|we|the (?:site|page|error))\b|\bhow bad\b|\b(?:can|could|would|please|pls)\b.{0,25}\b(?:summari[sz]e|recap|sum (?:it |this )?up|give (?:me|us) (?:a |an )?(?:\w+ )?(?:summary|update|status))\b|^(?:summary|summari[sz]e|recap|eli5|explain (?:this|that|it)(?: to me)?|help me|so|well|and)[ ?!.]*$|\bwhat (?:have|did) (?:we|you) (?:find|found|learn|know|see|check)|\b(?:found|find|know) (?:anything|something|out)\b.{0,20}\?|\bdo (?:we|you) know (?:what|why|who|more|anything)/,
	solved: new RegExp(
		[
			"\\bclosing (?:this|it|the (?:case|ticket|incident|issue)|now)\\b|, closing[ .!]*$",
			"^(?:(?:i )?(?:can )?confirm(?:ed)? (?:that )?|verified |yep,? |yes,? |great,? |looks |it'?s |is |this is |that'?s |we'?re |now |all |problem |issue |incident |case |ok,? |okay,? |and |finally |it has been |this has been )*(?:solved|resolved|fixed|closed|done)\\b(?: it| that| this)?(?: now| for us| thanks?| thank you)?(?:[ .!]*$| ?[:,;(-]| (?:by|with|via|through|after|it was|was|because|when|the|a|an)\\b)",
			"\\b(?:(?:it|this|that)(?: was| were| has been| turned out| turns out)|the (?:problem|issue|cause|culprit|reason|root cause|error|fault|bug|trouble|fix|solution)(?:'s| was| were| is| has been| turned out| turns out))(?: to be| that| indeed| really| just| actually| simply| probably)* (?:the|a|an|our|my|their|some|one|that|due|because|caused|in|on|of|to|fail2ban|php|nginx|apache|mod|cloudflare|waf|dns|tls|ssl|oom|crowdsec|too|missing|expired)\\b",
			"\\b(?:turned|turns) out\\b|\\b(?:was|is) the (?:culprit|cause|reason|problem|issue|root cause|fix|solution)\\b|\\b(?:found|got) (?:it|the (?:cause|culprit|problem|issue|bug|reason)|the root cause)\\b|\\b(?:caused|fixed|solved|resolved) by\\b(?! (?:auto|system|api|monitor|integration|timeout|\\w+ bot)\\w*)|\\broot cause\\b ?[:=-]|^(?:cause|culprit|fix|solution|reason) ?[:=] ?\\S",
			`\\b${WE} (?:just )?(?:fixed|solved|resolved|found|repaired|sorted)\\b`,
			"\\b(?:close|can close|mark|you can close) (?:this|it|the (?:case|ticket|incident)|as (?:solved|fixed))\\b|\\bthat (?:did|was|fixed|solved) (?:it|the trick)\\b|\\bdid the trick\\b",
		].join("|"),
	),
	notSolved:
		/\b(?:whoever|thought|said|says|claim(?:s|ed)?|guess(?:ed|ing)?|suspect(?:s|ed)?|suppose[ds]?|supposedly|assum(?:e|es|ed|ing)|believe[ds]?|bet|blam(?:e|es|ed|ing)|usually|last (?:time|week|month|year)|not|n't|isn't|wasn't|never|nor|neither|no longer sure|will|would|could|should|might|may|maybe|perhaps|if|whether|unless|until|till|when|once|hopefully|hope|hoping|trying|try to|going to|about to|has to|have to|needs? to|need|yet|tomorrow|later|soon|almost|nearly|half|except)\b|n't\b|\?\s*$/,
	notYet:
		/\b(?:will|won't|gonna|going to|(?:is|are|gets?) (?:usually |always |normally |all )*(?:done|handled|managed|made|run) by|(?:code|deploy(?:ment)?|release|change) freeze|frozen|deploy(?:ment)? (?:has |was |is |got )?(?:failed|fails|aborted|cancell?ed|blocked|stuck)|give (?:me|us)|back in|brb|hang on|hold on|until|wait(?:ing)?|as soon as|once (?:the|it|we)|(?:don't|doesn't|do not|does not)(?! (?:\w+ )?(?:work|load|open|respond|answer|reach|get|go|help)\b)|plan(?:s|ned|ning)?(?: to| for)?|about to|tomorrow|tonight|next (?:week|month|monday|release|sprint|deploy)|later (?:today|this)|soon|scheduled|want(?:s|ed)? to|would|could|should|shall|might|may (?:be|have)|maybe|perhaps|possibly|if|whether|unless|hope|hopefully|not sure|no idea|don't know|do not know|dunno|unsure|try(?:ing)? to|let's|lets|ready to|haven't|hasn't|hadn't|didn't|did not|have not|has not|had not|isn't|wasn't|aren't|weren't|is not|was not|are not|were not|never|don't think|do not think|doubt|no longer)\b|\?\s*$/,
	answers: [
		{
			key: "origin-log",
			value: "nothing",
			says: /^(?:(?:it|this|that|the command|the search|the output|grep|and it|so it) (?:just |only )?(?:prints?|printed|shows?|showed|returns?|returned|gives?|gave|finds?|found|is|was|says?|said|outputs?|comes? back|came back)(?: back)?(?: with)? )?\(?(?:absolutely |just |all |still )?(?:nothing|empty|blank|(?:no|zero|0) (?:output|results?|match(?:es)?|hits?|lines?|entries|entry)|none)(?: at all| there| here| found| (?:was |is )?printed)?\)?[ .!]*$/,
			whenAsked: true,
		},
		{
			key: "what-changed",
			value: "nothing",
			says: /\bnothing (?:at all |really |else |new |much )?(?:was |has |has been |got |is )?(?:changed|changes|new|different|touched|deployed|released|updated)\b|\bnothing (?:new|changed|different|special)\b|\bno (?:recent |known |new |other )?(?:changes?|updates?|deploy(?:ment)?s?|releases?|modifications?)\b(?! (?:helped|worked|yet))|(?:^|\b(?:we|i|they|you|guys|team|devs?|ops|admins?|host(?:er|ing)?|provider|side|people) )(?:\w+ly |still |also |just )?(?:have|has|had|did)(?:n't| not) (?:\w+ )?(?:chang|touch|modif|alter|edit|deploy|ship|releas|push|updat|upgrad|install|merg|publish|roll)\w*(?: out)? (?:anything|a thing|any \w+|the (?:server|config|code|site)|it)\b|(?:^|\b(?:we|i|they) )(?:haven't|have not|hasn't|didn't|did not) (?:change|changed|touch|touched)\b(?! (?:the|our|my))|\b(?:nobody|no one|noone|none of us) (?:has |here |else )?(?:changed|touched|deployed|did|done)\b|\b(?:everything|all|config|code|it) (?:is |stayed |remained )?(?:unchanged|the same as (?:before|ever|always)|as it (?:was|were))\b|\bchanged nothing\b|\bout of (?:the blue|nowhere)\b/,
		},
		{
			key: "what-changed",
			value: "nothing",
			says: /^(?:(?:no|nope|nah|nein|non|nao),? )*(?:no|nope|nah|none|nothing|nothing (?:at all|really|(?:that )?(?:i|we) know of)|not that (?:i|we) know(?: of)?|not really|nein|nichts|nix|nada|rien|non|nao|keine)[ .!]*$/,
			whenAsked: true,
		},
		{
			key: "origin-log",
			value: "no-access",
			says: /\b(?:no|without|lack(?:ing)?) (?:any )?(?:ssh |root |shell |server )?access to (?:the |any |our |those |its |server )*(?:access |error |origin |server )*(?:logs?|server|machine|host|origin)\b|\b(?:can't|cannot|can not|could not|couldn't|not able to|unable to|not allowed to|don't know how to|no way to) (?:\w+ )?(?:access|see|read|get|view|open|reach|look at|find)(?: at| to| into)? (?:the |any |our |my |those |its |server )*(?:access |error |origin |server )*logs?\b|\b(?:don't|do not|doesn't|haven't) (?:have|get|got) (?:any |ssh |root )?(?:access to (?:the |any |our )?(?:logs?|server|machine|host)|(?:server |access |any )?logs?)\b|\b(?:it's |it is |this is )?not (?:my|our) (?:server|site|machine|host|api)\b|\bshared hosting\b|\b(?:hoster|host|hosting|provider) (?:does not|doesn't|won't) (?:give|show|let|offer|provide)\b.{0,30}\blogs?\b|\bwe have no (?:server )?(?:access )?logs?\b/,
		},
		{
			key: "origin-log",
			value: "nothing",
			says: new RegExp(
				`\\b(?:can't|cannot|couldn't|don't|didn't|do not|did not|can not) (?:find|see|spot|have) (?:it|that|this|them|anything|any (?:entry|line|trace|request)|the (?:request|entry|line|ray(?: id)?|id)) ?(?:anywhere )?(?:in|at|on) ${LOGS}\\b(?!\\.| ?error)|\\b(?:nothing|no (?:entry|entries|lines?|trace|record|requests?|hits?|mention|sign|such \\w+)|not (?:a single|one|any) (?:line|entry|trace|request|hit)|no matching \\w+)\\b.{0,40}\\b(?:in|at|from|on) ${LOGS}\\b(?!\\.| ?error)|\\b${LOGS} (?:is|are|shows?|has|have|says?|contains?|holds?)(?: \\w+)? (?:empty|silent|nothing|no (?:entry|entries|lines?|such|trace|record|request))\\b|\\b(?:request|it)s? (?:never|did not|didn't) (?:reach(?:ed|es)?|arrive[sd]?|hits?|appear|show up)\\b|\\bnot (?:logged|in the (?:access )?logs?)\\b`,
			),
		},
		{
			key: "origin-log",
			value: "complete-200",
			says: new RegExp(
				`\\b${LOGS} (?:says?|shows?|has|have|had|lists?|contains?|reports?)\\b.{0,30}\\b(?:200|complete|ok|success)\\b|\\b(?:logged|logs|shows?|recorded) (?:as |it as |with )?(?:a |an |the )?(?:normal |complete |clean |full |status )*200\\b|\\b(?:a )?(?:normal |complete )?200\\b.{0,20}\\b(?:in|at) ${LOGS}\\b`,
			),
		},
		{
			key: "origin-log",
			value: "client-closed-499",
			says: /\b(?:logs?|it|line|entry|entries|there|nginx|we see|shows?|says?|only|a|an|status)\b.{0,30}\b499s?\b|^499s?$/,
		},
		{
			key: "origin-log",
			value: "refused-or-444",
			says: /\b(?:logs?|it|line|entry|entries|there|nginx|we see|shows?|says?|only|a|an|status)\b.{0,30}\b(?:444|403|429)s?\b|^(?:444|403|429)s?$|\b(?:logs?|log line)\b.{0,40}\b(?:denied|refused|blocked|rejected|forbidden|rate.?limited)\b/,
		},
		{
			key: "origin-log",
			value: "crash",
			says: /\blogs?\b.{0,60}\b(?:crash(?:ed|es)?|segfaults?|segmentation|sigsegv|sigkill|signal \d+|fatal|panic(?:ked)?|killed|core dump(?:ed)?|stack ?trace|traceback|oom|uncaught|unhandled|exception)\b|\b(?:crash(?:ed|es)?|segfaults?|fatal errors?|panic|stack ?trace|traceback|core dump|uncaught exception|unhandled exception)\b.{0,40}\b(?:in|at|from) (?:the |our |its )?(?:\w+ )?logs?\b|\b(?:php(?:-fpm)?|worker|app(?:lication)?|process|service|backend|container|pod|node|gunicorn|puma|uwsgi|java|server|child)(?: process| worker)?s? (?:\w+ )?(?:crash(?:ed|es|ing)?|segfault(?:ed|s)?|died|dies|was killed|got killed|is killed|exited|panicked|core dumped)\b/,
		},
		{
			key: "host-health",
			value: "restarted-or-oom",
			says: /\b(?:docker|systemd|kubernetes|k8s|kubelet|watchdog|supervisord?|pm2|host(?:er|ing)?|provider) (?:has |had |just |auto-?|automatically )*(?:re-?started|rebooted|killed)\b|\bout of memory|\b(?:oom(?:[- ]?kill(?:ed|er|s)?)?|ran out of (?:memory|ram)|memory (?:ran|was) out|kernel killed)\b|\b(?:server|host|machine|box|vm|vps|instance|pod|container|service|php-fpm|it|app|node|process|nginx|apache) (?:has |was |had |just |got |is |keeps |were |been )*(?:re-?start(?:ed|s|ing)|reboot(?:ed|s|ing)?|crash(?:ed|ing|loops?|looping)|killed|gone down|went down)\b|\bcrash ?loop|\buptime (?:is|of|says|shows)?\b.{0,12}\b(?:\d+ ?min|minutes?|seconds?)\b/,
		},
		{
			key: "host-health",
			value: "restarted-or-oom",
			says: /\b(?:we|i|they|he|she|host(?:er|ing)?|provider|ops|team)(?:'ve| have| had| has)? (?:just |already )?(?:re-?started|rebooted|power[- ]?cycled|reset)\b/,
			whenAsked: true,
		},
		{
			key: "host-health",
			value: "saturated",
			says: /\b(?:cpu|load|memory|ram|disk|swap|workers?|connections?|threads?|pool|iops?|io|i\/o|inodes?|file descriptors|database|db|server|host|bandwidth)\b.{0,30}\b(?:(?:at|is|over|above|about|around|near(?:ly)?|by|to|of|hit|reached) ?)*(?:9\d|1\d\d) ?(?:%|percent)|\b(?:cpu|load|memory|ram|disk|swap|workers?|connections?|threads?|pool|queue|inodes?|server|host|box|machine|database|db)s? (?:is|are|was|were|has been|have been|looks?|seems?|went|goes)? ?(?:very |really |completely |totally |quite |all |too |extremely |constantly )*(?:full|high|busy|maxed(?: out)?|pegged|saturated|exhausted|overloaded|overwhelmed|swamped|through the roof|used up|at (?:its|the|their) limit|at capacity)\b|\b(?:out of|no (?:more |free |idle )?)(?: ?php)? ?(?:workers?|connections|threads|file descriptors|disk(?: space)?|space|inodes|sockets)\b|\bmax[_ ]?(?:children|clients|connections|requestworkers)\b|\bload (?:average )?(?:is |of |at )?(?:[3-9]\d|1\d\d)\b|\bdisk(?: is)? full\b|\b(?:9\d|1\d\d) ?% (?:of )?(?:the |our )?(?:cpu|ram|memory|disk|swap|load|io)\b|\bhigh (?:cpu|load|memory)\b/,
		},
		{
			key: "host-health",
			value: "normal",
			says: /\b(?:cpu|load|memory|mem|ram|server|host|machine|box|resources?|everything|disk|health|metrics|vm|vps)(?: and (?:cpu|load|memory|ram|disk))*(?:'s|'re| is| are| looks?| seems?| was| were)?(?: all| totally| perfectly| quite| absolutely)* (?:normal|fine|ok(?:ay)?|healthy|idle|low|good|well|bored|calm|green|unremarkable)\b|\b(?:plenty of|enough|lots of) (?:free )?(?:memory|ram|cpu|disk|resources)\b|\bno (?:load|oom|restarts?|resource (?:problems?|issues?))\b|\blow (?:load|cpu)\b/,
		},
		{
			key: "host-health",
			value: "normal",
			says: /\bload (?:average )?(?:is |of |at )?0[.,]\d|\b(?:cpu|ram|memory|load) (?:is |at |bei |auf |a |au )*(?:\d|[1-6]\d) ?%|\b(?:all|everything|it)(?: is|'s| looks)? (?:idle|quiet|calm|low|good|fine|ok(?:ay)?|normal|green|healthy)\b|^(?:fine|normal|healthy|ok(?:ay)?)[ .!]*$/,
			whenAsked: true,
		},
		{
			key: "who-is-hit",
			value: "signed-in",
			says: /\b(?:only|just|mostly|always)?\b.{0,25}\b(?:logged|signed)[- ]?in\b|\b(?:only|just) (?:for |when |with |after )?(?:members|registered users|log(?:ging)? ?in|sign(?:ing)? ?in|customers with accounts?|users with (?:an )?accounts?|admins?|editors|authenticated \w+)\b|\b(?:works?|fine|ok|good) (?:\w+ )?(?:when |if |for |as )?(?:logged out|signed out|not (?:logged|signed) in|anonymous(?:ly)?|guests?|a guest)\b|\bafter (?:log(?:ging)?|sign(?:ing)?)[ -]?in\b|\bonly (?:in|inside) (?:the )?(?:admin|wp-admin|backend|dashboard)\b/,
		},
		{
			key: "variants",
			value: "cookies",
			says: /\b(?:without|no|clear(?:ed|ing)?|delet(?:ed|ing|e)|remov(?:ed|ing|e)) (?:the |all |my |any |of )*cookies?\b|\b(?:works?|fine|ok|loads) (?:\w+ )?(?:in|with|from) (?:an? )?(?:incognito|private|anonymous)(?: (?:window|mode|tab|browsing))?\b|\bincognito (?:works|is fine|helps)\b|\bcookies? (?:is|are|was|were) (?:too (?:big|large|long)|huge|the (?:problem|cause))\b/,
		},
		{
			key: "who-is-hit",
			value: "one-network-or-country",
			says: /\b(?:only|just|mostly) (?:\w+ )?(?:from|in|for|on|via|through|over|people in|users (?:in|from)|visitors (?:in|from)|customers (?:in|from)) (?:the |our |my |a |one )*(?:office|home|network|vpn|company|wifi|wi-?fi|isp|country|region|ip|provider|mobile|4g|5g|lte|data ?center|aws|azure|china|india|germany|france|brazil|russia|iran|turkey|spain|italy|japan|korea|us|usa|uk|eu|europe|asia|africa|australia|america|north america|south america|canada|mexico|vietnam|indonesia|pakistan|egypt|poland|ukraine|netherlands|singapore)\b|\bone (?:country|network|isp|office|provider|region|location)\b|\b(?:works?|fine|ok(?:ay)?|loads|opens|good)\b.{0,15}\b(?:from|on|with|via|over|through|using) (?:my |our |the |a |an |another |other |different |mobile )*(?:phone|mobile|cell(?:phone)?|4g|5g|lte|hotspot|home|vpn|data|network|connection|isp|countries|country|wifi|wi-?fi|internet|computer at home)\b|\b(?:from|in) (?:\w+ )?(?:office|country|network) only\b|\b(?:only|just) (?:our|the|my) (?:office|network|isp|ip)\b/,
		},
		{
			key: "who-is-hit",
			value: "one-network-or-country",
			says: /\b(?:only|just|nur|solo|solamente|so|apenas|somente|seulement|uniquement)\b.{0,30}\b(?:vodafone|telekom|t-mobile|o2|comcast|xfinity|verizon|at&t|spectrum|starlink|orange|sfr|bouygues|movistar|telefonica|virgin media|vivo|claro|docomo|softbank|jio|airtel|swisscom|a1|kpn|ziggo|proximus|telstra|optus|bell|rogers)\b/,
		},
		{
			key: "who-is-hit",
			value: "own-rate",
			says: /\b(?:more|faster|above|over) than \d+ (?:requests?|calls?|req)\b|\b(?:when|if|only when|once) (?:we|i|our \w+) (?:send|call|request|make|fire|poll|hit|ask|scrape)\b.{0,30}\b(?:too )?(?:many|fast(?:er)?|quick(?:ly)?|often|parallel|concurrent(?:ly)?|at once)\b|\bwith (?:many|\d+) (?:parallel|concurrent) (?:requests?|calls?|workers?|threads?)\b/,
		},
		{
			key: "who-is-hit",
			value: "under-load",
			says: /\bunder (?:heavy |high |some |more )?load\b|\b(?:at|during|in) (?:the |our |a |an |my )?(?:\w+ )?(?:peaks?|rush|busy|sales?|campaigns?|black friday|launch(?:es)?|events?|newsletters?|lunch|high traffic)\b|\bpeak (?:hours?|times?|traffic)\b|\b(?:when|if|whenever) (?:it(?:'s| is| gets)?|the (?:site|server|shop)(?: is| gets)?|there(?:'s| is| are)?|we (?:have|get)|traffic is|many)\b.{0,30}\b(?:busy|load(?:ed)?|traffic|many|lots|high|users|visitors)\b|\b(?:high|heavy|lots of|much|peak) traffic\b/,
		},
		{
			key: "who-is-hit",
			value: "one-client",
			says: /\b(?:nur|solo|solamente|so|apenas|somente|seulement|uniquement)\b.{0,25}\b(?:app|ios|android|safari|chrome|firefox|edge|iphones?|ipads?|scripts?|skript|bots?|client|navegador|navigateur|browser|curl|postman|aplicacion|aplicativo|application)\b/,
		},
		{
			key: "who-is-hit",
			value: "one-client",
			says: /\b(?:only|just) (?:with |from |in |on |for )?(?:the |our |my |one |a |this |that |a single )*(?:mobile app|ios app|android app|app|script|bot|api client|ios|iphones?|android|curl|wget|python|java|node|go client|postman|safari|chrome|firefox|edge|crawler|googlebot|bingbot|monitor(?:ing)?|uptime ?\w*|client|library|sdk|program|tool|cron ?job|webhook|integration|plugin|scraper|browser|customer)s?\b|\b(?:google|bing|openai|gpt|claude|facebook|semrush|ahrefs|yandex|baidu)\w* (?:crawl|index|visit|fetch)\w*\b|\bone (?:client|program|library|integration|app|script|customer|browser|tool|user)\b|\b(?:curl|postman|browsers?|other (?:clients?|programs?|tools?)) (?:works?|is fine|are fine)\b/,
		},
		{
			key: "who-is-hit",
			value: "everyone",
			says: /(?<!\b(?:thanks?|thank you|thx|hi|hello|hey|tell|telling|told|inform\w*|notif\w+|ask\w*|ping\w*|cheers|from) )\b(?:every(?:one|body)|all (?:of )?(?:our |the )?(?:users?|visitors?|customers?|people|clients?|them|countries|us)|the (?:whole|entire) world|everywhere|all over|all of us|anyone|anybody|each (?:user|visitor|customer))\b(?!,? (?:please|pls|stop|join|calm|listen|note|should|who|knows?|in the (?:team|room|meeting|call)|on the (?:team|call))\b)(?! (?:works?|is fine))/,
		},
		{
			key: "variants",
			value: "method",
			says: /\b(?:only|just|all|every) (?:the |on |for |with )?(?:post|put|patch|delete|head|options)s?(?: and (?:post|put|patch|delete))?(?: requests?| calls?| works?| fails?| are| is|$|[ ,.])|\b(?:gets?|get requests?) (?:works?|are fine|is fine|are ok|is ok|succeeds?)\b/,
		},
		{
			key: "variants",
			value: "request-bytes",
			says: /\b(?:only|just|when|with|if)\b.{0,30}\b(?:large|big|huge|long|bigger|larger|longer) (?:uploads?|files?|requests?|bod(?:y|ies)|posts?|urls?|quer(?:y|ies)|payloads?|images?|forms?|headers?)\b|\b(?:large|big|huge|long|bigger|larger|longer) (?:file )?(?:uploads?|files?|requests?|bod(?:y|ies)|posts?|urls?|quer(?:y|ies)|payloads?|images?|forms?) (?:always |all |just )?(?:fail|break|die|crash|error|do not|don't|get)\w*\b|\b(?:small(?:er)?|short(?:er)?) (?:ones|uploads?|files?|requests?|bod(?:y|ies)|urls?|quer(?:y|ies)|payloads?|images?) (?:works?|go(?:es)? through|are|is) ?(?:fine|ok)?\b/,
		},
		{
			key: "variants",
			value: "response-size",
			says: /\b(?:only|just|when|with|if)\b.{0,30}\b(?:large|big|huge|long|bigger|larger) (?:responses?|downloads?|exports?|reports?|pages?|answers?|pdfs?)\b/,
		},
		{
			key: "variants",
			value: "scheme",
			says: /\b(?:plain |over )?http works?\b.{0,25}\bhttps\b|\bhttps? (?:only|works|fails|is fine)\b.{0,30}\bhttps?\b.{0,12}\b(?:not|n't|fails?|works?)\b|\bonly (?:over |with |on )?https?\b(?!:)/,
		},
		{
			key: "variants",
			value: "user-agent",
			says: /\b(?:with|without|another|different|changing|changed|other)\b.{0,15}\b(?:user[- ]?agent|referer|referrer)s?\b/,
		},
		{ key: "variants", value: "encoding", says: /\bwithout (?:gzip|brotli|compression|accept-encoding)\b|\bidentity encoding\b/ },
		{
			key: "variants",
			value: "http-version",
			says: /\b(?:only|just|works|fails?|fine) (?:with|over|on|using) (?:http\/?[123](?:\.[01])?|h[23]|quic)\b/,
		},
		{
			key: "variants",
			value: "ip-version",
			says: /\b(?:only|just|works|fails?|fine) (?:with|over|on|using|via) ?(?:ip)?v?[46]\b(?!\d)|\b(?:ipv[46]) (?:works|fails|only|is fine)\b/,
		},
		{
			key: "variants",
			value: "same",
			says: /\b(?:no|makes? no|without any) difference\b|\bnothing (?:helps|changes (?:it|that|the result)|makes a difference)\b|\b(?:always |all |exactly )?the same (?:with|in|on|for|from|everywhere)\b|\bsame (?:with|in|on|from) (?:every|all|any|curl|both)\b/,
		},
		{
			key: "edge-pattern",
			value: "after-idle",
			says: /\bafter (?:an? |some |a longer |a long |being |a few (?:minutes|hours) of |\d+ (?:minutes|hours) of )?(?:idle|pause|break|inactivity|quiet|silence|sleep|(?:while|time) (?:without|of)|night)\b|\bfirst (?:request|call|visit|load|page|hit)\b.{0,40}\b(?:fails?|only|after|then|of the day|is|gets)\b|\bonly the first (?:request|call|one|visit|hit)\b|\bthe (?:second|next) (?:one |request |try )?works\b/,
		},
		{
			key: "edge-pattern",
			value: "bursts",
			says: /\b(?:in|by) (?:bursts?|waves|batches|spikes|groups|clusters)\b|\b(?:bursts|waves|spikes) of\b|\b(?:for|lasts?) (?:a few|some|\d+|a couple of|one or two) (?:minutes?|seconds?)(?: at a time)?,? (?:then|and then|every|after that)\b|\ball (?:at once|at the same time|together)\b.{0,30}\b(?:then|for)\b|\bevery (?:full |half )?(?:hour|night|morning|day at|\d+ minutes)\b/,
		},
		{
			key: "edge-pattern",
			value: "random",
			says: /\b(?:random(?:ly)?|no (?:clear |obvious |visible |real )?pattern|not (?:always|every time|each time)|after (?:a )?(?:reload|refresh|f5)(?:ing)? it (?:works|is fine|loads)|intermittent(?:ly)?|sporadic(?:ally)?|(?:every )?now and (?:then|again)|sometimes\b(?! (?:i|we|you) (?:\w+ )?(?:hate|love|think|wonder|wish|feel|want|miss)\b)|from time to time|once in a while|occasional(?:ly)?|flaky|on and off|hit (?:or|and) miss|unpredictabl[ey])\b|\b(?:about |around |roughly |maybe |some |nearly |every )?(?:one|1|two|three|\d+)(?: requests?| calls?)?(?: in| out of|\/) ?(?:every )?(?:two|three|four|five|six|seven|eight|nine|ten|twenty|fifty|a hundred|hundred|\d+)\b(?! (?:users|customers))|\b\d{1,2} ?(?:%|percent) of (?:the |all |our )?(?:requests?|calls?|time|page ?(?:views|loads)|traffic)\b|\bevery (?:second|third|fourth|fifth|tenth|other|few|\d+(?:st|nd|rd|th)) (?:requests?|calls?|clicks?|try|tries|loads?|time)\b/,
		},
		{
			key: "edge-pattern",
			value: "some-urls",
			says: /\balways (?:on |at |in |for )?\/[\w.-]+[\w./-]*|\b(?:only|just|solely)\b.{0,25}(?:(?<![\w.])\/[\w./-]+|\b(?:one|this|that|these|those|some|a few|certain|two|three|single|specific|the \w+) ?(?:\w+ )?(?:pages?|urls?|paths?|endpoints?|routes?|handlers?|addresses)\b|\bthe (?:checkout|login|admin|api|search|cart|upload|start page|home ?page|images?|pdfs?|exports?)\b)|\b(?:the )?(?:rest|others?|other (?:pages?|urls?|paths?|endpoints?)|everything else|all other \w+)(?: of (?:it|the \w+))?(?: is| are)? ?(?:works?|working|fine|ok(?:ay)?|loads?|good|up)\b|\b(?:some|certain|a few) (?:pages?|urls?|paths?|endpoints?)\b/,
		},
		{
			key: "edge-pattern",
			value: "not-reproduced",
			says: /\b(?:can't|cannot|can not|couldn't|could not|unable to|not able to) (?:be )?reproduced?\b|(?<!n't |\bnot |\bnever |\bno longer )\b(?:works?|fine|ok|loads) (?:fine |ok |well )?for (?:me|us|everyone else|others)\b|\bi (?:don't|do not|can't|cannot) see (?:it|the (?:error|problem))\b/,
		},
		{
			key: "edge-pattern",
			value: "some-visitors",
			says: /\b(?:only |just )?(?:some|certain|a few|several|many) (?:of (?:the |our )?)?(?:users?|visitors?|customers?|people|clients?|networks?|countries)\b/,
		},
		{
			key: "edge-pattern",
			value: "all",
			says: /\b(?:all|every|each)(?: single| of the| the| our| of our)? (?:pages?|urls?|requests?|paths?|endpoints?|calls?|addresses|subpages?|routes?)\b|\b(?:the )?(?:whole|entire|complete) (?:site|host|domain|shop|website|page|thing|server)\b|\b(?:everything|all of it|all of them)(?: is| are)?(?: (?:fails?|failing|down|broken|dead|hit|affected|520)|[.!]?$)|\bnothing (?:works|loads)\b|\balways fails\b|\b100 ?% of (?:the |all |our )?(?:requests|calls|time|traffic|page ?views|visitors)\b/,
		},
		{
			key: "time-to-failure",
			value: "two-minutes",
			says: new RegExp(
				`\\b(?:(?:about|around|after|roughly|nearly|exactly|some|takes?|always) )*(?:two|2) ?(?:min|mins|minutes?|m)\\b(?! ago)|\\b12[0-5] ?${SECONDS}\\b(?! ago)`,
			),
		},
		{
			key: "time-to-failure",
			value: "round-number",
			says: new RegExp(
				`\\b(?:always|exactly|precisely|about|around|after|at|takes?|reliably|constantly|every time|pretty much|roughly|within|on the dot|the same)\\b.{0,25}\\b(?:(?:10|15|19|20|30|45|60|90|100) ?${SECONDS}|(?:ten|fifteen|twenty|thirty|sixty|ninety) seconds|(?:a|one|1|half a) ?min(?:ute)?)\\b(?! ago)|^(?:10|15|19|20|30|45|60|90|100) ?${SECONDS}\\b|\\b(?:10|15|19|30|60|90|100) ?${SECONDS}\\b.{0,20}\\b(?:always|every time|each time|exactly|sharp|on the dot)\\b`,
			),
		},
		{
			key: "time-to-failure",
			value: "instant",
			says: /\b(?:instant(?:ly|aneous(?:ly)?)?|immediate(?:ly)?|right away|straight ?away|at once|no (?:delay|wait(?:ing)?)|without (?:any )?delay|very (?:fast|quick(?:ly)?)|in(?: less than| under| below)? (?:a|one|1) ?(?:second|s)|(?:less than|under|below) (?:a|one|1) ?(?:second|s)|\d{1,3} ?ms|milliseconds)\b/,
			whenAsked: true,
		},
		{
			key: "time-to-failure",
			value: "seconds",
			says: new RegExp(
				`\\b(?:a few|some|several|a couple of|[2-9]|two|three|four|five|six|seven|eight) ?(?:to \\w+ |- ?\\d+ )?${SECONDS}\\b(?! ago)|\\bvar(?:ies|ying|iable)\\b`,
			),
			whenAsked: true,
		},
		{
			key: "direct-origin",
			value: "ok",
			says: /\b(?:direct(?:ly)?|bypass(?:ing|ed)?|without cloudflare|straight|gr[ea]y ?(?:cloud(?:ed)?)|locally|on localhost|by ip|with the ip)\b.{0,50}\b(?:works?|fine|ok(?:ay)?|200|loads?|answers? (?:fine|normally|well)|good|complete)\b|\b(?:works?|fine|ok(?:ay)?|loads?|200)\b.{0,30}\b(?:direct(?:ly)?|bypass(?:ing)?|without cloudflare|(?:cloudflare|proxy) (?:is |turned |switched )?off|locally|on localhost|by ip)\b/,
		},
		{
			key: "direct-origin",
			value: "closed-empty",
			says: /\bempty (?:reply|response|answer)\b|\bcloses? (?:the connection )?(?:without (?:a |any )?(?:byte|answer|response|reply|data)|immediately)\b/,
		},
		{
			key: "direct-origin",
			value: "refused",
			says: /\b(?:connection|it|port|server)(?: is| was| gets| got)? refused\b|\brefuses (?:the )?connections?\b|\bnothing listens\b/,
		},
		{
			key: "direct-origin",
			value: "reset",
			says: /\b(?:connection )?(?:is |was |gets? |got )?reset(?: by peer)?\b/,
			whenAsked: true,
		},
		{
			key: "direct-origin",
			value: "slow",
			says: /\b(?:times? out|timed out|time-?out|hangs?|never (?:answers|responds|comes back)|very slow)\b/,
			whenAsked: true,
		},
		{
			key: "cloudflare-features",
			value: "none",
			says: /\b(?:none of (?:these|those|them|that)|no (?:workers?|rules?|tunnels?|page rules?)|nothing special|just (?:the )?(?:plain )?proxy|only (?:the )?(?:dns|proxy))\b/,
			whenAsked: true,
		},
		{
			key: "cloudflare-features",
			value: "tunnel",
			says: /\b(?:cloudflared|(?:argo |cloudflare )?tunnels?)\b/,
			whenAsked: true,
		},
		{
			key: "cloudflare-features",
			value: "worker",
			says: /^(?:yes|yep|yeah|ja|si|oui|sim)?[, ]*(?:an? |the |one |two )?(?:cloudflare )?workers?\b/,
			whenAsked: true,
		},
		{
			key: "cloudflare-features",
			value: "tunnel",
			says: /\b(?:we|it|i|site|behind|through|via|with|using|there's|uses?)\b.{0,25}\b(?:cloudflared|(?:a |the |cloudflare |argo )tunnels?)\b/,
		},
		{
			key: "cloudflare-features",
			value: "worker",
			says: /\b(?:we (?:have|use|run)|there(?:'s| is)|uses?|using|with|behind|through|it's)\b.{0,20}\b(?:a |the |some |one |cloudflare )(?:cloudflare )?workers?\b(?! (?:node|process|thread))/,
		},
		{
			key: "cloudflare-features",
			value: "origin-pulls",
			says: /\b(?:authenticated origin pulls?|aop|mtls|client certificates?)\b.{0,20}\b(?:on|enabled|active|used|in use)\b|\b(?:use|uses|using|have|enabled|with)\b.{0,15}\b(?:authenticated origin pulls?|aop|mtls)\b/,
		},
		{
			key: "cloudflare-features",
			value: "http2-to-origin",
			says: /\bhttp\/?2 to (?:the )?origin\b.{0,20}\b(?:on|enabled|active)\b/,
		},
		{
			key: "colo-spread",
			value: "many",
			says: /\b(?:several|many|different|various|multiple|all) (?:data ?cent(?:er|re)s?|colos|locations|pops)\b/,
		},
		{
			key: "colo-spread",
			value: "one",
			says: /\b(?:always|only|just) (?:the same|one|from one|a single|fra|lhr|[a-z]{3}) (?:data ?cent(?:er|re)|colo|location|pop)\b/,
		},
		{
			key: "what-changed",
			value: "tls-dns-or-cloudflare",
			says: /\b(?:dns|certs?|certificates?|tls|ssl|name ?servers?|domain|cloudflare)(?: \w+)? (?:renewal|change|switch|migration|swap|move|transfer|rotation)\b|\b(?:moved|changed|switched|renewed|replaced|updated|migrated|installed|enabled|disabled|activated|turned (?:on|off)|set|added|expired|edited|rotated|pointed|transferred|put|configured|new)\b.{0,50}\b(?:dns|name ?servers?|ns records?|a records?|aaaa|cname|certs?|certificates?|tls|ssl|https|let'?s ?encrypt|cloudflare|orange cloud|proxied|full \(?strict\)?|ssl mode|page rules?|workers? route|cdn|domain|registrar)\b|\b(?:dns|certs?|certificates?|tls|ssl(?: mode)?|name ?servers?|cloudflare(?: settings?| rules?)?|domain)(?: \w+)? (?:was|were|has been|have been|got|is|had been|just)? ?(?:just |recently )?(?:moved|changed|switched|renewed|replaced|updated|migrated|expired|edited|rotated|new|transferred)\b/,
		},
		{
			key: "what-changed",
			value: "firewall-or-host",
			says: /\b(?:firewall|waf|host(?:ing|er)?|server|provider|vps|ip)(?: \w+)? (?:change|switch|migration|swap|move|maintenance)\b|\b(?:host(?:ing|er)?|provider|data ?cent(?:er|re))\b.{0,25}\b(?:did|had|made|announced) (?:some |a |an |their )?(?:\w+ )?maintenance\b|\b(?:moved|changed|switched|replaced|updated|migrated|installed|enabled|disabled|activated|turned (?:on|off)|set(?: up)?|added|edited|tightened|configured|blocked|new|reconfigured|hardened|tuned)\b.{0,50}\b(?:firewalls?|wafs?|iptables|nftables|ufw|csf|security groups?|fail2ban|crowdsec|imunify\w*|mod_?security|ip (?:block|allow|white|black|deny)[ -]?lists?|geo-?block\w*|rate[ -]?limit\w*|hosting|hosts?|hosters?|providers?|servers?|vps|data ?cent(?:er|re)|machines?|ips?|ip address(?:es)?|load ?balancers?|proxy|proxies|network)\b|\b(?:firewall|waf|iptables|security group|fail2ban|modsecurity|hosting|hoster|host|server|load balancer)(?: \w+)? (?:was|were|has been|have been|got|is|had been)? ?(?:just |recently )?(?:moved|changed|switched|replaced|updated|migrated|installed|enabled|activated|tightened|turned on|new)\b/,
		},
		{
			key: "what-changed",
			value: "deploy",
			says: /\b(?:wordpress|woocommerce|plugins?|themes?|php|kernel|system|app|security|core|os|server|packages?|module|magento|shopware|joomla|drupal|typo3) (?:auto-?)?(?:updates?|upgrades?)\b/,
			whenAsked: true,
		},
		{
			key: "what-changed",
			value: "deploy",
			says: /\b(?:(?<=(?:after|since|were|was|been|while|when|by) )(?:re)?deploying|(?:re)?deploy(?:ed|s|ments?)?\b(?! (?:freeze|pipelines?|keys?|scripts?|process|window|tools?|docs?|team|guide|permissions?|rights?|access|logs?|targets?|users?|servers?)\b)|release[ds]?\b(?! (?:notes?|freeze|plan|date|manager|candidate))|rolled out|roll-?out|shipped|pushed\b(?! (?:back|for|notifications?))|merged|upgraded?|upgrade|went live|gone live|go-?live|published|new (?:version|release|build|image|code|plugin|theme|app)|(?:version|release|build|hotfix|patch|update) (?:went|was|got|is|has been|came)|migrations?)\b|\b(?:updated|installed|changed|upgraded|edited|bumped|switched|replaced)\b.{0,50}\b(?:plugins?|themes?|app(?:lication)?|wordpress|woocommerce|magento|php|node|python|ruby|java|nginx|apache|version|packages?|dependenc\w+|librar\w+|code|container|image|config(?:uration)?|database|schema|framework|modules?|laravel|django|\.env|\S+\.(?:conf|ya?ml|ini|env|php|toml))\b|\bupdated? (?:it|everything|the (?:site|shop|server))\b/,
		},
	],
	siteDown:
		/\b(?:(?:my|our|the|this|his|her|their|a customer'?s?|client'?s?|customer'?s?|whole|company|main|production|prod|live) )+(?:\w+ )?(?:web ?site|site|web ?page|page|web ?shop|shop|store|blog|app|api|domain|checkout|home ?page|portal|forum|landing page|webapp|web app|service|production|prod)\b.{0,40}\b(?:down|off(?:line)?|broken|dead|unreachable|not (?:work|load|open|respond|reach|available)\w*|(?:does|do|is|did|can|could|wo|won)(?:n't| not) (?:work|load|open|respond|be reached|available)\w*|unavailable|fail(?:s|ing|ed)?|crash(?:ed|es)?|error(?:s|ing)?|gone|stopped|inaccessible|does not|doesn't|won't|isn't|timing out|(?:shows?|gives?|throws?|has|gets?) (?:an? )?(?:cloudflare )?errors?)\b|\b(?:web ?site|site|checkout|login|web ?shop|shop|store|api|prod(?:uction)?|homepage) (?:is |are |seems |appears )?(?:down|offline|broken|dead|unreachable|not (?:working|loading|reachable|responding)|failing)\b|\bcloudflare (?:shows|gives|throws|returns|says|error page)\b/,
	works:
		/\b(?:works?|working|worked|fine|ok|okay|up|healthy|loads|reachable|responds (?:fine|normally)|unaffected|good|opens|200|no problems?|without (?:problems?|issues?|errors?)|not affected|is alive)\b/,
	fails:
		/\b(?:fail(?:s|ed|ing|ures?)?|down|broken|errors?|dead|unreachable|offline|crash(?:ed|es)?|refused|time[sd]? ?out|timeouts?|unavailable|not (?:\w+ )?(?:work|load|open|respond|reach|fine|ok|available|affected by)\w*|n't (?:work|load|open|respond)\w*|cannot|can't|unable|problems?|issues?|trouble|broke|dies|outage|triggered|alert|affected|invalid response|bad gateway|empty reply|reset)\b/,
};
