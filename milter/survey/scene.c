#include "survey/scene.h"

#include "base/arena.h"
#include "base/suffixes.h"
#include "diagnose/inquiry.h"
#include "dns/dns.h"
#include "inspect/investigation.h"

#include <string.h>

void scene_set(struct scene *scene, const struct work *tools, const char *domain)
{
	struct arena *arena = tools->arena;
	const char *address = arena_printf(arena, "postmaster@%s", domain);

	*scene = (struct scene){.envelope = envelope_empty(), .verdicts = verdicts_empty()};
	scene->header = header_list_new(arena);
	(void)header_list_add(&scene->header, "From", address, strlen(address));
	scene->author = author_of(&scene->header, arena);
	scene->envelope.sender = reverse_path_of(address, arena);
	scene->envelope.helo_domain = domain_none();
	scene->work = *tools;
	scene->work.envelope = &scene->envelope;
	scene->work.header = &scene->header;
	scene->work.author = &scene->author;
}

void scene_send(struct scene *scene, const struct netaddr *client)
{
	scene->envelope.client = *client;
	scene->verdicts.iprev = verify_iprev(&scene->work);
	if (scene->verdicts.iprev.result == RESULT_PASS) {
		scene->envelope.helo = scene->verdicts.iprev.name;
		scene->envelope.helo_domain = helo_domain_of(scene->envelope.helo, scene->work.arena);
	}
	scene->verdicts.spf = verify_spf(&scene->work);
}

static struct findings_so_far facts_of(
	const struct scene *scene, const struct trials *trials, struct inquiry *inquiry)
{
	const struct work *work = &scene->work;

	return (struct findings_so_far){
		.envelope = &scene->envelope,
		.header = &scene->header,
		.author = &scene->author,
		.verdicts = &scene->verdicts,
		.evidence = dns_evidence_since(work->client, 0),
		.suffixes = work->suffixes,
		.authserv_id = "",
		.now = work->now,
		.suffixes_age_days = -1,
		.language = scene->language,
		.remembered = scene->remembered,
		.trials = *trials,
		.servers_answer = dns_asks_servers(work->dns),
		.questions_left = SCENE_QUESTIONS_MAX,
		.inquiry = inquiry,
		.body = {"", 0},
	};
}

struct diagnoses scene_diagnose(struct scene *scene, enum topic topic)
{
	struct arena *arena = scene->work.arena;
	struct investigation *investigation = arena_alloc(arena, sizeof *investigation);
	struct inquiry *inquiry = arena_alloc(arena, sizeof *inquiry);
	unsigned first = dns_question_count(scene->work.client);
	struct diagnoses found;

	investigation_begin(investigation);
	for (int round = 0;; round++) {
		struct findings_so_far facts = facts_of(scene, &investigation->done, inquiry);

		*inquiry = (struct inquiry){.question_count = 0};
		found = diagnose_domain(&facts, topic, arena);
		if (inquiry_is_empty(inquiry))
			break;
		if (round >= INQUIRY_ROUNDS_MAX ||
			dns_question_count(scene->work.client) - first >= SCENE_QUESTIONS_MAX ||
			!investigation_pursue(investigation, inquiry, &scene->work, &scene->verdicts)) {
			scene->partial = true;
			break;
		}
	}
	scene->partial = scene->partial || investigation->partial;
	return found;
}
